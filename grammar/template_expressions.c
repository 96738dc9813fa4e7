/* Expressions of templates, by recursive descent to a bounded depth.
 *
 * Django's `a.b.0|filter:arg` and Jinja's `a.b[0].c(x)|filter(arg)` are read by the same
 * functions: no text means one thing in the one language and another thing in the other, but for
 * the call that Django makes of what `a.b` gives, which is not a matter of syntax. */
#include "grammar/template_read.h"

#include <ctype.h>

static bool is_name_start(char c) {
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name(char c) {
    return is_name_start(c) || isdigit((unsigned char)c);
}

static char cursor_peek(const Cursor *cursor) {
    return cursor->at < cursor->end ? cursor->source[cursor->at] : '\0';
}

void cursor_space(Cursor *cursor) {
    while (cursor->at < cursor->end && isspace((unsigned char)cursor->source[cursor->at]))
        cursor->at++;
}

bool cursor_done(Cursor *cursor) {
    cursor_space(cursor);
    return cursor->at >= cursor->end;
}

bool cursor_take(Cursor *cursor, const char *sign) {
    cursor_space(cursor);
    size_t length = strlen(sign);
    if (cursor->end - cursor->at < length) return false;
    if (memcmp(cursor->source + cursor->at, sign, length)) return false;
    cursor->at += (uint32_t)length;
    return true;
}

bool cursor_at_word(Cursor *cursor, const char *word) {
    cursor_space(cursor);
    size_t length = strlen(word);
    if (cursor->end - cursor->at < length) return false;
    if (memcmp(cursor->source + cursor->at, word, length)) return false;
    uint32_t behind = cursor->at + (uint32_t)length;
    return behind >= cursor->end || !is_name(cursor->source[behind]);
}

bool cursor_word(Cursor *cursor, const char *word) {
    if (!cursor_at_word(cursor, word)) return false;
    cursor->at += (uint32_t)strlen(word);
    return true;
}

Str cursor_name(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at;
    if (!is_name_start(cursor_peek(cursor))) return STR_NONE;
    while (is_name(cursor_peek(cursor))) cursor->at++;
    return str_intern(cursor->module->strings, cursor->source + start, cursor->at - start);
}

static NodeId add(Cursor *cursor, Node node, const NodeId *children, uint32_t count) {
    return module_add(cursor->module, node, cursor->at, children, count);
}

static NodeId fail(Cursor *cursor, uint32_t start) {
    cursor->failed = true;
    return add(cursor, (Node){.kind = NODE_UNKNOWN, .start = start}, NULL, 0);
}

/* A text in quotes; a backslash keeps the sign behind it. */
static NodeId read_string(Cursor *cursor) {
    char quote = cursor_peek(cursor);
    uint32_t start = cursor->at++;
    char *text = arena_alloc(cursor->module->arena, cursor->end - start + 1);
    uint32_t length = 0;
    while (cursor->at < cursor->end && cursor_peek(cursor) != quote) {
        if (cursor_peek(cursor) == '\\' && cursor->at + 1 < cursor->end) cursor->at++;
        text[length++] = cursor->source[cursor->at++];
    }
    if (cursor->at >= cursor->end) return fail(cursor, start);
    cursor->at++;
    Str name = str_intern(cursor->module->strings, text, length);
    return add(cursor, (Node){.kind = NODE_STRING, .name = name, .start = start}, NULL, 0);
}

static NodeId read_number(Cursor *cursor) {
    uint32_t start = cursor->at;
    while (isdigit((unsigned char)cursor_peek(cursor))
           || (cursor_peek(cursor) == '.' && cursor->at + 1 < cursor->end
               && isdigit((unsigned char)cursor->source[cursor->at + 1])))
        cursor->at++;
    Str name = str_intern(cursor->module->strings, cursor->source + start, cursor->at - start);
    return add(cursor, (Node){.kind = NODE_NUMBER, .name = name, .start = start}, NULL, 0);
}

static bool read_constant(Cursor *cursor, NodeId *node) {
    static const struct { const char *word; Constant constant; } words[] = {
        {"True", CONSTANT_TRUE}, {"true", CONSTANT_TRUE}, {"False", CONSTANT_FALSE},
        {"false", CONSTANT_FALSE}, {"None", CONSTANT_NONE}, {"none", CONSTANT_NONE}};
    uint32_t start = cursor->at;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!cursor_word(cursor, words[i].word)) continue;
        *node = add(cursor, (Node){.kind = NODE_CONSTANT, .extra = (uint16_t)words[i].constant,
                                   .start = start}, NULL, 0);
        return true;
    }
    return false;
}

