/* What reading an attribute of a row costs, and gives.
 *
 *     book ── author (FK)     in the plan: the row below; else LOAD, then an empty plan
 *          ── tags (to-many)  a manager that knows the row it hangs from
 *          ── attname, column nothing, unless deferred
 *          ── property        a call with the row as self
 */
#include "flow/evaluate.h"

enum { BIRTHS_DEEP = 8 };

const Class *value_class(const Value *value) {
    switch (value->kind) {
    case VALUE_ROW: return value->birth->model ? value->birth->model->klass : NULL;
    case VALUE_OBJECT: case VALUE_MANAGER: case VALUE_QUERYSET: case VALUE_CLASS:
        return value->klass;
    default: return NULL;
    }
}

const Value *row_make(Evaluator *e, const Birth *birth, const Plan *plan, const Loop *turn,
                      const Value *parent) {
    return value_intern(e->values, &(Value){.kind = VALUE_ROW, .birth = birth, .plan = plan,
                                            .turn = turn, .self = parent});
}

/* A row of a model whose queryset is not in view: a parameter, an unknown call's result. */
const Value *row_open(Evaluator *e, const Model *model, Site site) {
    const Birth *birth = birth_make(e, &(Birth){.site = site, .model = model});
    return row_make(e, birth, plan_open(e->plans), TURN_OUTSIDE, NULL);
}

const Birth *birth_below(Evaluator *e, const Birth *parent, const Relation *relation, Site site) {
    if (parent->depth >= BIRTHS_DEEP) {
        e->flow->statistics.cut_hops++;
        return NULL;
    }
    return birth_make(e, &(Birth){.site = parent->known && !parent->given ? parent->site : site,
                                  .model = relation->to, .parent = parent, .relation = relation,
                                  .known = parent->known, .narrowed = parent->given});
}

/* place.restaurant, joined: the child gets the parent's columns, and what was joined by them. */
static const Plan *plan_of_child(Evaluator *e, const Value *row, const Load *load,
                                 const Plan *below) {
    for (uint32_t i = 0; load && load->how == LOAD_JOIN && i < row->plan->load_count; i++) {
        const Load *joined = &row->plan->loads[i];
        bool inherited = joined->how == LOAD_JOIN && joined->relation != load->relation
                         && joined->relation->kind != RELATION_CHILD;
        if (inherited) below = plan_add(e->plans, below, joined);
    }
    return below;
}

/* The row that a single-valued relation leads to. */
static const Value *row_target(Activation *a, NodeId node, const Value *row,
                               const Relation *relation, const Load *load, const Plan *below) {
    Evaluator *e = a->e;
    if (load && load->how == LOAD_KNOWN && load->narrowed) return e->none;
    if (load && load->how == LOAD_KNOWN && row->self) return row->self;
    if (relation->kind == RELATION_GENERIC_FK)
        return generic_target(a, node, row, relation, below ? below : plan_empty(e->plans));
    if (!relation->to) return unknown_because(e, "target of a relation outside of view");
    const Birth *birth = birth_below(e, row->birth, relation, site_of(a, node));
    if (!birth) return unknown_because(e, "relations nested too deep");
    if (relation->kind == RELATION_CHILD) below = plan_of_child(e, row, load, below);
    PlanFetch fetch = row->plan->fetch;
    const Plan *plan = fetch ? plan_with_fetch(e->plans, below, fetch) : below;
    if (relation->inverse && !relation->inverse->many && relation->inverse->kind != RELATION_CHILD)
        plan = plan_add(e->plans, plan, &(Load){.relation = relation->inverse, .how = LOAD_KNOWN,
                                                .cover = COVER_FULL,
                                                .below = plan_open(e->plans)});
    Value target = *row_make(e, birth, plan, row->turn, row);
    target.site = row->site;
    target.flags |= row->flags & VALUE_MADE;
    return value_intern(e->values, &target);
}

Confidence row_confidence(const Activation *a, const Value *row, Cover cover) {
    if (cover == COVER_MAYBE) return CONFIDENCE_POSSIBLE;
    /* `if self.kind == A: return ...` on a row that a relation led to: which kinds that relation
     * holds is not in the code. */
    for (uint32_t i = 0; i < a->told_count; i++)
        if (a->told[i] == row && row->birth->relation && !row->birth->relation->many)
            return CONFIDENCE_POSSIBLE;
    return row->flags & VALUE_DOUBTFUL ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN;
}

