/* git.h - objects of the git repository around a folder, read by git itself.
 *
 * Nothing that a repository's configuration could name is run: no hooks, pagers, filters, external
 * diffs or monitors, and nothing is fetched. Only objects are read, never the index or the files.
 * Everything is owned by the Git's arena; mistakes are one line. */
#ifndef EAGERLY_GIT_H
#define EAGERLY_GIT_H

#include "base/array.h"

#include <stdbool.h>

typedef struct Git {
    Arena *arena;
    const char *top;             /* of the working tree, a real path */
    const char *commit;          /* what the reference stands for: 40 or 64 hex digits */
} Git;

/* Finds the repository around `folder` and the commit where the branch that is checked out parted
 * from `reference`; without such a one, the reference itself. NULL and `*mistake`. */
Git *git_open(Arena *arena, const char *folder, const char *reference, const char **mistake);

typedef struct GitFile {
    const char *object, *path;   /* path: from the top, bytes */
} GitFile;
typedef Array(GitFile) GitFiles;
/* The regular files of the commit, symbolic links and submodules left out. */
bool git_files(Git *git, GitFiles *files, const char **mistake);

/* Reads blobs one after the other, as they were asked for. */
typedef struct GitBlobs GitBlobs;
typedef Array(const char *) GitNames;
/* `names`: objects, or "COMMIT:PATH". A name with a line break in it is answered as not there. */
GitBlobs *git_blobs_open(Git *git, const GitNames *names);
typedef struct GitBlob {
    char *bytes;                 /* valid until the next one is read; a NUL is behind the last */
    size_t size;
    bool found, large;           /* large: there, but beyond `most`, and not kept */
} GitBlob;
/* False: git ended before it had answered. */
bool git_blobs_next(GitBlobs *blobs, size_t most, GitBlob *blob);
void git_blobs_close(GitBlobs *blobs);

#endif
