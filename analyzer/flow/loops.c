/* Loops over values: what each turn gets, and what the instances remember between turns.
 *
 * The rows of an evaluated queryset are the same objects in every loop over it. So what the body
 * of one loop loads (or assigns) on each row is kept under the container when the loop ends, and
 * given back to the row of the next loop over the same container. */
#include "flow/templates.h"

static const Loop *walk_loop(Activation *a, NodeId node, const Birth *rows, bool small,
                             bool batched) {
    return loop_make(a->e, &(Loop){.site = site_of(a, node), .rows = rows, .small = small,
                                   .batched = batched});
}

bool loop_enter(Activation *a, const Loop *loop) {
    if (a->loop_count == LIMIT_LOOPS) {
        a->e->flow->statistics.cut_loops++;
        return false;
    }
    a->loops[a->loop_count++] = loop;
    return true;
}

static void walk_enter(Activation *a, Walk *walk) {
    if (walk->loop && !loop_enter(a, walk->loop)) walk->loop = NULL;
}

static void walk_queryset(Activation *a, NodeId node, NodeId source, const Value *qs,
                          Walk *walk) {
    queryset_run(a, source, qs, OPERATION_ITERATE);
    walk->loop = walk_loop(a, node, qs->birth, qs->flags & VALUE_SMALL, false);
    walk->item = row_as_loaded(a, queryset_rows(a, node, qs, walk->loop), qs);
    walk->container = qs;
}

static const Birth *value_rows(const Value *value) {
    return value->kind == VALUE_ROW ? value->birth : NULL;
}

static void walk_many(Activation *a, NodeId node, const Value *many, Walk *walk) {
    if (many->flags & VALUE_LAZY) generator_run(a, node, many);
    const Value *item = many->self;
    bool batched = many->flags & VALUE_BATCHES;
    if (value_is_few(many)) {
        walk->item = value_turned(a->e->values, item, TURN_EACH, activation_turn(a));
        return;
    }
    const Birth *rows = value_rows(item);
    for (uint32_t i = 0; !rows && item->kind == VALUE_SEQUENCE && i < item->count; i++)
        rows = value_rows(item->items[i]);
    walk->loop = walk_loop(a, node, batched ? NULL : rows, false, batched);
    walk->item = value_turned(a->e->values, item, TURN_EACH, walk->loop);
    walk->item = row_as_loaded(a, walk->item, many);
    walk->container = many;
}

static void walk_object(Activation *a, NodeId node, NodeId source, const Value *object,
                        Walk *walk) {
    Evaluator *e = a->e;
    const Class *klass = value_class(object);
    const ClassMember *member =
        klass ? class_member(klass, str_of(e->project->strings, "__iter__")) : NULL;
    if (member && member->kind == MEMBER_FUNCTION) {
        const Value *given = call_member(a, source, object, member, &(Arguments){0});
        if (given->kind != VALUE_ROW && given->kind != VALUE_OBJECT) {
            walk_start(a, node, source, given, walk);
            return;
        }
    }
    for (const Framework *const *framework = e->frameworks; *framework; framework++) {
        const Value *rows = (*framework)->iterate ? (*framework)->iterate(a, source, object) : NULL;
        if (!rows || rows->kind == VALUE_OBJECT) continue;
        walk_start(a, node, source, rows, walk);
        return;
    }
    walk->loop = walk_loop(a, node, NULL, false, false);
    walk->item = e->unknown;
    walk_enter(a, walk);
}

static void walk_union(Activation *a, NodeId node, NodeId source, const Value *value,
                       Walk *walk) {
    Evaluator *e = a->e;
    const Value *item = NULL;
    const Birth *rows = NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        const Value *one = value->items[i];
        const Value *element = NULL;
        if (one->kind == VALUE_QUERYSET) {
            queryset_run(a, source, one, OPERATION_ITERATE);
            element = queryset_rows(a, node, one, TURN_EACH);
        } else if (one->kind == VALUE_MANY) {
            element = one->self;
        }
        if (!element) continue;
        if (!rows) rows = value_rows(element);
        item = value_join(e->values, e->plans, item, element);
    }
    walk->loop = walk_loop(a, node, rows, false, false);
    walk->item = item ? value_turned(e->values, item, TURN_EACH, walk->loop)
                      : e->unknown;
}

