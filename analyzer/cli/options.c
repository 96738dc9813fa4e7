/* Arguments are read twice: first as names and values, which shows which word is the command, then
 * each by the command's own row. Values stand behind '=' or in the next argument; "--" ends the
 * options. How a value is read follows from its row alone. */
#include "cli/option.h"
#include "base/suggest.h"
#include "source/file.h"
#include "source/root.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *field(const Options *options, const Option *row) {
    return (char *)(uintptr_t)options + row->field;
}

static const char *number_set(Options *options, const Option *row, const char *value) {
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno || number > row->most)
        return arena_format(options->arena, "takes a number up to %llu, not '%s'",
                            (unsigned long long)row->most, value);
    *(uint64_t *)field(options, row) = number;
    return NULL;
}

/* The number of a word among "a|b|c"; -1, and the mistake. */
static int choice_number(Arena *arena, const Option *row, const char *value, const char **mistake) {
    const char *best = NULL, *choice = row->value;
    for (int number = 0; choice; number++) {
        size_t length = strcspn(choice, "|");
        const char *word = arena_copy(arena, choice, length);
        if (!strcmp(word, value)) return number;
        suggest_consider(value, word, &best);
        choice = choice[length] ? choice + length + 1 : NULL;
    }
    *mistake = arena_format(arena, "takes %s, not '%s'%s%s%s", row->value, value,
                            best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
    return -1;
}

static const char *choice_set(Options *options, const Option *row, const char *value) {
    const char *mistake = NULL;
    int number = choice_number(options->arena, row, value, &mistake);
    /* All enumerations here are as wide as Command. */
    if (number >= 0) memcpy(field(options, row), &number, sizeof(Command));
    return mistake;
}

/* Values of several uses add up. */
static const char *list_set(Options *options, const Option *row, const char *value) {
    Words *list = field(options, row);
    const char *mistake = NULL;
    uint32_t before = list->count;
    for (const char *at = value; *at && !mistake;) {
        at += strspn(at, ", \t");
        size_t length = strcspn(at, ", \t");
        const char *word = arena_copy(options->arena, at, length);
        if (length) array_push(options->arena, list, word);
        if (length && strchr(row->value, '|'))
            choice_number(options->arena, row, word, &mistake);
        at += length;
    }
    if (mistake) return mistake;
    if (list->count > before) return NULL;
    return !strcmp(row->value, "RULES") ? "needs at least one rule" : "needs at least one value";
}

/* The last colon parts, so that the key may be a pattern of paths. */
static const char *pair_set(Options *options, const Option *row, const char *value) {
    const char *colon = strrchr(value, ':');
    if (!colon || colon == value || !colon[1])
        return arena_format(options->arena, "takes %s, not '%s'", row->value, value);
    const char *key = arena_copy(options->arena, value, (size_t)(colon - value));
    array_push(options->arena, (Pairs *)field(options, row), (Pair){key, colon + 1});
    return NULL;
}

/* A dotted name, as Python has them. */
static bool is_class_name(const char *text) {
    bool start = true;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (start ? !(isalpha(c) || c == '_' || c >= 0x80)
                  : !(isalnum(c) || c == '_' || c == '.' || c >= 0x80))
            return false;
        start = c == '.';
    }
    return !start;
}

static const char *text_set(Options *options, const Option *row, const char *value) {
    if (!*value) return arena_format(options->arena, "needs a value: %s", row->value);
    if (!strcmp(row->value, "CLASS") && !is_class_name(value))
        return arena_format(options->arena, "takes a class like catalog.models.Cached, not '%s'",
                            value);
    if (row->kind == OPTION_TEXT) *(const char **)field(options, row) = value;
    else array_push(options->arena, (Words *)field(options, row), value);
    return NULL;
}

static const char *flag_set(Options *options, const Option *row, const char *value) {
    bool yes = !strcmp(value, "true");
    if (!yes && strcmp(value, "false"))
        return arena_format(options->arena, "takes true or false, not '%s'", value);
    *(bool *)field(options, row) = yes;
    return NULL;
}

