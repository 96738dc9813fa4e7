/* Fields that a serializer object drops while it runs, where that is decided:
 *
 *     if self.context["view"].action == "list": self.fields.pop("tags")      in __init__()
 *     del fields["tags"]                                                     in get_fields()
 *
 * Under a condition that nobody here can decide they stay, and are less sure; see chosen.c. */
#include "frameworks/drf.h"

#define FIELDS "fields"

const Value *fields_of(Activation *a, const Value *serializer) {
    return value_intern(a->e->values, &(Value){.kind = VALUE_OBJECT, .self = serializer,
                                               .name = name_of(a->e, FIELDS)});
}

bool fields_are(Activation *a, const Value *object) {
    return object->kind == VALUE_OBJECT && !object->klass && object->self
           && name_is(a->e, object->name, FIELDS);
}

static const char *drop_fact(Activation *a, Str name) {
    return arena_format(a->e->arena, "-%s", project_text(a->e->project, name));
}

const Value *fields_method(Activation *a, const Value *fields, const char *name,
                           const Arguments *arguments) {
    if (!fields_are(a, fields)) return NULL;
    const Value *key = arguments->count ? arguments->values[0] : a->e->unknown;
    bool drops = !strcmp(name, "pop") || !strcmp(name, "__delitem__");
    if (drops && key->kind == VALUE_STRING && !a->undecided && !a->loop_count)
        object_put(a, fields->self, drop_fact(a, key->name), a->e->yes);
    return a->e->unknown;
}

void fields_prepare(Activation *a, NodeId node, const Value *serializer) {
    const ClassMember *own = class_method(a->e, serializer->klass, "get_fields");
    if (!own) return;
    a->muted++;
    call_member(a, node, serializer, own, &(Arguments){0});
    a->muted--;
}

bool field_is_dropped(Activation *a, const Value *serializer, Str name) {
    bool chooses = serializer->kind == VALUE_OBJECT && serializer->klass
                   && serializer_of(a->e, serializer->klass)->open;
    return chooses && object_fact(a, serializer, drop_fact(a, name)) == a->e->yes;
}
