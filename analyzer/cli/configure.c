/* Each key of the file is an option's row; the row says what kind of value it takes. What the
 * command line has set is looked at as well, so that a mistake does not hide behind it. */
#include "cli/configure.h"
#include "base/suggest.h"
#include "config/config.h"
#include "source/file.h"

#include <string.h>

typedef struct Applier {
    Options *options;
    const char *path, *folder; /* of the file; paths in it are relative to the folder */
    Writer *log;
    uint32_t mistakes;
} Applier;

enum { MISTAKES_SHOWN = 20 };

static void complain(Applier *applier, const ConfigNode *node, const char *text) {
    if (applier->mistakes++ >= MISTAKES_SHOWN) return;
    const char *line = config_mistake(applier->options->arena, applier->path, node, text);
    write_plain(applier->log, line, strlen(line));
    write_text(applier->log, "\n");
}

static const char *key_unknown(Arena *arena, const char *key) {
    const char *best = NULL;
    for (uint32_t i = 0; i < option_count; i++)
        if (option_table[i].key) suggest_consider(key, option_table[i].key, &best);
    return best ? arena_format(arena, "unknown key '%s'; did you mean '%s'?", key, best)
                : arena_format(arena, "unknown key '%s'; see 'eagerly config'", key);
}

static const char *wanted(OptionKind kind) {
    switch (kind) {
    case OPTION_FLAG: return "true or false";
    case OPTION_NUMBER: return "a number";
    case OPTION_LIST: case OPTION_TEXTS: return "a list";
    case OPTION_PAIRS: return "a mapping";
    default: return "text";
    }
}

static bool is_scalar(const ConfigNode *node) {
    return node->kind == CONFIG_TEXT || node->kind == CONFIG_NUMBER || node->kind == CONFIG_BOOL;
}

static bool kind_fits(OptionKind kind, const ConfigNode *node) {
    switch (kind) {
    case OPTION_FLAG: return node->kind == CONFIG_BOOL;
    case OPTION_NUMBER: return node->kind == CONFIG_NUMBER;
    case OPTION_LIST: case OPTION_TEXTS:
        return node->kind == CONFIG_LIST || node->kind == CONFIG_TEXT;
    case OPTION_PAIRS: return node->kind == CONFIG_MAP;
    case OPTION_DJANGO: return node->kind == CONFIG_TEXT || node->kind == CONFIG_NUMBER;
    case OPTION_CHOICE: case OPTION_TEXT: return node->kind == CONFIG_TEXT;
    }
    return false;
}

/* A path stands relative to the file that names it. */
static const char *value_of(const Applier *applier, const Option *row, const char *text) {
    bool path = row->value && (!strcmp(row->value, "FILE") || !strcmp(row->value, "FOLDER"));
    if (!strcmp(row->key, "baseline") && !strcmp(text, "none")) path = false;
    return path && *text != '/' ? path_join(applier->options->arena, applier->folder, text) : text;
}

/* Whether an option's value, or what stands behind the key of its pairs, names rules. */
static bool names_rules(const Option *row) {
    const char *colon = row->value ? strrchr(row->value, ':') : NULL;
    return row->value && !strcmp(colon ? colon + 1 : row->value, "RULES");
}

static const char *rules_mistake(Arena *arena, const char *text) {
    const char *mistake = NULL;
    while (*text && !mistake) {
        size_t length = strcspn(text, ", ");
        const char *one = arena_copy(arena, text, length);
        mistake = length ? selection_mistake(arena, &(Selection){.select = &one, .select_count = 1})
                         : NULL;
        text += length + strspn(text + length, ", ");
    }
    return mistake;
}

static void set_one(Applier *applier, const Option *row, const ConfigNode *node,
                    const char *text) {
    Arena *arena = applier->options->arena;
    const char *mistake = option_set(applier->options, row, value_of(applier, row, text));
    if (mistake) mistake = arena_format(arena, "'%s' %s", row->key, mistake);
    const char *colon = row->kind == OPTION_PAIRS ? strrchr(text, ':') : NULL;
    if (!mistake && names_rules(row)) mistake = rules_mistake(arena, colon ? colon + 1 : text);
    if (!mistake && colon && row->value && !strcmp(row->value, "RULE:LEVEL"))
        mistake = severity_mistake(arena, node->key, colon + 1);
    if (mistake) complain(applier, node, mistake);
}

