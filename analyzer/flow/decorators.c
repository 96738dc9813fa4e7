/* Decorators: what a decorated function is.
 *
 * A decorator of the project is called with the function, once, where the function is defined:
 * the function is what that gives, a wrapper with the function among its captures. Decorators of
 * the outside world are taken to leave the function what it was; those that remember results are
 * known by name. */
#include "flow/evaluate.h"

static bool decorator_named(Evaluator *e, const Value *decorator, const char *const *names,
                            size_t count) {
    if (decorator->kind != VALUE_EXTERNAL) return false;
    for (size_t i = 0; i < count; i++)
        if (name_is(e, decorator->name, names[i])) return true;
    return false;
}

/* Calls with the same arguments run once. */
static bool decorator_remembers(Evaluator *e, const Value *decorator) {
    static const char *const names[] = {
        "functools.cache", "functools.lru_cache", "cachetools.cached", "cachetools.func.ttl_cache",
        "cachetools.func.lru_cache", "methodtools.lru_cache", "async_lru.alru_cache",
    };
    return decorator_named(e, decorator, names, sizeof names / sizeof *names);
}

static bool value_is_callable(Evaluator *e, const Value *value) {
    if (value->kind == VALUE_FUNCTION) return true;
    if (value->kind != VALUE_OBJECT || !value->klass) return false;
    const ClassMember *member = class_member(value->klass, str_of(e->project->strings, "__call__"));
    return member && member->kind == MEMBER_FUNCTION;
}

static const Value *decorated_with(Evaluator *e, const Value *wrapper, const Value *function) {
    Value draft = *wrapper;
    draft.key = function;
    return value_intern(e->values, &draft);
}

/* A wrapper whose result cannot be followed, as that of a cache, is taken to give back what the
 * function gives. */
const Value *decorated_result(Activation *a, NodeId node, const Value *wrapper,
                              const Arguments *arguments, const Value *result) {
    if (result->kind != VALUE_UNKNOWN || !wrapper->key) return result;
    Value draft = *wrapper->key;
    draft.kind = wrapper->kind;
    draft.self = wrapper->self;
    a->muted++;
    result = call_value(a, node, value_intern(a->e->values, &draft), arguments);
    a->muted--;
    bool rows = result->kind == VALUE_ROW || result->kind == VALUE_QUERYSET;
    return rows ? value_with_flags(a->e->values, result, VALUE_DOUBTFUL) : result;
}

/* What one decorator makes of the function. */
static const Value *decorate_once(Activation *a, NodeId node, const Value *function) {
    Evaluator *e = a->e;
    bool called = node_at(a, node)->kind == NODE_CALL;
    const Value *maker = evaluate(a, called ? child_at(a, node, 0) : node);
    if (decorator_remembers(e, maker)) return value_with_flags(e->values, function, VALUE_GUARD);
    if (maker->kind == VALUE_EXTERNAL || maker->kind == VALUE_UNKNOWN) return function;
    const Value *decorator = called ? evaluate(a, node) : maker;
    bool ours = decorator->kind == VALUE_FUNCTION || decorator->kind == VALUE_METHOD
                || decorator->kind == VALUE_OBJECT || decorator->kind == VALUE_BUILTIN
                || (decorator->kind == VALUE_CLASS && !decorator->klass->external);
    if (!ours) return function;
    const Value *made = call_simple(a, node, decorator, function);
    if (made->kind == VALUE_FUNCTION && made != function) return decorated_with(e, made, function);
    if (value_is_callable(e, made)) return made;
    return value_with_flags(e->values, function, VALUE_DOUBTFUL);
}

/* django-fsm: @transition(...); viewflow: @state.transition(...) */
bool method_moves_state(Activation *a, const Value *method) {
    const Project *project = a->e->project;
    if (method->kind != VALUE_METHOD || !method->self) return false;
    const Module *module = project->modules[method->site.module].module;
    if (module_node(module, method->site.node)->kind != NODE_FUNCTION) return false;
    for (uint32_t i = node_count(module, method->site.node); i-- > 3;) {
        NodeId node = node_child(module, method->site.node, i);
        if (module_node(module, node)->kind != NODE_CALL) continue;
        const Node *maker = module_node(module, node_child(module, node, 0));
        bool named = maker->kind == NODE_NAME || maker->kind == NODE_ATTRIBUTE;
        if (named && name_is(a->e, project_name(project, method->site.module, maker->name),
                             "transition"))
            return true;
    }
    return false;
}

const Value *function_decorate(Activation *a, const Value *function) {
    NodeId node = function->site.node;
    for (uint32_t i = children_of(a, node); i-- > 3;)
        function = decorate_once(a, child_at(a, node, i), function);
    return function;
}

const Value *function_defined(Evaluator *e, Site site, const Class *owner) {
    const Value *function = value_intern(e->values, &(Value){.kind = VALUE_FUNCTION, .site = site,
                                                             .klass = owner});
    const Module *module = e->project->modules[site.module].module;
    if (node_count(module, site.node) <= 3) return function;
    uint64_t key = site_key(site);
    const Value *known = map_get(&e->decorated, key);
    if (known) return known;
    map_put(e->arena, &e->decorated, key, (void *)(uintptr_t)function);
    if (e->depth >= LIMIT_CALLS) return function;
    Activation a;
    activation_start(&a, e, NULL, site.module);
    a.owner = owner;
    a.muted = 1;
    e->depth++;
    function = function_decorate(&a, function);
    e->depth--;
    activation_end(&a);
    function = value_turned(e->values, function, TURN_FRESH, TURN_OUTSIDE);
    map_put(e->arena, &e->decorated, key, (void *)(uintptr_t)function);
    return function;
}
