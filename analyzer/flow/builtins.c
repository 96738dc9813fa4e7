/* Python's own functions and those of Django that rows pass through: one table of names, one
 * small function each. What is not in the table is assumed to leave plans alone and gives
 * UNKNOWN. */
#include "flow/builtins.h"
#include "flow/templates.h"

#include <ctype.h>
#include <stdlib.h>

static const Value *do_len(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *value = first_of(arguments);
    if (value) use_length(a, node, value);
    return a->e->scalar;
}

static const Value *do_consume(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *item = elements_of(a, node, first_of(arguments));
    return item->kind == VALUE_SCALAR ? item : a->e->scalar;
}

static const Value *do_bool(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *value = first_of(arguments);
    return value ? use_truth(a, node, value) : a->e->scalar;
}

static const Value *do_text(Activation *a, NodeId node, const Arguments *arguments) {
    for (uint32_t i = 0; i < arguments->count; i++) use_text(a, node, arguments->values[i]);
    return a->e->scalar;
}

static const Value *do_representation(Activation *a, NodeId node, const Arguments *arguments) {
    if (first_of(arguments)) use_representation(a, node, first_of(arguments));
    return a->e->scalar;
}

static const Value *do_format(Activation *a, NodeId node, const Arguments *arguments) {
    if (first_of(arguments)) use_format(a, node, first_of(arguments));
    return a->e->scalar;
}

static const Value *do_hash(Activation *a, NodeId node, const Arguments *arguments) {
    if (first_of(arguments)) use_hash(a, node, first_of(arguments));
    return a->e->scalar;
}

static const Value *do_logger(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node, (void)arguments;
    return value_intern(a->e->values, &(Value){.kind = VALUE_EXTERNAL,
                                               .name = str_of(a->e->project->strings, "logging")});
}

/* logger.info("%s of %s", book, author): formatted where the level is enabled. */
static const Value *do_log(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *items[LIMIT_ARGUMENTS];
    uint32_t count = 0;
    const Value *text = first_of(arguments);
    for (uint32_t i = 1; i < arguments->count; i++)
        if (!arguments->names[i]) items[count++] = arguments->values[i];
    if (text && text->kind == VALUE_STRING && count)
        use_percent(a, node, project_text(e->project, text->name),
                    value_sequence(e->values, items, count));
    else if (text) use_text(a, node, text);
    return e->none;
}

static const Value *do_scalar(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node, (void)arguments;
    return a->e->scalar;
}

static const Value *do_same(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *value = first_of(arguments);
    (void)node;
    return value ? value : a->e->unknown;
}

static const Value *probe(Activation *a, NodeId node, const Value *value, Str name) {
    Evaluator *e = a->e;
    if (value->kind == VALUE_ROW) return row_attribute(a, node, value, name, true);
    const Value *found = value_attribute(a, node, value, name);
    if (found->kind != VALUE_UNKNOWN) return found;
    return value_intern(e->values, &(Value){.kind = VALUE_UNKNOWN, .flags = VALUE_GUARD});
}

static const Value *do_getattr(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    if (arguments->count < 2 || arguments->values[1]->kind != VALUE_STRING)
        return unknown_because(e, "getattr() of a computed name");
    const Value *value = arguments->values[0];
    Str name = arguments->values[1]->name;
    if (arguments->count < 3) return value_attribute(a, node, value, name);
    if (value->kind == VALUE_ROW) {
        const Value *row = row_as_loaded(a, value, value);
        const Value *own = probe_of_row(e, row, name);
        if (own) return own;
        const Value *there = row_has(a, row, name);
        if (there == e->no) return probe_default(a, arguments->values[2]);
        const Value *given = row_attribute(a, node, row, name, true);
        /* What is made of it when it is NULL or empty was not written for these rows. */
        if (there == e->yes && given->kind == VALUE_SCALAR)
            return value_with_flags(e->values, given, VALUE_GUARD);
    }
    const Value *found = probe(a, node, value, name);
    if (found->kind == VALUE_UNKNOWN || found->kind == VALUE_BUILTIN) return found;
    return value_join(e->values, e->plans, found, arguments->values[2]);
}

