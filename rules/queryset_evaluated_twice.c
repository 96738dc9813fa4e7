/* The same rows are asked of the database again.
 *
 * ## What it finds
 * `count()` or `exists()` on a queryset whose rows the same function fetches later on; `books[0]`
 * said again before anything has fetched the rows; `books.all()` walked when `books` itself has
 * been walked already.
 *
 * ## Why
 * A queryset keeps the rows it has fetched. `len()`, truth and an index of a fetched queryset are
 * free; `count()`, `exists()` and an index before that are queries of their own, and `all()` gives
 * a new queryset that has fetched nothing.
 *
 * ## Example
 *     books = Book.objects.filter(published=True)
 *     if books.exists():
 *         for book in books:
 *             print(book.title)
 *
 * ## Instead
 *     books = Book.objects.filter(published=True)
 *     if books:
 *         for book in books:
 *             print(book.title)
 *
 * ## Known limits
 * Only variables of one function that are bound once, with every use in view. What stands in a
 * loop, behind a write, or in branches that exclude each other is silent.
 */
#include "report/rule.h"

#include <string.h>

static bool queryset_evaluated_twice_applies(const Event *event) {
    return event->kind == EVENT_AGAIN;
}

static void queryset_evaluated_twice_describe(const Event *event, Report *report) {
    const char *method = report_method(report, event);
    if (!strcmp(method, "index")) {
        report_say(report, event, "%Q is not fetched yet, so each index of it is a query");
        report_fix(report, event, "fetch the rows once, as a list, or keep the row in a variable");
    } else if (!strcmp(method, "all")) {
        report_say(report, event, "%O makes a new queryset, which fetches the rows of %P again");
        report_fix(report, event, "walk the queryset that has been fetched, without %O");
    } else {
        report_say(report, event, "%O asks for rows of %P that this function fetches afterwards");
        report_fix(report, event, strcmp(method, "count")
                                      ? "test the queryset itself: it is fetched once"
                                      : "write len() of the queryset: it is fetched once");
    }
}

static const Rule queryset_evaluated_twice = {
    .code = "EAG601",
    .severity = SEVERITY_INFO,
    .proof = PROOF_REPEATS,
    .since = "0.1",
    .on = false,
    .rank = 90,
    .events = EVENT_AGAIN,
    .applies = queryset_evaluated_twice_applies,
    .describe = queryset_evaluated_twice_describe,
};
