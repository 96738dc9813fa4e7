/* The request that Django gives to views: one object, whoever asks.
 *
 * `request` is known by the parameter's name. Its user is a row of the user model, fetched once;
 * what else is on it was put there by the project's middleware, which therefore runs first. Rows
 * found there are single ones that no queryset in view can be changed for: what hangs from them
 * has its birth where it is asked. */
#include "flow/evaluate.h"

const Value *request_value(Evaluator *e) {
    Str name = str_of(e->project->strings, "request");
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .name = name});
}

bool value_is_request(Evaluator *e, const Value *value) {
    return value->kind == VALUE_OBJECT && !value->klass && name_is(e, value->name, "request");
}

bool parameter_is_request(const Activation *a, NodeId parameter) {
    return name_is(a->e, node_name(a, parameter), "request")
           && !a->e->project->modules[a->module].file->template
           && node_at(a, child_at(a, parameter, 0))->kind == NODE_ABSENT;
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
