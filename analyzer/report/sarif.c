/* SARIF 2.1.0: one run. Paths are percent-encoded and relative to %SRCROOT%, the top of the
 * repository; columns count characters. The way from the queryset to the touch is a code flow,
 * which services show as a path to click through. */
#include "report/version.h"
#include "report/words.h"

#include <stdlib.h>

enum { RESULTS_MOST = 25000 }; /* GitHub refuses a file with more */

typedef struct Sarif {
    Writer *out;
    const ReportOptions *options;
} Sarif;

static void write_pair(Writer *out, const char *before, const char *text) {
    write_text(out, before);
    write_json_text(out, text);
}

static void write_region(Sarif *sarif, const Place *place) {
    write_format(sarif->out, "\"region\": {\"startLine\": %u, \"startColumn\": %u, "
                 "\"endLine\": %u, \"endColumn\": %u}", place->line, place_column(place),
                 place->end_line, place_end_column(place));
    if (!place->source || place->line != place->end_line) return;
    write_format(sarif->out, ", \"contextRegion\": {\"startLine\": %u, \"snippet\": {\"text\": ",
                 place->line);
    write_json_text(sarif->out, place->source);
    write_text(sarif->out, "}}");
}

/* The inside of a location: physical, and the function if there is one. */
static void write_location(Sarif *sarif, const Place *place) {
    write_text(sarif->out, "\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"");
    write_uri(sarif->out, place_path(place, sarif->options));
    write_text(sarif->out, "\", \"uriBaseId\": \"%SRCROOT%\"}, ");
    write_region(sarif, place);
    write_text(sarif->out, "}");
    if (!*place->function) return;
    write_pair(sarif->out, ", \"logicalLocations\": [{\"fullyQualifiedName\": ", place->function);
    write_text(sarif->out, ", \"kind\": \"function\"}]");
}

static void write_step(Sarif *sarif, const Place *place, const char *word, bool *any) {
    if (!place->path) return;
    write_text(sarif->out, *any ? ", {\"location\": {" : "{\"location\": {");
    write_location(sarif, place);
    write_pair(sarif->out, ", \"message\": {\"text\": ", word);
    write_text(sarif->out, "}}}");
    *any = true;
}

/* In the order of execution. */
static void write_flow(Sarif *sarif, const Finding *finding) {
    bool any = false;
    if (!finding->queryset.path && !finding->loop.path && !finding->chain_count) return;
    write_text(sarif->out, ", \"codeFlows\": [{\"threadFlows\": [{\"locations\": [");
    write_step(sarif, &finding->queryset, "the rows come from here", &any);
    write_step(sarif, &finding->loop, "this repeats", &any);
    for (uint32_t i = finding->chain_count; i-- > 0;)
        write_step(sarif, &finding->chain[i], "this call leads on", &any);
    write_step(sarif, &finding->place, "the query runs here", &any);
    write_text(sarif->out, "]}]}]");
}

static void write_message(Sarif *sarif, const Finding *finding) {
    Writer *text = writer_to_memory();
    size_t length;
    write_text(text, finding->message);
    if (*finding->fix) write_format(text, "\nfix: %s", finding->fix);
    if (*finding->estimate) write_format(text, "\n%s queries", finding->estimate);
    const char *whole = writer_text(text, &length);
    write_text(sarif->out, "\"message\": {\"text\": ");
    write_json(sarif->out, whole, length);
    write_text(sarif->out, "}");
    writer_close(text);
}

static void write_change(Sarif *sarif, const Finding *finding) {
    const Place *place = &finding->queryset;
    if (!*finding->edit) return;
    write_pair(sarif->out, ", \"fixes\": [{\"description\": {\"text\": ", finding->fix);
    write_text(sarif->out, "}, \"artifactChanges\": [{\"artifactLocation\": {\"uri\": \"");
    write_uri(sarif->out, place_path(place, sarif->options));
    write_format(sarif->out, "\", \"uriBaseId\": \"%%SRCROOT%%\"}, \"replacements\": [{"
                 "\"deletedRegion\": {\"startLine\": %u, \"startColumn\": %u, \"endLine\": %u, "
                 "\"endColumn\": %u}, \"insertedContent\": {\"text\": ", place->end_line,
                 place->end_point, place->end_line, place->end_point);
    write_json_text(sarif->out, finding->edit);
    write_text(sarif->out, "}}]}]}]");
}

static void write_properties(Sarif *sarif, const Finding *finding) {
    const struct { const char *key, *text; } facts[] = {
        {"confidence", confidence_word(finding->confidence)},
        {"surface", surface_word(finding->surface)},
        {"model", finding->model},
        {"relation", finding->relation},
        {"estimate", finding->estimate},
        {"fix", finding->fix},
    };
    write_text(sarif->out, ", \"properties\": {");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        write_format(sarif->out, "%s\"%s\": ", i ? ", " : "", facts[i].key);
        write_json_text(sarif->out, facts[i].text);
    }
    write_text(sarif->out, "}");
}

