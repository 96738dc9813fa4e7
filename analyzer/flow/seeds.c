/* The caches of one instance, as code fills and empties them: row.author = author,
 * row._prefetched_objects_cache["tags"] = tags, row.tags.add(tag), del row.author.
 *
 * A LOADED fact about a row overrules its plan: the marker says that the relation is there, `no`
 * that it is gone, `unknown` that nobody can tell, `maybe` what two paths disagree on. */
#include "flow/evaluate.h"

static void seed_set(Activation *a, const Value *row, Str name, const Value *how) {
    state_set(a->e->arena, &a->state, fact_key(FACT_LOADED, row->id, name), how);
}

Cover seed_cover(const Activation *a, const Value *row, Str name, Cover planned) {
    const Evaluator *e = a->e;
    const Value *seed = state_get(&a->state, fact_key(FACT_LOADED, row->id, name));
    if (!seed) return planned;
    if (seed == e->marker) return COVER_FULL;
    if (seed == e->no) return COVER_NONE;
    if (seed == e->unknown) return COVER_OPEN;
    return planned == COVER_NONE || planned == COVER_FULL ? COVER_MAYBE : planned;
}

/* row.fk = x fills the cache of that instance, row.fk_id = x empties it. */
void row_assign(Activation *a, const Value *row, Str name, const Value *value) {
    Evaluator *e = a->e;
    row = row_as_loaded(a, row, row);
    if (name_is(e, name, "_prefetched_objects_cache")) {
        for (uint32_t i = 0; value->kind == VALUE_DICT && i + 1 < value->count; i += 2)
            seed_set(a, row, value->items[i]->name, e->marker);
        if (value->kind != VALUE_DICT || value->self) seed_open(a, row);
        return;
    }
    const Model *model = row->birth->model;
    const Field *field = model ? model_field(model, name) : NULL;
    const Relation *relation = field ? field->relation : NULL;
    if (relation && field->attname == name && field->name != name) {
        state_drop(&a->state, fact_key(FACT_ATTRIBUTE, row->id, field->name));
        seed_set(a, row, field->name, e->no);
        return;
    }
    state_set(e->arena, &a->state, fact_key(FACT_ATTRIBUTE, row->id, name), value);
    seed_set(a, row, name, e->marker);
}

void seed_open(Activation *a, const Value *row) {
    const Model *model = row->birth->model;
    for (uint32_t i = 0; model && i < model->relations.count; i++)
        if (model->relations.items[i]->many && model->relations.items[i]->name)
            seed_set(a, row, model->relations.items[i]->name, a->e->unknown);
}

static void seed_clear(Activation *a, const Value *row) {
    for (uint32_t i = 0; i < row->plan->load_count; i++) {
        const Load *load = &row->plan->loads[i];
        if (load->relation->many && !load->to_attr)
            seed_set(a, row, load->relation->name, a->e->no);
    }
}

static const Value *cache_row(const Evaluator *e, const Value *cache) {
    bool own = cache->kind == VALUE_BUILTIN && cache->self && cache->self->kind == VALUE_ROW
               && (name_is(e, cache->name, "_prefetched_objects_cache")
                   || name_is(e, cache->name, "fields_cache"));
    return own ? cache->self : NULL;
}

bool seed_entry(Activation *a, const Value *cache, const Value *key) {
    const Value *row = cache_row(a->e, cache);
    if (!row) return false;
    if (key->kind == VALUE_STRING) seed_set(a, row, key->name, a->e->marker);
    else seed_open(a, row);
    return true;
}

const Value *seed_method(Activation *a, const Value *cache, Str name,
                         const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *row = cache_row(e, cache);
    const Value *key = argument(arguments, e, 0, NULL);
    if (!row) return NULL;
    if (name_is(e, name, "clear")) seed_clear(a, row);
    else if (name_is(e, name, "pop") && key && key->kind == VALUE_STRING)
        seed_set(a, row, key->name, e->no);
    else if (name_is(e, name, "update")) seed_open(a, row);
    return value_intern(e->values, &(Value){.kind = VALUE_UNKNOWN, .flags = VALUE_GUARD});
}

void seed_delete(Activation *a, const Value *row, Str name) {
    Evaluator *e = a->e;
    row = row_as_loaded(a, row, row);
    state_drop(&a->state, fact_key(FACT_ATTRIBUTE, row->id, name));
    if (name_is(e, name, "_prefetched_objects_cache")) seed_clear(a, row);
}

/* What a writing method of a related manager leaves of the prefetched rows. */
void seed_forget(Activation *a, const Value *queryset, const QuerysetMethod *method) {
    const Evaluator *e = a->e;
    const Relation *relation = queryset_relation(queryset);
    if (!relation || !relation->name || method->forgets == FORGETS_NEVER) return;
    bool reverse = relation->kind == RELATION_REVERSE_FK;
    if (reverse && method->forgets == FORGETS_UNLESS_REVERSE_FK) return;
    const Value *how = e->no;
    if (reverse && method->forgets == FORGETS_BY_VERSION) {
        if (e->project->django_most < 52) return;
        if (e->project->django_least < 52) how = e->unknown;
    }
    seed_set(a, queryset->self, relation->name, how);
}

/* setattr(row, "site", site) and setattr(row, name, value). */
void seed_setattr(Activation *a, const Value *object, const Value *name, const Value *value) {
    Evaluator *e = a->e;
    if (name->kind != VALUE_STRING) return;
    if (object->kind == VALUE_ROW) row_assign(a, object, name->name, value);
    else if (object->kind == VALUE_OBJECT)
        state_set(e->arena, &a->state, fact_key(FACT_ATTRIBUTE, object->id, name->name), value);
}

static void seed_copy_to(Activation *a, uint32_t from, uint32_t to) {
    State before = state_copy(a->e->arena, &a->state);
    for (uint32_t i = 0; i < before.facts.count; i++) {
        Fact fact = before.facts.items[i];
        FactKind kind = fact_kind(fact.key);
        bool mine = (kind == FACT_LOADED || kind == FACT_ATTRIBUTE)
                    && fact_object(fact.key) == from && (Str)fact.key != a->e->plan_fact;
        if (mine)
            state_set(a->e->arena, &a->state, fact_key(kind, to, (Str)fact.key), fact.value);
    }
}

void seed_copy(Activation *a, const Value *from, const Value *to) {
    seed_copy_to(a, from->id, to->id);
}

void seed_yield(Activation *a, const Value *row) {
    seed_copy_to(a, row->id, SEED_YIELDED);
}

uint32_t seeds_yielded(Fact *facts, uint32_t count, const Value *generator) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = facts[i].key;
        if (fact_object(key) != SEED_YIELDED) continue;
        facts[kept++] = (Fact){fact_key(fact_kind(key), generator->id, (Str)key), facts[i].value};
    }
    return kept;
}
