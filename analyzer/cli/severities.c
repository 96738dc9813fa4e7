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

/* The last one that names the rule counts. */
void options_severities(const Options *options, Findings *findings) {
    for (uint32_t i = 0; i < options->severities.count; i++) {
        const Pair *pair = &options->severities.items[i];
        const RuleEntry *entry = rule_named(pair->key);
        int severity = severity_named(pair->value);
        for (uint32_t k = 0; entry && severity >= 0 && k < findings->items.count; k++)
            if (findings->items.items[k].rule == entry)
                findings->items.items[k].severity = (Severity)severity;
    }
}

const char *options_models(Options *options) {
    const char *mistake = NULL;
    for (uint32_t i = 0; i < options->model_files.count && !mistake; i++)
        mistake = config_models(options->arena, options->model_files.items[i], &options->models);
    return mistake;
}
