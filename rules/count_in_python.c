/* Rows are fetched whole to be counted, summed or mapped to one column.
 *
 * ## What it finds
 * `[book.id for book in books]` and the like, `sum(book.price for book in books)`, `min()`,
 * `max()`, `len([... for book in books])`, where nothing else uses the rows.
 *
 * ## Why
 * Every column of every row is read and made an object, of which one column is kept. The database
 * can count and add up itself, and `values_list()` reads the one column.
 *
 * ## Example
 *     print([book.id for book in Book.objects.filter(published=True)])
 *
 * ## Instead
 *     print(list(Book.objects.filter(published=True).values_list("id", flat=True)))
 *
 * ## Known limits
 * Columns of Django's plain field classes only: a file or a custom field gives more than its
 * column. A comprehension with a condition is silent, as is `only()`.
 */
#include "report/rule.h"

#include <string.h>

static bool count_in_python_applies(const Event *event) {
    return event->kind == EVENT_MEASURE;
}

static void count_in_python_describe(const Event *event, Report *report) {
    const char *method = report_method(report, event);
    if (!strcmp(method, "len")) {
        report_say(report, event, "all rows of %P are fetched to be counted");
        report_fix(report, event, "write .count() instead");
    } else if (!strcmp(method, "list") || !strcmp(method, "values")) {
        report_say(report, event, "all columns of %P are fetched for the column %D alone");
        report_fix(report, event, "write .values_list(\"%D\", flat=True) instead");
    } else {
        report_say(report, event, "all rows of %P are fetched for %O of the column %D");
        report_fix(report, event, "write .aggregate(%s(\"%D\")) instead",
                   !strcmp(method, "sum") ? "Sum" : !strcmp(method, "min") ? "Min" : "Max");
    }
}

static const Rule count_in_python = {
    .code = "EAG603",
    .severity = SEVERITY_INFO,
    .proof = PROOF_FETCHES,
    .since = "0.1",
    .on = false,
    .rank = 90,
    .events = EVENT_MEASURE,
    .applies = count_in_python_applies,
    .describe = count_in_python_describe,
};
