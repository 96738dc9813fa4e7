/* Per module, when first asked: the parent of each node, and the NAME nodes sorted by name and
 * place, so that a name's uses in a function are a short stretch of one array. */
#include "flow/uses.h"

#include <stdlib.h>

enum { CLIMB_MOST = 400 };

typedef struct NameAt {
    uint64_t key; /* name, start */
    NodeId node;
} NameAt;

typedef struct ModuleUses {
    const Module *module;
    NodeId *parents;
    NameAt *names;
    uint32_t name_count;
} ModuleUses;

struct Uses {
    Arena *arena;
    const Project *project;
    ModuleUses **modules;
    uint64_t cut;
};

Uses *uses_new(Arena *arena, const Project *project) {
    Uses *uses = arena_make(arena, Uses);
    *uses = (Uses){arena, project, arena_many(arena, ModuleUses *, project->module_count + 1), 0};
    return uses;
}

uint64_t uses_cut(const Uses *uses) {
    return uses->cut;
}

static uint64_t name_key(Str name, uint32_t start) {
    return (uint64_t)name << 32 | start;
}

static int name_order(const void *a, const void *b) {
    const NameAt *left = a, *right = b;
    if (left->key != right->key) return left->key < right->key ? -1 : 1;
    return (left->node > right->node) - (left->node < right->node);
}

static ModuleUses *module_uses(Uses *uses, uint32_t m) {
    if (uses->modules[m]) return uses->modules[m];
    const Module *module = uses->project->modules[m].module;
    uint32_t nodes = module->nodes.count, names = 0;
    ModuleUses *made = arena_make(uses->arena, ModuleUses);
    *made = (ModuleUses){.module = module, .parents = arena_many(uses->arena, NodeId, nodes)};
    for (NodeId i = 1; i < nodes; i++) {
        names += module_node(module, i)->kind == NODE_NAME;
        for (uint32_t k = node_count(module, i); k-- > 0;)
            if (node_child(module, i, k)) made->parents[node_child(module, i, k)] = i;
    }
    made->names = arena_many(uses->arena, NameAt, names + 1);
    for (NodeId i = 1; i < nodes; i++) {
        const Node *node = module_node(module, i);
        if (node->kind == NODE_NAME)
            made->names[made->name_count++] = (NameAt){name_key(node->name, node->start), i};
    }
    if (made->name_count) qsort(made->names, made->name_count, sizeof(NameAt), name_order);
    return uses->modules[m] = made;
}

NodeId uses_parent(Uses *uses, Site site) {
    return module_uses(uses, site.module)->parents[site.node];
}

/* Whether an expression stands where only its truth counts. */
static bool stands_for_truth(const ModuleUses *in, NodeId node) {
    for (unsigned i = 0; i < CLIMB_MOST; i++) {
        NodeId parent = in->parents[node];
        const Node *at = module_node(in->module, parent);
        switch ((NodeKind)at->kind) {
        case NODE_UNARY: return at->extra == OP_NOT;
        case NODE_IF: case NODE_WHILE: case NODE_CONDITIONAL: case NODE_ASSERT: case NODE_COMP_IF:
            return node_child(in->module, parent, 0) == node;
        case NODE_BOOLEAN: node = parent; break;
        default: return false;
        }
    }
    return false;
}

/* The name of a builtin that a call calls; "" for anything else. */
static const char *builtin_called(const Uses *uses, uint32_t m, NodeId call) {
    const Module *module = uses->project->modules[m].module;
    const Node *callee = module_node(module, node_child(module, call, 0));
    if (callee->kind != NODE_NAME) return "";
    Str name = project_name(uses->project, m, callee->name);
    bool own = project_global(uses->project, m, name).kind != SYMBOL_UNKNOWN;
    return own ? "" : project_text(uses->project, name);
}

static bool one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (!strcmp(name, *names)) return true;
    return false;
}

static UseAs argument_as(const Uses *uses, uint32_t m, NodeId call) {
    static const char *const lists[] = {"list", "tuple", "set", "frozenset", "sorted", "reversed",
                                        NULL};
    const char *name = builtin_called(uses, m, call);
    if (!strcmp(name, "print")) return AS_TEXT;
    if (node_count(uses->project->modules[m].module, call) != 2) return AS_OTHER;
    if (one_of(name, lists)) return AS_LIST;
    if (!strcmp(name, "str")) return AS_TEXT;
    if (!strcmp(name, "len")) return AS_LENGTH;
    return strcmp(name, "bool") ? AS_OTHER : AS_TRUTH;
}

