/* analysis.h - the stages of an analysis, run with what the options say. */
#ifndef EAGERLY_ANALYSIS_H
#define EAGERLY_ANALYSIS_H

#include "cli/options.h"
#include "cli/statistics.h"

typedef struct Analysis {
    Source *source;
    Project *project;
    Flow *flow;                  /* each NULL until its stage has run */
    Stages stages;
    Progress *progress;          /* set before the first stage, or NULL; ended by analysis_free() */
} Analysis;

/* Each stage is run once, in this order. analysis_read() returns NULL, or what is wrong with the
 * paths (owned by the options' arena); all that was made is freed by analysis_free() then, too. */
const char *analysis_read(Analysis *analysis, const Options *options, const Words *paths);
void analysis_link(Analysis *analysis, const Options *options, const Words *paths);
void analysis_evaluate(Analysis *analysis, const Options *options);
void analysis_free(Analysis *analysis);

/* NULL, or why nothing that was read can be judged: no file, every file broken, only tests, no
 * Django. */
const char *analysis_empty(const Analysis *analysis, const Options *options);

#endif
