#!/usr/bin/env python3
"""Baselines, references of git, and --only: findings that are not new, not changed, not asked for.

    tests/baseline.py build/eagerly [--pre-commit PYTHON] [-v]

PYTHON has pre-commit: then the hooks are run by it, in a scratch repository. The last line counts
the checks; the exit status is 1 if one failed.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from invariants import Eagerly, make_project
from run import Tally

ROOT = Path(__file__).resolve().parent.parent
NAME = "eagerly.baseline.json"
BODY = '''\
from shop.models import Book


def titles():
    for book in Book.objects.all():
        print(book.author.name)


def twice():
    for book in Book.objects.all():
        print(book.author.name)
    for book in Book.objects.all():
        print(book.author.name)
'''
NEW = '''

def tags():
    for book in Book.objects.all():
        print(book.tags.all()[0])
'''
GIT = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c",
       "init.defaultBranch=main", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"]


def git(folder, *arguments):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("GIT_")}
    done = subprocess.run([*GIT, *arguments], cwd=folder, env=environment, check=True,
                          capture_output=True, timeout=60)
    return done.stdout.decode().strip()


def commit(folder, message="one"):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)


def lines_of(eagerly, folder, *arguments):
    return [(each["path"], each["line"])
            for each in eagerly.findings(*arguments, folder=folder)]


# ---- baselines

def check_survives(tally, eagerly, folder):
    """Findings stay known whatever happens to the lines around them, and new ones are told."""
    project = make_project(folder / "survive", loop=BODY)
    path = project / "shop" / "loop.py"
    done = eagerly.run("baseline", "--write", ".", folder=project)
    tally.check(done.returncode == 0 and b"3 findings" in done.stdout, "baseline --write",
                str(done))
    text = (project / NAME).read_text()
    entries = json.loads(text)["findings"]
    tally.check(sorted(each["count"] for each in entries.values()) == [1, 2],
                "what looks alike is counted", text)
    tally.check(text.count("\n") == len(entries) + 5, "one line for each", text)
    moved = "import os\n\n\n" + BODY.replace("def titles", "NUMBER = 1\n\n\ndef titles")
    functions = BODY.split("\n\n\n")
    swapped = "\n\n\n".join([functions[0], functions[2][:-1], functions[1]]) + "\n"
    wrapped = BODY.replace("print(book.author.name)", "print(\n            book.author.name,\n"
                                                      "        )")
    for title, code in (("moved down", moved), ("swapped", swapped), ("reformatted", wrapped),
                        ("commented", BODY.replace("name)", "name)  # a comment"))):
        path.write_text(code)
        done = eagerly.run("check", ".", folder=project)
        tally.check(done.returncode == 0, "known after it was " + title, str(done))
    path.write_text(BODY)
    path.rename(project / "shop" / "walks.py")
    done = eagerly.run("check", ".", folder=project)
    tally.check(done.returncode == 0, "known after its module was renamed", str(done))
    (project / "shop" / "walks.py").rename(path)
    inner = project / "shop"
    done = eagerly.run("check", "--baseline", "../" + NAME, "..", folder=inner)
    tally.check(done.returncode == 0, "known from another folder", str(done))
    path.write_text(BODY + NEW)
    tally.check(lines_of(eagerly, project, ".") == [("shop/loop.py", 18)], "a new one is told")
    tally.check(len(lines_of(eagerly, project, "--baseline=none", ".")) == 4, "--baseline none")
    path.write_text(BODY + "".join(BODY.splitlines(True)[-2:]))
    tally.check(len(lines_of(eagerly, project, ".")) == 1, "one more of the same")


def check_prune(tally, eagerly, folder):
    project = make_project(folder / "prune", loop=BODY)
    path, kept = project / "shop" / "loop.py", project / NAME
    eagerly.run("baseline", "--write", ".", folder=project)
    before = kept.read_text()
    path.write_text(BODY.split("\n\n\ndef twice")[0] + "\n" + NEW)
    done = eagerly.run("check", ".", folder=project)
    tally.check(b"2 of it are gone" in done.stderr and done.returncode == 1, "what is gone is told",
                str(done))
    eagerly.run("baseline", "--prune", "--select=EAG2", ".", folder=project)
    tally.check(kept.read_text() == before, "--prune keeps rules that are not asked")
    eagerly.run("baseline", "--prune", ".", folder=project)
    entries = json.loads(kept.read_text())["findings"]
    tally.check([each["function"] for each in entries.values()] == ["titles"],
                "--prune takes out what is gone, and takes nothing in", kept.read_text())
    again = kept.read_text()
    eagerly.run("baseline", "--write", ".", folder=project)
    eagerly.run("baseline", "--prune", ".", folder=project)
    tally.check(len(json.loads(kept.read_text())["findings"]) == 2 and again != kept.read_text(),
                "--write takes all in")
    for arguments in ([], ["--write", "--prune"], ["--prune", "--baseline=absent.json"]):
        done = eagerly.run("baseline", *arguments, ".", folder=project)
        tally.check(done.returncode == 2, "baseline " + " ".join(arguments), str(done))


HOSTILE = {
    "nothing": "", "no JSON": "hello", "a list": "[]", "deep": "[" * 100000, "cut": '{"version": 1',
    "deep objects": '{"findings": ' * 50000, "another version": '{"version": 2, "findings": {}}',
    "more behind": '{"version": 1, "findings": {}} x', "zeros": "\0" * 1000,
    "an unknown key": '{"version": 1, "other": {}}', "a long text": '{"%s": 1}' % ("a" * 100000),
    "no count": '{"findings": {"0123456789abcdef": {"code": "EAG101"}}}',
    "a large count": '{"findings": {"0123456789abcdef": {"code": "EAG101", "count": 99999999999}}}',
    "a bad fingerprint": '{"findings": {"xyz": {"code": "EAG101", "count": 1}}}',
    "twice": '{"findings": {"0123456789abcdef": {"code": "E", "count": 1}, '
             '"0123456789abcdef": {"code": "E", "count": 1}}}',
    "a bad escape": '{"findings": {"\\x": 1}}', "an open text": '{"findings',
    "a line in a text": '{"find\nings": {}}', "half an escape": '{"\\u12',
    "a merge": '<<<<<<< ours\n{"version": 1}\n=======\n>>>>>>> theirs\n',
}


def check_hostile(tally, eagerly, folder):
    project = make_project(folder / "hostile", loop=BODY)
    for title, text in HOSTILE.items():
        (project / NAME).write_text(text)
        done = eagerly.run("check", ".", folder=project)
        good = done.returncode == 2 and not done.stdout and done.stderr.count(b"\n") == 1 \
            and NAME.encode() in done.stderr and len(done.stderr) < 500
        tally.check(good, "a baseline of " + title, str(done)[:500])
    for title, text, wanted in (
            ("unknown codes", '{"version": 1, "findings": {"0123456789abcdef": {"count": 1, '
                              '"code": "EAG999"}}}', 1),
            ("escapes", '{ "version":1,"findings":{"0123456789abcdef":\n{"count":1,'
                        '"code":"EAG101","path":"\\u00e9\\n\\"\\u0000"}}}', 1),
            ("none", '{"version": 1, "findings": {}}', 1)):
        (project / NAME).write_text(text)
        done = eagerly.run("check", ".", folder=project)
        tally.check(done.returncode == wanted, "a sound baseline: " + title, str(done))
    (project / NAME).unlink()
    os.mkfifo(project / NAME)
    done = eagerly.run("check", ".", folder=project)
    tally.check(done.returncode == 2, "a pipe for a baseline", str(done))
    done = eagerly.run("check", "--baseline=absent.json", ".", folder=project)
    tally.check(done.returncode == 2 and b"absent.json" in done.stderr, "a baseline that is absent")


# ---- references

def check_references(tally, eagerly, folder):
    project = make_project(folder / "refs", loop=BODY, other="from shop.models import Book\n\n\n"
                           "def books():\n    return Book.objects.all()\n")
    loop, other = project / "shop" / "loop.py", project / "shop" / "other.py"
    git(project, "init", "-q")
    commit(project)

    def told(option, *arguments, where=project, path="."):
        return lines_of(eagerly, where, option, *(arguments or ["HEAD"]), path)

    for option in ("--diff-base", "--new-since"):
        tally.check(told(option) == [], option + ": nothing has changed")
    loop.write_text("\n" + BODY.replace("print(book.author.name)", "print(book.author.name, 1)", 1))
    tally.check(told("--diff-base") == [("shop/loop.py", 7)], "--diff-base: the line that changed",
                str(told("--diff-base")))
    loop.write_text("\n\n" + BODY)
    for option in ("--diff-base", "--new-since"):
        tally.check(told(option) == [], option + ": lines that moved")
    loop.write_text(BODY.replace("\n", "\r\n"))
    tally.check(told("--diff-base") == [], "--diff-base: converted line ends are no change")
    loop.write_text(BODY + NEW)
    for option in ("--diff-base", "--new-since"):
        tally.check(told(option) == [("shop/loop.py", 18)], option + ": a new finding",
                    str(told(option)))
        tally.check(told(option, where=project / "shop", path="..") != [], option + ": from below")
    (project / "shop" / "extra.py").write_text(BODY)
    tally.check(len(told("--diff-base")) == 4, "--diff-base: a file that git does not know")
    (project / "shop" / "extra.py").unlink()
    loop.write_text("from shop.other import books\n\n\ndef titles():\n    for book in books():\n"
                    "        print(book.author.name)\n")
    commit(project, "two")
    other.write_text(other.read_text().replace("all()", 'order_by("pk")'))
    tally.check(told("--diff-base") == [("shop/loop.py", 6)],
                "--diff-base: the queryset changed, in another file", str(told("--diff-base")))
    tally.check(told("--new-since") == [], "--new-since: the finding is an old one")
    git(project, "checkout", "-q", "--", ".")
    other.write_text(other.read_text().replace("all()", 'select_related("author")'))
    commit(project, "three")
    git(project, "checkout", "-q", "-b", "branch", "HEAD~1")
    (project / "shop" / "branch.py").write_text("X = 1\n")
    commit(project, "four")
    for option in ("--diff-base", "--new-since"):
        tally.check(told(option, "main") == [], option + ": what the branch did, not what main did")
    return project


ODD = ("a b.py", "n\nl.py", "\x1b[31mred.py", "-dash.py", "\u00fc.py", ":(top)x.py", '"q".py')


def both(tally, eagerly, project, title, wanted, *arguments, where=None):
    """The same findings are new, and changed."""
    for option in ("--new-since", "--diff-base"):
        got = lines_of(eagerly, where or project, option, *(arguments or ["HEAD"]), ".")
        tally.check(got == wanted, "%s: %s" % (option, title), "%s, wanted: %s" % (got, wanted))


def check_names(tally, eagerly, folder):
    """Names that git, a shell or a terminal could misread; links that lead out of the tree."""
    project = make_project(folder / "names")
    for name in ODD:
        (project / "shop" / name).write_text(BODY)
    (folder / "outside").mkdir()
    (folder / "outside" / "far.py").write_text(BODY)
    (project / "shop" / "link.py").symlink_to("../../outside/far.py")
    (project / "linked").symlink_to("../outside")
    (project / "shop" / "near.py").symlink_to("a b.py")
    git(project, "init", "-q")
    commit(project)
    both(tally, eagerly, project, "odd names, unchanged", [])
    for name in ODD:
        (project / "shop" / name).write_text(BODY + NEW)
    paths = sorted("shop/" + name for name in ODD)
    both(tally, eagerly, project, "odd names", [(path, 18) for path in paths])
    for name in ODD:
        got = {each[0] for each in lines_of(eagerly, project, "--only", "./shop/" + name)}
        tally.check(got == {"shop/" + name}, "--only %r" % name, str(got))
    git(project, "rm", "-qf", "shop/near.py")
    done = eagerly.run("check", "--add-ignore", ".", folder=project)
    tally.check(done.returncode == 0 and (folder / "outside" / "far.py").read_text() == BODY,
                "--add-ignore writes nothing outside of the tree", str(done))
    got = lines_of(eagerly, project, ".")
    tally.check(got == [], "--add-ignore in files with odd names", str(got))


def check_renames(tally, eagerly, folder):
    project = make_project(folder / "renames", loop=BODY, other="from shop.models import Book\n\n\n"
                           "def books():\n    return Book.objects.all()\n",
                           third="from shop.other import books\n\n\ndef all_titles():\n"
                           "    for book in books():\n        print(book.author.name)\n")
    git(project, "init", "-q")
    commit(project)
    git(project, "mv", "shop/loop.py", "shop/walk.py")
    both(tally, eagerly, project, "a renamed file", [])
    (project / "shop" / "walk.py").write_text(BODY + NEW)
    both(tally, eagerly, project, "a renamed file with a new finding", [("shop/walk.py", 18)])
    (project / "deep").mkdir()
    (project / "deep" / "__init__.py").touch()
    git(project, "mv", "shop/walk.py", "deep/far.py")
    commit(project, "two")
    both(tally, eagerly, project, "a file that moved since", [("deep/far.py", 18)], "HEAD~1")
    (project / "shop" / "other.py").unlink()
    both(tally, eagerly, project, "a deleted file", [])
    git(project, "checkout", "-q", "--", ".")
    (project / "shop" / "third.py").write_bytes(
        (project / "shop" / "third.py").read_bytes().replace(b"\n", b"\r\n"))
    both(tally, eagerly, project, "other line ends", [])


def check_submodules(tally, eagerly, folder):
    inner = make_project(folder / "inner", inside=BODY)
    git(inner, "init", "-q")
    commit(inner)
    project = make_project(folder / "outer", loop=BODY)
    git(project, "init", "-q")
    commit(project)
    git(project, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner),
        "parts/a")
    lines = [("parts/a/shop/inside.py", line) for line in (6, 11, 13)]
    both(tally, eagerly, project, "a submodule that is new", lines)
    commit(project, "two")
    both(tally, eagerly, project, "a submodule as it was", [])
    path = project / "parts/a/shop/inside.py"
    path.write_text(BODY + NEW)
    both(tally, eagerly, project, "a change in a submodule", [("parts/a/shop/inside.py", 18)])
    both(tally, eagerly, project, "run in the submodule", [("shop/inside.py", 18)],
         where=project / "parts/a")
    path.write_text(BODY)
    shutil.rmtree(project / "parts/a")
    (project / "parts/a").symlink_to(inner)
    done = eagerly.run("check", "--new-since=HEAD", ".", folder=project)
    tally.check(done.returncode == 0, "a link where a submodule was", str(done))


def check_git_trouble(tally, eagerly, folder, project):
    for option in ("--diff-base", "--new-since"):
        for reference in ("absent", "-x", "--output=/tmp/x", "HEAD:shop", "HEAD\nHEAD"):
            done = eagerly.run("check", option + "=" + reference, ".", folder=project)
            good = done.returncode == 2 and done.stderr.startswith(b"eagerly: ")
            tally.check(good and not done.stdout, "%s=%r" % (option, reference), str(done))
        alone = folder / ("alone" + option)
        make_project(alone, loop=BODY)
        done = eagerly.run("check", option, "HEAD", ".", folder=alone)
        tally.check(done.returncode == 2, option + " without a repository", str(done))
    (project / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    for key, value in (("filter.evil.clean", "touch evil; cat"),
                       ("filter.evil.smudge", "touch evil"),
                       ("diff.evil.textconv", "touch evil; cat"), ("core.fsmonitor", "touch evil"),
                       ("diff.external", "touch evil"), ("core.pager", "touch evil")):
        git(project, "config", key, value)
    (project / "shop" / "loop.py").write_text(BODY)
    for option in ("--diff-base", "--new-since"):
        done = eagerly.run("check", option, "HEAD", ".", folder=project)
        tally.check(done.returncode == 1, option + " in a hostile repository", str(done))
    evil = list(project.rglob("evil"))
    tally.check(not evil, "nothing that a repository names is run", str(evil))


def check_hostile_tree(tally, eagerly, folder):
    """A commit with paths that lead out of the folder it is laid out in."""
    project = make_project(folder / "tree", loop=BODY)
    git(project, "init", "-q")
    commit(project)
    blob = git(project, "hash-object", "-w", "shop/loop.py")
    link = subprocess.run([*GIT, "hash-object", "-w", "--stdin"], input=b"/tmp", cwd=project,
                          capture_output=True, check=True).stdout.decode().strip()
    entries = b""
    for mode, name, object_name in ((b"100644", b"..", blob), (b"120000", b"out", link),
                                    (b"100644", b"a\nb.py", blob), (b"100644", b"x.py", blob)):
        entries += mode + b" " + name + b"\0" + bytes.fromhex(object_name)
    tree = subprocess.run([*GIT, "hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
                          input=entries, cwd=project, capture_output=True, check=True)
    made = git(project, "commit-tree", "-m", "evil", tree.stdout.decode().strip())
    temporary = folder / "temporary"
    temporary.mkdir()
    environment = dict(os.environ, TMPDIR=str(temporary))
    done = subprocess.run([eagerly.program, "check", "--new-since", made, "."], cwd=project,
                          env=environment, capture_output=True, timeout=60)
    tally.check(done.returncode in (1, 2), "a hostile tree", str(done))
    tally.check(not list(temporary.iterdir()), "the temporary folder is gone again",
                str(list(temporary.iterdir())))


def restore_signals():
    """What is started in the background, or by nohup, has these ignored; so have its children."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)


