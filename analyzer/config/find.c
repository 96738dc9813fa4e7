/* From the folder of the path upwards, and one file only: the relations of a project are one graph,
 * so two folders of it cannot be told different things. */
#include "config/config.h"
#include "source/file.h"
#include "source/root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const own_names[] = {".eagerly.yaml", ".eagerly.yml", "eagerly.yaml"};

enum { SEARCH_BYTES = 16 * 1024 * 1024 };

static bool is_file(const char *path) {
    struct stat about;
    return !stat(path, &about) && S_ISREG(about.st_mode);
}

/* Whatever bears our name is meant for us: what cannot be read is a mistake that is told. */
static bool is_there(const char *path) {
    struct stat about;
    return !lstat(path, &about);
}

/* A pyproject.toml that says nothing of eagerly configures nothing, whether it is right or not. */
static bool speaks_of_us(const char *path) {
    FileBytes file = file_read(path, SEARCH_BYTES, true);
    bool speaks = false;
    if (file.status == READ_DONE && strstr(file.bytes, "eagerly")) {
        Arena *arena = arena_new();
        ConfigMistake mistake = {0};
        bool large = file.size > CONFIG_BYTES;
        speaks = (!large && config_toml(arena, file.bytes, (size_t)file.size, &mistake))
                 || ((large || mistake.text) && strstr(file.bytes, "tool.eagerly"));
        arena_free(arena);
    }
    free(file.bytes);
    return speaks;
}

static const char *file_in(Arena *arena, const char *folder) {
    for (size_t i = 0; i < sizeof own_names / sizeof *own_names; i++) {
        const char *path = path_join(arena, folder, own_names[i]);
        if (is_there(path)) return path;
    }
    const char *path = path_join(arena, folder, "pyproject.toml");
    return is_file(path) && speaks_of_us(path) ? path : NULL;
}

static const char *file_of_user(Arena *arena) {
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const char *path = NULL;
    if (base && *base == '/') path = path_join(arena, base, "eagerly/eagerly.yaml");
    else if (home && *home == '/') path = path_join(arena, home, ".config/eagerly/eagerly.yaml");
    return path && is_file(path) ? path : NULL;
}

/* Relative to the working directory when it lies in there. */
static const char *as_shown(Arena *arena, const char *path) {
    const char *here = path_real(arena, "");
    const char *below = here ? path_below(path, here) : NULL;
    return below && *below ? below : path;
}

const char *config_find(Arena *arena, const char *path) {
    struct stat about;
    Root root;
    bool folder = !*path || (!stat(path, &about) && S_ISDIR(about.st_mode));
    if (!root_make(arena, folder ? path : path_folder(arena, path), &root)) return NULL;
    for (const char *at = root.real;; at = path_folder(arena, at)) {
        const char *found = file_in(arena, at);
        if (found) return as_shown(arena, found);
        if (!strcmp(at, root.top) || !strcmp(at, "/") || !*at) break;
    }
    return file_of_user(arena);
}

const char *config_mistake(Arena *arena, const char *path, const ConfigNode *node,
                           const char *text) {
    return arena_format(arena, "%s:%u:%u: %s", path, node->line, node->column, text);
}

static const char *reason(const FileBytes *file) {
    switch (file->status) {
    case READ_SPECIAL: return "not a regular file";
    case READ_LARGE: return "larger than 1 MiB";
    default: return strerror(file->error);
    }
}

const ConfigNode *config_read(Arena *arena, const char *path, const char **mistake) {
    FileBytes file = file_read(path, CONFIG_BYTES, true);
    if (file.status != READ_DONE) {
        *mistake = arena_format(arena, "%s: cannot be read: %s", path, reason(&file));
        free(file.bytes);
        return NULL;
    }
    size_t length = strlen(path);
    bool toml = length > 5 && !strcmp(path + length - 5, ".toml");
    ConfigMistake wrong = {0};
    const ConfigNode *root = (toml ? config_toml : config_yaml)(arena, file.bytes,
                                                                (size_t)file.size, &wrong);
    free(file.bytes);
    if (!root && !wrong.text) wrong = (ConfigMistake){"there is no table [tool.eagerly]", 1, 1};
    if (!root)
        *mistake = arena_format(arena, "%s:%u:%u: %s", path, wrong.line, wrong.column, wrong.text);
    else if (root->kind != CONFIG_MAP)
        *mistake = config_mistake(arena, path, root, "a mapping is expected here");
    return *mistake ? NULL : root;
}
