/* Lists and dicts: what making and changing them does to the rows in them.
 *
 * Containers are values like all others. A method that changes one binds the changed value to
 * whatever expression held it. */
#include "flow/builtins.h"

enum { LIMIT_ITEMS = 64 };

void dict_put(Evaluator *e, DictDraft *draft, const Value *key, const Value *value) {
    uint32_t at = 0;
    if (key->kind == VALUE_STRING) {
        while (at < draft->count && draft->items[at] != key) at += 2;
        if (at < 2 * LIMIT_KEYS) {
            draft->items[at] = key;
            draft->items[at + 1] = value;
            if (at == draft->count) draft->count += 2;
            return;
        }
        e->flow->statistics.cut_items++;
    }
    draft->self = value_join(e->values, e->plans, draft->self, value);
    draft->key = value_join(e->values, e->plans, key, draft->key);
}

void dict_put_all(Evaluator *e, DictDraft *draft, const Value *dict) {
    for (uint32_t i = 0; i + 1 < dict->count; i += 2)
        dict_put(e, draft, dict->items[i], dict->items[i + 1]);
    draft->self = value_join(e->values, e->plans, draft->self, dict->self);
    draft->key = value_join(e->values, e->plans, draft->key, dict->key);
    draft->flags |= dict->flags;
}

const Value *dict_done(Evaluator *e, const DictDraft *draft) {
    Value made = {.kind = VALUE_DICT, .count = draft->count, .key = draft->key,
                  .self = draft->self, .flags = draft->flags};
    made.items = (const Value **)(uintptr_t)draft->items;
    return value_intern(e->values, &made);
}

/* A dict's entries under the other's, which win: {**below, **above}, below.update(above). */
const Value *dict_merge(Evaluator *e, const Value *below, const Value *above) {
    DictDraft draft = {0};
    dict_put_all(e, &draft, below);
    dict_put_all(e, &draft, above);
    return dict_done(e, &draft);
}

/* left + right: item by item as long as both are known, so that what is listed stays in order. */
const Value *sequence_add(Evaluator *e, const Value *left, const Value *right) {
    const Value *items[LIMIT_ITEMS];
    bool known = left->kind == VALUE_SEQUENCE && right->kind == VALUE_SEQUENCE;
    if (!known || left->count + right->count > LIMIT_ITEMS)
        return value_join(e->values, e->plans, left, right);
    for (uint32_t i = 0; i < left->count; i++) items[i] = left->items[i];
    for (uint32_t i = 0; i < right->count; i++) items[left->count + i] = right->items[i];
    return value_sequence(e->values, items, left->count + right->count);
}

/* What dict() and update() are given: a dict, pairs, keywords. */
static const Value *dict_given(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *named = arguments_dict(e, arguments);
    const Value *first = first_of(arguments);
    if (!first) return named;
    if (first->kind == VALUE_DICT) return dict_merge(e, first, named);
    const Value *item = elements_of(a, node, first);
    bool pair = item->kind == VALUE_SEQUENCE && item->count == 2;
    Value pairs = {.kind = VALUE_DICT, .self = pair ? item->items[1] : e->unknown,
                   .key = pair ? item->items[0] : e->unknown};
    return dict_merge(e, value_intern(e->values, &pairs), named);
}

static const Value *do_dict(Activation *a, NodeId node, const Arguments *arguments) {
    return dict_given(a, node, arguments);
}

/* What stands behind a key that is not there yet. */
static const Value *do_defaultdict(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *factory = first_of(arguments);
    const Value *made = e->unknown;
    if (!factory || factory->kind == VALUE_NONE) made = NULL;
    else made = call_value(a, node, factory, &(Arguments){0});
    const Value *missing = value_intern(e->values, &(Value){.kind = VALUE_DICT, .self = made});
    Arguments rest = {.open = arguments->open};
    for (uint32_t i = 1; i < arguments->count; i++)
        arguments_add(e, &rest, arguments->names[i], arguments->nodes[i], arguments->values[i]);
    return rest.count ? dict_merge(e, dict_given(a, node, &rest), missing) : missing;
}

/* Counter(rows): the rows are its keys. */
static const Value *do_counter(Activation *a, NodeId node, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *first = first_of(arguments);
    if (!first || first->kind == VALUE_DICT) return dict_given(a, node, arguments);
    Value draft = {.kind = VALUE_DICT, .self = e->scalar, .key = elements_of(a, node, first)};
    return value_intern(e->values, &draft);
}

