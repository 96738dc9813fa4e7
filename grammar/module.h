/* module.h - what one file says, by itself: a slim tree of its code.
 *
 * Python and Django templates are lowered to the same few kinds of node, so everything
 * downstream is written once. A Module is a pure function of the file's bytes: nodes refer to
 * each other by number, names are numbers in the module's own string table, and nothing in it
 * points to another file. It is made on any thread; afterwards it is read-only. Its arena
 * owns it all. Node 0 is the one ABSENT node; node `root` is the BLOCK of the whole file. */
#ifndef EAGERLY_MODULE_H
#define EAGERLY_MODULE_H

#include "base/array.h"
#include "base/strings.h"

/* The kinds, each with the children it has, in order. `x?` may be the ABSENT node; `x*` is any
 * number. "name" and "extra" say what Node.name and Node.extra hold. Parentheses vanish. */
#define NODE_KINDS(KIND)                                                                          \
    KIND(ABSENT)        /* nothing stands here */                                                 \
    KIND(UNKNOWN)       /* not modelled or broken syntax: the expressions found in it* */         \
    /* expressions */                                                                             \
    KIND(NAME)          /* name */                                                                \
    KIND(ATTRIBUTE)     /* name = attribute: object */                                            \
    KIND(CALL)          /* callee, argument* (an expression, KEYWORD or STAR) */                  \
    KIND(KEYWORD)       /* name: value */                                                         \
    KIND(STAR)          /* *x, or **x with NODE_DOUBLE: value */                                  \
    KIND(INDEX)         /* object, index (an expression, SLICE, or TUPLE of those) */             \
    KIND(SLICE)         /* lower?, upper?, step? */                                               \
    KIND(STRING)        /* name = decoded text; NODE_BYTES, NODE_IMPLICIT: glued without comma */ \
    KIND(FSTRING)       /* part*: STRING or the expression in {braces} (its format spec's too) */ \
    KIND(NUMBER)        /* name = the text */                                                     \
    KIND(CONSTANT)      /* extra = Constant */                                                    \
    KIND(LIST)          /* item* (an expression or STAR) */                                       \
    KIND(TUPLE)         /* item* */                                                               \
    KIND(SET)           /* item* */                                                               \
    KIND(DICT)          /* (key, value)*; **x is (ABSENT, STAR) */                                \
    KIND(UNARY)         /* extra = Operator: operand */                                           \
    KIND(BINARY)        /* extra = Operator: left, right */                                       \
    KIND(BOOLEAN)       /* extra = OP_AND or OP_OR: left, right */                                \
    KIND(COMPARE)       /* extra = Operator of the first pair: left, right, further* */           \
    KIND(CONDITIONAL)   /* a if c else b: condition, a, b */                                      \
    KIND(LAMBDA)        /* PARAMETERS, body expression */                                         \
    KIND(COMPREHENSION) /* extra = Collection: element, value? (dicts), COMP_FOR or COMP_IF* */   \
    KIND(COMP_FOR)      /* NODE_ASYNC: target, iterable */                                        \
    KIND(COMP_IF)       /* condition */                                                           \
    KIND(AWAIT)         /* operand */                                                             \
    KIND(YIELD)         /* NODE_FROM: operand? */                                                 \
    KIND(WALRUS)        /* target NAME, value */                                                  \
    /* statements */                                                                              \
    KIND(BLOCK)         /* statement* */                                                          \
    KIND(EXPRESSION)    /* an expression as a statement */                                        \
    KIND(ASSIGN)        /* value?, annotation?, target* (a = b = v has two targets) */            \
    KIND(AUGMENT)       /* extra = Operator: target, value */                                     \
    KIND(FOR)           /* NODE_ASYNC: target, iterable, body, else? */                           \
    KIND(WHILE)         /* condition, body, else? */                                              \
    KIND(IF)            /* condition, body, else? (elif: another IF in the else BLOCK) */         \
    KIND(TRY)           /* body, else?, finally?, HANDLER* */                                     \
    KIND(HANDLER)       /* name = `as` name: type?, body */                                       \
    KIND(WITH)          /* NODE_ASYNC: body, WITH_ITEM* */                                        \
    KIND(WITH_ITEM)     /* value, target? */                                                      \
    KIND(MATCH)         /* subject, CASE* */                                                      \
    KIND(CASE)          /* pattern, guard?, body; captures in the pattern are NAME nodes */       \
    KIND(PATTERN)       /* part* : any match pattern; class patterns keep the class as NAME first*/\
    KIND(RETURN)        /* value? */                                                              \
    KIND(RAISE)         /* exception?, cause? */                                                  \
    KIND(ASSERT)        /* condition, message? */                                                 \
    KIND(DELETE)        /* target* */                                                             \
    KIND(BREAK)                                                                                   \
    KIND(CONTINUE)                                                                                \
    KIND(PASS)                                                                                    \
    KIND(GLOBAL)        /* NODE_NONLOCAL: NAME* */                                                \
    KIND(IMPORT)        /* import a.b as c: name = "a.b": NAME c? (ABSENT: binds "a") */          \
    KIND(IMPORT_FROM)   /* from ..a.b import x: name = "a.b" or STR_NONE, extra = dots: ALIAS* */ \
    KIND(ALIAS)         /* name = imported name or "*": NAME as? */                               \
    KIND(FUNCTION)      /* name, NODE_ASYNC, NODE_GENERATOR: PARAMETERS, body BLOCK, returns?,    \
                           decorator* */                                                          \
    KIND(PARAMETERS)    /* PARAMETER* */                                                          \
    KIND(PARAMETER)     /* name; NODE_STAR (*args), NODE_DOUBLE (**kwargs), NODE_KEYWORD_ONLY:    \
                           default?, annotation? */                                               \
    KIND(CLASS)         /* name: body BLOCK, BASES, decorator* */                                 \
    KIND(BASES)         /* argument* (an expression, KEYWORD or STAR) */                         \
    /* templates */                                                                               \
    KIND(LOOKUP)        /* name = part, {{ object.part }}: key, attribute or index: object */     \
    KIND(FILTER)        /* name, NODE_TEST: value, argument* */                                   \
    KIND(OUTPUT)        /* {{ value }}: value */                                                  \
    KIND(TAG)           /* name: target? (`as x`), body?, argument* */                            \
    KIND(INCLUDE)       /* NODE_ONLY: template, KEYWORD* */                                       \
    KIND(EXTENDS)       /* template */                                                            \
    KIND(SECTION)       /* {% block name %}: body */                                              \
    KIND(LIBRARY)       /* {% load name %} */                                                     \
    KIND(MACROS)        /* {% import x as name %}, or ALIAS* of {% from x import %}: template,    \
                           ALIAS* */

