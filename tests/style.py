#!/usr/bin/env python3
"""The rules of style that a program can check, over every file of the project itself.

    tests/style.py [-v]

The last line counts the checks; the exit status is 1 if one failed.
"""
import re
import sys
from pathlib import Path

from run import Tally

ROOT = Path(__file__).resolve().parent.parent
LINES_OF_FILE, COLUMNS, LINES_OF_FUNCTION = 800, 100, 60
LONG_FUNCTIONS = {  # a switch with a short case per kind, or one sequence that reads best whole
    "evaluate_node", "execute_node", "call_function", "bind_parameters", "test_relations",
}
FOLDERS = ("analyzer", "grammar", "rules", "tests", "fixtures")
SUFFIXES = {".c", ".h", ".py", ".md", ".build", ".txt", ".toml"}
ABSOLUTE = re.compile(r"(?<![\w.~*])/(work|home|root|Users|var/folders)/\w")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
START = re.compile(r"^[a-zA-Z][^;=#]*?\b(\w+)\([^;]*$")


def own_files():
    for path in sorted(ROOT.iterdir()):
        if path.is_file() and (path.suffix in SUFFIXES or path.name == "dev"):
            yield path
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and "third-party" not in path.parts and path.is_file():
                yield path


def functions_of(lines):
    """(name, first line, number of lines) of each function of a C file, by its closing brace."""
    name, start = None, 0
    for number, line in enumerate(lines, 1):
        match = START.match(line)
        if match and not line.startswith(("typedef", "enum", "struct")):
            name, start = match[1], number
        elif line == "}" and name:
            yield name, start, number - start + 1
            name = None
        elif line.endswith(";") and not line.startswith((" ", "\t")):
            name = None


def check_file(tally, path):
    title, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    lines = text.split("\n")
    if path.suffix in (".c", ".h", ".py") or path.name == "dev":
        tally.check(len(lines) - 1 <= LINES_OF_FILE, title + ": length",
                    "%d lines, at most %d" % (len(lines) - 1, LINES_OF_FILE))
        wide = ["%s:%d" % (title, number) for number, line in enumerate(lines, 1)
                if len(line) > COLUMNS]
        tally.check(not wide, title + ": columns", ", ".join(wide))
        tally.check(not UNFINISHED.search(text) or path == Path(__file__).resolve(),
                    title + ": nothing unfinished")
    if path.suffix in (".c", ".h"):
        spaced = [number for number, line in enumerate(lines, 1)
                  if "\t" in line or line != line.rstrip()]
        tally.check(not spaced, title + ": no tabs, no blanks at the end", str(spaced))
        long = ["%s (line %d, %d lines)" % found for found in functions_of(lines)
                if found[2] > LINES_OF_FUNCTION and found[0] not in LONG_FUNCTIONS]
        tally.check(not long, title + ": functions", ", ".join(long))
        tally.check(text.startswith("/*"), title + ": opens with what it is")
    if title != "tests/style.py":
        paths = ABSOLUTE.search(text)
        tally.check(not paths, title + ": no path of one machine", paths[0] if paths else "")
    tally.check(text.endswith("\n") or not text, title + ": the last line ends")


def check_rules(tally):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    codes = {}
    for path in sorted((ROOT / "rules").glob("*.c")):
        text = path.read_text(encoding="utf-8")
        code = re.search(r"\.code\s*=\s*\"(EAG\d{3})\"", text)
        tally.check(code and code[1] not in codes, path.name + ": a code of its own")
        name = path.stem.replace("_", "-")
        row = "| %s | %s |" % (code[1] if code else "", name)
        tally.check(row in readme, path.name + ": is in README.md", row)
        fixture = ROOT / "fixtures" / path.stem
        marks = sum(source.read_text(encoding="utf-8").count(code[1] if code else "?")
                    for source in fixture.rglob("*.py"))
        tally.check(marks > 0, path.name + ": has a fixture in which it fires")
        if code:
            codes[code[1]] = path
    tally.check(codes, "there are rules")


def main(arguments):
    if arguments not in ([], ["-v"]):
        sys.exit(__doc__)
    tally = Tally(verbose=bool(arguments))
    for path in own_files():
        check_file(tally, path)
    check_rules(tally)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