static Use attribute_use(const Uses *uses, const ModuleUses *in, uint32_t m, Use use) {
    NodeId attribute = use.by, call = in->parents[attribute];
    bool called = module_node(in->module, call)->kind == NODE_CALL
                  && node_child(in->module, call, 0) == attribute;
    use.as = called ? AS_METHOD : AS_ATTRIBUTE;
    use.by = called ? call : attribute;
    use.name = project_name(uses->project, m, module_node(in->module, attribute)->name);
    const Node *around = module_node(in->module, in->parents[attribute]);
    bool target = around->kind == NODE_ASSIGN
                  && node_child(in->module, in->parents[attribute], 0) != attribute;
    if (target || around->kind == NODE_AUGMENT || around->kind == NODE_DELETE) use.as = AS_OTHER;
    return use;
}

static UseAs assign_as(const ModuleUses *in, NodeId assign, NodeId node) {
    if (node_child(in->module, assign, 0) != node) return AS_BOUND;
    const Node *target = module_node(in->module, node_child(in->module, assign, 2));
    bool single = node_count(in->module, assign) == 3 && target->kind == NODE_NAME;
    return single ? AS_STORED : AS_OTHER;
}

static UseAs compare_as(const ModuleUses *in, NodeId compare, NodeId node) {
    const Node *at = module_node(in->module, compare);
    bool in_it = at->extra == OP_IN || at->extra == OP_NOT_IN;
    return in_it && node_child(in->module, compare, 1) == node ? AS_MEMBER : AS_IDENTITY;
}

static UseAs parent_as(const Uses *uses, const ModuleUses *in, uint32_t m, NodeId parent,
                       NodeId node) {
    const Module *module = in->module;
    bool first = node_child(module, parent, 0) == node;
    switch ((NodeKind)module_node(module, parent)->kind) {
    case NODE_CALL: return first ? AS_OTHER : argument_as(uses, m, parent);
    case NODE_FOR: case NODE_COMP_FOR:
        if (first) return AS_BOUND;
        return node_child(module, parent, 1) == node ? AS_LOOP : AS_OTHER;
    case NODE_COMPARE: return compare_as(in, parent, node);
    case NODE_INDEX:
        if (!first) return AS_OTHER;
        return module_node(module, node_child(module, parent, 1))->kind == NODE_SLICE ? AS_SLICE
                                                                                    : AS_INDEX;
    case NODE_ASSIGN: return assign_as(in, parent, node);
    case NODE_FSTRING: return AS_TEXT;
    case NODE_EXPRESSION: return AS_DROPPED;
    default: return stands_for_truth(in, node) ? AS_TRUTH : AS_OTHER;
    }
}

Use uses_of(Uses *uses, Site expression) {
    const ModuleUses *in = module_uses(uses, expression.module);
    Use use = {.node = expression.node, .by = in->parents[expression.node]};
    if (module_node(in->module, use.by)->kind == NODE_ATTRIBUTE)
        return attribute_use(uses, in, expression.module, use);
    use.as = parent_as(uses, in, expression.module, use.by, expression.node);
    return use;
}

/* Whether a node belongs to the function's own body, not to one nested in it. */
static bool in_own_body(const ModuleUses *in, NodeId function, NodeId node) {
    for (unsigned i = 0; i < CLIMB_MOST; i++) {
        NodeId parent = in->parents[node];
        if (parent == function) return node_child(in->module, function, 1) == node;
        uint8_t kind = module_node(in->module, parent)->kind;
        if (!parent || kind == NODE_FUNCTION || kind == NODE_LAMBDA || kind == NODE_CLASS)
            return false;
        node = parent;
    }
    return false;
}

/* The first place of a name at or behind an offset. */
static uint32_t names_from(const ModuleUses *in, uint64_t key) {
    uint32_t low = 0, high = in->name_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (in->names[middle].key < key) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool uses_of_name(Uses *uses, Site function, Str name, Use *found, uint32_t *count) {
    const ModuleUses *in = module_uses(uses, function.module);
    uint32_t start = module_node(in->module, function.node)->start;
    uint32_t end = in->module->ends.items[function.node];
    Str locals = str_find(in->module->strings, "locals", 6);
    uint32_t at = names_from(in, name_key(locals, start));
    if (locals && at < in->name_count && in->names[at].key < name_key(locals, end)) return false;
    *count = 0;
    at = names_from(in, name_key(name, start));
    for (; at < in->name_count && in->names[at].key < name_key(name, end); at++) {
        NodeId node = in->names[at].node;
        if (*count == USES_MOST) uses->cut++;
        if (*count == USES_MOST || !in_own_body(in, function.node, node)) return false;
        found[(*count)++] = uses_of(uses, (Site){function.module, node});
    }
    return true;
}
