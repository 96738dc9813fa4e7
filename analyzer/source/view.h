/* view.h - whether the paths given are all of a project. */
#ifndef EAGERLY_VIEW_H
#define EAGERLY_VIEW_H

#include <stdbool.h>
#include <stdint.h>

/* Whether models of the same working tree may lie beside the paths given: a file alone, or a folder
 * with apps next to it or to a folder above it. Models out of view may add relations to any. */
bool view_is_partial(const char *const *paths, uint32_t count);

#endif
