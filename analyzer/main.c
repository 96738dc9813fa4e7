/* eagerly - finds N+1 queries in Django code without running it. */
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/configure.h"
#include "cli/show.h"

static bool configure(Options *options) {
    Writer *log = writer_to_stream(stderr);
    bool good = options_configure(options, log);
    writer_close(log);
    return good;
}

static int run_command(Options *options, Writer *out, int argument_count) {
    const char *mistake = NULL;
    switch (options->command) {
    case COMMAND_CHECK: return configure(options) ? command_check(options, out) : EXIT_TROUBLE;
    case COMMAND_BASELINE:
        return configure(options) ? command_baseline(options, out) : EXIT_TROUBLE;
    case COMMAND_FILES: case COMMAND_ENDPOINTS: case COMMAND_WHY: case COMMAND_GRAPH:
        return configure(options) ? command_show(options, out) : EXIT_TROUBLE;
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
