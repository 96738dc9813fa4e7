/* Related rows are loaded along, and nothing reads them.
 *
 * ## What it finds
 * A path of `select_related()` or `prefetch_related()` whose last relation is never read, where
 * the queryset, its rows and all that the function makes of them stay in view.
 *
 * ## Why
 * Each join makes the rows wider, each prefetch is a query more, and both make objects that nobody
 * asks for.
 *
 * ## Example
 *     for book in Book.objects.select_related("author"):
 *         print(book.title)
 *
 * ## Instead
 *     for book in Book.objects.all():
 *         print(book.title)
 *
 * ## Known limits
 * Rows that leave the function by any way (returned, handed to a call, kept in an attribute, put
 * into a template) are silent: whoever gets them may read the relation. Methods and properties of
 * the model are followed.
 */
#include "report/rule.h"

static bool unused_eager_load_applies(const Event *event) {
    return event->kind == EVENT_UNUSED;
}

static void unused_eager_load_describe(const Event *event, Report *report) {
    report_say(report, event, "%P is loaded by %O, and nothing reads it");
    report_fix(report, event, event->path_length > 1 ? "take \"%K\" out of %O, or shorten it to "
                                                       "what is read"
                                                     : "take \"%K\" out of %O");
}

static const Rule unused_eager_load = {
    .code = "EAG501",
    .severity = SEVERITY_INFO,
    .proof = PROOF_STATIC,
    .since = "0.1",
    .on = false,
    .rank = 90,
    .events = EVENT_UNUSED,
    .applies = unused_eager_load_applies,
    .describe = unused_eager_load_describe,
};
