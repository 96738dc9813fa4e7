/* Columns that only() and defer() leave out.
 *
 *     book.body                       asked for on its own, once per row and column
 *     Prefetch("books", .only("id"))  so is the key by which Django tells whose books they are:
 *                                     it is read from each row as soon as the rows are fetched
 *
 * A column that was read, or assigned, is there from then on: FACT_LOADED under its attname. */
#include "flow/evaluate.h"

static Str column_name(const Field *field) {
    return field->attname ? field->attname : field->name;
}

static const Field *field_of(const Model *model, Str name) {
    return model && name ? model_field(model, name) : NULL;
}

/* How many relations lead here from the rows of the queryset that said only() or defer(). */
static uint8_t hops_of_clause(const Value *row) {
    uint8_t hops = 0;
    uint64_t clause = site_key(row->plan->columns_site);
    for (const Value *above = row->self; above && above->kind == VALUE_ROW && hops < EVENT_PATH;
         above = above->self, hops++)
        if (above->plan->columns_are == COLUMNS_ALL
            || site_key(above->plan->columns_site) != clause)
            break;
    return hops;
}

static Event column_event(Activation *a, NodeId node, const Birth *birth, const Plan *plan,
                          const Field *field) {
    Event event = {.kind = EVENT_COLUMN, .site = site_of(a, node), .detail = column_name(field),
                   .built = plan->columns_site, .confidence = CONFIDENCE_CERTAIN};
    const char *method = plan->columns_are == COLUMNS_ONLY ? "only" : "defer";
    event.method = str_of(a->e->project->strings, method);
    if (plan->columns_maybe) event.cover = COVER_MAYBE;
    event_place(&event, birth, NULL);
    if (!birth->known) event.silence = SILENCE_ORIGIN;
    return event;
}

/* The key of a relation that Django has matched rows by: it was read then, see below. */
static bool column_was_matched(const Activation *a, const Value *row, const Relation *key) {
    if (!key) return false;
    const Load *load;
    Cover cover = plan_cover(a->e->plans, row->plan, key, &load, NULL);
    if (load && load->how == LOAD_PREFETCH && cover == COVER_FULL) return true;
    const Relation *from = row->birth->relation;
    if (!from || from->inverse != key || !row->self || row->self->kind != VALUE_ROW) return false;
    return a->e->project->django_least < 61
           || plan_cover(a->e->plans, row->self->plan, from, NULL, NULL) == COVER_FULL;
}

bool row_was_matched(Activation *a, const Value *row, const Relation *relation) {
    const Field *field = field_of(row->birth->model, relation->attname);
    return !field || !plan_defers(row->plan, field) || column_was_matched(a, row, relation);
}

void row_column(Activation *a, NodeId node, const Value *row, const Field *field, Cover cover) {
    Evaluator *e = a->e;
    if (!plan_defers(row->plan, field) || row->flags & VALUE_NEW) return;
    uint64_t key = fact_key(FACT_LOADED, row->id, column_name(field));
    const Value *loaded = state_get(&a->state, key);
    if (loaded == e->marker || column_was_matched(a, row, field->relation)) return;
    const Loop *turn;
    if (!row_asks(a, row, &turn)) return;
    Touch touch = {.event = column_event(a, node, row->birth, row->plan, field),
                   .turn = turn, .row = row, .loaded = column_name(field)};
    if (loaded == e->maybe || cover == COVER_MAYBE) touch.event.cover = COVER_MAYBE;
    touch.event.built_hops = hops_of_clause(row);
    touch.event.confidence = row_confidence(a, row, touch.event.cover);
    touch_emit(a, &touch);
    state_set(e->scratch, &a->state, key, e->marker);
}

/* The columns that a related row is looked up by. */
void row_keys(Activation *a, NodeId node, const Value *row, const Relation *relation,
              Cover cover) {
    const Model *model = row->birth->model;
    const Str names[] = {relation->attname, relation->type_field, relation->key_field};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Field *field = field_of(model, names[i]);
        if (field) row_column(a, node, row, field, cover);
    }
}

