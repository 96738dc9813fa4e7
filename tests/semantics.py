#!/usr/bin/env python3
"""Compares the queries that eagerly sees in plain code with what Django was measured to ask.

    tests/semantics.py --eagerly BUILD/eagerly [--django VENV/bin/python …] [-v]
    tests/semantics.py --show PATTERN           prints the code of the cases
    tests/semantics.py --distil FILE.json       writes semantics_facts/measured.tsv anew

A case is an accessor or an operation × a load mode × a relation: a function with one loop over
rows, and the number of queries that one more row costs. The code is written by
semantics_facts/tables.py or stands in semantics_facts/written.txt; the numbers are in
semantics_facts/measured.tsv and facts/queryset.tsv. All functions make one project;
`eagerly --dump=events` lists the queries that it sees in a loop, and those of a function have to
be as many as were measured. --django runs the functions under that Python's Django: the code has
to cost what was measured, or the case means something else.

semantics_facts/exceptions.tsv names the cases that do not agree, with the reason (`prefix*` for
several); one that agrees after all is a failure. So is any in the groups about single and many
relations, ordering, chains, the way back, deferred columns and to_attr. The last line counts the
checks; the exit status is 1 if one failed.
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from queryset_table import VERSIONS, cell_of, facts_read
from run import Tally
from semantics_facts import tables

HERE = Path(__file__).resolve().parent
FACTS = HERE / "semantics_facts"
ELSEWHERE = ("b", "ord", "async", "mut", "qs")  # groups whose numbers are in facts/queryset.tsv
WHOLE = ("a", "b", "ord", "c", "back", "defer", "toattr")  # groups without exceptions
COMPARED = (42, 52, 61)      # versions: all in which something differs from the one before
TOTALS = ("qs", "tot")       # groups that count all queries, with 3 rows
HEAD = '''import pickle
from itertools import groupby
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db import models
from django.db.models import (
    Count, Exists, F, Max, OuterRef, Prefetch, Q, Subquery, prefetch_related_objects)
from django.forms.models import model_to_dict
from django.shortcuts import get_list_or_404, get_object_or_404

from shop.models import *
'''
SIZES = {"mentees": 2, "contributors": 4, "contributions": 4, "places": 1}  # the others: 3


class Case:
    def __init__(self, identity, group, code, cells):
        self.identity, self.group, self.cells = identity, group, cells
        self.totals = group in TOTALS
        self.name, self.module, self.lines = "", "", (0, 0)
        word = "async def" if "async for" in code or "await " in code else "def"
        if self.totals:
            code = "for turn in turns:  # rows\n" + tables.indented(code)
        self.parameters = "turns" if self.totals else ""
        self.word, self.code = word, code

    def source(self, counting):
        """The function; `counting`: each row is counted as it passes."""
        code = self.code.strip("\n").split("\n")
        if counting and not self.totals:
            code = list(counted(code))
        body = tables.indented("\n".join(code))
        return "%s %s(%s):\n%s" % (self.word, self.name, self.parameters, body)


def counted(lines):
    """Puts `rows.COUNT += 1` into the loop that is marked."""
    inside = False
    for number, line in enumerate(lines):
        yield line
        inside = inside or "# rows" in line
        if inside and line.split("#")[0].rstrip().endswith(":"):
            yield re.match(" *", lines[number + 1]).group() + "rows.COUNT += 1"
            inside = False


def written_out():
    """identity -> code, of written.txt."""
    codes, identity = {}, None
    for line in (FACTS / "written.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            identity = line[3:]
            codes[identity] = ""
        elif identity:
            codes[identity] += line + "\n" if line else ""
    pattern = re.compile(r"\b(%s)\b" % "|".join(tables.SHORT))
    for identity in codes:
        while pattern.search(codes[identity]):
            codes[identity] = pattern.sub(lambda m: tables.SHORT[m.group()], codes[identity])
    return codes


def measured():
    """(identity, parts, version -> cell) of every case."""
    for (group, op, relation, mode), cells in facts_read():
        parts = (group, op, relation, mode)
        cells = {version: "!" + cell if cell.isalpha() else cell
                 for version, cell in cells.items()}
        if group in ELSEWHERE:
            yield "|".join(part for part in parts if part), parts, cells
    for line in (FACTS / "measured.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        identity, *cells = line.split("\t")
        group, op, *mode = identity.split("|")
        cells = cells * len(VERSIONS) if len(cells) == 1 else cells
        yield (identity, (group, op, "", mode[0] if mode else ""),
               dict(zip(VERSIONS.values(), cells)))


def total(cell):
    """What 3 rows cost."""
    match = re.fullmatch(r"(\d+)N\+(\d+)", cell)
    return str(int(match.group(1)) * 3 + int(match.group(2))) if match else cell


def cases_read():
    cases, codes = [], written_out()
    for identity, parts, cells in measured():
        code = codes.pop(identity, None) or tables.written(*parts)
        if not code:
            sys.exit("no code for the case " + identity)
        if parts[0] in TOTALS:
            cells = {version: total(cell) for version, cell in cells.items()}
        cases.append(Case(identity, parts[0], code, cells))
    if codes:
        sys.exit("code without numbers: " + ", ".join(codes))
    for number, case in enumerate(cases):
        case.name, case.module = "case_%04d" % number, "cases_" + case.group
    return cases


def write_project(folder, cases, counting=False):
    """The package `shop` with the models, and a module for each group of cases."""
    package = folder / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    shutil.copy(FACTS / "models.py", package / "models.py")
    texts = {}
    for case in cases:
        extra = "from shop import rows\n" if counting else ""
        if any("GenericPrefetch" in case.code for case in cases):
            extra += "from django.contrib.contenttypes.prefetch import GenericPrefetch\n"
        text = texts.setdefault(case.module, HEAD + extra)
        text += "\n\n"
        first = text.count("\n") + 1
        text += case.source(counting)
        case.lines = (first, text.count("\n"))
        texts[case.module] = text
    for name, text in texts.items():
        (package / (name + ".py")).write_text(text, encoding="utf-8")
    if counting:
        (package / "rows.py").write_text("COUNT = 0\n")
    return folder


# ---- what eagerly sees

class Event:
    PATTERN = re.compile(r"shop/(\w+)\.py:(\d+):\d+ (\w+) ")

    def __init__(self, line):
        module, number, self.kind = self.PATTERN.match(line).groups()
        self.module, self.line, self.text = module, int(number), line
        self.fields = dict(re.findall(r"(\w+)=(\S*)", line))
        self.loops = [int(loop.split(":")[1]) for loop in self.fields["loops"].split(",") if loop]


def events_of(eagerly, folder, version):
    """(module, line) -> events"""
    (folder / "requirements.txt").write_text("Django==%d.%d\n" % divmod(version, 10))
    done = subprocess.run([eagerly, "check", "--dump=events", "--exit-zero", "."], cwd=folder,
                          capture_output=True, text=True, timeout=120)
    if done.returncode or not done.stdout:
        sys.exit("eagerly failed: exit status %d\n%s" % (done.returncode, done.stderr[-2000:]))
    found = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        if Event.PATTERN.match(line):
            event = Event(line)
            found[event.module, event.line].append(event)
    return found


def size_of(line):
    """How many rows the loop on this line has."""
    told = re.search(r"# times (\d+)", line)
    if told:
        return int(told.group(1))
    for name in re.findall(r"\.(\w+)", line):
        if name in SIZES:
            return SIZES[name]
    return 3


def weight_of(event, lines, marked):
    """How often one row meets the event; 0: it is none of the marked loop's."""
    loops = list(event.loops)
    if event.kind == "COLUMN" and loops == [event.line]:  # a key, while rows are matched
        path = event.text.split()[2]
        return size_of(path + " " + lines[event.line - 1][-12:]) if path.count(".") > 1 else 1
    if marked:
        if marked not in loops:
            return 0
        loops = loops[:loops.index(marked)]
    else:
        loops = loops[:-1]
    weight = int(event.fields.get("queries", 1))
    for loop in loops:
        weight *= size_of(lines[loop - 1])
    return weight


