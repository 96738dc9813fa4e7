/* A narrowed query on a relation runs once per row.
 *
 * ## What it finds
 * A to-many relation that is asked with `filter`, `exclude`, `order_by`, `first`, `values` and the
 * like on each row of a loop, on rows that do not have the relation prefetched.
 *
 * ## Why
 * `author.books.filter(...)` asks the database for each author. A plain `prefetch_related("books")`
 * does not help: a prefetch serves only the whole relation.
 *
 * ## Example
 *     for author in Author.objects.all():
 *         print(author.books.order_by("title").first())
 *
 * ## Instead
 *     by_title = Prefetch("books", queryset=Book.objects.order_by("title"), to_attr="by_title")
 *     for author in Author.objects.prefetch_related(by_title):
 *         print(author.by_title[0])
 *
 * ## Known limits
 * Rows whose origin is not in view are passed over. A query per row can be the right choice when
 * each relation is very large and only a few of its rows are wanted.
 */
#include "report/rule.h"

static bool relation_query_per_row_applies(const Event *event) {
    return event->path_length > 0 && event->cover != COVER_FULL;
}

static void relation_query_per_row_describe(const Event *event, Report *report) {
    report_say(report, event, "a narrowed query on %P%A runs once per %M in %L");
    if (event_is_of_one(event)) {
        report_fix(report, event,
                   "fetch the objects of all turns in one query, with Prefetch(\"%W\", "
                   "queryset=%T.objects.filter(...), to_attr=\"...\"), and read that list");
        return;
    }
    report_fix(report, event,
               "load the rows with Prefetch(\"%W\", queryset=%T.objects.filter(...), "
               "to_attr=\"...\") on %Q and read that list");
}

static const Rule relation_query_per_row = {
    .code = "EAG202",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 50,
    .events = EVENT_NARROW,
    .applies = relation_query_per_row_applies,
    .describe = relation_query_per_row_describe,
};
