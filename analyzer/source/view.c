/* Only the neighbours of the folders given, and of those above them up to the top of the working
 * tree, are looked at: an app stands beside its fellows. */
#include "source/view.h"

#include "source/file.h"
#include "source/root.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

enum { PATHS_MOST = 64, PARENTS_MOST = 32, ENTRIES_MOST = 4096 };

typedef struct View {
    Arena *arena;
    const char *real[PATHS_MOST]; /* what is given */
    uint32_t count;
} View;

static bool folder_has_models(const char *folder) {
    return path_has(folder, "models.py") || path_has(folder, "models");
}

/* Whether a folder holds something that is given, or lies in it. */
static bool view_meets(const View *view, const char *folder) {
    for (uint32_t i = 0; i < view->count; i++)
        if (path_below(view->real[i], folder) || path_below(folder, view->real[i])) return true;
    return false;
}

static bool name_is_aside(const char *name) {
    return *name == '.' || !strncmp(name, "test", 4) || !strcmp(name, "node_modules");
}

static bool neighbours_have_models(const View *view, const char *folder) {
    bool found = false;
    uint32_t entries = 0;
    DIR *open = opendir(folder);
    if (!open) return false;
    for (struct dirent *entry; !found && (entry = readdir(open)) && entries < ENTRIES_MOST;
         entries++) {
        bool other = entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN;
        if (other || name_is_aside(entry->d_name)) continue;
        const char *neighbour = path_join(view->arena, folder, entry->d_name);
        found = !view_meets(view, neighbour) && folder_has_models(neighbour);
    }
    closedir(open);
    return found;
}

static bool path_is_partial(const View *view, const char *path) {
    struct stat about;
    Root root;
    if (stat(*path ? path : ".", &about) || !S_ISDIR(about.st_mode)) return true;
    if (!root_make(view->arena, path, &root)) return true;
    const char *at = root.real;
    bool top = false;
    for (uint32_t i = 0; i < PARENTS_MOST && strcmp(at, "/"); i++) {
        top = top || !strcmp(at, root.top);
        if (top && !path_has(at, "__init__.py")) return false; /* a package has a parent */
        at = path_folder(view->arena, at);
        if (folder_has_models(at) || neighbours_have_models(view, at)) return true;
    }
    return false;
}

bool view_is_partial(const char *const *paths, uint32_t count) {
    View view = {.arena = arena_new()};
    bool partial = count > PATHS_MOST;
    for (uint32_t i = 0; i < count && i < PATHS_MOST; i++) {
        const char *real = path_real(view.arena, paths[i]);
        if (real) view.real[view.count++] = real;
    }
    for (uint32_t i = 0; i < count && i < PATHS_MOST && !partial; i++)
        partial = path_is_partial(&view, paths[i]);
    arena_free(view.arena);
    return partial;
}
