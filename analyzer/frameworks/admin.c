/* The lists of django.contrib.admin: for each registered model, the rows of get_queryset() with
 * what list_select_related loads, and every column of list_display run for each row.
 *
 *     get_queryset() has a select_related of its own     nothing is added
 *     list_select_related = True                         select_related()
 *     list_select_related = ["author"]                   select_related("author")
 *     nothing said, but a column is a foreign key        Django to 6.0: select_related();
 *                                                        from 6.1: just these columns
 *
 * Where the project's versions of Django differ, what one of them loads is run as possible, beside
 * what no version loads. */
#include "frameworks/admin.h"
#include "frameworks/frameworks.h"
#include "frameworks/listings.h"

#define ADMIN "django.contrib.admin."

enum { VERSION_CHECKBOX = 50, VERSION_NAMED = 61, JOINED_HOPS = 2, JOINED_LOADS = 400,
       FEW_ROWS = 20 };

static bool class_is_admin(const Class *klass) {
    return klass && class_is(klass, ADMIN "BaseModelAdmin");
}

void admin_start(AdminRun *run, Evaluator *e, const Registration *registration,
                 const char *action) {
    const Class *klass = registration->klass;
    Site site = registration->site;
    Activation *top = &run->top;
    root_start(top, e, site.module);
    run->registration = registration;
    run->node = site.node;
    top->function = klass->name;
    top->owner = klass->external ? NULL : klass;
    top->surface = SURFACE_ADMIN;
    Value draft = {.kind = VALUE_OBJECT, .klass = klass, .site = site,
                   .name = name_of(e, action)};
    run->admin = value_intern(e->values, &draft);
    top->self = run->admin;
    Value model = {.kind = VALUE_CLASS, .klass = registration->model->klass};
    object_put(top, run->admin, "model", value_intern(e->values, &model));
    Value request = {.kind = VALUE_OBJECT, .site = site, .name = name_of(e, "request")};
    run->request = value_intern(e->values, &request);
}

void admin_finish(AdminRun *run) {
    root_finish(&run->top);
}

/* -- columns -- */

/* Values are written as text; the items of a list, too. */
static void column_write(Activation *a, NodeId node, const Value *value) {
    if (value->kind == VALUE_SEQUENCE)
        for (uint32_t i = 0; i < value->count; i++) use_text(a, node, value->items[i]);
    else use_text(a, node, value);
}

/* A function that the class or the list gives: called with the row. */
static const Value *column_call(Activation *a, NodeId node, const Value *admin,
                                const Value *function, const Value *row) {
    const Value *given[] = {admin, row};
    bool bound = !admin;
    Arguments arguments = arguments_of(node, given + bound, bound ? 1 : 2);
    return call_value(a, node, function, &arguments);
}

static const Value *column_of_admin(Activation *a, NodeId node, const Value *admin,
                                    const ClassMember *member, const Value *row) {
    if (member->kind == MEMBER_FUNCTION)
        return column_call(a, node, NULL, member_function(a->e, member, admin), row);
    const Value *value = value_attribute(a, node, admin, member->name);
    return value->kind == VALUE_FUNCTION ? column_call(a, node, admin, value, row) : a->e->scalar;
}

/* As django.contrib.admin.utils.lookup_field() finds it: a field, then what the admin has, then
 * what the row has, then a path. */
static void column_named(Activation *a, NodeId node, const Value *admin, Str name,
                         const Value *row) {
    const Model *model = row->birth->model;
    const char *text = project_text(a->e->project, name);
    const Relation *relation = model ? model_relation(model, name) : NULL;
    if (relation && relation->many) return;
    const Field *field = model ? model_field(model, name) : NULL;
    bool plain = field && (field->name == name || field->attname != name);
    const ClassMember *member = class_member(admin->klass, name);
    if (!strcmp(text, "__str__")) {
        use_text(a, node, row);
    } else if (!plain && !(relation && relation->attname) && member) {
        column_write(a, node, column_of_admin(a, node, admin, member, row));
    } else if (model && !field && !relation && strstr(text, "__")
               && !class_member(model->klass, name)) {
        column_write(a, node, declared_path(a, node, row, text, "__"));
    } else {
        column_write(a, node, declared_read(a, node, row, name));
    }
}

