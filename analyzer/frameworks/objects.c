/* The few lines behind objects.h. */
#include "frameworks/objects.h"

Str name_of(Evaluator *e, const char *text) {
    return str_of(e->project->strings, text);
}

static uint64_t attribute_key(Activation *a, const Value *object, const char *name) {
    return fact_key(FACT_ATTRIBUTE, object->id, name_of(a->e, name));
}

const Value *object_fact(Activation *a, const Value *object, const char *name) {
    return state_get(&a->state, attribute_key(a, object, name));
}

void object_put(Activation *a, const Value *object, const char *name, const Value *value) {
    state_set(a->e->scratch, &a->state, attribute_key(a, object, name), value);
}

const ClassMember *class_method(Evaluator *e, const Class *klass, const char *name) {
    const ClassMember *member = klass ? class_member(klass, name_of(e, name)) : NULL;
    return member && member->kind == MEMBER_FUNCTION ? member : NULL;
}

bool module_runs(const Evaluator *e, uint32_t module) {
    const SourceFile *file = e->project->modules[module].file;
    return file->role == FILE_CODE || (file->role == FILE_TEST && e->options->include_tests);
}

bool class_counts(const Evaluator *e, const Class *klass) {
    return module_runs(e, klass->site.module);
}

void classes_visit(Evaluator *e, void (*visit)(Evaluator *e, const Class *klass)) {
    for (uint32_t i = 0; i < e->project->classes.count; i++) {
        const Class *klass = e->project->classes.items[i];
        if (!klass->in_function && class_counts(e, klass)) visit(e, klass);
    }
}

void entry_start(Activation *top, Evaluator *e, const Class *klass, Surface surface) {
    root_start(top, e, klass->site.module);
    top->function = klass->name;
    top->owner = klass;
    top->surface = surface;
}
