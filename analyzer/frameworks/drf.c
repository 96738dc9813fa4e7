/* Serializers of Django REST framework, as functions over rows.
 *
 *     BookSerializer(queryset, many=True).data    for row in queryset: BookSerializer(row)
 *     BookSerializer(row).data                    every field of the class, applied to the row
 *     BookSerializer(row, data=...).save()        update(row, ...), if the project wrote one
 *
 * A serializer class is called like a function whose body is its fields, so it is remembered like
 * one. */
#include "frameworks/drf.h"
#include "frameworks/frameworks.h"

#define DRF "rest_framework."

/* Serializers over rows. */

static const Value *serializer_object(Activation *a, const Class *klass, Site site) {
    return value_intern(a->e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                               .site = site});
}

/* The fields of the class, applied to a row. */
static void call_fields(Activation *a, NodeId node, const Value *serializer,
                        const Arguments *arguments) {
    if (object_fact(a, serializer, "+chosen")) return;
    const Class *klass = serializer->klass;
    fields_prepare(a, node, serializer);
    Value draft = {.kind = VALUE_METHOD, .site = klass->site, .klass = klass, .self = serializer,
                   .flags = serializer_of(a->e, klass)->open ? VALUE_DOUBTFUL : 0};
    call_value(a, node, value_intern(a->e->values, &draft), arguments);
}

