/* Django's class-based views: the queryset, the object and the context go to the template.
 *
 *     ListView      object_list = get_queryset(); get_context_data(); the template
 *     DetailView    object = get_object(); get_context_data(object=object); the template
 *     TemplateView  get_context_data(); the template
 *
 * The hooks are called in Django's order; what the project overrides is evaluated, and its super()
 * call comes back here for the rest. */
#include "frameworks/frameworks.h"
#include "frameworks/objects.h"
#include "flow/templates.h"

#include <ctype.h>

#define GENERIC "django.views.generic."

static bool class_is_page(const Class *klass) {
    return klass && class_is(klass, GENERIC "View")
           && !class_is(klass, "rest_framework.views.APIView");
}

/* An attribute that the project declares or has set; NULL: it has not. */
static const Value *own_attribute(Activation *a, NodeId node, const Value *view,
                                  const char *name) {
    if (!class_member(view->klass, name_of(a->e, name)) && !object_fact(a, view, name)) return NULL;
    return value_attribute(a, node, view, name_of(a->e, name));
}

static const Value *hook(Activation *a, NodeId node, const Value *view, const char *name,
                         const Arguments *arguments);

/* Rows. */

static const Value *all_of(Activation *a, NodeId node, const Value *value) {
    if (value->kind == VALUE_MANAGER) return manager_queryset(a, node, value);
    if (value->kind != VALUE_QUERYSET) return value;
    Value draft = *value; /* .all(): a new one for each request */
    draft.site = site_of(a, node);
    draft.turn = activation_turn(a);
    return value_intern(a->e->values, &draft);
}

static const Value *view_queryset(Activation *a, NodeId node, const Value *view) {
    const Value *queryset = own_attribute(a, node, view, "queryset");
    if (queryset && queryset->kind != VALUE_NONE) return all_of(a, node, queryset);
    const Value *model = own_attribute(a, node, view, "model");
    if (!model || model->kind != VALUE_CLASS || !model->klass->model)
        return unknown_because(a->e, "view without a queryset or a model in view");
    const Value *manager = manager_make(a, node, model->klass->model,
                                        name_of(a->e, "_default_manager"));
    return manager ? manager_queryset(a, node, manager) : a->e->unknown;
}

static const Value *view_object(Activation *a, NodeId node, const Value *view,
                                const Arguments *arguments) {
    const Value *queryset = argument(arguments, a->e, 0, "queryset");
    if (!queryset || queryset->kind == VALUE_NONE)
        queryset = hook(a, node, view, "get_queryset", &(Arguments){0});
    if (queryset->kind != VALUE_QUERYSET && queryset->kind != VALUE_MANAGER) return a->e->unknown;
    return queryset_call(a, node, queryset, name_of(a->e, "get"), &(Arguments){0});
}

static const Model *rows_model(const Value *value) {
    bool rows = value && (value->kind == VALUE_QUERYSET || value->kind == VALUE_ROW);
    return rows ? value->birth->model : NULL;
}

/* The model's name in lower case, with an ending: "book_list". */
static Str model_text(Evaluator *e, const Model *model, const char *before, const char *ending) {
    char *name = arena_format(e->arena, "%s", project_text(e->project, model->name));
    for (char *at = name; *at; at++) *at = (char)tolower((unsigned char)*at);
    return name_of(e, arena_format(e->arena, "%s%s%s", before, name, ending));
}

/* The name beside "object_list" or "object" under which the context has them. */
static Str context_name(Activation *a, NodeId node, const Value *view, const Value *rows) {
    Evaluator *e = a->e;
    Arguments given = argument_of(node, rows);
    if (class_method(e, view->klass, "get_context_object_name")) {
        const Value *name = hook(a, node, view, "get_context_object_name", &given);
        return name->kind == VALUE_STRING ? name->name : STR_NONE;
    }
    const Value *said = own_attribute(a, node, view, "context_object_name");
    if (said && said->kind == VALUE_STRING) return said->name;
    if (class_is(view->klass, GENERIC "ArchiveIndexView")) return name_of(e, "latest");
    const Model *model = rows_model(rows);
    if (!model) return STR_NONE;
    return model_text(e, model, "", rows->kind == VALUE_QUERYSET ? "_list" : "");
}

/* The context. */

static void context_put(Evaluator *e, DictDraft *context, Str name, const Value *value) {
    if (name && value) dict_put(e, context, value_string(e->values, name), value);
}

