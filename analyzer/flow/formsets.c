/* modelformset_factory() and inlineformset_factory(): a class that nobody writes down. What they
 * give is called like a class; the framework of formsets answers the call. */
#include "flow/builtins.h"

static const Value *formset_made(Activation *a, const Arguments *arguments, uint32_t position,
                                 const char *base) {
    Evaluator *e = a->e;
    static const char *const names[] = {"model", "form", "formset"};
    const Value *items[2 * sizeof names / sizeof *names];
    Value draft = {.kind = VALUE_OBJECT, .items = items};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Value *given = argument(arguments, e, i ? position + (uint32_t)i : position,
                                      names[i]);
        if (!given || given->kind != VALUE_CLASS) continue;
        items[draft.count++] = value_string(e->values, str_of(e->project->strings, names[i]));
        items[draft.count++] = given;
    }
    draft.klass = project_class_named(e->project, base);
    const Value *made = value_intern(e->values, &draft);
    return value_intern(e->values, &(Value){
        .kind = VALUE_BUILTIN, .name = str_of(e->project->strings, "formset"), .self = made});
}

static const Value *do_model_formset(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    return formset_made(a, arguments, 0, "django.forms.BaseModelFormSet");
}

/* (parent_model, model, form, formset, ...) */
static const Value *do_inline_formset(Activation *a, NodeId node, const Arguments *arguments) {
    (void)node;
    return formset_made(a, arguments, 1, "django.forms.BaseInlineFormSet");
}

const Builtin formset_builtins[] = {
    {"django.forms.modelformset_factory", do_model_formset},
    {"django.forms.models.modelformset_factory", do_model_formset},
    {"django.forms.inlineformset_factory", do_inline_formset},
    {"django.forms.models.inlineformset_factory", do_inline_formset},
};
const size_t formset_builtin_count = sizeof formset_builtins / sizeof *formset_builtins;
