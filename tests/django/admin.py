"""The admin of a fixture, driven as a browser would: lists, change pages and actions.

Every model that an `admin.py` registers becomes entries of its own: a GET of its list, a GET of the
change page of its first row, and each action of the class over all rows of the list. The admin
reads columns in its own code; what a column asks is charged to the statement of `list_display` (of
`list_editable` for those), and what a read-only field asks to that of `readonly_fields`.
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
        for model, shown in sorted(site._registry.items(), key=lambda item: item[0].__name__):
            if model._meta.app_label in ("auth", "sites"):
                continue
            title = "%s %s" % (site.name, model.__name__)
            found[title + " list"] = functools.partial(show_list, shown)
            found[title + " change"] = functools.partial(show_change, shown)
            for name in shown.get_actions(request()):
                if name != "delete_selected":
                    found["%s %s" % (title, name)] = functools.partial(run_action, shown, name)
    return found


def request():
    from django.contrib.auth import get_user_model
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.test import RequestFactory

    made = RequestFactory().get("/")
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
    first = shown.model._base_manager.order_by("pk").values_list("pk", flat=True)[0]
    finish(shown.change_view(request(), str(first)))


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
