/* Expressions. One switch over the kinds of node; each case is a function of its own.
 *
 * Evaluating follows Python's order. What is not modelled gives UNKNOWN, but its parts are
 * evaluated all the same, because a query may hide in them. */
#include "flow/builtins.h"
#include "flow/templates.h"

#include <stdio.h>
#include <stdlib.h>

void activation_start(Activation *a, Evaluator *e, Activation *caller, uint32_t module) {
    *a = (Activation){.e = e, .caller = caller, .module = module,
                      .mark = arena_mark(e->scratch)};
    a->fuel = e->options->fuel ? e->options->fuel : DEFAULT_FUEL;
    a->exit.dead = true;
    if (caller) a->muted = caller->muted;
}

void activation_end(Activation *a) {
    arena_release(a->e->scratch, a->mark);
}

/* A node costs more the more there is to copy at branches: time and memory stay bounded. */
bool activation_spend(Activation *a) {
    uint64_t cost = 1 + a->state.facts.count / 256;
    if (a->fuel >= cost) {
        a->fuel -= cost;
        return true;
    }
    a->fuel = 0;
    if (!a->cut) a->e->flow->statistics.cut_fuel++;
    a->cut = true;
    return false;
}

bool activation_enter(Activation *a) {
    bool room = a->nesting < LIMIT_NESTING && a->e->nesting < LIMIT_STACK;
    if (!room && !a->cut) a->e->flow->statistics.cut_nesting++;
    if (!room || !activation_spend(a)) {
        a->cut = true;
        return false;
    }
    a->nesting++;
    a->e->nesting++;
    return true;
}

void activation_leave(Activation *a) {
    a->nesting--;
    a->e->nesting--;
}

const Loop *activation_turn(const Activation *a) {
    return a->loop_count ? a->loops[a->loop_count - 1] : TURN_FRESH;
}

Str node_name(const Activation *a, NodeId node) {
    return project_name(a->e->project, a->module, node_at(a, node)->name);
}

bool name_is(const Evaluator *e, Str name, const char *text) {
    return !strcmp(project_text(e->project, name), text);
}

bool value_number(const Evaluator *e, const Value *value, long *number) {
    if (value->kind != VALUE_SCALAR || !value->name) return false;
    *number = strtol(project_text(e->project, value->name), NULL, 10);
    return true;
}

const Value *value_of_symbol(Activation *a, Symbol symbol) {
    Evaluator *e = a->e;
    switch (symbol.kind) {
    case SYMBOL_MODULE:
        return value_intern(e->values, &(Value){.kind = VALUE_MODULE, .site = symbol.site});
    case SYMBOL_CLASS:
        return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = symbol.klass});
    case SYMBOL_FUNCTION:
        return function_defined(e, symbol.site, NULL);
    case SYMBOL_VALUE:
        if (symbol.site.node) return evaluate_constant(e, symbol.site, NULL);
        return unknown_because(e, "module variable bound more than once");
    case SYMBOL_EXTERNAL:
        return value_intern(e->values, &(Value){.kind = VALUE_EXTERNAL, .name = symbol.dotted});
    case SYMBOL_UNKNOWN: break;
    }
    return unknown_because(e, "name that nothing in view binds");
}

/* A class attribute's or module variable's value: evaluated once, at its own place. */
const Value *evaluate_constant(Evaluator *e, Site site, const Class *owner) {
    if (!site.node) return unknown_because(e, "attribute bound in a way that is not followed");
    uint64_t key = site_key(site);
    const Value *known = map_get(&e->constants, key);
    if (known) return known;
    map_put(e->arena, &e->constants, key, (void *)(uintptr_t)e->unknown);
    Activation a;
    activation_start(&a, e, NULL, site.module);
    a.owner = owner;
    a.muted = 1;
    if (++e->depth < LIMIT_CALLS) known = evaluate(&a, site.node);
    else known = unknown_because(e, "calls nested too deep");
    e->depth--;
    activation_end(&a);
    known = value_turned(e->values, known, TURN_FRESH, TURN_OUTSIDE);
    map_put(e->arena, &e->constants, key, (void *)(uintptr_t)known);
    return known;
}

