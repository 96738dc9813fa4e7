/* git.h - objects of the git repository around a folder, read by git itself.
 *
 * Nothing that a repository's configuration could name is run: no hooks, pagers, filters, external
 * diffs or monitors, and nothing is fetched. Objects are read, and the index for what was renamed;
 * never the files.
 * Everything is owned by the Git's arena; mistakes are one line. */
#ifndef EAGERLY_GIT_H
#define EAGERLY_GIT_H

#include "base/array.h"

#include <stdbool.h>

typedef struct Git {
    Arena *arena;
    const char *top;             /* of the working tree, a real path */
    const char *commit;          /* what the reference stands for: 40 or 64 hex digits */
    const char *prefix;          /* "" or, of a submodule, its path with a slash behind */
} Git;

/* Finds the repository around `folder` and the commit where the branch that is checked out parted
 * from `reference`; without such a one, the reference itself. NULL and `*mistake`. */
Git *git_open(Arena *arena, const char *folder, const char *reference, const char **mistake);

typedef struct GitFile {
    const char *object, *path;   /* path: from the top, bytes */
    const Git *in;               /* the repository that has it: this one or a submodule */
} GitFile;
typedef Array(GitFile) GitFiles;
/* The regular files of the commit and of its submodules that are checked out; no symbolic links. */
bool git_files(Git *git, GitFiles *files, const char **mistake);

typedef struct GitRename { const char *from, *to; } GitRename;
typedef Array(GitRename) GitRenames;
/* Files that bear another name in the index than in the commit. None if git cannot tell. */
void git_renames(Git *git, GitRenames *renames);

/* Reads blobs one after the other, as they stand in `files`, which is kept. */
typedef struct GitBlobs GitBlobs;
GitBlobs *git_blobs_open(const GitFiles *files);
typedef struct GitBlob {
    char *bytes;                 /* valid until the next one is read; a NUL is behind the last */
    size_t size;
    bool found, large;           /* large: there, but beyond `most`, and not kept */
} GitBlob;
/* False: git ended before it had answered. */
bool git_blobs_next(GitBlobs *blobs, size_t most, GitBlob *blob);
void git_blobs_close(GitBlobs *blobs);

#endif
