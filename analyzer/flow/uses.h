/* uses.h - who uses a value, read off the source: every place in a function where a name stands,
 * and what is done with it there.
 *
 * The evaluator says what a name holds; this says that there is no use which it has not seen. A
 * function that hides a use (too many of them, a nested function, locals()) gives no answer. */
#ifndef EAGERLY_USES_H
#define EAGERLY_USES_H

#include "project/project.h"

enum { USES_MOST = 64 };

typedef enum UseAs {
    AS_OTHER,      /* anything not listed: the value may go anywhere */
    AS_BOUND,      /* the name is a target here */
    AS_LOOP,       /* by: FOR or COMP_FOR that walks it */
    AS_LIST,       /* by: list(), tuple(), set(), sorted() and reversed() without a key */
    AS_LENGTH,     /* by: the call of len() */
    AS_TRUTH,      /* by: what asks: `if qs`, `not qs`, bool(qs) */
    AS_MEMBER,     /* by: `x in qs` */
    AS_IDENTITY,   /* by: any other comparison */
    AS_INDEX,      /* by: qs[i] */
    AS_SLICE,      /* by: qs[a:b] */
    AS_METHOD,     /* by: the call of its method `name` */
    AS_ATTRIBUTE,  /* by: reading its attribute `name` */
    AS_STORED,     /* by: the ASSIGN, to a single name */
    AS_TEXT,       /* by: print(), str(), an f-string */
    AS_DROPPED,    /* by: the statement it is */
} UseAs;

typedef struct Use {
    UseAs as;
    NodeId node;   /* the expression that is used */
    NodeId by;
    Str name;      /* AS_METHOD, AS_ATTRIBUTE: of the project; else STR_NONE */
} Use;

typedef struct Uses Uses;
Uses *uses_new(Arena *arena, const Project *project);
NodeId uses_parent(Uses *uses, Site site);
/* What is done with the value of an expression, there where it stands. */
Use uses_of(Uses *uses, Site expression);
/* Every use of a local name in a function, in the order of the source; false: not all are known.
 * `name` is the module's own; `found` has room for USES_MOST. */
bool uses_of_name(Uses *uses, Site function, Str name, Use *found, uint32_t *count);
/* How often a function was passed over because a name stands in it too often. */
uint64_t uses_cut(const Uses *uses);

#endif
