/* Python's own functions and those of Django that rows pass through: one table of names, one
 * small function each. What is not in the table is assumed to leave plans alone and gives
 * UNKNOWN. */
#include "flow/evaluate.h"

#include <stdlib.h>

typedef const Value *(*Handler)(Activation *a, NodeId node, const Arguments *arguments);

static const Value *first_of(const Arguments *arguments) {
    return arguments->count && !arguments->names[0] ? arguments->values[0] : NULL;
}

/* Every element of something iterable, after running what iterating runs. TURN_EACH in it. */
static const Value *elements_of(Activation *a, NodeId node, const Value *value) {
    Evaluator *e = a->e;
    Walk walk;
    if (!value) return e->unknown;
    if (!walk_start(a, node, node, value, &walk)) return e->scalar;
    const Value *item = walk.item;
    for (uint32_t i = 0; i < walk.item_count; i++)
        item = i ? value_join(e->values, e->plans, item, walk.items[i]) : walk.items[0];
    if (walk.loop) item = value_turned(e->values, item, walk.loop, TURN_EACH);
    walk_end(a, &walk, false);
    return item;
}

/* list, set, tuple, sorted, reversed, iter: the same elements. */
static const Value *do_list(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *value = first_of(arguments);
    if (!value) return value_sequence(e->values, NULL, 0);
    if (value->kind == VALUE_MANY && value->flags & VALUE_LAZY) {
        generator_run(a, node, value);
        return value_many(e->values, value->self, NULL);
    }
    if (value->kind == VALUE_SEQUENCE || value->kind == VALUE_MANY) return value;
    if (value->kind == VALUE_QUERYSET) {
        queryset_run(a, node, value, OPERATION_ITERATE);
        return value_many(e->values, queryset_rows(a, node, value, TURN_EACH), NULL);
    }
    return value_many(e->values, elements_of(a, node, value), NULL);
}

/* A function called once per element. */
static const Value *call_each(Activation *a, NodeId node, const Value *function,
                              const Value *value) {
    Evaluator *e = a->e;
    Walk walk;
    if (!value || !walk_start(a, node, node, value, &walk)) return e->unknown;
    const Value *result = NULL;
    uint32_t rounds = walk.item_count ? walk.item_count : 1;
    for (uint32_t i = 0; i < rounds; i++) {
        const Value *item = walk.item_count ? walk.items[i] : walk.item;
        walk_turn(a, &walk);
        const Value *one = function->kind == VALUE_NONE ? item
                                                        : call_simple(a, node, function, item);
        result = result ? value_join(e->values, e->plans, result, one) : one;
    }
    if (walk.loop) result = value_turned(e->values, result, walk.loop, TURN_EACH);
    walk_end(a, &walk, true);
    return result;
}

/* A special method of each element, where the project defines it. */
static void special_each(Activation *a, NodeId node, const char *name, const Value *value) {
    Evaluator *e = a->e;
    const Value *item = value->kind == VALUE_MANY ? value->self
                        : value->kind == VALUE_SEQUENCE && value->count ? value->items[0] : NULL;
    const Class *klass = item && item->kind == VALUE_ROW ? value_class(item) : NULL;
    const ClassMember *member = klass ? class_member(klass, str_of(e->project->strings, name))
                                      : NULL;
    if (member && member->kind == MEMBER_FUNCTION)
        call_each(a, node, member_function(e, member, NULL), value);
}

static const Value *do_set(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *list = do_list(a, node, arguments);
    special_each(a, node, "__hash__", list);
    return list;
}

static const Value *do_sorted(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *list = do_list(a, node, arguments);
    const Value *key = argument(arguments, a->e, 99, "key");
    if (key && key->kind != VALUE_NONE) call_each(a, node, key, list);
    else special_each(a, node, "__lt__", list);
    return list;
}

static const Value *do_map(Activation *a, NodeId node, const Arguments *arguments) {
    if (arguments->count < 2) return a->e->unknown;
    return value_many(a->e->values, call_each(a, node, arguments->values[0],
                                              arguments->values[1]), NULL);
}

