/* One page to read, to search and to keep: every place with its source, the way from the queryset
 * to the touch, the advice, and the other querysets; above them the relations as a graph. Findings
 * are folded together, by files. Without JavaScript everything is there to read; with it they can
 * be filtered, also by choosing a relation. Nothing is loaded from anywhere. */
#include "graph/graph.h"
#include "report/access.h"
#include "report/line.h"
#include "report/page.h"
#include "report/version.h"
#include "report/way.h"

#include <stdlib.h>

enum { SHOWN_MOST = 5000, AROUND = 2, LINE_MOST = 240, BEFORE = 100, OPEN_MOST = 12 };

typedef struct Html {
    Writer *out;
    LineReader lines;
    const Findings *findings;
    const Graph *graph;        /* NULL: none */
    bool open;                 /* findings are few: none is folded together */
} Html;

/* The app whose rows are read; where no model is known, the first folder. */
static size_t app_length(const Finding *finding, const char **text) {
    const char *dot = strchr(finding->model, '.'), *path = finding->place.path;
    *text = dot ? finding->model : path;
    return dot ? (size_t)(dot - finding->model) : strcspn(path, "/");
}

/* Whether an earlier one of the members is of the same app. */
static bool app_said(const Access *access, uint32_t member) {
    const char *text, *other;
    size_t length = app_length(access->members[member], &text);
    for (uint32_t i = 0; i < member; i++)
        if (app_length(access->members[i], &other) == length && !memcmp(text, other, length))
            return true;
    return false;
}

/* The apps of all members, one a line. */
static void write_app(Html *html, const Access *access) {
    write_text(html->out, " data-app=\"");
    for (uint32_t i = 0; i < access->count; i++) {
        const char *app;
        size_t length = app_length(access->members[i], &app);
        if (app_said(access, i)) continue;
        if (i) write_text(html->out, "&#10;");
        write_xml(html->out, app, length);
    }
    write_text(html->out, "\"");
}

/* The relation in the graph; GRAPH_NONE: it is not there. */
static uint32_t edge_of(const Html *html, const Finding *finding) {
    return html->graph ? html->graph->edges_of[finding - html->findings->items.items]
                       : GRAPH_NONE;
}

/* Whether the member is about a relation that none before it is about. */
static bool edge_is_new(const Html *html, const Access *access, uint32_t member) {
    uint32_t edge = edge_of(html, access->members[member]);
    for (uint32_t i = 0; i < member; i++)
        if (edge_of(html, access->members[i]) == edge) return false;
    return edge != GRAPH_NONE;
}

/* The relations of all members, one a line. */
static void write_edges(Html *html, const Access *access) {
    bool more = false;
    for (uint32_t i = 0; i < access->count; i++) {
        if (!edge_is_new(html, access, i)) continue;
        const GraphEdge *edge = &html->graph->edges.items[edge_of(html, access->members[i])];
        write_format(html->out, "%s%s.%s", more ? "&#10;" : " data-edge=\"",
                     html->graph->nodes.items[edge->from].label, edge->label);
        more = true;
    }
    if (more) write_text(html->out, "\"");
}

static size_t character_start(const char *text, size_t at) {
    while (at && ((unsigned char)text[at] & 0xc0) == 0x80) at--;
    return at;
}

/* A line with the touch marked; a long one around it only. `start` and `end` are bytes of it. */
static void write_marked(Html *html, const char *text, size_t length, size_t start, size_t end) {
    size_t from = start > LINE_MOST / 2 && length > LINE_MOST
                      ? character_start(text, start - BEFORE) : 0;
    size_t to = length - from > LINE_MOST ? character_start(text, from + LINE_MOST) : length;
    if (end > to) end = to;
    if (start > end) start = end;
    if (from) write_text(html->out, "…");
    write_xml(html->out, text + from, start - from);
    if (end > start) {
        write_text(html->out, "<mark>");
        write_xml(html->out, text + start, end - start);
        write_text(html->out, "</mark>");
    }
    write_xml(html->out, text + end, to - end);
    if (to < length) write_text(html->out, "…");
}

