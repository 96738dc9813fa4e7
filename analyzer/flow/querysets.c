/* Querysets: what their methods give, do to the plan, and ask the database.
 *
 * What Django's own methods do is in the table of queryset.c; here the table is applied. A
 * method that the project defines is evaluated like any function, with the queryset as self. A
 * method whose body is not in view keeps the model and the known loads and opens the rest. */
#include "flow/evaluate.h"

#include <stdlib.h>

const Relation *queryset_relation(const Value *qs) {
    return qs->self && qs->self->kind == VALUE_ROW && qs->birth ? qs->birth->relation : NULL;
}

Cover queryset_cover(const Activation *a, const Value *qs, const Load **load,
                     const Plan **below) {
    const Relation *relation = queryset_relation(qs);
    if (load) *load = NULL;
    if (!relation) return COVER_NONE;
    Cover planned = plan_cover(a->e->plans, qs->self->plan, relation, load, below);
    Cover cover = seed_cover(a, qs->self, relation->name, planned);
    if (cover == planned) return cover;
    if (load && cover != COVER_NONE) *load = NULL;
    if (below) *below = cover == COVER_NONE ? plan_empty(a->e->plans) : plan_open(a->e->plans);
    return cover;
}

void queryset_dropped(Activation *a, NodeId node, const Value *qs) {
    const Load *load;
    if (!queryset_relation(qs) || !(qs->flags & VALUE_FILTERED)) return;
    if (queryset_cover(a, qs, &load, NULL) != COVER_FULL || !qs->birth->known) return;
    Touch touch = {.event = {.kind = EVENT_BUILD, .site = site_of(a, node), .cover = COVER_FULL,
                             .method = str_of(a->e->project->strings, "filter"),
                             .load = load, .built = qs->self->site,
                             .confidence = CONFIDENCE_POSSIBLE},
                   .turn = qs->self->turn};
    event_place(&touch.event, qs->self->birth, queryset_relation(qs));
    touch_emit(a, &touch);
}

/* Whether a prefetch of the whole relation answers the method. */
static bool method_is_served(Evaluator *e, Str name) {
    const QuerysetMethod *method = queryset_method(project_text(e->project, name));
    return method && method->served == SERVED_ALWAYS;
}

static void touch_of_queryset(Activation *a, NodeId node, const Value *qs, EventKind kind,
                              Str method, const Loop *turn, /* TURN_EACH: asked every time */
                              bool rows, /* they are read, and their prefetches with them */
                              NodeId asks) { /* the expression that asks anew where it runs */
    const Load *load = NULL;
    const Relation *relation = queryset_relation(qs);
    Cover cover = relation ? queryset_cover(a, qs, &load, NULL) : COVER_NONE;
    Touch touch = {.event = {.kind = kind, .site = site_of(a, node), .method = method,
                             .cover = cover, .load = load,
                             .built = relation ? qs->self->site : qs->site,
                             .queries = rows ? plan_queries(qs->plan) : 1,
                             .confidence = CONFIDENCE_CERTAIN},
                   .turn = turn ? turn : TURN_OUTSIDE, .every = turn == TURN_EACH};
    if (relation && !(qs->flags & (VALUE_NARROWED | VALUE_REBUILT)) && kind == EVENT_FETCH) {
        touch.row = qs->self;
        touch.loaded = relation->name;
    }
    if (touch.every) touch.turn = TURN_FRESH;
    if (relation) event_place(&touch.event, qs->self->birth, relation);
    else event_place(&touch.event, qs->birth, NULL);
    bool rebuilt = qs->flags & VALUE_REBUILT && cover != COVER_NONE;
    bool narrow = qs->flags & VALUE_NARROWED || rebuilt;
    if (relation && kind == EVENT_FETCH && narrow) touch.event.kind = EVENT_NARROW;
    touch.event.whole = relation && kind == EVENT_COUNT && !narrow
                        && method_is_served(a->e, method);
    if (qs->flags & VALUE_DOUBTFUL) touch.event.confidence = CONFIDENCE_LIKELY;
    if (cover == COVER_MAYBE) touch.event.confidence = CONFIDENCE_POSSIBLE;
    if (relation) touch_aside(&touch.event, qs->self->plan, relation);
    if (relation) touch_nearest(a->e, &touch.event, qs->self);
    if (relation && cover == COVER_OPEN && !narrow && kind != EVENT_NARROW)
        touch.event.silence = SILENCE_OPEN;
    else if (load && cover == COVER_NONE) touch.event.silence = SILENCE_DISCARDED;
    else if (!qs->birth->known) touch.event.silence = SILENCE_ORIGIN;
    else if (qs->flags & VALUE_GUARDED) touch.event.silence = SILENCE_GUARD;
    touch.sure = relation && (narrow || kind == EVENT_NARROW);
    if (asks) dependence_of_query(a, &touch, qs, asks);
    touch_emit(a, &touch);
}

