/* Which models the admin shows, and by which classes: the decorator with its models, and the calls
 * of a site's register(). Models that a loop registers are not found. */
#include "frameworks/admin.h"

#define ADMIN "django.contrib.admin."

enum { LIMIT_REGISTRATIONS = 2000 }; /* of a model by a class, in all */

static void registration_add(Evaluator *e, Registrations *found, const Value *models,
                             const Class *klass, Site site) {
    if (models->kind == VALUE_SEQUENCE || models->kind == VALUE_UNION) {
        for (uint32_t i = 0; i < models->count; i++)
            if (models->items[i]->kind == VALUE_CLASS)
                registration_add(e, found, models->items[i], klass, site);
        return;
    }
    const Model *model = models->kind == VALUE_CLASS ? models->klass->model : NULL;
    if (!model || model->abstract) return;
    uint64_t key = hash_mix((uintptr_t)klass, (uintptr_t)model);
    if (map_get(&found->known, key)) return;
    if (found->items.count == LIMIT_REGISTRATIONS) {
        e->flow->statistics.cut_subclasses++;
        return;
    }
    if (!klass->external) site = klass->site;
    map_put(e->arena, &found->known, key, found);
    array_push(e->arena, &found->items, (Registration){klass, model, site});
}

static bool class_is_admin(const Class *klass) {
    return klass && class_is(klass, ADMIN "ModelAdmin");
}

/* @admin.register(Book, Author): of a site, or of the project's own sites. */
static void read_decorators(Evaluator *e, Registrations *found, const Class *klass) {
    Site site = klass->site;
    const Module *module = e->project->modules[site.module].module;
    for (uint32_t i = 2; i < node_count(module, site.node); i++) {
        NodeId call = node_child(module, site.node, i);
        if (module_node(module, call)->kind != NODE_CALL) continue;
        const Node *callee = module_node(module, node_child(module, call, 0));
        const char *name = project_text(e->project, project_name(e->project, site.module,
                                                                 callee->name));
        if (!strstr(name, "register")) continue;
        for (uint32_t k = 1; k < node_count(module, call); k++) {
            Site model = {site.module, node_child(module, call, k)};
            if (site_node(e->project, model)->kind != NODE_KEYWORD)
                registration_add(e, found, evaluate_constant(e, model, NULL), klass, site);
        }
    }
}

/* Whether it is a site of the admin: Django's, or one that the project made. */
static bool site_is_admin(Evaluator *e, Site receiver) {
    const Value *value = evaluate_constant(e, receiver, NULL);
    if (value->kind == VALUE_EXTERNAL)
        return !strcmp(project_text(e->project, value->name), ADMIN "site");
    return value->kind == VALUE_OBJECT && value->klass && class_is(value->klass, ADMIN "AdminSite");
}

/* site.register(Book, BookAdmin), site.register([Book, Author]) */
static void read_call(Evaluator *e, Registrations *found, Site call) {
    const Module *module = e->project->modules[call.module].module;
    uint32_t count = node_count(module, call.node);
    Site callee = {call.module, node_child(module, call.node, 0)};
    Site receiver = {call.module, node_child(module, callee.node, 0)};
    if (count < 2) return;
    Site models = {call.module, node_child(module, call.node, 1)};
    Site second = {call.module, node_child(module, call.node, 2)};
    const Node *given = site_node(e->project, second);
    if (given->kind == NODE_KEYWORD) second.node = node_child(module, second.node, 0);
    const Class *klass = NULL;
    if (second.node) {
        const Value *value = evaluate_constant(e, second, NULL);
        if (value->kind == VALUE_CLASS) klass = value->klass;
    } else if (site_is_admin(e, receiver)) {
        klass = project_class_named(e->project, ADMIN "ModelAdmin");
    }
    if (!class_is_admin(klass) || klass->in_function) return;
    registration_add(e, found, evaluate_constant(e, models, NULL), klass, call);
}

static void read_calls(Evaluator *e, Registrations *found, uint32_t m) {
    const Module *module = e->project->modules[m].module;
    for (uint32_t i = 1; i < module->nodes.count; i++) {
        if (module->nodes.items[i].kind != NODE_CALL) continue;
        const Node *callee = module_node(module, node_child(module, i, 0));
        if (callee->kind == NODE_ATTRIBUTE
            && name_is(e, project_name(e->project, m, callee->name), "register"))
            read_call(e, found, (Site){m, i});
    }
}

void registrations_collect(Evaluator *e, Registrations *found) {
    Project *project = e->project;
    for (uint32_t i = 0; i < project->classes.count; i++) {
        const Class *klass = project->classes.items[i];
        if (class_is_admin(klass) && !klass->in_function && class_counts(e, klass))
            read_decorators(e, found, klass);
    }
    for (uint32_t m = 0; m < project->module_count; m++) {
        bool code = project->modules[m].module && !project->modules[m].file->template;
        if (code && module_runs(e, m)) read_calls(e, found, m);
    }
}
