/* Objects of the project's classes: made, asked for methods nobody in view defines, and super().
 *
 * An object is known by its class and by where it was made. What its making set is part of the
 * value (items: STRING, value ...), so that objects made in a loop and kept in a list have each
 * their own rows; what is set later is a fact of the state, and comes first. */
#include "flow/evaluate.h"

enum { LIMIT_FIELDS = 60 }; /* no more than value_turned() turns */

/* The object with what __init__ set on it as part of the value, as far as it has room. */
static const Value *object_keep(Activation *a, const Value *object) {
    Evaluator *e = a->e;
    const Value *items[LIMIT_FIELDS];
    Value draft = *object;
    draft.items = items;
    State before = state_copy(e->scratch, &a->state);
    uint32_t fact_count = 0;
    for (uint32_t i = 0; i < before.facts.count; i++) {
        Fact fact = before.facts.items[i];
        if (fact_kind(fact.key) != FACT_ATTRIBUTE || fact_object(fact.key) != object->id) continue;
        before.facts.items[fact_count++] = fact;
        if (draft.count + 2 > LIMIT_FIELDS) continue; /* stays a fact of the state */
        items[draft.count++] = value_string(e->values, (Str)fact.key);
        items[draft.count++] = fact.value;
    }
    object = value_intern(e->values, &draft);
    for (uint32_t i = draft.count / 2; i < fact_count; i++)
        state_set(e->scratch, &a->state,
                  fact_key(FACT_ATTRIBUTE, object->id, (Str)before.facts.items[i].key),
                  before.facts.items[i].value);
    return object;
}

/* A class without __init__ in view, such as a dataclass: arguments go to the annotated names. */
static const Value *object_fill(Activation *a, const Value *object, const Arguments *arguments) {
    Evaluator *e = a->e;
    Site site = object->klass->site;
    const Module *module = e->project->modules[site.module].module;
    NodeId body = node_child(module, site.node, 0);
    const Value *items[LIMIT_FIELDS];
    Value draft = *object;
    uint32_t next = 0;
    draft.items = items;
    for (uint32_t i = 0; i < arguments->count; i++) {
        if (draft.count + 2 > LIMIT_FIELDS) {
            e->flow->statistics.cut_items++;
            break;
        }
        Str name = arguments->names[i];
        while (!name && next < node_count(module, body)) {
            NodeId statement = node_child(module, body, next++);
            const Node *target = module_node(module, node_child(module, statement, 2));
            bool annotated = module_node(module, statement)->kind == NODE_ASSIGN
                             && node_child(module, statement, 1);
            if (annotated && target->kind == NODE_NAME)
                name = project_name(e->project, site.module, target->name);
        }
        if (!name) continue;
        items[draft.count++] = value_string(e->values, name);
        items[draft.count++] = arguments->values[i];
    }
    return value_intern(e->values, &draft);
}

/* A named tuple unpacks into its fields. */
const Value *object_items(Evaluator *e, const Value *object) {
    const Value *items[LIMIT_FIELDS];
    uint32_t count = 0;
    if (!object->klass || !class_is(object->klass, "typing.NamedTuple")) return e->unknown;
    for (uint32_t i = 1; i < object->count && count < LIMIT_FIELDS; i += 2)
        items[count++] = object->items[i];
    return value_sequence(e->values, items, count);
}

static const Value *prefetch_make(Activation *a, NodeId node, const Arguments *arguments) {
    Str dotted = str_of(a->e->project->strings, "django.db.models.Prefetch");
    const Value *outside = value_intern(a->e->values, &(Value){.kind = VALUE_EXTERNAL,
                                                               .name = dotted});
    bool handled = false;
    return builtin_call(a, node, outside, arguments, &handled);
}

/* A Prefetch class of the project's own: what its __init__ gives to Django's is kept with the
 * object, under a name nobody reads. */
static const Value *prefetch_construct(Activation *a, NodeId node, const Class *klass,
                                       const Arguments *arguments) {
    Evaluator *e = a->e;
    const ClassMember *init = class_member(klass, str_of(e->project->strings, "__init__"));
    if (!init || init->kind != MEMBER_FUNCTION) return prefetch_make(a, node, arguments);
    const Value *object = value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                                           .site = site_of(a, node)});
    uint64_t key = fact_key(FACT_ATTRIBUTE, object->id, e->plan_fact);
    state_drop(&a->state, key);
    call_member(a, node, object, init, arguments);
    const Value *made = state_get(&a->state, key);
    return made ? made : unknown_because(e, "Prefetch that could not be followed");
}

