/* Lines are compared by a hash, without their ends, so that converted line breaks are no change.
 * What is the same at both ends is cut off; the middle goes through Myers' search for the shortest
 * edit, up to a bound: a middle that differs too much counts as changed whole. */
#include "suppress/changes.h"

#include "base/map.h"
#include "base/strings.h"
#include "source/file.h"

#include <stdlib.h>
#include <string.h>

enum { EDITS_MOST = 2000, BYTES_MOST = 16 * 1024 * 1024 };

typedef struct LineList {
    uint64_t *hashes;
    uint32_t count;
} LineList;

uint32_t lines_count(const char *text, size_t size) {
    uint32_t count = 0;
    for (size_t at = 0; at < size; count++) {
        const char *end = memchr(text + at, '\n', size - at);
        at = end ? (size_t)(end - text) + 1 : size;
    }
    return count;
}

static LineList lines_hash(const char *text, size_t size) {
    LineList lines = {.count = lines_count(text, size)};
    lines.hashes = memory_alloc(sizeof(uint64_t) * (lines.count + 1u));
    uint32_t line = 0;
    for (size_t at = 0; at < size; line++) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t next = end ? (size_t)(end - text) + 1 : size;
        size_t stop = end ? next - 1 : size;
        if (stop > at && text[stop - 1] == '\r') stop--;
        lines.hashes[line] = hash_bytes(text + at, stop - at);
        at = next;
    }
    return lines;
}

/* One round of the search: how far each diagonal gets with `edits` edits. */
typedef struct Search {
    const uint64_t *before, *now;
    int before_count, now_count;
    int *reach;                  /* by diagonal, from -edits to edits, and room at both ends */
    int **rounds;                /* copies of `reach`, to find the way back */
} Search;

static bool search_round(Search *search, int edits) {
    int *reach = search->reach + EDITS_MOST + 1;
    for (int k = -edits; k <= edits; k += 2) {
        bool down = k == -edits || (k != edits && reach[k - 1] < reach[k + 1]);
        int x = down ? reach[k + 1] : reach[k - 1] + 1, y = x - k;
        while (x < search->before_count && y < search->now_count
               && search->before[x] == search->now[y])
            x++, y++;
        reach[k] = x;
        if (k == search->before_count - search->now_count && x >= search->before_count)
            return true;
    }
    return false;
}

/* From the end back to the start: each step down is a line that was added. */
static void search_back(const Search *search, int edits, bool *marks) {
    int x = search->before_count, y = search->now_count;
    for (; edits > 0; edits--) {
        const int *reach = search->rounds[edits] + edits; /* as it was before this round */
        int k = x - y;
        bool down = k == -edits || (k != edits && reach[k - 1] < reach[k + 1]);
        k += down ? 1 : -1;
        x = reach[k];
        y = x - k;
        if (down && y >= 0 && y < search->now_count) marks[y] = true;
    }
}

/* False: too different. */
static bool search_run(Search *search, bool *marks) {
    int edits = 0, *rounds[EDITS_MOST + 1] = {0};
    bool found = false;
    search->rounds = rounds;
    search->reach = memory_alloc(sizeof(int) * (2 * EDITS_MOST + 3));
    memset(search->reach, 0, sizeof(int) * (2 * EDITS_MOST + 3));
    for (; edits <= EDITS_MOST; edits++) {
        size_t width = 2 * (size_t)edits + 1;
        rounds[edits] = memory_alloc(sizeof(int) * width);
        memcpy(rounds[edits], search->reach + EDITS_MOST + 1 - edits, sizeof(int) * width);
        found = search_round(search, edits);
        if (found) break;
    }
    if (found) search_back(search, edits, marks);
    for (int i = 0; i <= EDITS_MOST; i++) free(rounds[i]);
    free(search->reach);
    return found;
}

uint32_t lines_changed(const char *before, size_t before_size, const char *now, size_t now_size,
                       bool *marks) {
    LineList old = lines_hash(before, before_size), new = lines_hash(now, now_size);
    uint32_t first = 0, last = 0;
    uint32_t least = old.count < new.count ? old.count : new.count;
    while (first < least && old.hashes[first] == new.hashes[first]) first++;
    while (last < least - first
           && old.hashes[old.count - 1 - last] == new.hashes[new.count - 1 - last])
        last++;
    Search search = {.before = old.hashes + first, .now = new.hashes + first,
                     .before_count = (int)(old.count - first - last),
                     .now_count = (int)(new.count - first - last)};
    if (search.now_count && !search_run(&search, marks + first))
        memset(marks + first, true, (size_t)search.now_count);
    free(old.hashes);
    free(new.hashes);
    return new.count;
}

typedef struct ChangedFile {
    bool asked, whole;           /* whole: all lines are new */
    const char *path;            /* to open */
    const char *name;            /* what git is asked for */
    bool *marks;
    uint32_t count;
} ChangedFile;