/* Enters the loop: binds nothing yet. False: there are no turns. */
bool walk_start(Activation *a, NodeId node, NodeId source, const Value *value, Walk *walk) {
    Evaluator *e = a->e;
    *walk = (Walk){.item = e->unknown};
    if (value->kind == VALUE_NONE && template_runs(a) && context_is_whole(a)) return false;
    switch ((ValueKind)value->kind) {
    case VALUE_QUERYSET:
        if (value->flags & VALUE_EMPTY) return false;
        walk_queryset(a, node, source, value, walk);
        break;
    case VALUE_MANY: walk_many(a, node, value, walk); break;
    case VALUE_UNION: walk_union(a, node, source, value, walk); break;
    case VALUE_ROW: case VALUE_OBJECT: walk_object(a, node, source, value, walk); return true;
    case VALUE_SEQUENCE:
        walk->items = value->items;
        walk->item_count = value->count;
        if (value->count > LIMIT_UNROLL) {
            walk->item_count = 0;
            for (uint32_t i = 0; i < value->count; i++)
                walk->item = i ? value_join(e->values, e->plans, walk->item, value->items[i])
                               : value->items[0];
        }
        return value->count > 0;
    case VALUE_DICT: case VALUE_STRING: case VALUE_EXTERNAL: case VALUE_CLASS:
    case VALUE_NONE: case VALUE_BOOL:
        walk->item = e->scalar;
        if (value->kind == VALUE_DICT && value->self) {
            const Value *key = value->key ? value->key : e->unknown;
            walk->loop = walk_loop(a, node, value_rows(key), false, false);
            walk->item = value_turned(e->values, key, TURN_EACH, walk->loop);
        }
        break;
    default:
        walk->loop = walk_loop(a, node, NULL, false, value->flags & VALUE_BATCHES);
        walk->item = e->unknown;
    }
    walk_enter(a, walk);
    return true;
}

/* Whether the fact says a relation of a row is loaded, and the row came to be in that turn. */
static const Value *row_loaded(const Activation *a, Fact fact, const Loop *turn) {
    if (fact_kind(fact.key) != FACT_LOADED) return NULL;
    if (fact.value == a->e->gone) return NULL;
    const Value *row = value_numbered(a->e->values, fact_object(fact.key));
    return row && row->kind == VALUE_ROW && row->turn == turn ? row : NULL;
}

bool fact_is_collected(const Activation *a, Fact fact) {
    return row_loaded(a, fact, TURN_EACH) != NULL;
}

/* What is loaded on the rows of one turn is loaded on those of the other: a row that the body put
 * into a list is the same instance when the list is walked. */
static void rows_carry(Activation *a, const Loop *from, const Loop *to) {
    State before = state_copy(a->e->scratch, &a->state);
    for (uint32_t i = 0; i < before.facts.count; i++) {
        Fact fact = before.facts.items[i];
        const Value *row = row_loaded(a, fact, from);
        if (!row) continue;
        row = value_turned(a->e->values, row, from, to);
        state_set(a->e->scratch, &a->state, fact_key(FACT_LOADED, row->id, (Str)fact.key),
                  fact.value);
    }
}

/* The rows of this queryset are fetched again: what was collected of them is known no more. */
void rows_renew(Activation *a, const Value *each) {
    for (uint32_t i = a->state.facts.count; each->kind == VALUE_ROW && i-- > 0;) {
        Fact fact = a->state.facts.items[i];
        const Value *row = row_loaded(a, fact, TURN_EACH);
        for (unsigned depth = 0; row && row != each && depth < 8; depth++)
            row = row->self && row->self->kind == VALUE_ROW ? row->self : NULL;
        if (row == each) state_drop(&a->state, fact.key);
    }
}

