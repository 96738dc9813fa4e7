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
                              uint32_t position, bool responds) {
    const Value *name = argument(arguments, a->e, position, "template_name");
    if (!name) name = argument(arguments, a->e, 99, "template");
    const Value *context = argument(arguments, a->e, position + 1, "context");
    context = context_or_empty(a->e, context);
    if (!arguments->open) context = context_whole(a, context, responds);
    template_render(a, node, name, context);
    return response(a);
}

/* render(request, template_name, context) */
const Value *render_request(Activation *a, NodeId node, const Arguments *arguments) {
    return render_at(a, node, arguments, 1, false);
}

/* TemplateResponse(request, template, context) */
const Value *render_response(Activation *a, NodeId node, const Arguments *arguments) {
    return render_at(a, node, arguments, 1, true);
}

/* render_to_string(template_name, context) */
const Value *render_plain(Activation *a, NodeId node, const Arguments *arguments) {
    return render_at(a, node, arguments, 0, false);
}

/* SimpleTemplateResponse(template, context) */
const Value *render_simple(Activation *a, NodeId node, const Arguments *arguments) {
    return render_at(a, node, arguments, 0, true);
}

/* A template: by its name, or by the root of its text. */
static const Value *template_made(Evaluator *e, Str name, Site root) {
    Str kind = str_of(e->project->strings, "django.template.Template");
    return value_intern(e->values, &(Value){.kind = VALUE_EXTERNAL, .name = kind, .attr = name,
                                            .site = root});
}

/* engines["django"], Engine.get_default(): from_string() makes a template. */
const Value *render_engine(Activation *a, NodeId node, const Arguments *arguments) {
    Strings *strings = a->e->project->strings;
    Value draft = {.kind = VALUE_EXTERNAL, .name = str_of(strings, "django.template.Engine"),
                   .attr = str_of(strings, "from_string")};
    (void)node, (void)arguments;
    return value_intern(a->e->values, &draft);
}

/* get_template("x") gives a template; .render(context) runs it. */
const Value *render_template(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *name = argument(arguments, a->e, 0, "template_name");
    (void)node;
    if (!name || name->kind != VALUE_STRING) return a->e->unknown;
    return template_made(a->e, name->name, (Site){0});
}

/* Template("{% for ... %}"), engines["django"].from_string("...") */
const Value *render_text(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *text = argument(arguments, a->e, 0, "template_string");
    (void)node;
    if (!text) text = argument(arguments, a->e, 99, "template_code");
    if (!text || text->kind != VALUE_STRING || !text->site.node) return a->e->unknown;
    return template_made(a->e, STR_NONE, text->site);
}

/* Context({...}): the names that a template knows. */
const Value *render_context(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *context = context_or_empty(a->e, argument(arguments, a->e, 0, "dict_"));
    (void)node;
    return context ? context : a->e->unknown;
}

/* RequestContext(request, {...}) */
const Value *render_request_context(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *context = context_or_empty(a->e, argument(arguments, a->e, 1, "dict_"));
    (void)node;
    return context ? context : a->e->unknown;
}

/* template.render(context): the method of what get_template() gave. NULL: not such a call. */
const Value *render_method(Activation *a, NodeId node, const Value *self, Str name,
                           const Arguments *arguments) {
    Evaluator *e = a->e;
    if (self->kind != VALUE_EXTERNAL) return NULL;
    if (name_is(e, name, "from_string")) return render_text(a, node, arguments);
    if (!name_is(e, self->name, "django.template.Template")) return NULL;
    bool text = self->site.node != NODE_NONE;
    if ((!self->attr && !text) || !name_is(e, name, "render")) return NULL;
    const Value *context = context_or_empty(e, argument(arguments, e, 0, "context"));
    if (!arguments->open) context = context_whole(a, context, false);
    if (text) template_render_text(a, node, self->site, context);
    else template_render(a, node, value_string(e->values, self->attr), context);
    return response(a);
}
