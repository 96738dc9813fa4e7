/* For people: one paragraph a finding.
 *
 *     shop/views.py:14:15: EAG101 missing-select-related Book.author is read once per book ...
 *       14 |     print(book.author.name)
 *          |           ^^^^^^^^^^^
 *       touch     shop/views.py:14:15  in index
 *       loop      shop/views.py:13:5  in index
 *       queryset  shop/views.py:12:13  in index
 *       fix: add .select_related("author") to the queryset at shop/views.py:12
 *       1 + N queries, certain
 *       also reached from 1 more queryset:
 *         shop/feeds.py:8:16  in items  .select_related("author")
 *
 * Whatever comes from the source or the file system passes write_plain(). */
#include "report/access.h"
#include "report/line.h"
#include "report/way.h"

#include <stdlib.h>


enum { SHOWN_MOST = 160, SHOWN_BEFORE = 60, TAB = 4 }; /* bytes of a long line; blanks of a tab */

typedef struct Painter {
    Writer *out;
    bool color;
    const ReportOptions *options;
    GroupBy group;
    LineReader lines;
} Painter;

static void paint(Painter *painter, const char *style, const char *text) {
    if (painter->color) write_format(painter->out, "\033[%sm", style);
    write_plain(painter->out, text, strlen(text));
    if (painter->color) write_text(painter->out, "\033[0m");
}

static const char *severity_style(Severity severity) {
    return severity == SEVERITY_ERROR ? "1;31" : severity == SEVERITY_WARNING ? "1;33" : "1;36";
}

/* Piece of a line as it is shown: printable, tabs as blanks. Returns the columns it takes. */
static size_t write_piece(Writer *out, const char *text, size_t length) {
    Writer *piece = writer_to_memory();
    for (size_t at = 0, run; at < length; at += run) {
        const char *tab = memchr(text + at, '\t', length - at);
        run = tab ? (size_t)(tab - text) - at : length - at;
        write_plain(piece, text + at, run);
        if (tab) write_format(piece, "%*s", TAB, "");
        run += tab != NULL;
    }
    size_t bytes, columns = 0;
    const char *shown = writer_text(piece, &bytes);
    for (size_t i = 0; i < bytes; i++) columns += ((unsigned char)shown[i] & 0xc0) != 0x80;
    write_bytes(out, shown, bytes);
    writer_close(piece);
    return columns;
}

/* Moves an offset back to where a character begins. */
static size_t character_start(const char *text, size_t at) {
    while (at && ((unsigned char)text[at] & 0xc0) == 0x80) at--;
    return at;
}

static void write_line(Painter *painter, const Place *place, const char *text, size_t length) {
    Writer *out = painter->out;
    size_t start = place->column - 1;
    size_t end = place->end_line == place->line ? place->end_column - 1 : length;
    if (start > length) return;
    if (end > length) end = length;
    size_t from = length > SHOWN_MOST && start > SHOWN_BEFORE ? start - SHOWN_BEFORE : 0;
    size_t to = length - from > SHOWN_MOST ? from + SHOWN_MOST : length;
    if (from) from = character_start(text, from);
    if (to < length) to = character_start(text, to);
    if (end > to) end = to;
    write_format(out, "  %5u | ", place->line);
    if (from) write_text(out, "…");
    size_t before = write_piece(out, text + from, start - from) + (from != 0);
    size_t marked = end > start ? write_piece(out, text + start, end - start) : 0;
    write_piece(out, text + (end > start ? end : start), to - (end > start ? end : start));
    write_text(out, to < length ? "…\n" : "\n");
    write_format(out, "        | %*s", (int)before, "");
    if (painter->color) write_text(out, "\033[1;31m");
    for (size_t i = 0; i < (marked ? marked : 1); i++) write_text(out, "^");
    write_text(out, painter->color ? "\033[0m\n" : "\n");
}

static void write_source(Painter *painter, const Place *place) {
    const char *text;
    size_t length;
    if (line_read(&painter->lines, place->opened, place->line, &text, &length))
        write_line(painter, place, text, length);
}

static void write_spot(Painter *painter, const Place *place) {
    write_plain(painter->out, place->path, strlen(place->path));
    write_format(painter->out, ":%u:%u", place->line, place_column(place));
}

static void write_step(Painter *painter, const Step *step) {
    write_format(painter->out, "  %-8s  ", step->word);
    write_spot(painter, step->place);
    if (*step->place->function) {
        write_text(painter->out, "  in ");
        write_plain(painter->out, step->place->function, strlen(step->place->function));
    }
    if (step->between)
        write_format(painter->out, "  (%u call%s in between)", step->between,
                     step->between == 1 ? "" : "s");
    write_text(painter->out, "\n");
}

static void write_way(Painter *painter, const Finding *finding) {
    uint32_t count;
    Step *steps = way_make(finding, painter->options->show_all, &count);
    for (uint32_t i = 0; i < count; i++)
        if (painter->group != GROUP_QUERYSET || steps[i].place != &finding->queryset)
            write_step(painter, &steps[i]);
    free(steps);
}