static void column_show(Activation *a, const Value *admin, Site site, const Value *column,
                        const Value *row) {
    if (row->kind != VALUE_ROW) return;
    Standing before = declared_enter(a, site, a->surface);
    if (column->kind == VALUE_STRING) column_named(a, site.node, admin, column->name, row);
    else if (column->kind == VALUE_FUNCTION)
        column_write(a, site.node, column_call(a, site.node, NULL, column, row));
    declared_leave(a, before);
}

void admin_show_all(Activation *a, const Value *admin, const Option *columns, const Value *row,
                    Site fallback) {
    const Value *value = columns->value;
    if (!value || (value->kind != VALUE_SEQUENCE && value->kind != VALUE_UNION)) return;
    for (uint32_t i = 0; i < value->count; i++) {
        const Value *column = value->items[i];
        if (column->kind == VALUE_SEQUENCE) {
            Option inner = {.value = column, .site = columns->site};
            admin_show_all(a, admin, &inner, row, fallback);
            continue;
        }
        Site site = columns->site;
        if (column->kind == VALUE_STRING) site = site_of_text(a->e, site, column->name);
        if (site.node == columns->site.node && fallback.node && column->kind == VALUE_STRING) {
            Site found = site_of_text(a->e, fallback, column->name);
            if (found.node != fallback.node) site = found;
        }
        column_show(a, admin, site, column, row);
    }
}

/* -- rows -- */

const Value *admin_queryset(Activation *a, NodeId node, const Value *admin,
                            const Value *request) {
    Evaluator *e = a->e;
    const ClassMember *own = class_method(e, admin->klass, "get_queryset");
    Arguments given = argument_of(node, request);
    const Value *queryset;
    if (own) {
        queryset = call_member(a, node, admin, own, &given);
    } else {
        const Model *model = declared_model(a, admin, "model");
        if (!model) return unknown_because(e, "admin class without a model in view");
        Standing before = {a->module, a->surface, a->page};
        queryset = declared_rows(a, node, model);
        declared_leave(a, before);
    }
    queryset = declared_queryset(a, node, queryset);
    if (queryset->kind == VALUE_QUERYSET && !admin->klass->mro_complete && !own)
        queryset = value_with_plan(e->values, queryset, plan_opened(e->plans, queryset->plan));
    return queryset;
}

static bool plan_joins(const Plan *plan) {
    if (plan->join_all) return true;
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->loads[i].how == LOAD_JOIN) return true;
    return false;
}

/* The columns that are foreign keys, as select_related() would name them. */
static uint32_t columns_keys(Evaluator *e, const Model *model, const Value *columns,
                             const Value **keys, uint32_t room) {
    uint32_t count = 0;
    if (!columns || columns->kind != VALUE_SEQUENCE) return 0;
    for (uint32_t i = 0; i < columns->count && count < room; i++) {
        const Value *column = columns->items[i];
        const Relation *relation = column->kind == VALUE_STRING
                                       ? model_relation(model, column->name) : NULL;
        bool key = relation && relation->attname && !relation->many;
        if (key) keys[count++] = column;
    }
    (void)e;
    return count;
}

static const Plan *plan_with_names(Activation *a, const Plan *plan, const Model *model,
                                   const Value *const *names, uint32_t count, Site site) {
    for (uint32_t i = 0; i < count; i++)
        plan = plan_with_lookup(a, plan, model, names[i], LOAD_JOIN, site);
    return plan;
}

