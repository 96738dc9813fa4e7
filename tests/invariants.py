#!/usr/bin/env python3
"""What holds for every run, whatever the code: the same bytes, well-formed output, exit codes.

    tests/invariants.py build/eagerly [-v]

Runs eagerly over the fixtures and small projects of its own. The last line counts the checks; the
exit status is 1 if one failed.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from run import Tally
from rules_doc import MODELS

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
FORMATS = ("text", "json", "github")
DUMPS = ("module", "project", "flow", "events", "queryset-table")
ALL = ["--select", "ALL", "--min-confidence", "possible"]
CONFIDENCES = ("possible", "likely", "certain")

SPOT = {"path": str, "line": int, "column": int}
FINDING = {**SPOT, "code": str, "rule": str, "severity": str, "confidence": str, "message": str,
           "end_line": int, "end_column": int, "surface": str, "model": str, "relation": str,
           "operation": str, "method": str, "queryset": SPOT, "loop": SPOT,
           "chain": [{**SPOT, "function": str}], "estimate": str, "fix": str, "fingerprint": str}
REPORT = {"version": str, "findings": [FINDING]}
NULLABLE = {"queryset", "loop"}
COMMAND = re.compile(r"::(error|warning|notice) file=(?P<file>[^,:\r\n]+),line=(?P<line>\d+),"
                     r"endLine=\d+(,col=\d+,endColumn=\d+)?,title=eagerly \(EAG\d+\)::"
                     r"(?P<message>[^\r\n]+)")
LOGGED = re.compile(r"EAG\d+ (?P<file>[^:\r\n]+):(?P<line>\d+):\d+: [^\r\n]+")
TOP = Path(__file__).resolve().parent.parent  # of the repository: paths for services start there
MORE = re.compile(r"::notice title=eagerly::\d+ more in the log of this step")
ESCAPED = re.compile(r"%(?!25|0D|0A|3A|2C)")
LOOP = '''\
from shop.models import Book


def titles():
    for book in Book.objects.all():
        print(book.author.name)
        print(Book.objects.get(pk=book.pk).title)
'''


class Eagerly:
    def __init__(self, program):
        self.program = program

    def run(self, *arguments, folder=None, stdout=subprocess.PIPE):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("NO_COLOR", "FORCE_COLOR")}
        return subprocess.run([self.program, *arguments], cwd=folder, env=environment,
                              stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                              timeout=120)

    def findings(self, *arguments, folder=None):
        done = self.run("check", "--output-format=json", *arguments, folder=folder)
        return json.loads(done.stdout)["findings"]


class Checks(list):
    """What a Tally is told, kept until its turn comes."""

    def check(self, good, name, detail=""):
        self.append((good, name, detail))


def on_all_cores(tally, check, cases):
    """check(tally, *case) for each of the cases, several at once; told in their order."""
    def run(case):
        checks = Checks()
        check(checks, *case)
        return checks

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for checks in pool.map(run, cases):
            for one in checks:
                tally.check(*one)


# ---- the same bytes

def check_repeated(tally, eagerly, title, arguments, folder):
    """One thread, and several: stdout, stderr and status are the same. All of it for all
    fixtures together."""
    first = eagerly.run("check", "--jobs=1", *arguments, folder=folder)
    for jobs in ("1", "2", "8") if folder == FIXTURES else ("8",):
        again = eagerly.run("check", "--jobs", jobs, *arguments, folder=folder)
        same = ((first.stdout, first.stderr, first.returncode)
                == (again.stdout, again.stderr, again.returncode))
        tally.check(same and first.returncode in (0, 1), "%s --jobs %s" % (title, jobs),
                    "differs from --jobs 1" if not same else "exit status %d" % first.returncode)


def check_same_bytes(tally, eagerly):
    folders, cases = sorted(path for path in FIXTURES.iterdir() if path.is_dir()), []
    for number, folder in enumerate([FIXTURES] + folders):
        for name in FORMATS:
            cases.append((eagerly, "%s --output-format %s" % (folder.name, name),
                          [*ALL, "--output-format", name, "."], folder))
        for name in DUMPS if number % 4 == 0 else ():  # of every fourth, and of all together
            cases.append((eagerly, "%s --dump=%s" % (folder.name, name),
                          ["--dump=" + name, "."], folder))
    on_all_cores(tally, check_repeated, cases)
    order = [str(path.name) for path in folders]
    forward = eagerly.run("check", *ALL, *order, folder=FIXTURES)
    backward = eagerly.run("check", *ALL, *reversed(order), folder=FIXTURES)
    tally.check(forward.stdout == backward.stdout, "paths in another order: the same report")


# ---- well-formed output

def complaint_about(value, shape, at="report"):
    """What is wrong with a piece of the JSON report, or an empty string."""
    if isinstance(shape, dict):
        if value is None and at.rpartition(".")[2] in NULLABLE:
            return ""
        if not isinstance(value, dict) or set(value) != set(shape):
            return "%s: %r instead of the keys %s" % (at, value, " ".join(shape))
        found = [complaint_about(value[key], shape[key], at + "." + key) for key in shape]
    elif isinstance(shape, list):
        if not isinstance(value, list):
            return "%s: %r is no list" % (at, value)
        found = [complaint_about(item, shape[0], "%s[%d]" % (at, i))
                 for i, item in enumerate(value)]
    else:
        found = ["" if type(value) is shape else "%s: %r is no %s" % (at, value, shape.__name__)]
    return next(filter(None, found), "")


def complaint_about_finding(finding, folder):
    """Values that fit each other and the source."""
    start, end = (finding["line"], finding["column"]), (finding["end_line"], finding["end_column"])
    if not (1, 1) <= start < end:
        return "the span %s-%s is empty or ends before it begins" % (start, end)
    lines = Path(folder, finding["path"]).read_bytes().split(b"\n")
    if end[0] > len(lines) or finding["column"] > len(lines[finding["line"] - 1]):
        return "%s:%s is not in the file" % (finding["path"], start)
    if finding["confidence"] not in CONFIDENCES:
        return "confidence %s" % finding["confidence"]
    if finding["severity"] not in ("error", "warning", "info"):
        return "severity %s" % finding["severity"]
    if not finding["message"] or not finding["fingerprint"]:
        return "no message or no fingerprint"
    return "" if re.fullmatch(r"EAG\d{3}", finding["code"]) else "code %s" % finding["code"]


def check_json(tally, eagerly, folder):
    title = folder.name + " json"
    report = json.loads(eagerly.run("check", *ALL, "--output-format=json", ".",
                                    folder=folder).stdout)
    complaint = complaint_about(report, REPORT)
    tally.check(not complaint, title + ": the documented keys", complaint)
    if complaint:
        return
    findings = report["findings"]
    complaints = filter(None, (complaint_about_finding(each, folder) for each in findings))
    complaint = next(complaints, "")
    tally.check(not complaint, title + ": values", complaint)
    places = [(each["path"], each["line"], each["column"]) for each in findings]
    tally.check(places == sorted(places), title + ": in the order of the source", str(places))
    prints = [each["fingerprint"] for each in findings]
    tally.check(len(set(prints)) == len(prints), title + ": fingerprints differ")


def accesses(eagerly, folder):
    """Where people are told of something: a place once, whichever querysets reach it."""
    keys = {(each["code"], each["path"], each["line"], each["column"], each["end_line"],
             each["end_column"], each["relation"].rpartition(".")[2])
            for each in eagerly.findings(*ALL, ".", folder=folder)}
    return [(key[1], key[2]) for key in keys]


def check_github(tally, eagerly, folder):
    title = folder.name + " github"
    lines = eagerly.run("check", *ALL, "--output-format=github", ".",
                        folder=folder).stdout.decode().split("\n")
    tally.check(lines[-1] == "", title + ": the last line ends")
    top, places, commands = "", [], {}
    if (TOP / ".git").exists():
        top = folder.relative_to(TOP).as_posix() + "/"
    for line in lines[:-1]:
        command = COMMAND.fullmatch(line)
        match = command or LOGGED.fullmatch(line)
        good = match or MORE.fullmatch(line)
        tally.check(good and not ESCAPED.search(line), title + ": well-formed", line)
        if command:
            commands[command[1]] = commands.get(command[1], 0) + 1
        if match:
            places.append((match["file"], int(match["line"])))
    wanted = sorted((top + path, line) for path, line in accesses(eagerly, folder))
    tally.check(sorted(places) == wanted, title + ": the findings of the JSON report",
                "%s, JSON: %s" % (sorted(places), wanted))
    tally.check(all(count <= 10 for count in commands.values()), title + ": what GitHub shows",
                str(commands))


def check_text(tally, eagerly, folder):
    title = folder.name + " text"
    plain = eagerly.run("check", *ALL, ".", folder=folder).stdout.decode()
    colored = eagerly.run("check", *ALL, "--color=always", ".", folder=folder).stdout.decode()
    stripped = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x07\x1b]*(\x07|\x1b\\)", "", colored)
    tally.check(stripped == plain, title + ": colours add nothing else")
    places = re.findall(r"^(\S+):(\d+):\d+: EAG\d{3} ", plain, re.M)
    wanted = sorted((path, str(line)) for path, line in accesses(eagerly, folder))
    tally.check(sorted(places) == wanted, title + ": the findings of the JSON report",
                "%s, JSON: %s" % (sorted(places), wanted))


def check_formats(tally, eagerly):
    cases = [(eagerly, path) for path in sorted(FIXTURES.iterdir()) if path.is_dir()]
    for check in (check_json, check_github, check_text):
        on_all_cores(tally, check, cases)


# ---- exit status

def make_project(folder, **modules):
    shop = Path(folder, "shop")
    shop.mkdir(parents=True)
    (shop / "__init__.py").touch()
    (shop / "models.py").write_text(MODELS, encoding="utf-8")
    for name, text in modules.items():
        data = text.encode() if isinstance(text, str) else text
        (shop / (name + ".py")).write_bytes(data)
    return Path(folder)


def check_status(tally, eagerly, wanted, arguments, folder, says=""):
    done = eagerly.run(*arguments, folder=folder)
    title = "exit status %d: eagerly %s" % (wanted, " ".join(arguments) or "(nothing)")
    errors = done.stderr.decode("utf-8", "replace")
    good = done.returncode == wanted and says in errors
    if wanted == 2:  # one line that says what to do, and nothing where findings are expected
        good = good and errors.startswith("eagerly: ") or "check" not in arguments and good
        good = good and (not done.stdout or not arguments)
    tally.check(good, title, "%d, stderr: %s" % (done.returncode, errors[-500:]))
    return done


def check_exit_codes(tally, eagerly, folder):
    bad = make_project(folder / "bad", loop=LOOP)
    clean = make_project(folder / "clean", loop="from shop.models import Book\n")
    empty = folder / "empty"
    empty.mkdir()
    (empty / "notes.txt").write_text("for book in books: pass\n")
    for wanted, arguments, where, says in (
            (1, ["check", "."], bad, ""), (1, ["check"], bad, ""), (1, ["."], bad, ""),
            (0, ["check", "."], clean, ""), (0, ["check", "--exit-zero", "."], bad, ""),
            (1, ["check", "shop/loop.py", "shop/models.py"], bad, ""),
            (1, ["check", "."], folder, ""),
            (0, ["check", "--select=EAG301", "."], bad, ""),
            (0, ["check", "--min-confidence", "certain", "--ignore", "EAG", "."], bad, ""),
            (2, ["check", "."], empty, ""), (2, ["check", ".", "-j0x"], bad, "--jobs"),
            (2, ["check", "nowhere"], bad, "nowhere"), (2, ["check", ".", "nowhere"], bad, ""),
            (2, ["check", "--jobz=3", "."], bad, "--jobs"),
            (2, ["check", "--jobs=many", "."], bad, "--jobs"),
            (2, ["check", "--jobs"], bad, "--jobs"),
            (2, ["check", "--jobs", "-1", "."], bad, "--jobs"),
            (2, ["check", "--max-bytes=99999999999", "."], bad, "--max-bytes"),
            (2, ["check", "--exit-zero=yes", "."], bad, "--exit-zero"),
            (2, ["check", "--output-format=yaml", "."], bad, "--output-format"),
            (2, ["check", "--min-confidence=maybe", "."], bad, "--min-confidence"),
            (2, ["check", "--select=EAG999", "."], bad, "EAG999"),
            (2, ["check", "--ignore=nothing", "."], bad, "nothing"),
            (2, ["check", "--select=", "."], bad, "--select"),
            (2, ["chekc"], bad, "check"), (2, ["explain"], bad, ""),
            (2, ["explain", "EAG999"], bad, "EAG999"), (2, ["rules", "more"], bad, "more"),
            (2, [], bad, ""), (0, ["rules"], bad, ""), (0, ["explain", "EAG101"], bad, ""),
            (0, ["--version"], bad, ""), (0, ["--help"], bad, ""), (0, ["help"], bad, "")):
        check_status(tally, eagerly, wanted, arguments, where, says)


def check_broken_files(tally, eagerly, folder):
    """A file that cannot be parsed costs what cannot be parsed, and nothing else."""
    broken = LOOP + "\n\ndef broken(:\n    x = = 3\n"
    project = make_project(folder / "broken", loop=broken, other=b"def (((\n\x80\xff")
    check_status(tally, eagerly, 1, ["check", "."], project)
    found = eagerly.findings(".", folder=project)
    tally.check({each["line"] for each in found} == {6, 7}, "broken syntax: the rest counts",
                str(found))
    alone = folder / "alone"
    alone.mkdir()
    (alone / "only.py").write_text("def (((\n")
    check_status(tally, eagerly, 2, ["check", "."], alone, "every Python file has syntax errors")
    (alone / "only.py").write_text("import json\n")
    check_status(tally, eagerly, 2, ["check", "."], alone, "no file imports Django")
    (alone / "only.py").write_bytes(b"\0\1\2\3" * 100)
    done = check_status(tally, eagerly, 2, ["check", "."], alone, "no Python file could be read")
    tally.check(not done.stdout, "nothing could be read: no report")
    check_status(tally, eagerly, 2, ["check", "--statistics", "."], alone, "only.py")


def check_full_disk(tally, eagerly, folder):
    if not os.path.exists("/dev/full"):
        return tally.skip("there is no /dev/full")
    for name in FORMATS:
        with open("/dev/full", "w", encoding="ascii") as full:
            done = eagerly.run("check", "--output-format", name, ".", folder=folder / "bad",
                               stdout=full)
        tally.check(done.returncode == 2 and b"eagerly: " in done.stderr,
                    "a failed write is an error: " + name,
                    "exit status %d, %s" % (done.returncode, done.stderr))


# ---- which findings, and their paths

def chosen(findings, codes, least="possible"):
    sure = CONFIDENCES[CONFIDENCES.index(least):]
    return [each for each in findings if each["code"] in codes and each["confidence"] in sure]


def check_selection(tally, eagerly):
    idle = "--ignore=EAG900"  # which comments are idle depends on the selection
    everything = eagerly.findings(*ALL, idle, ".", folder=FIXTURES)
    codes = {each["code"] for each in everything}
    names = {each["code"]: each["rule"] for each in everything}
    tally.check(len(codes) >= 6, "the fixtures have findings of every rule", str(codes))
    for least in CONFIDENCES:
        got = eagerly.findings("--select=ALL", idle, "--min-confidence", least, ".",
                               folder=FIXTURES)
        wanted = chosen(everything, codes, least)
        tally.check(got == wanted and got, "--min-confidence %s: those and no others" % least,
                    "%d, expected: %d" % (len(got), len(wanted)))
    low = ["--min-confidence=possible", idle, "."]
    for code in sorted(codes):
        rest = codes - {code}
        for arguments, keep in ((["--select", code], {code}), (["--select", names[code]], {code}),
                                (["--select=ALL", "--ignore", code], rest),
                                (["--select=ALL", "--ignore=" + names[code]], rest),
                                (["--select", code, "--ignore", code], set())):
            got = eagerly.findings(*arguments, *low, folder=FIXTURES)
            tally.check(got == chosen(everything, keep), " ".join(arguments),
                        "%d findings" % len(got))
    family = {code for code in codes if code.startswith("EAG1")}
    got = eagerly.findings("--select=EAG1", *low, folder=FIXTURES)
    tally.check(got == chosen(everything, family), "--select=EAG1: a beginning of codes")
    got = eagerly.findings("--select=EAG1,EAG201", "--ignore=EAG101", *low, folder=FIXTURES)
    tally.check(got == chosen(everything, family - {"EAG101"} | {"EAG201"}),
                "the longer beginning decides")


LIBRARY = """
from django.db import models
class Country(models.Model):
    name = models.TextField()
