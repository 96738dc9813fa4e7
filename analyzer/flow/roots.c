/* Roots: the entries of the frameworks, the bodies of the modules, then the functions and methods
 * that nobody in view calls: first those whose name nothing says, then whatever no call has
 * reached. A function that was called is not run with open arguments as well. */
#include "flow/evaluate.h"

typedef struct Root {
    Site site;
    const Class *owner;
} Root;

static bool class_is_manager(const Class *klass) {
    return class_is(klass, "django.db.models.BaseManager");
}

/* A manager starts anew, so what it loads is in its class; a queryset comes from anywhere. */
static const Value *root_model_self(Evaluator *e, Site site, const Class *owner,
                                    const Model *model) {
    bool manager = class_is_manager(owner), known = manager && model && owner->mro_complete;
    const Birth *birth = birth_make(e, &(Birth){.site = site, .model = model, .known = known});
    const Plan *plan = known ? plan_empty(e->plans) : plan_open(e->plans);
    return value_intern(e->values, &(Value){.kind = manager ? VALUE_MANAGER : VALUE_QUERYSET,
                                            .birth = birth, .plan = plan, .klass = owner,
                                            .site = site});
}

static const Value *root_self(Evaluator *e, Site site, const Class *owner) {
    if (!owner) return NULL;
    if (owner->model) return row_open(e, owner->model, site);
    if (class_is_manager(owner) || class_is(owner, "django.db.models.QuerySet"))
        return root_model_self(e, site, owner, NULL);
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = owner,
                                            .site = owner->site});
}

enum { ASKS = EVENT_LOAD | EVENT_FETCH | EVENT_NARROW | EVENT_COUNT | EVENT_QUERY | EVENT_COLUMN };

/* Queries that happen once, and whose rows come first. */
static void entry_count(const Activation *top, RootRun *entry) {
    for (uint32_t i = 0; i < top->touches.count; i++) {
        const Touch *touch = &top->touches.items[i];
        const Event *event = &touch->event;
        bool asks = event->kind & (ASKS | EVENT_WRITE) && event->cover != COVER_FULL;
        if (!asks || event->silence != SILENCE_NONE) continue;
        if (event->kind != EVENT_WRITE && !entry->model) entry->model = event->model;
        if (!touch->attached) entry->once += event->queries ? event->queries : 1u;
    }
}

/* Ends a run and notes what it asked. */
static void entry_finish(Activation *top, Site site, const char *name) {
    Evaluator *e = top->e;
    RootRun entry = {.site = site, .name = name, .surface = top->surface,
                   .first = e->flow->events.count};
    entry_count(top, &entry);
    touches_finish(e, top);
    activation_end(top);
    entry.count = e->flow->events.count - entry.first;
    array_push(e->arena, &e->flow->entries, entry);
}

static const char *root_name(Evaluator *e, Str function, const Class *klass) {
    const char *name = project_text(e->project, function);
    return klass ? arena_format(e->arena, "%s.%s", project_text(e->project, klass->name), name)
                 : name;
}

/* `self` may be left to what the class says: NULL. */
static void run_root(Evaluator *e, Root root, const Class *klass, const Value *self) {
    Activation top;
    activation_start(&top, e, NULL, root.site.module);
    Value draft = {.kind = VALUE_FUNCTION, .site = root.site, .klass = root.owner};
    Str name = site_name(e->project, root.site);
    const ClassMember *member = klass ? class_member(klass, name) : NULL;
    const Value *function = value_intern(e->values, &draft);
    if (member && member->owner == root.owner && member->kind == MEMBER_FUNCTION) {
        if (!self) self = root_self(e, root.site, klass);
        if (member->flags & MEMBER_CLASSMETHOD)
            self = type_of(e, root_self(e, root.site, klass));
        function = member_function(e, member, self);
    }
    e->flow->statistics.roots++;
    request_take_method(&top, root.site);
    call_root(&top, function);
    for (uint32_t i = 0; i < top.touches.count; i++)
        top.touches.items[i].frames = top.touches.items[i].frames->inner; /* the root's own call */
    entry_finish(&top, root.site, root_name(e, name, klass));
}

/* Whether the class says anew what the one above it says: a hook filled in, a value given. */
static bool class_fills(const Class *klass, const Class *above) {
    for (uint32_t k = 0; k < klass->mro_count && klass->mro[k] != above; k++)
        for (uint32_t i = 0; i < klass->mro[k]->members.count; i++)
            if (class_member(above, klass->mro[k]->members.items[i].name)) return true;
    return false;
}

