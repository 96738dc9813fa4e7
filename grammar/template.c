/* From bytes to segments to statements.
 *
 * A first pass finds every {{ }}, {% %} and {# #}, and skips what is not read: comments, verbatim
 * and raw. A second pass builds the tree from the segments; what stands between them is text,
 * which asks nothing of a database. A sign that is never closed is text as well. */
#include "grammar/template_tags.h"

#include <ctype.h>

static void lines_find(Module *module, const char *source, uint32_t size) {
    for (uint32_t i = 0; i < size; i++)
        if (source[i] == '\n') array_push(module->arena, &module->lines, i + 1);
}

/* Where `close` stands behind `from`, or 0. */
static uint32_t find_close(const char *source, uint32_t from, uint32_t size, char first) {
    for (uint32_t i = from; i + 1 < size; i++)
        if (source[i] == first && source[i + 1] == '}') return i;
    return 0;
}

static bool comment_is_kept(const char *text, size_t length) {
    static const char *const words[] = {"eagerly:", "expect:", "reveal:", "birth:", "grows:",
                                        "raises:"};
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        if (memmem(text, length, words[w], strlen(words[w]))) return true;
    return false;
}

/* {# at `start`, #} at `close`. */
static void comment_keep(Module *module, const char *source, uint32_t start, uint32_t close) {
    if (!comment_is_kept(source + start + 2, close - start - 2)) return;
    module_comment(module, source, module->size, (Comment){.start = start, .end = close + 2},
                   start + 2, close);
}

static Segment segment_make(Module *module, const char *source, uint32_t start, uint32_t close,
                            bool tag) {
    Segment segment = {.start = start, .end = close + 2, .from = start + 2, .to = close,
                       .tag = tag};
    if (segment.from < close && strchr("-+", source[segment.from])) segment.from++;
    if (segment.to > segment.from && strchr("-+", source[segment.to - 1])) segment.to--;
    if (!tag) return segment;
    Cursor cursor = {.module = module, .source = source, .at = segment.from, .end = segment.to};
    segment.name = cursor_name(&cursor);
    segment.after = cursor.at;
    return segment;
}

static bool segment_named(const Module *module, const Segment *segment, const char *name) {
    return segment->tag && !strcmp(str_text(module->strings, segment->name), name);
}

/* The tag whose end is looked for while everything else is skipped; NULL: read on. */
static const char *segment_hides(const Module *module, const Segment *segment) {
    if (segment_named(module, segment, "comment")) return "endcomment";
    if (segment_named(module, segment, "verbatim")) return "endverbatim";
    if (segment_named(module, segment, "raw")) return "endraw";
    return NULL;
}

static void segments_find(Reader *reader, uint32_t from) {
    Module *module = reader->module;
    uint32_t size = reader->size;
    const char *source = reader->source, *hidden = NULL;
    uint32_t no_close[3] = {size, size, size}; /* from here on there is none: no search twice */
    for (uint32_t i = from; i + 1 < size;) {
        const char *sign = source[i] == '{' && source[i + 1] ? strchr("{%#", source[i + 1]) : NULL;
        if (!sign) {
            i++;
            continue;
        }
        int which = *sign == '{' ? 0 : *sign == '%' ? 1 : 2;
        char first = *sign == '{' ? '}' : *sign;
        uint32_t close = i < no_close[which] ? find_close(source, i + 2, size, first) : 0;
        if (!close) {
            if (i < no_close[which]) no_close[which] = i;
            i += 2;
            continue;
        }
        if (which == 2) {
            if (!hidden && !reader->embedded) comment_keep(module, source, i, close);
        } else {
            Segment segment = segment_make(module, source, i, close, which == 1);
            bool ends = hidden && segment_named(module, &segment, hidden);
            if (!hidden) {
                hidden = segment_hides(module, &segment);
                if (!hidden) array_push(module->arena, &reader->segments, segment);
            } else if (ends) {
                hidden = NULL;
            }
        }
        i = close + 2;
    }
}

static bool says(const char *const *words, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(words[i], name)) return true;
    return false;
}

/* A call with parentheses, `is`, or a filter with parentheses: Jinja. `|x:` is Django. */
static int segment_speaks(const char *source, const Segment *segment) {
    for (uint32_t i = segment->from; i < segment->to; i++) {
        char c = source[i];
        if (c == '"' || c == '\'') {
            const char *close = memchr(source + i + 1, c, segment->to - i - 1);
            if (!close) return 0;
            i = (uint32_t)(close - source);
        } else if (c == '(' && i > segment->from && (isalnum((unsigned char)source[i - 1])
                                                     || source[i - 1] == '_')) {
            return source[i - 1] == '_' && (i < 2 || !isalnum((unsigned char)source[i - 2]))
                       ? 0 : 1; /* _("text") is in both */
        } else if (c == '|') {
            uint32_t at = i + 1;
            while (at < segment->to && (isalnum((unsigned char)source[at]) || source[at] == '_'))
                at++;
            if (at < segment->to && at > i + 1 && source[at] == ':') return -1;
        }
    }
    return 0;
}

