/* A relation's far side has no name of its own.
 *
 * ## What it finds
 * A ForeignKey or ManyToManyField of the project's models without a `related_name`, where Django
 * makes up `book_set`.
 *
 * ## Why
 * A matter of style. The made-up name is spelled in two ways, `book_set` on a row and `book` in a
 * lookup, which is how prefetches get the wrong one; it also changes when the model is renamed.
 *
 * ## Example
 *     from django.db import models
 *
 *     class Comment(models.Model):
 *         book = models.ForeignKey(Book, models.CASCADE)
 *
 * ## Instead
 *     from django.db import models
 *
 *     class Comment(models.Model):
 *         book = models.ForeignKey(Book, models.CASCADE, related_name="comments")
 *
 * ## Known limits
 * Silent for relations to models out of view, for symmetrical ones and for `related_name="+"`.
 */
#include "report/rule.h"

static bool missing_related_name_applies(const Event *event) {
    return event->path_length > 0;
}

static void missing_related_name_describe(const Event *event, Report *report) {
    report_say(report, event, "%P has no related_name, so %T reads it back as %D");
    report_fix(report, event, "add a related_name");
}

static const Rule missing_related_name = {
    .code = "EAG506",
    .severity = SEVERITY_INFO,
    .proof = PROOF_STATIC,
    .since = "0.1",
    .on = false,
    .rank = 10,
    .events = EVENT_DECLARE,
    .applies = missing_related_name_applies,
    .describe = missing_related_name_describe,
};