/* Whether the query is told of, rather than passed over for a reason. */
static bool row_load(Activation *a, NodeId node, const Value *row, const Relation *relation,
                     Cover cover, const Load *load) {
    const Loop *turn;
    if (!row_asks(a, row, &turn)) return false;
    uint64_t key = fact_key(FACT_LOADED, row->id, relation->name);
    if (state_get(&a->state, key) == a->e->gone) turn = row->turn; /* emptied on this row alone */
    Touch touch = {.event = {.kind = EVENT_LOAD, .site = site_of(a, node), .cover = cover,
                             .load = load, .built = row->site,
                             .made = a->made || row->flags & VALUE_MADE,
                             .confidence = row_confidence(a, row, cover)},
                   .turn = turn, .row = row, .loaded = relation->name};
    event_place(&touch.event, row->birth, relation);
    touch_aside(&touch.event, row->plan, relation);
    touch_nearest(a->e, &touch.event, row);
    if (cover == COVER_OPEN) touch.event.silence = SILENCE_OPEN;
    else if (load && cover == COVER_NONE) touch.event.silence = SILENCE_DISCARDED;
    else if (!row->birth->known) touch.event.silence = SILENCE_ORIGIN;
    touch_emit(a, &touch);
    return touch.event.silence == SILENCE_NONE && cover == COVER_NONE && !a->fallback;
}

/* review.book of a row that book.reviews gave: that very book. */
static bool row_leads_back(const Value *row, const Relation *relation) {
    return row->self && row->self->kind == VALUE_ROW && row->birth->relation
           && row->birth->relation->inverse == relation;
}

/* Reads a single-valued relation: costs a query unless the plan or an earlier read brought it. */
static const Value *row_single(Activation *a, NodeId node, const Value *row,
                               const Relation *relation) {
    Evaluator *e = a->e;
    const Load *load = NULL;
    const Plan *below = NULL;
    Cover cover = plan_cover(e->plans, row->plan, relation, &load, &below);
    bool known = load && load->how == LOAD_KNOWN && !load->narrowed;
    if (known && !row_was_matched(a, row, relation)) {
        cover = COVER_NONE;
        load = NULL;
        below = plan_empty(e->plans);
    }
    bool nobody = load && load->how == LOAD_KNOWN && load->narrowed;
    if (nobody && !row_is_whole(a, row)) load = NULL; /* another key was assigned */
    touch_noted(a, node, cover);
    touch_read(a, node, row, relation, cover, load);
    uint64_t key = fact_key(FACT_LOADED, row->id, relation->name);
    bool planned = cover != COVER_NONE && state_get(&a->state, key) != e->gone;
    const Value *before = state_get(&a->state, key);
    bool told = before && before->kind == VALUE_BOOL && before->flags & VALUE_NEW;
    cover = seed_cover(a, row, relation->name, cover);
    bool free_of_charge = relation->kind == RELATION_PARENT || row->flags & VALUE_NEW;
    if (cover != COVER_FULL && !free_of_charge) {
        if (cover != COVER_OPEN) row_keys(a, node, row, relation, cover);
        told = row_load(a, node, row, relation, cover, load);
    }
    if (!planned || before) state_set(e->scratch, &a->state, key, told ? e->said : e->marker);
    if (known && cover == COVER_FULL && !before && row_leads_back(row, relation)) return row->self;
    if (!planned && relation->kind != RELATION_PARENT)
        below = relation_plan(e, relation);
    return row_target(a, node, row, relation, load, below);
}

static const Value *row_member(Activation *a, NodeId node, const Value *row,
                               const ClassMember *member, Str name) {
    Evaluator *e = a->e;
    if (member->kind == MEMBER_VALUE) {
        const Value *made = evaluate_constant(e, member->site, member->owner);
        const Value *history = library_history(a, node, made);
        return history ? history : type_member(e, row, member, made);
    }
    if (member->kind == MEMBER_CLASS)
        return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = member->klass});
    if (!(member->flags & MEMBER_PROPERTY)) return member_function(e, member, row);
    bool cached = member->flags & MEMBER_CACHED;
    const Value *value = cached ? call_cached(a, node, row, member)
                                : call_member(a, node, row, member, &(Arguments){0});
    if (cached)
        state_set(e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, row->id, name), value);
    return type_member(e, row, member, value);
}

const Value *row_as_loaded(const Activation *a, const Value *row, const Value *container) {
    if (row->kind != VALUE_ROW) return row;
    uint64_t key = fact_key(FACT_ATTRIBUTE, container->id, a->e->plan_fact);
    const Value *later = state_get(&a->state, key);
    return later && later->plan ? value_with_plan(a->e->values, row, later->plan) : row;
}

static const Value *row_to_attr(Activation *a, const Value *row, const Load *load) {
    Evaluator *e = a->e;
    const Birth *birth = birth_below(e, row->birth, load->relation, load->clause);
    if (birth) {
        Birth kept = *birth;
        kept.to_attr = load->to_attr;
        birth = birth_make(e, &kept);
    }
    if (!birth || !load->relation->to) return unknown_because(e, "to_attr outside of view");
    const Plan *plan = plan_known_parent(a, load->below, load->relation);
    const Value *item = row_make(e, birth, plan, TURN_EACH, row);
    return load->relation->many ? value_many(e->values, item, NULL)
                                : value_turned(e->values, item, TURN_EACH, row->turn);
}

