/* Jinja's environments: functions of the project that every template of Jinja's knows.
 *
 *     def environment(**options):
 *         env = Environment(**options)
 *         env.globals.update({"url": url_of})      env.globals["url"] = url_of
 *         env.filters["short"] = shorten
 *
 * They are read off the text, in modules that speak of jinja2: settings name the function that
 * makes the environment, but it runs once and asks nothing. */
#include "flow/templates.h"

typedef struct Reading {
    Evaluator *e;
    uint32_t number;
    const Module *module;
} Reading;

static Str name_at(const Reading *reading, NodeId node) {
    return project_name(reading->e->project, reading->number,
                        module_node(reading->module, node)->name);
}

/* @pass_context, @jinja2.contextfunction: the first argument is the context. */
static bool passes_context(const Evaluator *e, Site function) {
    static const char *const names[] = {"pass_context", "contextfunction", "contextfilter"};
    const Module *module = e->project->modules[function.module].module;
    for (uint32_t i = 3; i < node_count(module, function.node); i++) {
        const Node *node = module_node(module, node_child(module, function.node, i));
        Str name = project_name(e->project, function.module, node->name);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (name && name_is(e, name, names[k])) return true;
    }
    return false;
}

static void put(const Reading *reading, Str name, NodeId value, TagKind kind) {
    Symbol symbol = project_expression(reading->e->project, reading->number, value);
    if (symbol.kind != SYMBOL_FUNCTION) return;
    TemplateTag tag = {.kind = kind, .function = symbol.site,
                       .takes_context = passes_context(reading->e, symbol.site)};
    if (kind == TAG_GLOBAL || !tag.takes_context) template_tag_add(reading->e, name, tag);
}

/* env.globals, env.filters: what is put there, or false. */
static bool is_table(const Reading *reading, NodeId node, TagKind *kind) {
    if (module_node(reading->module, node)->kind != NODE_ATTRIBUTE) return false;
    Str name = name_at(reading, node);
    *kind = name_is(reading->e, name, "filters") ? TAG_FILTER : TAG_GLOBAL;
    return *kind == TAG_FILTER || name_is(reading->e, name, "globals");
}

/* env.globals["name"] = function */
static void read_assign(const Reading *reading, NodeId assign) {
    const Module *module = reading->module;
    NodeId target = node_child(module, assign, 2), key = node_child(module, target, 1);
    TagKind kind;
    if (module_node(module, target)->kind != NODE_INDEX
        || module_node(module, key)->kind != NODE_STRING
        || !is_table(reading, node_child(module, target, 0), &kind))
        return;
    put(reading, name_at(reading, key), node_child(module, assign, 0), kind);
}

/* {"name": function, ...} */
static void read_dict(const Reading *reading, NodeId dict, TagKind kind) {
    const Module *module = reading->module;
    for (uint32_t i = 0; i + 1 < node_count(module, dict); i += 2) {
        NodeId key = node_child(module, dict, i);
        if (module_node(module, key)->kind == NODE_STRING)
            put(reading, name_at(reading, key), node_child(module, dict, i + 1), kind);
    }
}

/* env.globals.update({...}, name=function) */
static void read_update(const Reading *reading, NodeId call) {
    const Module *module = reading->module;
    NodeId callee = node_child(module, call, 0);
    TagKind kind;
    if (module_node(module, callee)->kind != NODE_ATTRIBUTE
        || !name_is(reading->e, name_at(reading, callee), "update")
        || !is_table(reading, node_child(module, callee, 0), &kind))
        return;
    for (uint32_t i = 1; i < node_count(module, call); i++) {
        NodeId given = node_child(module, call, i);
        if (module_node(module, given)->kind == NODE_KEYWORD)
            put(reading, name_at(reading, given), node_child(module, given, 0), kind);
        else if (module_node(module, given)->kind == NODE_DICT)
            read_dict(reading, given, kind);
    }
}

static bool speaks_of_jinja(const Module *module) {
    static const char *const words[] = {"jinja2", "django_jinja"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_find(module->strings, words[i], strlen(words[i]))) return true;
    return false;
}

void environment_read(Evaluator *e, uint32_t number) {
    Reading reading = {e, number, e->project->modules[number].module};
    if (!speaks_of_jinja(reading.module)) return;
    for (NodeId id = 1; id < reading.module->nodes.count; id++) {
        uint8_t kind = module_node(reading.module, id)->kind;
        if (kind == NODE_ASSIGN) read_assign(&reading, id);
        else if (kind == NODE_CALL) read_update(&reading, id);
    }
}