static const Value *do_filter(Activation *a, NodeId node, const Arguments *arguments) {
    if (arguments->count < 2) return a->e->unknown;
    Arguments rest = {.count = 1};
    rest.values[0] = arguments->values[1];
    rest.nodes[0] = arguments->nodes[1];
    const Value *list = do_list(a, node, &rest);
    call_each(a, node, arguments->values[0], list);
    return list;
}

static const Value *do_enumerate(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *pair[] = {e->scalar, elements_of(a, node, first_of(arguments))};
    return value_many(e->values, value_sequence(e->values, pair, 2), NULL);
}

static const Value *do_zip(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *items[8];
    uint32_t count = 0;
    for (uint32_t i = 0; i < arguments->count && count < 8; i++)
        if (!arguments->names[i]) items[count++] = elements_of(a, node, arguments->values[i]);
    return value_many(e->values, value_sequence(e->values, items, count), NULL);
}

static const Value *do_chain(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *joined = NULL;
    for (uint32_t i = 0; i < arguments->count; i++) {
        const Value *one = elements_of(a, node, arguments->values[i]);
        joined = joined ? value_join(e->values, e->plans, joined, one) : one;
    }
    return value_many(e->values, joined ? joined : e->unknown, NULL);
}

static const Value *do_groupby(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *list = do_list(a, node, arguments);
    const Value *key = argument(arguments, e, 1, "key");
    const Value *named = key ? call_each(a, node, key, list) : e->unknown;
    const Value *pair[] = {named, list};
    return value_many(e->values, value_sequence(e->values, pair, 2), NULL);
}

static const Value *do_len(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *value = first_of(arguments);
    if (value) use_length(a, node, value);
    return a->e->scalar;
}

static const Value *do_consume(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *item = elements_of(a, node, first_of(arguments));
    return item->kind == VALUE_SCALAR ? item : a->e->scalar;
}

/* min, max, next: one of the elements. */
static const Value *do_pick(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *value = first_of(arguments);
    if (!value) return e->unknown;
    const Value *key = argument(arguments, e, 99, "key");
    if (key && key->kind != VALUE_NONE) call_each(a, node, key, value);
    const Value *item = elements_of(a, node, value);
    return value_turned(e->values, item, TURN_EACH, activation_turn(a));
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
    bool is = found->kind == VALUE_UNKNOWN || found->kind == VALUE_BUILTIN;
    return is ? found
                                        : value_join(e->values, e->plans, found,
                                                     arguments->values[2]);
}

static const Value *do_hasattr(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    if (arguments->count < 2 || arguments->values[1]->kind != VALUE_STRING) return e->scalar;
    const Value *value = arguments->values[0];
    if (value->kind != VALUE_ROW) return e->scalar;
    Str name = arguments->values[1]->name;
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
    bool plain = value->kind == VALUE_MANY || value->kind == VALUE_SEQUENCE
                 || value->kind == VALUE_NONE || value->kind == VALUE_STRING;
    if (plain) return wanted->klass->site.node || queryset ? e->no : e->scalar;
    const Class *klass = value->kind == VALUE_ROW || value->kind == VALUE_OBJECT
                             ? value_class(value) : NULL;
    if (!klass || !klass->mro_complete) return e->scalar;
    if (class_inherits(klass, wanted->klass)) return e->yes;
    /* A row of a parent model may be told to be its child. */
    bool apart = wanted->klass->mro_complete && !class_inherits(wanted->klass, klass);
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
    const Value *value = first_of(arguments);
    (void)node;
    const Class *klass = value ? value_class(value) : NULL;
    if (!klass) return a->e->unknown;
    return value_intern(a->e->values, &(Value){.kind = VALUE_CLASS, .klass = klass});
}

/* range(3) is bounded; range(0, n, size) walks batches. */
static const Value *do_range(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    (void)node;
    if (arguments->count == 3) {
        Value draft = {.kind = VALUE_MANY, .self = e->scalar, .flags = VALUE_BATCHES};
        return value_intern(e->values, &draft);
    }
    if (arguments->count == 1 && node_at(a, arguments->nodes[0])->kind == NODE_NUMBER)
        return value_string(e->values, str_of(e->project->strings, "range"));
    return value_many(e->values, e->scalar, NULL);
}

static const Value *do_batches(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *each = value_many(a->e->values, elements_of(a, node, first_of(arguments)), NULL);
    Value draft = {.kind = VALUE_MANY, .self = each, .flags = VALUE_BATCHES};
    return value_intern(a->e->values, &draft);
}

