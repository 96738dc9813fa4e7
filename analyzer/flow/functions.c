/* Functions made of functions: functools.partial, the getters of operator.
 *
 * What they give is a BUILTIN under the maker's dotted name, which no method has: self is the
 * function or the names it asks for, items are the arguments kept for later. */
#include "flow/builtins.h"

/* partial(function, ...): items are pairs of a name (NONE for a positional one) and a value. */
static const Value *do_partial(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *function = first_of(arguments);
    const Value *items[LIMIT_ARGUMENTS * 2];
    Value draft = {.kind = VALUE_BUILTIN, .self = function, .items = items,
                   .name = str_of(e->project->strings, "functools.partial")};
    (void)node;
    if (!function || arguments->open) return unknown_because(e, "partial() of computed arguments");
    for (uint32_t i = 1; i < arguments->count; i++) {
        items[draft.count++] = arguments->names[i] ? value_string(e->values, arguments->names[i])
                                                   : e->none;
        items[draft.count++] = arguments->values[i];
    }
    return value_intern(e->values, &draft);
}

static const Value *call_partial(Activation *a, NodeId node, const Value *made,
                                 const Arguments *arguments) {
    Arguments all = {.open = arguments->open, .rest = arguments->rest,
                     .spread = arguments->spread};
    for (uint32_t i = 0; i + 1 < made->count; i += 2) {
        const Value *name = made->items[i];
        arguments_add(a->e, &all, name->kind == VALUE_STRING ? name->name : STR_NONE, node,
                      made->items[i + 1]);
    }
    for (uint32_t i = 0; i < arguments->count; i++)
        arguments_add(a->e, &all, arguments->names[i], arguments->nodes[i],
                      arguments->values[i]);
    return call_value(a, node, made->self, &all);
}

static const Value *getter(Activation *a, const char *maker, const Arguments *arguments) {
    Evaluator *e = a->e;
    if (!arguments->count || arguments->open) return e->unknown;
    Value draft = {.kind = VALUE_BUILTIN, .name = str_of(e->project->strings, maker),
                   .self = value_sequence(e->values, arguments->values, arguments->count)};
    return value_intern(e->values, &draft);
}

static const Value *do_attrgetter(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    return getter(a, "operator.attrgetter", arguments);
}

static const Value *do_itemgetter(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    return getter(a, "operator.itemgetter", arguments);
}

static const Value *do_methodcaller(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    return getter(a, "operator.methodcaller", arguments);
}

/* "author.publisher": one attribute after the other. */
static const Value *get_path(Activation *a, NodeId node, const Value *value, const Value *path) {
    Evaluator *e = a->e;
    if (path->kind != VALUE_STRING) return e->unknown;
    size_t at = 0;
    for (;;) { /* the text may move when a name is added */
        const char *text = project_text(e->project, path->name) + at;
        size_t length = strcspn(text, ".");
        bool more = text[length] == '.';
        value = value_attribute(a, node, value, str_intern(e->project->strings, text, length));
        if (!more) break;
        at += length + 1;
    }
    return value;
}

static const Value *get_item(Activation *a, const Value *value, const Value *key) {
    Evaluator *e = a->e;
    long number;
    const Value *found = NULL;
    if (value->kind == VALUE_SEQUENCE && value_number(e, key, &number))
        return number >= 0 && number < (long)value->count ? value->items[number] : e->unknown;
    if (value->kind == VALUE_DICT)
        found = key->kind == VALUE_STRING ? value_key(value, key->name) : NULL;
    if (!found && (value->kind == VALUE_DICT || value->kind == VALUE_MANY)) found = value->self;
    return found ? value_turned(e->values, found, TURN_EACH, activation_turn(a)) : e->unknown;
}

static const Value *call_getter(Activation *a, NodeId node, const Value *made, const Value *value,
                                bool attributes) {
    const Value *found[LIMIT_ARGUMENTS];
    const Value *names = made->self;
    for (uint32_t i = 0; i < names->count; i++)
        found[i] = attributes ? get_path(a, node, value, names->items[i])
                              : get_item(a, value, names->items[i]);
    return names->count == 1 ? found[0] : value_sequence(a->e->values, found, names->count);
}

const Value *call_made(Activation *a, NodeId node, const Value *callee,
                       const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *value = first_of(arguments);
    if (name_is(e, callee->name, "functools.partial"))
        return call_partial(a, node, callee, arguments);
    bool attributes = name_is(e, callee->name, "operator.attrgetter");
    if (attributes || name_is(e, callee->name, "operator.itemgetter"))
        return value ? call_getter(a, node, callee, value, attributes) : e->unknown;
    if (!name_is(e, callee->name, "operator.methodcaller")) return NULL;
    const Value *method = callee->self->items[0];
    if (!value || method->kind != VALUE_STRING) return e->unknown;
    Arguments rest = {.count = callee->self->count - 1};
    for (uint32_t i = 0; i < rest.count; i++) {
        rest.values[i] = callee->self->items[i + 1];
        rest.nodes[i] = node;
    }
    return call_value(a, node, value_attribute(a, node, value, method->name), &rest);
}

/* sync_to_async(function): calling what it gives is awaited, and gives what the function gives. */
static const Value *do_wrapped(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *function = first_of(arguments);
    (void)node;
    return function ? function : unknown_because(a->e, "decorator with options");
}

/* gather(a, b): what is awaited, in order. */
static const Value *do_gather(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    if (arguments->rest) return value_many(a->e->values, arguments->rest, NULL);
    return value_sequence(a->e->values, arguments->values, arguments->count);
}

const Builtin function_builtins[] = {
    {"asgiref.sync.sync_to_async", do_wrapped}, {"asgiref.sync.async_to_sync", do_wrapped},
    {"channels.db.database_sync_to_async", do_wrapped}, {"asyncio.gather", do_gather},
    {"asyncio.run", do_wrapped},
    {"functools.partial", do_partial}, {"functools.partialmethod", do_partial},
    {"operator.attrgetter", do_attrgetter}, {"operator.itemgetter", do_itemgetter},
    {"operator.methodcaller", do_methodcaller},
};
const size_t function_builtin_count = sizeof function_builtins / sizeof *function_builtins;
