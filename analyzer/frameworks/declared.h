/* declared.h - what the classes say that a framework asks by attributes and hooks: options, with
 * the places where they are written, and rows shown through them. Internal to frameworks. */
#ifndef EAGERLY_DECLARED_H
#define EAGERLY_DECLARED_H

#include "frameworks/objects.h"

/* An option: what the class (or a hook of it) says, and where. `value` NULL: nothing is said. */
typedef struct Option {
    const Value *value;
    Site site;                   /* the value's expression, or the hook; else the class */
} Option;
Option option_of(Activation *a, const Value *object, const char *name);
/* The same, asked of a hook first: get_list_display(request) before list_display. */
Option option_hooked(Activation *a, const Value *object, const char *hook, const char *name,
                     const Arguments *arguments);
/* The string of that text in an expression or function, or the expression itself. */
Site site_of_text(Evaluator *e, Site in, Str text);

/* The class of NAME = SomeClass(...), when it is or inherits from that one; else NULL. */
const Class *declared_call(Evaluator *e, const ClassMember *member, const char *dotted);
/* An argument of a call by position (from 0) or name; NODE_NONE: it is not given. */
NodeId declared_argument(Evaluator *e, Site call, uint32_t position, const char *name);

/* From here to declared_leave(), what runs in the activation stands in that module. */
typedef struct Standing {
    uint32_t module;
    Surface surface;
    struct Page *page;           /* names in code are none of the page's that is rendered */
} Standing;
Standing declared_enter(Activation *a, Site site, Surface surface);
void declared_leave(Activation *a, Standing before);

/* row.name, called if it can be. */
const Value *declared_read(Activation *a, NodeId node, const Value *value, Str name);
/* "author__publisher" or "author.publisher": part by part. */
const Value *declared_path(Activation *a, NodeId node, const Value *value, const char *path,
                           const char *separator);
/* The rows of the model's default manager, asked at that node. */
const Value *declared_rows(Activation *a, NodeId node, const Model *model);
/* The model that an attribute of the class names; NULL: none in view. */
const Model *declared_model(Activation *a, const Value *object, const char *name);
/* A manager is a queryset where rows are wanted. */
const Value *declared_queryset(Activation *a, NodeId node, const Value *value);

#endif
