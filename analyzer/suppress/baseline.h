/* baseline.h - findings that a project has decided to live with for now.
 *
 * The file is JSON with one line for each finding, sorted, so that two branches that change it
 * merge well:
 *
 *     {
 *       "version": 1,
 *       "findings": {
 *         "5c1f…": {"count": 1, "shape": "9a04…", "code": "EAG101", "path": "shop/views.py",
 *                   "function": "titles", "relation": "author"}
 *       }
 *     }
 *
 * The key is Finding.hash: no line numbers go into it, and findings that look alike share it and
 * are counted. "shape" finds the same code again in a module that was moved or renamed. The other
 * values are for people. */
#ifndef EAGERLY_BASELINE_H
#define EAGERLY_BASELINE_H

#include "report/finding.h"

typedef struct BaselineEntry {
    uint64_t hash, shape;
    uint64_t count, left;        /* left: not met by a finding */
    const char *code, *path, *function, *relation;
} BaselineEntry;

typedef struct Baseline {
    Arena *arena;
    Array(BaselineEntry) items;
    Map by_hash;                 /* to the entry's index plus one */
} Baseline;

#define BASELINE_NAME "eagerly.baseline.json"

/* Reads a file; NULL and `*mistake` in one line. Both are owned by the arena. */
Baseline *baseline_read(Arena *arena, const char *path, const char **mistake);
/* The findings it knows, taken out of those given. */
Findings *baseline_apply(Baseline *baseline, Findings *findings);
/* The entries that findings make. Owned by their arena. */
Baseline *baseline_of(const Findings *findings);
/* A copy that lives in another arena. */
Baseline *baseline_copy(Arena *arena, const Baseline *baseline);
/* Adds what is left of an entry, when `rule` is not selected: nobody looked for it. */
void baseline_keep_unasked(Baseline *into, const Baseline *from, const Selection *selection);
/* How many findings it holds that were looked for and not met. */
uint64_t baseline_fixed(const Baseline *baseline, const Selection *selection);
/* Sorts the entries and prints the file. */
void baseline_write(Baseline *baseline, Writer *out);

#endif