def check_interrupted(tally, eagerly, folder):
    """A signal ends the run as ever, and the folder with the commit's files goes with it."""
    project = make_project(folder / "interrupted", loop=BODY)
    git(project, "init", "-q")
    commit(project)
    slow, temporary = folder / "slow", folder / "kept"
    slow.mkdir()
    temporary.mkdir()
    (slow / "git").write_text("#!/bin/sh\ncase \"$*\" in *cat-file*) exec sleep 2 ;; esac\n"
                              "exec %s \"$@\"\n" % shutil.which("git"))
    (slow / "git").chmod(0o755)
    environment = dict(os.environ, TMPDIR=str(temporary),
                       PATH="%s:%s" % (slow, os.environ["PATH"]))
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        child = subprocess.Popen([eagerly.program, "check", "--new-since=HEAD", "."], cwd=project,
                                 env=environment, stdout=subprocess.DEVNULL,
                                 preexec_fn=restore_signals)
        end = time.monotonic() + 20
        while not list(temporary.iterdir()) and time.monotonic() < end:
            time.sleep(0.01)
        made = list(temporary.iterdir())
        child.send_signal(getattr(signal, name))
        status = child.wait(timeout=20)
        left = list(temporary.iterdir())
        tally.check(made and status == -getattr(signal, name) and not left,
                    "interrupted by %s" % name, "%s %d %s" % (made, status, left))


