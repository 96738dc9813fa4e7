/* forms.h - forms as lists of fields that a page shows, with the choices of each. */
#ifndef EAGERLY_FORMS_H
#define EAGERLY_FORMS_H

#include "frameworks/declared.h"

/* What a model's form says of the fields that it makes by itself: Meta.fields and so on, or the
 * arguments of a factory. NULL: nothing is said. */
typedef struct FormSaid {
    const Model *model, *parent; /* parent: of an inline formset, whose key is no field */
    const Value *fields, *exclude, *widgets, *classes;
    Site site;                   /* the expression that names them */
} FormSaid;

bool class_is_form(const Class *klass);
/* Adds names and objects of form field classes. */
void form_fields_automatic(Evaluator *e, const FormSaid *said, DictDraft *fields);
/* The same of a form's class, and the fields that it declares. `parent` as in FormSaid. */
void form_fields_read(Evaluator *e, const Class *klass, const Model *parent, DictDraft *fields);
/* The choices that the forms of a formset ask for, one by one. */
void form_copies_roots(Evaluator *e);
/* The choices of one of these as a page shows them. */
void form_field_show(Activation *a, const Value *field);
/* The relation of a model's form field: a foreign key or many-to-many that may be edited. */
const Relation *form_relation(Evaluator *e, const Model *model, Str name);
/* The field that Django makes for it at this place: a <select> of every row of the target's default
 * manager, or of the object's "queryset". */
const Value *form_field(Evaluator *e, Site site, const Relation *relation);
/* The choices of a field as a page shows them. Nothing, when the value is none of form_field(). */
void form_choices_of(Activation *a, const Value *field);

#endif
