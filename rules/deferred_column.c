/* A column that only() or defer() leaves out is read once per row.
 *
 * ## What it finds
 * A column read on each row of a loop although the queryset of the rows left it out: with `only()`
 * or `defer()`, on the rows themselves, on a joined path (`only("author__name")`), or in the
 * queryset of a `Prefetch`. Also the key that Django itself reads to tell whose rows a prefetch
 * brought: `Prefetch("books", queryset=Book.objects.only("title"))` leaves out `author_id`.
 *
 * ## Why
 * A column that is not there is asked for when it is read: one query for each row and each column.
 * The rows come back faster, and then one by one.
 *
 * ## Example
 *     for book in Book.objects.only("title"):
 *         print(book.title, book.year)
 *
 * ## Instead
 *     for book in Book.objects.only("title", "year"):
 *         print(book.title, book.year)
 *
 * ## Known limits
 * Rows whose queryset is not in view, or is made by a method that is not, are passed over. What
 * only some paths leave out is confidence `possible`. The key that `author.books.only("title")`
 * leaves out is read up to Django 6.0.
 */
#include "report/rule.h"

static bool deferred_column_applies(const Event *event) {
    return event->kind == EVENT_COLUMN;
}

static bool columns_are_kept(const Event *event, const Report *report) {
    return *report_method(report, event) == 'o'; /* only(); else defer() */
}

static void deferred_column_describe(const Event *event, Report *report) {
    const char *where = event->cover == COVER_MAYBE ? " on some paths" : "";
    if (event->matched)
        report_say(report, event,
                   "%P.%D is read once per %M as the rows are fetched: Django matches the rows of "
                   "%s by it, and %O of %Q leaves it out%s",
                   report_relation(report, event->matched), where);
    else
        report_say(report, event, "%P.%D is read once per %M in %L: %O of %Q leaves it out%s",
                   where);
    if (columns_are_kept(event, report))
        report_fix(report, event, "add \"%C\" to %O of %Q");
    else
        report_fix(report, event, "drop \"%C\" from %O of %Q");
}

static const Rule deferred_column = {
    .code = "EAG104",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_ROWS,
    .since = "0.1",
    .on = true,
    .rank = 20,
    .events = EVENT_COLUMN,
    .applies = deferred_column_applies,
    .describe = deferred_column_describe,
};
