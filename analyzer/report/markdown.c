/* A table for comments and for the summary of a step, the worst first. A service takes a megabyte,
 * or it shows nothing, so the table has an end. */
#include "report/access.h"

enum { ROWS_MOST = 500, BYTES_MOST = 900 * 1024 };

/* A place as code: a path may hold what Markdown would take for its own. */
static void write_spot(Writer *out, const Place *place) {
    Writer *spot = writer_to_memory();
    write_plain_text(spot, place->path);
    write_format(spot, ":%u", place->line);
    write_markdown_code(out, writer_text(spot, NULL));
    writer_close(spot);
}

static void write_other(const Finding *other, const char *advice, void *context) {
    Writer *out = context;
    write_text(out, "<br>");
    write_spot(out, other_place(other));
    if (*advice) write_text(out, " ");
    if (*other->edit) write_markdown_code(out, advice);
    else write_markdown(out, advice);
}

static void write_more(Writer *out, const Access *access, const ReportOptions *options) {
    uint32_t most = others_most(access, options);
    if (!access->others) return;
    write_text(out, "<br>also reached ");
    write_others(out, access);
    write_text(out, ":");
    access_others(access, most, write_other, out);
    if (most < access->others)
        write_format(out, "<br>and %u more", access->others - most);
}

static void write_row(Writer *out, const Access *access, const ReportOptions *options) {
    const Finding *finding = access->first;
    write_text(out, "| ");
    write_spot(out, &finding->place);
    write_format(out, " | %s %s | ", finding->rule->rule->code, finding->rule->name);
    write_markdown(out, finding->message);
    if (*finding->fix) {
        write_text(out, "<br>**fix:** ");
        write_markdown(out, finding->fix);
    }
    write_more(out, access, options);
    write_format(out, " | %s | %s |\n", *finding->estimate ? finding->estimate : "–",
                 confidence_word(finding->confidence));
}

/* How many there was room for. */
static uint32_t write_rows(Writer *out, const Accesses *accesses, const ReportOptions *options) {
    size_t length = 0, left = BYTES_MOST;
    uint32_t row = 0;
    for (; row < accesses->count && row < ROWS_MOST; row++) {
        Writer *text = writer_to_memory();
        write_row(text, &accesses->items[row], options);
        const char *bytes = writer_text(text, &length);
        bool fits = length <= left;
        if (fits) write_bytes(out, bytes, length);
        writer_close(text);
        if (!fits) break;
        left -= length;
    }
    return row;
}

void report_markdown(const Findings *findings, const ReportOptions *options, Writer *out) {
    write_text(out, "## eagerly\n\n");
    write_summary(out, findings);
    write_text(out, "\n");
    if (!findings->items.count) return;
    write_text(out, "\n| where | rule | finding | queries | confidence |\n"
                    "|---|---|---|---|---|\n");
    Accesses accesses = accesses_make(findings, options->group);
    accesses_worst(&accesses);
    uint32_t rows = write_rows(out, &accesses, options);
    if (accesses.count > rows)
        write_format(out, "\n%u more %s not shown.\n", accesses.count - rows,
                     accesses.count == rows + 1 ? "is" : "are");
    accesses_free(&accesses);
}
