/* Which class a value is of: type(x), x.__class__, their names, and what x._meta says of a model.
 *
 * A row of a queryset is of that queryset's model and of no class derived from it, unless a library
 * or the project's own code chooses the class of each row. `self` in a method of a class that
 * others inherit from may be any of them. The CLASS of something of which that is not sure has
 * VALUE_DOUBTFUL: it or a class derived from it. It still leads to managers and members, but has
 * no known name. */
#include "flow/evaluate.h"

/* -- Classes that others inherit from. -- */

static void heirs_find(Evaluator *e) {
    e->heirs_known = true;
    for (uint32_t i = 0; i < e->project->classes.count; i++) {
        const Class *klass = e->project->classes.items[i];
        for (uint32_t k = 1; k < klass->mro_count; k++)
            map_put(e->arena, &e->heirs, (uintptr_t)klass->mro[k], e);
    }
}

bool class_has_heirs(Evaluator *e, const Class *klass) {
    if (!e->heirs_known) heirs_find(e);
    return klass->external || e->project->partial || map_get(&e->heirs, (uintptr_t)klass);
}

/* Whether a class derived from this one says something else under the name. */
static bool member_is_replaced(Evaluator *e, const Class *klass, const ClassMember *member) {
    uint64_t key = hash_mix((uintptr_t)klass, member->name);
    const Value *known = map_get(&e->replaced, key);
    if (known) return known == e->yes;
    bool replaced = false;
    for (uint32_t i = 0; !replaced && i < e->project->classes.count; i++) {
        const Class *heir = e->project->classes.items[i];
        if (heir == klass || !class_inherits(heir, klass)) continue;
        const ClassMember *own = class_member(heir, member->name);
        replaced = own && own->owner != member->owner;
    }
    map_put(e->arena, &e->replaced, key, (void *)(uintptr_t)(replaced ? e->yes : e->no));
    return replaced;
}

/* -- Values whose class is sure. -- */

static bool class_has(Evaluator *e, const Class *klass, const char *name) {
    Str found = str_find(e->project->strings, name, strlen(name));
    return found && class_member(klass, found);
}

/* Whether somebody chooses the class of each row that a query gives. */
static bool rows_are_mixed(Evaluator *e, const Model *model) {
    const Class *klass = model->klass;
    const Manager *manager = model_default_manager(model);
    return class_is(klass, "polymorphic.models.PolymorphicModel") || class_has(e, klass, "from_db")
           || class_has(e, klass, "__new__") || model->base_manager || (manager && !manager->known)
           || name_is_set_anywhere(e, str_of(e->project->strings, "_iterable_class"))
           || name_is_set_anywhere(e, str_of(e->project->strings, "__class__"));
}

static bool row_type_is_sure(Evaluator *e, const Value *row) {
    const Model *model = row->birth->model;
    if (!model || !model->klass || row->plan->rows != ROWS_MODELS) return false;
    if (row->flags & VALUE_NEW) return !(row->flags & VALUE_DOUBTFUL);
    if (model->abstract || !model->klass->mro_complete || row->birth->given) return false;
    if (!class_has_heirs(e, model->klass)) return true;
    bool told = row->birth->known || row->birth->relation;
    return told && !(row->flags & VALUE_DOUBTFUL) && !rows_are_mixed(e, model);
}

/* Made by a call of its class in view; a framework makes others for the class that it is told. */
static bool object_is_made(Evaluator *e, const Value *object) {
    return object->site.node && !(object->flags & VALUE_DOUBTFUL)
           && site_node(e->project, object->site)->kind == NODE_CALL;
}

bool type_is_sure(Evaluator *e, const Value *value) {
    if (value->kind == VALUE_ROW) return row_type_is_sure(e, value);
    if (value->kind == VALUE_CLASS) return !(value->flags & VALUE_DOUBTFUL);
    if (value->kind != VALUE_OBJECT || !value->klass || value->klass->external) return false;
    return object_is_made(e, value)
           || (value->klass->mro_complete && !class_has_heirs(e, value->klass));
}

const Value *type_of(Evaluator *e, const Value *value) {
    const Value *joined = NULL;
    for (uint32_t i = 0; value->kind == VALUE_UNION && i < value->count; i++)
        joined = value_join(e->values, e->plans, joined, type_of(e, value->items[i]));
    if (joined) return joined;
    const Class *klass = value_class(value);
    if (!klass && value->kind == VALUE_QUERYSET)
        klass = project_class_named(e->project, "django.db.models.QuerySet");
    if (!klass || value->kind == VALUE_CLASS) return e->unknown;
    unsigned flags = type_is_sure(e, value) ? 0 : VALUE_DOUBTFUL;
    return value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = klass, .flags = flags});
}

