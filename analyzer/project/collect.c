/* collect.c - what each module binds: classes, functions, values, imports.
 *
 * One walk over the statements of a module with a stack of its own (the nesting is the file's
 * choice). Statements under if, try, with and loops count as if they stood above them. Inside a
 * class the same bindings become members; inside a function only classes are looked for, and
 * what its body binds is collected when one of those classes asks. Expressions are not entered. */
#include "project/link.h"

typedef struct Visit {
    NodeId node;
    Class *outer;    /* the class whose body this is */
    NodeId function; /* the function whose body this is */
    bool handles;    /* an exception handler is around it */
} Visit;

typedef struct Collector {
    Project *project;
    uint32_t at;          /* the module */
    const Module *module;
    Scope *scope;         /* where names go that no class takes */
    NodeId within;        /* the function whose names go to `scope`; NODE_NONE: the module's */
    bool known;           /* classes are known already: this is a second look at a function */
    Array(Visit) stack;
} Collector;

static void push(Collector *collector, NodeId node, const Visit *like) {
    if (node)
        array_push(collector->project->arena, &collector->stack,
                   (Visit){node, like->outer, like->function, like->handles});
}

static void scope_bind(Collector *collector, Str name, Binding made) {
    Arena *arena = collector->project->arena;
    Global *global = map_get(&collector->scope->names, name);
    if (!global) {
        global = arena_make(arena, Global);
        global->name = name;
        map_put(arena, &collector->scope->names, name, global);
        array_push(arena, &collector->scope->order, global);
    }
    Binding *binding = arena_make(arena, Binding);
    *binding = made;
    if (global->last) global->last->next = binding;
    else global->first = binding;
    global->last = binding;
}

static void member_bind(Collector *collector, Class *outer, Str name, Binding made) {
    ClassMember member = {.name = name, .owner = outer, .site = {collector->at, NODE_NONE}};
    switch (made.kind) {
    case BINDING_CLASS: member.kind = MEMBER_CLASS, member.klass = made.klass; break;
    case BINDING_FUNCTION: member.kind = MEMBER_FUNCTION; break;
    default: member.kind = MEMBER_VALUE;
    }
    if (made.kind <= BINDING_NOTHING) member.site.node = made.node;
    array_push(collector->project->arena, &outer->members, member);
}

static void bind(Collector *collector, const Visit *visit, Str local, Binding made) {
    Str name = project_name(collector->project, collector->at, local);
    if (!name) return;
    made.handles = visit->handles;
    if (visit->outer) member_bind(collector, visit->outer, name, made);
    else if (visit->function == collector->within) scope_bind(collector, name, made);
}

/* A target that gets no value we can point to. Deep tuples of targets are cut. */
static void bind_target(Collector *collector, const Visit *visit, NodeId target, unsigned depth) {
    const Node *node = module_node(collector->module, target);
    if (node->kind == NODE_NAME)
        bind(collector, visit, node->name, (Binding){.kind = BINDING_OTHER});
    if (depth > 8) return;
    if (node->kind != NODE_TUPLE && node->kind != NODE_LIST && node->kind != NODE_STAR) return;
    for (uint32_t i = 0; i < node_count(collector->module, target); i++)
        bind_target(collector, visit, node_child(collector->module, target, i), depth + 1);
}

static void bind_value(Collector *collector, const Visit *visit, NodeId target, NodeId value) {
    const Module *module = collector->module;
    const Node *to = module_node(module, target), *from = module_node(module, value);
    bool nothing = from->kind == NODE_CONSTANT && from->extra == CONSTANT_NONE;
    if (to->kind == NODE_NAME) {
        bind(collector, visit, to->name,
             (Binding){.kind = nothing ? BINDING_NOTHING : BINDING_VALUE, .node = value});
        return;
    }
    bool pairs = (to->kind == NODE_TUPLE || to->kind == NODE_LIST) && from->kind == NODE_TUPLE &&
                 node_count(module, target) == node_count(module, value);
    for (uint32_t i = 0; pairs && i < node_count(module, value); i++) {
        NodeId item = node_child(module, value, i), name = node_child(module, target, i);
        pairs = module_node(module, item)->kind != NODE_STAR &&
                module_node(module, name)->kind == NODE_NAME;
    }
    if (!pairs) {
        bind_target(collector, visit, target, 0);
        return;
    }
    for (uint32_t i = 0; i < node_count(module, value); i++)
        bind(collector, visit, module_node(module, node_child(module, target, i))->name,
             (Binding){.kind = BINDING_VALUE, .node = node_child(module, value, i)});
}

