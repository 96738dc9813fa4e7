/* A query asks the same in each turn of a loop.
 *
 * ## What it finds
 * A query in a loop, or in a function that the loop calls, that does not depend on the loop:
 * `Model.objects.filter(...)` with arguments that stay the same, or a relation of an object that
 * is not the loop's. It is asked anew each turn, since a new queryset remembers nothing.
 *
 * ## Why
 * The database gives the same answer again and again. One query before the loop is enough.
 *
 * ## Example
 *     book = Book.objects.get(title="Emma")
 *     for word in words:
 *         if word in book.tags.values_list("name", flat=True):
 *             print(word)
 *
 * ## Instead
 *     book = Book.objects.get(title="Emma")
 *     known = set(book.tags.values_list("name", flat=True))
 *     for word in words:
 *         if word in known:
 *             print(word)
 *
 * ## Known limits
 * What cannot be told to stay the same counts as depending on the loop: results of functions that
 * are not known, names that the loop binds or changes, attributes that methods set. Where the loop
 * writes rows of the model that is asked, and in `while` loops and loops that sleep, the answer may
 * change.
 */
#include "report/rule.h"

static bool loop_invariant_query_applies(const Event *event) {
    return event->invariant > 0;
}

static void loop_invariant_query_describe(const Event *event, Report *report) {
    if (report_choices(report, event)) return;
    if (event->invariant < event->loop_count)
        report_say(report, event,
                   "a query on %P%A runs once per %M in %L, though it depends on %U only");
    else
        report_say(report, event, "a query on %P%A runs once per %M in %L, though it does not "
                                  "depend on the loop");
    report_fix(report, event, "ask once before the loop and keep the answer in a variable");
}

static const Rule loop_invariant_query = {
    .code = "EAG203",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_TURNS,
    .since = "0.1",
    .on = true,
    .here = true,
    .rank = 20,
    .events = EVENT_FETCH | EVENT_NARROW | EVENT_COUNT | EVENT_QUERY,
    .applies = loop_invariant_query_applies,
    .describe = loop_invariant_query_describe,
};
