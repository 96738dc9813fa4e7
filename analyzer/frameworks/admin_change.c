/* The change view of the admin: one object, its read-only fields, and the rows of its inlines.
 *
 * Each inline row is headed by str(row). The rows come from the inline's own get_queryset(), and
 * do not know the object they hang from. */
#include "frameworks/admin.h"

#define ADMIN "django.contrib.admin."

static Option readonly_fields(Activation *a, NodeId node, const Value *admin,
                              const Value *request, const Value *object) {
    const Value *given[] = {request, object};
    Arguments arguments = arguments_of(node, given, 2);
    return option_hooked(a, admin, "get_readonly_fields", "readonly_fields", &arguments);
}

/* Whether the inline shows no more than one row: its key to the parent is unique, or it says so. */
static bool inline_is_single(Activation *a, const Value *inlined, const Model *model,
                             const Model *parent) {
    long most;
    Option max = option_of(a, inlined, "max_num");
    if (max.value && value_number(a->e, max.value, &most) && most <= 1) return true;
    for (uint32_t i = 0; i < model->relations.count; i++) {
        const Relation *relation = model->relations.items[i];
        bool key = relation->kind == RELATION_O2O && relation->to;
        if (key && model_inherits(parent, relation->to)) return true;
    }
    return false;
}

static void inline_rows(Activation *a, const Value *inlined, const Option *model,
                        const Value *queryset, const Value *request) {
    Walk walk;
    NodeId node = model->site.node;
    Option shown = readonly_fields(a, node, inlined, request, a->e->unknown);
    Option template = option_of(a, inlined, "template");
    if (!walk_start(a, node, node, queryset, &walk)) return;
    walk_turn(a, &walk);
    if (!template.value) use_text(a, node, walk.item);
    Site declared = option_of(a, inlined, "readonly_fields").site;
    admin_show_all(a, inlined, &shown, walk.item, declared);
    walk_end(a, &walk, true);
}

static void inline_show(Activation *a, const AdminRun *run, const Class *klass) {
    Evaluator *e = a->e;
    if (klass->external || !class_is(klass, ADMIN "InlineModelAdmin")) return;
    Value draft = {.kind = VALUE_OBJECT, .klass = klass, .site = klass->site};
    const Value *inlined = value_intern(e->values, &draft);
    const Model *model = declared_model(a, inlined, "model");
    Option option = option_of(a, inlined, "model");
    const Model *parent = run->registration->model;
    if (!model || inline_is_single(a, inlined, model, parent)) return;
    Value parent_class = {.kind = VALUE_CLASS, .klass = parent->klass};
    object_put(a, inlined, "parent_model", value_intern(e->values, &parent_class));
    Standing before = declared_enter(a, option.site, a->surface);
    const Value *queryset = admin_queryset(a, option.site.node, inlined, run->request);
    if (queryset->kind == VALUE_QUERYSET && queryset->birth->model)
        inline_rows(a, inlined, &option, queryset, run->request);
    declared_leave(a, before);
}

static void inlines_show(AdminRun *run, const Value *object) {
    Activation *a = &run->top;
    const Value *given[] = {run->request, object};
    Arguments arguments = arguments_of(run->node, given, 2);
    Option inlines = option_hooked(a, run->admin, "get_inlines", "inlines", &arguments);
    if (!inlines.value || inlines.value->kind != VALUE_SEQUENCE) return;
    for (uint32_t i = 0; i < inlines.value->count; i++)
        if (inlines.value->items[i]->kind == VALUE_CLASS)
            inline_show(a, run, inlines.value->items[i]->klass);
}

void admin_change(Evaluator *e, const Registration *registration) {
    AdminRun run;
    if (registration->klass->external) return;
    admin_start(&run, e, registration, "change");
    Activation *a = &run.top;
    const Value *queryset = admin_queryset(a, run.node, run.admin, run.request);
    const Value *object = e->unknown;
    if (queryset->kind == VALUE_QUERYSET)
        object = queryset_call(a, run.node, queryset, declared_name(e, "get"), &(Arguments){0});
    Option shown = readonly_fields(a, run.node, run.admin, run.request, object);
    Site declared = option_of(a, run.admin, "readonly_fields").site;
    if (object->kind == VALUE_ROW) admin_show_all(a, run.admin, &shown, object, declared);
    inlines_show(&run, object);
    admin_finish(&run);
}
