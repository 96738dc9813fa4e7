/* The table of formats.h as data, and files as a place to write to. */
#include "report/formats.h"
#include "base/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Format {
    const char *name;
    void (*write)(const Findings *, const ReportOptions *, Writer *);
    const char *extension;
    bool repository;
} Format;

#define FORMAT_ROW(id, name, write, extension, repository) {name, write, extension, repository},

static const Format formats[] = {
    FORMATS(FORMAT_ROW) {"text", report_text, "", false},
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

void report_write(OutputFormat format, const Findings *findings, const ReportOptions *options,
                  Writer *out) {
    ReportOptions how = *options;
    how.repository = formats[format].repository;
    formats[format].write(findings, &how, out);
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && !strcmp(text + length - tail, end);
}

/* The format of a file's extension; a longer extension is the better one. FORMAT_COUNT: none. */
static int format_of_file(const char *path) {
    int best = FORMAT_COUNT;
    for (int i = 0; i < FORMAT_COUNT; i++) {
        const char *extension = formats[i].extension;
        if (!*extension || !ends_with(path, extension)) continue;
        if (best == FORMAT_COUNT || strlen(extension) > strlen(formats[best].extension)) best = i;
    }
    return best;
}

static const char *format_unknown(Arena *arena, const char *name) {
    const char *best = NULL;
    for (int i = 0; i < FORMAT_COUNT; i++) suggest_consider(name, formats[i].name, &best);
    return best ? arena_format(arena, "--output: no format '%s'; did you mean '%s'?", name, best)
                : arena_format(arena, "--output takes FORMAT=FILE, and '%s' is no format (%s)",
                               name, FORMAT_CHOICES);
}

const char *output_read(Arena *arena, const char *word, Output *output) {
    size_t length = strcspn(word, "=");
    const char *name = arena_copy(arena, word, length);
    int format = 0;
    output->path = word[length] ? word + length + 1 : word;
    if (word[length])
        while (format < FORMAT_COUNT && strcmp(formats[format].name, name)) format++;
    else format = format_of_file(word);
    if (format == FORMAT_COUNT && word[length]) return format_unknown(arena, name);
    if (format == FORMAT_COUNT)
        return arena_format(arena, "--output takes FORMAT=FILE; the name '%s' tells no format",
                            word);
    if (!*output->path) return arena_format(arena, "--output %s names no file", word);
    output->format = (OutputFormat)format;
    return NULL;
}

static const char *output_failed(Arena *arena, const char *path, const char *why) {
    return arena_format(arena, "cannot write %s: %s", path, why);
}

static const char *stream_write(Arena *arena, const Output *output, FILE *stream,
                                const Findings *findings, const ReportOptions *options) {
    Writer *out = writer_to_stream(stream);
    report_write(output->format, findings, options, out);
    bool fine = writer_close(out);
    int error = errno;
    if (fclose(stream)) {
        error = errno;
        fine = false;
    }
    return fine ? NULL : output_failed(arena, output->path, strerror(error));
}

static mode_t new_mode(void) {
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* `mode`: what the file is to have. */
static const char *report_replace(Arena *arena, const Output *output, mode_t mode,
                                  const Findings *findings, const ReportOptions *options) {
    char *beside = arena_format(arena, "%s.XXXXXX", output->path);
    int descriptor = mkstemp(beside);
    if (descriptor < 0) return output_failed(arena, output->path, strerror(errno));
    FILE *stream = fchmod(descriptor, mode) ? NULL : fdopen(descriptor, "wb");
    const char *mistake = stream ? stream_write(arena, output, stream, findings, options)
                                 : output_failed(arena, output->path, strerror(errno));
    if (!stream) close(descriptor);
    if (!mistake && rename(beside, output->path))
        mistake = output_failed(arena, output->path, strerror(errno));
    if (mistake) unlink(beside);
    return mistake;
}

/* A pipe or a device cannot be replaced. */
static const char *special_write(Arena *arena, const Output *output, const Findings *findings,
                                 const ReportOptions *options) {
    int descriptor = open(output->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (stream) return stream_write(arena, output, stream, findings, options);
    const char *mistake = output_failed(arena, output->path, strerror(errno));
    if (descriptor >= 0) close(descriptor);
    return mistake;
}

const char *output_write(Arena *arena, const Output *output, const Findings *findings,
                         const ReportOptions *options) {
    struct stat there, target;
    if (lstat(output->path, &there))
        return errno == ENOENT ? report_replace(arena, output, new_mode(), findings, options)
                               : output_failed(arena, output->path, strerror(errno));
    if (S_ISREG(there.st_mode))
        return report_replace(arena, output, there.st_mode & 0777, findings, options);
    if (S_ISDIR(there.st_mode)) return output_failed(arena, output->path, strerror(EISDIR));
    bool special = !stat(output->path, &target) && !S_ISREG(target.st_mode)
                   && !S_ISDIR(target.st_mode);
    return special ? special_write(arena, output, findings, options)
                   : output_failed(arena, output->path,
                                   "it is a symbolic link, and links are not followed");
}
