/* Context processors: what each page knows besides its own context.
 *
 * They are the functions of the project that a settings module names in a text, and take a
 * request. Each is called once, as an entry of its own; pages see what it gave. Django's own ones
 * give `request` and `user`. */
#include "flow/templates.h"

static bool takes_request(Evaluator *e, Site function) {
    const Module *module = e->project->modules[function.module].module;
    NodeId parameters = node_child(module, function.node, 0);
    if (module_node(module, parameters)->kind != NODE_PARAMETERS) return false;
    NodeId first = node_child(module, parameters, 0);
    return name_is(e, project_name(e->project, function.module, module_node(module, first)->name),
                   "request");
}

/* Runs the function for what it gives, with its queries as an entry's. */
static void processor_run(Evaluator *e, Symbol symbol) {
    Activation top;
    root_start(&top, e, symbol.site.module);
    const Value *given = call_simple(&top, symbol.site.node, value_of_symbol(&top, symbol),
                                     request_value(e));
    given = value_turned(e->values, given, TURN_FRESH, TURN_OUTSIDE);
    root_finish(&top);
    uint32_t count = given->kind == VALUE_UNION ? given->count : 1;
    bool whole = true;
    for (uint32_t k = 0; k < count; k++) {
        const Value *dict = given->kind == VALUE_UNION ? given->items[k] : given;
        whole &= dict_is_whole(dict);
        for (uint32_t i = 0; dict->kind == VALUE_DICT && i + 1 < dict->count; i += 2)
            if (dict->items[i]->kind == VALUE_STRING)
                map_put(e->arena, &e->processed, dict->items[i]->name,
                        (void *)(uintptr_t)dict->items[i + 1]);
    }
    if (whole) map_put(e->arena, &e->whole_processors, site_key(symbol.site), e);
}

/* "shop.context_processors.cart", said in that module. */
static Symbol processor_named(Evaluator *e, uint32_t module, const char *dotted) {
    const char *dot = strrchr(dotted, '.');
    Strings *strings = e->project->strings;
    if (!dot) return (Symbol){0};
    return project_import(e->project, module,
                          str_intern(strings, dotted, (size_t)(dot - dotted)), 0,
                          str_of(strings, dot + 1));
}

/* A text of a settings module: "shop.context_processors.cart". */
static void processor_read(Evaluator *e, uint32_t module, Str text) {
    const char *dotted = project_text(e->project, text);
    if (!strstr(dotted, "context")) return;
    Symbol symbol = processor_named(e, module, dotted);
    if (symbol.kind != SYMBOL_FUNCTION || !takes_request(e, symbol.site)) return;
    uint64_t key = site_key(symbol.site);
    if (map_get(&e->pages, key)) return;
    map_put(e->arena, &e->pages, key, e);
    processor_run(e, symbol);
}

static void processors_find(Evaluator *e) {
    Project *project = e->project;
    for (uint32_t m = 0; m < project->module_count; m++) {
        const Module *module = project->modules[m].module;
        if (!module || project->modules[m].file->template
            || project->modules[m].file->role == FILE_TEST
            || !strstr(project_text(project, project->modules[m].name), "settings"))
            continue;
        for (uint32_t i = 1; i < module->nodes.count; i++)
            if (module->nodes.items[i].kind == NODE_STRING)
                processor_read(e, m, project_name(project, m, module->nodes.items[i].name));
    }
}

static void processors_need(Evaluator *e) {
    if (e->processors_known) return;
    e->processors_known = true;
    processors_find(e);
}

bool processor_is_whole(Evaluator *e, uint32_t module, const char *dotted) {
    processors_need(e);
    Symbol symbol = processor_named(e, module, dotted);
    return symbol.kind == SYMBOL_FUNCTION
           && map_get(&e->whole_processors, site_key(symbol.site));
}

bool processor_gives(const Evaluator *e, Str name) {
    return name_is(e, name, "request") || name_is(e, name, "user")
           || map_get(&e->processed, name);
}

const Value *processor_value(Activation *a, NodeId node, Str name) {
    Evaluator *e = a->e;
    processors_need(e);
    if (name_is(e, name, "request")) return request_value(e);
    if (name_is(e, name, "user")) return request_attribute(a, node, name);
    return map_get(&e->processed, name);
}