def first_line(number, lines):
    """Where the loop begins whose header ends on the line."""
    while not re.match(r"\s*(async )?for ", lines[number - 1]):
        number -= 1
    return number


def predicted(case, found, lines):
    """(queries per row, whether eagerly leaves it open)"""
    numbers = range(case.lines[0], case.lines[1] + 1)
    marks = [first_line(number, lines) for number in numbers if "# rows" in lines[number - 1]]
    seen, doubtful = 0, False
    for number in numbers:
        if "ignored" in lines[number - 1]:
            continue
        for event in found[case.module, number]:
            if event.kind == "BUILD" or event.fields["silence"] in ("served", "once"):
                continue
            weight = weight_of(event, lines, marks[0] if marks else 0)
            unsure = event.fields["silence"] in ("open", "origin") \
                or event.fields["cover"] == "maybe"
            doubtful |= bool(weight and unsure)
            seen += 0 if unsure else weight
    return seen, doubtful


def complaint_of(case, version, seen, doubtful):
    cell = case.cells[version]
    if cell.startswith("!"):
        return "raises, eagerly counts %d" % seen if seen else None
    if doubtful:
        return "measured %s, eagerly leaves it open" % cell
    wanted = int(cell)
    if case.group in ("mut", "loop", "inh") and WRITING.search(case.code):
        wanted, seen = bool(wanted), bool(seen)  # how many statements a write has is not told
    return None if wanted == seen else "measured %s, eagerly counts %d" % (cell, seen)


WRITING = re.compile(r"\.(a?(create|add|set|remove|clear|update|delete|save|full_clean|bulk_create"
                     r"|get_or_create|update_or_create))\(")


