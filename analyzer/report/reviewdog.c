/* The Reviewdog Diagnostic Format, whole and by lines. Its columns count bytes of UTF-8. */
#include "report/words.h"

static const char *reviewdog_severity(Severity severity) {
    static const char *const words[] = {"INFO", "WARNING", "ERROR"};
    return words[severity];
}

static void write_location(Writer *out, const Place *place) {
    write_text(out, "\"location\": {\"path\": ");
    write_json_text(out, place->path);
    write_format(out, ", \"range\": {\"start\": {\"line\": %u, \"column\": %u}, \"end\": {\"line\":"
                 " %u, \"column\": %u}}}", place->line, place->column, place->end_line,
                 place->end_column);
}

static void write_related(Writer *out, const Place *place, const char *word, bool *any) {
    if (!place->path) return;
    write_format(out, "%s{\"message\": \"%s\", ", *any ? ", " : ", \"relatedLocations\": [", word);
    write_location(out, place);
    write_text(out, "}");
    *any = true;
}

/* A suggestion has no path of its own: it is about the diagnostic's file. */
static void write_suggestion(Writer *out, const Finding *finding) {
    const Place *place = &finding->queryset;
    if (!*finding->edit || strcmp(place->path, finding->place.path)) return;
    write_format(out, ", \"suggestions\": [{\"range\": {\"start\": {\"line\": %u, \"column\": %u}, "
                 "\"end\": {\"line\": %u, \"column\": %u}}, \"text\": ", place->end_line,
                 place->end_column, place->end_line, place->end_column);
    write_json_text(out, finding->edit);
    write_text(out, "}]");
}

static void write_diagnostic(Writer *out, const Finding *finding, bool alone) {
    Writer *text = writer_to_memory();
    size_t length;
    bool any = false;
    write_format(text, "%s%s%s", finding->message, *finding->fix ? "\nfix: " : "", finding->fix);
    const char *whole = writer_text(text, &length);
    write_text(out, "{\"message\": ");
    write_json(out, whole, length);
    writer_close(text);
    write_text(out, ", ");
    write_location(out, &finding->place);
    write_format(out, ", \"severity\": \"%s\", \"code\": {\"value\": \"%s\"}",
                 reviewdog_severity(finding->severity), finding->rule->rule->code);
    if (alone) write_text(out, ", \"source\": {\"name\": \"eagerly\"}");
    write_suggestion(out, finding);
    for (uint32_t i = 0; i < finding->chain_count; i++)
        write_related(out, &finding->chain[i], "called here", &any);
    write_related(out, &finding->loop, "repeated by this", &any);
    write_related(out, &finding->queryset, "the rows come from here", &any);
    write_text(out, any ? "]}" : "}");
}

void report_rdjson(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    write_text(out, "{\"source\": {\"name\": \"eagerly\"}, \"severity\": \"WARNING\", "
                    "\"diagnostics\": [");
    for (uint32_t i = 0; i < findings->items.count; i++) {
        write_text(out, i ? ",\n" : "\n");
        write_diagnostic(out, &findings->items.items[i], false);
    }
    write_text(out, findings->items.count ? "\n]}\n" : "]}\n");
}

void report_rdjsonl(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    for (uint32_t i = 0; i < findings->items.count; i++) {
        write_diagnostic(out, &findings->items.items[i], true);
        write_text(out, "\n");
    }
}
