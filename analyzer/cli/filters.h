/* filters.h - which findings a run tells, from its options. */
#ifndef EAGERLY_FILTERS_H
#define EAGERLY_FILTERS_H

#include "cli/analysis.h"
#include "suppress/filter.h"

/* Reads what the filters need: the baseline, references, files. `selection` is kept. NULL, or a
 * mistake; everything is owned by the options' arena. Before the analysis, so that a mistake is
 * told at once. `progress` (or NULL) is told what takes long. */
const char *filters_read(const Options *options, const Selection *selection, Progress *progress,
                         FilterOptions *filter);
/* The baseline file of this run, or NULL: none is asked for, and none lies here. */
const char *filters_baseline(const Options *options);
/* What is said beside the report: findings that are known, and those that are gone. */
void filters_notes(const Options *options, const FilterOptions *filter, const Project *project,
                   const Findings *findings, Writer *out);

#endif
