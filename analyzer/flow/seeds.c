/* The caches of one instance, as code fills and empties them: row.author = author,
 * row._prefetched_objects_cache["tags"] = tags, row.tags.add(tag), del row.author.
 *
 * A LOADED fact about a row overrules its plan: the marker says that the relation is there, `gone`
 * that it is not, `unknown` that nobody can tell, `maybe` what two paths disagree on. A relation
 * that was read before, with its query told of, is `said` to be there: where only one path read it,
 * reading it again is the same finding over, not another one. */
#include "flow/evaluate.h"

static void seed_set(Activation *a, const Value *row, Str name, const Value *how) {
    state_set(a->e->scratch, &a->state, fact_key(FACT_LOADED, row->id, name), how);
}

Cover seed_cover(const Activation *a, const Value *row, Str name, Cover planned) {
    const Evaluator *e = a->e;
    const Value *seed = state_get(&a->state, fact_key(FACT_LOADED, row->id, name));
    if (!seed) return planned;
    if (seed == e->marker || seed == e->said) return COVER_FULL;
    if (seed == e->gone) return COVER_NONE;
    if (seed == e->unknown) return COVER_OPEN;
    if (seed->flags & VALUE_NEW) return COVER_FULL;
    return planned == COVER_NONE ? COVER_MAYBE : planned;
}

/* Where the plan brings nothing, nothing is lost. */
static void seed_gone(Activation *a, const Value *row, Str name) {
    const Model *model = row->birth->model;
    const Relation *relation = model ? model_relation(model, name) : NULL;
    bool planned = relation
                   && plan_cover(a->e->plans, row->plan, relation, NULL, NULL) != COVER_NONE;
    if (planned || row->plan->fetch) seed_set(a, row, name, a->e->gone);
    else state_drop(&a->state, fact_key(FACT_LOADED, row->id, name));
}

static void seed_drop(Activation *a, const Value *row, Str name) {
    state_drop(&a->state, fact_key(FACT_ATTRIBUTE, row->id, name));
    seed_gone(a, row, name);
}

/* A generic foreign key whose type or key is assigned asks anew. */
static void seed_drop_generic(Activation *a, const Value *row, const Field *field) {
    const Model *model = row->birth->model;
    for (uint32_t i = 0; field && i < model->relations.count; i++) {
        const Relation *relation = model->relations.items[i];
        bool part = relation->type_field == field->name || relation->key_field == field->name;
        if (relation->kind == RELATION_GENERIC_FK && part) seed_drop(a, row, relation->name);
    }
}

/* Assigning the row of a relation sets the columns that say which row it is. */
static void seed_columns(Activation *a, const Value *row, const Relation *relation) {
    const Value *there = a->e->marker;
    if (relation->attname) seed_set(a, row, relation->attname, there);
    if (relation->kind != RELATION_GENERIC_FK) return;
    if (relation->key_field) seed_set(a, row, relation->key_field, there);
    const Field *type = relation->type_field ? model_field(row->birth->model, relation->type_field)
                                             : NULL;
    if (!type) return;
    seed_set(a, row, type->name, there); /* the row of the content type comes along */
    if (type->attname) seed_set(a, row, type->attname, there);
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
    const Relation *relation = model ? model_relation(model, name) : NULL;
    seed_drop_generic(a, row, field);
    if (field && field->relation && field->attname == name && field->name != name) {
        seed_drop(a, row, field->name);
        seed_set(a, row, name, e->marker);
        row_unpin(a, row);
        if (value->kind == VALUE_NONE) /* nobody is asked for */
            state_set(e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, row->id, field->name), value);
        return;
    }
    state_set(e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, row->id, name), value);
    seed_set(a, row, name, e->marker);
    if (relation && !relation->many) seed_columns(a, row, relation);
}

