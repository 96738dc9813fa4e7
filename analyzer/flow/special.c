/* Special methods: what str(x), len(x), x == y, x[k] ... run when x is a row or an object whose
 * class defines the method in view.
 *
 * Of a model's own only __str__ is reached from another one: Model.__repr__() asks for it. Model's
 * __eq__() and __hash__() read the primary key, which is no query. */
#include "flow/evaluate.h"

const Value *special_call(Activation *a, NodeId node, const Value *value, const char *name,
                          const Arguments *arguments) {
    if (value->kind != VALUE_ROW && value->kind != VALUE_OBJECT) return NULL;
    const Class *klass = value_class(value);
    Str found = str_find(a->e->project->strings, name, strlen(name));
    const ClassMember *member = klass && found ? class_member(klass, found) : NULL;
    if (!member || member->kind != MEMBER_FUNCTION) return NULL;
    return call_member(a, node, value, member, arguments);
}

static const Value *special_other(Activation *a, NodeId node, const Value *value,
                                  const char *name, const Value *other) {
    Arguments arguments = argument_of(node, other);
    return special_call(a, node, value, name, &arguments);
}

static const Value *special_alone(Activation *a, NodeId node, const Value *value,
                                  const char *name) {
    return special_call(a, node, value, name, &(Arguments){0});
}

void use_text(Activation *a, NodeId node, const Value *value) {
    if (value->kind == VALUE_UNION)
        for (uint32_t i = 0; i < value->count; i++) use_text(a, node, value->items[i]);
    else if (value->kind == VALUE_QUERYSET)
        queryset_run(a, node, value, OPERATION_REPR);
    else if (!special_alone(a, node, value, "__str__") && value->kind == VALUE_OBJECT)
        special_alone(a, node, value, "__repr__");
    /* Of a list it is repr() of the elements: lists of rows are printed for people in a shell. */
}

void use_representation(Activation *a, NodeId node, const Value *value) {
    bool own = value->kind == VALUE_ROW || value->kind == VALUE_OBJECT;
    if (own && special_alone(a, node, value, "__repr__")) return;
    if (value->kind != VALUE_OBJECT) use_text(a, node, value);
}

void use_format(Activation *a, NodeId node, const Value *value) {
    const Value *how = a->e->scalar;
    if (!special_other(a, node, value, "__format__", how)) use_text(a, node, value);
}

const Value *use_truth(Activation *a, NodeId node, const Value *value) {
    Evaluator *e = a->e;
    switch ((ValueKind)value->kind) {
    case VALUE_QUERYSET: queryset_run(a, node, value, OPERATION_TRUTH); return e->scalar;
    case VALUE_UNION:
        for (uint32_t i = 0; i < value->count; i++) use_truth(a, node, value->items[i]);
        return e->scalar;
    case VALUE_BOOL: return value;
    case VALUE_NONE: return e->no;
    case VALUE_STRING: return *project_text(e->project, value->name) ? e->yes : e->no;
    case VALUE_SCALAR: {
        long number;
        for (uint32_t i = 0; i < value->count; i++) /* a column of truths that is not true */
            if (value->items[i] == e->yes) return e->no;
        return value_number(e, value, &number) ? number ? e->yes : e->no : e->scalar;
    }
    case VALUE_SEQUENCE: return value->count ? e->yes : e->no;
    case VALUE_DICT: return value->count ? e->yes : value->self ? e->scalar : e->no;
    case VALUE_ROW: case VALUE_OBJECT:
        if (value->kind == VALUE_OBJECT && !value->klass) return e->yes;
        if (special_alone(a, node, value, "__bool__") || special_alone(a, node, value, "__len__"))
            return e->scalar;
        return row_is_there(a, value) ? e->yes : e->scalar;
    default: return e->scalar;
    }
}

void use_length(Activation *a, NodeId node, const Value *value) {
    if (value->kind == VALUE_QUERYSET) queryset_run(a, node, value, OPERATION_LENGTH);
    else special_alone(a, node, value, "__len__");
}

void use_membership(Activation *a, NodeId node, const Value *container, const Value *item) {
    if (container->kind == VALUE_QUERYSET) queryset_run(a, node, container, OPERATION_IN);
    if (container->kind == VALUE_UNION)
        for (uint32_t i = 0; i < container->count; i++)
            use_membership(a, node, container->items[i], item);
    if (!special_other(a, node, container, "__contains__", item))
        special_alone(a, node, container, "__iter__");
}

void use_hash(Activation *a, NodeId node, const Value *value) {
    special_alone(a, node, value, "__hash__");
}

typedef struct Hook {
    Operator operator;
    const char *name, *reflected; /* of the right side, when the left has none */
} Hook;

