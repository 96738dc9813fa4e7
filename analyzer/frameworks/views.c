/* Views of Django REST framework: which of their methods a request runs, and DRF's own parts.
 *
 *     BookViewSet     list, retrieve, create, update ... as its mixins have them; each @action
 *     BookList        get(), post() ... of its own, or those of its generic view
 *
 * Each is an entry with the request's method and the action's name set, so that branches on them
 * are decided. A view's hooks are called in DRF's order; what the project overrides is evaluated,
 * and its super() call comes back here. update() is taken to leave what a queryset prefetched: DRF
 * throws it away, which no edit of the queryset could mend. */
#include "frameworks/drf.h"

#include <strings.h>

#define DRF "rest_framework."
#define SWAGGER "swagger_fake_view" /* set while a schema is drawn up, on views without requests */

bool class_is_view(const Class *klass) {
    return class_is(klass, DRF "views.APIView");
}

static bool class_is_generic(const Class *klass) {
    return class_is(klass, DRF "generics.GenericAPIView");
}

/* A hook of the view: the project's, else the framework's own. */
static const Value *hook(Activation *a, NodeId node, const Value *view, const char *name,
                         const Arguments *arguments) {
    const ClassMember *own = class_method(a->e, view->klass, name);
    if (own && strcmp(name, "get_queryset")) return call_member(a, node, view, own, arguments);
    if (own) {
        const Value *queryset = call_member(a, node, view, own, arguments);
        bool open = queryset->kind == VALUE_QUERYSET && queryset->plan->open;
        return !open ? queryset
                     : eager_queryset(a, view, queryset, hook(a, node, view, "get_serializer_class",
                                                              &(Arguments){0}));
    }
    const Value *given = view_method(a, node, view, name, arguments);
    return given ? given : a->e->unknown;
}

static const Value *own_attribute(Activation *a, NodeId node, const Value *view,
                                  const char *name) {
    if (!class_member(view->klass, name_of(a->e, name)) && !object_fact(a, view, name))
        return a->e->unknown;
    return value_attribute(a, node, view, name_of(a->e, name));
}

static const Value *view_queryset(Activation *a, NodeId node, const Value *view) {
    const Value *queryset = own_attribute(a, node, view, "queryset");
    if (queryset->kind == VALUE_MANAGER) return manager_queryset(a, node, queryset);
    if (queryset->kind != VALUE_QUERYSET) return queryset;
    Value draft = *queryset; /* get_queryset() says .all(): a new one for each request */
    draft.site = site_of(a, node);
    draft.turn = activation_turn(a);
    return value_intern(a->e->values, &draft);
}

/* get_serializer_context() */
static const Value *view_context(Activation *a, const Value *view) {
    Evaluator *e = a->e;
    const Value *request = object_fact(a, view, "request");
    const Value *items[] = {
        value_string(e->values, name_of(e, "request")), request ? request : e->unknown,
        value_string(e->values, name_of(e, "format")), e->scalar,
        value_string(e->values, name_of(e, "view")), view,
    };
    return value_intern(e->values, &(Value){.kind = VALUE_DICT, .items = items,
                                            .count = sizeof items / sizeof *items});
}

static const Value *view_serializer(Activation *a, NodeId node, const Value *view,
                                    const Arguments *given) {
    Evaluator *e = a->e;
    const Value *klass = hook(a, node, view, "get_serializer_class", &(Arguments){0});
    Arguments arguments = *given;
    if (!argument(given, e, 99, "context"))
        arguments_add(e, &arguments, name_of(e, "context"), node,
                      hook(a, node, view, "get_serializer_context", &(Arguments){0}));
    if (klass->kind != VALUE_UNION)
        return klass->kind == VALUE_CLASS ? call_value(a, node, klass, &arguments) : e->unknown;
    const Value *joined = NULL;
    for (uint32_t i = 0; i < klass->count; i++) {
        const Value *one = klass->items[i]->kind == VALUE_CLASS
                               ? call_value(a, node, klass->items[i], &arguments)
                               : e->unknown;
        joined = value_join(e->values, e->plans, joined, one);
    }
    return joined;
}

