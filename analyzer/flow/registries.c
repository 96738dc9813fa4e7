/* Querysets that stand behind what was not found in a registry.
 *
 *     REGISTRY = {}                              # filled when the program starts
 *
 *     def visible_books(user):
 *         found = REGISTRY.get("books")
 *         if found:
 *             return found(user)                 # unknown
 *         return Book.objects.all()
 *
 * What the registry holds is not in view. The rows are taken to be loaded as those at the last
 * line, but that line need not run, and others share it: more loads are to be asked for where the
 * function is called. */
#include "flow/evaluate.h"

const Value *registry_miss(Activation *a, NodeId call, const Value *dict) {
    Evaluator *e = a->e;
    NodeId callee = child_at(a, call, 0), holder = child_at(a, callee, 0);
    if (dict->count || dict->self || node_at(a, callee)->kind != NODE_ATTRIBUTE) return e->none;
    if (node_at(a, holder)->kind != NODE_NAME
        || state_get(&a->state, fact_key(FACT_VARIABLE, 0, node_name(a, holder))))
        return e->none; /* a dict of this run */
    return value_with_flags(e->values, e->none, VALUE_DOUBTFUL);
}

/* A name that nothing was found for. */
bool condition_asks_registry(Activation *a, NodeId condition) {
    uint8_t kind = node_at(a, condition)->kind;
    if (kind == NODE_COMPARE || kind == NODE_UNARY) condition = child_at(a, condition, 0);
    if (node_at(a, condition)->kind != NODE_NAME) return false;
    uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, condition));
    const Value *value = state_get(&a->state, key);
    return value && value->kind == VALUE_NONE && value->flags & VALUE_DOUBTFUL;
}

/* Whether the queryset starts in what runs here. */
static bool born_here(const Activation *a, const Value *rows) {
    Site site = rows->birth->site;
    if (site.module != a->module || !a->definition || rows->birth->relation) return false;
    const Module *module = a->e->project->modules[a->module].module;
    uint32_t at = module_node(module, site.node)->start;
    return at >= module_node(module, a->definition)->start
           && at < module->ends.items[a->definition];
}

const Value *registry_returns(Activation *a, const Value *value) {
    bool rows = value->kind == VALUE_QUERYSET || value->kind == VALUE_MANAGER;
    if (!a->registered || !rows || !value->birth || !born_here(a, value)) return value;
    return value_with_flags(a->e->values, value, VALUE_DOUBTFUL | VALUE_FALLBACK);
}

const Value *registry_called(Activation *a, NodeId call, const Value *rows) {
    bool falls = (rows->kind == VALUE_QUERYSET || rows->kind == VALUE_MANAGER)
                 && rows->flags & VALUE_FALLBACK;
    if (!falls || node_at(a, call)->kind != NODE_CALL) return rows;
    NodeId callee = child_at(a, call, 0);
    if (node_at(a, callee)->kind == NODE_NAME) { /* a decorator calls what it was given */
        uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, callee));
        if (state_get(&a->entry, key)) return rows;
    }
    Birth birth = *rows->birth;
    Value draft = *rows;
    draft.site = site_of(a, call);
    birth.unsure = true;
    draft.birth = birth_make(a->e, &birth);
    draft.flags &= (uint16_t)~VALUE_FALLBACK;
    return value_intern(a->e->values, &draft);
}
