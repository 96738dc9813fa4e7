/* django-tables2: a table's rows, each with every column.
 *
 *     author = Column(accessor="author__name")    row.author.name
 *     author = Column(linkify=True)               and get_absolute_url() of what it shows
 *     def render_author(self, record, value)      called with the row
 *
 * A table class is called like a function whose body is its columns. Its rows are what it is made
 * of, in code or by a view with a table_class. */
#include "frameworks/declared.h"
#include "frameworks/frameworks.h"
#include "flow/templates.h"

#define TABLES "django_tables2."

static bool class_is_table(const Class *klass) {
    return klass && !klass->external && class_is(klass, TABLES "Table");
}

static const Class *table_meta(Evaluator *e, const Class *klass) {
    const ClassMember *meta = class_member(klass, name_of(e, "Meta"));
    return meta && meta->kind == MEMBER_CLASS ? meta->klass : NULL;
}

static Option meta_option(Evaluator *e, const Class *klass, const char *name) {
    const Class *meta = table_meta(e, klass);
    const ClassMember *member = meta ? class_member(meta, name_of(e, name)) : NULL;
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return (Option){0};
    return (Option){evaluate_constant(e, member->site, member->owner), member->site};
}

static bool option_has(const Option *option, Str name) {
    const Value *value = option->value;
    for (uint32_t i = 0; value && value->kind == VALUE_SEQUENCE && i < value->count; i++)
        if (value->items[i]->kind == VALUE_STRING && value->items[i]->name == name) return true;
    return false;
}

/* -- columns -- */

/* What render_author(self, record, value) asks for, by its parameters' names. */
static void column_render(Activation *a, const Value *table, const ClassMember *render,
                          const Value *row, const Value *value) {
    Evaluator *e = a->e;
    Site site = render->site;
    const Module *module = e->project->modules[site.module].module;
    NodeId parameters = node_child(module, site.node, 0);
    Arguments arguments = {0};
    for (uint32_t i = 1; i < node_count(module, parameters); i++) {
        const Node *parameter = module_node(module, node_child(module, parameters, i));
        bool plain = !(parameter->flags & (NODE_STARRED | NODE_DOUBLE));
        Str name = project_name(e->project, site.module, parameter->name);
        if (!plain) continue;
        const Value *given = name_is(e, name, "record") ? row
                             : name_is(e, name, "value") ? value : e->unknown;
        arguments_add(e, &arguments, name, site.node, given);
    }
    Standing before = declared_enter(a, site, a->surface);
    use_text(a, site.node, call_member(a, site.node, table, render, &arguments));
    declared_leave(a, before);
}

static const ClassMember *column_method(Evaluator *e, const Class *klass, Str name) {
    return class_method(e, klass, arena_format(e->arena, "render_%s",
                                               project_text(e->project, name)));
}

static const Value *column_value(Activation *a, NodeId node, const Value *row, Str accessor) {
    const char *text = project_text(a->e->project, accessor);
    return declared_path(a, node, row, text, strchr(text, '.') ? "." : "__");
}

static void column_link(Activation *a, Site call, const Value *row, const Value *value) {
    Evaluator *e = a->e;
    NodeId node = declared_argument(e, call, 99, "linkify");
    if (!node) return;
    const Value *link = evaluate_constant(e, (Site){call.module, node}, NULL);
    const Value *target = value->kind == VALUE_ROW ? value : row;
    if (link == e->yes) declared_read(a, node, target, name_of(e, "get_absolute_url"));
}

/* TemplateColumn(template_code="{{ record.author }}"), or template_name. */
static void column_template(Activation *a, Site call, const Value *row, const Value *value) {
    Evaluator *e = a->e;
    const Value *items[] = {
        value_string(e->values, name_of(e, "record")), row,
        value_string(e->values, name_of(e, "value")), value,
        value_string(e->values, name_of(e, "row_counter")), e->scalar,
    };
    const Value *context = value_intern(e->values, &(Value){
        .kind = VALUE_DICT, .items = items, .count = sizeof items / sizeof *items});
    NodeId code = declared_argument(e, call, 0, "template_code");
    NodeId name = declared_argument(e, call, 1, "template_name");
    const Value *text = code ? evaluate(a, code) : e->unknown;
    if (text->kind == VALUE_STRING && text->site.node)
        template_render_text(a, call.node, text->site, context);
    else if (name) template_render(a, call.node, evaluate(a, name), context);
}

/* NAME = Column(...): a declared one. */
static void column_declared(Activation *a, const Value *table, const ClassMember *member,
                            const Class *column, const Value *row) {
    Evaluator *e = a->e;
    Site call = member->site;
    NodeId given = declared_argument(e, call, 99, "accessor");
    Str accessor = member->name;
    if (given) {
        const Value *said = evaluate_constant(e, (Site){call.module, given}, NULL);
        if (said->kind != VALUE_STRING) return;
        accessor = said->name;
    }
    const ClassMember *render = column_method(e, table->klass, member->name);
    bool template = class_is(column, TABLES "TemplateColumn");
    if (!column->external && class_method(e, column, "render") && !render) return;
    Standing before = declared_enter(a, call, a->surface);
    const Value *value = column_value(a, call.node, row, accessor);
    if (render) column_render(a, table, render, row, value);
    else if (template) column_template(a, call, row, value);
    else use_text(a, call.node, value);
    column_link(a, call, row, value);
    declared_leave(a, before);
}