/* Rows whose key is left out, matched with the rows they belong to: one query for each. */
static void column_match(Activation *a, NodeId node, const Birth *birth, const Plan *plan,
                         const Field *field, const Relation *by, Touch touch) {
    if (!field || !plan_defers(plan, field)) return;
    Event event = column_event(a, node, birth, plan, field);
    event.matched = by;
    if (touch.event.cover == COVER_MAYBE) event.cover = COVER_MAYBE;
    if (event.cover == COVER_MAYBE) event.confidence = CONFIDENCE_POSSIBLE;
    if (touch.event.confidence < event.confidence) event.confidence = touch.event.confidence;
    Loop draft = {.site = event.site, .rows = birth};
    Touch made = {.event = event,
                  .turn = touch.turn ? touch.turn : loop_make(a->e, &draft)};
    touch_emit(a, &made);
}

/* The columns of the far rows that say which of the near rows they belong to. */
static void match_far(Activation *a, NodeId node, const Birth *far, const Plan *plan,
                      const Relation *relation, Touch touch) {
    Str names[2] = {STR_NONE, STR_NONE};
    switch (relation->kind) {
    case RELATION_FK: case RELATION_O2O: names[0] = relation->to_field; break;
    case RELATION_REVERSE_FK: case RELATION_REVERSE_O2O:
        if (relation->inverse) names[0] = relation->inverse->attname;
        break;
    case RELATION_GENERIC:
        names[0] = relation->key_field;
        names[1] = relation->type_field;
        break;
    default: break;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        column_match(a, node, far, plan, field_of(far->model, names[i]), relation, touch);
}

/* Those of the near rows: a relation of one row only names any. */
static void match_near(Activation *a, NodeId node, const Birth *near, const Plan *plan,
                       const Relation *relation, Touch touch) {
    bool generic = relation->kind == RELATION_GENERIC_FK;
    const Str names[] = {relation->attname, generic ? relation->type_field : STR_NONE,
                         generic ? relation->key_field : STR_NONE};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        column_match(a, node, near, plan, field_of(near->model, names[i]), relation, touch);
}

static void loads_match(Activation *a, NodeId node, const Birth *birth, const Plan *plan,
                        bool one, uint32_t *left) {
    if (birth->depth >= EVENT_PATH - 1) return;
    for (uint32_t i = 0; i < plan->load_count; i++) {
        if (!*left) return;
        --*left;
        const Load *load = &plan->loads[i];
        const Relation *relation = load->relation;
        const Plan *below = load->below;
        if (load->cover == COVER_NONE) continue; /* thrown away */
        if (!load->to_attr) plan_cover(a->e->plans, plan, relation, NULL, &below);
        Touch touch = {.event = {.cover = load->cover, .confidence = CONFIDENCE_CERTAIN}};
        bool prefetch = load->how == LOAD_PREFETCH;
        if (prefetch && !one) match_near(a, node, birth, plan, relation, touch);
        const Birth *far = relation->to ? birth_below(a->e, birth, relation, site_of(a, node))
                                        : NULL;
        if (!far) continue;
        if (prefetch) match_far(a, node, far, below, relation, touch);
        loads_match(a, node, far, below, one && !relation->many, left);
    }
}

/* What fetching the rows of a queryset costs beyond its own query. `one`: a single row of it. */
void queryset_match(Activation *a, NodeId node, const Value *qs, bool one) {
    const Project *project = a->e->project;
    const Birth *birth = qs->birth;
    if (!birth || !birth->model || qs->plan->rows == ROWS_VALUES || a->muted) return;
    birth = queryset_birth(a->e, qs);
    const Relation *from = qs->self && qs->self->kind == VALUE_ROW ? birth->relation : NULL;
    /* author.books.only("title"): each book is told its author, up to Django 6.0. */
    if (from && from->kind == RELATION_REVERSE_FK && project->django_least < 61) {
        Touch touch = {.event = {.confidence = project->django_most < 61 ? CONFIDENCE_CERTAIN
                                                                         : CONFIDENCE_LIKELY},
                       .turn = one ? qs->self->turn : NULL};
        match_far(a, node, birth, qs->plan, from, touch);
    }
    uint32_t left = LIMIT_MATCHES;
    loads_match(a, node, birth, qs->plan, one, &left);
    if (!left) a->e->flow->statistics.cut_events++;
}

/* A model's own __init__() runs for each row, and may read what was left out. */
void row_created(Activation *a, NodeId node, const Value *row) {
    if (row->kind != VALUE_ROW || row->plan->columns_are == COLUMNS_ALL || !row->birth->model)
        return;
    Str name = str_of(a->e->project->strings, "__init__");
    const ClassMember *member = class_member(row->birth->model->klass, name);
    if (member && member->kind == MEMBER_FUNCTION)
        call_member(a, node, row, member, &(Arguments){.open = true});
}