void queryset_ask(Activation *a, NodeId node, const Value *qs, EventKind kind, Str method) {
    touch_of_queryset(a, node, qs, kind, method, TURN_EACH, false, node);
}

/* The turn a query of a relation repeats with: the row's, unless the row does not vary. */
static const Loop *related_turn(const Value *qs) {
    const Value *row = qs->self;
    return queryset_relation(qs) ? row->turn : TURN_EACH;
}

/* Whether a prefetch serves this queryset as it is: the whole relation, not asked anew. */
static bool queryset_prefetched(Activation *a, const Value *qs) {
    if (!queryset_relation(qs) || qs->flags & (VALUE_NARROWED | VALUE_REBUILT)) return false;
    return queryset_cover(a, qs, NULL, NULL) == COVER_FULL;
}

static bool queryset_is_evaluated(Activation *a, const Value *qs) {
    return state_get(&a->state, fact_key(FACT_EVALUATED, qs->id, 0)) != NULL;
}

static const char *operation_name(QuerysetOperation operation) {
    switch (operation) {
    case OPERATION_LENGTH: return "len";
    case OPERATION_TRUTH: return "bool";
    case OPERATION_IN: return "in";
    case OPERATION_INDEX: return "index";
    case OPERATION_REPR: return "repr";
    default: return "iteration";
    }
}

/* Runs the query behind an expression that uses the rows: iteration, len, truth, index ... */
void queryset_run(Activation *a, NodeId node, const Value *qs, QuerysetOperation operation) {
    Evaluator *e = a->e;
    const QuerysetUse *use = queryset_use(operation);
    if (qs->kind != VALUE_QUERYSET || qs->flags & VALUE_EMPTY) return;
    if (use->runs == RUNS_NOTHING) return;
    bool served = use->served == SERVED_ALWAYS
                  && (queryset_is_evaluated(a, qs) || queryset_prefetched(a, qs));
    if (served) return;
    lookup_check_rows(a, node, qs);
    fate_tested(a, node, qs, operation);
    const Loop *turn = qs->turn;
    if (queryset_relation(qs)) {
        bool made_here = qs->turn == activation_turn(a) || qs->turn == TURN_FRESH;
        if (made_here || !use->fills) turn = related_turn(qs);
    } else if (!use->fills) {
        turn = TURN_EACH;
    }
    EventKind kind = queryset_relation(qs) ? EVENT_FETCH : EVENT_QUERY;
    if (kind == EVENT_FETCH && operation == OPERATION_LENGTH && qs->flags & VALUE_NARROWED)
        kind = EVENT_COUNT;
    bool anew = qs->turn == activation_turn(a) || !use->fills;
    bool within = operation == OPERATION_IN && node_at(a, node)->kind == NODE_COMPARE;
    touch_of_queryset(a, node, qs, kind, str_of(e->project->strings, operation_name(operation)),
                      turn, true, !anew ? NODE_NONE : within ? child_at(a, node, 1) : node);
    if (use->fills || operation == OPERATION_INDEX) queryset_match(a, node, qs, !use->fills);
    if (use->fills)
        state_set(e->scratch, &a->state, fact_key(FACT_EVALUATED, qs->id, 0), e->marker);
}

const Birth *queryset_birth(Evaluator *e, const Value *qs) {
    const Birth *birth = qs->birth;
    if (!(qs->flags & VALUE_NARROWED) || !birth->parent || birth->narrowed) return birth;
    Birth draft = *birth;
    draft.site = qs->site;
    draft.narrowed = true;
    return birth_make(e, &draft);
}

