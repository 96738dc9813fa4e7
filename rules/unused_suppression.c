/* A comment that is to silence findings silences none.
 *
 * ## What it finds
 * `# eagerly: ignore[...]`, `# eagerly: file-ignore[...]` and `# noqa: EAG...` where no finding of
 * the rules they name has its touch, its loop or its queryset; and those that name no rule or are
 * misspelt.
 *
 * ## Why
 * The finding was fixed, or the code moved away from the comment. What is left would silence the
 * next finding on that line without anybody deciding so.
 *
 * ## Example
 *     for book in Book.objects.select_related("author"):
 *         print(book.author.name)  # eagerly: ignore[EAG101]
 *
 * ## Instead
 *     for book in Book.objects.select_related("author"):
 *         print(book.author.name)
 *
 * ## Known limits
 * A comment is judged only if a rule it names is selected, and where the whole project is analysed:
 * not in test modules that are left out, not in files with syntax errors, and not when a part of
 * the project is given. `eagerly check --fix` removes what this rule finds.
 */
#include "report/rule.h"

/* Its findings come from comments, not from events: see analyzer/suppress/. */
static bool unused_suppression_applies(const Event *event) {
    (void)event;
    return false;
}

static void unused_suppression_describe(const Event *event, Report *report) {
    (void)event;
    (void)report;
}

static const Rule unused_suppression = {
    .code = "EAG900",
    .severity = SEVERITY_WARNING,
    .proof = PROOF_STATIC,
    .since = "0.1",
    .on = true,
    .rank = 255,
    .events = 0,
    .applies = unused_suppression_applies,
    .describe = unused_suppression_describe,
};
