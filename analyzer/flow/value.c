/* Interning: a hash over the fields, chains through an open table. Joining: unions are kept
 * sorted by first occurrence and cut at six alternatives, beyond which nothing is known. */
#include "flow/value.h"

const Loop turn_fresh, turn_each, turn_passed;

/* A value that holds itself twice, many times over, is a small graph but a tree without end: what
 * walks one takes so many steps and no more. */
enum { UNION_MOST = 6, TURN_DEPTH = 6, TURN_STEPS = 4096, JOIN_DEPTH = 16, JOIN_STEPS = 4096,
       VALUE_ITEMS = 256 };

struct Values {
    Arena *arena;
    Map chains;          /* hash -> Entry */
    uint32_t count;
    Array(const Value *) numbered;
    uint32_t turn_steps, join_depth, join_steps; /* of the walk under way */
    uint64_t cut;
};

typedef struct Entry {
    Value value;
    struct Entry *next;
} Entry;

Values *values_new(Arena *arena) {
    Values *values = arena_make(arena, Values);
    values->arena = arena;
    return values;
}

uint32_t values_count(const Values *values) {
    return values->count;
}

uint64_t values_cut(const Values *values) {
    return values->cut;
}

const Value *value_numbered(const Values *values, uint32_t id) {
    return id < values->numbered.count ? values->numbered.items[id] : NULL;
}

static uint64_t value_hash(const Value *v) {
    uint64_t hash = hash_mix(v->kind, v->flags);
    hash = hash_mix(hash, (uint64_t)v->name << 32 | v->attr);
    hash = hash_mix(hash, (uint64_t)v->site.module << 32 | v->site.node);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)v->turn);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)v->klass);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)v->birth);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)v->plan);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)v->self);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)v->key);
    for (uint32_t i = 0; i < v->count; i++) hash = hash_mix(hash, v->items[i]->id);
    return hash_mix(hash, v->count);
}

static bool value_equal(const Value *a, const Value *b) {
    if (a->kind != b->kind || a->flags != b->flags || a->name != b->name || a->attr != b->attr
        || a->site.module != b->site.module || a->site.node != b->site.node || a->turn != b->turn
        || a->klass != b->klass || a->birth != b->birth || a->plan != b->plan
        || a->self != b->self || a->key != b->key || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->items[i] != b->items[i]) return false;
    return true;
}

const Value *value_intern(Values *values, const Value *draft) {
    uint64_t hash = value_hash(draft);
    Entry *first = map_get(&values->chains, hash);
    for (Entry *entry = first; entry; entry = entry->next)
        if (value_equal(&entry->value, draft)) return &entry->value;
    Entry *entry = arena_make(values->arena, Entry);
    entry->value = *draft;
    entry->value.id = ++values->count;
    if (draft->count) {
        entry->value.items = arena_many(values->arena, const Value *, draft->count);
        memcpy(entry->value.items, draft->items, sizeof *draft->items * draft->count);
    } else {
        entry->value.items = NULL;
    }
    entry->next = first;
    if (!values->numbered.count) array_push(values->arena, &values->numbered, NULL);
    array_push(values->arena, &values->numbered, &entry->value);
    map_put(values->arena, &values->chains, hash, entry);
    return &entry->value;
}

const Value *value_simple(Values *values, ValueKind kind) {
    return value_intern(values, &(Value){.kind = (uint16_t)kind});
}

const Value *value_string(Values *values, Str text) {
    return value_intern(values, &(Value){.kind = VALUE_STRING, .name = text});
}

const Value *value_bool(Values *values, bool truth) {
    return value_intern(values, &(Value){.kind = VALUE_BOOL, .flags = truth ? VALUE_TRUE : 0});
}

const Value *value_sequence(Values *values, const Value *const *items, uint32_t count) {
    Value draft = {.kind = VALUE_SEQUENCE, .items = (const Value **)items, .count = count};
    return value_intern(values, &draft);
}

const Value *value_many(Values *values, const Value *item, const Loop *turn) {
    if (turn) item = value_turned(values, item, turn, TURN_EACH);
    return value_intern(values, &(Value){.kind = VALUE_MANY, .self = item});
}

bool value_is_few(const Value *list) {
    return list->kind == VALUE_SEQUENCE || (list->kind == VALUE_MANY && list->flags & VALUE_SMALL);
}

/* Whether what lies further in stays as it is. */
static bool walk_is_over(Values *values, const Value *value, unsigned depth) {
    bool over = depth == TURN_DEPTH || ++values->turn_steps > TURN_STEPS;
    bool holds = value->self || value->key || value->count;
    values->cut += (over && holds) || value->count > VALUE_ITEMS;
    return over;
}

