/* The change view of the admin: one object, its form, its read-only fields, and the rows of its
 * inlines.
 *
 * Each inline row is headed by str(row). The rows come from the inline's own get_queryset(), and
 * do not know the object they hang from. A foreign key is a list of choices, which each form of an
 * inline asks anew, unless the class says otherwise; where it computes its form, nothing is said of
 * it. */
#include "frameworks/admin.h"
#include "frameworks/forms.h"

#define ADMIN "django.contrib.admin."

static Option readonly_fields(Activation *a, NodeId node, const Value *admin,
                              const Value *request, const Value *object) {
    const Value *given[] = {request, object};
    Arguments arguments = arguments_of(node, given, 2);
    return option_hooked(a, admin, "get_readonly_fields", "readonly_fields", &arguments);
}

static bool option_lists(Evaluator *e, const Value *value, Str name, unsigned depth) {
    if (!value || depth > 4) return false;
    if (value->kind == VALUE_STRING) return value->name == name;
    if (value->kind == VALUE_DICT)
        return option_lists(e, value_key(value, name_of(e, "fields")), name, depth + 1)
               || value_key(value, name);
    if (value->kind != VALUE_SEQUENCE) return false;
    for (uint32_t i = 0; i < value->count; i++)
        if (option_lists(e, value->items[i], name, depth + 1)) return true;
    return false;
}

static bool option_names(Activation *a, const Value *admin, const char *option, Str name) {
    return option_lists(a->e, option_of(a, admin, option).value, name, 0);
}

static const char *hook_of(const Relation *relation) {
    return relation->many ? "formfield_for_manytomany" : "formfield_for_foreignkey";
}