/* select_related() without names, written out; what is further away is open. */
static const Plan *plan_joined(Evaluator *e, const Plan *plan, const Model *model, int hops,
                               uint32_t *budget) {
    for (uint32_t i = 0; model && i < model->relations.count; i++) {
        const Relation *relation = model->relations.items[i];
        bool key = relation->kind == RELATION_FK || relation->kind == RELATION_O2O;
        if (!key || relation->null || !relation->name) continue;
        if (!*budget) {
            e->flow->statistics.cut_fuel++;
            return plan_opened(e->plans, plan);
        }
        --*budget;
        const Plan *below = plan_open(e->plans);
        if (hops)
            below = plan_joined(e, plan_empty(e->plans), relation->to, hops - 1, budget);
        Load load = {.relation = relation, .how = LOAD_JOIN, .cover = COVER_FULL, .below = below};
        plan = plan_add(e->plans, plan, &load);
    }
    return plan;
}

/* What list_select_related or Django adds. Up to three plans: what every version of Django leaves
 * out, and what one of them does. */
typedef struct Plans3 {
    const Plan *plans[3];
    uint32_t count;              /* those behind the first are possible */
} Plans3;

static Plans3 plans_automatic(Activation *a, const Plan *plan, const Model *model,
                              const Option *columns) {
    Evaluator *e = a->e;
    const Value *keys[64];
    uint32_t count = columns_keys(e, model, columns->value, keys, 64);
    if (!count) return (Plans3){{plan}, 1};
    const Plan *all = plan_with_join_all(e->plans, plan);
    const Plan *named = plan_with_names(a, plan, model, keys, count, columns->site);
    if (e->project->django_most < VERSION_NAMED) return (Plans3){{all}, 1};
    if (e->project->django_least >= VERSION_NAMED) return (Plans3){{named}, 1};
    uint32_t budget = JOINED_LOADS;
    const Plan *both = plan_joined(e, plan, model, JOINED_HOPS, &budget);
    both = plan_with_names(a, both, model, keys, count, columns->site);
    return (Plans3){{both, all, named}, 3};
}

static Plans3 changelist_plans(Activation *a, const AdminRun *run, const Value *queryset,
                               const Option *columns) {
    Evaluator *e = a->e;
    const Model *model = run->registration->model;
    const Plan *plan = queryset->plan;
    Arguments given = argument_of(run->node, run->request);
    if (plan_joins(plan)) return (Plans3){{plan}, 1};
    Option said = option_hooked(a, run->admin, "get_list_select_related", "list_select_related",
                                &given);
    const Value *value = said.value;
    if (!value || value == e->no) return plans_automatic(a, plan, model, columns);
    if (value == e->yes) return (Plans3){{plan_with_join_all(e->plans, plan)}, 1};
    if (value->kind != VALUE_SEQUENCE) return (Plans3){{plan_opened(e->plans, plan)}, 1};
    Standing before = declared_enter(a, said.site, a->surface);
    for (uint32_t i = 0; i < value->count; i++) {
        Site site = said.site;
        if (value->items[i]->kind == VALUE_STRING)
            site = site_of_text(e, site, value->items[i]->name);
        bool known = lookup_check(a, queryset->birth, plan, value->items[i], LOOKUP_JOIN, site);
        plan = plan_with_lookup(a, plan, model, value->items[i], LOAD_JOIN, site);
        if (!known) plan = plan_opened(e->plans, plan);
    }
    declared_leave(a, before);
    return (Plans3){{plan}, 1};
}

/* -- the list -- */

/* From Django 5.0 on, the box that selects a row says what the row is. */
static void checkbox_show(Activation *a, const AdminRun *run, NodeId node, const Value *row) {
    const Project *project = a->e->project;
    Option actions = option_of(a, run->admin, "actions");
    bool none = actions.value && actions.value->kind == VALUE_NONE;
    if (none || project->django_most < VERSION_CHECKBOX) return;
    bool some = project->django_least < VERSION_CHECKBOX;
    a->fallback += some;
    use_text(a, node, row);
    a->fallback -= some;
}

