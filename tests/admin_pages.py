#!/usr/bin/env python3
"""Compares what eagerly finds in pages of the admin and in forms with what they cost in queries.

    tests/admin_pages.py --eagerly build/eagerly [--django VENV/bin/python …] [-v]

admin_facts/cases.tsv has, per case, how many queries more were measured for six more rows and for
three more children a row; --django measures them again. Each case becomes a tiny project, and
eagerly has to make a finding of the N+1 families if the queries grow, and none if they do not.
admin_facts/excluded.tsv names what is not compared, and why; a line there whose case agrees after
all is a failure. Where the advice is to write a line into the class, it is followed: nothing is
found then, and with --django nothing grows. The last line counts the checks; the exit status is 1
if one failed, 2 for misuse.
"""
import argparse
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from drf_fields import COMMAND, FACTS as SHOP, FAMILIES, Tally

FACTS = Path(__file__).resolve().parent / "admin_facts"
HEAD = '''from django import forms
from django.contrib import admin

from shop.models import Author, Book, Editor, Loud, Note, Review, Via


'''


CLASS = "class CaseAdmin(admin.ModelAdmin):\n"
ADVICE = re.compile(r"in CaseAdmin \(shop/admin\.py:\d+\), write (list_select_related = \[.*?\])"
                    "(; what may be NULL is left out of what Django joins by itself)?")


class Case:
    def __init__(self, name, page, rows, children, source):
        self.name, self.page, self.cost = name, page, [int(rows), int(children)]
        self.source = HEAD + source.replace("\\n", "\n")
        self.newer = "(5.1+)" in name

    def advised(self, found):
        """The case with what the findings say to write, or None: that is not all they say, or the
        rows have forms of their own."""
        lines = {match.group(1) for match in map(ADVICE.fullmatch, found) if match}
        forms = "list_editable" in self.source
        if len(lines) != 1 or forms or not all(map(ADVICE.fullmatch, found)):
            return None
        made = copy.copy(self)
        made.name, made.cost = self.name + " | as advised", [0, 0]
        kept = re.sub("    list_select_related = .*\n", "", self.source)
        made.source = kept.replace(CLASS, CLASS + "    %s\n" % lines.pop())
        return made


def table(name):
    lines = (FACTS / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def write_project(folder, case=None):
    package = folder / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (folder / "requirements.txt").write_text("Django>=4.2,<6.0\n")
    models = [(facts / "models.py").read_text(encoding="utf-8") for facts in (SHOP, FACTS)]
    (package / "models.py").write_text("\n\n".join(models), encoding="utf-8")
    if case:
        (package / "admin.py").write_text(case.source, encoding="utf-8")
    return folder


def is_possible(case, finding):
    """Whether a page is known to ask so, but not how often: somebody searches, deletes, or has more
    than a few forms on one page."""
    pages = ("search", "delete", "selected")
    return case.page in pages or finding["code"] in ("EAG203", "EAG401")


def findings_of(eagerly, folder, case):
    """(codes with their relations, complaint)"""
    write_project(folder, case)
    try:
        done = subprocess.run([eagerly] + COMMAND + ["--min-confidence", "possible"], cwd=folder,
                              capture_output=True, timeout=60)
        report = json.loads(done.stdout.decode("utf-8"))
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return None, str(error)
    case.fixes = {f["fix"] for f in report["findings"] if f["code"].startswith("EAG1")
                  and f["confidence"] != "possible"}
    found = [finding for finding in report["findings"] if finding["code"].startswith(FAMILIES)
             and (finding["confidence"] != "possible" or is_possible(case, finding))]
    return sorted({"%s %s" % (f["code"], f.get("relation") or "") for f in found}), ""


def compare(case, found, complaint):
    """None, or what is wrong."""
    if found is None:
        return complaint
    if bool(found) == any(case.cost):
        return None
    return "measured %s; found %s" % (case.cost, ", ".join(found) or "nothing")


def check_measured(tally, interpreter, folder, cases):
    script = [interpreter, "-W", "ignore", str(FACTS / "measure.py"), str(write_project(folder))]
    asked = json.dumps({case.name: [case.page, case.source] for case in cases})
    done = subprocess.run(script, input=asked.encode("utf-8"), capture_output=True, timeout=600)
    if done.returncode != 0:
        tally.check(done.stderr.decode("utf-8", "replace")[-1500:], "%s measures" % interpreter)
        return
    found = json.loads(done.stdout.decode("utf-8"))
    for case in cases:
        refused = case.newer and "admin.E108" in str(found[case.name])
        same = found[case.name] == case.cost or refused
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
    advised = [made for made in (case.advised(case.fixes) for case in cases) if made]
    for index, case in enumerate(advised):
        complaint = compare(case, *findings_of(eagerly, folder / ("advised%d" % index), case))
        tally.check(complaint, case.name)
    return advised


def main():
    parser = argparse.ArgumentParser(description="Compare findings with measured costs.")
    parser.add_argument("--eagerly", metavar="PATH", help="the analyzer to test")
    parser.add_argument("--django", metavar="PYTHON", action="append", default=[],
                        help="measure again with this interpreter (may be repeated)")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if not options.eagerly and not options.django:
        parser.error("give --eagerly PATH, --django PYTHON or both")
    tally, cases = Tally(options.verbose), [Case(*row) for row in table("cases.tsv")]
    excluded = dict(table("excluded.tsv"))
    for name, reason in excluded.items():
        print("excluded  %s: %s" % (name, reason))
    with tempfile.TemporaryDirectory() as folder:
        advised = []
        if options.eagerly:
            advised = check_found(tally, os.path.abspath(options.eagerly), Path(folder) / "cases",
                                  cases, excluded)
        for index, interpreter in enumerate(options.django):
            check_measured(tally, os.path.abspath(interpreter),
                           Path(folder) / ("measured%d" % index), cases + advised)
    print("%d cases left out, each with its reason above" % len(excluded))
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