static const Value *evaluate_name(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    Str name = node_name(a, node);
    const Value *value = state_get(&a->state, fact_key(FACT_VARIABLE, 0, name));
    if (template_runs(a))
        return value ? template_resolved(a, node, value) : template_global(a, node, name);
    if (value) return value;
    Symbol symbol = project_global(e->project, a->module, name);
    if (symbol.kind != SYMBOL_UNKNOWN) return value_of_symbol(a, symbol);
    if (a->owner && !a->self) { /* a class body: its own names */
        const ClassMember *member = class_member(a->owner, name);
        if (member && member->owner == a->owner && member->kind == MEMBER_VALUE
            && member->site.node != node)
            return evaluate_constant(e, member->site, a->owner);
    }
    char dotted[80];
    snprintf(dotted, sizeof dotted, "builtins.%s", project_text(e->project, name));
    Str builtin = str_find(e->project->strings, dotted, strlen(dotted));
    if (builtin && map_get(&e->functions, builtin))
        return value_intern(e->values, &(Value){.kind = VALUE_EXTERNAL, .name = builtin});
    return unknown_because(e, "name that nothing in view binds");
}

/* settings.NAME: a constant when every settings module of the project says the same literal. */
static const Value *setting(Evaluator *e, Str name) {
    const Value *found = NULL;
    Project *project = e->project;
    for (uint32_t m = 0; m < project->module_count; m++) {
        if (!strstr(project_text(project, project->modules[m].name), "settings")) continue;
        Symbol symbol = project_global(project, m, name);
        if (symbol.kind == SYMBOL_UNKNOWN) continue;
        if (symbol.kind != SYMBOL_VALUE || !symbol.site.node) return NULL;
        if (site_node(project, symbol.site)->kind != NODE_CONSTANT) return NULL;
        const Value *value = evaluate_constant(e, symbol.site, NULL);
        if (value->kind != VALUE_BOOL || (found && found != value)) return NULL;
        found = value;
    }
    return found;
}

static const Value *object_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    Evaluator *e = a->e;
    const Value *set = state_get(&a->state, fact_key(FACT_ATTRIBUTE, object->id, name));
    if (set) return set;
    const Value *made = value_key(object, name);
    if (made) return made;
    const ClassMember *member = object->klass ? class_member(object->klass, name) : NULL;
    if (!member) {
        if (name_is(e, name, "__class__")) return type_of(e, object);
        const Value *put = value_is_request(e, object) ? request_attribute(a, node, name) : NULL;
        if (put) return put;
        const Value *given = framework_attribute(a, node, object, name);
        if (given) return given;
        touch_unknown(a, node, name);
        return unknown_because(e, "attribute of an object set out of view");
    }
    if (member->kind == MEMBER_CLASS)
        return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = member->klass});
    if (member->kind == MEMBER_VALUE) return evaluate_constant(e, member->site, member->owner);
    if (!(member->flags & MEMBER_PROPERTY)) return member_function(e, member, object);
    bool cached = member->flags & MEMBER_CACHED;
    const Value *value = cached ? call_cached(a, node, object, member)
                                : call_member(a, node, object, member, &(Arguments){0});
    if (cached)
        state_set(e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, object->id, name), value);
    return value;
}

static const Value *class_attribute(Activation *a, NodeId node, const Value *klass, Str name) {
    Evaluator *e = a->e;
    const Model *model = klass->klass->model;
    if (model) {
        const Value *manager = manager_make(a, node, model, name);
        if (manager) return manager;
        const Relation *relation = model_relation(model, name);
        if (name_is(e, name, "_meta") || (relation && !relation->many))
            return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                                    .self = klass});
    }
    const Value *own = type_attribute(e, klass, name);
    if (own) return own;
    const ClassMember *member = class_member(klass->klass, name);
    if (!member)
        return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                                .self = klass});
    if (member->kind == MEMBER_CLASS)
        return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = member->klass});
    if (member->kind == MEMBER_VALUE) {
        const Value *value = evaluate_constant(e, member->site, member->owner);
        bool chosen = class_is(klass->klass, "enum.Enum")
                      || class_is(klass->klass, "django.db.models.Choices");
        bool labelled = chosen && value->kind == VALUE_SEQUENCE && value->count == 2;
        return labelled ? value->items[0] : value; /* NAME = "value", _("label") */
    }
    if (member->flags & MEMBER_PROPERTY) return e->unknown;
    return member_function(e, member, member->flags & MEMBER_CLASSMETHOD ? klass : NULL);
}

