/* Forms: a field with a queryset is shown as a list of choices, each of them by str(row) or by the
 * field's label_from_instance(). A form is made once, as a page makes it: its __init__() may give
 * its fields other querysets, which are objects under self.fields for that.
 *
 * Whether a page shows the form is not asked, but some code must name its class. A field whose
 * widget does not list its choices is passed over. */
#include "frameworks/forms.h"
#include "frameworks/frameworks.h"

#define FORMS "django.forms."

bool class_is_form(const Class *klass) {
    return klass && class_is(klass, FORMS "BaseForm");
}

static bool class_has_choices(const Class *klass) {
    return klass && class_is(klass, FORMS "ModelChoiceField");
}

/* -- fields -- */

static const Value *field_object(Evaluator *e, const Class *klass, Site site, Str name) {
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass, .site = site,
                                            .name = name});
}

/* A field that Django makes of a relation: it knows the model of its choices. */
const Value *form_field(Evaluator *e, Site site, const Relation *relation) {
    const Class *klass = project_class_named(e->project, FORMS "ModelChoiceField");
    const Value *target = value_intern(e->values, &(Value){.kind = VALUE_CLASS,
                                                           .klass = relation->to->klass});
    return value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass, .site = site,
                                            .name = relation->name, .key = target});
}

static const Class *form_meta(Evaluator *e, const Class *klass) {
    const ClassMember *meta = class_member(klass, name_of(e, "Meta"));
    return meta && meta->kind == MEMBER_CLASS ? meta->klass : NULL;
}

static const ClassMember *meta_member(Evaluator *e, const Class *meta, const char *name) {
    const ClassMember *member = meta ? class_member(meta, name_of(e, name)) : NULL;
    return member && member->kind == MEMBER_VALUE && member->site.node ? member : NULL;
}

static const Value *meta_value(Evaluator *e, const Class *meta, const char *name) {
    const ClassMember *member = meta_member(e, meta, name);
    return member ? evaluate_constant(e, member->site, member->owner) : NULL;
}

static bool said_false(Evaluator *e, Site call, const char *name) {
    NodeId node = declared_argument(e, call, 99, name);
    const Module *module = e->project->modules[call.module].module;
    const Node *at = module_node(module, node);
    return node && at->kind == NODE_CONSTANT && at->extra == CONSTANT_FALSE;
}

const Relation *form_relation(Evaluator *e, const Model *model, Str name) {
    const Relation *relation = model_relation(model, name);
    if (!relation || !relation->to || !relation->to->klass || relation->to->klass->external)
        return NULL;
    bool key = relation->kind == RELATION_FK || relation->kind == RELATION_O2O;
    if (!key && relation->kind != RELATION_M2M) return NULL;
    bool call = relation->site.node
                && site_node(e->project, relation->site)->kind == NODE_CALL;
    return call && said_false(e, relation->site, "editable") ? NULL : relation;
}

static bool sequence_has(const Value *sequence, Str name) {
    for (uint32_t i = 0; sequence && sequence->kind == VALUE_SEQUENCE && i < sequence->count; i++)
        if (sequence->items[i]->kind == VALUE_STRING && sequence->items[i]->name == name)
            return true;
    return false;
}

void form_fields_automatic(Evaluator *e, const FormSaid *said, DictDraft *fields) {
    const Value *shown = said->fields, *left = said->exclude, *widgets = said->widgets;
    bool all = shown && shown->kind == VALUE_STRING;
    if (!said->model || (said->classes && said->classes->kind != VALUE_NONE)) return;
    if (widgets && widgets->kind != VALUE_DICT) return;
    if (!all && shown && shown->kind != VALUE_SEQUENCE) return;
    if (!shown && (!left || left->kind != VALUE_SEQUENCE)) return;
    for (uint32_t i = 0; i < said->model->relations.count; i++) {
        Str name = said->model->relations.items[i]->name;
        const Relation *relation = name ? form_relation(e, said->model, name) : NULL;
        if (!relation || sequence_has(left, name)) continue;
        if (said->parent && model_inherits(said->parent, relation->to)) continue;
        if ((!all && shown && !sequence_has(shown, name)) || (widgets && value_key(widgets, name)))
            continue;
        dict_put(e, fields, value_string(e->values, name),
                 form_field(e, site_of_text(e, said->site, name), relation));
    }
}