/* One row of a queryset, as the item of a loop or the result of get(). */
const Value *queryset_rows(Activation *a, NodeId node, const Value *qs, const Loop *turn) {
    Evaluator *e = a->e;
    (void)node;
    if (qs->plan->rows == ROWS_VALUES) return e->scalar;
    const Birth *birth = queryset_birth(e, qs);
    Value draft = *row_make(e, birth, qs->plan, turn, qs->self);
    bool elsewhere = birth->shared || birth->unsure;
    draft.site = qs->self && qs->self->kind == VALUE_ROW && !elsewhere ? qs->self->site : qs->site;
    const Value *row = value_intern(e->values, &draft);
    return qs->flags & VALUE_DOUBTFUL ? value_with_flags(e->values, row, VALUE_DOUBTFUL) : row;
}

const Value *queryset_sliced(Activation *a, NodeId node, const Value *qs, bool small) {
    Value draft = *qs;
    if (queryset_is_evaluated(a, qs) || queryset_prefetched(a, qs))
        return value_many(a->e->values, queryset_rows(a, node, qs, TURN_EACH), NULL);
    draft.flags |= VALUE_SLICED;
    if (small) draft.flags |= VALUE_SMALL;
    if (queryset_relation(qs)) draft.flags |= VALUE_NARROWED;
    draft.site = site_of(a, node);
    draft.turn = activation_turn(a);
    return value_intern(a->e->values, &draft);
}

const Value *queryset_index(Activation *a, NodeId node, const Value *qs, NodeId index) {
    Evaluator *e = a->e;
    if (qs->kind == VALUE_MANAGER) return unknown_because(e, "index of a manager");
    if (node_at(a, index)->kind != NODE_SLICE) {
        queryset_run(a, node, qs, OPERATION_INDEX);
        return queryset_rows(a, node, qs, activation_turn(a));
    }
    const Node *upper = node_at(a, child_at(a, index, 1));
    bool small = false;
    if (upper->kind == NODE_NUMBER) {
        const char *text = str_text(e->project->modules[a->module].module->strings, upper->name);
        small = strlen(text) <= 2 && strtol(text, NULL, 10) <= 20;
    }
    return queryset_sliced(a, node, qs, small);
}

/* A lookup of prefetch_related(): a path or a Prefetch object. */
static const Plan *plan_with_prefetch(Activation *a, const Plan *plan, const Model *model,
                                      const Value *prefetch, Site clause) {
    Evaluator *e = a->e;
    bool given = prefetch->flags & VALUE_QUERY || prefetch->plan->open;
    Load last = {.to_attr = prefetch->attr, .below = given ? prefetch->plan : NULL,
                 .narrowed = prefetch->flags & VALUE_FILTERED,
                 .ordered = prefetch->flags & VALUE_ORDERED};
    bool wrong = false;
    return plan_add_path(e->plans, e->project, plan, model,
                         project_text(e->project, prefetch->name), LOAD_PREFETCH, &last, clause,
                         &wrong);
}

const Plan *plan_with_lookup(Activation *a, const Plan *plan, const Model *model,
                             const Value *lookup, LoadHow how, Site clause) {
    Evaluator *e = a->e;
    bool wrong = false;
    switch (lookup->kind) {
    case VALUE_STRING:
        return plan_add_path(e->plans, e->project, plan, model,
                             project_text(e->project, lookup->name), how, NULL, clause, &wrong);
    case VALUE_PREFETCH: return plan_with_prefetch(a, plan, model, lookup, clause);
    case VALUE_SEQUENCE:
        for (uint32_t i = 0; i < lookup->count; i++)
            plan = plan_with_lookup(a, plan, model, lookup->items[i], how, clause);
        return plan;
    case VALUE_NONE: return plan_without(e->plans, plan, how);
    default: open_because(e, "computed argument of a load"); return plan_opened(e->plans, plan);
    }
}

