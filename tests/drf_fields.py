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
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FACTS = Path(__file__).resolve().parent / "drf_facts"
FIXTURES = FACTS.parent.parent / "fixtures"
COMMAND = ["check", "--output-format", "json", "--exit-zero", "--select", "ALL",
           "--min-confidence", "likely", "."]
FAMILIES = ("EAG1", "EAG2", "EAG3", "EAG4")
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


def table(name):
    lines = (FACTS / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def read_cases():
    cases, serializer = [], ""
    for name, model, load, per_row, per_child, source in table("cases.tsv"):
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
    try:
        done = subprocess.run([eagerly] + COMMAND, cwd=folder, capture_output=True, timeout=60)
        report = json.loads(done.stdout.decode("utf-8"))
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return None, str(error)
    found = [finding for finding in report["findings"] if finding["code"].startswith(FAMILIES)]
    return sorted({"%s %s" % (f["code"], f.get("relation") or "") for f in found}), ""


def compare(case, found, complaint):
    """None, or what is wrong."""
    if found is None:
        return complaint
    if bool(found) == case.costs:
        return None
    measured = "measured %g per row and %g per child" % tuple(case.cost)
    return "%s; found %s" % (measured, ", ".join(found) or "nothing")


def measure(interpreter, folder, cases):
    script = [interpreter, "-W", "ignore", str(FACTS / "measure.py"), str(folder)]
    sources = json.dumps({case.name: case.source for case in cases})
    done = subprocess.run(script, input=sources.encode("utf-8"), capture_output=True, timeout=600)
    if done.returncode != 0:
        return None, done.stderr.decode("utf-8", "replace")[-1500:]
    return json.loads(done.stdout.decode("utf-8")), ""


class Tally:
    def __init__(self, verbose):
        self.verbose, self.passed, self.failed = verbose, 0, 0

    def check(self, complaint, name):
        if complaint is None:
            self.passed += 1
            if self.verbose:
                print("ok    %s" % name)
        else:
            self.failed += 1
            print("FAIL  %s: %s" % (name, complaint))


def check_measured(tally, interpreter, folder, cases):
    found, complaint = measure(interpreter, folder, cases)
    if found is None:
        tally.check(complaint, "%s measures" % interpreter)
        return
    for case in cases:
        same = found[case.name] == case.cost
        tally.check(None if same else "%s, measured %s" % (case.cost, found[case.name]),
                    "%s costs the same under %s" % (case.name, interpreter))


def check_found(tally, eagerly, folder, cases, excluded):
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        runs = [pool.submit(findings_of, eagerly, folder / str(index), case)
                for index, case in enumerate(cases)]
        for case, future in zip(cases, runs):
            complaint = compare(case, *future.result())
            if case.name in excluded:
                complaint = None if complaint else "it agrees: remove it from excluded.tsv"
            tally.check(complaint, case.name)


def check_names(tally, eagerly):
    """A finding names the view's action, the fields on the way, and the relation."""
    for folder, wanted in (("serializers_nested", "Two.get → TwoLevelsSerializer.author → "
                                                  "AuthorSerializer.publisher → "
                                                  "Book.author.publisher is read"),
                           ("views_actions", "SettingViewSet.full → BookSerializer.author → "
                                             "Book.author is read")):
        done = subprocess.run([eagerly] + COMMAND, cwd=FIXTURES / folder, capture_output=True)
        found = json.loads(done.stdout.decode("utf-8"))["findings"]
        telling = [f for f in found if f["message"].startswith(wanted)]
        tally.check(None if telling else "no finding begins so", "%s: %s" % (folder, wanted))
        names = wanted.split(" → ")
        chains = [[place["function"] for place in f["chain"]] for f in telling]
        tally.check(None if all(set(names[:-2]) <= set(chain) for chain in chains) else chains,
                    "%s: the chain has the same names" % folder)


def main():
    parser = argparse.ArgumentParser(description="Compare findings with measured costs.")
    parser.add_argument("--eagerly", metavar="PATH", help="the analyzer to test")
    parser.add_argument("--django", metavar="PYTHON", action="append", default=[],
                        help="measure again with this interpreter (may be repeated)")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if not options.eagerly and not options.django:
        parser.error("give --eagerly PATH, --django PYTHON or both")
    tally, cases = Tally(options.verbose), read_cases()
    excluded = dict(table("excluded.tsv"))
    for name, reason in excluded.items():
        print("excluded  %s: %s" % (name, reason))
    with tempfile.TemporaryDirectory() as folder:
        for interpreter in options.django:
            check_measured(tally, os.path.abspath(interpreter),
                           write_project(Path(tempfile.mkdtemp(dir=folder))), cases)
        if options.eagerly:
            check_names(tally, os.path.abspath(options.eagerly))
            check_found(tally, os.path.abspath(options.eagerly), Path(folder) / "cases", cases,
                        excluded)
    print("%d cases left out, each with its reason above" % len(excluded))
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
