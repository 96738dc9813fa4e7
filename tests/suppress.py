#!/usr/bin/env python3
"""Which findings a run tells: selection, suppression comments, --add-ignore and --fix.

    tests/suppress.py build/eagerly [-v]

What comments silence is held to Django by fixtures/unused_suppression; here are the options, and
the files that eagerly changes. The last line counts the checks; the exit status is 1 if one failed.
"""
import os
import shutil
import sys
import tempfile
from pathlib import Path

from run import Tally
from invariants import FIXTURES, Eagerly, make_project

HEAD = "from shop.models import Author, Book\n\n\ndef titles():\n"
LOOP = "    for book in Book.objects.all():\n"
READ = "        print(book.author.name)\n"
BODY = HEAD + LOOP + READ


def codes(eagerly, folder, *arguments):
    return sorted(each["code"] for each in eagerly.findings(*arguments, ".", folder=folder))


def status(eagerly, folder, *arguments):
    return eagerly.run("check", *arguments, ".", folder=folder).returncode


# ---- selection

def check_selection(tally, eagerly, folder):
    text = BODY + "    for author in Author.objects.all():\n        author.save()\n"
    project = make_project(folder / "select", loop=text)
    both = ["EAG101", "EAG402"]
    for arguments, wanted in (
            ([], both), (["--extend-select=EAG506"], both), (["--ignore=EAG1"], ["EAG402"]),
            (["--select=ALL", "--ignore=EAG5,EAG6,write-in-loop"], ["EAG101"]),
            (["--per-file-ignores=shop/*:EAG1"], ["EAG402"]),
            (["--per-file-ignores=loop.py:EAG1,EAG402"], []),
            (["--per-file-ignores=shop:ALL"], []),
            (["--per-file-ignores=**/loop.py:missing-select-related"], ["EAG402"]),
            (["--per-file-ignores=sho:ALL"], both), (["--per-file-ignores=other/**:EAG1"], both),
            (["--surface=view"], []), (["--surface=code"], both)):
        got = codes(eagerly, project, *arguments)
        tally.check(got == wanted, "which findings: " + " ".join(arguments), str(got))
    more = codes(eagerly, project, "--extend-select=EAG601,missing-related-name")
    tally.check(set(more) >= set(both), "--extend-select adds", str(more))
    for arguments, wanted in (([], 1), (["--fail-on=error"], 0), (["--fail-on=info"], 1),
                              (["--select=EAG402"], 0), (["--select=EAG402", "--fail-on=info"], 1),
                              (["--exit-zero"], 0), (["--per-file-ignores=loop.py:nope"], 2),
                              (["--per-file-ignores=EAG1"], 2), (["--surface=veiw"], 2)):
        got = status(eagerly, project, *arguments)
        tally.check(got == wanted, "exit status of " + " ".join(arguments), str(got))


# ---- files that are changed

CHANGED = {  # the module before, and what --add-ignore makes of it
    "a line": (BODY, HEAD + LOOP + READ[:-1] + "  # eagerly: ignore[EAG101]\n"),
    "a comment stays": (HEAD + LOOP + "        print(book.author.name)  # why\n",
                        HEAD + LOOP + "        print(book.author.name)  # why"
                        "  # eagerly: ignore[EAG101]\n"),
    "codes are added to a comment": (
        HEAD + LOOP + "        print(book.author.name)  # eagerly: ignore[EAG201] known\n",
        HEAD + LOOP + "        print(book.author.name)  # eagerly: ignore[EAG201, EAG101] known\n"),
    "several lines": (
        HEAD + LOOP + "        print(\n            book.author.name,\n        )\n",
        HEAD + LOOP + "        # eagerly: ignore[EAG101]\n        print(\n"
        "            book.author.name,\n        )\n"),
    "a backslash": (
        HEAD + LOOP + "        name = book.title + \\\n            book.author.name\n",
        HEAD + LOOP + "        # eagerly: ignore[EAG101]\n        name = book.title + \\\n"
        "            book.author.name\n"),
    "a text of several lines": (
        HEAD + LOOP + '        print("""%s\n""" % book.author.name)\n',
        HEAD + LOOP + '        # eagerly: ignore[EAG101]\n        print("""%s\n"""'
        ' % book.author.name)\n'),
    "a long line": (
        HEAD + LOOP + "        print(book.author.name, '%s')\n" % ("x" * 70),
        HEAD + LOOP + "        # eagerly: ignore[EAG101]\n        print(book.author.name, '%s')\n"
        % ("x" * 70)),
    "Windows' line ends": (BODY.replace("\n", "\r\n"),
                           BODY[:-1].replace("\n", "\r\n") + "  # eagerly: ignore[EAG101]\r\n"),
    "no end of the last line": (BODY[:-1], BODY[:-1] + "  # eagerly: ignore[EAG101]"),
    "a byte order mark": ("\ufeff" + BODY,
                          "\ufeff" + BODY[:-1] + "  # eagerly: ignore[EAG101]\n"),
    "Latin-1": (b"# coding: latin-1\nNAME = '\xe9'\n" + BODY.encode(),
                b"# coding: latin-1\nNAME = '\xe9'\n" + BODY[:-1].encode()
                + b"  # eagerly: ignore[EAG101]\n"),
}


