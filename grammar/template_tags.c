/* Statements of templates: a tag with an end is read with what stands up to that end.
 *
 * An end that does not belong to the innermost open tag closes the tags in between if one further
 * out waits for it, and is ignored if none does. A tag that is not known is a TAG; whether it has a
 * body is told by an end of its own (`endx`) further down. */
#include "grammar/template_tags.h"

#include <stdio.h>

typedef struct Part { /* a piece of a tag with several: up to, and without, the tag that ended it */
    NodeId block;
    const Segment *ended;   /* NULL: the end of the file, or a tag that somebody further out owns */
} Part;

static NodeId statement(Reader *reader, const Segment *segment);

static const char *text_of(const Reader *reader, Str name) {
    return str_text(reader->module->strings, name);
}

static bool tag_is(const Reader *reader, const Segment *segment, const char *name) {
    return segment && segment->tag && !strcmp(text_of(reader, segment->name), name);
}

static Cursor tag_cursor(Reader *reader, const Segment *segment) {
    return (Cursor){.module = reader->module, .source = reader->source,
                    .at = segment->tag ? segment->after : segment->from, .end = segment->to};
}

/* The node's end is behind the tag itself; the nodes of a body come later in the file. */
static NodeId add(Reader *reader, Node node, const Segment *segment, const NodeId *children,
                  uint32_t count) {
    node.start = segment->start;
    return module_add(reader->module, node, segment->end, children, count);
}

static void broken(Reader *reader) {
    reader->module->errors++;
}

/* Whether `name` is the end of `open`, or stands between its parts. */
static bool belongs(const char *open, const char *name) {
    if (!strncmp(name, "end", 3) && !strcmp(name + 3, open)) return true;
    if (!strcmp(name, "end")) return true;
    if (!strcmp(open, "block") && !strcmp(name, "endblock")) return true;
    static const char *const between[] = {"else", "elif", "empty", "plural", "pluralize"};
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        if (!strcmp(between[i], name)) return strcmp(open, "block") != 0;
    return false;
}

static bool tag_is_end(const Reader *reader, const Segment *segment) {
    if (!segment->tag) return false;
    const char *name = text_of(reader, segment->name);
    for (uint32_t i = reader->depth; i-- > 0;)
        if (belongs(text_of(reader, reader->open[i]), name)) return true;
    return false;
}

/* What stands up to the next tag that belongs to an open one. */
static NodeId statements_up_to(Reader *reader) {
    Array(NodeId) items = {0};
    uint32_t from = reader->next < reader->segments.count
                        ? reader->segments.items[reader->next].start : reader->size;
    while (reader->next < reader->segments.count) {
        const Segment *segment = &reader->segments.items[reader->next];
        if (tag_is_end(reader, segment)) break;
        reader->next++;
        NodeId node = statement(reader, segment);
        if (node != NODE_NONE) array_push(reader->module->arena, &items, node);
    }
    uint32_t to = reader->next ? reader->segments.items[reader->next - 1].end : from;
    return module_add(reader->module, (Node){.kind = NODE_BLOCK, .start = from},
                      to > from ? to : from, items.items, items.count);
}

static Part part_read(Reader *reader) {
    Part part = {.block = statements_up_to(reader)};
    if (reader->next == reader->segments.count) {
        broken(reader);
        return part;
    }
    const Segment *segment = &reader->segments.items[reader->next];
    const char *open = text_of(reader, reader->open[reader->depth - 1]);
    if (belongs(open, text_of(reader, segment->name))) {
        part.ended = segment;
        reader->next++;
    } else {
        broken(reader);
    }
    return part;
}

static bool open_tag(Reader *reader, const Segment *segment) {
    if (reader->depth == TEMPLATE_DEPTH) {
        broken(reader);
        return false;
    }
    reader->open[reader->depth++] = segment->name;
    return true;
}

static bool part_goes_on(const Reader *reader, const Part *part) {
    return part->ended && strncmp(text_of(reader, part->ended->name), "end", 3) != 0;
}