/* A page of a Paginator: an object that is walked over the rows of its queryset. */
static const Value *page_of(Activation *a, NodeId node, const Value *rows) {
    Evaluator *e = a->e;
    const Class *klass = project_class_named(e->project, "django.core.paginator.Page");
    const Value *page = value_intern(e->values, &(Value){.kind = VALUE_OBJECT, .klass = klass,
                                                         .site = site_of(a, node)});
    if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
    if (rows->kind == VALUE_QUERYSET) {
        Value draft = *queryset_sliced(a, node, rows, false);
        if (draft.kind == VALUE_QUERYSET) draft.site = rows->site; /* where loads can be added */
        rows = value_intern(e->values, &draft);
    }
    object_put(a, page, "object_list", rows);
    return page;
}

static void context_of_list(Activation *a, NodeId node, const Value *view, DictDraft *context) {
    const Value *rows = value_key(dict_done(a->e, context), name_of(a->e, "object_list"));
    if (!rows || rows->kind == VALUE_NONE) rows = object_fact(a, view, "object_list");
    if (!rows) return;
    if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
    const Value *size = own_attribute(a, node, view, "paginate_by");
    bool paged = (size && size->kind != VALUE_NONE)
                 || class_method(a->e, view->klass, "get_paginate_by");
    Str name = context_name(a, node, view, rows);
    if (paged) {
        const Value *page = page_of(a, node, rows);
        context_put(a->e, context, name_of(a->e, "page_obj"), page);
        const Value *shown = object_fact(a, page, "object_list");
        if (shown) rows = shown;
    }
    context_put(a->e, context, name_of(a->e, "object_list"), rows);
    context_put(a->e, context, name, rows);
}

static void context_of_object(Activation *a, NodeId node, const Value *view, DictDraft *context) {
    const Value *object = object_fact(a, view, "object");
    if (!object || object->kind == VALUE_NONE) return;
    context_put(a->e, context, name_of(a->e, "object"), object);
    context_put(a->e, context, context_name(a, node, view, object), object);
}

/* Whether the member bears @context of django-context-decorator. */
static bool member_is_shown(Evaluator *e, const ClassMember *member) {
    Project *project = e->project;
    const Module *module = project->modules[member->site.module].module;
    for (uint32_t i = 3; i < node_count(module, member->site.node); i++) {
        Symbol symbol = project_expression(project, member->site.module,
                                           node_child(module, member->site.node, i));
        if (symbol.kind == SYMBOL_EXTERNAL
            && name_is(e, symbol.dotted, "django_context_decorator.context"))
            return true;
    }
    return false;
}

/* Members that bear @context: the context has what they give. */
static void context_of_members(Activation *a, NodeId node, const Value *view, DictDraft *context) {
    const Class *klass = view->klass;
    for (uint32_t k = klass->mro_count; k-- > 0;)
        for (uint32_t i = 0; i < klass->mro[k]->members.count; i++) {
            const ClassMember *member = &klass->mro[k]->members.items[i];
            if (member->kind != MEMBER_FUNCTION || !member_is_shown(a->e, member)) continue;
            const Value *value = value_attribute(a, node, view, member->name);
            if (value->kind == VALUE_METHOD)
                value = call_value(a, node, value, &(Arguments){0});
            context_put(a->e, context, member->name, value);
        }
}

/* Whether all that is put into the context is in view. TemplateView puts the route's arguments
 * there, and a base out of view whatever it likes. */
static bool view_names_all(const Evaluator *e, const Class *klass) {
    bool listed = class_is(klass, GENERIC "MultipleObjectMixin")
                  || class_is(klass, GENERIC "SingleObjectMixin")
                  || class_is(klass, GENERIC "FormMixin");
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        const Class *base = klass->mro[i];
        const char *name = project_text(e->project, base->qualified);
        bool own = !strncmp(name, "django.", 7) || !strncmp(name, "builtins.", 9);
        if (base->external && !own) return false;
    }
    return listed && klass->mro_complete;
}

static const Value *view_context(Activation *a, NodeId node, const Value *view,
                                 const Arguments *arguments) {
    DictDraft context = {0};
    for (uint32_t i = 0; i < arguments->count; i++)
        context_put(a->e, &context, arguments->names[i], arguments->values[i]);
    context_put(a->e, &context, name_of(a->e, "view"), view);
    if (class_is(view->klass, GENERIC "MultipleObjectMixin"))
        context_of_list(a, node, view, &context);
    if (class_is(view->klass, GENERIC "SingleObjectMixin"))
        context_of_object(a, node, view, &context);
    if (class_is(view->klass, GENERIC "FormMixin")
        && !value_key(dict_done(a->e, &context), name_of(a->e, "form")))
        context_put(a->e, &context, name_of(a->e, "form"),
                    hook(a, node, view, "get_form", &(Arguments){0}));
    context_of_members(a, node, view, &context);
    const Value *more = own_attribute(a, node, view, "extra_context");
    if (more && more->kind == VALUE_DICT) dict_put_all(a->e, &context, more);
    bool other = more && more->kind != VALUE_DICT && more->kind != VALUE_NONE;
    if (other || arguments->open || !view_names_all(a->e, view->klass))
        context.flags |= VALUE_DOUBTFUL;
    return dict_done(a->e, &context);
}

