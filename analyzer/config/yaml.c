/* libyaml's events, one after the other, with a stack of what is open. Anchors, aliases and tags
 * are refused, so that a document is never larger than its text. */
#include "config/document.h"

#include <string.h>
#include <yaml.h>

typedef struct Reader {
    Arena *arena;
    yaml_parser_t parser;
    ConfigNode *open[CONFIG_DEPTH]; /* lists and mappings around */
    uint32_t depth, nodes;
    ConfigNode *root;
    const char *key;                /* read, and its value not yet */
    uint32_t key_line, key_column;
    ConfigMistake *mistake;
} Reader;

static bool refuse(Reader *reader, yaml_mark_t mark, const char *text) {
    *reader->mistake = (ConfigMistake){text, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
    return false;
}

static bool is_word(const char *text, const char *const *words) {
    for (; *words; words++)
        if (!strcmp(text, *words)) return true;
    return false;
}

/* What a word without quotes is, by YAML 1.1's rules as far as anyone uses them. */
static ConfigKind plain_kind(ConfigNode *node) {
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes", "on", "On", NULL};
    static const char *const no[] = {"false", "False", "FALSE", "no", "No", "off", "Off", NULL};
    static const char *const nothing[] = {"", "~", "null", "Null", "NULL", NULL};
    const char *text = node->text;
    if (is_word(text, nothing)) return CONFIG_NULL;
    if (is_word(text, yes) || is_word(text, no)) {
        node->text = is_word(text, yes) ? "true" : "false";
        return CONFIG_BOOL;
    }
    size_t sign = *text == '-' || *text == '+';
    size_t digits = strspn(text + sign, "0123456789");
    size_t rest = sign + digits;
    if (digits && text[rest] == '.') rest += 1 + strspn(text + rest + 1, "0123456789");
    return digits && !text[rest] ? CONFIG_NUMBER : CONFIG_TEXT;
}

static ConfigNode *node_add(Reader *reader, ConfigKind kind, yaml_mark_t mark) {
    ConfigNode *outer = reader->depth ? reader->open[reader->depth - 1] : NULL;
    ConfigNode *node = config_append(reader->arena, outer, kind);
    node->line = (uint32_t)mark.line + 1;
    node->column = (uint32_t)mark.column + 1;
    if (reader->key) {
        node->key = reader->key;
        node->line = reader->key_line;
        node->column = reader->key_column;
        reader->key = NULL;
    }
    if (!outer) reader->root = node;
    return node;
}

/* Whether the next scalar is a key. */
static bool wants_key(const Reader *reader) {
    return reader->depth && reader->open[reader->depth - 1]->kind == CONFIG_MAP && !reader->key;
}

static bool read_scalar(Reader *reader, const yaml_event_t *event) {
    size_t length = event->data.scalar.length;
    const char *value = (const char *)event->data.scalar.value;
    if (event->data.scalar.tag) return refuse(reader, event->start_mark, "tags are not read here");
    if (memchr(value, 0, length)) return refuse(reader, event->start_mark, "a NUL in a text");
    const char *text = arena_copy(reader->arena, value, length);
    if (wants_key(reader)) {
        if (config_item(reader->open[reader->depth - 1], text))
            return refuse(reader, event->start_mark,
                          arena_format(reader->arena, "the key '%s' is given twice", text));
        reader->key = text;
        reader->key_line = (uint32_t)event->start_mark.line + 1;
        reader->key_column = (uint32_t)event->start_mark.column + 1;
        return true;
    }
    ConfigNode *node = node_add(reader, CONFIG_TEXT, event->start_mark);
    node->text = text;
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) node->kind = plain_kind(node);
    return true;
}

static bool read_start(Reader *reader, const yaml_event_t *event, ConfigKind kind) {
    const yaml_char_t *tag = kind == CONFIG_LIST ? event->data.sequence_start.tag
                                                 : event->data.mapping_start.tag;
    if (tag) return refuse(reader, event->start_mark, "tags are not read here");
    if (wants_key(reader)) return refuse(reader, event->start_mark, "a key has to be one word");
    if (reader->depth == CONFIG_DEPTH)
        return refuse(reader, event->start_mark, "too many levels inside one another");
    ConfigNode *node = node_add(reader, kind, event->start_mark);
    reader->open[reader->depth++] = node;
    return true;
}

static bool has_anchor(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_ALIAS_EVENT: return true;
    case YAML_SCALAR_EVENT: return event->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT: return event->data.mapping_start.anchor != NULL;
    default: return false;
    }
}

static bool read_event(Reader *reader, const yaml_event_t *event) {
    if (has_anchor(event))
        return refuse(reader, event->start_mark, "anchors and aliases are not read here");
    if (++reader->nodes > CONFIG_NODES) return refuse(reader, event->start_mark, "too many values");
    switch (event->type) {
    case YAML_SCALAR_EVENT: return read_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT: return read_start(reader, event, CONFIG_LIST);
    case YAML_MAPPING_START_EVENT: return read_start(reader, event, CONFIG_MAP);
    case YAML_SEQUENCE_END_EVENT: case YAML_MAPPING_END_EVENT: reader->depth--; return true;
    case YAML_DOCUMENT_START_EVENT:
        return !reader->root || refuse(reader, event->start_mark, "a second document");
    default: return true;
    }
}

static bool parser_mistake(Reader *reader) {
    const yaml_parser_t *parser = &reader->parser;
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR)
        return refuse(reader, mark, arena_format(reader->arena, "no YAML: %s at byte %zu",
                                                 parser->problem, parser->problem_offset));
    return refuse(reader, mark, arena_format(reader->arena, "no YAML: %s",
                                             parser->problem ? parser->problem : "unreadable"));
}

static void read_all(Reader *reader) {
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event)) {
            parser_mistake(reader);
            return;
        }
        more = read_event(reader, &event) && event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
}

ConfigNode *config_yaml(Arena *arena, const char *text, size_t length, ConfigMistake *mistake) {
    Reader reader = {.arena = arena, .mistake = mistake};
    if (!yaml_parser_initialize(&reader.parser)) {
        *mistake = (ConfigMistake){"out of memory", 1, 1};
        return NULL;
    }
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
    read_all(&reader);
    yaml_parser_delete(&reader.parser);
    if (mistake->text) return NULL;
    if (reader.root && reader.root->kind == CONFIG_NULL) reader.root->kind = CONFIG_MAP;
    if (!reader.root) reader.root = config_append(arena, NULL, CONFIG_MAP);
    if (reader.root->kind == CONFIG_MAP) return reader.root;
    *mistake = (ConfigMistake){"a mapping is expected here: KEY: VALUE", reader.root->line,
                               reader.root->column};
    return NULL;
}
