/* A query that hangs from no relation runs once per turn of a loop.
 *
 * ## What it finds
 * `Model.objects.get(...)`, `.filter(...)`, `.count()`, `get_object_or_404()` and other queries
 * inside a loop, or inside a function, method or property that the loop calls. Any loop counts
 * whose number of turns is not written in the source.
 *
 * ## Why
 * Each turn waits for the database. One query with all the keys fetches the same rows at once.
 *
 * ## Example
 *     for number in numbers:
 *         print(Book.objects.get(pk=number).title)
 *
 * ## Instead
 *     books = Book.objects.in_bulk(numbers)
 *     for number in numbers:
 *         print(books[number].title)
 *
 * ## Known limits
 * Queries per batch of rows, and loops over a few values written in the source, are silent.
 * Whether an earlier turn has already answered the same question (a cache) is seen for the common
 * idioms only.
 */
#include "report/rule.h"

#include <string.h>

static bool query_in_loop_applies(const Event *event) {
    return event->kind == EVENT_QUERY || event->path_length == 0;
}

static void query_in_loop_describe(const Event *event, Report *report) {
    if (report_choices(report, event)) return;
    const char *method = report_method(report, event);
    if (event->model)
        report_say(report, event, "a query on %T%A runs once per %M in %L");
    else
        report_say(report, event, "a query%A runs once per %M in %L");
    if (event->kind == EVENT_COUNT || strstr(method, "exists"))
        report_fix(report, event,
                   "annotate the rows of the loop with a Subquery, Exists or Count, or group the "
                   "counts by key in one query before the loop");
    else if (!strcmp(method, "in"))
        report_fix(report, event,
                   "make a set of what is asked for before the loop, with one query");
    else
        report_fix(report, event,
                   "fetch the rows before the loop, with in_bulk() or filter(...__in=...), and "
                   "look them up in the loop");
}

static const Rule query_in_loop = {
    .code = "EAG401",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_TURNS,
    .since = "0.1",
    .on = true,
    .here = true,
    .rank = 70,
    .events = EVENT_QUERY | EVENT_COUNT,
    .applies = query_in_loop_applies,
    .describe = query_in_loop_describe,
};
