/* Everything is gathered in one buffer, which a stream writer empties when it is full. */
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

/* Length of the valid UTF-8 sequence at `text`, or 0. Refuses overlong forms and surrogates. */
static size_t utf8_length(const unsigned char *text, size_t left) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *text < 0x80 ? 1 : *text >= 0xf5 ? 0 : *text >= 0xf0 ? 4
                  : *text >= 0xe0 ? 3 : *text >= 0xc2 ? 2 : 0;
    if (!length || length > left) return 0;
    uint32_t point = length == 1 ? *text : *text & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
        point = point << 6 | (text[i] & 0x3fu);
    }
    return point < least[length] || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff
               ? 0 : length;
}

void write_json(Writer *writer, const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    write_bytes(writer, "\"", 1);
    for (size_t at = 0; at < length;) {
        size_t step = utf8_length(bytes + at, length - at);
        if (!step) {
            write_text(writer, "\\ufffd");
            step = 1;
        } else if (bytes[at] == '"' || bytes[at] == '\\') {
            write_format(writer, "\\%c", bytes[at]);
        } else if (bytes[at] < 0x20 || bytes[at] == 0x7f) {
            write_format(writer, "\\u%04x", bytes[at]);
        } else {
            write_bytes(writer, text + at, step);
        }
        at += step;
    }
    write_bytes(writer, "\"", 1);
}

/* C0 and C1 controls and DEL could move a terminal's cursor or end a log line. */
void write_plain(Writer *writer, const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t at = 0; at < length;) {
        size_t step = utf8_length(bytes + at, length - at);
        bool control = (bytes[at] < 0x20 && bytes[at] != '\t') || bytes[at] == 0x7f;
        bool second = step == 2 && bytes[at] == 0xc2 && bytes[at + 1] < 0xa0;
        if (!step || control || second) {
            write_format(writer, "\\x%02x", bytes[second ? at + 1 : at]);
            at += step ? step : 1;
            continue;
        }
        write_bytes(writer, text + at, step);
        at += step;
    }
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
