/* outputs.h - where a report goes: to the screen, and to files. */
#ifndef EAGERLY_OUTPUTS_H
#define EAGERLY_OUTPUTS_H

#include "cli/options.h"

/* Where one run's report goes, read from the options. Lives in their arena. */
typedef struct Outputs {
    OutputFormat screen;
    Array(Output) files;
} Outputs;

/* NULL, or the user's mistake (owned by the options' arena). */
const char *outputs_read(const Options *options, Outputs *outputs);
/* Writes all of them, the files first. NULL, or what went wrong with a file; the others have been
 * written. */
const char *outputs_write(const Options *options, const Outputs *outputs, const Project *project,
                          Findings *findings, Writer *screen);

#endif