static const Value *do_hasattr(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    if (arguments->count < 2 || arguments->values[1]->kind != VALUE_STRING) return e->scalar;
    const Value *value = arguments->values[0];
    Str name = arguments->values[1]->name;
    if (value->kind == VALUE_OBJECT) return object_has(a, value, name);
    if (value->kind == VALUE_NONE && project_text(e->project, name)[0] != '_') return e->no;
    if (value->kind != VALUE_ROW) return e->scalar;
    const Value *there = row_has(a, row_as_loaded(a, value, value), name);
    if (there == e->no) return value_with_flags(e->values, there, VALUE_GUARD);
    if (there == e->yes) return there;
    probe(a, node, value, name);
    return e->scalar;
}

/* Yes, no, or not decided: whether the value is an instance of one class. */
static const Value *instance_of(Evaluator *e, const Value *value, const Value *wanted) {
    if (wanted->kind != VALUE_CLASS) return e->scalar;
    bool queryset = name_is(e, wanted->klass->qualified, "django.db.models.QuerySet");
    if (value->kind == VALUE_QUERYSET) return queryset ? e->yes : e->scalar;
    if (value->kind == VALUE_NONE && !name_is(e, wanted->klass->qualified, "builtins.object"))
        return e->no;
    bool plain = value->kind == VALUE_MANY || value->kind == VALUE_SEQUENCE
                 || value->kind == VALUE_NONE || value->kind == VALUE_STRING;
    if (plain) return wanted->klass->site.node || queryset ? e->no : e->scalar;
    const Class *klass = value->kind == VALUE_ROW || value->kind == VALUE_OBJECT
                             ? value_class(value) : NULL;
    if (!klass || !klass->mro_complete) return e->scalar;
    if (class_inherits(klass, wanted->klass)) return e->yes;
    bool apart = wanted->klass->mro_complete
                 && (type_is_sure(e, value) || !class_inherits(wanted->klass, klass));
    return apart ? e->no : e->scalar;
}

const Value *value_is_instance(Evaluator *e, const Value *value, const Value *wanted) {
    uint32_t values = value->kind == VALUE_UNION ? value->count : 1;
    uint32_t classes = wanted->kind == VALUE_SEQUENCE ? wanted->count : 1;
    uint32_t yes = 0, no = 0;
    for (uint32_t v = 0; v < values; v++) {
        const Value *one = value->kind == VALUE_UNION ? value->items[v] : value;
        bool all_no = true, any = false;
        for (uint32_t c = 0; c < classes; c++) {
            const Value *klass = wanted->kind == VALUE_SEQUENCE ? wanted->items[c] : wanted;
            const Value *answer = instance_of(e, one, klass);
            any |= answer == e->yes;
            all_no &= answer == e->no;
        }
        yes += any;
        no += all_no && !any;
    }
    return yes == values ? e->yes : no == values ? e->no : e->scalar;
}

static const Value *do_isinstance(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    if (arguments->count < 2) return a->e->scalar;
    return value_is_instance(a->e, arguments->values[0], arguments->values[1]);
}

static const Value *do_super(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    (void)node;
    const Class *klass = a->owner;
    const Value *self = a->self;
    if (arguments->count >= 2) {
        if (arguments->values[0]->kind == VALUE_CLASS) klass = arguments->values[0]->klass;
        self = arguments->values[1];
    }
    if (!klass || !self) return e->unknown;
    return value_intern(e->values, &(Value){.kind = VALUE_SUPER, .klass = klass, .self = self});
}

static const Value *do_type(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    return arguments->count == 1 ? type_of(a->e, arguments->values[0]) : a->e->unknown;
}

/* range() of constants is bounded; range(0, n, size) walks batches. */
static const Value *do_range(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    uint32_t constants = 0;
    long number;
    (void)node;
    for (uint32_t i = 0; i < arguments->count; i++)
        constants += value_number(e, arguments->values[i], &number);
    if (constants && constants == arguments->count)
        return value_string(e->values, str_of(e->project->strings, "range"));
    if (arguments->count == 3) {
        Value draft = {.kind = VALUE_MANY, .self = e->scalar, .flags = VALUE_BATCHES};
        return value_intern(e->values, &draft);
    }
    return value_many(e->values, e->scalar, NULL);
}

