/* An option's row says where its value is kept and how it is read; everything else follows from
 * the row. Values stand behind '=' or in the next argument; "--" ends the options. */
#include "cli/options.h"
#include "base/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum OptionKind {
    OPTION_FLAG, OPTION_CHOICE, OPTION_LIST, OPTION_NUMBER, OPTION_DJANGO
} OptionKind;

typedef struct Option {
    const char *name;
    char letter;           /* '\0': no short form */
    OptionKind kind;
    size_t field;          /* offset in Options: bool, enum, Words or uint64_t */
    const char *value;     /* choices "a|b|c" in the order of their enumerators; else a word for
                              --help; NULL for flags */
    const char *command;   /* whose option it is; NULL: of all */
    const char *help;
    uint64_t most;         /* of numbers */
} Option;

#define FIELD(name) offsetof(Options, name)

static const Option table[] = {
    {"--select", 0, OPTION_LIST, FIELD(select), "RULES", "check",
     "report these rules: codes, beginnings of codes, names, or ALL", 0},
    {"--ignore", 0, OPTION_LIST, FIELD(ignore), "RULES", "check", "do not report these rules", 0},
    {"--min-confidence", 0, OPTION_CHOICE, FIELD(min_confidence), "possible|likely|certain",
     "check", "report what is at least this sure [likely]", 0},
    {"--output-format", 0, OPTION_CHOICE, FIELD(format), "text|json|github|full", "check",
     "how to print findings [text]", 0},
    {"--color", 0, OPTION_CHOICE, FIELD(color), "auto|always|never", "check",
     "colour the text [auto]", 0},
    {"--exit-zero", 0, OPTION_FLAG, FIELD(exit_zero), NULL, "check",
     "exit with 0 even when there are findings", 0},
    {"--statistics", 0, OPTION_FLAG, FIELD(statistics), NULL, "check",
     "print to stderr what was read, evaluated and given up on", 0},
    {"--jobs", 'j', OPTION_NUMBER, FIELD(jobs), "N", "check",
     "threads that read files [one per core]", 1024},
    {"--include-tests", 0, OPTION_FLAG, FIELD(include_tests), NULL, "check",
     "evaluate test modules too", 0},
    {"--include-migrations", 0, OPTION_FLAG, FIELD(include_migrations), NULL, "check",
     "evaluate migrations too", 0},
    {"--max-bytes", 0, OPTION_NUMBER, FIELD(max_bytes), "N", "check",
     "leave out larger files [1048576]", UINT32_MAX - 1},
    {"--max-prefetch-depth", 0, OPTION_NUMBER, FIELD(max_prefetch_depth), "N", "check",
     "hops of a prefetch path before EAG505 speaks [4]", 1000},
    {"--django-version", 0, OPTION_DJANGO, FIELD(django), "VERSION", "check",
     "what the code runs on: 4.2 or '>=4.2,<6.0' [as the project's files say]", 0},
    {"--dump", 0, OPTION_CHOICE, FIELD(dump),
     "none|module|project|flow|events|queryset-table|reasons", "check",
     "print a stage's result instead of findings", 0},
    {"--format", 0, OPTION_CHOICE, FIELD(rules_format), "plain|markdown", "rules",
     "how to print the table [plain]", 0},
    {"--help", 'h', OPTION_FLAG, FIELD(help), NULL, NULL, "print this page", 0},
    {"--version", 'V', OPTION_FLAG, FIELD(version), NULL, NULL, "print the version", 0},
};
enum { TABLE_COUNT = sizeof table / sizeof *table };

