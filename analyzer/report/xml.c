/* The two XML formats that build servers read. Findings are sorted by path, so those of one file
 * are next to each other. */
#include "report/words.h"

static uint32_t same_file(const Findings *findings, uint32_t first) {
    uint32_t i = first + 1;
    const char *path = findings->items.items[first].place.path;
    while (i < findings->items.count && !strcmp(findings->items.items[i].place.path, path)) i++;
    return i - first;
}

static void write_step(Writer *out, const char *word, const Place *place) {
    if (!place->path) return;
    write_format(out, "&#10;%s ", word);
    write_xml_text(out, place->path);
    write_format(out, ":%u:%u", place->line, place_column(place));
}

/* What a server shows when the failure is opened. */
static void write_failure(Writer *out, const Finding *finding) {
    write_xml_text(out, finding->place.path);
    write_format(out, ":%u:%u: %s ", finding->place.line, place_column(&finding->place),
                 finding->rule->rule->code);
    write_xml_text(out, finding->message);
    for (uint32_t i = 0; i < finding->chain_count; i++)
        write_step(out, "call", &finding->chain[i]);
    write_step(out, "loop", &finding->loop);
    write_step(out, "queryset", &finding->queryset);
    if (!*finding->fix) return;
    write_text(out, "&#10;fix: ");
    write_xml_text(out, finding->fix);
}

static void write_case(Writer *out, const Finding *finding) {
    const Place *place = &finding->place;
    write_format(out, "    <testcase name=\"org.eagerly.%s\" classname=\"",
                 finding->rule->rule->code);
    write_xml_text(out, place->path);
    write_format(out, "\" line=\"%u\" column=\"%u\">\n      <failure type=\"%s\" message=\"",
                 place->line, place_column(place), severity_word(finding->severity));
    write_xml_text(out, finding->message);
    write_text(out, "\">");
    write_failure(out, finding);
    write_text(out, "</failure>\n    </testcase>\n");
}

/* A report without a test is an error to some servers: nothing found is one test that passed. */
void report_junit(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    uint32_t count = findings->items.count;
    write_format(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"eagerly\" "
                 "tests=\"%u\" failures=\"%u\" errors=\"0\">\n", count ? count : 1, count);
    if (!count)
        write_text(out, "  <testsuite name=\"eagerly\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
                        "    <testcase name=\"No findings\" classname=\"eagerly\"/>\n"
                        "  </testsuite>\n");
    for (uint32_t i = 0, same; i < count; i += same) {
        same = same_file(findings, i);
        write_text(out, "  <testsuite name=\"");
        write_xml_text(out, findings->items.items[i].place.path);
        write_format(out, "\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n", same, same);
        for (uint32_t k = i; k < i + same; k++) write_case(out, &findings->items.items[k]);
        write_text(out, "  </testsuite>\n");
    }
    write_text(out, "</testsuites>\n");
}

static void write_error(Writer *out, const Finding *finding) {
    write_format(out, "    <error line=\"%u\" column=\"%u\" severity=\"%s\" message=\"",
                 finding->place.line, place_column(&finding->place),
                 severity_word(finding->severity));
    write_xml_text(out, finding->message);
    if (*finding->fix) {
        write_text(out, " - fix: ");
        write_xml_text(out, finding->fix);
    }
    write_format(out, "\" source=\"eagerly.%s\"/>\n", finding->rule->rule->code);
}

void report_checkstyle(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    write_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n");
    for (uint32_t i = 0, same; i < findings->items.count; i += same) {
        same = same_file(findings, i);
        write_text(out, "  <file name=\"");
        write_xml_text(out, findings->items.items[i].place.path);
        write_text(out, "\">\n");
        for (uint32_t k = i; k < i + same; k++) write_error(out, &findings->items.items[k]);
        write_text(out, "  </file>\n");
    }
    write_text(out, "</checkstyle>\n");
}