static const Value *do_dict(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    (void)node;
    if (arguments->count && !arguments->names[0]) {
        const Value *item = elements_of(a, node, arguments->values[0]);
        const Value *rest = item->kind == VALUE_SEQUENCE && item->count == 2 ? item->items[1]
                                                                             : e->unknown;
        return value_intern(e->values, &(Value){.kind = VALUE_DICT, .self = rest});
    }
    const Value *items[LIMIT_ARGUMENTS * 2];
    uint32_t count = 0;
    for (uint32_t i = 0; i < arguments->count; i++) {
        items[count++] = value_string(e->values, arguments->names[i]);
        items[count++] = arguments->values[i];
    }
    Value draft = {.kind = VALUE_DICT, .items = items, .count = count};
    return value_intern(e->values, &draft);
}

static const Value *do_defaultdict(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node, (void)arguments;
    return value_intern(a->e->values, &(Value){.kind = VALUE_DICT,
                                               .self = value_sequence(a->e->values, NULL, 0)});
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
    state_set(a->e->arena, &a->state, fact_key(FACT_ATTRIBUTE, holder->id, a->e->plan_fact), row);
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
    if (!value_is_model_row(row)) return e->none;
    row = row_as_loaded(a, row, rows);
    plan_fact_set(a, rows, value_with_plan(e->values, row, rows_prefetched(a, row, arguments)));
    return e->none;
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

static const struct { const char *name; Handler handler; } handlers[] = {
    {"builtins.list", do_list}, {"builtins.set", do_set}, {"builtins.tuple", do_list},
    {"builtins.frozenset", do_set}, {"builtins.reversed", do_list}, {"builtins.iter", do_list},
    {"builtins.sorted", do_sorted}, {"builtins.map", do_map}, {"builtins.filter", do_filter},
    {"builtins.enumerate", do_enumerate}, {"builtins.zip", do_zip}, {"builtins.len", do_len},
    {"builtins.any", do_consume}, {"builtins.all", do_consume}, {"builtins.sum", do_consume},
    {"builtins.min", do_pick}, {"builtins.max", do_pick}, {"builtins.next", do_pick},
    {"builtins.bool", do_bool}, {"builtins.str", do_text}, {"builtins.repr", do_representation},
    {"builtins.print", do_text}, {"builtins.format", do_format}, {"builtins.int", do_scalar},
    {"builtins.float", do_scalar}, {"builtins.abs", do_scalar}, {"builtins.round", do_scalar},
    {"builtins.id", do_scalar}, {"builtins.hash", do_hash}, {"builtins.getattr", do_getattr},
    {"builtins.hasattr", do_hasattr}, {"builtins.setattr", do_setattr},
    {"builtins.isinstance", do_isinstance},
    {"builtins.super", do_super}, {"builtins.type", do_type}, {"builtins.range", do_range},
    {"builtins.dict", do_dict}, {"builtins.issubclass", do_scalar},
    {"builtins.callable", do_scalar}, {"collections.OrderedDict", do_dict},
    {"collections.defaultdict", do_defaultdict}, {"collections.Counter", do_consume},
    {"itertools.chain", do_chain}, {"itertools.groupby", do_groupby},
    {"itertools.islice", do_list}, {"itertools.batched", do_batches}, {"copy.copy", do_same},
    {"copy.deepcopy", do_same}, {"tqdm.tqdm", do_same}, {"operator.attrgetter", do_scalar},
    {"django.utils.text.smart_split", do_scalar}, {"django.utils.encoding.force_str", do_text},
    {"django.utils.encoding.smart_str", do_text}, {"django.utils.html.format_html", do_text},
    {"logging.getLogger", do_logger}, {"celery.utils.log.get_task_logger", do_logger},
    {"logging.info", do_log}, {"logging.warning", do_log}, {"logging.warn", do_log},
    {"logging.error", do_log}, {"logging.critical", do_log}, {"logging.exception", do_log},
    {"django.utils.translation.gettext", do_same},
    {"django.utils.translation.gettext_lazy", do_same},
    {"django.shortcuts.get_object_or_404", do_object_or_404},
    {"django.shortcuts.get_list_or_404", do_list_or_404},
    {"rest_framework.generics.get_object_or_404", do_object_or_404},
    {"django.db.models.Prefetch", do_prefetch},
    {"django.db.models.prefetch_related_objects", do_prefetch_objects},
    {"django.apps.apps.get_model", do_get_model},
    {"django.contrib.auth.get_user_model", do_user_model},
    {"django.core.cache.cache.get", do_guarded}, {"django.core.cache.cache.get_many", do_guarded},
    {"django.core.cache.cache.get_or_set", do_get_or_set},
    {"django.db.models.OuterRef", do_nothing},
    {"django.db.models.Subquery", do_nothing}, {"django.db.models.Exists", do_nothing},
    {"django.db.models.Q", do_nothing}, {"django.db.models.F", do_nothing},
    {"django.db.models.Count", do_nothing}, {"django.db.models.Value", do_nothing},
    {"django.db.models.When", do_nothing}, {"django.db.models.Case", do_nothing},
};

typedef struct HandlerHolder { Handler handler; } HandlerHolder;

void builtins_register(Evaluator *e) {
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
        HandlerHolder *holder = arena_make(e->arena, HandlerHolder);
        holder->handler = handlers[i].handler;
        Str name = str_of(e->project->strings, handlers[i].name);
        map_put(e->arena, &e->functions, name, holder);
    }
}

