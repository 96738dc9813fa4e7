/* A prefetch for one object, whose relation is read once.
 *
 * ## What it finds
 * `prefetch_related` on a queryset of which `get()`, `first()`, `last()`, `get_object_or_404()` and
 * the like take one object, when the function reads the relation of that object in one place.
 *
 * ## Why
 * A prefetch saves queries when many objects share it. For one object it is one query, and so is
 * the read without it: nothing is saved, and where the read depends on a condition, a query is
 * asked in vain. `select_related` is another matter: a join does save a query.
 *
 * ## Example
 *     book = Book.objects.prefetch_related("tags").get(pk=1)
 *     for tag in book.tags.all():
 *         print(tag.name)
 *
 * ## Instead
 *     book = Book.objects.get(pk=1)
 *     for tag in book.tags.all():
 *         print(tag.name)
 *
 * ## Known limits
 * Silent when the object leaves the function, when a method or property of it is used, when the
 * relation is read twice or in a loop, and for paths of several hops and `Prefetch()`.
 */
#include "report/rule.h"

static bool load_on_single_object_applies(const Event *event) {
    return event->path_length > 0;
}

static void load_on_single_object_describe(const Event *event, Report *report) {
    report_say(report, event,
               "%P is prefetched for one object and read once, which asks as many queries as "
               "reading it without");
    report_fix(report, event, "remove .prefetch_related(\"%W\")");
}

static const Rule load_on_single_object = {
    .code = "EAG504",
    .severity = SEVERITY_INFO,
    .proof = PROOF_STATIC,
    .since = "0.1",
    .on = false,
    .rank = 10,
    .events = EVENT_SINGLE,
    .applies = load_on_single_object_applies,
    .describe = load_on_single_object_describe,
};
