/* The threads take files from one shared list, the largest first, so that none of them is left
 * with a long file at the end. A thread writes only to the results of the files it took; what
 * concerns all files is summed up afterwards, in the order of the files, so the number of
 * threads cannot be seen in the result. */
#include "source/source.h"

#include "grammar/python.h"
#include "grammar/template.h"
#include "source/file.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    DEFAULT_MAX_BYTES = 1 << 20,
    JOBS_MAX = 256,
    SNIFF_BYTES = 8 * 1024,
};

typedef enum Outcome {
    OUTCOME_MODULE,
    OUTCOME_FAILED,
    OUTCOME_SPECIAL,
    OUTCOME_LARGE,
    OUTCOME_BINARY,
    OUTCOME_CUT,
} Outcome;

typedef struct Result {
    Module *module;
    Outcome outcome;
    int error;
} Result;

typedef struct Work {
    const Source *source;
    const uint32_t *order; /* indices of files */
    Result *results;       /* one per file */
    uint64_t max_bytes;
    atomic_uint next;
} Work;

static bool looks_binary(const char *bytes, uint64_t size) {
    size_t sniffed = size < SNIFF_BYTES ? (size_t)size : SNIFF_BYTES;
    if (memchr(bytes, 0, sniffed)) return true;
    return sniffed >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
}

static Result bytes_parse(PythonReader *reader, const SourceFile *file, const FileBytes *bytes) {
    if (looks_binary(bytes->bytes, bytes->size)) return (Result){.outcome = OUTCOME_BINARY};
    uint32_t size = (uint32_t)bytes->size;
    Module *module = file->template ? template_read(file->shown, bytes->bytes, size)
                                    : python_read(reader, file->shown, bytes->bytes, size);
    if (!module->cut) return (Result){.module = module};
    module_free(module);
    return (Result){.outcome = OUTCOME_CUT};
}

static Result file_parse(PythonReader *reader, const SourceFile *file, uint64_t max_bytes) {
    FileBytes bytes = file_read(file->path, max_bytes, true);
    Result result = {.error = bytes.error};
    switch (bytes.status) {
    case READ_DONE: result = bytes_parse(reader, file, &bytes); break;
    case READ_FAILED: result.outcome = OUTCOME_FAILED; break;
    case READ_SPECIAL: result.outcome = OUTCOME_SPECIAL; break;
    case READ_LARGE: result.outcome = OUTCOME_LARGE; break;
    }
    free(bytes.bytes);
    return result;
}

static void *work_run(void *argument) {
    Work *work = argument;
    const Source *source = work->source;
    PythonReader *reader = python_reader_new();
    for (;;) {
        unsigned at = atomic_fetch_add(&work->next, 1);
        if (at >= source->files.count) break;
        uint32_t file = work->order[at];
        work->results[file] = file_parse(reader, &source->files.items[file], work->max_bytes);
    }
    python_reader_free(reader);
    return NULL;
}

typedef struct Sized {
    uint64_t size;
    uint32_t file;
} Sized;

static int sized_compare(const void *left, const void *right) {
    const Sized *a = left, *b = right;
    if (a->size != b->size) return a->size < b->size ? 1 : -1;
    return a->file < b->file ? -1 : a->file > b->file;
}

/* The files' numbers, the largest file first. */
static uint32_t *order_make(Arena *scratch, const Source *source) {
    uint32_t count = source->files.count;
    Sized *sized = arena_many(scratch, Sized, count);
    for (uint32_t i = 0; i < count; i++) sized[i] = (Sized){source->files.items[i].size, i};
    qsort(sized, count, sizeof *sized, sized_compare);
    uint32_t *order = arena_many(scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) order[i] = sized[i].file;
    return order;
}

static unsigned job_count(const SourceOptions *options, uint32_t files) {
    unsigned jobs = options->jobs;
    cpu_set_t cores;
    if (!jobs && sched_getaffinity(0, sizeof cores, &cores) == 0)
        jobs = (unsigned)CPU_COUNT(&cores);
    if (jobs > JOBS_MAX) jobs = JOBS_MAX;
    if (jobs > files) jobs = files;
    return jobs ? jobs : 1;
}

/* Runs the work on `jobs` threads, this one included. Threads that cannot be had are done
 * without. */
static void work_share(Work *work, unsigned jobs) {
    pthread_t threads[JOBS_MAX];
    unsigned started = 0;
    while (started + 1 < jobs && pthread_create(&threads[started], NULL, work_run, work) == 0)
        started++;
    work_run(work);
    while (started) pthread_join(threads[--started], NULL);
}

static const char *result_note(Arena *arena, const Result *result, uint64_t max_bytes) {
    switch (result->outcome) {
    case OUTCOME_MODULE: break;
    case OUTCOME_FAILED: return arena_format(arena, "%s", strerror(result->error));
    case OUTCOME_SPECIAL: return "not a regular file";
    case OUTCOME_LARGE:
        return arena_format(arena, "larger than %llu bytes", (unsigned long long)max_bytes);
    case OUTCOME_BINARY: return "binary or UTF-16";
    case OUTCOME_CUT: return "beyond the parser's limits";
    }
    return NULL;
}

static void result_take(Source *source, SourceFile *file, const Result *result,
                        uint64_t max_bytes) {
    file->module = result->module;
    file->note = result_note(source->arena, result, max_bytes);
    if (!file->module) {
        source->unreadable++;
        return;
    }
    file->size = file->module->size;
    source->bytes += file->module->size;
    source->nodes += file->module->nodes.count;
    if (file->module->errors) source->broken++;
}

void source_read(Source *source, const SourceOptions *options) {
    uint32_t count = source->files.count;
    if (!count) return;
    Arena *scratch = arena_new();
    Work work = {.source = source, .order = order_make(scratch, source)};
    work.results = arena_many(scratch, Result, count);
    work.max_bytes = options->max_bytes ? options->max_bytes : DEFAULT_MAX_BYTES;
    if (work.max_bytes > INT32_MAX) work.max_bytes = INT32_MAX; /* offsets are 32 bits wide */
    atomic_init(&work.next, 0);
    work_share(&work, job_count(options, count));
    for (uint32_t i = 0; i < count; i++)
        result_take(source, &source->files.items[i], &work.results[i], work.max_bytes);
    arena_free(scratch);
}
