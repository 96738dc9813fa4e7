/* What was there at a reference is found by analysing the reference in the same way: laid out in a
 * temporary folder, with the same options, paths and comments' rules. Its findings then are a
 * baseline in memory. */
#include "cli/filters.h"

#include "source/file.h"
#include "suppress/extract.h"

#include <string.h>

enum { BLOB_MOST = 1 << 20 };

const char *filters_baseline(const Options *options) {
    if (!options->baseline) return path_has("", BASELINE_NAME) ? BASELINE_NAME : NULL;
    return strcmp(options->baseline, "none") ? options->baseline : NULL;
}

/* The paths of the run inside of the folder that stands for the working tree. NULL: one of them
 * is elsewhere; those that the reference does not have are left out. */
static const char *paths_move(const Options *options, const Git *git, const char *folder,
                              Words *paths) {
    Arena *arena = options->arena;
    for (uint32_t i = 0; i < options->words.count; i++) {
        const char *word = options->words.items[i], *real = path_real(arena, word);
        if (!real) return arena_format(arena, "%s: no such file or folder", word);
        const char *below = path_below(real, git->top);
        if (!below) return arena_format(arena, "%s: not in the working tree of the reference",
                                        word);
        const char *moved = path_join(arena, folder, below);
        if (path_real(arena, moved)) array_push(arena, paths, moved);
    }
    return NULL;
}

static const char *folder_findings(const Options *options, const Words *paths, Progress *progress,
                                   const FilterOptions *filter, Baseline **found) {
    Analysis analysis = {.progress = progress};
    FilterResult result;
    FilterOptions plain = {.selection = filter->selection, .tests = filter->tests,
                           .blanket_noqa = filter->blanket_noqa};
    const char *mistake = analysis_read(&analysis, options, paths);
    if (!mistake) {
        analysis_link(&analysis, options, paths);
        analysis_evaluate(&analysis, options);
        Findings *findings = findings_make(analysis.flow, NULL);
        findings_filter(findings, analysis.project, &plain, &result);
        *found = baseline_copy(options->arena, baseline_of(findings));
        findings_free(findings);
    }
    analysis.progress = NULL; /* goes on after this */
    analysis_free(&analysis);
    return mistake;
}

static const char *since_read(const Options *options, Progress *progress, FilterOptions *filter) {
    const char *mistake;
    Git *git = git_open(options->arena, options->words.items[0], options->new_since, &mistake);
    if (!git) return mistake;
    uint64_t most = options->max_bytes ? options->max_bytes : BLOB_MOST;
    Guard *guard;
    const char *folder = extract_commit(git, most, &guard, &mistake);
    if (!folder) return mistake;
    Words paths = {0};
    mistake = paths_move(options, git, folder, &paths);
    filter->since = arena_make(options->arena, Baseline);
    filter->since->arena = options->arena;
    if (!mistake && paths.count)
        mistake = folder_findings(options, &paths, progress, filter, &filter->since);
    extract_remove(folder);
    guard_end(guard);
    return mistake;
}

/* Files named with --only have to exist. */
static const char *only_read(const Options *options, FilterOptions *filter) {
    const char **only = arena_many(options->arena, const char *, options->only_paths.count + 1u);
    for (uint32_t i = 0; i < options->only_paths.count; i++) {
        const char *path = options->only_paths.items[i];
        only[i] = path_real(options->arena, path);
        if (!only[i]) return arena_format(options->arena, "%s: no such file or folder", path);
    }
    filter->only = only;
    filter->only_count = options->only_paths.count;
    return NULL;
}

const char *filters_read(const Options *options, const Selection *selection, Progress *progress,
                         FilterOptions *filter) {
    const char *mistake = NULL, *baseline = filters_baseline(options);
    *filter = (FilterOptions){.selection = selection, .tests = options->include_tests,
                              .blanket_noqa = options->respect_blanket_noqa};
    if (options->command == COMMAND_BASELINE) return NULL;
    if (baseline) filter->baseline = baseline_read(options->arena, baseline, &mistake);
    if (!mistake) mistake = only_read(options, filter);
    if (!mistake && options->diff_base)
        filter->changed = git_open(options->arena, options->words.items[0], options->diff_base,
                                   &mistake);
    if (!mistake && options->new_since) mistake = since_read(options, progress, filter);
    return mistake;
}

void filters_notes(const Options *options, const FilterOptions *filter, const Project *project,
                   const Findings *findings, Writer *out) {
    if (!filter->baseline) return;
    uint64_t fixed = project->partial ? 0 : baseline_fixed(filter->baseline, filter->selection);
    const char *path = filters_baseline(options);
    if (!findings->known && !fixed) return;
    write_format(out, "eagerly: %u finding%s known to ", findings->known,
                 findings->known == 1 ? " is" : "s are");
    write_plain(out, path, strlen(path));
    if (fixed)
        write_format(out, "; %llu of it %s gone ('eagerly baseline --prune' takes %s out)",
                     (unsigned long long)fixed, fixed == 1 ? "is" : "are",
                     fixed == 1 ? "it" : "them");
    write_text(out, "\n");
}