/* get_object_or_404(Model or queryset, ...): one row by a query of its own. */
static const Value *rows_or_404(Activation *a, NodeId node, const Arguments *arguments,
                                const char *method) {
    Evaluator *e = a->e;
    const Value *from = first_of(arguments);
    if (!from) return e->unknown;
    if (from->kind == VALUE_CLASS && from->klass->model)
        from = manager_make(a, arguments->nodes[0], from->klass->model,
                            str_of(e->project->strings, "_default_manager"));
    if (from->kind != VALUE_MANAGER && from->kind != VALUE_QUERYSET)
        return unknown_because(e, "get_object_or_404() of something unknown");
    Arguments rest = *arguments;
    rest.names[0] = str_of(e->project->strings, "pk");
    return queryset_call(a, node, from, str_of(e->project->strings, method), &rest);
}

static const Value *do_object_or_404(Activation *a, NodeId node, const Arguments *arguments) {
    return rows_or_404(a, node, arguments, "get");
}

static const Value *do_list_or_404(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *rows = rows_or_404(a, node, arguments, "filter");
    if (rows->kind != VALUE_QUERYSET) return rows;
    queryset_run(a, node, rows, OPERATION_ITERATE);
    return value_many(a->e->values, queryset_rows(a, node, rows, TURN_EACH), NULL);
}

/* Prefetch("path", queryset=..., to_attr="..."): anything computed makes it unknown. */
static const Value *do_prefetch(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *path = argument(arguments, e, 0, "lookup");
    const Value *queryset = argument(arguments, e, 1, "queryset");
    const Value *to_attr = argument(arguments, e, 2, "to_attr");
    if (!path || path->kind != VALUE_STRING || arguments->open) return e->unknown;
    Value draft = {.kind = VALUE_PREFETCH, .name = path->name, .site = site_of(a, node)};
    if (to_attr && to_attr->kind == VALUE_STRING) draft.attr = to_attr->name;
    else if (to_attr && to_attr->kind != VALUE_NONE) return e->unknown;
    draft.plan = plan_empty(e->plans);
    if (queryset && queryset->kind == VALUE_MANAGER) queryset = manager_queryset(a, node, queryset);
    if (queryset && queryset->kind == VALUE_QUERYSET) {
        draft.plan = queryset->plan;
        draft.birth = queryset->birth;
        draft.flags = (queryset->flags & (VALUE_FILTERED | VALUE_ORDERED | VALUE_DOUBTFUL));
        draft.flags |= VALUE_QUERY;
    } else if (queryset && queryset->kind != VALUE_NONE) {
        draft.plan = open_because(e, "computed queryset of a Prefetch");
    }
    return value_intern(e->values, &draft);
}

static const Plan *rows_prefetched(Activation *a, const Value *row, const Arguments *arguments) {
    const Plan *plan = row->plan;
    for (uint32_t i = 1; i < arguments->count; i++) {
        Site site = site_of(a, arguments->nodes[i]);
        const Value *lookup = arguments->values[i];
        bool known = lookup_check(a, row->birth, plan, lookup, LOOKUP_OBJECTS, site);
        plan = plan_with_lookup(a, plan, row->birth->model, lookup, LOAD_PREFETCH, site);
        if (!known) plan = plan_opened(a->e->plans, plan);
    }
    return arguments->open ? plan_opened(a->e->plans, plan) : plan;
}

/* prefetch_related_objects(rows, ...): the instances in the container are loaded from now on. */
static void plan_fact_set(Activation *a, const Value *holder, const Value *row) {
    state_set(a->e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, holder->id, a->e->plan_fact), row);
    if (holder->kind == VALUE_ROW) seed_copy(a, holder, row);
}

static bool value_is_model_row(const Value *value) {
    return value->kind == VALUE_ROW && value->birth->model;
}