static void write_line(Html *html, const Place *place, uint32_t line) {
    const char *text;
    size_t length;
    if (!line_read(&html->lines, place->opened, line, &text, &length)) return;
    bool here = line == place->line;
    size_t start = here ? place->column - 1 : 0, end = 0;
    if (here) end = place->end_line == line ? place->end_column - 1 : length;
    if (start > length) start = length;
    if (end > length) end = length;
    write_format(html->out, "<span class=\"row%s\"><b>%u</b>", here ? " here" : "", line);
    write_marked(html, text, length, start, end);
    write_text(html->out, "</span>");
}

static void write_frame(Html *html, const Place *place) {
    if (!place->source) return;
    uint32_t first = place->line > AROUND ? place->line - AROUND : 1;
    write_text(html->out, "<pre>");
    for (uint32_t line = first; line <= place->line + AROUND; line++)
        write_line(html, place, line);
    write_text(html->out, "</pre>\n");
}

static void write_spot(Html *html, const Place *place) {
    write_text(html->out, "<span class=\"spot\">");
    write_xml_text(html->out, place->path);
    write_format(html->out, ":%u:%u</span>", place->line, place_column(place));
}

static void write_step(Html *html, const Step *step) {
    const Place *place = step->place;
    write_format(html->out, "<li>%s ", step->word);
    write_spot(html, place);
    if (*place->function) {
        write_text(html->out, " in ");
        write_xml_text(html->out, place->function);
    }
    if (place->source) {
        write_text(html->out, "<br><code>");
        write_xml_text(html->out, place->source);
        write_text(html->out, "</code>");
    }
    write_text(html->out, "</li>\n");
}

static void write_way(Html *html, const Finding *finding) {
    write_text(html->out, "<ol class=\"way\">\n");
    uint32_t count;
    Step *steps = way_make(finding, true, &count);
    if (finding->queryset.path) write_step(html, &steps[--count]);
    while (count-- > 0) write_step(html, &steps[count]);
    free(steps);
    write_text(html->out, "</ol>\n");
}

static void write_other(const Finding *other, const char *advice, void *context) {
    Html *html = context;
    const Place *place = other_place(other);
    write_text(html->out, "<li>");
    write_spot(html, place);
    if (*place->function) {
        write_text(html->out, " in ");
        write_xml_text(html->out, place->function);
    }
    if (*advice) {
        write_text(html->out, "<br><code>");
        write_xml_text(html->out, advice);
        write_text(html->out, "</code>");
    }
    write_text(html->out, "</li>\n");
}

static void write_more(Html *html, const Access *access) {
    if (!access->others) return;
    write_format(html->out, "<details class=\"others\"%s><summary>also reached ",
                 access->others <= OTHERS_MOST ? " open" : "");
    write_others(html->out, access);
    write_text(html->out, "</summary><ul>\n");
    access_others(access, UINT32_MAX, write_other, html);
    write_text(html->out, "</ul></details>\n");
}

static void write_facts(Html *html, const Finding *finding) {
    write_format(html->out, "<p class=\"facts\">%s%s%s, %s", finding->estimate,
                 *finding->estimate ? " queries, " : "", confidence_word(finding->confidence),
                 surface_word(finding->surface));
    if (finding->more)
        write_format(html->out, ", %u more way%s lead%s here", finding->more,
                     finding->more == 1 ? "" : "s", finding->more == 1 ? "s" : "");
    write_text(html->out, "</p>\n");
}