def bytes_of(text):
    return text.encode() if isinstance(text, str) else text


def check_add(tally, eagerly, folder):
    for number, (title, (before, after)) in enumerate(CHANGED.items()):
        project = make_project(folder / ("add%d" % number), loop=bytes_of(before))
        path = project / "shop" / "loop.py"
        os.chmod(path, 0o640)
        done = eagerly.run("check", "--ignore=EAG900", "--add-ignore", ".", folder=project)
        tally.check(path.read_bytes() == bytes_of(after) and done.returncode == 0,
                    "--add-ignore: " + title, "%r %s" % (path.read_bytes(), done.stderr))
        tally.check(path.stat().st_mode & 0o777 == 0o640, "--add-ignore: the mode stays: " + title)
        again = codes(eagerly, project, "--ignore=EAG900")
        tally.check(again == [], "--add-ignore silences: " + title, str(again))
        left = sorted(entry.name for entry in (project / "shop").iterdir())
        tally.check(left == ["__init__.py", "loop.py", "models.py"], "nothing is left behind")
    project = make_project(folder / "reason", loop=BODY)
    eagerly.run("check", "--add-ignore", "--reason=not worth it", ".", folder=project)
    text = (project / "shop" / "loop.py").read_text()
    tally.check("# eagerly: ignore[EAG101] not worth it\n" in text, "--reason", text)
    for reason in ("a\nb", "a # b", "\x1b[31m"):
        got = status(eagerly, project, "--add-ignore", "--reason=" + reason)
        tally.check(got == 2, "--reason=%r" % reason, str(got))


def check_read_only(tally, eagerly, folder):
    """A file that cannot be written is a mistake that is told; links stay links."""
    project = make_project(folder / "link", loop=BODY)
    (project / "kept.py").write_text(BODY)
    (project / "shop" / "loop.py").unlink()
    (project / "shop" / "loop.py").symlink_to("../kept.py")
    eagerly.run("check", "--add-ignore", ".", folder=project)
    tally.check((project / "shop" / "loop.py").is_symlink(), "--add-ignore: a link stays one")
    tally.check("ignore[EAG101]" in (project / "kept.py").read_text(), "and its file is changed")


FIXED = {  # the module before, and what --fix makes of it
    "a whole comment": ("x = 1  # eagerly: ignore[EAG101] because\n", "x = 1\n"),
    "a line of its own": ("# eagerly: ignore[EAG101]\nx = 1\n", "x = 1\n"),
    "of a file": ("# eagerly: file-ignore[EAG1]\nx = 1\n", "x = 1\n"),
    "noqa": ("x = 1  # noqa: EAG101\n", "x = 1\n"),
    "noqa of others stays": ("x = 1  # noqa: E501, EAG101,W2\n", "x = 1  # noqa: E501, W2\n"),
    "another tool's comment before": ("x = 1  # type: ignore  # eagerly: ignore[EAG101] why\n",
                                      "x = 1  # type: ignore\n"),
    "another tool's comment behind": ("x = 1  # eagerly: ignore[EAG101]  # type: ignore\n",
                                      "x = 1  # type: ignore\n"),
    "for everything": ("x = 1  # eagerly: ignore\n", "x = 1\n"),
    "Windows' line ends": ("# eagerly: ignore[EAG1]\r\nx = 1\r\n", "x = 1\r\n"),
    "the only line": ("# eagerly: ignore[EAG101]", ""),
    "text that looks like one": ('x = "# eagerly: ignore[EAG101]"\n',
                                 'x = "# eagerly: ignore[EAG101]"\n'),
    "one that is misspelt": ("x = 1  # eagerly: ignore[EAG999]\n",
                             "x = 1  # eagerly: ignore[EAG999]\n"),
    "rules that are off": ("x = 1  # eagerly: ignore[EAG505]\n",
                           "x = 1  # eagerly: ignore[EAG505]\n"),
    "one of two": (HEAD + LOOP + READ[:-1] + "  # eagerly: ignore[EAG201, EAG101] why\n",
                   HEAD + LOOP + READ[:-1] + "  # eagerly: ignore[EAG101] why\n"),
    "one that is used": (HEAD + LOOP + READ[:-1] + "  # eagerly: ignore[EAG101]\n",
                         HEAD + LOOP + READ[:-1] + "  # eagerly: ignore[EAG101]\n"),
}


