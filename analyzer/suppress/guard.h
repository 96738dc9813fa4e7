/* guard.h - a temporary folder does not stay behind when the run is interrupted. */
#ifndef EAGERLY_GUARD_H
#define EAGERLY_GUARD_H

typedef struct Guard Guard;

/* From now on an interrupt, a hang-up or a request to end waits. Threads that run already have to
 * block signals. */
Guard *guard_start(void);
/* Until guard_end() such a signal removes the folder and then ends the run as it would have.
 * `folder` is kept. */
void guard_folder(Guard *guard, const char *folder);
/* To be called when the folder is gone, or there was none. */
void guard_end(Guard *guard);

#endif