/* groups.setdefault(key, []).append(row): the dict's lists are such lists now. */
static void group_append(Activation *a, NodeId call, const Value *list) {
    Evaluator *e = a->e;
    NodeId callee = child_at(a, call, 0);
    if (node_at(a, callee)->kind != NODE_ATTRIBUTE
        || !name_is(e, node_name(a, callee), "setdefault"))
        return;
    NodeId holder = child_at(a, callee, 0);
    const Value *dict = evaluate(a, holder);
    if (dict->kind != VALUE_DICT) return;
    Value draft = *dict;
    draft.self = value_join(e->values, e->plans, draft.self, list);
    bind_target(a, holder, value_intern(e->values, &draft));
}

/* list.append() and its kin change the variable (or attribute) the list is in. */
const Value *list_method(Activation *a, NodeId node, const Value *self, const char *name,
                                const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *given = first_of(arguments);
    bool one = !strcmp(name, "append") || !strcmp(name, "add") || !strcmp(name, "insert");
    bool many = !strcmp(name, "extend") || !strcmp(name, "update");
    NodeId callee = child_at(a, node, 0);
    bool named = node_at(a, callee)->kind == NODE_ATTRIBUTE;
    if ((one || many) && arguments->count && named) {
        if (!strcmp(name, "insert") && arguments->count > 1) given = arguments->values[1];
        const Value *added = given ? given : e->unknown;
        if (many) added = elements_of(a, node, added);
        for (uint32_t i = a->loop_count; i-- > 0;)
            added = value_turned(e->values, added, a->loops[i], TURN_EACH);
        added = value_turned(e->values, added, TURN_FRESH, TURN_EACH);
        NodeId holder = child_at(a, callee, 0);
        uint8_t kind = node_at(a, holder)->kind;
        const Value *more = value_many(e->values, added, NULL);
        if (kind == NODE_NAME && (one || (given && value_is_few(given))))
            more = value_with_flags(e->values, more, VALUE_SMALL);
        const Value *list = value_join(e->values, e->plans, self, more);
        if (self->kind == VALUE_SEQUENCE && !self->count) list = more;
        if (kind == NODE_CALL) group_append(a, holder, list);
        if (kind == NODE_NAME || kind == NODE_ATTRIBUTE || kind == NODE_INDEX)
            bind_target(a, holder, list);
        return e->none;
    }
    if (!strcmp(name, "pop") && self->kind == VALUE_MANY)
        return value_turned(e->values, self->self, TURN_EACH, activation_turn(a));
    if (!strcmp(name, "copy")) return self;
    if (!strcmp(name, "sort")) {
        const Value *key = argument(arguments, e, 99, "key");
        if (key) call_each(a, node, key, self);
        return e->none;
    }
    return e->scalar;
}

/* items(), keys() or values() of a dict whose keys are all known: a literal sequence. */
static const Value *dict_parts(Evaluator *e, const Value *dict, const char *name) {
    const Value *parts[LIMIT_UNROLL];
    uint32_t count = 0;
    for (uint32_t i = 0; i + 1 < dict->count; i += 2) {
        const Value *pair[] = {dict->items[i], dict->items[i + 1]};
        parts[count++] = *name == 'i' ? value_sequence(e->values, pair, 2)
                                      : pair[*name == 'v' ? 1 : 0];
    }
    return value_sequence(e->values, parts, count);
}

/* The variable, attribute or entry that holds the dict holds the changed one from now on. */
static const Value *dict_update(Activation *a, NodeId node, const Value *self,
                                const Arguments *arguments) {
    const Value *merged = dict_merge(a->e, self, dict_given(a, node, arguments));
    NodeId callee = child_at(a, node, 0);
    if (node_at(a, callee)->kind != NODE_ATTRIBUTE) return a->e->none;
    NodeId holder = child_at(a, callee, 0);
    uint8_t kind = node_at(a, holder)->kind;
    if (kind == NODE_NAME || kind == NODE_ATTRIBUTE || kind == NODE_INDEX)
        bind_target(a, holder, merged);
    return a->e->none;
}

