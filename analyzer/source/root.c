/* A path as the user wrote it is kept for showing when it leads downwards from the working
 * directory by its letters; otherwise the real folder is compared with the real working
 * directory. */
#include "source/root.h"

#include "source/file.h"

#include <string.h>

/* Without needless slashes and "."; "/" stays. */
static char *path_clean(Arena *arena, const char *path) {
    char *clean = arena_alloc(arena, strlen(path) + 2);
    size_t length = 0;
    if (*path == '/') clean[length++] = '/';
    while (*path) {
        size_t part = strcspn(path, "/");
        if (part && !(part == 1 && *path == '.')) {
            if (length && clean[length - 1] != '/') clean[length++] = '/';
            memcpy(clean + length, path, part);
            length += part;
        }
        path += part;
        path += strspn(path, "/");
    }
    clean[length] = 0;
    return clean;
}

/* Whether a clean path leads downwards only. */
static bool path_descends(const char *path) {
    if (*path == '/') return false;
    for (; path; path = strchr(path, '/')) {
        if (*path == '/') path++;
        if (strncmp(path, "..", 2) == 0 && (!path[2] || path[2] == '/')) return false;
    }
    return true;
}

static const char *git_top(Arena *arena, const char *folder) {
    for (;;) {
        if (path_has(folder, ".git")) return folder;
        if (strcmp(folder, "/") == 0 || !*folder) return NULL;
        folder = path_folder(arena, folder);
    }
}

bool root_make(Arena *arena, const char *folder, Root *root) {
    *root = (Root){.path = path_clean(arena, folder), .shown = ""};
    root->real = path_real(arena, folder);
    if (!root->real) return false;
    const char *here = path_real(arena, "");
    const char *below = here ? path_below(root->real, here) : NULL;
    if (path_descends(root->path)) root->shown = root->path;
    else if (below) root->shown = below;
    root->top = git_top(arena, root->real);
    root->in_git = root->top != NULL;
    if (!root->top) root->top = below ? here : root->real;
    return true;
}
