/* The rows themselves. Of one command's options the order here is the order of --help. */
#include "cli/option.h"

#define FIELD(name) offsetof(Options, name)

const Option option_table[] = {
    {"--select", 0, OPTION_LIST, FIELD(select), "RULES", NULL, "select", OF_CHECK,
     "report these rules: codes, beginnings of codes, names, or ALL", 0},
    {"--ignore", 0, OPTION_LIST, FIELD(ignore), "RULES", NULL, "ignore", OF_CHECK,
     "do not report these rules", 0},
    {"--min-confidence", 0, OPTION_CHOICE, FIELD(min_confidence), "possible|likely|certain",
     "likely", "min-confidence", OF_CHECK, "report what is at least this sure", 0},
    {"--output-format", 0, OPTION_CHOICE, FIELD(format), FORMAT_CHOICES, "full",
     "output-format", OF_CHECK, "how to print findings", 0},
    {"--output", 'o', OPTION_TEXTS, FIELD(outputs), "FORMAT=FILE", NULL, NULL, OF_CHECK,
     "write the findings to this file as well; several may be given, '-' is standard output", 0},
    {"--group-by", 0, OPTION_CHOICE, FIELD(group), "none|file|rule|queryset", "none", "group-by",
     OF_CHECK, "put findings that belong together under one heading, in text", 0},
    {"--color", 0, OPTION_CHOICE, FIELD(color), "auto|always|never", "auto", "color", OF_CHECK,
     "colour the text", 0},
    {"--exit-zero", 0, OPTION_FLAG, FIELD(exit_zero), NULL, NULL, "exit-zero", OF_CHECK,
     "exit with 0 even when there are findings", 0},
    {"--statistics", 0, OPTION_FLAG, FIELD(statistics), NULL, NULL, "statistics", OF_CHECK,
     "print to stderr what was read, evaluated and given up on", 0},
    {"--jobs", 'j', OPTION_NUMBER, FIELD(jobs), "N", NULL, "jobs", OF_CHECK,
     "threads that read files; 0: one per core", 1024},
    {"--include-tests", 0, OPTION_FLAG, FIELD(include_tests), NULL, NULL, "include-tests",
     OF_CHECK, "evaluate test modules too", 0},
    {"--include-migrations", 0, OPTION_FLAG, FIELD(include_migrations), NULL, NULL,
     "include-migrations", OF_CHECK, "evaluate migrations too", 0},
    {"--max-bytes", 0, OPTION_NUMBER, FIELD(max_bytes), "N", "1048576", "max-bytes", OF_CHECK,
     "leave out larger files", UINT32_MAX - 1},
    {"--max-prefetch-depth", 0, OPTION_NUMBER, FIELD(max_prefetch_depth), "N", "4",
     "max-prefetch-depth", OF_CHECK, "hops of a prefetch path before EAG505 speaks", 1000},
    {"--django-version", 0, OPTION_DJANGO, FIELD(django), "VERSION", NULL, "django-version",
     OF_CHECK, "what the code runs on: 4.2 or '>=4.2,<6.0'; else as the project's files say", 0},
    {"--dump", 0, OPTION_CHOICE, FIELD(dump),
     "none|module|project|flow|events|queryset-table|reasons", "none", NULL, OF_CHECK,
     "print a stage's result instead of findings", 0},
    {"--format", 0, OPTION_CHOICE, FIELD(rules_format), "plain|markdown", "plain", NULL, OF_RULES,
     "how to print the table", 0},
    {"--help", 'h', OPTION_FLAG, FIELD(help), NULL, NULL, NULL, OF_ANY, "print this page", 0},
    {"--version", 'V', OPTION_FLAG, FIELD(version), NULL, NULL, NULL, OF_ANY,
     "print the version", 0},
};
const uint32_t option_count = sizeof option_table / sizeof *option_table;
_Static_assert(sizeof option_table / sizeof *option_table <= OPTIONS_MOST, "origins are too few");

const CommandEntry command_table[] = {
    [COMMAND_CHECK] = {"check", "[PATH...]", "find queries that repeat per row (the default)",
                       false},
    [COMMAND_EXPLAIN] = {"explain", "RULE...", "print the documentation of a rule", false},
    [COMMAND_RULES] = {"rules", "", "print the table of all rules", false},
    [COMMAND_COMPLETIONS] = {"completions", "bash|zsh|fish", "print what a shell completes by",
                             false},
    [COMMAND_MANPAGE] = {"manpage", "", "print the manual page", true},
    [COMMAND_OPTIONS] = {"options", "", "print the table of options in Markdown", true},
    [COMMAND_VERSION] = {"version", "", "print the version", false},
    [COMMAND_HELP] = {"help", "[COMMAND]", "print this page", false},
};
_Static_assert(sizeof command_table / sizeof *command_table == COMMAND_COUNT, "a command's row");
