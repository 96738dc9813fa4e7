/* A set is put together on the stack, sorted, hashed and looked up. */
#include "flow/pins.h"

#include "base/map.h"

#include <string.h>

typedef struct PinEntry {
    Pins pins;
    struct PinEntry *next; /* of the same hash */
} PinEntry;

struct PinTable {
    Arena *arena;
    Map entries;
    uint64_t cut;
};

PinTable *pins_new(Arena *arena) {
    PinTable *table = arena_make(arena, PinTable);
    table->arena = arena;
    return table;
}

uint64_t pins_cut(const PinTable *table) {
    return table->cut;
}

static uint64_t pin_key(const Pin *pin) {
    return (uint64_t)pin->column << 32 | (uint64_t)pin->other << 8 | pin->constant;
}

static bool pin_before(const Pin *a, const Pin *b) {
    uint64_t left = pin_key(a), right = pin_key(b);
    return left != right ? left < right : a->text < b->text;
}

static bool pin_same(const Pin *a, const Pin *b) {
    return pin_key(a) == pin_key(b) && a->text == b->text;
}

static bool pins_same(const Pins *a, const Pins *b) {
    if (a->hash != b->hash || a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!pin_same(&a->items[i], &b->items[i])) return false;
    return true;
}

static const Pins *pins_intern(PinTable *table, Pins *draft) {
    if (!draft->count) return NULL;
    draft->hash = draft->count;
    for (uint32_t i = 0; i < draft->count; i++)
        draft->hash = hash_mix(hash_mix(draft->hash, pin_key(&draft->items[i])),
                               draft->items[i].text);
    PinEntry *first = map_get(&table->entries, draft->hash);
    for (PinEntry *at = first; at; at = at->next)
        if (pins_same(&at->pins, draft)) return &at->pins;
    PinEntry *made = arena_make(table->arena, PinEntry);
    made->pins = *draft;
    made->next = first;
    map_put(table->arena, &table->entries, draft->hash, made);
    return &made->pins;
}

/* The constant is one thing, and the column another: it is not this constant. */
static bool pin_implies(const Pin *known, const Pin *pin) {
    if (pin_same(known, pin)) return true;
    bool apart = known->constant != pin->constant || known->text != pin->text;
    return known->column == pin->column && !known->other && pin->other && apart;
}

static bool pins_imply(const Pins *pins, const Pin *pin) {
    for (uint32_t i = 0; i < pins->count; i++)
        if (pin_implies(&pins->items[i], pin)) return true;
    return false;
}

static void pins_put(PinTable *table, Pins *draft, Pin pin) {
    if (draft->count == PINS_MOST) {
        table->cut++;
        return;
    }
    uint32_t at = draft->count++;
    for (; at && pin_before(&pin, &draft->items[at - 1]); at--)
        draft->items[at] = draft->items[at - 1];
    draft->items[at] = pin;
}

const Pins *pins_add(PinTable *table, const Pins *pins, Pin pin) {
    if (pins && (pins_equal(pins, pin.column) || pins_imply(pins, &pin))) return pins;
    Pins draft = {0};
    for (uint32_t i = 0; pins && i < pins->count; i++)
        if (pin.other || pins->items[i].column != pin.column)
            draft.items[draft.count++] = pins->items[i];
    pins_put(table, &draft, pin);
    return pins_intern(table, &draft);
}

const Pins *pins_meet(PinTable *table, const Pins *a, const Pins *b) {
    if (a == b || !a || !b) return a == b ? a : NULL;
    Pins draft = {0};
    for (uint32_t i = 0; i < a->count; i++)
        if (pins_imply(b, &a->items[i])) pins_put(table, &draft, a->items[i]);
    for (uint32_t i = 0; i < b->count; i++)
        if (pins_imply(a, &b->items[i]) && !(draft.count && pins_imply(&draft, &b->items[i])))
            pins_put(table, &draft, b->items[i]);
    return pins_intern(table, &draft);
}

const Pin *pins_equal(const Pins *pins, Str column) {
    for (uint32_t i = 0; pins && i < pins->count; i++)
        if (pins->items[i].column == column && !pins->items[i].other) return &pins->items[i];
    return NULL;
}
