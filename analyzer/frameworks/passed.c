/* Objects that a view hands its queryset to, and that hand it back with fewer rows.
 *
 *     PageNumberPagination().paginate_queryset(books, request)    a page of books
 *     BookFilter(request.GET, queryset=books).qs                  those books that fit
 */
#include "frameworks/drf.h"

#define PAGINATION "rest_framework.pagination.BasePagination"
#define FILTER_SET "django_filters.FilterSet"

bool class_is_passed(const Class *klass) {
    return class_is(klass, PAGINATION) || class_is(klass, FILTER_SET)
           || class_is(klass, "django_filters.BaseFilterSet");
}

const Value *passed_construct(Activation *a, NodeId node, const Class *klass,
                              const Arguments *arguments) {
    if (drf_function(a->e, klass, "__init__")) return NULL;
    const Value *object = value_intern(a->e->values, &(Value){
        .kind = VALUE_OBJECT, .klass = klass, .site = site_of(a, node)});
    const Value *rows = argument(arguments, a->e, 1, "queryset");
    if (!class_is(klass, PAGINATION)) drf_put(a, object, "queryset", rows ? rows : a->e->unknown);
    return object;
}

const Value *passed_paginator(Activation *a, NodeId node) {
    const Class *klass = project_class_named(a->e->project, PAGINATION);
    if (!klass) return a->e->unknown;
    return value_intern(a->e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                               .site = site_of(a, node)});
}

const Value *passed_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    static const char *const methods[] = {"paginate_queryset", "get_paginated_response",
                                          "filter_queryset", "is_valid"};
    const char *text = project_text(a->e->project, name);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i], text))
            return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                                       .self = object});
    if (strcmp(text, "qs")) return NULL;
    const ClassMember *own = drf_function(a->e, object->klass, "filter_queryset");
    const Value *rows = drf_fact(a, object, "queryset");
    if (!rows) return a->e->unknown;
    if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
    Arguments arguments = drf_argument(node, rows);
    return own ? call_member(a, node, object, own, &arguments) : rows;
}

const Value *passed_method(Activation *a, const char *name, const Arguments *arguments) {
    if (!strcmp(name, "paginate_queryset") || !strcmp(name, "filter_queryset"))
        return arguments->count ? arguments->values[0] : a->e->unknown;
    return a->e->scalar;
}
