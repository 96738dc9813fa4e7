/* One page to read, to search and to keep: every finding with its source, the way from the
 * queryset to the touch, and the advice. Without JavaScript everything is there to read; with it
 * the findings can be filtered. Nothing is loaded from anywhere. */
#include "report/line.h"
#include "report/page.h"
#include "report/version.h"
#include "report/words.h"

#include <stdlib.h>

enum { SHOWN_MOST = 5000, AROUND = 2, LINE_MOST = 240, BEFORE = 100 };

typedef struct Html {
    Writer *out;
    LineReader lines;
} Html;

/* The app whose rows are read; where no model is known, the first folder. */
static size_t app_length(const Finding *finding, const char **text) {
    const char *dot = strchr(finding->model, '.'), *path = finding->place.path;
    *text = dot ? finding->model : path;
    return dot ? (size_t)(dot - finding->model) : strcspn(path, "/");
}

static void write_attribute(Html *html, const char *name, const char *text, size_t length) {
    write_format(html->out, " %s=\"", name);
    write_xml(html->out, text, length);
    write_text(html->out, "\"");
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

static void write_step(Html *html, const Place *place, const char *word) {
    if (!place->path) return;
    write_format(html->out, "<li>%s ", word);
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
    write_step(html, &finding->queryset, "queryset");
    write_step(html, &finding->loop, "loop");
    for (uint32_t i = finding->chain_count; i-- > 0;)
        write_step(html, &finding->chain[i], "call");
    write_step(html, &finding->place, "touch");
    write_text(html->out, "</ol>\n");
}

static void write_finding(Html *html, const Finding *finding) {
    const char *code = finding->rule->rule->code, *app;
    size_t length = app_length(finding, &app);
    write_format(html->out, "<article class=\"finding %s\" data-rule=\"%s\" "
                 "data-confidence=\"%s\"", severity_word(finding->severity), code,
                 confidence_word(finding->confidence));
    write_attribute(html, "data-app", app, length);
    write_format(html->out, ">\n<h2><a class=\"code\" href=\"#%s\">%s %s</a> ", code, code,
                 finding->rule->name);
    write_spot(html, &finding->place);
    write_text(html->out, "</h2>\n<p>");
    write_xml_text(html->out, finding->message);
    write_text(html->out, "</p>\n");
    write_frame(html, &finding->place);
    write_way(html, finding);
    if (*finding->fix) {
        write_text(html->out, "<p class=\"fix\"><strong>fix</strong> ");
        write_xml_text(html->out, finding->fix);
        write_text(html->out, "</p>\n");
    }
    write_format(html->out, "<p class=\"facts\">%s%s%s, %s", finding->estimate,
                 *finding->estimate ? " queries, " : "", confidence_word(finding->confidence),
                 surface_word(finding->surface));
    if (finding->more) write_format(html->out, ", %u more ways lead here", finding->more);
    write_text(html->out, "</p>\n</article>\n");
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

static void write_filter(Html *html, const Findings *findings, const RuleCount *counts,
                         uint32_t used) {
    write_text(html->out, "<form id=\"filter\" hidden>\n");
    write_select(html, "rule");
    for (uint32_t i = 0; i < used; i++)
        write_format(html->out, "<option value=\"%s\">%s %s (%u)</option>",
                     counts[i].entry->rule->code, counts[i].entry->rule->code,
                     counts[i].entry->name, counts[i].count);
    write_text(html->out, "</select></label>\n");
    write_apps(html, findings);
    write_select(html, "confidence");
    for (int i = CONFIDENCE_CERTAIN; i >= CONFIDENCE_POSSIBLE; i--)
        write_choice(html, confidence_word((Confidence)i), strlen(confidence_word((Confidence)i)));
    write_text(html->out, "</select></label>\n<label>text <input name=\"word\" type=\"search\">"
                          "</label>\n<output id=\"shown\"></output>\n</form>\n");
}

static void write_rules(Html *html, const RuleCount *counts, uint32_t used) {
    write_text(html->out, "<h1>Rules</h1>\n");
    for (uint32_t i = 0; i < used; i++) {
        const RuleEntry *entry = counts[i].entry;
        write_format(html->out, "<details id=\"%s\"><summary>%s %s</summary><pre>",
                     entry->rule->code, entry->rule->code, entry->name);
        write_xml_text(html->out, entry->documentation);
        write_text(html->out, "</pre></details>\n");
    }
}

void report_html(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    Html html = {.out = out};
    uint32_t count = findings->items.count, used;
    RuleCount *counts = findings_rules(findings, &used);
    const Finding **worst = count > SHOWN_MOST ? findings_worst(findings) : NULL;
    page_begin(out);
    write_text(out, "<h1>eagerly</h1>\n<p>");
    write_summary(out, findings);
    write_text(out, "</p>\n");
    if (count) write_filter(&html, findings, counts, used);
    for (uint32_t i = 0; i < count && i < SHOWN_MOST; i++)
        write_finding(&html, worst ? worst[i] : &findings->items.items[i]);
    if (worst) write_format(out, "<p>%u more are not shown.</p>\n", count - SHOWN_MOST);
    if (count) write_rules(&html, counts, used);
    write_format(out, "<p class=\"facts\">eagerly %s</p>\n", EAGERLY_VERSION);
    if (count) page_end(out);
    else write_text(out, "</body>\n</html>\n");
    line_close(&html.lines);
    free(worst);
    free(counts);
}
