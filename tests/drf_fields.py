#!/usr/bin/env python3
"""Compares what eagerly finds in a serializer field or view with what it costs in queries.

    tests/drf_fields.py --eagerly build/eagerly [--django VENV/bin/python …] [-v]

drf_facts/cases.tsv has, per case and eager load, the measured queries per row and per child row
(of a case "detail": per child of the one row), with the serializer, or with all of the code;
--django measures them again under that Python's Django REST framework. Each case becomes a tiny
project, and eagerly has to make a finding of the N+1 families if the case costs queries per row,
and none if it does not. drf_facts/excluded.tsv names what is not compared, and why; a line there
whose case agrees after all is a failure. The last line counts the checks; the exit status is 1 if
one failed, 2 for misuse.
"""
import shutil
import sys
import tempfile
from pathlib import Path

import measured

FACTS = Path(__file__).resolve().parent / "drf_facts"
FIXTURES = FACTS.parent.parent / "fixtures"
HEAD = '''from django.db.models import Count, Prefetch, prefetch_related_objects
from rest_framework import filters, generics, mixins, renderers, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.validators import UniqueValidator

from shop.models import Author, Book, Editor, Loud, Profile, Publisher, Review, Tag, Via
from shop.nested import *
from shop.requests import *


'''
TAIL = '''


def rows():
    queryset = %s.objects.order_by("pk")%s
    return CaseSerializer(queryset, many=True, context={"request": None}).data
'''


class Case:
    def __init__(self, name, model, load, per_row, per_child, serializer):
        self.name = "%s %s" % (name, load or "(nothing loaded)")
        self.cost = [float(per_row), float(per_child)]
        self.source = HEAD + serializer.replace("%LOAD%", load)
        if "def rows(" not in serializer:
            self.source += TAIL % (model, load)

    @property
    def costs(self):
        return any(self.cost)


def read_cases():
    cases, serializer = [], ""
    for name, model, load, per_row, per_child, source in measured.table(FACTS / "cases.tsv"):
        # Only the first line of a case has its source.
        serializer = source.replace("\\n", "\n") or serializer
        cases.append(Case(name, model, load, per_row, per_child, serializer))
    return cases


def write_project(folder, case=None):
    package = folder / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    for name in ("models.py", "nested.py", "requests.py"):
        shutil.copy(FACTS / name, package / name)
    if case:
        (package / "case.py").write_text(case.source, encoding="utf-8")
    return folder


def findings_of(eagerly, folder, case):
    """(codes with their relations, complaint)"""
    write_project(folder, case)
    found, complaint = measured.findings_read(eagerly, folder, "likely")
    return (None, complaint) if found is None else (measured.families(found), "")


def compare(case, found, complaint):
    """None, or what is wrong."""
    if found is None:
        return complaint
    if bool(found) == case.costs:
        return None
    costs = "measured %g per row and %g per child" % tuple(case.cost)
    return "%s; found %s" % (costs, ", ".join(found) or "nothing")


def check_measured(tally, interpreter, folder, cases):
    asked = {case.name: case.source for case in cases}
    found, complaint = measured.measure(interpreter, FACTS, folder, asked)
    if found is None:
        tally.check(complaint, "%s measures" % interpreter)
        return
    for case in cases:
        same = found[case.name] == case.cost
        tally.check(None if same else "%s, measured %s" % (case.cost, found[case.name]),
                    "%s costs the same under %s" % (case.name, interpreter))


def check_found(tally, eagerly, folder, cases, excluded):
    def complaint_of(index, case):
        return compare(case, *findings_of(eagerly, folder / str(index), case))

    measured.check_found(tally, cases, complaint_of, excluded)


def check_names(tally, eagerly):
    """A finding names the view's action, the fields on the way, and the relation."""
    for folder, wanted in (("serializers_nested", "Two.get → TwoLevelsSerializer.author → "
                                                  "AuthorSerializer.publisher → "
                                                  "Book.author.publisher is read"),
                           ("views_actions", "SettingViewSet.full → BookSerializer.author → "
                                             "Book.author is read")):
        found, _ = measured.findings_read(eagerly, FIXTURES / folder, "likely")
        telling = [f for f in found or () if f["message"].startswith(wanted)]
        tally.check(None if telling else "no finding begins so", "%s: %s" % (folder, wanted))
        names = wanted.split(" → ")
        chains = [[place["function"] for place in f["chain"]] for f in telling]
        tally.check(None if all(set(names[:-2]) <= set(chain) for chain in chains) else chains,
                    "%s: the chain has the same names" % folder)


def main():
    options = measured.options_read()
    tally, cases = measured.Tally(options.verbose), read_cases()
    excluded = measured.excluded_read(FACTS)
    with tempfile.TemporaryDirectory() as folder:
        for interpreter in options.django:
            check_measured(tally, interpreter, write_project(Path(tempfile.mkdtemp(dir=folder))),
                           cases)
        if options.eagerly:
            check_names(tally, options.eagerly)
            check_found(tally, options.eagerly, Path(folder) / "cases", cases, excluded)
    return measured.summary(tally, excluded)


if __name__ == "__main__":
    sys.exit(main())
