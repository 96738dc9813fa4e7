/* Options are spread over the stages here and nowhere else. */
#include "cli/analysis.h"

#include "source/view.h"

#include <stdlib.h>
#include <string.h>

const char *analysis_read(Analysis *analysis, const Options *options, const Words *paths) {
    SourceOptions read = {
        .max_bytes = options->max_bytes,
        .jobs = (unsigned)options->jobs,
        .include_tests = options->include_tests,
        .include_migrations = options->include_migrations,
    };
    const char *mistake = NULL;
    *analysis = (Analysis){.progress = analysis->progress};
    stages_start(&analysis->stages);
    Words all = {0};
    for (uint32_t i = 0; i < paths->count; i++)
        array_push(options->arena, &all, paths->items[i]);
    for (uint32_t i = 0; i < options->template_folders.count; i++)
        array_push(options->arena, &all, options->template_folders.items[i]);
    analysis->source = source_discover(all.items, all.count, &read, &mistake);
    if (!analysis->source) {
        const char *copy = arena_copy(options->arena, mistake, strlen(mistake));
        free((char *)(uintptr_t)mistake);
        return copy;
    }
    stages_end(&analysis->stages, "discover");
    progress_say(analysis->progress, "reading", analysis->source->files.count, "files");
    source_read(analysis->source, &read);
    progress_clear(analysis->progress);
    stages_end(&analysis->stages, "read");
    return NULL;
}

void analysis_link(Analysis *analysis, const Options *options, const Words *paths) {
    DjangoRange django = options->django;
    if (!django.least) django = django_find(paths->items, paths->count);
    ProjectOptions link = {.models = options->models.items,
                           .model_count = options->models.count,
                           .auto_eager_bases = options->auto_eager_bases.items,
                           .auto_eager_count = options->auto_eager_bases.count,
                           .include_tests = options->include_tests, .django_least = django.least,
                           .django_most = django.most,
                           .partial = view_is_partial(paths->items, paths->count)};
    progress_say(analysis->progress, "linking", analysis->source->files.count, "files");
    analysis->project = project_link(analysis->source, &link);
    progress_clear(analysis->progress);
    stages_end(&analysis->stages, "link");
}

void analysis_evaluate(Analysis *analysis, const Options *options) {
    FlowOptions evaluate = {.fuel = options->fuel,
                            .include_tests = options->include_tests,
                            .reasons = options->dump == DUMP_REASONS,
                            .reads = options->command == COMMAND_WHY,
                            .include_migrations = options->include_migrations,
                            .prefetch_depth = options->max_prefetch_depth};
    progress_say(analysis->progress, "following the rows of", analysis->project->models.count,
                 "models");
    analysis->flow = flow_run(analysis->project, &evaluate);
    progress_clear(analysis->progress);
    stages_end(&analysis->stages, "evaluate");
}

void analysis_free(Analysis *analysis) {
    progress_end(analysis->progress);
    if (analysis->flow) flow_free(analysis->flow);
    if (analysis->project) project_free(analysis->project);
    source_free(analysis->source);
}

/* Whether a module imports Django, or something that is made for it and named after it. */
static bool module_has_django(const Module *module) {
    for (NodeId id = 1; id < module->nodes.count; id++) {
        const Node *node = module_node(module, id);
        if (node->kind != NODE_IMPORT && node->kind != NODE_IMPORT_FROM) continue;
        const char *name = str_text(module->strings, node->name);
        if (!strncmp(name, "django", 6) || !strncmp(name, "rest_framework", 14)) return true;
    }
    return false;
}

const char *analysis_empty(const Analysis *analysis, const Options *options) {
    const Source *source = analysis->source;
    uint32_t python = 0, sound = 0, code = 0;
    bool django = false;
    for (uint32_t i = 0; i < source->files.count; i++) {
        const SourceFile *file = &source->files.items[i];
        if (!file->module || file->template) continue;
        python++;
        sound += !file->module->errors;
        code += file->role == FILE_CODE || (file->role == FILE_TEST && options->include_tests)
                || (file->role == FILE_MIGRATION && options->include_migrations);
        django = django || module_has_django(file->module);
    }
    if (!python) return "no Python file could be read";
    if (!sound) return "every Python file has syntax errors";
    if (!code) return "only test modules, which --include-tests evaluates";
    if (django) return NULL;
    return view_is_partial(options->words.items, options->words.count)
               ? "no file here imports Django; of a part of a project, --only shows the findings"
               : "no Django project: no file imports Django";
}
