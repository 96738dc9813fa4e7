/* The commands that analyse: read, link, evaluate, filter, report. */
#include "cli/check.h"

#include "cli/commands.h"
#include "cli/filters.h"
#include "cli/outputs.h"
#include "flow/queryset.h"
#include "grammar/python.h"
#include "suppress/rewrite.h"

#include <string.h>

int trouble(const char *text) {
    Writer *out = writer_to_stream(stderr);
    write_text(out, "eagerly: ");
    write_plain(out, text, strlen(text));
    write_text(out, "\n");
    writer_close(out);
    return EXIT_TROUBLE;
}

static int findings_status(const Findings *findings, const Options *options) {
    for (uint32_t i = 0; i < findings->items.count && !options->exit_zero; i++)
        if (findings->items.items[i].severity >= options->fail_on) return EXIT_FINDINGS;
    return EXIT_CLEAN;
}

/* What the run needs besides what it analyses. */
typedef struct Check {
    const Options *options;
    Analysis analysis;
    Selection selection;
    FilterOptions filter;
    FilterResult result;
    Outputs outputs;
    Findings *findings;
} Check;

static int report(Check *check, Writer *out) {
    const char *mistake = outputs_write(check->options, &check->outputs, check->analysis.project,
                                        check->findings, out);
    Writer *log = writer_to_stream(stderr);
    filters_notes(check->options, &check->filter, check->analysis.project, check->findings, log);
    writer_close(log);
    return mistake ? trouble(mistake) : findings_status(check->findings, check->options);
}

static void statistics(Check *check) {
    Run run = {.source = check->analysis.source, .project = check->analysis.project,
               .flow = check->analysis.flow, .findings = check->findings,
               .stages = check->analysis.stages};
    Writer *log = writer_to_stream(stderr);
    statistics_write(&run, log);
    writer_close(log);
}

/* What was done to the source. */
static int rewritten_tell(const Rewritten *done, const char *verb) {
    Writer *log = writer_to_stream(stderr);
    write_format(log, "eagerly: %u comment%s %s in %u file%s", done->comments,
                 done->comments == 1 ? "" : "s", verb, done->files, done->files == 1 ? "" : "s");
    if (done->refused)
        write_format(log, "; %u could not be, without changing the code", done->refused);
    write_text(log, "\n");
    writer_close(log);
    return done->mistake ? trouble(done->mistake) : EXIT_CLEAN;
}

static int add_ignore(Check *check) {
    const char *reason = check->options->reason;
    Rewritten done = comments_add(check->options->arena, check->analysis.project,
                                  check->findings, reason ? reason : "");
    return rewritten_tell(&done, "added");
}

static int fix(Check *check) {
    Rewritten done = comments_remove(check->options->arena, check->result.comments,
                                     check->findings, &check->selection);
    return done.comments || done.mistake ? rewritten_tell(&done, "taken out") : EXIT_CLEAN;
}

/* A reason ends with its line, and a '#' would end it earlier. */
static const char *reason_mistake(const char *reason) {
    for (; reason && *reason; reason++)
        if ((unsigned char)*reason < 0x20 || *reason == 0x7f || strchr("#{}]", *reason))
            return "--reason takes a line without '#', ']' and braces";
    return NULL;
}

/* Nothing to judge is a mistake, unless there are findings all the same. */
static int dump_or_report(Check *check, Writer *out) {
    const Options *options = check->options;
    Analysis *analysis = &check->analysis;
    if (options->dump) {
        dump_stage(options->dump, analysis->source, analysis->project, analysis->flow, out);
        return EXIT_CLEAN;
    }
    check->findings = findings_make(analysis->flow, NULL);
    options_severities(options, check->findings);
    const char *empty = check->findings->items.count ? NULL : analysis_empty(analysis, options);
    if (empty) return trouble(empty);
    const char *mistake = findings_filter(check->findings, analysis->project, &check->filter,
                                          &check->result);
    if (mistake) return trouble(mistake);
    if (options->add_ignore) return add_ignore(check);
    int fixed = options->fix ? fix(check) : EXIT_CLEAN;
    int status = report(check, out);
    if (fixed) status = fixed;
    stages_end(&analysis->stages, "report");
    return status;
}

