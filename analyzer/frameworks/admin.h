/* admin.h - what the files about django.contrib.admin share. */
#ifndef EAGERLY_ADMIN_H
#define EAGERLY_ADMIN_H

#include "frameworks/declared.h"

/* A model and the class that shows it; a class may be registered for several models. */
typedef struct Registration {
    const Class *klass;
    const Model *model;
    Site site;                   /* the class, or the call when Django's own class is registered */
} Registration;
typedef struct Registrations {
    Array(Registration) items;
    Map known;                   /* by class and model */
} Registrations;

void registrations_collect(Evaluator *e, Registrations *found);

/* A root in which the admin object runs; `action` tells roots of one class apart. */
typedef struct AdminRun {
    Activation top;
    const Registration *registration;
    const Value *admin, *request;
    NodeId node;                 /* of the registration's site, in top.module */
} AdminRun;
void admin_start(AdminRun *run, Evaluator *e, const Registration *registration,
                 const char *action);
void admin_finish(AdminRun *run);
/* get_queryset(request): the project's, else Django's. What cannot be followed is no QUERYSET. */
const Value *admin_queryset(Activation *a, NodeId node, const Value *admin, const Value *request);
/* Names and functions that an option lists, each run for a row as the admin shows it. */
void admin_show_all(Activation *a, const Value *admin, const Option *columns, const Value *row,
                    Site fallback);
/* The lists of choices that the form of this admin or inline class shows for its model. */
void admin_choices(Activation *a, const Value *admin, const Model *model);
/* What super().formfield_for_foreignkey() or ..._manytomany() gives: `name` is the method's. */
const Value *admin_field_method(Activation *a, const Value *admin, const char *name,
                                const Arguments *arguments);
/* The same for the fields of a list that may be edited in it, each row with lists of its own. */
void admin_choices_of_row(Activation *a, const Value *admin, const Model *model);
/* The links that list_filter offers beside the list, each by str(). */
void admin_filters_show(AdminRun *run);
/* The models that some autocomplete_fields leads to, and the search of one of them. */
void admin_searched(Evaluator *e, const Registrations *found, Map *searched);
void admin_search(Evaluator *e, const Registration *registration);
/* The page that asks whether to delete a row: all that would go with it. */
void admin_delete(Evaluator *e, const Registration *registration);
/* The change view: one object, its read-only fields, its inlines. */
void admin_change(Evaluator *e, const Registration *registration);

#endif
