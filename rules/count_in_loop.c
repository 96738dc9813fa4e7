/* A relation is counted, tested or aggregated by a query once per row.
 *
 * ## What it finds
 * `count()`, `exists()`, `aggregate()` or `len()` of a narrowed queryset on a relation of each row
 * of a loop, where no prefetch serves it.
 *
 * ## Why
 * The number comes from the database, once per row. The database can compute it for all rows in
 * the query that fetches them.
 *
 * ## Example
 *     for author in Author.objects.all():
 *         print(author.books.count())
 *
 * ## Instead
 *     for author in Author.objects.annotate(book_count=Count("books")):
 *         print(author.book_count)
 *
 * ## Known limits
 * `count()` and `exists()` of a relation that is prefetched are served from memory and are silent.
 */
#include "report/rule.h"

#include <string.h>

static bool count_in_loop_applies(const Event *event) {
    return event->path_length > 0 && event->cover != COVER_FULL;
}

static void count_in_loop_describe(const Event *event, Report *report) {
    const char *method = report_method(report, event);
    report_say(report, event, "%P is asked for %O once per %M in %L");
    bool exists = !strcmp(method, "exists") || !strcmp(method, "aexists");
    report_fix_annotation(report, event, exists                        ? "Exists"
                                         : strstr(method, "aggregate") ? "Sum"
                                                                       : "Count");
}

static const Rule count_in_loop = {
    .code = "EAG301",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 40,
    .events = EVENT_COUNT,
    .applies = count_in_loop_applies,
    .describe = count_in_loop_describe,
};
