/* python_lower.h - what the files that lower Python's syntax tree share; private to grammar/.
 *
 * The syntax tree is walked once, in post-order. What a finished part of the tree came to is
 * one Slot on a stack; when a tree node is left, its handler sees the slots of its children,
 * makes a Node of them and that becomes one slot of the parent. A handler may also leave its
 * children's slots where they are, as if they were the parent's own (SPLICE): argument lists
 * and other wrappers vanish so. Names and constants become nodes only when a handler asks.
 *
 *     a.b(c)      [a] [b]  --attribute-->  [a.b]      [a.b] [c]  --call-->  [a.b(c)]
 *
 * All stacks belong to the reader and are reused from file to file. */
#ifndef EAGERLY_PYTHON_LOWER_H
#define EAGERLY_PYTHON_LOWER_H

#include "grammar/module.h"

/* Tokens that a handler looks at; all the others leave no slot. */
#define SYNTAX_TOKENS(TOKEN)                                                                      \
    TOKEN(ASYNC, "async")                                                                         \
    TOKEN(COMMA, ",")                                                                             \
    TOKEN(COLON, ":")                                                                             \
    TOKEN(FROM, "from")                                                                           \
    TOKEN(UNDERSCORE, "_")

/* Named tree nodes that are taken as they stand: their text says it all. */
#define SYNTAX_LEAVES(LEAF)                                                                       \
    LEAF(IDENTIFIER, "identifier")                                                                \
    LEAF(INTEGER, "integer")                                                                      \
    LEAF(FLOAT, "float")                                                                          \
    LEAF(NONE_LITERAL, "none")                                                                    \
    LEAF(TRUE_LITERAL, "true")                                                                    \
    LEAF(FALSE_LITERAL, "false")                                                                  \
    LEAF(ELLIPSIS, "ellipsis")                                                                    \
    LEAF(DOTTED_NAME, "dotted_name")                                                              \
    LEAF(RELATIVE_IMPORT, "relative_import")                                                      \
    LEAF(WILDCARD_IMPORT, "wildcard_import")                                                      \
    LEAF(STRING_START, "string_start")                                                            \
    LEAF(STRING_CONTENT, "string_content")                                                        \
    LEAF(STRING_END, "string_end")                                                                \
    LEAF(TYPE_CONVERSION, "type_conversion")                                                      \
    LEAF(KEYWORD_SEPARATOR, "keyword_separator")                                                  \
    LEAF(POSITIONAL_SEPARATOR, "positional_separator")

