/* forms.h - forms as lists of fields that a page shows, with the choices of each. */
#ifndef EAGERLY_FORMS_H
#define EAGERLY_FORMS_H

#include "frameworks/declared.h"

/* The relation of a model's form field: a foreign key or many-to-many that may be edited. */
const Relation *form_relation(Evaluator *e, const Model *model, Str name);
/* The <select> that Django makes for it: str() of every row of the target's default manager. */
void form_choices_of(Activation *a, Site site, const Relation *relation);

#endif