/* The form. */

/* get_form_kwargs(): the object that is edited, and more. */
static const Value *view_form_arguments(Activation *a, const Value *view) {
    Evaluator *e = a->e;
    const Value *object = object_fact(a, view, "object");
    const Value *items[] = {value_string(e->values, name_of(e, "initial")), e->unknown,
                            value_string(e->values, name_of(e, "instance")), object};
    bool model = object && class_is(view->klass, GENERIC "ModelFormMixin");
    return value_intern(e->values, &(Value){.kind = VALUE_DICT, .items = items,
                                            .count = model ? 4 : 2, .self = e->unknown});
}

/* get_form(): a class that Django makes of the model's fields has no code of the project. */
static const Value *view_form(Activation *a, NodeId node, const Value *view,
                              const Arguments *given) {
    Evaluator *e = a->e;
    const Value *klass = argument(given, e, 0, "form_class");
    if (!klass || klass->kind == VALUE_NONE)
        klass = hook(a, node, view, "get_form_class", &(Arguments){0});
    const Value *named = hook(a, node, view, "get_form_kwargs", &(Arguments){0});
    Arguments arguments = {.open = true};
    for (uint32_t i = 0; named->kind == VALUE_DICT && i + 1 < named->count
                         && arguments.count < LIMIT_ARGUMENTS; i += 2) {
        arguments.names[arguments.count] = named->items[i]->name;
        arguments.nodes[arguments.count] = node;
        arguments.values[arguments.count++] = named->items[i + 1];
    }
    if (klass->kind == VALUE_CLASS && !klass->klass->external)
        return call_value(a, node, klass, &arguments);
    const Value *instance = argument(&arguments, e, 99, "instance");
    if (!instance || instance->kind != VALUE_ROW) return e->unknown;
    const Value *items[] = {value_string(e->values, name_of(e, "instance")), instance};
    return value_intern(e->values, &(Value){
        .kind = VALUE_OBJECT, .klass = project_class_named(e->project, "django.forms.ModelForm"),
        .site = site_of(a, node), .items = items, .count = 2});
}

static const Value *view_form_method(Activation *a, NodeId node, const Value *view,
                                     const char *name, const Arguments *arguments) {
    if (!strcmp(name, "get_form")) return view_form(a, node, view, arguments);
    if (!strcmp(name, "get_form_kwargs")) return view_form_arguments(a, view);
    const Value *said = own_attribute(a, node, view, "form_class");
    return said ? said : a->e->unknown;
}

/* The template. */

