/* Calls that render a template with a context, and what stands in the context besides it. */
#include "flow/templates.h"

static const Value *response(Activation *a) {
    return a->e->scalar; /* an HttpResponse: nothing in it is a row */
}

static const Value *context_or_empty(Evaluator *e, const Value *context) {
    if (context && context->kind == VALUE_DICT) return context;
    if (!context || context->kind == VALUE_NONE)
        return value_intern(e->values, &(Value){.kind = VALUE_DICT});
    return NULL;
}

/* A call with the template's name at this position, and the context behind it. */
static const Value *render_at(Activation *a, NodeId node, const Arguments *arguments,
                              uint32_t position) {
    const Value *name = argument(arguments, a->e, position, "template_name");
    if (!name) name = argument(arguments, a->e, 99, "template");
    const Value *context = argument(arguments, a->e, position + 1, "context");
    template_render(a, node, name, context_or_empty(a->e, context));
    return response(a);
}

/* render(request, template_name, context); TemplateResponse likewise */
const Value *render_request(Activation *a, NodeId node, const Arguments *arguments) {
    return render_at(a, node, arguments, 1);
}

/* render_to_string(template_name, context), SimpleTemplateResponse(template, context) */
const Value *render_plain(Activation *a, NodeId node, const Arguments *arguments) {
    return render_at(a, node, arguments, 0);
}

/* get_template("x") gives a template; .render(context) runs it. */
const Value *render_template(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *name = argument(arguments, a->e, 0, "template_name");
    (void)node;
    if (!name || name->kind != VALUE_STRING) return a->e->unknown;
    Str kind = str_of(a->e->project->strings, "django.template.Template");
    return value_intern(a->e->values, &(Value){.kind = VALUE_EXTERNAL, .name = kind,
                                               .attr = name->name});
}

/* template.render(context): the method of what get_template() gave. NULL: not such a call. */
const Value *render_method(Activation *a, NodeId node, const Value *self, Str name,
                           const Arguments *arguments) {
    Evaluator *e = a->e;
    if (self->kind != VALUE_EXTERNAL || !self->attr || !name_is(e, name, "render")) return NULL;
    const Value *context = argument(arguments, e, 0, "context");
    template_render(a, node, value_string(e->values, self->attr), context_or_empty(e, context));
    return response(a);
}
