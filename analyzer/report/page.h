/* page.h - what every HTML report begins and ends with. Private to the report room.
 *
 * A page brings its style and its script along and loads nothing. Its policy allows these two by
 * their hashes and nothing else: even if markup slipped through the escaping, it could not run. */
#ifndef EAGERLY_PAGE_H
#define EAGERLY_PAGE_H

#include "base/writer.h"

void page_begin(Writer *out);
void page_end(Writer *out);

#endif