static const char *django_set(Options *options, const Option *row, const char *value) {
    bool exact;
    DjangoRange *range = field(options, row);
    if (!django_specifier(value, strlen(value), range, &exact))
        return arena_format(options->arena, "takes a version like 4.2, not '%s'", value);
    return range->least <= range->most
               ? NULL
               : arena_format(options->arena, "allows no version: '%s'", value);
}

const char *option_set(Options *options, const Option *row, const char *value) {
    switch (row->kind) {
    case OPTION_FLAG: return flag_set(options, row, value);
    case OPTION_CHOICE: return choice_set(options, row, value);
    case OPTION_LIST: return list_set(options, row, value);
    case OPTION_NUMBER: return number_set(options, row, value);
    case OPTION_DJANGO: return django_set(options, row, value);
    case OPTION_PAIRS: return pair_set(options, row, value);
    case OPTION_TEXT: case OPTION_TEXTS: return text_set(options, row, value);
    }
    return NULL;
}

void option_reset(Options *options, const Option *row) {
    static const size_t sizes[] = {
        [OPTION_FLAG] = sizeof(bool), [OPTION_CHOICE] = sizeof(Command),
        [OPTION_NUMBER] = sizeof(uint64_t), [OPTION_TEXT] = sizeof(char *),
        [OPTION_LIST] = sizeof(Words), [OPTION_TEXTS] = sizeof(Words),
        [OPTION_PAIRS] = sizeof(Pairs), [OPTION_DJANGO] = sizeof(DjangoRange),
    };
    memset(field(options, row), 0, sizes[row->kind]);
    if (row->initial && option_set(options, row, row->initial)) abort(); /* the table is wrong */
}

static void write_list(const Words *list, Writer *out) {
    for (uint32_t i = 0; i < list->count; i++)
        write_format(out, "%s%s", i ? "," : "", list->items[i]);
}

static void write_choice(const Option *row, int number, Writer *out) {
    const char *choice = row->value;
    for (; number; number--) choice += strcspn(choice, "|") + 1;
    write_bytes(out, choice, strcspn(choice, "|"));
}

static void write_django(const DjangoRange *of, Writer *out) {
    if (of->least && of->least == of->most)
        write_format(out, "%u.%u", of->least / 10u, of->least % 10u);
    else if (of->least)
        write_format(out, ">=%u.%u,<=%u.%u", of->least / 10u, of->least % 10u, of->most / 10u,
                     of->most % 10u);
}

void option_write(const Options *options, const Option *row, Writer *out) {
    const void *at = field(options, row);
    const Pairs *pairs = at;
    const char *text;
    switch (row->kind) {
    case OPTION_FLAG: write_text(out, *(const bool *)at ? "true" : "false"); break;
    case OPTION_CHOICE: write_choice(row, *(const int *)at, out); break;
    case OPTION_NUMBER:
        write_format(out, "%llu", (unsigned long long)*(const uint64_t *)at);
        break;
    case OPTION_TEXT:
        text = *(const char *const *)at;
        write_text(out, text ? text : "");
        break;
    case OPTION_LIST: case OPTION_TEXTS: write_list(at, out); break;
    case OPTION_PAIRS:
        for (uint32_t i = 0; i < pairs->count; i++)
            write_format(out, "%s%s:%s", i ? "," : "", pairs->items[i].key, pairs->items[i].value);
        break;
    case OPTION_DJANGO: write_django(at, out); break;
    }
}

const Option *option_named(const char *name, size_t length, int commands) {
    for (uint32_t i = 0; i < option_count; i++) {
        const Option *row = &option_table[i];
        bool same = strlen(row->name) == length && !strncmp(row->name, name, length);
        if (name[1] != '-') same = row->letter && name[1] == row->letter;
        if (same && option_serves(row, commands)) return row;
    }
    return NULL;
}

const Option *option_of_key(const char *key) {
    for (uint32_t i = 0; i < option_count; i++)
        if (option_table[i].key && !strcmp(option_table[i].key, key)) return &option_table[i];
    return NULL;
}