/* The last part of a tag; further `else` parts, which no tag has, are read over. */
static NodeId last_part(Reader *reader) {
    Part part = part_read(reader);
    NodeId block = part.block;
    while (part_goes_on(reader, &part)) part = part_read(reader);
    return block;
}

/* A body of one part. */
static NodeId body_of(Reader *reader, const Segment *segment) {
    if (!open_tag(reader, segment)) return NODE_NONE;
    NodeId block = last_part(reader);
    reader->depth--;
    return block;
}

static void note(Reader *reader, const Cursor *cursor) {
    if (cursor->failed) broken(reader);
}

static NodeId read_for(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    NodeId target = template_target(&cursor);
    NodeId iterable = NODE_NONE, condition = NODE_NONE;
    if (cursor_word(&cursor, "in")) iterable = template_condition(&cursor);
    cursor_word(&cursor, "reversed");
    if (cursor_word(&cursor, "if")) condition = template_condition(&cursor);
    note(reader, &cursor);
    if (!open_tag(reader, segment)) return NODE_NONE;
    Part body = part_read(reader);
    NodeId otherwise = part_goes_on(reader, &body) ? last_part(reader) : NODE_NONE;
    reader->depth--;
    NodeId block = body.block;
    if (condition != NODE_NONE) {
        NodeId parts[] = {condition, block, NODE_NONE};
        NodeId filtered = add(reader, (Node){.kind = NODE_IF}, segment, parts, 3);
        block = add(reader, (Node){.kind = NODE_BLOCK}, segment, &filtered, 1);
    }
    NodeId children[] = {target, iterable, block, otherwise};
    return add(reader, (Node){.kind = NODE_FOR, .flags = NODE_SCOPED}, segment, children, 4);
}

/* {% if %} and {% elif %}: the rest of the chain is the else BLOCK. */
static NodeId if_chain(Reader *reader, const Segment *first) {
    struct Arm { NodeId condition, block; const Segment *segment; } arms[64];
    uint32_t count = 0;
    NodeId otherwise = NODE_NONE;
    const Segment *segment = first;
    for (;;) {
        Cursor cursor = tag_cursor(reader, segment);
        NodeId condition = template_condition(&cursor);
        note(reader, &cursor);
        Part part = part_read(reader);
        if (count < 64) arms[count++] = (struct Arm){condition, part.block, segment};
        if (tag_is(reader, part.ended, "elif")) {
            segment = part.ended;
            continue;
        }
        if (part_goes_on(reader, &part)) otherwise = last_part(reader);
        break;
    }
    while (count-- > 0) {
        NodeId children[] = {arms[count].condition, arms[count].block, otherwise};
        NodeId node = add(reader, (Node){.kind = NODE_IF}, arms[count].segment, children, 3);
        if (!count) return node;
        otherwise = add(reader, (Node){.kind = NODE_BLOCK}, arms[count].segment, &node, 1);
    }
    return NODE_NONE;
}

static NodeId read_if(Reader *reader, const Segment *segment) {
    if (!open_tag(reader, segment)) return NODE_NONE;
    NodeId node = if_chain(reader, segment);
    reader->depth--;
    return node;
}

/* a=b c=d, `a as b`, and Jinja's a=b, c=d: the names that a body sees. */
static uint32_t with_items(Reader *reader, Cursor *cursor, const Segment *segment, NodeId *items) {
    uint32_t count = 0;
    while (!cursor_done(cursor) && count < TEMPLATE_PARTS - 1) {
        Cursor before = *cursor;
        Str name = cursor_name(cursor);
        NodeId value = NODE_NONE, target = NODE_NONE;
        if (name && cursor_take(cursor, "=")) {
            value = template_operand(cursor);
        } else {
            *cursor = before;
            value = template_operand(cursor);
            if (!cursor_word(cursor, "as")) {
                if (cursor->at == before.at) cursor->at++;
                continue; /* `count`, `trimmed`, `and`, a context ... */
            }
            name = cursor_name(cursor);
        }
        if (name) target = add(reader, (Node){.kind = NODE_NAME, .name = name}, segment, NULL, 0);
        items[count++] = add(reader, (Node){.kind = NODE_WITH_ITEM}, segment,
                             (NodeId[]){value, target}, 2);
        cursor_take(cursor, ",");
        if (cursor->failed) break;
    }
    return count;
}

