/* builtins.h - tables of Python's own functions, shared by the files that hold them.
 *
 * A handler answers a call of one function. It gets the arguments evaluated, emits what the call
 * asks of the database, and gives the call's value. */
#ifndef EAGERLY_BUILTINS_H
#define EAGERLY_BUILTINS_H

#include "flow/evaluate.h"

typedef const Value *(*Handler)(Activation *a, NodeId node, const Arguments *arguments);
typedef struct Builtin {
    const char *name;            /* dotted: "itertools.chain" */
    Handler handler;
} Builtin;

static inline const Value *first_of(const Arguments *arguments) {
    return arguments->count && !arguments->names[0] ? arguments->values[0] : NULL;
}

/* iterators.c */
extern const Builtin iterator_builtins[];
extern const size_t iterator_builtin_count;
/* Every element of something iterable, after running what iterating runs. TURN_EACH in it. */
const Value *elements_of(Activation *a, NodeId node, const Value *value);
/* What a function gives for each element; NONE gives the element itself. */
const Value *call_each(Activation *a, NodeId node, const Value *function, const Value *value);
const Value *do_list(Activation *a, NodeId node, const Arguments *arguments);
const Value *do_batches(Activation *a, NodeId node, const Arguments *arguments);

/* functions.c */
extern const Builtin function_builtins[];
extern const size_t function_builtin_count;
/* A call of what partial(), attrgetter() and their kin gave; NULL: it is none of those. */
const Value *call_made(Activation *a, NodeId node, const Value *callee,
                       const Arguments *arguments);

/* formsets.c */
extern const Builtin formset_builtins[];
extern const size_t formset_builtin_count;

/* dumps.c */
extern const Builtin dump_builtins[];
extern const size_t dump_builtin_count;

/* containers.c */
extern const Builtin container_builtins[];
extern const size_t container_builtin_count;
/* A dict's entries under the other's, which win: {**below, **above}. */
const Value *dict_merge(Evaluator *e, const Value *below, const Value *above);
const Value *sequence_add(Evaluator *e, const Value *left, const Value *right);
const Value *list_method(Activation *a, NodeId node, const Value *self, const char *name,
                         const Arguments *arguments);
const Value *dict_method(Activation *a, NodeId node, const Value *self, const char *name,
                         const Arguments *arguments);
/* Whether a dictionary that the code at hand holds certainly has no such key; `node` is where it
 * stands. What a module holds may be filled anywhere. */
bool dict_lacks(Activation *a, NodeId node, const Value *dict, const Value *key);
/* `return d[key]` or `x = d[key]`, as all that a body does: yes, no or SCALAR, whether the key is
 * there. */
const Value *body_finds_entry(Activation *a, NodeId body);

#endif
