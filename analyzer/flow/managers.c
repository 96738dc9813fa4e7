/* Managers: which class and which plan the rows of Book.objects and of author.books come with.
 *
 * Django asks for rows through three managers: the one that is named, the default one for to-many
 * relations and their prefetches, the base one for single-valued relations. What a manager's
 * get_queryset() loads comes along in each of these ways. */
#include "flow/evaluate.h"

static const Value *queryset_class_of(const Value *value) {
    return value->count ? value->items[0] : NULL;
}

const Class *queryset_klass(const Value *manager) {
    const Value *named = queryset_class_of(manager);
    if (named) return named->klass;
    for (uint32_t i = 0; manager->klass && i < manager->klass->mro_count; i++)
        if (manager->klass->mro[i]->queryset) return manager->klass->mro[i]->queryset;
    return NULL;
}

/* Whether part of the class is out of view, so that it may load anything. */
static bool class_is_foreign(const Class *klass) {
    return klass && !klass->mro_complete;
}

static const Value *manager_draft(Activation *a, const Birth *birth, const Manager *manager,
                                  const Plan *plan, const Value *parent) {
    Evaluator *e = a->e;
    Value draft = {.kind = VALUE_MANAGER, .birth = birth, .plan = plan, .self = parent};
    const Value *items[1];
    if (manager) {
        draft.klass = manager->manager;
        bool foreign = !manager->known || class_is_foreign(manager->manager);
        if (foreign) draft.flags |= VALUE_DOUBTFUL;
        if (foreign && !manager->outside) {
            draft.plan = plan_opened(e->plans, plan);
            open_because(e, "manager whose class is not in view");
        }
        if (manager->queryset) {
            items[0] = value_intern(e->values, &(Value){.kind = VALUE_CLASS,
                                                        .klass = manager->queryset});
            draft.items = items;
            draft.count = 1;
        }
    }
    return value_intern(e->values, &draft);
}

/* Book.objects: rows are born here. NULL: the model has no such manager. */
const Value *manager_make(Activation *a, NodeId node, const Model *model, Str name) {
    Evaluator *e = a->e;
    const Manager *manager = model_manager(model, name);
    bool base = name_is(e, name, "_base_manager");
    bool fallback = name_is(e, name, "objects") || name_is(e, name, "_default_manager");
    if (!manager && !fallback && !base) return NULL;
    if (!manager) manager = base ? model_base_manager(model) : model_default_manager(model);
    NodeId named = child_at(a, node, 0);
    uint8_t kind = node_at(a, named)->kind;
    bool shared = node_at(a, node)->kind == NODE_ATTRIBUTE
                  && (kind == NODE_ATTRIBUTE || kind == NODE_NAME)
                  && node_name(a, named) != model->klass->name;
    const Birth *birth = birth_make(e, &(Birth){.site = site_of(a, node), .model = model,
                                                .known = true, .shared = shared});
    const Plan *plan = model->abstract ? plan_open(e->plans) : plan_empty(e->plans);
    return manager_draft(a, birth, manager, plan, NULL);
}

/* row.books: the manager of a to-many relation, which knows the row. */
const Value *manager_related(Activation *a, NodeId node, const Value *row,
                             const Relation *relation) {
    Evaluator *e = a->e;
    const Load *load = NULL;
    Cover cover = plan_cover(e->plans, row->plan, relation, &load, NULL);
    touch_noted(a, node, cover);
    touch_read(a, node, row, relation, cover, load);
    const Birth *birth = relation->to ? birth_below(e, row->birth, relation, site_of(a, node))
                                      : NULL;
    if (!birth) return unknown_because(e, "target of a relation outside of view");
    const Plan *plan = plan_with_fetch(e->plans, plan_empty(e->plans), row->plan->fetch);
    return manager_draft(a, birth, model_default_manager(relation->to), plan, row);
}

/* row.books(manager="archive"): the same relation through another manager of its model. */
const Value *manager_called(Activation *a, const Value *manager, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *name = argument(arguments, e, 99, "manager");
    if (!queryset_relation(manager) || !name) return manager;
    const Manager *other = name->kind == VALUE_STRING
                               ? model_manager(manager->birth->model, name->name) : NULL;
    if (!other) return unknown_because(e, "manager chosen by a computed name");
    return manager_draft(a, manager->birth, other, plan_empty(e->plans), manager->self);
}

const Plan *plan_known_parent(Activation *a, const Plan *plan, const Relation *relation) {
    bool known = relation->inverse && (relation->kind == RELATION_REVERSE_FK
                                       || relation->kind == RELATION_REVERSE_O2O);
    if (!known) return plan;
    return plan_add(a->e->plans, plan, &(Load){.relation = relation->inverse, .how = LOAD_KNOWN,
                                               .cover = COVER_FULL,
                                               .below = plan_open(a->e->plans)});
}

/* The manager's own queryset before any get_queryset() of the project. */
static const Value *manager_base(Activation *a, NodeId node, const Value *manager) {
    Evaluator *e = a->e;
    Value draft = {.kind = VALUE_QUERYSET, .birth = manager->birth, .plan = manager->plan,
                   .self = manager->self, .klass = queryset_klass(manager),
                   .site = site_of(a, node), .turn = activation_turn(a),
                   .flags = manager->flags & VALUE_DOUBTFUL};
    if (manager->birth->model && manager->birth->model->ordered) draft.flags |= VALUE_ORDERED;
    const Relation *relation = queryset_relation(manager);
    if (relation) draft.plan = plan_known_parent(a, draft.plan, relation);
    return value_intern(e->values, &draft);
}

