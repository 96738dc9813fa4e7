#!/usr/bin/env python3
"""Runs the fixtures: what eagerly says, what real Django does, and whether both agree.

    tests/run.py --eagerly build/eagerly --django VENV/bin/python [--django …] [--only NAME] [-v]

Per fixture: (1) eagerly's findings are compared with the `# expect:` marks; (2) under each Django
given, marked lines must cost queries in proportion to the rows and all other lines must not;
(3) eagerly's relation graph is compared with Django's `_meta`. tests/README.md describes the
marks. The last line counts the checks; the exit status is 1 if one failed, 2 for misuse.
"""
import argparse
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import marks

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
FEW, MANY = 3, 9
RULES = HERE.parent / "rules"
COMMAND = ["--output-format", "json", "--exit-zero", "--min-confidence", "possible", "."]
TIME_LIMIT = 120


class Tally:
    def __init__(self, verbose):
        self.verbose, self.passed, self.failed, self.skipped = verbose, 0, 0, 0

    def check(self, good, name, detail=""):
        if good:
            self.passed += 1
            if self.verbose:
                print("ok    %s" % name)
        else:
            self.failed += 1
            print("FAIL  %s%s" % (name, ": " + detail if detail else ""))

    def skip(self, name):
        self.skipped += 1
        print("skip  %s" % name)


def read_rules():
    """Code -> (how a finding is proven, whether the rule is on)."""
    found = {}
    for path in sorted(RULES.glob("*.c")):
        text = path.read_text(encoding="utf-8")
        code = re.search(r"\.code\s*=\s*\"(\w+)\"", text)[1]
        found[code] = (re.search(r"\.proof\s*=\s*PROOF_(\w+)", text)[1],
                       re.search(r"\.on\s*=\s*(\w+)", text)[1] == "true")
    return found


RULE_FACTS = read_rules()


def selection(modules):
    """The rules that are on, and those that are not but are expected in this fixture."""
    codes = {code for code, (_, on) in RULE_FACTS.items() if on}
    for module in modules.values():
        codes.update(e.code for expectations in module.expects.values() for e in expectations)
    return ",".join(sorted(codes))


def run(command, folder):
    """(JSON or None, complaint)"""
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0")
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True,
                              timeout=TIME_LIMIT)
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    errors = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode != 0:
        return None, "exit status %d\n%s" % (done.returncode, errors[-2000:])
    try:
        return json.loads(done.stdout.decode("utf-8")), ""
    except ValueError as error:
        return None, "no JSON: %s\n%s" % (error, errors[-2000:])


# ---- (1) what eagerly says

def place_of(modules, place):
    """(file, first line of the statement) of a place in a report."""
    module = modules.get(place["path"])
    line = place["line"]
    return place["path"], module.statement(line) if module else line


def fits(modules, births, wanted, finding):
    if (finding["code"], finding.get("relation") or "") != (wanted.code, wanted.relation):
        return False
    if (finding["confidence"] == "possible") != wanted.possible:
        return False
    if not wanted.birth:
        return True
    queryset = finding.get("queryset")
    return bool(queryset) and place_of(modules, queryset) == births.get(wanted.birth)


def describe(finding):
    queryset = finding.get("queryset") or {}
    return "%s %s (%s; rows of %s:%s)" % (
        finding["code"], finding.get("relation") or "", finding["confidence"],
        queryset.get("path"), queryset.get("line"))


def check_findings(tally, name, modules, findings):
    births = {key: (file, line) for file, module in modules.items()
              for key, line in module.births.items()}
    left = {}
    for finding in findings:
        left.setdefault(place_of(modules, finding), []).append(finding)
    for file, module in modules.items():
        for line, expectations in sorted(module.expects.items()):
            here = left.setdefault((file, line), [])
            # Those that name their birth choose first.
            for wanted in sorted(expectations, key=lambda e: e.birth is None):
                match = next((f for f in here if fits(modules, births, wanted, f)), None)
                if match:
                    here.remove(match)
                tally.check(match is not None, "%s/%s:%d finds %s" % (name, file, line, wanted),
                            "not found")
    for (file, line), findings_left in sorted(left.items()):
        for finding in findings_left:
            tally.check(False, "%s/%s:%d" % (name, file, line), "unexpected " + describe(finding))