static const struct { const char *name, *words, *help; } commands[] = {
    [COMMAND_CHECK] = {"check", "[PATH...]", "find queries that repeat per row (the default)"},
    [COMMAND_EXPLAIN] = {"explain", "RULE...", "print the documentation of a rule"},
    [COMMAND_RULES] = {"rules", "", "print the table of all rules"},
    [COMMAND_VERSION] = {"version", "", "print the version"},
    [COMMAND_HELP] = {"help", "", "print this page"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

void options_help(Writer *out) {
    write_text(out, "eagerly finds N+1 queries in Django code without running it.\n\n"
                    "usage: eagerly [COMMAND] [OPTION...] [PATH...]\n\ncommands:\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        write_format(out, "  %-8s %-10s %s\n", commands[i].name, commands[i].words,
                     commands[i].help);
    write_text(out, "\noptions:\n");
    for (int i = 0; i < TABLE_COUNT; i++) {
        const Option *row = &table[i];
        char letter[8] = "    ";
        if (row->letter) snprintf(letter, sizeof letter, "-%c, ", row->letter);
        write_format(out, "  %s%s%s%s\n", letter, row->name, row->value ? "=" : "",
                     row->value ? row->value : "");
        bool other = row->command && strcmp(row->command, "check");
        write_format(out, "          %s%s%s%s\n", row->help, other ? " (of " : "",
                     other ? row->command : "", other ? ")" : "");
    }
    write_text(out, "\nexit status: 0 no findings, 1 findings, 2 a mistake or nothing analysed\n");
}

static const char *number_set(Options *options, const Option *row, const char *value) {
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno || number > row->most)
        return arena_format(options->arena, "%s takes a number up to %llu, not '%s'", row->name,
                            (unsigned long long)row->most, value);
    *(uint64_t *)((char *)options + row->field) = number;
    return NULL;
}

static const char *choice_set(Options *options, const Option *row, const char *value) {
    const char *best = NULL, *choice = row->value;
    for (int number = 0; choice; number++) {
        size_t length = strcspn(choice, "|");
        const char *word = arena_copy(options->arena, choice, length);
        if (!strcmp(word, value)) {
            /* All enumerations here are as wide as Command. */
            memcpy((char *)options + row->field, &number, sizeof(Command));
            return NULL;
        }
        suggest_consider(value, word, &best);
        choice = choice[length] ? choice + length + 1 : NULL;
    }
    return arena_format(options->arena, "%s takes %s, not '%s'%s%s%s", row->name, row->value,
                        value, best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
}

/* Values of several uses add up. */
static const char *list_set(Options *options, const Option *row, const char *value) {
    Words *list = (Words *)(void *)((char *)options + row->field);
    uint32_t before = list->count;
    for (const char *at = value; *at;) {
        at += strspn(at, ", \t");
        size_t length = strcspn(at, ", \t");
        if (length) array_push(options->arena, list, arena_copy(options->arena, at, length));
        at += length;
    }
    return list->count > before
               ? NULL
               : arena_format(options->arena, "%s needs at least one rule", row->name);
}

static const char *django_set(Options *options, const Option *row, const char *value) {
    bool exact;
    DjangoRange *range = (DjangoRange *)(void *)((char *)options + row->field);
    return django_specifier(value, strlen(value), range, &exact)
               ? NULL
               : arena_format(options->arena, "%s takes a version like 4.2, not '%s'", row->name,
                              value);
}

static const char *option_set(Options *options, const Option *row, const char *value) {
    switch (row->kind) {
    case OPTION_FLAG: *((bool *)options + row->field) = true; return NULL;
    case OPTION_CHOICE: return choice_set(options, row, value);
    case OPTION_LIST: return list_set(options, row, value);
    case OPTION_NUMBER: return number_set(options, row, value);
    case OPTION_DJANGO: return django_set(options, row, value);
    }
    return NULL;
}

static const Option *option_find(const char *argument, size_t length) {
    for (int i = 0; i < TABLE_COUNT; i++) {
        bool letter = table[i].letter && argument[1] == table[i].letter;
        if (argument[1] != '-' ? letter
                               : strlen(table[i].name) == length
                                     && !strncmp(table[i].name, argument, length))
            return &table[i];
    }
    return NULL;
}

static const char *option_unknown(Arena *arena, const char *name) {
    const char *best = NULL;
    for (int i = 0; i < TABLE_COUNT; i++) suggest_consider(name, table[i].name, &best);
    return best ? arena_format(arena, "unknown option '%s'; did you mean '%s'?", name, best)
                : arena_format(arena, "unknown option '%s'; see 'eagerly --help'", name);
}

/* Reads the option at `*at`, and its value if that is the next argument. */
static const char *option_read(Options *options, int count, char **arguments, int *at) {
    const char *argument = arguments[*at];
    size_t length = strcspn(argument, "=");
    const Option *row = option_find(argument, length);
    const char *name = arena_copy(options->arena, argument, length);
    if (!row) return option_unknown(options->arena, name);
    const char *value = argument[length] ? argument + length + 1 : NULL;
    if (argument[1] != '-') value = argument[2] ? argument + 2 : NULL;
    if (row->kind == OPTION_FLAG)
        return value ? arena_format(options->arena, "%s takes no value", row->name)
                     : option_set(options, row, NULL);
    if (!value && *at + 1 < count) value = arguments[++*at];
    if (!value) return arena_format(options->arena, "%s needs a value: %s", row->name, row->value);
    return option_set(options, row, value);
}

/* The first word may be a command. A word that is nearly one and no file is a mistyped one. */
static const char *command_read(Options *options) {
    if (!options->words.count) return NULL;
    const char *word = options->words.items[0], *best = NULL;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(word, commands[i].name)) {
            options->command = (Command)i;
            options->words.items++;
            options->words.count--;
            options->words.room--;
            return NULL;
        }
        suggest_consider(word, commands[i].name, &best);
    }
    return best && access(word, F_OK)
               ? arena_format(options->arena, "no command or file '%s'; did you mean '%s'?", word,
                              best)
               : NULL;
}

