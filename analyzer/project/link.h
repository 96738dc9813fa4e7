/* link.h - what the files of analyzer/project/ share and nobody else sees.
 *
 * Linking goes through five steps, each in a file of its own: names of modules (modules.c),
 * what each module binds (collect.c), what names stand for (resolve.c), classes (classes.c with
 * known.c), models (models.c, fields.c, relations.c, managers.c with settings.c). Everything
 * here lives in the project's arena. */
#ifndef EAGERLY_LINK_H
#define EAGERLY_LINK_H

#include "project/project.h"

#define NO_MODULE UINT32_MAX
enum {
    LINK_DEPTH = 120,     /* names that stand for names, bases of bases */
    LINK_MRO = 256,       /* classes in one order of resolution */
    LINK_BASES = 64,      /* bases of one class */
    LINK_CHAIN = 64,      /* attributes in one dotted expression */
    LINK_TEXT = 512,      /* bytes of a dotted name that is made up */
    LINK_STARS = 64,      /* modules looked at for one name through star imports */
    LINK_CANDIDATES = 512, /* modules that end in the same dotted name */
    LINK_TEXTS = 8        /* names that stand for the name of a model or field */
};

typedef struct LinkClass {
    Class klass;          /* first: every Class * points to one of these */
    const char *text;     /* of klass.qualified */
    NodeId function;      /* the innermost function it is defined in, or NODE_NONE */
    uint8_t state;        /* StepState of its bases and order */
    bool in_table;        /* external and described in known.c */
    bool whole;           /* external: nothing that matters is missing (stdlib, known.c) */
    uint32_t tail, mark;  /* scratch of the C3 merge */
} LinkClass;

typedef enum StepState { STEP_NEW, STEP_RUNNING, STEP_DONE } StepState;

typedef enum BindingKind {
    BINDING_CLASS,    /* klass */
    BINDING_FUNCTION, /* node: the FUNCTION */
    BINDING_VALUE,    /* node: the value */
    BINDING_NOTHING,  /* x = None */
    BINDING_OTHER,    /* loop variables, with targets, augmented, assigned through `global` */
    BINDING_IMPORT,   /* node: the IMPORT */
    BINDING_FROM,     /* node: the ALIAS, from: its IMPORT_FROM */
} BindingKind;

typedef struct Binding {
    struct Binding *next; /* the next one of the same name */
    BindingKind kind;
    NodeId node, from;
    const Class *klass;
    bool handles;         /* in an exception handler: when an import before it fails */
} Binding;

typedef struct Global { /* value of ProjectModule.globals */
    Symbol symbol;      /* first: the map is documented to hold Symbol * */
    uint8_t state;      /* StepState */
    Str name;
    Binding *first, *last;
} Global;

typedef struct Star {
    NodeId from;        /* the IMPORT_FROM */
    uint32_t module;    /* NO_MODULE: outside */
    Str outside;
} Star;

typedef struct Scope { /* what a module or a function body binds */
    Map names;          /* project Str -> Global * */
    Array(Global *) order;
    Array(Star) stars;
} Scope;

typedef struct ModuleList {
    Array(uint32_t) modules;
} ModuleList;

typedef struct LinkModel LinkModel;
typedef struct ModelList {
    Array(LinkModel *) models;
} ModelList;

typedef struct ProjectIndex {
    ProjectOptions options;
    Scope *scopes;           /* per module; names are copied to ProjectModule.globals */
    Map functions;           /* site key of a FUNCTION -> Scope *, made when first needed */
    Map exact, suffixes;     /* dotted Str -> ModuleList * */
    Map templates;           /* last part of a template's name -> ModuleList * */
    Map canonical;           /* dotted Str -> canonical LinkClass * of the table */
    Array(Site) added;       /* X.add_to_class(...) calls at module level */
    uint32_t stamp;          /* last LinkClass.mark given out */
    Map labels;              /* "app.name" in lower case -> ModelList * */
    LinkModel *user;         /* settings.AUTH_USER_MODEL, or NULL */
    Map apps;                /* package's dotted Str -> pointer to its label Str */
    bool contrib_listed;     /* INSTALLED_APPS are in view */
    Map installed;           /* Str in some INSTALLED_APPS -> itself */
} ProjectIndex;

static inline void link_cut(const Project *project) {
    ((Project *)(uintptr_t)project)->cut++;
}
static inline LinkClass *link_class(const Class *klass) {
    return (LinkClass *)(uintptr_t)klass;
}
static inline const Module *project_module(const Project *project, uint32_t module) {
    return project->modules[module].module;
}
/* Child number `at` of a node of a module. */
static inline NodeId site_child(const Project *project, Site site, uint32_t at) {
    return node_child(project_module(project, site.module), site.node, at);
}

/* names.c: texts. STR_NONE when the result would be longer than LINK_TEXT. */
Str name_join(const Project *project, Str left, Str right); /* "left.right" */
Str name_parent(const Project *project, Str dotted);        /* without the last part */
const char *name_last(const Project *project, Str dotted);  /* the last part */
Str name_lower(const Project *project, Str name);
Str name_format(const Project *project, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool text_ends(const char *text, const char *end);

/* modules.c */
void modules_index(Project *project);
void templates_index(Project *project);
/* The module an absolute dotted name means in `importer` (NO_MODULE: nowhere in particular). */
uint32_t module_find(const Project *project, uint32_t importer, Str dotted);
/* The module of exactly that name, the one closest to `importer` if there are several. */
uint32_t module_exact(const Project *project, uint32_t importer, Str dotted);
/* The dotted name a relative import starts from. False: it climbs out of the project. */
/* How many folders two files have in common, from the top. */
uint32_t module_closeness(const Project *project, uint32_t one, uint32_t other);
bool module_relative(const Project *project, uint32_t module, unsigned level, Str dotted,
                     Str *base);

/* collect.c */
void collect_modules(Project *project);
Scope *collect_function(Project *project, Site function);

/* resolve.c */
void resolve_all(Project *project);
Symbol resolve_global(const Project *project, uint32_t module, Str name, unsigned depth);
/* An expression read in the body of `outer` (or NULL) within a function (or NODE_NONE). */
Symbol resolve_expression(const Project *project, Site expression, const Class *outer,
                          NodeId function, unsigned depth);
Symbol resolve_attribute(const Project *project, Symbol symbol, Str name, unsigned depth);
Symbol resolve_external(const Project *project, uint32_t module, Str dotted);
/* Whether it stands for this canonical dotted name outside the project. */
bool symbol_is(const Project *project, Symbol symbol, const char *dotted);

/* classes.c */
LinkClass *class_make(Project *project, Str name, Str qualified);
void class_prepare(const Project *project, LinkClass *klass, unsigned depth);
void classes_link(Project *project);
/* The member a class itself defines. */
const ClassMember *class_own(const Class *klass, Str name);
/* The external class of this canonical name, made if it is new. */
const Class *class_external(Project *project, Str dotted);

/* known.c */
void known_load(Project *project);
/* Other spellings brought to the one of the table. */
Str known_canonical(const Project *project, Str dotted);
bool known_module(const char *dotted); /* of Python's own library */

/* members.c */
void members_finish(Project *project);
void members_decorate(Project *project);

/* settings.c: the class get_user_model() gives, before models are known. */
const Class *settings_user_class(const Project *project);

/* model.h has the rest. */
void models_link(Project *project);

#endif
