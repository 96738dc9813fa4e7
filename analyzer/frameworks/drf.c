/* Django REST Framework, as functions over rows.
 *
 *     BookSerializer(queryset, many=True).data    for row in queryset: BookSerializer(row)
 *     BookSerializer(row).data                    every field of the class, applied to the row
 *     BookViewSet, list                           BookSerializer(filter(get_queryset()), many=True)
 *     BookViewSet, retrieve                       BookSerializer(get_queryset().get())
 *
 * A serializer class is called like a function whose body is its fields, so it is remembered like
 * one. A view's hooks are called in DRF's order; what the project overrides is evaluated. */
#include "frameworks/frameworks.h"
#include "frameworks/serializer.h"

#define DRF "rest_framework."

static Str name_of(Evaluator *e, const char *text) {
    return str_of(e->project->strings, text);
}

static const Value *fact_of(Activation *a, const Value *object, const char *name) {
    return state_get(&a->state, fact_key(FACT_ATTRIBUTE, object->id, name_of(a->e, name)));
}

static void fact_put(Activation *a, const Value *object, const char *name, const Value *value) {
    state_set(a->e->arena, &a->state, fact_key(FACT_ATTRIBUTE, object->id, name_of(a->e, name)),
              value);
}

static const ClassMember *method_of(Evaluator *e, const Class *klass, const char *name) {
    const ClassMember *member = class_member(klass, name_of(e, name));
    return member && member->kind == MEMBER_FUNCTION ? member : NULL;
}

static Arguments one_argument(NodeId node, const Value *value) {
    Arguments arguments = {.count = 1};
    arguments.values[0] = value;
    arguments.nodes[0] = node;
    return arguments;
}

/* Serializers over rows. */

static const Value *serializer_object(Activation *a, const Class *klass, Site site) {
    return value_intern(a->e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                               .site = site});
}

static void represent(Activation *a, NodeId node, const Value *serializer, const Value *row) {
    if (row->kind == VALUE_UNION) {
        for (uint32_t i = 0; i < row->count; i++) represent(a, node, serializer, row->items[i]);
        return;
    }
    if (row->kind != VALUE_ROW && row->kind != VALUE_OBJECT) return;
    Arguments arguments = one_argument(node, row);
    const ClassMember *own = method_of(a->e, serializer->klass, "to_representation");
    if (own) {
        call_member(a, node, serializer, own, &arguments);
        return;
    }
    Value draft = {.kind = VALUE_METHOD, .site = serializer->klass->site,
                   .klass = serializer->klass, .self = serializer};
    call_value(a, node, value_intern(a->e->values, &draft), &arguments);
}

static const Value *rows_of(Activation *a, NodeId node, const Value *value) {
    if (value->kind == VALUE_MANAGER) return manager_queryset(a, node, value);
    return value;
}

static void represent_rows(Activation *a, NodeId node, const Value *serializer,
                           const Value *value) {
    Walk walk;
    value = rows_of(a, node, value);
    bool rows = value->kind == VALUE_QUERYSET || value->kind == VALUE_MANY
                || value->kind == VALUE_SEQUENCE || value->kind == VALUE_UNION;
    if (!rows || !walk_start(a, node, node, value, &walk)) return;
    uint32_t rounds = walk.item_count ? walk.item_count : 1;
    for (uint32_t i = 0; i < rounds; i++) {
        walk_turn(a, &walk);
        represent(a, node, serializer, walk.item_count ? walk.items[i] : walk.item);
    }
    walk_end(a, &walk, true);
}

/* many=True: through the list serializer's to_representation(), if the project wrote one. */
static void represent_many(Activation *a, NodeId node, const Value *serializer,
                           const Value *value) {
    const Class *list = serializer_of(a->e, serializer->klass)->list;
    const ClassMember *own = list ? method_of(a->e, list, "to_representation") : NULL;
    if (!own) {
        represent_rows(a, node, serializer, value);
        return;
    }
    const Value *object = serializer_object(a, list, serializer->site);
    fact_put(a, object, "child", serializer);
    Arguments arguments = one_argument(node, value);
    call_member(a, node, object, own, &arguments);
}

/* Fields. A source is read as DRF does: attribute by attribute, calling what is callable. */

static const Value *value_of_step(Activation *a, NodeId node, const Value *value, Str name) {
    value = value_attribute(a, node, value, name);
    bool callable = value->kind == VALUE_METHOD || value->kind == VALUE_FUNCTION
                    || value->kind == VALUE_BUILTIN;
    return callable ? call_value(a, node, value, &(Arguments){0}) : value;
}