static const Hook hooks[] = {
    {OP_EQ, "__eq__", "__eq__"},       {OP_NE, "__ne__", "__ne__"},
    {OP_LT, "__lt__", "__gt__"},       {OP_GT, "__gt__", "__lt__"},
    {OP_LE, "__le__", "__ge__"},       {OP_GE, "__ge__", "__le__"},
    {OP_ADD, "__add__", "__radd__"},   {OP_SUB, "__sub__", "__rsub__"},
    {OP_MUL, "__mul__", "__rmul__"},   {OP_DIV, "__truediv__", "__rtruediv__"},
    {OP_BIT_OR, "__or__", "__ror__"},  {OP_BIT_AND, "__and__", "__rand__"},
};

/* Of rows the left side's comparison decides: Model has one of its own. */
const Value *special_operator(Activation *a, NodeId node, Operator operator, const Value *left,
                              const Value *right) {
    bool either = left->kind == VALUE_ROW || left->kind == VALUE_OBJECT
                  || right->kind == VALUE_ROW || right->kind == VALUE_OBJECT;
    for (size_t i = 0; either && i < sizeof hooks / sizeof *hooks; i++) {
        if (hooks[i].operator != operator) continue;
        const Value *given = special_other(a, node, left, hooks[i].name, right);
        if (!given && operator == OP_NE) given = special_other(a, node, left, "__eq__", right);
        bool decided = left->kind == VALUE_ROW && (operator == OP_EQ || operator == OP_NE);
        if (given || decided) return given;
        return special_other(a, node, right, hooks[i].reflected, left);
    }
    return NULL;
}

const Value *special_item(Activation *a, NodeId node, const Value *value, const Value *key) {
    return special_other(a, node, value, "__getitem__", key);
}

/* -- "..." % x and "...".format(x) -- */

static void use_converted(Activation *a, NodeId node, char conversion, const Value *value) {
    if (conversion == 's') use_text(a, node, value);
    else if (conversion == 'r' || conversion == 'a') use_representation(a, node, value);
}

/* The value of a key of a dict; what any key may give when it is not known. */
static const Value *key_value(Evaluator *e, const Value *dict, const char *text, size_t length) {
    if (dict->kind != VALUE_DICT) return e->unknown;
    Str key = str_find(e->project->strings, text, length);
    const Value *found = key ? value_key(dict, key) : NULL;
    return found ? found : dict->self ? dict->self : e->unknown;
}

void use_percent(Activation *a, NodeId node, const char *text, const Value *given) {
    Evaluator *e = a->e;
    uint32_t next = 0;
    while ((text = strchr(text, '%'))) {
        const char *key = *++text == '(' ? text + 1 : NULL;
        size_t length = key ? strcspn(key, ")") : 0;
        if (key) text = key[length] ? key + length + 1 : key + length;
        for (; *text && strchr("#0- +.123456789*hlL", *text); text++) next += *text == '*';
        if (!*text) return;
        char conversion = *text++;
        if (conversion == '%') continue;
        const Value *one = given;
        if (key) one = key_value(e, given, key, length);
        else if (given->kind == VALUE_SEQUENCE)
            one = next < given->count ? given->items[next] : e->unknown;
        next++;
        use_converted(a, node, conversion, one);
    }
}

/* A field of format(): "0.author.name!r:>20". Returns what stands behind it. */
static const char *use_field(Activation *a, NodeId node, const char *text,
                             const Arguments *arguments, uint32_t *next) {
    Evaluator *e = a->e;
    char name[64];
    size_t length = strcspn(text, ".[!:}");
    const Value *value = NULL;
    if (length < sizeof name) {
        memcpy(name, text, length);
        name[length] = '\0';
        bool number = length && strspn(name, "0123456789") == length && length < 3;
        uint32_t at = !length ? (*next)++ : number ? (uint32_t)(name[0] - '0') : 99;
        if (number && length == 2) at = at * 10 + (uint32_t)(name[1] - '0');
        value = argument(arguments, e, at, number || !length ? NULL : name);
    }
    text += length;
    while (value && *text == '.') {
        length = strcspn(++text, ".[!:}");
        value = value_attribute(a, node, value, str_intern(e->project->strings, text, length));
        text += length;
    }
    if (value && *text == '!') use_converted(a, node, text[1], value);
    else if (value && *text != '[') use_format(a, node, value);
    return text + strcspn(text, "}");
}

void use_fields(Activation *a, NodeId node, const char *text, const Arguments *arguments) {
    uint32_t next = 0;
    while ((text = strchr(text, '{'))) {
        if (*++text == '{') text++;
        else text = use_field(a, node, text, arguments, &next);
    }
}
