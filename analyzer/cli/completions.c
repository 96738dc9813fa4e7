/* What three shells complete eagerly's command line by. Words of the tables are made of letters,
 * digits and hyphens; help texts are quoted for the shell at hand. Where lists with commas are
 * taken, the word behind the last comma is completed. */
#include "cli/option.h"
#include "report/rule.h"

#include <string.h>

static bool is_shown(const CommandEntry *command) {
    return !command->hidden;
}

/* What an option or a command takes. */
static bool takes_choice(const Option *row) {
    return row->value && strchr(row->value, '|');
}

static bool takes_rules(const Option *row) {
    return row->value && !strcmp(row->value, "RULES");
}

static bool takes_file(const Option *row) {
    return row->value && (strstr(row->value, "FILE") || !strcmp(row->value, "FOLDER"));
}

static bool takes_several(const Option *row) {
    return row->kind == OPTION_LIST || row->kind == OPTION_TEXTS || row->kind == OPTION_PAIRS;
}

static bool command_takes_files(int command) {
    return strstr(command_table[command].words, "PATH");
}

static void write_rules(Writer *out) {
    for (uint32_t i = 0; i < rule_count; i++)
        write_format(out, "%s%s %s", i ? " " : "", rules[i].rule->code, rules[i].name);
}

static void write_commands(Writer *out) {
    const char *between = "";
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!is_shown(&command_table[i])) continue;
        write_format(out, "%s%s", between, command_table[i].name);
        between = " ";
    }
}

/* The words that a row takes, parted by blanks. */
static void write_choices(const Option *row, Writer *out) {
    if (takes_rules(row)) {
        write_rules(out);
        write_text(out, " ALL");
    } else {
        for (const char *at = row->value; *at; at++) write_bytes(out, *at == '|' ? " " : at, 1);
    }
}

/* The words that a command takes besides paths; false: none. */
static bool write_words(int command, Writer *out) {
    if (command == COMMAND_EXPLAIN) write_rules(out);
    else if (command == COMMAND_HELP) write_commands(out);
    else if (command == COMMAND_COMPLETIONS) write_text(out, "bash zsh fish");
    else return false;
    return true;
}

/* In single quotes; zsh parts its items by colons and brackets. */
static void write_quoted(const char *text, bool zsh, Writer *out) {
    for (; *text; text++) {
        if (*text == '\'') write_text(out, zsh ? "'\\''" : "\\'");
        else if (*text == '\\') write_text(out, "\\\\");
        else if (zsh && strchr(":[]", *text)) write_format(out, "\\%c", *text);
        else write_bytes(out, text, 1);
    }
}

/* ---- bash: lists of words are matched by compgen, and read line by line for the names' blanks */

static void bash_values(int command, Writer *out) {
    for (uint32_t i = 0; i < option_count; i++) {
        const Option *row = &option_table[i];
        if (!row->value || !option_serves(row, 1 << command)) continue;
        write_format(out, "        %s", row->name);
        if (row->letter) write_format(out, "|-%c", row->letter);
        if (takes_choice(row) || takes_rules(row)) {
            write_text(out, ") choices='");
            write_choices(row, out);
            write_text(out, "' ;;\n");
        } else {
            write_format(out, ") files=%s ;;\n", takes_file(row) ? "yes" : "");
        }
    }
}

static void bash_command(int command, Writer *out) {
    write_format(out, "    %s%s) options='", command_table[command].name,
                 command == COMMAND_CHECK ? "|''" : "");
    for (uint32_t i = 0; i < option_count; i++)
        if (option_serves(&option_table[i], 1 << command))
            write_format(out, "%s ", option_table[i].name);
    write_text(out, "'\n        case $previous in\n");
    bash_values(command, out);
    write_text(out, "        *) value= choices='");
    bool words = write_words(command, out);
    write_format(out, "' files=%s ;;\n        esac ;;\n",
                 !words && command_takes_files(command) ? "yes" : "");
}