class City(models.Model):
    name = models.TextField()
    country = models.ForeignKey(Country, on_delete=models.CASCADE)
class Tag(models.Model):
    name = models.TextField()
class Shop(models.Model):
    city = models.ForeignKey(City, on_delete=models.CASCADE)
    city_two = models.ForeignKey(City, on_delete=models.CASCADE, related_name="+")
    tags = models.ManyToManyField(Tag)
"""
SHOPS = """
from shop.models import Shop
for shop in Shop.objects.all():
    print(shop.city.name, shop.city_two.name)
    print(shop.city.country.name, list(shop.tags.all()))
"""


COUNTED = """
from shop.models import Shop
for shop in Shop.objects.all():
    if shop.tags.exists():
        print(shop.tags.filter(name="a").count(), list(shop.tags.all()))
"""


def check_edits(tally, eagerly, folder):
    """A finding advises what it needs itself, and tells what else its queryset lacks: the same for
    any selection."""
    make_project(folder / "edits", models=LIBRARY, loop=SHOPS)
    city, two = '.select_related("city__country")', '.select_related("city_two")'
    both, tags = '.select_related("city__country", "city_two")', '.prefetch_related("tags")'
    joins = {("city", city, two + tags), ("city_two", two, city + tags),
             ("city.country", city, two + tags)}
    for select, wanted in (("EAG1", joins | {("tags", tags, both)}), ("EAG101", joins),
                           ("EAG102", {("tags", tags, both)})):
        found = eagerly.findings("--select", select, ".", folder=folder / "edits")
        fixes = {(each["relation"], each["fix"]) for each in found}
        expected = {(relation, "add %s to the queryset at shop/loop.py:3; its other findings ask "
                     "for %s" % (own, others)) for relation, own, others in wanted}
        tally.check(fixes == expected, "edits of a queryset: " + select, str(fixes))
    make_project(folder / "counted", models=LIBRARY, loop=COUNTED)
    found = eagerly.findings("--select=EAG301", ".", folder=folder / "counted")
    fixes = [each["fix"] for each in found]
    tally.check(len(fixes) == 2 and all(".prefetch_related(\"tags\")" in fix for fix in fixes[:1])
                and ".annotate(" in fixes[1],
                "what another line wants prefetched is not annotated", str(fixes))


def check_paths(tally, eagerly, folder):
    """Relative to the working directory, or to the folder given when that lies outside it."""
    bad, elsewhere = folder / "bad", folder / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    for arguments, where, wanted in (
            (["."], bad, "shop/loop.py"), (["shop"], bad, "shop/loop.py"),
            (["shop/loop.py", "shop/models.py"], bad, "shop/loop.py"),
            (["./shop/../shop/"], bad, "shop/loop.py"), (["bad"], folder, "bad/shop/loop.py"),
            ([str(bad)], folder, "bad/shop/loop.py"), ([str(bad)], bad, "shop/loop.py"),
            (["."], bad / "shop", "loop.py"), ([str(bad)], elsewhere, "shop/loop.py"),
            (["../../bad"], elsewhere, "shop/loop.py")):
        found = eagerly.findings(*arguments, folder=where)
        paths = {each["path"] for each in found}
        title = "paths: %s in %s" % (arguments[0].replace(str(folder), "…"), where.name)
        tally.check(paths == {wanted}, title, "%s, expected: %s" % (paths or "no finding", wanted))


def main(arguments):
    words = [argument for argument in arguments if argument != "-v"]
    if len(words) != 1:
        sys.exit(__doc__)
    tally, eagerly = Tally(verbose="-v" in arguments), Eagerly(os.path.abspath(words[0]))
    check_same_bytes(tally, eagerly)
    check_formats(tally, eagerly)
    check_selection(tally, eagerly)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        check_exit_codes(tally, eagerly, folder)
        check_broken_files(tally, eagerly, folder)
        check_full_disk(tally, eagerly, folder)
        check_paths(tally, eagerly, folder)
        check_edits(tally, eagerly, folder)
    print("%d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
