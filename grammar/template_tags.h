/* template_tags.h - the second pass: from segments to statements. */
#ifndef EAGERLY_TEMPLATE_TAGS_H
#define EAGERLY_TEMPLATE_TAGS_H

#include "grammar/template_read.h"

typedef struct Reader {
    Module *module;
    const char *source;
    uint32_t size;
    Array(Segment) segments;
    uint32_t next;                      /* the segment to read next */
    Str open[TEMPLATE_DEPTH];           /* tags that are open, outermost first */
    uint32_t depth;
    bool embedded;                      /* a string of a Python file */
    uint32_t *last, last_room;          /* by name: behind which segment a tag stands last */
} Reader;

/* The BLOCK of the whole template. */
NodeId template_statements(Reader *reader);

#endif
