/* changes.h - which lines of the working tree are new or changed since a commit. */
#ifndef EAGERLY_CHANGES_H
#define EAGERLY_CHANGES_H

#include "suppress/git.h"
#include "report/finding.h"

typedef struct Changes Changes;

/* Looks at the files that the findings lead through. NULL and `*mistake` (owned by the arena). */
Changes *changes_read(Arena *arena, Git *git, const Findings *findings, const Project *project,
                      const char **mistake);
/* Whether a finding has a changed line at any step: the touch, a call, the loop, the queryset. */
bool changes_touch(const Changes *changes, const Finding *finding);

/* Marks the lines of `now` (from 0) that a shortest edit from `before` adds. `marks` has room for
 * all of its lines and is zeroed. Returns the number of lines. For tests, too. */
uint32_t lines_changed(const char *before, size_t before_size, const char *now, size_t now_size,
                       bool *marks);
uint32_t lines_count(const char *text, size_t size);

#endif
