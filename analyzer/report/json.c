/* One object with one finding a line, so that two reports can be compared line by line; and the
 * lines alone. Columns count bytes here, paths are relative to the working directory. */
#include "report/version.h"
#include "report/words.h"

static void write_string(Writer *out, const char *key, const char *text) {
    write_format(out, "\"%s\": ", key);
    write_json(out, text, strlen(text));
}

static void write_spot(Writer *out, const Place *place) {
    write_string(out, "path", place->path);
    write_format(out, ", \"line\": %u, \"column\": %u", place->line, place->column);
}

/* A related place, or null. */
static void write_related(Writer *out, const char *key, const Place *place) {
    write_format(out, ", \"%s\": ", key);
    if (!place->path) {
        write_text(out, "null");
        return;
    }
    write_text(out, "{");
    write_spot(out, place);
    write_text(out, "}");
}

static void write_chain(Writer *out, const Finding *finding) {
    write_text(out, ", \"chain\": [");
    for (uint32_t i = 0; i < finding->chain_count; i++) {
        write_text(out, i ? ", {" : "{");
        write_spot(out, &finding->chain[i]);
        write_text(out, ", ");
        write_string(out, "function", finding->chain[i].function);
        write_text(out, "}");
    }
    write_text(out, "]");
}

static void write_finding(Writer *out, const Finding *finding) {
    const struct { const char *key, *text; } before[] = {
        {"code", finding->rule->rule->code},
        {"rule", finding->rule->name},
        {"severity", severity_word(finding->severity)},
        {"confidence", confidence_word(finding->confidence)},
        {"message", finding->message},
    }, after[] = {
        {"surface", surface_word(finding->surface)},
        {"model", finding->model},
        {"relation", finding->relation},
        {"operation", finding->operation},
        {"method", finding->method},
    };
    write_text(out, "{");
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        write_string(out, before[i].key, before[i].text);
        write_text(out, ", ");
    }
    write_spot(out, &finding->place);
    write_format(out, ", \"end_line\": %u, \"end_column\": %u", finding->place.end_line,
                 finding->place.end_column);
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        write_text(out, ", ");
        write_string(out, after[i].key, after[i].text);
    }
    write_related(out, "queryset", &finding->queryset);
    write_related(out, "loop", &finding->loop);
    write_chain(out, finding);
    write_text(out, ", ");
    write_string(out, "estimate", finding->estimate);
    write_text(out, ", ");
    write_string(out, "fix", finding->fix);
    write_text(out, ", ");
    write_string(out, "fingerprint", finding->fingerprint);
    write_text(out, "}");
}

void report_json(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    write_text(out, "{");
    write_string(out, "version", EAGERLY_VERSION);
    write_text(out, ", \"findings\": [");
    for (uint32_t i = 0; i < findings->items.count; i++) {
        write_text(out, i ? ",\n" : "\n");
        write_finding(out, &findings->items.items[i]);
    }
    write_text(out, findings->items.count ? "\n]}\n" : "]}\n");
}

void report_jsonl(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    for (uint32_t i = 0; i < findings->items.count; i++) {
        write_finding(out, &findings->items.items[i]);
        write_text(out, "\n");
    }
}