static const Value *view_object(Activation *a, NodeId node, const Value *view) {
    const Value *queryset = hook(a, node, view, "get_queryset", &(Arguments){0});
    Arguments given = argument_of(node, queryset);
    queryset = hook(a, node, view, "filter_queryset", &given);
    if (queryset->kind != VALUE_QUERYSET && queryset->kind != VALUE_MANAGER) return a->e->unknown;
    return queryset_call(a, node, queryset, name_of(a->e, "get"), &(Arguments){0});
}

/* ListModelMixin.list() */
static const Value *view_list(Activation *a, NodeId node, const Value *view) {
    const Value *queryset = hook(a, node, view, "get_queryset", &(Arguments){0});
    Arguments given = argument_of(node, queryset);
    given = argument_of(node, hook(a, node, view, "filter_queryset", &given));
    given = argument_of(node, hook(a, node, view, "paginate_queryset", &given));
    arguments_add(a->e, &given, name_of(a->e, "many"), node, a->e->yes);
    drf_serialize(a, node, hook(a, node, view, "get_serializer", &given));
    return a->e->scalar;
}

static const Value *view_retrieve(Activation *a, NodeId node, const Value *view) {
    Arguments given = argument_of(node, hook(a, node, view, "get_object", &(Arguments){0}));
    drf_serialize(a, node, hook(a, node, view, "get_serializer", &given));
    return a->e->scalar;
}

/* create(), and update() of the object: the answer is the saved row, serialized. */
static const Value *view_save(Activation *a, NodeId node, const Value *view, bool update) {
    Arguments given = {0};
    if (update) given = argument_of(node, hook(a, node, view, "get_object", &(Arguments){0}));
    arguments_add(a->e, &given, name_of(a->e, "data"), node, a->e->unknown);
    const Value *serializer = hook(a, node, view, "get_serializer", &given);
    Arguments saved = argument_of(node, serializer);
    hook(a, node, view, update ? "perform_update" : "perform_create", &saved);
    drf_serialize(a, node, serializer);
    return a->e->scalar;
}

static const Value *view_destroy(Activation *a, NodeId node, const Value *view) {
    Arguments given = argument_of(node, hook(a, node, view, "get_object", &(Arguments){0}));
    hook(a, node, view, "perform_destroy", &given);
    return a->e->scalar;
}

static const Value *view_delete(Activation *a, NodeId node, const Value *row) {
    if (row->kind != VALUE_ROW) return a->e->none;
    const Value *method = value_attribute(a, node, row, name_of(a->e, "delete"));
    call_value(a, node, method, &(Arguments){0});
    return a->e->none;
}

/* get(), post() ... of the generic views. */
static const Value *view_handle(Activation *a, NodeId node, const Value *view, const char *name,
                                const Arguments *arguments) {
    bool list = class_is(view->klass, DRF "mixins.ListModelMixin");
    const char *action = !strcmp(name, "get")     ? (list ? "list" : "retrieve")
                         : !strcmp(name, "post")  ? "create"
                         : !strcmp(name, "put")   ? "update"
                         : !strcmp(name, "patch") ? "partial_update"
                         : !strcmp(name, "delete") ? "destroy" : NULL;
    return action ? hook(a, node, view, action, arguments) : NULL;
}

/* What runs of a view before its handler, in this order; each may set what is then asked for. */
static const char *const preparations[] = {"__init__", "setup", "dispatch", "initial"};
enum { PREPARATIONS = sizeof preparations / sizeof *preparations };

static bool name_prepares(const char *name) {
    for (size_t i = 0; i < PREPARATIONS; i++)
        if (!strcmp(preparations[i], name)) return true;
    return false;
}

