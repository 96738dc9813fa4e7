/* Formsets of models: a form for each row of a queryset, which knows its row as `instance`.
 *
 *     BookFormSet = modelformset_factory(Book, fields=["title"])
 *     for form in BookFormSet(queryset=...):   form.instance is a row of it
 *
 * The forms are made once for a formset: walking it again walks the same rows. A formset without a
 * queryset has all rows of its model, an inline one those of its parent. */
#include "flow/builtins.h"
#include "frameworks/frameworks.h"
#include "frameworks/declared.h"

#define FORMS "django.forms."
#define MADE "forms"             /* the attribute that keeps the forms */

static bool class_is_formset(const Class *klass) {
    return klass && class_is(klass, FORMS "BaseModelFormSet");
}

static const Value *formset_value(Activation *a, const Value *formset, const char *name) {
    const Value *set = object_fact(a, formset, name);
    return set ? set : value_key(formset, name_of(a->e, name));
}

/* BaseModelFormSet.get_queryset() */
static const Value *formset_queryset(Activation *a, NodeId node, const Value *formset) {
    Evaluator *e = a->e;
    const Value *given = formset_value(a, formset, "queryset");
    if (given && given->kind != VALUE_NONE) return declared_queryset(a, node, given);
    const Value *model = formset_value(a, formset, "model");
    if (!model && class_member(formset->klass, name_of(e, "model")))
        model = value_attribute(a, node, formset, name_of(e, "model"));
    if (!model || model->kind != VALUE_CLASS || !model->klass->model) return e->unknown;
    const Value *rows = declared_rows(a, node, model->klass->model);
    if (!class_is(formset->klass, FORMS "BaseInlineFormSet") || rows->kind != VALUE_QUERYSET)
        return rows;
    return queryset_call(a, node, rows, name_of(e, "filter"), &(Arguments){.open = true});
}

static const Value *formset_form(Activation *a, const Value *formset, const Value *row) {
    Evaluator *e = a->e;
    const Value *form = formset_value(a, formset, "form");
    const Value *items[] = {value_string(e->values, name_of(e, "instance")), row};
    return value_intern(e->values, &(Value){
        .kind = VALUE_OBJECT, .items = items, .count = 2, .site = formset->site,
        .klass = form && form->kind == VALUE_CLASS
                     ? form->klass : project_class_named(e->project, FORMS "ModelForm")});
}

/* The forms, made where they are asked for first. */
static const Value *formset_forms(Activation *a, NodeId node, const Value *formset) {
    Evaluator *e = a->e;
    const Value *made = object_fact(a, formset, MADE);
    if (made) return made;
    const ClassMember *own = class_method(e, formset->klass, "get_queryset");
    const Value *rows = own ? call_member(a, node, formset, own, &(Arguments){0})
                            : formset_queryset(a, node, formset);
    if (rows->kind != VALUE_QUERYSET) return e->unknown;
    const Value *row = elements_of(a, node, rows);
    made = value_many(e->values, formset_form(a, formset, row), NULL);
    object_put(a, formset, MADE, made);
    return made;
}

/* What BookFormSet(...) gives: `draft` says its class, model and form. */
static const Value *formset_new(Activation *a, NodeId node, const Value *from,
                                const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *items[16];
    Value draft = *from;
    const Value *base = value_key(from, name_of(e, "formset"));
    if (base && class_is_formset(base->klass)) draft.klass = base->klass;
    draft.site = site_of(a, node);
    draft.turn = activation_turn(a);
    for (uint32_t i = 0; i < from->count && i < 12; i++) items[i] = from->items[i];
    const Value *queryset = argument(arguments, e, 99, "queryset");
    draft.items = items;
    if (!queryset && arguments->open) queryset = e->unknown;
    if (queryset) {
        items[draft.count++] = value_string(e->values, name_of(e, "queryset"));
        items[draft.count++] = queryset;
    }
    return value_intern(e->values, &draft);
}

static const Value *formsets_construct(Activation *a, NodeId node, const Value *callee,
                                       const Arguments *arguments) {
    if (!class_is_formset(callee->klass) || class_method(a->e, callee->klass, "__init__"))
        return NULL;
    Value draft = {.kind = VALUE_OBJECT, .klass = callee->klass};
    return formset_new(a, node, &draft, arguments);
}

static const Value *formsets_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    if (!class_is_formset(object->klass)) return NULL;
    bool forms = name_is(a->e, name, "forms") || name_is(a->e, name, "initial_forms");
    if (forms) return formset_forms(a, node, object);
    if (!name_is(a->e, name, "get_queryset")) return NULL;
    return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                               .self = object});
}

static const Value *formsets_method(Activation *a, NodeId node, const Value *object, Str name,
                                    const Arguments *arguments) {
    if (!class_is_formset(object->klass)) return NULL;
    if (name_is(a->e, name, "formset")) return formset_new(a, node, object, arguments);
    if (name_is(a->e, name, "get_queryset")) return formset_queryset(a, node, object);
    return NULL;
}

static const Value *formsets_iterate(Activation *a, NodeId node, const Value *object) {
    if (!class_is_formset(object->klass)) return NULL;
    return formset_forms(a, node, object);
}

static void formsets_body(Activation *a, const Class *klass, const Value *self, const Value *row) {
    (void)a, (void)klass, (void)self, (void)row;
}

static void formsets_roots(Evaluator *e) {
    (void)e;
}

const Framework framework_formsets = {
    .construct = formsets_construct, .attribute = formsets_attribute, .method = formsets_method,
    .iterate = formsets_iterate, .body = formsets_body, .roots = formsets_roots,
};
