/* Sorted by key, so that joining is a merge and equality a comparison of bytes. */
#include "flow/state.h"

static uint32_t state_find(const State *state, uint64_t key) {
    uint32_t low = 0, high = state->facts.count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (state->facts.items[middle].key < key) low = middle + 1;
        else high = middle;
    }
    return low;
}

const Value *state_get(const State *state, uint64_t key) {
    uint32_t at = state_find(state, key);
    return at < state->facts.count && state->facts.items[at].key == key
               ? state->facts.items[at].value : NULL;
}

void state_set(Arena *arena, State *state, uint64_t key, const Value *value) {
    uint32_t at = state_find(state, key);
    if (at < state->facts.count && state->facts.items[at].key == key) {
        state->facts.items[at].value = value;
        return;
    }
    array_push(arena, &state->facts, (Fact){key, value});
    Fact *facts = state->facts.items;
    memmove(facts + at + 1, facts + at, sizeof *facts * (state->facts.count - 1 - at));
    facts[at] = (Fact){key, value};
}

void state_drop(State *state, uint64_t key) {
    uint32_t at = state_find(state, key);
    if (at == state->facts.count || state->facts.items[at].key != key) return;
    Fact *facts = state->facts.items;
    memmove(facts + at, facts + at + 1, sizeof *facts * (state->facts.count - 1 - at));
    state->facts.count--;
}

State state_copy(Arena *arena, const State *state) {
    State copy = {.dead = state->dead};
    uint32_t count = state->facts.count;
    if (!count) return copy;
    copy.facts.items = arena_many(arena, Fact, count + 4);
    copy.facts.room = count + 4;
    copy.facts.count = count;
    memcpy(copy.facts.items, state->facts.items, sizeof(Fact) * count);
    return copy;
}

static bool loaded_surely(const Value *loaded) {
    return loaded->kind == VALUE_BOOL && loaded->flags & VALUE_TRUE;
}

/* What a read that was told of has loaded keeps that mark (VALUE_NEW) when paths meet. */
static const Value *loaded_join(Values *values, const Value *a, const Value *b,
                                const Value *maybe) {
    if (b && loaded_surely(a) && loaded_surely(b)) return a->flags & VALUE_NEW ? b : a;
    bool told = a->flags & VALUE_NEW && (!b || b->flags & VALUE_NEW);
    return told ? value_with_flags(values, maybe, VALUE_NEW) : maybe;
}

/* A text, truth or number, that a condition may be decided by. */
static bool value_is_plain(const Value *value) {
    bool plain = true;
    if (value->kind != VALUE_UNION)
        return value->kind == VALUE_STRING || value->kind == VALUE_BOOL
               || value->kind == VALUE_SCALAR;
    for (uint32_t i = 0; plain && i < value->count; i++) plain = value_is_plain(value->items[i]);
    return plain;
}

/* A fact that only one side has: a variable stays (the other path did not bind it), a load is
 * possible, an evaluation is not sure. An attribute still has what it had on the other path. */
static void state_join_one(Arena *arena, Values *values, State *joined, Fact fact,
                           const Value *maybe) {
    if (fact_kind(fact.key) == FACT_EVALUATED) return;
    if (fact_kind(fact.key) == FACT_LOADED)
        fact.value = loaded_join(values, fact.value, NULL, maybe);
    if (fact_kind(fact.key) == FACT_ATTRIBUTE && value_is_plain(fact.value))
        fact.value = value_simple(values, VALUE_SCALAR);
    array_push(arena, &joined->facts, fact);
}

State state_join(Arena *arena, Values *values, Plans *plans, const State *a, const State *b,
                 const Value *maybe) {
    if (a->dead) return state_copy(arena, b);
    if (b->dead) return state_copy(arena, a);
    State joined = {0};
    uint32_t i = 0, j = 0;
    while (i < a->facts.count || j < b->facts.count) {
        const Fact *left = i < a->facts.count ? &a->facts.items[i] : NULL;
        const Fact *right = j < b->facts.count ? &b->facts.items[j] : NULL;
        if (left && right && left->key == right->key) {
            const Value *value = left->value;
            if (value != right->value)
                value = fact_kind(left->key) == FACT_LOADED
                            ? loaded_join(values, value, right->value, maybe)
                            : value_join(values, plans, left->value, right->value);
            array_push(arena, &joined.facts, (Fact){left->key, value});
            i++, j++;
        } else if (!right || (left && left->key < right->key)) {
            state_join_one(arena, values, &joined, *left, maybe);
            i++;
        } else {
            state_join_one(arena, values, &joined, *right, maybe);
            j++;
        }
    }
    return joined;
}

bool state_equal(const State *a, const State *b) {
    if (a->dead != b->dead || a->facts.count != b->facts.count) return false;
    for (uint32_t i = 0; i < a->facts.count; i++)
        if (a->facts.items[i].key != b->facts.items[i].key
            || a->facts.items[i].value != b->facts.items[i].value)
            return false;
    return true;
}