static const Value *super_attribute(Activation *a, NodeId node, const Value *super, Str name) {
    Evaluator *e = a->e;
    const Class *klass = value_class(super->self);
    const ClassMember *member = NULL;
    if (klass && super->klass) member = class_member_after(klass, super->klass, name);
    (void)node;
    if (member && member->kind == MEMBER_FUNCTION) {
        if (member->flags & MEMBER_PROPERTY)
            return call_member(a, node, super->self, member, &(Arguments){0});
        return member_function(e, member, super->self);
    }
    if (member && member->kind == MEMBER_VALUE)
        return evaluate_constant(e, member->site, member->owner);
    if (super->self->kind == VALUE_OBJECT && super->self->klass) {
        const Value *given = framework_attribute(a, node, super->self, name);
        if (given && given->kind != VALUE_BUILTIN) return given;
    }
    return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name, .self = super});
}

/* Whether one of the alternatives is a row made in memory. */
static bool union_is_made(const Value *value) {
    for (uint32_t i = 0; i < value->count; i++)
        if (value->items[i]->kind == VALUE_ROW && value->items[i]->flags & VALUE_NEW) return true;
    return false;
}

static const Value *union_attribute(Activation *a, NodeId node, const Value *value, Str name) {
    const Value *joined = NULL;
    bool made = union_is_made(value);
    a->made += made;
    for (uint32_t i = 0; i < value->count; i++) {
        const Value *one = value_attribute(a, node, value->items[i], name);
        bool leads = one->kind == VALUE_ROW || (one->kind == VALUE_UNKNOWN && one->self);
        if (made && leads) one = value_with_flags(a->e->values, one, VALUE_MADE);
        joined = value_join(a->e->values, a->e->plans, joined, one);
    }
    a->made -= made;
    return joined;
}

const Value *value_attribute(Activation *a, NodeId node, const Value *value, Str name) {
    Evaluator *e = a->e;
    switch ((ValueKind)value->kind) {
    case VALUE_ROW: return row_attribute(a, node, value, name, false);
    case VALUE_MANAGER: case VALUE_QUERYSET: return queryset_attribute(a, node, value, name);
    case VALUE_OBJECT: return object_attribute(a, node, value, name);
    case VALUE_CLASS: return class_attribute(a, node, value, name);
    case VALUE_SUPER: return super_attribute(a, node, value, name);
    case VALUE_UNION: return union_attribute(a, node, value, name);
    case VALUE_MODULE:
        return value_of_symbol(a, project_global(e->project, value->site.module, name));
    case VALUE_EXTERNAL: {
        if (value->attr || value->site.node) /* a template, or an engine of templates */
            return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                                    .self = value});
        if (name_is(e, value->name, "django.conf.settings")) {
            const Value *constant = setting(e, name);
            if (constant) return constant;
        }
        Symbol symbol = {.kind = SYMBOL_EXTERNAL, .dotted = value->name};
        return value_of_symbol(a, project_attribute(e->project, symbol, name));
    }
    case VALUE_STRING:
        if (name_is(e, name, "value")) return value; /* of a choices member */
        /* fallthrough */
    case VALUE_SEQUENCE: case VALUE_MANY: case VALUE_DICT:
    case VALUE_PREFETCH: case VALUE_FUNCTION: case VALUE_METHOD:
        return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                                .self = value});
    case VALUE_SCALAR: case VALUE_NONE: case VALUE_BOOL: return e->scalar;
    case VALUE_UNKNOWN: case VALUE_BUILTIN: break;
    }
    const Value *own = probe_attribute(e, value, name);
    if (!own && value == e->unknown) own = manager_of_unknown(a, node, name);
    if (own) return own;
    touch_unknown(a, node, name);
    return value_intern(e->values, &(Value){.kind = VALUE_UNKNOWN,
                                            .flags = value->flags & VALUE_GUARD});
}

