#!/usr/bin/env python3
"""Every key of configuration files: what holds with it, and what without.

    tests/keys.py build/eagerly [-v]

The keys are those of `eagerly config --schema`: one without a case here fails. The last line counts
the checks; the exit status is 1 if one failed.
"""
import json
import os
import sys
import tempfile
from pathlib import Path

from cli import Eagerly, write
from run import Tally

MODELS = """\
from django.db import models
%s

class Author(models.Model):
    name = models.CharField(max_length=80)


class Publisher(%s):
    name = models.CharField(max_length=80)


class Book(%s):
    title = models.CharField(max_length=80)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    next = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="former")
"""
VIEWS = """\
from django.shortcuts import render
from .models import Author, Book


def titles():
    for book in Book.objects.all():  # noqa
        print(book.author.name)  # noqa


def counts():
    return {author.name: author.books.count() for author in Author.objects.all()}


def deep():
    return list(Book.objects.prefetch_related("former__former__former"))


def page(request):
    return render(request, "shop/books.html", {"books": Book.objects.all()})
""" + "#" * 1500 + "\n"
VENDOR = """\
from vendor.models import Product


def names():
    return [product.maker.name for product in Product.objects.all()]
"""
KNOWN = """\
vendor.models.Maker: {app: vendor, fields: {name: plain}}
vendor.models.Product: {app: vendor, fields: {maker: {kind: fk, to: vendor.Maker}}}
"""
PAGE = "{% for book in books %}{{ book.author.name }}{% endfor %}\n"
LOOP = "from shop.models import Book\n\n\ndef %s():\n    for book in Book.objects.all():\n" \
       "        print(book.author.name)\n"
MIGRATION = """\
from django.db import migrations
from shop.models import Book


def forwards(apps, schema_editor):
    for book in Book.objects.all():
        print(book.author.name)


class Migration(migrations.Migration):
    operations = [migrations.RunPython(forwards)]
"""
FILES = {
    "shop/__init__.py": "", "shop/models.py": MODELS % ("", "models.Model", "models.Model"),
    "shop/views.py": VIEWS, "shop/tests/test_all.py": LOOP % "test_all", "shop/vendor.py": VENDOR,
    "shop/migrations/__init__.py": "", "shop/migrations/0001_initial.py": MIGRATION,
    "known.yaml": KNOWN, "../pages/shop/books.html": PAGE,
    ".git/HEAD": "",
}


class Runs:
    def __init__(self, eagerly, folder):
        self.eagerly, self.folder = eagerly, folder

    def run(self, config, *words):
        write(self.folder, {".eagerly.yaml": config})
        return self.eagerly.run(self.folder, "check", *words, ".")

    def found(self, config, *words):
        """(code, path, line) of each finding."""
        status, out, log = self.run(config, "--output-format=json", *words)
        if status == 2:
            raise ValueError(log)
        return sorted((each["code"], each["path"], each["line"])
                      for each in json.loads(out)["findings"])


def value(folder, runs, key):
    """What `eagerly config` says that a key holds."""
    out = runs.eagerly.run(folder, "config")[1]
    return [line.split("  # ")[0].partition(": ")[2] for line in out.splitlines()
            if line.startswith(key + ": ")][0]


PAGES = "shop/books.html"  # from its folder: it lies elsewhere
AUTHOR = ("EAG101", "shop/views.py", 7)
COUNT = ("EAG301", "shop/views.py", 11)
PLAIN = [AUTHOR, COUNT]
# key: the configuration, and the findings with it
FOUND = {
    "select": ("select: [EAG3]\n", [COUNT]),
    "ignore": ("ignore: count-in-loop\n", [AUTHOR]),
    "extend-select": ("extend-select: [EAG505]\nmax-prefetch-depth: 2\n",
                      PLAIN + [("EAG505", "shop/views.py", 15)]),
    "per-file-ignores": ("per-file-ignores:\n  'shop/**': [EAG301, EAG4]\n  other.py: ALL\n",
                         [AUTHOR]),
    "surfaces": ("surfaces: [template, view]\ntemplate-folders: [../pages]\n",
                 [("EAG101", PAGES, 1)]),
    "respect-blanket-noqa": ("respect-blanket-noqa: true\n", [COUNT]),
    "include-tests": ("include-tests: true\n", PLAIN + [("EAG101", "shop/tests/test_all.py", 6)]),
    "include-migrations": ("include-migrations: true\n",
                           PLAIN + [("EAG101", "shop/migrations/0001_initial.py", 7)]),
    "max-bytes": ("max-bytes: 1500\n", []),
    "fuel": ("fuel: 1\n", []),
    "template-folders": ("template-folders: [../pages]\n",
                         PLAIN + [("EAG101", PAGES, 1)]),
    "models": ("models: known.yaml\n", PLAIN + [("EAG101", "shop/vendor.py", 5)]),
    "baseline": ("baseline: known.json\n", []),
}


def check_found(tally, runs):
    plain = runs.found("")
    tally.check(plain == PLAIN, "without a key", str(plain))
    write(runs.folder, {".eagerly.yaml": ""})
    runs.eagerly.run(runs.folder, "baseline", "--write", "--baseline=known.json", ".")
    for key, (config, wanted) in FOUND.items():
        try:
            got = runs.found(config)
        except ValueError as error:
            got = error
        tally.check(got == sorted(wanted), "key " + key, str(got))


