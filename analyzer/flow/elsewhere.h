/* elsewhere.h - names that rows may have though no model in view declares them.
 *
 * A relation may be declared by a field class that is not in view, an attribute set by hand, a
 * list named by a to_attr. A path that uses such a name is not known to be wrong. */
#ifndef EAGERLY_ELSEWHERE_H
#define EAGERLY_ELSEWHERE_H

#include "flow/evaluate.h"

/* Whether a relation of this name, seen from its far side, may be declared out of view. */
bool elsewhere_relation(Evaluator *e, Str name);
/* Whether rows may have an attribute of this name that code gives them while it runs. */
bool elsewhere_attribute(Evaluator *e, Str name);
/* Whether a decorator, which may add anything, stands on the class or one it inherits from. */
bool class_is_decorated(const Project *project, const Class *klass);
/* A plain column whose class is Django's own: certainly no relation. */
bool field_is_column(const Project *project, const Field *field);

#endif
