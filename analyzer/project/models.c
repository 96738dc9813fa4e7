/* models.c - which classes are models, and what their Meta says.
 *
 * A class is a model when it inherits from Django's Model. One whose bases are not all in view
 * also counts if its own body declares a field of Django's: nothing else does that. The steps
 * below each run over all models, because each needs the one before done for all. */
#include "project/model.h"

#include <stdlib.h>

static Str known_name(const Project *project, const char *name) {
    return str_find(project->strings, name, strlen(name));
}

static const ClassMember *meta_member(const Project *project, const LinkModel *model,
                                      const char *name) {
    Str wanted = known_name(project, name);
    return model->meta && wanted ? class_member(model->meta, wanted) : NULL;
}

static Str meta_text(const Project *project, const LinkModel *model, const char *name) {
    const ClassMember *member = meta_member(project, model, name);
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return STR_NONE;
    return text_of(project, member->site, member->owner, 0);
}

/* A flag that is not inherited: only what the class's own Meta says itself counts. */
static bool meta_flag(const Project *project, const Class *klass, const char *name) {
    Str meta = known_name(project, "Meta"), wanted = known_name(project, name);
    const ClassMember *own = meta ? class_own(klass, meta) : NULL;
    if (!own || own->kind != MEMBER_CLASS || !wanted) return false;
    const ClassMember *member = class_own(own->klass, wanted);
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return false;
    const Node *node = site_node(project, member->site);
    return node->kind == NODE_CONSTANT && node->extra == CONSTANT_TRUE;
}

static LinkModel *model_make(Project *project, Class *klass) {
    LinkModel *made = arena_make(project->arena, LinkModel);
    made->concrete = made;
    made->model.klass = klass;
    made->model.complete = klass->mro_complete;
    made->model.abstract = meta_flag(project, klass, "abstract");
    made->model.proxy = !made->model.abstract && meta_flag(project, klass, "proxy");
    made->model.test = project->modules[klass->site.module].file->role == FILE_TEST;
    klass->model = &made->model;
    array_push(project->arena, &project->models, &made->model);
    return made;
}

/* Models that show it only by their fields; their subclasses are models, too. */
static bool is_model_by_fields(Project *project, Class *klass) {
    if (klass->mro_complete) return false;
    for (uint32_t i = 1; i < klass->mro_count; i++) {
        const Model *model = klass->mro[i]->model;
        if (model && !model->external) return true;
    }
    LinkModel trial = {.model = {.klass = klass}};
    fields_declare(project, &trial);
    for (uint32_t i = 0; i < trial.declared.count; i++) {
        Site callee = trial.declared.items[i].site;
        callee.node = site_child(project, callee, 0);
        Symbol symbol = scope_symbol(project, callee, klass);
        if (symbol.kind == SYMBOL_CLASS && class_is(symbol.klass, "django.db.models.Field"))
            return true;
    }
    return false;
}

static void find_models(Project *project) {
    for (uint32_t i = 0; i < project->classes.count; i++) {
        Class *klass = project->classes.items[i];
        if (class_is(klass, "django.db.models.Model")) model_make(project, klass);
    }
    for (unsigned again = 0; again < 2; again++) /* bases may stand below what inherits */
        for (uint32_t i = 0; i < project->classes.count; i++) {
            Class *klass = project->classes.items[i];
            if (!klass->model && is_model_by_fields(project, klass)) model_make(project, klass);
        }
}

/* Its own Meta, else that of the nearest abstract model or mixin. */
static const Class *find_meta(const Project *project, const Class *klass) {
    Str meta = known_name(project, "Meta");
    for (uint32_t i = 0; meta && i < klass->mro_count; i++) {
        const Model *model = klass->mro[i]->model;
        if (i && model && !model->abstract) continue;
        const ClassMember *member = class_own(klass->mro[i], meta);
        if (member) return member->kind == MEMBER_CLASS ? member->klass : NULL;
    }
    return NULL;
}

static bool is_ordered(const Project *project, const LinkModel *model) {
    const ClassMember *member = meta_member(project, model, "ordering");
    if (member && member->site.node) {
        uint8_t kind = site_node(project, member->site)->kind;
        bool list = kind == NODE_LIST || kind == NODE_TUPLE;
        return !list || node_count(project_module(project, member->site.module),
                                   member->site.node) > 0;
    }
    const Class *klass = model->model.klass; /* a parent with rows of its own passes it on */
    for (uint32_t i = 1; i < klass->mro_count; i++) {
        const Model *parent = klass->mro[i]->model;
        if (parent && !parent->abstract) return parent->ordered;
        if (parent && parent->external && parent->ordered) return true;
    }
    return false;
}

