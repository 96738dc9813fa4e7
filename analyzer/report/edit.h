/* edit.h - one queryset, one edit: the loads that all findings of a queryset ask for together. */
#ifndef EAGERLY_EDIT_H
#define EAGERLY_EDIT_H

#include "report/report.h"

typedef struct Edits Edits;
Edits *edits_new(Arena *arena);
/* A load that is missing where `event` says: `path` as the method wants it. Texts are kept. */
void edits_add(Edits *edits, const Event *event, bool joins, const char *path);
/* All that was added for the same place: .select_related("a__b").prefetch_related("c"). A path
 * that another one passes through is not said twice, and what is only possible is left out of the
 * edit of others. `path` is the event's own. Owned by the arena of the edits. */
const char *edits_text(Edits *edits, const Event *event, bool joins, const char *path);
/* One half of it: the joins, or the prefetches. `joins` says which half `path` belongs to. */
const char *edits_part(Edits *edits, const Event *event, bool joins, const char *path,
                       bool of_joins);
/* The joined paths alone, as items of a list: "a__b", "c", with the `count` names of `more` among
 * them. "" if nothing is missing. `path`: the event's own, "" if it is no join. */
const char *edits_list(Edits *edits, const Event *event, const char *path,
                       const char *const *more, uint32_t count);
/* Whether a path that was added for the place prefetches the whole relation at the end of this one,
 * or goes through it. */
bool edits_prefetch(const Edits *edits, const Event *event, const char *path);
/* Rows of a relation of one object, `for book in author.books.all()`, are best given their loads
 * where that relation is asked, so the advice leaves out the hop that leads to them. */
uint32_t edits_skip(const Event *event);

/* admin_advice.c: advice for a missing load where a class of the admin, or a list of choices, asks
 * for the rows. False: it does not, and nothing was said. */
bool report_fix_admin(Report *report, const Event *event, bool joins, const char *path);

/* Whether the edit can be written where the queryset ends, as it stands: behind a call that hands
 * on a queryset, or (what follows is looked at by findings_measure()) behind a manager. */
bool edit_fits(const Project *project, const Event *event);
/* The name of a method that keeps rows, their class and all that is loaded. */
bool edit_follows(const char *name, size_t length);

#endif
