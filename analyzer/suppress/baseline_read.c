/* A reader for the JSON of baselines and of nothing else: the file is an object of known depth, so
 * there is no recursion. What the file says beyond what is known is a mistake, told with its
 * line. */
#include "suppress/baseline.h"

#include "source/file.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 64 * 1024 * 1024, TEXT_MOST = 4096 };

typedef struct Reader {
    Arena *arena;
    Baseline *baseline;
    const char *path, *start, *at, *end;
    const char *mistake;
} Reader;

static bool fail(Reader *reader, const char *what) {
    uint32_t line = 1;
    for (const char *at = reader->start; at < reader->at; at++) line += *at == '\n';
    if (!reader->mistake)
        reader->mistake = arena_format(reader->arena, "%s:%u: not a baseline: %s; write it again "
                                       "with 'eagerly baseline --write'", reader->path, line,
                                       what);
    return false;
}

static char peek(Reader *reader) {
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at) reader->at++;
    return reader->at < reader->end ? *reader->at : '\0';
}

static bool expect(Reader *reader, char sign) {
    char text[] = "'?' is missing";
    text[1] = sign;
    if (peek(reader) != sign) return fail(reader, text);
    reader->at++;
    return true;
}

/* The character behind a backslash; -1: none that JSON has. Those beyond ASCII only occur in texts
 * that are for people. */
static int escape_read(Reader *reader) {
    static const char signs[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    if (reader->at >= reader->end) return -1;
    char sign = *reader->at++;
    const char *found = sign ? strchr(signs, sign) : NULL;
    if (found) return (unsigned char)means[found - signs];
    if (sign != 'u' || reader->end - reader->at < 4) return -1;
    char digits[5] = {0}, *end;
    memcpy(digits, reader->at, 4);
    unsigned long code = strtoul(digits, &end, 16);
    reader->at += 4;
    return *end || strspn(digits, "0123456789abcdefABCDEF") != 4 ? -1
           : code && code < 0x80 ? (int)code : '?';
}

static const char *string_read(Reader *reader) {
    char text[TEXT_MOST];
    size_t length = 0;
    if (!expect(reader, '"')) return NULL;
    while (reader->at < reader->end && *reader->at != '"') {
        int byte = (unsigned char)*reader->at++;
        if (byte < 0x20) return fail(reader, "a text does not end"), NULL;
        if (byte == '\\') byte = escape_read(reader);
        if (byte < 0) return fail(reader, "an escape that JSON does not have"), NULL;
        if (length == sizeof text) return fail(reader, "a text is too long"), NULL;
        text[length++] = (char)byte;
    }
    return expect(reader, '"') ? arena_copy(reader->arena, text, length) : NULL;
}

static bool number_read(Reader *reader, uint64_t *number) {
    uint64_t value = 0;
    size_t digits = 0;
    peek(reader);
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; digits++)
        value = digits < 9 ? value * 10 + (uint64_t)(*reader->at++ - '0') : (reader->at++, value);
    if (!digits || digits > 9) return fail(reader, "a number up to 999999999 is missing");
    *number = value;
    return true;
}

static bool hash_read(Reader *reader, const char *text, uint64_t *hash) {
    if (!text) return false;
    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return fail(reader, "a fingerprint has 16 hexadecimal digits");
    *hash = strtoull(text, NULL, 16);
    return true;
}

/* Members of an object until its '}': `member` reads the value. */
typedef bool Member(Reader *reader, const char *key, void *context);
static bool object_read(Reader *reader, Member *member, void *context) {
    if (!expect(reader, '{')) return false;
    for (bool first = true; peek(reader) != '}'; first = false) {
        if (!first && !expect(reader, ',')) return false;
        const char *key = string_read(reader);
        if (!key || !expect(reader, ':') || !member(reader, key, context)) return false;
    }
    return expect(reader, '}');
}

static bool entry_member(Reader *reader, const char *key, void *context) {
    BaselineEntry *entry = context;
    if (!strcmp(key, "count")) return number_read(reader, &entry->count);
    const char *text = string_read(reader);
    if (!text) return false;
    if (!strcmp(key, "shape")) return hash_read(reader, text, &entry->shape);
    if (!strcmp(key, "code")) entry->code = text;
    else if (!strcmp(key, "path")) entry->path = text;
    else if (!strcmp(key, "function")) entry->function = text;
    else if (!strcmp(key, "relation")) entry->relation = text;
    else return fail(reader, "a key that is not known");
    return true;
}

static bool findings_member(Reader *reader, const char *key, void *context) {
    Baseline *baseline = context;
    BaselineEntry entry = {.code = "", .path = "", .function = "", .relation = ""};
    if (!hash_read(reader, key, &entry.hash)) return false;
    if (map_get(&baseline->by_hash, entry.hash)) return fail(reader, "a finding stands twice");
    if (!object_read(reader, entry_member, &entry)) return false;
    if (!*entry.code || !entry.count) return fail(reader, "a finding has no code or no count");
    entry.left = entry.count;
    uint32_t *number = arena_make(baseline->arena, uint32_t);
    *number = baseline->items.count;
    array_push(baseline->arena, &baseline->items, entry);
    map_put(baseline->arena, &baseline->by_hash, entry.hash, number);
    return true;
}

static bool top_member(Reader *reader, const char *key, void *context) {
    uint64_t version;
    (void)context;
    if (!strcmp(key, "findings")) return object_read(reader, findings_member, reader->baseline);
    if (strcmp(key, "version")) return fail(reader, "a key that is not known");
    if (!number_read(reader, &version)) return false;
    return version == 1 || fail(reader, "of another version of eagerly");
}

static const char *file_mistake(Arena *arena, const char *path, const FileBytes *file) {
    switch (file->status) {
    case READ_DONE: break;
    case READ_FAILED: return arena_format(arena, "%s: %s", path, strerror(file->error));
    case READ_SPECIAL: return arena_format(arena, "%s: not a regular file", path);
    case READ_LARGE: return arena_format(arena, "%s: too large for a baseline", path);
    }
    return NULL;
}

Baseline *baseline_read(Arena *arena, const char *path, const char **mistake) {
    FileBytes file = file_read(path, BYTES_MOST, true);
    *mistake = file_mistake(arena, path, &file);
    if (*mistake) return NULL;
    Baseline *baseline = arena_make(arena, Baseline);
    baseline->arena = arena;
    Reader reader = {.arena = arena, .baseline = baseline, .path = path, .start = file.bytes,
                     .at = file.bytes, .end = file.bytes + file.size};
    if (object_read(&reader, top_member, NULL) && peek(&reader))
        fail(&reader, "more behind its end");
    free(file.bytes);
    *mistake = reader.mistake;
    return reader.mistake ? NULL : baseline;
}
