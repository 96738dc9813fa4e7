/* Rules document themselves: what is printed here comes from rules/. */
#include "cli/commands.h"
#include "grammar/python.h"
#include "report/version.h"

#include <stdlib.h>
#include <string.h>

static const char *severity_name(Severity severity) {
    return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_INFO ? "info" : "warning";
}

static const char *rule_unknown(Arena *arena, const char *word) {
    Selection one = {.select = &word, .select_count = 1};
    const char *mistake = selection_mistake(arena, &one);
    return mistake ? mistake : arena_format(arena, "'%s' means several rules; name one", word);
}

static void explain_rule(const RuleEntry *entry, Writer *out) {
    const Rule *rule = entry->rule;
    write_format(out, "%s %s (%s, %s by default, since %s)\n\n", rule->code, entry->name,
                 severity_name(rule->severity), rule->on ? "on" : "off", rule->since);
    write_text(out, entry->documentation);
    size_t length = strlen(entry->documentation);
    if (!length || entry->documentation[length - 1] != '\n') write_text(out, "\n");
}

bool command_explain(const Options *options, Writer *out, const char **mistake) {
    for (uint32_t i = 0; i < options->words.count; i++) {
        const RuleEntry *entry = rule_named(options->words.items[i]);
        if (!entry) {
            *mistake = rule_unknown(options->arena, options->words.items[i]);
            return false;
        }
        if (i) write_text(out, "\n");
        explain_rule(entry, out);
    }
    return true;
}

static int entry_order(const void *left, const void *right) {
    const RuleEntry *const *a = left, *const *b = right;
    return strcmp((*a)->rule->code, (*b)->rule->code);
}

static void rule_row(const RuleEntry *entry, bool markdown, Writer *out) {
    const Rule *rule = entry->rule;
    int sentence = (int)strcspn(entry->documentation, "\n");
    write_format(out,
                 markdown ? "| %s | %s | %s | %s | %.*s |\n" : "%s  %-24s  %-3s  %-7s  %.*s\n",
                 rule->code, entry->name, rule->on ? "on" : "off", severity_name(rule->severity),
                 sentence, entry->documentation);
}

void command_rules(const Options *options, Writer *out) {
    bool markdown = options->rules_format == RULES_MARKDOWN;
    const RuleEntry **sorted = memory_alloc(sizeof *sorted * (rule_count + 1u));
    for (uint32_t i = 0; i < rule_count; i++) sorted[i] = &rules[i];
    qsort(sorted, rule_count, sizeof *sorted, entry_order);
    if (markdown)
        write_text(out, "| code | name | default | severity | what it finds |\n"
                        "|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < rule_count; i++) rule_row(sorted[i], markdown, out);
    free(sorted);
}

void command_version(Writer *out) {
    write_format(out, "eagerly %s\ntree-sitter %s\nPython grammar ABI %u\n", EAGERLY_VERSION,
                 TREE_SITTER_VERSION, python_abi());
}
