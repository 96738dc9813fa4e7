/* array.h - a growable array of any type, living in an arena.
 *
 *     Array(Node) nodes = {0};
 *     array_push(arena, &nodes, node);
 *     for (uint32_t i = 0; i < nodes.count; i++) use(nodes.items[i]);
 *
 * Growing copies into a new piece of the arena; the old piece is left there (at most the
 * size of the array again). */
#ifndef EAGERLY_ARRAY_H
#define EAGERLY_ARRAY_H

#include "base/arena.h"

#include <string.h>

#define Array(T)                                                                                  \
    struct {                                                                                      \
        T *items;                                                                                 \
        uint32_t count, room;                                                                     \
    }

#define array_push(arena, array, ...)                                                             \
    do {                                                                                          \
        if ((array)->count == (array)->room) {                                                    \
            uint32_t room_ = (array)->room ? (array)->room * 2 : 8;                               \
            void *items_ = arena_alloc((arena), sizeof *(array)->items * room_);                  \
            if ((array)->count)                                                                   \
                memcpy(items_, (array)->items, sizeof *(array)->items * (array)->count);          \
            (array)->items = items_;                                                              \
            (array)->room = room_;                                                                \
        }                                                                                         \
        (array)->items[(array)->count++] = (__VA_ARGS__);                                         \
    } while (0)

#endif
