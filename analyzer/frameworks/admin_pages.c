/* What the admin writes by str() beside its lists and forms.
 *
 *     list_filter = ["editor"]               each editor: a link that narrows the list
 *     autocomplete_fields = ["editor"]       what is found, 20 at a time, by the editor's own admin
 *     deleting an author                     each row that goes with it, and what goes with that
 *
 * The filters ask the default manager, the search the get_queryset() of the class, and a deletion
 * joins nothing but the key by which it found the row. How often somebody searches or deletes is
 * not known: what only these two ask is possible. */
#include "frameworks/admin.h"

#define ADMIN "django.contrib.admin."

enum { LIMIT_DELETED = 64 }; /* models whose rows go with one row */

static void texts_show(Activation *a, NodeId node, const Value *queryset) {
    Walk walk;
    if (queryset->kind != VALUE_QUERYSET || !walk_start(a, node, node, queryset, &walk)) return;
    walk_turn(a, &walk);
    use_text(a, node, walk.item);
    walk_end(a, &walk, true);
}

/* One place for all that ask a model's manager: where the model is declared. */
static const Value *rows_at_model(Activation *a, const Model *model, const char *manager) {
    Site site = model->klass->site;
    Standing before = declared_enter(a, site, a->surface);
    const Value *made = manager_make(a, site.node, model, name_of(a->e, manager));
    const Value *rows = made ? manager_queryset(a, site.node, made) : a->e->unknown;
    declared_leave(a, before);
    return rows;
}

static bool model_in_view(const Model *model) {
    return model && model->klass && !model->klass->external;
}

/* -- filters -- */

/* "editor__publisher": the model of the last part, when that is a relation. */
static const Model *filter_target(Evaluator *e, const Model *model, const char *path) {
    const Relation *relation = NULL;
    for (const char *end = path; model && end; path = end + 2) {
        end = strstr(path, "__");
        size_t length = end ? (size_t)(end - path) : strlen(path);
        relation = model_lookup(model, str_intern(e->project->strings, path, length));
        model = relation ? relation->to : NULL;
        if (!end) break;
    }
    return model_in_view(model) ? model : NULL;
}

/* The path of a filter that Django makes by itself, or by one of its own classes. */
static const Value *filter_path(Evaluator *e, const Value *filter) {
    static const char *const known[] = {ADMIN "RelatedFieldListFilter",
                                        ADMIN "RelatedOnlyFieldListFilter",
                                        ADMIN "filters.RelatedFieldListFilter",
                                        ADMIN "filters.RelatedOnlyFieldListFilter"};
    if (filter->kind == VALUE_STRING) return filter;
    if (filter->kind != VALUE_SEQUENCE || filter->count != 2) return NULL;
    const Value *klass = filter->items[1];
    Str name = klass->kind == VALUE_EXTERNAL ? klass->name
               : klass->kind == VALUE_CLASS  ? klass->klass->qualified : STR_NONE;
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (!strcmp(project_text(e->project, name), known[i]))
            return filter->items[0]->kind == VALUE_STRING ? filter->items[0] : NULL;
    return NULL;
}

void admin_filters_show(AdminRun *run) {
    Activation *a = &run->top;
    Evaluator *e = a->e;
    Arguments given = arguments_of(run->node, &run->request, 1);
    Option filters = option_hooked(a, run->admin, "get_list_filter", "list_filter", &given);
    const Value *list = filters.value;
    for (uint32_t i = 0; list && list->kind == VALUE_SEQUENCE && i < list->count; i++) {
        const Value *path = filter_path(e, list->items[i]);
        const char *text = path ? project_text(e->project, path->name) : "";
        const Model *target = *text ? filter_target(e, run->registration->model, text) : NULL;
        if (!target) continue;
        Site site = site_of_text(e, filters.site, path->name);
        Standing before = declared_enter(a, site, a->surface);
        texts_show(a, site.node, rows_at_model(a, target, "_default_manager"));
        declared_leave(a, before);
    }
}

/* -- searches -- */

static const Value *class_constant(Evaluator *e, const Class *klass, const char *name) {
    const ClassMember *member = class_member(klass, name_of(e, name));
    bool said = member && member->kind == MEMBER_VALUE && member->site.node;
    return said ? evaluate_constant(e, member->site, member->owner) : NULL;
}

static void searched_add(Evaluator *e, Map *searched, const Class *klass, const Model *model) {
    const Value *names = class_constant(e, klass, "autocomplete_fields");
    for (uint32_t i = 0; names && names->kind == VALUE_SEQUENCE && i < names->count; i++) {
        const Value *name = names->items[i];
        const Relation *relation = name->kind == VALUE_STRING ? model_relation(model, name->name)
                                                              : NULL;
        if (relation && relation->to)
            map_put(e->arena, searched, (uintptr_t)relation->to, (void *)(uintptr_t)relation);
    }
}