static const Value *evaluate_attribute(Activation *a, NodeId node) {
    const Value *object = evaluate(a, child_at(a, node, 0));
    return value_attribute(a, node, object, node_name(a, node));
}

static const Value *evaluate_boolean(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    NodeId first = child_at(a, node, 0), second = child_at(a, node, 1);
    const Value *left;
    Condition condition = condition_ask(a, first, &left);
    const Value *truth = condition.truth;
    bool is_or = node_at(a, node)->extra == OP_OR;
    if (truth->kind == VALUE_BOOL && ((truth->flags & VALUE_TRUE) != 0) == is_or) return left;
    State before = state_copy(e->scratch, &a->state);
    bool undecided = truth->kind != VALUE_BOOL;
    guard_enter(a, &condition);
    a->undecided += undecided;
    if (undecided) condition_narrow(a, first, !is_or);
    const Value *right = evaluate(a, second);
    a->undecided -= undecided;
    guard_leave(a, &condition);
    a->state = state_join(e->scratch, e->values, e->plans, &before, &a->state, e->maybe);
    if (truth->kind == VALUE_BOOL) return right;
    return value_join(e->values, e->plans, left, right);
}

static const Value *evaluate_conditional(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    NodeId condition = child_at(a, node, 0);
    Condition asked = condition_ask(a, condition, NULL);
    guard_enter(a, &asked);
    if (asked.truth->kind == VALUE_BOOL) {
        bool holds = asked.truth->flags & VALUE_TRUE;
        a->registered |= condition_asks_registry(a, condition);
        const Value *chosen = evaluate(a, child_at(a, node, holds ? 1 : 2));
        guard_leave(a, &asked);
        return chosen;
    }
    State before = state_copy(e->scratch, &a->state);
    a->undecided++;
    condition_narrow(a, condition, true);
    const Value *yes = evaluate(a, child_at(a, node, 1));
    State after = a->state;
    a->state = before;
    condition_narrow(a, condition, false);
    const Value *no = evaluate(a, child_at(a, node, 2));
    a->undecided--;
    a->state = state_join(e->scratch, e->values, e->plans, &after, &a->state, e->maybe);
    guard_leave(a, &asked);
    return value_join(e->values, e->plans, yes, no);
}

static const Value *evaluate_compare(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    Operator operator = (Operator)node_at(a, node)->extra;
    const Value *left = evaluate(a, child_at(a, node, 0));
    const Value *right = e->unknown;
    for (uint32_t i = 1; i < children_of(a, node); i++) {
        right = request_constant(e, evaluate(a, child_at(a, node, i)));
        if (operator == OP_IN || operator == OP_NOT_IN) use_membership(a, node, right, left);
    }
    if (operator == OP_IN || operator == OP_NOT_IN) {
        const Value *loaded = probe_contains(a, right, left);
        if (loaded->kind == VALUE_BOOL)
            return (loaded == e->yes) == (operator == OP_IN) ? e->yes : e->no;
        if (dict_lacks(a, child_at(a, node, 1), right, left))
            return operator == OP_IN ? e->no : e->yes;
    }
    const Value *given = special_operator(a, node, operator, left, right);
    if (!given) given = context_compared(a, operator, left, right);
    if (!given) given = compare_pinned(a, operator, left, right);
    if (given) return given->kind == VALUE_BOOL ? given : e->scalar;
    return compare_values(e, operator, left, right);
}

static const Value *evaluate_binary(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    Operator operator = (Operator)node_at(a, node)->extra;
    const Value *left = evaluate(a, child_at(a, node, 0));
    const Value *right = evaluate(a, child_at(a, node, 1));
    bool sets = operator == OP_BIT_OR || operator == OP_BIT_AND || operator == OP_BIT_XOR;
    if (sets && left->kind == VALUE_QUERYSET) {
        Value draft = *left;
        draft.site = site_of(a, node);
        draft.turn = activation_turn(a);
        draft.flags |= VALUE_NARROWED;
        draft.plan = plan_combined(e, draft.plan);
        return value_intern(e->values, &draft);
    }
    bool lists = left->kind == VALUE_SEQUENCE || left->kind == VALUE_MANY;
    if (operator == OP_BIT_OR && left->kind == VALUE_DICT && right->kind == VALUE_DICT)
        return dict_merge(e, left, right);
    if (operator == OP_ADD && lists) return sequence_add(e, left, right);
    if (sets && lists) return value_join(e->values, e->plans, left, right);
    if (operator == OP_SUB && left->kind == VALUE_MANY) return left;
    if (operator == OP_MOD && left->kind == VALUE_STRING)
        use_percent(a, node, project_text(e->project, left->name), right);
    const Value *given = special_operator(a, node, operator, left, right);
    return given ? given : e->scalar;
}

