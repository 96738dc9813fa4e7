/* What a name may still be behind a condition that tells its alternatives apart.
 *
 *     isinstance(x, C)    type(x) is C    x._meta.model_name == "book"    x.kind == "review"
 *
 * A name bound to such an attribute before ({% with kind=x.kind %}) tells the same.
 *
 * The condition is asked of each alternative alone: those stay of which it may be true. */
#include "flow/evaluate.h"

enum { NARROWED_DEPTH = 64 }; /* of and, or, not in each other */

static bool is_called(Activation *a, NodeId node, uint8_t kind, const char *name) {
    NodeId callee = child_at(a, node, 0);
    return node_at(a, node)->kind == NODE_CALL && node_at(a, callee)->kind == kind
           && name_is(a->e, node_name(a, callee), name);
}

/* The name that a chain of attributes starts at, as in type(name).__name__; NODE_NONE. */
static NodeId chain_start(Activation *a, NodeId node) {
    bool links = false;
    for (unsigned depth = 0; depth < 8; depth++) {
        uint8_t kind = node_at(a, node)->kind;
        bool type = is_called(a, node, NODE_NAME, "type") && children_of(a, node) == 2;
        bool cased = is_called(a, node, NODE_ATTRIBUTE, "lower")
                     || is_called(a, node, NODE_ATTRIBUTE, "upper");
        if (kind == NODE_NAME) return links ? node : NODE_NONE;
        if (kind != NODE_ATTRIBUTE && kind != NODE_LOOKUP && !type && !cased) return NODE_NONE;
        node = child_at(a, node, type ? 1 : 0);
        links = true;
    }
    return NODE_NONE;
}

/* -- Names that stand for an attribute of a row. -- */

static const Value *variable_at(Activation *a, NodeId name) {
    return state_get(&a->state, fact_key(FACT_VARIABLE, 0, node_name(a, name)));
}

void narrowing_bound(Activation *a, NodeId target, NodeId source, const Value *value) {
    if (value->kind != VALUE_UNION || node_at(a, target)->kind != NODE_NAME) return;
    NodeId start = chain_start(a, source);
    const Value *subject = start == NODE_NONE ? NULL : variable_at(a, start);
    if (!subject || subject->kind != VALUE_UNION) return;
    a->stand_ins[a->stand_in_next++ % LIMIT_STANDINS] =
        (StandIn){.name = node_name(a, target), .row = node_name(a, start),
                  .source = site_of(a, source), .value = value, .subject = subject};
}

void narrowing_forget(Activation *a, Str name) {
    for (uint32_t i = 0; a->stand_in_next && i < LIMIT_STANDINS; i++)
        if (a->stand_ins[i].name == name || a->stand_ins[i].row == name)
            a->stand_ins[i] = (StandIn){0};
}

/* Whether all that the row may be now it could be when the name was bound. */
static bool is_among(const Value *subject, const Value *before) {
    uint32_t count = subject->kind == VALUE_UNION ? subject->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        const Value *one = subject->kind == VALUE_UNION ? subject->items[i] : subject;
        bool found = false;
        for (uint32_t k = 0; k < before->count && !found; k++) found = before->items[k] == one;
        if (!found) return false;
    }
    return true;
}

/* What a side of a comparison stands for: itself, or what the name was bound to. */
static NodeId stands_for(Activation *a, NodeId node) {
    if (node_at(a, node)->kind != NODE_NAME) return node;
    Str name = node_name(a, node);
    const Value *value = variable_at(a, node);
    for (uint32_t i = 0; value && i < LIMIT_STANDINS; i++) {
        const StandIn *at = &a->stand_ins[i];
        if (at->name != name || at->value != value || at->source.module != a->module) continue;
        const Value *subject = state_get(&a->state, fact_key(FACT_VARIABLE, 0, at->row));
        if (subject && is_among(subject, at->subject)) return at->source.node;
    }
    return node;
}

static bool asks_instance(Activation *a, NodeId node) {
    NodeId callee = child_at(a, node, 0);
    return node_at(a, node)->kind == NODE_CALL && children_of(a, node) == 3
           && node_at(a, callee)->kind == NODE_NAME
           && name_is(a->e, node_name(a, callee), "isinstance");
}

/* The name that the condition tells something of; NODE_NONE: none that is seen. */
static NodeId condition_subject(Activation *a, NodeId node, unsigned depth) {
    const Node *at = node_at(a, node);
    if (depth > 8) return NODE_NONE;
    if (at->kind == NODE_COMPARE) return chain_start(a, stands_for(a, child_at(a, node, 0)));
    if (asks_instance(a, node)) {
        NodeId name = child_at(a, node, 1);
        return node_at(a, name)->kind == NODE_NAME ? name : NODE_NONE;
    }
    bool parts = at->kind == NODE_BOOLEAN || (at->kind == NODE_UNARY && at->extra == OP_NOT);
    for (uint32_t i = 0; parts && i < children_of(a, node); i++) {
        NodeId found = condition_subject(a, child_at(a, node, i), depth + 1);
        if (found != NODE_NONE) return found;
    }
    return NODE_NONE;
}

