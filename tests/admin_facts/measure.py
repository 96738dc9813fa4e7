"""Measures the cases of cases.tsv under a real Django.

    PYTHON measure.py PROJECT < cases.json

PROJECT holds the package `shop`; the input maps a case to its page and the source of its module.
Each page is shown with (rows, children a row) = (3, 2), (9, 2) and (9, 5); printed is
{case: [queries more for more rows, queries more for more children]}, or {case: "exception"}.
"""
import json
import sys
import types

RUNS = ((3, 2), (9, 2), (9, 5))
CONTRIB = ["admin", "auth", "contenttypes", "messages", "sessions"]


def configure():
    from django.conf import settings

    processors = ["django.template.context_processors.request",
                  "django.contrib.auth.context_processors.auth",
                  "django.contrib.messages.context_processors.messages"]
    settings.configure(
        SECRET_KEY="facts",
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        ROOT_URLCONF="urls",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=["django.contrib." + name for name in CONTRIB] + ["shop"],
        STATIC_URL="/static/",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates",
                    "APP_DIRS": True, "OPTIONS": {"context_processors": processors}}],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    import django
    from django.core.management import call_command

    sys.modules["urls"] = types.ModuleType("urls")
    sys.modules["urls"].urlpatterns = []
    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)


def seed(rows, children):
    from shop.models import Author, Book, Editor, Note, Publisher, Review, Tag, Via

    def publisher(name):
        return Publisher.objects.create(name=name)

    for i in range(rows):
        author = Author.objects.create(name="a%d" % i, publisher=publisher("p%d" % i))
        editor = Editor.objects.create(name="e%d" % i, publisher=publisher("q%d" % i))
        book = Book.objects.create(title="b%d" % i, author=author, editor=editor)
        for k in range(children):
            book.tags.add(Tag.objects.create(name="t%d-%d" % (i, k)))
            Review.objects.create(book=book, reviewer=author, editor=editor, text="x", rating=k + 1)
            Via.objects.create(book=book, author=author, role="x")
            Note.objects.create(book=book, pub=publisher("n%d-%d" % (i, k)), text="x")


def request():
    from django.contrib.auth.models import User
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.test import RequestFactory

    made = RequestFactory().get("/")
    made.user = User(pk=1, is_staff=True, is_superuser=True)
    made._messages = CookieStorage(made)
    return made


def prepare(page, source):
    """A function that shows the page."""
    from django.contrib import admin
    from django.urls import clear_url_caches, path
    from shop import models

    site = admin.site = admin.AdminSite("admin")
    scope = {"__name__": "shop.case"}
    exec(compile(source, "case.py", "exec"), scope)
    if page == "form":
        return scope["page"]
    model, shown = list(site._registry.items())[0]
    searched = type("Searched", (admin.ModelAdmin,), {"search_fields": ["pk"]})
    others = [models.Author, models.Editor, models.Book, models.Tag, models.Note, models.Review]
    site.register([other for other in others if other not in site._registry], searched)
    sys.modules["urls"].urlpatterns = [path("admin/", site.urls)]
    clear_url_caches()
    bad = [error for error in shown.check() if error.level >= 40]
    if bad:
        raise ValueError(bad[0].id)
    return lambda: show(page, model, shown)


def show(page, model, shown):
    asked = request()
    if page == "list":
        shown.changelist_view(asked).render()
    elif page == "add":
        shown.add_view(asked).render()
    elif page in ("change", "delete"):
        first = model._base_manager.order_by("pk").values_list("pk", flat=True)[0]
        getattr(shown, page + "_view")(asked, str(first)).render()
    elif page == "search":
        search(asked, model, shown)
    else:
        rows = shown.get_changelist_instance(asked).get_queryset(asked)
        name = "delete_selected" if page == "selected" else "act"
        response = shown.get_actions(asked)[name][0](shown, asked, rows)
        getattr(response, "render", lambda: None)()


def search(asked, model, shown):
    """What the first field of some autocomplete_fields that leads to the model finds."""
    field = next(other._meta.get_field(name) for other, one in shown.admin_site._registry.items()
                 for name in one.autocomplete_fields
                 if other._meta.get_field(name).remote_field.model is model)
    asked.GET = {"term": "", "field_name": field.name, "app_label": field.model._meta.app_label,
                 "model_name": field.model._meta.model_name}
    if shown.admin_site.autocomplete_view(asked).status_code != 200:
        raise ValueError("no results")


def queries_of(page, source):
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    try:
        function = prepare(page, source)
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as captured:
            function()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)
    return len(captured)


def main():
    sys.path.insert(0, sys.argv[1])
    sys.dont_write_bytecode = True
    configure()
    from django.db import transaction

    cases, counts = json.load(sys.stdin), {}
    for size in RUNS:
        with transaction.atomic():
            seed(*size)
            for case, (page, source) in cases.items():
                counts.setdefault(case, []).append(queries_of(page, source))
            transaction.set_rollback(True)
    print(json.dumps({case: growth(found) for case, found in counts.items()}))


def growth(found):
    failed = [one for one in found if isinstance(one, str)]
    return failed[0] if failed else [found[1] - found[0], found[2] - found[1]]


if __name__ == "__main__":
    main()
