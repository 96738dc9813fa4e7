/* Keys made of small numbers side by side stay apart: many a map knows its keys by hash alone. */
#include "tests/unit/tap.h"

#include "base/strings.h"

#include <stdlib.h>

enum { NUMBERS = 700, PAIRS = NUMBERS * NUMBERS };

static int hash_order(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* How many of the hashes are those of another pair, too. */
static unsigned collisions(uint64_t *hashes) {
    unsigned same = 0;
    qsort(hashes, PAIRS, sizeof *hashes, hash_order);
    for (unsigned i = 1; i < PAIRS; i++) same += hashes[i] == hashes[i - 1];
    return same;
}

static uint64_t pair_low(uint64_t left, uint64_t right) {
    return hash_mix(left, right);
}

/* A site and two names, as they stand in a key: module and node, name and name. */
static uint64_t pair_high(uint64_t left, uint64_t right) {
    return hash_mix(520u << 16 | left, (uint64_t)512 << 32 | right);
}

static uint64_t pair_chained(uint64_t left, uint64_t right) {
    return hash_mix(hash_mix(7, left), right);
}

static unsigned collisions_of(uint64_t (*hash)(uint64_t left, uint64_t right)) {
    static uint64_t hashes[PAIRS];
    for (unsigned left = 0; left < NUMBERS; left++)
        for (unsigned right = 0; right < NUMBERS; right++)
            hashes[left * NUMBERS + right] = hash(left, right * 7);
    return collisions(hashes);
}

int main(void) {
    TAP_OK(collisions_of(pair_low) == 0, "pairs of small numbers");
    TAP_OK(collisions_of(pair_high) == 0, "a site and a name of a kind");
    TAP_OK(collisions_of(pair_chained) == 0, "numbers one after the other");
    return tap_done();
}