static void represent(Activation *a, NodeId node, const Value *serializer, const Value *row) {
    if (row->kind == VALUE_UNION) {
        for (uint32_t i = 0; i < row->count; i++) represent(a, node, serializer, row->items[i]);
        return;
    }
    if (row->kind != VALUE_ROW && row->kind != VALUE_OBJECT) return;
    Arguments arguments = argument_of(node, row);
    const ClassMember *own = class_method(a->e, serializer->klass, "to_representation");
    if (own) {
        call_member(a, node, serializer, own, &arguments);
        return;
    }
    call_fields(a, node, serializer, &arguments);
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
    const ClassMember *own = list ? class_method(a->e, list, "to_representation") : NULL;
    if (!own) {
        represent_rows(a, node, serializer, value);
        return;
    }
    const Value *object = serializer_object(a, list, serializer->site);
    object_put(a, object, "child", serializer);
    Arguments arguments = argument_of(node, value);
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

/* slug_field="publisher__name" leads through relations. */
static const Value *value_of_slug(Activation *a, NodeId node, const Value *row, Str slug) {
    const char *text = project_text(a->e->project, slug);
    for (;;) {
        const char *next = strstr(text, "__");
        size_t length = next ? (size_t)(next - text) : strlen(text);
        row = value_attribute(a, node, row, str_intern(a->e->project->strings, text, length));
        if (!next) return row;
        text = next + 2;
    }
}

static void field_related(Activation *a, NodeId node, const SerializerField *field,
                          const Value *value) {
    if (field->kind == FIELD_STRING) use_text(a, node, value);
    if (field->kind == FIELD_SLUG && field->argument && value->kind == VALUE_ROW)
        use_text(a, node, value_of_slug(a, node, value, field->argument));
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

/* The list that many=True makes around a serializer. */
static const Value *list_around(Activation *a, Site site) {
    const Class *list = project_class_named(a->e->project, DRF "serializers.ListSerializer");
    return list ? serializer_object(a, list, site) : a->e->unknown;
}

/* A field's serializer shares the context of the one it is in. */
static const Value *serializer_below(Activation *a, const SerializerField *field,
                                     const Value *parent) {
    const Value *object = serializer_object(a, field->klass, field->site);
    const Value *context = object_fact(a, parent, "context");
    if (context) object_put(a, object, "context", context);
    object_put(a, object, "parent", field->many ? list_around(a, field->site) : parent);
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

/* What a field gives back goes to the renderer, which fetches the querysets in it: the query is
 * told of where the queryset was built. */
static void value_rendered(Activation *a, const Value *value, unsigned depth) {
    bool fetched = state_get(&a->state, fact_key(FACT_EVALUATED, value->id, 0));
    if (value->kind == VALUE_QUERYSET && value->site.node && !fetched) {
        uint32_t module = a->module;
        a->module = value->site.module;
        queryset_run(a, value->site.node,
                     value_with_flags(a->e->values, value, VALUE_DOUBTFUL), OPERATION_ITERATE);
        a->module = module;
    }
    bool holds = value->kind == VALUE_UNION || value->kind == VALUE_SEQUENCE
                 || value->kind == VALUE_DICT;
    for (uint32_t i = 0; holds && depth < 3 && i < value->count; i++)
        value_rendered(a, value->items[i], depth + 1);
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
    Arguments arguments = argument_of(node, row);
    value_rendered(a, call_member(a, node, serializer, member, &arguments), 0);
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

/* The project's to_representation() of the value; of a related field with many=True, of each. */
static void field_run_custom(Activation *a, NodeId node, const SerializerField *field,
                             const Value *serializer, const Value *row) {
    Str last = STR_NONE;
    Walk walk;
    const Value *value = value_of_source(a, node, row, field->source, false, &last);
    bool each = field->many && class_is(field->klass, DRF "serializers.RelatedField");
    if (each && !many_start(a, node, value, true, &walk)) return;
    const ClassMember *own = class_method(a->e, field->klass, "to_representation");
    Arguments arguments = argument_of(node, each ? walk.item : value);
    const Value *object = serializer_below(a, field, serializer);
    if (own) value_rendered(a, call_member(a, node, object, own, &arguments), 0);
    if (each) walk_end(a, &walk, true);
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
    case FIELD_CUSTOM: field_run_custom(a, node, field, serializer, row); break;
    case FIELD_UNREAD: break;
    case FIELD_VALUE:
        use_text(a, node, value_of_source(a, node, row, field->source, false, &last));
        break;
    }
}

/* "BookSerializer.author", as findings name it. */
static Str field_function(Evaluator *e, const Class *klass, const SerializerField *field) {
    return name_of(e, arena_format(e->arena, "%s.%s", project_text(e->project, klass->name),
                                    project_text(e->project, field->name)));
}

static void drf_body(Activation *a, const Class *klass, const Value *self, const Value *row) {
    if (!class_is_serializer(klass)) return;
    const Serializer *serializer = serializer_of(a->e, klass);
    uint32_t module = a->module;
    Str function = a->function;
    a->surface = SURFACE_SERIALIZER;
    for (uint32_t i = 0; i < serializer->fields.count; i++) {
        const SerializerField *field = &serializer->fields.items[i];
        if (!field->name || field_is_dropped(a, self, field->name)) continue;
        a->module = field->site.module; /* where the field is declared is where it costs */
        a->function = field_function(a->e, klass, field);
        field_run(a, field->site.node, field, self, row);
    }
    a->module = module;
    a->function = function;
}

/* Serializer(...) and what is asked of the object. */

static Arguments arguments_without(Evaluator *e, const Arguments *given, const char *name) {
    Arguments rest = {.open = given->open, .rest = given->rest};
    for (uint32_t i = 0; i < given->count; i++) {
        if (given->names[i] && name_is(e, given->names[i], name)) continue;
        rest.names[rest.count] = given->names[i];
        rest.nodes[rest.count] = given->nodes[i];
        rest.values[rest.count++] = given->values[i];
    }
    return rest;
}

static const Value *drf_construct(Activation *a, NodeId node, const Value *callee,
                                  const Arguments *arguments) {
    Evaluator *e = a->e;
    const Class *klass = callee->klass;
    if (class_is_passed(klass)) return passed_construct(a, node, klass);
    if (klass->external || !class_is_serializer(klass)) return NULL;
    const Value *object = serializer_object(a, klass, site_of(a, node));
    const Value *instance = argument(arguments, e, 0, "instance");
    const Value *many = argument(arguments, e, 99, "many");
    const Value *context = argument(arguments, e, 99, "context");
    const Value *data = argument(arguments, e, 1, "data");
    if (!instance && !arguments->open) instance = e->none;
    object_put(a, object, "instance", instance ? instance : e->unknown);
    if (data) object_put(a, object, "+data", data);
    if (!context && !arguments->open)
        context = value_intern(e->values, &(Value){.kind = VALUE_DICT});
    object_put(a, object, "context", context ? context : e->unknown);
    bool is_many = many && many->kind == VALUE_BOOL && many->flags & VALUE_TRUE;
    object_put(a, object, "+many", is_many ? e->yes : e->no);
    object_put(a, object, "parent", is_many ? list_around(a, site_of(a, node)) : e->none);
    for (uint32_t i = 0; serializer_of(e, klass)->open && i < arguments->count; i++)
        if (serializer_argument_chooses(e, arguments->names[i], arguments->values[i]))
            object_put(a, object, "+chosen", e->yes);
    const ClassMember *init = class_method(e, klass, "__init__");
    Arguments given = is_many ? arguments_without(e, arguments, "many") : *arguments;
    if (init) call_member(a, node, object, init, &given);
    return object;
}

static void serializer_data(Activation *a, NodeId node, const Value *object) {
    const Value *instance = object_fact(a, object, "instance");
    const Value *many = object_fact(a, object, "+many");
    if (!instance || !many) return;
    Surface before = a->surface;
    a->surface = SURFACE_SERIALIZER;
    if (many->flags & VALUE_TRUE) represent_many(a, node, object, instance);
    else represent(a, node, object, instance);
    a->surface = before;
}

void drf_serialize(Activation *a, NodeId node, const Value *serializer) {
    if (serializer->kind == VALUE_UNION) {
        a->undecided++;
        for (uint32_t i = 0; i < serializer->count; i++)
            drf_serialize(a, node, serializer->items[i]);
        a->undecided--;
    } else if (serializer->kind == VALUE_OBJECT && class_is_serializer(serializer->klass))
        serializer_data(a, node, serializer);
}

/* Hooks. */

static const Value *method_value(Activation *a, const Value *object, Str name) {
    return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                               .self = object});
}

static const Value *drf_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    static const char *const methods[] = {"to_representation", "save", "is_valid", "create",
                                          "update", "get_fields"};
    const char *text = project_text(a->e->project, name);
    if (!object->klass)
        return fields_are(a, object) && !strcmp(text, "pop") ? method_value(a, object, name) : NULL;
    if (class_is_view(object->klass)) return view_attribute(a, node, object, name);
    if (class_is_passed(object->klass)) return passed_attribute(a, object, name);
    if (!class_is_serializer(object->klass)) return NULL;
    if (!strcmp(text, "fields")) return fields_of(a, object);
    if (!strcmp(text, "data")) {
        serializer_data(a, node, object);
        return a->e->scalar;
    }
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i], text)) return method_value(a, object, name);
    return NULL;
}