static const Plan *plan_after_loads(Activation *a, const Value *qs, LoadHow how,
                                    const Arguments *arguments) {
    Evaluator *e = a->e;
    const Plan *plan = qs->plan;
    if (!qs->birth->model) return plan_opened(e->plans, plan);
    if (how == LOAD_JOIN && !arguments->count && !arguments->open)
        return plan_with_join_all(e->plans, plan);
    for (uint32_t i = 0; i < arguments->count; i++) {
        if (arguments->values[i]->kind == VALUE_NONE && arguments->count > 1)
            return plan_open(e->plans); /* it raises */
        Site site = site_of(a, arguments->nodes[i]);
        LookupUse use = how == LOAD_JOIN ? LOOKUP_JOIN : LOOKUP_PREFETCH;
        bool known = lookup_check(a, qs->birth, plan, arguments->values[i], use, site);
        plan = plan_with_lookup(a, plan, qs->birth->model, arguments->values[i], how, site);
        if (!known) plan = plan_opened(e->plans, plan);
    }
    if (arguments->open) open_because(e, "computed argument of a load");
    else if (how == LOAD_PREFETCH) lookup_check_prefetches(a, qs, plan, arguments);
    return arguments->open ? plan_opened(e->plans, plan) : plan;
}

static const Plan *plan_after_columns(Activation *a, const Value *qs, bool only,
                                      const Arguments *arguments, Site clause) {
    Evaluator *e = a->e;
    Str names[LIMIT_ARGUMENTS];
    uint32_t count = 0;
    bool known = true;
    for (uint32_t i = 0; i < arguments->count; i++) {
        if (!only && arguments->values[i]->kind == VALUE_NONE)
            return plan_defer(e->plans, qs->plan, NULL, 0, clause);
        if (arguments->values[i]->kind != VALUE_STRING) return plan_opened(e->plans, qs->plan);
        known &= lookup_check(a, qs->birth, qs->plan, arguments->values[i],
                              only ? LOOKUP_ONLY : LOOKUP_DEFER, site_of(a, arguments->nodes[i]));
        names[count++] = arguments->values[i]->name;
    }
    if (!known) return plan_open(e->plans); /* it raises */
    if (arguments->open) return plan_opened(e->plans, qs->plan);
    return only ? plan_only(e->plans, qs->plan, names, count, clause)
                : plan_defer(e->plans, qs->plan, names, count, clause);
}

static const Plan *plan_after_annotations(Activation *a, const Value *qs,
                                          const Arguments *arguments) {
    const Plan *plan = qs->plan;
    Str any = str_of(a->e->project->strings, "**"); /* names that are worked out at run time */
    for (uint32_t i = 0; i < arguments->count; i++)
        plan = plan_annotate(a->e->plans, plan, arguments->names[i] ? arguments->names[i] : any);
    return arguments->open ? plan_annotate(a->e->plans, plan, any) : plan;
}

static const Plan *plan_after(Activation *a, NodeId node, const Value *qs,
                              const QuerysetMethod *method, const Arguments *arguments) {
    Site clause = site_of(a, node);
    Plans *plans = a->e->plans;
    switch ((QuerysetEffect)method->effect) {
    case PLAN_SELECT_RELATED: return plan_after_loads(a, qs, LOAD_JOIN, arguments);
    case PLAN_PREFETCH_RELATED: return plan_after_loads(a, qs, LOAD_PREFETCH, arguments);
    case PLAN_ONLY: return plan_after_columns(a, qs, true, arguments, clause);
    case PLAN_DEFER: return plan_after_columns(a, qs, false, arguments, clause);
    case PLAN_ANNOTATE: return plan_after_annotations(a, qs, arguments);
    case PLAN_EXTRA: return plan_opened(plans, qs->plan);
    case PLAN_VALUES: return plan_with_values(plans, qs->plan);
    case PLAN_FRESH: return plan_opened(plans, plan_empty(plans));
    case PLAN_FETCH_MODE: return plan_after_fetch_mode(a, qs->plan, arguments);
    case PLAN_COMBINE: return plan_combined(a->e, qs->plan);
    case PLAN_KEEP: case PLAN_STREAM: case PLAN_NO_ROWS: break;
    }
    return qs->plan;
}

