/* managers.c - the managers of each model, in Django's order: by distance along the order of
 * resolution, then by place in the class body. */
#include "project/model.h"

#include <stdlib.h>

enum { MANAGER_DEPTH = 8 };

/* Django's own classes say nothing that a NULL does not. */
static const Class *unless_plain(const Class *klass) {
    const char *text = klass ? link_class(klass)->text : "";
    bool plain = klass && klass->external && (strcmp(text, "django.db.models.Manager") == 0 ||
                                              strcmp(text, "django.db.models.QuerySet") == 0 ||
                                              strcmp(text, "django.db.models.BaseManager") == 0);
    return plain ? NULL : klass;
}

/* A class of managers, or one whose unseen base is called one. */
static bool is_manager_class(const Class *klass) {
    if (class_is(klass, "django.db.models.BaseManager")) return true;
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        const LinkClass *at = link_class(klass->mro[i]);
        if (at->klass.external && !at->whole && text_ends(at->text, "Manager")) return true;
    }
    return false;
}

/* X.from_queryset(Q): a class, so this is what calling it makes. */
static bool find_from_queryset(const Project *project, Site call, const Class *scope,
                               Manager *found) {
    Site callee = {call.module, site_child(project, call, 0)};
    Site object = {call.module, site_child(project, callee, 0)};
    if (site_node(project, object)->kind == NODE_CALL) /* X().from_queryset(Q): the same */
        object.node = site_child(project, object, 0);
    Symbol base = scope_symbol(project, object, scope);
    Symbol queryset = scope_symbol(project, call_argument(project, call, 0, "queryset_class"),
                                   scope);
    found->known = base.kind == SYMBOL_CLASS && queryset.kind == SYMBOL_CLASS;
    if (base.kind == SYMBOL_CLASS) found->manager = unless_plain(base.klass);
    if (queryset.kind == SYMBOL_CLASS) found->queryset = unless_plain(queryset.klass);
    return true;
}

/* Its models fetch a relation for all rows of a queryset at once, whatever the project says. */
static bool prefetches_by_itself(const Project *project, const char *dotted) {
    const ProjectOptions *options = &project->index->options;
    if (strncmp(dotted, "auto_prefetch.", 14) == 0) return true;
    for (uint32_t i = 0; i < options->auto_eager_count; i++)
        if (strcmp(dotted, options->auto_eager_bases[i]) == 0) return true;
    return false;
}

static bool class_prefetches(const Project *project, const Class *klass) {
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        const LinkClass *at = link_class(klass->mro[i]);
        const char *name = at->klass.external ? at->text
                                              : project_text(project, at->klass.qualified);
        if (name && prefetches_by_itself(project, name)) return true;
        for (uint32_t k = 0; k < at->klass.base_count; k++)
            if (prefetches_by_itself(project, link_class(at->klass.bases[k])->text)) return true;
    }
    return false;
}

static bool is_method(const Project *project, Site callee, const char *name) {
    return site_node(project, callee)->kind == NODE_ATTRIBUTE &&
           strcmp(project_text(project, site_name(project, callee)), name) == 0;
}

static bool find_as_manager(const Project *project, Site callee, const Class *scope,
                            Manager *found) {
    Site object = {callee.module, site_child(project, callee, 0)};
    Symbol symbol = scope_symbol(project, object, scope);
    found->known = symbol.kind == SYMBOL_CLASS;
    if (found->known) found->queryset = unless_plain(symbol.klass);
    return true;
}

static bool find_manager(const Project *project, Site site, const Class *scope, Manager *found,
                         unsigned depth);

/* A call of something that is not a class in view: a name that stands for from_queryset(), or
 * what looks like a manager by its name alone. */
static bool find_called(const Project *project, Site callee, const Class *scope, Symbol symbol,
                        Manager *found) {
    if (symbol.kind == SYMBOL_VALUE && symbol.site.node &&
        site_node(project, symbol.site)->kind == NODE_CALL) {
        Site inner = {symbol.site.module, site_child(project, symbol.site, 0)};
        if (is_method(project, inner, "from_queryset"))
            return find_from_queryset(project, symbol.site, NULL, found);
    }
    const Node *node = site_node(project, callee);
    if (is_method(project, callee, "order_by")) { /* model_utils: QueryManager(...).order_by() */
        Site object = {callee.module, site_child(project, callee, 0)};
        return find_manager(project, object, scope, found, MANAGER_DEPTH);
    }
    if (node->kind == NODE_CALL) {
        Site inner = {callee.module, site_child(project, callee, 0)};
        return is_method(project, inner, "from_queryset") &&
               find_from_queryset(project, callee, scope, found);
    }
    const char *name = project_text(project, symbol.kind == SYMBOL_EXTERNAL
                                                 ? symbol.dotted : site_name(project, callee));
    found->outside &= symbol.kind == SYMBOL_EXTERNAL && !prefetches_by_itself(project, name);
    return text_ends(name, "Manager");
}

