/* One line an entry: where it is, its name, whose rows it asks for, and its queries: those that
 * happen once, plus those for each of N rows, of N·M rows of rows ... Rows that are not in view are
 * not counted, so this is a lower bound. */
#include "cli/show.h"
#include "cli/commands.h"
#include "report/place.h"

#include <stdlib.h>
#include <string.h>

enum { DEGREES = 4 };

typedef struct Row {
    Place place;
    const char *name, *model;
    Surface surface;
    uint64_t terms[DEGREES]; /* how many queries for 1, N, N·M, N·M·K */
} Row;

typedef Array(Row) Rows;

static uint32_t degree(const Event *event) {
    uint32_t loops = event->loop_count - event->invariant;
    for (uint32_t i = event->invariant; i < event->loop_count; i++)
        if (event->loops[i]->bounded) loops--;
    return loops < DEGREES ? loops : DEGREES - 1;
}

static bool costs(const Event *event) {
    return event->kind < EVENT_BUILD && event->loop_count && event->silence == SILENCE_NONE
           && event->cover != COVER_FULL;
}

static Row row_of(const Flow *flow, const RootRun *entry, Places *places) {
    Row row = {.place = place_whole(places, entry->site), .name = entry->name,
               .surface = entry->surface};
    const Model *model = NULL;
    row.terms[0] = entry->once;
    for (uint32_t i = 0; i < entry->count; i++) {
        const Event *event = &flow->events.items[entry->first + i];
        if (!costs(event)) continue;
        uint32_t power = degree(event);
        row.terms[power] += event->queries ? event->queries : 1u;
        if (!model) model = event->birth ? event->birth->model : event->model;
    }
    if (!model) model = entry->model;
    row.model = model ? project_text(flow->project, model->label) : "";
    return row;
}

static int row_order(const void *a, const void *b) {
    const Row *left = a, *right = b;
    int order = strcmp(left->place.path, right->place.path);
    if (!order && left->place.line != right->place.line)
        order = left->place.line < right->place.line ? -1 : 1;
    if (!order) order = strcmp(left->name, right->name);
    for (int i = DEGREES - 1; !order && i >= 0; i--)
        if (left->terms[i] != right->terms[i]) order = left->terms[i] > right->terms[i] ? -1 : 1;
    return order;
}

static void write_terms(const Row *row, Writer *out) {
    static const char *const words[DEGREES] = {"", "N", "N·M", "N·M·K"};
    const char *between = "";
    for (int i = 0; i < DEGREES; i++) {
        if (!row->terms[i]) continue;
        write_text(out, between);
        if (!i || row->terms[i] > 1)
            write_format(out, "%llu", (unsigned long long)row->terms[i]);
        write_text(out, words[i]);
        between = " + ";
    }
    if (!*between) write_text(out, "0");
}

static bool is_same(const Row *left, const Row *right) {
    return !strcmp(left->place.path, right->place.path) && left->place.line == right->place.line
           && !strcmp(left->name, right->name);
}

static void write_row(const Row *row, Writer *out) {
    static const char *const surfaces[] = {"code",  "view",  "serializer", "template", "admin",
                                           "form",  "model", "table",      "feed",     "graphql"};
    write_plain(out, row->place.path, strlen(row->place.path));
    write_format(out, ":%u  ", row->place.line);
    write_plain(out, row->name, strlen(row->name));
    write_format(out, "  %s  %s  ", surfaces[row->surface], *row->model ? row->model : "-");
    write_terms(row, out);
    write_text(out, "\n");
}

/* Functions that ask nothing are left out: most are no entries at all. */
static bool is_shown(const Row *row, bool all) {
    return all || row->surface != SURFACE_CODE || row->terms[0] || row->terms[1] || row->terms[2]
           || row->terms[3];
}

/* An entry that is run several ways is told once, by the one that costs most. */
int show_endpoints(const Shown *shown, const Options *options, Writer *out) {
    Rows rows = {0};
    Places *places = places_new(options->arena, shown->project);
    for (uint32_t i = 0; i < shown->flow->entries.count; i++)
        array_push(options->arena, &rows,
                   row_of(shown->flow, &shown->flow->entries.items[i], places));
    if (rows.count) qsort(rows.items, rows.count, sizeof(Row), row_order);
    for (uint32_t i = 0; i < rows.count; i++)
        if (is_shown(&rows.items[i], options->all)
            && (!i || !is_same(&rows.items[i - 1], &rows.items[i])))
            write_row(&rows.items[i], out);
    return EXIT_CLEAN;
}
