/* root.h - a folder to be walked, and how it stands in the world. For analyzer/source and the
 * command line.
 * All strings are owned by the arena given. */
#ifndef EAGERLY_ROOT_H
#define EAGERLY_ROOT_H

#include "base/arena.h"

#include <stdbool.h>

typedef struct Root {
    const char *path;  /* how files in it are opened; "" for the working directory */
    const char *real;  /* absolute, without links */
    const char *shown; /* what stands before the paths below it when they are shown; may be "" */
    const char *top;   /* the project: the git working tree around it, else the working directory
                          if it lies in there, else itself */
    bool in_git;       /* top is a git working tree */
} Root;

/* `folder` exists; "" is the working directory. False and errno: it cannot be resolved. */
bool root_make(Arena *arena, const char *folder, Root *root);

#endif
