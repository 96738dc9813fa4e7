/* Open addressing over the numbers of the texts; the table doubles at three quarters. */
#include "base/strings.h"

#include "base/array.h"

#include <string.h>

typedef struct Text {
    const char *bytes;
    uint32_t length, hash;
} Text;

struct Strings {
    Arena *arena;
    Array(Text) texts;
    uint32_t *slots;
    uint32_t slot_count;
};

/* What is hashed are small numbers side by side (module and node, two names), and many keys are
 * known by their hash alone: the value is spread over all bits before the two meet, or the sum of
 * one pair would be that of another. */
uint64_t hash_mix(uint64_t hash, uint64_t value) {
    value = (value + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    hash ^= value ^ (value >> 31);
    hash *= 0xd6e8feb86659fd93u;
    return hash ^ (hash >> 32);
}

uint64_t hash_bytes(const void *bytes, size_t length) {
    const unsigned char *next = bytes;
    uint64_t hash = 0xcbf29ce484222325u;
    for (; length >= 8; length -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        hash = hash_mix(hash, word);
    }
    for (; length; length--) hash = (hash ^ *next++) * 0x100000001b3u;
    return hash ^ (hash >> 32);
}

Strings *strings_new(Arena *arena) {
    Strings *strings = arena_make(arena, Strings);
    strings->arena = arena;
    strings->slot_count = 64;
    strings->slots = arena_many(arena, uint32_t, strings->slot_count);
    array_push(arena, &strings->texts, (Text){"", 0, 0});
    return strings;
}

/* The slot that holds the text, or the empty slot where it belongs. */
static uint32_t *strings_slot(const Strings *strings, const char *text, size_t length,
                              uint32_t hash) {
    uint32_t mask = strings->slot_count - 1;
    for (uint32_t at = hash & mask;; at = (at + 1) & mask) {
        uint32_t found = strings->slots[at];
        if (!found) return &strings->slots[at];
        const Text *old = &strings->texts.items[found];
        if (old->hash == hash && old->length == length && !memcmp(old->bytes, text, length))
            return &strings->slots[at];
    }
}

static void strings_double(Strings *strings) {
    strings->slot_count *= 2;
    strings->slots = arena_many(strings->arena, uint32_t, strings->slot_count);
    uint32_t mask = strings->slot_count - 1;
    for (uint32_t str = 1; str < strings->texts.count; str++) {
        uint32_t at = strings->texts.items[str].hash & mask;
        while (strings->slots[at]) at = (at + 1) & mask;
        strings->slots[at] = str;
    }
}

Str str_intern(Strings *strings, const char *text, size_t length) {
    uint32_t hash = (uint32_t)hash_bytes(text, length);
    uint32_t *slot = strings_slot(strings, text, length, hash);
    if (*slot) return *slot;
    Str str = strings->texts.count;
    *slot = str;
    char *copy = arena_copy(strings->arena, text, length);
    array_push(strings->arena, &strings->texts, (Text){copy, (uint32_t)length, hash});
    if (strings->texts.count * 4 > strings->slot_count * 3) strings_double(strings);
    return str;
}

Str str_of(Strings *strings, const char *text) {
    return str_intern(strings, text, strlen(text));
}

Str str_find(const Strings *strings, const char *text, size_t length) {
    return *strings_slot(strings, text, length, (uint32_t)hash_bytes(text, length));
}

const char *str_text(const Strings *strings, Str str) {
    return strings->texts.items[str].bytes;
}

uint32_t str_length(const Strings *strings, Str str) {
    return strings->texts.items[str].length;
}

uint32_t strings_count(const Strings *strings) {
    return strings->texts.count - 1;
}