uint32_t template_arguments(Cursor *cursor, NodeId *items, uint32_t count, const char *close) {
    while (!cursor_take(cursor, close)) {
        if (cursor_done(cursor) || count == TEMPLATE_PARTS) {
            cursor->failed = true;
            return count;
        }
        uint32_t start = cursor->at;
        Cursor before = *cursor;
        Str name = cursor_name(cursor);
        bool keyword = name && cursor_take(cursor, "=") && cursor_peek(cursor) != '=';
        if (!keyword) *cursor = before;
        bool star = !keyword && cursor_take(cursor, "**");
        bool single = !keyword && !star && cursor_take(cursor, "*");
        NodeId value = template_expression(cursor);
        if (keyword)
            value = add(cursor, (Node){.kind = NODE_KEYWORD, .name = name, .start = start},
                        &value, 1);
        else if (star || single)
            value = add(cursor, (Node){.kind = NODE_STAR, .flags = star ? NODE_DOUBLE : 0,
                                       .start = start}, &value, 1);
        items[count++] = value;
        if (!cursor_take(cursor, ",") && cursor->at == start) cursor->at++;
        if (cursor->failed) cursor->at = cursor->at < cursor->end ? cursor->at + 1 : cursor->end;
    }
    return count;
}

static NodeId read_dict(Cursor *cursor, uint32_t start) {
    NodeId items[TEMPLATE_PARTS];
    uint32_t count = 0;
    while (!cursor_take(cursor, "}")) {
        if (cursor_done(cursor) || cursor->failed || count + 2 > TEMPLATE_PARTS)
            return fail(cursor, start);
        items[count++] = template_expression(cursor);
        if (!cursor_take(cursor, ":")) return fail(cursor, start);
        items[count++] = template_expression(cursor);
        cursor_take(cursor, ",");
    }
    return add(cursor, (Node){.kind = NODE_DICT, .start = start}, items, count);
}

static NodeId read_list(Cursor *cursor, uint32_t start) {
    NodeId items[TEMPLATE_PARTS];
    uint32_t count = template_arguments(cursor, items, 0, "]");
    return add(cursor, (Node){.kind = NODE_LIST, .start = start}, items, count);
}

/* (a) is a, (a, b) a tuple. */
static NodeId read_parentheses(Cursor *cursor, uint32_t start) {
    NodeId items[TEMPLATE_PARTS];
    uint32_t count = template_arguments(cursor, items, 0, ")");
    if (count == 1) return items[0];
    return add(cursor, (Node){.kind = NODE_TUPLE, .start = start}, items, count);
}

static NodeId read_primary(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at;
    char c = cursor_peek(cursor);
    NodeId node = NODE_NONE;
    if (c == '"' || c == '\'') return read_string(cursor);
    if (isdigit((unsigned char)c)) return read_number(cursor);
    if (cursor_take(cursor, "_(")) {
        node = template_expression(cursor);
        return cursor_take(cursor, ")") ? node : fail(cursor, start);
    }
    if (cursor_take(cursor, "(")) return read_parentheses(cursor, start);
    if (cursor_take(cursor, "[")) return read_list(cursor, start);
    if (cursor_take(cursor, "{")) return read_dict(cursor, start);
    if (read_constant(cursor, &node)) return node;
    Str name = cursor_name(cursor);
    if (!name) return fail(cursor, start);
    return add(cursor, (Node){.kind = NODE_NAME, .name = name, .start = start}, NULL, 0);
}

/* a[b] and a[b:c] */
static NodeId read_index(Cursor *cursor, NodeId object, uint32_t start) {
    NodeId parts[3] = {NODE_NONE, NODE_NONE, NODE_NONE};
    uint32_t inside = cursor->at, at = 0;
    bool slice = false;
    while (!cursor_take(cursor, "]")) {
        if (cursor_done(cursor) || cursor->failed || at > 2) return fail(cursor, start);
        if (cursor_take(cursor, ":")) {
            slice = true;
            at++;
        } else {
            parts[at] = template_expression(cursor);
        }
    }
    NodeId index = parts[0];
    if (slice) index = add(cursor, (Node){.kind = NODE_SLICE, .start = inside}, parts, 3);
    return add(cursor, (Node){.kind = NODE_INDEX, .start = start}, (NodeId[]){object, index}, 2);
}

