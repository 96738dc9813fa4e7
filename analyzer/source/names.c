/* Conventions of Python, Django and their tools. Folders are only asked whether they have an
 * entry; nothing is opened. */
#include "source/names.h"

#include "source/file.h"

static const char *const markers[] = {"manage.py", "setup.py", "setup.cfg", "pyproject.toml"};

/* `build`, `dist` and `env` are not here: they may be the project's own packages. */
static const char *const foreign[] = {
    ".git",          ".hg",           ".svn",         ".bzr",         ".jj",
    ".tox",          ".nox",          ".eggs",        ".venv",        ".direnv",
    ".mypy_cache",   ".pytest_cache", ".ruff_cache",  ".pytype",      ".pyre",
    ".hypothesis",   ".cache",        ".idea",        ".vscode",      ".ipynb_checkpoints",
    "__pycache__",   "__pypackages__", "node_modules", "bower_components", "site-packages",
};

static bool is_among(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), end_length = strlen(end);
    return length >= end_length && strcmp(name + length - end_length, end) == 0;
}

bool name_is_python(const char *name) {
    return ends_with(name, ".py");
}

bool name_is_template(const char *folder, const char *name) {
    static const char *const pages[] = {".html", ".htm", ".djhtml", ".jinja", ".jinja2", ".j2"};
    static const char *const texts[] = {".txt", ".xml", ".xcal", ".md", ".mjml", ".eml", ".email",
                                        ".svg", ".csv", ".rss", ".ics"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (ends_with(name, pages[i])) return true;
    if (!strstr(folder, "/templates") && !strstr(folder, "/jinja")) return false;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (ends_with(name, texts[i])) return true;
    return false;
}

bool name_is_marker(const char *name) {
    return is_among(name, markers, sizeof markers / sizeof *markers);
}

bool name_is_foreign(const char *name) {
    return is_among(name, foreign, sizeof foreign / sizeof *foreign) ||
           ends_with(name, ".egg-info") || ends_with(name, ".dist-info");
}

FileRole name_role(const char *name, FileRole outer) {
    if (outer != FILE_CODE) return outer;
    bool test = strncmp(name, "test_", 5) == 0 || ends_with(name, "_test.py") ||
                strcmp(name, "tests.py") == 0 || strcmp(name, "conftest.py") == 0;
    return test ? FILE_TEST : FILE_CODE;
}

/* An app may be called "test": what is tested there is a product. Tests have no views and admin;
 * views and routes beside the models of the folder above are a part of that app. */
static bool is_app(const char *folder) {
    bool part = path_has(folder, "urls.py") && path_has(folder, "../models.py");
    bool whole = path_has(folder, "models.py") && path_has(folder, "admin.py");
    return (whole || part) && path_has(folder, "views.py") && !path_has(folder, "settings.py")
           && !path_has(folder, "conftest.py") && !path_has(folder, "manage.py");
}

FileRole names_folder_role(const char *folder, bool package, FileRole outer) {
    const char *name = path_name(folder);
    if (outer == FILE_MIGRATION || (package && strcmp(name, "migrations") == 0))
        return FILE_MIGRATION;
    bool test = strcmp(name, "tests") == 0 || strcmp(name, "test") == 0;
    return test && !(package && is_app(folder)) ? FILE_TEST : outer;
}

char *name_dotted(Arena *arena, const char *below) {
    size_t length = strlen(below);
    if (ends_with(below, "/__init__.py")) length -= strlen("/__init__.py");
    else if (name_is_python(below)) length -= strlen(".py");
    char *name = arena_copy(arena, below, length);
    for (size_t i = 0; i < length; i++)
        if (name[i] == '/') name[i] = '.';
    return name;
}

static bool is_package(const char *folder) {
    return path_has(folder, "__init__.py");
}

static bool is_marked(const char *folder) {
    if (is_package(folder)) return false;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (path_has(folder, markers[i])) return true;
    return false;
}

static bool is_top(const char *folder) {
    return !*folder || strcmp(folder, "/") == 0;
}

const char *names_climb(Arena *arena, const char *folder) {
    while (!is_top(folder) && is_package(folder)) folder = path_folder(arena, folder);
    return folder;
}

const char *names_root(Arena *arena, const char *folder, const char *top) {
    const char *climbed = names_climb(arena, folder), *child = NULL;
    for (const char *at = climbed; path_below(at, top); at = path_folder(arena, at)) {
        if (is_marked(at)) {
            bool src = child && strcmp(path_name(child), "src") == 0 && !is_package(child);
            return src ? child : at;
        }
        if (is_top(at)) break;
        child = at;
    }
    return climbed;
}
