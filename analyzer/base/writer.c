/* Everything is gathered in one buffer, which a stream writer empties when it is full. What is
 * escaped on its way is in escape.c. */
#include "base/writer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { FLUSH_AT = 64 * 1024 };

struct Writer {
    FILE *stream; /* NULL: keep everything */
    char *bytes;
    size_t count, room;
    bool failed;
};

Writer *writer_to_stream(FILE *stream) {
    Writer *writer = memory_alloc(sizeof *writer);
    *writer = (Writer){.stream = stream};
    return writer;
}

Writer *writer_to_memory(void) {
    return writer_to_stream(NULL);
}

static void writer_flush(Writer *writer) {
    if (!writer->stream) return;
    if (writer->count && fwrite(writer->bytes, 1, writer->count, writer->stream) != writer->count)
        writer->failed = true;
    if (fflush(writer->stream)) writer->failed = true;
    writer->count = 0;
}

void write_bytes(Writer *writer, const char *bytes, size_t length) {
    if (writer->stream && writer->count + length > FLUSH_AT) writer_flush(writer);
    if (writer->count + length + 1 > writer->room) {
        writer->room = (writer->count + length + 1) * 2;
        writer->bytes = memory_resize(writer->bytes, writer->room);
    }
    if (length) memcpy(writer->bytes + writer->count, bytes, length);
    writer->count += length;
    writer->bytes[writer->count] = '\0';
}

void write_text(Writer *writer, const char *text) {
    write_bytes(writer, text, strlen(text));
}

void write_format(Writer *writer, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        char *text = memory_alloc((size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, again);
        write_bytes(writer, text, (size_t)length);
        free(text);
    }
    va_end(again);
}

const char *writer_text(const Writer *writer, size_t *length) {
    if (length) *length = writer->count;
    return writer->count ? writer->bytes : "";
}

bool writer_close(Writer *writer) {
    writer_flush(writer);
    bool fine = !writer->failed;
    free(writer->bytes);
    free(writer);
    return fine;
}