def check_silence(tally, name, modules, findings):
    """One check per file: nothing is said on lines without a mark."""
    for file, module in modules.items():
        stray = [f for f in findings if f["path"] == file
                 and module.statement(f["line"]) not in module.expects]
        tally.check(not stray, "%s/%s is silent elsewhere" % (name, file),
                    "%d stray findings" % len(stray))


def check_eagerly(tally, eagerly, fixture, modules):
    if (fixture / "pending").exists():
        tally.skip("%s: findings (pending)" % fixture.name)
        return
    report, complaint = run([eagerly, "check", "--select", selection(modules)] + COMMAND, fixture)
    name = fixture.name
    tally.check(report is not None, "%s: eagerly runs" % name, complaint)
    if report is not None:
        check_findings(tally, name, modules, report["findings"])
        check_silence(tally, name, modules, report["findings"])


# ---- (2) what Django does

def growth_of(modules, entries):
    """{(entry, file, line): (count at FEW, count at MANY)}"""
    table = {}
    for entry, sizes in entries.items():
        for index, size in enumerate((str(FEW), str(MANY))):
            for place, count in sizes[size]["counts"].items():
                file, line = place.rsplit(":", 1)
                module = modules.get(file)
                line = module.statement(int(line)) if module else int(line)
                table.setdefault((entry, file, line), [0, 0])[index] += count
    return table


def proof_of(expectation):
    return "STATIC" if expectation.static else RULE_FACTS.get(expectation.code, ("ROWS",))[0]


def check_expected(tally, title, file, line, expectations, growth):
    """Every finding expected here has to be paid for by each additional row."""
    proofs = [e for e in expectations if proof_of(e) in ("ROWS", "TURNS")]
    total = sum(many - few for few, many in growth)
    wanted = len(proofs) * (MANY - FEW)
    if proofs:
        tally.check(total >= wanted, "%s %s:%d grows" % (title, file, line),
                    "%d more queries for %d more rows, %d wanted" % (total, MANY - FEW, wanted))
    else:
        tally.check(total <= 0, "%s %s:%d is static" % (title, file, line),
                    "%d more queries" % total)


def check_growth(tally, title, modules, entries, django):
    table = growth_of(modules, entries)
    by_line = {}
    for (entry, file, line), pair in table.items():
        by_line.setdefault((file, line), []).append((entry, pair))
    for file, module in modules.items():
        for line, expectations in sorted(module.expects.items()):
            pairs = [pair for _, pair in by_line.get((file, line), [])]
            check_expected(tally, title, file, line, expectations, pairs)
        for line, reason in sorted(module.under(module.grows, django).items()):
            pairs = [pair for _, pair in by_line.get((file, line), [])]
            tally.check(any(many > few for few, many in pairs),
                        "%s %s:%d grows (%s)" % (title, file, line, reason),
                        "marked as growing, but does not: remove the mark")
    for (file, line), runs in sorted(by_line.items()):
        module = modules.get(file)
        if module and (line in module.expects or line in module.under(module.grows, django)):
            continue
        worst = max(runs, key=lambda run: run[1][1] - run[1][0])
        few, many = worst[1]
        tally.check(many <= few, "%s %s:%d stays" % (title, file, line),
                    "silent, but %d queries become %d in %s" % (few, many, worst[0]))


EXISTS = re.compile(r"SELECT (1|%s) AS ")


def rows_asked(sql, parameters):
    """Which rows a query is about, however it asks for them; None: it reads none."""
    match = re.match(r"SELECT (.*?) FROM (.*?)( ORDER BY .*| LIMIT .*)?$", sql, re.DOTALL)
    return (match[2], parameters[match[1].count("%s"):]) if match else None


def fetches_all(sql):
    narrow = sql.startswith("SELECT COUNT(") or EXISTS.match(sql) or " LIMIT " in sql
    return sql.startswith("SELECT ") and not narrow


def check_texts(tally, title, modules, entries):
    """The queries of the lines whose findings are proven by what they ask, not by how often."""
    fetched, repeated = set(), set()
    for sizes in entries.values():
        texts = sizes[str(FEW)]["texts"]
        asked = [rows_asked(sql, parameters) for _, sql, parameters in texts]
        for (place, sql, _), rows in zip(texts, asked):
            file, line = place.rsplit(":", 1)
            key = file, modules[file].statement(int(line)) if file in modules else int(line)
            if fetches_all(sql):
                fetched.add(key)
            if rows and asked.count(rows) > 1:
                repeated.add(key)
    for file, module in modules.items():
        for line, expectations in sorted(module.expects.items()):
            proofs = {proof_of(expectation) for expectation in expectations}
            if "REPEATS" in proofs:
                tally.check((file, line) in repeated,
                            "%s %s:%d asks for rows of another query" % (title, file, line))
            if "FETCHES" in proofs:
                tally.check((file, line) in fetched,
                            "%s %s:%d fetches all rows" % (title, file, line))


