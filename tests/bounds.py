#!/usr/bin/env python3
"""Every bound that ends a part of the analysis is counted: `cut: ...` of --statistics.

    tests/bounds.py build/eagerly [-v]

Each case makes a small project that just fits a bound, and one that goes beyond it: the count is 0
and then not. Where a case reads a relation that is loaded, nothing may be said of it on either
side: what a bound leaves unknown is silent. The last line counts the checks.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from run import Tally

MODELS = '''\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=20)


class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    sequel = models.ForeignKey("self", models.CASCADE, null=True, related_name="earlier")
    title = models.CharField(max_length=20)
'''
START = "from shop.models import Author, Book\n"
LOADED = 'Book.objects.select_related("author")'
READ = "for book in %s:\n%s    print(book.author.name)\n"


def read(rows, indent="    "):
    return indent + READ % (rows, indent)


def numbered(template, count, between=", "):
    return between.join(template % number for number in range(count))


def parameters(count):
    names = numbered("a%d", count)
    given = ", ".join("a%d=%s" % (number, LOADED) for number in range(count))
    return "a%d = Book.objects.all()\ndef show(%s):\n" % (count - 1, names) \
        + read("a%d" % (count - 1)) + "show(%s)\n" % given


def dictionary(count):
    return "def show():\n    rows = {%s}\n" % numbered('"k%%d": %s' % LOADED, count) \
        + read('rows["k%d"]' % (count - 1))


def captures(count):
    bound = numbered("    a%%d = %s" % LOADED, count, "\n")
    return ("def show():\n%s\n    def inner():\n        [%s]\n" % (bound, numbered("a%d", count))
            + read("a%d" % (count - 1), "        ") + "    inner()\nshow()\n")


def fields(count):
    return ("import dataclasses\n@dataclasses.dataclass\nclass Page:\n%s\n"
            % numbered("    a%d: object", count, "\n")
            + "def show():\n    page = Page(%s)\n" % ", ".join([LOADED] * count)
            + read("page.a%d" % (count - 1)))


def nested_lists(count):
    return "def show():\n    return %s%s\n" % ("[" * count, "]" * count)


def nested_calls(bodies):
    """Functions that call each other, each from deep within an expression."""
    lines = ["def f%d():\n    return %sf%d()%s\n" % (number, "[" * 90, number + 1, "]" * 90)
             for number in range(bodies)]
    return "".join(lines) + "def f%d():\n    return 1\nf0()\n" % bodies


def loops(count):
    lines = ["    " * (level + 1) + "for b%d in %s:\n" % (level, LOADED) for level in range(count)]
    return "def show():\n%s%sprint(b%d.author)\n" % (
        "".join(lines), "    " * (count + 1), count - 1)


def hops(count):
    return "def show():\n    for book in %s:\n        print(book%s.title)\n" \
        % ('Book.objects.select_related("%s")' % "__".join(["sequel"] * count), ".sequel" * count)


def alternatives(count):
    lines = ["    if shelf == %d:\n        rows = Thing%d()\n" % (number, number)
             for number in range(count)]
    things = ["class Thing%d:\n    books = %s\n" % (number, LOADED) for number in range(count)]
    return "%sdef show(shelf):\n    rows = None\n%s%s" % ("".join(things), "".join(lines),
                                                         read("rows.books"))


def conditions(count):
    """Conditions on a column, the last of them on what is read behind all others."""
    left_out = numbered('.exclude(title="t%d")', count, "")
    return "def show():\n" + read(LOADED + left_out)


def paths(count):
    path = "__".join(["sequel"] * count + ["author"])
    return "def show():\n    for book in Book.objects.select_related(\"%s\"):\n" \
        "        print(book.sequel.sequel.sequel.title)\n" % path


def chain(count):
    lines = ["def f%d(rows):\n    return f%d(rows)\n" % (number, number + 1)
             for number in range(count)]
    return "".join(lines) + "def f%d(rows):\n%sf0(%s)\n" % (count, read("rows"), LOADED)


def long_body(count):
    return "def show():\n" + "    print(1, 2, 3)\n" * count


def variants(count):
    return "def show(rows, name):\n%s" % read("rows") \
        + "".join('show(%s, "%d")\n' % (LOADED, number) for number in range(count))


def recursion(count):
    again = "    show(rows, name + str(name))\n" * count
    return "def show(rows, name):\n%s%sshow(%s, 1)\n" % (read("rows"), again, LOADED)


def subclasses(count):
    base = "class Shelf:\n    def show(self):\n    %s\n    def rows(self):\n        return %s\n" % (
        read("self.rows()").replace("\n", "\n    "), LOADED)
    return base + "".join("class Shelf%d(Shelf):\n    def rows(self):\n        return %s\n"
                          % (number, LOADED) for number in range(count))


def touches(count):
    return "def show():\n    for book in Book.objects.all():\n" \
        + "        print(Book.objects.get(pk=book.sequel_id))\n" * count + "show()\n"


def uses(count):
    return "def show():\n    rows = Book.objects.prefetch_related(\"earlier\")\n" \
        + "    print(rows)\n" * count + read("rows.select_related(\"author\")")


def names(count):
    return "def show():\n    for book in Book.objects.all():\n" \
        "        print(Book.objects.filter(pk__in=[%s]).first())\n" % ", ".join(["1"] * count)


def bases(count):
    return "".join("class Shelf%d:\n    pass\n" % number for number in range(count)) \
        + "class All(%s):\n    pass\n" % numbered("Shelf%d", count)


def nested_serializers(count):
    """A view whose base loads what the serializers in one another name."""
    lines = ["class S%d(serializers.ModelSerializer):\n    sequel = S%d()\n    class Meta:\n"
             "        model = Book\n        fields = [\"sequel\"]\n" % (number, number - 1)
             for number in range(1, count + 1)]
    return NESTED_START + "".join(lines) + NESTED_VIEW % count


NESTED_START = '''\
from rest_framework import serializers, viewsets
class S0(serializers.ModelSerializer):
    author = serializers.StringRelatedField()
    class Meta:
        model = Book
        fields = ["author"]
def names_of(serializer):
    return [name for name in serializer._declared_fields]
'''
NESTED_VIEW = '''\
class Books(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.all()
    serializer_class = S%d
    def get_queryset(self):
        return super().get_queryset().prefetch_related(*names_of(self.get_serializer_class()))
'''


def page(count):
    names = numbered("name_%d=1", count)
    return ("from django.views.generic import ListView\nclass Books(ListView):\n"
            "    queryset = %s\n    def get_context_data(self, **kwargs):\n"
            "        return super().get_context_data(%s, **kwargs)\n" % (LOADED, names))


CASES = [  # count, code, what fits, what does not; whether all that is read is loaded
    ("arguments", parameters, 64, 65, True),
    ("items", dictionary, 64, 65, True),
    ("items", captures, 96, 97, True),
    ("items", fields, 30, 31, True),
    ("nesting", nested_lists, 117, 130, True),
    ("nesting", nested_calls, 20, 40, True),
    ("loops", loops, 16, 17, True),
    ("hops", hops, 7, 9, True),
    ("hops", nested_serializers, 4, 6, True),
    ("items", page, 50, 62, True),
    ("values", alternatives, 6, 8, True),
    ("plans", paths, 15, 17, True),
    ("plans", conditions, 16, 17, True),
    ("depth", chain, 62, 70, True),
    ("fuel", long_body, 1000, 20000, True),
    ("variants", variants, 64, 65, True),
    ("recursion", recursion, 0, 1, True),
    ("subclasses", subclasses, 11, 13, True),
    ("events", touches, 250, 260, False),
    ("uses", uses, 60, 65, True),
    ("names", names, 100, 4000, False),
    ("links", bases, 64, 65, True),
]


def run(eagerly, code):
    """(text, exit status) of a project with these views."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder, "shop")
        shop.mkdir()
        (shop / "__init__.py").touch()
        (shop / "models.py").write_text(MODELS, encoding="utf-8")
        (shop / "views.py").write_text(START + code, encoding="utf-8")
        compile(code, "views.py", "exec")
        done = subprocess.run([eagerly, "check", "--statistics", "--output-format", "json", "."],
                              cwd=folder, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr, done.returncode


def check_case(tally, eagerly, count, make, sizes, loaded):
    for size, beyond in zip(sizes, (False, True)):
        title = "%s: %s(%d)" % (count, make.__name__, size)
        text, status = run(eagerly, make(size))
        tally.check(status in (0, 1), title, "exit status %d\n%s" % (status, text[-2000:]))
        found = re.search(r"cut: %s +(\d+)" % count, text)
        tally.check(found and (int(found[1]) > 0) == beyond, title + ": counted",
                    found[0] if found else "no such count")
        if loaded:
            tally.check('"code"' not in text, title + ": silent", text[:2000])


def main(arguments):
    tally = Tally("-v" in arguments)
    eagerly = str(Path([word for word in arguments if not word.startswith("-")][0]).resolve())
    for count, make, fits, beyond, loaded in CASES:
        check_case(tally, eagerly, count, make, (fits, beyond), loaded)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