typedef enum NodeKind {
#define KIND(name) NODE_##name,
    NODE_KINDS(KIND)
#undef KIND
    NODE_KIND_COUNT
} NodeKind;

enum { /* Node.flags */
    NODE_DOUBLE = 1 << 0,
    NODE_STARRED = 1 << 1, /* PARAMETER: *args */
    NODE_KEYWORD_ONLY = 1 << 2,
    NODE_ASYNC = 1 << 3,
    NODE_GENERATOR = 1 << 4, /* FUNCTION: its own body yields */
    NODE_FROM = 1 << 5,
    NODE_BYTES = 1 << 6,
    NODE_IMPLICIT = 1 << 7,
    NODE_NONLOCAL = NODE_FROM,
    NODE_SCOPED = NODE_STARRED, /* FOR, WITH of a template: its names are gone behind it */
    NODE_CONTEXT = NODE_STARRED, /* MACROS: they see the names of who imports them */
    NODE_ONLY = NODE_DOUBLE,    /* INCLUDE: sees nothing but what it is given */
    NODE_TEST = NODE_FROM,      /* FILTER: `x is name` */
};

typedef enum Constant { CONSTANT_NONE, CONSTANT_TRUE, CONSTANT_FALSE, CONSTANT_ELLIPSIS } Constant;
typedef enum Collection {
    COLLECTION_LIST,
    COLLECTION_SET,
    COLLECTION_DICT,
    COLLECTION_GENERATOR
} Collection;
typedef enum Operator {
    OP_OTHER, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_FLOOR, OP_MOD, OP_POW, OP_MATMUL,
    OP_BIT_OR, OP_BIT_AND, OP_BIT_XOR, OP_SHIFT_LEFT, OP_SHIFT_RIGHT,
    OP_NOT, OP_NEGATE, OP_POSITIVE, OP_INVERT,
    OP_AND, OP_OR,
    OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_NOT_IN, OP_IS, OP_IS_NOT,
} Operator;

