/* writer.h - text on its way out: to a stream or into memory, with every failed write noticed.
 * A Writer that failed once stays failed; writer_close() tells. */
#ifndef EAGERLY_WRITER_H
#define EAGERLY_WRITER_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct Writer Writer;

Writer *writer_to_stream(FILE *stream);      /* does not close the stream */
Writer *writer_to_memory(void);
void write_text(Writer *writer, const char *text);
void write_bytes(Writer *writer, const char *bytes, size_t length);
void write_format(Writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD, controls are escaped. */
void write_json(Writer *writer, const char *text, size_t length);
/* Text for a terminal or a log: control characters (but for tab) become \xNN. */
void write_plain(Writer *writer, const char *text, size_t length);
/* What a memory writer holds; valid until it is closed. */
const char *writer_text(const Writer *writer, size_t *length);
/* Flushes and frees. False if any write failed. */
bool writer_close(Writer *writer);

#endif