/* What is given to an unknown callee of the outside world: a text's parts are not read. */
const Value *builtin_call(Activation *a, NodeId node, const Value *callee,
                          const Arguments *arguments, bool *handled) {
    const HandlerHolder *holder = map_get(&a->e->functions, callee->name);
    if (holder) {
        *handled = true;
        return holder->handler(a, node, arguments);
    }
    const char *name = project_text(a->e->project, callee->name);
    for (uint32_t i = 0; i < arguments->count; i++)
        if (arguments->values[i]->flags & VALUE_LAZY && arguments->values[i]->kind == VALUE_MANY)
            generator_run(a, node, arguments->values[i]);
    if (!strncmp(name, "django.db.models.", 17)) return a->e->scalar;
    if (strstr(name, "batch") || strstr(name, "chunk")) return do_batches(a, node, arguments);
    return unknown_because(a->e, "call of something outside the project");
}

/* groups.setdefault(key, []).append(row): the dict's lists are such lists now. */
static void group_append(Activation *a, NodeId call, const Value *list) {
    Evaluator *e = a->e;
    NodeId callee = child_at(a, call, 0);
    if (node_at(a, callee)->kind != NODE_ATTRIBUTE
        || !name_is(e, node_name(a, callee), "setdefault"))
        return;
    NodeId holder = child_at(a, callee, 0);
    const Value *dict = evaluate(a, holder);
    if (dict->kind != VALUE_DICT) return;
    Value draft = *dict;
    draft.self = draft.self ? value_join(e->values, e->plans, draft.self, list) : list;
    bind_target(a, holder, value_intern(e->values, &draft));
}

/* list.append() and its kin change the variable (or attribute) the list is in. */
static const Value *list_method(Activation *a, NodeId node, const Value *self, const char *name,
                                const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *given = first_of(arguments);
    bool one = !strcmp(name, "append") || !strcmp(name, "add") || !strcmp(name, "insert");
    bool many = !strcmp(name, "extend") || !strcmp(name, "update");
    NodeId callee = child_at(a, node, 0);
    bool named = node_at(a, callee)->kind == NODE_ATTRIBUTE;
    if ((one || many) && arguments->count && named) {
        if (!strcmp(name, "insert") && arguments->count > 1) given = arguments->values[1];
        const Value *added = given ? given : e->unknown;
        if (many) added = elements_of(a, node, added);
        for (uint32_t i = a->loop_count; i-- > 0;)
            added = value_turned(e->values, added, a->loops[i], TURN_EACH);
        added = value_turned(e->values, added, TURN_FRESH, TURN_EACH);
        const Value *list = value_join(e->values, e->plans, self,
                                       value_many(e->values, added, NULL));
        if (self->kind == VALUE_SEQUENCE && !self->count)
            list = value_many(e->values, added, NULL);
        NodeId holder = child_at(a, callee, 0);
        uint8_t kind = node_at(a, holder)->kind;
        if (kind == NODE_CALL) group_append(a, holder, list);
        if (kind == NODE_NAME || kind == NODE_ATTRIBUTE || kind == NODE_INDEX)
            bind_target(a, holder, list);
        return e->none;
    }
    if (!strcmp(name, "pop") && self->kind == VALUE_MANY)
        return value_turned(e->values, self->self, TURN_EACH, activation_turn(a));
    if (!strcmp(name, "copy")) return self;
    if (!strcmp(name, "sort")) {
        const Value *key = argument(arguments, e, 99, "key");
        if (key) call_each(a, node, key, self);
        return e->none;
    }
    return e->scalar;
}

