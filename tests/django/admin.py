"""The admin of a fixture, driven as a browser would: lists, change pages, searches and actions.

Every model that an `admin.py` registers becomes entries of its own: a GET of its list, a GET of the
change page of its first row and of the page that asks whether to delete it, the first page of what
`autocomplete_fields` of others finds of it, and each action of the class over all rows of the list
(of deleting them: the page that asks). The admin
reads columns in its own code; what a column asks is charged to the statement of `list_display` (of
`list_editable` for those), what a read-only field asks to that of `readonly_fields`, the choices
that the forms of an inline list to its `fields`, and those of any other form to its field.
"""
import functools
import sys

import fields

APPS = ["django.contrib.admin", "django.contrib.messages"]
PROCESSORS = ["django.contrib.auth.context_processors.auth",
              "django.contrib.messages.context_processors.messages"]


def is_used(root):
    return bool(list(root.glob("*/admin.py")))


def urlpatterns():
    from django.contrib.admin.sites import all_sites
    from django.urls import path

    return [path("%s/" % site.name, site.urls) for site in sorted(all_sites, key=lambda s: s.name)]


def entries():
    from django.contrib.admin.sites import all_sites

    found = {}
    for site in sorted(all_sites, key=lambda site: site.name):
        fields_to = searches(site)
        for model, shown in sorted(site._registry.items(), key=lambda item: item[0].__name__):
            if model._meta.app_label in ("auth", "sites"):
                continue
            title = "%s %s" % (site.name, model.__name__)
            found[title + " list"] = functools.partial(show_list, shown)
            found[title + " change"] = functools.partial(show_change, shown)
            if shown.has_delete_permission(request()):
                found[title + " delete"] = functools.partial(show_delete, shown)
            if model in fields_to:
                found[title + " search"] = functools.partial(show_search, site, fields_to[model])
            for name in shown.get_actions(request()):
                if name != "delete_selected":
                    found["%s %s" % (title, name)] = functools.partial(run_action, shown, name)
    return found


def request(path="/", given=None):
    from django.contrib.auth import get_user_model
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.test import RequestFactory

    made = RequestFactory().get(path, given)
    made.user = get_user_model()(pk=1, is_staff=True, is_superuser=True, is_active=True)
    made._messages = CookieStorage(made)
    return made


def finish(response):
    response.render()
    if response.status_code != 200:
        raise ValueError("status %d" % response.status_code)


def show_list(shown):
    finish(shown.changelist_view(request()))


def show_change(shown):
    finish(shown.change_view(request(), str(first_key(shown))))


def first_key(shown):
    return shown.model._base_manager.order_by("pk").values_list("pk", flat=True)[0]


def show_delete(shown):
    finish(shown.delete_view(request(), str(first_key(shown))))


def searches(site):
    """The fields that some autocomplete_fields of the site names, by the model they lead to."""
    found = {}
    for shown in site._registry.values():
        for one in [shown, *shown.get_inline_instances(request())]:
            for name in one.autocomplete_fields:
                field = one.model._meta.get_field(name)
                found.setdefault(field.remote_field.model, field)
    return found


def show_search(site, field):
    asked = request("/", {"term": "", "field_name": field.name,
                          "app_label": field.model._meta.app_label,
                          "model_name": field.model._meta.model_name})
    if site.autocomplete_view(asked).status_code != 200:
        raise ValueError("no results")


def run_action(shown, name):
    asked = request()
    function = shown.get_actions(asked)[name][0]
    function(shown, asked, shown.get_changelist_instance(asked).get_queryset(asked))


def declaration(frame, in_fixture):
    """"file:line" of the option whose column or field this frame of the admin reads, or None."""
    module, code = frame.f_globals.get("__name__", ""), frame.f_code.co_name
    if module == "django.contrib.admin.templatetags.admin_list" and code == "items_for_result":
        shown, column = frame.f_locals["cl"].model_admin, frame.f_locals.get("field_name")
        name = "list_editable" if column in shown.list_editable else "list_display"
        return option(shown, name, in_fixture)
    if module == "django.contrib.admin.helpers" and code == "contents":
        return option(frame.f_locals["self"].model_admin, "readonly_fields", in_fixture)
    if module == "django.forms.models" and code == "__iter__":
        inlined = rendered_inline(frame)
        return option(inlined, "fields", in_fixture) if inlined else form_field(frame, in_fixture)
    return None


def form_field(frame, in_fixture):
    """The declaration of the form's field that is shown around this frame, or None."""
    from django.forms.boundfield import BoundField

    while frame is not None:
        shown = frame.f_locals.get("self")
        if isinstance(shown, BoundField):
            return fields.declared_in(type(shown.form), shown.name, in_fixture)
        frame = frame.f_back
    return None


def rendered_inline(frame):
    """The inline class whose form a template around this frame shows, or None."""
    while frame is not None:
        context = frame.f_locals.get("context")
        if hasattr(context, "dicts"):
            shown = context.get("inline_admin_form")
            return shown.model_admin if shown else None
        frame = frame.f_back
    return None


def option(shown, name, in_fixture):
    for base in type(shown).__mro__:
        path = getattr(sys.modules.get(base.__module__), "__file__", None)
        file = in_fixture(path) if path else None
        node = fields.class_of(path, base.__qualname__) if file else None
        line = fields.assignment(node, name) if node is not None else None
        if line:
            return "%s:%d" % (file, line)
    return None
