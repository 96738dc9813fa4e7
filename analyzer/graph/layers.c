/* Models are first put into one row in which few relations lead backwards: what nothing leads on
 * from goes to its end, what nothing leads to to its start, and of the others the one with the most
 * relations ahead. The longest way along that row gives the layers; then each model moves towards
 * the side where more of its relations are. */
#include "graph/layout.h"

enum { ROUNDS = 12 };

typedef struct Ranking {
    const Graph *graph;
    const bool *drawn;
    uint32_t *ranks;             /* UINT32_MAX: not yet in the row */
    uint32_t *ahead, *behind;    /* relations to and from what is not in the row yet */
    uint32_t start, end;         /* the free part of the row */
} Ranking;

static bool counts(const Graph *graph, const bool *drawn, uint32_t edge) {
    const GraphEdge *of = &graph->edges.items[edge];
    return of->from != of->to && drawn[edge];
}

static void rank(Ranking *ranking, uint32_t node, bool last) {
    const Graph *graph = ranking->graph;
    ranking->ranks[node] = last ? --ranking->end : ranking->start++;
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        const GraphEdge *edge = &graph->edges.items[i];
        if (!counts(graph, ranking->drawn, i)) continue;
        if (edge->from == node) ranking->behind[edge->to]--;
        if (edge->to == node) ranking->ahead[edge->from]--;
    }
}

/* Ranks all that have nothing ahead or nothing behind. */
static void rank_ends(Ranking *ranking) {
    bool more = true;
    while (more) {
        more = false;
        for (uint32_t i = 0; i < ranking->graph->nodes.count; i++) {
            if (ranking->ranks[i] != UINT32_MAX) continue;
            if (ranking->ahead[i] && ranking->behind[i]) continue;
            rank(ranking, i, !ranking->ahead[i]);
            more = true;
        }
    }
}

static void rank_all(Ranking *ranking) {
    const Graph *graph = ranking->graph;
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        if (!counts(graph, ranking->drawn, i)) continue;
        ranking->ahead[graph->edges.items[i].from]++;
        ranking->behind[graph->edges.items[i].to]++;
    }
    for (;;) {
        uint32_t best = UINT32_MAX;
        rank_ends(ranking);
        for (uint32_t i = 0; i < graph->nodes.count; i++) {
            if (ranking->ranks[i] != UINT32_MAX) continue;
            if (best == UINT32_MAX
                || (int64_t)ranking->ahead[i] - ranking->behind[i]
                       > (int64_t)ranking->ahead[best] - ranking->behind[best])
                best = i;
        }
        if (best == UINT32_MAX) return;
        rank(ranking, best, false);
    }
}

/* The ends of an edge as they stand in the row. */
static void ends_of(const Ranking *ranking, uint32_t number, uint32_t *left, uint32_t *right) {
    const GraphEdge *edge = &ranking->graph->edges.items[number];
    bool ahead = ranking->ranks[edge->from] < ranking->ranks[edge->to];
    *left = ahead ? edge->from : edge->to;
    *right = ahead ? edge->to : edge->from;
}

/* No way is longer than the row. */
static void take_longest(const Ranking *ranking, uint32_t *layers) {
    bool moved = true;
    while (moved) {
        moved = false;
        for (uint32_t i = 0; i < ranking->graph->edges.count; i++) {
            uint32_t left, right;
            if (!counts(ranking->graph, ranking->drawn, i)) continue;
            ends_of(ranking, i, &left, &right);
            if (layers[right] > layers[left]) continue;
            layers[right] = layers[left] + 1;
            moved = true;
        }
    }
}

typedef struct Slack { uint32_t low, high, left, right; } Slack;

static bool tighten(const Ranking *ranking, uint32_t *layers, Slack *slack) {
    bool moved = false;
    const Graph *graph = ranking->graph;
    for (uint32_t i = 0; i < graph->nodes.count; i++) slack[i] = (Slack){0, UINT32_MAX, 0, 0};
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        uint32_t left, right;
        if (!counts(graph, ranking->drawn, i)) continue;
        ends_of(ranking, i, &left, &right);
        if (layers[left] + 1 > slack[right].low) slack[right].low = layers[left] + 1;
        if (layers[right] - 1 < slack[left].high) slack[left].high = layers[right] - 1;
        slack[right].left++;
        slack[left].right++;
    }
    /* One side at a time: neighbours that both move could pass each other. */
    for (int side = 0; side < 2 && !moved; side++)
        for (uint32_t i = 0; i < graph->nodes.count; i++) {
            const Slack *of = &slack[i];
            if (!of->left && !of->right) continue;
            uint32_t wish = layers[i];
            if (side && of->left > of->right) wish = of->low;
            if (!side && of->right > of->left) wish = of->high;
            moved = moved || wish != layers[i];
            layers[i] = wish;
        }
    return moved;
}

void layers_assign(const Graph *graph, const bool *drawn, uint32_t *layers) {
    uint32_t count = graph->nodes.count;
    Ranking ranking = {
        .graph = graph, .drawn = drawn,
        .ranks = arena_many(graph->arena, uint32_t, count + 1u),
        .ahead = arena_many(graph->arena, uint32_t, count + 1u),
        .behind = arena_many(graph->arena, uint32_t, count + 1u),
    };
    for (uint32_t i = 0; i < count; i++) {
        ranking.ranks[i] = UINT32_MAX;
        layers[i] = 0;
    }
    ranking.end = count;
    rank_all(&ranking);
    take_longest(&ranking, layers);
    Slack *slack = arena_many(graph->arena, Slack, count + 1u);
    for (int round = 0; round < ROUNDS && tighten(&ranking, layers, slack); round++) {}
}
