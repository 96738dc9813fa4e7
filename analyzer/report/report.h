/* report.h - a finding being worded. Private to the report room; rules know rule.h only. */
#ifndef EAGERLY_REPORT_H
#define EAGERLY_REPORT_H

#include "report/place.h"

struct Report {
    Arena *arena;             /* owns the texts */
    const Project *project;
    const Flow *flow;
    Places *places;
    const char *message, *fix; /* "" until said */
    const char *edit;         /* what the advice adds to the queryset; "" if that is not all */
    struct Edits *edits;      /* of all findings; see edit.h */
    Map key_reads;            /* see key_advice.c */
    bool gathering;           /* a first round, for the edits only: texts are thrown away */
};

/* "author.publisher" with the separator between the hops, by the names rows have for them or
 * (`lookups`) those of lookups. From hop `first` on. Owned by the arena. */
const char *event_path_text(Arena *arena, const Project *project, const Event *event,
                            uint32_t first, const char *separator, bool lookups);

/* Whether a join can bring this hop. */
bool hop_joins(const Relation *hop);

#endif