static const Value *do_prefetch_objects(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *rows = first_of(arguments);
    (void)node;
    if (!rows) return e->none;
    const Value *row = rows;
    if (rows->kind == VALUE_QUERYSET) row = queryset_rows(a, node, rows, TURN_EACH);
    else if (rows->kind == VALUE_MANY) row = rows->self;
    if (rows->kind == VALUE_SEQUENCE) {
        for (uint32_t i = 0; i < rows->count; i++)
            if (value_is_model_row(rows->items[i]))
                plan_fact_set(a, rows->items[i],
                              value_with_plan(e->values, rows->items[i],
                                              rows_prefetched(a, rows->items[i], arguments)));
        return e->none;
    }
    if (row->kind == VALUE_UNKNOWN) /* which rows these are cannot be told: generic.c asks for it */
        plan_fact_set(a, e->unknown, e->unknown);
    if (!value_is_model_row(row)) return e->none;
    row = row_as_loaded(a, row, rows);
    plan_fact_set(a, rows, value_with_plan(e->values, row, rows_prefetched(a, row, arguments)));
    return e->none;
}

/* What a class body holds under the name says which library it is. */
static const Value *do_history(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node, (void)arguments;
    Str name = str_of(a->e->project->strings, "simple_history.models.HistoricalRecords");
    return value_intern(a->e->values, &(Value){.kind = VALUE_EXTERNAL, .name = name});
}

static const Value *do_get_model(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    char label[256] = "";
    (void)node;
    for (uint32_t i = 0; i < arguments->count && i < 2; i++) {
        const Value *part = arguments->values[i];
        if (part->kind != VALUE_STRING) return unknown_because(e, "get_model() of a computed name");
        size_t used = strlen(label);
        const char *text = project_text(e->project, part->name);
        if (used + strlen(text) + 2 > sizeof label) return e->unknown;
        if (used) strcat(label, ".");
        strcat(label, text);
    }
    const Model *model = project_model_named(e->project, label);
    if (!model || !model->klass) return unknown_because(e, "model that is not in view");
    return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = model->klass});
}

static const Value *do_user_model(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    (void)node, (void)arguments;
    const Model *model = project_user_model(e->project);
    if (!model || !model->klass) return unknown_because(e, "user model that is not in view");
    return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = model->klass});
}

static const Value *do_guarded(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node, (void)arguments;
    return value_intern(a->e->values, &(Value){.kind = VALUE_UNKNOWN, .flags = VALUE_GUARD});
}

/* cache.get_or_set(key, default): a default that can be called is, when the key is missing. */
static const Value *do_get_or_set(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *given = argument(arguments, a->e, 1, "default");
    a->guard++;
    if (given && (given->kind == VALUE_FUNCTION || given->kind == VALUE_METHOD))
        call_value(a, node, given, &(Arguments){0});
    a->guard--;
    return do_guarded(a, node, arguments);
}

static const Value *do_setattr(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    if (arguments->count == 3)
        seed_setattr(a, arguments->values[0], arguments->values[1], arguments->values[2]);
    return a->e->none;
}

/* A subquery argument: never runs by itself. */
static const Value *do_nothing(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node, (void)arguments;
    return a->e->scalar;
}

