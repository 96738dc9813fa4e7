/* options.h - the command line. One table of options (options.c) is what parsing, --help and
 * "did you mean" are made from. Strings point into argv or into the Options' arena. */
#ifndef EAGERLY_OPTIONS_H
#define EAGERLY_OPTIONS_H

#include "base/array.h"
#include "report/finding.h"
#include "source/django.h"

typedef enum Command {
    COMMAND_CHECK, COMMAND_EXPLAIN, COMMAND_RULES, COMMAND_VERSION, COMMAND_HELP,
} Command;
typedef enum OutputFormat { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_GITHUB, OUTPUT_FULL } OutputFormat;
typedef enum ColorMode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorMode;
typedef enum Dump { DUMP_NONE, DUMP_MODULE, DUMP_PROJECT, DUMP_FLOW, DUMP_EVENTS,
                    DUMP_QUERYSET_TABLE, DUMP_REASONS } Dump;
typedef enum RulesFormat { RULES_PLAIN, RULES_MARKDOWN } RulesFormat;

typedef Array(const char *) Words;

typedef struct Options {
    Arena *arena;
    Command command;
    Words words;              /* paths of check, rules of explain; check without: "." */
    Words select, ignore;
    OutputFormat format;      /* never OUTPUT_FULL, which is another word for text */
    Confidence min_confidence;
    ColorMode color;
    Dump dump;
    RulesFormat rules_format;
    uint64_t jobs, max_bytes, max_prefetch_depth;
    DjangoRange django;       /* --django-version; 0: not given */
    bool exit_zero, statistics, include_tests, include_migrations, help, version;
} Options;

/* Reads the arguments; the arena is the caller's to free. NULL, or the user's mistake in one line
 * (owned by the arena). */
const char *options_parse(Options *options, Arena *arena, int count, char **arguments);
void options_help(Writer *out);
Selection options_selection(const Options *options);
/* Whether to colour what goes to this stream: the option, then NO_COLOR and FORCE_COLOR, then
 * whether it is a terminal. */
bool options_color(const Options *options, FILE *stream);

#endif
