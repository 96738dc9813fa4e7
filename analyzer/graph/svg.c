/* The drawing: lines first, those with findings above the others, then the models. What is written
 * into attributes and texts are labels, which need no quoting: see graph.c. */
#include "graph/layout.h"

#include <string.h>

enum { MARGIN = 20, LOOP = 26, COLORS = 8, NOTE = 24 };

typedef struct Drawing {
    const Graph *graph;
    const Layout *layout;
    Writer *out;
    const uint32_t *counts; /* by edge; of a page, where what has findings can be chosen */
} Drawing;

const char *graph_style(void) {
    return
    ".eagerly-graph{--paper:#fff;--ink:#1c2b39;--line:#9fb0bf;--box:#f3f6f9;--rim:#41607e;"
    "--soft:#5f6f7d;--hit:#c0392b;background:var(--paper);font:12px system-ui,sans-serif}"
    "@media(prefers-color-scheme:dark){.eagerly-graph{--paper:#0d1117;--ink:#e6edf3;"
    "--line:#4a5866;--box:#161d26;--rim:#7d98b3;--soft:#9aa8b5;--hit:#ff7b72}}"
    ".eagerly-graph .line{fill:none;stroke:var(--line)}"
    ".eagerly-graph .line.hit{stroke:var(--hit);stroke-width:1.8}"
    ".eagerly-graph marker path{fill:var(--line)}"
    ".eagerly-graph marker.hit path{fill:var(--hit)}"
    ".eagerly-graph .box{fill:var(--box);stroke:var(--rim)}"
    ".eagerly-graph .asked .box{stroke-width:3}"
    ".eagerly-graph .external .box{stroke-dasharray:4 3}"
    ".eagerly-graph .name{fill:var(--ink);font-weight:600}"
    ".eagerly-graph .field{fill:var(--soft);font:11px ui-monospace,monospace}"
    ".eagerly-graph .kind{fill:var(--soft);font-size:9px;text-anchor:end}"
    ".eagerly-graph .row.hit .field{fill:var(--hit);font-weight:700}"
    ".eagerly-graph .note{fill:var(--soft)}"
    ".eagerly-graph .app0{fill:#4c78a8}.eagerly-graph .app1{fill:#f58518}"
    ".eagerly-graph .app2{fill:#54a24b}.eagerly-graph .app3{fill:#b279a2}"
    ".eagerly-graph .app4{fill:#72b7b2}.eagerly-graph .app5{fill:#e0b400}"
    ".eagerly-graph .app6{fill:#9d755d}.eagerly-graph .app7{fill:#8a8f98}";
}

static const char *kind_mark(const GraphEdge *edge) {
    switch (edge->relation->kind) {
    case RELATION_FK: return "";
    case RELATION_O2O: return "1:1";
    case RELATION_M2M: return "n:m";
    case RELATION_PARENT: return "is a";
    default: return "any";
    }
}

/* A label, cut if it is long. */
static void write_label(Writer *out, const char *label) {
    size_t length = strlen(label);
    write_bytes(out, label, length > LETTERS_MOST ? LETTERS_MOST : length);
    if (length > LETTERS_MOST) write_text(out, "…");
}

static void write_edge_name(const Drawing *drawing, uint32_t number) {
    const GraphEdge *edge = &drawing->graph->edges.items[number];
    write_format(drawing->out, "%s.%s", drawing->graph->nodes.items[edge->from].label,
                 edge->label);
}

/* ---- lines */