/* Named tree nodes with the handler that lowers them. */
#define SYNTAX_NODES(SYNTAX)                                                                      \
    SYNTAX(ERROR, "ERROR", lower_error)                                                           \
    SYNTAX(OTHER, "", lower_unknown)                                                              \
    SYNTAX(ATTRIBUTE, "attribute", lower_attribute)                                               \
    SYNTAX(CALL, "call", lower_call)                                                              \
    SYNTAX(ARGUMENT_LIST, "argument_list", lower_argument_list)                                   \
    SYNTAX(KEYWORD_ARGUMENT, "keyword_argument", lower_keyword_argument)                          \
    SYNTAX(LIST_SPLAT, "list_splat", lower_star)                                                  \
    SYNTAX(DICTIONARY_SPLAT, "dictionary_splat", lower_star)                                      \
    SYNTAX(LIST_SPLAT_PATTERN, "list_splat_pattern", lower_star_pattern)                          \
    SYNTAX(DICTIONARY_SPLAT_PATTERN, "dictionary_splat_pattern", lower_star_pattern)              \
    SYNTAX(SPLAT_TYPE, "splat_type", lower_star)                                                  \
    SYNTAX(SUBSCRIPT, "subscript", lower_subscript)                                               \
    SYNTAX(SLICE, "slice", lower_slice)                                                           \
    SYNTAX(STRING, "string", lower_string)                                                        \
    SYNTAX(CONCATENATED_STRING, "concatenated_string", lower_concatenated_string)                 \
    SYNTAX(INTERPOLATION, "interpolation", lower_splice)                                          \
    SYNTAX(FORMAT_SPECIFIER, "format_specifier", lower_splice)                                    \
    SYNTAX(FORMAT_EXPRESSION, "format_expression", lower_splice)                                  \
    SYNTAX(PARENTHESIZED_EXPRESSION, "parenthesized_expression", lower_inner)                     \
    SYNTAX(LIST, "list", lower_sequence)                                                          \
    SYNTAX(SET, "set", lower_sequence)                                                            \
    SYNTAX(TUPLE, "tuple", lower_sequence)                                                        \
    SYNTAX(EXPRESSION_LIST, "expression_list", lower_sequence)                                    \
    SYNTAX(PATTERN_LIST, "pattern_list", lower_sequence)                                          \
    SYNTAX(LIST_PATTERN, "list_pattern", lower_sequence)                                          \
    SYNTAX(TUPLE_PATTERN, "tuple_pattern", lower_sequence)                                        \
    SYNTAX(DICTIONARY, "dictionary", lower_dictionary)                                            \
    SYNTAX(PAIR, "pair", lower_splice)                                                            \
    SYNTAX(LIST_COMPREHENSION, "list_comprehension", lower_comprehension)                         \
    SYNTAX(SET_COMPREHENSION, "set_comprehension", lower_comprehension)                           \
    SYNTAX(DICTIONARY_COMPREHENSION, "dictionary_comprehension", lower_comprehension)             \
    SYNTAX(GENERATOR_EXPRESSION, "generator_expression", lower_comprehension)                     \
    SYNTAX(FOR_IN_CLAUSE, "for_in_clause", lower_for_in_clause)                                   \
    SYNTAX(IF_CLAUSE, "if_clause", lower_if_clause)                                               \
    SYNTAX(UNARY_OPERATOR, "unary_operator", lower_unary)                                         \
    SYNTAX(NOT_OPERATOR, "not_operator", lower_unary)                                             \
    SYNTAX(BINARY_OPERATOR, "binary_operator", lower_binary)                                      \
    SYNTAX(BOOLEAN_OPERATOR, "boolean_operator", lower_binary)                                    \
    SYNTAX(COMPARISON_OPERATOR, "comparison_operator", lower_comparison)                          \
    SYNTAX(CONDITIONAL_EXPRESSION, "conditional_expression", lower_conditional)                   \
    SYNTAX(LAMBDA, "lambda", lower_lambda)                                                        \
    SYNTAX(AWAIT, "await", lower_await)                                                           \
    SYNTAX(YIELD, "yield", lower_yield)                                                           \
    SYNTAX(NAMED_EXPRESSION, "named_expression", lower_walrus)                                    \
    SYNTAX(TYPE, "type", lower_inner)                                                             \
    SYNTAX(GENERIC_TYPE, "generic_type", lower_generic_type)                                      \
    SYNTAX(TYPE_PARAMETER, "type_parameter", lower_type_parameter)                                \
    SYNTAX(UNION_TYPE, "union_type", lower_union_type)                                            \
    SYNTAX(MEMBER_TYPE, "member_type", lower_member_type)                                         \
    SYNTAX(MODULE, "module", lower_block)                                                         \
    SYNTAX(BLOCK, "block", lower_block)                                                           \
    SYNTAX(EXPRESSION_STATEMENT, "expression_statement", lower_expression_statement)              \
    SYNTAX(ASSIGNMENT, "assignment", lower_assignment)                                            \
    SYNTAX(AUGMENTED_ASSIGNMENT, "augmented_assignment", lower_augmented_assignment)              \
    SYNTAX(TYPE_ALIAS_STATEMENT, "type_alias_statement", lower_type_alias)                        \
    SYNTAX(FOR_STATEMENT, "for_statement", lower_for)                                             \
    SYNTAX(WHILE_STATEMENT, "while_statement", lower_while)                                       \
    SYNTAX(IF_STATEMENT, "if_statement", lower_if)                                                \
    SYNTAX(ELIF_CLAUSE, "elif_clause", lower_elif)                                                \
    SYNTAX(ELSE_CLAUSE, "else_clause", lower_clause_block)                                        \
    SYNTAX(FINALLY_CLAUSE, "finally_clause", lower_clause_block)                                  \
    SYNTAX(TRY_STATEMENT, "try_statement", lower_try)                                             \
    SYNTAX(EXCEPT_CLAUSE, "except_clause", lower_except)                                          \
    SYNTAX(WITH_STATEMENT, "with_statement", lower_with)                                          \
    SYNTAX(WITH_CLAUSE, "with_clause", lower_splice)                                              \
    SYNTAX(WITH_ITEM, "with_item", lower_splice)                                                  \
    SYNTAX(AS_PATTERN, "as_pattern", lower_as)                                                    \
    SYNTAX(AS_PATTERN_TARGET, "as_pattern_target", lower_inner)                                   \
    SYNTAX(MATCH_STATEMENT, "match_statement", lower_match)                                       \
    SYNTAX(CASE_CLAUSE, "case_clause", lower_case)                                                \
    SYNTAX(CASE_PATTERN, "case_pattern", lower_case_pattern)                                      \
    SYNTAX(UNION_PATTERN, "union_pattern", lower_pattern_parts)                                   \
    SYNTAX(DICT_PATTERN, "dict_pattern", lower_pattern_parts)                                     \
    SYNTAX(CLASS_PATTERN, "class_pattern", lower_class_pattern)                                   \
    SYNTAX(KEYWORD_PATTERN, "keyword_pattern", lower_keyword_pattern)                             \
    SYNTAX(SPLAT_PATTERN, "splat_pattern", lower_splat_pattern)                                   \
    SYNTAX(COMPLEX_PATTERN, "complex_pattern", lower_complex_pattern)                             \
    SYNTAX(RETURN_STATEMENT, "return_statement", lower_return)                                    \
    SYNTAX(RAISE_STATEMENT, "raise_statement", lower_raise)                                       \
    SYNTAX(ASSERT_STATEMENT, "assert_statement", lower_assert)                                    \
    SYNTAX(DELETE_STATEMENT, "delete_statement", lower_delete)                                    \
    SYNTAX(PASS_STATEMENT, "pass_statement", lower_simple)                                        \
    SYNTAX(BREAK_STATEMENT, "break_statement", lower_simple)                                      \
    SYNTAX(CONTINUE_STATEMENT, "continue_statement", lower_simple)                                \
    SYNTAX(GLOBAL_STATEMENT, "global_statement", lower_global)                                    \
    SYNTAX(NONLOCAL_STATEMENT, "nonlocal_statement", lower_global)                                \
    SYNTAX(IMPORT_STATEMENT, "import_statement", lower_import)                                    \
    SYNTAX(IMPORT_FROM_STATEMENT, "import_from_statement", lower_import_from)                     \
    SYNTAX(FUTURE_IMPORT_STATEMENT, "future_import_statement", lower_import_from)                 \
    SYNTAX(ALIASED_IMPORT, "aliased_import", lower_aliased_import)                                \
    SYNTAX(FUNCTION_DEFINITION, "function_definition", lower_function)                            \
    SYNTAX(CLASS_DEFINITION, "class_definition", lower_class)                                     \
    SYNTAX(DECORATED_DEFINITION, "decorated_definition", lower_decorated)                         \
    SYNTAX(DECORATOR, "decorator", lower_inner)                                                   \
    SYNTAX(PARAMETERS, "parameters", lower_parameters)                                            \
    SYNTAX(LAMBDA_PARAMETERS, "lambda_parameters", lower_parameters)                              \
    SYNTAX(DEFAULT_PARAMETER, "default_parameter", lower_parameter)                               \
    SYNTAX(TYPED_PARAMETER, "typed_parameter", lower_parameter)                                   \
    SYNTAX(TYPED_DEFAULT_PARAMETER, "typed_default_parameter", lower_parameter)

