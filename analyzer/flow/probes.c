/* Questions about what is on a row already: hasattr(), prefetch caches, field caches.
 *
 * A queryset in view answers them by its plan. "No" is only said where nothing else could have
 * put it there: the plan is closed, and no assignment in the project sets an attribute of that
 * name. The branch behind a "no" is a fallback: it runs, but was written for the rare case. */
#include "flow/evaluate.h"

/* What can be set on rows from anywhere: names that an assignment or setattr() of the project
 * sets. Attributes that an object sets on itself count for rows in modules with models only. */

static bool node_is_name(const Project *project, uint32_t module, NodeId node, const char *text) {
    const Node *at = module_node(project->modules[module].module, node);
    return at->kind == NODE_NAME
           && !strcmp(project_text(project, project_name(project, module, at->name)), text);
}

static Str node_sets(const Project *project, uint32_t module, NodeId target, bool *own) {
    const Module *tree = project->modules[module].module;
    const Node *at = module_node(tree, target);
    if (at->kind != NODE_ATTRIBUTE) return STR_NONE;
    *own = node_is_name(project, module, node_child(tree, target, 0), "self");
    return project_name(project, module, at->name);
}

static void name_set(Evaluator *e, Str name, bool own) {
    if (name) map_put(e->arena, own ? &e->assigned_by_self : &e->assigned, name, e);
}

static void module_sets(Evaluator *e, uint32_t module, bool models) {
    const Project *project = e->project;
    const Module *tree = project->modules[module].module;
    for (NodeId id = 1; id < tree->nodes.count; id++) {
        const Node *node = module_node(tree, id);
        if (node->kind == NODE_ASSIGN) {
            for (uint32_t i = 2; i < node_count(tree, id); i++) {
                bool own = false;
                Str name = node_sets(project, module, node_child(tree, id, i), &own);
                name_set(e, name, own && !models);
            }
        } else if (node->kind == NODE_CALL && node_count(tree, id) == 4
                   && node_is_name(project, module, node_child(tree, id, 0), "setattr")) {
            const Node *name = module_node(tree, node_child(tree, id, 2));
            if (name->kind == NODE_STRING) name_set(e, project_name(project, module, name->name),
                                                    false);
        }
    }
}

static void names_that_are_set(Evaluator *e) {
    if (e->assigned_known) return;
    e->assigned_known = true;
    Map models = {0};
    for (uint32_t i = 0; i < e->project->models.count; i++) {
        const Class *klass = e->project->models.items[i]->klass;
        if (klass && !klass->external) map_put(e->arena, &models, klass->site.module + 1u, e);
    }
    for (uint32_t m = 0; m < e->project->module_count; m++)
        if (e->project->modules[m].module)
            module_sets(e, m, map_get(&models, m + 1u) != NULL);
}

static bool name_is_assigned(Evaluator *e, Str name) {
    names_that_are_set(e);
    return map_get(&e->assigned, name) != NULL;
}

bool name_is_set_anywhere(Evaluator *e, Str name) {
    return name_is_assigned(e, name) || map_get(&e->assigned_by_self, name);
}

/* Whether what the row carries is all in view. */
static bool row_is_closed(const Value *row) {
    unsigned unsure = VALUE_NEW | VALUE_DOUBTFUL;
    return row->birth->known && row->birth->model && !row->plan->open
           && row->plan->rows == ROWS_MODELS && !(row->flags & unsure);
}

static const Value *presence_no(Activation *a) {
    a->absent++;
    return a->e->no;
}

bool row_lacks(Activation *a, const Value *row, Str name) {
    Evaluator *e = a->e;
    if (!row_is_closed(row) || plan_has_annotation(row->plan, str_of(e->project->strings, "**")))
        return false;
    const Model *model = row->birth->model;
    if (!model->complete || !model->klass->mro_complete || model->abstract) return false;
    if (project_text(e->project, name)[0] == '_' && project_text(e->project, name)[1] == '_')
        return false;
    return !name_is_assigned(e, name);
}

/* The cache is there from the first prefetch on. */
static const Value *row_has_prefetches(Activation *a, const Value *row) {
    for (uint32_t i = 0; i < row->plan->load_count; i++)
        if (row->plan->loads[i].relation->many && !row->plan->loads[i].to_attr
            && row->plan->loads[i].cover == COVER_FULL)
            return a->e->yes;
    return row_is_closed(row) && !row->plan->load_count ? presence_no(a) : a->e->scalar;
}

const Value *row_has(Activation *a, const Value *row, Str name) {
    Evaluator *e = a->e;
    if (name_is(e, name, "_prefetched_objects_cache")) return row_has_prefetches(a, row);
    if (probe_of_row(e, row, name)) return e->yes;
    if (state_get(&a->state, fact_key(FACT_ATTRIBUTE, row->id, name))) return e->yes;
    const Load *load = plan_attribute(row->plan, name);
    if (load) return load->cover == COVER_MAYBE ? e->scalar : e->yes;
    if (plan_has_annotation(row->plan, name)) return e->yes;
    const Model *model = row->birth->model;
    if (!model) return e->scalar;
    if (model_relation(model, name) || model_field(model, name)
        || class_member(model->klass, name) || row_has_method(project_text(e->project, name)))
        return e->scalar; /* what reading it does is seen where it is read */
    return row_lacks(a, row, name) ? presence_no(a) : e->scalar;
}

