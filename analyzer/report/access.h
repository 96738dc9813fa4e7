/* access.h - findings put together by what a person acts on. Private to the report room.
 *
 * One line of a helper that thirty querysets reach is thirty findings: each has a queryset of its
 * own to edit, a fingerprint of its own, and is counted. For people it is one access, shown once,
 * with the other querysets below. What machines read knows nothing of this. */
#ifndef EAGERLY_ACCESS_H
#define EAGERLY_ACCESS_H

#include "report/words.h"

typedef struct Access {
    const Finding *const *members; /* in the order of the report */
    uint32_t count;
    const Finding *first;          /* the one to show whole: the surest, by the shortest way */
    uint32_t others;               /* members that say something else than those before them */
} Access;

typedef struct Accesses {
    Access *items;                 /* in the order of the report */
    uint32_t count;
    const Finding **members;
} Accesses;

/* The findings of one rule that read the same relation at the same place; for GROUP_NONE and
 * GROUP_QUERYSET every finding by itself. */
Accesses accesses_make(const Findings *findings, GroupBy by);
void accesses_free(Accesses *accesses);
/* How many there are, whatever findings are put together by. */
uint32_t accesses_count(const Findings *findings);
/* The worst first, as findings_worst(). */
void accesses_worst(Accesses *accesses);
/* Those of a group together, as group_order() has it. */
void accesses_group(Accesses *accesses, GroupBy by);

/* Calls with each of the others, up to `most`. `advice` says what to do at
 * other_place(): the exact edit, or the advice if it is not what was said of the first; "". */
typedef void OtherWriter(const Finding *other, const char *advice, void *context);
void access_others(const Access *access, uint32_t most, OtherWriter *write, void *context);
/* "from 11 more querysets", or "in 2 more ways" if they are of the same queryset. */
void write_others(Writer *out, const Access *access);
/* Where one of the others begins: its queryset, else the loop, the call, the touch. */
const Place *other_place(const Finding *other);

/* As many of the others as are named without --show-all. */
enum { OTHERS_MOST = 5 };
static inline uint32_t others_most(const Access *access, const ReportOptions *options) {
    return options->show_all || access->others <= OTHERS_MOST ? access->others : OTHERS_MOST;
}

#endif