/* Whether a metaclass or a hook of the form makes the fields in its own way. */
static bool fields_are_hooked(Evaluator *e, const Class *klass, const Class *meta) {
    if (meta && class_member(meta, name_of(e, "formfield_callback"))) return true;
    for (uint32_t c = 0; c < klass->mro_count; c++) {
        if (klass->mro[c]->external) continue;
        Site bases = site_below(e->project, klass->mro[c]->site, 1);
        for (uint32_t i = 0; i < site_count(e->project, bases); i++) {
            const Node *base = site_node(e->project, site_below(e->project, bases, i));
            if (base->kind == NODE_KEYWORD
                && name_is(e, project_name(e->project, bases.module, base->name), "metaclass"))
                return true;
        }
    }
    return false;
}

static void fields_automatic(Evaluator *e, const Class *klass, const Model *parent,
                             DictDraft *fields) {
    const Class *meta = form_meta(e, klass);
    FormSaid said = {.parent = parent, .fields = meta_value(e, meta, "fields"),
                     .exclude = meta_value(e, meta, "exclude"),
                     .widgets = meta_value(e, meta, "widgets"),
                     .classes = meta_value(e, meta, "field_classes")};
    const Value *made = meta_value(e, meta, "model");
    const ClassMember *member = meta_member(e, meta, said.fields ? "fields" : "exclude");
    if (!member || fields_are_hooked(e, klass, meta)) return;
    said.model = made && made->kind == VALUE_CLASS ? made->klass->model : NULL;
    said.site = member->site;
    form_fields_automatic(e, &said, fields);
}

void form_fields_read(Evaluator *e, const Class *klass, const Model *parent, DictDraft *fields) {
    if (class_is(klass, FORMS "BaseModelForm")) fields_automatic(e, klass, parent, fields);
    for (uint32_t c = klass->mro_count; c-- > 0;)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            const Class *field = declared_call(e, member, FORMS "Field");
            if (field)
                dict_put(e, fields, value_string(e->values, member->name),
                         field_object(e, field, member->site, member->name));
        }
}

/* -- choices -- */

/* Whether the widget lists all choices: Django's own ones that do, and none that is not known. */
static bool widget_lists(Evaluator *e, Site widget) {
    static const char *const lists[] = {FORMS "Select", FORMS "SelectMultiple", FORMS "RadioSelect",
                                        FORMS "CheckboxSelectMultiple"};
    const Module *module = e->project->modules[widget.module].module;
    if (module_node(module, widget.node)->kind == NODE_CALL)
        widget.node = node_child(module, widget.node, 0);
    Symbol symbol = project_expression(e->project, widget.module, widget.node);
    if (symbol.kind != SYMBOL_CLASS) return false;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!strcmp(project_text(e->project, symbol.klass->qualified), lists[i])) return true;
    return false;
}

static const Value *field_queryset(Activation *a, const Value *field) {
    Evaluator *e = a->e;
    if (field->key) { /* one place for all forms: the model whose manager they ask */
        const Class *target = field->key->klass;
        Standing before = declared_enter(a, target->site, a->surface);
        const Value *rows = declared_rows(a, target->site.node, target->model);
        declared_leave(a, before);
        return rows;
    }
    NodeId given = declared_argument(e, field->site, 0, "queryset");
    if (!given || site_node(e->project, (Site){field->site.module, given})->kind == NODE_STAR)
        return e->unknown;
    return evaluate(a, given);
}

/* One choice as it is written. */
static void choice_show(Activation *a, NodeId node, const Value *field, const Value *row) {
    Arguments arguments = argument_of(node, row);
    const Value *label = object_fact(a, field, "label_from_instance");
    const ClassMember *own = class_method(a->e, field->klass, "label_from_instance");
    if (label) use_text(a, node, call_value(a, node, label, &arguments));
    else if (own) use_text(a, node, call_member(a, node, field, own, &arguments));
    else use_text(a, node, row);
}

static void choices_show(Activation *a, NodeId node, const Value *field, const Value *queryset) {
    Walk walk;
    queryset = declared_queryset(a, node, queryset);
    if (queryset->kind != VALUE_QUERYSET || !walk_start(a, node, node, queryset, &walk)) return;
    walk_turn(a, &walk);
    a->undecided++; /* the form may be one that no page shows */
    choice_show(a, node, field, walk.item);
    a->undecided--;
    walk_end(a, &walk, true);
}

