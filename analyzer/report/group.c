/* Findings put together by what they share: a file, a rule, or the queryset whose edit mends them
 * all. Within a group they keep the order of the report. */
#include "report/words.h"

#include <stdlib.h>

static int number_order(uint32_t a, uint32_t b) {
    return (a > b) - (a < b);
}

/* Findings without a queryset come last. */
static int queryset_order(const Place *a, const Place *b) {
    if (!a->path || !b->path) return (a->path == NULL) - (b->path == NULL);
    int order = strcmp(a->path, b->path);
    if (!order) order = number_order(a->line, b->line);
    return order ? order : number_order(a->column, b->column);
}

int group_order(const Finding *a, const Finding *b, GroupBy by) {
    switch (by) {
    case GROUP_NONE: break;
    case GROUP_FILE: return strcmp(a->place.path, b->place.path);
    case GROUP_RULE: return strcmp(a->rule->rule->code, b->rule->rule->code);
    case GROUP_QUERYSET: return queryset_order(&a->queryset, &b->queryset);
    }
    return 0;
}

#define GROUP_COMPARE(name, by)                                                                   \
    static int name(const void *a, const void *b) {                                               \
        const Finding *left = *(const Finding *const *)a, *right = *(const Finding *const *)b;    \
        int order = group_order(left, right, by);                                                 \
        return order ? order : (left > right) - (left < right);                                   \
    }

GROUP_COMPARE(file_compare, GROUP_FILE)
GROUP_COMPARE(rule_compare, GROUP_RULE)
GROUP_COMPARE(queryset_compare, GROUP_QUERYSET)

const Finding **findings_grouped(const Findings *findings, GroupBy by) {
    static int (*const compare[])(const void *, const void *) = {
        [GROUP_FILE] = file_compare, [GROUP_RULE] = rule_compare,
        [GROUP_QUERYSET] = queryset_compare,
    };
    uint32_t count = findings->items.count;
    const Finding **list = memory_alloc(sizeof *list * (count + 1));
    for (uint32_t i = 0; i < count; i++) list[i] = &findings->items.items[i];
    if (count && by != GROUP_NONE) qsort(list, count, sizeof *list, compare[by]);
    return list;
}
