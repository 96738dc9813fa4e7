/* What conditions say of the rows.
 *
 *     filter(editor=None)      nobody is: a KNOWN and narrowed load, reading it asks nothing
 *     filter(kind="essay")     a pin of the plan: reading the column gives the text
 *     exclude(kind="essay")    a pin as well: it gives anything but the text, a SCALAR whose items
 *                              are what it is not
 *
 * A constant pins a column of its own type only: what the database makes of another is not known
 * here. On one row a pin holds until its column is set: an ATTRIBUTE or LOADED fact under its name;
 * where nobody can tell which column is set, or a key is, an ATTRIBUTE fact under unpinned_fact. */
#include "flow/elsewhere.h"
#include "flow/evaluate.h"

/* -- conditions -- */

typedef enum TestKind { TEST_IS, TEST_IS_NULL, TEST_IN, TEST_OTHER } TestKind;

typedef struct Test {
    Evaluator *e;
    const Field *field;
    TestKind kind;
    bool excludes;
} Test;

static Test test_read(Evaluator *e, const Model *model, Str name, bool excludes) {
    static const struct { const char *text; TestKind kind; } kinds[] = {
        {"__exact", TEST_IS}, {"__isnull", TEST_IS_NULL}, {"__in", TEST_IN}};
    const char *text = project_text(e->project, name), *rest = strstr(text, "__");
    Test test = {.e = e, .kind = rest ? TEST_OTHER : TEST_IS, .excludes = excludes};
    for (size_t i = 0; rest && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(rest, kinds[i].text)) test.kind = kinds[i].kind;
    size_t length = rest ? (size_t)(rest - text) : strlen(text);
    Str column = str_find(e->project->strings, text, length);
    if (column && test.kind != TEST_OTHER) test.field = model_field(model, column);
    if (test.field && test.field->primary_key) test.field = NULL;
    return test;
}

/* Whether the field is one of Django's own of this class; those that compare texts in a way of
 * their own are not. */
static bool field_holds(Evaluator *e, const Field *field, const char *dotted) {
    static const char *const own_ways[] = {
        "django.contrib.postgres.fields.CICharField", "django.contrib.postgres.fields.CIEmailField",
        "django.contrib.postgres.fields.CITextField"};
    if (!field->site.node || !field_is_column(e->project, field)) return false;
    const Module *module = e->project->modules[field->site.module].module;
    Symbol symbol = project_expression(e->project, field->site.module,
                                       node_child(module, field->site.node, 0));
    for (size_t i = 0; i < sizeof own_ways / sizeof *own_ways; i++)
        if (class_is(symbol.klass, own_ways[i])) return false;
    return class_is(symbol.klass, dotted);
}

/* The pin of a column that is the constant. False: not known. */
static bool pin_of(Evaluator *e, const Field *field, const Value *value, Pin *pin) {
    *pin = (Pin){.column = field->name};
    if (value->kind == VALUE_NONE) return true;
    if (field->relation) return false;
    if (value->kind == VALUE_BOOL) {
        pin->constant = value->flags & VALUE_TRUE ? PIN_TRUE : PIN_FALSE;
        return field_holds(e, field, "django.db.models.BooleanField");
    }
    long number;
    pin->text = value->name;
    if (value->kind == VALUE_STRING) {
        pin->constant = PIN_TEXT;
        return field_holds(e, field, "django.db.models.CharField")
               || field_holds(e, field, "django.db.models.TextField");
    }
    pin->constant = PIN_NUMBER;
    return value_number(e, value, &number)
           && field_holds(e, field, "django.db.models.IntegerField");
}

static const Plan *plan_with_pin(const Test *test, const Plan *plan, Pin pin, bool other) {
    Evaluator *e = test->e;
    const Field *field = test->field;
    const Relation *relation = field->relation;
    bool flag = pin.constant == PIN_FALSE || pin.constant == PIN_TRUE;
    pin.other = other;
    if (other && flag && !field->null) {
        pin.constant = pin.constant == PIN_TRUE ? PIN_FALSE : PIN_TRUE;
        pin.other = false;
    }
    if (!relation || other) return plan_pin(e->plans, plan, pin);
    if (relation->kind != RELATION_FK && relation->kind != RELATION_O2O) return plan;
    return plan_add(e->plans, plan, &(Load){.relation = relation, .how = LOAD_KNOWN,
                                            .cover = COVER_FULL, .narrowed = true,
                                            .below = plan_open(e->plans)});
}