static NodeId read_dot(Cursor *cursor, NodeId object, uint32_t start) {
    uint32_t from = cursor->at;
    while (isdigit((unsigned char)cursor_peek(cursor))) cursor->at++;
    Str part = cursor->at > from
                   ? str_intern(cursor->module->strings, cursor->source + from, cursor->at - from)
                   : cursor_name(cursor);
    if (!part) return fail(cursor, start);
    return add(cursor, (Node){.kind = NODE_LOOKUP, .name = part, .start = start}, &object, 1);
}

static NodeId read_filter(Cursor *cursor, NodeId value, uint32_t start) {
    NodeId items[TEMPLATE_PARTS] = {value};
    uint32_t count = 1;
    Str name = cursor_name(cursor);
    while (name && cursor_peek(cursor) == '.' && cursor->at++ < cursor->end) cursor_name(cursor);
    if (!name) return fail(cursor, start);
    if (cursor_peek(cursor) == '(' && cursor_take(cursor, "(")) {
        count = template_arguments(cursor, items, 1, ")");
    } else if (cursor_peek(cursor) == ':' && cursor_take(cursor, ":")) {
        cursor_space(cursor);
        uint32_t from = cursor->at;
        cursor_take(cursor, "-"); /* |add:-5 */
        items[count] = read_primary(cursor);
        while (cursor_peek(cursor) == '.' && !cursor->failed) {
            cursor->at++;
            items[count] = read_dot(cursor, items[count], from);
        }
        count++;
    }
    return add(cursor, (Node){.kind = NODE_FILTER, .name = name, .start = start}, items, count);
}

NodeId template_operand(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at;
    if (++cursor->depth > TEMPLATE_DEPTH) {
        cursor->depth--;
        return fail(cursor, start);
    }
    NodeId node = read_primary(cursor);
    while (!cursor->failed) {
        char next = cursor->at + 1 < cursor->end ? cursor->source[cursor->at + 1] : '\0';
        if (cursor_peek(cursor) == '.' && is_name(next)) {
            cursor->at++;
            node = read_dot(cursor, node, start);
        } else if (cursor_peek(cursor) == '(') {
            NodeId items[TEMPLATE_PARTS] = {node};
            cursor->at++;
            uint32_t count = template_arguments(cursor, items, 1, ")");
            node = add(cursor, (Node){.kind = NODE_CALL, .start = start}, items, count);
        } else if (cursor_peek(cursor) == '[') {
            cursor->at++;
            node = read_index(cursor, node, start);
        } else {
            Cursor before = *cursor;
            cursor_space(cursor);
            if (cursor_peek(cursor) != '|' || !cursor_take(cursor, "|")) {
                *cursor = before;
                break;
            }
            node = read_filter(cursor, node, start);
        }
    }
    cursor->depth--;
    return node;
}

static NodeId binary(Cursor *cursor, uint8_t kind, Operator operator, uint32_t start, NodeId left,
                     NodeId right) {
    return add(cursor, (Node){.kind = kind, .extra = (uint16_t)operator, .start = start},
               (NodeId[]){left, right}, 2);
}

static NodeId read_unary(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at;
    bool negates = cursor_peek(cursor) == '-';
    if (!negates && cursor_peek(cursor) != '+') return template_operand(cursor);
    cursor->at++;
    NodeId node = template_operand(cursor);
    return add(cursor, (Node){.kind = NODE_UNARY, .start = start,
                              .extra = negates ? OP_NEGATE : OP_POSITIVE}, &node, 1);
}

/* + - * / // % ** ~: which of them binds tighter makes no difference to the queries. */
static NodeId read_arithmetic(Cursor *cursor) {
    static const struct { const char *sign; Operator operator; } signs[] = {
        {"**", OP_POW}, {"//", OP_FLOOR}, {"+", OP_ADD}, {"-", OP_SUB}, {"*", OP_MUL},
        {"/", OP_DIV}, {"%", OP_MOD}, {"~", OP_ADD}};
    cursor_space(cursor);
    uint32_t start = cursor->at;
    NodeId left = read_unary(cursor);
    while (!cursor->failed) {
        size_t i = 0, count = sizeof signs / sizeof *signs;
        while (i < count && !cursor_take(cursor, signs[i].sign)) i++;
        if (i == count) break;
        left = binary(cursor, NODE_BINARY, signs[i].operator, start, left, read_unary(cursor));
    }
    return left;
}

