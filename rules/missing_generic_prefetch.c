/* A generic foreign key is read once per row, and the rows' queryset does not prefetch it.
 *
 * ## What it finds
 * A `GenericForeignKey` (or a subclass of it) that is read on each row of a loop, while the
 * queryset of the rows has no `prefetch_related()` for it. Rows that were reached through a
 * `GenericRelation` do not know the object they hang from either.
 *
 * ## Why
 * Each row may point to another table, so no join can bring the object: `select_related()` raises.
 * `prefetch_related()` asks once per content type, reading row by row asks once per row.
 *
 * ## Example
 *     for note in Note.objects.all():
 *         print(note.target)
 *
 * ## Instead
 *     for note in Note.objects.prefetch_related("target"):
 *         print(note.target)
 *
 * ## Known limits
 * What hangs from the object is followed only behind `isinstance(target, Book)`, or when a
 * `GenericPrefetch` (Django 5.0) names its queryset:
 * `GenericPrefetch("target", [Book.objects.select_related("author")])`. The content type
 * itself, `note.content_type`, is a plain foreign key, which EAG101 reports; a prefetch of the
 * object does not bring it. `ContentType.objects.get_for_model()` and `get_for_id()` are kept by
 * their manager and never reported.
 */
#include "report/rule.h"

static bool missing_generic_prefetch_applies(const Event *event) {
    const Relation *relation = event_relation(event);
    bool missing = event->cover == COVER_NONE || event->cover == COVER_MAYBE;
    return missing && relation && relation->kind == RELATION_GENERIC_FK;
}

/* Whether a loop walks the rows of the queryset (or, where several are walked alike, of another one
 * of the model); else each of them was asked for on its own, and a prefetch would do the same for
 * one row at a time. */
static bool rows_are_walked(const Event *event) {
    for (uint32_t i = 0; i < event->loop_count; i++)
        for (const Birth *rows = event->loops[i]->rows; rows; rows = rows->parent)
            if (rows->model == event->model || event->loops[i]->batched) return true;
    return false;
}

static void missing_generic_prefetch_describe(const Event *event, Report *report) {
    if (event->cover == COVER_MAYBE)
        report_say(report, event,
                   "%P is read once per %M in %L: %Q prefetches it only on some paths");
    else
        report_say(report, event, "%P is read once per %M in %L: %Q does not prefetch it");
    if (rows_are_walked(event)) report_fix_load(report, event);
    else
        report_fix(report, event,
                   "fetch the objects of all turns in one query, with .prefetch_related(\"%W\")");
}

static const Rule missing_generic_prefetch = {
    .code = "EAG103",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 20,
    .events = EVENT_LOAD,
    .applies = missing_generic_prefetch_applies,
    .describe = missing_generic_prefetch_describe,
};