/* Columns that are only named in Meta.fields. */
static void columns_named(Activation *a, const Value *table, const Value *row) {
    Evaluator *e = a->e;
    Option fields = meta_option(e, table->klass, "fields");
    const Value *names = fields.value;
    for (uint32_t i = 0; names && names->kind == VALUE_SEQUENCE && i < names->count; i++) {
        Str name = names->items[i]->name;
        if (names->items[i]->kind != VALUE_STRING || class_member(table->klass, name)) continue;
        const ClassMember *render = column_method(e, table->klass, name);
        Site site = site_of_text(e, fields.site, name);
        Standing before = declared_enter(a, site, a->surface);
        const Value *value = column_value(a, site.node, row, name);
        if (render) column_render(a, table, render, row, value);
        else use_text(a, site.node, value);
        declared_leave(a, before);
    }
}

static void tables_body(Activation *a, const Class *klass, const Value *self, const Value *row) {
    Evaluator *e = a->e;
    if (!class_is_table(klass)) return;
    Option hidden = meta_option(e, klass, "exclude");
    a->surface = SURFACE_TABLE;
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            if (class_member(klass, member->name) != member) continue;
            const Class *column = declared_call(e, member, TABLES "Column");
            if (column && !option_has(&hidden, member->name))
                column_declared(a, self, member, column, row);
        }
    columns_named(a, self, row);
}

/* -- rows -- */

static void table_show(Activation *a, NodeId node, const Value *table, const Value *rows) {
    Walk walk;
    Surface before = a->surface;
    rows = declared_queryset(a, node, rows);
    bool walks = rows->kind == VALUE_QUERYSET || rows->kind == VALUE_MANY;
    if (!walks || !walk_start(a, node, node, rows, &walk)) return;
    a->surface = SURFACE_TABLE;
    walk_turn(a, &walk);
    if (walk.item->kind == VALUE_ROW) {
        Value draft = {.kind = VALUE_METHOD, .site = table->klass->site, .klass = table->klass,
                       .self = table};
        call_simple(a, node, value_intern(a->e->values, &draft), walk.item);
    }
    walk_end(a, &walk, true);
    a->surface = before;
}

static const Value *table_object(Evaluator *e, const Class *klass, Site site) {
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass, .site = site});
}

/* BookTable(queryset): what it is made of is what it shows. */
static const Value *tables_construct(Activation *a, NodeId node, const Value *callee,
                                     const Arguments *arguments) {
    Evaluator *e = a->e;
    if (!class_is_table(callee->klass)) return NULL;
    const Value *table = table_object(e, callee->klass, site_of(a, node));
    const ClassMember *init = class_method(e, callee->klass, "__init__");
    if (init) call_member(a, node, table, init, arguments);
    const Value *rows = argument(arguments, e, 0, "data");
    if (rows) table_show(a, node, table, rows);
    return table;
}

static const Value *tables_method(Activation *a, NodeId node, const Value *object, Str name,
                                  const Arguments *arguments) {
    (void)node, (void)arguments;
    bool init = class_is_table(object->klass) && name_is(a->e, name, "__init__");
    return init ? a->e->none : NULL;
}

/* -- views -- */

static const Value *view_call(Activation *a, NodeId node, const Value *view, const char *name) {
    const Value *method = value_attribute(a, node, view, name_of(a->e, name));
    bool callable = method->kind == VALUE_METHOD || method->kind == VALUE_BUILTIN;
    return callable ? call_value(a, node, method, &(Arguments){0}) : a->e->unknown;
}

static void run_view(Evaluator *e, const Class *klass) {
    Activation top;
    NodeId node = klass->site.node;
    entry_start(&top, e, klass, SURFACE_TABLE);
    Value draft = {.kind = VALUE_OBJECT, .klass = klass, .site = klass->site,
                   .name = name_of(e, "table")};
    const Value *view = top.self = value_intern(e->values, &draft);
    Option table = option_hooked(&top, view, "get_table_class", "table_class", &(Arguments){0});
    if (table.value && table.value->kind == VALUE_CLASS && class_is_table(table.value->klass)) {
        Option data = option_hooked(&top, view, "get_table_data", "table_data", &(Arguments){0});
        const Value *rows = data.value && data.value->kind != VALUE_NONE
                                ? data.value : view_call(&top, node, view, "get_queryset");
        Site site = table.site.node ? table.site : klass->site;
        Standing before = declared_enter(&top, site, SURFACE_TABLE);
        table_show(&top, site.node, table_object(e, table.value->klass, site), rows);
        declared_leave(&top, before);
    }
    root_finish(&top);
}

static void run_if_view(Evaluator *e, const Class *klass) {
    if (class_is(klass, TABLES "views.SingleTableMixin")) run_view(e, klass);
}

static void tables_roots(Evaluator *e) {
    classes_visit(e, run_if_view);
}

const Framework framework_tables = {
    .construct = tables_construct, .method = tables_method,
    .body = tables_body, .roots = tables_roots,
};