/* items(), keys() or values() of a dict whose keys are all known: a literal sequence. */
static const Value *dict_parts(Evaluator *e, const Value *dict, const char *name) {
    const Value *parts[LIMIT_UNROLL];
    uint32_t count = 0;
    for (uint32_t i = 0; i + 1 < dict->count; i += 2) {
        const Value *pair[] = {dict->items[i], dict->items[i + 1]};
        parts[count++] = *name == 'i' ? value_sequence(e->values, pair, 2)
                                      : pair[*name == 'v' ? 1 : 0];
    }
    return value_sequence(e->values, parts, count);
}

static const Value *dict_method(Activation *a, NodeId node, const Value *self, const char *name,
                                const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *rest = self->self;
    for (uint32_t i = 0; i + 1 < self->count; i += 2)
        rest = rest ? value_join(e->values, e->plans, rest, self->items[i + 1])
                    : self->items[i + 1];
    if (!rest) rest = e->unknown;
    (void)node;
    bool walks = !strcmp(name, "values") || !strcmp(name, "keys") || !strcmp(name, "items");
    if (walks && !self->self && self->count <= 2 * LIMIT_UNROLL)
        return dict_parts(e, self, name);
    if (!strcmp(name, "values")) return value_many(e->values, rest, NULL);
    if (!strcmp(name, "keys")) return value_many(e->values, e->scalar, NULL);
    if (!strcmp(name, "items")) {
        const Value *pair[] = {e->scalar, rest};
        return value_many(e->values, value_sequence(e->values, pair, 2), NULL);
    }
    if (!strcmp(name, "get") || !strcmp(name, "pop") || !strcmp(name, "setdefault")) {
        const Value *key = first_of(arguments);
        const Value *found = key && key->kind == VALUE_STRING ? value_key(self, key->name) : NULL;
        if (!found) found = self->self;
        if (!found && key && key->kind != VALUE_STRING && arguments->count == 1)
            return do_guarded(a, node, arguments); /* a memory that is filled as it goes */
        if (!found) found = arguments->count > 1 ? arguments->values[1] : e->none;
        return value_turned(e->values, found, TURN_EACH, activation_turn(a));
    }
    if (!strcmp(name, "copy")) return self;
    return e->scalar;
}

const Value *builtin_method(Activation *a, NodeId node, const Value *self, Str name,
                            const Arguments *arguments) {
    Evaluator *e = a->e;
    const char *text = project_text(e->project, name);
    switch ((ValueKind)self->kind) {
    case VALUE_SEQUENCE: case VALUE_MANY: return list_method(a, node, self, text, arguments);
    case VALUE_DICT: return dict_method(a, node, self, text, arguments);
    case VALUE_STRING:
        if (!strcmp(text, "join"))
            elements_of(a, node, first_of(arguments));
        else if (!strcmp(text, "format"))
            use_fields(a, node, project_text(e->project, self->name), arguments);
        return e->scalar;
    case VALUE_CLASS: return unknown_because(e, "class method of a class outside of view");
    case VALUE_BUILTIN: {
        const Value *answer = seed_method(a, self, name, arguments);
        if (!answer) answer = probe_call(a, self, name, arguments);
        return answer ? answer : e->unknown;
    }
    case VALUE_FUNCTION: case VALUE_METHOD:
        /* task.delay(...) runs elsewhere, with the same arguments */
        if (!strcmp(text, "delay") || !strcmp(text, "__wrapped__"))
            return call_value(a, node, self, arguments);
        return e->unknown;
    default: return e->unknown;
    }
}