static void write_cost(Painter *painter, const Finding *finding) {
    write_format(painter->out, "  %s%s%s", finding->estimate,
                 *finding->estimate ? " queries, " : "", confidence_word(finding->confidence));
    if (finding->more)
        write_format(painter->out, "; %u more way%s lead%s here", finding->more,
                     finding->more == 1 ? "" : "s", finding->more == 1 ? "s" : "");
    write_text(painter->out, "\n");
}

static void write_fix(Painter *painter, const char *fix) {
    write_text(painter->out, "  ");
    paint(painter, "1;32", "fix:");
    write_text(painter->out, " ");
    write_plain(painter->out, fix, strlen(fix));
    write_text(painter->out, "\n");
}

static void write_other(const Finding *other, const char *advice, void *context) {
    Painter *painter = context;
    const Place *place = other_place(other);
    write_text(painter->out, "    ");
    write_spot(painter, place);
    if (*place->function) {
        write_text(painter->out, "  in ");
        write_plain(painter->out, place->function, strlen(place->function));
    }
    if (*advice) write_text(painter->out, "  ");
    paint(painter, "32", advice);
    write_text(painter->out, "\n");
}

static void write_more(Painter *painter, const Access *access) {
    uint32_t most = others_most(access, painter->options);
    if (!access->others) return;
    write_text(painter->out, "  also reached ");
    write_others(painter->out, access);
    write_text(painter->out, ":\n");
    access_others(access, most, write_other, painter);
    if (most < access->others)
        write_format(painter->out, "    and %u more (--show-all)\n", access->others - most);
}

static void write_access(Painter *painter, const Access *access) {
    const Finding *finding = access->first;
    if (painter->color) write_text(painter->out, "\033[1m");
    write_spot(painter, &finding->place);
    write_text(painter->out, painter->color ? ":\033[0m " : ": ");
    paint(painter, severity_style(finding->severity), finding->rule->rule->code);
    write_format(painter->out, " %s ", finding->rule->name);
    write_plain(painter->out, finding->message, strlen(finding->message));
    write_text(painter->out, "\n");
    write_source(painter, &finding->place);
    write_way(painter, finding);
    if (*finding->fix && !(painter->group == GROUP_QUERYSET && finding->queryset.path))
        write_fix(painter, finding->fix);
    write_cost(painter, finding);
    write_more(painter, access);
    write_text(painter->out, "\n");
}

/* What the findings of a group share. */
static void write_title(Painter *painter, const Finding *first) {
    Writer *title = writer_to_memory();
    const Place *queryset = &first->queryset;
    if (painter->group == GROUP_RULE)
        write_format(title, "%s %s", first->rule->rule->code, first->rule->name);
    else if (painter->group == GROUP_FILE) write_text(title, first->place.path);
    else if (!queryset->path) write_text(title, "no queryset in view");
    else {
        write_format(title, "queryset %s:%u:%u", queryset->path, queryset->line,
                     place_column(queryset));
        if (*queryset->function) write_format(title, "  in %s", queryset->function);
    }
    paint(painter, "1;4", writer_text(title, NULL));
    writer_close(title);
}

/* Whether an earlier one of the group has given the same advice. */
static bool fix_said(const Access *list, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (!strcmp(list[i].first->fix, list[count].first->fix)) return true;
    return false;
}

static void write_group(Painter *painter, const Access *list, uint32_t count) {
    bool edits = painter->group == GROUP_QUERYSET && list[0].first->queryset.path;
    uint32_t findings = 0;
    for (uint32_t i = 0; i < count; i++) findings += list[i].count;
    write_title(painter, list[0].first);
    write_format(painter->out, " (%u finding%s", findings, findings == 1 ? "" : "s");
    if (count < findings)
        write_format(painter->out, " at %u place%s", count, count == 1 ? "" : "s");
    write_text(painter->out, ")\n");
    for (uint32_t i = 0; i < count && edits; i++)
        if (*list[i].first->fix && !fix_said(list, i)) write_fix(painter, list[i].first->fix);
    write_text(painter->out, "\n");
    for (uint32_t i = 0; i < count; i++) write_access(painter, &list[i]);
}

static void write_groups(Painter *painter, Accesses *accesses) {
    accesses_group(accesses, painter->group);
    const Access *list = accesses->items;
    for (uint32_t i = 0, same; i < accesses->count; i += same) {
        same = 1;
        while (i + same < accesses->count
               && !group_order(list[i].first, list[i + same].first, painter->group))
            same++;
        write_group(painter, list + i, same);
    }
}

void report_text(const Findings *findings, const ReportOptions *options, Writer *out) {
    Painter painter = {.out = out, .color = options->color, .options = options,
                       .group = options->group};
    Accesses accesses = accesses_make(findings, options->group);
    if (options->group != GROUP_NONE && options->group != GROUP_ACCESS)
        write_groups(&painter, &accesses);
    else
        for (uint32_t i = 0; i < accesses.count; i++) write_access(&painter, &accesses.items[i]);
    accesses_free(&accesses);
    line_close(&painter.lines);
    write_summary(out, findings);
    write_text(out, "\n");
}
