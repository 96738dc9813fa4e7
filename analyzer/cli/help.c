/* The table of options in words: for --help, for man, and for the README. */
#include "cli/option.h"
#include "report/version.h"

#include <string.h>

/* What stands behind a help text in brackets: the default, if there is one to name. */
static void write_initial(const Option *row, Writer *out) {
    if (row->initial && strcmp(row->initial, "none")) write_format(out, " [%s]", row->initial);
}

static void write_option(const Option *row, Writer *out) {
    char letter[8] = "    ";
    if (row->letter) snprintf(letter, sizeof letter, "-%c, ", row->letter);
    write_format(out, "  %s%s%s%s\n          %s", letter, row->name, row->value ? "=" : "",
                 row->value ? row->value : "", row->help);
    write_initial(row, out);
    write_text(out, "\n");
}

/* A row is printed with the first of the commands that have it. */
static bool heads(const Option *row, int command) {
    return row->commands != OF_ANY && row->commands & 1 << command
           && !(row->commands & ((1 << command) - 1));
}

static void write_all_options(Writer *out) {
    for (int command = 0; command < COMMAND_COUNT; command++) {
        bool any = false;
        for (uint32_t i = 0; i < option_count; i++) {
            if (!heads(&option_table[i], command)) continue;
            if (!any) write_format(out, "\noptions of %s:\n", command_table[command].name);
            any = true;
            write_option(&option_table[i], out);
        }
    }
    write_text(out, "\noptions of every command:\n");
    for (uint32_t i = 0; i < option_count; i++)
        if (option_table[i].commands == OF_ANY) write_option(&option_table[i], out);
}

static void help_of_all(Writer *out) {
    write_text(out, "eagerly finds N+1 queries in Django code without running it.\n\n"
                    "usage: eagerly [COMMAND] [OPTION...] [WORD...]\n\ncommands:\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (!command_table[i].hidden)
            write_format(out, "  %-11s %-13s %s\n", command_table[i].name, command_table[i].words,
                         command_table[i].help);
    write_all_options(out);
    write_text(out, "\nAn option's value stands behind '=' or in the next word. What a "
                    "configuration\nfile switches on, --no-NAME switches off.\n"
                    "\nexit status: 0 no findings, 1 findings, 2 a mistake or nothing analysed\n");
}

void options_help(Command topic, Writer *out) {
    if (topic == COMMAND_HELP) {
        help_of_all(out);
        return;
    }
    const CommandEntry *command = &command_table[topic];
    write_format(out, "usage: eagerly %s [OPTION...]%s%s\n\n%s\n\noptions:\n", command->name,
                 *command->words ? " " : "", command->words, command->help);
    for (uint32_t i = 0; i < option_count; i++)
        if (option_serves(&option_table[i], 1 << topic)) write_option(&option_table[i], out);
}

/* Text of a manual page: no line may begin as a request, and hyphens stay hyphens. */
static void write_roff(const char *text, Writer *out) {
    if (*text == '.' || *text == '\'') write_text(out, "\\&");
    for (; *text; text++) {
        if (*text == '-') write_text(out, "\\-");
        else if (*text == '\\') write_text(out, "\\e");
        else if (*text == '|') write_text(out, "|\\:"); /* a line may break there */
        else write_bytes(out, text, 1);
    }
}

static void manpage_option(const Option *row, Writer *out) {
    write_text(out, ".TP\n");
    if (row->letter) write_format(out, "\\fB\\-%c\\fR, ", row->letter);
    write_text(out, "\\fB");
    write_roff(row->name, out);
    write_text(out, "\\fR");
    if (row->value) {
        write_text(out, "=\\fI");
        write_roff(row->value, out);
        write_text(out, "\\fR");
    }
    write_text(out, "\n");
    write_roff(row->help, out);
    write_text(out, ".");
    if (row->initial && strcmp(row->initial, "none")) {
        write_text(out, " Default: ");
        write_roff(row->initial, out);
        write_text(out, ".");
    }
    if (row->commands != OF_ANY && !(row->commands & OF_CHECK))
        for (int i = 0; i < COMMAND_COUNT; i++)
            if (heads(row, i)) write_format(out, " Of \\fBeagerly %s\\fR.", command_table[i].name);
    write_text(out, "\n");
}

void options_manpage(Writer *out) {
    write_format(out, ".TH EAGERLY 1 \"\" \"eagerly %s\" \"User Commands\"\n", EAGERLY_VERSION);
    write_text(out, ".ad l\n.nh\n.SH NAME\n"
                    "eagerly \\- find N+1 queries in Django code without running it\n"
                    ".SH SYNOPSIS\n.B eagerly\n[\\fICOMMAND\\fR] [\\fIOPTION\\fR...] "
                    "[\\fIWORD\\fR...]\n.SH COMMANDS\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (command_table[i].hidden) continue;
        write_format(out, ".TP\n\\fB%s\\fR %s\n", command_table[i].name, command_table[i].words);
        write_roff(command_table[i].help, out);
        write_text(out, ".\n");
    }
    write_text(out, ".SH OPTIONS\n");
    for (uint32_t i = 0; i < option_count; i++) manpage_option(&option_table[i], out);
    write_text(out, ".SH FILES\n.TP\n\\fB.eagerly.yaml\\fR, \\fBpyproject.toml\\fR\n"
                    "The configuration, from the folder of the first path upwards.\n"
                    ".SH EXIT STATUS\n0: no findings. 1: findings. 2: a mistake, or nothing was "
                    "analysed.\n");
}

static void write_cell(const char *text, Writer *out) {
    for (; *text; text++) {
        if (*text == '|') write_text(out, "\\");
        write_bytes(out, text, 1);
    }
}

void options_markdown(Writer *out) {
    write_text(out, "| option | meaning |\n|---|---|\n");
    for (uint32_t i = 0; i < option_count; i++) {
        const Option *row = &option_table[i];
        write_text(out, "| `");
        if (row->letter) write_format(out, "-%c`, `", row->letter);
        write_text(out, row->name);
        write_text(out, row->value ? " " : "");
        write_cell(row->value ? row->value : "", out);
        write_text(out, "` | ");
        write_cell(row->help, out);
        if (row->initial && strcmp(row->initial, "none"))
            write_format(out, " (default `%s`)", row->initial);
        for (int c = 1; c < COMMAND_COUNT; c++)
            if (heads(row, c)) write_format(out, " (of `%s`)", command_table[c].name);
        write_text(out, " |\n");
    }
}