/* The value behind a dotted source; with `keep_last` the last part is left to the caller. */
static const Value *value_of_source(Activation *a, NodeId node, const Value *row, Str source,
                                bool keep_last, Str *last) {
    Evaluator *e = a->e;
    const char *text = project_text(e->project, source);
    if (!strcmp(text, "*")) return row;
    const Value *value = row;
    for (;;) {
        size_t length = strcspn(text, ".");
        Str part = str_intern(e->project->strings, text, length);
        if (!text[length]) {
            *last = part;
            return keep_last ? value : value_of_step(a, node, value, part);
        }
        value = value_of_step(a, node, value, part);
        text += length + 1;
    }
}

static const Relation *relation_named(const Value *row, Str name) {
    return row->kind == VALUE_ROW && row->birth->model ? model_relation(row->birth->model, name)
                                                       : NULL;
}

/* Every row of a to-many source, for fields with many=True. DRF says .all() once more. */
static bool many_start(Activation *a, NodeId node, const Value *value, bool again, Walk *walk) {
    if (value->kind == VALUE_MANAGER) value = manager_queryset(a, node, value);
    else if (value->kind == VALUE_QUERYSET && again)
        value = queryset_call(a, node, value, name_of(a->e, "all"), &(Arguments){0});
    bool rows = value->kind == VALUE_QUERYSET || value->kind == VALUE_MANY;
    if (!rows || !walk_start(a, node, node, value, walk)) return false;
    walk_turn(a, walk);
    return true;
}

static void field_related(Activation *a, NodeId node, const SerializerField *field,
                          const Value *value) {
    if (field->kind == FIELD_STRING) use_text(a, node, value);
    if (field->kind == FIELD_SLUG && field->argument && value->kind == VALUE_ROW)
        use_text(a, node, value_attribute(a, node, value, field->argument));
}

static void field_run_related(Activation *a, NodeId node, const SerializerField *field,
                              const Value *row) {
    Str last = STR_NONE;
    if (field->many) {
        Walk walk;
        const Value *value = value_of_source(a, node, row, field->source, false, &last);
        if (!many_start(a, node, value, true, &walk)) return;
        field_related(a, node, field, walk.item);
        walk_end(a, &walk, true);
        return;
    }
    bool key = field->kind == FIELD_KEY;
    const Value *holder = value_of_source(a, node, row, field->source, true, &last);
    if (key && !strcmp(project_text(a->e->project, field->source), "*")) return;
    const Relation *relation = relation_named(holder, last);
    if (key && relation && relation->attname) { /* the column holds the key */
        value_attribute(a, node, holder, relation->attname);
        return;
    }
    if (last) field_related(a, node, field, value_of_step(a, node, holder, last));
}

/* A field's serializer shares the context of the one it is in. */
static const Value *serializer_below(Activation *a, const SerializerField *field,
                                     const Value *parent) {
    const Value *object = serializer_object(a, field->klass, field->site);
    const Value *context = fact_of(a, parent, "context");
    if (context) fact_put(a, object, "context", context);
    return object;
}

static void field_run_nested(Activation *a, NodeId node, const SerializerField *field,
                             const Value *parent, const Value *row) {
    Str last = STR_NONE;
    const Value *value = value_of_source(a, node, row, field->source, false, &last);
    const Value *nested = serializer_below(a, field, parent);
    if (field->many) represent_many(a, node, nested, value);
    else represent(a, node, nested, value);
}

static void field_run_method(Activation *a, NodeId node, const SerializerField *field,
                             const Value *serializer, const Value *row) {
    Evaluator *e = a->e;
    Str name = field->argument;
    if (!name) {
        char *text = arena_format(e->arena, "get_%s", project_text(e->project, field->name));
        name = name_of(e, text);
    }
    const ClassMember *member = class_member(serializer->klass, name);
    if (!member || member->kind != MEMBER_FUNCTION) return;
    Arguments arguments = one_argument(node, row);
    call_member(a, node, serializer, member, &arguments);
}