void walk_grows(Activation *a, const Walk *walk, State *joined, const State *entry) {
    for (uint32_t i = 0; walk->loop && i < joined->facts.count; i++) {
        Fact *fact = &joined->facts.items[i];
        if (state_get(entry, fact->key) != fact->value)
            fact->value = value_grown(a->e->values, fact->value);
    }
}

/* A new turn: the loop's row is another one, so nothing is loaded on it; then what an earlier
 * loop over the same container left on every row is given to it. */
void walk_turn(Activation *a, const Walk *walk) {
    Evaluator *e = a->e;
    if (!walk->loop) return;
    State *state = &a->state;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < state->facts.count; i++) {
        Fact fact = state->facts.items[i];
        const Value *about = value_numbered(e->values, fact_object(fact.key));
        bool list = about && about->kind == VALUE_MANY && fact.value->kind == VALUE_BOOL
                    && !(fact.value->flags & VALUE_TRUE);
        bool gone = fact_kind(fact.key) != FACT_VARIABLE && about
                    && (about->turn == walk->loop || list);
        if (!gone) state->facts.items[kept++] = fact;
    }
    state->facts.count = kept;
    if (!walk->container || walk->container->kind != VALUE_QUERYSET)
        rows_carry(a, TURN_EACH, walk->loop);
    if (!walk->container || walk->item->kind != VALUE_ROW) return;
    for (uint32_t i = 0; i < state->facts.count; i++) {
        Fact fact = state->facts.items[i];
        FactKind kind = fact_kind(fact.key);
        bool carried = (kind == FACT_LOADED || kind == FACT_ATTRIBUTE)
                       && fact_object(fact.key) == walk->container->id;
        if (carried)
            state_set(e->scratch, state, fact_key(kind, walk->item->id, (Str)fact.key), fact.value);
    }
    if (walk->loop->site.module == a->module) row_created(a, walk->loop->site.node, walk->item);
}

static void walk_keep(Activation *a, const Walk *walk) {
    State before = state_copy(a->e->scratch, &a->state);
    for (uint32_t i = 0; i < before.facts.count; i++) {
        Fact fact = before.facts.items[i];
        FactKind kind = fact_kind(fact.key);
        bool mine = (kind == FACT_LOADED || kind == FACT_ATTRIBUTE)
                    && fact_object(fact.key) == walk->item->id;
        if (mine)
            state_set(a->e->scratch, &a->state,
                      fact_key(kind, walk->container->id, (Str)fact.key), fact.value);
    }
}

/* Facts about the loop's own rows: nothing can ask for them any more. */
static void facts_forget(Activation *a, const Loop *loop) {
    State *state = &a->state;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < state->facts.count; i++) {
        Fact fact = state->facts.items[i];
        const Value *about = fact_kind(fact.key) == FACT_VARIABLE
                                 ? NULL : value_numbered(a->e->values, fact_object(fact.key));
        if (!about || about->turn != loop) state->facts.items[kept++] = fact;
    }
    state->facts.count = kept;
}

/* Leaves the loop. Rows of it that variables still hold are the last turn's. */
void walk_end(Activation *a, const Walk *walk, bool all_rows) {
    if (!walk->loop) return;
    if (all_rows && walk->container && walk->item->kind == VALUE_ROW) walk_keep(a, walk);
    rows_renew(a, value_turned(a->e->values, walk->item, walk->loop, TURN_EACH));
    rows_carry(a, walk->loop, TURN_EACH);
    facts_forget(a, walk->loop);
    a->loop_count--;
    const Loop *outer = activation_turn(a);
    for (uint32_t i = 0; i < a->state.facts.count; i++) {
        Fact *fact = &a->state.facts.items[i];
        if (fact_kind(fact->key) == FACT_VARIABLE || fact_kind(fact->key) == FACT_ATTRIBUTE)
            fact->value = value_turned(a->e->values, fact->value, walk->loop, outer);
    }
}