static void rows_show(AdminRun *run, const Value *queryset, const Option *columns) {
    Activation *a = &run->top;
    Walk walk;
    Site declared = option_of(a, run->admin, "list_display").site;
    if (!declared.node) declared = run->registration->site;
    Standing before = declared_enter(a, columns->site, a->surface);
    NodeId node = columns->site.node;
    bool some = walk_start(a, node, node, queryset, &walk);
    if (some) {
        walk_turn(a, &walk);
        if (columns->value) admin_show_all(a, run->admin, columns, walk.item, declared);
        else use_text(a, node, walk.item);
        checkbox_show(a, run, node, walk.item);
        admin_choices_of_row(a, run->admin, run->registration->model);
        walk_end(a, &walk, true);
    }
    declared_leave(a, before);
}

/* A page of the list: no more than 20 rows, where the class says so. */
static const Value *changelist_page(Activation *a, const AdminRun *run, const Value *queryset) {
    long rows;
    Option page = option_of(a, run->admin, "list_per_page");
    bool small = page.value && value_number(a->e, page.value, &rows) && rows <= FEW_ROWS;
    return small ? queryset_sliced(a, run->node, queryset, true) : queryset;
}

static Option changelist_columns(AdminRun *run) {
    Arguments given = argument_of(run->node, run->request);
    Option columns = option_hooked(&run->top, run->admin, "get_list_display", "list_display",
                                   &given);
    if (run->admin->klass->external) columns.site = run->registration->site;
    return columns;
}

static void run_changelist(Evaluator *e, const Registration *registration) {
    AdminRun run;
    admin_start(&run, e, registration, "changelist");
    Activation *a = &run.top;
    Option columns = changelist_columns(&run);
    const Value *queryset = admin_queryset(a, run.node, run.admin, run.request);
    if (queryset->kind == VALUE_QUERYSET && queryset->birth->model) {
        Plans3 plans = changelist_plans(a, &run, queryset, &columns);
        State before = state_copy(e->scratch, &a->state);
        for (uint32_t i = 0; i < plans.count; i++) {
            a->state = state_copy(e->scratch, &before);
            a->fallback += i > 0;
            const Value *rows = value_with_plan(e->values, queryset, plans.plans[i]);
            rows_show(&run, changelist_page(a, &run, rows), &columns);
            a->fallback -= i > 0;
        }
    }
    admin_filters_show(&run);
    admin_finish(&run);
}

/* -- actions -- */

static void action_run(AdminRun *run, const Value *action, Site site, const Value *queryset) {
    Activation *a = &run->top;
    const ClassMember *member = action->kind == VALUE_STRING
                                    ? class_member(run->admin->klass, action->name) : NULL;
    const Value *given[] = {run->admin, run->request, queryset};
    bool bound = member && member->kind == MEMBER_FUNCTION;
    Arguments arguments = arguments_of(site.node, given + bound, bound ? 2 : 3);
    Standing before = declared_enter(a, site, a->surface);
    if (bound) call_member(a, site.node, run->admin, member, &arguments);
    else if (action->kind == VALUE_FUNCTION) call_value(a, site.node, action, &arguments);
    declared_leave(a, before);
}

/* django-import-export writes the rows of the list. */
static void exports_run(AdminRun *run, const Value *queryset) {
    static const char *const names[] = {"resource_class", "resource_classes"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Option said = option_of(&run->top, run->admin, names[i]);
        const Value *one[] = {said.value};
        bool many = said.value && said.value->kind == VALUE_SEQUENCE;
        uint32_t count = many ? said.value->count : said.value != NULL;
        const Value *const *classes = many ? (const Value *const *)said.value->items : one;
        for (uint32_t k = 0; k < count; k++)
            if (classes[k]->kind == VALUE_CLASS && class_is_resource(classes[k]->klass))
                resource_export(&run->top, classes[k]->klass, queryset, said.site);
    }
}

