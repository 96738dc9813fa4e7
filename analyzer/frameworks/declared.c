/* Options are read as the class's instances see them, so a hook of the project that sets or
 * computes one is heard. Their places are found by their text in the expression that says them:
 * "author" in list_display = ["title", "author"]. */
#include "frameworks/declared.h"

enum { TEXT_NODES = 2000, TEXT_WAITING = 256 };

Option option_of(Activation *a, const Value *object, const char *name) {
    const Class *klass = object->klass;
    const ClassMember *member = klass ? class_member(klass, name_of(a->e, name)) : NULL;
    Option option = {.site = klass ? klass->site : object->site};
    option.value = object_fact(a, object, name);
    if (!member) return option;
    option.site = member->site.node ? member->site : member->owner->site;
    if (!option.value)
        option.value = value_attribute(a, option.site.node, object, name_of(a->e, name));
    return option;
}

Option option_hooked(Activation *a, const Value *object, const char *hook, const char *name,
                     const Arguments *arguments) {
    const ClassMember *own = class_method(a->e, object->klass, hook);
    if (!own) return option_of(a, object, name);
    Option option = {.site = own->site};
    Standing before = declared_enter(a, own->site, a->surface);
    option.value = call_member(a, own->site.node, object, own, arguments);
    declared_leave(a, before);
    return option;
}

static bool node_is_text(Evaluator *e, Site site, Str text) {
    const Node *node = site_node(e->project, site);
    return node->kind == NODE_STRING && project_name(e->project, site.module, node->name) == text;
}

Site site_of_text(Evaluator *e, Site in, Str text) {
    const Module *module = e->project->modules[in.module].module;
    NodeId waiting[TEXT_WAITING];
    uint32_t left = 0, seen = 0;
    waiting[left++] = in.node;
    while (left && seen++ < TEXT_NODES) {
        Site at = {in.module, waiting[--left]};
        if (node_is_text(e, at, text)) return at;
        for (uint32_t i = node_count(module, at.node); i-- > 0 && left < TEXT_WAITING;)
            waiting[left++] = node_child(module, at.node, i);
    }
    return in;
}

Standing declared_enter(Activation *a, Site site, Surface surface) {
    Standing before = {a->module, a->surface, a->page};
    if (!a->e->project->modules[site.module].file->template) a->page = NULL;
    a->module = site.module;
    a->surface = surface;
    return before;
}

void declared_leave(Activation *a, Standing before) {
    a->module = before.module;
    a->surface = before.surface;
    a->page = before.page;
}

const Value *declared_read(Activation *a, NodeId node, const Value *value, Str name) {
    value = value_attribute(a, node, value, name);
    bool callable = value->kind == VALUE_METHOD || value->kind == VALUE_FUNCTION
                    || value->kind == VALUE_BUILTIN;
    return callable ? call_value(a, node, value, &(Arguments){0}) : value;
}

const Value *declared_path(Activation *a, NodeId node, const Value *value, const char *path,
                           const char *separator) {
    size_t skip = strlen(separator);
    for (;;) {
        const char *end = strstr(path, separator);
        size_t length = end ? (size_t)(end - path) : strlen(path);
        if (!length) return a->e->unknown;
        value = declared_read(a, node, value, str_intern(a->e->project->strings, path, length));
        if (!end || value->kind == VALUE_UNKNOWN) return value;
        path = end + skip;
    }
}

const Value *declared_rows(Activation *a, NodeId node, const Model *model) {
    const Value *manager = manager_make(a, node, model, name_of(a->e, "_default_manager"));
    return manager ? manager_queryset(a, node, manager) : a->e->unknown;
}

const Value *declared_queryset(Activation *a, NodeId node, const Value *value) {
    return value->kind == VALUE_MANAGER ? manager_queryset(a, node, value) : value;
}

const Model *declared_model(Activation *a, const Value *object, const char *name) {
    const Value *model = option_of(a, object, name).value;
    return model && model->kind == VALUE_CLASS ? model->klass->model : NULL;
}

NodeId declared_argument(Evaluator *e, Site call, uint32_t position, const char *name) {
    const Module *module = e->project->modules[call.module].module;
    uint32_t at = 0;
    for (uint32_t i = 1; i < node_count(module, call.node); i++) {
        NodeId child = node_child(module, call.node, i);
        const Node *node = module_node(module, child);
        if (node->kind == NODE_KEYWORD) {
            if (name_is(e, project_name(e->project, call.module, node->name), name))
                return node_child(module, child, 0);
        } else if (at++ == position) {
            return child;
        }
    }
    return NODE_NONE;
}

const Class *declared_call(Evaluator *e, const ClassMember *member, const char *dotted) {
    if (member->kind != MEMBER_VALUE || !member->site.node) return NULL;
    const Module *module = e->project->modules[member->site.module].module;
    if (module_node(module, member->site.node)->kind != NODE_CALL) return NULL;
    Symbol symbol = project_expression(e->project, member->site.module,
                                       node_child(module, member->site.node, 0));
    return symbol.kind == SYMBOL_CLASS && class_is(symbol.klass, dotted) ? symbol.klass : NULL;
}
