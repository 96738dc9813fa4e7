/* serializer.h - a serializer class as a list of fields, worked out once per class. */
#ifndef EAGERLY_SERIALIZER_H
#define EAGERLY_SERIALIZER_H

#include "flow/evaluate.h"

typedef enum FieldKind {
    FIELD_VALUE,    /* any field that reads its source: CharField, ReadOnlyField ... */
    FIELD_METHOD,   /* SerializerMethodField: get_<name>(self, row) */
    FIELD_KEY,      /* PrimaryKeyRelatedField, HyperlinkedRelatedField: the pk suffices */
    FIELD_SLUG,     /* SlugRelatedField */
    FIELD_STRING,   /* StringRelatedField */
    FIELD_NESTED,   /* another serializer */
    FIELD_AUTO,     /* only named in Meta.fields: the model decides */
    FIELD_CUSTOM,   /* a field class of the project with its own to_representation() */
    FIELD_UNREAD,   /* write-only, hidden, or made in a way nobody here knows */
} FieldKind;

typedef struct SerializerField {
    FieldKind kind;
    Str name, source;      /* source: dotted; the name when none is given; "*" the row itself */
    Str argument;          /* slug_field, method_name */
    const Class *klass;    /* of NESTED and CUSTOM */
    bool many;
    uint32_t depth;        /* AUTO: Meta.depth */
    Site site;             /* its declaration, or its name in Meta.fields */
} SerializerField;

typedef struct Serializer {
    const Class *klass;
    const Model *model;    /* Meta.model, or NULL */
    const Class *list;     /* Meta.list_serializer_class, when it is the project's; or NULL */
    Array(SerializerField) fields;
    bool open;             /* fields are chosen at run time: these may be read */
} Serializer;

bool class_is_serializer(const Class *klass);
const Serializer *serializer_of(Evaluator *e, const Class *klass);
/* The field of that name is now what the expression makes; what cannot be read is no field. */
void serializer_put(Evaluator *e, Serializer *serializer, Str name, Site value);

/* chosen.c: fields that a statement of some module adds: X._declared_fields[name] = field. */
void serializer_add(Evaluator *e, Serializer *serializer);
/* Drops what the class itself drops, puts in what it puts in, and opens the serializer if it
 * chooses. */
void serializer_choose(Evaluator *e, Serializer *serializer);
/* Whether this argument of a call names the fields of an open serializer. */
bool serializer_argument_chooses(const Evaluator *e, Str name, const Value *value);

#endif