static const Value *opposite(const Evaluator *e, const Value *truth) {
    return truth == e->yes ? e->no : truth == e->no ? e->yes : e->scalar;
}

static const Value *told_of(Activation *a, NodeId node, Str name, unsigned depth);

static const Value *told_by_parts(Activation *a, NodeId node, Str name, unsigned depth) {
    const Evaluator *e = a->e;
    const Value *decides = node_at(a, node)->extra == OP_OR ? e->yes : e->no;
    const Value *told = opposite(e, decides);
    for (uint32_t i = 0; i < children_of(a, node); i++) {
        const Value *part = told_of(a, child_at(a, node, i), name, depth + 1);
        if (part == decides) return decides;
        if (part != opposite(e, decides)) told = e->scalar;
    }
    return told;
}

/* What the condition comes to, as far as it is about that name; else SCALAR. */
static const Value *told_of(Activation *a, NodeId node, Str name, unsigned depth) {
    Evaluator *e = a->e;
    const Node *at = node_at(a, node);
    if (depth > 8) return e->scalar;
    if (at->kind == NODE_BOOLEAN) return told_by_parts(a, node, name, depth);
    if (at->kind == NODE_UNARY && at->extra == OP_NOT)
        return opposite(e, told_of(a, child_at(a, node, 0), name, depth + 1));
    NodeId subject = condition_subject(a, node, depth);
    if (subject == NODE_NONE || node_name(a, subject) != name) return e->scalar;
    if (at->kind != NODE_COMPARE)
        return value_is_instance(e, evaluate(a, subject), evaluate(a, child_at(a, node, 2)));
    const Value *left = evaluate(a, stands_for(a, child_at(a, node, 0)));
    const Value *right = evaluate(a, child_at(a, node, 1));
    if (children_of(a, node) > 2) return e->scalar;
    return compare_values(e, (Operator)at->extra, left, right);
}

/* A generic foreign key's target. */
static void narrow_generic(Activation *a, NodeId condition, uint64_t key, const Value *value) {
    if (!asks_instance(a, condition)) return;
    const Value *wanted = evaluate(a, child_at(a, condition, 2));
    const Value *told = generic_told(a, condition, value, wanted);
    if (told) state_set(a->e->scratch, &a->state, key, told);
}

static void narrow_alternatives(Activation *a, NodeId condition, bool holds, Str name,
                                const Value *value) {
    Evaluator *e = a->e;
    const Value *left = NULL;
    State before = state_copy(e->scratch, &a->state);
    a->muted++;
    for (uint32_t i = 0; i < value->count; i++) {
        variable_set(a, name, value->items[i]);
        if (told_of(a, condition, name, 0) != (holds ? e->no : e->yes))
            left = value_join(e->values, e->plans, left, value->items[i]);
        a->state = state_copy(e->scratch, &before);
    }
    a->muted--;
    if (left) variable_set(a, name, left);
    else a->state.dead = true;
}

static void narrow_plain(Activation *a, NodeId condition, bool holds) {
    NodeId subject = condition_subject(a, condition, 0);
    if (subject == NODE_NONE) return;
    Str name = node_name(a, subject);
    uint64_t key = fact_key(FACT_VARIABLE, 0, name);
    const Value *value = state_get(&a->state, key);
    if (!value) return;
    if (value->kind == VALUE_UNKNOWN && value->self && holds)
        narrow_generic(a, condition, key, value);
    else if (value->kind == VALUE_UNION) narrow_alternatives(a, condition, holds, name, value);
}

static void narrow_within(Activation *a, NodeId condition, bool holds, unsigned depth) {
    const Node *at = node_at(a, condition);
    if (depth > NARROWED_DEPTH) {
        a->e->flow->statistics.cut_nesting++;
        return;
    }
    if (at->kind == NODE_UNARY && at->extra == OP_NOT) {
        narrow_within(a, child_at(a, condition, 0), !holds, depth + 1);
        return;
    }
    bool both = at->kind == NODE_BOOLEAN && (at->extra == OP_AND) == holds;
    if (!both) narrow_plain(a, condition, holds);
    for (uint32_t i = 0; both && i < children_of(a, condition); i++) /* both hold, or neither */
        narrow_within(a, child_at(a, condition, i), holds, depth + 1);
}

void condition_narrow(Activation *a, NodeId condition, bool holds) {
    narrow_within(a, condition, holds, 0);
}
