/* templates.h - pages: templates as functions of their context.
 *
 * Rendering calls the template's module like a function: its variables are the context, what it
 * extends and includes is run with it, and the call is remembered like any other. Internal to
 * analyzer/flow and analyzer/frameworks. */
#ifndef EAGERLY_TEMPLATES_H
#define EAGERLY_TEMPLATES_H

#include "flow/evaluate.h"

enum { PAGE_TEMPLATES = 16 }; /* a template, what it extends, what that extends ... */

/* The templates of one page, the one asked for first, its outermost base last. */
typedef struct Page {
    Site templates[PAGE_TEMPLATES]; /* their roots */
    uint32_t count;
    uint32_t level;      /* which of them runs */
    Str section;         /* the {% block %} that runs, for block.super; STR_NONE: none */
    uint32_t section_level;
} Page;

/* Renders a template by name: a STRING, several (the first that is there), or either of several.
 * `context`: a DICT; NULL or something else: nothing is known, and nothing runs. */
void template_render(Activation *a, NodeId node, const Value *name, const Value *context);
/* The same, for the statistics said of another place than the node: a view's class. */
void template_render_at(Activation *a, NodeId node, Site place, const Value *name,
                        const Value *context);
/* The same of a template that stands in a string of the code: its root. */
void template_render_text(Activation *a, NodeId node, Site root, const Value *context);
/* Whether what runs here is a template's own text. */
bool template_runs(const Activation *a);
/* The body of a page: called by calls.c for a function whose site is a template's root. */
void template_body(Activation *a, NodeId root, const Value *context);

/* What stands in templates only: LOOKUP, FILTER as expressions; the rest as statements. */
const Value *template_evaluate(Activation *a, NodeId node);
void template_execute(Activation *a, NodeId node);

/* A name that the context does not have: what each page knows, or a function of the project that
 * Jinja templates know. */
const Value *template_global(Activation *a, NodeId node, Str name);
/* A value of the context as a template takes it: called, if it can be and Django reads it. */
const Value *template_resolved(Activation *a, NodeId node, const Value *value);
/* value.name as templates read it: a key, an attribute or an index; called, if it can be. */
const Value *template_lookup(Activation *a, NodeId node, const Value *value, Str name);
/* The names the template sees, as the context of what it includes. */
const Value *template_context(Activation *a);

/* renders.c: the calls of Django's that render: what they give. */
const Value *render_request(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_response(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_plain(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_simple(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_template(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_engine(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_text(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_context(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_request_context(Activation *a, NodeId node, const Arguments *arguments);
const Value *render_method(Activation *a, NodeId node, const Value *self, Str name,
                           const Arguments *arguments);

/* processors.c: what context processors give each page. NULL: none in view gives the name. */
const Value *processor_value(Activation *a, NodeId node, Str name);
/* Whether pages have the name from them. */
bool processor_gives(const Evaluator *e, Str name);
/* Whether all names that the processor gives are known. */
bool processor_is_whole(Evaluator *e, uint32_t module, const char *dotted);

/* template_filters.c: value|name:arguments. */
const Value *template_filter(Activation *a, NodeId node, Str name, const Value *value,
                             const Arguments *arguments);

/* taglib.c: tags and filters of the project, by the name under which templates know them. */
typedef enum TagKind { TAG_FILTER, TAG_SIMPLE, TAG_INCLUSION, TAG_GLOBAL } TagKind;
typedef struct TemplateTag {
    TagKind kind;
    Site function;           /* the FUNCTION node */
    bool takes_context;
    Str template;            /* of an inclusion tag */
    struct TemplateTag *next;
} TemplateTag;
/* Unless there is one of that name already. */
void template_tag_add(Evaluator *e, Str name, TemplateTag tag);
/* environments.c: what a module puts into an environment of Jinja's. */
void environment_read(Evaluator *e, uint32_t module);
/* Of that name: filters, or everything else. NULL: the project has none. */
const TemplateTag *template_tag(Evaluator *e, Str name, bool filter);

/* contexts.c: pages all of whose names are in view. */
/* The context with a mark if it and the context processors are whole; else as it is. `response`:
 * it stays on a response that others may change. */
const Value *context_whole(Activation *a, const Value *context, bool response);
/* A page starts with the names of this context. */
void context_enter(Activation *a, const Value *context);
/* From here on there may be other names. */
void context_opens(Activation *a);
/* The same, by a tag; `named`: it says `as name`. */
void context_tagged(Activation *a, Str name, const TemplateTag *tag, bool named);
/* NONE, for a name that is certainly not there; NULL: it may be. */
const Value *context_absent(Activation *a, Str name);
/* What a tag is given, or a name is bound to: "" for a name that is not there. */
const Value *context_given(Activation *a, NodeId node, const Value *value);

#endif
