/* suggest.h - "did you mean": which of some words a mistyped one is closest to. */
#ifndef EAGERLY_SUGGEST_H
#define EAGERLY_SUGGEST_H

#include <stddef.h>

/* How many letters have to be changed, added, left out or swapped with their neighbour to make
 * one word of the other, letter case aside. SIZE_MAX for words too long to be options or codes. */
size_t suggest_distance(const char *left, const char *right);
/* Keeps `candidate` in `*best` when it is closer to `word` than what stands there (NULL: nothing
 * yet) and close enough to be meant. */
void suggest_consider(const char *word, const char *candidate, const char **best);

#endif