/* A method that gives a queryset: lazy, so nothing is asked. */
static const Value *queryset_derive(Activation *a, NodeId node, const Value *qs,
                                    const QuerysetMethod *method, const Arguments *arguments,
                                    bool on_manager) {
    Evaluator *e = a->e;
    bool same = method->served == SERVED_ON_MANAGER && on_manager;
    if (method->served == SERVED_ALWAYS) same = true; /* none() */
    if (!same) qs = queryset_anew(a, node, qs);
    Value draft = *qs;
    draft.plan = plan_after(a, node, qs, method, arguments);
    bool excludes = !strcmp(method->name, "exclude");
    if (excludes || !strcmp(method->name, "filter"))
        draft.plan = plan_after_filter(e, draft.plan, qs->birth->model, arguments, excludes);
    if (!same) {
        draft.site = site_of(a, node);
        draft.turn = activation_turn(a);
        draft.flags |= VALUE_REBUILT;
    }
    if (method->narrows) draft.flags |= VALUE_NARROWED | VALUE_FILTERED;
    if (method->effect == PLAN_VALUES) draft.flags |= VALUE_NARROWED;
    if (method->effect == PLAN_NO_ROWS) draft.flags |= VALUE_EMPTY;
    if (method->order == ORDER_BY_ARGUMENTS) {
        draft.flags &= (uint16_t)~VALUE_ORDERED;
        bool trusted = e->project->django_most >= 61; /* first() behind order_by(): then served */
        if (arguments->count || arguments->open || trusted) draft.flags |= VALUE_ORDERED;
        draft.flags |= VALUE_NARROWED;
    }
    if (method->order == ORDER_SETS) draft.flags |= VALUE_ORDERED;
    if (method->order == ORDER_CLEARS) draft.flags &= (uint16_t)~VALUE_ORDERED;
    return value_intern(e->values, &draft);
}

static bool method_served(Activation *a, const Value *qs, const QuerysetMethod *method) {
    bool whole = queryset_is_evaluated(a, qs) || queryset_prefetched(a, qs);
    if (!whole) return false;
    if (method->served == SERVED_ALWAYS) return true;
    return method->served == SERVED_IF_ORDERED && qs->flags & VALUE_ORDERED;
}

static bool result_is_rows(const QuerysetMethod *method) {
    if (method->runs == RUNS_WRITE) return false;
    return method->result == RESULT_ROW || method->result == RESULT_ROW_OR_NONE
           || method->result == RESULT_ROW_DICT || method->result == RESULT_ROW_ITERATOR;
}

static EventKind method_event(const Value *qs, const QuerysetMethod *method) {
    if (method->result == RESULT_SCALAR || method->result == RESULT_BOOL
        || method->result == RESULT_DICT)
        return EVENT_COUNT;
    return queryset_relation(qs) ? EVENT_NARROW : EVENT_QUERY;
}

/* The row that create() or get_or_create() gives: another one each time. */
static const Value *row_written(Activation *a, NodeId node, const Value *qs) {
    Value draft = *row_open(a->e, qs->birth->model, site_of(a, node));
    draft.turn = activation_turn(a);
    if (queryset_relation(qs)) { /* author.books.create(): its author is this one */
        draft.self = qs->self;
        draft.plan = plan_known_parent(a, draft.plan, queryset_relation(qs));
    }
    return value_intern(a->e->values, &draft);
}

/* get(kind="essay"): the row is one of these. */
static const Value *queryset_matched(Evaluator *e, const Value *qs, const QuerysetMethod *method,
                                     const Arguments *arguments) {
    if (strcmp(method->name, "get") != 0 && strcmp(method->name, "aget") != 0) return qs;
    return value_with_plan(e->values, qs, plan_after_filter(e, qs->plan, qs->birth->model,
                                                            arguments, false));
}

/* get(), first(): one object, not a row among others. A row of a relation says so by its parent. */
static const Value *queryset_object(Activation *a, NodeId node, const Value *qs,
                                    const Loop *turn) {
    const Birth *birth = queryset_birth(a->e, qs);
    if (birth->parent && !birth->narrowed) return queryset_rows(a, node, qs, turn);
    Birth one = *birth;
    one.single = true;
    Value draft = *qs;
    draft.birth = birth_make(a->e, &one);
    return queryset_rows(a, node, &draft, turn);
}

