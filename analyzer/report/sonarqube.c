/* SonarQube's generic issues, in the form since 10.3: the rules that have findings, then these.
 * Columns start at 0; a range without columns is the whole line. */
#include "report/words.h"

#include <stdlib.h>

static void write_rules(Writer *out, const Findings *findings) {
    static const char *const severities[] = {"LOW", "MEDIUM", "HIGH"};
    uint32_t used;
    RuleCount *counts = findings_rules(findings, &used);
    for (uint32_t i = 0; i < used; i++) {
        const RuleEntry *entry = counts[i].entry;
        write_format(out, "%s\n{\"id\": \"%s\", \"name\": \"%s\", \"description\": ",
                     i ? "," : "", entry->rule->code, entry->name);
        write_json_text(out, entry->documentation);
        write_format(out, ", \"engineId\": \"eagerly\", \"cleanCodeAttribute\": \"EFFICIENT\", "
                     "\"impacts\": [{\"softwareQuality\": \"RELIABILITY\", \"severity\": "
                     "\"%s\"}]}", severities[entry->rule->severity]);
    }
    free(counts);
}

static void write_location(Writer *out, const Place *place, const ReportOptions *options,
                           const char *message, const char *more) {
    Writer *text = writer_to_memory();
    size_t length;
    write_format(text, "%s%s%s", message, *more ? " - fix: " : "", more);
    const char *whole = writer_text(text, &length);
    write_text(out, "{\"message\": ");
    write_json(out, whole, length);
    writer_close(text);
    write_text(out, ", \"filePath\": ");
    write_json_text(out, place_path(place, options));
    write_format(out, ", \"textRange\": {\"startLine\": %u", place->line);
    if (place->point && place->end_point)
        write_format(out, ", \"startColumn\": %u, \"endLine\": %u, \"endColumn\": %u",
                     place->point - 1, place->end_line, place->end_point - 1);
    write_text(out, "}}");
}

static void write_second(Writer *out, const Place *place, const ReportOptions *options,
                         const char *message, bool *any) {
    if (!place->path) return;
    write_text(out, *any ? ", " : ", \"secondaryLocations\": [");
    write_location(out, place, options, message, "");
    *any = true;
}

static void write_issue(Writer *out, const Finding *finding, const ReportOptions *options) {
    bool any = false;
    write_format(out, "{\"ruleId\": \"%s\", \"effortMinutes\": 10, \"primaryLocation\": ",
                 finding->rule->rule->code);
    write_location(out, &finding->place, options, finding->message, finding->fix);
    for (uint32_t i = 0; i < finding->chain_count; i++)
        write_second(out, &finding->chain[i], options, "called here", &any);
    write_second(out, &finding->loop, options, "repeated by this", &any);
    write_second(out, &finding->queryset, options, "the rows come from here", &any);
    write_text(out, any ? "]}" : "}");
}

void report_sonarqube(const Findings *findings, const ReportOptions *options, Writer *out) {
    write_text(out, "{\"rules\": [");
    write_rules(out, findings);
    write_text(out, "],\n\"issues\": [");
    for (uint32_t i = 0; i < findings->items.count; i++) {
        write_text(out, i ? ",\n" : "\n");
        write_issue(out, &findings->items.items[i], options);
    }
    write_text(out, "]}\n");
}