bool row_has_method(const char *name) {
    static const char *const methods[] = {
        "save", "delete", "refresh_from_db", "full_clean", "clean", "clean_fields", "asave",
        "adelete", "arefresh_from_db", "validate_unique", "serializable_value", "save_base",
        "get_deferred_fields"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i], name)) return true;
    return !strncmp(name, "get_", 4)
           && (strstr(name, "_display") || !strncmp(name, "get_next_by_", 12)
               || !strncmp(name, "get_previous_by_", 16));
}

/* `probe`: hasattr() or getattr() with a default asks, so a missing name is no surprise. */
const Value *row_attribute(Activation *a, NodeId node, const Value *row, Str name, bool probe) {
    Evaluator *e = a->e;
    row = row_as_loaded(a, row, row);
    const Model *model = row->birth->model;
    const Value *set = state_get(&a->state, fact_key(FACT_ATTRIBUTE, row->id, name));
    if (set) return set;
    if (row->plan->rows == ROWS_VALUES) return e->scalar;
    if (plan_has_annotation(row->plan, name)) return e->scalar;
    const Load *load = plan_attribute(row->plan, name);
    if (load) return row_to_attr(a, row, load);
    if (!model) return e->unknown;
    const ClassMember *member = class_member(model->klass, name);
    const Relation *relation = model_relation(model, name);
    if (relation && member && member->kind == MEMBER_FUNCTION) relation = NULL;
    if (relation && relation->many) return manager_related(a, node, row, relation);
    if (relation) return row_single(a, node, row, relation);
    const Field *field = model_field(model, name);
    if (field) {
        const Value *pinned = row_pinned(a, row, field, name);
        row_column(a, node, row, field, COVER_NONE);
        return pinned ? pinned : e->scalar;
    }
    if (name_is(e, name, "pk")) return e->scalar;
    if (name_is(e, name, "__class__")) return type_of(e, row);
    if (member) return row_member(a, node, row, member, name);
    const Value *given = library_attribute(e, row, name);
    if (given) return given;
    if (name_is(e, name, "id")) return e->scalar; /* the key that a model without one gets */
    if (row_has_method(project_text(e->project, name)))
        return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name, .self = row});
    const Value *own = probe_of_row(e, row, name);
    if (own) return own;
    if (!probe) a->absent += row_lacks(a, row, name);
    if (probe) return value_intern(e->values, &(Value){.kind = VALUE_UNKNOWN,
                                                       .flags = VALUE_GUARD});
    return unknown_because(e, "attribute that the model does not declare");
}

static bool row_writes(const char *name) {
    static const char *const methods[] = {"save", "asave", "save_base", "delete", "adelete"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i], name)) return true;
    return false;
}

/* get_kind_display() reads `kind`. */
static void row_display(Activation *a, NodeId node, const Value *row, const char *text) {
    const char *end = strstr(text, "_display");
    if (strncmp(text, "get_", 4) || !end || end[8] || end <= text + 4 || !row->birth->model) return;
    Str name = str_find(a->e->project->strings, text + 4, (size_t)(end - text - 4));
    const Field *field = name ? model_field(row->birth->model, name) : NULL;
    if (field) row_column(a, node, row, field, COVER_NONE);
}

/* Asks once a call, and no eager loading helps. */
static void row_refresh(Activation *a, NodeId node, const Value *row, Str name) {
    Touch touch = {.event = {.kind = EVENT_QUERY, .site = site_of(a, node), .method = name,
                             .silence = SILENCE_REFRESH},
                   .turn = TURN_FRESH, .every = true};
    event_place(&touch.event, row->birth, NULL);
    touch_emit(a, &touch);
}

const Value *row_method(Activation *a, NodeId node, const Value *row, Str name,
                        const Arguments *arguments) {
    const char *text = project_text(a->e->project, name);
    const Value *given = library_call(a, node, row, name);
    if (given) return given;
    if (row_writes(text)) write_row(a, node, row, name);
    if (!strstr(text, "get_")) row_unpin(a, row);
    row_display(a, node, row, text);
    if (strstr(text, "refresh_from_db")) {
        row_refresh(a, node, row, name);
        seed_refresh(a, row, arguments);
    }
    if (!strcmp(text, "get_deferred_fields")) /* who asks for them does not read them */
        return value_intern(a->e->values, &(Value){.kind = VALUE_UNKNOWN, .flags = VALUE_GUARD});
    return a->e->scalar;
}
