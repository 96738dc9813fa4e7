/* Reading Python: tree-sitter parses, a cursor walks its tree once, the handlers listed in
 * python_lower.h turn it into nodes, and the tree is dropped.
 *
 * The walk keeps its own stacks, so no depth of nesting reaches the C stack. What a grammar
 * symbol means is looked up once per reader, by name: several symbols share a name. */
#include "grammar/python.h"

#include "grammar/python_lower.h"
#include "grammar/template.h"

#include <tree_sitter/api.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Defined by the grammar. */
const TSLanguage *tree_sitter_python(void);

/* The parser asks after every hundred of its operations whether to go on; each question costs
 * one step, or several while all it tries is broken syntax, which it reads some ten times slower.
 * The limit is about a second of work on sound code, or 7 MB of the ordinary kind; a megabyte
 * of nothing but errors that the parser does not tell of can take ten seconds more. Counted and
 * not timed, so that the same file always ends the same way. */
enum { PARSE_STEPS_MAX = 50 * 1000, PARSE_ERROR_STEPS = 10 };

/* The grammar's own scanner may look ahead as far as it likes within one operation (over all the
 * lines that a backslash continues, and again at the next one), so what it reads counts, too:
 * in pieces, of which a sound file of 1 MB needs some three hundred. */
enum { READ_BYTES = 4096, READS_MAX = 32 * 1024 };

typedef struct Symbol {
    uint8_t syntax, operation;
    bool inner; /* has children to look at */
} Symbol;

struct PythonReader {
    TSParser *parser;
    Symbol *symbols;
    uint32_t symbol_count;
    uint8_t *fields;
    uint32_t field_count;
    Lower lower;
    uint32_t steps, reads;
};

typedef struct SyntaxName {
    const char *text;
    uint8_t syntax;
} SyntaxName;

static const SyntaxName token_names[] = {
#define TOKEN(name, text) {text, SYNTAX_##name},
    SYNTAX_TOKENS(TOKEN)
#undef TOKEN
};
static const SyntaxName leaf_names[] = {
    {"comment", SYNTAX_COMMENT},
    {"line_continuation", SYNTAX_IGNORED},
#define LEAF(name, text) {text, SYNTAX_##name},
    SYNTAX_LEAVES(LEAF)
#undef LEAF
};
static const SyntaxName node_names[] = {
#define SYNTAX(name, text, handler) {text, SYNTAX_##name},
    SYNTAX_NODES(SYNTAX)
#undef SYNTAX
};
static const SyntaxName field_names[] = {
#define FIELD(name, text) {text, FIELD_##name},
    SYNTAX_FIELDS(FIELD)
#undef FIELD
};
static LowerHandler *const handlers[SYNTAX_COUNT] = {
#define SYNTAX(name, text, handler) [SYNTAX_##name] = handler,
    SYNTAX_NODES(SYNTAX)
#undef SYNTAX
};

static const struct {
    const char *text;
    uint8_t operation;
} operator_texts[] = {
    {"+", OP_ADD},         {"-", OP_SUB},      {"*", OP_MUL},          {"/", OP_DIV},
    {"//", OP_FLOOR},      {"%", OP_MOD},      {"**", OP_POW},         {"@", OP_MATMUL},
    {"|", OP_BIT_OR},      {"&", OP_BIT_AND},  {"^", OP_BIT_XOR},      {"<<", OP_SHIFT_LEFT},
    {">>", OP_SHIFT_RIGHT}, {"+=", OP_ADD},    {"-=", OP_SUB},         {"*=", OP_MUL},
    {"/=", OP_DIV},        {"//=", OP_FLOOR},  {"%=", OP_MOD},         {"**=", OP_POW},
    {"@=", OP_MATMUL},     {"|=", OP_BIT_OR},  {"&=", OP_BIT_AND},     {"^=", OP_BIT_XOR},
    {"<<=", OP_SHIFT_LEFT}, {">>=", OP_SHIFT_RIGHT}, {"~", OP_INVERT}, {"and", OP_AND},
    {"or", OP_OR},         {"==", OP_EQ},      {"!=", OP_NE},          {"<>", OP_NE},
    {"<", OP_LT},          {"<=", OP_LE},      {">", OP_GT},           {">=", OP_GE},
    {"in", OP_IN},         {"not in", OP_NOT_IN}, {"is", OP_IS},       {"is not", OP_IS_NOT},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static uint8_t name_find(const SyntaxName *names, size_t count, const char *text,
                         uint8_t otherwise) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i].text, text)) return names[i].syntax;
    return otherwise;
}

