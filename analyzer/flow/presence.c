/* hasattr() of objects that are no rows: views, services, whatever a class of the project makes.
 *
 * What a class or a base of it defines is there. Nothing is said to be absent unless every class
 * the object consists of is in view, no class derived from it has it (`self` may be one of these),
 * and no assignment in the project sets an attribute of that name on anything. Of Django's own
 * classes only the views take part, whose names are listed; tests/view_names.py compares them. */
#include <stdlib.h>

#include "flow/evaluate.h"

/* Sorted. Of django.views.generic and the mixins of views; without those that begin with "_". */
static const char *const view_names[] = {
    "allow_empty", "allow_future", "args", "as_view", "content_type", "context_object_name",
    "date_field", "date_list", "date_list_period", "day", "day_format", "delete", "dispatch",
    "extra_context", "fields", "form_class", "form_invalid", "form_valid", "get",
    "get_allow_empty", "get_allow_future", "get_context_data", "get_context_object_name",
    "get_date_field", "get_date_list", "get_date_list_period", "get_dated_items",
    "get_dated_queryset", "get_day", "get_day_format", "get_form", "get_form_class",
    "get_form_kwargs", "get_initial", "get_login_url", "get_make_object_list", "get_month",
    "get_month_format", "get_next_day", "get_next_month", "get_next_week", "get_next_year",
    "get_object", "get_ordering", "get_paginate_by", "get_paginate_orphans", "get_paginator",
    "get_permission_denied_message", "get_permission_object", "get_permission_required",
    "get_prefix", "get_previous_day", "get_previous_month", "get_previous_week",
    "get_previous_year", "get_queryset", "get_redirect_field_name", "get_redirect_url",
    "get_slug_field", "get_success_message", "get_success_url", "get_template_names",
    "get_test_func", "get_week", "get_week_format", "get_year", "get_year_format",
    "handle_no_permission", "has_permission", "head", "http_method_names",
    "http_method_not_allowed", "initial", "kwargs", "login_url", "make_object_list", "model",
    "month", "month_format", "object", "object_list", "options", "ordering", "page_kwarg",
    "paginate_by", "paginate_orphans", "paginate_queryset", "paginator_class", "patch",
    "pattern_name", "permanent", "permission_denied_message", "permission_required",
    "pk_url_kwarg", "post", "prefix", "put", "query_pk_and_slug", "query_string", "queryset",
    "raise_exception", "redirect_field_name", "render_to_response", "request", "response_class",
    "setup", "slug_field", "slug_url_kwarg", "success_message", "success_url", "template_engine",
    "template_name", "template_name_field", "template_name_suffix", "test_func", "trace", "url",
    "uses_datetime_field", "view_is_async", "week", "week_format", "year", "year_format",
};

static int compare_names(const void *key, const void *at) {
    return strcmp(key, *(const char *const *)at);
}

static bool is_name_of_views(const char *name) {
    return bsearch(name, view_names, sizeof view_names / sizeof *view_names, sizeof *view_names,
                   compare_names);
}

/* Whether the names that a class out of view has are known: nothing but those above. */
static bool class_is_listed(const Project *project, const Class *klass) {
    static const char *const listed[] = {"builtins.object", "abc.ABC", "django.views.generic.",
                                         "django.contrib.auth.mixins.", "rules.contrib.views."};
    const char *dotted = project_text(project, klass->qualified);
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
        if (strncmp(dotted, listed[i], strlen(listed[i])) == 0) return true;
    return false;
}

static bool class_answers_itself(Evaluator *e, const Class *klass) {
    static const char *const methods[] = {"__getattr__", "__getattribute__", "__init_subclass__"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        Str name = str_find(e->project->strings, methods[i], strlen(methods[i]));
        if (name && class_member(klass, name)) return true;
    }
    return false;
}

/* Whether objects of this very class certainly lack the name, but for what is set on them. */
static bool class_lacks(Evaluator *e, const Class *klass, Str name) {
    if (!klass->mro_complete || class_member(klass, name) || class_answers_itself(e, klass))
        return false;
    for (uint32_t i = 0; i < klass->mro_count; i++)
        if (klass->mro[i]->external
            && (!class_is_listed(e->project, klass->mro[i])
                || is_name_of_views(project_text(e->project, name))))
            return false;
    return true;
}

/* The same for the classes derived from it. */
static bool family_lacks(Evaluator *e, const Class *klass, Str name) {
    if (klass->external || klass->in_function || !class_lacks(e, klass, name)) return false;
    for (uint32_t i = 0; class_has_heirs(e, klass) && i < e->project->classes.count; i++) {
        const Class *at = e->project->classes.items[i];
        if (class_inherits(at, klass) && !class_lacks(e, at, name)) return false;
    }
    return true;
}

const Value *object_has(Activation *a, const Value *object, Str name) {
    Evaluator *e = a->e;
    if (state_get(&a->state, fact_key(FACT_ATTRIBUTE, object->id, name))) return e->yes;
    const Class *klass = object->klass;
    if (!klass) return e->scalar;
    if (class_member(klass, name)) return e->yes;
    bool absent = project_text(e->project, name)[0] != '_'
                  && !name_is_set_anywhere(e, name) && family_lacks(e, klass, name);
    return absent ? e->no : e->scalar;
}
