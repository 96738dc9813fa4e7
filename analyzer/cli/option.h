/* option.h - the table of commands and options, from which everything about them is made: parsing,
 * --help, the man page, completions, "did you mean", the keys of configuration files and their
 * JSON Schema, and the README's list. A new option is a row in option_table.c and a field in
 * Options; nothing else has to know it. All tables are constant. */
#ifndef EAGERLY_OPTION_H
#define EAGERLY_OPTION_H

#include "cli/options.h"

typedef enum OptionKind {
    OPTION_FLAG,     /* bool; one with a key can be taken back by --no-NAME */
    OPTION_CHOICE,   /* an enumeration, as wide as int: `value` lists the words, "a|b|c" */
    OPTION_NUMBER,   /* uint64_t, at most `most` */
    OPTION_TEXT,     /* const char * */
    OPTION_LIST,     /* Words, separated by commas; several uses add up. With "a|b|c": only these */
    OPTION_TEXTS,    /* Words, one a use */
    OPTION_PAIRS,    /* Pairs, "KEY:VALUE" a use; a mapping in configuration files */
    OPTION_DJANGO,   /* DjangoRange */
} OptionKind;

enum { /* Option.commands: whose option it is */
    OF_CHECK = 1 << COMMAND_CHECK,
    OF_RULES = 1 << COMMAND_RULES,
    OF_CONFIG = 1 << COMMAND_CONFIG,
    OF_BASELINE = 1 << COMMAND_BASELINE,
    OF_GRAPH = 1 << COMMAND_GRAPH,
    OF_FINDINGS = OF_CHECK | OF_BASELINE | OF_GRAPH, /* which findings there are */
    OF_PROJECT = OF_FINDINGS | OF_CONFIG | 1 << COMMAND_FILES | 1 << COMMAND_ENDPOINTS
                 | 1 << COMMAND_WHY,  /* what is read, and how it is understood */
    OF_ANY = ~0,
};

typedef struct Option {
    const char *name;        /* "--select" */
    char letter;             /* '\0': no short form */
    OptionKind kind;
    size_t field;            /* offset in Options */
    const char *value;       /* choices in the order of their enumerators, or a word for --help;
                                NULL for flags */
    const char *initial;     /* the default, written as on the command line; NULL: none, zero */
    const char *key;         /* in configuration files; NULL: on the command line only */
    int commands;            /* `config` takes every row with a key besides */
    const char *help;        /* without the default */
    uint64_t most;           /* of numbers; of a list, 1: an empty one is a mistake, for all would
                                be meant */
} Option;

extern const Option option_table[];
extern const uint32_t option_count;   /* at most OPTIONS_MOST */

typedef struct CommandEntry {
    const char *name, *words, *help;
    bool hidden;             /* of --help and completions: for those who package eagerly */
} CommandEntry;

extern const CommandEntry command_table[]; /* by Command */
enum { COMMAND_COUNT = COMMAND_HELP + 1 };

static inline bool option_serves(const Option *row, int commands) {
    return row->commands & commands || (row->key && commands & OF_CONFIG);
}
/* The row that a name means to a command; NULL: none. */
const Option *option_named(const char *name, size_t length, int commands);
const Option *option_of_key(const char *key);
/* Sets a value: NULL, or the mistake in one line without the option's name in front, owned by the
 * options' arena. Flags take "true" and "false". */
const char *option_set(Options *options, const Option *row, const char *value);
/* The value as the command line would say it; lists and pairs have a comma between two. */
void option_write(const Options *options, const Option *row, Writer *out);
/* Forgets what was set: the default again. */
void option_reset(Options *options, const Option *row);
static inline Origin *option_origin(Options *options, const Option *row) {
    return &options->origins[row - option_table];
}

#endif
