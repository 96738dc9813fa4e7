/* project.h - all modules linked: names resolved, classes with their bases, the relation graph.
 *
 * Made once by project_link(), read-only afterwards (but for the string table, to which the
 * evaluator adds). Everything is owned by the project's arena; the Source must outlive it.
 * Names here are numbers in the project's table; a Module's own numbers are mapped with
 * project_name(). Only project numbers are compared with ==. */
#ifndef EAGERLY_PROJECT_H
#define EAGERLY_PROJECT_H

#include "base/array.h"
#include "base/map.h"
#include "base/strings.h"
#include "source/source.h"

typedef struct Project Project;
typedef struct Class Class;
typedef struct Model Model;
typedef struct Relation Relation;

/* What a name or a dotted expression stands for, as far as declarations tell. */
typedef enum SymbolKind {
    SYMBOL_UNKNOWN,
    SYMBOL_MODULE,    /* site.module */
    SYMBOL_CLASS,     /* klass (of the project, or a known class from outside) */
    SYMBOL_FUNCTION,  /* site: the FUNCTION node */
    SYMBOL_VALUE,     /* site: the value expression of the only assignment; site.node == NODE_NONE
                         when there are several or it is bound in another way */
    SYMBOL_EXTERNAL,  /* dotted: something outside the project, canonical: "django.db.models.Q" */
} SymbolKind;

typedef struct Symbol {
    SymbolKind kind;
    Site site;
    const Class *klass;
    Str dotted;
} Symbol;

typedef enum MemberKind { MEMBER_FUNCTION, MEMBER_VALUE, MEMBER_CLASS } MemberKind;
enum { /* ClassMember.flags, from decorators */
    MEMBER_PROPERTY = 1 << 0,
    MEMBER_CACHED = 1 << 1,   /* cached_property (implies MEMBER_PROPERTY) */
    MEMBER_STATIC = 1 << 2,
    MEMBER_CLASSMETHOD = 1 << 3,
    MEMBER_DECORATED = 1 << 4, /* has a decorator we do not know: what it returns is likely the
                                  function's value, not certainly */
};
typedef struct ClassMember {
    Str name;
    uint8_t kind, flags;
    const Class *owner;
    Site site;                /* FUNCTION node, value expression (NODE_NONE: unknown), CLASS node */
    const Class *klass;       /* MEMBER_CLASS */
} ClassMember;

struct Class {
    Str name, qualified;      /* "Book", "shop.models.Book"; canonical dotted name when external */
    bool external;            /* known from a table; has no site and no members of its own */
    Site site;                /* the CLASS node */
    const Class **bases;      uint32_t base_count;    /* the resolved ones, in order */
    const Class **mro;        uint32_t mro_count;     /* C3, itself first; external ones, too */
    bool mro_complete;        /* false: some base is neither in the project nor in the table, or
                                 the order is impossible (then: depth first, first occurrence) */
    Array(ClassMember) members; /* its own, sorted by name; the last definition of a name wins */
    const Class *queryset;    /* for managers: X of from_queryset(X) among its bases, or NULL */
    Model *model;             /* when it is a model (abstract ones too) */
    const Class *outer;       /* the class it is nested in, or NULL */
    bool in_function;         /* defined inside a function */
};

typedef enum RelationKind {
    RELATION_FK, RELATION_O2O, RELATION_M2M, RELATION_GENERIC_FK, RELATION_PARENT,
    RELATION_REVERSE_FK, RELATION_REVERSE_O2O, RELATION_REVERSE_M2M, RELATION_GENERIC,
    RELATION_CHILD,           /* from a parent to its multi-table child: place.restaurant */
} RelationKind;

/* One direction of a relation. A hidden one (related_name="+") has accessor STR_NONE. */
struct Relation {
    RelationKind kind;
    bool many;                /* the attribute is a manager */
    bool null;                /* forward: the column may be NULL */
    bool symmetrical;         /* M2M to self without a reverse accessor */
    Str name;                 /* attribute on a row: "author", "book_set"; STR_NONE: hidden */
    Str query_name;           /* in lookups and loads: "author", "book" */
    Str attname;              /* forward FK and O2O: "author_id"; else STR_NONE */
    Str related_name;         /* as declared, after substitution; STR_NONE: none */
    const Model *from;        /* the model that declares this side (may be a parent of the row's) */
    const Model *to;          /* NULL: generic foreign key, or a target outside of view */
    const Model *through;     /* M2M with an explicit model, or NULL */
    const Relation *inverse;  /* the same relation seen from the far side, or NULL */
    Site site;                /* the field's declaration */
    Str target;               /* dotted name or text of a target outside of view */
    Str to_field;             /* STR_NONE: the primary key */
    bool received;            /* M2M: a receiver of m2m_changed is connected to it */
    Str type_field, key_field; /* GENERIC_FK: of the row, GENERIC: of the rows it leads to; fields
                                 that hold the content type and the key; else STR_NONE */
};

