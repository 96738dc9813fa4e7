/* Comparisons of what is known: yes, no, or a SCALAR. Of several alternatives all must agree. */
#include "flow/evaluate.h"

static const Value *compare_numbers(const Evaluator *e, Operator operator, long left, long right) {
    switch (operator) {
    case OP_EQ: return left == right ? e->yes : e->no;
    case OP_NE: return left != right ? e->yes : e->no;
    case OP_LT: return left < right ? e->yes : e->no;
    case OP_LE: return left <= right ? e->yes : e->no;
    case OP_GT: return left > right ? e->yes : e->no;
    case OP_GE: return left >= right ? e->yes : e->no;
    default: return e->scalar;
    }
}

static const Value *answer(const Evaluator *e, bool holds) {
    return holds ? e->yes : e->no;
}

/* Either may be a class derived from the one that is known. */
static const Value *classes_equal(const Evaluator *e, const Value *left, const Value *right) {
    bool loose = left->flags & VALUE_DOUBTFUL, other_loose = right->flags & VALUE_DOUBTFUL;
    if (!loose && !other_loose) return answer(e, left->klass == right->klass);
    bool apart = left->klass->mro_complete && right->klass->mro_complete
                 && (!loose || !class_inherits(right->klass, left->klass))
                 && (!other_loose || !class_inherits(left->klass, right->klass));
    return apart && !(loose && other_loose) ? e->no : e->scalar;
}

/* left == right, of values that stand for themselves. */
static const Value *values_equal(Evaluator *e, const Value *left, const Value *right) {
    if (left->kind == VALUE_STRING && right->kind == VALUE_STRING)
        return answer(e, left->name == right->name);
    if (left->kind == VALUE_CLASS && right->kind == VALUE_CLASS)
        return classes_equal(e, left, right);
    const Value *name = left->kind == VALUE_STRING ? right : left;
    const Value *text = name == left ? right : left;
    if (name->kind == VALUE_SCALAR && name->klass && text->kind == VALUE_STRING)
        return type_may_be_named(e, name->klass, text->name) ? e->scalar : e->no;
    return e->scalar;
}

static const Value *negated(const Evaluator *e, const Value *truth) {
    return truth == e->yes ? e->no : truth == e->no ? e->yes : truth;
}

/* left in (a, b, c); of classes an empty list is a register that others fill. */
static const Value *compare_items(Evaluator *e, const Value *left, const Value *sequence) {
    const Value *found = e->no;
    if (left->kind != VALUE_STRING && (!left->klass || !sequence->count)) return e->scalar;
    for (uint32_t i = 0; i < sequence->count; i++) {
        const Value *equal = values_equal(e, left, sequence->items[i]);
        if (equal == e->yes) return e->yes;
        if (equal != e->no) found = e->scalar;
    }
    return found;
}

static const Value *compare_none(const Evaluator *e, Operator operator, const Value *left) {
    bool surely = left->kind == VALUE_QUERYSET || left->kind == VALUE_MANAGER
                  || left->kind == VALUE_MANY || left->kind == VALUE_SEQUENCE
                  || left->kind == VALUE_STRING || left->kind == VALUE_CLASS
                  || left->kind == VALUE_FUNCTION || left->kind == VALUE_METHOD;
    if (left->kind == VALUE_NONE) return operator == OP_IS ? e->yes : e->no;
    return surely ? (operator == OP_IS ? e->no : e->yes) : e->scalar;
}

static const Value *compare_plain(Evaluator *e, Operator operator, const Value *left,
                                  const Value *right) {
    bool member = operator == OP_IN || operator == OP_NOT_IN;
    if (member && right->kind != VALUE_SEQUENCE) return e->scalar;
    if (member) {
        const Value *found = compare_items(e, left, right);
        return operator == OP_IN ? found : negated(e, found);
    }
    long number, other;
    if (value_number(e, left, &number) && value_number(e, right, &other))
        return compare_numbers(e, operator, number, other);
    bool identity = operator == OP_IS || operator == OP_IS_NOT;
    if (identity && right->kind == VALUE_NONE) return compare_none(e, operator, left);
    bool texts = left->kind == VALUE_STRING; /* which of them are one object is not said */
    if (operator == OP_EQ || (operator == OP_IS && !texts)) return values_equal(e, left, right);
    if (operator == OP_NE || (operator == OP_IS_NOT && !texts))
        return negated(e, values_equal(e, left, right));
    return e->scalar;
}

/* Where None is one of several alternatives, they do not show it: what would not be said of None
 * is not said of them. */
static bool holds_for_none(const Evaluator *e, Operator operator, const Value *said,
                           const Value *right) {
    if (right->kind == VALUE_NONE) return false;
    bool differs = operator == OP_NE || operator == OP_NOT_IN || operator == OP_IS_NOT;
    return said == (differs ? e->yes : e->no);
}

const Value *compare_values(Evaluator *e, Operator operator, const Value *left,
                            const Value *right) {
    bool several = left->kind == VALUE_UNION;
    const Value *alternatives = several ? left : right;
    if (alternatives->kind != VALUE_UNION) return compare_plain(e, operator, left, right);
    const Value *agreed = NULL;
    for (uint32_t i = 0; i < alternatives->count; i++) {
        const Value *one = alternatives->items[i];
        const Value *said = compare_values(e, operator, several ? one : left,
                                           several ? right : one);
        if ((agreed && said != agreed) || !holds_for_none(e, operator, said, several ? right : one))
            return e->scalar;
        agreed = said;
    }
    return agreed;
}
