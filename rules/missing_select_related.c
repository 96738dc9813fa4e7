/* A related object is read once per row, and the rows' queryset does not bring it along.
 *
 * ## What it finds
 * A foreign key, a one-to-one relation (either side) or the child row of a multi-table parent
 * that is read on each row of a loop, in the loop itself or in whatever it calls, while the
 * queryset of the rows has no `select_related()` or `prefetch_related()` for it. Paths are compared
 * hop by hop: `select_related("author")` does not bring `author.publisher`.
 *
 * ## Why
 * `book.author` asks the database unless the author came along with the book. For N books that is
 * N queries on top of the first one. In a coroutine it is no query but an error: Django raises
 * `SynchronousOnlyOperation`, and the message says so.
 *
 * ## Example
 *     for book in Book.objects.all():
 *         print(book.author.name)
 *
 * ## Instead
 *     for book in Book.objects.select_related("author"):
 *         print(book.author.name)
 *
 * ## Known limits
 * Rows whose queryset is not in view (a parameter that nobody passes, lookups computed at run time)
 * are passed over. What only some paths load is confidence `possible`. `book.author_id` costs no
 * query and is never reported.
 */
#include "report/rule.h"

static bool missing_select_related_applies(const Event *event) {
    return event->cover == COVER_NONE || event->cover == COVER_MAYBE;
}

static void missing_select_related_describe(const Event *event, Report *report) {
    const char *refused = event->asynchronous
                              ? "; in async code this raises SynchronousOnlyOperation" : "";
    if (event->cover == COVER_MAYBE)
        report_say(report, event, "%P is read once per %M in %L: %Q loads it only on some paths%s",
                   refused);
    else
        report_say(report, event, "%P is read once per %M in %L: %Q does not load it%s", refused);
    report_fix_load(report, event);
}

static const Rule missing_select_related = {
    .code = "EAG101",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 60,
    .events = EVENT_LOAD,
    .applies = missing_select_related_applies,
    .describe = missing_select_related_describe,
};
