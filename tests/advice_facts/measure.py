"""Measures cases under a real Django REST framework.

    PYTHON measure.py PROJECT < sources.json

PROJECT holds the package `shop`; the input maps a case to the source of its module, which has a
function `rows`. Each runs with (rows, children a row) = (3, 2), (9, 2) and (9, 5); printed is
{case: [more queries for six more rows, more for three more children a row]}, or {case: "what
was raised"}.
"""
import json
import sys

RUNS = ((3, 2), (9, 2), (9, 5))


def seed(rows, children):
    from shop.models import Comment, Person, Reply, Speech, Talk, Track

    for i in range(rows):
        track = Track.objects.create(name="t%d" % i, chair=Person.objects.create(name="c%d" % i))
        talk = Talk.objects.create(title="t%d" % i, track=track)
        for k in range(children):
            person = Person.objects.create(name="p%d-%d" % (i, k))
            Speech.objects.create(talk=talk, person=person)
        for target in (talk, track):
            Reply.objects.create(comment=Comment.objects.create(text="x", target=target))


def cost_of(source):
    from django.db import transaction

    names, counts = {"__name__": "shop.case"}, []
    exec(compile(source, "case", "exec"), names)
    for rows, children in RUNS:
        with transaction.atomic():
            seed(rows, children)
            counts.append(queries_of(names["rows"]))
            transaction.set_rollback(True)
    return [counts[1] - counts[0], counts[2] - counts[1]]


def main():
    sys.path.insert(0, sys.argv[1])
    sys.dont_write_bytecode = True
    configure()
    costs = {}
    for case, source in json.load(sys.stdin).items():
        try:
            costs[case] = cost_of(source)
        except Exception as error:
            costs[case] = repr(error)
    print(json.dumps(costs))


def configure():
    from django.conf import settings

    settings.configure(
        SECRET_KEY="facts",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework",
                        "shop"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)


def queries_of(function):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        json.dumps(function(), default=str)
    return len([q for q in captured if "django_content_type" not in q["sql"]])


if __name__ == "__main__":
    main()
