/* A layered drawing. Each model stands one layer right of the models that point to it (relations
 * that close a cycle are not counted), layers are ordered by where their neighbours stand, and
 * relations are curves from left to right. A column that grows too tall goes on beside itself. */
#include "graph/graph.h"

#include <stdlib.h>
#include <string.h>

enum {
    LETTER = 7, HEIGHT = 26, GAP = 14, BETWEEN = 120, MARGIN = 20, COLUMN_MOST = 40, SWEEPS = 6,
};

typedef struct Box {
    uint32_t node, layer;
    double wish;                 /* the mean place of its neighbours */
    int x, y, width;
} Box;

typedef struct Drawing {
    const Graph *graph;
    Box *boxes;                  /* by node */
    uint32_t *order;             /* shown nodes, by layer and place */
    uint32_t count, layers;
    int width, height;
} Drawing;

/* The longest way to each node, by rounds; a cycle ends with the rounds. */
static void assign_layers(Drawing *drawing) {
    const Graph *graph = drawing->graph;
    enum { ROUNDS = 12 };
    for (uint32_t round = 0; round < ROUNDS; round++) {
        bool moved = false;
        for (uint32_t i = 0; i < graph->edges.count; i++) {
            const GraphEdge *edge = &graph->edges.items[i];
            Box *from = &drawing->boxes[edge->from], *to = &drawing->boxes[edge->to];
            if (edge->from == edge->to || to->layer > from->layer || from->layer >= ROUNDS)
                continue;
            to->layer = from->layer + 1;
            moved = true;
        }
        if (!moved) break;
    }
}

static int box_order(const void *left, const void *right) {
    const Box *a = left, *b = right;
    if (a->layer != b->layer) return a->layer < b->layer ? -1 : 1;
    if (a->wish != b->wish) return a->wish < b->wish ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

/* Sorts the shown boxes and numbers their places within the layers. */
static void sort_boxes(Drawing *drawing, Box *sorted) {
    uint32_t place = 0;
    for (uint32_t i = 0; i < drawing->count; i++) sorted[i] = drawing->boxes[drawing->order[i]];
    qsort(sorted, drawing->count, sizeof *sorted, box_order);
    for (uint32_t i = 0; i < drawing->count; i++) {
        place = i && sorted[i].layer == sorted[i - 1].layer ? place + 1 : 0;
        drawing->order[i] = sorted[i].node;
        drawing->boxes[sorted[i].node].y = (int)place;
    }
}

static void order_boxes(Drawing *drawing) {
    const Graph *graph = drawing->graph;
    Box *sorted = memory_alloc(sizeof *sorted * (drawing->count + 1u));
    double *sums = memory_alloc(sizeof *sums * (graph->nodes.count + 1u));
    uint32_t *counts = memory_alloc(sizeof *counts * (graph->nodes.count + 1u));
    sort_boxes(drawing, sorted);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        memset(sums, 0, sizeof *sums * graph->nodes.count);
        memset(counts, 0, sizeof *counts * graph->nodes.count);
        for (uint32_t i = 0; i < graph->edges.count; i++) {
            const GraphEdge *edge = &graph->edges.items[i];
            sums[edge->from] += drawing->boxes[edge->to].y;
            sums[edge->to] += drawing->boxes[edge->from].y;
            counts[edge->from]++;
            counts[edge->to]++;
        }
        for (uint32_t i = 0; i < graph->nodes.count; i++)
            drawing->boxes[i].wish = counts[i] ? sums[i] / counts[i] : 0;
        sort_boxes(drawing, sorted);
    }
    free(counts);
    free(sums);
    free(sorted);
}

/* Spreads the boxes of one column over the height of the drawing, but not far apart. */
static void spread(Drawing *drawing, uint32_t first, uint32_t end) {
    uint32_t count = end - first;
    int step = (drawing->height - 2 * MARGIN) / (int)count;
    if (step > 3 * (HEIGHT + GAP)) step = 3 * (HEIGHT + GAP);
    int y = (drawing->height - step * (int)count + step - HEIGHT) / 2;
    for (uint32_t i = first; i < end; i++, y += step) drawing->boxes[drawing->order[i]].y = y;
}

/* Where the column of a box ends in the order. */
static uint32_t column_end(const Drawing *drawing, uint32_t first) {
    uint32_t layer = drawing->boxes[drawing->order[first]].layer, end = first;
    while (end < drawing->count && end - first < COLUMN_MOST
           && drawing->boxes[drawing->order[end]].layer == layer)
        end++;
    return end;
}

/* From the order to pixels. */
static void place_boxes(Drawing *drawing) {
    uint32_t tallest = 1;
    for (uint32_t i = 0, end; i < drawing->count; i = end) {
        end = column_end(drawing, i);
        if (end - i > tallest) tallest = end - i;
    }
    drawing->height = 2 * MARGIN + (int)tallest * (HEIGHT + GAP);
    int x = MARGIN;
    for (uint32_t i = 0, end; i < drawing->count; i = end) {
        int widest = 0;
        end = column_end(drawing, i);
        spread(drawing, i, end);
        for (uint32_t k = i; k < end; k++) {
            Box *box = &drawing->boxes[drawing->order[k]];
            box->x = x;
            if (box->width > widest) widest = box->width;
        }
        x += widest + BETWEEN;
    }
    drawing->width = x + MARGIN;
}