static Symbol symbol_resolve(const TSLanguage *language, TSSymbol id) {
    const char *name = ts_language_symbol_name(language, id);
    TSSymbolType type = ts_language_symbol_type(language, id);
    Symbol symbol = {.syntax = SYNTAX_IGNORED};
    if (!name) return symbol;
    if (type == TSSymbolTypeRegular) {
        symbol.syntax = name_find(leaf_names, COUNT_OF(leaf_names), name, SYNTAX_COUNT);
        if (symbol.syntax != SYNTAX_COUNT) return symbol;
        symbol.inner = true;
        symbol.syntax = name_find(node_names, COUNT_OF(node_names), name, SYNTAX_OTHER);
    } else if (type == TSSymbolTypeAnonymous) {
        symbol.syntax = name_find(token_names, COUNT_OF(token_names), name, SYNTAX_IGNORED);
        for (size_t i = 0; i < COUNT_OF(operator_texts); i++) {
            if (strcmp(operator_texts[i].text, name) != 0) continue;
            symbol = (Symbol){.syntax = SYNTAX_OPERATOR, .operation = operator_texts[i].operation};
        }
    }
    return symbol;
}

PythonReader *python_reader_new(void) {
    PythonReader *reader = memory_alloc(sizeof *reader);
    memset(reader, 0, sizeof *reader);
    const TSLanguage *language = tree_sitter_python();
    reader->parser = ts_parser_new();
    ts_parser_set_language(reader->parser, language);
    reader->symbol_count = ts_language_symbol_count(language);
    reader->symbols = memory_alloc(sizeof(Symbol) * reader->symbol_count);
    for (uint32_t i = 0; i < reader->symbol_count; i++)
        reader->symbols[i] = symbol_resolve(language, (TSSymbol)i);
    reader->field_count = ts_language_field_count(language) + 1;
    reader->fields = memory_alloc(reader->field_count);
    memset(reader->fields, FIELD_NONE, reader->field_count);
    for (uint32_t i = 1; i < reader->field_count; i++) {
        const char *name = ts_language_field_name_for_id(language, (TSFieldId)i);
        if (!name) continue;
        reader->fields[i] = name_find(field_names, COUNT_OF(field_names), name, FIELD_NONE);
    }
    return reader;
}

void python_reader_free(PythonReader *reader) {
    if (!reader) return;
    ts_parser_delete(reader->parser);
    free(reader->symbols);
    free(reader->fields);
    free(reader->lower.slots);
    free(reader->lower.frames);
    free(reader->lower.scopes);
    free(reader->lower.list);
    free(reader->lower.text);
    free(reader);
}

uint32_t python_abi(void) {
    return ts_language_abi_version(tree_sitter_python());
}

bool python_abi_supported(void) {
    uint32_t abi = python_abi();
    return abi >= TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION &&
           abi <= TREE_SITTER_LANGUAGE_VERSION;
}

