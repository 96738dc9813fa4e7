/* Paginators and filter backends, which a view hands its queryset to, and which hand it back with
 * fewer rows:
 *
 *     PageNumberPagination().paginate_queryset(books, request)    a page of books
 *     SearchFilter().filter_queryset(request, books, view)        some of the books
 */
#include "frameworks/drf.h"

#define PAGINATION "rest_framework.pagination.BasePagination"

bool class_is_passed(const Class *klass) {
    return class_is(klass, PAGINATION) || class_is_backend(klass);
}

const Value *passed_construct(Activation *a, NodeId node, const Class *klass) {
    if (class_method(a->e, klass, "__init__")) return NULL;
    return value_intern(a->e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                               .site = site_of(a, node)});
}

const Value *passed_paginator(Activation *a, NodeId node) {
    const Class *klass = project_class_named(a->e->project, PAGINATION);
    if (!klass) return a->e->unknown;
    return value_intern(a->e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                               .site = site_of(a, node)});
}

const Value *passed_attribute(Activation *a, const Value *object, Str name) {
    static const char *const methods[] = {"paginate_queryset", "get_paginated_response",
                                          "filter_queryset"};
    const char *text = project_text(a->e->project, name);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i], text))
            return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                                       .self = object});
    return NULL;
}

const Value *passed_method(Activation *a, const char *name, const Arguments *arguments) {
    if (!strcmp(name, "paginate_queryset"))
        return arguments->count ? arguments->values[0] : a->e->unknown;
    if (!strcmp(name, "filter_queryset"))
        return arguments->count > 1 ? arguments->values[1] : a->e->unknown;
    return a->e->scalar;
}
