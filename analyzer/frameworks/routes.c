/* Which actions of a view set the URLs lead to:
 *
 *     path("books/", BookViewSet.as_view({"get": "list"}))
 *
 * That is all of them when each place that names the class is such a call (or a base class, or
 * super()): a router, a decorator or a helper that is given the class may lead to the others. */
#include "frameworks/drf.h"

typedef struct Known {
    Routes routes;
    bool unsure;                 /* the class is named elsewhere, too */
} Known;

typedef struct Index {
    Map classes;                 /* view set -> Known */
    Map names;                   /* name of a view set */
    Map vague;                   /* names whose view sets are all unsure */
    bool *accounted;             /* nodes of the module at hand that are no use of their own */
} Index;

static Known *known_of(Evaluator *e, Index *index, const Class *klass) {
    Known *known = map_get(&index->classes, (uintptr_t)klass);
    if (known) return known;
    known = arena_make(e->arena, Known);
    map_put(e->arena, &index->classes, (uintptr_t)klass, known);
    return known;
}

static bool class_is_set(const Class *klass) {
    return klass && !klass->external && class_is(klass, "rest_framework.viewsets.ViewSetMixin");
}

static const Class *class_named(Evaluator *e, const Index *index, Site site) {
    const Node *node = site_node(e->project, site);
    if (node->kind != NODE_NAME && node->kind != NODE_ATTRIBUTE) return NULL;
    if (!map_get(&index->names, project_name(e->project, site.module, node->name))) return NULL;
    Symbol symbol = project_expression(e->project, site.module, site.node);
    return symbol.kind == SYMBOL_CLASS && class_is_set(symbol.klass) ? symbol.klass : NULL;
}

/* The dictionary of X.as_view({...}); NODE_NONE: there is none. */
static Site actions_of(Evaluator *e, Site call) {
    Site given = {call.module, NODE_NONE};
    for (uint32_t i = 1; i < site_count(e->project, call); i++) {
        Site argument = site_below(e->project, call, i);
        const Node *node = site_node(e->project, argument);
        bool named = node->kind == NODE_KEYWORD;
        if (named && !name_is(e, project_name(e->project, call.module, node->name), "actions"))
            continue;
        if (named) argument = site_below(e->project, argument, 0);
        if ((named || i == 1) && site_kind(e->project, argument) == NODE_DICT)
            given = argument;
    }
    return given;
}

static void route_add(Evaluator *e, Routes *routes, Str action, Str method) {
    Route *route = map_get(&routes->actions, action);
    if (route) {
        if (route->method != method) route->method = STR_NONE;
        return;
    }
    route = arena_make(e->arena, Route);
    *route = (Route){action, method};
    map_put(e->arena, &routes->actions, action, route);
    array_push(e->arena, &routes->all, route);
}

/* False: the dictionary cannot be read. */
static bool routes_add(Evaluator *e, Known *known, Site actions) {
    uint32_t count = site_count(e->project, actions);
    for (uint32_t i = 0; i < count; i++) {
        Site site = site_below(e->project, actions, i);
        if (site_kind(e->project, site) != NODE_STRING) return false;
    }
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        Site method = site_below(e->project, actions, i);
        Site action = site_below(e->project, actions, i + 1);
        route_add(e, &known->routes,
                  site_name(e->project, action),
                  site_name(e->project, method));
    }
    return count > 0;
}

static void read_call(Evaluator *e, Index *index, Site call) {
    Site callee = site_below(e->project, call, 0);
    const Node *node = site_node(e->project, callee);
    Str name = project_name(e->project, callee.module, node->name);
    if (node->kind == NODE_NAME && name_is(e, name, "super"))
        for (uint32_t i = 1; i < site_count(e->project, call); i++)
            index->accounted[site_below(e->project, call, i).node] = true;
    if (node->kind != NODE_ATTRIBUTE || !name_is(e, name, "as_view")) return;
    Site object = site_below(e->project, callee, 0), actions = actions_of(e, call);
    const Class *klass = class_named(e, index, object);
    if (!klass || !actions.node) return;
    index->accounted[object.node] = routes_add(e, known_of(e, index, klass), actions);
}

/* Every class of that name may be meant. */
static void name_unsure(Evaluator *e, Index *index, Str name) {
    if (map_get(&index->vague, name)) return;
    map_put(e->arena, &index->vague, name, index);
    for (uint32_t i = 0; i < e->project->classes.count; i++) {
        const Class *klass = e->project->classes.items[i];
        if (klass->name == name && class_is_set(klass)) known_of(e, index, klass)->unsure = true;
    }
}

static void read_use(Evaluator *e, Index *index, Site site) {
    const Node *node = site_node(e->project, site);
    Str name = node->name ? project_name(e->project, site.module, node->name) : STR_NONE;
    if (index->accounted[site.node] || !name || !map_get(&index->names, name)) return;
    if (node->kind == NODE_ALIAS) {
        if (site_below(e->project, site, 0).node) name_unsure(e, index, name);
        return;
    }
    if (node->kind != NODE_NAME && node->kind != NODE_ATTRIBUTE) return;
    const Class *klass = class_named(e, index, site);
    if (klass) known_of(e, index, klass)->unsure = true;
    else name_unsure(e, index, name);
}

static void read_module(Evaluator *e, Index *index, uint32_t m) {
    const Module *module = e->project->modules[m].module;
    index->accounted = arena_many(e->scratch, bool, module->nodes.count);
    for (uint32_t i = 1; i < module->nodes.count; i++) {
        Site site = {m, i};
        NodeKind kind = (NodeKind)module->nodes.items[i].kind;
        if (kind == NODE_CALL) read_call(e, index, site);
        for (uint32_t k = 0; kind == NODE_BASES && k < site_count(e->project, site); k++)
            index->accounted[site_below(e->project, site, k).node] = true;
    }
    for (uint32_t i = 1; i < module->nodes.count; i++) read_use(e, index, (Site){m, i});
}

static Index *index_make(Evaluator *e) {
    Index *index = arena_make(e->arena, Index);
    ArenaMark mark = arena_mark(e->scratch);
    uint32_t sets = 0;
    for (uint32_t i = 0; i < e->project->classes.count; i++) {
        const Class *klass = e->project->classes.items[i];
        if (!class_is_set(klass)) continue;
        map_put(e->arena, &index->names, klass->name, index);
        sets++;
    }
    for (uint32_t m = 0; sets && m < e->project->module_count; m++) {
        const ProjectModule *module = &e->project->modules[m];
        bool counts = module->module && !module->file->template && module->file->role != FILE_TEST;
        if (counts) read_module(e, index, m);
    }
    arena_release(e->scratch, mark);
    return index;
}

const Routes *view_routes(Evaluator *e, const Class *klass) {
    static const char place;
    Index *index = map_get(&e->framework_data, (uintptr_t)&place);
    if (!index) {
        index = index_make(e);
        map_put(e->arena, &e->framework_data, (uintptr_t)&place, index);
    }
    const Known *known = map_get(&index->classes, (uintptr_t)klass);
    return known && !known->unsure && known->routes.all.count ? &known->routes : NULL;
}

const Route *route_of(const Routes *routes, Str action) {
    return map_get(&routes->actions, action);
}
