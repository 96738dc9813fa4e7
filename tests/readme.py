#!/usr/bin/env python3
"""The README's table of options, between its markers, is what the program says of itself.

    tests/readme.py build/eagerly           rewrites it
    tests/readme.py build/eagerly --check   writes nothing; fails if it is out of date
"""
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- options: begin -->", "<!-- options: end -->"


def main(program, *arguments):
    table = subprocess.run([program, "options"], stdout=subprocess.PIPE, check=True, timeout=60)
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit("README.md: the markers '%s' and '%s' are missing" % (BEGIN, END))
    fresh = "%s%s\n%s%s%s" % (before, BEGIN, table.stdout.decode(), END, after)
    if fresh == text:
        return
    if "--check" in arguments:
        sys.exit("README.md: the table of options is out of date: tests/readme.py %s" % program)
    README.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else sys.exit(__doc__)
