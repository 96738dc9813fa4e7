/* What findings under one heading share: a file, a rule, or the queryset whose edit mends them
 * all. */
#include "report/words.h"

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
    case GROUP_NONE:
    case GROUP_ACCESS: break;
    case GROUP_FILE: return strcmp(a->place.path, b->place.path);
    case GROUP_RULE: return strcmp(a->rule->rule->code, b->rule->rule->code);
    case GROUP_QUERYSET: return queryset_order(&a->queryset, &b->queryset);
    }
    return 0;
}
