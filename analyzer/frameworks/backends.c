/* Filter backends, FilterSets and paginators of views.
 *
 *     filter_backends = [ByShelf]       ByShelf().filter_queryset(request, queryset, view)
 *     filterset_class = BookFilter      BookFilter(..., queryset=queryset).qs
 *     pagination_class = Pages          Pages().paginate_queryset(queryset, request, view)
 *
 * Those of the framework and of django-filter narrow the queryset and leave its plan. The project's
 * own are evaluated; where they give something that is no queryset of these rows to us, they are
 * taken to narrow it, too. */
#include "frameworks/drf.h"

bool class_is_backend(const Class *klass) {
    return class_is(klass, "rest_framework.filters.BaseFilterBackend")
           || class_is(klass, "django_filters.rest_framework.DjangoFilterBackend");
}

/* The same rows, as a backend gives them; `before` if it does not show. */
static const Value *rows_after(const Value *before, const Value *after) {
    bool same = after->kind == VALUE_QUERYSET && before->kind == VALUE_QUERYSET
                && after->birth->model == before->birth->model;
    return same ? after : before;
}

static const Value *attribute_of(Activation *a, NodeId node, const Value *view, const char *name) {
    if (!class_member(view->klass, name_of(a->e, name)) && !object_fact(a, view, name)) return NULL;
    return value_attribute(a, node, view, name_of(a->e, name));
}

static const Value *hook_object(Evaluator *e, const Class *klass) {
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                            .site = klass->site});
}

static const Value *backend_filter(Activation *a, NodeId node, const Value *view,
                                   const Class *backend, const Value *queryset) {
    Evaluator *e = a->e;
    const ClassMember *own = class_method(e, backend, "filter_queryset");
    if (!own) return queryset;
    const Value *self = hook_object(e, backend);
    const Value *request = object_fact(a, view, "request");
    const Value *values[] = {request ? request : e->unknown, queryset, view};
    Arguments given = arguments_of(node, values, 3);
    return rows_after(queryset, call_member(a, node, self, own, &given));
}

/* A FilterSet with code of its own about the whole queryset. */
static const Value *filterset_filter(Activation *a, NodeId node, const Value *view,
                                     const Value *queryset) {
    Evaluator *e = a->e;
    const Value *klass = attribute_of(a, node, view, "filterset_class");
    if (!klass || klass->kind != VALUE_CLASS || klass->klass->external) return queryset;
    if (!class_method(e, klass->klass, "filter_queryset") && !class_method(e, klass->klass, "qs"))
        return queryset;
    Arguments given = argument_of(node, queryset);
    given.names[0] = name_of(e, "queryset");
    const Value *set = call_value(a, node, klass, &given);
    if (set->kind != VALUE_OBJECT) return queryset;
    return rows_after(queryset, value_attribute(a, node, set, name_of(e, "qs")));
}

const Value *backends_filter(Activation *a, NodeId node, const Value *view,
                             const Value *queryset) {
    const Value *backends = attribute_of(a, node, view, "filter_backends");
    bool listed = backends && backends->kind == VALUE_SEQUENCE;
    if (!listed) return filterset_filter(a, node, view, queryset);
    for (uint32_t i = 0; i < backends->count; i++) {
        const Value *backend = backends->items[i];
        if (backend->kind != VALUE_CLASS) continue;
        if (class_is(backend->klass, "django_filters.rest_framework.DjangoFilterBackend"))
            queryset = filterset_filter(a, node, view, queryset);
        queryset = backend_filter(a, node, view, backend->klass, queryset);
    }
    return queryset;
}

const Value *backends_page(Activation *a, NodeId node, const Value *view,
                           const Value *queryset) {
    Evaluator *e = a->e;
    const Value *pages = attribute_of(a, node, view, "pagination_class");
    bool ours = pages && pages->kind == VALUE_CLASS && !pages->klass->external;
    const ClassMember *own = ours ? class_method(e, pages->klass, "paginate_queryset") : NULL;
    if (!own) return queryset;
    const Value *self = hook_object(e, pages->klass);
    const Value *request = object_fact(a, view, "request");
    const Value *values[] = {queryset, request ? request : e->unknown, view};
    Arguments given = arguments_of(node, values, 3);
    const Value *page = call_member(a, node, self, own, &given);
    return page->kind == VALUE_MANY ? page : rows_after(queryset, page);
}
