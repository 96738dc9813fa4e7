/* file.h - paths, and regular files read whole. For analyzer/source, and for rooms that read files
 * which are no source.
 *
 * Paths are bytes. A folder's path has no slash at its end, but for "/"; "" is the working
 * directory and joins to nothing. */
#ifndef EAGERLY_FILE_H
#define EAGERLY_FILE_H

#include "base/arena.h"

#include <stdbool.h>

/* "folder/name"; either may be empty. */
char *path_join(Arena *arena, const char *folder, const char *name);
/* What follows the folder in a path: "" for the folder itself, NULL when it is elsewhere. */
const char *path_below(const char *path, const char *folder);
const char *path_name(const char *path);
/* "a" for "a/b", "/" for "/a" and "/", "" for "a". */
char *path_folder(Arena *arena, const char *path);
/* Without links, "." and ".."; NULL and errno when it cannot be found out. */
char *path_real(Arena *arena, const char *path);
/* Whether the folder has such an entry, of any kind. */
bool path_has(const char *folder, const char *name);

typedef enum ReadStatus {
    READ_DONE,
    READ_FAILED, /* `error` says why */
    READ_SPECIAL,    /* a folder, pipe, device or socket: never opened for long, never read */
    READ_LARGE,
} ReadStatus;

typedef struct FileBytes {
    char *bytes; /* of malloc, the caller frees it; a NUL stands behind the last; or NULL */
    uint64_t size;
    ReadStatus status;
    int error; /* errno */
} FileBytes;

/* Reads a regular file of at most `max` bytes. Does not wait for pipes. `links`: follows a
 * symbolic link in the last component. */
FileBytes file_read(const char *path, uint64_t max, bool links);

#endif