static const Value *evaluate_items(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Value *items[64];
    uint32_t count = children_of(a, node);
    uint32_t known = 0;
    const Value *joined = NULL;
    bool exact = count <= 64;
    for (uint32_t i = 0; i < count; i++) {
        NodeId child = child_at(a, node, i);
        bool star = node_at(a, child)->kind == NODE_STAR;
        const Value *item = evaluate(a, star ? child_at(a, child, 0) : child);
        if (node_at(a, node)->kind == NODE_SET) use_hash(a, child, item);
        if (star && exact && item->kind == VALUE_SEQUENCE && known + item->count + count <= 64) {
            for (uint32_t k = 0; k < item->count; k++) {
                items[known++] = item->items[k];
                joined = value_join(e->values, e->plans, joined, item->items[k]);
            }
            continue;
        }
        if (star) {
            exact = false;
            if (item->kind == VALUE_QUERYSET) {
                queryset_run(a, child, item, OPERATION_ITERATE);
                item = queryset_rows(a, child, item, TURN_EACH);
            } else if (item->kind == VALUE_MANY) {
                item = item->self;
            } else if (item->kind == VALUE_SEQUENCE && item->count) {
                const Value *all = item->items[0];
                for (uint32_t k = 1; k < item->count; k++)
                    all = value_join(e->values, e->plans, all, item->items[k]);
                item = all;
            }
        }
        exact = exact && known < 64;
        if (exact) items[known++] = item;
        joined = value_join(e->values, e->plans, joined, item);
    }
    if (exact) return value_sequence(e->values, items, known);
    return value_many(e->values, joined, activation_turn(a));
}

static const Value *evaluate_dict(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    DictDraft draft = {0};
    for (uint32_t i = 0; i + 1 < children_of(a, node); i += 2) {
        NodeId key_node = child_at(a, node, i), value_node = child_at(a, node, i + 1);
        const Value *key = node_at(a, key_node)->kind == NODE_ABSENT ? e->unknown
                                                                     : evaluate(a, key_node);
        bool star = node_at(a, value_node)->kind == NODE_STAR;
        if (node_at(a, key_node)->kind != NODE_ABSENT) use_hash(a, key_node, key);
        const Value *value = evaluate(a, star ? child_at(a, value_node, 0) : value_node);
        if (star && value->kind == VALUE_DICT) dict_put_all(e, &draft, value);
        else dict_put(e, &draft, star ? e->unknown : key, value);
    }
    return dict_done(e, &draft);
}

static const Value *evaluate_index(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Value *object = evaluate(a, child_at(a, node, 0));
    NodeId index = child_at(a, node, 1);
    const Value *key = e->unknown;
    if (node_at(a, index)->kind != NODE_SLICE) key = evaluate(a, index);
    else for (uint32_t i = 0; i < 3; i++) evaluate(a, child_at(a, index, i));
    bool slice = node_at(a, index)->kind == NODE_SLICE;
    switch ((ValueKind)object->kind) {
    case VALUE_QUERYSET: return queryset_index(a, node, object, index);
    case VALUE_MANY:
        if (slice) return object;
        return value_turned(e->values, object->self, TURN_EACH, activation_turn(a));
    case VALUE_SEQUENCE: {
        if (slice) return object;
        if (node_at(a, index)->kind == NODE_NUMBER) {
            long at = strtol(str_text(e->project->modules[a->module].module->strings,
                                      node_at(a, index)->name), NULL, 10);
            if (at >= 0 && at < (long)object->count) return object->items[at];
        }
        const Value *joined = NULL;
        for (uint32_t i = 0; i < object->count; i++)
            joined = value_join(e->values, e->plans, object->items[i], joined);
        return joined ? joined : e->unknown;
    }
    case VALUE_DICT: {
        use_hash(a, index, key);
        const Value *found = key->kind == VALUE_STRING ? value_key(object, key->name) : NULL;
        if (!found) found = object->self;
        return found ? value_turned(e->values, found, TURN_EACH, activation_turn(a)) : e->unknown;
    }
    case VALUE_EXTERNAL:
        if (!name_is(e, object->name, "django.template.engines")) return e->unknown;
        return render_engine(a, node, &(Arguments){0});
    case VALUE_CLASS: return object; /* Generic[T] */
    case VALUE_ROW: case VALUE_OBJECT: {
        const Value *given = special_item(a, node, object, key);
        return given ? given : e->unknown;
    }
    case VALUE_SCALAR: case VALUE_STRING: return e->scalar;
    default: return e->unknown;
    }
}