# ---- --only

def check_only(tally, eagerly, folder):
    project = make_project(folder / "only", loop=BODY, other="from shop.models import Book\n\n\n"
                           "def books():\n    return Book.objects.all()\n",
                           third="from shop.other import books\n\n\ndef titles():\n"
                           "    for book in books():\n        print(book.author.name)\n")
    git(project, "init", "-q")
    for arguments, wanted in ((["shop/loop.py"], 3), (["shop/third.py"], 1), (["shop/other.py"], 1),
                              (["shop/models.py"], 0), (["shop/other.py", "shop/loop.py"], 4),
                              (["shop"], 4)):
        got = lines_of(eagerly, project, "--only", *arguments)
        tally.check(len(got) == wanted, "--only " + " ".join(arguments), str(got))
    got = lines_of(eagerly, project / "shop", "--only", "third.py")
    tally.check(len(got) == 1, "--only from a folder below", str(got))
    for arguments in (["absent.py"], []):
        done = eagerly.run("check", "--only", *arguments, folder=project)
        tally.check(done.returncode == 2, "--only " + " ".join(arguments), str(done))


# ---- pre-commit

def check_pre_commit(tally, eagerly, folder, python):
    """Our hooks, with the program that was built in place of one that is installed."""
    hooks = folder / "hooks"
    hooks.mkdir()
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^  language: python$", "  language: system", text)
    (hooks / ".pre-commit-hooks.yaml").write_text(text)
    git(hooks, "init", "-q")
    commit(hooks)
    programs = folder / "programs"
    programs.mkdir()
    shutil.copy(eagerly.program, programs / "eagerly")
    environment = dict(os.environ, PATH="%s:%s" % (programs, os.environ["PATH"]),
                       PRE_COMMIT_HOME=str(folder / "home"))
    project = make_project(folder / "hooked", loop=BODY)
    git(project, "init", "-q")

    def hook(name):
        git(project, "add", "-A")
        done = subprocess.run([python, "-m", "pre_commit", "try-repo", str(hooks), name],
                              cwd=project, env=environment, capture_output=True, timeout=120)
        return done.returncode, done.stdout.decode()

    for name in ("eagerly", "eagerly-changed"):
        code, out = hook(name)
        tally.check(code == 1 and "EAG101" in out, "pre-commit, a finding: " + name, out)
    commit(project)
    (project / "shop" / "clean.py").write_text("from shop.models import Book\n")
    code, out = hook("eagerly-changed")
    tally.check(code == 0 and "Passed" in out, "pre-commit, a finding elsewhere", out)
    code, out = hook("eagerly")
    tally.check(code == 1, "pre-commit, the whole project", out)
    (project / "shop" / "loop.py").write_text("from shop.models import Book\n")
    code, out = hook("eagerly")
    tally.check(code == 0 and "Passed" in out, "pre-commit, no finding", out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("eagerly")
    parser.add_argument("--pre-commit", metavar="PYTHON")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    tally, eagerly = Tally(verbose=options.v), Eagerly(os.path.abspath(options.eagerly))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_survives(tally, eagerly, folder)
        check_prune(tally, eagerly, folder)
        check_hostile(tally, eagerly, folder)
        project = check_references(tally, eagerly, folder)
        check_git_trouble(tally, eagerly, folder, project)
        check_names(tally, eagerly, folder)
        check_renames(tally, eagerly, folder)
        check_submodules(tally, eagerly, folder)
        check_hostile_tree(tally, eagerly, folder)
        check_interrupted(tally, eagerly, folder)
        check_only(tally, eagerly, folder)
        if options.pre_commit:
            check_pre_commit(tally, eagerly, folder, os.path.abspath(options.pre_commit))
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