static void complete_bash(Writer *out) {
    write_text(out, "# bash completion of eagerly: source it, or put it into "
                    "share/bash-completion/completions/eagerly\n"
                    "_eagerly() {\n"
                    "    local word=${COMP_WORDS[COMP_CWORD]}"
                    " previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "    local command= options= choices= files= value=yes lead= each known='");
    write_commands(out);
    write_text(out, "'\n"
                    "    if [[ $word == '=' ]]; then word=; fi\n"
                    "    if [[ $previous == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                    "    for each in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                    "        [[ \" $known \" == *\" $each \"* ]] || continue\n"
                    "        command=$each; break\n"
                    "    done\n"
                    "    case $command in\n");
    for (int c = 0; c < COMMAND_COUNT; c++)
        if (is_shown(&command_table[c])) bash_command(c, out);
    write_text(out, "    esac\n"
                    "    if [[ -z $value && $word == -* ]]; then choices=$options files=; fi\n"
                    "    if [[ -z $value && $COMP_CWORD -eq 1 && $word != -* ]]; then\n"
                    "        choices=$known\n    fi\n"
                    "    if [[ -n $value && $word == *,* ]]; then lead=${word%,*},; fi\n"
                    "    mapfile -t COMPREPLY < <(\n"
                    "        compgen -P \"$lead\" -W \"$choices\" -- \"${word#\"$lead\"}\"\n"
                    "        if [[ -n $files ]]; then compgen -f -- \"$word\"; fi)\n"
                    "}\ncomplete -o filenames -F _eagerly eagerly\n");
}

/* ---- zsh: an item of _arguments for each option */

static void zsh_name(const Option *row, Writer *out) {
    const char *value = row->value ? "=" : "", *plus = row->value ? "+" : "";
    if (!row->letter)
        write_format(out, "'%s%s%s[", takes_several(row) ? "*" : "", row->name, value);
    else if (takes_several(row))
        write_format(out, "'*'{-%c%s,%s%s}'[", row->letter, plus, row->name, value);
    else
        write_format(out, "'(-%c %s)'{-%c%s,%s%s}'[", row->letter, row->name, row->letter,
                     plus, row->name, value);
}

static void zsh_option(const Option *row, Writer *out) {
    write_text(out, "            ");
    zsh_name(row, out);
    write_quoted(row->help, true, out);
    write_text(out, "]");
    if (takes_choice(row) || takes_rules(row)) {
        write_text(out, row->kind == OPTION_LIST ? ":value:_sequence compadd - " : ":value:(");
        if (takes_rules(row)) write_text(out, "-a rules");
        else write_choices(row, out);
        write_text(out, row->kind == OPTION_LIST ? "" : ")");
    } else if (row->value) {
        write_text(out, ":");
        write_quoted(row->value, true, out);
        write_text(out, takes_file(row) ? ":_files" : ":");
    }
    write_text(out, "' \\\n");
}

static void zsh_command(int command, Writer *out) {
    write_format(out, "    %s)\n        _arguments \\\n",
                 command == COMMAND_CHECK ? "*" : command_table[command].name);
    for (uint32_t i = 0; i < option_count; i++)
        if (option_serves(&option_table[i], 1 << command)) zsh_option(&option_table[i], out);
    write_text(out, "            '*:word:");
    if (command_takes_files(command)) {
        write_text(out, "_files");
    } else {
        write_text(out, "(");
        write_words(command, out);
        write_text(out, ")");
    }
    write_text(out, "' ;;\n");
}

static void complete_zsh(Writer *out) {
    write_text(out, "#compdef eagerly\n_eagerly() {\n    local -a rules=(");
    write_rules(out);
    write_text(out, " ALL)\n    local -a commands=(\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!is_shown(&command_table[i])) continue;
        write_format(out, "        '%s:", command_table[i].name);
        write_quoted(command_table[i].help, true, out);
        write_text(out, "'\n");
    }
    write_text(out, "    )\n    local command=${words[2]}\n"
                    "    if [[ $CURRENT -eq 2 && $PREFIX != -* ]]; then\n"
                    "        _describe command commands\n        _files\n        return\n    fi\n"
                    "    if (( $commands[(I)$command:*] )); then\n"
                    "        shift words\n        (( CURRENT -= 1 ))\n    fi\n"
                    "    case $command in\n");
    for (int c = COMMAND_COUNT - 1; c >= 0; c--)
        if (is_shown(&command_table[c])) zsh_command(c, out);
    write_text(out, "    esac\n}\nif [[ ${funcstack[1]} == _eagerly ]]; then\n"
                    "    _eagerly \"$@\"\nelse\n    compdef _eagerly eagerly\nfi\n");
}

/* ---- fish: each option says of which commands it is */

/* Those that have it, or of an option of check those that have it not: check may be left out. */
static void fish_condition(const Option *row, Writer *out) {
    bool unless = option_serves(row, OF_CHECK), any = false;
    for (int c = 0; c < COMMAND_COUNT; c++) {
        if (!is_shown(&command_table[c]) || option_serves(row, 1 << c) == unless) continue;
        if (!any)
            write_format(out, " -n '%s__fish_seen_subcommand_from", unless ? "not " : "");
        any = true;
        write_format(out, " %s", command_table[c].name);
    }
    if (any) write_text(out, "'");
}

static void fish_option(const Option *row, Writer *out) {
    write_format(out, "complete -c eagerly -l %s", row->name + 2);
    if (row->letter) write_format(out, " -s %c", row->letter);
    fish_condition(row, out);
    if (row->value) write_text(out, takes_file(row) ? " -r" : " -x");
    if (takes_choice(row) || takes_rules(row)) {
        write_text(out, row->kind == OPTION_LIST ? " -a '(__fish_append , " : " -a '");
        write_choices(row, out);
        write_text(out, row->kind == OPTION_LIST ? ")'" : "'");
    }
    write_text(out, " -d '");
    write_quoted(row->help, false, out);
    write_text(out, "'\n");
}

static void fish_command(int command, Writer *out) {
    const char *name = command_table[command].name;
    write_format(out, "complete -c eagerly -n __fish_use_subcommand -a %s -d '", name);
    write_quoted(command_table[command].help, false, out);
    write_text(out, "'\n");
    if (command_takes_files(command)) return;
    write_format(out, "complete -c eagerly -n '__fish_seen_subcommand_from %s' -f -a '", name);
    write_words(command, out);
    write_text(out, "'\n");
}

static void complete_fish(Writer *out) {
    write_text(out, "# fish completion of eagerly\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (is_shown(&command_table[i])) fish_command(i, out);
    for (uint32_t i = 0; i < option_count; i++) fish_option(&option_table[i], out);
}

bool options_completions(const char *shell, Writer *out) {
    static const struct { const char *name; void (*write)(Writer *); } shells[] = {
        {"bash", complete_bash}, {"zsh", complete_zsh}, {"fish", complete_fish},
    };
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(shells[i].name, shell)) continue;
        shells[i].write(out);
        return true;
    }
    return false;
}