static void write_line(const Drawing *drawing, const Sheet *sheet, const Line *line) {
    const Spot *left = &sheet->spots.items[line->left], *right = &sheet->spots.items[line->right];
    int x = sheet->x + MARGIN, y = sheet->y + MARGIN;
    int start = x + left->x + (left->passage ? 0 : left->width);
    int bend = x + left->x + sheet->widths[left->layer], end = x + right->x;
    int high = y + (int)left->y + line->left_port, low = y + (int)right->y + line->right_port;
    const char *hit = line->hit ? "-hit" : "";
    write_format(drawing->out, "<path class=\"line%s\"", line->hit ? " hit" : "");
    if (line->ends_right) write_format(drawing->out, " marker-end=\"url(#arrow%s)\"", hit);
    if (line->ends_left) write_format(drawing->out, " marker-start=\"url(#arrow%s)\"", hit);
    write_format(drawing->out, " d=\"M%d %dH%d", start, high, bend);
    if (high == low) write_format(drawing->out, "H%d", end);
    else
        write_format(drawing->out, "C%d %d %d %d %d %d", (bend + end) / 2, high,
                     (bend + end) / 2, low, end, low);
    write_text(drawing->out, "\"/>\n");
}

/* A relation of a model to itself: from its row back to the title. */
static void write_loop(const Drawing *drawing, int x, int y, uint32_t number) {
    const GraphEdge *edge = &drawing->graph->edges.items[number];
    int row = y + layout_row(drawing->layout, number), title = y + BOX_TITLE / 2;
    write_format(drawing->out, "<path class=\"line%s\" marker-end=\"url(#arrow%s)\" "
                               "d=\"M%d %dC%d %d %d %d %d %d\"/>\n",
                 edge->findings ? " hit" : "", edge->findings ? "-hit" : "", x, row, x + LOOP, row,
                 x + LOOP, title, x, title);
}

static void write_lines(const Drawing *drawing, const Sheet *sheet, bool hit) {
    for (uint32_t i = 0; i < sheet->lines.count; i++)
        if (sheet->lines.items[i].hit == hit) write_line(drawing, sheet, &sheet->lines.items[i]);
}

/* ---- models */

/* Models of one app have one colour: apps are numbered as they come. */
static int app_color(const Graph *graph, uint32_t node) {
    const char *label = graph->nodes.items[node].label;
    size_t length = strcspn(label, ".") + 1;
    int apps = -1;
    for (uint32_t i = 0; i <= node; i++) {
        const char *other = graph->nodes.items[i].label;
        if (i && !strncmp(other, graph->nodes.items[i - 1].label, strcspn(other, ".") + 1))
            continue;
        apps++;
        if (!strncmp(other, label, length)) break;
    }
    return apps % COLORS;
}

static void write_row(const Drawing *drawing, const Spot *box, int x, int y, uint32_t number) {
    const GraphEdge *edge = &drawing->graph->edges.items[number];
    Writer *out = drawing->out;
    int middle = y + layout_row(drawing->layout, number) + 4;
    write_format(out, "<g class=\"row%s\"", edge->findings ? " hit" : "");
    if (drawing->counts && edge->findings) {
        write_text(out, " tabindex=\"0\" role=\"button\" data-edge=\"");
        write_edge_name(drawing, number);
        write_text(out, "\"");
    }
    write_format(out, "><text class=\"field\" x=\"%d\" y=\"%d\">", x + 10, middle);
    write_label(out, edge->label);
    if (edge->findings)
        write_format(out, " ×%u", drawing->counts ? drawing->counts[number] : edge->findings);
    write_text(out, "</text>");
    if (*kind_mark(edge))
        write_format(out, "<text class=\"kind\" x=\"%d\" y=\"%d\">%s</text>",
                     x + box->width - 6, middle, kind_mark(edge));
    write_text(out, "<title>");
    write_edge_name(drawing, number);
    write_format(out, ": %s to %s", graph_kind(edge), drawing->graph->nodes.items[edge->to].label);
    if (edge->findings)
        write_format(out, ", %u finding%s (%s)", edge->findings, edge->findings == 1 ? "" : "s",
                     edge->codes);
    write_text(out, "</title></g>\n");
}

