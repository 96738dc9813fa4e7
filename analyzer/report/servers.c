/* Commands that build servers read from the log: Azure Pipelines and TeamCity. Azure's own escape
 * for '%' is %AZP25. */
#include "report/words.h"

#include <stdlib.h>

static void write_azure(Writer *out, const char *text, bool property) {
    write_percent(out, text, property ? "\r\n;]" : "\r\n", "%AZP25");
}

/* Azure knows errors and warnings. */
void report_azure(const Findings *findings, const ReportOptions *options, Writer *out) {
    for (uint32_t i = 0; i < findings->items.count; i++) {
        const Finding *finding = &findings->items.items[i];
        const Place *place = &finding->place;
        write_format(out, "##vso[task.logissue type=%s;sourcepath=",
                     finding->severity == SEVERITY_ERROR ? "error" : "warning");
        write_azure(out, place_path(place, options), true);
        write_format(out, ";linenumber=%u;columnnumber=%u;code=%s;]", place->line,
                     place_column(place), finding->rule->rule->code);
        write_azure(out, finding->message, false);
        if (*finding->fix) {
            write_text(out, " - fix: ");
            write_azure(out, finding->fix, false);
        }
        write_text(out, "\n");
    }
}

static void write_types(Writer *out, const Findings *findings) {
    uint32_t used;
    RuleCount *counts = findings_rules(findings, &used);
    for (uint32_t i = 0; i < used; i++) {
        const RuleEntry *entry = counts[i].entry;
        size_t sentence = strcspn(entry->documentation, "\n");
        char *text = memory_alloc(sentence + 1);
        memcpy(text, entry->documentation, sentence);
        text[sentence] = '\0';
        write_format(out, "##teamcity[inspectionType id='%s' name='%s' category='eagerly' "
                     "description='", entry->rule->code, entry->name);
        write_teamcity(out, text);
        write_text(out, "']\n");
        free(text);
    }
    free(counts);
}

void report_teamcity(const Findings *findings, const ReportOptions *options, Writer *out) {
    static const char *const severities[] = {"INFO", "WARNING", "ERROR"};
    write_types(out, findings);
    for (uint32_t i = 0; i < findings->items.count; i++) {
        const Finding *finding = &findings->items.items[i];
        write_format(out, "##teamcity[inspection typeId='%s' message='",
                     finding->rule->rule->code);
        write_teamcity(out, finding->message);
        if (*finding->fix) {
            write_text(out, " - fix: ");
            write_teamcity(out, finding->fix);
        }
        write_text(out, "' file='");
        write_teamcity(out, place_path(&finding->place, options));
        write_format(out, "' line='%u' SEVERITY='%s']\n", finding->place.line,
                     severities[finding->severity]);
    }
}