/* An option as given: its name is known, but not yet which command's it is. */
typedef struct Given {
    const char *name, *value; /* value NULL: a flag */
    bool no;                  /* --no-NAME */
} Given;
typedef Array(Given) GivenList;

static const char *option_unknown(Arena *arena, const char *name) {
    const char *best = NULL;
    for (uint32_t i = 0; i < option_count; i++)
        suggest_consider(name, option_table[i].name, &best);
    return best ? arena_format(arena, "unknown option '%s'; did you mean '%s'?", name, best)
                : arena_format(arena, "unknown option '%s'; see 'eagerly --help'", name);
}

/* A flag of configuration files that is taken back: --no-statistics. */
static const Option *option_negated(Arena *arena, const char *name) {
    if (strncmp(name, "--no-", 5)) return NULL;
    const char *flag = arena_format(arena, "--%s", name + 5);
    const Option *row = option_named(flag, strlen(flag), OF_ANY);
    return row && row->kind == OPTION_FLAG && row->key ? row : NULL;
}

/* Reads the option at `*at`, and its value if that is the next argument. */
static const char *option_read(Arena *arena, GivenList *list, int count, char **arguments,
                               int *at) {
    const char *argument = arguments[*at];
    size_t length = argument[1] == '-' ? strcspn(argument, "=") : 2;
    const char *name = arena_copy(arena, argument, length);
    const Option *row = option_named(argument, length, OF_ANY);
    Given given = {.name = name};
    if (!row) {
        row = option_negated(arena, name);
        given.no = row != NULL;
    }
    if (!row) return option_unknown(arena, name);
    given.name = row->name;
    if (argument[length])
        given.value = argument + length + (argument[length] == '=' && argument[1] == '-');
    if (row->kind == OPTION_FLAG && given.value)
        return arena_format(arena, "%s takes no value", name);
    if (row->kind != OPTION_FLAG && !given.value && *at + 1 < count)
        given.value = arguments[++*at];
    if (row->kind != OPTION_FLAG && !given.value)
        return arena_format(arena, "%s needs a value: %s", name, row->value);
    array_push(arena, list, given);
    return NULL;
}

/* Sets what was given, each by the row that its name has for the command. */
static const char *given_set(Options *options, const GivenList *list) {
    for (uint32_t i = 0; i < list->count; i++) {
        const Given *given = &list->items[i];
        const Option *row = option_named(given->name, strlen(given->name), 1 << options->command);
        if (!row)
            return arena_format(options->arena, "'%s' has no option %s",
                                command_table[options->command].name, given->name);
        const char *value = given->value ? given->value : given->no ? "false" : "true";
        const char *mistake = option_set(options, row, value);
        if (mistake) return arena_format(options->arena, "%s %s", row->name, mistake);
        option_origin(options, row)->kind = ORIGIN_COMMAND_LINE;
    }
    return NULL;
}

static int command_named(const char *word) {
    if (!strcmp(word, "rule")) return COMMAND_EXPLAIN;
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(word, command_table[i].name)) return i;
    return -1;
}

