#!/usr/bin/env python3
"""Compares the queries that eagerly sees in templates with what Django was measured to ask.

    tests/pages.py --eagerly BUILD/eagerly [--django VENV/bin/python …] [-v] [--only TEXT]
    tests/pages.py --distil FILE.json       writes template_facts/cases.tsv anew

A case is the body of `{% for b in books %}` and a way to load the books: what one more book costs,
and one more child of each book (its reviews, tags ...). The numbers are in
template_facts/cases.tsv; the models are those of drf_facts. Whole pages are in whole.tsv: of
Django's templates, of Jinja's, and of generic views; ` @@ ` parts a template from what it extends.
--django renders the same pages under that Python's Django, which has to ask for as much.
template_facts/exceptions.tsv names the cases that do not agree, with the reason; one that agrees
after all is a failure. The last line counts the checks; the exit status is 1 if one failed.
"""
import argparse
import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from run import Tally

HERE = Path(__file__).resolve().parent
FACTS = HERE / "template_facts"
EVENT = re.compile(r"(?P<place>\S+) (?P<kind>[A-Z]+) .*silence=(?P<silence>\w+) .*?"
                   r"loops=(?P<loops>\S*)")
PARTS = {
    "row.html": "{{ b.author.name }}\n",
    "incl_str.html": "{{ b }}\n",
    "incl_list.html": "{% for r in reviews %}\n{{ r.text }}\n{% endfor %}\n",
}
TAGS = '''from django import template

register = template.Library()


@register.simple_tag
def author_of(b):
    return b.author.name


@register.filter
def fauthor(b):
    return b.author.name


@register.filter
def authorid(b):
    return b.author_id


@register.inclusion_tag("row.html")
def show_book(b):
    return {"b": b}


@register.inclusion_tag("incl_list.html")
def show_reviews(b):
    return {"reviews": b.reviews.all()}


@register.simple_tag
def latest_review(b):
    return b.reviews.order_by("-id").first()
'''


def loaded(load, model):
    """The queryset of `sr:author|pr:reviews`."""
    code = model + ".objects.all()"
    for part in load.split("|") if load != "plain" else ():
        how, paths = part.split(":")
        method = {"sr": "select_related", "pr": "prefetch_related"}[how]
        code += ".%s(%s)" % (method, ", ".join('"%s"' % path for path in paths.split(",")))
    return code


class Case:
    folder = "templates"

    def __init__(self, number, load, cell, body):
        self.name, self.load, self.body, self.cell = "case_%03d" % number, load, body, cell
        self.identity = load + ": " + body
        model = "Loud" if body.endswith(" (loud)") else "Book"
        self.rows = loaded(load, model)
        self.key = self.name

    def templates(self):
        yield self.name + ".html", self.template()

    def module(self):
        return ("from django.template.loader import render_to_string\n\n"
                "from shop.models import Book, Loud\n\n\ndef rows():\n"
                '    return render_to_string("%s.html", {"books": %s})\n' % (self.name, self.rows))

    def template(self):
        body = self.body.removesuffix(" (loud)")
        return "{%% load i18n shop_tags %%}{%% for b in books %%}\n%s\n{%% endfor %%}\n" % body


PAGE = """from django.core.paginator import Paginator
from django.template.loader import render_to_string

from shop.models import Book


def rows():
    return render_to_string("%s.html", %s)
"""
VIEW = """from django.test import RequestFactory
from django.views.generic import DetailView, ListView

from shop.models import Book


class Page(%s):
    template_name = "%s.html"
    %s


def rows():
    return Page.as_view()(RequestFactory().get("/")%s).rendered_content
"""


class Whole:
    """A page of its own, or a view."""

    def __init__(self, number, kind, load, cell, code, body):
        self.name, self.kind, self.cell, self.body = "whole_%03d" % number, kind, cell, body
        self.identity = "%s, %s, %s: %s" % (kind, load, code, body)
        self.code = code.replace("ROWS", loaded(load, "Book"))
        self.folder = "jinja2" if kind == "jinja" else "templates"
        self.key = ("detail: " if kind == "detail" else "") + self.name

    def module(self):
        if self.kind in ("page", "jinja"):
            return PAGE % (self.name, self.code)
        base = "DetailView" if self.kind == "detail" else "ListView"
        row = ', pk=Book.objects.values_list("pk", flat=True)[0]' if self.kind == "detail" else ""
        return VIEW % (base, self.name, self.code.replace("; ", "\n    "), row)

    def templates(self):
        for i, text in enumerate(self.body.split(" @@ ")):
            for k in (1, 2):
                text = text.replace("BASE%d" % k, "%s_%d.html" % (self.name, k))
            yield self.name + ("_%d" % i if i else "") + ".html", text + "\n"