/* What is to be seen of a finding that is folded together. */
static void write_heading(Html *html, const Access *access) {
    const Finding *finding = access->first;
    const RuleEntry *entry = finding->rule;
    write_format(html->out, "<summary><h3><a class=\"code\" href=\"#%s\" title=\"%s\">%s</a> "
                            "<span class=\"spot\">%u:%u</span></h3> <span class=\"message\">",
                 entry->rule->code, entry->name, entry->rule->code, finding->place.line,
                 place_column(&finding->place));
    write_xml_text(html->out, finding->message);
    if (access->others) {
        write_text(html->out, " <em>also ");
        write_others(html->out, access);
        write_text(html->out, "</em>");
    }
    write_text(html->out, "</span></summary>\n");
}

static void write_access(Html *html, const Access *access) {
    const Finding *finding = access->first;
    write_format(html->out, "<article class=\"finding %s\" data-rule=\"%s\" "
                 "data-confidence=\"%s\"", severity_word(finding->severity),
                 finding->rule->rule->code, confidence_word(finding->confidence));
    write_app(html, access);
    write_edges(html, access);
    write_format(html->out, "><details%s>", html->open ? " open" : "");
    write_heading(html, access);
    write_frame(html, &finding->place);
    if (*finding->fix) {
        write_text(html->out, "<p class=\"fix\"><strong>fix</strong> ");
        write_xml_text(html->out, finding->fix);
        write_text(html->out, "</p>\n");
    }
    write_way(html, finding);
    write_more(html, access);
    write_facts(html, finding);
    write_text(html->out, "</details></article>\n");
}

/* The findings of one file; returns how many. */
static uint32_t write_file(Html *html, const Access *list, uint32_t count) {
    uint32_t same = 1;
    while (same < count && !group_order(list[0].first, list[same].first, GROUP_FILE)) same++;
    write_text(html->out, "<section class=\"file\"><h2><span class=\"path\">");
    write_xml_text(html->out, list[0].first->place.path);
    write_format(html->out, "</span> <span class=\"count\">%u</span></h2>\n", same);
    for (uint32_t i = 0; i < same; i++) write_access(html, &list[i]);
    write_text(html->out, "</section>\n");
    return same;
}

/* Relations say how many places are to be found by choosing them. */
static void write_graph(Html *html, const Accesses *accesses, uint32_t shown) {
    if (!html->graph || !html->graph->edges.count) return;
    uint32_t *counts = memory_alloc(sizeof *counts * html->graph->edges.count);
    memset(counts, 0, sizeof *counts * html->graph->edges.count);
    for (uint32_t i = 0; i < shown; i++) {
        const Access *access = &accesses->items[i];
        for (uint32_t k = 0; k < access->count; k++)
            if (edge_is_new(html, access, k)) counts[edge_of(html, access->members[k])]++;
    }
    write_text(html->out, "<details id=\"graph\" open><summary>The relations with findings. "
                          "Choose one to see only its findings.</summary>\n<div>");
    graph_svg_inside(html->graph, counts, html->out);
    write_text(html->out, "</div></details>\n");
    free(counts);
}

typedef struct App { const char *text; size_t length; } App;

static int app_order(const void *a, const void *b) {
    const App *left = a, *right = b;
    size_t both = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->text, right->text, both);
    return order ? order : (left->length > right->length) - (left->length < right->length);
}

static void write_select(Html *html, const char *name) {
    write_format(html->out, "<label>%s <select name=\"%s\"><option value=\"\">all</option>", name,
                 name);
}

static void write_choice(Html *html, const char *text, size_t length) {
    write_text(html->out, "<option>");
    write_xml(html->out, text, length);
    write_text(html->out, "</option>");
}

static void write_apps(Html *html, const Findings *findings) {
    uint32_t count = findings->items.count;
    App *apps = memory_alloc(sizeof *apps * (count + 1));
    for (uint32_t i = 0; i < count; i++)
        apps[i].length = app_length(&findings->items.items[i], &apps[i].text);
    if (count) qsort(apps, count, sizeof *apps, app_order);
    write_select(html, "app");
    for (uint32_t i = 0; i < count; i++)
        if (!i || app_order(&apps[i - 1], &apps[i]))
            write_choice(html, apps[i].text, apps[i].length);
    write_text(html->out, "</select></label>\n");
    free(apps);
}

