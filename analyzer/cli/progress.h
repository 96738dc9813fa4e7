/* progress.h - one line on a terminal that says what a long run is doing. All functions take NULL
 * and then do nothing: where there is no terminal there is no progress. */
#ifndef EAGERLY_PROGRESS_H
#define EAGERLY_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

typedef struct Progress Progress;

/* NULL unless the stream is a terminal that can take a line back. */
Progress *progress_on_terminal(FILE *stream);
/* Nothing is shown before `delay` seconds have passed. NULL if no thread is to be had. */
Progress *progress_start(FILE *stream, double delay);
/* "reading", 1200, "files": "reading 1,200 files…". */
void progress_say(Progress *progress, const char *verb, uint64_t count, const char *noun);
/* Takes the line back: something else is about to be printed. */
void progress_clear(Progress *progress);
void progress_end(Progress *progress);

#endif
