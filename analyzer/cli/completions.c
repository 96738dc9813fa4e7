/* What three shells complete eagerly's command line by. Words of the table are made of letters,
 * digits and hyphens; help texts are quoted for the shell at hand. */
#include "cli/option.h"

#include <string.h>

static bool is_shown(const CommandEntry *command) {
    return !command->hidden;
}

/* Words of a|b|c, parted by blanks; nothing for a value that is no choice. */
static void write_choices(const char *value, Writer *out) {
    if (!value || !strchr(value, '|')) return;
    for (; *value; value++) write_bytes(out, *value == '|' ? " " : value, 1);
}

/* In single quotes; `colon`: zsh parts its items by colons and brackets. */
static void write_quoted(const char *text, bool zsh, Writer *out) {
    for (; *text; text++) {
        if (*text == '\'') write_text(out, zsh ? "'\\''" : "\\'");
        else if (*text == '\\') write_text(out, "\\\\");
        else if (zsh && strchr(":[]", *text)) write_format(out, "\\%c", *text);
        else write_bytes(out, text, 1);
    }
}

static void bash_values(Writer *out) {
    write_text(out, "    case $previous in\n");
    for (uint32_t i = 0; i < option_count; i++) {
        const Option *row = &option_table[i];
        if (!row->value || !strchr(row->value, '|')) continue;
        write_format(out, "    %s) COMPREPLY=($(compgen -W '", row->name);
        write_choices(row->value, out);
        write_text(out, "' -- \"$word\")); return ;;\n");
    }
    write_text(out, "    completions) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")); "
                    "return ;;\n    esac\n");
}

static void bash_options(Writer *out) {
    write_text(out, "    local options\n    case $command in\n");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        if (!is_shown(&command_table[c])) continue;
        write_format(out, "    %s%s) options='", command_table[c].name, c ? "" : "|''");
        for (uint32_t i = 0; i < option_count; i++)
            if (option_serves(&option_table[i], 1 << c))
                write_format(out, "%s ", option_table[i].name);
        write_text(out, "' ;;\n");
    }
    write_text(out, "    esac\n");
}

static void write_commands(Writer *out) {
    const char *between = "";
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!is_shown(&command_table[i])) continue;
        write_format(out, "%s%s", between, command_table[i].name);
        between = " ";
    }
}

static void complete_bash(Writer *out) {
    write_text(out, "# bash completion of eagerly: source it, or put it into "
                    "share/bash-completion/completions/eagerly\n"
                    "_eagerly() {\n"
                    "    local word=${COMP_WORDS[COMP_CWORD]}"
                    " previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "    local command= known=' ");
    write_commands(out);
    write_text(out, " ' each\n"
                    "    if [[ $word == '=' ]]; then word=; fi\n"
                    "    if [[ $previous == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                    "    for each in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                    "        if [[ $known == *\" $each \"* ]]; then command=$each; break; fi\n"
                    "    done\n");
    bash_values(out);
    bash_options(out);
    write_text(out, "    if [[ $word == -* ]]; then\n"
                    "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                    "    elif [[ -z $command && $COMP_CWORD -eq 1 ]]; then\n"
                    "        COMPREPLY=($(compgen -W \"$known\" -- \"$word\") "
                    "$(compgen -f -- \"$word\"))\n"
                    "    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
                    "complete -o filenames -F _eagerly eagerly\n");
}

static void zsh_option(const Option *row, Writer *out) {
    write_format(out, "            '%s%s[", row->name, row->value ? "=" : "");
    write_quoted(row->help, true, out);
    write_text(out, "]");
    if (row->value && strchr(row->value, '|')) {
        write_text(out, ":value:(");
        write_choices(row->value, out);
        write_text(out, ")");
    } else if (row->value) {
        write_text(out, ":");
        write_quoted(row->value, true, out);
        write_text(out, row->kind == OPTION_TEXT || row->kind == OPTION_TEXTS ? ":_files" : ":");
    }
    write_text(out, "' \\\n");
}

static void complete_zsh(Writer *out) {
    write_text(out, "#compdef eagerly\n_eagerly() {\n    local -a commands=(\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!is_shown(&command_table[i])) continue;
        write_format(out, "        '%s:", command_table[i].name);
        write_quoted(command_table[i].help, true, out);
        write_text(out, "'\n");
    }
    write_text(out, "    )\n    local command=${words[2]}\n"
                    "    if (( CURRENT == 2 )); then\n"
                    "        _describe command commands\n        _files\n        return\n    fi\n"
                    "    case $command in\n");
    for (int c = COMMAND_COUNT - 1; c >= 0; c--) {
        if (!is_shown(&command_table[c])) continue;
        write_format(out, "    %s)\n        _arguments \\\n", c ? command_table[c].name : "*");
        for (uint32_t i = 0; i < option_count; i++)
            if (option_serves(&option_table[i], 1 << c)) zsh_option(&option_table[i], out);
        write_format(out, "            '*:%s' ;;\n",
                     c == COMMAND_COMPLETIONS ? "shell:(bash zsh fish)" : "path:_files");
    }
    write_text(out, "    esac\n}\nif [[ ${funcstack[1]} == _eagerly ]]; then\n"
                    "    _eagerly \"$@\"\nelse\n    compdef _eagerly eagerly\nfi\n");
}

static void fish_option(const Option *row, Writer *out) {
    write_format(out, "complete -c eagerly -l %s", row->name + 2);
    if (row->letter) write_format(out, " -s %c", row->letter);
    if (row->commands != OF_ANY && !(row->commands & OF_CHECK)) {
        write_text(out, " -n '__fish_seen_subcommand_from");
        for (int c = 0; c < COMMAND_COUNT; c++)
            if (row->commands & 1 << c) write_format(out, " %s", command_table[c].name);
        write_text(out, "'");
    }
    if (row->value) write_text(out, " -r");
    if (row->value && strchr(row->value, '|')) {
        write_text(out, " -f -a '");
        write_choices(row->value, out);
        write_text(out, "'");
    }
    write_text(out, " -d '");
    write_quoted(row->help, false, out);
    write_text(out, "'\n");
}

static void complete_fish(Writer *out) {
    write_text(out, "# fish completion of eagerly\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!is_shown(&command_table[i])) continue;
        write_format(out, "complete -c eagerly -n __fish_use_subcommand -a %s -d '",
                     command_table[i].name);
        write_quoted(command_table[i].help, false, out);
        write_text(out, "'\n");
    }
    write_text(out, "complete -c eagerly -n '__fish_seen_subcommand_from completions' -f "
                    "-a 'bash zsh fish'\n");
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