/* One clause after the other; the element in the middle of them all. */
static const Value *comprehend(Activation *a, NodeId node, uint32_t clause, uint32_t elements) {
    Evaluator *e = a->e;
    if (clause == children_of(a, node)) {
        uint16_t kind = node_at(a, node)->extra;
        const Value *element = evaluate(a, child_at(a, node, 0));
        if (kind == COLLECTION_SET || kind == COLLECTION_DICT)
            use_hash(a, child_at(a, node, 0), element);
        if (elements == 1) return element;
        const Value *pair[] = {element, evaluate(a, child_at(a, node, 1))};
        return value_sequence(a->e->values, pair, 2);
    }
    NodeId at = child_at(a, node, clause);
    if (node_at(a, at)->kind == NODE_COMP_IF) {
        NodeId condition = child_at(a, at, 0);
        Condition asked = condition_ask(a, condition, NULL);
        guard_enter(a, &asked);
        const Value *element = comprehend(a, node, clause + 1, elements);
        guard_leave(a, &asked);
        return element;
    }
    Walk walk;
    NodeId iterable = child_at(a, at, 1);
    const Value *walked = evaluate(a, iterable);
    fate_mapped(a, node, at, walked);
    walk_start(a, at, iterable, walked, &walk);
    uint32_t rounds = walk.item_count && walk.item_count <= LIMIT_UNROLL ? walk.item_count : 1;
    const Value *joined = NULL;
    for (uint32_t i = 0; i < rounds; i++) {
        walk_turn(a, &walk);
        bind_target(a, child_at(a, at, 0), rounds > 1 || walk.item_count ? walk.items[i]
                                                                         : walk.item);
        const Value *element = comprehend(a, node, clause + 1, elements);
        joined = value_join(e->values, e->plans, joined, element);
    }
    if (walk.loop) joined = value_turned(e->values, joined, walk.loop, TURN_EACH);
    walk_end(a, &walk, true);
    return joined;
}

static const Value *evaluate_comprehension(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    uint32_t elements = node_at(a, node)->extra == COLLECTION_DICT ? 2 : 1;
    const Value *element = comprehend(a, node, 2, elements);
    element = value_turned(e->values, element, activation_turn(a), TURN_EACH);
    if (elements == 2) {
        bool pair = element->kind == VALUE_SEQUENCE && element->count == 2;
        Value draft = {.kind = VALUE_DICT, .self = pair ? element->items[1] : e->unknown,
                       .key = pair ? element->items[0] : e->unknown};
        return value_intern(e->values, &draft);
    }
    return value_many(e->values, element, NULL);
}

static const Value *evaluate_parts(Activation *a, NodeId node) {
    for (uint32_t i = 0; i < children_of(a, node); i++) {
        NodeId child = child_at(a, node, i);
        uint8_t kind = node_at(a, child)->kind;
        if (kind == NODE_KEYWORD || kind == NODE_STAR) child = child_at(a, child, 0);
        if (kind < NODE_BLOCK) evaluate(a, child);
        else execute(a, child);
    }
    return a->e->unknown;
}

