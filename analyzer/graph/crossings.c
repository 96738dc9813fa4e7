/* The order within layers: each spot moves to the mean of where its lines end in the layer before
 * (then behind), sweep after sweep; the order with the fewest crossings is kept. */
#include "graph/layout.h"

#include <stdlib.h>
#include <string.h>

enum { SWEEPS = 24, PORTS = 1 << 12 };

typedef struct Wish { double at; uint32_t spot, place; } Wish;

typedef struct Ordering {
    Sheet *sheet;
    Wish *wishes;              /* of one layer */
    double *sums;              /* by spot */
    uint32_t *counts;
    uint64_t *keys, *spare;    /* of the lines */
    uint32_t *best;            /* the best order so far */
} Ordering;

static double fraction(const Spot *spot, int port) {
    return spot->height ? (double)port / (spot->height + 1) : 0.5;
}

static int wish_order(const void *left, const void *right) {
    const Wish *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void sort_layer(Ordering *ordering, uint32_t layer) {
    Sheet *sheet = ordering->sheet;
    uint32_t first = sheet->starts[layer], count = sheet->starts[layer + 1] - first;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t spot = sheet->order[first + i], lines = ordering->counts[spot];
        ordering->wishes[i] = (Wish){lines ? ordering->sums[spot] / lines : i + 0.5, spot, i};
    }
    qsort(ordering->wishes, count, sizeof(Wish), wish_order);
    for (uint32_t i = 0; i < count; i++) {
        sheet->order[first + i] = ordering->wishes[i].spot;
        sheet->spots.items[ordering->wishes[i].spot].place = i;
    }
}

static void sweep(Ordering *ordering, const uint32_t *lines_of, bool rightwards) {
    Sheet *sheet = ordering->sheet;
    for (uint32_t step = 1; step < sheet->layers; step++) {
        uint32_t layer = rightwards ? step : sheet->layers - 1 - step;
        uint32_t gap = rightwards ? layer - 1 : layer;
        for (uint32_t i = sheet->starts[layer]; i < sheet->starts[layer + 1]; i++) {
            ordering->sums[sheet->order[i]] = 0;
            ordering->counts[sheet->order[i]] = 0;
        }
        for (uint32_t i = lines_of[gap]; i < lines_of[gap + 1]; i++) {
            const Line *line = &sheet->lines.items[i];
            uint32_t moved = rightwards ? line->right : line->left;
            uint32_t fixed = rightwards ? line->left : line->right;
            const Spot *spot = &sheet->spots.items[fixed];
            int port = rightwards ? line->left_port : line->right_port;
            ordering->sums[moved] += spot->place + fraction(spot, port);
            ordering->counts[moved]++;
        }
        sort_layer(ordering, layer);
    }
}

static int key_order(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Sorts by the lower half and counts the pairs that stood the other way round. */
static uint64_t count_inversions(uint64_t *keys, uint64_t *spare, uint32_t count) {
    if (count < 2) return 0;
    uint32_t half = count / 2, a = 0, b = half, at = 0;
    uint64_t found = count_inversions(keys, spare, half)
                     + count_inversions(keys + half, spare, count - half);
    while (a < half && b < count) {
        bool other = (uint32_t)keys[b] < (uint32_t)keys[a];
        if (other) found += half - a;
        spare[at++] = other ? keys[b++] : keys[a++];
    }
    while (a < half) spare[at++] = keys[a++];
    while (b < count) spare[at++] = keys[b++];
    memcpy(keys, spare, count * sizeof *keys);
    return found;
}

static uint32_t end_key(const Spot *spot, int port) {
    return spot->place * PORTS + (uint32_t)(port < PORTS ? port : PORTS - 1);
}

static uint64_t count_crossings(Ordering *ordering, const uint32_t *lines_of) {
    const Sheet *sheet = ordering->sheet;
    uint64_t found = 0;
    for (uint32_t gap = 0; gap + 1 < sheet->layers; gap++) {
        uint32_t count = lines_of[gap + 1] - lines_of[gap];
        for (uint32_t i = 0; i < count; i++) {
            const Line *line = &sheet->lines.items[lines_of[gap] + i];
            ordering->keys[i] =
                (uint64_t)end_key(&sheet->spots.items[line->left], line->left_port) << 32
                | end_key(&sheet->spots.items[line->right], line->right_port);
        }
        qsort(ordering->keys, count, sizeof *ordering->keys, key_order);
        found += count_inversions(ordering->keys, ordering->spare, count);
    }
    return found;
}

static void keep_order(Ordering *ordering) {
    memcpy(ordering->best, ordering->sheet->order,
           sizeof *ordering->best * ordering->sheet->spots.count);
}

static void take_best(Ordering *ordering) {
    Sheet *sheet = ordering->sheet;
    memcpy(sheet->order, ordering->best, sizeof *ordering->best * sheet->spots.count);
    for (uint32_t layer = 0; layer < sheet->layers; layer++)
        for (uint32_t i = sheet->starts[layer]; i < sheet->starts[layer + 1]; i++)
            sheet->spots.items[sheet->order[i]].place = i - sheet->starts[layer];
}

void sheet_order(Sheet *sheet, Arena *arena) {
    uint32_t spots = sheet->spots.count, lines = sheet->lines.count;
    Ordering ordering = {
        .sheet = sheet,
        .wishes = arena_many(arena, Wish, spots + 1u),
        .sums = arena_many(arena, double, spots + 1u),
        .counts = arena_many(arena, uint32_t, spots + 1u),
        .keys = arena_many(arena, uint64_t, lines + 1u),
        .spare = arena_many(arena, uint64_t, lines + 1u),
        .best = arena_many(arena, uint32_t, spots + 1u),
    };
    const uint32_t *lines_of = sheet->gaps;
    uint64_t fewest = count_crossings(&ordering, lines_of);
    keep_order(&ordering);
    for (int i = 0; i < SWEEPS && fewest; i++) {
        sweep(&ordering, lines_of, i % 2 == 1);
        uint64_t found = count_crossings(&ordering, lines_of);
        if (found >= fewest) continue;
        fewest = found;
        keep_order(&ordering);
    }
    take_best(&ordering);
}
