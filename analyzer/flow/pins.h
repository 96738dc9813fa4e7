/* pins.h - what the conditions of a queryset say of its rows' columns.
 *
 *     Ticket.objects.filter(kind="bug").exclude(state="draft")      kind = "bug", state != "draft"
 *     Ticket.objects.filter(owner__isnull=False)                    owner != NULL
 *
 * A set of pins is immutable and interned: equal sets are equal pointers, and no pins are NULL. All
 * of them hold of each row. Owned by the arena of their table. */
#ifndef EAGERLY_PINS_H
#define EAGERLY_PINS_H

#include "base/arena.h"
#include "base/strings.h"

typedef enum PinConstant { PIN_NULL, PIN_FALSE, PIN_TRUE, PIN_TEXT, PIN_NUMBER } PinConstant;

typedef struct Pin {
    Str column;       /* the field's name */
    bool other;       /* the column is anything but the constant */
    uint8_t constant; /* PinConstant */
    Str text;         /* of a TEXT or NUMBER; else STR_NONE */
} Pin;

enum { PINS_MOST = 16 }; /* what does not fit is not known */

typedef struct Pins {
    uint64_t hash;
    uint32_t count;
    Pin items[PINS_MOST]; /* sorted */
} Pins;

typedef struct PinTable PinTable;
PinTable *pins_new(Arena *arena);
uint64_t pins_cut(const PinTable *table); /* how many pins found no room */
/* With one more. A column that is known already stays what it is. */
const Pins *pins_add(PinTable *table, const Pins *pins, Pin pin);
/* What holds of the rows of both. */
const Pins *pins_meet(PinTable *table, const Pins *a, const Pins *b);
/* What the column is; NULL: not known. */
const Pin *pins_equal(const Pins *pins, Str column);

#endif
