/* What a call is given: read from the source, or made up by who calls on the code's behalf. There
 * is room for LIMIT_ARGUMENTS of them; what does not fit leaves the list open. */
#include "flow/builtins.h"

void arguments_add(Evaluator *e, Arguments *arguments, Str name, NodeId node,
                   const Value *value) {
    if (arguments->count == LIMIT_ARGUMENTS) {
        if (!arguments->open) e->flow->statistics.cut_arguments++;
        arguments->open = true;
        return;
    }
    arguments->names[arguments->count] = name;
    arguments->nodes[arguments->count] = node;
    arguments->values[arguments->count++] = value;
}

Arguments argument_of(NodeId node, const Value *value) {
    return (Arguments){.values = {value}, .nodes = {node}, .count = 1};
}

Arguments arguments_of(NodeId node, const Value *const *values, uint32_t count) {
    Arguments arguments = {.count = count < LIMIT_ARGUMENTS ? count : LIMIT_ARGUMENTS};
    arguments.open = count > LIMIT_ARGUMENTS;
    for (uint32_t i = 0; i < arguments.count; i++) {
        arguments.values[i] = values[i];
        arguments.nodes[i] = node;
    }
    return arguments;
}

Arguments arguments_behind(Evaluator *e, NodeId node, const Value *first,
                           const Arguments *given) {
    Arguments arguments = argument_of(node, first);
    for (uint32_t i = 0; i < given->count; i++)
        arguments_add(e, &arguments, given->names[i], given->nodes[i], given->values[i]);
    arguments.open |= given->open;
    arguments.spread |= given->spread;
    arguments.rest = given->rest;
    return arguments;
}

/* f(*value), f(**value) */
static void read_spread(Activation *a, NodeId node, bool pairs, Arguments *arguments) {
    const Value *value = evaluate(a, node);
    bool known = pairs ? value->kind == VALUE_DICT : value->kind == VALUE_SEQUENCE;
    if (pairs && known && value->self) arguments->open = true;
    arguments->spread |= pairs;
    if (!known || value->flags & VALUE_DOUBTFUL) arguments->open = true;
    if (!pairs && !known) arguments->rest = elements_of(a, node, value);
    for (uint32_t i = 0; known && i < value->count; i += pairs ? 2 : 1)
        arguments_add(a->e, arguments, pairs ? value->items[i]->name : STR_NONE, node,
                      value->items[pairs ? i + 1 : i]);
}

void arguments_read(Activation *a, NodeId call, uint32_t first, Arguments *arguments) {
    *arguments = (Arguments){0};
    for (uint32_t i = first; i < children_of(a, call); i++) {
        NodeId node = child_at(a, call, i);
        const Node *at = node_at(a, node);
        if (at->kind == NODE_STAR) {
            read_spread(a, child_at(a, node, 0), at->flags & NODE_DOUBLE, arguments);
            continue;
        }
        bool named = at->kind == NODE_KEYWORD;
        NodeId given = named ? child_at(a, node, 0) : node;
        arguments_add(a->e, arguments, named ? node_name(a, node) : STR_NONE, given,
                      evaluate(a, given));
    }
}

const Value *arguments_dict(Evaluator *e, const Arguments *arguments) {
    const Value *items[LIMIT_ARGUMENTS * 2];
    Value draft = {.kind = VALUE_DICT, .items = items};
    for (uint32_t i = 0; i < arguments->count; i++) {
        if (!arguments->names[i]) continue;
        items[draft.count++] = value_string(e->values, arguments->names[i]);
        items[draft.count++] = arguments->values[i];
    }
    if (arguments->open) draft.self = e->unknown;
    return value_intern(e->values, &draft);
}

const Value *argument(const Arguments *arguments, Evaluator *e, uint32_t position,
                      const char *name) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < arguments->count; i++) {
        if (arguments->names[i]) {
            if (name && name_is(e, arguments->names[i], name)) return arguments->values[i];
        } else if (at++ == position) {
            return arguments->values[i];
        }
    }
    return NULL;
}