static Engine engine_of(const Reader *reader) {
    static const char *const jinja[] = {"set", "macro", "call", "do", "import", "from", "endset",
                                        "endmacro", "endcall"};
    static const char *const django[] = {"load", "url", "csrf_token", "blocktrans", "with",
                                         "blocktranslate", "static", "empty", "regroup",
                                         "ifchanged", "translate", "cycle", "firstof", "now"};
    uint32_t jinja_signs = 0, django_signs = 0;
    for (uint32_t i = 0; i < reader->segments.count; i++) {
        const Segment *segment = &reader->segments.items[i];
        const char *name = str_text(reader->module->strings, segment->name);
        if (segment->tag && says(jinja, sizeof jinja / sizeof *jinja, name)) jinja_signs++;
        if (segment->tag && says(django, sizeof django / sizeof *django, name)) django_signs++;
        if (segment->tag && strchr("-+", reader->source[segment->start + 2])) jinja_signs++;
        int speaks = segment_speaks(reader->source, segment);
        if (speaks > 0) jinja_signs++;
        if (speaks < 0) django_signs++;
    }
    if (jinja_signs == django_signs) return ENGINE_ANY;
    return jinja_signs > django_signs ? ENGINE_JINJA : ENGINE_DJANGO;
}

Module *template_read(const char *path, const char *source, uint32_t size) {
    Module *module = module_new(path);
    module->size = size;
    module->hash = hash_bytes(source, size);
    lines_find(module, source, size);
    Reader reader = {.module = module, .source = source, .size = size};
    segments_find(&reader, 0);
    module->engine = (uint8_t)engine_of(&reader);
    module->root = template_statements(&reader);
    return module;
}

/* Strings of Python files. */

/* What stands between the quotes, if a plain literal says it letter by letter. */
static bool literal_inside(const Module *module, const char *source, NodeId string,
                           uint32_t *from, uint32_t *to) {
    const Node *node = module_node(module, string);
    uint32_t at = node->start, end = module->ends.items[string];
    if (node->flags & NODE_IMPLICIT) return false;
    bool raw = false;
    for (; at < end && source[at] != '"' && source[at] != '\''; at++) {
        if (!strchr("rRuU", source[at])) return false;
        raw |= (source[at] | 0x20) == 'r';
    }
    if (at + 2 > end) return false;
    bool triple = at + 6 <= end && source[at + 1] == source[at] && source[at + 2] == source[at];
    *from = at + (triple ? 3 : 1);
    *to = end - (triple ? 3 : 1);
    return *from < *to && (raw || !memchr(source + *from, '\\', *to - *from));
}

static void string_embed(Reader *reader, const char *source, NodeId string) {
    Module *module = reader->module;
    uint32_t from = 0, to = 0, errors = module->errors, first = module->nodes.count;
    uint32_t start = module_node(module, string)->start, end = module->ends.items[string];
    Str text = module_node(module, string)->name;
    bool plain = literal_inside(module, source, string, &from, &to);
    reader->source = plain ? source : str_text(module->strings, text);
    reader->size = plain ? to : str_length(module->strings, text);
    reader->segments.count = reader->next = reader->depth = 0;
    segments_find(reader, plain ? from : 0);
    if (!reader->segments.count) return;
    NodeId root = template_statements(reader);
    module->errors = errors; /* it may be something else altogether */
    for (NodeId id = first; !plain && id <= root; id++) {
        module->nodes.items[id].start = start;
        module->ends.items[id] = end;
    }
    array_push(module->arena, &module->embedded, (Embedded){string, first, root});
}

static bool reads_like_template(const Module *module, const Node *node) {
    if (node->kind != NODE_STRING || node->flags & NODE_BYTES) return false;
    const char *text = str_text(module->strings, node->name);
    return strstr(text, "{{") || strstr(text, "{%");
}

void template_embed(Module *module, const char *source) {
    Array(NodeId) strings = {0};
    uint32_t glued = UINT32_MAX; /* "a" "b": the whole stands behind its parts */
    for (NodeId id = module->nodes.count; id-- > 1;) {
        const Node *node = module_node(module, id);
        if (node->kind != NODE_STRING || node->start >= glued) continue;
        glued = node->flags & NODE_IMPLICIT ? node->start : UINT32_MAX;
        if (reads_like_template(module, node)) array_push(module->arena, &strings, id);
    }
    Reader reader = {.module = module, .embedded = true};
    for (uint32_t i = strings.count; i-- > 0;) string_embed(&reader, source, strings.items[i]);
}
