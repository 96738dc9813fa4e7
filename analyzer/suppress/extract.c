/* A commit's paths are somebody else's words: each part is checked, folders are made one by one
 * below the fresh folder, and a file is only ever created, never opened. Nothing but regular files
 * is laid out, so no path can lead elsewhere. */
#include "suppress/extract.h"

#include "source/django.h"
#include "source/file.h"
#include "source/names.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MOST = 500000, PATH_LONGEST = 3072 };
static const uint64_t BYTES_TOTAL = 4ull << 30;

static bool part_is_plain(const char *part, size_t length) {
    if (!length || length > 255) return false;
    if (length <= 2 && !strncmp(part, "..", length)) return false;
    return !(length == 4 && !strncasecmp(part, ".git", 4));
}

static bool path_is_plain(const char *path) {
    if (strlen(path) > PATH_LONGEST) return false;
    for (;;) {
        size_t length = strcspn(path, "/");
        if (!part_is_plain(path, length)) return false;
        if (!path[length]) return true;
        path += length + 1;
    }
}

static bool path_is_wanted(Arena *arena, const char *path) {
    const char *name = path_name(path), *folder = path_folder(arena, path);
    if (name_is_python(name) || name_is_template(folder, name) || name_is_marker(name)) return true;
    return !strcmp(name, ".gitignore")
           || django_file(name, !strcmp(path_name(folder), "requirements"));
}

/* Makes the folders a path leads through. `path` is changed and restored. */
static void folders_make(char *path, size_t top) {
    for (char *slash = strchr(path + top + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

/* False: the disk is full, or the like. What is in the way of a file (a commit may name a thing
 * twice) is left as it is. */
static bool file_write(Arena *arena, const char *folder, const char *path, const GitBlob *blob) {
    const int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    char *whole = path_join(arena, folder, path);
    int file = open(whole, how, 0600);
    if (file < 0 && errno == ENOENT) {
        folders_make(whole, strlen(folder));
        file = open(whole, how, 0600);
    }
    if (file < 0) return errno == EEXIST || errno == ENOTDIR || errno == ENAMETOOLONG;
    size_t done = 0;
    while (done < blob->size) {
        ssize_t step = write(file, blob->bytes + done, blob->size - done);
        if (step < 0 && errno == EINTR) continue;
        if (step <= 0) break;
        done += (size_t)step;
    }
    return close(file) == 0 && done == blob->size;
}

static const char *folder_make(Arena *arena) {
    const char *place = getenv("TMPDIR");
    if (!place || *place != '/') place = "/tmp";
    char *folder = path_join(arena, place, "eagerly-XXXXXX");
    if (!mkdtemp(folder)) return NULL;
    const char *real = path_real(arena, folder);
    /* the top of a working tree, as far as the walk can see */
    if (real) mkdir(path_join(arena, real, ".git"), 0700);
    return real;
}

static const char *blobs_write(GitBlobs *blobs, const GitFiles *wanted, const char *folder,
                               uint64_t max_bytes) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < wanted->count; i++) {
        GitBlob blob;
        if (!git_blobs_next(blobs, (size_t)max_bytes, &blob))
            return "git ended before it had given all files of the reference";
        if (!blob.found)
            return "files of the reference are missing in the repository; fetch them first";
        if (blob.large) continue;
        total += blob.size;
        if (total > BYTES_TOTAL) return "the reference is too large to be analysed";
        Arena *scratch = arena_new();
        bool written = file_write(scratch, folder, wanted->items[i].path, &blob);
        arena_free(scratch);
        if (!written) return "the temporary folder cannot be written to";
    }
    return NULL;
}

const char *extract_commit(Git *git, uint64_t max_bytes, Guard **guard, const char **mistake) {
    GitFiles files = {0}, wanted = {0};
    if (!git_files(git, &files, mistake)) return NULL;
    for (uint32_t i = 0; i < files.count && wanted.count < FILES_MOST; i++) {
        const GitFile *file = &files.items[i];
        if (!path_is_plain(file->path) || !path_is_wanted(git->arena, file->path)) continue;
        array_push(git->arena, &wanted, *file);
    }
    *guard = guard_start();
    const char *folder = folder_make(git->arena);
    *mistake = "no temporary folder can be made";
    if (folder) {
        guard_folder(*guard, folder);
        GitBlobs *blobs = git_blobs_open(&wanted);
        *mistake = blobs_write(blobs, &wanted, folder, max_bytes);
        git_blobs_close(blobs);
    }
    if (!*mistake) return folder;
    if (folder) extract_remove(folder);
    guard_end(*guard);
    return NULL;
}

void extract_remove(const char *folder) {
    char *paths[] = {(char *)(uintptr_t)folder, NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    if (!walk) return;
    for (FTSENT *entry; (entry = fts_read(walk));) {
        if (entry->fts_info == FTS_DP) rmdir(entry->fts_accpath);
        else if (entry->fts_info != FTS_D) unlink(entry->fts_accpath);
    }
    fts_close(walk);
}