def check_fixed(tally, title, entries):
    """A fixed form costs the same however many rows there are, wherever its queries come from."""
    for entry, sizes in sorted(entries.items()):
        words = re.split(r"[-_. ]", entry)
        if "fixed" in words and "half" not in words:
            few, many = (sum(sizes[str(size)]["counts"].values()) for size in (FEW, MANY))
            tally.check(few == many, "%s %s is constant" % (title, entry),
                        "%d queries become %d" % (few, many))


def check_errors(tally, title, modules, entries, django):
    raised = set()
    for entry, sizes in entries.items():
        for size, result in sizes.items():
            error = result["error"]
            if error is None:
                tally.check(True, "%s %s runs with %s rows" % (title, entry, size))
                continue
            file, line = error["place"].rsplit(":", 1)
            module = modules.get(file)
            line = module.statement(int(line)) if module else int(line)
            wanted = module.under(module.raises, django).get(line) if module else None
            raised.add((file, line))
            tally.check(wanted == error["type"], "%s %s raises with %s rows" % (title, entry, size),
                        "%s at %s:%d: %s" % (error["type"], file, line, error["message"]))
    for file, module in modules.items():
        for line, wanted in module.under(module.raises, django).items():
            tally.check((file, line) in raised, "%s %s:%d raises" % (title, file, line),
                        "%s expected, nothing raised" % wanted)


def check_calls(tally, title, modules, calls):
    """What never runs proves nothing."""
    for file, module in modules.items():
        for line, name in sorted(module.functions.items()):
            tally.check("%s:%d" % (file, line) in calls, "%s %s:%d %s() is called"
                        % (title, file, line, name), "no entry reaches it")


# ---- (3) the relation graph

def kind_of(text):
    return {"reverse-generic": "generic", "generic-relation": "generic"}.get(
        text.lower().replace("_", "-"), text.lower().replace("_", "-"))


def spell(relation):
    kind = kind_of(relation["kind"])
    return {
        "name": relation["name"],
        "query_name": relation["query_name"],
        "kind": kind,
        "many": bool(relation["many"]),
        "null": bool(relation["null"]) if kind in ("fk", "o2o", "parent") else None,
        "to": relation["to"] or None,
    }


def our_graph(project):
    """label -> {accessor: relation}; a hidden side has no accessor, abstract models no rows."""
    found = {}
    for model in project["models"]:
        if not model["abstract"]:
            rows = [spell(r) for r in model["relations"] if r["name"]]
            found[model["label"]] = {r["name"]: r for r in rows}
    return found


def beyond_django(relation, apps):
    """A relation of ours that `_meta` does not list on this model, rightly."""
    if relation["kind"] == "child":
        return True  # listed on the parent alone, not on its children
    # eagerly knows contributed models whether or not the project installs them.
    return bool(relation["to"]) and relation["to"].split(".")[0] not in apps


def check_graph(tally, title, ours, theirs, apps):
    for label, relations in sorted(theirs.items()):
        wanted = {r["name"]: spell(r) for r in relations}
        tally.check(label in ours, "%s model %s" % (title, label), "not in the project's graph")
        mine = ours.get(label, {})
        for name in sorted(set(wanted) | set(mine)):
            left, right = mine.get(name), wanted.get(name)
            if left and not right and beyond_django(left, apps):
                continue
            tally.check(left == right, "%s %s.%s" % (title, label, name),
                        "%s, Django: %s" % (left, right))


# ---- all of it

def find_fixtures(only):
    names = sorted(path.parent.parent for path in FIXTURES.glob("*/tests/seed.py"))
    return [path for path in names if not only or path.name in only]


