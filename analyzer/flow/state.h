/* state.h - what changes while code runs: variables, attributes set on objects and rows, relations
 * already loaded on a row, querysets already evaluated. A sorted array; copied at branches. */
#ifndef EAGERLY_STATE_H
#define EAGERLY_STATE_H

#include "flow/value.h"

typedef enum FactKind {
    FACT_VARIABLE,   /* b: name -> value */
    FACT_ATTRIBUTE,  /* a: id of the object or row, b: name -> value */
    FACT_LOADED,     /* a: id of the row, b: name of the relation -> see seeds.c */
    FACT_EVALUATED,  /* a: id of the queryset -> marker */
} FactKind;

typedef struct Fact {
    uint64_t key;
    const Value *value;
} Fact;

typedef struct State {
    Array(Fact) facts; /* sorted by key */
    bool dead;         /* code that cannot be reached: after return, raise, break */
} State;

static inline uint64_t fact_key(FactKind kind, uint32_t a, Str b) {
    return (uint64_t)kind << 62 | (uint64_t)(a & 0x3fffffffu) << 32 | b;
}
static inline FactKind fact_kind(uint64_t key) { return (FactKind)(key >> 62); }
static inline uint32_t fact_object(uint64_t key) { return (uint32_t)(key >> 32) & 0x3fffffffu; }

const Value *state_get(const State *state, uint64_t key);
void state_set(Arena *arena, State *state, uint64_t key, const Value *value);
void state_drop(State *state, uint64_t key);
State state_copy(Arena *arena, const State *state);
/* Where two paths meet. A dead side counts for nothing. `maybe` marks loads of one side only. */
State state_join(Arena *arena, Values *values, Plans *plans, const State *a, const State *b,
                 const Value *maybe);
bool state_equal(const State *a, const State *b);

#endif
