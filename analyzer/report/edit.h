/* edit.h - one queryset, one edit: the loads that all findings of a queryset ask for together. */
#ifndef EAGERLY_EDIT_H
#define EAGERLY_EDIT_H

#include "report/report.h"

/* A load that is missing. */
typedef struct Ask {
    bool joins;              /* by select_related(); else by prefetch_related() */
    const char *path;        /* as that method wants it; with a type: up to the generic key */
    const char *type;        /* the model behind a generic key whose rows lack `rest`; NULL: none */
    bool rest_joins;
    const char *rest;
    Site clause;             /* the argument that prefetches the front of the path; node NODE_NONE:
                                none does */
    const char *loaded;      /* that front; "" without a clause */
} Ask;

typedef struct Edits Edits;
/* Who else asks for the same rows is looked up in the events. */
Edits *edits_new(Arena *arena, const Flow *flow, Places *places);
/* Where the rows of an event get their loads: where they are born; behind the last call of the
 * view that asks, if they are born in a helper, and no other caller of it asks the same. */
Site edits_site(const Edits *edits, const Event *event);
/* A load that is missing where `event` says. Texts are kept. */
void edits_add(Edits *edits, const Event *event, const Ask *ask);
/* All that was added for the same place: .select_related("a__b").prefetch_related("c"). A path
 * that another one passes through is not said twice, what is behind one generic key is one
 * GenericPrefetch, and what is only possible is left out of the edit of others. `ask` is the
 * event's own. Owned by the arena of the edits. */
const char *edits_text(Edits *edits, const Event *event, const Ask *ask);
/* What the event itself needs of it (the argument alone without `method`), and what the others need
 * besides ("": nothing). */
const char *edits_own(Edits *edits, const Event *event, const Ask *ask, bool method);
const char *edits_others(Edits *edits, const Event *event, const Ask *ask);
/* One half of it: the joins, or the prefetches. */
const char *edits_part(Edits *edits, const Event *event, const Ask *ask, bool of_joins);
/* The joined paths alone, as items of a list: "a__b", "c", with the `count` names of `more` among
 * them. "" if nothing is missing. */
const char *edits_list(Edits *edits, const Event *event, const Ask *ask,
                       const char *const *more, uint32_t count);
/* Whether a path that was added for the place prefetches the whole relation at the end of this one,
 * or goes through it. */
bool edits_prefetch(const Edits *edits, const Event *event, const char *path);
/* Rows of a relation of one object, `for book in author.books.all()`, are best given their loads
 * where that relation is asked, so the advice leaves out the hop that leads to them. 0: no
 * expression that can be changed asks, as in a template or the fields of a serializer, or the
 * object has them prefetched. */
uint32_t edits_skip(const Edits *edits, const Event *event);
/* Whether it stands in a template, where no method of querysets can be written. */
bool site_is_template(const Project *project, Site site);
/* The loop over the rows of the first hop; NULL: none. */
const Loop *edits_loop(const Event *event);

/* key_advice.c: advice for a relation of which only the key is read. False: more is read, and
 * nothing was said. */
bool report_fix_key(Report *report, const Event *event);

/* admin_advice.c: advice for a missing load where a class of the admin, or a list of choices, asks
 * for the rows. False: it does not, and nothing was said. */
bool report_fix_admin(Report *report, const Event *event, const Ask *ask);

/* Whether the edit can be written where the queryset ends, as it stands: behind a call that hands
 * on a queryset, or (what follows is looked at by findings_measure()) behind a manager. */
bool edit_fits(const Project *project, const Event *event);
/* The name of a method that keeps rows, their class and all that is loaded. */
bool edit_follows(const char *name, size_t length);

#endif