/* with, blocktranslate: what is bound is gone behind the end. */
static NodeId read_with(Reader *reader, const Segment *segment) {
    NodeId items[TEMPLATE_PARTS];
    Cursor cursor = tag_cursor(reader, segment);
    uint32_t count = with_items(reader, &cursor, segment, items + 1);
    note(reader, &cursor);
    if (!open_tag(reader, segment)) return NODE_NONE;
    Part first = part_read(reader);
    items[0] = first.block;
    if (part_goes_on(reader, &first)) {
        NodeId both[] = {first.block, last_part(reader)};
        items[0] = add(reader, (Node){.kind = NODE_BLOCK}, segment, both, 2);
    }
    reader->depth--;
    return add(reader, (Node){.kind = NODE_WITH, .flags = NODE_SCOPED}, segment, items, count + 1);
}

static NodeId read_include(Reader *reader, const Segment *segment) {
    NodeId items[TEMPLATE_PARTS];
    uint32_t count = 1;
    Cursor cursor = tag_cursor(reader, segment);
    bool only = false;
    items[0] = template_expression(&cursor);
    while (!cursor.failed && !cursor_done(&cursor) && count < TEMPLATE_PARTS) {
        uint32_t start = cursor.at;
        if (cursor_word(&cursor, "only") || cursor_word(&cursor, "without")) {
            only = true;
            continue;
        }
        Str name = cursor_name(&cursor);
        if (!name || !cursor_take(&cursor, "=")) {
            if (cursor.at == start) cursor.at++;
            continue; /* with, context, ignore missing */
        }
        NodeId value = template_operand(&cursor);
        items[count++] = module_add(reader->module,
                                    (Node){.kind = NODE_KEYWORD, .name = name, .start = start},
                                    cursor.at, &value, 1);
    }
    note(reader, &cursor);
    return add(reader, (Node){.kind = NODE_INCLUDE, .flags = only ? NODE_ONLY : 0}, segment, items,
               count);
}

static NodeId read_extends(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    NodeId template = template_expression(&cursor);
    note(reader, &cursor);
    return add(reader, (Node){.kind = NODE_EXTENDS}, segment, &template, 1);
}

static NodeId read_block(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    Str name = cursor_name(&cursor);
    NodeId body = body_of(reader, segment);
    return add(reader, (Node){.kind = NODE_SECTION, .name = name}, segment, &body, 1);
}

/* {% load a b %}, {% load tag from a %}: the libraries. */
static NodeId read_load(Reader *reader, const Segment *segment) {
    NodeId items[TEMPLATE_PARTS];
    uint32_t count = 0;
    Cursor cursor = tag_cursor(reader, segment);
    while (!cursor_done(&cursor) && count < TEMPLATE_PARTS) {
        if (cursor_word(&cursor, "from")) count = 0;
        uint32_t start = (cursor_space(&cursor), cursor.at);
        Str name = STR_NONE;
        while (cursor.at < cursor.end && !strchr(" \t\r\n", reader->source[cursor.at])) cursor.at++;
        if (cursor.at > start)
            name = str_intern(reader->module->strings, reader->source + start, cursor.at - start);
        if (name) items[count++] = add(reader, (Node){.kind = NODE_LIBRARY, .name = name}, segment,
                                       NULL, 0);
    }
    return add(reader, (Node){.kind = NODE_BLOCK}, segment, items, count);
}

