#!/usr/bin/env python3
"""The GitHub Action and the GitLab template, run as their runners run them; the JSON Schema.

    tests/integrations.py build/eagerly --consumers VENV/bin/python [-v]

VENV has check-jsonschema, which brings the schemas of both files, and a reader of YAML. The steps'
own shell runs in a scratch repository with the variables that a runner sets; only what would
install eagerly is replaced, and looked at. The last line counts the checks; the exit status is 1 if
one failed.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from baseline import BODY, NEW, commit, git
from cli import YAML_MISTAKES
from invariants import make_project
from keys import FOUND
from run import Tally

ROOT = Path(__file__).resolve().parent.parent
CLEAN = "from shop.models import Book\n"
# Makes what `python3 -m venv` would, with a pip that installs the program that is tested.
FAKE_PYTHON = """\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 9
mkdir -p "$3/bin"
cp "$FAKES/pip" "$3/bin/pip"
"""
FAKE_PIP = """\
#!/bin/sh
for word; do echo "$word" >>"$FAKES/asked"; done
target=$(dirname "$0")
[ "$target" != "$FAKES" ] || target=$FAKES/programs
ln -sf "$EAGERLY" "$target/eagerly"
"""


class Runner:
    """A machine with a fake pip; `asked` is what it was to install."""

    def __init__(self, folder, eagerly, python):
        self.folder, self.python = folder, python
        self.fakes = folder / "fakes"
        (self.fakes / "programs").mkdir(parents=True)
        for name, text in (("python3", FAKE_PYTHON), ("pip", FAKE_PIP)):
            (self.fakes / name).write_text(text)
            (self.fakes / name).chmod(0o755)
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("GITHUB_", "CI_", "GIT_")) and name != "CI"}
        self.environment = {**kept, "FAKES": str(self.fakes), "EAGERLY": eagerly, "CI": "true",
                            "PATH": "%s:%s/programs:%s" % (self.fakes, self.fakes, kept["PATH"])}

    def read(self, path):
        done = subprocess.run([self.python, "-B", str(ROOT / "tests/consumers.py"), "yaml",
                               str(path)], check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def asked(self):
        path = self.fakes / "asked"
        words = path.read_text().split("\n")[:-1] if path.exists() else []
        path.unlink(missing_ok=True)
        return words

    def shell(self, script, project, variables):
        """A step's script, as GitHub runs `shell: bash`, and GitLab its lines."""
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
                              cwd=project, env={**self.environment, **variables},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_schemas(tally, runner):
    for schema, name in (("github-actions", "action.yml"),
                         ("gitlab-ci", "integrations/gitlab-ci.yml")):
        done = subprocess.run([runner.python, "-m", "check_jsonschema", "--builtin-schema",
                               "vendor." + schema, str(ROOT / name)], capture_output=True)
        tally.check(done.returncode == 0, name + " is what its schema allows",
                    done.stdout.decode()[-800:])


REFUSED = ("unknown key", "no such key at all", "underscore", "text for a flag",
           "text for a number", "quoted number", "number too large", "fraction",
           "mapping for a list", "list in a list", "list for text", "nothing", "choice", "version",
           "top is a list", "top is text", "no rule", "no surface", "surface", "class",
           "no rule of a file")


