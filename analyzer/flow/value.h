/* value.h - what an expression may be, as far as queries care.
 *
 * Values are immutable and interned: equal values are equal pointers and have equal ids. What
 * changes while a program runs (attributes of objects, rows already loaded, querysets already
 * evaluated) is not in a value but in the state, keyed by the value's id. One struct serves all
 * kinds; a field a kind does not use is zero, so values compare and hash as bytes of fields. */
#ifndef EAGERLY_VALUE_H
#define EAGERLY_VALUE_H

#include "flow/event.h"

typedef enum ValueKind {
    VALUE_UNKNOWN,
    VALUE_SCALAR,    /* a number, a date, a column: certainly no row and no queryset; name: the
                        text of a small integer that the source says; klass: the name of this
                        class or of one derived from it */
    VALUE_NONE,
    VALUE_BOOL,      /* flag */
    VALUE_STRING,    /* name */
    VALUE_SEQUENCE,  /* items: a list, tuple or set whose length is known */
    VALUE_MANY,      /* self: what each element is; a list of unknown length */
    VALUE_DICT,      /* items: STRING, value ...; self: other values, or NULL; key: their keys;
                        VALUE_DOUBTFUL: others have it, and may have put more into it */
    VALUE_MODULE,    /* site.module */
    VALUE_EXTERNAL,  /* name: dotted name outside the project */
    VALUE_CLASS,     /* klass */
    VALUE_FUNCTION,  /* site: FUNCTION or LAMBDA; klass: class it is defined in; items: captures;
                        key: what it decorates, or NULL */
    VALUE_METHOD,    /* the same, bound to self */
    VALUE_BUILTIN,   /* method `name` of self, which is a manager, row, string ... */
    VALUE_SUPER,     /* klass: search behind it; self: the instance */
    VALUE_OBJECT,    /* klass, site: where it was made */
    VALUE_MANAGER,   /* birth, plan, klass (manager class or NULL), self: parent row or NULL */
    VALUE_QUERYSET,  /* the same and site: where made; turn; queryset flags */
    VALUE_ROW,       /* birth, plan, turn; self: the row it is known to hang from, or NULL */
    VALUE_PREFETCH,  /* name: path; attr: to_attr; birth, plan: of its queryset; flags */
    VALUE_UNION,     /* items: 2 to 6 alternatives */
} ValueKind;

enum { /* Value.flags of managers, querysets, prefetches and rows */
    VALUE_NARROWED = 1 << 0,  /* a prefetched cache cannot serve it */
    VALUE_ALL = 1 << 1,       /* .all() was said once */
    VALUE_ORDERED = 1 << 2,
    VALUE_SLICED = 1 << 3,
    VALUE_SMALL = 1 << 4,     /* at most 20 rows, by a literal slice; MANY: as many as the source
                                 puts into it one by one */
    VALUE_EMPTY = 1 << 5,     /* none() */
    VALUE_DOUBTFUL = 1 << 6,  /* some step was assumed; CLASS: or one derived from it */
    VALUE_NEW = 1 << 7,       /* ROW: made in memory; UNKNOWN: batches */
    VALUE_TRUE = 1 << 8,      /* BOOL */
    VALUE_FALLBACK = VALUE_TRUE, /* QUERYSET, MANAGER: see registries.c */
    VALUE_UNORDERED = 1 << 9, /* order_by() without arguments */
    VALUE_QUERY = 1 << 10,    /* PREFETCH: has a queryset of its own */
    VALUE_MADE = VALUE_QUERY, /* ROW: it, or what leads to it, may instead be made in memory;
                                 UNKNOWN: what such a row's generic key leads to */
    VALUE_GUARDED = VALUE_QUERY, /* QUERYSET: a function gives it behind a guard, and it is asked
                                    outside */
    VALUE_BATCHES = 1 << 11,  /* each element is a batch */
    VALUE_FILTERED = 1 << 12, /* has conditions (not only an order or a plan) */
    VALUE_REBUILT = 1 << 13,  /* the same rows by a new query: rel.select_related(), .all().all() */
    VALUE_LAZY = 1 << 15,     /* MANY: a generator; its body runs where it is walked */
    VALUE_GUARD = 1 << 14,    /* UNKNOWN, SCALAR: what a cache or an optional attribute
                                 gave; others: the default of one that is not there */
};

typedef struct Value Value;
struct Value {
    uint32_t id;
    uint16_t kind, flags;
    Str name, attr;
    Site site;
    const Loop *turn;      /* see TURN_… */
    const Class *klass;
    const Birth *birth;
    const Plan *plan;
    const Value *self, *key;
    const Value **items;
    uint32_t count;
};

/* Value.turn: in which turn of which loop a row or queryset came to be. A row whose turn is a
 * Loop is another row in each turn of it. */
#define TURN_OUTSIDE ((const Loop *)0) /* before the current call, or not in a loop over rows */
extern const Loop turn_fresh, turn_each, turn_passed;
#define TURN_FRESH (&turn_fresh) /* made by this call, outside its loops: new for each call */
#define TURN_PASSED (&turn_passed) /* an argument that is fresh in the call above */
#define TURN_EACH (&turn_each)   /* inside MANY and DICT: another one for each element */

typedef struct Values Values;
Values *values_new(Arena *arena);
/* The interned value equal to the draft (its id is ignored; items are copied). */
const Value *value_intern(Values *values, const Value *draft);
const Value *value_simple(Values *values, ValueKind kind);
const Value *value_string(Values *values, Str text);
const Value *value_bool(Values *values, bool truth);
const Value *value_sequence(Values *values, const Value *const *items, uint32_t count);
/* A list of unknown length; rows in it that vary with `turn` become TURN_EACH. */
const Value *value_many(Values *values, const Value *item, const Loop *turn);
/* A list with as many elements as the source says, whatever the rows. */
bool value_is_few(const Value *list);
/* The value when a loop has put more into the lists in it. */
const Value *value_grown(Values *values, const Value *value);
/* The value with every `from` turn in it replaced, to a bounded depth. */
const Value *value_turned(Values *values, const Value *value, const Loop *from, const Loop *to);
/* Either of two values; NULL stands for none, and gives the other one. Alternatives of one birth
 * meet in their plans (missing = MAYBE). */
const Value *value_join(Values *values, Plans *plans, const Value *a, const Value *b);
const Value *value_with_plan(Values *values, const Value *value, const Plan *plan);
const Value *value_with_flags(Values *values, const Value *value, unsigned flags);
/* The value behind a key of a DICT, or NULL. */
const Value *value_key(const Value *dict, Str key);
uint32_t values_count(const Values *values);
/* How often a value had more in it, or more alternatives, than is followed. */
uint64_t values_cut(const Values *values);
const Value *value_numbered(const Values *values, uint32_t id);

#endif