/* macro name(a, b=1): a function whose body is written into the page. */
static NodeId read_macro(Reader *reader, const Segment *segment) {
    NodeId items[TEMPLATE_PARTS];
    uint32_t count = 0;
    Cursor cursor = tag_cursor(reader, segment);
    Str name = cursor_name(&cursor);
    bool listed = cursor_take(&cursor, "(");
    while (listed && !cursor_take(&cursor, ")") && !cursor_done(&cursor)
           && count < TEMPLATE_PARTS) {
        Str parameter = cursor_name(&cursor);
        if (!parameter) {
            cursor.failed = true;
            break;
        }
        NodeId parts[] = {NODE_NONE, NODE_NONE};
        if (cursor_take(&cursor, "=")) parts[0] = template_expression(&cursor);
        items[count++] = add(reader, (Node){.kind = NODE_PARAMETER, .name = parameter}, segment,
                             parts, 2);
        cursor_take(&cursor, ",");
    }
    note(reader, &cursor);
    NodeId parameters = add(reader, (Node){.kind = NODE_PARAMETERS}, segment, items, count);
    NodeId body = body_of(reader, segment);
    return add(reader, (Node){.kind = NODE_FUNCTION, .name = name}, segment,
               (NodeId[]){parameters, body, NODE_NONE}, 3);
}

/* {% call(x) f(y) %}body{% endcall %}: the call, then the body, which the macro writes. */
static NodeId read_call(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    if (cursor_take(&cursor, "(")) {
        NodeId ignored[TEMPLATE_PARTS];
        template_arguments(&cursor, ignored, 0, ")");
    }
    NodeId call = template_expression(&cursor);
    note(reader, &cursor);
    NodeId body = body_of(reader, segment);
    NodeId parts[] = {add(reader, (Node){.kind = NODE_EXPRESSION}, segment, &call, 1), body};
    return add(reader, (Node){.kind = NODE_BLOCK}, segment, parts, 2);
}

/* {% set x = v %}; {% set x %}...{% endset %} gives a text. */
static NodeId read_set(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    NodeId target = template_operand(&cursor);
    if (!cursor_take(&cursor, "=")) {
        NodeId body = body_of(reader, segment);
        NodeId text = add(reader, (Node){.kind = NODE_FSTRING}, segment, NULL, 0);
        NodeId bound = add(reader, (Node){.kind = NODE_ASSIGN}, segment,
                           (NodeId[]){text, NODE_NONE, target}, 3);
        return add(reader, (Node){.kind = NODE_BLOCK}, segment, (NodeId[]){body, bound}, 2);
    }
    NodeId value = template_expression(&cursor);
    note(reader, &cursor);
    return add(reader, (Node){.kind = NODE_ASSIGN}, segment,
               (NodeId[]){value, NODE_NONE, target}, 3);
}

/* {% import "x" as y %} and {% from "x" import a as b, c with context %} */
static NodeId read_macros(Reader *reader, const Segment *segment) {
    NodeId items[TEMPLATE_PARTS];
    uint32_t count = 1;
    Str space = STR_NONE;
    Cursor cursor = tag_cursor(reader, segment);
    items[0] = template_operand(&cursor);
    if (cursor_word(&cursor, "as")) {
        space = cursor_name(&cursor);
    } else if (cursor_word(&cursor, "import")) {
        while (!cursor_done(&cursor) && count < TEMPLATE_PARTS) {
            bool ends = cursor_at_word(&cursor, "with") || cursor_at_word(&cursor, "without");
            Str name = ends ? STR_NONE : cursor_name(&cursor);
            NodeId as = NODE_NONE;
            if (!name) break;
            if (cursor_word(&cursor, "as"))
                as = add(reader, (Node){.kind = NODE_NAME, .name = cursor_name(&cursor)}, segment,
                         NULL, 0);
            items[count++] = add(reader, (Node){.kind = NODE_ALIAS, .name = name}, segment, &as, 1);
            cursor_take(&cursor, ",");
        }
    }
    uint8_t flags = cursor_word(&cursor, "with") ? NODE_CONTEXT : 0;
    note(reader, &cursor);
    return add(reader, (Node){.kind = NODE_MACROS, .name = space, .flags = flags}, segment, items,
               count);
}

