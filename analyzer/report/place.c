/* A module has its functions and classes listed once, sorted by where they start, each with the
 * one around it. The function around an offset is then the last one that starts before it, or
 * one of those around that. */
#include "report/place.h"

#include <stdlib.h>

enum { NAME_DEPTH = 32 }; /* deeper nesting is cut, so that names stay short */

typedef struct Scope {
    uint32_t start, end;
    uint32_t outer;          /* index of the scope around it plus one; 0: the module */
    Str name;
    bool is_class;
    const char *qualified;   /* worked out when first asked for */
} Scope;

typedef struct Scopes {
    Scope *items;
    uint32_t count;
} Scopes;

struct Places {
    Arena *arena;
    const Project *project;
    Scopes **modules;        /* NULL: not asked for yet */
};

Places *places_new(Arena *arena, const Project *project) {
    Places *places = arena_make(arena, Places);
    places->arena = arena;
    places->project = project;
    places->modules = arena_many(arena, Scopes *, project->module_count + 1);
    return places;
}

static int scope_order(const void *left, const void *right) {
    const Scope *a = left, *b = right;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    return a->end != b->end ? (a->end > b->end ? -1 : 1) : 0;
}

static uint32_t scope_around(const Scopes *scopes, uint32_t at, uint32_t offset) {
    while (at && scopes->items[at - 1].end <= offset) at = scopes->items[at - 1].outer;
    return at;
}

static Scopes *scopes_collect(Arena *arena, const Module *module) {
    Array(Scope) found = {0};
    for (uint32_t id = 1; id < module->nodes.count; id++) {
        const Node *node = module_node(module, id);
        if (node->kind != NODE_FUNCTION && node->kind != NODE_CLASS) continue;
        uint32_t end = module->ends.items[id];
        array_push(arena, &found, (Scope){.start = node->start, .end = end, .name = node->name,
                                             .is_class = node->kind == NODE_CLASS});
    }
    if (found.count) qsort(found.items, found.count, sizeof(Scope), scope_order);
    Scopes *scopes = arena_make(arena, Scopes);
    *scopes = (Scopes){found.items, found.count};
    for (uint32_t i = 0; i < scopes->count; i++)
        scopes->items[i].outer = scope_around(scopes, i, scopes->items[i].start);
    return scopes;
}

static const char *scope_name(Arena *arena, const Module *module, Scopes *scopes, uint32_t at) {
    Scope *scope = &scopes->items[at - 1];
    if (scope->qualified) return scope->qualified;
    const char *name = str_text(module->strings, scope->name);
    uint32_t outer = scope->outer;
    for (int depth = 1; outer && depth < NAME_DEPTH; depth++) {
        const Scope *around = &scopes->items[outer - 1];
        name = arena_format(arena, "%s.%s", str_text(module->strings, around->name), name);
        outer = around->outer;
    }
    return scope->qualified = name;
}

static const char *function_around(Places *places, uint32_t number, uint32_t offset,
                                   bool *in_class) {
    const Module *module = places->project->modules[number].module;
    Scopes **scopes = &places->modules[number];
    if (!*scopes) *scopes = scopes_collect(places->arena, module);
    uint32_t low = 0, high = (*scopes)->count; /* how many start at or before the offset */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((*scopes)->items[middle].start <= offset) low = middle + 1;
        else high = middle;
    }
    uint32_t at = scope_around(*scopes, low, offset);
    *in_class = at && (*scopes)->items[at - 1].is_class;
    return at ? scope_name(places->arena, module, *scopes, at) : "";
}

static Place place_span(Places *places, uint32_t number, uint32_t start, uint32_t end) {
    const ProjectModule *of = &places->project->modules[number];
    Place place = {.path = of->file->shown, .opened = of->file->path, .function = "",
                   .module = number};
    place.line = place.column = place.end_line = place.end_column = 1;
    if (!of->module) return place;
    module_place(of->module, start, &place.line, &place.column);
    module_place(of->module, end, &place.end_line, &place.end_column);
    place.function = function_around(places, number, start, &place.in_class);
    return place;
}

/* Statements with a body end where their header does. */
static uint32_t header_end(const Module *module, NodeId id) {
    const Node *node = module_node(module, id);
    NodeId last = node->kind == NODE_FOR     ? node_child(module, id, 1)
                  : node->kind == NODE_WHILE ? node_child(module, id, 0)
                                             : id;
    return module->ends.items[last ? last : id];
}

Place place_whole(Places *places, Site site) {
    const Module *module = places->project->modules[site.module].module;
    if (!module || site.node >= module->nodes.count) return place_span(places, site.module, 0, 0);
    return place_span(places, site.module, module_node(module, site.node)->start,
                      header_end(module, site.node));
}

/* Offset of the last link's name in a chain of attributes and calls; else the node's start. */
static uint32_t link_start(const Module *module, NodeId id) {
    const Node *node = module_node(module, id);
    NodeId link = node->kind == NODE_CALL ? node_child(module, id, 0) : id;
    const Node *attribute = module_node(module, link);
    if (attribute->kind != NODE_ATTRIBUTE) return node->start;
    uint32_t end = module->ends.items[link];
    uint32_t length = str_length(module->strings, attribute->name);
    return end > length && end - length > node->start ? end - length : node->start;
}

Place place_touch(Places *places, Site site) {
    Place place = place_whole(places, site);
    if (place.line == place.end_line) return place;
    const Module *module = places->project->modules[site.module].module;
    uint32_t start = link_start(module, site.node);
    return start == module_node(module, site.node)->start
               ? place
               : place_span(places, site.module, start, header_end(module, site.node));
}
