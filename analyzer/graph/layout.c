/* Puts the sheets together: which models are drawn, what hangs together, boxes with their rows,
 * passages where relations are long; and lays the sheets beside each other. */
#include "graph/layout.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHEET_GAP = 40, HEIGHT_LEAST = 560, LETTER_TITLE = 83, LETTER_ROW = 67, /* tenths of pixels */
    PADDING = 22, KIND = 24,
};

typedef struct Builder {
    Layout *layout;
    const Graph *graph;
    Arena *arena;
    bool *drawn;                /* by node */
    uint32_t *layers;           /* by node */
    uint32_t *sheets;           /* by node: what it hangs together with goes by one number */
    uint32_t *boxes;            /* by node: its spot */
    uint32_t *passages;         /* of a sheet: by its models and layers, a spot + 1 */
} Builder;

/* ---- what is drawn */

typedef struct Weight { uint32_t node, findings, relations; } Weight;

static int weight_order(const void *left, const void *right) {
    const Weight *a = left, *b = right;
    if (a->findings != b->findings) return a->findings > b->findings ? -1 : 1;
    if (a->relations != b->relations) return a->relations > b->relations ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

/* Models with many findings go before others, then those with many relations. */
static void choose(Builder *builder) {
    const Graph *graph = builder->graph;
    Weight *weights = arena_many(builder->arena, Weight, graph->nodes.count + 1u);
    uint32_t count = graph->nodes.count, shown = 0;
    for (uint32_t i = 0; i < count; i++) weights[i].node = i;
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        const GraphEdge *edge = &graph->edges.items[i];
        weights[edge->from].findings += edge->findings;
        weights[edge->to].findings += edge->findings;
        weights[edge->from].relations++;
        weights[edge->to].relations++;
    }
    if (count) qsort(weights, count, sizeof *weights, weight_order);
    for (uint32_t i = 0; i < count; i++) {
        if (!graph->nodes.items[weights[i].node].shown) continue;
        builder->drawn[weights[i].node] = shown < MODELS_MOST;
        shown++;
    }
    builder->layout->models_cut = shown > MODELS_MOST ? shown - MODELS_MOST : 0;
}

/* Edges come in the order of the models that declare them. */
static void find_rows(Builder *builder) {
    Layout *layout = builder->layout;
    uint32_t used = 0;
    for (uint32_t i = 0; i < builder->graph->edges.count; i++) {
        const GraphEdge *edge = &builder->graph->edges.items[i];
        if (!builder->drawn[edge->from] || !builder->drawn[edge->to]) {
            layout->relations_cut++;
            continue;
        }
        if (used++ >= RELATIONS_MOST) layout->relations_cut++;
        else layout->drawn[i] = true;
    }
    for (uint32_t i = builder->graph->edges.count; i-- > 0;)
        if (layout->drawn[i]) layout->rows[builder->graph->edges.items[i].from]++;
}

/* ---- what hangs together */

static uint32_t root_of(uint32_t *parents, uint32_t node) {
    while (parents[node] != node) node = parents[node] = parents[parents[node]];
    return node;
}

static void find_sheets(Builder *builder) {
    const Graph *graph = builder->graph;
    for (uint32_t i = 0; i < graph->nodes.count; i++) builder->sheets[i] = i;
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        if (!builder->layout->drawn[i]) continue;
        uint32_t a = root_of(builder->sheets, graph->edges.items[i].from);
        uint32_t b = root_of(builder->sheets, graph->edges.items[i].to);
        builder->sheets[a > b ? a : b] = a < b ? a : b;
    }
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        builder->sheets[i] = root_of(builder->sheets, i);
}

/* ---- one sheet */

static int text_width(const char *text, const GraphEdge *edge) {
    size_t length = strlen(text);
    int letter = edge ? LETTER_ROW : LETTER_TITLE;
    if (length > LETTERS_MOST) length = LETTERS_MOST + 1;
    if (edge && edge->findings) length += 5;
    return (int)length * letter / 10 + PADDING + (edge ? KIND : 0);
}

static Spot box_of(const Builder *builder, uint32_t node) {
    const Graph *graph = builder->graph;
    uint32_t rows = builder->layout->rows[node];
    Spot box = {.node = node, .layer = builder->layers[node]};
    box.width = text_width(graph->nodes.items[node].label, NULL);
    box.height = BOX_TITLE + (int)rows * BOX_ROW + (rows ? BOX_FOOT : 0);
    return box;
}

static void add_boxes(Builder *builder, Sheet *sheet, uint32_t root) {
    for (uint32_t i = 0; i < builder->graph->nodes.count; i++) {
        if (!builder->drawn[i] || builder->sheets[i] != root) continue;
        builder->boxes[i] = sheet->spots.count;
        array_push(builder->arena, &sheet->spots, box_of(builder, i));
    }
}

