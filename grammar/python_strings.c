/* String literals: escapes are decoded, glued literals become one. An f-string without braces
 * says no more than a plain string and becomes STRING; t-strings are read as f-strings. */
#include "grammar/python_lower.h"

typedef struct Prefix {
    bool raw, bytes, format;
} Prefix;

static Prefix prefix_read(const Lower *lower, const Slot *start) {
    Prefix prefix = {0};
    for (uint32_t at = start->start; at < start->end; at++) {
        char letter = (char)(lower->source[at] | 0x20);
        prefix.raw |= letter == 'r';
        prefix.bytes |= letter == 'b';
        prefix.format |= letter == 'f' || letter == 't';
    }
    return prefix;
}

static void text_add_code(Lower *lower, uint32_t code) {
    char bytes[4];
    size_t length = 0;
    if (code < 0x80) {
        bytes[length++] = (char)code;
    } else if (code < 0x800) {
        bytes[length++] = (char)(0xc0 | code >> 6);
        bytes[length++] = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        bytes[length++] = (char)(0xe0 | code >> 12);
        bytes[length++] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[length++] = (char)(0x80 | (code & 0x3f));
    } else {
        bytes[length++] = (char)(0xf0 | code >> 18);
        bytes[length++] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[length++] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[length++] = (char)(0x80 | (code & 0x3f));
    }
    text_add(lower, bytes, length);
}

