/* tap.h - the little that a unit test needs: TAP on stdout, without a plan up front.
 *
 *     int main(void) {
 *         TAP_OK(1 + 1 == 2, "one and one");
 *         return tap_done();
 *     }
 */
#ifndef EAGERLY_TAP_H
#define EAGERLY_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed; /* one test program, one thread */

static inline bool tap_result(bool passed, const char *text, const char *file, int line) {
    tap_run++;
    tap_failed += !passed;
    printf("%sok %d - ", passed ? "" : "not ", tap_run);
    for (; *text; text++) putchar(*text == '#' || *text < ' ' ? '_' : *text); /* not a directive */
    putchar('\n');
    if (!passed) printf("# %s:%d\n", file, line);
    return passed;
}

/* Both strings may be NULL. Says what was got when they differ. */
static inline bool tap_text(const char *got, const char *wanted, const char *text,
                            const char *file, int line) {
    bool same = got && wanted ? strcmp(got, wanted) == 0 : got == wanted;
    tap_result(same, text, file, line);
    if (!same) printf("# got %s, wanted %s\n", got ? got : "NULL", wanted ? wanted : "NULL");
    return same;
}

#define TAP_OK(condition, text) tap_result((condition), (text), __FILE__, __LINE__)
#define TAP_TEXT(got, wanted, text) tap_text((got), (wanted), (text), __FILE__, __LINE__)

/* Prints the plan; what main() returns. */
static inline int tap_done(void) {
    printf("1..%d\n", tap_run);
    return tap_failed != 0;
}

#endif
