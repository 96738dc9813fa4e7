/* Nodes are the concrete models, edges the forward relations between them. What a finding is about
 * is found by walking its path from its model. */
#include "graph/graph.h"
#include "base/suggest.h"

#include <string.h>
#include <strings.h>

typedef struct Maker {
    Graph *graph;
    const Project *project;
    Map places;                  /* Model * -> its node's number + 1 */
    Map edges;                   /* Relation * -> its edge's number + 1, both directions */
} Maker;

static uint64_t key_of(const void *pointer) {
    return (uint64_t)(uintptr_t)pointer;
}

static void *number_of(uint32_t number) {
    return (void *)(uintptr_t)(number + 1u);
}

static bool number_get(const Map *map, const void *key, uint32_t *number) {
    uintptr_t found = (uintptr_t)map_get(map, key_of(key));
    *number = (uint32_t)(found - 1u);
    return found != 0;
}

/* Names come from source files: whatever is no letter, digit, dot or the like becomes '_'. */
static const char *label_of(Arena *arena, const char *text) {
    char *label = arena_copy(arena, text, strlen(text));
    for (char *at = label; *at; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')
                      || (*at >= '0' && *at <= '9');
        if (!letter && *at != '.' && *at != '_' && *at != '-') *at = '_';
    }
    return label;
}

static void add_nodes(Maker *maker) {
    Graph *graph = maker->graph;
    for (uint32_t i = 0; i < maker->project->models.count; i++) {
        const Model *model = maker->project->models.items[i];
        if (model->abstract || model->test || map_get(&maker->places, key_of(model))) continue;
        const char *label = label_of(graph->arena, project_text(maker->project, model->label));
        map_put(graph->arena, &maker->places, key_of(model), number_of(graph->nodes.count));
        array_push(graph->arena, &graph->nodes, (GraphNode){model, label, false, UINT32_MAX});
    }
}

static bool is_forward(const Relation *relation) {
    return relation->kind == RELATION_FK || relation->kind == RELATION_O2O
           || relation->kind == RELATION_M2M || relation->kind == RELATION_PARENT
           || (relation->kind == RELATION_GENERIC);
}

static void add_edges(Maker *maker) {
    Graph *graph = maker->graph;
    for (uint32_t n = 0; n < graph->nodes.count; n++) {
        const Model *model = graph->nodes.items[n].model;
        for (uint32_t i = 0; i < model->relations.count; i++) {
            const Relation *relation = model->relations.items[i];
            uint32_t to;
            if (!is_forward(relation) || relation->from != model || !relation->to) continue;
            if (map_get(&maker->edges, key_of(relation))
                || !number_get(&maker->places, relation->to, &to))
                continue;
            void *number = number_of(graph->edges.count);
            map_put(graph->arena, &maker->edges, key_of(relation), number);
            if (relation->inverse)
                map_put(graph->arena, &maker->edges, key_of(relation->inverse), number);
            const char *name = label_of(graph->arena,
                                        project_text(maker->project, relation->name));
            array_push(graph->arena, &graph->edges,
                       (GraphEdge){.from = n, .to = to, .relation = relation, .label = name,
                                   .codes = ""});
        }
    }
}

static const Relation *relation_named(const Project *project, const Model *model,
                                      const char *name, size_t length) {
    for (uint32_t i = 0; model && i < model->relations.count; i++) {
        const char *text = project_text(project, model->relations.items[i]->name);
        if (strlen(text) == length && !memcmp(text, name, length))
            return model->relations.items[i];
    }
    return NULL;
}

/* The relation at the end of a finding's path; NULL: it hangs from none. */
static const Relation *relation_of(const Project *project, const Finding *finding) {
    const Model *model = *finding->model ? project_model_named(project, finding->model) : NULL;
    const Relation *relation = NULL;
    for (const char *at = finding->relation; *at;) {
        size_t length = strcspn(at, ".");
        const Relation *next = relation_named(project, model, at, length);
        if (!next) return relation;
        relation = next;
        model = next->to;
        at += length + (at[length] == '.');
    }
    return relation;
}

