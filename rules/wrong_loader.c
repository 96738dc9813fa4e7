/* A relation is loaded by the method that does not fit its kind.
 *
 * ## What it finds
 * `select_related` of a to-many relation, a generic relation or a generic foreign key: an error.
 * `prefetch_related` of a plain foreign key or one-to-one field of the rows themselves: a note.
 *
 * ## Why
 * A join brings one row for each row. For anything else Django raises FieldError when the rows are
 * fetched; `prefetch_related` is the method for it. The other way round works, but asks a query of
 * its own for what a join brings along.
 *
 * ## Example
 *     for book in Book.objects.select_related("tags"):
 *         print(book.title)
 *
 * ## Instead
 *     for book in Book.objects.prefetch_related("tags"):
 *         print(book.title)
 *
 * ## Known limits
 * A prefetch of a foreign key can be meant: many rows that share few targets, wide rows, a
 * `distinct()` that would compare the joined columns too. So it is only possible, and shown with
 * `--min-confidence possible`; that of a one-to-one field is likely. Both are notes that never fail
 * a run, and silent on longer paths, on `Prefetch()`, and where the rows' plan is not all in view.
 */
#include "report/rule.h"

static bool wrong_loader_applies(const Event *event) {
    return event->fault != NULL;
}

static Severity wrong_loader_lesser(const Event *event) {
    return event->fault->kind == FAULT_JOINABLE ? SEVERITY_INFO : SEVERITY_ERROR;
}

static void wrong_loader_describe(const Event *event, Report *report) {
    const char *name = report_name(report, event->fault->name);
    if (event->fault->kind == FAULT_JOINABLE) {
        report_say(report, event,
                   "%P.%s leads to one row: prefetch_related(\"%D\") asks a query of its own for "
                   "what a join would bring along", name);
        report_fix(report, event, "write .select_related(\"%D\") instead");
        return;
    }
    report_say(report, event,
               "select_related(\"%D\"): a join cannot bring %P.%s, so Django raises FieldError",
               name);
    report_fix(report, event, "write .prefetch_related(\"%D\") instead");
}

static const Rule wrong_loader = {
    .code = "EAG503",
    .severity = SEVERITY_ERROR,
    .lesser = wrong_loader_lesser,
    .proof = PROOF_RAISES,
    .since = "0.1",
    .on = true,
    .rank = 10,
    .events = EVENT_LOADER,
    .applies = wrong_loader_applies,
    .describe = wrong_loader_describe,
};