static const char *words_check(Options *options) {
    if (options->command == COMMAND_CHECK && !options->words.count)
        array_push(options->arena, &options->words, ".");
    if (options->command == COMMAND_EXPLAIN && !options->words.count)
        return "explain needs a rule: eagerly explain EAG101";
    if (options->command == COMMAND_RULES && options->words.count)
        return arena_format(options->arena, "rules takes no '%s'", options->words.items[0]);
    return NULL;
}

const char *options_parse(Options *options, Arena *arena, int count, char **arguments) {
    *options = (Options){.arena = arena, .min_confidence = CONFIDENCE_LIKELY,
                         .max_bytes = 1024 * 1024};
    const char *mistake = NULL;
    bool only_words = false;
    if (count < 2) options->help = true;
    for (int at = 1; at < count && !mistake; at++) {
        const char *argument = arguments[at];
        if (!only_words && !strcmp(argument, "--")) only_words = true;
        else if (!only_words && argument[0] == '-' && argument[1])
            mistake = option_read(options, count, arguments, &at);
        else array_push(arena, &options->words, argument);
    }
    if (mistake) return mistake;
    if (options->format == OUTPUT_FULL) options->format = OUTPUT_TEXT;
    if (!options->help && !options->version) mistake = command_read(options);
    if (!mistake) mistake = words_check(options);
    if (options->version) options->command = COMMAND_VERSION;
    if (options->help) options->command = COMMAND_HELP;
    return mistake;
}

Selection options_selection(const Options *options) {
    return (Selection){
        .select = options->select.items,
        .select_count = options->select.count,
        .ignore = options->ignore.items,
        .ignore_count = options->ignore.count,
        .min_confidence = options->min_confidence,
    };
}

static bool environment_says(const char *name) {
    const char *value = getenv(name);
    return value && *value;
}

bool options_color(const Options *options, FILE *stream) {
    if (options->color != COLOR_AUTO) return options->color == COLOR_ALWAYS;
    if (environment_says("NO_COLOR")) return false;
    if (environment_says("FORCE_COLOR")) return true;
    const char *terminal = getenv("TERM");
    return isatty(fileno(stream)) && terminal && strcmp(terminal, "dumb");
}
