/* ignore.h - .gitignore files: which paths a project does not consider its own. */
#ifndef EAGERLY_IGNORE_H
#define EAGERLY_IGNORE_H

#include "base/array.h"

#include <stdbool.h>

/* The patterns of one ignore file, and of those in the folders above it. */
typedef struct Ignore Ignore;

/* Reads the text of an ignore file found in `folder` (a path as walked, without a trailing
 * slash). `outer` are the patterns from the folders above; NULL at the top. */
Ignore *ignore_parse(Arena *arena, const Ignore *outer, const char *folder, const char *text,
                     size_t length);
/* Whether git would leave out this path (as walked, below the folders parsed). The last pattern
 * that matches decides; `!pattern` takes back. */
bool ignore_matches(const Ignore *ignore, const char *path, bool is_folder);
/* One glob of gitignore's dialect (*, ?, [..], **, \x) against a relative path. */
bool ignore_glob(const char *pattern, const char *path);

#endif
