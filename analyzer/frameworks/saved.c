/* save() of serializers.
 *
 *     BookSerializer(row, data=...).save()            update(row, ...)
 *     BookSerializer(data=...).save()                 create(...)
 *     BookSerializer(data=..., many=True).save()      for each item of the data: create(...)
 *
 * Methods that the project wrote are evaluated, those of a list serializer too; else the framework
 * writes one row. update() of many rows is nothing that it has. */
#include "frameworks/drf.h"

/* What create() of a ModelSerializer does. */
static const Value *create_row(Activation *a, NodeId node, const Value *object) {
    Evaluator *e = a->e;
    const Model *model = serializer_of(e, object->klass)->model;
    const Value *manager = model ? manager_make(a, node, model, name_of(e, "_default_manager"))
                                 : NULL;
    if (!manager) return e->unknown;
    return queryset_call(a, node, manager, name_of(e, "create"), &(Arguments){.open = true});
}

static void create_each(Activation *a, NodeId node, const Value *object) {
    Evaluator *e = a->e;
    const Value *data = object_fact(a, object, "+data");
    bool listed = data && data->kind == VALUE_SEQUENCE;
    const ClassMember *own = class_method(e, object->klass, "create");
    Walk walk;
    if (!walk_start(a, node, node, listed ? data : value_many(e->values, e->unknown, NULL), &walk))
        return;
    uint32_t rounds = walk.item_count ? walk.item_count : 1;
    for (uint32_t i = 0; i < rounds; i++) {
        walk_turn(a, &walk);
        Arguments given = argument_of(node, walk.item_count ? walk.items[i] : walk.item);
        if (own) call_member(a, node, object, own, &given);
        else create_row(a, node, object);
    }
    walk_end(a, &walk, true);
}

static const Value *save_many(Activation *a, NodeId node, const Value *object,
                              const Value *instance) {
    Evaluator *e = a->e;
    const Class *list = serializer_of(e, object->klass)->list;
    bool made = instance && instance->kind == VALUE_NONE;
    const ClassMember *own = list ? class_method(e, list, made ? "create" : "update") : NULL;
    if (!own) {
        if (made) create_each(a, node, object);
        return e->unknown;
    }
    const Value *self = value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = list,
                                                         .site = object->site});
    object_put(a, self, "child", object);
    Arguments given = argument_of(node, made || !instance ? e->unknown : instance);
    if (!made) {
        given.nodes[given.count] = node;
        given.values[given.count++] = e->unknown;
    }
    return call_member(a, node, self, own, &given);
}

static const Value *save_one(Activation *a, NodeId node, const Value *object,
                             const Value *instance) {
    Evaluator *e = a->e;
    bool row = instance && instance->kind == VALUE_ROW;
    const ClassMember *own = class_method(e, object->klass, row ? "update" : "create");
    const Value *saved = row ? instance : e->unknown;
    if (own) {
        Arguments arguments = argument_of(node, row ? instance : e->unknown);
        arguments.count += row;
        arguments.nodes[1] = node;
        arguments.values[1] = e->unknown;
        const Value *given = call_member(a, node, object, own, &arguments);
        if (given->kind == VALUE_ROW) saved = given;
    }
    return saved;
}

const Value *saved_serializer(Activation *a, NodeId node, const Value *object) {
    const Value *instance = object_fact(a, object, "instance");
    const Value *many = object_fact(a, object, "+many");
    if (many && many->flags & VALUE_TRUE) return save_many(a, node, object, instance);
    write_unknown(a, node);
    const Value *saved = save_one(a, node, object, instance);
    object_put(a, object, "instance", saved);
    return saved;
}

const Value *drf_save(Activation *a, NodeId node, const Value *serializer) {
    if (serializer->kind != VALUE_OBJECT || !class_is_serializer(serializer->klass)) {
        write_unknown(a, node);
        return a->e->unknown;
    }
    const ClassMember *own = class_method(a->e, serializer->klass, "save");
    return own ? call_member(a, node, serializer, own, &(Arguments){.open = true})
               : saved_serializer(a, node, serializer);
}
