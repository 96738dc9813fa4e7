/* The stages a command needs, and then the command. */
#include "cli/show.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/filters.h"
#include "grammar/python.h"

static Findings *find(const Analysis *analysis, const Options *options,
                      const Selection *selection, const char **mistake) {
    FilterOptions filter = {0};
    FilterResult result;
    *mistake = filters_read(options, selection, analysis->progress, &filter);
    if (*mistake) return NULL;
    Findings *findings = findings_make(analysis->flow, NULL);
    *mistake = findings_filter(findings, analysis->project, &filter, &result);
    return findings;
}

static int show(Analysis *analysis, const Options *options, const Selection *selection,
                Writer *out) {
    Shown shown = {.source = analysis->source};
    const char *mistake = NULL;
    if (options->command == COMMAND_FILES) return show_files(&shown, options, out);
    analysis_link(analysis, options, &options->words);
    analysis_evaluate(analysis, options);
    shown.project = analysis->project;
    shown.flow = analysis->flow;
    if (options->command == COMMAND_ENDPOINTS) return show_endpoints(&shown, options, out);
    if (options->command == COMMAND_WHY) return show_why(&shown, options, out);
    Findings *findings = find(analysis, options, selection, &mistake);
    shown.findings = findings;
    int status = mistake ? trouble(mistake) : show_graph(&shown, options, out);
    findings_free(findings);
    return status;
}

int command_show(const Options *options, Writer *out) {
    Analysis analysis = {.progress = progress_on_terminal(stderr)};
    Selection selection = options_selection(options);
    const char *mistake = selection_mistake(options->arena, &selection);
    if (!mistake && !python_abi_supported())
        mistake = "the Python grammar does not fit this tree-sitter";
    if (!mistake) mistake = analysis_read(&analysis, options, &options->words);
    const char *empty = mistake ? mistake : analysis_empty(&analysis, options);
    bool listed = options->command == COMMAND_FILES && !mistake;
    int status = empty && !listed ? trouble(empty) : EXIT_CLEAN;
    if (!mistake) {
        Writer *log = writer_to_stream(stderr);
        notes_write(analysis.source, true, log);
        writer_close(log);
    }
    if (status == EXIT_CLEAN) status = show(&analysis, options, &selection, out);
    analysis_free(&analysis);
    return status;
}
