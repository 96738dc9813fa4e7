/* The request of a view: an object whose user is one row, fetched by itself when it is first asked
 * for, as the session's backend does. */
#include "flow/evaluate.h"

const Value *request_make(Evaluator *e, Site site) {
    Str name = str_of(e->project->strings, "request");
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .site = site, .name = name});
}

/* Whether a parameter that nobody in view passes is a view's request: views call it so. */
bool parameter_is_request(const Activation *a, NodeId parameter) {
    return name_is(a->e, node_name(a, parameter), "request")
           && node_at(a, child_at(a, parameter, 0))->kind == NODE_ABSENT;
}

const Value *request_attribute(Activation *a, const Value *request, Str name) {
    Evaluator *e = a->e;
    if (request->klass || !request->name || !name_is(e, request->name, "request")) return NULL;
    const Model *model = name_is(e, name, "user") ? project_user_model(e->project) : NULL;
    if (!model) return NULL;
    const Birth *birth = birth_make(e, &(Birth){.site = request->site, .model = model,
                                                .single = true, .known = true});
    return row_make(e, birth, plan_empty(e->plans), TURN_OUTSIDE, NULL);
}