typedef enum Syntax {
    SYNTAX_IGNORED,
    SYNTAX_COMMENT,
    SYNTAX_OPERATOR, /* a token that Slot.operation tells */
#define TOKEN(name, text) SYNTAX_##name,
    SYNTAX_TOKENS(TOKEN)
#undef TOKEN
#define LEAF(name, text) SYNTAX_##name,
    SYNTAX_LEAVES(LEAF)
#undef LEAF
#define SYNTAX(name, text, handler) SYNTAX_##name,
    SYNTAX_NODES(SYNTAX)
#undef SYNTAX
    SYNTAX_COUNT
} Syntax;

/* The grammar's field names that matter. */
#define SYNTAX_FIELDS(FIELD)                                                                      \
    FIELD(ALIAS, "alias")                                                                         \
    FIELD(ALTERNATIVE, "alternative")                                                             \
    FIELD(ARGUMENT, "argument")                                                                   \
    FIELD(ATTRIBUTE, "attribute")                                                                 \
    FIELD(BODY, "body")                                                                           \
    FIELD(CAUSE, "cause")                                                                         \
    FIELD(CONDITION, "condition")                                                                 \
    FIELD(CONSEQUENCE, "consequence")                                                             \
    FIELD(DEFINITION, "definition")                                                               \
    FIELD(FUNCTION, "function")                                                                   \
    FIELD(GUARD, "guard")                                                                         \
    FIELD(KEY, "key")                                                                             \
    FIELD(LEFT, "left")                                                                           \
    FIELD(MODULE_NAME, "module_name")                                                             \
    FIELD(NAME, "name")                                                                           \
    FIELD(OBJECT, "object")                                                                       \
    FIELD(OPERATOR, "operator")                                                                   \
    FIELD(PARAMETERS, "parameters")                                                               \
    FIELD(RETURN_TYPE, "return_type")                                                             \
    FIELD(RIGHT, "right")                                                                         \
    FIELD(SUBJECT, "subject")                                                                     \
    FIELD(SUBSCRIPT, "subscript")                                                                 \
    FIELD(SUPERCLASSES, "superclasses")                                                           \
    FIELD(TYPE, "type")                                                                           \
    FIELD(VALUE, "value")