static int digit_value(char byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    char letter = (char)(byte | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 16;
}

/* Reads up to `most` digits; returns how many there were. */
static uint32_t digits_read(const char *at, const char *end, int base, uint32_t most,
                            uint32_t *code) {
    uint32_t count = 0;
    *code = 0;
    while (count < most && at + count < end && digit_value(at[count]) < base)
        *code = *code * (uint32_t)base + (uint32_t)digit_value(at[count++]);
    return count;
}

/* \x41, \u0041, \U00000041: the bytes behind the backslash that were taken, 0 if none. */
static uint32_t escape_hex(Lower *lower, const char *at, const char *end, bool bytes) {
    uint32_t digits = *at == 'x' ? 2 : *at == 'u' ? 4 : 8;
    uint32_t code;
    if (bytes && *at != 'x') return 0;
    if (digits_read(at + 1, end, 16, digits, &code) != digits) return 0;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
    if (bytes) text_add(lower, &(char){(char)code}, 1);
    else text_add_code(lower, code);
    return digits + 1;
}

static uint32_t escape_octal(Lower *lower, const char *at, const char *end, bool bytes) {
    uint32_t code;
    uint32_t digits = digits_read(at, end, 8, 3, &code);
    if (bytes) text_add(lower, &(char){(char)code}, 1);
    else text_add_code(lower, code);
    return digits;
}

/* Decodes what stands behind a backslash; returns the bytes taken, 0 if it is no escape. */
static uint32_t escape_decode(Lower *lower, const char *at, const char *end, bool bytes) {
    static const char letters[] = "abfnrtv\\'\"", codes[] = "\a\b\f\n\r\t\v\\'\"";
    if (at >= end) return 0;
    if (*at == '\n') return 1;
    if (*at == '\r') return at + 1 < end && at[1] == '\n' ? 2 : 1;
    if (*at == 'x' || *at == 'u' || *at == 'U') return escape_hex(lower, at, end, bytes);
    if (*at >= '0' && *at <= '7') return escape_octal(lower, at, end, bytes);
    const char *letter = *at ? strchr(letters, *at) : NULL;
    if (!letter) return 0;
    text_add(lower, &codes[letter - letters], 1);
    return 1;
}

/* \N{NAME} stays as it is; in an f-string its braces are no interpolation. */
static uint32_t escape_name_length(const char *at, const char *end) {
    if (end - at < 2 || at[0] != 'N' || at[1] != '{') return 0;
    const char *close = memchr(at, '}', (size_t)(end - at));
    return close ? (uint32_t)(close - at) + 1 : 0;
}

static const char *content_step(Lower *lower, const char *at, const char *end, Prefix prefix) {
    char byte = *at++;
    if (byte == '\\' && !prefix.raw) {
        uint32_t taken = escape_decode(lower, at, end, prefix.bytes);
        if (taken) return at + taken;
        taken = escape_name_length(at, end);
        text_add(lower, at - 1, taken + 1);
        return at + taken;
    }
    if (byte == '\r' && at < end && *at == '\n') return at;
    if (prefix.format && (byte == '{' || byte == '}') && at < end && *at == byte) at++;
    text_add(lower, &byte, 1);
    return at;
}

/* Adds the content's decoded text to lower->text. */
static void content_decode(Lower *lower, const Slot *content, Prefix prefix) {
    const char *at = lower->source + content->start, *end = lower->source + content->end;
    while (at < end) {
        const char *run = at;
        while (at < end && *at != '\\' && *at != '\r' && *at != '{' && *at != '}') at++;
        text_add(lower, run, (size_t)(at - run));
        if (at < end) at = content_step(lower, at, end, prefix);
    }
}

static NodeId text_node(Lower *lower, uint8_t flags, uint32_t start, uint32_t end) {
    const char *bytes = lower->text_count ? lower->text : "";
    Str text = str_intern(lower->module->strings, bytes, lower->text_count);
    lower->text_count = 0;
    Node node = {.kind = NODE_STRING, .flags = flags, .name = text, .start = start};
    return module_add(lower->module, node, end, NULL, 0);
}

static NodeId lower_plain_string(Lower *lower, Frame *frame, Prefix prefix) {
    const Slot *slot = slots_begin(lower, frame), *end = slots_end(lower);
    lower->text_count = 0;
    for (; slot < end; slot++)
        if (slot->syntax == SYNTAX_STRING_CONTENT) content_decode(lower, slot, prefix);
    return text_node(lower, prefix.bytes ? NODE_BYTES : 0, frame->start, frame->end);
}

/* f"{x:=5}" has the format `=5`, which the grammar takes for an assignment expression; a real
 * one stands in parentheses there. */
static NodeId interpolated(Lower *lower, const Slot *slot) {
    NodeId id = slot_expression(lower, slot);
    const Node *node = module_node(lower->module, id);
    bool format = node->kind == NODE_WALRUS && node->start == slot->start;
    return format ? node_child(lower->module, id, 0) : id;
}

NodeId lower_string(Lower *lower, Frame *frame) {
    const Slot *slot = slots_begin(lower, frame), *end = slots_end(lower);
    Prefix prefix = {0};
    bool parts = false;
    for (const Slot *part = slot; part < end; part++) {
        if (part->syntax == SYNTAX_STRING_START) prefix = prefix_read(lower, part);
        if (slot_valued(part)) parts = true;
    }
    if (!parts) return lower_plain_string(lower, frame, prefix);
    list_begin(lower);
    lower->text_count = 0;
    for (; slot < end; slot++) {
        if (slot_valued(slot)) {
            list_add(lower, interpolated(lower, slot));
        } else if (slot->syntax == SYNTAX_STRING_CONTENT) {
            content_decode(lower, slot, prefix);
            list_add(lower, text_node(lower, 0, slot->start, slot->end));
        }
    }
    return lower_add_list(lower, frame, (Node){.kind = NODE_FSTRING});
}

static NodeId glue_plain(Lower *lower, Frame *frame) {
    const Module *module = lower->module;
    uint8_t flags = NODE_IMPLICIT;
    lower->text_count = 0;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        const Node *node = module_node(module, slot->node);
        if (node->kind != NODE_STRING) continue;
        flags |= node->flags;
        text_add(lower, str_text(module->strings, node->name),
                 str_length(module->strings, node->name));
    }
    return text_node(lower, flags, frame->start, frame->end);
}

/* "a" "b" is one string; with an f-string among them, one f-string with all the parts. */
NodeId lower_concatenated_string(Lower *lower, Frame *frame) {
    const Module *module = lower->module;
    bool plain = true;
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (!slot_valued(slot)) continue;
        if (module_node(module, slot->node)->kind == NODE_FSTRING) {
            plain = false;
            for (uint32_t i = 0; i < node_count(module, slot->node); i++)
                list_add(lower, node_child(module, slot->node, i));
        } else {
            list_add(lower, slot_node(lower, slot));
        }
    }
    if (plain) return glue_plain(lower, frame);
    Node node = {.kind = NODE_FSTRING, .flags = NODE_IMPLICIT};
    return lower_add_list(lower, frame, node);
}