static const Builtin handlers[] = {
    {"builtins.len", do_len}, {"builtins.any", do_consume}, {"builtins.all", do_consume},
    {"builtins.sum", do_consume}, {"builtins.bool", do_bool}, {"builtins.str", do_text},
    {"builtins.repr", do_representation}, {"builtins.print", do_text},
    {"builtins.format", do_format}, {"builtins.int", do_scalar}, {"builtins.float", do_scalar},
    {"builtins.abs", do_scalar}, {"builtins.round", do_scalar}, {"builtins.id", do_scalar},
    {"builtins.hash", do_hash}, {"builtins.getattr", do_getattr}, {"builtins.hasattr", do_hasattr},
    {"builtins.setattr", do_setattr}, {"builtins.isinstance", do_isinstance},
    {"builtins.super", do_super},
    {"builtins.type", do_type}, {"builtins.range", do_range}, {"builtins.issubclass", do_scalar},
    {"builtins.callable", do_scalar}, {"copy.copy", do_same}, {"copy.deepcopy", do_same},
    {"tqdm.tqdm", do_same}, {"django.utils.text.smart_split", do_scalar},
    {"django.utils.encoding.force_str", do_text}, {"django.utils.encoding.smart_str", do_text},
    {"django.utils.html.format_html", do_text}, {"logging.getLogger", do_logger},
    {"celery.utils.log.get_task_logger", do_logger}, {"logging.info", do_log},
    {"logging.warning", do_log}, {"logging.warn", do_log}, {"logging.error", do_log},
    {"logging.critical", do_log}, {"logging.exception", do_log},
    {"django.shortcuts.render", render_request},
    {"django.template.response.TemplateResponse", render_response},
    {"django.template.response.SimpleTemplateResponse", render_simple},
    {"django.template.loader.render_to_string", render_plain},
    {"django.template.loader.get_template", render_template},
    {"django.template.loader.select_template", render_template},
    {"django.template.Template", render_text}, {"django.template.base.Template", render_text},
    {"django.template.Engine", render_engine}, {"django.template.engine.Engine", render_engine},
    {"django.template.Engine.get_default", render_engine},
    {"django.template.engine.Engine.get_default", render_engine},
    {"django.template.Context", render_context},
    {"django.template.context.Context", render_context},
    {"django.template.RequestContext", render_request_context},
    {"django.template.context.RequestContext", render_request_context},
    {"django.utils.translation.gettext", do_same},
    {"django.utils.translation.gettext_lazy", do_same},
    {"django.shortcuts.get_object_or_404", do_object_or_404},
    {"django.shortcuts.get_list_or_404", do_list_or_404},
    {"rest_framework.generics.get_object_or_404", do_object_or_404},
    {"django.db.models.Prefetch", do_prefetch},
    {"django.contrib.contenttypes.prefetch.GenericPrefetch", generic_prefetch},
    {"django.db.models.prefetch_related_objects", do_prefetch_objects},
    {"simple_history.models.HistoricalRecords", do_history},
    {"django.apps.apps.get_model", do_get_model},
    {"django.contrib.auth.get_user_model", do_user_model},
    {"django.core.cache.cache.get", do_guarded}, {"django.core.cache.cache.get_many", do_guarded},
    {"django.core.cache.cache.get_or_set", do_get_or_set},
    {"django.db.models.OuterRef", do_nothing}, {"django.db.models.Subquery", do_nothing},
    {"django.db.models.Exists", do_nothing}, {"django.db.models.Q", do_nothing},
    {"django.db.models.F", do_nothing}, {"django.db.models.Count", do_nothing},
    {"django.db.models.Value", do_nothing}, {"django.db.models.When", do_nothing},
    {"django.db.models.Case", do_nothing}, {"tqdm.auto.tqdm", do_same}, {"tqdm.std.tqdm", do_same},
    {"rich.progress.track", do_same},
};

static void register_table(Evaluator *e, const Builtin *table, size_t count) {
    for (size_t i = 0; i < count; i++)
        map_put(e->arena, &e->functions, str_of(e->project->strings, table[i].name),
                (void *)(uintptr_t)&table[i]);
}

void builtins_register(Evaluator *e) {
    register_table(e, handlers, sizeof handlers / sizeof *handlers);
    register_table(e, iterator_builtins, iterator_builtin_count);
    register_table(e, dump_builtins, dump_builtin_count);
    register_table(e, container_builtins, container_builtin_count);
    register_table(e, function_builtins, function_builtin_count);
    register_table(e, formset_builtins, formset_builtin_count);
}

/* What is given to an unknown callee of the outside world: a text's parts are not read. */
const Value *builtin_call(Activation *a, NodeId node, const Value *callee,
                          const Arguments *arguments, bool *handled) {
    const Builtin *known = map_get(&a->e->functions, callee->name);
    if (known) {
        *handled = true;
        return known->handler(a, node, arguments);
    }
    const char *name = project_text(a->e->project, callee->name);
    for (uint32_t i = 0; i < arguments->count; i++)
        if (arguments->values[i]->flags & VALUE_LAZY && arguments->values[i]->kind == VALUE_MANY)
            generator_run(a, node, arguments->values[i]);
    if (!strncmp(name, "django.db.models.", 17)) return a->e->scalar;
    if (strstr(name, "batch") || strstr(name, "chunk")) return do_batches(a, node, arguments);
    return unknown_because(a->e, "call of something outside the project");
}