def check_fixture(options, tally, fixture, runs):
    modules = marks.read_fixture(fixture)
    project = None
    if options.eagerly:
        check_eagerly(tally, options.eagerly, fixture, modules)
        project, complaint = run([options.eagerly, "check", "--dump=project", "."], fixture)
        tally.check(project is not None, "%s: --dump=project" % fixture.name, complaint)
    else:
        tally.skip("%s: no eagerly given" % fixture.name)
    if not runs and not options.django:
        tally.skip("%s: no Django given" % fixture.name)
    for interpreter, future in runs:
        result, complaint = future.result()
        title = "%s under %s" % (fixture.name, interpreter)
        if result is None:
            tally.check(False, title, complaint)
            continue
        title = "%s under Django %s:" % (fixture.name, result["django"])
        check_growth(tally, title, modules, result["entries"], result["django"])
        check_texts(tally, title, modules, result["entries"])
        check_fixed(tally, title, result["entries"])
        check_errors(tally, title, modules, result["entries"], result["django"])
        check_calls(tally, title, modules, set(result["calls"]))
        if project is not None:
            check_graph(tally, title, our_graph(project), result["graph"],
                        set(result["apps"]))


def usable(tally, interpreters):
    """[(interpreter, (major, minor) of its Django)]"""
    good = []
    for interpreter in interpreters:
        try:
            probe = subprocess.run([interpreter, "-c", "import django; print(*django.VERSION[:2])"],
                                   capture_output=True)
            version = tuple(int(part) for part in probe.stdout.split())
        except OSError:
            version = ()
        if version:
            good.append((interpreter, version))
        else:
            tally.skip("%s has no Django" % interpreter)
    return good


def versions_of(fixture):
    """(first, end) of the Django versions it is about: "# django: >=5.0" in tests/seed.py."""
    text = (fixture / "tests" / "seed.py").read_text(encoding="utf-8")
    first, end = (0, 0), (99, 0)
    for sign, major, minor in re.findall(r"^# django: (>=|<)(\d+)\.(\d+)$", text, re.M):
        if sign == "<":
            end = (int(major), int(minor))
        else:
            first = (int(major), int(minor))
    return first, end


def interpreters_of(tally, fixture, interpreters):
    first, end = versions_of(fixture)
    fitting = [python for python, version in interpreters if first <= version < end]
    for _ in range(len(interpreters) - len(fitting)):
        tally.skip("%s: is about other versions of Django" % fixture.name)
    return fitting


def spread(chosen):
    """Leaves two in three of those with several interpreters the last one."""
    several = [fixture for fixture in chosen if len(chosen[fixture]) > 1]
    for number, fixture in enumerate(several):
        if number % 3:
            chosen[fixture] = chosen[fixture][-1:]
    print("%d of %d fixtures ran under each Django, the others under the last" % (
        sum(len(chosen[fixture]) > 1 for fixture in several), len(several)))


def main():
    parser = argparse.ArgumentParser(description="Run the fixtures.")
    parser.add_argument("--eagerly", metavar="PATH", help="the analyzer to test")
    parser.add_argument("--no-eagerly", action="store_true", help="only run real Django")
    parser.add_argument("--django", metavar="PYTHON", action="append", default=[],
                        help="an interpreter that has Django (may be repeated)")
    parser.add_argument("--libraries", metavar="PYTHON", action="append", default=[],
                        help="one that also has what fixtures name in libraries.txt")
    parser.add_argument("--spread", action="store_true",
                        help="two in three fixtures run under the last --django alone")
    parser.add_argument("--only", metavar="NAME", action="append", help="only this fixture")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if bool(options.eagerly) == options.no_eagerly:
        parser.error("give one of --eagerly PATH and --no-eagerly")
    if options.eagerly:
        options.eagerly = os.path.abspath(options.eagerly)
    fixtures = find_fixtures(options.only)
    if not fixtures:
        parser.error("no such fixture")
    tally = Tally(options.verbose)
    interpreters = usable(tally, options.django)
    libraries = usable(tally, options.libraries)
    harness = str(HERE / "django" / "harness.py")
    chosen = {fixture: interpreters_of(tally, fixture,
                                       libraries if (fixture / "libraries.txt").exists()
                                       else interpreters) for fixture in fixtures}
    if options.spread:
        spread(chosen)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        runs = {fixture: [(python, pool.submit(run, [python, harness, str(fixture)], fixture))
                          for python in chosen[fixture]] for fixture in fixtures}
        for fixture in fixtures:
            check_fixture(options, tally, fixture, runs[fixture])
    print("%d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