static const Value *value_turned_at(Values *values, const Value *value, const Loop *from,
                                    const Loop *to, unsigned depth) {
    if (!value || walk_is_over(values, value, depth)) return value;
    Value draft = *value;
    bool turns = value->kind == VALUE_ROW || value->kind == VALUE_QUERYSET;
    if (turns && draft.turn == from) draft.turn = to;
    /* The elements of a list within a list are each one of *that* list's. */
    bool lists = value->kind == VALUE_MANY || value->kind == VALUE_DICT;
    if (from == TURN_EACH && lists) return value;
    draft.self = value_turned_at(values, value->self, from, to, depth + 1);
    draft.key = value_turned_at(values, value->key, from, to, depth + 1);
    const Value *items[VALUE_ITEMS];
    if (value->count && value->count <= VALUE_ITEMS) {
        for (uint32_t i = 0; i < value->count; i++)
            items[i] = value_turned_at(values, value->items[i], from, to, depth + 1);
        draft.items = items;
    }
    return value_intern(values, &draft);
}

const Value *value_turned(Values *values, const Value *value, const Loop *from, const Loop *to) {
    values->turn_steps = 0;
    return from == to ? value : value_turned_at(values, value, from, to, 0);
}

static const Value *value_grown_at(Values *values, const Value *value, unsigned depth) {
    bool holds = value && (value_is_few(value) || value->kind == VALUE_MANY
                           || value->kind == VALUE_DICT || value->kind == VALUE_UNION);
    if (!holds || walk_is_over(values, value, depth)) return value;
    Value draft = *value;
    if (value->kind == VALUE_MANY) draft.flags &= (uint16_t)~VALUE_SMALL;
    draft.self = value_grown_at(values, value->self, depth + 1);
    const Value *items[VALUE_ITEMS];
    if (value->count && value->count <= VALUE_ITEMS) {
        for (uint32_t i = 0; i < value->count; i++)
            items[i] = value_grown_at(values, value->items[i], depth + 1);
        draft.items = items;
    }
    return value_intern(values, &draft);
}

const Value *value_grown(Values *values, const Value *value) {
    values->turn_steps = 0;
    return value_grown_at(values, value, 0);
}

const Value *value_with_plan(Values *values, const Value *value, const Plan *plan) {
    Value draft = *value;
    draft.plan = plan;
    return value_intern(values, &draft);
}

const Value *value_with_flags(Values *values, const Value *value, unsigned flags) {
    Value draft = *value;
    draft.flags |= (uint16_t)flags;
    return value_intern(values, &draft);
}

const Value *value_key(const Value *dict, Str key) {
    for (uint32_t i = 0; i + 1 < dict->count; i += 2)
        if (dict->items[i]->name == key) return dict->items[i + 1];
    return NULL;
}

/* Two values that differ in the plan (and in how far they were narrowed) only. */
static bool value_same_rows(const Value *a, const Value *b) {
    if (a->kind != b->kind || a->birth != b->birth || !a->birth) return false;
    if (a->kind == VALUE_QUERYSET) return true; /* derived from one another in some branch */
    return a->kind == VALUE_ROW && a->turn == b->turn && a->klass == b->klass;
}

static const Value *value_join_rows(Values *values, Plans *plans, const Value *a, const Value *b) {
    Value draft = *a;
    uint16_t both = VALUE_ORDERED | VALUE_EMPTY | VALUE_SMALL | VALUE_ALL;
    draft.flags = (uint16_t)((a->flags & b->flags & both) | ((a->flags | b->flags) & ~both));
    if (a->self != b->self) draft.self = a->kind == VALUE_ROW ? NULL : a->self;
    if (a->turn != b->turn && b->turn != TURN_OUTSIDE) draft.turn = b->turn;
    draft.plan = plan_join(plans, a->plan, b->plan);
    return value_intern(values, &draft);
}

static const Value *value_join_lists(Values *values, Plans *plans, const Value *a, const Value *b) {
    const Value *item = NULL;
    const Value *both[] = {a, b};
    for (int side = 0; side < 2; side++) {
        const Value *list = both[side];
        if (list->kind == VALUE_MANY)
            item = value_join(values, plans, item, list->self);
        for (uint32_t i = 0; i < list->count; i++)
            item = value_join(values, plans, item, list->items[i]);
    }
    if (!item) return a;
    const Value *list = value_many(values, item, NULL);
    return value_is_few(a) && value_is_few(b) ? value_with_flags(values, list, VALUE_SMALL) : list;
}