/* The manager's own get_queryset(), whatever a prefetch has brought. */
static const Value *manager_asked(Activation *a, NodeId node, const Value *manager) {
    Evaluator *e = a->e;
    Str name = str_of(e->project->strings, "get_queryset");
    const ClassMember *member = manager->klass ? class_member(manager->klass, name) : NULL;
    if (!member || member->kind != MEMBER_FUNCTION) return manager_base(a, node, manager);
    const Value *given = call_member(a, node, manager, member, &(Arguments){0});
    if (given->kind == VALUE_QUERYSET) {
        Value draft = *given;
        draft.turn = activation_turn(a);
        draft.flags &= (uint16_t)~(VALUE_ALL | VALUE_NARROWED);
        return value_intern(e->values, &draft);
    }
    const Value *base = manager_base(a, node, manager);
    open_because(e, "get_queryset() that could not be followed");
    return value_with_plan(e->values, base, plan_opened(e->plans, base->plan));
}

const Value *queryset_anew(Activation *a, NodeId node, const Value *qs) {
    Evaluator *e = a->e;
    const Load *load = NULL;
    const Relation *relation = queryset_relation(qs);
    if (!relation || qs->flags & (VALUE_NARROWED | VALUE_REBUILT)) return qs;
    queryset_cover(a, qs, &load, NULL);
    if (!load) return qs;
    if (load->own)
        return value_with_plan(e->values, qs, plan_known_parent(a, load->own, relation));
    const Value *manager = manager_related(a, node, qs->self, relation);
    if (manager->kind != VALUE_MANAGER) return qs;
    const Value *fresh = manager_asked(a, node, manager);
    return fresh->kind == VALUE_QUERYSET ? value_with_plan(e->values, qs, fresh->plan) : qs;
}

const Value *manager_queryset(Activation *a, NodeId node, const Value *manager) {
    Evaluator *e = a->e;
    const Load *load;
    const Plan *below;
    const Relation *relation = queryset_relation(manager);
    if (relation) {
        Cover cover = queryset_cover(a, manager, &load, &below);
        const Value *base = manager_base(a, node, manager);
        if (cover == COVER_OPEN || (cover != COVER_NONE && !load))
            return value_with_plan(e->values, base, plan_known_parent(a, below, relation));
        if (load) {
            base = value_with_plan(e->values, base, plan_known_parent(a, load->below, relation));
            Value draft = *base;
            draft.flags &= (uint16_t)~VALUE_ORDERED; /* order_by() in Prefetch(queryset=...) */
            if (load->ordered) draft.flags |= VALUE_ORDERED;
            return value_intern(e->values, &draft);
        }
    }
    return manager_asked(a, node, manager);
}

const Value *queryset_construct(Activation *a, NodeId node, const Class *klass,
                                const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *given = argument(arguments, e, 0, "model");
    const Value *manager = a->self && a->self->kind == VALUE_MANAGER ? a->self : NULL;
    const Model *model = given && given->kind == VALUE_CLASS ? given->klass->model : NULL;
    if (!manager && model) {
        manager = manager_make(a, node, model, str_of(e->project->strings, "_base_manager"));
    } else if (!manager) {
        return unknown_because(e, "queryset of a model that is not in view");
    }
    Value draft = *manager_base(a, node, manager);
    draft.klass = klass;
    return value_intern(e->values, &draft);
}

static const Plan *manager_evaluate(Evaluator *e, const Model *model, const Manager *manager) {
    Activation a;
    Site site = manager->site.node ? manager->site : model->klass->site;
    activation_start(&a, e, NULL, site.module);
    a.muted = 1;
    const Birth *birth = birth_make(e, &(Birth){.site = site, .model = model});
    const Value *made = manager_draft(&a, birth, manager, plan_empty(e->plans), NULL);
    const Value *given = manager_queryset(&a, site.node, made);
    activation_end(&a);
    return given->kind == VALUE_QUERYSET ? given->plan : plan_open(e->plans);
}

const Plan *relation_plan(Evaluator *e, const Relation *relation) {
    const Model *model = relation->to;
    if (!model && relation->kind == RELATION_GENERIC_FK) return plan_empty(e->plans);
    if (!model) return plan_open(e->plans);
    const Manager *manager = relation->many ? model_default_manager(model)
                                            : model_base_manager(model);
    if (!manager || (manager->known && !manager->manager)) return plan_empty(e->plans);
    if (!manager->known) return manager->outside ? plan_empty(e->plans) : plan_open(e->plans);
    uint64_t key = hash_mix((uint64_t)(uintptr_t)model, manager->name);
    const Plan *known = map_get(&e->manager_plans, key);
    if (known) return known;
    /* A get_queryset() that comes back here gets a plan that says nothing. */
    map_put(e->arena, &e->manager_plans, key, (void *)(uintptr_t)plan_open(e->plans));
    known = manager_evaluate(e, model, manager);
    map_put(e->arena, &e->manager_plans, key, (void *)(uintptr_t)known);
    return known;
}

const Value *manager_of_unknown(Activation *a, NodeId node, Str name) {
    Evaluator *e = a->e;
    if (!name_is(e, name, "_default_manager") && !name_is(e, name, "_base_manager")) return NULL;
    const Birth *birth = birth_make(e, &(Birth){.site = site_of(a, node), .known = true});
    return value_intern(e->values, &(Value){.kind = VALUE_MANAGER, .birth = birth,
                                            .plan = plan_open(e->plans),
                                            .flags = VALUE_DOUBTFUL});
}
