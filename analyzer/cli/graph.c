/* The command; the graph itself is a room of its own. */
#include "graph/graph.h"
#include "cli/show.h"
#include "cli/check.h"
#include "cli/commands.h"

int show_graph(const Shown *shown, const Options *options, Writer *out) {
    static void (*const formats[])(const Graph *, Writer *) = {
        [GRAPH_MERMAID] = graph_mermaid, [GRAPH_DOT] = graph_dot, [GRAPH_SVG] = graph_svg,
        [GRAPH_JSON] = graph_json,
    };
    const char *mistake = NULL;
    GraphOptions how = {.model = options->graph_model, .depth = (uint32_t)options->graph_depth};
    const Graph *graph =
        graph_make(options->arena, shown->project, shown->findings, &how, &mistake);
    if (!graph) return trouble(mistake);
    formats[options->graph_format](graph, out);
    return EXIT_CLEAN;
}
