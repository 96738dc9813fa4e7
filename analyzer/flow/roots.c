/* Roots: the entries of the frameworks, the bodies of the modules, then the functions and methods
 * that nobody in view calls: first those whose name nothing says, then whatever no call has
 * reached. A function that was called is not run with open arguments as well. */
#include "flow/evaluate.h"

typedef struct Root {
    Site site;
    const Class *owner;
} Root;

static const Value *root_self(Evaluator *e, Site site, const Class *owner) {
    if (!owner) return NULL;
    if (owner->model) return row_open(e, owner->model, site);
    bool manager = class_is(owner, "django.db.models.Manager");
    if (manager || class_is(owner, "django.db.models.QuerySet")) {
        const Birth *birth = birth_make(e, &(Birth){.site = site});
        return value_intern(e->values, &(Value){.kind = manager ? VALUE_MANAGER : VALUE_QUERYSET,
                                                .birth = birth, .plan = plan_open(e->plans),
                                                .klass = owner, .site = site});
    }
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = owner,
                                            .site = owner->site});
}

static void run_root(Evaluator *e, Root root) {
    Activation top;
    activation_start(&top, e, NULL, root.site.module);
    Value draft = {.kind = VALUE_FUNCTION, .site = root.site, .klass = root.owner};
    Str name = project_name(e->project, root.site.module, site_node(e->project, root.site)->name);
    const ClassMember *member = root.owner ? class_member(root.owner, name) : NULL;
    const Value *function = value_intern(e->values, &draft);
    if (member && member->owner == root.owner && member->kind == MEMBER_FUNCTION) {
        const Value *self = root_self(e, root.site, root.owner);
        if (member->flags & MEMBER_CLASSMETHOD)
            self = value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = root.owner});
        function = member_function(e, member, self);
    }
    e->flow->statistics.roots++;
    call_root(&top, function);
    for (uint32_t i = 0; i < top.touches.count; i++)
        top.touches.items[i].frames = top.touches.items[i].frames->inner; /* the root's own call */
    touches_finish(e, &top);
}

static void run_module(Evaluator *e, uint32_t module) {
    Activation top;
    activation_start(&top, e, NULL, module);
    const Module *code = e->project->modules[module].module;
    e->flow->statistics.roots++;
    execute(&top, code->root);
    touches_finish(e, &top);
}

/* Whether any code of the project says the name, but for its definitions. */
static bool *names_used(Evaluator *e) {
    Project *project = e->project;
    uint32_t room = strings_count(project->strings) + 1;
    bool *used = arena_many(e->arena, bool, room);
    for (uint32_t m = 0; m < project->module_count; m++) {
        const Module *module = project->modules[m].module;
        for (uint32_t i = 0; module && i < module->nodes.count; i++) {
            const Node *node = &module->nodes.items[i];
            if (node->kind != NODE_NAME && node->kind != NODE_ATTRIBUTE) continue;
            Str name = project_name(project, m, node->name);
            if (name < room) used[name] = true;
        }
    }
    return used;
}

typedef Array(Root) Roots;

/* Functions directly below a BLOCK, through if/try/with; classes lead further in. */
static void roots_collect(Evaluator *e, Roots *roots, uint32_t m, NodeId node,
                          const Class *owner, unsigned depth) {
    const Module *module = e->project->modules[m].module;
    if (depth > 30) return;
    for (uint32_t i = 0; i < node_count(module, node); i++) {
        NodeId child = node_child(module, node, i);
        switch (module_node(module, child)->kind) {
        case NODE_FUNCTION: array_push(e->arena, roots, (Root){{m, child}, owner}); break;
        case NODE_CLASS: {
            const Class *klass = project_class_at(e->project, (Site){m, child});
            roots_collect(e, roots, m, node_child(module, child, 0), klass, depth + 1);
            break;
        }
        case NODE_BLOCK: case NODE_IF: case NODE_TRY: case NODE_WITH: case NODE_HANDLER:
            roots_collect(e, roots, m, child, owner, depth + 1);
            break;
        default: break;
        }
    }
}

static bool module_counts(const Evaluator *e, uint32_t m) {
    const ProjectModule *module = &e->project->modules[m];
    if (!module->module || module->file->template) return false;
    if (module->file->role == FILE_TEST && !e->options->include_tests) return false;
    return module->file->role != FILE_MIGRATION || e->options->include_migrations;
}

void root_start(Activation *top, Evaluator *e, uint32_t module) {
    activation_start(top, e, NULL, module);
    e->flow->statistics.roots++;
}

void root_finish(Activation *top) {
    touches_finish(top->e, top);
}

void run_roots(Evaluator *e) {
    Roots roots = {0};
    for (const Framework *const *framework = e->frameworks; *framework; framework++)
        (*framework)->roots(e);
    for (uint32_t m = 0; m < e->project->module_count; m++) {
        if (!module_counts(e, m)) continue;
        run_module(e, m);
        roots_collect(e, &roots, m, e->project->modules[m].module->root, NULL, 0);
    }
    const bool *used = names_used(e);
    uint32_t names = strings_count(e->project->strings);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < roots.count; i++) {
            Site site = roots.items[i].site;
            Str name = project_name(e->project, site.module, site_node(e->project, site)->name);
            bool said = name <= names && used[name];
            if (said != (pass == 1) || function_was_called(e, site)) continue;
            run_root(e, roots.items[i]);
        }
}
