/* templates.c - which file a template's name means.
 *
 * Django looks through the folders of settings.TEMPLATES and the `templates` folder of each app.
 * Here every file whose path ends in the name can be meant: one directly below a folder called
 * templates or jinja2 goes before others, then the one closest to the file that names it. The
 * name's last part is the key of the index. */
#include "project/link.h"

#include <string.h>

enum { TEMPLATE_CANDIDATES = 4096 };

void templates_index(Project *project) {
    ProjectIndex *index = project->index;
    for (uint32_t i = 0; i < project->module_count; i++) {
        const SourceFile *file = project->modules[i].file;
        if (!file->template || !file->module) continue;
        const char *slash = strrchr(file->path, '/');
        Str last = str_of(project->strings, slash ? slash + 1 : file->path);
        ModuleList *list = map_get(&index->templates, last);
        if (!list)
            map_put(project->arena, &index->templates, last,
                    list = arena_make(project->arena, ModuleList));
        if (list->modules.count < TEMPLATE_CANDIDATES)
            array_push(project->arena, &list->modules, i);
        else link_cut(project);
    }
}

static bool ends_in_folder(const char *path, size_t length, const char *folder) {
    size_t size = strlen(folder);
    return length >= size && !memcmp(path + length - size, folder, size)
           && (length == size || path[length - size - 1] == '/');
}

/* 0: the path does not end in the name; 2: it stands directly in a folder of templates. */
static unsigned template_fits(const char *path, const char *name) {
    size_t length = strlen(path), size = strlen(name);
    if (size > length || strcmp(path + length - size, name)) return 0;
    if (size == length) return 1;
    if (path[length - size - 1] != '/') return 0;
    size_t folder = length - size - 1;
    bool known = ends_in_folder(path, folder, "templates") || ends_in_folder(path, folder, "jinja2")
                 || ends_in_folder(path, folder, "jinja");
    return known ? 2 : 1;
}

uint32_t project_template(const Project *project, uint32_t from, const char *name) {
    while (*name == '/' || (name[0] == '.' && name[1] == '/')) name++;
    const char *slash = strrchr(name, '/');
    const char *last_part = slash ? slash + 1 : name;
    Str last = str_find(project->strings, last_part, strlen(last_part));
    const ModuleList *list = last ? map_get(&project->index->templates, last) : NULL;
    uint32_t best = PROJECT_NO_TEMPLATE, best_rank = 0, best_folders = 0;
    for (uint32_t i = 0; list && i < list->modules.count; i++) {
        uint32_t module = list->modules.items[i];
        const char *path = project->modules[module].file->path;
        unsigned rank = template_fits(path, name);
        uint32_t folders = module_closeness(project, from, module);
        bool better = rank > best_rank || (rank == best_rank && folders > best_folders);
        if (!rank || (best != PROJECT_NO_TEMPLATE && !better)) continue;
        best = module;
        best_rank = rank;
        best_folders = folders;
    }
    return best;
}
