/* Open addressing; the table doubles at three quarters. */
#include "base/map.h"

#include "base/strings.h"

static MapSlot *map_slot(const Map *map, uint64_t key) {
    uint32_t mask = map->slot_count - 1;
    uint32_t at = (uint32_t)hash_mix(0, key) & mask;
    while (map->slots[at].value && map->slots[at].key != key) at = (at + 1) & mask;
    return &map->slots[at];
}

void *map_get(const Map *map, uint64_t key) {
    return map->slot_count ? map_slot(map, key)->value : NULL;
}

static void map_grow(Arena *arena, Map *map) {
    Map bigger = {.slot_count = map->slot_count ? map->slot_count * 2 : 16, .count = map->count};
    bigger.slots = arena_many(arena, MapSlot, bigger.slot_count);
    for (uint32_t i = 0; i < map->slot_count; i++)
        if (map->slots[i].value) *map_slot(&bigger, map->slots[i].key) = map->slots[i];
    *map = bigger;
}

void map_put(Arena *arena, Map *map, uint64_t key, void *value) {
    if ((map->count + 1) * 4 > map->slot_count * 3) map_grow(arena, map);
    MapSlot *slot = map_slot(map, key);
    if (!slot->value) map->count++;
    slot->key = key;
    slot->value = value;
}
