/* What is said of --output before anything is analysed, and done with it at the end. */
#include "cli/outputs.h"
#include "graph/graph.h"

#include <string.h>

static const char *output_add(Arena *arena, Outputs *outputs, const char *word, bool *screen) {
    Output output;
    const char *mistake = output_read(arena, word, &output);
    if (mistake) return mistake;
    bool standard = !strcmp(output.path, "-");
    bool twice = standard && *screen;
    for (uint32_t i = 0; i < outputs->files.count; i++)
        twice = twice || !strcmp(outputs->files.items[i].path, output.path);
    if (twice) return arena_format(arena, "--output names '%s' twice", output.path);
    if (standard) outputs->screen = output.format;
    else array_push(arena, &outputs->files, output);
    *screen = *screen || standard;
    return NULL;
}

const char *outputs_read(const Options *options, Outputs *outputs) {
    const char *mistake = NULL;
    bool screen = false;
    *outputs = (Outputs){.screen = options->format};
    for (uint32_t i = 0; i < options->outputs.count && !mistake; i++)
        mistake = output_add(options->arena, outputs, options->outputs.items[i], &screen);
    return mistake;
}

/* The graph that an HTML page shows; NULL: none is asked for. */
static const Graph *graph_for(const Outputs *outputs, const Project *project,
                              const Findings *findings) {
    GraphOptions how = {.only_hit = true};
    bool wanted = outputs->screen == OUTPUT_HTML;
    const char *mistake = NULL;
    for (uint32_t i = 0; i < outputs->files.count; i++)
        wanted = wanted || outputs->files.items[i].format == OUTPUT_HTML;
    return wanted ? graph_make(findings->arena, project, findings, &how, &mistake) : NULL;
}

const char *outputs_write(const Options *options, const Outputs *outputs, const Project *project,
                          Findings *findings, Writer *screen) {
    ReportOptions how = {.group = options->group, .show_all = options->show_all};
    const char *mistake = NULL;
    findings_measure(findings);
    how.graph = graph_for(outputs, project, findings);
    for (uint32_t i = 0; i < outputs->files.count; i++) {
        const Output *output = &outputs->files.items[i];
        const char *failed = output_write(options->arena, output, findings, &how);
        if (!mistake) mistake = failed;
    }
    how.color = options_color(options, stdout);
    report_write(outputs->screen, findings, &how, screen);
    return mistake;
}