static uint32_t count_of(const Accesses *accesses, const RuleEntry *entry) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < accesses->count; i++)
        count += accesses->items[i].first->rule == entry;
    return count;
}

static void write_filter(Html *html, const Accesses *accesses, const RuleCount *counts,
                         uint32_t used) {
    write_text(html->out, "<form id=\"filter\" hidden>\n");
    write_select(html, "rule");
    for (uint32_t i = 0; i < used; i++)
        write_format(html->out, "<option value=\"%s\">%s %s (%u)</option>",
                     counts[i].entry->rule->code, counts[i].entry->rule->code,
                     counts[i].entry->name, count_of(accesses, counts[i].entry));
    write_text(html->out, "</select></label>\n");
    write_apps(html, html->findings);
    write_select(html, "confidence");
    for (int i = CONFIDENCE_CERTAIN; i >= CONFIDENCE_POSSIBLE; i--)
        write_choice(html, confidence_word((Confidence)i), strlen(confidence_word((Confidence)i)));
    write_text(html->out, "</select></label>\n<label>text <input name=\"word\" type=\"search\">"
                          "</label>\n"
                          "<button type=\"button\" id=\"fold\">open all</button>\n"
                          "<output id=\"shown\"></output>\n"
                          "<button type=\"button\" id=\"chosen\" hidden></button>\n"
                          "<p class=\"facts\">Keys: <kbd>j</kbd> and <kbd>k</kbd> to the next and "
                          "the previous finding, <kbd>Enter</kbd> opens it, <kbd>o</kbd> opens "
                          "all, "
                          "<kbd>/</kbd> searches, <kbd>Esc</kbd> clears.</p>\n</form>\n");
}

static void write_rules(Html *html, const RuleCount *counts, uint32_t used) {
    write_text(html->out, "<h2>Rules</h2>\n");
    for (uint32_t i = 0; i < used; i++) {
        const RuleEntry *entry = counts[i].entry;
        write_format(html->out, "<details class=\"rule\" id=\"%s\"><summary>%s %s</summary><pre>",
                     entry->rule->code, entry->rule->code, entry->name);
        write_xml_text(html->out, entry->documentation);
        write_text(html->out, "</pre></details>\n");
    }
}

static void write_all(Html *html, Accesses *accesses) {
    uint32_t count = accesses->count, shown = count < SHOWN_MOST ? count : SHOWN_MOST;
    if (shown < count) accesses_worst(accesses);
    accesses->count = shown;
    accesses_group(accesses, GROUP_FILE);
    html->open = shown <= OPEN_MOST;
    write_graph(html, accesses, shown);
    for (uint32_t i = 0; i < shown;) i += write_file(html, &accesses->items[i], shown - i);
    if (shown < count) write_format(html->out, "<p>%u more are not shown.</p>\n", count - shown);
}

void report_html(const Findings *findings, const ReportOptions *options, Writer *out) {
    Html html = {.out = out, .findings = findings, .graph = options->graph};
    uint32_t used;
    RuleCount *counts = findings_rules(findings, &used);
    Accesses accesses = accesses_make(findings, GROUP_ACCESS);
    page_begin(out);
    write_text(out, "<h1>eagerly</h1>\n<p>");
    write_summary(out, findings);
    write_text(out, "</p>\n");
    if (accesses.count) {
        write_filter(&html, &accesses, counts, used);
        write_all(&html, &accesses);
        write_rules(&html, counts, used);
    }
    write_format(out, "<p class=\"facts\">eagerly %s</p>\n", EAGERLY_VERSION);
    if (accesses.count) page_end(out);
    else write_text(out, "</body>\n</html>\n");
    line_close(&html.lines);
    accesses_free(&accesses);
    free(counts);
}
