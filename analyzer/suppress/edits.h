/* edits.h - changes of one source file that leave its code as it is. Private to the suppress room.
 *
 * Offsets are those of the text as it was read. */
#ifndef EAGERLY_SUPPRESS_EDITS_H
#define EAGERLY_SUPPRESS_EDITS_H

#include "suppress/rewrite.h"

typedef struct Edit {
    uint32_t from, to;           /* what is taken out; from == to: nothing */
    const char *text;            /* what takes its place */
} Edit;

typedef struct SourceEdits {
    Arena *arena;
    const ProjectModule *of;
    char *bytes;                 /* of malloc; with a NUL behind them */
    uint32_t size;
    Array(Edit) items;
} SourceEdits;

/* Reads the file again. False: it is no longer what was analysed. */
bool source_edits_open(SourceEdits *edits, Arena *arena, const ProjectModule *of);
void source_edit(SourceEdits *edits, Edit edit);
/* First byte of a line (from 1), and the byte behind its last that is neither blank nor break. */
uint32_t source_line(const SourceEdits *edits, uint32_t line);
uint32_t source_line_end(const SourceEdits *edits, uint32_t line);
/* Writes the file if its tree of code is the same before and after. NULL, or a mistake; `*refused`
 * is set when the code would have changed, and the file is left alone. Frees what was read. */
const char *source_edits_write(SourceEdits *edits, bool *refused);

#endif
