/* statistics.h - what a run did, what it gave up on and what it cost, for --statistics. */
#ifndef EAGERLY_STATISTICS_H
#define EAGERLY_STATISTICS_H

#include "cli/progress.h"
#include "report/finding.h"

enum { STAGES_MOST = 8 };

/* Stages follow each other: one ends where the next begins. */
typedef struct Stages {
    struct Stage { const char *name; double wall, cpu; } items[STAGES_MOST]; /* seconds */
    uint32_t count;
    double wall, cpu;    /* when the running one began */
} Stages;

void stages_start(Stages *stages);
/* Ends the running stage and gives it a name. */
void stages_end(Stages *stages, const char *name);

/* What `check` has when it ends; those not reached are NULL. */
typedef struct Run {
    const Source *source;
    const Project *project;
    const Flow *flow;
    Findings *findings;
    Stages stages;
} Run;

void statistics_write(const Run *run, Writer *out);
/* Files and folders that could not be read: one line each, or (`brief`) only their number. */
void notes_write(const Source *source, bool brief, Writer *out);

#endif