static const Plan *plan_after_test(const Test *test, const Plan *plan, const Value *value) {
    Pin pin;
    switch (test->kind) {
    case TEST_IS_NULL: {
        if (value->kind != VALUE_BOOL) return plan;
        bool null = (value->flags & VALUE_TRUE) != 0;
        pin = (Pin){.column = test->field->name, .constant = PIN_NULL};
        return plan_with_pin(test, plan, pin, null == test->excludes);
    }
    case TEST_IS:
        if (!pin_of(test->e, test->field, value, &pin)) return plan;
        return plan_with_pin(test, plan, pin, test->excludes);
    case TEST_IN: {
        bool listed = value->kind == VALUE_SEQUENCE && (test->excludes || value->count == 1);
        for (uint32_t i = 0; listed && i < value->count; i++) /* None in a list matches nothing */
            if (value->items[i]->kind != VALUE_NONE
                && pin_of(test->e, test->field, value->items[i], &pin))
                plan = plan_with_pin(test, plan, pin, test->excludes);
        return plan;
    }
    case TEST_OTHER: break;
    }
    return plan;
}

const Plan *plan_after_filter(Evaluator *e, const Plan *plan, const Model *model,
                              const Arguments *arguments, bool excludes) {
    bool together = arguments->count != 1 || arguments->open; /* exclude(a=1, b=2): what is both */
    if (!model || arguments->spread || (excludes && together)) return plan;
    for (uint32_t i = 0; i < arguments->count; i++) {
        if (!arguments->names[i]) continue;
        Test test = test_read(e, model, arguments->names[i], excludes);
        if (test.field) plan = plan_after_test(&test, plan, arguments->values[i]);
    }
    return plan;
}

/* The other side's rows need not satisfy it. */
const Plan *plan_combined(Evaluator *e, const Plan *plan) {
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->loads[i].how == LOAD_KNOWN && plan->loads[i].narrowed) return plan_open(e->plans);
    return plan_unpinned(e->plans, plan);
}

/* -- rows -- */

void row_unpin(Activation *a, const Value *row) {
    if (row->kind != VALUE_ROW) return;
    row = row_as_loaded(a, row, row);
    bool said = row->plan->pins != NULL;
    for (uint32_t i = 0; i < row->plan->load_count && !said; i++)
        said = row->plan->loads[i].how == LOAD_KNOWN && row->plan->loads[i].narrowed;
    if (said)
        state_set(a->e->scratch, &a->state,
                  fact_key(FACT_ATTRIBUTE, row->id, a->e->unpinned_fact), a->e->marker);
}

/* The rows that an object has as attributes, too. */
void held_unpin(Activation *a, const Value *holder) {
    row_unpin(a, holder);
    for (uint32_t i = 0; holder->kind == VALUE_OBJECT && i < holder->count; i++)
        row_unpin(a, holder->items[i]);
    if (holder->kind != VALUE_OBJECT) return;
    State before = state_copy(a->e->scratch, &a->state);
    for (uint32_t i = 0; i < before.facts.count; i++) {
        Fact fact = before.facts.items[i];
        if (fact_kind(fact.key) == FACT_ATTRIBUTE && fact_object(fact.key) == holder->id)
            row_unpin(a, fact.value);
    }
}

/* Calls out of view that ask, show or keep what they are given: user.has_perm("read", row). */
static bool call_only_reads(Activation *a, NodeId call) {
    static const char *const starts[] = {"has_", "is_", "can_", "get_", "check_", "format_",
                                         "render", "log", "reverse", "redirect"};
    static const char *const names[] = {"append", "add", "debug", "info", "warning", "error",
                                        "exception", "success", "delay", "apply_async",
                                         "send", "send_robust", "receiver"};
    NodeId callee = child_at(a, call, 0);
    bool named = node_at(a, call)->kind == NODE_CALL
                 && (node_at(a, callee)->kind == NODE_ATTRIBUTE
                     || node_at(a, callee)->kind == NODE_NAME);
    const char *name = named ? project_text(a->e->project, node_name(a, callee)) : "";
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(name, starts[i], strlen(starts[i]))) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) return true;
    return false;
}

