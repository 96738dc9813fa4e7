/* Workflow commands, which GitHub shows beside the lines of a pull request. It shows the first ten
 * of each level and drops the rest without a word, so the worst come first and a notice counts
 * those beyond. Columns are given for spans within one line only: others lose their place. */
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_PER_LEVEL = 10 };

/* `property`: inside the command's head, where ':' and ',' have a meaning too. */
static void write_escaped(Writer *out, const char *text, bool property) {
    const char *special = property ? "%\r\n:," : "%\r\n";
    while (*text) {
        size_t plain = strcspn(text, special);
        write_plain(out, text, plain);
        text += plain;
        if (*text) write_format(out, "%%%02X", (unsigned char)*text++);
    }
}

static const char *level_word(Severity severity) {
    return severity == SEVERITY_INFO ? "notice" : severity_word(severity);
}

/* Errors first, then what multiplies most, then as reported. */
static int worst_first(const void *a, const void *b) {
    const Finding *left = *(const Finding *const *)a, *right = *(const Finding *const *)b;
    if (left->severity != right->severity) return left->severity > right->severity ? -1 : 1;
    size_t costs = strlen(left->estimate), other = strlen(right->estimate);
    if (costs != other) return costs > other ? -1 : 1;
    return left < right ? -1 : left > right;
}

static void write_command(Writer *out, const Finding *finding) {
    const Place *place = &finding->place;
    write_format(out, "::%s file=", level_word(finding->severity));
    write_escaped(out, place->path, true);
    write_format(out, ",line=%u,endLine=%u", place->line, place->end_line);
    if (place->line == place->end_line)
        write_format(out, ",col=%u,endColumn=%u", place->column, place->end_column);
    write_format(out, ",title=eagerly (%s)::", finding->rule->rule->code);
    write_escaped(out, place->path, false);
    write_format(out, ":%u:%u: %s %s: ", place->line, place->column, finding->rule->rule->code,
                 finding->rule->name);
    write_escaped(out, finding->message, false);
    if (*finding->fix) {
        write_text(out, "%0A  fix: ");
        write_escaped(out, finding->fix, false);
    }
    write_text(out, "\n");
}

void report_github(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    uint32_t count = findings->items.count, of_level[3] = {0}, hidden = 0;
    const Finding **worst = memory_alloc(sizeof *worst * (count + 1));
    for (uint32_t i = 0; i < count; i++) worst[i] = &findings->items.items[i];
    if (count) qsort(worst, count, sizeof *worst, worst_first);
    for (uint32_t i = 0; i < count; i++) {
        write_command(out, worst[i]);
        hidden += ++of_level[worst[i]->severity] > SHOWN_PER_LEVEL;
    }
    if (hidden)
        write_format(out, "::notice title=eagerly::%u more finding%s in the log of this step\n",
                     hidden, hidden == 1 ? "" : "s");
    free(worst);
}