struct Changes {
    Arena *arena;
    ChangedFile *files;          /* by index of the project's modules */
    uint32_t count;
};

static bool place_ask(const Place *place, void *context) {
    Changes *changes = context;
    ChangedFile *file = &changes->files[place->module];
    file->asked = true;
    file->path = place->opened;
    return false;
}

static void file_compare(Arena *arena, ChangedFile *file, const GitBlob *blob) {
    FileBytes now = file_read(file->path, BYTES_MOST, true);
    file->whole = !blob->found || blob->large || now.status != READ_DONE;
    if (!file->whole) {
        file->count = lines_count(now.bytes, (size_t)now.size);
        file->marks = arena_many(arena, bool, file->count + 1u);
        lines_changed(blob->bytes, blob->size, now.bytes, (size_t)now.size, file->marks);
    }
    free(now.bytes);
}

/* The files that are asked for by their names at the commit. */
typedef struct Names {
    Map map;                     /* hash of a path: the ChangedFile */
    Arena *arena;
} Names;

static void names_put(Names *names, const char *path, ChangedFile *file) {
    file->name = path;
    map_put(names->arena, &names->map, hash_bytes(path, strlen(path)), file);
}

static ChangedFile *names_get(const Names *names, const char *path) {
    ChangedFile *file = map_get(&names->map, hash_bytes(path, strlen(path)));
    return file && !strcmp(file->name, path) ? file : NULL;
}

/* Those that the commit has: `found`, and in the same order whose they are. */
typedef Array(ChangedFile *) ChangedFiles;
typedef struct Found {
    GitFiles files;
    ChangedFiles owners;
} Found;

static void names_find(const Names *names, const GitFiles *all, Found *found) {
    for (uint32_t i = 0; i < all->count; i++) {
        ChangedFile *file = names_get(names, all->items[i].path);
        if (!file || !file->whole) continue;
        file->whole = false;
        array_push(names->arena, &found->files, all->items[i]);
        array_push(names->arena, &found->owners, file);
    }
}

/* What is not there by its name may have had another one. False: nothing was renamed. */
static bool names_renamed(const Names *now, Git *git, Names *before) {
    GitRenames renames = {0};
    git_renames(git, &renames);
    for (uint32_t i = 0; i < renames.count; i++) {
        ChangedFile *file = names_get(now, renames.items[i].to);
        if (file && file->whole) names_put(before, renames.items[i].from, file);
    }
    return before->map.count > 0;
}

/* All that is asked for counts as new until it is found. */
static bool files_ask(Changes *changes, const Git *git, Names *names) {
    bool any = false;
    for (uint32_t i = 0; i < changes->count; i++) {
        ChangedFile *file = &changes->files[i];
        if (!file->asked) continue;
        const char *real = path_real(changes->arena, file->path);
        const char *below = real ? path_below(real, git->top) : NULL;
        file->whole = true;
        any = any || below;
        if (below) names_put(names, below, file);
    }
    return any;
}

static const char *found_compare(Arena *arena, const Found *found) {
    GitBlobs *blobs = git_blobs_open(&found->files);
    const char *mistake = NULL;
    for (uint32_t i = 0; i < found->files.count && !mistake; i++) {
        GitBlob blob;
        if (!git_blobs_next(blobs, BYTES_MOST, &blob)) mistake = "git ended too early";
        else file_compare(arena, found->owners.items[i], &blob);
    }
    git_blobs_close(blobs);
    return mistake;
}

Changes *changes_read(Arena *arena, Git *git, const Findings *findings, const Project *project,
                      const char **mistake) {
    Changes *changes = arena_make(arena, Changes);
    *changes = (Changes){.arena = arena, .count = project->module_count};
    changes->files = arena_many(arena, ChangedFile, changes->count + 1u);
    for (uint32_t i = 0; i < findings->items.count; i++)
        finding_places(&findings->items.items[i], place_ask, changes);
    Names names = {.arena = arena}, before = {.arena = arena};
    GitFiles all = {0};
    Found found = {0};
    *mistake = NULL;
    if (!files_ask(changes, git, &names)) return changes;
    if (!git_files(git, &all, mistake)) return NULL;
    names_find(&names, &all, &found);
    if (found.files.count < names.map.count && names_renamed(&names, git, &before))
        names_find(&before, &all, &found);
    *mistake = found_compare(arena, &found);
    return *mistake ? NULL : changes;
}

static bool place_changed(const Place *place, void *context) {
    const Changes *changes = context;
    const ChangedFile *file = &changes->files[place->module];
    if (file->whole) return true;
    for (uint32_t line = place->line; line <= place->end_line && line <= file->count; line++)
        if (file->marks[line - 1]) return true;
    return false;
}

bool changes_touch(const Changes *changes, const Finding *finding) {
    return finding_places(finding, place_changed, (void *)(uintptr_t)changes);
}