def disagreement(case, found, lines):
    """The first complaint under a version of Django that has what the case is about."""
    for version in COMPARED:
        if case.cells[version] != "-":
            complaint = complaint_of(case, version, *predicted(case, found[version], lines))
            if complaint:
                return "Django %.1f: %s" % (version / 10, complaint)
    return None


def exceptions_read():
    lines = (FACTS / "exceptions.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def exception_for(exceptions, identity):
    for pattern in exceptions:
        if pattern == identity or pattern.endswith("*") and identity.startswith(pattern[:-1]):
            return pattern
    return None


def check_eagerly(tally, eagerly, folder, cases):
    exceptions, used = exceptions_read(), collections.Counter()
    write_project(folder, cases)
    found = {version: events_of(eagerly, folder, version) for version in COMPARED}
    texts = {case.module: (folder / "shop" / (case.module + ".py")).read_text().splitlines()
             for case in cases}
    for case in cases:
        complaint = disagreement(case, found, texts[case.module])
        pattern = exception_for(exceptions, case.identity)
        if pattern and complaint and case.group not in WHOLE:
            used[pattern] += 1
        elif pattern and pattern == case.identity:
            tally.check(False, case.identity, "it agrees: remove it from exceptions.tsv")
        else:
            tally.check(not complaint, case.identity, complaint)
    for pattern, reason in exceptions.items():
        print("excepted  %s (%d): %s" % (pattern, used[pattern], reason))
        tally.check(used[pattern] > 0, "the exception %s is of use" % pattern)
    left = sum(used.values())
    print("%d of %d cases compared" % (len(cases) - left, len(cases)))
    tally.check(left * 10 <= len(cases), "9 of 10 cases are compared")


# ---- what Django does

def version_of(interpreter):
    text = subprocess.run([interpreter, "-c", "import django; print(django.VERSION[:2])"],
                          capture_output=True, text=True, check=True).stdout
    major, minor = re.findall(r"\d+", text)
    return int(major) * 10 + int(minor)


def check_django(tally, interpreter, folder, cases):
    version = version_of(interpreter)
    known = [case for case in cases if case.cells.get(version, "-") != "-"]
    write_project(folder, known, counting=True)
    done = subprocess.run(
        [interpreter, "-B", "-W", "ignore", str(FACTS / "measure.py"), str(folder)],
        input=json.dumps([(case.name, case.module, case.totals) for case in known]),
        capture_output=True, text=True, timeout=600)
    if done.returncode:
        tally.check(False, "%s runs the cases" % interpreter, done.stderr[-2000:])
        return
    results = json.loads(done.stdout)
    for case in known:
        cell, cost = case.cells[version], str(results[case.name])
        tally.check(cell == cost, "%s under Django %.1f" % (case.identity, version / 10),
                    "its code costs %s, measured was %s" % (cost, cell))


# ---- the facts

def distil(path):
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    with open(FACTS / "measured.tsv", "w", encoding="utf-8") as out:
        out.write("# Measured under Django %s by running each case against SQLite.\n"
                  % ", ".join(VERSIONS))
        out.write("# Case, then queries for each further row: one cell if all versions agree. "
                  "\"!\": raises; \"-\": not there.\n# Group tot: all queries with 3 rows.\n")
        for case in cases:
            if case["group"] not in ELSEWHERE:
                out.write("\t".join([case["id"], *cells_of(case)]) + "\n")


def cells_of(case):
    by = case.get("by_version") or {
        version: None if version in case.get("absent_in", ()) else case["all"]
        for version in VERSIONS}
    cells = [cell(case["group"], by.get(version)) for version in VERSIONS]
    return cells[:1] if len(set(cells)) == 1 else cells


def cell(group, result):
    if result and "exc" in result:
        return "!" + result["exc"]
    return total(cell_of("qs" if group == "tot" else group, result))


def main():
    parser = argparse.ArgumentParser(description="Compare eagerly with the measured cases.")
    parser.add_argument("--eagerly", metavar="PATH", help="the analyzer to test")
    parser.add_argument("--django", metavar="PYTHON", action="append", default=[],
                        help="run the cases with this interpreter (may be repeated)")
    parser.add_argument("--show", metavar="PATTERN", help="print the code of these cases")
    parser.add_argument("--distil", metavar="FILE", help="write the facts anew")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if options.distil:
        return distil(options.distil)
    tally, cases = Tally(options.verbose), cases_read()
    if options.show:
        for case in cases:
            if re.search(options.show, case.identity):
                print("# %s: %s\n%s" % (case.identity, case.cells, case.source(False)))
        return 0
    if not options.eagerly and not options.django:
        parser.error("give --eagerly PATH, --django PYTHON or both")
    with tempfile.TemporaryDirectory() as folder:
        for interpreter in options.django:
            check_django(tally, os.path.abspath(interpreter),
                         Path(tempfile.mkdtemp(dir=folder)), cases)
        if options.eagerly:
            check_eagerly(tally, os.path.abspath(options.eagerly), Path(folder) / "cases", cases)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
