/* All rows are fetched to learn whether there are any, or how many.
 *
 * ## What it finds
 * `if books:`, `bool(books)` and `len(books)` where the function never uses the rows.
 *
 * ## Why
 * Truth and length of a queryset fetch every row and make an object of each. `exists()` fetches at
 * most one row, `count()` a number.
 *
 * ## Example
 *     books = Book.objects.filter(published=True)
 *     print(len(books) == 0)
 *
 * ## Instead
 *     books = Book.objects.filter(published=True)
 *     print(not books.exists())
 *
 * ## Known limits
 * Relations that may be prefetched are silent, and so is a queryset that anything else in the
 * function gets to see.
 */
#include "report/rule.h"

#include <string.h>

static bool queryset_truth_test_applies(const Event *event) {
    return event->kind == EVENT_TEST;
}

static void queryset_truth_test_describe(const Event *event, Report *report) {
    bool length = !strcmp(report_method(report, event), "len");
    report_say(report, event, length ? "all rows of %P are fetched for their number only"
                                     : "all rows of %P are fetched to see whether there are any");
    report_fix(report, event, length ? "write .count() instead of len()"
                                     : "test .exists() instead");
}

static const Rule queryset_truth_test = {
    .code = "EAG602",
    .severity = SEVERITY_INFO,
    .proof = PROOF_FETCHES,
    .since = "0.1",
    .on = false,
    .rank = 90,
    .events = EVENT_TEST,
    .applies = queryset_truth_test_applies,
    .describe = queryset_truth_test_describe,
};
