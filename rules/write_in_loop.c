/* Rows are written one by one in a loop.
 *
 * ## What it finds
 * `save()`, `create()`, `update()`, `delete()`, `add()`, `remove()`, `get_or_create()` and their
 * kin, once per turn of a loop, in the body or in a function that the loop calls.
 *
 * ## Why
 * Each turn waits for the database. Django writes many rows with one statement.
 *
 * ## Example
 *     for name in names:
 *         Author.objects.create(name=name)
 *
 * ## Instead
 *     Author.objects.bulk_create([Author(name=name) for name in names])
 *
 * ## Known limits
 * `bulk_create()`, `bulk_update()` and `update()` call no `save()` and no receivers. So the rule is
 * silent where the model has a `save()` or `delete()` of its own, or a receiver of its signals;
 * registries of third-party packages that connect receivers by themselves are not seen. It is
 * silent, too, where the key of a new row is needed before the next turn, in batches, and in
 * exception handlers.
 */
#include "report/rule.h"

#include <string.h>

static bool write_in_loop_applies(const Event *event) {
    return event->kind == EVENT_WRITE;
}

static void write_in_loop_fix(const Event *event, Report *report, const char *method) {
    bool made = event->birth && event->birth->single && !event->birth->known;
    if (!strcmp(method, "create") || (made && !strncmp(method, "save", 4)))
        report_fix(report, event, "collect the new objects and write them after the loop with one "
                                  "%T.objects.bulk_create()");
    else if (!strncmp(method, "save", 4))
        report_fix(report, event, "collect the rows and write them after the loop with one "
                                  "bulk_update(), or with one filter(...).update() if all get the "
                                  "same values");
    else if (!strcmp(method, "delete"))
        report_fix(report, event, "delete the rows of all turns with one "
                                  "filter(...__in=...).delete()");
    else if (!strcmp(method, "update"))
        report_fix(report, event, "write the rows of all turns with one filter(...__in=...)"
                                  ".update(), or with one bulk_update()");
    else if (!strcmp(method, "get_or_create"))
        report_fix(report, event, "fetch the rows that exist with one filter(...__in=...) before "
                                  "the loop, and create only those that are missing");
    else if (!strcmp(method, "update_or_create"))
        report_fix(report, event, "fetch the rows that exist with one filter(...__in=...) before "
                                  "the loop, and write the others with one bulk_create()");
    else if (!strncmp(method, "bulk_", 5))
        report_fix(report, event, "collect the objects of all turns into one call of %O");
    else if (!strcmp(method, "remove") || !strcmp(method, "clear"))
        report_fix(report, event, "delete the rows of the relation's through model with one "
                                  "filter(...__in=...).delete()");
    else
        report_fix(report, event, "give all objects to one call of %O, or write the rows of the "
                                  "relation's through model with one bulk_create()");
}

static void write_in_loop_describe(const Event *event, Report *report) {
    const char *method = report_method(report, event);
    report_say(report, event, "%P is written by %O once per %M in %L");
    if (*method == 'a' && strcmp(method, "add") != 0) method++; /* acreate() */
    write_in_loop_fix(event, report, method);
}

static const Rule write_in_loop = {
    .code = "EAG402",
    .severity = SEVERITY_INFO,
    .proof = PROOF_TURNS,
    .since = "0.1",
    .on = true,
    .here = true,
    .rank = 5,
    .events = EVENT_WRITE,
    .applies = write_in_loop_applies,
    .describe = write_in_loop_describe,
};
