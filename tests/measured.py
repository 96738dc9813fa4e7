"""What the comparisons of findings with measured costs share: admin_pages.py, drf_fields.py,
advice.py.

A folder of facts has cases.tsv, excluded.tsv (the case, and why it is not compared) and measure.py,
which a Python with Django runs: it reads {case: what to run} and prints {case: cost}.
"""
import argparse
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

FAMILIES = ("EAG1", "EAG2", "EAG3", "EAG4")


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


def options_read():
    parser = argparse.ArgumentParser(description="Compare findings with measured costs.")
    parser.add_argument("--eagerly", metavar="PATH", type=os.path.abspath,
                        help="the analyzer to test")
    parser.add_argument("--django", metavar="PYTHON", type=os.path.abspath, action="append",
                        default=[], help="measure again with this interpreter (may be repeated)")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if not options.eagerly and not options.django:
        parser.error("give --eagerly PATH, --django PYTHON or both")
    return options


def table(path):
    """The rows of a table below its header."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def excluded_read(facts):
    excluded = dict(table(facts / "excluded.tsv"))
    for name, reason in excluded.items():
        print("excluded  %s: %s" % (name, reason))
    return excluded


def findings_read(eagerly, folder, least):
    """(all findings of that confidence, complaint); None: there is no report."""
    command = [eagerly, "check", "--output-format", "json", "--exit-zero", "--select", "ALL",
               "--min-confidence", least, "."]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)
        return json.loads(done.stdout.decode("utf-8"))["findings"], ""
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return None, str(error)


def families(findings):
    """Codes with their relations of those about queries that grow."""
    return sorted({"%s %s" % (finding["code"], finding.get("relation") or "")
                   for finding in findings if finding["code"].startswith(FAMILIES)})


def measure(interpreter, facts, folder, asked):
    """(costs by case, complaint)"""
    script = [interpreter, "-W", "ignore", str(facts / "measure.py"), str(folder)]
    done = subprocess.run(script, input=json.dumps(asked).encode("utf-8"), capture_output=True,
                          timeout=600)
    if done.returncode != 0:
        return None, done.stderr.decode("utf-8", "replace")[-1500:]
    return json.loads(done.stdout.decode("utf-8")), ""


def check_found(tally, cases, complaint_of, excluded):
    """complaint_of(index, case) of all cases, several at once; the excluded ones must have one."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        complaints = pool.map(complaint_of, range(len(cases)), cases)
        for case, complaint in zip(cases, complaints):
            if case.name in excluded:
                complaint = None if complaint else "it agrees: remove it from excluded.tsv"
            tally.check(complaint, case.name)


def summary(tally, excluded):
    """Prints the last lines; the exit status."""
    print("%d cases left out, each with its reason above" % len(excluded))
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0
