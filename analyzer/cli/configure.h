/* configure.h - the configuration file's part in the options. */
#ifndef EAGERLY_CONFIGURE_H
#define EAGERLY_CONFIGURE_H

#include "cli/option.h"

/* Finds the configuration of the paths in `words` (or the one of --config) and sets what the
 * command line has not set. Says each mistake in a line of `log`; false if there was one. */
bool options_configure(Options *options, Writer *log);
/* `config`: each value and where it comes from. */
void command_config(const Options *options, Writer *out);
/* `config --schema`: the JSON Schema (draft-07) of a configuration file. */
void config_schema(Writer *out);

#endif
