/* django-filter: FilterSet(data, queryset).qs is the queryset, narrowed by what the request asks.
 *
 *     FilterSet.queryset    what was given, or all rows of Meta.model
 *     FilterSet.qs          filter_queryset(queryset.all()), worked out once
 *
 * The project's own qs and filter_queryset() are evaluated, and their super() comes back here. */
#include "frameworks/frameworks.h"
#include "frameworks/objects.h"

static bool class_is_filterset(const Class *klass) {
    return klass && class_is(klass, "django_filters.BaseFilterSet");
}

/* All rows of the model that Meta names; NULL: it names none. */
static const Value *meta_rows(Activation *a, NodeId node, const Class *klass) {
    Evaluator *e = a->e;
    const ClassMember *meta = class_member(klass, name_of(e, "Meta"));
    if (!meta || meta->kind != MEMBER_CLASS || !meta->klass) return NULL;
    const ClassMember *model = class_member(meta->klass, name_of(e, "model"));
    if (!model || model->kind != MEMBER_VALUE) return NULL;
    const Value *value = evaluate_constant(e, model->site, model->owner);
    if (value->kind != VALUE_CLASS || !value->klass->model) return NULL;
    return manager_make(a, node, value->klass->model, name_of(e, "_default_manager"));
}

/* __init__(data=None, queryset=None, ...) of the library. */
static void filterset_fill(Activation *a, NodeId node, const Value *set,
                           const Arguments *arguments) {
    const Value *rows = argument(arguments, a->e, 1, "queryset");
    if (!rows || rows->kind == VALUE_NONE)
        rows = arguments->open ? a->e->unknown : meta_rows(a, node, set->klass);
    if (!rows) rows = a->e->unknown;
    if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
    object_put(a, set, "queryset", rows);
}

static const Value *filters_construct(Activation *a, NodeId node, const Value *callee,
                                      const Arguments *arguments) {
    Evaluator *e = a->e;
    const Class *klass = callee->klass;
    if (!class_is_filterset(klass) || klass->external) return NULL;
    if (class_method(e, klass, "__init__")) return NULL;
    const Value *set = value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                                        .site = site_of(a, node)});
    filterset_fill(a, node, set, arguments);
    const Value *rows = object_fact(a, set, "queryset");
    const Value *items[] = {value_string(e->values, name_of(e, "queryset")), rows};
    Value draft = {.kind = VALUE_OBJECT, .klass = klass, .site = site_of(a, node), .items = items,
                   .count = 2};
    return value_intern(e->values, &draft);
}

static const Value *narrowed(Activation *a, NodeId node, const Value *rows) {
    if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
    if (rows->kind != VALUE_QUERYSET) return rows;
    return queryset_call(a, node, rows, name_of(a->e, "filter"), &(Arguments){.open = true});
}

/* The same queryset each time it is asked: it keeps its rows. */
static const Value *filterset_rows(Activation *a, NodeId node, const Value *set) {
    Evaluator *e = a->e;
    const Value *known = object_fact(a, set, "_qs");
    if (known) return known;
    const Value *rows = value_attribute(a, node, set, name_of(e, "queryset"));
    const ClassMember *own = class_method(e, set->klass, "filter_queryset");
    if (own) {
        Arguments given = argument_of(node, rows);
        rows = call_member(a, node, set, own, &given);
    } else {
        rows = narrowed(a, node, rows);
    }
    object_put(a, set, "_qs", rows);
    return rows;
}

static const Value *filters_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    const char *text = project_text(a->e->project, name);
    if (!class_is_filterset(object->klass)) return NULL;
    if (!strcmp(text, "qs")) return filterset_rows(a, node, object);
    if (!strcmp(text, "queryset")) return a->e->unknown;
    if (strcmp(text, "filter_queryset") && strcmp(text, "is_valid")) return NULL;
    return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                               .self = object});
}

static const Value *filters_method(Activation *a, NodeId node, const Value *object, Str name,
                                   const Arguments *arguments) {
    const char *text = project_text(a->e->project, name);
    if (!class_is_filterset(object->klass)) return NULL;
    if (!strcmp(text, "qs")) return filterset_rows(a, node, object);
    if (!strcmp(text, "__init__")) {
        filterset_fill(a, node, object, arguments);
        return a->e->none;
    }
    if (!strcmp(text, "is_valid")) return a->e->scalar;
    if (strcmp(text, "filter_queryset") || !arguments->count) return NULL;
    return narrowed(a, node, arguments->values[0]);
}

const Framework framework_filters = {
    .construct = filters_construct, .attribute = filters_attribute, .method = filters_method,
};
