/* Comments are asked before the selection: what they silence does not depend on it. */
#include "suppress/filter.h"

#include "source/file.h"
#include "suppress/changes.h"
#include "suppress/suppress.h"

static bool finding_selected(const Finding *finding, void *context) {
    const Selection *const *selection = context;
    return selection_wants(*selection, finding);
}

static bool finding_changed(const Finding *finding, void *context) {
    const Changes *changes = context;
    return changes_touch(changes, finding);
}

/* Whether the files asked for hold a module; worked out once for each. */
typedef struct Only {
    const FilterOptions *options;
    Arena *arena;
    enum { ONLY_UNASKED, ONLY_IN, ONLY_OUT } *modules;
} Only;

static bool place_only(const Place *place, void *context) {
    Only *only = context;
    if (only->modules[place->module] == ONLY_UNASKED) {
        const char *real = path_real(only->arena, place->opened);
        bool in = false;
        for (uint32_t i = 0; i < only->options->only_count && real && !in; i++)
            in = path_below(real, only->options->only[i]) != NULL;
        only->modules[place->module] = in ? ONLY_IN : ONLY_OUT;
    }
    return only->modules[place->module] == ONLY_IN;
}

static bool finding_only(const Finding *finding, void *context) {
    return finding_places(finding, place_only, context);
}

static void keep_only(Findings *findings, const Project *project, const FilterOptions *options) {
    Only only = {.options = options, .arena = findings->arena};
    only.modules = arena_alloc(findings->arena, sizeof *only.modules * (project->module_count + 1));
    findings_keep(findings, finding_only, &only);
}

const char *findings_filter(Findings *findings, const Project *project,
                            const FilterOptions *options, FilterResult *result) {
    Suppressions *comments = suppressions_read(findings->arena, project, options->blanket_noqa);
    const Selection *selection = options->selection;
    const char *mistake = NULL;
    *result = (FilterResult){.comments = comments};
    suppressions_apply(comments, findings, selection, options->tests);
    findings->comments_cut = comments->cut;
    findings_keep(findings, finding_selected, &selection);
    if (options->baseline) result->known = baseline_apply(options->baseline, findings);
    uint32_t known = findings->known;
    if (options->since) baseline_apply(options->since, findings);
    findings->known = known;
    if (options->changed) {
        Changes *changes =
            changes_read(findings->arena, options->changed, findings, project, &mistake);
        if (mistake) return mistake;
        findings_keep(findings, finding_changed, changes);
    }
    if (options->only_count) keep_only(findings, project, options);
    return NULL;
}