def check_others(tally, runs):
    """Keys that change how it is told; or the code has to change for them."""
    known = set()

    def case(key, config, good):
        known.add(key)
        try:
            result = good(config)
        except (ValueError, IndexError) as error:
            result, config = False, "%s: %s" % (config, error)
        tally.check(result, "key " + key, config)

    def first(config):
        return runs.run(config)[1].splitlines()[0]

    deep = ("EAG505", "shop/views.py", 15)
    case("max-prefetch-depth", "max-prefetch-depth: 3\nselect: EAG505\n",
         lambda text: runs.found(text) == [] and runs.found(text.replace("3", "2", 1)) == [deep])
    case("fail-on", "fail-on: error\n", lambda text: runs.run(text)[0] == 0)
    case("exit-zero", "exit-zero: true\n", lambda text: runs.run(text)[0] == 0)
    case("severity", "severity: {count-in-loop: info, EAG1: info, ALL: error}\n",
         lambda text: runs.run(text)[0] == 0)
    case("severity", "severity: {EAG3: error, EAG101: info}\nfail-on: error\n",
         lambda text: runs.run(text)[0] == 1)
    case("output-format", "output-format: junit\n", lambda text: first(text).startswith("<?xml"))
    case("group-by", "group-by: rule\n", lambda text: first(text).startswith("EAG101"))
    case("color", "color: always\n", lambda text: "\x1b[" in runs.run(text)[1])
    case("statistics", "statistics: true\n",
         lambda text: runs.run(text)[2].count("\n") > 10 > runs.run("")[2].count("\n"))
    case("show-all", "show-all: true\n",
         lambda text: runs.found(text) == PLAIN and value(runs.folder, runs, "show-all") == "true")
    case("jobs", "jobs: 3\n",
         lambda text: runs.found(text) == PLAIN and value(runs.folder, runs, "jobs") == "3")
    case("min-confidence", "min-confidence: certain\n",
         lambda text: runs.found(text) == PLAIN and
         value(runs.folder, runs, "min-confidence") == "certain")
    bases = MODELS % ("from lazy.models import Batched\n", "models.Model", "Batched")
    write(runs.folder, {"shop/models.py": bases})
    case("auto-eager-bases", "auto-eager-bases: [lazy.models.Batched]\n",
         lambda text: AUTHOR in runs.found("") and AUTHOR not in runs.found(text))
    write(runs.folder, {"shop/models.py": MODELS % ("", "models.Model", "models.Model")})
    return known


def check_anywhere(tally, runs):
    """The globs of a file start at the file's folder, wherever eagerly is run."""
    write(runs.folder, {".eagerly.yaml": "per-file-ignores: {shop/*.py: EAG3}\n"})
    for folder, path in (("", "."), ("", "shop"), ("shop", ".."), ("shop", "."), ("..", "project"),
                         ("../..", str(runs.folder))):
        out = runs.eagerly.run(runs.folder / folder, "check", "--output-format=json", path)[1]
        got = [each["code"] for each in json.loads(out)["findings"]]
        tally.check(got == ["EAG101"], "per-file-ignores: %s, run in %s" % (path, folder or "."),
                    str(got))
    write(runs.folder, {"shop/own.yaml": "baseline: none\nselect: EAG1\n"})
    out = runs.eagerly.run(runs.folder, "check", "--output-format=json", "--config=shop/own.yaml",
                           "--baseline=none", ".")[1]
    same = runs.eagerly.run(runs.folder, "check", "--output-format=json",
                            "--config=shop/own.yaml", ".")[1]
    tally.check(out == same and out, "baseline: none is no file beside the configuration", same)
    out = runs.eagerly.run(runs.folder / "shop", "check", "--output-format=json", ".",
                           "--per-file-ignores=views.py:EAG1")[1]
    got = [each["code"] for each in json.loads(out)["findings"]]
    tally.check(got == ["EAG301"], "--per-file-ignores starts at the working directory", str(got))


def check_django(tally, runs):
    """The version decides what a queryset can do, and what the project's files say comes second."""
    write(runs.folder, {"requirements.txt": "Django==3.2.25\n", "shop/version.py": VERSION})
    old = runs.found("select: [EAG1, EAG2]\n")
    new = runs.found("select: [EAG1, EAG2]\ndjango-version: '5.2'\n")
    tally.check(old != new, "key django-version", "%s %s" % (old, new))
    for name in ("requirements.txt", "shop/version.py"):
        (runs.folder / name).unlink()


VERSION = """\
from .models import Book


def chunks():
    for book in Book.objects.prefetch_related("author").iterator(chunk_size=50):
        print(book.author.name)
"""


def main(arguments):
    words = [argument for argument in arguments if argument != "-v"]
    if len(words) != 1:
        sys.exit(__doc__)
    tally, eagerly = Tally("-v" in arguments), Eagerly(os.path.abspath(words[0]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "project"
        write(folder, FILES)
        runs = Runs(eagerly, folder)
        check_found(tally, runs)
        known = {"django-version"} | set(FOUND) | check_others(tally, runs)
        check_django(tally, runs)
        check_anywhere(tally, runs)
        schema = json.loads(eagerly.run(folder, "config", "--schema")[1])
        missing = set(schema["properties"]) ^ known
        tally.check(not missing, "every key has a case", str(missing))
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
