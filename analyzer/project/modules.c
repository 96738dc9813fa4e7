/* modules.c - which file a dotted module name means.
 *
 * Two indexes: whole names, and every shorter end of a name ("shop.models" for
 * "src.shop.models"), because the folder given need not be the one on Python's path. An end only
 * counts when what is cut off is no package, or holds manage.py: a package's inside cannot be
 * imported by itself. Among several the file closest to the importing one is taken; when two are
 * equally close, none. */
#include "project/link.h"

static void list_add(Project *project, Map *map, Str name, uint32_t module, uint32_t limit) {
    ModuleList *list = map_get(map, name);
    if (!list) map_put(project->arena, map, name, list = arena_make(project->arena, ModuleList));
    if (list->modules.count < limit) array_push(project->arena, &list->modules, module);
    else link_cut(project);
}

void modules_index(Project *project) {
    ProjectIndex *index = project->index;
    for (uint32_t i = 0; i < project->module_count; i++) {
        Str name = project->modules[i].name;
        if (!name) continue; /* a template */
        list_add(project, &index->exact, name, i, LINK_CANDIDATES);
        const char *text = project_text(project, name);
        for (unsigned part = 0; part < 16 && (text = strchr(text, '.')); part++) {
            text++;
            list_add(project, &index->suffixes, str_of(project->strings, text), i,
                     LINK_CANDIDATES);
        }
    }
}

uint32_t module_closeness(const Project *project, uint32_t one, uint32_t other) {
    if (one == NO_MODULE) return 0;
    const char *left = project->modules[one].file->shown;
    const char *right = project->modules[other].file->shown;
    uint32_t folders = 0;
    for (; *left && *left == *right; left++, right++) folders += *left == '/';
    return folders;
}

uint32_t module_exact(const Project *project, uint32_t importer, Str dotted) {
    const ModuleList *list = map_get(&project->index->exact, dotted);
    if (!list) return NO_MODULE;
    uint32_t best = list->modules.items[0];
    for (uint32_t i = 1; i < list->modules.count; i++) {
        uint32_t other = list->modules.items[i];
        if (module_closeness(project, importer, other) >
            module_closeness(project, importer, best))
            best = other;
    }
    return best;
}

/* Whether the folder in front of an end of this module's name can be on Python's path. */
static bool is_root(const Project *project, uint32_t module, Str end) {
    const char *name = project_text(project, project->modules[module].name);
    size_t length = strlen(name) - str_length(project->strings, end) - 1;
    Str folder = str_find(project->strings, name, length);
    const ModuleList *list = folder ? map_get(&project->index->exact, folder) : NULL;
    bool package = false;
    for (uint32_t i = 0; list && i < list->modules.count; i++)
        package |= project->modules[list->modules.items[i]].file->package;
    if (!package) return true;
    char text[LINK_TEXT];
    if (length + sizeof ".manage" > sizeof text) return false;
    memcpy(text, name, length);
    memcpy(text + length, ".manage", sizeof ".manage");
    Str manage = str_find(project->strings, text, length + sizeof ".manage" - 1);
    return manage && map_get(&project->index->exact, manage);
}

static uint32_t find_by_end(const Project *project, uint32_t importer, Str dotted) {
    const ModuleList *list = map_get(&project->index->suffixes, dotted);
    uint32_t best = NO_MODULE, best_folders = 0;
    bool tie = false;
    for (uint32_t i = 0; list && i < list->modules.count; i++) {
        uint32_t other = list->modules.items[i];
        uint32_t folders = module_closeness(project, importer, other);
        if (best != NO_MODULE && folders < best_folders) continue;
        if (!is_root(project, other, dotted)) continue;
        tie = best != NO_MODULE && folders == best_folders;
        best = other;
        best_folders = folders;
    }
    return tie ? NO_MODULE : best;
}

uint32_t module_find(const Project *project, uint32_t importer, Str dotted) {
    uint32_t found = module_exact(project, importer, dotted);
    return found != NO_MODULE ? found : find_by_end(project, importer, dotted);
}

bool module_relative(const Project *project, uint32_t module, unsigned level, Str dotted,
                     Str *base) {
    const ProjectModule *at = &project->modules[module];
    Str name = at->name;
    for (unsigned up = at->file->package ? level - 1 : level; up; up--) {
        if (!name) return false;
        name = name_parent(project, name);
    }
    *base = name ? (dotted ? name_join(project, name, dotted) : name) : dotted;
    return true;
}