def read(name):
    for line in (FACTS / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def cases_read():
    rows = [Case(i, *case) for i, case in enumerate(read("cases.tsv"))]
    return rows + [Whole(i, *case) for i, case in enumerate(read("whole.tsv"))]


def distil(path):
    lines = ["# load, queries per book and per child (or the exception), body of the loop"]
    for case in json.loads(Path(path).read_text(encoding="utf-8"))["cases"]:
        if case["group"] not in ("tpl", "tpl.loud"):
            continue
        found = case["all"] if "all" in case else case["by_version"]["5.2.19"]
        body = case["case"].replace(" (__str__ touches FK)", " (loud)")
        cell = ("!" + found["exception"].split(":")[0] if "exception" in found
                else "%g %g" % (found["per_row"], found["per_child"]))
        lines.append("\t".join((case["load"], cell, body)))
    (FACTS / "cases.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_project(folder, cases):
    package = folder / "shop"
    (package / "templates").mkdir(parents=True)
    (package / "jinja2").mkdir()
    (package / "templatetags").mkdir()
    for name in ("__init__.py", "templatetags/__init__.py"):
        (package / name).write_text("")
    shutil.copy(HERE / "drf_facts" / "models.py", package / "models.py")
    (package / "templatetags" / "shop_tags.py").write_text(TAGS)
    for name, text in PARTS.items():
        (package / "templates" / name).write_text(text)
    for case in cases:
        (package / (case.name + ".py")).write_text(case.module(), encoding="utf-8")
        for name, text in case.templates():
            (package / case.folder / name).write_text(text, encoding="utf-8")


def predicted(eagerly, folder):
    """name of a case -> [queries per book, queries per child]"""
    done = subprocess.run([eagerly, "check", "--dump=events", "--exit-zero", "."], cwd=folder,
                          capture_output=True, text=True, timeout=120)
    if done.returncode or not done.stdout:
        sys.exit("eagerly failed: exit status %d\n%s" % (done.returncode, done.stderr[-2000:]))
    counts = collections.defaultdict(lambda: [0, 0])
    for line in done.stdout.splitlines():
        event = EVENT.match(line)
        if not event or event["silence"] in ("served", "once") or event["kind"] == "BUILD":
            continue
        loops = [loop.rsplit(":", 1)[0] for loop in event["loops"].split(",")]
        name = re.fullmatch(r"shop/(?:templates|jinja2)/((?:case|whole)_\d+)(?:_\d)?\.html:1",
                            loops[-1])
        if name and len(loops) <= 2:
            counts[name.group(1)][len(loops) - 1] += 1
    return counts


def complaint_of(case, found):
    if case.cell.startswith("!"):
        return "raises, eagerly counts %s" % found if any(found) else None
    if case.key.startswith("detail: "):
        found = found[::-1]  # the children of one book are the outermost loop
    told = "%g %g" % tuple(found)
    return None if told == case.cell else "measured %s, eagerly counts %s" % (case.cell, told)


def check_counts(tally, cases, found):
    excused = {load + ": " + body: reason for load, reason, body in read("exceptions.tsv")}
    for case in cases:
        complaint = complaint_of(case, found[case.name])
        reason = excused.pop(case.identity, None)
        if reason and not complaint:
            complaint = "agrees: its line in exceptions.tsv is to go"
        elif reason:
            complaint = None
        tally.check(not complaint, case.identity, complaint or "")
    for identity in excused:
        tally.check(False, identity, "no such case")


def check_django(tally, cases, folder, python):
    sources = {case.key: case.module() for case in cases}
    done = subprocess.run([python, HERE / "drf_facts" / "measure.py", folder],
                          input=json.dumps(sources), capture_output=True, text=True, timeout=300)
    if done.returncode:
        sys.exit("measure.py failed: %s" % done.stderr[-2000:])
    measured = json.loads(done.stdout)
    for case in cases:
        cell = measured[case.key]
        told = "!" + cell if isinstance(cell, str) else "%g %g" % tuple(cell)
        tally.check(told == case.cell, "%s under %s" % (case.identity, python),
                    "costs %s, not %s" % (told, case.cell))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--eagerly")
    parser.add_argument("--django", metavar="PYTHON", action="append", default=[])
    parser.add_argument("--distil", metavar="FILE")
    parser.add_argument("--only", metavar="TEXT", default="")
    parser.add_argument("-v", action="store_true", dest="verbose")
    options = parser.parse_args()
    if options.distil:
        return distil(options.distil)
    tally = Tally(options.verbose)
    cases = [case for case in cases_read() if options.only in case.identity]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, cases)
        if options.eagerly:
            check_counts(tally, cases, predicted(str(Path(options.eagerly).resolve()), folder))
        for python in options.django:
            check_django(tally, cases, folder, python)
    print("%d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