static bool find_manager(const Project *project, Site site, const Class *scope, Manager *found,
                         unsigned depth) {
    const Node *node = site_node(project, site);
    if (depth > MANAGER_DEPTH) {
        link_cut(project);
        return false;
    }
    if (node->kind == NODE_NAME || node->kind == NODE_ATTRIBUTE) {
        Symbol symbol = scope_symbol(project, site, scope);
        return symbol.kind == SYMBOL_VALUE && symbol.site.node &&
               find_manager(project, symbol.site, NULL, found, depth + 1);
    }
    if (node->kind != NODE_CALL) return false;
    Site callee = {site.module, site_child(project, site, 0)};
    if (is_method(project, callee, "as_manager"))
        return find_as_manager(project, callee, scope, found);
    Symbol symbol = scope_symbol(project, callee, scope);
    found->outside = node_count(project_module(project, site.module), site.node) == 1;
    if (symbol.kind != SYMBOL_CLASS) return find_called(project, callee, scope, symbol, found);
    if (!is_manager_class(symbol.klass)) return false;
    /* django-scopes: ScopedManager(event="event", _manager_class=X) is an X */
    Site wrapped = call_argument(project, site, -1, "_manager_class");
    Symbol inner = wrapped.node ? scope_symbol(project, wrapped, scope) : symbol;
    found->known = inner.kind == SYMBOL_CLASS;
    if (found->known) found->manager = unless_plain(inner.klass);
    if (found->known) found->queryset = unless_plain(inner.klass->queryset);
    return true;
}

static int compare_places(const void *left, const void *right) {
    const Manager *one = left, *other = right;
    return one->site.node < other->site.node ? -1 : one->site.node > other->site.node;
}

static void add(Project *project, Model *model, Manager manager) {
    if (!model_manager(model, manager.name))
        array_push(project->arena, &model->managers, manager);
}

/* The managers one class declares, in order, appended to the model's. */
static void add_class(Project *project, LinkModel *model, const Class *klass) {
    LinkModel own = {0};
    for (uint32_t i = 0; i < klass->members.count; i++) {
        const ClassMember *member = &klass->members.items[i];
        if (member->kind != MEMBER_VALUE || !member->site.node) continue;
        Manager manager = {.name = member->name, .site = member->site};
        if (find_manager(project, member->site, klass, &manager, 0))
            array_push(project->arena, &own.model.managers, manager);
    }
    if (own.model.managers.count)
        qsort(own.model.managers.items, own.model.managers.count,
              sizeof *own.model.managers.items, compare_places);
    const LinkModel *from = link_model(klass->model);
    if (from && from->table) {
        own.table = from->table;
        contrib_managers(project, &own);
    }
    for (uint32_t i = 0; i < own.model.managers.count; i++)
        add(project, &model->model, own.model.managers.items[i]);
}

static const LinkModel *model_above(const Class *klass) {
    for (uint32_t i = 1; i < klass->mro_count; i++)
        if (klass->mro[i]->model) return link_model(klass->mro[i]->model);
    return NULL;
}

/* What its Meta does not say is taken from the model above it, abstract or not: the default
 * manager only by a model without managers of its own, and only from the next one. */
static void find_named(LinkModel *model, bool has_own) {
    const LinkModel *above = model_above(model->model.klass);
    if (above && !model->default_manager && !has_own)
        model->default_manager = above->default_manager;
    for (; above && !model->model.base_manager; above = model_above(above->model.klass))
        model->model.base_manager = above->model.base_manager;
}

/* Meta.default_manager_name: that one comes first. */
static void put_default_first(LinkModel *model) {
    for (uint32_t i = 1; model->default_manager && i < model->model.managers.count; i++) {
        Manager manager = model->model.managers.items[i];
        if (manager.name != model->default_manager) continue;
        memmove(&model->model.managers.items[1], &model->model.managers.items[0],
                sizeof manager * i);
        model->model.managers.items[0] = manager;
        return;
    }
}

void managers_link(Project *project, LinkModel *model) {
    const Class *klass = model->model.klass;
    uint32_t own = 0;
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        if (klass->mro[i]->model) add_class(project, model, klass->mro[i]);
        if (!i) own = model->model.managers.count;
    }
    find_named(model, own > 0);
    put_default_first(model);
    if (model->model.managers.count || model->model.abstract) return;
    Manager implied = {.name = str_of(project->strings, "objects"),
                       .known = model->model.complete,
                       .outside = !class_prefetches(project, klass),
                       .site = {klass->site.module, NODE_NONE}};
    array_push(project->arena, &model->model.managers, implied);
}

const Manager *model_manager(const Model *model, Str name) {
    for (uint32_t i = 0; i < model->managers.count; i++)
        if (model->managers.items[i].name == name) return &model->managers.items[i];
    return NULL;
}

const Manager *model_default_manager(const Model *model) {
    return model->managers.count ? &model->managers.items[0] : NULL;
}

const Manager *model_base_manager(const Model *model) {
    return model->base_manager ? model_manager(model, model->base_manager) : NULL;
}
