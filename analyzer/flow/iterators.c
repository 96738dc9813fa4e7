/* Functions that hand rows on one by one: list(), sorted(), map(), itertools.
 *
 * Iterators are taken for lists: what walking them runs is run where they are made. */
#include "flow/builtins.h"

const Value *elements_of(Activation *a, NodeId node, const Value *value) {
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
const Value *do_list(Activation *a, NodeId node, const Arguments *arguments) {
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
        const Value *row = queryset_rows(a, node, value, TURN_EACH);
        rows_renew(a, row);
        return value_many(e->values, row, NULL);
    }
    return value_many(e->values, elements_of(a, node, value), NULL);
}

typedef enum Spread {
    SPREAD_NOT,
    SPREAD_ITEMS,   /* f(*item) */
    SPREAD_BEHIND,  /* f(x, item) */
} Spread;

static const Value *call_element(Activation *a, NodeId node, const Value *function,
                                 const Value *item, Spread spread, const Value *before) {
    Arguments arguments = {0};
    if (function->kind == VALUE_NONE) return item;
    if (spread == SPREAD_BEHIND) arguments_add(a->e, &arguments, STR_NONE, node, before);
    if (spread == SPREAD_ITEMS && item->kind == VALUE_SEQUENCE) {
        for (uint32_t i = 0; i < item->count; i++)
            arguments_add(a->e, &arguments, STR_NONE, node, item->items[i]);
    } else {
        arguments_add(a->e, &arguments, STR_NONE, node, item);
    }
    return call_value(a, node, function, &arguments);
}

/* A function called once per element. */
static const Value *call_spread(Activation *a, NodeId node, const Value *function,
                                const Value *value, Spread spread, const Value *before) {
    Evaluator *e = a->e;
    Walk walk;
    if (!value || !walk_start(a, node, node, value, &walk)) return e->unknown;
    const Value *result = NULL;
    uint32_t rounds = walk.item_count ? walk.item_count : 1;
    for (uint32_t i = 0; i < rounds; i++) {
        const Value *item = walk.item_count ? walk.items[i] : walk.item;
        walk_turn(a, &walk);
        result = value_join(e->values, e->plans, result,
                            call_element(a, node, function, item, spread, before));
    }
    if (walk.loop) result = value_turned(e->values, result, walk.loop, TURN_EACH);
    walk_end(a, &walk, true);
    return result;
}

const Value *call_each(Activation *a, NodeId node, const Value *function, const Value *value) {
    return call_spread(a, node, function, value, SPREAD_NOT, NULL);
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
    Arguments rest = argument_of(arguments->nodes[1], arguments->values[1]);
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
    const Value *items[LIMIT_ARGUMENTS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < arguments->count; i++)
        if (!arguments->names[i]) items[count++] = elements_of(a, node, arguments->values[i]);
    return value_many(e->values, value_sequence(e->values, items, count), NULL);
}

/* Every element of every element. */
static const Value *elements_nested(Activation *a, NodeId node, const Value *value) {
    Evaluator *e = a->e;
    Walk walk;
    if (!walk_start(a, node, node, value, &walk)) return e->scalar;
    const Value *joined = NULL;
    uint32_t rounds = walk.item_count ? walk.item_count : 1;
    for (uint32_t i = 0; i < rounds; i++) {
        const Value *inner = walk.item_count ? walk.items[i] : walk.item;
        walk_turn(a, &walk);
        joined = value_join(e->values, e->plans, joined, elements_of(a, node, inner));
    }
    if (walk.loop) joined = value_turned(e->values, joined, walk.loop, TURN_EACH);
    walk_end(a, &walk, true);
    return joined;
}

static const Value *do_chain(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *joined = NULL;
    if (arguments->rest)
        joined = elements_nested(a, node, value_many(e->values, arguments->rest, NULL));
    for (uint32_t i = 0; i < arguments->count; i++) {
        joined = value_join(e->values, e->plans, joined,
                            elements_of(a, node, arguments->values[i]));
    }
    return value_many(e->values, joined ? joined : e->unknown, NULL);
}

static const Value *do_chain_iterable(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *lists = first_of(arguments);
    return value_many(e->values, lists ? elements_nested(a, node, lists) : e->unknown, NULL);
}