static void view_prepare(Activation *a, NodeId node, const Value *view, const Arguments *given) {
    for (size_t i = 0; i < PREPARATIONS; i++) {
        const ClassMember *own = class_method(a->e, view->klass, preparations[i]);
        Arguments settings = {.open = true}; /* of as_view(), where the view is made */
        if (own) call_member(a, node, view, own, i ? given : &settings);
    }
}

const Value *view_method(Activation *a, NodeId node, const Value *view, const char *name,
                         const Arguments *arguments) {
    Evaluator *e = a->e;
    if (name_prepares(name)) return e->none;
    if (!class_is_generic(view->klass)) return NULL;
    const Value *first = arguments->count ? arguments->values[0] : e->unknown;
    if (!strcmp(name, "get_queryset")) return view_queryset(a, node, view);
    if (!strcmp(name, "filter_queryset")) return backends_filter(a, node, view, first);
    if (!strcmp(name, "paginate_queryset")) return backends_page(a, node, view, first);
    if (!strcmp(name, "get_paginated_response")) return e->scalar;
    if (!strcmp(name, "get_serializer_class"))
        return own_attribute(a, node, view, "serializer_class");
    if (!strcmp(name, "get_serializer_context")) return view_context(a, view);
    if (!strcmp(name, "get_serializer")) return view_serializer(a, node, view, arguments);
    if (!strcmp(name, "get_object")) return view_object(a, node, view);
    if (!strcmp(name, "list")) return view_list(a, node, view);
    if (!strcmp(name, "retrieve")) return view_retrieve(a, node, view);
    if (!strcmp(name, "create")) return view_save(a, node, view, false);
    if (!strcmp(name, "update")) return view_save(a, node, view, true);
    if (!strcmp(name, "partial_update")) return hook(a, node, view, "update", arguments);
    if (!strcmp(name, "destroy")) return view_destroy(a, node, view);
    if (!strcmp(name, "perform_create") || !strcmp(name, "perform_update"))
        return drf_save(a, node, first);
    if (!strcmp(name, "perform_destroy")) return view_delete(a, node, first);
    return view_handle(a, node, view, name, arguments);
}

const Value *view_attribute(Activation *a, NodeId node, const Value *view, Str name) {
    static const char *const methods[] = {
        "get_queryset", "filter_queryset", "paginate_queryset", "get_paginated_response",
        "get_serializer_class", "get_serializer_context", "get_serializer", "get_object", "list",
        "retrieve", "create", "update", "partial_update", "destroy", "perform_create",
        "perform_update", "perform_destroy", "get", "post", "put", "patch", "delete"};
    Evaluator *e = a->e;
    const char *text = project_text(e->project, name);
    bool known = name_prepares(text);
    if (!strcmp(text, "paginator") && class_is_generic(view->klass))
        return passed_paginator(a, node);
    for (size_t i = 0; class_is_generic(view->klass) && i < sizeof methods / sizeof *methods; i++)
        known = known || !strcmp(methods[i], text);
    if (!known) return NULL;
    return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name, .self = view});
}

/* Entries. */

typedef struct Action {
    const char *name;
    const char *method;          /* of the request; NULL: one of several */
    const Arguments *settings;   /* attributes that @action sets, or NULL */
    const Value *detail;         /* of a view set: whether it is about one row; or NULL */
} Action;

/* Whether http_method_names lets the action's method through. */
static bool view_allows(Evaluator *e, const Class *klass, const char *method) {
    const ClassMember *member = class_member(klass, name_of(e, "http_method_names"));
    if (!method || !member || member->kind != MEMBER_VALUE || !member->site.node) return true;
    const Value *names = evaluate_constant(e, member->site, member->owner);
    bool allowed = names->kind != VALUE_SEQUENCE;
    for (uint32_t i = 0; !allowed && i < names->count; i++) {
        const Value *name = names->items[i];
        allowed = name->kind != VALUE_STRING
                  || !strcasecmp(project_text(e->project, name->name), method);
    }
    return allowed;
}

