/* graph.h - the models and their relations as a graph, with the findings on its edges.
 *
 * Everything is owned by the arena given to graph_make(). A relation and its far side are one edge,
 * from the model that declares it. */
#ifndef EAGERLY_GRAPH_H
#define EAGERLY_GRAPH_H

#include "report/finding.h"

typedef struct GraphNode {
    const Model *model;
    const char *label;           /* "shop.Book": letters that no format has to quote */
    bool shown;
    uint32_t distance;           /* from the model asked for; UINT32_MAX: not reached */
} GraphNode;

typedef struct GraphEdge {
    uint32_t from, to;           /* nodes */
    const Relation *relation;
    const char *label;           /* the field's name */
    uint32_t findings;
    const char *codes;           /* "EAG101 EAG301", each once */
} GraphEdge;

typedef struct Graph {
    Arena *arena;
    Array(GraphNode) nodes;      /* in the project's order of models */
    Array(GraphEdge) edges;      /* between shown nodes, in the order of their nodes */
    uint32_t *edges_of;          /* by finding: the edge it is about, or GRAPH_NONE */
    uint32_t finding_count;
} Graph;

#define GRAPH_NONE UINT32_MAX

typedef struct GraphOptions {
    const char *model;           /* "shop.Book" or "Book"; NULL: all that have relations */
    uint32_t depth;              /* how many relations away from it */
    bool only_hit;               /* only models at the ends of relations with findings */
} GraphOptions;

/* NULL with `*mistake`: no such model. `findings` may be NULL. */
Graph *graph_make(Arena *arena, const Project *project, const Findings *findings,
                  const GraphOptions *options, const char **mistake);
void graph_mermaid(const Graph *graph, Writer *out);
void graph_dot(const Graph *graph, Writer *out);
void graph_json(const Graph *graph, Writer *out);
/* One <svg> element with its style. */
void graph_svg(const Graph *graph, Writer *out);
/* The same for a page of HTML, which brings graph_style() along: its relations with findings can be
 * reached by the keyboard, and have their name ("shop.Book.author") as data-edge. `counts`, by
 * edge, stand behind their names. */
void graph_svg_inside(const Graph *graph, const uint32_t *counts, Writer *out);
const char *graph_style(void);
/* How a relation's kind is called. */
const char *graph_kind(const GraphEdge *edge);

#endif