static const char *template_ending(Activation *a, NodeId node, const Value *view) {
    static const struct { const char *klass, *ending; } endings[] = {
        {GENERIC "DeletionMixin", "_confirm_delete"}, {GENERIC "ModelFormMixin", "_form"},
        {GENERIC "BaseArchiveIndexView", "_archive"},
        {GENERIC "BaseYearArchiveView", "_archive_year"},
        {GENERIC "BaseMonthArchiveView", "_archive_month"},
        {GENERIC "BaseWeekArchiveView", "_archive_week"},
        {GENERIC "BaseDayArchiveView", "_archive_day"}};
    const Value *said = own_attribute(a, node, view, "template_name_suffix");
    if (said && said->kind == VALUE_STRING) return project_text(a->e->project, said->name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (class_is(view->klass, endings[i].klass)) return endings[i].ending;
    return class_is(view->klass, GENERIC "MultipleObjectMixin") ? "_list" : "_detail";
}

static const Value *view_template(Activation *a, NodeId node, const Value *view) {
    Evaluator *e = a->e;
    const Value *said = own_attribute(a, node, view, "template_name");
    if (said && said->kind != VALUE_NONE) return said;
    const Value *rows = object_fact(a, view, "object_list");
    if (!rows) rows = object_fact(a, view, "object");
    const Model *model = rows_model(rows);
    if (!model) {
        const Value *declared = own_attribute(a, node, view, "model");
        if (declared && declared->kind == VALUE_CLASS) model = declared->klass->model;
    }
    if (!model) return e->unknown;
    const char *folder = arena_format(e->arena, "%s/", project_text(e->project, model->app));
    char *name = arena_format(e->arena, "%s.html", template_ending(a, node, view));
    return value_string(e->values, model_text(e, model, folder, name));
}

static const Value *view_response(Activation *a, NodeId node, const Value *view,
                                  const Arguments *arguments) {
    const Value *context = argument(arguments, a->e, 0, "context");
    const Value *name = hook(a, node, view, "get_template_names", &(Arguments){0});
    template_render_at(a, node, view->klass->site, name, context_whole(a, context, true));
    return a->e->scalar;
}

/* FilterView of django-filter: the rows that its filter set leaves. */
static const Value *view_filtered(Activation *a, NodeId node, const Value *view) {
    Evaluator *e = a->e;
    Arguments given = argument_of(node, hook(a, node, view, "get_queryset", &(Arguments){0}));
    given.names[0] = name_of(e, "queryset");
    const Value *klass = own_attribute(a, node, view, "filterset_class");
    if (!klass || klass->kind != VALUE_CLASS) return given.values[0];
    bool said = class_method(e, view->klass, "get_queryset")
                || own_attribute(a, node, view, "model")
                || own_attribute(a, node, view, "queryset");
    given.count = said; /* else those of the filter set's own model */
    const Value *set = call_value(a, node, klass, &given);
    object_put(a, view, "filterset", set);
    return value_attribute(a, node, set, name_of(e, "qs"));
}

/* The rows of a view of dates, narrowed to them; a year lists its rows on demand. */
static const Value *view_dated(Activation *a, NodeId node, const Value *view) {
    Evaluator *e = a->e;
    const Value *rows = hook(a, node, view, "get_queryset", &(Arguments){0});
    const Value *listed = own_attribute(a, node, view, "make_object_list");
    bool none = class_is(view->klass, GENERIC "BaseYearArchiveView") && listed != e->yes;
    if (rows->kind == VALUE_MANAGER) rows = manager_queryset(a, node, rows);
    if (rows->kind != VALUE_QUERYSET) return rows;
    return queryset_call(a, node, rows, name_of(e, none ? "none" : "filter"),
                         &(Arguments){.open = !none});
}

/* get() of each kind of view. */
static const Value *view_get(Activation *a, NodeId node, const Value *view) {
    Evaluator *e = a->e;
    Arguments given = {0};
    if (class_is(view->klass, "django_filters.views.BaseFilterView")) {
        object_put(a, view, "object_list", view_filtered(a, node, view));
        const Value *set = object_fact(a, view, "filterset");
        arguments_add(e, &given, name_of(e, "filter"), node, set ? set : e->unknown);
    } else if (class_is(view->klass, GENERIC "BaseDateListView")) {
        object_put(a, view, "object_list", view_dated(a, node, view));
    } else if (class_is(view->klass, GENERIC "MultipleObjectMixin")) {
        object_put(a, view, "object_list", hook(a, node, view, "get_queryset", &(Arguments){0}));
    } else if (class_is(view->klass, GENERIC "BaseCreateView")) {
        object_put(a, view, "object", e->none);
    } else if (class_is(view->klass, GENERIC "SingleObjectMixin")) {
        object_put(a, view, "object", hook(a, node, view, "get_object", &(Arguments){0}));
    } else if (!class_is(view->klass, GENERIC "TemplateResponseMixin")) {
        return e->unknown;
    }
    given = argument_of(node, hook(a, node, view, "get_context_data", &given));
    return hook(a, node, view, "render_to_response", &given);
}

static const Value *view_method(Activation *a, NodeId node, const Value *view, const char *name,
                                const Arguments *arguments) {
    if (!strcmp(name, "get_queryset")) return view_queryset(a, node, view);
    if (!strcmp(name, "get_object")) return view_object(a, node, view, arguments);
    if (!strcmp(name, "get_context_data")) return view_context(a, node, view, arguments);
    if (!strcmp(name, "get_template_names")) return view_template(a, node, view);
    if (!strcmp(name, "render_to_response")) return view_response(a, node, view, arguments);
    if (!strcmp(name, "get")) return view_get(a, node, view);
    if (!strcmp(name, "setup")) return a->e->none;
    if (!strncmp(name, "get_form", 8) && class_is(view->klass, GENERIC "FormMixin"))
        return view_form_method(a, node, view, name, arguments);
    if (!strcmp(name, "dispatch")) return hook(a, node, view, "get", arguments);
    if (!strcmp(name, "get_paginate_by")) return own_attribute(a, node, view, "paginate_by");
    if (!strcmp(name, "get_context_object_name")) {
        const Value *rows = argument(arguments, a->e, 0, "object_list");
        Str said = rows ? context_name(a, node, view, rows) : STR_NONE;
        return said ? value_string(a->e->values, said) : NULL;
    }
    return NULL;
}

static const Value *hook(Activation *a, NodeId node, const Value *view, const char *name,
                         const Arguments *arguments) {
    const ClassMember *own = class_method(a->e, view->klass, name);
    if (own) return call_member(a, node, view, own, arguments);
    bool lambda = !strncmp(name, "get_", 4) && class_member(view->klass, name_of(a->e, name));
    if (lambda) return a->e->unknown;
    const Value *given = view_method(a, node, view, name, arguments);
    return given ? given : a->e->unknown;
}

/* Hooks of the evaluator. */

static const Value *generic_construct(Activation *a, NodeId node, const Value *callee,
                                      const Arguments *arguments) {
    if (!class_is(callee->klass, "django.core.paginator.Paginator")) return NULL;
    Value draft = {.kind = VALUE_OBJECT, .klass = callee->klass, .site = site_of(a, node)};
    const Value *paginator = value_intern(a->e->values, &draft);
    const Value *rows = argument(arguments, a->e, 0, "object_list");
    object_put(a, paginator, "object_list", rows ? rows : a->e->unknown);
    return paginator;
}

static const Value *generic_attribute(Activation *a, NodeId node, const Value *object, Str name) {
    static const char *const methods[] = {
        "get_queryset", "get_object", "get_context_data", "get_template_names",
        "render_to_response", "get", "setup", "dispatch", "get_paginate_by",
        "get_context_object_name"};
    const char *text = project_text(a->e->project, name);
    (void)node;
    bool paginator = object->klass && class_is(object->klass, "django.core.paginator.Paginator");
    bool known = paginator && (!strcmp(text, "page") || !strcmp(text, "get_page"));
    if (object->klass && class_is(object->klass, "django.core.paginator.Page") && !known)
        return a->e->scalar; /* has_next(), number ... */
    if (!paginator && !class_is_page(object->klass)) return NULL;
    if (!paginator && !strcmp(text, "request")) return request_value(a->e);
    for (size_t i = 0; !paginator && i < sizeof methods / sizeof *methods; i++)
        known = known || !strcmp(methods[i], text);
    if (!strcmp(text, "get_form") || !strcmp(text, "get_form_kwargs")
        || !strcmp(text, "get_form_class"))
        known = object->klass && class_is(object->klass, GENERIC "FormMixin");
    if (!known) return paginator ? a->e->scalar : NULL;
    return value_intern(a->e->values, &(Value){.kind = VALUE_BUILTIN, .name = name,
                                               .self = object});
}

static const Value *generic_method(Activation *a, NodeId node, const Value *object, Str name,
                                   const Arguments *arguments) {
    if (object->klass && class_is(object->klass, "django.core.paginator.Paginator")) {
        const Value *rows = object_fact(a, object, "object_list");
        return page_of(a, node, rows ? rows : a->e->unknown);
    }
    if (!class_is_page(object->klass)) return NULL;
    return view_method(a, node, object, project_text(a->e->project, name), arguments);
}

static const Value *generic_iterate(Activation *a, NodeId node, const Value *object) {
    (void)node;
    bool page = object->klass && class_is(object->klass, "django.core.paginator.Page");
    return page ? object_fact(a, object, "object_list") : NULL;
}

/* Entries: get() of every view of the project. */

static void run_view(Evaluator *e, const Class *klass) {
    Activation top;
    entry_start(&top, e, klass, SURFACE_VIEW);
    const Value *view = value_intern(e->values, &(Value){
        .kind = VALUE_OBJECT, .klass = klass, .site = klass->site, .name = name_of(e, "get")});
    top.self = view;
    request_put_method(&top, "GET");
    const Value *request = request_value(e);
    object_put(&top, view, "request", request);
    Arguments given = argument_of(klass->site.node, request);
    given.open = true;
    hook(&top, klass->site.node, view, "setup", &given);
    hook(&top, klass->site.node, view, "dispatch", &given);
    root_finish(&top);
}

static void run_if_page(Evaluator *e, const Class *klass) {
    if (class_is_page(klass)) run_view(e, klass);
}

static void generic_roots(Evaluator *e) {
    classes_visit(e, run_if_page);
}

const Framework framework_generic = {
    .construct = generic_construct, .attribute = generic_attribute, .method = generic_method,
    .iterate = generic_iterate, .roots = generic_roots,
};
