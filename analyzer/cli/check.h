/* check.h - the commands that analyse a project: check and baseline. */
#ifndef EAGERLY_CHECK_H
#define EAGERLY_CHECK_H

#include "cli/options.h"

/* The exit status. Findings go to `out`, and everything else that is said to stderr. */
int command_check(const Options *options, Writer *out);
int command_baseline(const Options *options, Writer *out);
/* Says one line on stderr; EXIT_TROUBLE. */
int trouble(const char *text);

#endif