static const Value *method_result(Activation *a, NodeId node, const Value *qs,
                                  const QuerysetMethod *method, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Loop *turn = activation_turn(a);
    const Value *alone = qs;
    if (method->result == RESULT_RAW) {
        Value draft = *qs;
        draft.plan = plan_after(a, node, qs, method, arguments);
        draft.site = site_of(a, node);
        draft.turn = turn;
        draft.flags |= VALUE_NARROWED;
        return value_intern(e->values, &draft);
    }
    if (!(qs->flags & VALUE_NARROWED) && queryset_relation(qs) && !method_served(a, qs, method))
        alone = value_with_flags(e->values, queryset_anew(a, node, qs), VALUE_NARROWED);
    if (method->effect == PLAN_FRESH || method->runs == RUNS_WRITE) {
        const Value *row = row_written(a, node, qs);
        if (method->result == RESULT_ROW_CREATED)
            return value_sequence(e->values, (const Value *[]){row, e->scalar}, 2);
        if (method->result == RESULT_ROW_LIST) return value_many(e->values, row, NULL);
        return method->result == RESULT_ROW ? row : e->scalar;
    }
    switch ((QuerysetResult)method->result) {
    case RESULT_ROW: case RESULT_ROW_OR_NONE:
        return queryset_object(a, node, queryset_matched(e, alone, method, arguments), turn);
    case RESULT_ROW_CREATED:
        return value_sequence(e->values, (const Value *[]){
            queryset_rows(a, node, alone, turn), e->scalar}, 2);
    case RESULT_ROW_DICT:
        return value_intern(e->values, &(Value){.kind = VALUE_DICT,
                                                .self = queryset_rows(a, node, alone, TURN_EACH)});
    case RESULT_ROW_LIST: case RESULT_ROW_ITERATOR:
        return value_many(e->values, queryset_rows(a, node, alone, TURN_EACH), NULL);
    default: return e->scalar;
    }
}

static void method_match(Activation *a, NodeId node, const Value *qs,
                         const QuerysetMethod *method) {
    bool one = method->result == RESULT_ROW || method->result == RESULT_ROW_OR_NONE;
    if (one || method->result == RESULT_ROW_DICT || method->result == RESULT_ROW_ITERATOR)
        queryset_match(a, node, qs, one);
}

/* A method of Django's own. */
static const Value *queryset_method_call(Activation *a, NodeId node, const Value *receiver,
                                         const Value *qs, const QuerysetMethod *method,
                                         Str name, const Arguments *arguments) {
    Evaluator *e = a->e;
    if (method->effect == PLAN_VALUES) discard_values(a, node, qs);
    if (method->effect == PLAN_SELECT_RELATED || method->effect == PLAN_PREFETCH_RELATED)
        waste_loaded(a, node, qs, arguments);
    lookup_check_method(a, node, qs, method, method_served(a, qs, method));
    if (method->result == RESULT_QUERYSET)
        return queryset_derive(a, node, qs, method, arguments, receiver->kind == VALUE_MANAGER);
    if (method->result == RESULT_MANAGER) return receiver;
    if (method->effect == PLAN_STREAM) {
        qs = discard_stream(a, node, qs, name, arguments);
        if (qs->plan->fetch == FETCH_PEERS) /* each row is let go before the next one comes */
            qs = value_with_plan(e->values, qs, plan_with_fetch(e->plans, qs->plan, FETCH_ONE));
    }
    bool runs = method->runs != RUNS_NOTHING || method->result == RESULT_ROW_ITERATOR;
    if (method->runs == RUNS_WRITE)
        write_queryset(a, node, qs, queryset_relation(qs), name, arguments);
    else if (runs && !(qs->flags & VALUE_EMPTY) && !method_served(a, qs, method))
        touch_of_queryset(a, node, qs, method_event(qs, method), name, related_turn(qs),
                          result_is_rows(method), node);
    if (runs && method->runs != RUNS_WRITE && !method_served(a, qs, method))
        method_match(a, node, qs, method);
    seed_forget(a, qs, method);
    const Value *result = method_result(a, node, qs, method, arguments);
    if (method->effect == PLAN_STREAM && result->kind == VALUE_MANY && result->self->plan)
        result = value_many(e->values, result->self, NULL);
    return result;
}