/* refresh_from_db(): what was loaded is asked for anew, but for columns that are left out still. */
static void refresh_all(Activation *a, const Value *row) {
    Evaluator *e = a->e;
    const Model *model = row->birth->model;
    const Plan *bare = plan_refreshed(e->plans, row->plan);
    const Value *later = row->plan->open ? row : value_with_plan(e->values, row, bare);
    state_set(e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, row->id, e->plan_fact), later);
    for (uint32_t i = a->state.facts.count; i-- > 0;) {
        uint64_t key = a->state.facts.items[i].key;
        FactKind kind = fact_kind(key);
        if (kind == FACT_VARIABLE || kind == FACT_EVALUATED || fact_object(key) != row->id
            || (Str)key == e->plan_fact)
            continue;
        if (kind == FACT_LOADED && model && !model_relation(model, (Str)key)) {
            if (later == row) continue;
            uint64_t same = fact_key(kind, later->id, (Str)key);
            state_set(e->scratch, &a->state, same, a->state.facts.items[i].value);
            i = a->state.facts.count; /* the facts have moved: once more from the end */
        }
        state_drop(&a->state, key);
    }
    row_unpin(a, later);
}

/* refresh_from_db(fields=[...]) loads those columns, and nothing else changes. */
static void refresh_fields(Activation *a, const Value *row, const Value *fields) {
    const Model *model = row->birth->model;
    for (uint32_t i = 0; model && fields && i < fields->count; i++) {
        if (fields->items[i]->kind != VALUE_STRING) continue;
        const Field *field = model_field(model, fields->items[i]->name);
        if (!field) continue;
        if (field->relation) seed_drop(a, row, field->name);
        seed_set(a, row, field->attname ? field->attname : field->name, a->e->marker);
    }
}

void seed_refresh(Activation *a, const Value *row, const Arguments *arguments) {
    const Value *fields = argument(arguments, a->e, 1, "fields");
    if (fields || arguments->open) refresh_fields(a, row, fields);
    else refresh_all(a, row);
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
            seed_gone(a, row, load->relation->name);
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
        seed_gone(a, row, key->name);
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
    if (!relation && method->forgets == FORGETS_ALWAYS)
        state_drop(&a->state, fact_key(FACT_EVALUATED, queryset->id, 0));
    if (!relation || !relation->name || method->forgets == FORGETS_NEVER) return;
    if (queryset->flags & (VALUE_NARROWED | VALUE_REBUILT)) return; /* another queryset's rows */
    bool reverse = relation->kind == RELATION_REVERSE_FK;
    if (reverse && method->forgets == FORGETS_UNLESS_REVERSE_FK) return;
    bool by_version = reverse && method->forgets == FORGETS_BY_VERSION;
    if (by_version && e->project->django_most < 52) return;
    if (by_version && e->project->django_least < 52)
        seed_set(a, queryset->self, relation->name, e->unknown);
    else seed_gone(a, queryset->self, relation->name);
}

/* setattr(row, "site", site) and setattr(row, name, value). */
void seed_setattr(Activation *a, const Value *object, const Value *name, const Value *value) {
    Evaluator *e = a->e;
    if (name->kind != VALUE_STRING) {
        row_unpin(a, object);
        return;
    }
    if (object->kind == VALUE_ROW) row_assign(a, object, name->name, value);
    else if (object->kind == VALUE_OBJECT)
        state_set(e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, object->id, name->name), value);
}

static void seed_copy_to(Activation *a, uint32_t from, uint32_t to) {
    State before = state_copy(a->e->scratch, &a->state);
    for (uint32_t i = 0; i < before.facts.count; i++) {
        Fact fact = before.facts.items[i];
        FactKind kind = fact_kind(fact.key);
        bool mine = (kind == FACT_LOADED || kind == FACT_ATTRIBUTE)
                    && fact_object(fact.key) == from && (Str)fact.key != a->e->plan_fact;
        if (mine)
            state_set(a->e->scratch, &a->state, fact_key(kind, to, (Str)fact.key), fact.value);
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
