/* lines.h - which lines of a module belong to one statement. Private to the suppress room. */
#ifndef EAGERLY_SUPPRESS_LINES_H
#define EAGERLY_SUPPRESS_LINES_H

#include "grammar/module.h"

#include <stdbool.h>

/* First and last line of what stands on a line, by line (from 1): a simple statement or the header
 * of one with a body; of a template, a tag. first 0: nothing starts or goes on there. `tight` is
 * the last line that code of it stands on. */
typedef struct LineSpan {
    uint32_t first, last, tight;
    uint32_t next;               /* the next line, from this one on, that something starts on */
} LineSpan;

typedef struct Lines {
    LineSpan *spans;
    uint32_t count;
} Lines;

Lines *lines_make(Arena *arena, const Module *module);
/* The span on a line. A comment that stands alone there is about what comes next, unless it
 * stands in the middle of something. first 0: nothing. */
LineSpan lines_at(const Lines *lines, uint32_t line, bool alone);

#endif
