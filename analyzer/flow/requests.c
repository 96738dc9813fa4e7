/* The request that Django gives to views: one object, whoever asks.
 *
 * `request` is known by the parameter's name. Its user is a row of the user model, fetched once;
 * what else is on it was put there by the project's middleware, which therefore runs first. Rows
 * found there are single ones that no queryset in view can be changed for: what hangs from them
 * has its birth where it is asked. Its method is known where a view is run for one: by the action,
 * by the handler's name, or by a decorator that lets no other through. */
#include "flow/templates.h"

#include <ctype.h>

const Value *request_value(Evaluator *e) {
    Str name = str_of(e->project->strings, "request");
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .name = name});
}

bool value_is_request(Evaluator *e, const Value *value) {
    return value->kind == VALUE_OBJECT && !value->klass && name_is(e, value->name, "request");
}

bool parameter_is_request(const Activation *a, NodeId parameter) {
    return name_is(a->e, node_name(a, parameter), "request")
           && !template_runs(a)
           && node_at(a, child_at(a, parameter, 0))->kind == NODE_ABSENT;
}

const char *methods_only(Evaluator *e, const Value *methods) {
    bool one = methods->kind == VALUE_SEQUENCE && methods->count == 1
               && methods->items[0]->kind == VALUE_STRING;
    return one ? project_text(e->project, methods->items[0]->name) : NULL;
}

void request_put_method(Activation *a, const char *method) {
    Strings *strings = a->e->project->strings;
    uint64_t key = fact_key(FACT_ATTRIBUTE, request_value(a->e)->id, str_of(strings, "method"));
    char capitals[16];
    size_t length = strlen(method);
    if (length >= sizeof capitals) return;
    for (size_t i = 0; i <= length; i++) capitals[i] = (char)toupper((unsigned char)method[i]);
    state_set(a->e->scratch, &a->state, key,
              value_string(a->e->values, str_of(strings, capitals)));
}

/* The one method that a decorator lets through, or NULL. */
static const char *decorator_method(Evaluator *e, Site decorator) {
    bool called = site_node(e->project, decorator)->kind == NODE_CALL;
    Site maker = called ? site_below(e->project, decorator, 0) : decorator;
    Symbol symbol = project_expression(e->project, maker.module, maker.node);
    if (symbol.kind != SYMBOL_EXTERNAL || !symbol.dotted) return NULL;
    if (name_is(e, symbol.dotted, "django.views.decorators.http.require_GET")) return "GET";
    if (name_is(e, symbol.dotted, "django.views.decorators.http.require_POST")) return "POST";
    bool view = name_is(e, symbol.dotted, "rest_framework.decorators.api_view");
    bool listed = view || name_is(e, symbol.dotted,
                                  "django.views.decorators.http.require_http_methods");
    uint32_t count = called ? site_count(e->project, decorator) : 0;
    if (view && called && count == 1) return "GET";
    if (!listed || count != 2) return NULL;
    Site methods = site_below(e->project, decorator, 1);
    if (site_node(e->project, methods)->kind == NODE_KEYWORD)
        methods = site_below(e->project, methods, 0);
    return methods_only(e, evaluate_constant(e, methods, NULL));
}

void request_take_method(Activation *a, Site function) {
    for (uint32_t i = 3; i < site_count(a->e->project, function); i++) {
        Site decorator = site_below(a->e->project, function, i);
        const char *method = decorator_method(a->e, decorator);
        if (method) request_put_method(a, method);
    }
}

const Value *request_constant(Evaluator *e, const Value *value) {
    static const char *const safe[] = {"GET", "HEAD", "OPTIONS"};
    const Value *items[3];
    if (value->kind != VALUE_EXTERNAL
        || !name_is(e, value->name, "rest_framework.permissions.SAFE_METHODS"))
        return value;
    for (size_t i = 0; i < 3; i++)
        items[i] = value_string(e->values, str_of(e->project->strings, safe[i]));
    return value_sequence(e->values, items, 3);
}

static const Value *row_given(Evaluator *e, const Value *row) {
    Birth draft = *row->birth;
    draft.given = true;
    draft.single = true;
    return row_make(e, birth_make(e, &draft), row->plan, TURN_OUTSIDE, NULL);
}

static const Value *request_user(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Model *model = project_user_model(e->project);
    if (!model) return NULL;
    Site site = model->klass && model->klass->site.node ? model->klass->site : site_of(a, node);
    const Value *manager = manager_make(a, node, model,
                                        str_of(e->project->strings, "_default_manager"));
    const Birth *birth = birth_make(e, &(Birth){.site = site, .model = model,
                                                .single = true, .known = true, .given = true});
    return row_make(e, birth, manager ? manager->plan : plan_open(e->plans), TURN_OUTSIDE, NULL);
}

const Value *request_attribute(Activation *a, NodeId node, Str name) {
    const Value *put = map_get(&a->e->request_attributes, name);
    if (put) return put;
    return name_is(a->e, name, "user") ? request_user(a, node) : NULL;
}

/* Whether the function at hand belongs to the middleware. */
static bool in_middleware(const Activation *a) {
    return a->owner && strstr(project_text(a->e->project, a->owner->name), "Middleware");
}

const Value *request_assigned(Activation *a, Str name, const Value *value) {
    Evaluator *e = a->e;
    if (!in_middleware(a) || (value->kind != VALUE_ROW && value->kind != VALUE_QUERYSET))
        return value;
    const Value *known = value_turned(e->values, value, TURN_FRESH, TURN_OUTSIDE);
    if (known->kind == VALUE_ROW) known = row_given(e, known);
    const Value *put = map_get(&e->request_attributes, name);
    put = value_join(e->values, e->plans, put, known);
    map_put(e->arena, &e->request_attributes, name, (void *)(uintptr_t)put);
    return known;
}
