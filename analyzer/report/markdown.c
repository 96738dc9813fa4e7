/* A table for comments and for the summary of a step, the worst first. A service takes about a
 * megabyte, so the table has an end. */
#include "report/words.h"

#include <stdlib.h>

enum { ROWS_MOST = 500 };

static void write_row(Writer *out, const Finding *finding) {
    Writer *spot = writer_to_memory();
    write_plain_text(spot, finding->place.path);
    write_format(spot, ":%u", finding->place.line);
    write_text(out, "| ");
    write_markdown_code(out, writer_text(spot, NULL));
    writer_close(spot);
    write_format(out, " | %s %s | ", finding->rule->rule->code, finding->rule->name);
    write_markdown(out, finding->message);
    if (*finding->fix) {
        write_text(out, "<br>**fix:** ");
        write_markdown(out, finding->fix);
    }
    write_format(out, " | %s | %s |\n", *finding->estimate ? finding->estimate : "–",
                 confidence_word(finding->confidence));
}

void report_markdown(const Findings *findings, const ReportOptions *options, Writer *out) {
    (void)options;
    uint32_t count = findings->items.count;
    write_text(out, "## eagerly\n\n");
    write_summary(out, findings);
    write_text(out, "\n");
    if (!count) return;
    write_text(out, "\n| where | rule | finding | queries | confidence |\n"
                    "|---|---|---|---|---|\n");
    const Finding **worst = findings_worst(findings);
    for (uint32_t i = 0; i < count && i < ROWS_MOST; i++) write_row(out, worst[i]);
    free(worst);
    if (count > ROWS_MOST)
        write_format(out, "\n%u more finding%s not shown.\n", count - ROWS_MOST,
                     count == ROWS_MOST + 1 ? "" : "s");
}
