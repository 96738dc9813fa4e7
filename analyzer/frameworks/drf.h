/* drf.h - what the rooms of Django REST framework share: serializers as they are read, and the
 * hooks of a view (views.c) that drf.c passes on. */
#ifndef EAGERLY_DRF_H
#define EAGERLY_DRF_H

#include "frameworks/objects.h"
#include "frameworks/serializer.h"

/* drf.c: reads the data of a serializer object, or of each alternative. */
void drf_serialize(Activation *a, NodeId node, const Value *serializer);

/* dropped.c: the fields of one serializer object, as its own code drops them: self.fields. */
const Value *fields_of(Activation *a, const Value *serializer);
bool fields_are(Activation *a, const Value *object);
/* pop() and del of such fields; NULL: the object is none. */
const Value *fields_method(Activation *a, const Value *fields, const char *name,
                           const Arguments *arguments);
/* Runs get_fields() of the project, for what it drops. */
void fields_prepare(Activation *a, NodeId node, const Value *serializer);
bool field_is_dropped(Activation *a, const Value *serializer, Str name);

/* saved.c: save() of a serializer, by the project's create() or update(). */
const Value *drf_save(Activation *a, NodeId node, const Value *serializer);
/* What the framework's own save() does. */
const Value *saved_serializer(Activation *a, NodeId node, const Value *object);

/* views.c */
bool class_is_view(const Class *klass); /* APIView and what inherits from it */
/* DRF's own attribute or method of a view; NULL: it has none of that name. */
const Value *view_attribute(Activation *a, NodeId node, const Value *view, Str name);
const Value *view_method(Activation *a, NodeId node, const Value *view, const char *name,
                         const Arguments *arguments);
void view_roots(Evaluator *e);

/* routes.c: as_view({"get": "list"}). */
typedef struct Route {
    Str action;
    Str method;                  /* as written; STR_NONE: one of several */
} Route;
typedef struct Routes {
    Array(Route *) all;
    Map actions;                 /* action -> its Route */
} Routes;
/* The actions of a view set that URLs lead to; NULL: that is not certain. */
const Routes *view_routes(Evaluator *e, const Class *klass);
const Route *route_of(const Routes *routes, Str action); /* NULL: none leads there */

/* eager.c: the queryset that get_queryset() gave, with what its view's base loads for the fields of
 * this serializer class. */
const Value *eager_queryset(Activation *a, const Value *view, const Value *queryset,
                            const Value *serializer);

/* backends.c */
bool class_is_backend(const Class *klass);
/* GenericAPIView.filter_queryset() */
const Value *backends_filter(Activation *a, NodeId node, const Value *view, const Value *queryset);
/* GenericAPIView.paginate_queryset() */
const Value *backends_page(Activation *a, NodeId node, const Value *view, const Value *queryset);

/* passed.c: paginators and filter backends. Each answers NULL for what is not its own. */
bool class_is_passed(const Class *klass);
const Value *passed_construct(Activation *a, NodeId node, const Class *klass);
const Value *passed_paginator(Activation *a, NodeId node); /* the paginator of a view */
const Value *passed_attribute(Activation *a, const Value *object, Str name);
const Value *passed_method(Activation *a, const char *name, const Arguments *arguments);

#endif
