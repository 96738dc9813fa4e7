/* A path of eager loading or of only() names no relation or field.
 *
 * ## What it finds
 * An argument of `select_related`, `prefetch_related`, `Prefetch`, `prefetch_related_objects`,
 * `only` or `defer` that leads to nothing: a typing mistake, the name of a lookup where the name of
 * the attribute is wanted, a column where a relation is wanted, two names that became one because
 * the comma between them is missing. Also a foreign key that `select_related` joins while `only` or
 * `defer` leaves it out.
 *
 * ## Why
 * Django raises when the rows are fetched: FieldError or FieldDoesNotExist for a join or a column.
 * A wrong prefetch raises AttributeError or ValueError only when there is at least one row, so a
 * test on an empty table does not show it.
 *
 * ## Example
 *     for book in Book.objects.prefetch_related("tags" "reviews"):
 *         print(book.title)
 *
 * ## Instead
 *     for book in Book.objects.prefetch_related("tags", "reviews"):
 *         print(book.title)
 *
 * ## Known limits
 * Silent where a name may come from code that is not in view: models with bases or fields of other
 * packages, the user model, names that a `to_attr` or an assignment may have given to the rows.
 */
#include "report/rule.h"

#include <string.h>

static bool unknown_lookup_applies(const Event *event) {
    return event->fault != NULL;
}

static void unknown_lookup_say(const Event *event, Report *report, const char *name) {
    const char *method = report_method(report, event);
    bool column = !strcmp(method, "only") || !strcmp(method, "defer");
    const char *what = column ? "field" : "relation";
    bool whole = event->fault->name == event->detail;
    if (whole) report_say(report, event, "%s(\"%D\"): %P has no %s of that name", method, what);
    else report_say(report, event, "%s(\"%D\"): %P has no %s named \"%s\"", method, what, name);
}

static void unknown_lookup_describe(const Event *event, Report *report) {
    const Fault *fault = event->fault;
    const char *method = report_method(report, event);
    const char *name = report_name(report, fault->name);
    const char *better = report_name(report, fault->better);
    switch (fault->kind) {
    case FAULT_GLUED:
        report_say(report, event,
                   "%s(\"%D\"): a comma is missing between \"%s\" and \"%s\", so Python makes one "
                   "name of them, which %P does not have", method, name, better);
        report_fix(report, event, "write \"%s\", \"%s\"", name, better);
        break;
    case FAULT_COLUMN:
        report_say(report, event, "%s(\"%D\"): %P.%s is a column, not a relation", method, name);
        break;
    case FAULT_DEFERRED:
        report_say(report, event,
                   "%P.%s is joined by select_related() and left out by only() or defer() at once, "
                   "which raises FieldError", name);
        report_fix(report, event, "keep \"%s\" among the columns of %Q, or do not join it", name);
        break;
    default:
        unknown_lookup_say(event, report, name);
        if (fault->better) report_fix(report, event, "did you mean \"%s\"?", better);
        break;
    }
}

static const Rule unknown_lookup = {
    .code = "EAG502",
    .severity = SEVERITY_ERROR,
    .proof = PROOF_RAISES,
    .since = "0.1",
    .on = true,
    .rank = 10,
    .events = EVENT_LOOKUP,
    .applies = unknown_lookup_applies,
    .describe = unknown_lookup_describe,
};
