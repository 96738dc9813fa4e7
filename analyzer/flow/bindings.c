/* What a function's names are bound to, and where: found once per function, without running it.
 *
 * Nested functions and classes are left out; lambdas and comprehensions belong to the function. */
#include "flow/dependence.h"

#include <stdlib.h>

enum { BINDINGS_DEPTH = 200 };

typedef struct Finder {
    Evaluator *e;
    uint32_t module;
    Scope *scope;
} Finder;

static const Module *module_of(const Finder *finder) {
    return finder->e->project->modules[finder->module].module;
}

static void bind(Finder *finder, NodeId name, BindingKind kind, NodeId source, NodeId loop) {
    const Node *at = module_node(module_of(finder), name);
    Str text = project_name(finder->e->project, finder->module, at->name);
    array_push(finder->e->arena, &finder->scope->bindings,
               (Binding){text, kind, at->start, source, loop});
}

/* The NAME an attribute or index chain starts from; NODE_NONE: something else. */
static NodeId chain_start(const Module *module, NodeId node) {
    for (unsigned depth = 0; depth < BINDINGS_DEPTH; depth++) {
        uint8_t kind = module_node(module, node)->kind;
        if (kind == NODE_NAME) return node;
        if (kind != NODE_ATTRIBUTE && kind != NODE_INDEX) return NODE_NONE;
        node = node_child(module, node, 0);
    }
    return NODE_NONE;
}

static void bind_targets(Finder *finder, NodeId target, BindingKind kind, NodeId source,
                         NodeId loop, unsigned depth) {
    const Module *module = module_of(finder);
    const Node *at = module_node(module, target);
    if (depth > 8) return;
    if (at->kind == NODE_NAME) {
        bind(finder, target, kind, source, loop);
    } else if (at->kind == NODE_TUPLE || at->kind == NODE_LIST || at->kind == NODE_STAR) {
        for (uint32_t i = 0; i < node_count(module, target); i++)
            bind_targets(finder, node_child(module, target, i), kind, source, loop, depth + 1);
    } else {
        NodeId start = chain_start(module, target);
        if (start) bind(finder, start, BINDING_CHANGED, NODE_NONE, NODE_NONE);
    }
}

/* Calls that leave what they are given as it is: queries, models' constructors, logging ... */
static bool keeps_arguments(const Finder *finder, NodeId call) {
    static const char *const keeps[] = {"append", "debug", "info", "warning", "error", "exception",
                                        "log", "format", "join", "print"};
    const Module *module = module_of(finder);
    NodeId callee = node_child(module, call, 0);
    const Node *at = module_node(module, callee);
    if (dependence_call_is_pure(finder->e, finder->module, call)) return true;
    if (at->kind != NODE_NAME && at->kind != NODE_ATTRIBUTE) return false;
    const char *name = str_text(module->strings, at->name);
    for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++)
        if (!strcmp(name, keeps[i])) return true;
    if (at->kind == NODE_ATTRIBUTE && queryset_method(name)) return true;
    Symbol symbol = project_expression(finder->e->project, finder->module, callee);
    return symbol.kind == SYMBOL_CLASS && symbol.klass && symbol.klass->model;
}

static void bind_arguments(Finder *finder, NodeId call) {
    static const char *const changes[] = {
        "append", "add", "extend", "insert", "update", "pop", "popitem", "remove", "discard",
        "clear", "setdefault", "sort", "reverse", "refresh_from_db", "next", "send", "seek",
        "read", "readline", "move_to_end", "appendleft", "popleft"};
    const Module *module = module_of(finder);
    NodeId callee = node_child(module, call, 0);
    if (module_node(module, callee)->kind == NODE_ATTRIBUTE) {
        NodeId start = chain_start(module, node_child(module, callee, 0));
        const char *name = str_text(module->strings, module_node(module, callee)->name);
        bool changed = false;
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
            changed |= !strcmp(name, changes[i]);
        bool whole = start == node_child(module, callee, 0);
        if (start && whole) bind(finder, start, changed ? BINDING_CHANGED : BINDING_CALLED,
                                 NODE_NONE, NODE_NONE);
    }
    if (keeps_arguments(finder, call)) return;
    for (uint32_t i = 1; i < node_count(module, call); i++) {
        NodeId argument = node_child(module, call, i);
        uint8_t kind = module_node(module, argument)->kind;
        if (kind == NODE_KEYWORD || kind == NODE_STAR) argument = node_child(module, argument, 0);
        if (module_node(module, argument)->kind == NODE_NAME)
            bind(finder, argument, BINDING_CALLED, NODE_NONE, NODE_NONE);
    }
}

static void find(Finder *finder, NodeId node, unsigned depth);

static void find_children(Finder *finder, NodeId node, uint32_t from, unsigned depth) {
    const Module *module = module_of(finder);
    for (uint32_t i = from; i < node_count(module, node); i++)
        find(finder, node_child(module, node, i), depth + 1);
}

