/* Severities that the user gives rules, and the models the user tells of. */
#include "cli/options.h"

#include <string.h>

static int severity_named(const char *text) {
    static const char *const words[] = {"info", "warning", "error"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(words[i], text)) return i;
    return -1;
}

const char *severity_mistake(Arena *arena, const char *rule, const char *severity) {
    if (severity_named(severity) < 0)
        return arena_format(arena, "a severity is info, warning or error, not '%s'", severity);
    return selection_mistake(arena, &(Selection){.select = &rule, .select_count = 1});
}

/* The one that means the rule most exactly counts, and of those the last; -1: none. */
static int severity_of(const Pairs *pairs, const RuleEntry *entry) {
    int most = -1, severity = -1;
    for (uint32_t i = 0; i < pairs->count; i++) {
        int weight = selector_weight(pairs->items[i].key, entry);
        if (weight < 0 || weight < most) continue;
        most = weight;
        severity = severity_named(pairs->items[i].value);
    }
    return severity;
}

void options_severities(const Options *options, Findings *findings) {
    for (uint32_t i = 0; options->severities.count && i < findings->items.count; i++) {
        int severity = severity_of(&options->severities, findings->items.items[i].rule);
        if (severity >= 0) findings->items.items[i].severity = (Severity)severity;
    }
}

const char *options_models(Options *options) {
    const char *mistake = NULL;
    for (uint32_t i = 0; i < options->model_files.count && !mistake; i++)
        mistake = config_models(options->arena, options->model_files.items[i], &options->models);
    return mistake;
}