/* -- What classes say of themselves. -- */

static const Value *text_value(Evaluator *e, const char *text) {
    return value_string(e->values, str_of(e->project->strings, text));
}

static const Value *qualified_name(Evaluator *e, const Class *klass) {
    const char *text = project_text(e->project, klass->name);
    if (klass->in_function || klass->external) return e->scalar;
    for (klass = klass->outer; klass; klass = klass->outer)
        text = arena_format(e->scratch, "%s.%s", project_text(e->project, klass->name), text);
    return text_value(e, text);
}

const Value *type_attribute(Evaluator *e, const Value *klass, Str name) {
    bool plain = name_is(e, name, "__name__");
    if (!plain && !name_is(e, name, "__qualname__")) return NULL;
    if (!type_is_sure(e, klass))
        return value_intern(e->values, &(Value){.kind = VALUE_SCALAR,
                                                .klass = plain ? klass->klass : NULL});
    return plain ? value_string(e->values, klass->klass->name) : qualified_name(e, klass->klass);
}

static bool find_named(const Evaluator *e, const Class *klass, Str name) {
    bool known = false;
    for (uint32_t i = 0; i < e->project->classes.count; i++) {
        const Class *at = e->project->classes.items[i];
        if (at->name != name) continue;
        known = true;
        if (!at->mro_complete || class_inherits(at, klass)) return true;
    }
    return !known || klass->name == name;
}

bool type_may_be_named(Evaluator *e, const Class *klass, Str name) {
    uint64_t key = hash_mix((uintptr_t)klass, name);
    const Value *known = map_get(&e->named, key);
    if (known) return known == e->yes;
    bool may = find_named(e, klass, name);
    map_put(e->arena, &e->named, key, (void *)(uintptr_t)(may ? e->yes : e->no));
    return may;
}

static const char *lower(Evaluator *e, Str text) {
    const char *given = project_text(e->project, text);
    char *lowered = arena_copy(e->scratch, given, strlen(given));
    for (char *at = lowered; *at; at++)
        if (*at >= 'A' && *at <= 'Z') *at = (char)(*at - 'A' + 'a');
    return lowered;
}

static const Value *model_says(Evaluator *e, const Model *model, const char *name) {
    const char *app = project_text(e->project, model->app);
    if (!strcmp(name, "object_name")) return value_string(e->values, model->name);
    if (!strcmp(name, "model_name")) return text_value(e, lower(e, model->name));
    if (!strcmp(name, "app_label")) return value_string(e->values, model->app);
    if (!strcmp(name, "label")) return value_string(e->values, model->label);
    if (!strcmp(name, "label_lower"))
        return text_value(e, arena_format(e->scratch, "%s.%s", app, lower(e, model->name)));
    return NULL;
}

const Value *type_meta(Evaluator *e, const Value *of, Str name) {
    const Class *klass = value_class(of);
    if (!klass || !klass->model || (of->kind != VALUE_ROW && of->kind != VALUE_CLASS)) return NULL;
    if (name_is(e, name, "model"))
        return of->kind == VALUE_CLASS ? of : type_of(e, of);
    const Value *said = model_says(e, klass->model, project_text(e->project, name));
    return said && !type_is_sure(e, of) ? e->scalar : said;
}

/* Whether a condition may be decided by it. */
static bool value_decides(const Value *value) {
    switch ((ValueKind)value->kind) {
    case VALUE_STRING: case VALUE_BOOL: case VALUE_NONE: case VALUE_CLASS: case VALUE_SCALAR:
        return true;
    case VALUE_UNION: return value_decides(value->items[0]);
    default: return false;
    }
}

const Value *type_member(Evaluator *e, const Value *row, const ClassMember *member,
                         const Value *value) {
    const Class *klass = value_class(row);
    if (!value_decides(value) || !klass || type_is_sure(e, row)
        || !member_is_replaced(e, klass, member))
        return value;
    bool plain = value->kind == VALUE_STRING || value->kind == VALUE_BOOL
                 || value->kind == VALUE_SCALAR;
    return plain ? e->scalar : e->unknown;
}