def check_configuration(tally, runner, folder):
    """The JSON Schema takes what eagerly takes, and refuses what can be seen in one place."""
    schema, cases = folder / "schema.json", folder / "cases.json"
    schema.write_bytes(subprocess.run([runner.environment["EAGERLY"], "config", "--schema"],
                                      check=True, stdout=subprocess.PIPE).stdout)
    examples = re.findall(r"```yaml\n# \.eagerly\.yaml\n(.*?)```",
                          (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    pairs = [(text, True) for text, _ in FOUND.values()] + [(text, True) for text in examples]
    pairs += [(YAML_MISTAKES[title][0], False) for title in REFUSED]
    pairs += [("severity: {EAG101: inof}\n", False), ("severity: {EAG1: info}\n", True)]
    cases.write_text(json.dumps(pairs))
    done = subprocess.run([runner.python, "-B", str(ROOT / "tests/consumers.py"), "configuration",
                           str(schema), str(cases)], capture_output=True)
    tally.check(done.returncode == 0 and examples, "the schema of configuration files",
                done.stderr.decode()[-500:])


# ---- GitHub

class Action:
    def __init__(self, runner):
        self.runner, self.action = runner, runner.read(ROOT / "action.yml")
        self.count = 0

    def run(self, project, **inputs):
        """All steps: the exit status, the log, what the runner's files then hold."""
        unknown = set(inputs) - set(self.action["inputs"])
        if unknown:
            sys.exit("no inputs of the action: %s" % unknown)
        values = {name: inputs.get(name, entry["default"])
                  for name, entry in self.action["inputs"].items()}
        self.count += 1
        place = self.runner.folder / ("run %d" % self.count)
        place.mkdir()
        files = {name: place / name.lower()
                 for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        status, log = 0, ""
        for step in self.action["runs"]["steps"]:
            for path in files.values():
                path.touch()
            variables = {name: self.value(text, values) for name, text in step["env"].items()}
            variables.update({name: str(path) for name, path in files.items()})
            variables.update(RUNNER_TEMP=str(place), GITHUB_ACTIONS="true",
                             GITHUB_WORKSPACE=str(project))
            status, out, errors = self.runner.shell(step["run"], project, variables)
            log += out + errors
            if status:
                break
        return status, log, {name: path.read_text() for name, path in files.items()}

    def value(self, text, inputs):
        known = {"inputs." + name: value for name, value in inputs.items()}
        known["github.action_path"] = str(ROOT)
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda match: known[match[1]], text)


def annotations(log):
    return re.findall(r"^::(?:error|warning|notice) file=([^,]+),line=(\d+)", log, re.M)


def check_action(tally, runner, folder):
    action = Action(runner)
    project = make_project(folder / "with finding", loop=BODY)
    git(project, "init", "-q")
    commit(project)
    status, log, files = action.run(project, sarif="a report.sarif")
    tally.check(status == 1 and annotations(log)[:1] == [("shop/loop.py", "6")],
                "action: a finding is told at its line, and fails the step", log)
    tally.check(runner.asked()[-1] == str(ROOT), "action: it installs what it comes with")
    tally.check(files["GITHUB_OUTPUT"] == "status=1\n", "action: its output", str(files))
    tally.check("| `shop/loop.py:6` | EAG101 " in files["GITHUB_STEP_SUMMARY"],
                "action: the summary of the job", str(files))
    report = json.loads((project / "a report.sarif").read_text())
    tally.check([result["ruleId"] for result in report["runs"][0]["results"]] == ["EAG101"] * 3,
                "action: the SARIF file")
    status, log, files = action.run(project, version="0.1.0", arguments="--exit-zero --select EAG1",
                                    summary="false")
    tally.check(status == 0 and len(annotations(log)) == 3 and not files["GITHUB_STEP_SUMMARY"],
                "action: arguments are words; no summary", log + str(files))
    tally.check(runner.asked()[-1] == "eagerly==0.1.0", "action: the version that is asked for")
    hostile = "$(touch evil) `touch evil` ; touch evil"
    for name in ("arguments", "paths", "sarif"):
        status, log, _ = action.run(project, **{name: hostile})
        tally.check(status in (1, 2) and not list(project.rglob("evil")),
                    "action: %s are never run" % name, log)
    (project / "shop/more.py").write_text(CLEAN + NEW)
    status, log, _ = action.run(project, arguments="--new-since HEAD")
    tally.check(status == 1 and annotations(log) == [("shop/more.py", "6")],
                "action: what is new since a commit", log)
    (project / "shop/loop.py").write_text(CLEAN)
    status, log, files = action.run(project, paths="shop/loop.py shop/models.py")
    tally.check(status == 0 and not annotations(log)
                and "No findings." in files["GITHUB_STEP_SUMMARY"], "action: no finding", log)
    (project / "empty").mkdir()
    status, log, files = action.run(project, paths="empty")
    tally.check(status == 2 and files["GITHUB_OUTPUT"] == "status=2\n",
                "action: nothing analysed is no success", log)


# ---- GitLab

def expand(text, variables):
    return re.sub(r"\$\{?(\w+)\}?", lambda match: variables.get(match[1], ""), text)


def job_of(runner, variables):
    """The job, and its variables by the first rule that fits; None: it is left out."""
    job = runner.read(ROOT / "integrations/gitlab-ci.yml")["eagerly"]
    for rule in job["rules"]:
        left, right = rule["if"].split(" == ")
        if expand(left, variables) == expand(right, variables).strip('"'):
            own = {**job["variables"], **rule.get("variables", {})}
            return job, {name: expand(value, variables) for name, value in own.items()}
    return job, None


def check_gitlab(tally, runner, folder):
    project = make_project(folder / "gitlab", loop=BODY)
    git(project, "init", "-q")
    commit(project)
    base = git(project, "rev-parse", "HEAD")
    pushed = {"CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main",
              "CI_PIPELINE_SOURCE": "push", "CI_PROJECT_DIR": str(project)}
    asked = {**pushed, "CI_PIPELINE_SOURCE": "merge_request_event", "CI_COMMIT_BRANCH": "",
             "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}

    def run(variables):
        job, own = job_of(runner, variables)
        report = project / job["artifacts"]["reports"]["codequality"]
        report.unlink(missing_ok=True)
        status, out, errors = runner.shell("\n".join(job["script"]), project, {**variables, **own})
        found = json.loads(report.read_text()) if report.exists() else None
        return status, [(each["location"]["path"], each["location"]["positions"]["begin"]["line"])
                        for each in found or []], out + errors

    tally.check(job_of(runner, {**pushed, "CI_COMMIT_BRANCH": "other"})[1] is None,
                "gitlab: a branch without a merge request has no job")
    status, found, log = run(pushed)
    tally.check(status == 1 and len(found) == 3 and ("shop/loop.py", 6) in found
                and "EAG101" in log, "gitlab: the default branch: all findings",
                "%s %s" % (found, log))
    tally.check(runner.asked()[-1] == "eagerly", "gitlab: it installs eagerly")
    status, found, log = run(asked)
    tally.check(status == 0 and found == [], "gitlab: nothing is new", "%s %s" % (found, log))
    (project / "shop/more.py").write_text(CLEAN + NEW)
    status, found, log = run(asked)
    tally.check(status == 1 and found == [("shop/more.py", 6)], "gitlab: a merge request's finding",
                "%s %s" % (found, log))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("eagerly", type=os.path.abspath)
    parser.add_argument("--consumers", required=True, type=os.path.abspath)
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args(arguments)
    tally = Tally(options.v)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        runner = Runner(folder / "runner", options.eagerly, options.consumers)
        check_schemas(tally, runner)
        check_configuration(tally, runner, folder)
        check_action(tally, runner, folder)
        check_gitlab(tally, runner, folder)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