static void find_parents(Project *project, LinkModel *model) {
    const Class *klass = model->model.klass;
    for (uint32_t i = 1; i < klass->mro_count && model->model.parents.count < 32; i++) {
        const Model *parent = klass->mro[i]->model;
        if (!parent || parent->abstract) continue;
        array_push(project->arena, &model->model.parents, parent);
        if (model->model.proxy && model->concrete == model && !parent->proxy)
            model->concrete = link_model(parent);
    }
}

static void read_meta(Project *project, LinkModel *model) {
    model->meta = find_meta(project, model->model.klass);
    model->default_related_name = meta_text(project, model, "default_related_name");
    model->default_manager = meta_text(project, model, "default_manager_name");
    model->model.base_manager = meta_text(project, model, "base_manager_name");
    if (model->model.external) return;
    model->model.app = meta_text(project, model, "app_label");
    if (!model->model.app)
        model->model.app = settings_app_label(project, model->model.klass->site.module);
}

static void set_label(Project *project, LinkModel *model) {
    model->model.name = model->model.klass->name;
    model->model.label = name_join(project, model->model.app, model->model.name);
    Str key = name_lower(project, model->model.label);
    if (model->model.abstract || !key) return;
    ModelList *list = map_get(&project->index->labels, key);
    if (!list) {
        list = arena_make(project->arena, ModelList);
        map_put(project->arena, &project->index->labels, key, list);
    }
    if (list->models.count < LINK_CANDIDATES) array_push(project->arena, &list->models, model);
    else link_cut(project);
}

/* The orderings that a parent passes on need the parent's first: nearest bases come first in a
 * chain of parents, so the models are done by the length of their order of resolution. */
static int compare_depth(const void *left, const void *right) {
    const Class *one = (*(Model *const *)left)->klass, *other = (*(Model *const *)right)->klass;
    if (one->mro_count != other->mro_count) return one->mro_count < other->mro_count ? -1 : 1;
    if (one->external != other->external) return one->external ? -1 : 1;
    if (one->external) return strcmp(link_class(one)->text, link_class(other)->text);
    if (one->site.module != other->site.module)
        return one->site.module < other->site.module ? -1 : 1;
    return one->site.node < other->site.node ? -1 : one->site.node > other->site.node;
}

typedef struct Labelled {
    const char *label;
    Model *model;
} Labelled;

static int compare_labels(const void *left, const void *right) {
    const Labelled *one = left, *other = right;
    int order = strcmp(one->label, other->label);
    return order ? order : compare_depth(&one->model, &other->model);
}

static void sort_by_label(Project *project) {
    uint32_t count = project->models.count;
    Labelled *sorted = memory_alloc(sizeof *sorted * (count + 1));
    for (uint32_t i = 0; i < count; i++) {
        Model *model = project->models.items[i];
        sorted[i] = (Labelled){project_text(project, model->label), model};
    }
    qsort(sorted, count, sizeof *sorted, compare_labels);
    for (uint32_t i = 0; i < count; i++) project->models.items[i] = sorted[i].model;
    free(sorted);
}

static void declare_all(Project *project) {
    for (uint32_t i = 0; i < project->models.count; i++) {
        LinkModel *model = link_model(project->models.items[i]);
        if (model->model.external) contrib_declare(project, model);
        else fields_declare(project, model);
    }
    fields_add(project);
}

void models_link(Project *project) {
    contrib_models(project);
    find_models(project);
    settings_apps(project);
    if (project->models.count)
        qsort(project->models.items, project->models.count, sizeof *project->models.items,
              compare_depth);
    for (uint32_t i = 0; i < project->models.count; i++)
        read_meta(project, link_model(project->models.items[i]));
    for (uint32_t i = 0; i < project->models.count; i++) {
        LinkModel *model = link_model(project->models.items[i]);
        if (!model->model.external) model->model.ordered = is_ordered(project, model);
        find_parents(project, model);
        set_label(project, model);
    }
    settings_user(project);
    declare_all(project);
    sort_by_label(project);
    relations_link(project);
    models_gather(project);
    for (uint32_t i = 0; i < project->models.count; i++)
        managers_link(project, link_model(project->models.items[i]));
}