void admin_searched(Evaluator *e, const Registrations *found, Map *searched) {
    for (uint32_t i = 0; i < found->items.count; i++) {
        const Registration *one = &found->items.items[i];
        searched_add(e, searched, one->klass, one->model);
        const Value *inlines = class_constant(e, one->klass, "inlines");
        uint32_t count = inlines && inlines->kind == VALUE_SEQUENCE ? inlines->count : 0;
        for (uint32_t k = 0; k < count; k++) {
            const Value *inlined = inlines->items[k];
            if (inlined->kind != VALUE_CLASS) continue;
            const Value *model = class_constant(e, inlined->klass, "model");
            if (model && model->kind == VALUE_CLASS && model->klass->model)
                searched_add(e, searched, inlined->klass, model->klass->model);
        }
    }
}

/* get_search_results(request, queryset, term): the rows, and whether they may be there twice. */
static const Value *search_results(AdminRun *run, const Value *queryset) {
    Activation *a = &run->top;
    const ClassMember *own = class_method(a->e, run->admin->klass, "get_search_results");
    if (!own) return queryset;
    const Value *given[] = {run->request, queryset, a->e->scalar};
    Arguments arguments = arguments_of(own->site.node, given, 3);
    Standing before = declared_enter(a, own->site, a->surface);
    const Value *found = call_member(a, own->site.node, run->admin, own, &arguments);
    declared_leave(a, before);
    return found->kind == VALUE_SEQUENCE && found->count == 2 ? found->items[0] : a->e->unknown;
}

void admin_search(Evaluator *e, const Registration *registration) {
    AdminRun run;
    if (registration->klass->external) return;
    admin_start(&run, e, registration, "autocomplete");
    Activation *a = &run.top;
    const Value *rows = admin_queryset(a, run.node, run.admin, run.request);
    if (rows->kind == VALUE_QUERYSET) rows = search_results(&run, rows);
    Site site = option_of(a, run.admin, "search_fields").site;
    Standing before = declared_enter(a, site, a->surface);
    if (rows->kind == VALUE_QUERYSET)
        texts_show(a, site.node, queryset_sliced(a, site.node, rows, true));
    declared_leave(a, before);
    admin_finish(&run);
}

/* -- deletions -- */

static bool relation_cascades(Evaluator *e, const Relation *reverse) {
    const Relation *key = reverse->inverse;
    bool back = reverse->kind == RELATION_REVERSE_FK || reverse->kind == RELATION_REVERSE_O2O;
    if (!back || !key || !key->site.node || !model_in_view(reverse->to)) return false;
    if (reverse->to->abstract || site_node(e->project, key->site)->kind != NODE_CALL) return false;
    Site said = {key->site.module, declared_argument(e, key->site, 1, "on_delete")};
    const Node *node = site_node(e->project, said);
    bool named = said.node && (node->kind == NODE_NAME || node->kind == NODE_ATTRIBUTE);
    return named && name_is(e, project_name(e->project, said.module, node->name), "CASCADE");
}

typedef struct Deleted {
    const Model *models[LIMIT_DELETED];
    uint32_t count;
} Deleted;

static bool deleted_add(Evaluator *e, Deleted *deleted, const Model *model) {
    for (uint32_t i = 0; i < deleted->count; i++)
        if (deleted->models[i] == model) return false;
    if (deleted->count == LIMIT_DELETED) {
        e->flow->statistics.cut_subclasses++;
        return false;
    }
    deleted->models[deleted->count++] = model;
    return true;
}

/* The rows that a key leads back from, each with what the key leads to. */
static void deleted_show(AdminRun *run, const Relation *reverse) {
    Activation *a = &run->top;
    Evaluator *e = a->e;
    const Value *rows = rows_at_model(a, reverse->to, "_base_manager");
    if (rows->kind != VALUE_QUERYSET) return;
    Load load = {.relation = reverse->inverse, .how = LOAD_JOIN, .cover = COVER_FULL};
    texts_show(a, run->node,
               value_with_plan(e->values, rows, plan_add(e->plans, rows->plan, &load)));
}

void admin_delete(Evaluator *e, const Registration *registration) {
    static const char *const hooks[] = {"has_delete_permission", "get_deleted_objects",
                                        "delete_view", "delete_confirmation_template"};
    AdminRun run;
    Deleted deleted = {0};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        if (class_member(registration->klass, name_of(e, hooks[i]))) return;
    if (registration->klass->external) return;
    admin_start(&run, e, registration, "delete");
    run.top.fallback++;
    deleted_add(e, &deleted, registration->model);
    for (uint32_t at = 0; at < deleted.count; at++) {
        const Model *model = deleted.models[at];
        for (uint32_t i = 0; i < model->relations.count; i++) {
            const Relation *relation = model->relations.items[i];
            if (relation_cascades(e, relation) && deleted_add(e, &deleted, relation->to))
                deleted_show(&run, relation);
        }
    }
    run.top.fallback--;
    admin_finish(&run);
}
