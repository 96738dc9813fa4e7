/* arena.h - memory that is freed all at once.
 *
 * There is one arena per file being read, one for the project and one for the evaluation.
 * Nothing in eagerly is freed one by one: an arena owns what was allocated from it, and
 * freeing the arena frees it all. An arena is used by one thread at a time. When memory
 * runs out the program says so and aborts, so no caller checks for NULL. */
#ifndef EAGERLY_ARENA_H
#define EAGERLY_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct Arena Arena;

Arena *arena_new(void);
/* `size` zeroed bytes, aligned to 8. Never NULL. */
void *arena_alloc(Arena *arena, size_t size);
/* A copy of `length` bytes with a NUL behind them. */
char *arena_copy(Arena *arena, const char *text, size_t length);
/* printf into the arena. */
char *arena_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes handed out so far, for --statistics. */
size_t arena_size(const Arena *arena);
void arena_free(Arena *arena);

/* A place to go back to: arena_release() gives up what was allocated after arena_mark(). Marks
 * are released in the reverse order, or an older one stands for the younger ones. */
typedef struct ArenaMark {
    void *block;
    size_t used;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_release(Arena *arena, ArenaMark mark);

/* malloc and realloc that print and abort instead of returning NULL. */
void *memory_alloc(size_t size);
void *memory_resize(void *memory, size_t size);

#define arena_make(arena, T) ((T *)arena_alloc((arena), sizeof(T)))
#define arena_many(arena, T, n) ((T *)arena_alloc((arena), sizeof(T) * (size_t)(n)))

#endif