/* Meta.depth: forward relations and many-to-many of the model below, down to the depth. */
static void row_deep(Activation *a, NodeId node, const Value *row, uint32_t depth) {
    const Model *model = row->kind == VALUE_ROW ? row->birth->model : NULL;
    for (uint32_t i = 0; model && i < model->relations.count; i++) {
        const Relation *relation = model->relations.items[i];
        bool single = relation->kind == RELATION_FK || relation->kind == RELATION_O2O;
        if (!relation->name || (!single && relation->kind != RELATION_M2M)) continue;
        if (single && !depth) continue;
        const Value *value = value_attribute(a, node, row, relation->name);
        if (single) {
            row_deep(a, node, value, depth - 1);
            continue;
        }
        Walk walk;
        if (!many_start(a, node, value, false, &walk)) continue;
        if (depth) row_deep(a, node, walk.item, depth - 1);
        walk_end(a, &walk, true);
    }
}

static void field_run_auto(Activation *a, NodeId node, const SerializerField *field,
                           const Value *row) {
    const Relation *relation = relation_named(row, field->name);
    if (!relation) {
        value_of_step(a, node, row, field->name);
        return;
    }
    if (!relation->many && relation->attname && !field->depth) {
        value_attribute(a, node, row, relation->attname);
        return;
    }
    const Value *value = value_attribute(a, node, row, field->name);
    Walk walk;
    if (!relation->many) {
        if (field->depth) row_deep(a, node, value, field->depth - 1);
    } else if (many_start(a, node, value, false, &walk)) {
        if (field->depth) row_deep(a, node, walk.item, field->depth - 1);
        walk_end(a, &walk, true);
    }
}

static void field_run(Activation *a, NodeId node, const SerializerField *field,
                      const Value *serializer, const Value *row) {
    Str last = STR_NONE;
    switch (field->kind) {
    case FIELD_METHOD: field_run_method(a, node, field, serializer, row); break;
    case FIELD_KEY: case FIELD_SLUG: case FIELD_STRING:
        field_run_related(a, node, field, row);
        break;
    case FIELD_NESTED: field_run_nested(a, node, field, serializer, row); break;
    case FIELD_AUTO: field_run_auto(a, node, field, row); break;
    case FIELD_CUSTOM: {
        Arguments arguments = one_argument(
            node, value_of_source(a, node, row, field->source, false, &last));
        const ClassMember *own = method_of(a->e, field->klass, "to_representation");
        const Value *object = serializer_below(a, field, serializer);
        if (own) call_member(a, node, object, own, &arguments);
        break;
    }
    case FIELD_VALUE:
        use_text(a, node, value_of_source(a, node, row, field->source, false, &last));
        break;
    }
}

static void drf_body(Activation *a, const Class *klass, const Value *self, const Value *row) {
    if (!class_is_serializer(klass)) return;
    const Serializer *serializer = serializer_of(a->e, klass);
    uint32_t module = a->module;
    a->surface = SURFACE_SERIALIZER;
    for (uint32_t i = 0; i < serializer->fields.count; i++) {
        const SerializerField *field = &serializer->fields.items[i];
        if (!field->name) continue;
        a->module = field->site.module; /* where the field is declared is where it costs */
        field_run(a, field->site.node, field, self, row);
    }
    a->module = module;
}

/* Serializer(...) and what is asked of the object. */

static const Value *drf_construct(Activation *a, NodeId node, const Value *callee,
                                  const Arguments *arguments) {
    Evaluator *e = a->e;
    const Class *klass = callee->klass;
    if (klass->external || !class_is_serializer(klass)) return NULL;
    const Value *object = serializer_object(a, klass, site_of(a, node));
    const Value *instance = argument(arguments, e, 0, "instance");
    const Value *many = argument(arguments, e, 99, "many");
    const Value *context = argument(arguments, e, 99, "context");
    fact_put(a, object, "instance", instance ? instance : e->unknown);
    if (!context && !arguments->open)
        context = value_intern(e->values, &(Value){.kind = VALUE_DICT});
    fact_put(a, object, "context", context ? context : e->unknown);
    bool is_many = many && many->kind == VALUE_BOOL && many->flags & VALUE_TRUE;
    fact_put(a, object, "+many", is_many ? e->yes : e->no);
    const ClassMember *init = method_of(e, klass, "__init__");
    if (init) call_member(a, node, object, init, arguments);
    return object;
}

static void serializer_data(Activation *a, NodeId node, const Value *object) {
    const Value *instance = fact_of(a, object, "instance");
    const Value *many = fact_of(a, object, "+many");
    if (!instance || !many) return;
    Surface before = a->surface;
    a->surface = SURFACE_SERIALIZER;
    if (many->flags & VALUE_TRUE) represent_many(a, node, object, instance);
    else represent(a, node, object, instance);
    a->surface = before;
}

/* Views. */