typedef struct Field {
    Str name, attname;
    const Relation *relation; /* NULL: a plain column */
    bool null, primary_key;
    Site site;
} Field;

typedef struct Manager {
    Str name;
    const Class *manager;     /* NULL: django's Manager, or unknown */
    const Class *queryset;    /* X of X.as_manager() and from_queryset(X); NULL: none */
    bool known;               /* false: an expression we cannot resolve */
    bool outside;             /* what is not in view of it is a library's, made without arguments:
                                 such a manager cannot know relations of the project */
    Site site;
} Manager;

enum { /* what receivers are connected to: Model.receives and Project.receives */
    RECEIVES_SAVE = 1 << 0, RECEIVES_DELETE = 1 << 1, RECEIVES_M2M = 1 << 2,
};

struct Model {
    const Class *klass;
    Str app, name, label;     /* "shop", "Book", "shop.Book" */
    bool abstract, proxy, ordered /* Meta.ordering, inherited too */, external, test;
    bool complete;            /* false: a base is not in view, so it may have more fields */
    uint8_t receives;         /* RECEIVES_…: receivers with this model as their sender */
    Array(const Model *) parents;    /* multi-table and proxied parents, nearest first */
    Array(Field) fields;      /* concrete: own, and copied from abstract bases */
    Array(const Relation *) relations; /* on rows of this model, inherited included; by name */
    Array(Manager) managers;  /* own and inherited, in Django's order; the first is the default */
    Str base_manager;         /* Meta.base_manager_name, inherited too; STR_NONE: django's own */
};

typedef struct ProjectModule {
    const SourceFile *file;
    const Module *module;     /* NULL: unreadable */
    Str name;                 /* dotted */
    Str *names;               /* Module's Str -> project's Str */
    Map globals;              /* project Str -> Symbol*, after linking */
} ProjectModule;

struct Project {
    Arena *arena;
    Strings *strings;
    const Source *source;
    ProjectModule *modules;
    uint32_t module_count;    /* same order as source->files */
    Array(Class *) classes;   /* of the project, by (module, offset) */
    Array(Model *) models;    /* not abstract and abstract alike, by label then site */
    Array(Relation *) all_relations; /* every direction once, in a fixed order */
    Map class_at;             /* site key -> Class* */
    Map by_qualified;         /* dotted Str -> Class* (project and external) */
    Map relation_names;       /* Str -> itself, for every accessor of any relation */
    uint32_t unresolved_imports, unresolved_bases;
    uint32_t cut;             /* how often a bound of link.h was reached: less is known then */
    /* The Django versions it may run on, as 32 (3.2) to 61 (6.1); what the project's own files do
     * not say is the whole range of supported versions. */
    uint8_t django_least, django_most;
    bool partial;             /* models of the same project may lie out of view */
    uint8_t receives;         /* RECEIVES_…: receivers that hear of any model */
    struct ProjectIndex *index; /* what only analyzer/project/ knows */
};

/* A model of a library that is not in view. */
typedef struct KnownModel {
    const char *dotted, *app; /* app NULL: abstract */
    const char *managers;     /* "name class\n" each, or "" */
    const char *fields;       /* see contrib.c */
} KnownModel;
typedef struct ToldModel {
    KnownModel model;
    const char *bases;        /* dotted names, a blank between two */
} ToldModel;

typedef struct ProjectOptions {
    const ToldModel *models;      /* that the user tells; must outlive the project */
    uint32_t model_count;
    const char *const *auto_eager_bases; /* dotted names of classes whose models fetch a relation
                                            for all rows of a queryset at once; likewise */
    uint32_t auto_eager_count;
    bool include_tests;       /* else models of test modules add nothing to other models */
    uint8_t django_least, django_most; /* 0: all supported versions */
    bool partial;             /* models of the same project may lie out of view */
} ProjectOptions;

