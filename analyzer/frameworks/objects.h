/* objects.h - what all frameworks ask of objects and classes: attributes that were set, methods
 * that the project wrote, arguments made up for them. Internal to frameworks. */
#ifndef EAGERLY_OBJECTS_H
#define EAGERLY_OBJECTS_H

#include "flow/evaluate.h"

Str name_of(Evaluator *e, const char *text);
/* An attribute that was set on the object; NULL: none. */
const Value *object_fact(Activation *a, const Value *object, const char *name);
void object_put(Activation *a, const Value *object, const char *name, const Value *value);
/* The function of that name that the project gives the class, inherited too; NULL: none. */
const ClassMember *class_method(Evaluator *e, const Class *klass, const char *name);
/* Whether code of this class, or module, runs: no test (but with --include-tests), no migration. */
bool class_counts(const Evaluator *e, const Class *klass);
bool module_runs(const Evaluator *e, uint32_t module);
/* Each class that can be an entry: at the module's level, where code runs. */
void classes_visit(Evaluator *e, void (*visit)(Evaluator *e, const Class *klass));
/* Starts a run of the class on the framework's behalf; root_finish() ends it. */
void entry_start(Activation *top, Evaluator *e, const Class *klass, Surface surface);

#endif
