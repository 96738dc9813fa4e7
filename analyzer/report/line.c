/* The file may have changed since it was analysed, so nothing here trusts its old size or lines. */
#include "report/line.h"

#include "base/arena.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BYTES_MOST = 64 * 1024 * 1024 };

/* O_NONBLOCK: what was a file may have become a FIFO. */
static FILE *open_regular(const char *path) {
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0) return NULL;
    if (fstat(descriptor, &status) || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return NULL;
    }
    FILE *file = fdopen(descriptor, "rb");
    if (!file) close(descriptor);
    return file;
}

static void reader_load(LineReader *reader, const char *path) {
    line_close(reader);
    reader->path = path;
    reader->line = 1;
    FILE *file = open_regular(path);
    if (!file) return;
    size_t room = 0, got = 0;
    do {
        if (reader->length == room) {
            room = room ? room * 2 : 64 * 1024;
            reader->text = memory_resize(reader->text, room);
        }
        got = fread(reader->text + reader->length, 1, room - reader->length, file);
        reader->length += got;
    } while (got && reader->length < BYTES_MOST);
    fclose(file);
}

bool line_read(LineReader *reader, const char *path, uint32_t line, const char **text,
               size_t *length) {
    if (!reader->path || strcmp(reader->path, path)) reader_load(reader, path);
    if (line < reader->line) {
        reader->line = 1;
        reader->at = 0;
    }
    while (reader->line < line && reader->at < reader->length) {
        const char *start = reader->text + reader->at;
        const char *end = memchr(start, '\n', reader->length - reader->at);
        reader->at = end ? (size_t)(end - reader->text) + 1 : reader->length;
        reader->line++;
    }
    if (reader->at >= reader->length) return false;
    *text = reader->text + reader->at;
    const char *end = memchr(*text, '\n', reader->length - reader->at);
    *length = end ? (size_t)(end - *text) : reader->length - reader->at;
    if (*length && (*text)[*length - 1] == '\r') --*length;
    return true;
}

void line_close(LineReader *reader) {
    free(reader->text);
    *reader = (LineReader){0};
}
