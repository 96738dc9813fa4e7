/* GitLab's Code Quality report: one array. GitLab shows the description and nothing else, so the
 * code and the advice are part of it; the fingerprint tells old findings from new ones. */
#include "report/words.h"

static const char *gitlab_severity(Severity severity) {
    static const char *const words[] = {"info", "major", "critical"};
    return words[severity];
}

static void write_description(Writer *out, const Finding *finding) {
    Writer *text = writer_to_memory();
    size_t length;
    write_format(text, "%s %s%s%s", finding->rule->rule->code, finding->message,
                 *finding->fix ? " - fix: " : "", finding->fix);
    const char *whole = writer_text(text, &length);
    write_json(out, whole, length);
    writer_close(text);
}

void report_gitlab(const Findings *findings, const ReportOptions *options, Writer *out) {
    write_text(out, "[");
    for (uint32_t i = 0; i < findings->items.count; i++) {
        const Finding *finding = &findings->items.items[i];
        const Place *place = &finding->place;
        write_text(out, i ? ",\n{\"description\": " : "\n{\"description\": ");
        write_description(out, finding);
        write_format(out, ", \"check_name\": \"%s\", \"fingerprint\": \"%s\", \"severity\": "
                     "\"%s\", \"categories\": [\"Performance\"], \"location\": {\"path\": ",
                     finding->rule->rule->code, finding->fingerprint,
                     gitlab_severity(finding->severity));
        write_json_text(out, place_path(place, options));
        write_format(out, ", \"positions\": {\"begin\": {\"line\": %u, \"column\": %u}, "
                     "\"end\": {\"line\": %u, \"column\": %u}}}}", place->line,
                     place_column(place), place->end_line, place_end_column(place));
    }
    write_text(out, findings->items.count ? "\n]\n" : "]\n");
}
