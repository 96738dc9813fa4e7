"""Measures the cases of cases.tsv under a real Django REST framework.

    PYTHON measure.py PROJECT < sources.json

PROJECT holds the package `shop`; the input maps a case to the source of its module, which has a
function `rows`. Each runs with (rows, children a row) = (3, 2), (9, 2) and (9, 5); printed is
{case: [queries per row, queries per child]}, or {case: "exception"}.
"""
import json
import os
import sys

RUNS = ((3, 2), (9, 2), (9, 5))
NAMES = ("author-detail", "editor-detail", "tag-detail", "review-detail", "book-detail")


def configure():
    from django.conf import settings

    engines = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
    if os.path.exists(os.path.join(sys.argv[1], "shop", "jinja2")):
        engines.append({"BACKEND": "django.template.backends.jinja2.Jinja2", "APP_DIRS": True})
    settings.configure(
        SECRET_KEY="facts",
        USE_TZ=True,
        ROOT_URLCONF="urls",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework",
                        "shop"],
        STATIC_URL="/static/",
        ALLOWED_HOSTS=["*"],
        TEMPLATES=engines,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    import django
    from django.core.management import call_command
    from django.urls import path

    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)
    urls = type(sys)("urls")
    urls.urlpatterns = [path("%s/<pk>/" % name, print, name=name) for name in NAMES]
    urls.urlpatterns.append(path("by-name/<name>/", print, name="author-byname"))
    sys.modules["urls"] = urls


def seed(rows, children):
    from shop.models import Author, Book, Editor, Profile, Publisher, Review, Tag, Via

    for i in range(rows):
        author = Author.objects.create(name="a%d" % i,
                                       publisher=Publisher.objects.create(name="p%d" % i))
        editor = Editor.objects.create(name="e%d" % i,
                                       publisher=Publisher.objects.create(name="q%d" % i))
        Profile.objects.create(author=author, bio="x")
        book = Book.objects.create(title="b%d" % i, author=author, editor=editor)
        for k in range(children):
            book.tags.add(Tag.objects.create(name="t%d-%d" % (i, k)))
            Review.objects.create(book=book, reviewer=author, editor=editor, text="x", rating=k + 1)
            Via.objects.create(book=book, author=author, role="x")


def queries_of(function):
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        json.dumps(function(), default=str)
        transaction.set_rollback(True)
    return len([q for q in captured if "SAVEPOINT" not in q["sql"] and q["sql"] != "BEGIN"])


def main():
    sys.path.insert(0, sys.argv[1])
    sys.dont_write_bytecode = True
    configure()
    from django.db import transaction

    functions, counts = {}, {}
    for case, source in json.load(sys.stdin).items():
        scope = {"__name__": "shop.case"}
        exec(compile(source, "case.py", "exec"), scope)
        functions[case], counts[case] = scope["rows"], []
    for size in RUNS:
        with transaction.atomic():
            seed(*size)
            for case, function in functions.items():
                try:
                    counts[case].append(queries_of(function))
                except Exception as error:
                    if isinstance(counts[case], list):
                        counts[case] = type(error).__name__
                    functions[case] = lambda error=error: (_ for _ in ()).throw(error)
            transaction.set_rollback(True)
    print(json.dumps({case: fit(case, found) for case, found in counts.items()}))


def fit(case, found):
    if isinstance(found, str):
        return found
    few, many, wide = found
    (rows, children), (more, _), (_, wider) = RUNS
    if case.startswith("detail: "):
        return [(many - few) / (more - rows), (wide - many) / (wider - children)]
    per_child = (wide - many) / (more * (wider - children))
    return [(many - few) / (more - rows) - per_child * children, per_child]


if __name__ == "__main__":
    main()
