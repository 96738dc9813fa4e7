/* strings.h - interned strings. Equal strings have equal numbers, so names compare with ==.
 *
 * A Strings table owns its texts. Each file being read has a table of its own (no locks);
 * linking maps a file's numbers to the project's table. Texts may contain NUL bytes: use the
 * length where that matters. Str 0 is "no string"; the empty string is another number. */
#ifndef EAGERLY_STRINGS_H
#define EAGERLY_STRINGS_H

#include "base/arena.h"

#include <stdbool.h>

typedef uint32_t Str;
#define STR_NONE 0u

typedef struct Strings Strings;

Strings *strings_new(Arena *arena);
Str str_intern(Strings *strings, const char *text, size_t length);
Str str_of(Strings *strings, const char *text);          /* of a NUL-terminated text */
Str str_find(const Strings *strings, const char *text, size_t length); /* STR_NONE: not there */
const char *str_text(const Strings *strings, Str str);   /* NUL-terminated; "" for STR_NONE */
uint32_t str_length(const Strings *strings, Str str);
uint32_t strings_count(const Strings *strings);          /* numbers run from 1 to count */

uint64_t hash_bytes(const void *bytes, size_t length);
uint64_t hash_mix(uint64_t hash, uint64_t value);

#endif
