/* One line a fact, name first, so that two runs can be compared by diff. */
#include "cli/statistics.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(clockid_t clock) {
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void stages_start(Stages *stages) {
    stages->wall = seconds(CLOCK_MONOTONIC);
    stages->cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
}

void stages_end(Stages *stages, const char *name) {
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (stages->count < STAGES_MOST)
        stages->items[stages->count++] =
            (struct Stage){name, wall - stages->wall, cpu - stages->cpu};
    stages->wall = wall;
    stages->cpu = cpu;
}

static void fact(Writer *out, const char *name, uint64_t value) {
    write_format(out, "  %-26s %12llu\n", name, (unsigned long long)value);
}

static void write_source(const Source *source, Writer *out) {
    write_text(out, "read\n");
    fact(out, "files", source->files.count);
    fact(out, "files that are templates", source->templates);
    fact(out, "bytes", source->bytes);
    fact(out, "nodes", source->nodes);
    fact(out, "files with broken syntax", source->broken);
    fact(out, "files unreadable", source->unreadable);
    fact(out, "files left out", source->skipped);
}

static void write_project(const Project *project, Writer *out) {
    write_text(out, "linked\n");
    fact(out, "classes", project->classes.count);
    fact(out, "models", project->models.count);
    fact(out, "relations", project->all_relations.count);
    write_format(out, "  %-26s %8u.%u-%u.%u\n", "Django", project->django_least / 10u,
                 project->django_least % 10u, project->django_most / 10u,
                 project->django_most % 10u);
    fact(out, "only a part in view", project->partial);
    fact(out, "imports unresolved", project->unresolved_imports);
    fact(out, "bases unresolved", project->unresolved_bases);
    fact(out, "cut: links", project->cut);
}

static int reason_order(const void *left, const void *right) {
    const struct Reason *a = left, *b = right;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return strcmp(a->text ? a->text : "", b->text ? b->text : "");
}

static void write_reasons(const char *title, const struct Reason *reasons, size_t count,
                          Writer *out) {
    enum { SHOWN_MOST = 10 };
    struct Reason sorted[sizeof((FlowStatistics *)0)->unknown / sizeof(struct Reason)];
    memcpy(sorted, reasons, sizeof *sorted * count);
    qsort(sorted, count, sizeof *sorted, reason_order);
    write_format(out, "%s\n", title);
    for (size_t i = 0; i < count && i < SHOWN_MOST && sorted[i].count; i++)
        fact(out, sorted[i].text ? sorted[i].text : "", sorted[i].count);
}

static void write_silences(const uint64_t *silences, Writer *out) {
    static const char *const names[SILENCE_COUNT] = {
        NULL, "decided out of view", "rows of unknown origin", "served by the plan", "once",
        "guarded", "per batch", "few turns", "tree walk",
        "written one by one for save() or receivers", "new key needed at once",
        "load thrown away", "read again on purpose"};
    write_text(out, "silent\n");
    for (int i = 1; i < SILENCE_COUNT; i++) fact(out, names[i], silences[i]);
}

static void write_flow(const Flow *flow, Writer *out) {
    const FlowStatistics *of = &flow->statistics;
    const struct { const char *name; uint64_t value; } facts[] = {
        {"roots", of->roots},
        {"calls evaluated", of->calls},
        {"calls remembered", of->remembered},
        {"variants of one function", of->variants_most},
        {"cut: fuel", of->cut_fuel},
        {"cut: depth", of->cut_depth},
        {"cut: variants", of->cut_variants},
        {"cut: events", of->cut_events},
        {"cut: recursion", of->cut_recursion},
        {"cut: subclasses", of->cut_subclasses},
        {"cut: uses", of->cut_uses},
        {"cut: names", of->cut_names},
        {"cut: arguments", of->cut_arguments},
        {"cut: items", of->cut_items},
        {"cut: nesting", of->cut_nesting},
        {"cut: loops", of->cut_loops},
        {"cut: hops", of->cut_hops},
        {"cut: values", of->cut_values},
        {"cut: plans", of->cut_plans},
        {"events", flow->events.count},
        {"touches of known rows", of->touches_known},
        {"touches answered", of->touches_answered},
        {"touches of unknown values", of->touches_unknown},
        {"templates included or extended", of->includes},
        {"of these found", of->includes_found},
        {"templates rendered", of->renders},
        {"of these named and found", of->renders_found},
        {"evaluation bytes", of->memory},
    };
    write_text(out, "evaluated\n");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        fact(out, facts[i].name, facts[i].value);
    size_t most = sizeof of->unknown / sizeof *of->unknown;
    write_reasons("unknown because of", of->unknown, most, out);
    write_reasons("open because of", of->open, most, out);
    write_silences(of->silences, out);
}

static void write_cost(const Stages *stages, Writer *out) {
    struct rusage usage = {0};
    double wall = 0, cpu = 0;
    getrusage(RUSAGE_SELF, &usage);
    write_text(out, "cost\n");
    fact(out, "peak memory, KiB", (uint64_t)usage.ru_maxrss);
    for (uint32_t i = 0; i < stages->count; i++) {
        const struct Stage *stage = &stages->items[i];
        write_format(out, "  %-26s %9.3f s wall %9.3f s CPU\n", stage->name, stage->wall,
                     stage->cpu);
        wall += stage->wall;
        cpu += stage->cpu;
    }
    write_format(out, "  %-26s %9.3f s wall %9.3f s CPU\n", "total", wall, cpu);
}

void statistics_write(const Run *run, Writer *out) {
    if (run->source) write_source(run->source, out);
    if (run->project) write_project(run->project, out);
    if (run->flow) write_flow(run->flow, out);
    if (run->findings) {
        fact(out, "findings", run->findings->items.count);
        fact(out, "silenced by comments", run->findings->suppressed);
        fact(out, "cut: comments", run->findings->comments_cut);
        fact(out, "known to the baseline", run->findings->known);
    }
    write_cost(&run->stages, out);
}

static void note(const char *path, const char *text, Writer *out) {
    write_text(out, "eagerly: note: ");
    write_plain(out, path, strlen(path));
    write_text(out, *path ? ": " : "");
    write_plain(out, text, strlen(text));
    write_text(out, "\n");
}

void notes_write(const Source *source, bool brief, Writer *out) {
    uint32_t count = source->notes.count;
    for (uint32_t i = 0; i < source->notes.count && !brief; i++)
        note("", source->notes.items[i], out);
    for (uint32_t i = 0; i < source->files.count; i++) {
        const SourceFile *file = &source->files.items[i];
        if (file->module && !file->note) continue;
        count++;
        if (!brief) note(file->shown, file->note ? file->note : "could not be read", out);
    }
    if (brief && count)
        write_format(out, "eagerly: %u file%s or folder%s could not be read (--statistics names "
                          "them)\n", count, count == 1 ? "" : "s", count == 1 ? "" : "s");
}
