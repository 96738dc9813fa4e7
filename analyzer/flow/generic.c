/* What a generic foreign key leads to: rows of any model, unless a GenericPrefetch names them.
 *
 *     GenericPrefetch("target", [Book.objects.select_related("author")])
 *
 *     plan ── target   prefetch  FULL ── below, open: (Book)  prefetch ── author  join
 *
 * Code that asks `isinstance(note.target, Book)` tells of one as well. A load of a model stands
 * below the key's under a relation that is made up for the model; rows are then born under the
 * key itself, as far as it leads to that model. */
#include "flow/evaluate.h"

static const Relation *relation_made(Evaluator *e, uint64_t key, const Relation *draft) {
    Relation *made = map_get(&e->generics, key);
    if (made) return made;
    made = arena_make(e->arena, Relation);
    *made = *draft;
    map_put(e->arena, &e->generics, key, made);
    return made;
}

static const Relation *relation_of_model(Evaluator *e, const Model *model) {
    Relation draft = {.kind = RELATION_GENERIC_FK, .name = model->name,
                      .query_name = model->name, .to = model};
    return relation_made(e, (uint64_t)(uintptr_t)model, &draft);
}

static const Relation *relation_to_model(Evaluator *e, const Relation *key, const Model *model) {
    Relation draft = *key;
    draft.to = model;
    uint64_t hash = hash_mix((uint64_t)(uintptr_t)key, (uint64_t)(uintptr_t)model);
    return relation_made(e, hash, &draft);
}

/* The row behind the key: of the models that are named, or of one that is not in view. */
const Value *generic_target(Activation *a, NodeId node, const Value *row, const Relation *key,
                            const Plan *below) {
    Evaluator *e = a->e;
    const Value *joined = NULL;
    for (uint32_t i = 0; i < below->load_count; i++) {
        const Load *load = &below->loads[i];
        if (load->relation->kind != RELATION_GENERIC_FK || load->relation->from) continue;
        const Relation *relation = relation_to_model(e, key, load->relation->to);
        const Birth *birth = birth_below(e, row->birth, relation, site_of(a, node));
        if (!birth) continue;
        Value draft = *row_make(e, birth, load->below, row->turn, row);
        draft.site = row->site;
        draft.flags |= VALUE_DOUBTFUL; /* there may be none of this model */
        const Value *target = value_intern(e->values, &draft);
        joined = value_join(e->values, e->plans, joined, target);
    }
    if (joined) return joined;
    unknown_because(e, "target of a generic foreign key");
    return value_intern(e->values, &(Value){.kind = VALUE_UNKNOWN, .self = row, .plan = below,
                                            .attr = key->name});
}

/* The row behind isinstance(value, Book). NULL: the value is nothing that a key led to. */
const Value *generic_told(Activation *a, NodeId node, const Value *value, const Value *wanted) {
    Evaluator *e = a->e;
    const Value *row = value->self;
    bool asked = value->kind == VALUE_UNKNOWN && row && row->kind == VALUE_ROW && value->plan
                 && wanted->kind == VALUE_CLASS && row->birth->model;
    const Model *model = asked ? wanted->klass->model : NULL;
    const Relation *key = model ? model_relation(row->birth->model, value->attr) : NULL;
    if (!key || model->abstract || key->kind != RELATION_GENERIC_FK) return NULL;
    const Relation *relation = relation_to_model(e, key, model);
    const Birth *birth = birth_below(e, row->birth, relation, site_of(a, node));
    if (!birth) return NULL;
    const Plan *plan = relation_plan(e, relation);
    uint64_t by_hand = fact_key(FACT_ATTRIBUTE, e->unknown->id, e->plan_fact);
    if (value->plan->open || state_get(&a->state, by_hand)) plan = plan_open(e->plans);
    Value draft = *row_make(e, birth, plan, row->turn, row);
    draft.site = row->site;
    draft.flags |= VALUE_DOUBTFUL | (value->flags & VALUE_MADE);
    return value_intern(e->values, &draft);
}

/* GenericPrefetch("target", [querysets], to_attr="..."). */
const Value *generic_prefetch(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *path = argument(arguments, e, 0, "lookup");
    const Value *querysets = argument(arguments, e, 1, "querysets");
    const Value *to_attr = argument(arguments, e, 2, "to_attr");
    if (!path || path->kind != VALUE_STRING || arguments->open) return e->unknown;
    Value draft = {.kind = VALUE_PREFETCH, .name = path->name, .site = site_of(a, node),
                   .flags = VALUE_QUERY, .plan = plan_open(e->plans)};
    if (to_attr && to_attr->kind == VALUE_STRING) draft.attr = to_attr->name;
    else if (to_attr && to_attr->kind != VALUE_NONE) return e->unknown;
    bool listed = querysets && querysets->kind == VALUE_SEQUENCE;
    for (uint32_t i = 0; listed && i < querysets->count; i++) {
        const Value *rows = querysets->items[i];
        if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
        if (rows->kind != VALUE_QUERYSET || !rows->birth->model) continue;
        Load load = {.relation = relation_of_model(e, rows->birth->model), .how = LOAD_PREFETCH,
                     .cover = COVER_FULL, .below = rows->plan};
        draft.plan = plan_add(e->plans, draft.plan, &load);
    }
    return value_intern(e->values, &draft);
}