static int analyse(Check *check, Writer *out) {
    const Options *options = check->options;
    Analysis *analysis = &check->analysis;
    Writer *log = writer_to_stream(stderr);
    notes_write(analysis->source, !options->statistics, log);
    writer_close(log);
    bool nothing = true;
    for (uint32_t i = 0; i < analysis->source->files.count; i++)
        nothing = nothing && !analysis->source->files.items[i].module;
    if (nothing) return trouble(analysis_empty(analysis, options));
    if (options->dump != DUMP_MODULE) analysis_link(analysis, options, &options->words);
    if (options->dump != DUMP_MODULE && options->dump != DUMP_PROJECT)
        analysis_evaluate(analysis, options);
    int status = dump_or_report(check, out);
    if (options->statistics && options->dump != DUMP_MODULE) statistics(check);
    return status;
}

/* Everything up to the first stage; NULL, or a mistake. */
static const char *check_start(Check *check, const Options *options) {
    *check = (Check){.options = options, .selection = options_selection(options)};
    check->analysis.progress = progress_on_terminal(stderr);
    const char *mistake = selection_mistake(options->arena, &check->selection);
    if (!mistake) mistake = outputs_read(options, &check->outputs);
    if (!mistake) mistake = reason_mistake(options->reason);
    if (!mistake && !python_abi_supported())
        mistake = "the Python grammar does not fit this tree-sitter";
    if (!mistake) mistake = filters_read(options, &check->selection, check->analysis.progress,
                               &check->filter);
    return mistake;
}

static void check_end(Check *check) {
    findings_free(check->findings);
    analysis_free(&check->analysis);
}

int command_check(const Options *options, Writer *out) {
    if (options->dump == DUMP_QUERYSET_TABLE) {
        queryset_table_dump(out);
        return EXIT_CLEAN;
    }
    Check check;
    const char *mistake = check_start(&check, options);
    if (!mistake) mistake = analysis_read(&check.analysis, options, &options->words);
    int status = mistake ? trouble(mistake) : analyse(&check, out);
    check_end(&check);
    return status;
}

/* --write takes all findings, --prune those of the old file that are still there. */
static const char *baseline_make(Check *check, const char *path, Baseline **made) {
    const char *mistake = NULL;
    const Options *options = check->options;
    *made = baseline_of(check->findings);
    if (options->baseline_write) return NULL;
    Baseline *old = baseline_read(options->arena, path, &mistake);
    if (!old) return mistake;
    *made = baseline_of(baseline_apply(old, check->findings));
    baseline_keep_unasked(*made, old, &check->selection);
    return NULL;
}

static int baseline_save(Check *check, Writer *out) {
    const char *path = filters_baseline(check->options);
    Baseline *made;
    if (!path) path = BASELINE_NAME;
    const char *mistake = baseline_make(check, path, &made);
    if (mistake) return trouble(mistake);
    Writer *text = writer_to_memory();
    baseline_write(made, text);
    size_t length;
    const char *bytes = writer_text(text, &length);
    mistake = file_replace(check->options->arena, path, bytes, length);
    writer_close(text);
    if (mistake) return trouble(mistake);
    uint64_t count = 0;
    for (uint32_t i = 0; i < made->items.count; i++) count += made->items.items[i].count;
    write_format(out, "%llu finding%s in ", (unsigned long long)count, count == 1 ? "" : "s");
    write_plain(out, path, strlen(path));
    write_text(out, "\n");
    return EXIT_CLEAN;
}

int command_baseline(const Options *options, Writer *out) {
    if (options->baseline_write == options->baseline_prune)
        return trouble("baseline needs --write or --prune: see 'eagerly help baseline'");
    Check check;
    int status = EXIT_TROUBLE;
    const char *mistake = check_start(&check, options);
    if (!mistake) mistake = analysis_read(&check.analysis, options, &options->words);
    if (!mistake) {
        analysis_link(&check.analysis, options, &options->words);
        analysis_evaluate(&check.analysis, options);
        check.findings = findings_make(check.analysis.flow, NULL);
        if (!check.findings->items.count) mistake = analysis_empty(&check.analysis, options);
    }
    if (!mistake)
        mistake = findings_filter(check.findings, check.analysis.project, &check.filter,
                                  &check.result);
    status = mistake ? trouble(mistake) : baseline_save(&check, out);
    check_end(&check);
    return status;
}
