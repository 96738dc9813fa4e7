/* A reader of TOML 1.0 by hand, of one pass. The whole file is read into a tree, for that is what
 * makes a second definition a mistake; what is handed out is [tool.eagerly]. Dates are numbers as
 * far as we care. */
#include "config/document.h"
#include "base/writer.h"

#include <stdlib.h>
#include <string.h>

typedef struct Toml {
    Arena *arena;
    const char *at, *end, *line_start;
    uint32_t line, nodes, depth;
    ConfigNode *root;
    ConfigMistake *mistake;
    char *scratch;        /* as long as the file */
} Toml;

enum { /* ConfigNode.flags: how a table or list came to be */
    TABLE_IMPLIED = 1 << 0,  /* on the way to another: [a] of [a.b] */
    TABLE_DOTTED = 1 << 1,   /* by a dotted key */
    TABLE_CLOSED = 1 << 2,   /* written in one piece: nothing is added later */
    TABLE_LIST = 1 << 3,     /* [[a]] */
};

static bool refuse(Toml *toml, const char *text) {
    if (!toml->mistake->text)
        *toml->mistake = (ConfigMistake){text, toml->line,
                                         (uint32_t)(toml->at - toml->line_start) + 1};
    return false;
}

/* The byte at hand; NUL at the end, where a NUL stands. A NUL inside is a mistake everywhere. */
static char peek(const Toml *toml) {
    return *toml->at;
}

static void skip_blanks(Toml *toml) {
    while (peek(toml) == ' ' || peek(toml) == '\t') toml->at++;
}

static bool take(Toml *toml, char wanted) {
    if (peek(toml) != wanted) return false;
    toml->at++;
    return true;
}

static bool take_newline(Toml *toml) {
    if (toml->at[0] == '\r' && toml->at[1] == '\n') toml->at++;
    if (!take(toml, '\n')) return false;
    toml->line++;
    toml->line_start = toml->at;
    return true;
}

static bool is_control(char byte) {
    return ((unsigned char)byte < 32 && byte != '\t') || byte == 127;
}

static bool skip_comment(Toml *toml) {
    if (!take(toml, '#')) return true;
    for (; toml->at < toml->end && *toml->at != '\n'; toml->at++) {
        if (toml->at[0] == '\r' && toml->at[1] == '\n') break;
        if (is_control(*toml->at)) return refuse(toml, "a control character in a comment");
    }
    return true;
}

/* Blanks, comments and ends of lines. */
static bool skip_lines(Toml *toml) {
    do {
        skip_blanks(toml);
        if (!skip_comment(toml)) return false;
    } while (take_newline(toml));
    return true;
}

/* ---- strings */

typedef struct Text {
    char *bytes; /* as long as the file: no text is longer than its source */
    size_t length;
} Text;

static bool read_value(Toml *toml, ConfigNode *into);