/* An action that no request reaches is no entry, nor is the method that the class writes for it. */
static void pass_over(Evaluator *e, const Class *klass, const char *action) {
    const ClassMember *own = class_method(e, klass, action);
    if (own && own->owner == klass && own->site.node) function_pass_over(e, own->site);
}

static void run_action(Evaluator *e, const Class *klass, const Action *action) {
    if (!view_allows(e, klass, action->method)) {
        pass_over(e, klass, action->name);
        return;
    }
    Activation top;
    entry_start(&top, e, klass, SURFACE_VIEW);
    top.function = name_of(e, arena_format(e->arena, "%s.%s",
                                            project_text(e->project, klass->name), action->name));
    NodeId node = klass->site.node;
    const Value *view = value_intern(e->values, &(Value){
        .kind = VALUE_OBJECT, .klass = klass, .site = klass->site,
        .name = name_of(e, action->name)});
    object_put(&top, view, "action", value_string(e->values, name_of(e, action->name)));
    object_put(&top, view, SWAGGER, e->no);
    if (action->detail) object_put(&top, view, "detail", action->detail);
    for (uint32_t i = 0; action->settings && i < action->settings->count; i++)
        object_put(&top, view, project_text(e->project, action->settings->names[i]),
                action->settings->values[i]);
    top.self = view;
    if (action->method) request_put_method(&top, action->method);
    const Value *request = request_value(e);
    object_put(&top, view, "request", request);
    Arguments given = argument_of(node, request);
    given.open = true;
    view_prepare(&top, node, view, &given);
    hook(&top, node, view, action->name, &given);
    for (uint32_t i = 0; i < top.touches.count; i++) {
        Touch *touch = &top.touches.items[i]; /* the call of its own method says nothing more */
        const FrameLink *call = touch->frames, *inner = call ? call->inner : NULL;
        Str below = inner ? inner->frame.function : touch->event.function;
        if (call && call->frame.function == top.function && below == top.function)
            touch->frames = inner;
    }
    root_finish(&top);
}

static bool decorator_routes(Evaluator *e, Site decorator) {
    static const char *const names[] = {DRF "decorators.action", DRF "decorators.detail_route",
                                        DRF "decorators.list_route"};
    const Module *module = e->project->modules[decorator.module].module;
    if (module_node(module, decorator.node)->kind != NODE_CALL) return false;
    Symbol symbol = project_expression(e->project, decorator.module,
                                       node_child(module, decorator.node, 0));
    if (symbol.kind != SYMBOL_EXTERNAL || !symbol.dotted) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name_is(e, symbol.dotted, names[i])) return true;
    return false;
}

static void run_routed(Evaluator *e, const Class *klass, const ClassMember *member,
                       NodeId decorator) {
    const Module *module = e->project->modules[member->site.module].module;
    Arguments settings = {0};
    Action action = {.name = project_text(e->project, member->name), .method = "GET",
                     .settings = &settings};
    for (uint32_t i = 1; i < node_count(module, decorator); i++) {
        const Node *keyword = module_node(module, node_child(module, decorator, i));
        if (keyword->kind != NODE_KEYWORD) continue;
        Str name = project_name(e->project, member->site.module, keyword->name);
        NodeId said = node_child(module, node_child(module, decorator, i), 0);
        const Value *value = evaluate_constant(e, (Site){member->site.module, said}, NULL);
        if (name_is(e, name, "methods")) action.method = methods_only(e, value);
        arguments_add(e, &settings, name, decorator, value);
    }
    run_action(e, klass, &action);
}

/* The @action of a method; NODE_NONE: it has none. */
static NodeId member_routing(Evaluator *e, const ClassMember *member) {
    const Module *module = e->project->modules[member->site.module].module;
    for (uint32_t k = 3; k < node_count(module, member->site.node); k++) {
        NodeId decorator = node_child(module, member->site.node, k);
        if (decorator_routes(e, (Site){member->site.module, decorator})) return decorator;
    }
    return NODE_NONE;
}