static void visit_assign(Collector *collector, const Visit *visit) {
    NodeId value = node_child(collector->module, visit->node, 0);
    if (!value) return; /* an annotation alone binds nothing */
    uint32_t count = node_count(collector->module, visit->node);
    for (uint32_t i = 2; i < count; i++)
        bind_value(collector, visit, node_child(collector->module, visit->node, i), value);
}

static void visit_import(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    NodeId alias = node_child(module, visit->node, 0);
    Binding made = {.kind = BINDING_IMPORT, .node = visit->node};
    if (alias) {
        bind(collector, visit, module_node(module, alias)->name, made);
        return;
    }
    Project *project = collector->project;
    Str dotted = project_name(project, collector->at, module_node(module, visit->node)->name);
    const char *text = project_text(project, dotted);
    Str first = str_intern(project->strings, text, strcspn(text, "."));
    if (visit->outer) member_bind(collector, visit->outer, first, made);
    else if (visit->function == collector->within) scope_bind(collector, first, made);
}

static void visit_from(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    Project *project = collector->project;
    for (uint32_t i = 0; i < node_count(module, visit->node); i++) {
        NodeId alias = node_child(module, visit->node, i);
        if (module_node(module, alias)->kind != NODE_ALIAS) continue;
        Str name = module_node(module, alias)->name;
        NodeId as = node_child(module, alias, 0);
        if (strcmp(str_text(module->strings, name), "*") == 0) {
            if (!visit->outer && visit->function == collector->within)
                array_push(project->arena, &collector->scope->stars,
                           (Star){.from = visit->node, .module = NO_MODULE});
            continue;
        }
        bind(collector, visit, as ? module_node(module, as)->name : name,
             (Binding){.kind = BINDING_FROM, .node = alias, .from = visit->node});
    }
}

/* Whether a decorator is @name.setter or the like: the property stays what it is. */
static bool is_accessor(const Module *module, NodeId function, Str name) {
    for (uint32_t i = 3; i < node_count(module, function); i++) {
        const Node *node = module_node(module, node_child(module, function, i));
        if (node->kind != NODE_ATTRIBUTE) continue;
        const char *last = str_text(module->strings, node->name);
        if (strcmp(last, "setter") && strcmp(last, "deleter") && strcmp(last, "getter")) continue;
        NodeId object = module->children.items[node->first + 1];
        if (module_node(module, object)->name == name) return true;
    }
    return false;
}

static void visit_function(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    Str name = module_node(module, visit->node)->name;
    if (!is_accessor(module, visit->node, name))
        bind(collector, visit, name, (Binding){.kind = BINDING_FUNCTION, .node = visit->node});
    if (!collector->known)
        push(collector, node_child(module, visit->node, 1),
             &(Visit){.function = visit->node});
}

static Class *make_class(Collector *collector, const Visit *visit) {
    Project *project = collector->project;
    Str name = project_name(project, collector->at,
                            module_node(collector->module, visit->node)->name);
    Str front = visit->outer ? visit->outer->qualified : project->modules[collector->at].name;
    Str qualified = name_join(project, front, name);
    LinkClass *made = class_make(project, name, qualified ? qualified : name);
    made->function = visit->function;
    made->klass.site = (Site){collector->at, visit->node};
    made->klass.outer = visit->outer;
    made->klass.in_function = visit->function != NODE_NONE;
    map_put(project->arena, &project->class_at, site_key(made->klass.site), made);
    array_push(project->arena, &project->classes, &made->klass);
    return &made->klass;
}

static void visit_class(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    Site site = {collector->at, visit->node};
    Class *klass = collector->known ? map_get(&collector->project->class_at, site_key(site))
                                    : make_class(collector, visit);
    bind(collector, visit, module_node(module, visit->node)->name,
         (Binding){.kind = BINDING_CLASS, .node = visit->node, .klass = klass});
    if (!collector->known)
        push(collector, node_child(module, visit->node, 0),
             &(Visit){.outer = klass, .function = visit->function});
}

