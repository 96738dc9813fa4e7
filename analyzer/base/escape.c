/* Text that came from outside, made fit for a format. It is taken apart into pieces: one valid
 * character of UTF-8, or one byte that is none. Each format then says what becomes of a piece. */
#include "base/writer.h"

#include <string.h>

typedef enum PieceKind {
    PIECE_PLAIN,
    PIECE_INVALID,   /* a byte that is no UTF-8 */
    PIECE_CONTROL,   /* C0, DEL, C1: moves a terminal's cursor or ends a line of a log */
    PIECE_TURN,      /* turns the direction of what follows */
    PIECE_NONE,      /* no character of XML: U+FFFE, U+FFFF */
} PieceKind;

typedef struct Piece {
    PieceKind kind;
    uint32_t point;  /* the character, or the byte */
    size_t length;
} Piece;

/* Length of the valid UTF-8 sequence at `text`, or 0. Refuses overlong forms and surrogates. */
static size_t utf8_read(const unsigned char *text, size_t left, uint32_t *point) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *text < 0x80 ? 1 : *text >= 0xf5 ? 0 : *text >= 0xf0 ? 4
                  : *text >= 0xe0 ? 3 : *text >= 0xc2 ? 2 : 0;
    if (!length || length > left) return 0;
    *point = length == 1 ? *text : *text & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
        *point = *point << 6 | (text[i] & 0x3fu);
    }
    return *point < least[length] || (*point >= 0xd800 && *point <= 0xdfff) || *point > 0x10ffff
               ? 0 : length;
}

size_t utf8_span(const char *text, size_t length) {
    size_t at = 0, step = 1;
    uint32_t point;
    for (; at < length && step; at += step)
        step = utf8_read((const unsigned char *)text + at, length - at, &point);
    return at;
}

static PieceKind point_kind(uint32_t point) {
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return PIECE_CONTROL;
    bool turns = point == 0x61c || point == 0x200e || point == 0x200f || point == 0x2028
                 || point == 0x2029 || (point >= 0x202a && point <= 0x202e)
                 || (point >= 0x2066 && point <= 0x2069);
    if (turns) return PIECE_TURN;
    return point == 0xfffe || point == 0xffff ? PIECE_NONE : PIECE_PLAIN;
}

static Piece piece_at(const char *text, size_t left) {
    const unsigned char *bytes = (const unsigned char *)text;
    Piece piece = {.point = *bytes, .length = 1};
    size_t length = utf8_read(bytes, left, &piece.point);
    if (!length) return (Piece){PIECE_INVALID, *bytes, 1};
    piece.kind = point_kind(piece.point);
    piece.length = length;
    return piece;
}

/* What is not shown as it is: \x1b, \u202e. */
static void write_shown(Writer *writer, const Piece *piece) {
    write_format(writer, piece->point > 0xff ? "\\u%04x" : "\\x%02x", piece->point);
}

void write_json(Writer *writer, const char *text, size_t length) {
    write_bytes(writer, "\"", 1);
    for (size_t at = 0; at < length;) {
        Piece piece = piece_at(text + at, length - at);
        if (piece.kind == PIECE_INVALID) write_text(writer, "\\ufffd");
        else if (piece.kind != PIECE_PLAIN) write_format(writer, "\\u%04x", piece.point);
        else if (text[at] == '"' || text[at] == '\\') write_format(writer, "\\%c", text[at]);
        else write_bytes(writer, text + at, piece.length);
        at += piece.length;
    }
    write_bytes(writer, "\"", 1);
}

void write_plain(Writer *writer, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        Piece piece = piece_at(text + at, length - at);
        if (piece.kind == PIECE_PLAIN || text[at] == '\t')
            write_bytes(writer, text + at, piece.length);
        else write_shown(writer, &piece);
        at += piece.length;
    }
}

static const char *xml_reference(char byte) {
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\t': return "&#9;";
    case '\n': return "&#10;";
    case '\r': return "&#13;";
    }
    return NULL;
}

void write_xml(Writer *writer, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        Piece piece = piece_at(text + at, length - at);
        const char *reference = xml_reference(text[at]);
        if (reference) write_text(writer, reference);
        else if (piece.kind == PIECE_INVALID || piece.kind == PIECE_NONE)
            write_text(writer, "\xef\xbf\xbd");
        else if (piece.kind != PIECE_PLAIN) write_shown(writer, &piece);
        else write_bytes(writer, text + at, piece.length);
        at += piece.length;
    }
}

static bool byte_in(const char *set, char byte) {
    return byte && strchr(set, byte);
}

void write_uri(Writer *writer, const char *path) {
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~/";
    for (; *path; path++) {
        if (byte_in(unreserved, *path)) write_bytes(writer, path, 1);
        else write_format(writer, "%%%02X", (unsigned char)*path);
    }
}

void write_percent(Writer *writer, const char *text, const char *special, const char *percent) {
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        Piece piece = piece_at(text + at, length - at);
        if (text[at] == '%') write_text(writer, percent);
        else if (byte_in(special, text[at])) write_format(writer, "%%%02X", text[at]);
        else if (piece.kind == PIECE_PLAIN || text[at] == '\t')
            write_bytes(writer, text + at, piece.length);
        else write_shown(writer, &piece);
        at += piece.length;
    }
}

void write_teamcity(Writer *writer, const char *text) {
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        Piece piece = piece_at(text + at, length - at);
        if (text[at] == '\n') write_text(writer, "|n");
        else if (text[at] == '\r') write_text(writer, "|r");
        else if (byte_in("|'[]", text[at])) write_format(writer, "|%c", text[at]);
        else if (piece.kind != PIECE_PLAIN) write_shown(writer, &piece);
        else write_bytes(writer, text + at, piece.length);
        at += piece.length;
    }
}

void write_markdown(Writer *writer, const char *text) {
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        Piece piece = piece_at(text + at, length - at);
        if (byte_in("\\`*_[]#|~!$", text[at])) write_format(writer, "\\%c", text[at]);
        else if (byte_in("<>&", text[at])) write_text(writer, xml_reference(text[at]));
        else if (piece.kind != PIECE_PLAIN) {
            write_text(writer, "\\");
            write_shown(writer, &piece);
        } else write_bytes(writer, text + at, piece.length);
        at += piece.length;
    }
}

/* The fence is longer than any run of backquotes inside. A '|' would end a table's cell even in
 * code, and the backslash before it is taken away in cells only: the broken bar stands for it. */
void write_markdown_code(Writer *writer, const char *text) {
    size_t length = strlen(text), most = 0, run = 0;
    for (size_t at = 0; at < length; at++) {
        run = text[at] == '`' ? run + 1 : 0;
        if (run > most) most = run;
    }
    for (size_t i = 0; i <= most; i++) write_text(writer, "`");
    if (most) write_text(writer, " ");
    for (size_t at = 0; at < length;) {
        Piece piece = piece_at(text + at, length - at);
        if (text[at] == '|') write_text(writer, "\xc2\xa6");
        else if (piece.kind != PIECE_PLAIN) write_shown(writer, &piece);
        else write_bytes(writer, text + at, piece.length);
        at += piece.length;
    }
    if (most) write_text(writer, " ");
    for (size_t i = 0; i <= most; i++) write_text(writer, "`");
}
