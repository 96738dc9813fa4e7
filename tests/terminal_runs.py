#!/usr/bin/env python3
"""What a run shows at a terminal, and nowhere else: progress and colours.

    tests/terminal_runs.py build/eagerly [-v]

The git that the run finds takes its time, so that it is a long one. The last line counts the
checks; the exit status is 1 if one failed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from baseline import commit, git
from invariants import FIXTURES
from run import Tally
from terminal import Terminal, terminals_are_there

SLOW_GIT = "#!/bin/sh\n[ -e %(mark)s ] || { touch %(mark)s; sleep 1.2; }\nexec %(git)s \"$@\"\n"
PROGRESS = re.compile(r"(?:reading [\d,]+ files|linking [\d,]+ files"
                      r"|following the rows of [\d,]+ models)…")
LONG = ("check", "--exit-zero", "--diff-base=HEAD", ".")


class Place:
    def __init__(self, eagerly, folder):
        self.program, self.project, self.slow = eagerly, folder / "project", folder / "slow"
        shutil.copytree(FIXTURES, self.project / "part")
        git(self.project, "init", "-q")
        commit(self.project)
        self.slow.mkdir()
        (self.slow / "git").write_text(SLOW_GIT % {"mark": self.slow / "mark",
                                                   "git": shutil.which("git")})
        (self.slow / "git").chmod(0o755)
        (self.project / "part/new.py").write_text("")

    def environment(self, variables):
        names = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")
        (self.slow / "mark").unlink(missing_ok=True)
        return {**{name: value for name, value in os.environ.items() if name not in names},
                "TERM": "xterm", "PATH": "%s:%s" % (self.slow, os.environ["PATH"]), **variables}

    def at_terminal(self, *arguments, both=False, **variables):
        return Terminal([self.program, *arguments], self.project, self.environment(variables),
                        both).close()

    def piped(self, *arguments, **variables):
        done = subprocess.run([self.program, *arguments], cwd=self.project,
                              env=self.environment(variables), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)
        return done.returncode, done.stderr.decode(), done.stdout.decode()


def left_over(text):
    """What stands on the screen after all carriage returns and erasures."""
    lines = [re.sub(r".*\r\x1b\[K", "", line) for line in text.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines)


def check_progress(tally, place):
    status, seen, out = place.at_terminal(*LONG)
    tally.check(status == 0 and PROGRESS.search(seen), "a long run tells what it does", seen)
    tally.check("\r\x1b[K" in seen and left_over(seen).strip() == "", "and takes it back",
                repr(seen[-300:]))
    piped_status, errors, piped = place.piped(*LONG)
    tally.check((piped_status, errors) == (0, ""), "not where stderr is no terminal", errors)
    tally.check(out == piped, "the report is the same")
    _, seen, _ = place.at_terminal(*LONG, TERM="dumb")
    tally.check(seen == "", "not at a terminal that cannot take a line back", repr(seen))
    _, seen, _ = place.at_terminal("check", "--exit-zero", "part/missing_select_related")
    tally.check(seen == "", "not in a short run", repr(seen))
    status, seen, _ = place.at_terminal("check", "--new-since=absent", ".")
    tally.check(status == 2 and "no commit 'absent'" in left_over(seen), "a mistake stays there",
                repr(seen))


def check_color(tally, place):
    run = ("check", "--exit-zero", "part/missing_select_related")
    for variables, wanted in (({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True),
                              ({"TERM": "dumb"}, False), ({"TERM": ""}, False),
                              ({"TERM": "dumb", "FORCE_COLOR": "1"}, True)):
        status, seen, _ = place.at_terminal(*run, both=True, **variables)
        tally.check(status == 0 and ("\x1b[" in seen) == wanted, "colours at a terminal: %s"
                    % variables, repr(seen[:200]))
    _, seen, _ = place.at_terminal(*run, "--color=never", both=True)
    tally.check("\x1b[" not in seen, "--color=never at a terminal")
    _, seen, out = place.at_terminal(*run)
    tally.check("\x1b[" not in out, "stderr's terminal gives stdout no colours")


def main(arguments):
    words = [argument for argument in arguments if argument != "-v"]
    if len(words) != 1:
        sys.exit(__doc__)
    tally = Tally("-v" in arguments)
    if not shutil.which("git"):
        tally.skip("runs at a terminal: git is not installed")
    elif not terminals_are_there():
        tally.skip("runs at a terminal: this machine gives none")
    else:
        with tempfile.TemporaryDirectory() as name:
            place = Place(os.path.abspath(words[0]), Path(name).resolve())
            check_progress(tally, place)
            check_color(tally, place)
    print("%d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
