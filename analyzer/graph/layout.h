/* layout.h - where the models and relations of a drawing stand. Private to the graph room.
 *
 * A box is a model with a row for each relation it declares; models stand in layers, most relations
 * lead from left to right. A relation between layers that are no neighbours passes the layers in
 * between through passages, and all relations to one model share them. What hangs together is one
 * sheet; sheets are laid beside each other. All lengths are pixels. Owned by the graph's arena. */
#ifndef EAGERLY_LAYOUT_H
#define EAGERLY_LAYOUT_H

#include "graph/graph.h"

enum {
    BOX_TITLE = 24, BOX_ROW = 16, BOX_FOOT = 4, LETTERS_MOST = 48,
    MODELS_MOST = 600, RELATIONS_MOST = 6000, /* that are drawn; what is left out is counted */
};

typedef struct Spot {
    uint32_t node;          /* the model; of a passage the model that its relations lead to */
    bool passage;
    uint32_t layer, place;  /* `place`: from the top of its layer */
    double y;
    int x, width, height;   /* a passage is as wide as its layer and has no height */
    uint32_t onward;        /* of a passage: its line towards the model */
} Spot;

#define LINE_SHARED UINT32_MAX

/* A piece of a relation's way, between neighbouring layers. */
typedef struct Line {
    uint32_t left, right;          /* spots */
    int left_port, right_port;     /* where it ends, below the tops of the spots */
    uint32_t edge;                 /* LINE_SHARED: of all relations to one model from afar */
    uint32_t to;                   /* the model it leads to */
    bool hit;                      /* there are findings on a relation that passes */
    bool ends_left, ends_right;    /* the model it leads to is at this end */
} Line;

typedef struct Sheet {
    Array(Spot) spots;
    Array(Line) lines;
    uint32_t layers;
    uint32_t *order, *starts;      /* spots by layer and place; where each layer starts in it */
    uint32_t *gaps;                /* lines are sorted by layers: where each layer's start */
    int *widths;                   /* of the layers */
    int x, y, width, height;
} Sheet;

typedef struct Layout {
    const Graph *graph;
    Array(Sheet) sheets;
    bool *drawn;                   /* by edge */
    uint32_t *rows;                /* by node: how many of its own relations are drawn */
    uint32_t models_cut, relations_cut;
    int width, height;
} Layout;

Layout *layout_make(const Graph *graph);
/* Where a relation's row is, below the top of its model's box. */
int layout_row(const Layout *layout, uint32_t edge);

/* Stages; in the order they are called. layers_assign() gives `layers` of all nodes, so that the
 * relations that are `drawn`, but for those that close a cycle, lead to a higher one. */
void layers_assign(const Graph *graph, const bool *drawn, uint32_t *layers);
/* Orders the spots of each layer so that few lines cross. */
void sheet_order(Sheet *sheet, Arena *arena);
/* Gives spots their x and y, and the sheet its size. */
void sheet_place(Sheet *sheet, Arena *arena);

#endif
