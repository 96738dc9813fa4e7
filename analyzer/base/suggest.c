/* Edit distance with swaps of neighbours, by three rows of the usual table. */
#include "base/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum { WORD_MOST = 48 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static int letter(const char *word, size_t at) {
    return tolower((unsigned char)word[at]);
}

size_t suggest_distance(const char *left, const char *right) {
    size_t rows = strlen(left), columns = strlen(right);
    if (rows > WORD_MOST || columns > WORD_MOST) return SIZE_MAX;
    size_t table[3][WORD_MOST + 1];
    for (size_t j = 0; j <= columns; j++) table[0][j] = j;
    for (size_t i = 1; i <= rows; i++) {
        size_t *row = table[i % 3], *above = table[(i + 2) % 3], *higher = table[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t change = letter(left, i - 1) != letter(right, j - 1);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && letter(left, i - 1) == letter(right, j - 2)
                && letter(left, i - 2) == letter(right, j - 1))
                row[j] = least(row[j], higher[j - 2] + 1);
        }
    }
    return table[rows % 3][columns];
}

void suggest_consider(const char *word, const char *candidate, const char **best) {
    size_t distance = suggest_distance(word, candidate);
    size_t allowed = strlen(candidate) / 3;
    if (distance == SIZE_MAX || distance > (allowed ? allowed : 1)) return;
    if (!*best || distance < suggest_distance(word, *best)) *best = candidate;
}