/* The methods with @action, the inherited ones too. */
static void run_extra_actions(Evaluator *e, const Class *klass, const Routes *routes) {
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            if (member->kind != MEMBER_FUNCTION || !member->site.node
                || class_member(klass, member->name) != member)
                continue;
            NodeId decorator = member_routing(e, member);
            if (!decorator) continue;
            if (!routes || route_of(routes, member->name)) run_routed(e, klass, member, decorator);
            else pass_over(e, klass, project_text(e->project, member->name));
        }
}

static const char *route_method(Evaluator *e, const Route *route) {
    return route->method ? project_text(e->project, route->method) : NULL;
}

typedef struct Standard {
    const char *name, *method, *mixin, *other;
    bool all;                    /* it is about all rows, as routers say: detail is false */
} Standard;

static void run_standard(Evaluator *e, const Class *klass, const Routes *routes,
                         const Standard *table, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const Standard *row = &table[i];
        bool has = class_method(e, klass, row->name) || class_is(klass, row->mixin)
                   || (row->other && class_is(klass, row->other));
        const Route *route = routes ? route_of(routes, name_of(e, row->name)) : NULL;
        const char *method = route ? route_method(e, route) : row->method;
        if (routes && !route) pass_over(e, klass, row->name);
        else if (has) run_action(e, klass, &(Action){.name = row->name, .method = method,
                                                     .detail = row->all ? e->no : NULL});
    }
}

/* Methods that URLs lead to and no decorator marks. */
static void run_routes(Evaluator *e, const Class *klass, const Routes *routes,
                       const Standard *table, size_t count) {
    for (uint32_t i = 0; routes && i < routes->all.count; i++) {
        const Route *route = routes->all.items[i];
        const ClassMember *member = class_member(klass, route->action);
        bool own = member && member->kind == MEMBER_FUNCTION && member->site.node;
        for (size_t k = 0; own && k < count; k++)
            own = !name_is(e, member->name, table[k].name);
        if (!own || member_routing(e, member)) continue;
        run_action(e, klass, &(Action){.name = project_text(e->project, member->name),
                                       .method = route_method(e, route)});
    }
}

static void run_view(Evaluator *e, const Class *klass) {
    static const Standard actions[] = {
        {"list", "GET", DRF "mixins.ListModelMixin", NULL, true},
        {"retrieve", "GET", DRF "mixins.RetrieveModelMixin", NULL, false},
        {"create", "POST", DRF "mixins.CreateModelMixin", NULL, true},
        {"update", "PUT", DRF "mixins.UpdateModelMixin", NULL, false},
        {"partial_update", "PATCH", DRF "mixins.UpdateModelMixin", NULL, false},
        {"destroy", "DELETE", DRF "mixins.DestroyModelMixin", NULL, false},
    };
    static const Standard handlers[] = {
        {"get", "GET", DRF "mixins.ListModelMixin", DRF "mixins.RetrieveModelMixin", false},
        {"post", "POST", DRF "mixins.CreateModelMixin", NULL, false},
        {"put", "PUT", DRF "mixins.UpdateModelMixin", NULL, false},
        {"patch", "PATCH", DRF "mixins.UpdateModelMixin", NULL, false},
        {"delete", "DELETE", DRF "mixins.DestroyModelMixin", NULL, false},
    };
    if (class_is(klass, DRF "viewsets.ViewSetMixin")) {
        const Routes *routes = view_routes(e, klass);
        run_standard(e, klass, routes, actions, sizeof actions / sizeof *actions);
        run_extra_actions(e, klass, routes);
        run_routes(e, klass, routes, actions, sizeof actions / sizeof *actions);
    } else {
        run_standard(e, klass, NULL, handlers, sizeof handlers / sizeof *handlers);
    }
}

static void run_if_view(Evaluator *e, const Class *klass) {
    if (class_is_view(klass)) run_view(e, klass);
}

void view_roots(Evaluator *e) {
    classes_visit(e, run_if_view);
}