/* regroup rows by a.b as groups: TAG of (rows, a.b of the name "item"). */
static NodeId read_regroup(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    NodeId parts[4] = {NODE_NONE, NODE_NONE, template_operand(&cursor), NODE_NONE};
    if (cursor_word(&cursor, "by")) {
        uint32_t start = (cursor_space(&cursor), cursor.at);
        Str item = str_of(reader->module->strings, "item");
        NodeId path = module_add(reader->module,
                                 (Node){.kind = NODE_NAME, .name = item, .start = start}, start,
                                 NULL, 0);
        do {
            Str part = cursor_name(&cursor);
            if (!part) break;
            path = module_add(reader->module,
                              (Node){.kind = NODE_LOOKUP, .name = part, .start = start},
                              cursor.at, &path, 1);
        } while (cursor_take(&cursor, "."));
        parts[3] = path;
    }
    if (cursor_word(&cursor, "as"))
        parts[0] = add(reader, (Node){.kind = NODE_NAME, .name = cursor_name(&cursor)}, segment,
                       NULL, 0);
    note(reader, &cursor);
    return add(reader, (Node){.kind = NODE_TAG, .name = segment->name}, segment, parts, 4);
}

static NodeId read_output(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    if (cursor_done(&cursor)) return NODE_NONE;
    NodeId value = template_expression(&cursor);
    note(reader, &cursor);
    return add(reader, (Node){.kind = NODE_OUTPUT}, segment, &value, 1);
}

static NodeId read_do(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    NodeId value = template_expression(&cursor);
    note(reader, &cursor);
    return add(reader, (Node){.kind = NODE_EXPRESSION}, segment, &value, 1);
}

/* Old forms: {% ifequal a b %}. */
static NodeId read_ifequal(Reader *reader, const Segment *segment) {
    Cursor cursor = tag_cursor(reader, segment);
    NodeId pair[] = {template_operand(&cursor), template_operand(&cursor)};
    note(reader, &cursor);
    bool same = tag_is(reader, segment, "ifequal");
    NodeId condition = add(reader, (Node){.kind = NODE_COMPARE, .extra = same ? OP_EQ : OP_NE},
                           segment, pair, 2);
    if (!open_tag(reader, segment)) return NODE_NONE;
    Part body = part_read(reader);
    NodeId otherwise = part_goes_on(reader, &body) ? last_part(reader) : NODE_NONE;
    reader->depth--;
    return add(reader, (Node){.kind = NODE_IF}, segment,
               (NodeId[]){condition, body.block, otherwise}, 3);
}

/* Whether an `endNAME` is still to come. */
static bool has_end(Reader *reader, const Segment *segment) {
    char name[80];
    const char *own = text_of(reader, segment->name);
    if (!*own || strlen(own) > sizeof name - 4) return false;
    snprintf(name, sizeof name, "end%s", own);
    Str end = str_find(reader->module->strings, name, strlen(name));
    return end && end < reader->last_room && reader->last[end] > reader->next;
}

/* The words of a tag nobody here knows: values, name=value, and `as name`. */
static uint32_t tag_words(Reader *reader, Cursor *cursor, const Segment *segment, NodeId *items,
                          NodeId *target) {
    uint32_t count = 0;
    while (!cursor_done(cursor) && count < TEMPLATE_PARTS - 2) {
        uint32_t start = cursor->at;
        Cursor before = *cursor;
        if (cursor_word(cursor, "as")) {
            Str name = cursor_name(cursor);
            if (name) *target = add(reader, (Node){.kind = NODE_NAME, .name = name}, segment, NULL,
                                    0);
            continue;
        }
        Str name = cursor_name(cursor);
        bool keyword = name && cursor_take(cursor, "=");
        if (!keyword) *cursor = before;
        NodeId value = template_operand(cursor);
        if (keyword)
            value = module_add(reader->module,
                               (Node){.kind = NODE_KEYWORD, .name = name, .start = start},
                               cursor->at, &value, 1);
        items[count++] = value;
        cursor->failed = false; /* a tag's own language may have any sign */
        if (cursor->at == start) cursor->at++;
        cursor_take(cursor, ",");
    }
    return count;
}

