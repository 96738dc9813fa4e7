/* Workflow commands, which GitHub shows beside the lines of a pull request. It shows the first ten
 * of each level and drops the rest without a word, so the worst become commands; the others are
 * lines of the log, and a notice counts them. Columns are given for spans within one line only:
 * others lose their place. */
#include "report/words.h"

#include <stdlib.h>

enum { SHOWN_PER_LEVEL = 10 };

/* `property`: inside the command's head, where ':' and ',' have a meaning too. */
static void write_escaped(Writer *out, const char *text, bool property) {
    write_percent(out, text, property ? "\r\n:," : "\r\n", "%25");
}

static void write_command(Writer *out, const Finding *finding, const ReportOptions *options) {
    const Place *place = &finding->place;
    const char *path = place_path(place, options);
    write_format(out, "::%s file=", level_word(finding->severity, "notice"));
    write_escaped(out, path, true);
    write_format(out, ",line=%u,endLine=%u", place->line, place->end_line);
    if (place->line == place->end_line)
        write_format(out, ",col=%u,endColumn=%u", place_column(place), place_end_column(place));
    write_format(out, ",title=eagerly (%s)::", finding->rule->rule->code);
    write_escaped(out, path, false);
    write_format(out, ":%u:%u: %s %s: ", place->line, place_column(place),
                 finding->rule->rule->code, finding->rule->name);
    write_escaped(out, finding->message, false);
    if (*finding->fix) {
        write_text(out, "%0A  fix: ");
        write_escaped(out, finding->fix, false);
    }
    write_text(out, "\n");
}

/* A line that begins with "::" would be a command: the code stands first. */
static void write_rest(Writer *out, const Finding *finding, const ReportOptions *options) {
    write_format(out, "%s ", finding->rule->rule->code);
    write_logged(out, place_path(&finding->place, options));
    write_format(out, ":%u:%u: ", finding->place.line, place_column(&finding->place));
    write_logged(out, finding->message);
    write_text(out, "\n");
}

void report_github(const Findings *findings, const ReportOptions *options, Writer *out) {
    uint32_t count = findings->items.count, of_level[3] = {0}, hidden = 0;
    const Finding **worst = findings_worst(findings);
    for (uint32_t i = 0; i < count; i++)
        if (of_level[worst[i]->severity]++ < SHOWN_PER_LEVEL)
            write_command(out, worst[i], options);
    for (int level = SEVERITY_ERROR; level >= SEVERITY_INFO; level--)
        if (of_level[level] > SHOWN_PER_LEVEL) hidden += of_level[level] - SHOWN_PER_LEVEL;
    if (hidden)
        write_format(out, "::notice title=eagerly::%u more finding%s in the log of this step\n",
                     hidden, hidden == 1 ? "" : "s");
    uint32_t shown[3] = {0};
    for (uint32_t i = 0; i < count; i++)
        if (shown[worst[i]->severity]++ >= SHOWN_PER_LEVEL) write_rest(out, worst[i], options);
    free(worst);
}
