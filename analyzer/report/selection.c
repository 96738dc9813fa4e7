/* A selector is "ALL", a code, a name, or the beginning of codes ("EAG1"). When a rule is both
 * selected and ignored the more exact selector decides, and of equals ignoring. */
#include "report/selection.h"
#include "base/suggest.h"

#include <string.h>
#include <strings.h>

enum { EXACT = 1000 }; /* more exact than any prefix */

static bool same_name(const char *name, const char *given) {
    for (; *name && *given; name++, given++) {
        bool dash = *name == '-' && *given == '_';
        if (!dash && strncasecmp(name, given, 1)) return false;
    }
    return *name == *given;
}

const RuleEntry *rule_named(const char *code_or_name) {
    for (uint32_t i = 0; i < rule_count; i++)
        if (!strcasecmp(rules[i].rule->code, code_or_name)
            || same_name(rules[i].name, code_or_name))
            return &rules[i];
    return NULL;
}

/* How exactly a selector means a rule; -1: not at all. */
static int selector_weight(const char *selector, const RuleEntry *entry) {
    size_t length = strlen(selector);
    if (!strcasecmp(selector, "ALL")) return 0;
    if (!strcasecmp(selector, entry->rule->code) || same_name(entry->name, selector)) return EXACT;
    bool prefix = length && length < EXACT && !strncasecmp(selector, entry->rule->code, length);
    return prefix ? (int)length : -1;
}

static int list_weight(const char *const *list, uint32_t count, const RuleEntry *entry) {
    int most = -1;
    for (uint32_t i = 0; i < count; i++) {
        int weight = selector_weight(list[i], entry);
        if (weight > most) most = weight;
    }
    return most;
}

bool selection_has(const Selection *selection, const RuleEntry *entry) {
    int wanted = list_weight(selection->select, selection->select_count, entry);
    if (!selection->select_count && entry->rule->on) wanted = 0;
    return wanted > list_weight(selection->ignore, selection->ignore_count, entry);
}

static const char *selector_mistake(Arena *arena, const char *selector) {
    const char *best = NULL;
    for (uint32_t i = 0; i < rule_count; i++)
        if (selector_weight(selector, &rules[i]) >= 0) return NULL;
    for (uint32_t i = 0; i < rule_count; i++) {
        suggest_consider(selector, rules[i].rule->code, &best);
        suggest_consider(selector, rules[i].name, &best);
    }
    return best ? arena_format(arena, "no rule is called '%s'; did you mean '%s'?", selector, best)
                : arena_format(arena, "no rule is called '%s'; see 'eagerly rules'", selector);
}

const char *selection_mistake(Arena *arena, const Selection *selection) {
    const char *mistake = NULL;
    for (uint32_t i = 0; i < selection->select_count && !mistake; i++)
        mistake = selector_mistake(arena, selection->select[i]);
    for (uint32_t i = 0; i < selection->ignore_count && !mistake; i++)
        mistake = selector_mistake(arena, selection->ignore[i]);
    return mistake;
}