/* `x is none` compares; `x is defined`, `x is divisibleby(3)` are tests, which read like filters */
static NodeId read_is(Cursor *cursor, NodeId left, uint32_t start) {
    bool negated = cursor_word(cursor, "not");
    cursor_space(cursor);
    NodeId right = NODE_NONE;
    Operator operator = negated ? OP_IS_NOT : OP_IS;
    if (read_constant(cursor, &right))
        return binary(cursor, NODE_COMPARE, operator, start, left, right);
    Cursor before = *cursor;
    Str name = cursor_name(cursor);
    if (!name || cursor_peek(cursor) == '.' || cursor_peek(cursor) == '|') {
        *cursor = before;
        return binary(cursor, NODE_COMPARE, operator, start, left, read_arithmetic(cursor));
    }
    NodeId items[TEMPLATE_PARTS] = {left};
    uint32_t count = 1;
    if (cursor_peek(cursor) == '(' && cursor_take(cursor, "("))
        count = template_arguments(cursor, items, 1, ")");
    NodeId test = add(cursor, (Node){.kind = NODE_FILTER, .flags = NODE_TEST, .name = name,
                                     .start = start}, items, count);
    if (!negated) return test;
    return add(cursor, (Node){.kind = NODE_UNARY, .extra = OP_NOT, .start = start}, &test, 1);
}

static NodeId read_comparison(Cursor *cursor) {
    static const struct { const char *sign; Operator operator; } signs[] = {
        {"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {"<", OP_LT}, {">", OP_GT}};
    cursor_space(cursor);
    uint32_t start = cursor->at;
    NodeId left = read_arithmetic(cursor);
    while (!cursor->failed) {
        size_t i = 0, count = sizeof signs / sizeof *signs;
        while (i < count && !cursor_take(cursor, signs[i].sign)) i++;
        if (i < count) {
            left = binary(cursor, NODE_COMPARE, signs[i].operator, start, left,
                          read_arithmetic(cursor));
        } else if (cursor_word(cursor, "in")) {
            left = binary(cursor, NODE_COMPARE, OP_IN, start, left, read_arithmetic(cursor));
        } else if (cursor_word(cursor, "is")) {
            left = read_is(cursor, left, start);
        } else {
            Cursor before = *cursor;
            if (cursor_word(cursor, "not") && cursor_word(cursor, "in")) {
                left = binary(cursor, NODE_COMPARE, OP_NOT_IN, start, left,
                              read_arithmetic(cursor));
                continue;
            }
            *cursor = before;
            break;
        }
    }
    return left;
}

static NodeId read_not(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at, depth = 0;
    while (cursor_word(cursor, "not")) depth++;
    NodeId node = read_comparison(cursor);
    if (depth % 2)
        node = add(cursor, (Node){.kind = NODE_UNARY, .extra = OP_NOT, .start = start}, &node, 1);
    return node;
}

static NodeId read_and(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at;
    NodeId left = read_not(cursor);
    while (!cursor->failed && cursor_word(cursor, "and"))
        left = binary(cursor, NODE_BOOLEAN, OP_AND, start, left, read_not(cursor));
    return left;
}

NodeId template_condition(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at;
    if (++cursor->depth > TEMPLATE_DEPTH) {
        cursor->depth--;
        return fail(cursor, start);
    }
    NodeId left = read_and(cursor);
    while (!cursor->failed && cursor_word(cursor, "or"))
        left = binary(cursor, NODE_BOOLEAN, OP_OR, start, left, read_and(cursor));
    cursor->depth--;
    return left;
}

NodeId template_expression(Cursor *cursor) {
    cursor_space(cursor);
    uint32_t start = cursor->at;
    NodeId value = template_condition(cursor);
    if (cursor->failed || !cursor_word(cursor, "if")) return value;
    NodeId condition = template_condition(cursor), otherwise = NODE_NONE;
    if (!cursor->failed && cursor_word(cursor, "else")) otherwise = template_condition(cursor);
    return add(cursor, (Node){.kind = NODE_CONDITIONAL, .start = start},
               (NodeId[]){condition, value, otherwise}, 3);
}

NodeId template_target(Cursor *cursor) {
    NodeId names[16];
    uint32_t count = 0;
    cursor_space(cursor);
    uint32_t start = cursor->at;
    bool parenthesis = cursor_take(cursor, "(");
    do {
        cursor_space(cursor);
        uint32_t at = cursor->at;
        Str name = cursor_name(cursor);
        if (!name || count == 16) return fail(cursor, start);
        names[count++] = add(cursor, (Node){.kind = NODE_NAME, .name = name, .start = at}, NULL, 0);
    } while (cursor_take(cursor, ","));
    if (parenthesis) cursor_take(cursor, ")");
    if (count == 1) return names[0];
    return add(cursor, (Node){.kind = NODE_TUPLE, .start = start}, names, count);
}