/* X.add_to_class("name", field) at module level, and X.name = value is not looked at. */
static void visit_expression(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    if (visit->outer || visit->function || collector->known) return;
    NodeId call = node_child(module, visit->node, 0);
    if (module_node(module, call)->kind != NODE_CALL) return;
    const Node *callee = module_node(module, node_child(module, call, 0));
    if (callee->kind == NODE_ATTRIBUTE &&
        strcmp(str_text(module->strings, callee->name), "add_to_class") == 0)
        array_push(collector->project->arena, &collector->project->index->added,
                   (Site){collector->at, call});
}

/* Pushes children `first` to the end so that they come out in order. */
static void push_children(Collector *collector, const Visit *visit, uint32_t first) {
    for (uint32_t i = node_count(collector->module, visit->node); i > first; i--)
        push(collector, node_child(collector->module, visit->node, i - 1), visit);
}

static void visit_try(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    push(collector, node_child(module, visit->node, 2), visit);
    push(collector, node_child(module, visit->node, 1), visit);
    push_children(collector, visit, 3);
    push(collector, node_child(module, visit->node, 0), visit);
}

static void visit_with(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    for (uint32_t i = 1; i < node_count(module, visit->node); i++)
        bind_target(collector, visit, node_child(module, node_child(module, visit->node, i), 1),
                    0);
    push(collector, node_child(module, visit->node, 0), visit);
}

static void visit(Collector *collector, const Visit *visit) {
    const Module *module = collector->module;
    switch (module_node(module, visit->node)->kind) {
    case NODE_BLOCK: push_children(collector, visit, 0); break;
    case NODE_IF: push_children(collector, visit, 1); break;
    case NODE_WHILE: push_children(collector, visit, 1); break;
    case NODE_FOR:
        bind_target(collector, visit, node_child(module, visit->node, 0), 0);
        push_children(collector, visit, 2);
        break;
    case NODE_TRY: visit_try(collector, visit); break;
    case NODE_HANDLER:
        push(collector, node_child(module, visit->node, 1),
             &(Visit){.outer = visit->outer, .function = visit->function, .handles = true});
        break;
    case NODE_WITH: visit_with(collector, visit); break;
    case NODE_MATCH: push_children(collector, visit, 1); break;
    case NODE_CASE: push(collector, node_child(module, visit->node, 2), visit); break;
    case NODE_ASSIGN: visit_assign(collector, visit); break;
    case NODE_AUGMENT:
        bind_target(collector, visit, node_child(module, visit->node, 0), 0);
        break;
    case NODE_IMPORT: visit_import(collector, visit); break;
    case NODE_IMPORT_FROM: visit_from(collector, visit); break;
    case NODE_FUNCTION: visit_function(collector, visit); break;
    case NODE_CLASS: visit_class(collector, visit); break;
    case NODE_EXPRESSION: visit_expression(collector, visit); break;
    default: break;
    }
}

static void walk(Collector *collector, Visit start) {
    array_push(collector->project->arena, &collector->stack, start);
    while (collector->stack.count) {
        Visit next = collector->stack.items[--collector->stack.count];
        visit(collector, &next);
    }
}

/* Names that functions assign through `global` have more values than the module shows. */
static void collect_globals(Collector *collector) {
    const Module *module = collector->module;
    for (NodeId id = 1; id < module->nodes.count; id++) {
        const Node *node = module_node(module, id);
        if (node->kind != NODE_GLOBAL || (node->flags & NODE_NONLOCAL)) continue;
        for (uint32_t i = 0; i < node_count(module, id); i++)
            bind_target(collector, &(Visit){0}, node_child(module, id, i), 0);
    }
}

void collect_modules(Project *project) {
    Collector collector = {.project = project};
    for (uint32_t i = 0; i < project->module_count; i++) {
        collector.at = i;
        collector.module = project->modules[i].module;
        collector.scope = &project->index->scopes[i];
        if (!collector.module) continue;
        walk(&collector, (Visit){.node = collector.module->root});
        collect_globals(&collector);
        project->modules[i].globals = collector.scope->names;
    }
}

Scope *collect_function(Project *project, Site function) {
    Scope *scope = map_get(&project->index->functions, site_key(function));
    if (scope) return scope;
    scope = arena_make(project->arena, Scope);
    map_put(project->arena, &project->index->functions, site_key(function), scope);
    Collector collector = {.project = project, .at = function.module, .scope = scope,
                           .module = project_module(project, function.module),
                           .within = function.node, .known = true};
    walk(&collector, (Visit){.node = site_child(project, function, 1),
                             .function = function.node});
    return scope;
}
