/* way.h - the steps that lead to a query, in the order in which a person follows them. Private to
 * the report room. */
#ifndef EAGERLY_WAY_H
#define EAGERLY_WAY_H

#include "report/finding.h"

typedef struct Step {
    const char *word;        /* "touch", "call", "loop", "queryset" */
    const Place *place;
    uint32_t between;        /* calls left out in front of this one */
} Step;

/* From the touch outwards: the calls, with the loop where it stands among them, and the queryset.
 * Unless it is `whole`, calls outside of both the loop and the function that has the queryset are
 * left out, but for the outermost; where the queryset is from a function that has returned, all
 * calls are there, since the rows pass some of them. The caller frees. */
Step *way_make(const Finding *finding, bool whole, uint32_t *count);

#endif