static NodeId read_tag(Reader *reader, const Segment *segment) {
    NodeId items[TEMPLATE_PARTS] = {NODE_NONE, NODE_NONE};
    Cursor cursor = tag_cursor(reader, segment);
    uint32_t count = tag_words(reader, &cursor, segment, items + 2, &items[0]);
    if (has_end(reader, segment) && open_tag(reader, segment)) {
        NodeId parts[16];
        uint32_t part_count = 0;
        Part part;
        do {
            part = part_read(reader);
            if (part_count < 16) parts[part_count++] = part.block;
        } while (part_goes_on(reader, &part));
        reader->depth--;
        items[1] = part_count == 1 ? parts[0]
                                   : add(reader, (Node){.kind = NODE_BLOCK}, segment, parts,
                                         part_count);
    }
    return add(reader, (Node){.kind = NODE_TAG, .name = segment->name}, segment, items, count + 2);
}

/* partialdef name inline ... endpartialdef, and partial name: TAG of (the name as a text), with
 * ONLY when the body is written where it stands, too. */
static NodeId read_partial(Reader *reader, const Segment *segment) {
    NodeId items[3] = {NODE_NONE, NODE_NONE, NODE_NONE};
    Cursor cursor = tag_cursor(reader, segment);
    uint32_t start = (cursor_space(&cursor), cursor.at);
    while (cursor.at < cursor.end && !strchr(" \t\r\n", reader->source[cursor.at])) cursor.at++;
    Str name = str_intern(reader->module->strings, reader->source + start, cursor.at - start);
    items[2] = module_add(reader->module,
                          (Node){.kind = NODE_STRING, .name = name, .start = start}, cursor.at,
                          NULL, 0);
    bool inlined = cursor_word(&cursor, "inline");
    if (tag_is(reader, segment, "partialdef")) items[1] = body_of(reader, segment);
    return add(reader, (Node){.kind = NODE_TAG, .name = segment->name,
                              .flags = inlined ? NODE_ONLY : 0}, segment, items, 3);
}

typedef NodeId (*TagReader)(Reader *reader, const Segment *segment);

static NodeId statement(Reader *reader, const Segment *segment) {
    static const struct { const char *name; TagReader read; } tags[] = {
        {"for", read_for}, {"if", read_if}, {"with", read_with}, {"blocktrans", read_with},
        {"blocktranslate", read_with}, {"include", read_include}, {"extends", read_extends},
        {"block", read_block}, {"load", read_load}, {"macro", read_macro}, {"call", read_call},
        {"set", read_set}, {"import", read_macros}, {"from", read_macros}, {"do", read_do},
        {"regroup", read_regroup}, {"partialdef", read_partial}, {"partial", read_partial},
        {"ifequal", read_ifequal}, {"ifnotequal", read_ifequal}};
    if (!segment->tag) return read_output(reader, segment);
    const char *name = text_of(reader, segment->name);
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (!strcmp(tags[i].name, name)) return tags[i].read(reader, segment);
    if (!*name) return NODE_NONE; /* {% #x %}, {% /x %}: a language of its own */
    if (!strncmp(name, "end", 3) && name[3]) {
        broken(reader);
        return NODE_NONE;
    }
    return read_tag(reader, segment);
}

/* For each tag's name: behind which segment it stands last. */
static void last_find(Reader *reader) {
    uint32_t names = strings_count(reader->module->strings) + 1;
    if (names > reader->last_room) {
        reader->last_room = 2 * names;
        reader->last = arena_many(reader->module->arena, uint32_t, reader->last_room);
    }
    for (uint32_t i = 0; i < reader->segments.count; i++)
        if (reader->segments.items[i].tag) reader->last[reader->segments.items[i].name] = i + 1;
}

NodeId template_statements(Reader *reader) {
    last_find(reader);
    NodeId root = statements_up_to(reader);
    for (uint32_t i = 0; i < reader->segments.count; i++) /* ready for the next template */
        if (reader->segments.items[i].tag) reader->last[reader->segments.items[i].name] = 0;
    return root;
}