/* Each action gets the rows of the list. */
static void run_actions(Evaluator *e, const Registration *registration) {
    AdminRun run;
    admin_start(&run, e, registration, "actions");
    Activation *a = &run.top;
    Option actions = option_of(a, run.admin, "actions");
    bool some = actions.value && actions.value->kind == VALUE_SEQUENCE;
    Option columns = changelist_columns(&run);
    const Value *queryset = admin_queryset(a, run.node, run.admin, run.request);
    if (queryset->kind == VALUE_QUERYSET && queryset->birth->model) {
        Plans3 plans = changelist_plans(a, &run, queryset, &columns);
        const Value *rows = value_with_plan(e->values, queryset, plans.plans[0]);
        State before = state_copy(e->scratch, &a->state);
        exports_run(&run, rows);
        for (uint32_t i = 0; some && i < actions.value->count; i++) {
            const Value *action = actions.value->items[i];
            Site site = actions.site;
            if (action->kind == VALUE_STRING) site = site_of_text(e, site, action->name);
            a->state = state_copy(e->scratch, &before);
            action_run(&run, action, site, rows);
        }
    }
    admin_finish(&run);
}

/* -- hooks of the evaluator -- */

/* get_list_display() without a project's own gives list_display, and so on. */
static const Value *option_hook(Activation *a, const Value *admin, const char *name) {
    static const char *const options[] = {
        "get_list_display", "get_list_select_related", "get_readonly_fields", "get_inlines",
        "get_list_filter", "get_search_fields", "get_ordering", "get_list_display_links",
        "get_autocomplete_fields", "get_exclude", "get_sortable_by"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(options[i], name)) continue;
        const Value *said = option_of(a, admin, name + strlen("get_")).value;
        if (said) return said;
        return i == 1 ? a->e->no : value_sequence(a->e->values, NULL, 0);
    }
    return NULL;
}

static const Value *admin_method(Activation *a, NodeId node, const Value *object, Str name,
                                 const Arguments *arguments) {
    if (!class_is_admin(object->klass)) return NULL;
    const char *text = project_text(a->e->project, name);
    if (!strcmp(text, "get_queryset")) {
        const Model *model = declared_model(a, object, "model");
        if (!model) return unknown_because(a->e, "admin class without a model in view");
        const Value *rows = declared_rows(a, node, model);
        bool open = rows->kind == VALUE_QUERYSET && !object->klass->mro_complete;
        return open ? value_with_plan(a->e->values, rows, plan_opened(a->e->plans, rows->plan))
                    : rows;
    }
    if (!strcmp(text, "get_search_results")) {
        const Value *rows = argument(arguments, a->e, 1, "queryset");
        const Value *given[] = {rows ? rows : a->e->unknown, a->e->scalar};
        return value_sequence(a->e->values, given, 2);
    }
    if (!strcmp(text, "formfield_for_foreignkey") || !strcmp(text, "formfield_for_manytomany"))
        return admin_field_method(a, object, text, arguments);
    return option_hook(a, object, text);
}

static const Value *admin_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    (void)node;
    if (!class_is_admin(object->klass)) return NULL;
    const char *text = project_text(a->e->project, name);
    static const char *const lists[] = {
        "list_display", "actions", "inlines", "readonly_fields", "list_filter", "search_fields",
        "raw_id_fields", "autocomplete_fields", "list_editable", "ordering"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!strcmp(lists[i], text)) {
            const Value *shown = value_string(a->e->values, name_of(a->e, "__str__"));
            return value_sequence(a->e->values, &shown, i == 0);
        }
    if (!strcmp(text, "list_select_related")) return a->e->no;
    if (strncmp(text, "get_", 4)) return NULL;
    return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                               .self = object});
}

static void admin_roots(Evaluator *e) {
    Registrations found = {0};
    Map searched = {0};
    registrations_collect(e, &found);
    admin_searched(e, &found, &searched);
    for (uint32_t i = 0; i < found.items.count; i++) {
        const Registration *one = &found.items.items[i];
        run_changelist(e, one);
        run_actions(e, one);
        admin_change(e, one);
        if (map_get(&searched, (uintptr_t)one->model)) admin_search(e, one);
        admin_delete(e, one);
    }
}

const Framework framework_admin = {
    .attribute = admin_attribute, .method = admin_method, .roots = admin_roots,
};
