/* A chain of blocks. Each block is handed out from its start; when it is full a new one is
 * put before it. Large requests get a block of their own size. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

typedef struct Block {
    struct Block *older;
    size_t used, room;
} Block;

struct Arena {
    Block *newest;
    Block *spare;            /* one block kept from the last release */
    size_t size;
};

void *memory_alloc(size_t size) {
    void *memory = malloc(size ? size : 1);
    if (!memory) {
        fprintf(stderr, "eagerly: out of memory\n");
        abort();
    }
    return memory;
}

void *memory_resize(void *memory, size_t size) {
    void *moved = realloc(memory, size ? size : 1);
    if (!moved) {
        fprintf(stderr, "eagerly: out of memory\n");
        abort();
    }
    return moved;
}

Arena *arena_new(void) {
    Arena *arena = memory_alloc(sizeof *arena);
    *arena = (Arena){0};
    return arena;
}

static Block *arena_grow(Arena *arena, size_t size) {
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    bool fits = arena->spare && arena->spare->room >= size;
    Block *block = fits ? arena->spare : memory_alloc(sizeof(Block) + room);
    if (fits) {
        room = block->room;
        arena->spare = NULL;
    }
    block->older = arena->newest;
    block->used = 0;
    block->room = room;
    arena->newest = block;
    return block;
}

void *arena_alloc(Arena *arena, size_t size) {
    size = (size + 7u) & ~(size_t)7u;
    Block *block = arena->newest;
    if (!block || block->room - block->used < size) block = arena_grow(arena, size);
    void *memory = (char *)(block + 1) + block->used;
    block->used += size;
    arena->size += size;
    return memset(memory, 0, size);
}

char *arena_copy(Arena *arena, const char *text, size_t length) {
    char *copy = arena_alloc(arena, length + 1);
    if (length) memcpy(copy, text, length);
    return copy;
}

char *arena_format(Arena *arena, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1);
    if (length > 0) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

ArenaMark arena_mark(const Arena *arena) {
    return (ArenaMark){arena->newest, arena->newest ? arena->newest->used : 0};
}

void arena_release(Arena *arena, ArenaMark mark) {
    while (arena->newest != mark.block) {
        Block *block = arena->newest;
        arena->newest = block->older;
        arena->size -= block->used;
        if (arena->spare) free(arena->spare);
        arena->spare = block;
    }
    if (!arena->newest) return;
    arena->size -= arena->newest->used - mark.used;
    arena->newest->used = mark.used;
}

size_t arena_size(const Arena *arena) {
    return arena->size;
}

void arena_free(Arena *arena) {
    if (!arena) return;
    for (Block *block = arena->newest; block;) {
        Block *older = block->older;
        free(block);
        block = older;
    }
    free(arena->spare);
    free(arena);
}
