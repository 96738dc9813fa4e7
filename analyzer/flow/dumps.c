/* Functions of Django that turn rows into plain data: each many-to-many field of a row is a query,
 * unless it was prefetched. Foreign keys are columns.
 *
 *     model_to_dict(book)                    all many-to-many fields
 *     serializers.serialize("json", books)   those without a model of their own in between */
#include "flow/builtins.h"

static bool names_have(const Value *names, Str name) {
    for (uint32_t i = 0; names && i < names->count; i++)
        if (names->items[i]->kind == VALUE_STRING && names->items[i]->name == name) return true;
    return false;
}

/* Whether a list of names is not in view. None is no list, as Django takes it. */
static bool names_are_open(const Value *names) {
    return names && names->kind != VALUE_SEQUENCE && names->kind != VALUE_NONE;
}

typedef struct Dump {
    const Value *fields, *exclude;
    bool plain;                  /* only fields whose rows in between Django makes by itself */
} Dump;

static void row_dump(Activation *a, NodeId node, const Value *row, const Dump *dump) {
    const Model *model = row->kind == VALUE_ROW ? row->birth->model : NULL;
    bool some = dump->fields && dump->fields->kind == VALUE_SEQUENCE;
    for (uint32_t i = 0; model && i < model->relations.count; i++) {
        const Relation *relation = model->relations.items[i];
        if (relation->kind != RELATION_M2M || !relation->name) continue;
        if (dump->plain && relation->through) continue;
        if ((some && !names_have(dump->fields, relation->name))
            || names_have(dump->exclude, relation->name))
            continue;
        const Value *rows = value_attribute(a, node, row, relation->name);
        if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
        if (rows->kind == VALUE_QUERYSET) queryset_run(a, node, rows, OPERATION_ITERATE);
    }
}

static const Value *do_model_to_dict(Activation *a, NodeId node, const Arguments *arguments) {
    const Value *row = argument(arguments, a->e, 0, "instance");
    Dump dump = {.fields = argument(arguments, a->e, 1, "fields"),
                 .exclude = argument(arguments, a->e, 2, "exclude")};
    bool open = arguments->open || names_are_open(dump.fields) || names_are_open(dump.exclude);
    if (row && !open) row_dump(a, node, row, &dump);
    return a->e->unknown;
}

static const Value *do_serialize(Activation *a, NodeId node, const Arguments *arguments) {
    static const char *const others[] = {"use_natural_foreign_keys", "use_natural_primary_keys"};
    Evaluator *e = a->e;
    Walk walk;
    const Value *rows = argument(arguments, e, 1, "queryset");
    Dump dump = {.fields = argument(arguments, e, 99, "fields"), .plain = true};
    bool open = arguments->open || names_are_open(dump.fields);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        open = open || argument(arguments, e, 99, others[i]);
    if (!rows || open) return e->scalar;
    if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
    bool walks = rows->kind == VALUE_QUERYSET || rows->kind == VALUE_MANY;
    if (walks && walk_start(a, node, node, rows, &walk)) {
        walk_turn(a, &walk);
        row_dump(a, node, walk.item, &dump);
        walk_end(a, &walk, true);
    }
    return e->scalar;
}

const Builtin dump_builtins[] = {
    {"django.forms.models.model_to_dict", do_model_to_dict},
    {"django.forms.model_to_dict", do_model_to_dict},
    {"django.core.serializers.serialize", do_serialize},
};
const size_t dump_builtin_count = sizeof dump_builtins / sizeof *dump_builtins;