/* Class(...): an object, a row in memory, or what a known outside class makes. */
const Value *call_class(Activation *a, NodeId node, const Value *callee,
                               const Arguments *arguments) {
    Evaluator *e = a->e;
    const Class *klass = callee->klass;
    if (klass->model) {
        const Birth *birth = birth_make(e, &(Birth){.site = site_of(a, node),
                                                    .model = klass->model, .single = true});
        Value draft = {.kind = VALUE_ROW, .birth = birth, .plan = plan_open(e->plans),
                       .turn = activation_turn(a),
                       .flags = (uint16_t)(VALUE_NEW | (callee->flags & VALUE_DOUBTFUL))};
        const Value *row = value_intern(e->values, &draft);
        for (uint32_t i = 0; i < arguments->count; i++)
            if (arguments->names[i])
                row_assign(a, row, arguments->names[i], arguments->values[i]);
        return row;
    }
    for (const Framework *const *framework = e->frameworks; *framework; framework++) {
        const Value *made = (*framework)->construct
                                ? (*framework)->construct(a, node, callee, arguments) : NULL;
        if (made) return made;
    }
    if (class_is(klass, "django.db.models.QuerySet"))
        return queryset_construct(a, node, klass, arguments);
    if (!klass->external && class_is(klass, "django.db.models.Prefetch"))
        return prefetch_construct(a, node, klass, arguments);
    if (klass->external) {
        bool handled = false;
        const Value *outside = value_intern(e->values, &(Value){.kind = VALUE_EXTERNAL,
                                                                .name = klass->qualified});
        return builtin_call(a, node, outside, arguments, &handled);
    }
    const Value *object = value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                                           .site = site_of(a, node),
                                                           .flags = callee->flags
                                                                    & VALUE_DOUBTFUL});
    const ClassMember *init = class_member(klass, str_of(e->project->strings, "__init__"));
    if (init && init->kind == MEMBER_FUNCTION) call_member(a, node, object, init, arguments);
    else return object_fill(a, object, arguments);
    return object_keep(a, object);
}

const Value *framework_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    const Value *given = NULL;
    for (const Framework *const *framework = a->e->frameworks; *framework && !given; framework++)
        if ((*framework)->attribute) given = (*framework)->attribute(a, node, object, name);
    return given;
}

const Value *framework_method(Activation *a, NodeId node, const Value *object, Str name,
                              const Arguments *arguments) {
    const Value *given = NULL;
    for (const Framework *const *framework = a->e->frameworks; *framework && !given; framework++)
        if ((*framework)->method) given = (*framework)->method(a, node, object, name, arguments);
    return given;
}

const Value *object_method(Activation *a, NodeId node, const Value *object, Str name,
                                  const Arguments *arguments) {
    const Value *given = framework_method(a, node, object, name, arguments);
    if (given) return given;
    write_unknown(a, node);
    return unknown_because(a->e, "method of a base class outside of view");
}

const Value *call_super_method(Activation *a, NodeId node, const Value *super, Str name,
                                      const Arguments *arguments) {
    const Value *self = super->self;
    if (self->kind == VALUE_MANAGER || self->kind == VALUE_QUERYSET) {
        if (name_is(a->e, name, "get_queryset") && self->kind == VALUE_MANAGER) {
            Value plain = *self; /* django's own get_queryset(), not the project's again */
            plain.klass = NULL;
            const Value *base = manager_queryset(a, node, value_intern(a->e->values, &plain));
            return base;
        }
        return queryset_call(a, node, self, name, arguments);
    }
    if (self->kind == VALUE_ROW) return row_method(a, node, self, name, arguments);
    bool prefetch = self->kind == VALUE_OBJECT && name_is(a->e, name, "__init__")
                    && class_is(self->klass, "django.db.models.Prefetch");
    if (prefetch) {
        state_set(a->e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, self->id, a->e->plan_fact),
                  prefetch_make(a, node, arguments));
        return a->e->none;
    }
    if (self->kind == VALUE_OBJECT) return object_method(a, node, self, name, arguments);
    return unknown_because(a->e, "method of a base class outside of view");
}
