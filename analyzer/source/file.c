/* Files are opened without waiting and looked at before they are read, so that a pipe or a
 * device called models.py cannot hold the program up. They are read with read() into memory of
 * our own: a mapped file that is cut while we look at it would end the program. */
#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_join(Arena *arena, const char *folder, const char *name) {
    size_t length = strlen(folder);
    if (!length) return arena_copy(arena, name, strlen(name));
    if (!*name) return arena_copy(arena, folder, length);
    bool slash = folder[length - 1] != '/';
    size_t name_length = strlen(name);
    char *path = arena_alloc(arena, length + slash + name_length + 1);
    memcpy(path, folder, length);
    if (slash) path[length++] = '/';
    memcpy(path + length, name, name_length);
    return path;
}

const char *path_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) != 0) return NULL;
    path += length;
    if (!*path || !length || folder[length - 1] == '/') return path;
    return *path == '/' ? path + 1 : NULL;
}

const char *path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *path_folder(Arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return arena_copy(arena, "", 0);
    return arena_copy(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

char *path_real(Arena *arena, const char *path) {
    char *real = realpath(*path ? path : ".", NULL);
    if (!real) return NULL;
    char *copy = arena_copy(arena, real, strlen(real));
    free(real);
    return copy;
}

bool path_has(const char *folder, const char *name) {
    char path[PATH_MAX];
    size_t length = strlen(folder), name_length = strlen(name);
    if (length + name_length + 2 > sizeof path) return false;
    memcpy(path, folder, length);
    if (length) path[length++] = '/';
    memcpy(path + length, name, name_length + 1);
    struct stat status;
    return lstat(path, &status) == 0;
}

static FileBytes file_failed(int error) {
    return (FileBytes){.status = READ_FAILED, .error = error};
}

/* Reads up to `room` bytes; -1: failed. The file may have been cut since it was looked at. */
static ssize_t read_all(int file, char *bytes, size_t room) {
    size_t size = 0;
    while (size < room) {
        ssize_t got = read(file, bytes + size, room - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        size += (size_t)got;
    }
    return (ssize_t)size;
}

static FileBytes read_open(int file, uint64_t max) {
    struct stat status;
    if (fstat(file, &status) != 0) return file_failed(errno);
    if (!S_ISREG(status.st_mode)) return (FileBytes){.status = READ_SPECIAL};
    uint64_t size = (uint64_t)status.st_size;
    if (size > max || size > SIZE_MAX / 2) return (FileBytes){.size = size, .status = READ_LARGE};
    FileBytes result = {.bytes = memory_alloc((size_t)size + 1)};
    ssize_t got = read_all(file, result.bytes, (size_t)size);
    if (got < 0) {
        int error = errno;
        free(result.bytes);
        return file_failed(error);
    }
    result.size = (uint64_t)got;
    result.bytes[got] = 0;
    return result;
}

FileBytes file_read(const char *path, uint64_t max, bool links) {
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (links ? 0 : O_NOFOLLOW);
    int file = open(path, flags);
    if (file < 0 && errno == ENXIO) return (FileBytes){.status = READ_SPECIAL}; /* a socket */
    if (file < 0) return file_failed(errno);
    FileBytes result = read_open(file, max);
    close(file);
    return result;
}
