/* All places of all findings are sorted by file and line, so that each file is read once, from its
 * beginning to its end, whatever the findings' chains jump to. */
#include "report/edit.h"
#include "report/formats.h"
#include "report/line.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOURCE_MOST = 200 }; /* bytes kept of a line */

typedef Array(Place *) PlaceList;

typedef struct Measure {
    Arena *arena;
    LineReader reader;
    const char *here, *here_top;  /* the working directory, and the top of its repository */
    const char *opened, *repository; /* of the last file */
    const char *source;           /* of the last line, and where that was */
    uint32_t line;
} Measure;

static void list_add(Arena *arena, PlaceList *list, Place *place) {
    if (place->path && place->opened) array_push(arena, list, place);
}

static PlaceList places_list(Arena *arena, Findings *findings) {
    PlaceList list = {0};
    for (uint32_t i = 0; i < findings->items.count; i++) {
        Finding *finding = &findings->items.items[i];
        list_add(arena, &list, &finding->place);
        list_add(arena, &list, &finding->queryset);
        list_add(arena, &list, &finding->loop);
        for (uint32_t k = 0; k < finding->chain_count; k++)
            list_add(arena, &list, &finding->chain[k]);
    }
    return list;
}

static int file_order(const void *a, const void *b) {
    const Place *left = *(Place *const *)a, *right = *(Place *const *)b;
    int order = strcmp(left->opened, right->opened);
    return order ? order : left->line < right->line ? -1 : left->line > right->line;
}

static uint32_t characters(const char *text, size_t length) {
    uint32_t count = 0;
    for (size_t i = 0; i < length; i++) count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* The folder of `path`, or one above it, that has a .git; NULL: none. */
static const char *repository_top(Arena *arena, const char *path) {
    size_t length = strlen(path);
    for (;;) {
        const char *git = arena_format(arena, "%.*s/.git", (int)length, path);
        if (!access(git, F_OK)) return arena_copy(arena, path, length);
        while (length && path[length - 1] != '/') length--;
        if (!length) return NULL;
        length--;
    }
}

static const char *below(const char *path, const char *folder) {
    size_t length = folder ? strlen(folder) : 0;
    return folder && !strncmp(path, folder, length) && path[length] == '/' ? path + length + 1
                                                                           : NULL;
}

/* The repository of the working directory is the one that was checked out; a file elsewhere has
 * its own. */
static const char *repository_path(Measure *measure, const char *opened) {
    char real[PATH_MAX];
    if (!realpath(opened, real)) return NULL;
    const char *rest = below(real, measure->here_top);
    if (!rest) rest = below(real, repository_top(measure->arena, real));
    return rest ? arena_copy(measure->arena, rest, strlen(rest)) : NULL;
}

static const char *line_keep(Arena *arena, const char *text, size_t length) {
    while (length && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    size_t kept = length > SOURCE_MOST ? SOURCE_MOST : length;
    while (kept && kept < length && ((unsigned char)text[kept] & 0xc0) == 0x80) kept--;
    return arena_format(arena, "%.*s%s", (int)kept, text, kept < length ? "…" : "");
}

static uint32_t column_point(const char *text, size_t length, uint32_t column) {
    size_t before = column - 1;
    return column && before <= length ? characters(text, before) + 1 : 0;
}

static void place_measure(Measure *measure, Place *place) {
    const char *text;
    size_t length;
    if (!measure->opened || strcmp(measure->opened, place->opened)) {
        measure->opened = place->opened;
        measure->repository = repository_path(measure, place->opened);
        measure->line = 0;
    }
    place->repository = measure->repository;
    if (!line_read(&measure->reader, place->opened, place->line, &text, &length)) return;
    if (measure->line != place->line) measure->source = line_keep(measure->arena, text, length);
    measure->line = place->line;
    place->source = measure->source;
    place->point = column_point(text, length, place->column);
    if (place->end_line != place->line
        && !line_read(&measure->reader, place->opened, place->end_line, &text, &length))
        return;
    place->end_point = column_point(text, length, place->end_column);
}

/* ".name(" with a name that an edit may stand before. */
static bool call_follows(const char *text, size_t length) {
    size_t end = 1;
    while (end < length && (text[end] == '_' || (text[end] >= 'a' && text[end] <= 'z'))) end++;
    return length && *text == '.' && end < length && text[end] == '('
           && edit_follows(text + 1, end - 1);
}

/* What would take the edit back, on the same line: select_related(None) and the bare one. */
static bool edit_undone(const char *text, size_t length) {
    static const char *const undone[] = {"related(None", "select_related()"};
    bool found = false;
    for (size_t i = 0; i < sizeof undone / sizeof *undone; i++)
        found = found || memmem(text, length, undone[i], strlen(undone[i]));
    return found;
}

/* A manager may have methods of its own, which a queryset has not: behind one, the edit needs a
 * method that both have. */
static void edit_check(Measure *measure, Finding *finding) {
    const Place *queryset = &finding->queryset;
    const char *text;
    size_t length, end = queryset->end_column - 1;
    if (!*finding->edit) return;
    bool fits = queryset->end_point && end
                && line_read(&measure->reader, queryset->opened, queryset->end_line, &text, &length)
                && end <= length
                && (text[end - 1] == ')' || call_follows(text + end, length - end))
                && !edit_undone(text + end, length - end);
    if (!fits) finding->edit = "";
}

static int queryset_order(const void *a, const void *b) {
    const Finding *left = *(Finding *const *)a, *right = *(Finding *const *)b;
    const Place *one = &left->queryset, *other = &right->queryset;
    int order = strcmp(one->opened, other->opened);
    return order ? order : (one->end_line > other->end_line) - (one->end_line < other->end_line);
}

static void edits_check(Measure *measure, Findings *findings) {
    Array(Finding *) list = {0};
    for (uint32_t i = 0; i < findings->items.count; i++)
        if (*findings->items.items[i].edit)
            array_push(findings->arena, &list, &findings->items.items[i]);
    if (list.count) qsort(list.items, list.count, sizeof(Finding *), queryset_order);
    for (uint32_t i = 0; i < list.count; i++) edit_check(measure, list.items[i]);
}

void findings_measure(Findings *findings) {
    char here[PATH_MAX];
    Measure measure = {.arena = findings->arena};
    PlaceList list = places_list(findings->arena, findings);
    if (!list.count) return;
    measure.here = getcwd(here, sizeof here) ? here : NULL;
    measure.here_top = measure.here ? repository_top(findings->arena, here) : NULL;
    qsort(list.items, list.count, sizeof(Place *), file_order);
    for (uint32_t i = 0; i < list.count; i++) place_measure(&measure, list.items[i]);
    edits_check(&measure, findings);
    line_close(&measure.reader);
}