static const Value *do_groupby(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *list = do_list(a, node, arguments);
    const Value *key = argument(arguments, e, 1, "key");
    const Value *named = key ? call_each(a, node, key, list) : e->unknown;
    const Value *pair[] = {named, list};
    return value_many(e->values, value_sequence(e->values, pair, 2), NULL);
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

const Value *do_batches(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *each = value_many(a->e->values, elements_of(a, node, first_of(arguments)), NULL);
    Value draft = {.kind = VALUE_MANY, .self = each, .flags = VALUE_BATCHES};
    return value_intern(a->e->values, &draft);
}


/* tee(rows, n): n lists of the same rows. */
static const Value *do_tee(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *lists[8];
    const Value *wanted = argument(arguments, a->e, 1, "n");
    long count = 2;
    if (wanted && (!value_number(a->e, wanted, &count) || count < 1 || count > 8))
        return a->e->unknown;
    lists[0] = do_list(a, node, arguments);
    for (long i = 1; i < count; i++) lists[i] = lists[0];
    return value_sequence(a->e->values, lists, (uint32_t)count);
}

/* combinations(rows, 2), permutations(rows, 2), pairwise(rows): tuples of rows. */
static const Value *do_tuples(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *items[8];
    const Value *wanted = argument(arguments, e, 1, "r");
    long count = 2;
    const Value *item = elements_of(a, node, first_of(arguments));
    if (wanted && (!value_number(e, wanted, &count) || count < 1 || count > 8))
        return value_many(e->values, value_many(e->values, item, NULL), NULL);
    for (long i = 0; i < count; i++) items[i] = item;
    return value_many(e->values, value_sequence(e->values, items, (uint32_t)count), NULL);
}

static const Value *do_starmap(Activation *a, NodeId node, const Arguments *arguments) {
    if (arguments->count < 2) return a->e->unknown;
    return value_many(a->e->values,
                      call_spread(a, node, arguments->values[0], arguments->values[1],
                                  SPREAD_ITEMS, NULL), NULL);
}

/* reduce(function, rows, start): what the function got before is not followed. */
static const Value *do_reduce(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    if (arguments->count < 2) return e->unknown;
    const Value *start = arguments->count > 2 ? arguments->values[2] : e->unknown;
    const Value *result = call_spread(a, node, arguments->values[0], arguments->values[1],
                                      SPREAD_BEHIND, start);
    return value_turned(e->values, value_join(e->values, e->plans, result, start), TURN_EACH,
                        activation_turn(a));
}

static const Value *do_accumulate(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *function = argument(arguments, e, 1, "func");
    const Value *list = do_list(a, node, arguments);
    if (!function || function->kind == VALUE_NONE) return list;
    return value_many(e->values, call_spread(a, node, function, list, SPREAD_BEHIND, e->unknown),
                      NULL);
}

static const Value *do_count(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node, (void)arguments;
    return value_many(a->e->values, a->e->scalar, NULL);
}

static const Value *do_repeat(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *value = first_of(arguments);
    (void)node;
    return value_many(a->e->values, value ? value : a->e->unknown, NULL);
}

const Builtin iterator_builtins[] = {
    {"builtins.list", do_list}, {"builtins.set", do_set}, {"builtins.tuple", do_list},
    {"builtins.frozenset", do_set}, {"builtins.reversed", do_list}, {"builtins.iter", do_list},
    {"builtins.sorted", do_sorted}, {"builtins.map", do_map}, {"builtins.filter", do_filter},
    {"builtins.enumerate", do_enumerate}, {"builtins.zip", do_zip},
    {"builtins.min", do_pick}, {"builtins.max", do_pick}, {"builtins.next", do_pick},
    {"collections.deque", do_list}, {"functools.reduce", do_reduce},
    {"itertools.accumulate", do_accumulate}, {"itertools.batched", do_batches},
    {"itertools.chain", do_chain}, {"itertools.chain.from_iterable", do_chain_iterable},
    {"itertools.combinations", do_tuples}, {"itertools.compress", do_list},
    {"itertools.count", do_count}, {"itertools.cycle", do_list},
    {"itertools.dropwhile", do_filter}, {"itertools.filterfalse", do_filter},
    {"itertools.groupby", do_groupby}, {"itertools.islice", do_list},
    {"itertools.pairwise", do_tuples}, {"itertools.permutations", do_tuples},
    {"itertools.product", do_zip}, {"itertools.repeat", do_repeat},
    {"itertools.starmap", do_starmap}, {"itertools.takewhile", do_filter},
    {"itertools.tee", do_tee}, {"itertools.zip_longest", do_zip},
};
const size_t iterator_builtin_count = sizeof iterator_builtins / sizeof *iterator_builtins;