void form_field_show(Activation *a, const Value *field) {
    Evaluator *e = a->e;
    if (!class_has_choices(field->klass) || object_fact(a, field, "widget")
        || object_fact(a, field, "choices"))
        return;
    if (!field->klass->external
        && (class_member(field->klass, name_of(e, "widget"))
            || class_method(e, field->klass, "__init__")))
        return;
    Standing before = declared_enter(a, field->site, SURFACE_FORM);
    NodeId widget = field->key ? NODE_NONE : declared_argument(e, field->site, 99, "widget");
    if (!widget || widget_lists(e, (Site){field->site.module, widget})) {
        const Value *queryset = object_fact(a, field, "queryset");
        choices_show(a, field->site.node, field, queryset ? queryset : field_queryset(a, field));
    }
    declared_leave(a, before);
}

void form_choices_of(Activation *a, const Value *field) {
    if (field->kind == VALUE_OBJECT && field->key) form_field_show(a, field);
}

/* -- hooks of the evaluator -- */

static const Value *form_fields(Evaluator *e, const Class *klass) {
    DictDraft fields = {0};
    form_fields_read(e, klass, NULL, &fields);
    fields.self = e->unknown;
    return dict_done(e, &fields);
}

static const Value *forms_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    (void)node;
    const char *text = project_text(a->e->project, name);
    if (class_is_form(object->klass) && (!strcmp(text, "fields") || !strcmp(text, "base_fields")))
        return form_fields(a->e, object->klass);
    if (object->klass && class_is(object->klass, FORMS "Field") && !strcmp(text, "field"))
        return object; /* of what the form shows in its place */
    if (!class_has_choices(object->klass) || strcmp(text, "queryset") || !object->site.node)
        return NULL;
    if (!object->key && site_node(a->e->project, object->site)->kind != NODE_CALL) return NULL;
    Standing before = declared_enter(a, object->site, a->surface);
    const Value *queryset = field_queryset(a, object);
    declared_leave(a, before);
    return queryset;
}

static const Value *forms_method(Activation *a, NodeId node, const Value *object, Str name,
                                 const Arguments *arguments) {
    (void)node;
    if (!class_is_form(object->klass) || !name_is(a->e, name, "__init__")) return NULL;
    const Value *instance = argument(arguments, a->e, 99, "instance");
    if (instance && instance->kind == VALUE_ROW) object_put(a, object, "instance", instance);
    return a->e->none;
}

/* -- entries -- */

static void run_form(Evaluator *e, const Class *klass) {
    DictDraft fields = {0};
    Activation top;
    form_fields_read(e, klass, NULL, &fields);
    entry_start(&top, e, klass, SURFACE_FORM);
    Value draft = {.kind = VALUE_OBJECT, .klass = klass, .site = klass->site,
                   .name = name_of(e, "form")};
    const Value *form = value_intern(e->values, &draft);
    const ClassMember *init = class_method(e, klass, "__init__");
    if (init) call_member(&top, klass->site.node, form, init, &(Arguments){.open = true});
    for (uint32_t i = 0; i < fields.count; i += 2) form_field_show(&top, fields.items[i + 1]);
    root_finish(&top);
}

/* Whether code says the class's name, but for importing it. */
static bool class_is_named(const Map *named, const Class *klass) {
    return map_get(named, klass->name) != NULL;
}

static void names_collect(Evaluator *e, Map *named) {
    Project *project = e->project;
    for (uint32_t m = 0; m < project->module_count; m++) {
        const Module *module = project->modules[m].module;
        if (!module || project->modules[m].file->role == FILE_TEST) continue;
        for (uint32_t i = 0; i < module->nodes.count; i++) {
            const Node *node = &module->nodes.items[i];
            if (node->kind == NODE_NAME || node->kind == NODE_ATTRIBUTE)
                map_put(e->arena, named, project_name(project, m, node->name), e);
        }
    }
}

static void forms_roots(Evaluator *e) {
    Map named = {0};
    names_collect(e, &named);
    for (uint32_t i = 0; i < e->project->classes.count; i++) {
        const Class *klass = e->project->classes.items[i];
        bool counts = class_is_form(klass) && !klass->in_function && class_counts(e, klass);
        if (counts && class_is_named(&named, klass)) run_form(e, klass);
    }
    form_copies_roots(e);
}

const Framework framework_forms = {
    .attribute = forms_attribute, .method = forms_method, .roots = forms_roots,
};