/* A point of the curve, a quarter of the way: where curves to one model are still apart. */
static int quarter(int start, int bend, int other, int end) {
    return (27 * start + 27 * bend + 9 * other + end) / 64;
}

/* A model that points to itself has a loop at its right side. */
static void write_curve(const Drawing *drawing, const GraphEdge *edge, int *label_x, int *label_y,
                        Writer *out) {
    const Box *from = &drawing->boxes[edge->from], *to = &drawing->boxes[edge->to];
    bool right = to->x > from->x;
    int x1 = from->x + from->width, y1 = from->y + HEIGHT / 2, y2 = to->y + HEIGHT / 2;
    int x2 = right ? to->x : to->x + to->width;
    int bend = right ? (x2 - x1) / 2 : BETWEEN / 2;
    if (edge->from == edge->to) {
        y1 -= 6;
        y2 += 6;
    }
    int c1 = x1 + bend, c2 = right ? x2 - bend : x2 + bend;
    write_format(out, "M%d %dC%d %d %d %d %d %d", x1, y1, c1, y1, c2, y2, x2, y2);
    *label_x = quarter(x1, c1, c2, x2);
    *label_y = quarter(y1, y1, y2, y2) - 3;
}

static void write_edge(const Drawing *drawing, const GraphEdge *edge, Writer *out) {
    int x, y;
    const char *class = edge->findings ? "edge hit" : "edge";
    write_format(out, "<g class=\"%s\"><path marker-end=\"url(#%s)\" d=\"", class,
                 edge->findings ? "arrow-hit" : "arrow");
    write_curve(drawing, edge, &x, &y, out);
    write_format(out, "\"/><text x=\"%d\" y=\"%d\">%s", x, y, edge->label);
    if (edge->findings) write_format(out, " ×%u", edge->findings);
    write_format(out, "</text><title>%s.%s: %s to %s",
                 drawing->graph->nodes.items[edge->from].label, edge->label, graph_kind(edge),
                 drawing->graph->nodes.items[edge->to].label);
    if (edge->findings)
        write_format(out, ", %u finding%s (%s)", edge->findings, edge->findings == 1 ? "" : "s",
                     edge->codes);
    write_text(out, "</title></g>\n");
}

static void write_box(const Drawing *drawing, uint32_t node, Writer *out) {
    const Box *box = &drawing->boxes[node];
    const GraphNode *of = &drawing->graph->nodes.items[node];
    write_format(out, "<g class=\"model%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                      "rx=\"4\"/><text x=\"%d\" y=\"%d\">%s</text></g>\n",
                 of->model->external ? " external" : "", box->x, box->y, box->width, HEIGHT,
                 box->x + box->width / 2, box->y + HEIGHT / 2 + 4, of->label);
}

static const char style[] =
    "<style>"
    ".eagerly-graph{background:#fff;font:12px sans-serif}"
    ".eagerly-graph .model rect{fill:#eef3f8;stroke:#41607e}"
    ".eagerly-graph .external rect{fill:#f4f4f4;stroke:#999;stroke-dasharray:4 2}"
    ".eagerly-graph .model text{text-anchor:middle;fill:#1c2b39}"
    ".eagerly-graph .edge path{fill:none;stroke:#a8b4bf}"
    ".eagerly-graph .edge text{text-anchor:middle;font-size:10px;fill:#6a7680;"
    "paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".eagerly-graph .hit path{stroke:#c0392b;stroke-width:2}"
    ".eagerly-graph .hit text{fill:#c0392b;font-weight:bold}"
    "</style>\n";

static void write_arrow(const char *name, const char *color, Writer *out) {
    write_format(out, "<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
                      "markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" "
                      "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"%s\"/></marker>", name,
                 color);
}

static void write_drawing(const Drawing *drawing, Writer *out) {
    write_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"eagerly-graph\" "
                      "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n%s<defs>",
                 drawing->width, drawing->height, drawing->width, drawing->height, style);
    write_arrow("arrow", "#a8b4bf", out);
    write_arrow("arrow-hit", "#c0392b", out);
    write_text(out, "</defs>\n");
    /* What is to be seen is drawn last. */
    for (int hit = 0; hit < 2; hit++)
        for (uint32_t i = 0; i < drawing->graph->edges.count; i++)
            if ((drawing->graph->edges.items[i].findings > 0) == hit)
                write_edge(drawing, &drawing->graph->edges.items[i], out);
    for (uint32_t i = 0; i < drawing->count; i++) write_box(drawing, drawing->order[i], out);
    write_text(out, "</svg>\n");
}

void graph_svg(const Graph *graph, Writer *out) {
    Drawing drawing = {.graph = graph};
    drawing.boxes = memory_alloc(sizeof(Box) * (graph->nodes.count + 1u));
    drawing.order = memory_alloc(sizeof(uint32_t) * (graph->nodes.count + 1u));
    for (uint32_t i = 0; i < graph->nodes.count; i++) {
        const GraphNode *node = &graph->nodes.items[i];
        drawing.boxes[i] = (Box){.node = i, .width = (int)strlen(node->label) * LETTER + 20};
        if (node->shown) drawing.order[drawing.count++] = i;
    }
    assign_layers(&drawing);
    order_boxes(&drawing);
    place_boxes(&drawing);
    write_drawing(&drawing, out);
    free(drawing.order);
    free(drawing.boxes);
}
