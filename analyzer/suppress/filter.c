/* Comments are asked before the selection: what they silence does not depend on it. */
#include "suppress/filter.h"
#include "suppress/suppress.h"

static bool finding_selected(const Finding *finding, void *context) {
    const Selection *selection = context;
    return selection_wants(selection, finding);
}

void findings_filter(Findings *findings, const Project *project, const FilterOptions *options) {
    Suppressions *comments = suppressions_read(findings->arena, project, options->blanket_noqa);
    suppressions_apply(comments, findings, options->selection, options->tests);
    findings->comments_cut = comments->cut;
    Selection selection = *options->selection;
    findings_keep(findings, finding_selected, &selection);
}