/* setdefault() puts a key into the variable's dict. */
static void dict_default(Activation *a, NodeId node, const Value *self) {
    NodeId callee = child_at(a, node, 0), holder = child_at(a, callee, 0);
    const Value *shared = dict_shared(a->e, self);
    if (shared != self && node_at(a, callee)->kind == NODE_ATTRIBUTE
        && node_at(a, holder)->kind == NODE_NAME)
        variable_set(a, node_name(a, holder), shared);
}

const Value *dict_method(Activation *a, NodeId node, const Value *self, const char *name,
                                const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *rest = self->self;
    const Value *key = self->key ? self->key : e->scalar;
    bool pushes = !strcmp(name, "push"); /* a template's context */
    if (pushes || !strcmp(name, "update")) return dict_update(a, node, self, arguments);
    if (!strcmp(name, "flatten")) return self;
    for (uint32_t i = 0; i + 1 < self->count; i += 2)
        rest = value_join(e->values, e->plans, rest, self->items[i + 1]);
    if (!rest) rest = e->unknown;
    bool walks = !strcmp(name, "values") || !strcmp(name, "keys") || !strcmp(name, "items");
    if (walks && !self->self && self->count <= 2 * LIMIT_UNROLL)
        return dict_parts(e, self, name);
    if (!strcmp(name, "values")) return value_many(e->values, rest, NULL);
    if (!strcmp(name, "keys")) return value_many(e->values, key, NULL);
    if (!strcmp(name, "items") || !strcmp(name, "most_common")) {
        const Value *pair[] = {key, rest};
        return value_many(e->values, value_sequence(e->values, pair, 2), NULL);
    }
    if (!strcmp(name, "get") || !strcmp(name, "pop") || !strcmp(name, "setdefault")) {
        const Value *at = first_of(arguments);
        if (*name == 's') dict_default(a, node, self);
        const Value *found = at && at->kind == VALUE_STRING ? value_key(self, at->name) : NULL;
        if (!found) found = self->self;
        if (!found && at && at->kind != VALUE_STRING && arguments->count == 1)
            return value_with_flags(e->values, e->unknown, VALUE_GUARD); /* filled as it goes */
        if (!found) found = arguments->count > 1 ? arguments->values[1]
                                                 : registry_miss(a, node, self);
        return value_turned(e->values, found, TURN_EACH, activation_turn(a));
    }
    if (!strcmp(name, "copy")) return self;
    return e->scalar;
}

bool dict_lacks(Activation *a, NodeId node, const Value *dict, const Value *key) {
    if (dict->kind != VALUE_DICT || dict->self || key->kind != VALUE_STRING) return false;
    bool name = node_at(a, node)->kind == NODE_NAME;
    if (name && !state_get(&a->state, fact_key(FACT_VARIABLE, 0, node_name(a, node)))) return false;
    return !value_key(dict, key->name);
}

static bool node_is_plain(const Activation *a, NodeId node) {
    while (node_at(a, node)->kind == NODE_ATTRIBUTE) node = child_at(a, node, 0);
    return node_at(a, node)->kind == NODE_NAME || node_at(a, node)->kind == NODE_STRING;
}

const Value *body_finds_entry(Activation *a, NodeId body) {
    Evaluator *e = a->e;
    if (children_of(a, body) != 1) return e->scalar;
    NodeId statement = child_at(a, body, 0);
    NodeKind kind = node_at(a, statement)->kind;
    if ((kind != NODE_RETURN && kind != NODE_ASSIGN) || !children_of(a, statement))
        return e->scalar;
    NodeId entry = child_at(a, statement, 0);
    if (node_at(a, entry)->kind != NODE_INDEX) return e->scalar;
    NodeId holder = child_at(a, entry, 0), at = child_at(a, entry, 1);
    if (!node_is_plain(a, holder) || !node_is_plain(a, at)) return e->scalar;
    a->muted++;
    const Value *dict = evaluate(a, holder), *key = evaluate(a, at);
    a->muted--;
    if (dict->kind != VALUE_DICT || key->kind != VALUE_STRING) return e->scalar;
    if (value_key(dict, key->name)) return e->yes;
    return dict_lacks(a, holder, dict, key) ? e->no : e->scalar;
}

const Builtin container_builtins[] = {
    {"builtins.dict", do_dict}, {"collections.OrderedDict", do_dict},
    {"collections.defaultdict", do_defaultdict}, {"collections.Counter", do_counter},
};
const size_t container_builtin_count = sizeof container_builtins / sizeof *container_builtins;
