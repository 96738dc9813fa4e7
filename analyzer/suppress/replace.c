/* The new text is complete on the disk before it gets the old one's name. */
#include "suppress/rewrite.h"

#include "source/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool file_fill(int file, const char *bytes, size_t length) {
    while (length) {
        ssize_t step = write(file, bytes, length);
        if (step < 0 && errno == EINTR) continue;
        if (step <= 0) return false;
        bytes += step;
        length -= (size_t)step;
    }
    return true;
}

/* The mode of what is replaced; of a new file what the umask leaves. */
static mode_t mode_of(const char *path, bool *special) {
    struct stat status;
    *special = false;
    if (stat(path, &status) == 0) {
        *special = !S_ISREG(status.st_mode);
        return status.st_mode & 07777;
    }
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

const char *file_replace(Arena *arena, const char *path, const char *bytes, size_t length) {
    const char *real = path_real(arena, path);
    bool special;
    if (!real) real = path;
    mode_t mode = mode_of(real, &special);
    if (special) return arena_format(arena, "%s: not a regular file", path);
    char *beside = arena_format(arena, "%s.eagerly-XXXXXX", real);
    int file = mkstemp(beside);
    if (file < 0) return arena_format(arena, "%s: %s", path, strerror(errno));
    bool good = file_fill(file, bytes, length) && fchmod(file, mode) == 0 && fsync(file) == 0;
    int error = errno;
    if (close(file) != 0 && good) {
        good = false;
        error = errno;
    }
    if (good && rename(beside, real) == 0) return NULL;
    if (good) error = errno;
    unlink(beside);
    return arena_format(arena, "%s: %s", path, strerror(error));
}
