/* commands.h - the commands that do not analyse, and what `check` prints besides findings. */
#ifndef EAGERLY_COMMANDS_H
#define EAGERLY_COMMANDS_H

#include "cli/options.h"

/* Exit statuses. */
enum { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_TROUBLE = 2 };

/* The documentation of the rules named; false, with `*mistake` (owned by the options' arena), if
 * one is unknown. */
bool command_explain(const Options *options, Writer *out, const char **mistake);
void command_rules(const Options *options, Writer *out);
void command_version(Writer *out);

/* Prints a stage's result, for --dump. `flow` may be NULL for DUMP_MODULE and DUMP_PROJECT, and
 * `project` for DUMP_MODULE. */
void dump_stage(Dump dump, const Source *source, const Project *project, const Flow *flow,
                Writer *out);

#endif
