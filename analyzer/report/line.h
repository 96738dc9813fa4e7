/* line.h - lines of source files, read again when a report shows them. Private to the report room.
 *
 * A LineReader keeps one file in memory. Asking for the lines of a file in rising order reads it
 * once. */
#ifndef EAGERLY_LINE_H
#define EAGERLY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct LineReader {
    const char *path;    /* of the file in `text`; NULL: none */
    char *text;
    size_t length, at;   /* `at`: where line `line` starts */
    uint32_t line;
} LineReader;

/* The line without its end. False if the file can't be read or has no such line. `*text` is valid
 * until the next call. Only regular files are opened. */
bool line_read(LineReader *reader, const char *path, uint32_t line, const char **text,
               size_t *length);
void line_close(LineReader *reader);

#endif