static void write_result(Sarif *sarif, const Finding *finding) {
    write_format(sarif->out, "{\"ruleId\": \"%s\", \"ruleIndex\": %u, \"level\": \"%s\", ",
                 finding->rule->rule->code, (unsigned)(finding->rule - rules),
                 level_word(finding->severity, "note"));
    write_message(sarif, finding);
    write_text(sarif->out, ", \"locations\": [{");
    write_location(sarif, &finding->place);
    write_format(sarif->out, "}], \"partialFingerprints\": {\"eagerly/v1\": \"%s\"}",
                 finding->fingerprint);
    write_flow(sarif, finding);
    write_change(sarif, finding);
    write_properties(sarif, finding);
    write_text(sarif->out, "}");
}

static void write_rule(Sarif *sarif, const RuleEntry *entry) {
    const Rule *rule = entry->rule;
    size_t sentence = strcspn(entry->documentation, "\n");
    write_format(sarif->out, "{\"id\": \"%s\", \"name\": \"%s\", \"shortDescription\": {\"text\": ",
                 rule->code, entry->name);
    write_json(sarif->out, entry->documentation, sentence);
    write_pair(sarif->out, "}, \"fullDescription\": {\"text\": ", entry->documentation);
    write_pair(sarif->out, "}, \"help\": {\"text\": ", entry->documentation);
    write_pair(sarif->out, ", \"markdown\": ", entry->documentation);
    write_format(sarif->out, "}, \"defaultConfiguration\": {\"enabled\": %s, \"level\": \"%s\"}, "
                 "\"properties\": {\"tags\": [\"performance\", \"django\"], "
                 "\"precision\": \"high\", \"problem.severity\": \"%s\"}}",
                 rule->on ? "true" : "false", level_word(rule->severity, "note"),
                 level_word(rule->severity, "recommendation"));
}

/* Beyond what is accepted, the worst are told and the rest is counted. */
static void write_results(Sarif *sarif, const Findings *findings) {
    uint32_t count = findings->items.count;
    const Finding **worst = count > RESULTS_MOST ? findings_worst(findings) : NULL;
    for (uint32_t i = 0; i < count && i < RESULTS_MOST; i++) {
        write_text(sarif->out, i ? ",\n" : "\n");
        write_result(sarif, worst ? worst[i] : &findings->items.items[i]);
    }
    free(worst);
    write_text(sarif->out, "]");
    if (!worst) return;
    write_format(sarif->out, ",\n\"invocations\": [{\"executionSuccessful\": true, "
                 "\"toolExecutionNotifications\": [{\"level\": \"warning\", \"message\": "
                 "{\"text\": \"%u more results are left out\"}}]}]", count - RESULTS_MOST);
}

void report_sarif(const Findings *findings, const ReportOptions *options, Writer *out) {
    Sarif sarif = {out, options};
    write_text(out, "{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", "
                    "\"version\": \"2.1.0\", \"runs\": [{\n");
    write_format(out, "\"tool\": {\"driver\": {\"name\": \"eagerly\", \"version\": \"%s\", "
                 "\"rules\": [", EAGERLY_VERSION);
    for (uint32_t i = 0; i < rule_count; i++) {
        write_text(out, i ? ",\n" : "\n");
        write_rule(&sarif, &rules[i]);
    }
    write_text(out, "]}},\n\"columnKind\": \"unicodeCodePoints\",\n\"originalUriBaseIds\": "
                    "{\"%SRCROOT%\": {\"description\": {\"text\": "
                    "\"the top of the repository\"}}},\n\"results\": [");
    write_results(&sarif, findings);
    write_text(out, "}]}\n");
}
