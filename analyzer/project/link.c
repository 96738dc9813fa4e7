/* link.c - the order in which a Project is put together. */
#include "project/model.h"

/* A module's own names, in the project's table. */
static void map_names(Project *project, ProjectModule *module) {
    const Strings *from = module->module->strings;
    uint32_t count = strings_count(from);
    module->names = arena_many(project->arena, Str, count + 1);
    for (uint32_t i = 1; i <= count; i++)
        module->names[i] = str_intern(project->strings, str_text(from, i), str_length(from, i));
}

static void take_modules(Project *project) {
    const Source *source = project->source;
    project->module_count = source->files.count;
    project->modules = arena_many(project->arena, ProjectModule, source->files.count);
    project->index->scopes = arena_many(project->arena, Scope, source->files.count);
    for (uint32_t i = 0; i < source->files.count; i++) {
        ProjectModule *module = &project->modules[i];
        module->file = &source->files.items[i];
        if (module->file->template) continue; /* declares nothing: joins behind the linking */
        module->module = module->file->module;
        module->name = str_of(project->strings, module->file->name);
        if (module->module) map_names(project, module);
    }
}

static void take_templates(Project *project) {
    for (uint32_t i = 0; i < project->module_count; i++) {
        ProjectModule *module = &project->modules[i];
        if (!module->file->template) continue;
        module->module = module->file->module;
        if (module->module) map_names(project, module);
    }
    templates_index(project);
}

Project *project_link(const Source *source, const ProjectOptions *options) {
    Arena *arena = arena_new();
    Project *project = arena_make(arena, Project);
    project->django_least = 32;
    project->django_most = 61;
    project->arena = arena;
    project->strings = strings_new(arena);
    project->source = source;
    project->index = arena_make(arena, ProjectIndex);
    if (options) project->index->options = *options;
    project->partial = options && options->partial;
    if (options && options->django_least) {
        project->django_least = options->django_least;
        project->django_most = options->django_most;
    }
    take_modules(project);
    modules_index(project);
    collect_modules(project);
    contrib_notice(project);
    known_load(project);
    members_finish(project);
    resolve_all(project);
    classes_link(project);
    members_decorate(project);
    models_link(project);
    take_templates(project);
    signals_link(project);
    return project;
}

void project_free(Project *project) {
    if (project) arena_free(project->arena);
}
