/* filter.h - from all findings to those that this run is to tell.
 *
 * In this order: suppression comments, the selection, the baseline, what was there at a reference,
 * changed lines, files asked for. */
#ifndef EAGERLY_SUPPRESS_FILTER_H
#define EAGERLY_SUPPRESS_FILTER_H

#include "suppress/baseline.h"
#include "suppress/git.h"

typedef struct FilterOptions {
    const Selection *selection;
    bool tests;                  /* test modules are analysed */
    bool blanket_noqa;           /* a noqa without codes silences, too */
    Baseline *baseline;          /* or NULL */
    Baseline *since;             /* findings that are not new, or NULL */
    Git *changed;                /* findings with lines that changed since, or NULL */
    const char *const *only;     /* real paths of files and folders that findings lead through */
    uint32_t only_count;         /* 0: all */
} FilterOptions;

/* What the run says of itself beside the findings. */
typedef struct FilterResult {
    Findings *known;             /* by the baseline; NULL without one */
    struct Suppressions *comments;
} FilterResult;

/* `findings` are all there are. NULL, or a mistake (owned by the findings' arena). */
const char *findings_filter(Findings *findings, const Project *project,
                            const FilterOptions *options, FilterResult *result);

#endif
