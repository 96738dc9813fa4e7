/* A prefetched relation is asked in a way that the prefetch cannot serve.
 *
 * ## What it finds
 * The rows' queryset has a `prefetch_related()` for the relation, and on each row the relation is
 * asked with `filter`, `exclude`, `order_by`, `values`, `get`, `last`, `aggregate` and the like,
 * with `first` when it has no order, or with `.all().all()`.
 *
 * ## Why
 * A prefetch fills the cache behind `author.books.all()`. Every other method builds a new queryset
 * and asks the database again: one query per row, and the prefetch was paid for nothing.
 *
 * ## Example
 *     for author in Author.objects.prefetch_related("books"):
 *         for book in author.books.filter(published=True):
 *             print(book.title)
 *
 * ## Instead
 *     books = Book.objects.filter(published=True)
 *     published = Prefetch("books", queryset=books, to_attr="published")
 *     for author in Author.objects.prefetch_related(published):
 *         for book in author.published:
 *             print(book.title)
 *
 * ## Known limits
 * A narrowed queryset that is built and never read runs no query; it is reported as `possible`, as
 * it is most likely meant to be read. `count()` and `exists()` on a prefetched relation are served
 * by the prefetch and are silent.
 */
#include "report/rule.h"

static bool prefetch_defeated_applies(const Event *event) {
    return event->path_length > 0 && event->cover == COVER_FULL;
}

static void prefetch_defeated_describe(const Event *event, Report *report) {
    if (event->kind == EVENT_BUILD)
        report_say(report, event,
                   "%P is prefetched, but %O builds a query for each %M in %L that does not use "
                   "it");
    else if (event->kind == EVENT_FETCH)
        report_say(report, event,
                   "%P is prefetched, but a second queryset of it runs once per %M in %L");
    else
        report_say(report, event,
                   "%P is prefetched, but a new query on it%A runs once per %M in %L");
    if (event->kind == EVENT_FETCH)
        report_fix(report, event, "read %R.all() once, without a further .all()");
    else
        report_fix(report, event,
                   "use %R.all() and filter it in Python, or load the rows with Prefetch(\"%W\", "
                   "queryset=%T.objects.filter(...), to_attr=\"...\") on %Q and read that list");
}

static const Rule prefetch_defeated = {
    .code = "EAG201",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 30,
    .events = EVENT_FETCH | EVENT_NARROW | EVENT_COUNT | EVENT_BUILD,
    .applies = prefetch_defeated_applies,
    .describe = prefetch_defeated_describe,
};
