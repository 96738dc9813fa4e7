/* A model is rewritten into the lines that the table of well-known models has (project/contrib.c),
 * so every word is checked to be one. */
#include "config/models.h"
#include "base/suggest.h"
#include "base/writer.h"

#include <string.h>

typedef struct Teller {
    Arena *arena;
    const char *path, *mistake;
} Teller;

static bool refuse(Teller *teller, const ConfigNode *node, const char *text) {
    if (!teller->mistake) teller->mistake = config_mistake(teller->arena, teller->path, node, text);
    return false;
}

/* Names with dots between them; "%(class)s" and "+" may stand in related names. */
static bool is_word(const char *text) {
    for (const char *at = text; *at; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')
                      || (*at >= '0' && *at <= '9') || (unsigned char)*at >= 0x80;
        if (!letter && !strchr("_.%()+", *at)) return false;
    }
    return *text && strlen(text) < 200;
}

static bool word_of(Teller *teller, const ConfigNode *node, const char **word) {
    if (node->kind == CONFIG_TEXT && is_word(node->text)) {
        *word = node->text;
        return true;
    }
    return refuse(teller, node, arena_format(teller->arena, "'%s' is a name here, not %s",
                                             node->key ? node->key : "it",
                                             node->kind == CONFIG_TEXT
                                                 ? "any text" : config_kind_name(node->kind)));
}

static bool unknown_key(Teller *teller, const ConfigNode *node, const char *const *keys) {
    const char *best = NULL;
    for (; *keys; keys++) suggest_consider(node->key, *keys, &best);
    return refuse(teller, node,
                  arena_format(teller->arena, "unknown key '%s'%s%s%s", node->key,
                               best ? "; did you mean '" : "", best ? best : "",
                               best ? "'?" : ""));
}

typedef struct FieldWords {
    const char *kind, *to, *related_name, *related_query_name;
    bool null, primary_key;
} FieldWords;

static bool field_key(Teller *teller, const ConfigNode *node, FieldWords *words) {
    static const char *const keys[] = {"kind", "to", "related-name", "related-query-name", "null",
                                       "primary-key", NULL};
    const char **const texts[] = {&words->kind, &words->to, &words->related_name,
                                  &words->related_query_name};
    bool *const flags[] = {&words->null, &words->primary_key};
    size_t at = 0;
    while (keys[at] && strcmp(keys[at], node->key)) at++;
    if (!keys[at]) return unknown_key(teller, node, keys);
    if (at < 4) return word_of(teller, node, texts[at]);
    if (node->kind != CONFIG_BOOL)
        return refuse(teller, node, arena_format(teller->arena, "'%s' is true or false, not %s",
                                                 node->key, config_kind_name(node->kind)));
    *flags[at - 4] = !strcmp(node->text, "true");
    return true;
}

static bool is_kind(const char *kind, bool *targets) {
    static const char *const kinds[] = {"fk", "o2o", "m2m", "plain", "generic"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i], kind)) {
            *targets = i < 3;
            return true;
        }
    return false;
}

static bool write_field(Teller *teller, const ConfigNode *node, Writer *out) {
    FieldWords words = {.kind = "plain"};
    bool targets;
    if (!is_word(node->key)) return refuse(teller, node, "a field's name is expected here");
    if (node->kind == CONFIG_MAP) {
        for (const ConfigNode *item = node->first; item; item = item->next)
            if (!field_key(teller, item, &words)) return false;
    } else if (!word_of(teller, node, &words.kind)) {
        return false;
    }
    if (!is_kind(words.kind, &targets))
        return refuse(teller, node, arena_format(teller->arena, "a field is plain, fk, o2o, m2m or "
                                                 "generic, not '%s'", words.kind));
    if (targets != (words.to != NULL))
        return refuse(teller, node, targets ? "a relation needs a target: to: app.Model"
                                            : "only fk, o2o and m2m have a target");
    if (targets)
        write_format(out, "%s %s%s %s %s %s\n", node->key, words.kind, words.null ? "?" : "",
                     words.to, words.related_name ? words.related_name : "-",
                     words.related_query_name ? words.related_query_name : "-");
    else
        write_format(out, "%s%s\n", node->key,
                     !strcmp(words.kind, "generic") ? " generic"
                     : words.primary_key ? " pk" : words.null ? " null" : "");
    return true;
}

static bool write_manager(Teller *teller, const ConfigNode *node, Writer *out) {
    const char *klass;
    if (!is_word(node->key)) return refuse(teller, node, "a manager's name is expected here");
    if (!word_of(teller, node, &klass)) return false;
    write_format(out, "%s %s\n", node->key, klass);
    return true;
}

static bool write_base(Teller *teller, const ConfigNode *node, Writer *out) {
    const char *base;
    if (!word_of(teller, node, &base)) return false;
    write_format(out, "%s ", base);
    return true;
}

/* Each item of a list or mapping by `write`, as one text. */
static bool read_items(Teller *teller, const ConfigNode *node, ConfigKind kind,
                       bool (*write)(Teller *, const ConfigNode *, Writer *), const char **text) {
    if (node->kind != kind)
        return refuse(teller, node, arena_format(teller->arena, "'%s' is %s, not %s", node->key,
                                                 config_kind_name(kind),
                                                 config_kind_name(node->kind)));
    Writer *out = writer_to_memory();
    bool good = true;
    for (const ConfigNode *item = node->first; item && good; item = item->next)
        good = write(teller, item, out);
    size_t length;
    const char *bytes = writer_text(out, &length);
    *text = arena_copy(teller->arena, bytes, length);
    writer_close(out);
    return good;
}

static bool read_model(Teller *teller, const ConfigNode *node, ToldModel *told) {
    static const char *const keys[] = {"app", "bases", "fields", "managers", NULL};
    *told = (ToldModel){{.dotted = node->key, .managers = "", .fields = ""},
                        "django.db.models.Model "};
    KnownModel *model = &told->model;
    if (!is_word(node->key) || !strchr(node->key, '.'))
        return refuse(teller, node, "a class is expected here: package.module.Model");
    if (node->kind == CONFIG_NULL) return true;
    if (node->kind != CONFIG_MAP) return refuse(teller, node, "a model is a mapping");
    for (const ConfigNode *item = node->first; item; item = item->next) {
        bool good;
        if (!strcmp(item->key, "app")) good = word_of(teller, item, &model->app);
        else if (!strcmp(item->key, "bases"))
            good = read_items(teller, item, CONFIG_LIST, write_base, &told->bases);
        else if (!strcmp(item->key, "fields"))
            good = read_items(teller, item, CONFIG_MAP, write_field, &model->fields);
        else if (!strcmp(item->key, "managers"))
            good = read_items(teller, item, CONFIG_MAP, write_manager, &model->managers);
        else good = unknown_key(teller, item, keys);
        if (!good) return false;
    }
    return true;
}

const char *config_models(Arena *arena, const char *path, KnownModels *models) {
    Teller teller = {arena, path, NULL};
    const ConfigNode *root = config_read(arena, path, &teller.mistake);
    for (const ConfigNode *item = root ? root->first : NULL; item; item = item->next) {
        ToldModel model;
        if (!read_model(&teller, item, &model)) break;
        array_push(arena, models, model);
    }
    return teller.mistake;
}