static bool value_is_list(const Value *v) {
    return v->kind == VALUE_MANY || v->kind == VALUE_SEQUENCE;
}

static const Value *value_join_dicts(Values *values, Plans *plans, const Value *a,
                                     const Value *b) {
    const Value *items[VALUE_ITEMS], *more = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i + 1 < a->count && count < VALUE_ITEMS; i += 2) {
        const Value *other = value_key(b, a->items[i]->name);
        items[count++] = a->items[i];
        items[count++] = other ? value_join(values, plans, a->items[i + 1], other)
                               : a->items[i + 1];
    }
    for (uint32_t i = 0; i + 1 < b->count; i += 2) {
        if (value_key(a, b->items[i]->name)) continue;
        if (count == VALUE_ITEMS) {
            values->cut++;
            more = value_simple(values, VALUE_UNKNOWN);
            break;
        }
        items[count++] = b->items[i];
        items[count++] = b->items[i + 1];
    }
    Value draft = {.kind = VALUE_DICT, .items = items, .count = count, .self = a->self,
                   .key = a->key, .flags = (uint16_t)(a->flags | b->flags)};
    if (b->key) draft.key = value_join(values, plans, a->key, b->key);
    draft.self = value_join(values, plans, value_join(values, plans, a->self, b->self), more);
    return value_intern(values, &draft);
}

/* What two lists or two dictionaries hold, within bounds. */
static const Value *value_join_held(Values *values, Plans *plans, const Value *a, const Value *b,
                                    bool lists) {
    if (!values->join_depth) values->join_steps = 0;
    if (values->join_depth == JOIN_DEPTH || ++values->join_steps > JOIN_STEPS) {
        values->cut++;
        return value_simple(values, VALUE_UNKNOWN);
    }
    values->join_depth++;
    const Value *joined = lists ? value_join_lists(values, plans, a, b)
                                : value_join_dicts(values, plans, a, b);
    values->join_depth--;
    return joined;
}

/* Adds an alternative, meeting one of the same rows. False when there would be too many. */
static bool union_add(Values *values, Plans *plans, const Value **items, uint32_t *count,
                      const Value *value) {
    for (uint32_t i = 0; i < *count; i++) {
        if (items[i] == value) return true;
        if (items[i]->kind == VALUE_SCALAR && value->kind == VALUE_SCALAR) {
            items[i] = value_simple(values, VALUE_SCALAR);
            return true;
        }
        if (value_same_rows(items[i], value)) {
            items[i] = value_join_rows(values, plans, items[i], value);
            return true;
        }
    }
    if (*count == UNION_MOST) return false;
    items[(*count)++] = value;
    return true;
}

static bool value_vanishes(const Value *v) {
    return v->kind == VALUE_NONE || ((v->kind == VALUE_QUERYSET) && (v->flags & VALUE_EMPTY))
           || (v->kind == VALUE_SEQUENCE && !v->count);
}

/* None, .none() and [] beside something else say nothing about rows. Scalars likewise. */
const Value *value_join(Values *values, Plans *plans, const Value *a, const Value *b) {
    if (a == b || !b) return a;
    if (!a) return b;
    if (value_vanishes(a)) return b;
    if (value_vanishes(b)) return a;
    if (a->kind == VALUE_UNKNOWN) return a;
    if (b->kind == VALUE_UNKNOWN) return b;
    if (value_same_rows(a, b)) return value_join_rows(values, plans, a, b);
    if (a->kind == VALUE_SCALAR && b->kind == VALUE_SCALAR)
        return value_simple(values, VALUE_SCALAR);
    bool lists = value_is_list(a) && value_is_list(b);
    if (lists || (a->kind == VALUE_DICT && b->kind == VALUE_DICT))
        return value_join_held(values, plans, a, b, lists);
    const Value *items[UNION_MOST];
    uint32_t count = 0;
    const Value *both[] = {a, b};
    for (int side = 0; side < 2; side++) {
        const Value *v = both[side];
        uint32_t many = v->kind == VALUE_UNION ? v->count : 1;
        for (uint32_t i = 0; i < many; i++) {
            const Value *one = v->kind == VALUE_UNION ? v->items[i] : v;
            if (union_add(values, plans, items, &count, one)) continue;
            values->cut++;
            return value_simple(values, VALUE_UNKNOWN);
        }
    }
    if (count == 1) return items[0];
    Value draft = {.kind = VALUE_UNION, .items = items, .count = count};
    return value_intern(values, &draft);
}
