/* A path of prefetch_related() has very many hops.
 *
 * ## What it finds
 * A path of `prefetch_related` or `Prefetch` that leads through more relations than
 * `--max-prefetch-depth` allows, which is four unless another number is given.
 *
 * ## Why
 * Each hop is a query, and its rows are all kept in memory at once. Deep paths mostly end in far
 * more rows than the page shows.
 *
 * ## Example
 *     for author in Author.objects.prefetch_related("books__tags__books__tags__books"):
 *         print(author.name)
 *
 * ## Instead
 *     for author in Author.objects.prefetch_related("books__tags"):
 *         print(author.name)
 *
 * ## Known limits
 * Hops of one path are counted, not those of a `Prefetch` whose own queryset prefetches in turn.
 */
#include "report/rule.h"

static bool prefetch_too_deep_applies(const Event *event) {
    (void)event;
    return true;
}

static void prefetch_too_deep_describe(const Event *event, Report *report) {
    report_say(report, event, "prefetch_related(\"%D\") of %P asks a query for each of its hops");
    report_fix(report, event, "load fewer levels, or read the last ones where they are needed");
}

static const Rule prefetch_too_deep = {
    .code = "EAG505",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_STATIC,
    .since = "0.1",
    .on = false,
    .rank = 10,
    .events = EVENT_DEEP,
    .applies = prefetch_too_deep_applies,
    .describe = prefetch_too_deep_describe,
};