static bool class_is_view(const Class *klass) {
    return class_is(klass, DRF "generics.GenericAPIView");
}

static const Value *view_attribute(Activation *a, NodeId node, const Value *view,
                                   const char *name) {
    const Class *klass = view->klass;
    if (!class_member(klass, name_of(a->e, name))
        && !fact_of(a, view, name))
        return a->e->unknown;
    return value_attribute(a, node, view, name_of(a->e, name));
}

/* A hook of the view: the project's, else the framework's own. */
static const Value *view_hook(Activation *a, NodeId node, const Value *view, const char *name,
                              const Arguments *arguments);

static const Value *view_queryset(Activation *a, NodeId node, const Value *view) {
    const Value *queryset = view_attribute(a, node, view, "queryset");
    if (queryset->kind == VALUE_MANAGER) return manager_queryset(a, node, queryset);
    if (queryset->kind != VALUE_QUERYSET) return queryset;
    Value draft = *queryset; /* get_queryset() says .all(): a new one for each request */
    draft.site = site_of(a, node);
    draft.turn = activation_turn(a);
    return value_intern(a->e->values, &draft);
}

static const Value *view_serializer(Activation *a, NodeId node, const Value *view,
                                    const Arguments *arguments) {
    const Value *klass = view_hook(a, node, view, "get_serializer_class", &(Arguments){0});
    Arguments with_context = *arguments; /* get_serializer_context(): the request is in it */
    if (!argument(arguments, a->e, 99, "context") && with_context.count < LIMIT_ARGUMENTS) {
        with_context.names[with_context.count] = name_of(a->e, "context");
        with_context.nodes[with_context.count] = node;
        with_context.values[with_context.count++] = a->e->unknown;
    }
    arguments = &with_context;
    if (klass->kind == VALUE_UNION) {
        const Value *joined = NULL;
        for (uint32_t i = 0; i < klass->count; i++) {
            const Value *one = klass->items[i]->kind == VALUE_CLASS
                                   ? call_value(a, node, klass->items[i], arguments)
                                   : a->e->unknown;
            joined = joined ? value_join(a->e->values, a->e->plans, joined, one) : one;
        }
        return joined;
    }
    return klass->kind == VALUE_CLASS ? call_value(a, node, klass, arguments) : a->e->unknown;
}

static const Value *view_object(Activation *a, NodeId node, const Value *view) {
    const Value *queryset = view_hook(a, node, view, "get_queryset", &(Arguments){0});
    Arguments given = one_argument(node, queryset);
    queryset = view_hook(a, node, view, "filter_queryset", &given);
    if (queryset->kind != VALUE_QUERYSET && queryset->kind != VALUE_MANAGER) return a->e->unknown;
    return queryset_call(a, node, queryset, name_of(a->e, "get"), &(Arguments){0});
}

static void serialize(Activation *a, NodeId node, const Value *serializer) {
    if (serializer->kind == VALUE_UNION)
        for (uint32_t i = 0; i < serializer->count; i++) serialize(a, node, serializer->items[i]);
    else if (serializer->kind == VALUE_OBJECT && class_is_serializer(serializer->klass))
        serializer_data(a, node, serializer);
}

/* ListModelMixin.list() */
static const Value *view_list(Activation *a, NodeId node, const Value *view) {
    Evaluator *e = a->e;
    const Value *queryset = view_hook(a, node, view, "get_queryset", &(Arguments){0});
    Arguments given = one_argument(node, queryset);
    given = one_argument(node, view_hook(a, node, view, "filter_queryset", &given));
    given = one_argument(node, view_hook(a, node, view, "paginate_queryset", &given));
    given.count = 2;
    given.names[1] = name_of(e, "many");
    given.values[1] = e->yes;
    given.nodes[1] = node;
    serialize(a, node, view_hook(a, node, view, "get_serializer", &given));
    return e->unknown;
}

/* RetrieveModelMixin.retrieve(), and the answer of update() */
static const Value *view_retrieve(Activation *a, NodeId node, const Value *view) {
    Arguments given = one_argument(node, view_hook(a, node, view, "get_object", &(Arguments){0}));
    serialize(a, node, view_hook(a, node, view, "get_serializer", &given));
    return a->e->unknown;
}

