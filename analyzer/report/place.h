/* place.h - from sites (a node of a module) to places (a path, lines and columns).
 *
 * A Places table belongs to one project and one arena, which owns every text it hands out; what
 * it has worked out per module is kept. */
#ifndef EAGERLY_PLACE_H
#define EAGERLY_PLACE_H

#include "report/finding.h"

typedef struct Places Places;

Places *places_new(Arena *arena, const Project *project);
/* The whole expression; of a loop statement its header. */
Place place_whole(Places *places, Site site);
/* Where a traceback would point: of a chain over several lines, only its last link. */
Place place_touch(Places *places, Site site);

#endif
