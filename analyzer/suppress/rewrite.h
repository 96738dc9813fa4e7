/* rewrite.h - changing files of the project: baselines, and comments in source files. */
#ifndef EAGERLY_REWRITE_H
#define EAGERLY_REWRITE_H

#include "suppress/suppress.h"

/* Writes a file at once or not at all: a temporary file beside it takes its place and its mode. A
 * symbolic link stays one; what it leads to is replaced. NULL, or a mistake. */
const char *file_replace(Arena *arena, const char *path, const char *bytes, size_t length);

typedef struct Rewritten {
    uint32_t comments, files;    /* changed */
    uint32_t refused;            /* findings or comments that could not be changed safely */
    const char *mistake;         /* of a file that could not be written, or NULL */
} Rewritten;

/* Writes a suppression comment at the touch of each finding: at the end of its line, or above a
 * statement of several lines. `reason` may be "". */
Rewritten comments_add(Arena *arena, const Project *project, const Findings *findings,
                       const char *reason);
/* Takes out the comments, or the parts of comments, that EAG900 was said of, and what it said. */
Rewritten comments_remove(Arena *arena, Suppressions *suppressions, Findings *findings,
                          const Selection *selection);

#endif
