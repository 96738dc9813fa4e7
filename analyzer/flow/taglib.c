/* The project's own tags and filters.
 *
 *     @register.filter                        @register.simple_tag(takes_context=True)
 *     @register.filter(name="cut")            @register.inclusion_tag("shop/book.html")
 *     register.filter("cut", cut)             @library.global_function      (django-jinja)
 *
 * Which libraries a template loads is not asked: two libraries of one project rarely give two
 * things one name. Where they do, the first in the order of the files is taken. */
#include "flow/templates.h"

static const struct { const char *name; TagKind kind; } registrations[] = {
    {"filter", TAG_FILTER}, {"simple_tag", TAG_SIMPLE}, {"inclusion_tag", TAG_INCLUSION},
    {"simple_block_tag", TAG_SIMPLE}, {"assignment_tag", TAG_SIMPLE},
    {"global_function", TAG_GLOBAL}, {"contextfunction", TAG_GLOBAL},
    {"render_with", TAG_INCLUSION},
};

typedef struct Library { /* a module being read */
    Evaluator *e;
    uint32_t number;
    const Module *module;
} Library;

static const Node *library_node(const Library *library, NodeId node) {
    return module_node(library->module, node);
}

static NodeId library_child(const Library *library, NodeId node, uint32_t at) {
    return node_child(library->module, node, at);
}

static Str library_name(const Library *library, NodeId node) {
    return project_name(library->e->project, library->number, library_node(library, node)->name);
}

/* register.filter, library.global_function: the registration an ATTRIBUTE stands for, or -1. */
static int registration_of(const Library *library, NodeId node) {
    if (library_node(library, node)->kind != NODE_ATTRIBUTE) return -1;
    NodeId object = library_child(library, node, 0);
    if (library_node(library, object)->kind != NODE_NAME) return -1;
    const char *text = project_text(library->e->project, library_name(library, node));
    for (size_t i = 0; i < sizeof registrations / sizeof *registrations; i++)
        if (!strcmp(registrations[i].name, text)) return (int)i;
    return -1;
}

static NodeId keyword_of(const Library *library, NodeId call, const char *name) {
    for (uint32_t i = 1; i < node_count(library->module, call); i++) {
        NodeId given = library_child(library, call, i);
        if (library_node(library, given)->kind == NODE_KEYWORD
            && name_is(library->e, library_name(library, given), name))
            return library_child(library, given, 0);
    }
    return NODE_NONE;
}

static Str string_of(const Library *library, NodeId node) {
    return library_node(library, node)->kind == NODE_STRING ? library_name(library, node)
                                                            : STR_NONE;
}

void template_tag_add(Evaluator *e, Str name, TemplateTag tag) {
    Map *map = tag.kind == TAG_FILTER ? &e->template_filters : &e->template_tags;
    if (!name || map_get(map, name)) return;
    TemplateTag *made = arena_make(e->arena, TemplateTag);
    *made = tag;
    map_put(e->arena, map, name, made);
}

/* What a registration says besides the function: CALL, or ABSENT for a bare decorator. */
static void tag_details(const Library *library, NodeId call, TemplateTag *tag, Str *name) {
    if (library_node(library, call)->kind != NODE_CALL) return;
    Str named = string_of(library, keyword_of(library, call, "name"));
    NodeId context = keyword_of(library, call, "takes_context");
    const Node *flag = library_node(library, context);
    tag->takes_context = flag->kind == NODE_CONSTANT && flag->extra == CONSTANT_TRUE;
    Str first = string_of(library, library_child(library, call, 1));
    if (tag->kind == TAG_INCLUSION) {
        NodeId file = keyword_of(library, call, "filename");
        tag->template = first ? first : string_of(library, file);
    } else if (first) {
        named = first;
    }
    if (named) *name = named;
}

static void read_function(const Library *library, NodeId function) {
    for (uint32_t i = 3; i < node_count(library->module, function); i++) {
        NodeId decorator = library_child(library, function, i);
        bool called = library_node(library, decorator)->kind == NODE_CALL;
        NodeId callee = called ? library_child(library, decorator, 0) : decorator;
        int registration = registration_of(library, callee);
        if (registration < 0) continue;
        TemplateTag tag = {.kind = registrations[registration].kind,
                           .function = {library->number, function}};
        Str name = library_name(library, function);
        tag_details(library, decorator, &tag, &name);
        template_tag_add(library->e, name, tag);
    }
}

/* register.filter("name", function), register.simple_tag(function, name="x") */
static void read_call(const Library *library, NodeId call) {
    if (library_node(library, call)->kind != NODE_CALL) return;
    int registration = registration_of(library, library_child(library, call, 0));
    if (registration < 0) return;
    Str name = STR_NONE;
    for (uint32_t i = 1; i < node_count(library->module, call) && i < 3; i++) {
        NodeId given = library_child(library, call, i);
        if (library_node(library, given)->kind == NODE_STRING) name = string_of(library, given);
        if (library_node(library, given)->kind != NODE_NAME) continue;
        Symbol symbol = project_expression(library->e->project, library->number, given);
        if (symbol.kind != SYMBOL_FUNCTION) continue;
        TemplateTag tag = {.kind = registrations[registration].kind, .function = symbol.site};
        Str own = project_name(library->e->project, symbol.site.module,
                               site_node(library->e->project, symbol.site)->name);
        if (tag.kind == TAG_INCLUSION) name = STR_NONE;
        TemplateTag details = tag;
        Str named = own;
        tag_details(library, call, &details, &named);
        template_tag_add(library->e, name ? name : named, details);
    }
}

static void read_library(Evaluator *e, uint32_t number) {
    Library library = {e, number, e->project->modules[number].module};
    NodeId root = library.module->root;
    for (uint32_t i = 0; i < node_count(library.module, root); i++) {
        NodeId statement = library_child(&library, root, i);
        if (library_node(&library, statement)->kind == NODE_FUNCTION)
            read_function(&library, statement);
        else if (library_node(&library, statement)->kind == NODE_EXPRESSION)
            read_call(&library, library_child(&library, statement, 0));
    }
}

const TemplateTag *template_tag(Evaluator *e, Str name, bool filter) {
    if (!e->template_tags_read) {
        e->template_tags_read = true;
        for (uint32_t m = 0; m < e->project->module_count; m++) {
            if (!e->project->modules[m].module || e->project->modules[m].file->template) continue;
            read_library(e, m);
            environment_read(e, m);
        }
    }
    return map_get(filter ? &e->template_filters : &e->template_tags, name);
}