static const Value *serializer_representation(Activation *a, NodeId node, const Value *object,
                                              const Arguments *arguments) {
    const Value *row = arguments->values[0];
    const Value *child = object_fact(a, object, "child");
    const Value *many = object_fact(a, object, "+many");
    bool list = many && many->flags & VALUE_TRUE && row->kind != VALUE_ROW;
    if (list) { /* the list around it is meant, not super().to_representation() of one */
        represent_many(a, node, object, row);
    } else if (child && child->kind == VALUE_OBJECT && class_is_serializer(child->klass)) {
        represent_rows(a, node, child, row);
    } else if (row->kind == VALUE_ROW) {
        call_fields(a, node, object, arguments);
    }
    return value_intern(a->e->values, &(Value){.kind = VALUE_DICT, .self = a->e->scalar});
}

/* super().__init__(...) of a serializer: what it was made with, as its class changed it. With
 * many=True it is the list around it that has the rows and the context, as they were given. */
static const Value *serializer_init(Activation *a, const Value *object,
                                    const Arguments *arguments) {
    const Value *many = object_fact(a, object, "+many");
    const Value *instance = argument(arguments, a->e, 0, "instance");
    const Value *context = argument(arguments, a->e, 99, "context");
    if (many && !(many->flags & VALUE_TRUE)) {
        if (instance) object_put(a, object, "instance", instance);
        if (context) object_put(a, object, "context", context);
    }
    return a->e->none;
}

static const Value *drf_method(Activation *a, NodeId node, const Value *object, Str name,
                               const Arguments *arguments) {
    const char *text = project_text(a->e->project, name);
    if (!object->klass) return fields_method(a, object, text, arguments);
    if (class_is_view(object->klass)) return view_method(a, node, object, text, arguments);
    if (class_is_passed(object->klass)) return passed_method(a, text, arguments);
    if (!class_is_serializer(object->klass)) return NULL;
    if (!strcmp(text, "get_fields")) return fields_of(a, object);
    if (!strcmp(text, "__init__")) return serializer_init(a, object, arguments);
    if (!strcmp(text, "is_valid")) return a->e->scalar;
    if (!strcmp(text, "save")) return saved_serializer(a, node, object);
    if (!strcmp(text, "update") && arguments->count) {
        write_unknown(a, node);
        return arguments->values[0];
    }
    if (strcmp(text, "to_representation") || !arguments->count) return NULL;
    return serializer_representation(a, node, object, arguments);
}

const Framework framework_drf = {
    .construct = drf_construct, .attribute = drf_attribute, .method = drf_method,
    .body = drf_body, .roots = view_roots,
};
