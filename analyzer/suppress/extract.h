/* extract.h - the files of a commit that eagerly reads, laid out in a private folder. */
#ifndef EAGERLY_EXTRACT_H
#define EAGERLY_EXTRACT_H

#include "suppress/git.h"
#include "suppress/guard.h"

#include <stdint.h>

/* Makes a folder outside of the project that only this user can enter, and fills it: Python,
 * templates, and files that say where a project starts and what it depends on. Larger files than
 * `max_bytes` are left out. NULL and `*mistake`; then no folder is left behind. Until `*guard` is
 * ended, which is the caller's to do after extract_remove(), none stays behind an interrupt. */
const char *extract_commit(Git *git, uint64_t max_bytes, Guard **guard, const char **mistake);
/* Deletes the folder with all that is in it. */
void extract_remove(const char *folder);

#endif
