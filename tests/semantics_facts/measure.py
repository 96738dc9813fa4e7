"""Runs the cases under real Django and prints, as JSON, what each costs.

    PYTHON measure.py FOLDER <CASES

FOLDER has the package `shop` with models.py and the modules of cases; CASES is a JSON list of
[function, module, totals]. Each runs with 3 and with 6 rows and is undone. Printed: function ->
queries per row, or "!" and the name of the exception. A case of totals runs once, with 3 rows.
"""
import importlib
import inspect
import json
import re
import sys

import django
from asgiref.sync import async_to_sync
from django.conf import settings

sys.path.insert(0, sys.argv[1])
settings.configure(
    USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "shop"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from shop import models, rows  # noqa: E402

SIZES = (3, 6)
NOT_QUERIES = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)")


class Undo(Exception):
    pass


def make(model, **values):
    return model.objects.create(**values)


def seed(count):
    """`count` authors, each with 3 books; each book with 3 tags, notes, chapters and genres."""
    for i in range(count):
        mentor = make(models.Author, name="mentor %d" % i, slot=99)
        author = make(models.Author, name="author %d" % i, mentor=mentor,
                      desk=make(models.Desk, name="desk %d" % i))
        pupils = [make(models.Author, name="pupil", mentor=author, slot=slot)
                  for slot in (11, 12)]
        make(models.Profile, author=author, city=make(models.Desk, name="city %d" % i))
        tags = [make(models.Tag, name="t%d%d" % (i, s), slot=s, maker=author) for s in range(3)]
        for slot in range(3):
            seed_book(i, slot, mentor, author, pupils, tags)
        restaurant = make(models.Restaurant, name="food %d" % i, owner=author, chef=mentor)
        for number in range(3):
            make(models.Seat, name="seat %d" % number, restaurant=restaurant)
        make(models.Place, name="place %d" % i, owner=mentor)


def seed_book(i, slot, mentor, author, pupils, tags):
    code = "pc%d-%d" % (i, slot)
    book = make(models.Book, name="b%d%d" % (i, slot), slot=slot, author=author,
                editor=mentor if slot == 0 else None,
                publisher=make(models.Publisher, name="house", code=code))
    book.tags.set(tags)
    for person in [mentor, author] + pupils:
        make(models.Contribution, book=book, author=person)
    for number in range(3):
        make(models.Chapter, name="chapter", slot=number, book=book, reader=mentor)
        make(models.Genre, name="genre", slot=number).books.add(book)
        make(models.Note, name="note", slot=number, content_object=book)


class Recorder:
    """Counts queries, but for those that a line of the cases marked `# ignored` asks."""

    def __init__(self):
        self.count, self.ignored = 0, {}

    def __call__(self, execute, sql, params, many, context):
        if not NOT_QUERIES.match(sql) and not self.is_ignored(sys._getframe(1)):
            self.count += 1
        return execute(sql, params, many, context)

    def is_ignored(self, frame):
        while frame:
            lines = self.ignored.get(frame.f_code.co_filename)
            if lines:
                return frame.f_lineno in lines
            frame = frame.f_back
        return False

    def read(self, module):
        with open(module.__file__, encoding="utf-8") as text:
            lines = {n for n, line in enumerate(text, 1) if re.search("#.*ignored", line)}
        self.ignored[module.__file__] = lines | {0}


def run(recorder, function, turns):
    ContentType.objects.clear_cache()
    for model in (models.Book, models.Author, models.Note):
        ContentType.objects.get_for_model(model)
    recorder.count = rows.COUNT = 0
    arguments = [range(turns)] if inspect.signature(function).parameters else []
    try:
        with transaction.atomic():
            with connection.execute_wrapper(recorder):
                try:
                    if inspect.iscoroutinefunction(function):
                        async_to_sync(function)(*arguments)
                    else:
                        function(*arguments)
                except Exception as error:
                    return "!" + type(error).__name__
            raise Undo
    except (Undo, transaction.TransactionManagementError):
        pass
    return recorder.count, rows.COUNT


def per_row(few, many):
    for result in (few, many):
        if isinstance(result, str):
            return result
    grown = (many[0] - few[0]) / (many[1] - few[1] or SIZES[1] - SIZES[0])
    return int(grown) if grown == int(grown) else grown


def main():
    call_command("migrate", verbosity=0, run_syncdb=True, interactive=False)
    cases, recorder, results = json.load(sys.stdin), Recorder(), {}
    for size in SIZES:
        call_command("flush", verbosity=0, interactive=False)
        seed(size)
        for name, module, totals in cases:
            loaded = importlib.import_module("shop." + module)
            if loaded.__file__ not in recorder.ignored:
                recorder.read(loaded)
            if not totals or size == SIZES[0]:
                results.setdefault(name, []).append(run(recorder, getattr(loaded, name), 1))
    print(json.dumps({name: per_row(*found) if len(found) == 2 else
                      found[0] if isinstance(found[0], str) else found[0][0]
                      for name, found in results.items()}))


main()
