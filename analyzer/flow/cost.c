/* What an evaluation asks besides its own query: one more for each prefetch, at any depth. Plans
 * share what is below them, so the walk is bounded by a number of loads, not by depth alone. */
#include "flow/evaluate.h"

enum { WALKED_LOADS = 1000, QUERIES_MOST = 255 };

static void count_prefetches(const Plan *plan, uint32_t depth, uint32_t *walked, uint32_t *count) {
    if (plan->rows == ROWS_VALUES || depth > PLAN_DEPTH) return;
    for (uint32_t i = 0; i < plan->load_count && *walked < WALKED_LOADS; i++) {
        const Load *load = &plan->loads[i];
        if (load->how == LOAD_KNOWN || load->cover != COVER_FULL) continue;
        ++*walked;
        if (load->how == LOAD_PREFETCH) ++*count;
        count_prefetches(load->below, depth + 1, walked, count);
    }
}

uint8_t plan_queries(const Plan *plan) {
    uint32_t walked = 0, count = 1;
    count_prefetches(plan, 0, &walked, &count);
    return (uint8_t)(count < QUERIES_MOST ? count : QUERIES_MOST);
}
