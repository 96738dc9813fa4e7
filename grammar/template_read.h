/* template_read.h - shared by the files that read templates. */
#ifndef EAGERLY_TEMPLATE_READ_H
#define EAGERLY_TEMPLATE_READ_H

#include "grammar/template.h"

enum {
    TEMPLATE_DEPTH = 200,   /* expressions in one another, and tags in one another */
    TEMPLATE_PARTS = 256,   /* arguments of a tag, items of a list */
};

/* {{ ... }} or {% ... %}: the offsets of what stands between the braces. */
typedef struct Segment {
    uint32_t start, end;    /* of the whole, braces included */
    uint32_t from, to;      /* of what is inside, without the signs for white space */
    bool tag;
    Str name;               /* of a tag; STR_NONE for {{ }} */
    uint32_t after;         /* behind the tag's name */
} Segment;

/* A place in the text of one segment. */
typedef struct Cursor {
    Module *module;
    const char *source;
    uint32_t at, end;
    unsigned depth;
    bool failed;            /* something could not be read: UNKNOWN stands there */
} Cursor;

void cursor_space(Cursor *cursor);          /* over white space */
bool cursor_done(Cursor *cursor);           /* nothing but white space is left */
bool cursor_take(Cursor *cursor, const char *sign);      /* a sign, if it stands here */
bool cursor_word(Cursor *cursor, const char *word);      /* a whole word, if it stands here */
bool cursor_at_word(Cursor *cursor, const char *word);   /* the same, without taking it */
Str cursor_name(Cursor *cursor);            /* an identifier; STR_NONE: none stands here */

/* Expressions. Each gives UNKNOWN and sets `failed` for what it cannot read. */
NodeId template_expression(Cursor *cursor);     /* with `a if b else c` */
NodeId template_condition(Cursor *cursor);      /* and, or, not, comparisons */
NodeId template_operand(Cursor *cursor);        /* a value with its dots, calls and filters */
NodeId template_target(Cursor *cursor);         /* `a` or `a, b` */
/* f(x, y=1): what stands behind the opening sign, up to the closing one. */
uint32_t template_arguments(Cursor *cursor, NodeId *items, uint32_t count, const char *close);

#endif
