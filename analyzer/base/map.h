/* map.h - a hash map from a 64-bit key to a pointer. Lives in an arena; never shrinks.
 * The key 0 is allowed. Iteration order is not defined: nothing that is reported may depend
 * on it. */
#ifndef EAGERLY_MAP_H
#define EAGERLY_MAP_H

#include "base/arena.h"

typedef struct MapSlot {
    uint64_t key;
    void *value; /* NULL: the slot is empty */
} MapSlot;

typedef struct Map {
    MapSlot *slots;
    uint32_t slot_count, count;
} Map;

/* The value of a key, or NULL. */
void *map_get(const Map *map, uint64_t key);
/* Sets the value (not NULL) of a key. */
void map_put(Arena *arena, Map *map, uint64_t key, void *value);

#endif
