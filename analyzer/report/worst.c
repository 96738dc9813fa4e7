/* The order in which findings are told where only a few can be: one for all such formats. */
#include "report/words.h"

#include <stdlib.h>

static int worst_first(const void *a, const void *b) {
    const Finding *left = *(const Finding *const *)a, *right = *(const Finding *const *)b;
    if (left->severity != right->severity) return left->severity > right->severity ? -1 : 1;
    size_t costs = strlen(left->estimate), other = strlen(right->estimate);
    if (costs != other) return costs > other ? -1 : 1;
    return left < right ? -1 : left > right;
}

const Finding **findings_worst(const Findings *findings) {
    uint32_t count = findings->items.count;
    const Finding **worst = memory_alloc(sizeof *worst * (count + 1));
    for (uint32_t i = 0; i < count; i++) worst[i] = &findings->items.items[i];
    if (count) qsort(worst, count, sizeof *worst, worst_first);
    return worst;
}