static const Value *evaluate_yield(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Value *value = evaluate(a, child_at(a, node, 0));
    if (node_at(a, node)->flags & NODE_FROM) {
        Walk walk;
        walk_start(a, node, node, value, &walk);
        value = walk.loop ? value_turned(e->values, walk.item, walk.loop, TURN_EACH) : walk.item;
        walk_end(a, &walk, true);
    }
    if (value->kind == VALUE_ROW) seed_yield(a, value);
    for (uint32_t i = a->loop_count; i-- > 0;) {
        value = value_turned(e->values, value, a->loops[i], TURN_EACH);
        a->batches |= a->loops[i]->batched;
    }
    a->batches |= a->in_batch > 0;
    a->yielded = value_join(e->values, e->plans, a->yielded, value);
    return e->unknown;
}

static const Value *evaluate_constant_node(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    switch ((Constant)node_at(a, node)->extra) {
    case CONSTANT_NONE: return e->none;
    case CONSTANT_TRUE: return e->yes;
    case CONSTANT_FALSE: return e->no;
    case CONSTANT_ELLIPSIS: break;
    }
    return e->scalar;
}

/* Small decimal integers are kept: they decide branches and bound loops. */
static const Value *evaluate_number(Activation *a, NodeId node) {
    Str name = node_name(a, node);
    const char *text = project_text(a->e->project, name);
    size_t length = strlen(text);
    if (length > 6 || strspn(text, "0123456789") != length || (*text == '0' && length > 1))
        return a->e->scalar;
    return value_intern(a->e->values, &(Value){.kind = VALUE_SCALAR, .name = name});
}

static const Value *evaluate_unary(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    NodeId operand = child_at(a, node, 0);
    const Value *value = evaluate(a, operand);
    if (node_at(a, node)->extra != OP_NOT) return e->scalar;
    const Value *truth = use_truth(a, operand, value);
    if (truth->kind != VALUE_BOOL) return e->scalar;
    return truth->flags & VALUE_TRUE ? e->no : e->yes;
}

static const Value *evaluate_call(Activation *a, NodeId node) {
    const Value *callee = evaluate(a, child_at(a, node, 0));
    Arguments arguments;
    arguments_read(a, node, 1, &arguments);
    const Value *result = call_value(a, node, callee, &arguments);
    dict_passed(a, callee, &arguments);
    return result;
}

static const Value *evaluate_node(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    switch ((NodeKind)node_at(a, node)->kind) {
    case NODE_NAME: return evaluate_name(a, node);
    case NODE_ATTRIBUTE: return evaluate_attribute(a, node);
    case NODE_CALL: return evaluate_call(a, node);
    case NODE_INDEX: return evaluate_index(a, node);
    case NODE_STRING: return text_plain(a, node);
    case NODE_FSTRING: return text_formatted(a, node);
    case NODE_NUMBER: return evaluate_number(a, node);
    case NODE_CONSTANT: return evaluate_constant_node(a, node);
    case NODE_LIST: case NODE_TUPLE: case NODE_SET: return evaluate_items(a, node);
    case NODE_DICT: return evaluate_dict(a, node);
    case NODE_UNARY: return evaluate_unary(a, node);
    case NODE_BINARY: return evaluate_binary(a, node);
    case NODE_BOOLEAN: return evaluate_boolean(a, node);
    case NODE_COMPARE: return evaluate_compare(a, node);
    case NODE_CONDITIONAL: return evaluate_conditional(a, node);
    case NODE_LAMBDA: return closure_make(a, node);
    case NODE_COMPREHENSION: return evaluate_comprehension(a, node);
    case NODE_AWAIT: return evaluate(a, child_at(a, node, 0));
    case NODE_LOOKUP: case NODE_FILTER: return template_evaluate(a, node);
    case NODE_YIELD: return evaluate_yield(a, node);
    case NODE_WALRUS: {
        const Value *value = evaluate(a, child_at(a, node, 1));
        bind_target(a, child_at(a, node, 0), value);
        return value;
    }
    case NODE_ABSENT: return e->none;
    default: return evaluate_parts(a, node);
    }
}

const Value *evaluate(Activation *a, NodeId node) {
    if (!activation_enter(a)) return unknown_because(a->e, "bound on a function's size");
    Site outer = a->e->at;
    a->e->at = site_of(a, node);
    const Value *value = evaluate_node(a, node);
    a->e->at = outer;
    activation_leave(a);
    return value;
}