/* The arguments of task.apply_async(args=(...), kwargs={...}). */
static Arguments arguments_packed(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *given = argument(arguments, a->e, 0, "args");
    const Value *named = argument(arguments, a->e, 1, "kwargs");
    Arguments unpacked = {.open = arguments->open};
    bool sequence = given && given->kind == VALUE_SEQUENCE;
    bool dict = named && named->kind == VALUE_DICT && !named->self;
    unpacked.open |= (given && !sequence) || (named && !dict);
    for (uint32_t i = 0; sequence && i < given->count; i++)
        arguments_add(a->e, &unpacked, STR_NONE, node, given->items[i]);
    for (uint32_t i = 0; dict && i + 1 < named->count; i += 2)
        arguments_add(a->e, &unpacked, named->items[i]->name, node, named->items[i + 1]);
    return unpacked;
}

/* task.delay(...): a run of its own, with these arguments; the loops around are not its loops. */
static const Value *call_elsewhere(Activation *a, NodeId node, const Value *task,
                                   const char *name, const Arguments *arguments) {
    bool packed = !strcmp(name, "apply_async");
    if (!packed && strcmp(name, "delay")) return a->e->unknown;
    if (a->muted) return a->e->scalar;
    Arguments given = packed ? arguments_packed(a, node, arguments) : *arguments;
    Activation top;
    root_start(&top, a->e, a->module);
    top.function = a->function;
    call_value(&top, node, task, &given);
    root_finish(&top);
    return a->e->scalar;
}

/* text.upper(), text.lower(): of short words, such as methods of requests. */
static const Value *string_cased(Evaluator *e, const char *text, bool upper) {
    char cased[32];
    size_t length = strlen(text);
    if (length >= sizeof cased) return e->scalar;
    for (size_t i = 0; i <= length; i++) {
        if (text[i] & ~0x7f) return e->scalar;
        cased[i] = (char)(upper ? toupper(text[i]) : tolower(text[i]));
    }
    return value_string(e->values, str_of(e->project->strings, cased));
}

static const Value *string_method(Activation *a, NodeId node, const Value *self, const char *name,
                                  const Arguments *arguments) {
    Evaluator *e = a->e;
    const char *text = project_text(e->project, self->name);
    bool upper = !strcmp(name, "upper");
    if (upper || !strcmp(name, "lower")) return string_cased(e, text, upper);
    if (!strcmp(name, "join")) elements_of(a, node, first_of(arguments));
    else if (!strcmp(name, "format")) use_fields(a, node, text, arguments);
    return e->scalar;
}

const Value *builtin_method(Activation *a, NodeId node, const Value *self, Str name,
                            const Arguments *arguments) {
    Evaluator *e = a->e;
    const char *text = project_text(e->project, name);
    const Value *rendered = render_method(a, node, self, name, arguments);
    if (rendered) return rendered;
    switch ((ValueKind)self->kind) {
    case VALUE_SEQUENCE: case VALUE_MANY: return list_method(a, node, self, text, arguments);
    case VALUE_DICT: return dict_method(a, node, self, text, arguments);
    case VALUE_STRING: return string_method(a, node, self, text, arguments);
    case VALUE_CLASS: {
        const Value *given = library_call(a, node, self, name);
        return given ? given : unknown_because(e, "class method of a class outside of view");
    }
    case VALUE_BUILTIN: {
        const Value *answer = seed_method(a, self, name, arguments);
        if (!answer) answer = probe_call(a, self, name, arguments);
        return answer ? answer : e->unknown;
    }
    case VALUE_FUNCTION: case VALUE_METHOD:
        if (!strcmp(text, "__wrapped__")) return call_value(a, node, self, arguments);
        return call_elsewhere(a, node, self, text, arguments);
    default: return e->unknown;
    }
}
