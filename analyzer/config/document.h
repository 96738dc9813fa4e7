/* document.h - a configuration file as a tree, whether it was YAML or TOML.
 *
 * Everything is owned by the arena given. What is read may be anything: a document that is large,
 * deep, long or made of references is refused, and every mistake says its line and column. */
#ifndef EAGERLY_DOCUMENT_H
#define EAGERLY_DOCUMENT_H

#include "base/arena.h"

#include <stdbool.h>

enum {
    CONFIG_BYTES = 1024 * 1024,
    CONFIG_DEPTH = 16,       /* lists and mappings inside one another */
    CONFIG_NODES = 20000,
};

typedef enum ConfigKind {
    CONFIG_NULL, CONFIG_BOOL, CONFIG_NUMBER, CONFIG_TEXT, CONFIG_LIST, CONFIG_MAP,
} ConfigKind;

typedef struct ConfigNode ConfigNode;
struct ConfigNode {
    ConfigKind kind;
    const char *text;        /* of a scalar, as written; of a BOOL "true" or "false" */
    const char *key;         /* in a mapping; else NULL */
    uint32_t line, column;   /* of the key in a mapping, else of the value; from 1 */
    ConfigNode *first, *last, *next; /* items; siblings */
    uint8_t flags;           /* of the TOML reader */
};

typedef struct ConfigMistake {
    const char *text;        /* NULL: none */
    uint32_t line, column;
} ConfigMistake;

/* Reading. `length` bytes, with a NUL behind them. NULL with `mistake` set: it cannot be read. An
 * empty document is an empty mapping. */
ConfigNode *config_yaml(Arena *arena, const char *text, size_t length, ConfigMistake *mistake);
/* Only the table [tool.eagerly] is kept, but all of the file has to be TOML. NULL without a
 * mistake: there is no such table. */
ConfigNode *config_toml(Arena *arena, const char *text, size_t length, ConfigMistake *mistake);

/* For the two readers. */
ConfigNode *config_append(Arena *arena, ConfigNode *outer, ConfigKind kind);
ConfigNode *config_item(const ConfigNode *map, const char *key);
const char *config_kind_name(ConfigKind kind); /* "text", "a list" ... */

#endif