/* Content types are asked for once per process: their manager keeps them. NULL: another method. */
static const Value *manager_kept(Activation *a, NodeId node, const Value *manager, Str name) {
    Evaluator *e = a->e;
    static const char *const rows[] = {"get_for_model", "get_for_id", "get_by_natural_key"};
    if (!class_is(manager->klass, "django.contrib.contenttypes.models.ContentTypeManager"))
        return NULL;
    const Value *row = row_open(e, manager->birth->model, site_of(a, node));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (name_is(e, name, rows[i])) return row;
    if (name_is(e, name, "clear_cache")) return e->none;
    if (!name_is(e, name, "get_for_models")) return NULL;
    return value_intern(e->values, &(Value){.kind = VALUE_DICT, .self = row});
}

/* A method whose body is not in view. */
static const Value *queryset_foreign(Activation *a, NodeId node, const Value *qs) {
    Evaluator *e = a->e;
    Value draft = *qs;
    draft.kind = VALUE_QUERYSET;
    draft.plan = plan_opened(e->plans, qs->plan);
    draft.flags |= VALUE_NARROWED | VALUE_DOUBTFUL | VALUE_REBUILT;
    draft.site = site_of(a, node);
    draft.turn = activation_turn(a);
    open_because(e, "manager method whose body is not in view");
    return value_intern(e->values, &draft);
}

static const ClassMember *member_of_project(const Class *klass, Str name) {
    const ClassMember *member = klass ? class_member(klass, name) : NULL;
    return member && member->kind == MEMBER_FUNCTION ? member : NULL;
}

const Value *queryset_call(Activation *a, NodeId node, const Value *receiver, Str name,
                           const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *qs = receiver;
    const Value *given = library_call(a, node, receiver, name);
    if (given) return given;
    if (receiver->kind == VALUE_MANAGER) {
        if (name_is(e, name, "get_queryset") || name_is(e, name, "all"))
            return manager_queryset(a, node, receiver);
        qs = manager_queryset(a, node, receiver);
    }
    const QuerysetMethod *method = queryset_method(project_text(e->project, name));
    if (qs->kind != VALUE_QUERYSET)
        return unknown_because(e, "queryset that could not be followed");
    if (!method) {
        const Value *kept = receiver->klass ? manager_kept(a, node, receiver, name) : NULL;
        return kept ? kept : queryset_foreign(a, node, qs);
    }
    return queryset_method_call(a, node, receiver, qs, method, name, arguments);
}

/* Attribute of a manager or queryset: a method of the project, or of Django. */
const Value *queryset_attribute(Activation *a, NodeId node, const Value *value, Str name) {
    Evaluator *e = a->e;
    const Value *self = value;
    const ClassMember *member = member_of_project(value->klass, name);
    if (!member && value->kind == VALUE_MANAGER) {
        member = member_of_project(queryset_klass(value), name);
        if (member) self = manager_queryset(a, node, value);
    }
    if (member && member->flags & MEMBER_PROPERTY)
        return call_member(a, node, self, member, &(Arguments){0});
    if (member) return member_function(e, member, self);
    const ClassMember *plain = value->klass ? class_member(value->klass, name) : NULL;
    if (plain && plain->kind == MEMBER_CLASS)
        return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = plain->klass});
    if (plain && plain->kind == MEMBER_VALUE && plain->site.node)
        return evaluate_constant(e, plain->site, plain->owner);
    if (name_is(e, name, "model") && value->birth->model)
        return value_intern(e->values, &(Value){.kind = VALUE_CLASS,
                                                .klass = value->birth->model->klass});
    if (name_is(e, name, "instance") && value->self) return value->self;
    if (name_is(e, name, "_queryset_class")) {
        const Class *klass = queryset_klass(value);
        if (!klass) klass = project_class_named(e->project, "django.db.models.QuerySet");
        return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = klass});
    }
    const QuerysetMethod *method = queryset_method(project_text(e->project, name));
    if (method && method->result == RESULT_ATTRIBUTE) return e->scalar;
    const Relation *relation = value->kind == VALUE_MANAGER ? queryset_relation(value) : NULL;
    bool through = relation && (relation->kind == RELATION_M2M
                                || relation->kind == RELATION_REVERSE_M2M);
    if (through && name_is(e, name, "reverse")) return e->scalar; /* a flag of the manager's */
    return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name, .self = value});
}
