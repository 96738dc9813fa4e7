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
import copy
import re
import sys
import tempfile
from pathlib import Path

import measured
from drf_fields import FACTS as SHOP

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
    found, complaint = measured.findings_read(eagerly, folder, "possible")
    if found is None:
        return None, complaint
    case.fixes = {f["fix"] for f in found if f["code"].startswith("EAG1")
                  and f["confidence"] != "possible"}
    return measured.families(finding for finding in found if finding["confidence"] != "possible"
                             or is_possible(case, finding)), ""


def compare(case, found, complaint):
    """None, or what is wrong."""
    if found is None:
        return complaint
    if bool(found) == any(case.cost):
        return None
    return "measured %s; found %s" % (case.cost, ", ".join(found) or "nothing")


def check_measured(tally, interpreter, folder, cases):
    asked = {case.name: [case.page, case.source] for case in cases}
    found, complaint = measured.measure(interpreter, FACTS, write_project(folder), asked)
    if found is None:
        tally.check(complaint, "%s measures" % interpreter)
        return
    for case in cases:
        refused = case.newer and "admin.E108" in str(found[case.name])
        same = found[case.name] == case.cost or refused
        tally.check(None if same else "%s, measured %s" % (case.cost, found[case.name]),
                    "%s costs the same under %s" % (case.name, interpreter))


def check_found(tally, eagerly, folder, cases, excluded):
    """The cases with what their findings advise, which have none."""
    def complaint_of(index, case):
        return compare(case, *findings_of(eagerly, folder / str(index), case))

    measured.check_found(tally, cases, complaint_of, excluded)
    advised = [made for made in (case.advised(case.fixes) for case in cases) if made]
    for index, case in enumerate(advised):
        tally.check(complaint_of("advised%d" % index, case), case.name)
    return advised


def main():
    options = measured.options_read()
    tally = measured.Tally(options.verbose)
    cases = [Case(*row) for row in measured.table(FACTS / "cases.tsv")]
    excluded = measured.excluded_read(FACTS)
    with tempfile.TemporaryDirectory() as folder:
        advised = []
        if options.eagerly:
            advised = check_found(tally, options.eagerly, Path(folder) / "cases", cases, excluded)
        for index, interpreter in enumerate(options.django):
            check_measured(tally, interpreter, Path(folder) / ("measured%d" % index),
                           cases + advised)
    return measured.summary(tally, excluded)


if __name__ == "__main__":
    sys.exit(main())
