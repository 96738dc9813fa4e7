/* Functions inside functions: which variables of the enclosing one they see.
 *
 *     def outer():
 *         rows = Book.objects.all()
 *         def inner():            captures: rows (said, not bound there; or nonlocal)
 *             for row in rows: ...
 *         rows = rows.select_related("author")
 *         inner()                 sees the second rows: captures are read when it is called
 *
 * A function that is called where its definition lies gets the variables as they are now, and
 * what it does to them is seen afterwards. Anywhere else it has those of its definition. */
#include "flow/evaluate.h"

enum { LIMIT_CAPTURES = 96, LIMIT_NAMES = 512, LIMIT_DEEP = 200 };

typedef struct Captures { /* names that are not its own: module-level ones and builtins, too */
    const Str *names;
    uint32_t count;
    bool cut;             /* there are more */
} Captures;

typedef struct Names {
    Str said[LIMIT_NAMES], bound[LIMIT_NAMES];
    uint32_t said_count, bound_count;
    bool cut;
} Names;

static void name_add(Names *all, Str *names, uint32_t *count, Str name) {
    for (uint32_t i = 0; i < *count; i++)
        if (names[i] == name) return;
    if (name && *count < LIMIT_NAMES) names[(*count)++] = name;
    else all->cut |= name != STR_NONE;
}

static void name_remove(Str *names, uint32_t *count, Str name) {
    for (uint32_t i = 0; i < *count; i++)
        if (names[i] == name) names[i] = names[--*count];
}

static void target_collect(const Activation *a, NodeId node, Names *names, unsigned depth) {
    uint8_t kind = node_at(a, node)->kind;
    if (kind == NODE_NAME) name_add(names, names->bound, &names->bound_count, node_name(a, node));
    if (kind != NODE_TUPLE && kind != NODE_LIST && kind != NODE_STAR) return;
    for (uint32_t i = 0; depth < LIMIT_DEEP && i < children_of(a, node); i++)
        target_collect(a, child_at(a, node, i), names, depth + 1);
}

static void targets_collect(const Activation *a, NodeId node, Names *names) {
    switch (node_at(a, node)->kind) {
    case NODE_ASSIGN:
        for (uint32_t i = 2; i < children_of(a, node); i++)
            target_collect(a, child_at(a, node, i), names, 0);
        break;
    case NODE_AUGMENT: case NODE_FOR: case NODE_COMP_FOR: case NODE_WALRUS:
        target_collect(a, child_at(a, node, 0), names, 0);
        break;
    case NODE_WITH_ITEM: target_collect(a, child_at(a, node, 1), names, 0); break;
    case NODE_PARAMETER: case NODE_HANDLER: case NODE_CLASS: case NODE_FUNCTION:
        name_add(names, names->bound, &names->bound_count, node_name(a, node));
        break;
    default: break;
    }
}

static void names_collect(const Activation *a, NodeId node, Names *names, unsigned depth) {
    const Node *at = node_at(a, node);
    if (depth > LIMIT_DEEP) return;
    if (at->kind == NODE_NAME) name_add(names, names->said, &names->said_count, node_name(a, node));
    targets_collect(a, node, names);
    for (uint32_t i = 0; i < children_of(a, node); i++)
        names_collect(a, child_at(a, node, i), names, depth + 1);
}

/* Behind all that is bound: `nonlocal name` takes the binding back. */
static void names_free(const Activation *a, NodeId node, Names *names, unsigned depth) {
    const Node *at = node_at(a, node);
    if (depth > LIMIT_DEEP) return;
    for (uint32_t i = 0; i < children_of(a, node); i++) {
        NodeId child = child_at(a, node, i);
        if (at->kind == NODE_GLOBAL && at->flags & NODE_NONLOCAL)
            name_remove(names->bound, &names->bound_count, node_name(a, child));
        else if (node_at(a, child)->kind != NODE_FUNCTION)
            names_free(a, child, names, depth + 1);
    }
}

static const Captures *captures_of(Activation *a, NodeId function) {
    Evaluator *e = a->e;
    uint64_t key = site_key(site_of(a, function));
    Captures *captures = map_get(&e->captures, key);
    if (captures) return captures;
    captures = arena_make(e->arena, Captures);
    map_put(e->arena, &e->captures, key, captures);
    Names names;
    names.said_count = names.bound_count = 0;
    names.cut = false;
    for (uint32_t i = 0; i < 2; i++) names_collect(a, child_at(a, function, i), &names, 0);
    names_free(a, child_at(a, function, 1), &names, 0);
    for (uint32_t i = 0; i < names.bound_count; i++)
        name_remove(names.said, &names.said_count, names.bound[i]);
    Str *said = arena_many(e->arena, Str, names.said_count + 1);
    memcpy(said, names.said, sizeof *said * names.said_count);
    *captures = (Captures){said, names.said_count, names.cut};
    return captures;
}

static const Value *closure_with(Activation *a, const Value *function) {
    Value draft = *function;
    const Value *items[2 * LIMIT_CAPTURES];
    const Captures *captures = captures_of(a, function->site.node);
    bool cut = captures->cut;
    draft.count = 0;
    for (uint32_t i = 0; i < captures->count; i++) {
        Str name = captures->names[i];
        const Value *value = state_get(&a->state, fact_key(FACT_VARIABLE, 0, name));
        if (!value) continue;
        if (draft.count == 2 * LIMIT_CAPTURES) {
            cut = true;
            break;
        }
        items[draft.count++] = value_string(a->e->values, name);
        items[draft.count++] = value;
    }
    a->e->flow->statistics.cut_items += cut;
    draft.items = items;
    return value_intern(a->e->values, &draft);
}

const Value *closure_make(Activation *a, NodeId node) {
    Value draft = {.kind = VALUE_FUNCTION, .site = site_of(a, node), .klass = a->owner};
    return closure_with(a, &draft);
}

bool closure_is_here(const Activation *a, const Value *function) {
    if (function->kind != VALUE_FUNCTION || function->site.module != a->module || !a->definition
        || function->site.node == a->definition)
        return false;
    const Module *module = a->e->project->modules[a->module].module;
    uint32_t start = node_at(a, function->site.node)->start;
    return start > node_at(a, a->definition)->start && start < module->ends.items[a->definition];
}

const Value *closure_now(Activation *a, const Value *function) {
    return closure_is_here(a, function) ? closure_with(a, function) : function;
}

uint32_t closure_changes(const Activation *callee, const Value *function, Fact **changes) {
    const State *left = &callee->exit;
    uint32_t count = 0;
    *changes = function->count ? arena_many(callee->e->arena, Fact, function->count / 2) : NULL;
    for (uint32_t i = 0; i + 1 < function->count; i += 2) {
        uint64_t key = fact_key(FACT_VARIABLE, 0, function->items[i]->name);
        const Value *value = state_get(left, key);
        if (value && value != state_get(&callee->entry, key))
            (*changes)[count++] = (Fact){key, value};
    }
    return count;
}

/* What was put into a list is another element each turn. */
void closure_apply(Activation *a, const Fact *changes, uint32_t count) {
    Values *values = a->e->values;
    for (uint32_t i = 0; i < count; i++) {
        const Value *value = value_turned(values, changes[i].value, TURN_PASSED, TURN_FRESH);
        bool holds = value->kind == VALUE_MANY || value->kind == VALUE_DICT;
        for (uint32_t k = a->loop_count; holds && k-- > 0;)
            value = value_turned(values, value, a->loops[k], TURN_EACH);
        state_set(a->e->scratch, &a->state, changes[i].key, value);
    }
}
