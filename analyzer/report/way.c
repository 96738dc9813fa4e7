/* A call is in the same function as the loop if it is made from there: the loop stands behind it.
 * Functions are told apart by file and qualified name, which is as much as findings know. */
#include "report/way.h"

#include <string.h>

enum { OUTSIDE_MOST = 2 };   /* as many calls outside are shown before they are cut to one */

static bool same_function(const Place *a, const Place *b) {
    return !strcmp(a->path, b->path) && !strcmp(a->function, b->function);
}

/* How many calls lead from the function of `place` to the touch. The touch's own function: 0; one
 * that is not on the way: `unknown`. */
static uint32_t calls_inside(const Finding *finding, const Place *place, uint32_t unknown) {
    if (!place->path) return unknown;
    if (same_function(&finding->place, place)) return 0;
    for (uint32_t i = 0; i < finding->chain_count; i++)
        if (same_function(&finding->chain[i], place)) return i + 1;
    return unknown;
}

Step *way_make(const Finding *finding, bool whole, uint32_t *count) {
    uint32_t calls = finding->chain_count, used = 0;
    uint32_t loop = calls_inside(finding, &finding->loop, calls);
    uint32_t inside = calls_inside(finding, &finding->queryset, calls);
    if (finding->loop.path && loop > inside) inside = loop;
    uint32_t cut = !whole && calls > inside + OUTSIDE_MOST ? calls - inside - 1 : 0;
    Step *steps = memory_alloc(sizeof *steps * (calls + 3u));
    steps[used++] = (Step){"touch", &finding->place, 0};
    for (uint32_t i = 0; i <= calls; i++) {
        if (i == loop && finding->loop.path) steps[used++] = (Step){"loop", &finding->loop, 0};
        if (i == calls) break;
        bool outermost = i + 1 == calls;
        if (cut && i >= inside && !outermost) continue;
        steps[used++] = (Step){"call", &finding->chain[i], outermost ? cut : 0};
    }
    if (finding->queryset.path) steps[used++] = (Step){"queryset", &finding->queryset, 0};
    *count = used;
    return steps;
}
