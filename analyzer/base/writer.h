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

/* Escapes, one place each (escape.c). None lets a control character through: what is not part of
 * a format's own syntax is shown as \xNN, and signs that turn the direction of writing, which can
 * make a line look like another one, as \uNNNN. */

/* How many bytes from the start are UTF-8. */
size_t utf8_span(const char *text, size_t length);
/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void write_json(Writer *writer, const char *text, size_t length);
/* Text for a terminal or a log: control characters (but for tab) become \xNN. */
void write_plain(Writer *writer, const char *text, size_t length);
/* Text or an attribute's value of XML 1.0 and HTML. Line ends and tabs become references. */
void write_xml(Writer *writer, const char *text, size_t length);
/* A relative URI of a path: the bytes that are neither unreserved nor '/' as %NN. */
void write_uri(Writer *writer, const char *path);
/* Plain text in which '%' and the bytes of `special` are %NN: workflow commands. `percent` stands
 * for '%' itself. */
void write_percent(Writer *writer, const char *text, const char *special, const char *percent);
/* A value of TeamCity's service messages. */
void write_teamcity(Writer *writer, const char *text);
/* Text of Markdown, also in a table's cell; and the same as code. */
void write_markdown(Writer *writer, const char *text);
void write_markdown_code(Writer *writer, const char *text);

/* What a memory writer holds; valid until it is closed. */
const char *writer_text(const Writer *writer, size_t *length);
/* Flushes and frees. False if any write failed. */
bool writer_close(Writer *writer);

#endif
