/* show.h - the commands that show what is understood of a project: files, endpoints, why, graph. */
#ifndef EAGERLY_SHOW_H
#define EAGERLY_SHOW_H

#include "cli/analysis.h"

/* What a command has to show from; what its depth does not reach is NULL. */
typedef struct Shown {
    const Source *source;
    const Project *project;
    const Flow *flow;
    const Findings *findings;
} Shown;

/* The exit status. Notes and mistakes go to stderr. */
int command_show(const Options *options, Writer *out);

int show_files(const Shown *shown, const Options *options, Writer *out);
int show_endpoints(const Shown *shown, const Options *options, Writer *out);
int show_why(const Shown *shown, const Options *options, Writer *out);
int show_graph(const Shown *shown, const Options *options, Writer *out);

#endif
