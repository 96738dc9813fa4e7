/* model.h - models while they are being linked: what models.c, fields.c, relations.c, managers.c,
 * settings.c and contrib.c share. Owned by the project's arena. */
#ifndef EAGERLY_MODEL_H
#define EAGERLY_MODEL_H

#include "project/link.h"

typedef enum FieldKind {
    FIELD_NONE, /* no field at all */
    FIELD_PLAIN,
    FIELD_FK,
    FIELD_O2O,
    FIELD_M2M,
    FIELD_TAGS,
    FIELD_GENERIC_FK,
    FIELD_GENERIC
} FieldKind;

typedef struct Declared { /* a field as the class body (or a table) says it */
    FieldKind kind;
    bool null, primary_key, parent_link;
    int8_t symmetrical;     /* -1: not said */
    Str name, related_name, related_query_name, to_field, type_field, key_field;
    Site target, through;   /* expressions; NODE_NONE: not given */
    Str target_text;        /* instead of an expression: "auth.Group", "self", "AUTH_USER_MODEL" */
    Site site;
    const Class *owner;     /* whose body it stands in */
} Declared;

typedef struct FieldKey {
    Str name;
    const Field *field;
} FieldKey;

struct LinkModel {
    Model model;              /* first: every Model * points to one of these */
    const KnownModel *table;  /* of an external one */
    const Class *meta;        /* its Meta, inherited too, or NULL */
    Str default_related_name, default_manager;
    LinkModel *concrete;      /* whose rows they are: itself, or for a proxy its model */
    Array(Declared) declared; /* its own fields, in order */
    Array(Relation *) local;  /* of this model's own: forward, then reverse ones */
    const Relation **by_query;
    uint32_t query_count;
    FieldKey *field_keys;     /* by name; pk, attnames and inherited ones too */
    uint32_t field_count;
};

typedef struct Pending {      /* a forward relation whose other side is still to be made */
    Relation *forward;
    LinkModel *from;
    const Declared *declared;
} Pending;

static inline LinkModel *link_model(const Model *model) {
    return (LinkModel *)(uintptr_t)model;
}

/* fields.c: what a class's own body declares. */
void fields_declare(Project *project, LinkModel *model);
/* X.add_to_class("name", field) of all modules. */
void fields_add(Project *project);
/* The text of a string literal, or of a name that stands for one. STR_NONE: neither. */
Str text_of(const Project *project, Site site, const Class *scope, unsigned depth);
/* What an expression in a class body stands for. */
Symbol scope_symbol(const Project *project, Site site, const Class *scope);
/* The argument of a call at a position (or -1) or with a keyword; NODE_NONE: not given. */
Site call_argument(const Project *project, Site call, int position, const char *keyword);

/* contrib.c */
void contrib_notice(Project *project);   /* before any name is made up: which apps are named */
void contrib_models(Project *project);
void contrib_declare(Project *project, LinkModel *model);
void contrib_managers(Project *project, LinkModel *model);

/* settings.c */
void settings_apps(Project *project);
Str settings_app_label(const Project *project, uint32_t module);
void settings_user(Project *project);

/* relations.c */
void relations_link(Project *project);
/* The model an expression or text names as a relation's target, seen from `from`. */
LinkModel *target_named(const Project *project, const LinkModel *from, Str label);
LinkModel *target_of(const Project *project, const LinkModel *from, Site site,
                     const Class *scope, Str *text, unsigned depth);

/* gather.c */
void models_gather(Project *project);

/* signals.c */
void signals_link(Project *project);

/* managers.c */
void managers_link(Project *project, LinkModel *model);

#endif