/* Which language a template is written in, as far as its own text tells. */
typedef enum Engine { ENGINE_PYTHON, ENGINE_ANY, ENGINE_DJANGO, ENGINE_JINJA } Engine;

typedef uint32_t NodeId;
#define NODE_NONE 0u /* the ABSENT node */

typedef struct Node { /* 16 bytes */
    uint8_t kind;     /* NodeKind */
    uint8_t flags;
    uint16_t extra;   /* Constant, Collection, Operator, dots: see the kind */
    Str name;         /* in the module's own table */
    uint32_t first;   /* index in Module.children: there stands the count, then the children */
    uint32_t start;   /* offset of the first byte in the source */
} Node;

/* A suppression comment or fixture expectation: kept as text, with its place. Only comments
 * that contain "eagerly:", "noqa" (any case), "expect:", "reveal:" or "birth:" are kept. */
typedef struct Comment {
    uint32_t start;   /* offset of the '#', or of the '{' of {# #} */
    uint32_t end;     /* behind its last byte */
    Str text;         /* what it says, trimmed */
    bool alone;       /* nothing else stands on its line */
} Comment;

/* A string of a Python file that reads like a template, and the tree of that: nodes `first` to
 * `root`, which have no parent. Their places are in the file, or all at the string if it does not
 * stand there letter by letter. */
typedef struct Embedded {
    NodeId string, first, root;
} Embedded;

typedef struct Module {
    const char *path;             /* as it is shown; owned by the arena */
    uint64_t hash;                /* of the bytes */
    uint32_t size;                /* bytes of source */
    Arena *arena;
    Strings *strings;
    Array(Node) nodes;
    Array(uint32_t) ends;         /* per node: offset behind its last byte */
    Array(uint32_t) children;
    Array(uint32_t) lines;        /* offset of each line's first byte */
    Array(Comment) comments;
    Array(Embedded) embedded;     /* by `string`, which is in the order of `root` as well */
    NodeId root;
    uint8_t engine;               /* Engine */
    uint32_t errors;              /* broken places (UNKNOWN nodes made from them) */
    bool cut;                     /* a limit was reached: the file counts as unreadable */
} Module;

/* A place in the project: a node of a module. */
typedef struct Site {
    uint32_t module; /* index in the project's modules, which are sorted by path */
    NodeId node;
} Site;

static inline const Node *module_node(const Module *module, NodeId id) {
    return &module->nodes.items[id];
}
static inline uint32_t node_count(const Module *module, NodeId id) {
    return module->children.items[module->nodes.items[id].first];
}
/* The child at a position; NODE_NONE past the end. */
static inline NodeId node_child(const Module *module, NodeId id, uint32_t at) {
    const uint32_t *children = &module->children.items[module->nodes.items[id].first];
    return at < children[0] ? children[1 + at] : NODE_NONE;
}

/* A new, empty module with the ABSENT node; owns a fresh arena. `path` is copied. */
Module *module_new(const char *path);
void module_free(Module *module);
/* Adds a node; `children` is copied. Returns its number. */
NodeId module_add(Module *module, Node node, uint32_t end, const NodeId *children,
                  uint32_t count);
/* Keeps a comment; its text is source[from..to), which is trimmed here. */
void module_comment(Module *module, const char *source, uint32_t size, Comment comment,
                    uint32_t from, uint32_t to);
/* The template that a STRING holds; NULL: none. */
const Embedded *module_embedded(const Module *module, NodeId string);
/* The template whose root that is; NULL: the node is no such root. */
const Embedded *module_embedded_root(const Module *module, NodeId root);
/* Line and column (both from 1; the column counts bytes) of an offset. */
void module_place(const Module *module, uint32_t offset, uint32_t *line, uint32_t *column);
/* The text of a line (1-based) needs the source, which a module does not keep: see report. */
const char *node_kind_name(NodeKind kind);
/* Prints the tree, one node a line, indented, for --dump=module. */
struct Writer;
void module_dump(const Module *module, struct Writer *out);

#endif
