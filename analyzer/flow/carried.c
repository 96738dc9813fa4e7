/* Steps: a query that is asked of what the same query found in the turn before.
 *
 *     for name in names:
 *         shelf = shelf.children.get(name=name)
 *
 * Nothing can fetch these rows ahead: which they are is known turn by turn. So it is for climbing a
 * tree, `node = node.parent`. A name is carried from turn to turn when the loop's body binds it,
 * and does so nowhere before the query. */
#include "flow/dependence.h"

enum { CARRIED_DEPTH = 12, CARRIED_STEPS = 3000 };

typedef struct Steps {
    Activation *a;
    const Scope *scope;
    NodeId query;
    uint32_t start, end;  /* the body of the loop */
    uint32_t taken;
} Steps;

static const Module *steps_module(const Steps *steps) {
    return steps->a->e->project->modules[steps->a->module].module;
}

/* Many names that are bound many times. False: too many, and nothing is known of them. */
static bool steps_take(Steps *steps) {
    if (++steps->taken < CARRIED_STEPS) return true;
    if (steps->taken == CARRIED_STEPS) steps->a->e->flow->statistics.cut_names++;
    return false;
}

static bool node_within(const Module *module, NodeId inner, NodeId outer) {
    return module_node(module, outer)->start <= module_node(module, inner)->start
           && module->ends.items[inner] <= module->ends.items[outer];
}

/* name.parent, name.get_parent(). */
static bool source_steps(const Steps *steps, NodeId source, Str name) {
    const Module *module = steps_module(steps);
    bool steps_on = false;
    for (unsigned depth = 0; depth < CARRIED_DEPTH; depth++) {
        uint8_t kind = module_node(module, source)->kind;
        if (kind == NODE_NAME) return steps_on && node_name(steps->a, source) == name;
        if (kind != NODE_ATTRIBUTE && kind != NODE_CALL) return false;
        steps_on = steps_on || kind == NODE_ATTRIBUTE;
        source = node_child(module, source, 0);
    }
    return false;
}

/* The binding gives the name what the query found. */
static bool binding_carries(Steps *steps, const Binding *binding) {
    const Module *module = steps_module(steps);
    if (node_within(module, steps->query, binding->source)) return true;
    if (source_steps(steps, binding->source, binding->name)) return true;
    if (module_node(module, binding->source)->kind != NODE_NAME) return false;
    Str other = node_name(steps->a, binding->source);
    for (uint32_t i = scope_first(steps->scope, other); i < steps->scope->bindings.count; i++) {
        const Binding *from = &steps->scope->bindings.items[i];
        if (from->name != other || !steps_take(steps)) break;
        bool here = from->start >= steps->start && from->start < steps->end;
        if (here && from->kind == BINDING_VALUE && from->source
            && node_within(module, steps->query, from->source))
            return true;
    }
    return false;
}

/* What a loop gives anew each turn: this one, or one in its body. */
static bool item_of_loop(const Steps *steps, const Binding *binding) {
    const Module *module = steps_module(steps);
    bool within = binding->start >= steps->start && binding->start < steps->end;
    return within || (module_node(module, binding->loop)->kind == NODE_FOR
                      && node_child(module, binding->loop, 2) == steps->a->scope->body);
}

static bool name_carried(Steps *steps, Str name) {
    uint32_t asked = module_node(steps_module(steps), steps->query)->start;
    bool carried = false;
    for (uint32_t i = scope_first(steps->scope, name); i < steps->scope->bindings.count; i++) {
        const Binding *binding = &steps->scope->bindings.items[i];
        if (binding->name != name) break;
        if (!steps_take(steps)) return false;
        if (binding->kind == BINDING_ITEM && item_of_loop(steps, binding)) return false;
        if (binding->start < steps->start || binding->start >= steps->end) continue;
        bool carries = binding->kind == BINDING_VALUE && binding->source
                       && binding_carries(steps, binding);
        if (!carries && binding->start < asked && binding->kind == BINDING_VALUE) return false;
        carried = carried || carries;
    }
    return carried;
}

static bool names_carried(Steps *steps, NodeId node, unsigned depth) {
    const Module *module = steps_module(steps);
    if (module_node(module, node)->kind == NODE_NAME)
        return name_carried(steps, node_name(steps->a, node));
    for (uint32_t i = 0; depth < CARRIED_DEPTH && i < node_count(module, node); i++)
        if (steps_take(steps) && names_carried(steps, node_child(module, node, i), depth + 1))
            return true;
    return false;
}

bool query_is_carried(Activation *a, NodeId query) {
    const Module *module = a->e->project->modules[a->module].module;
    if (!a->scope || !a->scope->body || !query) return false;
    NodeId definition = a->definition ? a->definition : module->root;
    uint8_t kind = module_node(module, definition)->kind;
    if (kind != NODE_FUNCTION && kind != NODE_BLOCK) return false;
    Steps steps = {.a = a, .scope = scope_of(a->e, site_of(a, definition)), .query = query,
                   .start = module_node(module, a->scope->body)->start,
                   .end = module->ends.items[a->scope->body]};
    return node_within(module, query, a->scope->body) && names_carried(&steps, query, 0);
}