static void set_list(Applier *applier, const Option *row, const ConfigNode *list) {
    if (row->most && !list->first)
        complain(applier, list,
                 arena_format(applier->options->arena,
                              "'%s' is empty; leave it out for the default", row->key));
    for (const ConfigNode *item = list->first; item; item = item->next) {
        if (item->kind == CONFIG_TEXT) set_one(applier, row, item, item->text);
        else
            complain(applier, item,
                     arena_format(applier->options->arena, "'%s' is a list of texts, not of %s",
                                  row->key, config_kind_name(item->kind)));
    }
}

/* A pair's value as the command line would have it; NULL: it cannot be one. */
static const char *pair_value(Arena *arena, const ConfigNode *node) {
    if (is_scalar(node)) return node->text;
    if (node->kind != CONFIG_LIST) return NULL;
    const char *text = "";
    for (const ConfigNode *item = node->first; item; item = item->next) {
        if (!is_scalar(item) || strlen(text) > 4096) return NULL;
        text = arena_format(arena, "%s%s%s", text, *text ? "," : "", item->text);
    }
    return *text ? text : NULL;
}

static void set_pairs(Applier *applier, const Option *row, const ConfigNode *map) {
    Arena *arena = applier->options->arena;
    for (const ConfigNode *item = map->first; item; item = item->next) {
        const char *value = pair_value(arena, item);
        if (value)
            set_one(applier, row, item, arena_format(arena, "%s:%s", item->key, value));
        else
            complain(applier, item,
                     arena_format(arena, "'%s' of '%s' is a text or a list of texts, not %s%s",
                                  item->key, row->key, config_kind_name(item->kind),
                                  item->kind == CONFIG_LIST ? " like this" : ""));
    }
}

static void set_row(Applier *applier, const Option *row, const ConfigNode *node) {
    if (!kind_fits(row->kind, node)) {
        complain(applier, node,
                 arena_format(applier->options->arena, "'%s' is %s, not %s", row->key,
                              wanted(row->kind), config_kind_name(node->kind)));
    } else if (node->kind == CONFIG_LIST) set_list(applier, row, node);
    else if (node->kind == CONFIG_MAP) set_pairs(applier, row, node);
    else set_one(applier, row, node, node->text);
}

/* Sets the row, or only tries to when the command line was first. */
static void apply_item(Applier *applier, const ConfigNode *node) {
    Options *options = applier->options, given = *options;
    const Option *row = option_of_key(node->key);
    if (!row) {
        complain(applier, node, key_unknown(options->arena, node->key));
        return;
    }
    bool taken = option_origin(options, row)->kind == ORIGIN_COMMAND_LINE;
    option_reset(options, row);
    set_row(applier, row, node);
    if (taken) *options = given;
    else *option_origin(options, row) = (Origin){ORIGIN_CONFIG, applier->path, node->line};
}

/* What the command line says of severities is looked at here, too, and the models are read. */
static bool configured(Options *options, Writer *log) {
    const char *mistake = NULL;
    for (uint32_t i = 0; i < options->severities.count && !mistake; i++)
        mistake = severity_mistake(options->arena, options->severities.items[i].key,
                                   options->severities.items[i].value);
    if (mistake) mistake = arena_format(options->arena, "eagerly: --severity: %s", mistake);
    if (!mistake) mistake = options_models(options);
    if (!mistake) return true;
    write_plain(log, mistake, strlen(mistake));
    write_text(log, "\n");
    return false;
}

static bool file_apply(Options *options, Writer *log) {
    const char *path = options->config, *mistake = NULL;
    if (options->isolated) return true;
    const char *first = options->words.count ? options->words.items[0] : ".";
    if (!path) path = config_find(options->arena, first);
    if (!path) return true;
    options->config = path;
    const ConfigNode *root = config_read(options->arena, path, &mistake);
    if (!root) {
        write_plain(log, mistake, strlen(mistake));
        write_text(log, "\n");
        return false;
    }
    Applier applier = {options, path, path_folder(options->arena, path), log, 0};
    for (const ConfigNode *item = root->first; item; item = item->next)
        apply_item(&applier, item);
    if (applier.mistakes > MISTAKES_SHOWN)
        write_format(log, "%s: %u more mistakes\n", path, applier.mistakes - MISTAKES_SHOWN);
    options_settle(options);
    return !applier.mistakes;
}

bool options_configure(Options *options, Writer *log) {
    return file_apply(options, log) && configured(options, log);
}

/* ---- what holds, and what may be said */

static void write_value(const Options *options, const Option *row, Writer *out) {
    Writer *text = writer_to_memory();
    size_t length;
    option_write(options, row, text);
    const char *bytes = writer_text(text, &length);
    if (!length && row->kind == OPTION_DJANGO) write_text(out, "as the project's files say");
    else if (!length) write_text(out, "none");
    else write_plain(out, bytes, length);
    writer_close(text);
}