/* Whether the class leaves its form to Django, but for the hooks of single fields. */
static bool form_is_plain(Evaluator *e, const Class *klass) {
    static const char *const hooks[] = {
        "formfield_for_dbfield", "get_form", "get_formset", "get_fields", "get_fieldsets",
        "get_exclude", "form", "formset", "get_readonly_fields", "formfield_overrides",
        "has_change_permission", "get_autocomplete_fields", "get_field_queryset"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        if (class_member(klass, name_of(e, hooks[i]))) return false;
    return klass->mro_complete;
}

/* The option that says which fields there are; `value` NULL: all of them. */
static Option form_fields_option(Activation *a, const Value *admin) {
    Option fields = option_of(a, admin, "fields");
    if (fields.value && fields.value->kind != VALUE_NONE) return fields;
    fields = option_of(a, admin, "fieldsets");
    if (fields.value && fields.value->kind != VALUE_NONE) return fields;
    return (Option){NULL, admin->klass->site};
}

static bool field_is_listed(Activation *a, const Value *admin, const Relation *relation) {
    static const char *const others[] = {"exclude", "readonly_fields", "raw_id_fields",
                                         "autocomplete_fields"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (option_names(a, admin, others[i], relation->name)) return false;
    return true;
}

static Site field_site(Activation *a, const Value *admin, Str name) {
    Option fields = form_fields_option(a, admin);
    return fields.value ? site_of_text(a->e, fields.site, name) : fields.site;
}

/* The field that Django makes for a relation: with what the class's formfield_for_foreignkey() or
 * formfield_for_manytomany() does to it. Anything but a field of ours: nothing is said of it. */
static const Value *field_made(Activation *a, const Value *admin, const Relation *relation) {
    const ClassMember *own = class_method(a->e, admin->klass, hook_of(relation));
    if (!own) return form_field(a->e, field_site(a, admin, relation->name), relation);
    Value draft = {.kind = VALUE_OBJECT, .site = relation->site, .name = relation->name};
    const Value *field = value_intern(a->e->values, &draft);
    object_put(a, field, "name", value_string(a->e->values, relation->name));
    const Value *given[] = {field, a->e->unknown};
    Arguments arguments = arguments_of(own->site.node, given, 2);
    Standing before = declared_enter(a, own->site, a->surface);
    const Value *made = call_member(a, own->site.node, admin, own, &arguments);
    declared_leave(a, before);
    return made;
}

const Value *admin_field_method(Activation *a, const Value *admin, const char *name,
                                const Arguments *arguments) {
    static const char *const read[] = {"queryset", "request", "db_field"};
    Evaluator *e = a->e;
    const Value *field = argument(arguments, e, 0, "db_field");
    const Model *model = declared_model(a, admin, "model");
    const Value *queryset = argument(arguments, e, 99, "queryset");
    const Relation *relation = field && field->kind == VALUE_OBJECT && !field->klass && model
                                   ? form_relation(e, model, field->name) : NULL;
    if (!relation || strcmp(hook_of(relation), name) || arguments->open) return e->unknown;
    for (uint32_t i = 0; i < arguments->count; i++) {
        bool known = !arguments->names[i];
        for (size_t k = 0; k < sizeof read / sizeof *read; k++)
            known = known || name_is(e, arguments->names[i], read[k]);
        if (!known) return e->unknown;
    }
    const Value *made = form_field(e, field_site(a, admin, relation->name), relation);
    if (queryset) object_put(a, made, "queryset", queryset);
    return made;
}

void admin_choices(Activation *a, const Value *admin, const Model *model) {
    Evaluator *e = a->e;
    if (!form_is_plain(e, admin->klass)) return;
    Option fields = form_fields_option(a, admin);
    const Model *parent = declared_model(a, admin, "parent_model");
    for (uint32_t i = 0; i < model->relations.count; i++) {
        Str name = model->relations.items[i]->name;
        const Relation *relation = name ? form_relation(e, model, name) : NULL;
        if (!relation || relation->through || !field_is_listed(a, admin, relation)) continue;
        if (fields.value && !option_lists(e, fields.value, name, 0)) continue;
        if (parent && relation->to && model_inherits(parent, relation->to)) continue;
        form_choices_of(a, field_made(a, admin, relation));
    }
}

void admin_choices_of_row(Activation *a, const Value *admin, const Model *model) {
    Evaluator *e = a->e;
    Option editable = option_of(a, admin, "list_editable");
    const Value *names = editable.value;
    if (!names || names->kind != VALUE_SEQUENCE || !form_is_plain(e, admin->klass)) return;
    for (uint32_t i = 0; i < names->count; i++) {
        if (names->items[i]->kind != VALUE_STRING) continue;
        Str name = names->items[i]->name;
        const Relation *relation = form_relation(e, model, name);
        if (!relation || !field_is_listed(a, admin, relation)) continue;
        bool hooked = class_method(e, admin->klass, hook_of(relation)) != NULL;
        Site site = site_of_text(e, editable.site, name);
        form_choices_of(a, hooked ? field_made(a, admin, relation)
                                  : form_field(e, site, relation));
    }
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

/* Whether nobody may change the rows: all fields are then read only, each written as text. */
static bool inline_is_shown(Activation *a, const Value *inlined, const Value *request) {
    const ClassMember *own = class_method(a->e, inlined->klass, "has_change_permission");
    const Value *given[] = {request, a->e->unknown};
    if (!own) return false;
    Standing before = declared_enter(a, own->site, a->surface);
    Arguments arguments = arguments_of(own->site.node, given, 2);
    const Value *allowed = call_member(a, own->site.node, inlined, own, &arguments);
    declared_leave(a, before);
    return allowed == a->e->no;
}

static void inline_rows(Activation *a, const Value *inlined, const Option *model,
                        const Value *queryset, const Value *request) {
    Walk walk;
    NodeId node = model->site.node;
    Option shown = readonly_fields(a, node, inlined, request, a->e->unknown);
    Option template = option_of(a, inlined, "template");
    admin_choices(a, inlined, queryset->birth->model);
    if (!walk_start(a, node, node, queryset, &walk)) return;
    walk_turn(a, &walk);
    a->fallback++; /* the forms of a page are few, as a rule */
    admin_choices(a, inlined, queryset->birth->model);
    a->fallback--;
    if (!template.value) use_text(a, node, walk.item);
    Site declared = option_of(a, inlined, "readonly_fields").site;
    admin_show_all(a, inlined, &shown, walk.item, declared);
    Option fields = option_of(a, inlined, "fields");
    if (inline_is_shown(a, inlined, request))
        admin_show_all(a, inlined, &fields, walk.item, fields.site);
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
        object = queryset_call(a, run.node, queryset, name_of(e, "get"), &(Arguments){0});
    Option shown = readonly_fields(a, run.node, run.admin, run.request, object);
    Site declared = option_of(a, run.admin, "readonly_fields").site;
    if (object->kind == VALUE_ROW) admin_show_all(a, run.admin, &shown, object, declared);
    admin_choices(a, run.admin, registration->model);
    inlines_show(&run, object);
    admin_finish(&run);
}