static void widen_boxes(Builder *builder, Sheet *sheet, uint32_t root) {
    for (uint32_t i = 0; i < builder->graph->edges.count; i++) {
        const GraphEdge *edge = &builder->graph->edges.items[i];
        if (!builder->layout->drawn[i] || builder->sheets[edge->from] != root) continue;
        Spot *box = &sheet->spots.items[builder->boxes[edge->from]];
        int width = text_width(edge->label, edge);
        if (width > box->width) box->width = width;
    }
}

/* As high as the sheet may become so that it is about as wide. */
static int height_of(const Sheet *sheet) {
    double area = 0;
    int height = HEIGHT_LEAST;
    for (uint32_t i = 0; i < sheet->spots.count; i++)
        area += (double)(sheet->spots.items[i].width + 110) * (sheet->spots.items[i].height + 20);
    while ((double)height * height * 1.2 < area) height += 40;
    return height;
}

static int layer_order(const void *left, const void *right) {
    const Spot *a = left, *b = right;
    if (a->layer != b->layer) return a->layer < b->layer ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

/* Numbers the layers anew, without empty ones; those that grow too high go on in another. */
static void split_layers(Builder *builder, Sheet *sheet) {
    int limit = height_of(sheet), height = 0;
    uint32_t count = sheet->spots.count, layer = 0;
    qsort(sheet->spots.items, count, sizeof(Spot), layer_order);
    for (uint32_t i = 0, old = 0; i < count; i++) {
        Spot *spot = &sheet->spots.items[i];
        bool fresh = i && (spot->layer != old || height + spot->height > limit);
        if (fresh) {
            layer++;
            height = 0;
        }
        height += spot->height + 16;
        old = spot->layer;
        spot->layer = layer;
        builder->boxes[spot->node] = i;
    }
    sheet->layers = layer + 1;
}

/* The line from `from` to `to`, which are in neighbouring layers. */
static uint32_t add_line(Builder *builder, Sheet *sheet, uint32_t from, int port, uint32_t to,
                         uint32_t edge, const GraphEdge *of) {
    const Spot *source = &sheet->spots.items[from], *target = &sheet->spots.items[to];
    bool ahead = source->layer < target->layer, ends = !target->passage;
    int end = ends ? BOX_TITLE / 2 : 0;
    Line line = {
        .left = ahead ? from : to, .right = ahead ? to : from,
        .left_port = ahead ? port : end, .right_port = ahead ? end : port,
        .edge = edge, .to = of->to, .hit = of->findings > 0,
        .ends_left = ends && !ahead, .ends_right = ends && ahead,
    };
    array_push(builder->arena, &sheet->lines, line);
    return sheet->lines.count - 1;
}

/* A relation that joins others lends them its colour for the rest of the way. */
static void mark_way(Sheet *sheet, uint32_t spot) {
    while (sheet->spots.items[spot].passage) {
        Line *line = &sheet->lines.items[sheet->spots.items[spot].onward];
        if (line->hit) return;
        line->hit = true;
        spot = line->left == spot ? line->right : line->left;
    }
}

static void add_way(Builder *builder, Sheet *sheet, uint32_t number) {
    const GraphEdge *edge = &builder->graph->edges.items[number];
    uint32_t spot = builder->boxes[edge->from], end = builder->boxes[edge->to], shared = number;
    uint32_t layer = sheet->spots.items[spot].layer, last = sheet->spots.items[end].layer;
    int port = layout_row(builder->layout, number);
    while (layer != last) {
        layer += layer < last ? 1 : UINT32_MAX;
        uint32_t *place = &builder->passages[(size_t)end * sheet->layers + layer], next = end;
        bool fresh = layer != last && !*place;
        if (fresh) {
            Spot passage = {.node = edge->to, .passage = true, .layer = layer};
            array_push(builder->arena, &sheet->spots, passage);
            *place = sheet->spots.count;
        }
        if (layer != last) next = *place - 1;
        uint32_t line = add_line(builder, sheet, spot, port, next, shared, edge);
        if (sheet->spots.items[spot].passage) sheet->spots.items[spot].onward = line;
        if (layer != last && !fresh) {
            if (edge->findings) mark_way(sheet, next);
            return;
        }
        spot = next;
        port = 0;
        shared = LINE_SHARED;
    }
}

static void add_ways(Builder *builder, Sheet *sheet, uint32_t root) {
    size_t cells = (size_t)sheet->spots.count * sheet->layers;
    builder->passages = arena_many(builder->arena, uint32_t, cells + 1);
    for (uint32_t i = 0; i < builder->graph->edges.count; i++) {
        const GraphEdge *edge = &builder->graph->edges.items[i];
        if (!builder->layout->drawn[i] || builder->sheets[edge->from] != root) continue;
        if (edge->from != edge->to) add_way(builder, sheet, i);
    }
}

/* Puts spots and lines into the order of their layers. */
static void sort_sheet(Builder *builder, Sheet *sheet) {
    Arena *arena = builder->arena;
    uint32_t layers = sheet->layers, *next = arena_many(arena, uint32_t, layers + 2u);
    sheet->order = arena_many(arena, uint32_t, sheet->spots.count + 1u);
    sheet->starts = arena_many(arena, uint32_t, layers + 1u);
    sheet->gaps = arena_many(arena, uint32_t, layers + 1u);
    sheet->widths = arena_many(arena, int, layers + 1u);
    for (uint32_t i = 0; i < sheet->spots.count; i++) {
        const Spot *spot = &sheet->spots.items[i];
        sheet->starts[spot->layer + 1]++;
        if (spot->width > sheet->widths[spot->layer]) sheet->widths[spot->layer] = spot->width;
    }
    for (uint32_t i = 0; i < sheet->lines.count; i++)
        sheet->gaps[sheet->spots.items[sheet->lines.items[i].left].layer + 1]++;
    for (uint32_t i = 0; i < layers; i++) {
        sheet->starts[i + 1] += sheet->starts[i];
        sheet->gaps[i + 1] += sheet->gaps[i];
    }
    memcpy(next, sheet->starts, sizeof *next * layers);
    for (uint32_t i = 0; i < sheet->spots.count; i++) {
        Spot *spot = &sheet->spots.items[i];
        spot->place = next[spot->layer]++ - sheet->starts[spot->layer];
        sheet->order[sheet->starts[spot->layer] + spot->place] = i;
    }
    Line *sorted = arena_many(arena, Line, sheet->lines.count + 1u);
    memcpy(next, sheet->gaps, sizeof *next * layers);
    for (uint32_t i = 0; i < sheet->lines.count; i++) {
        const Line *line = &sheet->lines.items[i];
        sorted[next[sheet->spots.items[line->left].layer]++] = *line;
    }
    sheet->lines.items = sorted;
}

static void add_sheet(Builder *builder, uint32_t root) {
    Sheet sheet = {0};
    add_boxes(builder, &sheet, root);
    widen_boxes(builder, &sheet, root);
    split_layers(builder, &sheet);
    add_ways(builder, &sheet, root);
    sort_sheet(builder, &sheet);
    sheet_order(&sheet, builder->arena);
    sheet_place(&sheet, builder->arena);
    array_push(builder->arena, &builder->layout->sheets, sheet);
}

/* ---- the sheets beside each other */

static int sheet_compare(const void *left, const void *right) {
    const Sheet *a = left, *b = right;
    if (a->height != b->height) return a->height > b->height ? -1 : 1;
    return a->spots.items[0].node < b->spots.items[0].node ? -1 : 1;
}

static void pack(Layout *layout) {
    double area = 0;
    int widest = 0, x = 0, y = 0, shelf = 0;
    uint32_t count = layout->sheets.count;
    for (uint32_t i = 0; i < count; i++) {
        const Sheet *sheet = &layout->sheets.items[i];
        area += (double)(sheet->width + SHEET_GAP) * (sheet->height + SHEET_GAP);
        if (sheet->width > widest) widest = sheet->width;
    }
    while ((double)widest * widest < area * 1.6) widest += 40;
    if (count) qsort(layout->sheets.items, count, sizeof(Sheet), sheet_compare);
    for (uint32_t i = 0; i < count; i++) {
        Sheet *sheet = &layout->sheets.items[i];
        if (x && x + sheet->width > widest) {
            y += shelf + SHEET_GAP;
            x = shelf = 0;
        }
        sheet->x = x;
        sheet->y = y;
        x += sheet->width + SHEET_GAP;
        if (sheet->height > shelf) shelf = sheet->height;
        if (x - SHEET_GAP > layout->width) layout->width = x - SHEET_GAP;
    }
    layout->height = y + shelf;
}

int layout_row(const Layout *layout, uint32_t edge) {
    const Graph *graph = layout->graph;
    uint32_t from = graph->edges.items[edge].from, row = 0;
    while (edge-- > 0 && graph->edges.items[edge].from == from) row += layout->drawn[edge];
    return BOX_TITLE + (int)row * BOX_ROW + BOX_ROW / 2;
}

Layout *layout_make(const Graph *graph) {
    Arena *arena = graph->arena;
    uint32_t count = graph->nodes.count;
    Layout *layout = arena_make(arena, Layout);
    layout->graph = graph;
    layout->drawn = arena_many(arena, bool, graph->edges.count + 1u);
    layout->rows = arena_many(arena, uint32_t, count + 1u);
    Builder builder = {
        .layout = layout, .graph = graph, .arena = arena,
        .drawn = arena_many(arena, bool, count + 1u),
        .layers = arena_many(arena, uint32_t, count + 1u),
        .sheets = arena_many(arena, uint32_t, count + 1u),
        .boxes = arena_many(arena, uint32_t, count + 1u),
    };
    choose(&builder);
    find_rows(&builder);
    find_sheets(&builder);
    layers_assign(graph, layout->drawn, builder.layers);
    for (uint32_t i = 0; i < count; i++)
        if (builder.drawn[i] && builder.sheets[i] == i) add_sheet(&builder, i);
    pack(layout);
    return layout;
}