static const Value *view_method(Activation *a, NodeId node, const Value *view, const char *name,
                                const Arguments *arguments) {
    const Value *first = arguments->count ? arguments->values[0] : a->e->unknown;
    if (!strcmp(name, "get_queryset")) return view_queryset(a, node, view);
    if (!strcmp(name, "filter_queryset") || !strcmp(name, "paginate_queryset")) return first;
    if (!strcmp(name, "get_serializer_class"))
        return view_attribute(a, node, view, "serializer_class");
    if (!strcmp(name, "get_serializer")) return view_serializer(a, node, view, arguments);
    if (!strcmp(name, "get_object")) return view_object(a, node, view);
    if (!strcmp(name, "list")) return view_list(a, node, view);
    if (!strcmp(name, "retrieve")) return view_retrieve(a, node, view);
    return NULL;
}

static const Value *view_hook(Activation *a, NodeId node, const Value *view, const char *name,
                              const Arguments *arguments) {
    const ClassMember *own = method_of(a->e, view->klass, name);
    if (own) return call_member(a, node, view, own, arguments);
    const Value *given = view_method(a, node, view, name, arguments);
    return given ? given : a->e->unknown;
}

/* Hooks. */

static const Value *drf_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    const char *text = project_text(a->e->project, name);
    if (!object->klass) return NULL;
    if (class_is_serializer(object->klass)) {
        if (!strcmp(text, "data")) {
            serializer_data(a, node, object);
            return a->e->scalar;
        }
    } else if (!class_is_view(object->klass)) {
        return NULL;
    }
    static const char *const methods[] = {
        "to_representation", "get_queryset", "filter_queryset", "paginate_queryset",
        "get_serializer_class", "get_serializer", "get_object", "list", "retrieve"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i], text))
            return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                                       .self = object});
    return NULL;
}

static const Value *drf_method(Activation *a, NodeId node, const Value *object, Str name,
                               const Arguments *arguments) {
    const char *text = project_text(a->e->project, name);
    if (!object->klass) return NULL;
    if (class_is_view(object->klass)) return view_method(a, node, object, text, arguments);
    if (!class_is_serializer(object->klass) || strcmp(text, "to_representation")
        || !arguments->count)
        return NULL;
    const Value *row = arguments->values[0];
    const Value *child = fact_of(a, object, "child");
    if (child && child->kind == VALUE_OBJECT && class_is_serializer(child->klass)) {
        represent_rows(a, node, child, row);
    } else if (row->kind == VALUE_ROW) {
        Value draft = {.kind = VALUE_METHOD, .site = object->klass->site, .klass = object->klass,
                       .self = object};
        call_value(a, node, value_intern(a->e->values, &draft), arguments);
    }
    return value_intern(a->e->values, &(Value){.kind = VALUE_DICT, .self = a->e->scalar});
}

/* Entries: list and retrieve of every view that has them. */

static void run_action(Evaluator *e, const Class *klass, const char *action) {
    Activation top;
    root_start(&top, e, klass->site.module);
    top.function = klass->name;
    top.owner = klass;
    top.surface = SURFACE_VIEW;
    const Value *view = value_intern(e->values, &(Value){
        .kind = VALUE_OBJECT, .klass = klass, .site = klass->site, .name = name_of(e, action)});
    fact_put(&top, view, "action", value_string(e->values, name_of(e, action)));
    top.self = view;
    Value draft = {.kind = VALUE_OBJECT, .site = klass->site, .name = name_of(e, "request")};
    const Value *request = value_intern(e->values, &draft);
    fact_put(&top, request, "method", value_string(e->values, name_of(e, "GET")));
    fact_put(&top, view, "request", request);
    view_hook(&top, klass->site.node, view, action, &(Arguments){.open = true});
    root_finish(&top);
}

static bool class_counts(const Evaluator *e, const Class *klass) {
    const SourceFile *file = e->project->modules[klass->site.module].file;
    return file->role == FILE_CODE || (file->role == FILE_TEST && e->options->include_tests);
}

static void drf_roots(Evaluator *e) {
    for (uint32_t i = 0; i < e->project->classes.count; i++) {
        const Class *klass = e->project->classes.items[i];
        if (!class_is_view(klass) || klass->in_function || !class_counts(e, klass)) continue;
        bool list = class_is(klass, DRF "mixins.ListModelMixin") || method_of(e, klass, "list");
        bool one = class_is(klass, DRF "mixins.RetrieveModelMixin")
                   || method_of(e, klass, "retrieve");
        if (list) run_action(e, klass, "list");
        if (one) run_action(e, klass, "retrieve");
    }
}

const Framework framework_drf = {
    .construct = drf_construct, .attribute = drf_attribute, .method = drf_method,
    .body = drf_body, .roots = drf_roots,
};
