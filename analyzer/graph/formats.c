/* The graph as text for others to draw. Labels need no quoting: see graph.c. */
#include "graph/graph.h"

#include <string.h>

enum { MERMAID_MOST = 500 };   /* edges that Mermaid draws unless it is told otherwise */

/* How many of the edges without findings find room: those with findings go first. */
static uint32_t mermaid_room(const Graph *graph) {
    uint32_t hits = 0;
    for (uint32_t i = 0; i < graph->edges.count; i++) hits += graph->edges.items[i].findings > 0;
    return hits < MERMAID_MOST ? MERMAID_MOST - hits : 0;
}

static void mermaid_edge(const GraphEdge *edge, Writer *out) {
    if (edge->findings)
        write_format(out, "  m%u == \"%s (%u: %s)\" ==> m%u\n", edge->from, edge->label,
                     edge->findings, edge->codes, edge->to);
    else write_format(out, "  m%u -- \"%s\" --> m%u\n", edge->from, edge->label, edge->to);
}

void graph_mermaid(const Graph *graph, Writer *out) {
    uint32_t room = mermaid_room(graph), written = 0;
    Writer *styles = writer_to_memory();
    write_text(out, "graph LR\n");
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        if (graph->nodes.items[i].shown)
            write_format(out, "  m%u[\"%s\"]\n", i, graph->nodes.items[i].label);
    for (uint32_t i = 0; i < graph->edges.count && written < MERMAID_MOST; i++) {
        const GraphEdge *edge = &graph->edges.items[i];
        if (!edge->findings && !room) continue;
        if (!edge->findings) room--;
        else write_format(styles, "  linkStyle %u stroke:#c0392b,color:#c0392b\n", written);
        mermaid_edge(edge, out);
        written++;
    }
    write_text(out, writer_text(styles, NULL));
    writer_close(styles);
    if (written < graph->edges.count)
        write_format(out, "  %%%% %u more relations are left out: Mermaid draws %d\n",
                     graph->edges.count - written, MERMAID_MOST);
}

void graph_dot(const Graph *graph, Writer *out) {
    write_text(out, "digraph eagerly {\n  rankdir=LR;\n  node [shape=box];\n");
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        if (graph->nodes.items[i].shown)
            write_format(out, "  m%u [label=\"%s\"];\n", i, graph->nodes.items[i].label);
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        const GraphEdge *edge = &graph->edges.items[i];
        write_format(out, "  m%u -> m%u [label=\"%s", edge->from, edge->to, edge->label);
        if (edge->findings)
            write_format(out, " (%u: %s)\", color=\"#c0392b\", fontcolor=\"#c0392b\", penwidth=2",
                         edge->findings, edge->codes);
        else
            write_text(out, "\"");
        write_text(out, edge->relation->kind == RELATION_M2M ? ", dir=both];\n" : "];\n");
    }
    write_text(out, "}\n");
}

void graph_json(const Graph *graph, Writer *out) {
    const char *between = "\n";
    write_text(out, "{\n  \"models\": [");
    for (uint32_t i = 0; i < graph->nodes.count; i++) {
        const GraphNode *node = &graph->nodes.items[i];
        if (!node->shown) continue;
        write_format(out, "%s    {\"model\": \"%s\", \"external\": %s}", between, node->label,
                     node->model->external ? "true" : "false");
        between = ",\n";
    }
    write_text(out, "\n  ],\n  \"relations\": [");
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        const GraphEdge *edge = &graph->edges.items[i];
        write_format(out, "%s\n    {\"from\": \"%s\", \"name\": \"%s\", \"to\": \"%s\", "
                          "\"kind\": \"%s\", \"findings\": %u, \"codes\": [",
                     i ? "," : "", graph->nodes.items[edge->from].label, edge->label,
                     graph->nodes.items[edge->to].label, graph_kind(edge), edge->findings);
        for (const char *at = edge->codes; *at;) {
            size_t length = strcspn(at, " ");
            write_format(out, "%s\"%.*s\"", at == edge->codes ? "" : ", ", (int)length, at);
            at += length + (at[length] == ' ');
        }
        write_text(out, "]}");
    }
    write_text(out, "\n  ]\n}\n");
}