static const Value *cover_answer(Activation *a, const Value *row, Cover cover) {
    if (cover == COVER_FULL) return a->e->yes;
    return cover == COVER_NONE && row_is_closed(row) ? presence_no(a) : a->e->scalar;
}

/* "books" in row._prefetched_objects_cache: to-many relations, under the manager's cache name. */
static const Value *prefetch_cached(Activation *a, const Value *row, Str name) {
    Evaluator *e = a->e;
    const Relation *relation = model_relation(row->birth->model, name);
    if (!relation) {
        relation = model_lookup(row->birth->model, name);
        if (relation && relation->kind != RELATION_REVERSE_M2M) relation = NULL;
    }
    if (!relation || !relation->many) return e->scalar;
    Cover cover = plan_cover(e->plans, row->plan, relation, NULL, NULL);
    return cover_answer(a, row, seed_cover(a, row, relation->name, cover));
}

/* "author" in row._state.fields_cache, field.is_cached(row): what was joined, prefetched, read or
 * assigned. */
static const Value *field_cached(Activation *a, const Value *row, Str name) {
    Evaluator *e = a->e;
    const Relation *relation = model_relation(row->birth->model, name);
    if (!relation || relation->many) return e->scalar;
    Cover cover = plan_cover(e->plans, row->plan, relation, NULL, NULL);
    return cover_answer(a, row, seed_cover(a, row, relation->name, cover));
}

static bool value_is_probe(const Evaluator *e, const Value *value, const char *name) {
    return value->kind == VALUE_BUILTIN && name_is(e, value->name, name);
}

static bool value_is_known_row(const Value *value) {
    return value && value->kind == VALUE_ROW && value->birth->model;
}

const Value *probe_contains(Activation *a, const Value *cache, const Value *key) {
    Evaluator *e = a->e;
    if (key->kind != VALUE_STRING || cache->kind != VALUE_BUILTIN
        || !value_is_known_row(cache->self))
        return e->scalar;
    if (value_is_probe(e, cache, "_prefetched_objects_cache"))
        return prefetch_cached(a, cache->self, key->name);
    if (value_is_probe(e, cache, "fields_cache")) return field_cached(a, cache->self, key->name);
    return e->scalar;
}

static const Value *probe_make(Evaluator *e, Str name, const Value *self) {
    return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name, .self = self});
}

const Value *probe_of_row(Evaluator *e, const Value *row, Str name) {
    static const char *const probes[] = {"_prefetched_objects_cache", "_state", "_meta"};
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        if (name_is(e, name, probes[i])) return probe_make(e, name, row);
    return NULL;
}

/* The chain row._state.fields_cache and Model.author.is_cached, link by link. */
const Value *probe_attribute(Evaluator *e, const Value *value, Str name) {
    const Value *self = value->self;
    if (value->kind != VALUE_BUILTIN || !self) return NULL;
    if (value_is_known_row(self) && value_is_probe(e, value, "_state")
        && name_is(e, name, "fields_cache"))
        return probe_make(e, name, self);
    bool field = self->kind == VALUE_CLASS && self->klass->model
                 && model_relation(self->klass->model, value->name);
    if (field && name_is(e, name, "is_cached")) return probe_make(e, name, value);
    bool cache = value_is_probe(e, value, "_prefetched_objects_cache")
                 || value_is_probe(e, value, "fields_cache");
    if (cache) return probe_make(e, name, value);
    bool meta = value_is_probe(e, value, "_meta");
    if (meta && name_is(e, name, "get_field")) return probe_make(e, name, value);
    return meta ? type_meta(e, self, name) : NULL;
}

/* Model._meta.get_field("author") and Model.author.is_cached(row). */
const Value *probe_call(Activation *a, const Value *self, Str name, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *given = argument(arguments, e, 0, NULL);
    if (!given || !self->self) return NULL;
    if (name_is(e, name, "get_field") && given->kind == VALUE_STRING) {
        const Class *klass = value_class(self->self);
        return klass ? probe_make(e, given->name,
                                  value_intern(e->values, &(Value){.kind = VALUE_CLASS,
                                                                   .klass = klass}))
                     : NULL;
    }
    if (name_is(e, name, "is_cached") && value_is_known_row(given))
        return field_cached(a, given, self->name);
    return NULL;
}

/* What a default stands for where the plan says that the attribute is not there. */
const Value *probe_default(Activation *a, const Value *value) {
    presence_no(a);
    return value_with_flags(a->e->values, value, VALUE_GUARD);
}
