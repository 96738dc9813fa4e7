/* A selector is "ALL", a code, a name, or the beginning of codes ("EAG1"). When a rule is both
 * selected and ignored the more exact selector decides, and of equals ignoring. */
#include "base/suggest.h"
#include "report/words.h"
#include "source/file.h"
#include "source/ignore.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    EXACT = 1000, /* more exact than any prefix */
    SELECTOR_MOST = 128,
};

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

int selector_weight(const char *selector, const RuleEntry *entry) {
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

bool selector_means(const char *selector, const RuleEntry *entry) {
    return selector_weight(selector, entry) >= 0;
}

bool selection_has(const Selection *selection, const RuleEntry *entry) {
    int wanted = list_weight(selection->select, selection->select_count, entry);
    if (!selection->select_count && entry->rule->on) wanted = 0;
    int further = list_weight(selection->extend, selection->extend_count, entry);
    if (further > wanted) wanted = further;
    return wanted > list_weight(selection->ignore, selection->ignore_count, entry);
}

/* A glob without a slash means any folder or file of that name. */
static bool glob_matches(const char *glob, const char *path) {
    bool anywhere = !strchr(glob, '/');
    char part[PATH_MAX];
    const char *start = path;
    for (const char *end = path; *end; start = end + 1) {
        end = start + strcspn(start, "/");
        const char *from = anywhere ? start : path;
        size_t length = (size_t)(end - from);
        if (length >= sizeof part) return false;
        memcpy(part, from, length);
        part[length] = '\0';
        if (length && ignore_glob(glob, part)) return true;
    }
    return false;
}

/* The next selector of a list, as a copy; NULL: no more. */
static char *selector_next(const char **at, char *copy, size_t room) {
    *at += strspn(*at, ", ");
    size_t length = strcspn(*at, ", ");
    if (!length) return NULL;
    size_t kept = length < room ? length : room - 1;
    memcpy(copy, *at, kept);
    copy[kept] = '\0';
    *at += length;
    return copy;
}

/* The file's path from the folder that the globs start at, or as it is shown. `real` has room for
 * a path. */
static const char *path_for_globs(const Selection *selection, const Place *place, char *real) {
    const char *folder = selection->per_file_folder;
    const char *below = folder && realpath(place->opened, real) ? path_below(real, folder) : NULL;
    return below ? below : place->path;
}

static bool per_file_ignores(const Selection *selection, const Finding *finding) {
    char selector[SELECTOR_MOST], real[PATH_MAX];
    if (!selection->per_file_count) return false;
    const char *path = path_for_globs(selection, &finding->place, real);
    for (uint32_t i = 0; i < selection->per_file_count; i++) {
        const char *at = selection->per_file[i].selectors;
        if (!glob_matches(selection->per_file[i].glob, path)) continue;
        while (selector_next(&at, selector, sizeof selector))
            if (selector_means(selector, finding->rule)) return true;
    }
    return false;
}

bool selection_wants(const Selection *selection, const Finding *finding) {
    if (finding->confidence < selection->min_confidence) return false;
    if (!selection_has(selection, finding->rule)) return false;
    bool surface = !selection->surface_count;
    for (uint32_t i = 0; i < selection->surface_count && !surface; i++)
        surface = !strcasecmp(selection->surfaces[i], surface_word(finding->surface));
    return surface && !per_file_ignores(selection, finding);
}

const char *selector_mistake(Arena *arena, const char *selector) {
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

static const char *per_file_mistake(Arena *arena, const PerFile *of) {
    char selector[SELECTOR_MOST];
    const char *at = of->selectors, *mistake = NULL;
    if (!*of->glob || !at[strspn(at, ", ")])
        return arena_format(arena, "per-file-ignores takes GLOB:RULES, not '%s:%s'", of->glob, at);
    while (!mistake && selector_next(&at, selector, sizeof selector))
        mistake = selector_mistake(arena, selector);
    return mistake;
}

const char *selection_mistake(Arena *arena, const Selection *selection) {
    const char *mistake = NULL;
    for (uint32_t i = 0; i < selection->select_count && !mistake; i++)
        mistake = selector_mistake(arena, selection->select[i]);
    for (uint32_t i = 0; i < selection->ignore_count && !mistake; i++)
        mistake = selector_mistake(arena, selection->ignore[i]);
    for (uint32_t i = 0; i < selection->extend_count && !mistake; i++)
        mistake = selector_mistake(arena, selection->extend[i]);
    for (uint32_t i = 0; i < selection->per_file_count && !mistake; i++)
        mistake = per_file_mistake(arena, &selection->per_file[i]);
    return mistake;
}