Project *project_link(const Source *source, const ProjectOptions *options);
void project_free(Project *project);

/* The project's number of a module's name. */
static inline Str project_name(const Project *project, uint32_t module, Str local) {
    return local ? project->modules[module].names[local] : STR_NONE;
}
static inline const char *project_text(const Project *project, Str name) {
    return str_text(project->strings, name);
}
static inline const Node *site_node(const Project *project, Site site) {
    return module_node(project->modules[site.module].module, site.node);
}
static inline NodeKind site_kind(const Project *project, Site site) {
    return (NodeKind)site_node(project, site)->kind;
}
static inline Str site_name(const Project *project, Site site) {
    return project_name(project, site.module, site_node(project, site)->name);
}
static inline uint32_t site_count(const Project *project, Site site) {
    return node_count(project->modules[site.module].module, site.node);
}
/* The child at a position; NODE_NONE past the end. */
static inline Site site_below(const Project *project, Site site, uint32_t at) {
    return (Site){site.module, node_child(project->modules[site.module].module, site.node, at)};
}
static inline uint64_t site_key(Site site) {
    return (uint64_t)site.module << 32 | site.node;
}

/* What a module's global name stands for; imports are followed to the end (re-exports, aliases,
 * star imports, cycles cut). SYMBOL_UNKNOWN when the module does not bind it (builtins too). */
Symbol project_global(const Project *project, uint32_t module, Str name);
/* What `import dotted` (name STR_NONE: the module itself) or `from dotted import name` in that
 * module stands for. `level` counts the leading dots; dotted is STR_NONE in `from . import x`. */
Symbol project_import(const Project *project, uint32_t module, Str dotted, unsigned level,
                      Str name);
/* What a NAME or ATTRIBUTE chain stands for, read as module-level code of that module. */
Symbol project_expression(const Project *project, uint32_t module, NodeId expression);
/* Attribute of a symbol: module.name, Class.member (MEMBER_CLASS and functions), external.name. */
Symbol project_attribute(const Project *project, Symbol symbol, Str name);
/* The file that a template's name ("shop/list.html") means when the file `from` says it, as an
 * index of modules, or PROJECT_NO_TEMPLATE. */
enum { PROJECT_NO_TEMPLATE = UINT32_MAX };
uint32_t project_template(const Project *project, uint32_t from, const char *name);
/* The Class of a CLASS node, also of one defined in a function. NULL if unknown. */
const Class *project_class_at(const Project *project, Site site);
/* A class by canonical dotted name, known external classes included. NULL: not known. */
const Class *project_class_named(const Project *project, const char *dotted);
/* A model by "app.Name" (any case of Name) or by its class's dotted name. */
const Model *project_model_named(const Project *project, const char *label);

/* The model behind settings.AUTH_USER_MODEL and get_user_model(); NULL: not in view. */
const Model *project_user_model(const Project *project);

/* The member a class's instances see: along the MRO, the first definition. NULL: none in view. */
const ClassMember *class_member(const Class *klass, Str name);
/* The same, starting behind `after` in klass's MRO: what super() finds. */
const ClassMember *class_member_after(const Class *klass, const Class *after, Str name);
bool class_inherits(const Class *klass, const Class *ancestor);
/* Whether it is, or inherits from, the class with this canonical dotted name. */
bool class_is(const Class *klass, const char *dotted);

/* The relation a row of this model reads as `name`, inherited and reverse ones included. */
const Relation *model_relation(const Model *model, Str name);
/* The relation that `name` means in a lookup: select_related("book"), filter(book__title=..). */
const Relation *model_lookup(const Model *model, Str query_name);
/* A concrete field by name or attname, inherited included. "pk" is the primary key. */
const Field *model_field(const Model *model, Str name);
const Manager *model_manager(const Model *model, Str name); /* NULL: no manager of that name */
const Manager *model_default_manager(const Model *model);   /* NULL: django's own */
const Manager *model_base_manager(const Model *model);      /* NULL: django's own */
bool model_inherits(const Model *model, const Model *ancestor);

struct Writer;
/* The relation graph as JSON, for --dump=project and the comparison with Django's _meta. */
void project_dump(const Project *project, struct Writer *out);

#endif
