/* gather.c - what rows of a model have, parents' things included, sorted for look-up.
 *
 * A hostile project could give thousands of children to a parent with thousands of relations; past
 * a budget for the whole project models keep to their own and count as incomplete. */
#include "project/model.h"

#include <stdlib.h>

enum { GATHER_LIMIT = 2000000 };

typedef struct Ranked {
    Str name;
    uint32_t rank; /* own before inherited, forward before reverse */
    const void *item;
} Ranked;

typedef Array(Ranked) RankedList;

static int compare_ranked(const void *left, const void *right) {
    const Ranked *one = left, *other = right;
    if (one->name != other->name) return one->name < other->name ? -1 : 1;
    return one->rank < other->rank ? -1 : one->rank > other->rank;
}

/* Sorts by name and leaves the first of each. */
static void rank(RankedList *list) {
    uint32_t kept = 0;
    if (list->count) qsort(list->items, list->count, sizeof *list->items, compare_ranked);
    for (uint32_t i = 0; i < list->count; i++)
        if (!kept || list->items[i].name != list->items[kept - 1].name)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static void push(Arena *arena, RankedList *list, Str name, const void *item) {
    if (name) array_push(arena, list, (Ranked){name, list->count, item});
}

/* The accessor of a multi-table child is no attribute its siblings should have. */
static void push_relations(Arena *arena, const LinkModel *from, bool inherited, RankedList *names,
                           RankedList *queries) {
    for (uint32_t i = 0; i < from->local.count; i++) {
        const Relation *relation = from->local.items[i];
        if (inherited && relation->kind == RELATION_CHILD) continue;
        push(arena, names, relation->name, relation);
        push(arena, queries, relation->query_name, relation);
    }
}

static void gather_relations(Project *project, Arena *scratch, LinkModel *model, bool inherit) {
    RankedList names = {0}, queries = {0};
    push_relations(scratch, model, false, &names, &queries);
    for (uint32_t i = 0; inherit && i < model->model.parents.count; i++) {
        const LinkModel *parent = link_model(model->model.parents.items[i]);
        push_relations(scratch, parent, parent != model->concrete, &names, &queries);
    }
    rank(&names);
    rank(&queries);
    for (uint32_t i = 0; i < names.count; i++)
        array_push(project->arena, &model->model.relations, (const Relation *)names.items[i].item);
    model->by_query = arena_many(project->arena, const Relation *, queries.count);
    model->query_count = queries.count;
    for (uint32_t i = 0; i < queries.count; i++) model->by_query[i] = queries.items[i].item;
}

static void push_fields(Project *project, Arena *scratch, const LinkModel *from, RankedList *keys) {
    Str pk = str_of(project->strings, "pk");
    for (uint32_t i = 0; i < from->model.fields.count; i++) {
        const Field *field = &from->model.fields.items[i];
        push(scratch, keys, field->name, field);
        if (field->attname != field->name) push(scratch, keys, field->attname, field);
        if (field->primary_key) push(scratch, keys, pk, field);
    }
}

static void gather_fields(Project *project, Arena *scratch, LinkModel *model, bool inherit) {
    RankedList keys = {0};
    push_fields(project, scratch, model, &keys);
    for (uint32_t i = 0; inherit && i < model->model.parents.count; i++)
        push_fields(project, scratch, link_model(model->model.parents.items[i]), &keys);
    rank(&keys);
    model->field_keys = arena_many(project->arena, FieldKey, keys.count);
    model->field_count = keys.count;
    for (uint32_t i = 0; i < keys.count; i++)
        model->field_keys[i] = (FieldKey){keys.items[i].name, keys.items[i].item};
}

static uint32_t inherited_size(const LinkModel *model) {
    uint32_t size = 0;
    for (uint32_t i = 0; i < model->model.parents.count; i++) {
        const LinkModel *parent = link_model(model->model.parents.items[i]);
        size += parent->local.count + parent->model.fields.count;
    }
    return size;
}

void models_gather(Project *project) {
    uint32_t spent = 0;
    for (uint32_t i = 0; i < project->models.count; i++) {
        LinkModel *model = link_model(project->models.items[i]);
        uint32_t size = inherited_size(model);
        bool inherit = size < GATHER_LIMIT && spent + size < GATHER_LIMIT;
        if (inherit) spent += size;
        else model->model.complete = false, link_cut(project);
        Arena *scratch = arena_new();
        gather_relations(project, scratch, model, inherit);
        gather_fields(project, scratch, model, inherit);
        arena_free(scratch);
    }
}

const Relation *model_relation(const Model *model, Str name) {
    uint32_t low = 0, high = model->relations.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const Relation *relation = model->relations.items[middle];
        if (relation->name == name) return relation;
        if (relation->name < name) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const Relation *model_lookup(const Model *model, Str query_name) {
    const LinkModel *linked = link_model(model);
    uint32_t low = 0, high = linked->query_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const Relation *relation = linked->by_query[middle];
        if (relation->query_name == query_name) return relation;
        if (relation->query_name < query_name) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const Field *model_field(const Model *model, Str name) {
    const LinkModel *linked = link_model(model);
    uint32_t low = 0, high = linked->field_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const FieldKey *key = &linked->field_keys[middle];
        if (key->name == name) return key->field;
        if (key->name < name) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

bool model_inherits(const Model *model, const Model *ancestor) {
    return class_inherits(model->klass, ancestor->klass);
}

const Model *project_model_named(const Project *project, const char *label) {
    Str name = str_find(project->strings, label, strlen(label));
    const Class *klass = name ? map_get(&project->by_qualified, name) : NULL;
    if (klass && klass->model) return klass->model;
    const LinkModel *found = target_named(project, NULL, str_of(project->strings, label));
    return found ? &found->model : NULL;
}