static void find(Finder *finder, NodeId node, unsigned depth) {
    const Module *module = module_of(finder);
    const Node *at = module_node(module, node);
    if (!node || depth > BINDINGS_DEPTH) return;
    switch (at->kind) {
    case NODE_FUNCTION: case NODE_CLASS: return;
    case NODE_ASSIGN:
        for (uint32_t i = 2; i < node_count(module, node); i++)
            bind_targets(finder, node_child(module, node, i), BINDING_VALUE,
                         node_child(module, node, 0), NODE_NONE, 0);
        break;
    case NODE_WALRUS:
        bind_targets(finder, node_child(module, node, 0), BINDING_VALUE,
                     node_child(module, node, 1), NODE_NONE, 0);
        break;
    case NODE_AUGMENT: case NODE_DELETE: case NODE_GLOBAL:
        bind_targets(finder, node_child(module, node, 0), BINDING_CHANGED, NODE_NONE, NODE_NONE,
                     0);
        break;
    case NODE_FOR: case NODE_COMP_FOR:
        bind_targets(finder, node_child(module, node, 0), BINDING_ITEM,
                     node_child(module, node, 1), node, 0);
        break;
    case NODE_WITH_ITEM:
        bind_targets(finder, node_child(module, node, 1), BINDING_CHANGED, NODE_NONE, NODE_NONE,
                     0);
        break;
    case NODE_TAG: /* {% tag x as name %} */
        bind_targets(finder, node_child(module, node, 0), BINDING_CHANGED, NODE_NONE, NODE_NONE,
                     0);
        break;
    case NODE_CALL: bind_arguments(finder, node); break;
    case NODE_PATTERN: case NODE_CASE:
        for (uint32_t i = 0; i < node_count(module, node); i++)
            if (module_node(module, node_child(module, node, i))->kind == NODE_NAME)
                bind(finder, node_child(module, node, i), BINDING_CHANGED, NODE_NONE, NODE_NONE);
        break;
    case NODE_HANDLER: case NODE_IMPORT: case NODE_IMPORT_FROM: break;
    default: break;
    }
    find_children(finder, node, 0, depth);
}

static int compare_bindings(const void *left, const void *right) {
    const Binding *one = left, *other = right;
    if (one->name != other->name) return one->name < other->name ? -1 : 1;
    return one->start < other->start ? -1 : one->start > other->start;
}

const Scope *scope_of(Evaluator *e, Site definition) {
    Scope *scope = map_get(&e->scopes, site_key(definition));
    if (scope) return scope;
    scope = arena_make(e->arena, Scope);
    map_put(e->arena, &e->scopes, site_key(definition), scope);
    Finder finder = {e, definition.module, scope};
    const Module *module = module_of(&finder);
    uint8_t kind = module_node(module, definition.node)->kind;
    bool function = kind == NODE_FUNCTION || kind == NODE_LAMBDA;
    find(&finder, function ? node_child(module, definition.node, 1) : definition.node, 0);
    if (scope->bindings.count)
        qsort(scope->bindings.items, scope->bindings.count, sizeof *scope->bindings.items,
              compare_bindings);
    return scope;
}

uint32_t scope_first(const Scope *scope, Str name) {
    uint32_t low = 0, high = scope->bindings.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (scope->bindings.items[middle].name < name) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Attributes that methods set after an object is made. */
static void find_set(Evaluator *e, uint32_t m, NodeId node, bool set_up, unsigned depth) {
    const Module *module = e->project->modules[m].module;
    const Node *at = module_node(module, node);
    if (depth > BINDINGS_DEPTH) return;
    if (at->kind == NODE_FUNCTION) {
        const char *name = str_text(module->strings, at->name);
        set_up = !strcmp(name, "__init__") || !strcmp(name, "setup") || !strcmp(name, "dispatch")
                 || !strcmp(name, "initial") || !strcmp(name, "__post_init__");
    }
    bool assigns = at->kind == NODE_ASSIGN || at->kind == NODE_AUGMENT || at->kind == NODE_FOR;
    uint32_t first = at->kind == NODE_ASSIGN ? 2 : 0;
    uint32_t last = at->kind == NODE_ASSIGN ? node_count(module, node) : 1;
    for (uint32_t i = first; assigns && !set_up && i < last; i++) {
        const Node *target = module_node(module, node_child(module, node, i));
        Str name = project_name(e->project, m, target->name);
        if (target->kind == NODE_ATTRIBUTE)
            map_put(e->arena, &e->set_attributes, (uint64_t)(m + 1) << 32 | name, e);
    }
    for (uint32_t i = 0; i < node_count(module, node); i++)
        find_set(e, m, node_child(module, node, i), set_up, depth + 1);
}

bool attribute_is_set(Evaluator *e, uint32_t module, Str name) {
    uint64_t whole = (uint64_t)(module + 1) << 32; /* no name: the module was looked through */
    if (!map_get(&e->set_attributes, whole)) {
        map_put(e->arena, &e->set_attributes, whole, e);
        find_set(e, module, e->project->modules[module].module->root, false, 0);
    }
    return map_get(&e->set_attributes, whole | name) != NULL;
}
