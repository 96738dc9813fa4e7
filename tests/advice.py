#!/usr/bin/env python3
"""Follows what eagerly advises for missing loads, and looks whether it helps.

    tests/advice.py --eagerly build/eagerly [--django VENV/bin/python …] [-v]

Each module in advice_facts/cases has a function `rows` whose queries grow. Eagerly has to find so;
its advice is followed to the letter, one finding after the other, until nothing is found. With
--django the queries of the original have to grow, and those of the result not. The modules in
advice_facts/told are not edited: each begins with a code, a relation and how the advice begins. The
last line counts the checks; the exit status is 1 if one failed, 2 for misuse.
"""
import re
import sys
import tempfile
from pathlib import Path

import measured

FACTS = Path(__file__).resolve().parent / "advice_facts"
STEPS = 6
NEWER = "from django.contrib.contenttypes.prefetch import GenericPrefetch\n"
PLACE = r"shop/case\.py:(\d+)"
VERSION = r"(?: \(from Django 5\.0 on\)|, and let the template walk \w+\.all)?"
FORMS = [
    (r"add (\..*) to the queryset at " + PLACE, lambda line, new: line + new),
    (r"add (\..*) to the object read at " + PLACE,
     lambda line, new: line.replace(".get(", new + ".get(")),
    (r'add (\..*) to the queryset of the Prefetch\("\w+"\) at ' + PLACE, None),
    (r"read these rows at " + PLACE + r" as \.(\w+)(\..*)",
     lambda line, name, new: line.replace(name + ".all()", name + new)),
    (r'write (.*) in place of (".*?") at ' + PLACE, lambda line, new, old: line.replace(old, new)),
]
KEY = re.compile(r"read (\.\w+) in place of (\.\w+\.\w+): the row has it")


def replaced(lines, number, made):
    assert made != lines[number - 1], "the advice fits nothing: " + made
    lines[number - 1] = made


def followed(source, finding):
    """The source when the advice is followed; None: it is none that is known here."""
    lines = source.splitlines()
    fix = re.sub(VERSION + "(; its other findings ask for .*)?$", "", finding["fix"])
    key = KEY.fullmatch(fix)
    if key:
        number = finding["line"]
        replaced(lines, number, lines[number - 1].replace(key.group(2), key.group(1)))
        return "\n".join(lines) + "\n"
    for pattern, change in FORMS:
        match = re.fullmatch(pattern, fix)
        if not match:
            continue
        number = next(int(part) for part in match.groups() if part.isdigit())
        texts = [part for part in match.groups() if not part.isdigit()]
        if not change:  # the Prefetch() stands in the line above
            number -= 1
            replaced(lines, number, lines[number - 1][:-1] + texts[0] + ")")
        else:
            replaced(lines, number, change(lines[number - 1], *texts))
        made = "\n".join(lines) + "\n"
        return made if "GenericPrefetch(" not in made or NEWER in made else NEWER + made
    return None


def write_project(folder, source=None):
    package = folder / "shop"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    (folder / "requirements.txt").write_text("Django>=4.2,<6.0\n")
    (package / "models.py").write_text((FACTS / "models.py").read_text(encoding="utf-8"),
                                       encoding="utf-8")
    if source:
        (package / "case.py").write_text(source, encoding="utf-8")
    return folder


def follow(tally, eagerly, folder, name, source):
    """The source when nothing is left to advise, or None."""
    for step in range(STEPS):
        write_project(folder, source)
        found, complaint = measured.findings_read(eagerly, folder, "possible")
        growing = [f for f in found or [] if f["code"].startswith(measured.FAMILIES)]
        if found is None or (not growing and not step):
            tally.check(complaint or "nothing is found", name)
            return None
        if not growing:
            tally.check(None, name)
            return source
        made = followed(source, growing[0])
        if not made:
            tally.check("not understood: " + growing[0]["fix"], name)
            return None
        source = made
    tally.check("the advice does not help: " + growing[0]["fix"], name)
    return None


def check_told(tally, eagerly, folder, name, source):
    code, relation, wanted = re.match(r"# (\w+) ([\w.]+): (.*)", source).groups()
    found, complaint = measured.findings_read(eagerly, write_project(folder, source), "possible")
    fixes = [f["fix"] for f in found or [] if (f["code"], f["relation"]) == (code, relation)]
    if not complaint and not any(fix.startswith(wanted) for fix in fixes):
        complaint = "the advice is " + ("; ".join(fixes) or "none")
    tally.check(complaint or None, name)


def sources_of(kind):
    return {path.stem: path.read_text(encoding="utf-8")
            for path in sorted((FACTS / kind).glob("*.py"))}


def check_measured(tally, interpreter, folder, sources, advised):
    asked = {name + " | " + which: source for which, of in (("before", sources), ("after", advised))
             for name, source in of.items()}
    costs, complaint = measured.measure(interpreter, FACTS, write_project(folder), asked)
    if costs is None:
        tally.check(complaint, "%s measures" % interpreter)
        return
    for name, cost in costs.items():
        newer = "No module named 'django.contrib.contenttypes.prefetch'" in str(cost)
        grows = any(more in range(1, 99) for more in cost)
        right = cost == [0, 0] if name.endswith("after") else grows
        tally.check(None if right or newer else "measured %s" % cost,
                    "%s under %s" % (name, interpreter))


def main():
    options = measured.options_read()
    tally = measured.Tally(options.verbose)
    sources, told = sources_of("cases"), sources_of("told")
    with tempfile.TemporaryDirectory() as folder:
        advised = {}
        for name, source in sources.items() if options.eagerly else ():
            made = follow(tally, options.eagerly, Path(folder) / name, name, source)
            advised.update({name: made} if made else {})
        for name, source in told.items() if options.eagerly else ():
            check_told(tally, options.eagerly, Path(folder) / name, name, source)
        for index, interpreter in enumerate(options.django):
            check_measured(tally, interpreter, Path(folder) / ("measured%d" % index),
                           {**sources, **told}, advised)
    return measured.summary(tally, {})


if __name__ == "__main__":
    sys.exit(main())
