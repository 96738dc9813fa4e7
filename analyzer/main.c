/* eagerly - finds N+1 queries in Django code without running it. */
#include "cli/commands.h"
#include "cli/configure.h"
#include "cli/outputs.h"
#include "cli/statistics.h"
#include "flow/queryset.h"
#include "grammar/python.h"
#include "source/view.h"
#include "suppress/filter.h"

#include <stdlib.h>
#include <string.h>

static int trouble(const char *text) {
    Writer *out = writer_to_stream(stderr);
    write_text(out, "eagerly: ");
    write_plain(out, text, strlen(text));
    write_text(out, "\n");
    writer_close(out);
    return EXIT_TROUBLE;
}

static bool nothing_read(const Source *source) {
    for (uint32_t i = 0; i < source->files.count; i++)
        if (source->files.items[i].module) return false;
    return true;
}

static int findings_status(const Findings *findings, const Options *options) {
    for (uint32_t i = 0; i < findings->items.count && !options->exit_zero; i++)
        if (findings->items.items[i].severity >= options->fail_on) return EXIT_FINDINGS;
    return EXIT_CLEAN;
}

static int report(Findings *findings, const Options *options, const Outputs *outputs,
                  Writer *out) {
    const char *mistake = outputs_write(options, outputs, findings, out);
    return mistake ? trouble(mistake) : findings_status(findings, options);
}

/* The rest of the pipeline, once files have been read: link, evaluate, report. */
static int analyse(Run *run, const Options *options, const Outputs *outputs, Writer *out) {
    if (options->dump == DUMP_MODULE) {
        dump_stage(options->dump, run->source, NULL, NULL, out);
        return EXIT_CLEAN;
    }
    DjangoRange django = options->django;
    if (!django.least) django = django_find(options->words.items, options->words.count);
    ProjectOptions link = {.include_tests = options->include_tests, .django_least = django.least,
                           .django_most = django.most,
                           .partial = view_is_partial(options->words.items,
                                                      options->words.count)};
    Project *project = project_link(run->source, &link);
    run->project = project;
    stages_end(&run->stages, "link");

    Flow *flow = NULL;
    int status = EXIT_CLEAN;
    if (options->dump != DUMP_PROJECT) {
        FlowOptions evaluate = {.include_tests = options->include_tests,
                                .reasons = options->dump == DUMP_REASONS,
                                .include_migrations = options->include_migrations,
                                .prefetch_depth = options->max_prefetch_depth};
        run->flow = flow = flow_run(project, &evaluate);
        stages_end(&run->stages, "evaluate");
    }
    Findings *findings = NULL;
    if (options->dump) dump_stage(options->dump, run->source, project, flow, out);
    else {
        Selection selection = options_selection(options);
        FilterOptions filter = {.selection = &selection, .tests = options->include_tests,
                                .blanket_noqa = options->respect_blanket_noqa};
        run->findings = findings = findings_make(flow, NULL);
        findings_filter(findings, project, &filter);
        status = report(findings, options, outputs, out);
        stages_end(&run->stages, "report");
    }
    if (options->statistics) {
        Writer *log = writer_to_stream(stderr);
        statistics_write(run, log);
        writer_close(log);
    }
    findings_free(findings);
    if (flow) flow_free(flow);
    project_free(project);
    return status;
}

static int check(const Options *options, Writer *out) {
    if (options->dump == DUMP_QUERYSET_TABLE) {
        queryset_table_dump(out);
        return EXIT_CLEAN;
    }
    Selection selection = options_selection(options);
    const char *mistake = selection_mistake(options->arena, &selection);
    Outputs outputs;
    if (!mistake) mistake = outputs_read(options, &outputs);
    if (mistake) return trouble(mistake);
    if (!python_abi_supported()) return trouble("the Python grammar does not fit this tree-sitter");

    SourceOptions read = {
        .max_bytes = options->max_bytes,
        .jobs = (unsigned)options->jobs,
        .include_tests = options->include_tests,
        .include_migrations = options->include_migrations,
    };
    Run run = {0};
    stages_start(&run.stages);
    Source *source = source_discover(options->words.items, options->words.count, &read, &mistake);
    if (!source) {
        int status = trouble(mistake);
        free((char *)mistake);
        return status;
    }
    run.source = source;
    stages_end(&run.stages, "discover");
    source_read(source, &read);
    stages_end(&run.stages, "read");

    Writer *log = writer_to_stream(stderr);
    notes_write(source, !options->statistics, log);
    writer_close(log);
    int status = nothing_read(source) ? trouble("no Python file could be read")
                                      : analyse(&run, options, &outputs, out);
    source_free(source);
    return status;
}

static bool configure(Options *options) {
    Writer *log = writer_to_stream(stderr);
    bool good = options_configure(options, log);
    writer_close(log);
    return good;
}

static int run_command(Options *options, Writer *out, int argument_count) {
    const char *mistake = NULL;
    switch (options->command) {
    case COMMAND_CHECK: return configure(options) ? check(options, out) : EXIT_TROUBLE;
    case COMMAND_CONFIG:
        if (options->schema) config_schema(out);
        else if (!configure(options)) return EXIT_TROUBLE;
        else command_config(options, out);
        return EXIT_CLEAN;
    case COMMAND_EXPLAIN:
        return command_explain(options, out, &mistake) ? EXIT_CLEAN : trouble(mistake);
    case COMMAND_RULES: command_rules(options, out); return EXIT_CLEAN;
    case COMMAND_COMPLETIONS:
        return options_completions(options->words.items[0], out)
                   ? EXIT_CLEAN
                   : trouble("completions are made for bash, zsh and fish");
    case COMMAND_MANPAGE: options_manpage(out); return EXIT_CLEAN;
    case COMMAND_OPTIONS: options_markdown(out); return EXIT_CLEAN;
    case COMMAND_VERSION: command_version(out); return EXIT_CLEAN;
    case COMMAND_HELP:
        options_help(options->topic, out);
        return argument_count > 1 ? EXIT_CLEAN : EXIT_TROUBLE;
    }
    return EXIT_TROUBLE;
}

int main(int count, char **arguments) {
    Arena *arena = arena_new();
    Options options;
    const char *mistake = options_parse(&options, arena, count, arguments);
    Writer *out = writer_to_stream(stdout);
    int status = mistake ? trouble(mistake) : run_command(&options, out, count);
    if (!writer_close(out)) status = trouble("could not write the output");
    arena_free(arena);
    return status;
}