def check_fix(tally, eagerly, folder):
    for number, (title, (before, after)) in enumerate(FIXED.items()):
        project = make_project(folder / ("fix%d" % number), other=bytes_of(before))
        path = project / "shop" / "other.py"
        done = eagerly.run("check", "--fix", ".", folder=project)
        tally.check(path.read_bytes() == bytes_of(after), "--fix: " + title,
                    "%r %s" % (path.read_bytes(), done.stdout))
        wanted = 1 if title == "one that is misspelt" else 0
        tally.check(done.returncode == wanted, "--fix: exit status: " + title, str(done))
    project = make_project(folder / "partial", other="x = 1  # eagerly: ignore[EAG101]\n")
    got = codes(eagerly, project)
    tally.check(got == ["EAG900"], "an idle comment in a whole project", str(got))
    done = eagerly.run("check", "shop/other.py", folder=project)
    tally.check(b"EAG900" not in done.stdout, "a part of a project judges no comment")
    (project / "shop" / "other.py").write_text("x = 1  # eagerly: ignore[EAG101]\ndef (:\n")
    got = codes(eagerly, project)
    tally.check(got == [], "a file with syntax errors judges none", str(got))


def check_template(tally, eagerly, folder):
    view = ("from django.shortcuts import render\nfrom shop.models import Book\n\n\n"
            "def page(request):\n"
            "    return render(request, 'shop/page.html', {'books': Book.objects.all()})\n")
    project = make_project(folder / "pages", views=view)
    page = project / "shop" / "templates" / "shop" / "page.html"
    page.parent.mkdir(parents=True)
    text = "{% for book in books %}\n<p>{{ book.author.name }}</p>\n{% endfor %}\n"
    page.write_text(text)
    eagerly.run("check", "--add-ignore", ".", folder=project)
    wanted = text.replace("</p>", "</p>{# eagerly: ignore[EAG101] #}")
    tally.check(page.read_text() == wanted, "--add-ignore in a template", page.read_text())
    tally.check(codes(eagerly, project) == [], "it silences")
    page.write_text(wanted.replace("book.author.name", "book.title"))
    done = eagerly.run("check", "--fix", ".", folder=project)
    tally.check(page.read_text() == text.replace("book.author.name", "book.title"),
                "--fix in a template", page.read_text() + str(done))


def check_fixtures(tally, eagerly, folder):
    """All findings of all fixtures can be silenced, without a change to the code."""
    copy, all_of = folder / "fixtures", ["--select=ALL", "--ignore=EAG900"]
    shutil.copytree(FIXTURES, copy)
    before = len(codes(eagerly, copy, *all_of))
    done = eagerly.run("check", *all_of, "--add-ignore", ".", folder=copy)
    tally.check(done.returncode == 0 and before > 100 and b"could not" not in done.stderr,
                "--add-ignore over all fixtures", str(done))
    left = codes(eagerly, copy, *all_of)
    tally.check(left == [], "silences all of them", str(left))


def main(arguments):
    words = [argument for argument in arguments if argument != "-v"]
    if len(words) != 1:
        sys.exit(__doc__)
    tally = Tally(verbose="-v" in arguments)
    eagerly = Eagerly(os.path.abspath(words[0]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for check in (check_selection, check_add, check_read_only, check_fix, check_template,
                      check_fixtures):
            check(tally, eagerly, folder)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