static void add_findings(Maker *maker, const Findings *findings) {
    Graph *graph = maker->graph;
    graph->finding_count = findings ? findings->items.count : 0;
    graph->edges_of = arena_many(graph->arena, uint32_t, graph->finding_count + 1u);
    for (uint32_t i = 0; i < graph->finding_count; i++) {
        graph->edges_of[i] = GRAPH_NONE;
        const Finding *finding = &findings->items.items[i];
        const Relation *relation = relation_of(maker->project, finding);
        uint32_t number;
        if (!relation || !number_get(&maker->edges, relation, &number)) continue;
        GraphEdge *edge = &maker->graph->edges.items[number];
        edge->findings++;
        graph->edges_of[i] = number;
        const char *code = finding->rule->rule->code;
        if (!strstr(edge->codes, code))
            edge->codes = arena_format(maker->graph->arena, "%s%s%s", edge->codes,
                                       *edge->codes ? " " : "", code);
    }
}

/* Which nodes lie near the one asked for, by relations in either direction. */
static void reach(Graph *graph, uint32_t start, uint32_t depth) {
    graph->nodes.items[start].distance = 0;
    for (uint32_t far = 0; far < depth; far++) {
        bool more = false;
        for (uint32_t i = 0; i < graph->edges.count; i++) {
            GraphNode *from = &graph->nodes.items[graph->edges.items[i].from];
            GraphNode *to = &graph->nodes.items[graph->edges.items[i].to];
            if (from->distance == far && to->distance == UINT32_MAX) to->distance = far + 1;
            else if (to->distance == far && from->distance == UINT32_MAX) from->distance = far + 1;
            else continue;
            more = true;
        }
        if (!more) break;
    }
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        graph->nodes.items[i].shown = graph->nodes.items[i].distance != UINT32_MAX;
}

/* What libraries' models have among themselves is not the project's. */
static void show_own(Graph *graph) {
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        GraphNode *from = &graph->nodes.items[graph->edges.items[i].from];
        GraphNode *to = &graph->nodes.items[graph->edges.items[i].to];
        if (!from->model->external || !to->model->external) from->shown = to->shown = true;
    }
}

static void show_hit(Graph *graph) {
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        const GraphEdge *edge = &graph->edges.items[i];
        if (!edge->findings) continue;
        graph->nodes.items[edge->from].shown = graph->nodes.items[edge->to].shown = true;
    }
}

/* "shop.Book" or "Book", in any case; UINT32_MAX and the mistake: there is none. */
static uint32_t node_named(const Graph *graph, const char *name, const char **mistake) {
    const char *best = NULL;
    for (uint32_t i = 0; i < graph->nodes.count; i++) {
        const char *label = graph->nodes.items[i].label, *dot = strrchr(label, '.');
        if (!strcasecmp(label, name) || (dot && !strcasecmp(dot + 1, name))) return i;
        suggest_consider(name, strchr(name, '.') || !dot ? label : dot + 1, &best);
    }
    *mistake = arena_format(graph->arena, "no model is called '%s'%s%s%s", name,
                            best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
    return UINT32_MAX;
}

static void keep_shown(Graph *graph) {
    uint32_t kept = 0, *numbers = arena_many(graph->arena, uint32_t, graph->edges.count + 1u);
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        const GraphEdge *edge = &graph->edges.items[i];
        bool keep = graph->nodes.items[edge->from].shown && graph->nodes.items[edge->to].shown;
        numbers[i] = keep ? kept : GRAPH_NONE;
        if (keep) graph->edges.items[kept++] = *edge;
    }
    graph->edges.count = kept;
    for (uint32_t i = 0; i < graph->finding_count; i++)
        if (graph->edges_of[i] != GRAPH_NONE) graph->edges_of[i] = numbers[graph->edges_of[i]];
}

Graph *graph_make(Arena *arena, const Project *project, const Findings *findings,
                  const GraphOptions *options, const char **mistake) {
    Maker maker = {.graph = arena_make(arena, Graph), .project = project};
    Graph *graph = maker.graph;
    graph->arena = arena;
    add_nodes(&maker);
    add_edges(&maker);
    add_findings(&maker, findings);
    if (options->model) {
        uint32_t start = node_named(graph, options->model, mistake);
        if (start == UINT32_MAX) return NULL;
        reach(graph, start, options->depth);
    } else if (options->only_hit) {
        show_hit(graph);
    } else {
        show_own(graph);
    }
    keep_shown(graph);
    return graph;
}

const char *graph_kind(const GraphEdge *edge) {
    switch (edge->relation->kind) {
    case RELATION_FK: return "foreign key";
    case RELATION_O2O: return "one to one";
    case RELATION_M2M: return "many to many";
    case RELATION_PARENT: return "parent";
    default: return "generic";
    }
}