/* The first word may be a command. A word that is nearly one and no file is a mistyped one. */
static const char *command_read(Options *options) {
    if (!options->words.count) return NULL;
    const char *word = options->words.items[0], *best = NULL;
    int command = command_named(word);
    if (command >= 0) {
        options->command = options->topic = (Command)command;
        options->words.items++;
        options->words.count--;
        options->words.room--;
        return NULL;
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (!command_table[i].hidden) suggest_consider(word, command_table[i].name, &best);
    return best && access(word, F_OK)
               ? arena_format(options->arena, "no command or file '%s'; did you mean '%s'?", word,
                              best)
               : NULL;
}

/* What is analysed does not depend on the files that are asked for. */
static const char *only_read(Options *options) {
    Root root;
    if (!options->words.count) return "--only needs the paths whose findings are wanted";
    options->only_paths = options->words;
    options->words = (Words){0};
    bool here = !root_make(options->arena, "", &root) || !strcmp(root.top, root.real);
    array_push(options->arena, &options->words, here ? "." : root.top);
    return NULL;
}

static const char *words_check(Options *options) {
    const char *first = options->words.count ? options->words.items[0] : NULL;
    switch (options->command) {
    case COMMAND_WHY:
        if (!first || !strrchr(first, ':'))
            return "why needs a line: eagerly why shop/views.py:12";
        options->spot = first;
        options->words.items++;
        options->words.count--;
        options->words.room--;
        first = options->words.count ? options->words.items[0] : NULL;
        /* fall through */
    case COMMAND_CHECK: case COMMAND_CONFIG: case COMMAND_BASELINE: case COMMAND_FILES:
    case COMMAND_ENDPOINTS: case COMMAND_GRAPH:
        if (options->only) return only_read(options);
        if (!first) array_push(options->arena, &options->words, ".");
        return NULL;
    case COMMAND_EXPLAIN: return first ? NULL : "explain needs a rule: eagerly explain EAG101";
    case COMMAND_COMPLETIONS:
        return first && options->words.count == 1 ? NULL
                                                  : "completions needs a shell: bash, zsh or fish";
    case COMMAND_HELP:
        if (first && command_named(first) < 0)
            return arena_format(options->arena, "no command is called '%s'", first);
        options->topic = first ? (Command)command_named(first) : COMMAND_HELP;
        return NULL;
    default:
        return first ? arena_format(options->arena, "%s takes no '%s'",
                                    command_table[options->command].name, first)
                     : NULL;
    }
}

const char *options_parse(Options *options, Arena *arena, int count, char **arguments) {
    *options = (Options){.arena = arena, .topic = COMMAND_HELP};
    for (uint32_t i = 0; i < option_count; i++) option_reset(options, &option_table[i]);
    const char *mistake = NULL;
    bool only_words = false;
    GivenList given = {0};
    for (int at = 1; at < count && !mistake; at++) {
        const char *argument = arguments[at];
        if (!only_words && !strcmp(argument, "--")) only_words = true;
        else if (!only_words && argument[0] == '-' && argument[1])
            mistake = option_read(arena, &given, count, arguments, &at);
        else array_push(arena, &options->words, argument);
    }
    if (!mistake) mistake = command_read(options);
    if (!mistake) mistake = given_set(options, &given);
    if (mistake) return mistake;
    if (count < 2) options->command = COMMAND_HELP;
    if (options->help && options->command != COMMAND_HELP) {
        options->command = COMMAND_HELP;
        return NULL;
    }
    if (options->version) options->command = COMMAND_VERSION;
    else mistake = words_check(options);
    options_settle(options);
    return mistake;
}

void options_settle(Options *options) {
    if (options->format == OUTPUT_TEXT) options->format = OUTPUT_FULL;
}

/* Globs of a configuration file start where it lies, wherever eagerly is run. */
static const char *globs_folder(const Options *options) {
    const Option *row = option_of_key("per-file-ignores");
    const Origin *origin = &options->origins[row - option_table];
    if (origin->kind != ORIGIN_CONFIG) return NULL;
    return path_real(options->arena, path_folder(options->arena, origin->path));
}

Selection options_selection(const Options *options) {
    const Pairs *pairs = &options->per_file_ignores;
    PerFile *per_file = arena_many(options->arena, PerFile, pairs->count + 1u);
    for (uint32_t i = 0; i < pairs->count; i++)
        per_file[i] = (PerFile){pairs->items[i].key, pairs->items[i].value};
    return (Selection){
        .select = options->select.items,
        .select_count = options->select.count,
        .extend = options->extend_select.items,
        .extend_count = options->extend_select.count,
        .ignore = options->ignore.items,
        .ignore_count = options->ignore.count,
        .per_file = per_file,
        .per_file_count = options->per_file_ignores.count,
        .per_file_folder = globs_folder(options),
        .surfaces = options->surfaces.items,
        .surface_count = options->surfaces.count,
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
    if (environment_says("FORCE_COLOR") || environment_says("CLICOLOR_FORCE")) return true;
    const char *terminal = getenv("TERM");
    return isatty(fileno(stream)) && terminal && *terminal && strcmp(terminal, "dumb");
}