void rows_unpin(Activation *a, NodeId call, const Arguments *arguments) {
    if (call_only_reads(a, call)) return;
    for (uint32_t i = 0; i < arguments->count; i++) row_unpin(a, arguments->values[i]);
}

bool row_is_whole(const Activation *a, const Value *row) {
    return !state_get(&a->state, fact_key(FACT_ATTRIBUTE, row->id, a->e->unpinned_fact));
}

static bool column_is_whole(const Activation *a, const Value *row, Str name) {
    return row_is_whole(a, row) && !state_get(&a->state, fact_key(FACT_LOADED, row->id, name));
}

static const Value *pin_value(Evaluator *e, const Pin *pin) {
    switch ((PinConstant)pin->constant) {
    case PIN_NULL: return e->none;
    case PIN_FALSE: return e->no;
    case PIN_TRUE: return e->yes;
    case PIN_TEXT: return value_string(e->values, pin->text);
    case PIN_NUMBER: break;
    }
    return value_intern(e->values, &(Value){.kind = VALUE_SCALAR, .name = pin->text});
}

static bool relation_is_null(Evaluator *e, const Value *row, const Relation *relation) {
    const Load *load = NULL;
    Cover cover = plan_cover(e->plans, row->plan, relation, &load, NULL);
    return load && load->how == LOAD_KNOWN && load->narrowed && cover == COVER_FULL;
}

const Value *row_pinned(Activation *a, const Value *row, const Field *field, Str name) {
    Evaluator *e = a->e;
    const Pins *pins = row->plan->pins;
    const Relation *relation = field->relation;
    bool null = relation && row->plan->load_count && relation_is_null(e, row, relation);
    if ((!pins && !null) || row->flags & VALUE_NEW || !column_is_whole(a, row, name)) return NULL;
    if (null) return e->none;
    const Pin *pin = pins_equal(pins, field->name);
    if (pin) return pin_value(e, pin);
    const Value *others[PINS_MOST];
    uint32_t count = 0;
    for (uint32_t i = 0; i < pins->count; i++)
        if (pins->items[i].column == field->name) others[count++] = pin_value(e, &pins->items[i]);
    if (!count) return NULL;
    return value_intern(e->values, &(Value){.kind = VALUE_SCALAR, .items = others,
                                            .count = count});
}

bool row_is_there(const Activation *a, const Value *row) {
    const Relation *relation = row->kind == VALUE_ROW ? row->birth->relation : NULL;
    if (!relation || relation->many || !relation->attname || !row->self
        || row->self->kind != VALUE_ROW)
        return false;
    const Value *parent = row_as_loaded(a, row->self, row->self);
    const Pins *pins = parent->plan->pins;
    for (uint32_t i = 0; pins && i < pins->count; i++) {
        const Pin *pin = &pins->items[i];
        if (pin->column == relation->name && pin->other && pin->constant == PIN_NULL)
            return column_is_whole(a, parent, relation->attname);
    }
    return false;
}

/* -- comparisons -- */

static bool value_is_not(const Value *value, const Value *other) {
    for (uint32_t i = 0; value->kind == VALUE_SCALAR && i < value->count; i++)
        if (value->items[i] == other) return true;
    return false;
}

/* What cannot be equal, as far as pins say. */
static bool values_differ(const Activation *a, const Value *left, const Value *right) {
    return value_is_not(left, right) || value_is_not(right, left)
           || (right->kind == VALUE_NONE && row_is_there(a, left));
}

const Value *compare_pinned(const Activation *a, Operator operator, const Value *left,
                            const Value *right) {
    const Evaluator *e = a->e;
    bool same = operator == OP_EQ || operator == OP_IS;
    if (same || operator == OP_NE || operator == OP_IS_NOT) {
        if (left->kind == VALUE_BOOL && right->kind == VALUE_BOOL)
            return (left == right) == same ? e->yes : e->no;
        return values_differ(a, left, right) ? same ? e->no : e->yes : NULL;
    }
    bool within = operator == OP_IN || operator == OP_NOT_IN;
    if (!within || left->kind != VALUE_SCALAR || !left->count || right->kind != VALUE_SEQUENCE)
        return NULL;
    for (uint32_t i = 0; i < right->count; i++)
        if (!value_is_not(left, right->items[i])) return NULL;
    return operator == OP_IN ? e->no : e->yes;
}
