/* The command line: what is read from arguments, and what is said of mistakes. */
#include "cli/options.h"

#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 16 };

/* Splits a line at blanks and parses it as arguments. */
static const char *parse(Options *options, Arena *arena, const char *line) {
    char *copy = arena_copy(arena, line, strlen(line)), *arguments[WORDS_MOST] = {"eagerly"};
    int count = 1;
    for (char *word = strtok(copy, " "); word && count < WORDS_MOST; word = strtok(NULL, " "))
        arguments[count++] = word;
    return options_parse(options, arena, count, arguments);
}

static bool mistaken(Arena *arena, const char *line, const char *expected) {
    Options options;
    const char *mistake = parse(&options, arena, line);
    if (!mistake || !strstr(mistake, expected)) printf("# said: %s\n", mistake ? mistake : "-");
    return mistake && strstr(mistake, expected);
}

static void test_commands(Arena *arena) {
    Options of;
    TAP_OK(!parse(&of, arena, "check src lib") && of.command == COMMAND_CHECK
           && of.words.count == 2 && !strcmp(of.words.items[0], "src"), "check with paths");
    TAP_OK(!parse(&of, arena, "src") && of.command == COMMAND_CHECK && of.words.count == 1,
           "check is the default");
    TAP_OK(!parse(&of, arena, "check") && !strcmp(of.words.items[0], "."), "check of here");
    TAP_OK(!parse(&of, arena, "explain EAG101") && of.command == COMMAND_EXPLAIN, "explain");
    TAP_OK(!parse(&of, arena, "--version") && of.command == COMMAND_VERSION, "--version");
    TAP_OK(!parse(&of, arena, "check --help") && of.command == COMMAND_HELP, "--help");
    TAP_OK(!parse(&of, arena, "") && of.command == COMMAND_HELP, "no argument");
    TAP_OK(!parse(&of, arena, "rules --format markdown") && of.rules_format == RULES_MARKDOWN,
           "rules in markdown");
    TAP_OK(!parse(&of, arena, "check --django-version 4.2") && of.django.least == 42
           && of.django.most == 42, "--django-version");
    TAP_OK(mistaken(arena, "check --django-version new", "a version like 4.2"), "no version");
    TAP_OK(!parse(&of, arena, "check --max-prefetch-depth 2") && of.max_prefetch_depth == 2,
           "--max-prefetch-depth");
    TAP_OK(mistaken(arena, "chekc", "did you mean 'check'"), "a mistyped command");
    TAP_OK(mistaken(arena, "explain", "needs a rule"), "explain what?");
}

static void test_values(Arena *arena) {
    Options of;
    TAP_OK(!parse(&of, arena, "x") && of.min_confidence == CONFIDENCE_LIKELY && !of.exit_zero
           && of.max_bytes == 1024 * 1024 && of.jobs == 0, "defaults");
    TAP_OK(!parse(&of, arena, "--min-confidence=certain --jobs 3 -j4 x")
           && of.min_confidence == CONFIDENCE_CERTAIN && of.jobs == 4, "both ways of a value");
    TAP_OK(mistaken(arena, "--ignore=, x", "needs at least one rule"), "an empty list");
    TAP_OK(!parse(&of, arena, "--select EAG1,EAG201 --select ALL x") && of.select.count == 3
           && !strcmp(of.select.items[2], "ALL"), "lists add up");
    TAP_OK(options_selection(&of).select_count == 3, "as a selection");
    TAP_OK(!parse(&of, arena, "--output-format full x") && of.format == OUTPUT_FULL, "full");
    TAP_OK(!parse(&of, arena, "--output-format github x") && of.format == OUTPUT_GITHUB, "github");
    TAP_OK(!parse(&of, arena, "--dump=events x") && of.dump == DUMP_EVENTS, "--dump");
    TAP_OK(!parse(&of, arena, "-- --select") && of.words.count == 1
           && !strcmp(of.words.items[0], "--select"), "-- ends the options");
}

static void test_mistakes(Arena *arena) {
    TAP_OK(mistaken(arena, "--selct X", "did you mean '--select'"), "a mistyped option");
    TAP_OK(mistaken(arena, "--zzz", "see 'eagerly --help'"), "nothing like it");
    TAP_OK(mistaken(arena, "--output-format jsno", "did you mean 'json'"), "a mistyped choice");
    TAP_OK(mistaken(arena, "--jobs many", "takes a number"), "no number");
    TAP_OK(mistaken(arena, "--jobs -1", "takes a number"), "a negative number");
    TAP_OK(mistaken(arena, "--jobs 99999999999999999999", "takes a number"), "a huge number");
    TAP_OK(mistaken(arena, "--select", "needs a value"), "no value");
    TAP_OK(mistaken(arena, "--exit-zero=1", "takes no value"), "a flag with a value");
    TAP_OK(mistaken(arena, "-x", "unknown option"), "no such letter");
}

static void test_help(void) {
    Writer *out = writer_to_memory();
    options_help(COMMAND_HELP, out);
    TAP_OK(strstr(writer_text(out, NULL), "--output-format=full|concise|json"), "help has choices");
    TAP_OK(strstr(writer_text(out, NULL), "-j, --jobs=N"), "help has letters");
    writer_close(out);
}

static void test_color(Arena *arena) {
    Options of;
    setenv("NO_COLOR", "1", 1);
    parse(&of, arena, "x");
    TAP_OK(!options_color(&of, stdout), "NO_COLOR");
    parse(&of, arena, "--color always x");
    TAP_OK(options_color(&of, stdout), "the option is stronger");
    unsetenv("NO_COLOR");
    setenv("FORCE_COLOR", "1", 1);
    parse(&of, arena, "x");
    TAP_OK(options_color(&of, stdout), "FORCE_COLOR");
}

int main(void) {
    Arena *arena = arena_new();
    test_commands(arena);
    test_values(arena);
    test_mistakes(arena);
    test_help();
    test_color(arena);
    arena_free(arena);
    return tap_done();
}