static void write_box(const Drawing *drawing, const Spot *box, int x, int y) {
    const GraphNode *node = &drawing->graph->nodes.items[box->node];
    Writer *out = drawing->out;
    write_format(out, "<g class=\"model%s%s\"><rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" "
                      "height=\"%d\" rx=\"4\"/>"
                      "<rect class=\"app%d\" x=\"%d\" y=\"%d\" width=\"4\" height=\"%d\" rx=\"2\"/>"
                      "<text class=\"name\" x=\"%d\" y=\"%d\">",
                 node->model->external ? " external" : "", node->distance ? "" : " asked", x, y,
                 box->width, box->height,
                 app_color(drawing->graph, box->node), x, y, box->height, x + 10, y + 16);
    write_label(out, node->label);
    write_text(out, "</text>\n");
}

static void write_boxes(const Drawing *drawing, const Sheet *sheet) {
    const Graph *graph = drawing->graph;
    uint32_t *edges = arena_many(graph->arena, uint32_t, graph->nodes.count + 1u);
    for (uint32_t i = graph->edges.count; i-- > 0;) edges[graph->edges.items[i].from] = i;
    for (uint32_t i = 0; i < sheet->spots.count; i++) {
        const Spot *box = &sheet->spots.items[i];
        int x = sheet->x + box->x + MARGIN, y = sheet->y + (int)box->y + MARGIN;
        if (box->passage) continue;
        write_box(drawing, box, x, y);
        for (uint32_t k = edges[box->node];
             k < graph->edges.count && graph->edges.items[k].from == box->node; k++) {
            if (!drawing->layout->drawn[k]) continue;
            if (graph->edges.items[k].to == box->node)
                write_loop(drawing, x + box->width, y, k);
            write_row(drawing, box, x, y, k);
        }
        write_text(drawing->out, "</g>\n");
    }
}

static void write_arrow(const Drawing *drawing, const char *hit) {
    write_format(drawing->out, "<marker id=\"arrow%s%s\"%s viewBox=\"0 0 8 8\" refX=\"8\" "
                 "refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" "
                 "orient=\"auto-start-reverse\"><path d=\"M0 0L8 4L0 8z\"/></marker>",
                 *hit ? "-" : "", hit, *hit ? " class=\"hit\"" : "");
}

static void write_note(const Drawing *drawing) {
    const Layout *layout = drawing->layout;
    if (!layout->models_cut && !layout->relations_cut) return;
    write_format(drawing->out, "<text class=\"note\" x=\"%d\" y=\"%d\">%u more models and %u more "
                               "relations are not drawn: those with the fewest findings</text>\n",
                 MARGIN, layout->height + 2 * MARGIN + NOTE / 2, layout->models_cut,
                 layout->relations_cut);
}

static void draw(const Graph *graph, const uint32_t *counts, Writer *out) {
    const Layout *layout = layout_make(graph);
    Drawing drawing = {graph, layout, out, counts};
    int width = layout->width + 2 * MARGIN, height = layout->height + 2 * MARGIN;
    if (layout->models_cut || layout->relations_cut) height += NOTE;
    write_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"eagerly-graph\" "
                      "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", width, height, width,
                 height);
    if (!counts) write_format(out, "<style>%s</style>\n", graph_style());
    write_text(out, "<defs>");
    write_arrow(&drawing, "");
    write_arrow(&drawing, "hit");
    write_text(out, "</defs>\n");
    for (int hit = 0; hit < 2; hit++)
        for (uint32_t i = 0; i < layout->sheets.count; i++)
            write_lines(&drawing, &layout->sheets.items[i], hit);
    for (uint32_t i = 0; i < layout->sheets.count; i++)
        write_boxes(&drawing, &layout->sheets.items[i]);
    write_note(&drawing);
    write_text(out, "</svg>\n");
}

void graph_svg(const Graph *graph, Writer *out) {
    draw(graph, NULL, out);
}

void graph_svg_inside(const Graph *graph, const uint32_t *counts, Writer *out) {
    draw(graph, counts, out);
}