/* A method that a base class wrote for its subclasses is run for them as well. */
static void run_subclasses(Evaluator *e, Root root) {
    Str name = site_name(e->project, root.site);
    uint32_t runs = 0;
    const Model *model = root.owner ? root.owner->model : NULL;
    if (model && !model->abstract) return; /* its own rows are all that it is about */
    for (uint32_t i = 0; root.owner && i < e->project->classes.count; i++) {
        const Class *klass = e->project->classes.items[i];
        if (klass == root.owner || klass->in_function || !class_inherits(klass, root.owner)
            || e->project->modules[klass->site.module].file->role == FILE_TEST)
            continue;
        const ClassMember *member = class_member(klass, name);
        if (!member || member->owner != root.owner || !class_fills(klass, root.owner)) continue;
        if (klass->model && klass->model->abstract) continue;
        if (runs++ == LIMIT_SUBCLASSES) {
            e->flow->statistics.cut_subclasses++;
            return;
        }
        run_root(e, root, klass, NULL);
    }
}

static bool manager_serves(const Manager *manager, const Class *klass) {
    return (manager->manager && class_inherits(manager->manager, klass))
           || (manager->queryset && class_inherits(manager->queryset, klass));
}

/* A method of a manager or queryset is run for the models it serves. False: there are none. */
static bool run_models(Evaluator *e, Root root) {
    uint32_t runs = 0;
    if (!root.owner) return false;
    if (!class_is_manager(root.owner) && !class_is(root.owner, "django.db.models.QuerySet"))
        return false;
    for (uint32_t i = 0; i < e->project->models.count; i++) {
        const Model *model = e->project->models.items[i];
        bool serves = false;
        for (uint32_t k = 0; !serves && !model->abstract && k < model->managers.count; k++)
            serves = manager_serves(&model->managers.items[k], root.owner);
        if (!serves || model->test) continue;
        if (runs++ == LIMIT_SUBCLASSES) {
            e->flow->statistics.cut_subclasses++;
            break;
        }
        run_root(e, root, root.owner, root_model_self(e, root.site, root.owner, model));
    }
    return runs > 0;
}

static void run_module(Evaluator *e, uint32_t module) {
    Activation top;
    activation_start(&top, e, NULL, module);
    const Module *code = e->project->modules[module].module;
    e->flow->statistics.roots++;
    execute(&top, code->root);
    touches_finish(e, &top);
    activation_end(&top);
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

/* "BookList" and "get" are BookList.get; "BookViewSet.list" says it already. */
static const char *framework_name(Evaluator *e, const Activation *top) {
    const char *name = project_text(e->project, top->function);
    const char *action = top->self ? project_text(e->project, top->self->name) : "";
    bool said = !*action || strchr(name, '.');
    return said ? name : arena_format(e->arena, "%s.%s", name, action);
}

void root_finish(Activation *top) {
    const Class *owner = top->owner;
    bool object = top->self && top->self->kind == VALUE_OBJECT;
    Site site = object ? top->self->site : owner ? owner->site : (Site){top->module, NODE_NONE};
    if (site.node != NODE_NONE && (object || (owner && !owner->external))) {
        entry_finish(top, site, framework_name(top->e, top));
        return;
    }
    touches_finish(top->e, top);
    activation_end(top);
}

/* What the middleware puts on requests is there when views run. */
static void run_middleware(Evaluator *e) {
    static const char *const names[] = {"process_request", "process_view", "__call__"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        for (uint32_t i = 0; i < e->project->classes.count; i++) {
            const Class *klass = e->project->classes.items[i];
            const ClassMember *member = class_member(klass, str_of(e->project->strings, names[k]));
            if (!strstr(project_text(e->project, klass->name), "Middleware") || klass->in_function
                || !member || member->owner != klass || member->kind != MEMBER_FUNCTION
                || !module_counts(e, klass->site.module))
                continue;
            run_root(e, (Root){member->site, klass}, klass, NULL);
        }
}

void run_roots(Evaluator *e) {
    Roots roots = {0};
    run_middleware(e);
    for (const Framework *const *framework = e->frameworks; *framework; framework++)
        if ((*framework)->roots) (*framework)->roots(e);
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
            Str name = site_name(e->project, site);
            bool said = name <= names && used[name];
            if (said != (pass == 1) || function_was_called(e, site)) continue;
            if (run_models(e, roots.items[i])) continue;
            run_root(e, roots.items[i], roots.items[i].owner, NULL);
            const Class *owner = roots.items[i].owner;
            if (owner && class_has_heirs(e, owner)) run_subclasses(e, roots.items[i]);
        }
}
