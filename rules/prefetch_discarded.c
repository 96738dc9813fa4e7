/* Eager loading is thrown away: the query for it is lost, ignored, or its rows are not read.
 *
 * ## What it finds
 * The result of `select_related()` or `prefetch_related()` that nobody keeps; `prefetch_related()`
 * in front of `iterator()` without `chunk_size`, or of `values()` and `values_list()`; a relation
 * that `Prefetch(..., to_attr="recent")` keeps under `recent` and that is asked by its own name on
 * each row.
 *
 * ## Why
 * A queryset does not change: every method returns a new one. `iterator()` reads rows one by one
 * and prefetches in batches of `chunk_size`; without it Django 4.2 ignores the prefetch and Django
 * 5.0 raises `ValueError`. Rows of `values()` are no objects that could hold related rows. And a
 * prefetch with `to_attr` fills that list, not the cache behind `author.books.all()`.
 *
 * ## Example
 *     books = Book.objects.filter(published=True)
 *     for author in Author.objects.prefetch_related(Prefetch("books", books, to_attr="recent")):
 *         print([book.title for book in author.books.all()])
 *
 * ## Instead
 *     books = Book.objects.filter(published=True)
 *     for author in Author.objects.prefetch_related(Prefetch("books", books, to_attr="recent")):
 *         print([book.title for book in author.recent])
 *
 * ## Known limits
 * `values()` counts only in the chain of calls that asks for the prefetch. `select_related()` in
 * front of `values()` has no effect either, but costs nothing and is silent. Which Django versions
 * matter is read from the project's own files.
 */
#include "report/rule.h"

#include <string.h>

static bool prefetch_discarded_applies(const Event *event) {
    return event->kind == EVENT_DISCARD || event->aside;
}

static void aside_describe(const Event *event, Report *report) {
    report_say(report, event,
               "%P is queried once per %M in %L: the prefetch puts its rows into %D (to_attr), not "
               "into %R");
    report_fix(report, event,
               "read the list %D, or prefetch %W without to_attr on %Q if the whole relation is "
               "meant");
}

static void stream_describe(const Event *event, Report *report) {
    report_say(report, event, "the prefetch of %P %D");
    report_fix(report, event, "write %O with chunk_size=..., or walk the queryset itself");
}

/* values(), or a statement of its own: nobody ever sees the rows that were to be loaded. */
static void lost_describe(const Event *event, Report *report) {
    const char *of = *report_detail(report, event) ? " of " : "";
    if (strstr(report_method(report, event), "_related")) {
        report_say(report, event, "eager loading%s%D%s%P is thrown away: the queryset that %O "
                                  "returns is not used", of, event->model ? " on " : "");
        report_fix(report, event, "assign the result, or walk it");
    } else {
        report_say(report, event,
                   "the prefetch%s%D on %P is ignored: rows of %O are not objects", of);
        report_fix(report, event, "take out prefetch_related(), or name the related columns in %O");
    }
}

static void prefetch_discarded_describe(const Event *event, Report *report) {
    if (event->aside) aside_describe(event, report);
    else if (event->path_length) stream_describe(event, report);
    else lost_describe(event, report);
}

static const Rule prefetch_discarded = {
    .code = "EAG204",
    .severity = SEVERITY_ERROR,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 15,
    .events = EVENT_DISCARD | EVENT_LOAD | EVENT_FETCH | EVENT_NARROW | EVENT_COUNT,
    .applies = prefetch_discarded_applies,
    .describe = prefetch_discarded_describe,
};
