/* options.h - what was asked: the values of all options, from the command line and from the
 * configuration file. The table behind them is in option.h. Strings point into argv or into the
 * Options' arena. */
#ifndef EAGERLY_OPTIONS_H
#define EAGERLY_OPTIONS_H

#include "base/array.h"
#include "config/models.h"
#include "report/formats.h"
#include "source/django.h"

typedef enum Command {
    COMMAND_CHECK, COMMAND_BASELINE, COMMAND_EXPLAIN, COMMAND_RULES, COMMAND_CONFIG, COMMAND_FILES,
    COMMAND_ENDPOINTS, COMMAND_WHY, COMMAND_GRAPH, COMMAND_COMPLETIONS, COMMAND_MANPAGE,
    COMMAND_OPTIONS, COMMAND_VERSION, COMMAND_HELP,
} Command;
typedef enum ColorMode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorMode;
typedef enum Dump { DUMP_NONE, DUMP_MODULE, DUMP_PROJECT, DUMP_FLOW, DUMP_EVENTS,
                    DUMP_QUERYSET_TABLE, DUMP_REASONS } Dump;
typedef enum RulesFormat { RULES_PLAIN, RULES_MARKDOWN } RulesFormat;

typedef enum GraphFormat { GRAPH_MERMAID, GRAPH_DOT, GRAPH_SVG, GRAPH_JSON } GraphFormat;

typedef Array(const char *) Words;
typedef struct Pair { const char *key, *value; } Pair;
typedef Array(Pair) Pairs;

/* Who set a value. */
typedef enum OriginKind { ORIGIN_DEFAULT, ORIGIN_CONFIG, ORIGIN_COMMAND_LINE } OriginKind;
typedef struct Origin {
    OriginKind kind;
    const char *path;         /* of a configuration file */
    uint32_t line;
} Origin;

enum { OPTIONS_MOST = 96 };

typedef struct Options {
    Arena *arena;
    Command command;
    Command topic;            /* what help is about; COMMAND_HELP: everything */
    Words only_paths;         /* --only: the words given; `words` then is the project */
    Words words;              /* paths of check, rules of explain; check without: "." */
    Words select, extend_select, ignore, surfaces;
    Pairs per_file_ignores;   /* a glob, and rules with a comma between two */
    Words outputs;            /* each as it was given to --output */
    OutputFormat format;      /* never OUTPUT_TEXT, which is another word for full */
    GroupBy group;
    Confidence min_confidence;
    Severity fail_on;
    const char *baseline, *diff_base, *new_since; /* NULL: not given */
    const char *reason;       /* of comments that are added; NULL: none */
    bool only, baseline_write, baseline_prune, add_ignore, fix;
    ColorMode color;
    Dump dump;
    RulesFormat rules_format;
    GraphFormat graph_format;
    const char *graph_model;  /* --model; NULL: all */
    uint64_t graph_depth;
    const char *spot;         /* FILE:LINE of why */
    const char *config;       /* the configuration file; NULL: none */
    bool isolated, schema, all;
    Words model_files, template_folders, auto_eager_bases;
    Pairs severities;         /* a rule, and its severity */
    KnownModels models;       /* of the model files; options_models() */
    uint64_t fuel, jobs, max_bytes, max_prefetch_depth;
    DjangoRange django;       /* --django-version; 0: not given */
    bool show_all, exit_zero, statistics, include_tests, include_migrations, help, version,
        respect_blanket_noqa;
    Origin origins[OPTIONS_MOST]; /* by the option's place in the table */
} Options;

/* Reads the arguments; the arena is the caller's to free. NULL, or the user's mistake in one line
 * (owned by the arena). */
const char *options_parse(Options *options, Arena *arena, int count, char **arguments);
/* --help: of everything (COMMAND_HELP), or of one command and its options. */
void options_help(Command topic, Writer *out);
void options_manpage(Writer *out);
/* The README's table. */
void options_markdown(Writer *out);
/* False: no such shell. */
bool options_completions(const char *shell, Writer *out);
/* Reads the files of models. NULL, or the first mistake. */
const char *options_models(Options *options);
/* NULL, or what is wrong with a rule's severity. */
const char *severity_mistake(Arena *arena, const char *rule, const char *severity);
/* Gives the findings the severities that the user wants for their rules. */
void options_severities(const Options *options, Findings *findings);
/* Once all values are in: words that mean the same become one. */
void options_settle(Options *options);
Selection options_selection(const Options *options);
/* Whether to colour what goes to this stream: the option, then NO_COLOR, then FORCE_COLOR and
 * CLICOLOR_FORCE, then whether it is a terminal. */
bool options_color(const Options *options, FILE *stream);

#endif