static bool comment_kept(const char *text, size_t length) {
    static const char *const words[] = {"eagerly:", "expect:", "reveal:", "birth:"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (memmem(text, length, words[i], strlen(words[i]))) return true;
    for (size_t i = 0; i + 4 <= length; i++)
        if (!strncasecmp(text + i, "noqa", 4)) return true;
    return false;
}

static void comment_add(Lower *lower, uint32_t start, uint32_t end) {
    if (end - start < 5 || !comment_kept(lower->source + start, end - start)) return;
    module_comment(lower->module, lower->source, lower->size,
                   (Comment){.start = start, .end = end}, start + 1, end);
}

static void frame_enter(Lower *lower, Frame frame) {
    if (frame.syntax == SYNTAX_FUNCTION_DEFINITION || frame.syntax == SYNTAX_LAMBDA)
        STACK_PUSH(lower->scopes, lower->scope_count, lower->scope_room, lower->frame_count);
    STACK_PUSH(lower->frames, lower->frame_count, lower->frame_room, frame);
}

static void frame_leave(Lower *lower) {
    Frame *frame = &lower->frames[lower->frame_count - 1];
    uint8_t syntax = frame->syntax; /* before a wrapper's handler changes it */
    NodeId node = handlers[syntax](lower, frame);
    if (syntax == SYNTAX_FUNCTION_DEFINITION || syntax == SYNTAX_LAMBDA) lower->scope_count--;
    lower->frame_count--;
    if (node == SPLICE) return;
    Slot slot = {.node = node, .start = frame->start, .end = frame->end,
                 .syntax = frame->syntax, .field = frame->field};
    lower->slot_count = frame->slots;
    STACK_PUSH(lower->slots, lower->slot_count, lower->slot_room, slot);
}

/* Takes in the node under the cursor. True if its children are to be visited. */
static bool node_enter(PythonReader *reader, const TSTreeCursor *cursor) {
    Lower *lower = &reader->lower;
    TSNode node = ts_tree_cursor_current_node(cursor);
    TSSymbol id = ts_node_symbol(node);
    Symbol symbol = {.syntax = SYNTAX_ERROR, .inner = true};
    if (id < reader->symbol_count) symbol = reader->symbols[id];
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    bool missing = start == end && ts_node_is_missing(node);
    if (missing) lower->module->errors++;
    if (symbol.syntax == SYNTAX_COMMENT) comment_add(lower, start, end);
    if (symbol.syntax <= SYNTAX_COMMENT) return false;
    uint8_t field = reader->fields[ts_tree_cursor_current_field_id(cursor)];
    if (symbol.inner) {
        Frame frame = {.slots = lower->slot_count, .start = start, .end = end,
                       .syntax = symbol.syntax, .field = field};
        frame_enter(lower, frame);
        return true;
    }
    Slot slot = {.start = start, .end = end, .syntax = symbol.syntax, .field = field,
                 .operation = symbol.operation, .missing = missing};
    STACK_PUSH(lower->slots, lower->slot_count, lower->slot_room, slot);
    return false;
}

static void tree_walk(PythonReader *reader, TSNode root) {
    Lower *lower = &reader->lower;
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (bool done = false; !done;) {
        bool inner = node_enter(reader, &cursor);
        if (inner && ts_tree_cursor_goto_first_child(&cursor)) continue;
        if (inner) frame_leave(lower);
        while (!done && !ts_tree_cursor_goto_next_sibling(&cursor)) {
            done = !ts_tree_cursor_goto_parent(&cursor);
            if (!done) frame_leave(lower);
        }
    }
    ts_tree_cursor_delete(&cursor);
}

/* Past the limit the source seems to end, which ends the operation under way. */
static const char *source_read(void *payload, uint32_t offset, TSPoint point, uint32_t *length) {
    (void)point;
    PythonReader *reader = payload;
    const Lower *lower = &reader->lower;
    bool over = offset >= lower->size || ++reader->reads > READS_MAX;
    *length = over ? 0 : lower->size - offset < READ_BYTES ? lower->size - offset : READ_BYTES;
    return over ? "" : lower->source + offset;
}

static bool parse_progress(TSParseState *state) {
    PythonReader *reader = state->payload;
    reader->steps += state->has_error ? PARSE_ERROR_STEPS : 1;
    return reader->steps > PARSE_STEPS_MAX || reader->reads > READS_MAX;
}

/* NULL: the limit was reached. */
static TSTree *source_parse(PythonReader *reader) {
    reader->steps = reader->reads = 0;
    TSInput input = {.payload = reader, .read = source_read};
    input.encoding = TSInputEncodingUTF8;
    TSParseOptions options = {.payload = reader, .progress_callback = parse_progress};
    TSTree *tree = ts_parser_parse_with_options(reader->parser, NULL, input, options);
    ts_parser_reset(reader->parser);
    if (tree && reader->reads > READS_MAX) {
        ts_tree_delete(tree);
        return NULL;
    }
    return tree;
}

static void lines_find(Module *module, const char *source, uint32_t size) {
    for (uint32_t at = 0; at < size;) {
        const char *end = memchr(source + at, '\n', size - at);
        if (!end) break;
        at = (uint32_t)(end - source) + 1;
        array_push(module->arena, &module->lines, at);
    }
}

static void lower_reset(Lower *lower, Module *module, const char *source, uint32_t size) {
    lower->module = module;
    lower->source = source;
    lower->size = size;
    lower->slot_count = lower->frame_count = lower->scope_count = 0;
    lower->list_count = lower->text_count = 0;
    Frame nobody = {.syntax = SYNTAX_IGNORED};
    STACK_PUSH(lower->frames, lower->frame_count, lower->frame_room, nobody);
}

/* What is left on the stack is the file. A file that is one big error has no BLOCK yet. */
static NodeId root_take(Lower *lower) {
    const Slot *slot = lower->slot_count ? &lower->slots[0] : NULL;
    Frame frames[2] = {{.syntax = SYNTAX_IGNORED},
                       {.start = 0, .end = lower->size, .syntax = SYNTAX_MODULE}};
    if (slot && slot->node && module_node(lower->module, slot->node)->kind == NODE_BLOCK) {
        lower->module->nodes.items[slot->node].start = 0;
        lower->module->ends.items[slot->node] = lower->size;
        return slot->node;
    }
    return lower_block(lower, &frames[1]);
}

Module *python_read(PythonReader *reader, const char *path, const char *source, uint32_t size) {
    Module *module = module_new(path);
    Lower *lower = &reader->lower;
    module->hash = hash_bytes(source, size);
    module->size = size;
    lines_find(module, source, size);
    lower_reset(lower, module, source, size);
    TSTree *tree = source_parse(reader);
    if (tree) {
        tree_walk(reader, ts_tree_root_node(tree));
        ts_tree_delete(tree);
    } else {
        module->cut = true;
    }
    module->root = root_take(lower);
    template_embed(module, source);
    return module;
}
