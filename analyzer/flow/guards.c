/* Conditions: what they say of rows and caches, and so of the branches behind them.
 *
 * A guard asks whether something is there already (hasattr, a prefetch cache, cache.get), and what
 * it guards runs rarely. */
#include "flow/evaluate.h"

static bool name_sounds_cached(const char *name) {
    static const char *const names[] = {"_prefetched_objects_cache", "fields_cache", "is_cached",
                                        "_result_cache", "get_cached_value",
                                        "get_deferred_fields"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) return true;
    return strstr(name, "cache") != NULL;
}

static bool value_is_guard(const Value *value) {
    bool asked = value && (value->kind == VALUE_UNKNOWN || value->kind == VALUE_SCALAR);
    return asked && value->flags & VALUE_GUARD;
}

/* A dictionary in a variable; one of the module's that starts empty. */
static bool node_is_memory(Activation *a, NodeId container) {
    if (node_at(a, container)->kind != NODE_NAME) return false;
    uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, container));
    const Value *value = state_get(&a->state, key);
    if (value) return value->kind == VALUE_DICT;
    value = evaluate(a, container);
    return value->kind == VALUE_DICT && !value->count && !value->self;
}

static bool node_guards(Activation *a, NodeId node, unsigned depth) {
    Evaluator *e = a->e;
    const Node *at = node_at(a, node);
    if (depth > 12) return false;
    if (at->kind == NODE_ATTRIBUTE && name_sounds_cached(project_text(e->project,
                                                                      node_name(a, node))))
        return true;
    if (at->kind == NODE_STRING && name_sounds_cached(project_text(e->project,
                                                                   node_name(a, node))))
        return true;
    if (at->kind == NODE_NAME) {
        Str name = node_name(a, node);
        const Value *value = state_get(&a->state, fact_key(FACT_VARIABLE, 0, name));
        if (value_is_guard(value)) return true;
        return name_is(e, name, "hasattr") || name_sounds_cached(project_text(e->project, name));
    }
    if (at->kind == NODE_ATTRIBUTE && node_at(a, child_at(a, node, 0))->kind == NODE_NAME
        && project_text(e->project, node_name(a, node))[0] == '_') {
        Str name = node_name(a, child_at(a, node, 0));
        if (name_is(e, name, "self")) return true;
    }
    if (at->kind == NODE_COMPARE && (at->extra == OP_IN || at->extra == OP_NOT_IN)) {
        if (node_is_memory(a, child_at(a, node, 1))) return true;
    }
    for (uint32_t i = 0; i < children_of(a, node); i++)
        if (node_guards(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

/* A name that a default of a missing attribute stands behind. */
static bool node_falls_back(Activation *a, NodeId node, unsigned depth) {
    const Node *at = node_at(a, node);
    if (depth > 6) return false;
    if (at->kind == NODE_NAME) {
        uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, node));
        const Value *value = state_get(&a->state, key);
        return value && value->flags & VALUE_GUARD && !value_is_guard(value);
    }
    for (uint32_t i = 0; i < children_of(a, node); i++)
        if (node_falls_back(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

/* Whether the name is a parameter of the function at hand whose default is None. */
static bool name_is_optional(const Activation *a, NodeId name) {
    if (node_at(a, name)->kind != NODE_NAME || !a->definition) return false;
    NodeId parameters = child_at(a, a->definition, 0);
    for (uint32_t i = 0; i < children_of(a, parameters); i++) {
        NodeId parameter = child_at(a, parameters, i);
        const Node *given = node_at(a, child_at(a, parameter, 0));
        if (node_name(a, parameter) == node_name(a, name))
            return given->kind == NODE_CONSTANT && given->extra == CONSTANT_NONE;
    }
    return false;
}

static const Value *name_value(Activation *a, NodeId name) {
    return state_get(&a->state, fact_key(FACT_VARIABLE, 0, node_name(a, name)));
}

/* `def f(row, author=None)`: None means that no author is given. A row that was asked for is. */
static bool name_is_given(Activation *a, NodeId name) {
    if (!name_is_optional(a, name)) return false;
    const Value *value = name_value(a, name);
    if (!value || value->kind != VALUE_ROW) return false;
    const Relation *from = value->birth->relation;
    return !from || from->many || (!from->null && from->attname);
}

/* What a test of such a parameter comes to, or NULL. */
static const Value *condition_given(Activation *a, NodeId node) {
    const Evaluator *e = a->e;
    const Node *at = node_at(a, node);
    if (name_is_given(a, node)) return e->yes;
    NodeId subject = child_at(a, node, 0);
    if (at->kind == NODE_UNARY && at->extra == OP_NOT)
        return name_is_given(a, subject) ? e->no : NULL;
    bool compares = at->kind == NODE_COMPARE && (at->extra == OP_IS || at->extra == OP_IS_NOT);
    if (!compares || !name_is_given(a, subject)) return NULL;
    const Node *none = node_at(a, child_at(a, node, 1));
    if (none->kind != NODE_CONSTANT || none->extra != CONSTANT_NONE) return NULL;
    return at->extra == OP_IS ? e->no : e->yes;
}

Condition condition_ask(Activation *a, NodeId node, const Value **value) {
    uint32_t absent = a->absent;
    const Value *decided = condition_given(a, node);
    const Value *given = evaluate(a, node);
    if (value) *value = given;
    if (decided) return (Condition){.truth = decided};
    Condition condition = {.truth = use_truth(a, node, given)};
    if (condition.truth->kind == VALUE_BOOL)
        condition.fallback = a->absent != absent || node_falls_back(a, node, 0);
    else condition.guards = value_is_guard(given) || node_guards(a, node, 0);
    return condition;
}

void guard_enter(Activation *a, const Condition *condition) {
    a->guard += condition->guards;
    a->fallback += condition->fallback;
}

void guard_leave(Activation *a, const Condition *condition) {
    a->guard -= condition->guards;
    a->fallback -= condition->fallback;
}

/* `row = rows.get(key)`, then `if row is None: row = rows[key] = ...` */
static bool condition_misses(Activation *a, NodeId node) {
    const Node *at = node_at(a, node);
    if (at->kind == NODE_UNARY && at->extra == OP_NOT)
        return node_at(a, child_at(a, node, 0))->kind == NODE_NAME;
    return at->kind == NODE_COMPARE && at->extra == OP_IS
           && node_at(a, child_at(a, node, 0))->kind == NODE_NAME
           && node_at(a, child_at(a, node, 1))->kind == NODE_CONSTANT;
}

static bool target_is_entry(Activation *a, NodeId target) {
    NodeId holder = child_at(a, target, 0);
    if (node_at(a, target)->kind != NODE_INDEX) return false;
    if (node_at(a, holder)->kind != NODE_NAME) return node_at(a, holder)->kind == NODE_ATTRIBUTE;
    uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, holder));
    const Value *value = state_get(&a->state, key);
    return value && (value->kind == VALUE_DICT || value->kind == VALUE_UNKNOWN);
}

static bool fills(Activation *a, NodeId node, unsigned depth) {
    const Node *at = node_at(a, node);
    bool inner = at->kind == NODE_FUNCTION || at->kind == NODE_CLASS;
    if (depth > 8 || inner) return false;
    for (uint32_t i = 2; at->kind == NODE_ASSIGN && i < children_of(a, node); i++)
        if (target_is_entry(a, child_at(a, node, i))) return true;
    for (uint32_t i = 0; at->kind >= NODE_BLOCK && i < children_of(a, node); i++)
        if (fills(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

static bool name_keeps(const char *name) {
    static const char *const keepers[] = {
        "lru_cache", "cache", "cached", "memoize", "memoized", "alru_cache", "ttl_cache",
        "cachedmethod", "request_cache", "request_cached"};
    for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++)
        if (!strcmp(name, keepers[i])) return true;
    return !strncmp(name, "cache_for_", 10);
}

/* @lru_cache and its kin: repeats are saved. Others keep whole pages, or empty a cache. */
bool function_is_kept(Activation *a, NodeId function) {
    if (node_at(a, function)->kind != NODE_FUNCTION) return false;
    for (uint32_t i = 3; i < children_of(a, function); i++) {
        NodeId decorator = child_at(a, function, i);
        if (node_at(a, decorator)->kind == NODE_CALL) decorator = child_at(a, decorator, 0);
        uint8_t kind = node_at(a, decorator)->kind;
        bool named = kind == NODE_NAME || kind == NODE_ATTRIBUTE;
        if (named && name_keeps(project_text(a->e->project, node_name(a, decorator))))
            return true;
    }
    return false;
}

/* `def f(row, books=None)`, then `if books is None: books = row.books.all()`: a caller that passes
 * something has gathered it, whatever it is. */
static bool branch_makes_up(Activation *a, NodeId condition, NodeId branch) {
    NodeId name = child_at(a, condition, 0), statement = child_at(a, branch, 0);
    bool called = a->caller && a->caller->definition;
    if (!called || children_of(a, branch) != 1 || !name_is_optional(a, name)) return false;
    const Value *value = name_value(a, name);
    if (!value || value->kind != VALUE_UNKNOWN) return false;
    if (node_at(a, statement)->kind != NODE_ASSIGN || children_of(a, statement) != 3) return false;
    NodeId target = child_at(a, statement, 2);
    return node_at(a, target)->kind == NODE_NAME && node_name(a, target) == node_name(a, name);
}

bool condition_fills(Activation *a, NodeId condition, NodeId branch) {
    return condition_misses(a, condition)
           && (fills(a, branch, 0) || branch_makes_up(a, condition, branch));
}

/* The row whose plain column a comparison asks: `self.kind == A`, `asset.kind in KINDS`. */
const Value *condition_tells(Activation *a, NodeId node) {
    NodeId column = child_at(a, node, 0);
    if (node_at(a, node)->kind != NODE_COMPARE || node_at(a, column)->kind != NODE_ATTRIBUTE)
        return NULL;
    NodeId holder = child_at(a, column, 0);
    if (node_at(a, holder)->kind != NODE_NAME) return NULL;
    const Value *row = state_get(&a->state, fact_key(FACT_VARIABLE, 0, node_name(a, holder)));
    if (!row || row->kind != VALUE_ROW || !row->birth->model) return NULL;
    const Field *field = model_field(row->birth->model, node_name(a, column));
    return field && !field->relation ? row : NULL;
}

/* `if obj.parent: return ...` splits the rows: what follows runs for some of them. */
static bool reads_row(Activation *a, NodeId node, unsigned depth) {
    const Node *at = node_at(a, node);
    NodeId first = child_at(a, node, 0);
    if (at->kind == NODE_ATTRIBUTE && node_at(a, first)->kind == NODE_NAME) {
        uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, first));
        const Value *holder = state_get(&a->state, key);
        if (holder && holder->kind == VALUE_ROW) return true;
    }
    for (uint32_t i = 0; depth < 6 && i < children_of(a, node); i++)
        if (reads_row(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

bool condition_reads_row(Activation *a, NodeId condition) {
    return reads_row(a, condition, 0);
}

/* `if len(batch) >= size:` and `if i % 1000 == 0:` hold once per batch of the innermost loop. */
static bool ends_batch(Activation *a, NodeId node, unsigned depth) {
    const Node *at = node_at(a, node);
    if (depth > 4) return false;
    if (at->kind == NODE_BOOLEAN) {
        for (uint32_t i = 0; i < children_of(a, node); i++)
            if (ends_batch(a, child_at(a, node, i), depth + 1)) return true;
        return false;
    }
    if (at->kind != NODE_COMPARE) return false;
    const Node *left = node_at(a, child_at(a, node, 0));
    const Node *right = node_at(a, child_at(a, node, 1));
    if (left->kind == NODE_BINARY && left->extra == OP_MOD) return at->extra == OP_EQ;
    if (left->kind != NODE_CALL || (at->extra != OP_GE && at->extra != OP_EQ)) return false;
    NodeId callee = child_at(a, child_at(a, node, 0), 0);
    bool length = node_at(a, callee)->kind == NODE_NAME
                  && name_is(a->e, node_name(a, callee), "len");
    if (right->kind != NODE_NUMBER) return length;
    const Module *module = a->e->project->modules[a->module].module;
    return length && str_length(module->strings, right->name) > 1;
}

/* {% if forloop.first %}: once in all turns. */
static bool holds_at_end(Activation *a, NodeId node, unsigned depth) {
    const Node *at = node_at(a, node);
    if (at->kind == NODE_BOOLEAN && at->extra == OP_AND && depth < 8)
        return holds_at_end(a, child_at(a, node, 0), depth + 1)
               || holds_at_end(a, child_at(a, node, 1), depth + 1);
    if (at->kind != NODE_LOOKUP) return false;
    Str name = node_name(a, node), loop = node_name(a, child_at(a, node, 0));
    return (name_is(a->e, name, "first") || name_is(a->e, name, "last"))
           && node_at(a, child_at(a, node, 0))->kind == NODE_NAME
           && (name_is(a->e, loop, "forloop") || name_is(a->e, loop, "loop"));
}

bool condition_holds_once(Activation *a, NodeId condition) {
    return holds_at_end(a, condition, 0);
}

bool condition_ends_batch(Activation *a, NodeId condition) {
    return condition_holds_once(a, condition) || ends_batch(a, condition, 0);
}
