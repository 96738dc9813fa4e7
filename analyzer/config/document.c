/* Items are a linked list: documents are small, and their order is kept for messages. */
#include "config/document.h"

#include <string.h>

ConfigNode *config_append(Arena *arena, ConfigNode *outer, ConfigKind kind) {
    ConfigNode *node = arena_make(arena, ConfigNode);
    node->kind = kind;
    if (!outer) return node;
    if (outer->last) outer->last->next = node;
    else outer->first = node;
    outer->last = node;
    return node;
}

ConfigNode *config_item(const ConfigNode *map, const char *key) {
    for (ConfigNode *item = map->first; item; item = item->next)
        if (item->key && !strcmp(item->key, key)) return item;
    return NULL;
}

const char *config_kind_name(ConfigKind kind) {
    static const char *const names[] = {"nothing", "true or false", "a number", "text", "a list",
                                        "a mapping"};
    return names[kind];
}