void command_config(const Options *options, Writer *out) {
    if (options->config && !options->isolated) {
        write_text(out, "# ");
        write_plain(out, options->config, strlen(options->config));
        write_text(out, "\n");
    } else {
        write_text(out, "# no configuration file\n");
    }
    for (uint32_t i = 0; i < option_count; i++) {
        const Option *row = &option_table[i];
        const Origin *origin = &options->origins[i];
        if (!row->key) continue;
        write_format(out, "%s: ", row->key);
        write_value(options, row, out);
        if (origin->kind == ORIGIN_CONFIG) {
            write_text(out, "  # ");
            write_plain(out, origin->path, strlen(origin->path));
            write_format(out, ":%u\n", origin->line);
        } else {
            write_format(out, "  # %s\n",
                         origin->kind == ORIGIN_DEFAULT ? "default" : "command line");
        }
    }
}

static void write_string(const char *text, Writer *out) {
    write_json(out, text, strlen(text));
}

static void schema_choices(const char *choices, Writer *out) {
    write_text(out, "{\"enum\": [");
    for (const char *at = choices; at;) {
        size_t length = strcspn(at, "|");
        if (at != choices) write_text(out, ", ");
        write_json(out, at, length);
        at = at[length] ? at + length + 1 : NULL;
    }
    write_text(out, "]}");
}

/* Names of rules are offered; that one is none is told by a run. */
static void schema_rules(Writer *out) {
    write_text(out, "{\"anyOf\": [{\"enum\": [\"ALL\"");
    for (uint32_t i = 0; i < rule_count; i++)
        write_format(out, ", \"%s\", \"%s\"", rules[i].rule->code, rules[i].name);
    write_text(out, "]}, {\"type\": \"string\", \"minLength\": 1}]}");
}

/* One text, or a list of what `row` takes. */
static void schema_list(const Option *row, Writer *out) {
    write_format(out, "{\"anyOf\": [{\"type\": \"string\", \"minLength\": 1}, "
                 "{\"type\": \"array\"%s, \"items\": ", row->most ? ", \"minItems\": 1" : "");
    if (row->kind == OPTION_LIST && strchr(row->value, '|')) schema_choices(row->value, out);
    else if (names_rules(row)) schema_rules(out);
    else if (!strcmp(row->value, "CLASS"))
        write_text(out, "{\"type\": \"string\", "
                        "\"pattern\": \"^[^\\\\s.-]+(\\\\.[^\\\\s.-]+)*$\"}");
    else write_text(out, "{\"type\": \"string\", \"minLength\": 1}");
    write_text(out, "}]}");
}

static void schema_pairs(const Option *row, Writer *out) {
    write_text(out, "{\"type\": \"object\", \"additionalProperties\": ");
    if (names_rules(row)) {
        write_text(out, "{\"anyOf\": [{\"type\": \"string\", \"minLength\": 1}, "
                        "{\"type\": \"array\", \"minItems\": 1, \"items\": ");
        schema_rules(out);
        write_text(out, "}]}");
    } else {
        schema_choices("info|warning|error", out);
    }
    write_text(out, "}");
}

static void schema_type(const Option *row, Writer *out) {
    switch (row->kind) {
    case OPTION_FLAG: write_text(out, "{\"type\": \"boolean\"}"); break;
    case OPTION_CHOICE: schema_choices(row->value, out); break;
    case OPTION_NUMBER:
        write_format(out, "{\"type\": \"integer\", \"minimum\": 0, \"maximum\": %llu}",
                     (unsigned long long)row->most);
        break;
    case OPTION_TEXT: write_text(out, "{\"type\": \"string\", \"minLength\": 1}"); break;
    case OPTION_DJANGO:
        write_text(out, "{\"type\": [\"string\", \"number\"], \"pattern\": \"[0-9]\"}");
        break;
    case OPTION_LIST: case OPTION_TEXTS: schema_list(row, out); break;
    case OPTION_PAIRS: schema_pairs(row, out); break;
    }
}

void config_schema(Writer *out) {
    bool first = true;
    write_text(out, "{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
                    "  \"title\": \"eagerly\",\n  \"type\": \"object\",\n"
                    "  \"additionalProperties\": false,\n  \"properties\": {");
    for (uint32_t i = 0; i < option_count; i++) {
        const Option *row = &option_table[i];
        if (!row->key) continue;
        write_format(out, "%s\n    \"%s\": {\"description\": ", first ? "" : ",", row->key);
        write_string(row->help, out);
        write_text(out, ", \"allOf\": [");
        schema_type(row, out);
        write_text(out, "]}");
        first = false;
    }
    write_text(out, "\n  }\n}\n");
}