static void put_code(Text *text, uint32_t code) {
    if (code < 0x80) {
        text->bytes[text->length++] = (char)code;
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    text->bytes[text->length++] = (char)(leads[more] | code >> (6 * more));
    while (more--) text->bytes[text->length++] = (char)(0x80 | (code >> (6 * more) & 0x3f));
}

static int hex_digit(char byte) {
    const char *digits = "0123456789abcdef", *found;
    char lower = byte >= 'A' && byte <= 'F' ? (char)(byte + 32) : byte;
    return lower && (found = strchr(digits, lower)) ? (int)(found - digits) : -1;
}

static bool read_code(Toml *toml, Text *text, int digits) {
    uint32_t code = 0;
    for (; digits; digits--, toml->at++) {
        int digit = hex_digit(peek(toml));
        if (digit < 0) return refuse(toml, "not a hexadecimal digit");
        code = code << 4 | (uint32_t)digit;
    }
    if (!code || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return refuse(toml, "no such character");
    put_code(text, code);
    return true;
}

/* What stands behind a backslash. */
static bool read_escape(Toml *toml, Text *text, bool lines) {
    static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
    char byte = peek(toml);
    const char *found = byte ? strchr(from, byte) : NULL;
    if (found) {
        toml->at++;
        text->bytes[text->length++] = to[found - from];
        return true;
    }
    if (take(toml, 'u')) return read_code(toml, text, 4);
    if (take(toml, 'U')) return read_code(toml, text, 8);
    if (lines) { /* the end of a line and all blanks that follow are nothing */
        const char *start = toml->at;
        skip_blanks(toml);
        if (take_newline(toml)) {
            do skip_blanks(toml);
            while (take_newline(toml));
            return true;
        }
        toml->at = start;
    }
    return refuse(toml, "an unknown escape in a text");
}

/* Three quotes end a text of several lines; up to two more belong to it. */
static bool ends_lines(Toml *toml, Text *text, char quote) {
    size_t quotes = 0;
    while (toml->at[quotes] == quote) quotes++;
    if (quotes < 3) return false;
    for (size_t i = 3; i < quotes && i < 5; i++) text->bytes[text->length++] = quote;
    toml->at += quotes < 5 ? quotes : 5;
    return true;
}

static bool read_quoted(Toml *toml, const char **value, bool may_have_lines) {
    char quote = *toml->at++;
    bool lines = may_have_lines && toml->at[0] == quote && toml->at[1] == quote;
    if (lines) {
        toml->at += 2;
        take_newline(toml);
    }
    Text text = {.bytes = toml->scratch};
    for (bool good = true; good;) {
        if (lines ? ends_lines(toml, &text, quote) : take(toml, quote)) {
            *value = arena_copy(toml->arena, text.bytes, text.length);
            return true;
        }
        if (toml->at >= toml->end) good = refuse(toml, "a text that does not end");
        else if (quote == '"' && take(toml, '\\')) good = read_escape(toml, &text, lines);
        else if (lines && take_newline(toml)) text.bytes[text.length++] = '\n';
        else if (is_control(*toml->at)) good = refuse(toml, "a control character in a text");
        else text.bytes[text.length++] = *toml->at++;
    }
    return false;
}

/* ---- keys */

static bool is_bare(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
           || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

static bool read_key(Toml *toml, const char **key) {
    if (peek(toml) == '"' || peek(toml) == '\'') return read_quoted(toml, key, false);
    const char *start = toml->at;
    while (is_bare(peek(toml))) toml->at++;
    if (toml->at == start) return refuse(toml, "a key is expected here");
    *key = arena_copy(toml->arena, start, (size_t)(toml->at - start));
    return true;
}

static ConfigNode *item_make(Toml *toml, ConfigNode *map, const char *key, ConfigKind kind) {
    if (++toml->nodes > CONFIG_NODES) {
        refuse(toml, "too many values");
        return NULL;
    }
    ConfigNode *item = config_append(toml->arena, map, kind);
    item->key = key;
    item->line = toml->line;
    item->column = (uint32_t)(toml->at - toml->line_start) + 1;
    return item;
}

/* The table that one part of a dotted name leads to; made if it is new. `flag`: by what. */
static ConfigNode *table_enter(Toml *toml, ConfigNode *map, const char *key, uint8_t flag) {
    ConfigNode *item = config_item(map, key);
    if (!item) {
        item = item_make(toml, map, key, CONFIG_MAP);
        if (item) item->flags = flag;
        return item;
    }
    if (item->flags & TABLE_LIST && flag == TABLE_IMPLIED) return item->last;
    bool other = flag == TABLE_DOTTED && !(item->flags & TABLE_DOTTED);
    if (item->kind != CONFIG_MAP || item->flags & TABLE_CLOSED || other) {
        refuse(toml, arena_format(toml->arena, "'%s' is already something else", key));
        return NULL;
    }
    return item;
}

/* key.key.key: enters all but the last; `*place` is where the last one stands. */
static bool read_path(Toml *toml, ConfigNode **map, const char **key, uint8_t flag,
                      ConfigNode *place) {
    uint32_t parts = 0;
    for (;;) {
        skip_blanks(toml);
        place->line = toml->line;
        place->column = (uint32_t)(toml->at - toml->line_start) + 1;
        if (!read_key(toml, key)) return false;
        skip_blanks(toml);
        if (!take(toml, '.')) return true;
        if (++parts >= CONFIG_DEPTH) return refuse(toml, "too many levels inside one another");
        *map = table_enter(toml, *map, *key, flag);
        if (!*map) return false;
    }
}

static bool read_pair(Toml *toml, ConfigNode *map) {
    const char *key;
    ConfigNode place;
    if (!read_path(toml, &map, &key, TABLE_DOTTED, &place)) return false;
    if (config_item(map, key)) {
        const char *text = arena_format(toml->arena, "the key '%s' is given twice", key);
        *toml->mistake = (ConfigMistake){text, place.line, place.column};
        return false;
    }
    if (!take(toml, '=')) return refuse(toml, "'=' is expected here");
    skip_blanks(toml);
    ConfigNode *item = item_make(toml, map, key, CONFIG_NULL);
    if (!item) return false;
    item->line = place.line;
    item->column = place.column;
    return read_value(toml, item);
}

/* ---- values */

static bool read_list(Toml *toml, ConfigNode *into) {
    into->kind = CONFIG_LIST;
    into->flags = TABLE_CLOSED;
    for (;;) {
        if (!skip_lines(toml)) return false;
        if (take(toml, ']')) return true;
        ConfigNode *item = item_make(toml, into, NULL, CONFIG_NULL);
        if (!item || !read_value(toml, item) || !skip_lines(toml)) return false;
        if (take(toml, ']')) return true;
        if (!take(toml, ',')) return refuse(toml, "',' or ']' is expected here");
    }
}

static bool read_inline(Toml *toml, ConfigNode *into) {
    into->kind = CONFIG_MAP;
    skip_blanks(toml);
    if (!take(toml, '}'))
        for (;;) {
            if (!read_pair(toml, into)) return false;
            skip_blanks(toml);
            if (take(toml, '}')) break;
            if (!take(toml, ',')) return refuse(toml, "',' or '}' is expected here");
        }
    into->flags = TABLE_CLOSED;
    for (ConfigNode *item = into->first; item; item = item->next) item->flags |= TABLE_CLOSED;
    return true;
}

/* Digits with single underscores between them. */
static size_t digits_of(const char *text, const char *digits) {
    size_t length = 0;
    for (;;) {
        size_t run = strspn(text + length, digits);
        if (!run) return length && text[length - 1] == '_' ? 0 : length;
        length += run;
        if (text[length] != '_') return length;
        length++;
    }
}

static bool is_based(const char *text) {
    static const char *const digits[] = {"01", "01234567", "0123456789abcdefABCDEF"};
    static const char letters[] = "box";
    const char *found = text[0] == '0' && text[1] ? strchr(letters, text[1]) : NULL;
    size_t length = found ? digits_of(text + 2, digits[found - letters]) : 0;
    return length && !text[2 + length];
}

/* Dates and times, by their characters only: no option is one. */
static bool is_date(const char *text) {
    bool date = strspn(text, "0123456789") == 4 && text[4] == '-';
    bool time = strspn(text, "0123456789") == 2 && text[2] == ':';
    return (date || time) && !text[strspn(text, "0123456789-:.TtZz+ ")];
}

static bool is_number(const char *text) {
    if (is_based(text) || is_date(text)) return true;
    text += *text == '+' || *text == '-';
    if (!strcmp(text, "inf") || !strcmp(text, "nan")) return true;
    size_t whole = digits_of(text, "0123456789");
    if (!whole || (whole > 1 && *text == '0')) return false;
    text += whole;
    if (*text == '.') {
        size_t part = digits_of(text + 1, "0123456789");
        if (!part) return false;
        text += 1 + part;
    }
    if (*text != 'e' && *text != 'E') return !*text;
    text += 1 + (text[1] == '+' || text[1] == '-');
    size_t exponent = digits_of(text, "0123456789");
    return exponent && !text[exponent];
}

/* 1_000 and +10 as options write them. */
static void number_plain(char *text) {
    char *to = text;
    if (text[strspn(text, "+0123456789_")]) return;
    for (; *text; text++)
        if (*text != '_' && *text != '+') *to++ = *text;
    *to = '\0';
}

static bool read_word(Toml *toml, ConfigNode *into) {
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "+-_.:";
    size_t length = strspn(toml->at, letters);
    if (length == 10 && toml->at[10] == ' ' && toml->at[11] >= '0' && toml->at[11] <= '9')
        length += 1 + strspn(toml->at + 11, letters); /* a date, a blank, a time */
    char *text = arena_copy(toml->arena, toml->at, length);
    into->text = text;
    into->kind = !strcmp(text, "true") || !strcmp(text, "false") ? CONFIG_BOOL : CONFIG_NUMBER;
    if (into->kind == CONFIG_NUMBER && !is_number(text))
        return refuse(toml, length ? arena_format(toml->arena, "'%s' is no value", text)
                                   : "a value is expected here");
    number_plain(text);
    toml->at += length;
    return true;
}

static bool read_value(Toml *toml, ConfigNode *into) {
    bool good = true;
    if (toml->depth == CONFIG_DEPTH) return refuse(toml, "too many levels inside one another");
    toml->depth++;
    char first = peek(toml);
    if (first == '"' || first == '\'') {
        into->kind = CONFIG_TEXT;
        good = read_quoted(toml, &into->text, true);
    } else if (take(toml, '[')) good = read_list(toml, into);
    else if (take(toml, '{')) good = read_inline(toml, into);
    else good = read_word(toml, into);
    toml->depth--;
    return good;
}

/* ---- tables */

/* [a.b] and [[a.b]]: the table that the lines below it belong to; NULL: a mistake. */
static ConfigNode *read_header(Toml *toml) {
    bool list = take(toml, '[');
    ConfigNode *map = toml->root, place;
    const char *key;
    if (!read_path(toml, &map, &key, TABLE_IMPLIED, &place)) return NULL;
    if (!take(toml, ']') || (list && !take(toml, ']'))) {
        refuse(toml, "']' is expected here");
        return NULL;
    }
    ConfigNode *item = config_item(map, key);
    bool fits = !item || (list ? item->flags & TABLE_LIST : item->flags & TABLE_IMPLIED);
    if (!fits) {
        refuse(toml, arena_format(toml->arena, "'%s' is defined twice", key));
        return NULL;
    }
    if (!item) item = item_make(toml, map, key, list ? CONFIG_LIST : CONFIG_MAP);
    if (!item) return NULL;
    item->flags = list ? TABLE_LIST : 0;
    item->line = place.line;
    item->column = place.column;
    return list ? item_make(toml, item, NULL, CONFIG_MAP) : item;
}

static bool read_line(Toml *toml, ConfigNode **table) {
    skip_blanks(toml);
    char first = peek(toml);
    if (first == '[') {
        toml->at++;
        *table = read_header(toml);
        if (!*table) return false;
    } else if (first && first != '#' && first != '\n' && first != '\r') {
        if (!read_pair(toml, *table)) return false;
    }
    skip_blanks(toml);
    if (!skip_comment(toml)) return false;
    return toml->at >= toml->end || take_newline(toml)
           || refuse(toml, "the end of the line is expected here");
}

/* Else the place of the first byte that is none. */
static bool is_utf8(Toml *toml) {
    size_t length = (size_t)(toml->end - toml->at), good = utf8_span(toml->at, length);
    if (good == length) return true;
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < good; i++, column++) {
        if (toml->at[i] != '\n') continue;
        line++;
        column = 0;
    }
    *toml->mistake = (ConfigMistake){"no UTF-8", line, column};
    return false;
}

ConfigNode *config_toml(Arena *arena, const char *text, size_t length, ConfigMistake *mistake) {
    bool marked = length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3);
    Toml toml = {.arena = arena, .at = text + (marked ? 3 : 0), .end = text + length, .line = 1,
                 .mistake = mistake};
    toml.line_start = toml.at;
    toml.root = config_append(arena, NULL, CONFIG_MAP);
    toml.scratch = memory_alloc(length + 8);
    ConfigNode *table = toml.root;
    bool good = is_utf8(&toml);
    while (good && toml.at < toml.end) good = read_line(&toml, &table);
    free(toml.scratch);
    if (!good) return NULL;
    const ConfigNode *tool = config_item(toml.root, "tool");
    return tool && tool->kind == CONFIG_MAP ? config_item(tool, "eagerly") : NULL;
}
