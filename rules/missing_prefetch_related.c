/* A to-many relation is fetched whole once per row, and the rows' queryset does not prefetch it.
 *
 * ## What it finds
 * A reverse foreign key, a many-to-many or a generic relation that is read whole on each row of a
 * loop: iterated, listed, measured with `len()`, tested for truth or membership.
 *
 * ## Why
 * Each `author.books.all()` is a new queryset. Without a prefetch it asks the database when it is
 * iterated, once per author.
 *
 * ## Example
 *     for author in Author.objects.all():
 *         for book in author.books.all():
 *             print(book.title)
 *
 * ## Instead
 *     for author in Author.objects.prefetch_related("books"):
 *         for book in author.books.all():
 *             print(book.title)
 *
 * ## Known limits
 * Rows whose queryset is not in view are passed over. A relation that is prefetched on some paths
 * only is confidence `possible`. Relations of a single object (`get()`) are not per row.
 */
#include "report/rule.h"

static bool missing_prefetch_related_applies(const Event *event) {
    return event->cover == COVER_NONE || event->cover == COVER_MAYBE;
}

static void missing_prefetch_related_describe(const Event *event, Report *report) {
    if (event->cover == COVER_MAYBE)
        report_say(report, event,
                   "%P is fetched once per %M in %L: %Q prefetches it only on some paths");
    else
        report_say(report, event, "%P is fetched once per %M in %L: %Q does not prefetch it");
    report_fix_load(report, event);
}

static const Rule missing_prefetch_related = {
    .code = "EAG102",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 60,
    .events = EVENT_FETCH,
    .applies = missing_prefetch_related_applies,
    .describe = missing_prefetch_related_describe,
};
