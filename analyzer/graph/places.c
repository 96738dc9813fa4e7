/* From orders to pixels. Each layer in turn is put where the ends of its lines want it: the wishes
 * that keep the order and the distances, and are nearest to what is wished, come from averaging
 * neighbours that would overlap. Passages pull hardest, so long relations run straight. */
#include "graph/layout.h"

#include <stdlib.h>

enum { ROUNDS = 16, GAP = 16, GAP_PASSAGE = 9, BETWEEN = 44, PER_LINE = 3, LINES_MOST = 24 };

typedef struct Block { double at, weight; uint32_t count; } Block; /* spots that touch */

typedef struct Pull { double sum, weight; } Pull;

static int gap_between(const Spot *above, const Spot *below) {
    return above->passage || below->passage ? GAP_PASSAGE : GAP;
}

static double line_weight(const Spot *left, const Spot *right) {
    return left->passage && right->passage ? 8 : left->passage || right->passage ? 3 : 1;
}

static void pull(Sheet *sheet, Pull *pulls, const Line *line, bool right_moves) {
    const Spot *left = &sheet->spots.items[line->left];
    const Spot *right = &sheet->spots.items[line->right];
    double weight = line_weight(left, right);
    Pull *of = &pulls[right_moves ? line->right : line->left];
    of->sum += weight * (right_moves ? left->y + line->left_port - line->right_port
                                     : right->y + line->right_port - line->left_port);
    of->weight += weight;
}

/* What the lines want of a layer; `sides`: 1 those before it count, 2 those behind, 3 both. */
static void gather(Sheet *sheet, uint32_t layer, Pull *pulls, int sides) {
    for (uint32_t i = sheet->starts[layer]; i < sheet->starts[layer + 1]; i++)
        pulls[sheet->order[i]] = (Pull){0, 0};
    for (uint32_t i = layer ? sheet->gaps[layer - 1] : 0; i < sheet->gaps[layer] && sides & 1; i++)
        pull(sheet, pulls, &sheet->lines.items[i], true);
    for (uint32_t i = sheet->gaps[layer]; i < sheet->gaps[layer + 1] && sides & 2; i++)
        pull(sheet, pulls, &sheet->lines.items[i], false);
}

static void settle_layer(Sheet *sheet, uint32_t layer, const Pull *pulls, Block *blocks) {
    uint32_t first = sheet->starts[layer], end = sheet->starts[layer + 1], used = 0;
    double offset = 0;
    for (uint32_t i = first; i < end; i++) {
        const Spot *spot = &sheet->spots.items[sheet->order[i]];
        const Pull *pull = &pulls[sheet->order[i]];
        double weight = pull->weight > 0 ? pull->weight : 0.25;
        double wish = pull->weight > 0 ? pull->sum / pull->weight : spot->y;
        blocks[used++] = (Block){wish - offset, weight, 1};
        while (used > 1 && blocks[used - 2].at > blocks[used - 1].at) {
            Block *into = &blocks[used - 2], *from = &blocks[used - 1];
            into->at = (into->at * into->weight + from->at * from->weight)
                       / (into->weight + from->weight);
            into->weight += from->weight;
            into->count += from->count;
            used--;
        }
        if (i + 1 < end)
            offset += spot->height
                      + gap_between(spot, &sheet->spots.items[sheet->order[i + 1]]);
    }
    offset = 0;
    for (uint32_t block = 0, i = first; block < used; block++)
        for (uint32_t k = 0; k < blocks[block].count; k++, i++) {
            Spot *spot = &sheet->spots.items[sheet->order[i]];
            spot->y = blocks[block].at + offset;
            if (i + 1 < end)
                offset += spot->height
                          + gap_between(spot, &sheet->spots.items[sheet->order[i + 1]]);
        }
}

static void place_down(Sheet *sheet, Arena *arena) {
    Pull *pulls = arena_many(arena, Pull, sheet->spots.count + 1u);
    Block *blocks = arena_many(arena, Block, sheet->spots.count + 1u);
    for (uint32_t layer = 0; layer < sheet->layers; layer++)
        settle_layer(sheet, layer, pulls, blocks);
    for (int round = 0; round < ROUNDS; round++) {
        bool rightwards = round % 2 == 0;
        int sides = round >= ROUNDS / 2 ? 3 : rightwards ? 1 : 2;
        for (uint32_t step = 0; step < sheet->layers; step++) {
            uint32_t layer = rightwards ? step : sheet->layers - 1 - step;
            gather(sheet, layer, pulls, sides);
            settle_layer(sheet, layer, pulls, blocks);
        }
    }
}

static void place_across(Sheet *sheet, Arena *arena) {
    uint32_t *lines = arena_many(arena, uint32_t, sheet->layers + 1u);
    for (uint32_t i = 0; i < sheet->lines.count; i++)
        lines[sheet->spots.items[sheet->lines.items[i].left].layer]++;
    int x = 0;
    for (uint32_t layer = 0; layer < sheet->layers; layer++) {
        for (uint32_t i = sheet->starts[layer]; i < sheet->starts[layer + 1]; i++) {
            Spot *spot = &sheet->spots.items[sheet->order[i]];
            spot->x = x;
            if (spot->passage) spot->width = sheet->widths[layer];
        }
        uint32_t more = lines[layer] < LINES_MOST ? lines[layer] : LINES_MOST;
        x += sheet->widths[layer] + BETWEEN + PER_LINE * (int)more;
        sheet->width = x;
    }
}

void sheet_place(Sheet *sheet, Arena *arena) {
    double top = 0, bottom = 0;
    place_down(sheet, arena);
    place_across(sheet, arena);
    for (uint32_t i = 0; i < sheet->spots.count; i++) {
        const Spot *spot = &sheet->spots.items[i];
        if (!i || spot->y < top) top = spot->y;
        if (!i || spot->y + spot->height > bottom) bottom = spot->y + spot->height;
    }
    for (uint32_t i = 0; i < sheet->spots.count; i++) {
        double y = sheet->spots.items[i].y - top;
        sheet->spots.items[i].y = (double)(int)(y + 0.5);
    }
    sheet->height = (int)(bottom - top + 1);
}