typedef enum Field {
    FIELD_NONE,
#define FIELD(name, text) FIELD_##name,
    SYNTAX_FIELDS(FIELD)
#undef FIELD
    FIELD_COUNT
} Field;

/* A finished part of the syntax tree. */
typedef struct Slot {
    NodeId node;       /* what it was lowered to; NODE_NONE for tokens and leaves */
    uint32_t start, end;
    uint8_t syntax;    /* Syntax; of what is inside, when parentheses were taken away */
    uint8_t field;     /* Field of the parent that it stands in */
    uint8_t operation; /* Operator, of a SYNTAX_OPERATOR */
    bool missing;      /* made up by the parser to go on */
} Slot;

/* A tree node that was entered and not yet left. The one before it in memory is its parent. */
typedef struct Frame {
    uint32_t slots;    /* its children's slots begin here */
    uint32_t start, end;
    uint8_t syntax, field;
    bool yields;       /* functions and lambdas: a yield was seen in their own body */
} Frame;

/* The work on one file. */
typedef struct Lower {
    Module *module;
    const char *source;
    uint32_t size;
    Slot *slots;
    uint32_t slot_count, slot_room;
    Frame *frames;     /* [0] is nobody's: the parent of the root */
    uint32_t frame_count, frame_room;
    uint32_t *scopes;  /* frames of the functions and lambdas around */
    uint32_t scope_count, scope_room;
    NodeId *list;      /* children being collected */
    uint32_t list_count, list_room;
    char *text;        /* text being decoded */
    uint32_t text_count, text_room;
} Lower;

/* A handler's answer: leave the children's slots to the parent. */
#define SPLICE UINT32_MAX

typedef NodeId LowerHandler(Lower *lower, Frame *frame);

/* The children of a frame, while its handler runs. */
static inline Slot *slots_begin(const Lower *lower, const Frame *frame) {
    return lower->slots + frame->slots;
}
static inline Slot *slots_end(const Lower *lower) {
    return lower->slots + lower->slot_count;
}

/* Makes room for one more item in a growable stack. */
void *stack_grow(void *items, uint32_t count, uint32_t *room, size_t size);
#define STACK_PUSH(items, count, room, ...)                                                       \
    do {                                                                                          \
        if ((count) == (room)) (items) = stack_grow((items), (count), &(room), sizeof *(items));  \
        (items)[(count)++] = (__VA_ARGS__);                                                       \
    } while (0)

/* True if the slot is an expression, a statement or a part of one: not a token. */
bool slot_valued(const Slot *slot);
/* The slot's node, made now if it is a leaf. NODE_NONE for NULL or a token. */
NodeId slot_node(Lower *lower, const Slot *slot);
/* The same where only an expression may stand: anything else turns into UNKNOWN. */
NodeId slot_expression(Lower *lower, const Slot *slot);
Str slot_text(Lower *lower, const Slot *slot);
/* The first child in a field, or NULL. */
const Slot *frame_slot(const Lower *lower, const Frame *frame, Field field);
/* The first child that is not a token or an error (an error if there is nothing else). */
const Slot *frame_inner(const Lower *lower, const Frame *frame);
NodeId frame_expression(Lower *lower, const Frame *frame, Field field);
/* The BLOCK in a field; an empty one if there is none. */
NodeId frame_block(Lower *lower, const Frame *frame, Field field);
/* Whether a child with this syntax exists. */
bool frame_has(const Lower *lower, const Frame *frame, Syntax syntax);

/* Collecting children into lower->list. */
void list_begin(Lower *lower);
void list_add(Lower *lower, NodeId node);

/* A node that spans the frame. */
NodeId lower_add(Lower *lower, const Frame *frame, Node node, const NodeId *children,
                 uint32_t count);
/* The same for what begins with children[at]. The grammar reads [*a.b] as (*a).b; here the
 * star goes around the whole again. Changes children[at]. */
NodeId lower_add_chain(Lower *lower, const Frame *frame, Node node, NodeId *children,
                       uint32_t count, uint32_t at);
/* lower_add() with the collected list as its children. */
NodeId lower_add_list(Lower *lower, const Frame *frame, Node node);
/* The children in a field as one expression: a TUPLE if there are several, a comma or a star. */
NodeId lower_field_tuple(Lower *lower, const Frame *frame, Field field);
/* Turns a node that stands where it must not into UNKNOWN. */
NodeId lower_retag(Lower *lower, NodeId node);

void text_add(Lower *lower, const char *text, size_t length);

#define SYNTAX(name, text, handler) LowerHandler handler;
SYNTAX_NODES(SYNTAX)
#undef SYNTAX

#endif
