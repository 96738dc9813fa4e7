/* The choices in formsets: forms of one kind, as many as there are rows. Each is made of copies of
 * the fields, so each asks for its choices anew, whatever the rows bring along.
 *
 *     modelformset_factory(Book, fields=["author"])      a list of all authors for each book
 *     inlineformset_factory(Author, Book, form=BookForm)
 *     formset_factory(BookForm)
 *
 * How many forms a page has is not known: queries of that kind are possible. */
#include "frameworks/forms.h"

enum { FACTORY_FORMSET, FACTORY_MODEL, FACTORY_INLINE, FACTORY_NONE };

/* The factory is the model's and the form's position among the arguments, too. */
static int factory_of(Evaluator *e, Site call) {
    static const char *const names[] = {"formset_factory", "modelformset_factory",
                                        "inlineformset_factory"};
    Site callee = site_below(e->project, call, 0);
    const Node *node = site_node(e->project, callee);
    if (node->kind != NODE_NAME && node->kind != NODE_ATTRIBUTE) return FACTORY_NONE;
    Str name = project_name(e->project, call.module, node->name);
    for (int i = 0; i < FACTORY_NONE; i++) {
        if (!name_is(e, name, names[i])) continue;
        Symbol symbol = project_expression(e->project, callee.module, callee.node);
        bool django = symbol.kind == SYMBOL_EXTERNAL
                      && !strncmp(project_text(e->project, symbol.dotted), "django.forms.", 13);
        return django ? i : FACTORY_NONE;
    }
    return FACTORY_NONE;
}

static const Value *argument_constant(Evaluator *e, Site call, uint32_t position,
                                      const char *name) {
    Site given = {call.module, declared_argument(e, call, position, name)};
    return given.node ? evaluate_constant(e, given, NULL) : NULL;
}

static const Model *argument_model(Evaluator *e, Site call, uint32_t position, const char *name) {
    const Value *model = argument_constant(e, call, position, name);
    return model && model->kind == VALUE_CLASS ? model->klass->model : NULL;
}

/* False: what fields there are is not in view. */
static bool fields_of_factory(Evaluator *e, Site call, int factory, DictDraft *fields) {
    const Value *form = argument_constant(e, call, (uint32_t)factory, "form");
    FormSaid said = {.site = call, .fields = argument_constant(e, call, 99, "fields"),
                     .exclude = argument_constant(e, call, 99, "exclude"),
                     .widgets = argument_constant(e, call, 99, "widgets"),
                     .classes = argument_constant(e, call, 99, "field_classes")};
    bool open = declared_argument(e, call, 99, "formfield_callback") != NODE_NONE;
    if (open) return false;
    if (factory == FACTORY_INLINE) said.parent = argument_model(e, call, 0, "parent_model");
    if (form) {
        bool own = form->kind == VALUE_CLASS && class_is_form(form->klass)
                   && !form->klass->external;
        if (!own || said.fields || said.exclude || said.widgets) return false;
        form_fields_read(e, form->klass, said.parent, fields);
        return true;
    }
    if (factory == FACTORY_FORMSET) return false;
    said.model = argument_model(e, call, (uint32_t)factory - 1, "model");
    form_fields_automatic(e, &said, fields);
    return true;
}

static bool formset_is_single(Evaluator *e, Site call) {
    long most;
    const Value *said = argument_constant(e, call, 99, "max_num");
    return said && value_number(e, said, &most) && most <= 1;
}

static void run_formset(Evaluator *e, Site call, const DictDraft *fields) {
    Activation top;
    Walk walk;
    root_start(&top, e, call.module);
    top.surface = SURFACE_FORM;
    State before = state_copy(e->scratch, &top.state);
    for (uint32_t i = 0; i < fields->count; i += 2)
        form_field_show(&top, fields->items[i + 1]);
    top.state = before;
    const Value *forms = value_many(e->values, e->scalar, NULL);
    if (walk_start(&top, call.node, call.node, forms, &walk)) {
        walk_turn(&top, &walk);
        top.fallback++;
        for (uint32_t i = 0; i < fields->count; i += 2)
            form_field_show(&top, fields->items[i + 1]);
        top.fallback--;
        walk_end(&top, &walk, true);
    }
    root_finish(&top);
}

static void formsets_read(Evaluator *e, uint32_t m) {
    const Module *module = e->project->modules[m].module;
    for (uint32_t i = 1; i < module->nodes.count; i++) {
        Site call = {m, i};
        if (module->nodes.items[i].kind != NODE_CALL) continue;
        int factory = factory_of(e, call);
        DictDraft fields = {0};
        if (factory == FACTORY_NONE || formset_is_single(e, call)) continue;
        if (fields_of_factory(e, call, factory, &fields) && fields.count)
            run_formset(e, call, &fields);
    }
}

void form_copies_roots(Evaluator *e) {
    for (uint32_t m = 0; m < e->project->module_count; m++)
        if (e->project->modules[m].module && !e->project->modules[m].file->template
            && module_runs(e, m))
            formsets_read(e, m);
}
