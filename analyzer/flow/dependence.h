/* dependence.h - whether a query asks the same in each turn of a loop.
 *
 * Scalars have no turn, so this is decided by names: what an expression is made of, and whether
 * any of it is bound, changed or handed out within the loop. What cannot be told depends. */
#ifndef EAGERLY_DEPENDENCE_H
#define EAGERLY_DEPENDENCE_H

#include "flow/evaluate.h"

typedef enum BindingKind {
    BINDING_VALUE,    /* name = source */
    BINDING_ITEM,     /* for name in source */
    BINDING_CHANGED,  /* name += 1, name.append(...), name.x = ..., with ... as name */
    BINDING_CALLED,   /* f(name), name.method(): may change what can be changed */
} BindingKind;

typedef struct Binding {
    Str name;
    BindingKind kind;
    uint32_t start;   /* offset in the source */
    NodeId source;
    NodeId loop;      /* BINDING_ITEM: the FOR or COMP_FOR */
} Binding;

typedef struct Scope {
    Array(Binding) bindings; /* by name, then by place */
} Scope;

/* bindings.c: the bindings of a FUNCTION, LAMBDA or a module's BLOCK. */
const Scope *scope_of(Evaluator *e, Site definition);
/* The first binding of the name, or where it would stand. */
uint32_t scope_first(const Scope *scope, Str name);

/* Whether a method of the module, other than those that set objects up, sets this attribute. */
bool attribute_is_set(Evaluator *e, uint32_t module, Str name);

/* Whether a call gives the same for the same arguments and changes nothing. */
bool dependence_call_is_pure(Evaluator *e, uint32_t module, NodeId call);

#endif
