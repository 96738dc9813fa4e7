"""What the comments of a fixture say, and which statement a line belongs to.

A mark stands in a comment (in a template: `{# expect: ... #}`): `# expect:`, `# grows:`,
`# raises:`, `# birth:`, `# reveal:` (see README.md). A mark, a finding and a frame of a running
program name a line; all three are compared by the first line of the innermost simple statement,
or of the header of the loop or branch, that
holds the line. Shared by run.py and django/harness.py; needs nothing but Python 3.9.
"""
import ast
import re
from pathlib import Path

REASONS = {
    "open", "origin", "maybe", "guard", "cache", "write", "invariant", "generic", "tree-walk",
    "batch", "bounded", "custom-save", "column", "elsewhere", "discarded", "suppressed",
}
VERSIONS = re.compile(r"(.*\S)\s+(since|before)\s+(\d+)\.(\d+)$")
MARK = re.compile(r"#\s*(expect|grows|raises|birth|reveal):\s*([^#]*)")
SUFFIXES = {".py", ".html", ".txt"}
CODE = re.compile(r"EAG\d{3}$")


class MarkError(Exception):
    pass


class Expectation:
    """One finding that the analyzer must make: code, dotted relation ("" if none), flags."""

    def __init__(self, text, where):
        words = text.split()
        if not words or not CODE.match(words[0]):
            raise MarkError("%s: cannot read `expect: %s`" % (where, text))
        self.code, words = words[0], words[1:]
        self.birth = None
        if len(words) >= 2 and words[-2] == "from":
            self.birth, words = words[-1], words[:-2]
        self.static = "static" in words
        self.possible = "possible" in words
        rest = [word for word in words if word not in ("static", "possible")]
        if len(rest) > 1:
            raise MarkError("%s: cannot read `expect: %s`" % (where, text))
        self.relation = rest[0] if rest else ""

    def __str__(self):
        parts = [self.code, self.relation, "possible" if self.possible else ""]
        parts.append("from " + self.birth if self.birth else "")
        return " ".join(part for part in parts if part)


class Versioned:
    """A mark's word, and for which Django it stands: all, `since 5.0`, `before 5.0`."""

    def __init__(self, text):
        match = VERSIONS.match(text)
        self.word = match[1] if match else text
        self.since = match is None or match[2] == "since"
        self.border = (int(match[3]), int(match[4])) if match else (0, 0)

    def stands(self, django):
        version = tuple(int(part) for part in django.split(".")[:2])
        return (version >= self.border) == self.since


class Module:
    """The marks of one file, keyed by the first line of their statement."""

    def __init__(self, path, name):
        self.name = name
        text = path.read_text(encoding="utf-8")
        python = path.suffix == ".py"  # a template's statements are its lines
        self.starts = statement_starts(text) if python else {}
        self.functions = function_lines(text) if python else {}
        self.expects, self.grows, self.raises, self.births = {}, {}, {}, {}
        for number, line in enumerate(text.splitlines(), 1):
            for kind, value in MARK.findall(line):
                self.add(kind, value.strip(), number)

    def add(self, kind, value, number):
        where = "%s:%d" % (self.name, number)
        line = self.statement(number)
        if kind == "expect":
            made = [Expectation(part.strip(), where) for part in value.split(";")]
            self.expects.setdefault(line, []).extend(made)
        elif kind == "grows":
            mark = Versioned(value)
            if mark.word not in REASONS:
                raise MarkError("%s: `%s` is no known reason to grow" % (where, value))
            self.grows[line] = mark
        elif kind == "raises":
            self.raises[line] = Versioned(value)
        elif kind == "birth":
            self.births[value] = line

    def statement(self, number):
        return self.starts.get(number, number)

    def under(self, marks, django):
        """Line -> word, of the marks that stand for this version of Django."""
        return {line: mark.word for line, mark in marks.items() if mark.stands(django)}


def statement_starts(text):
    """Line -> first line of the innermost statement (or header) around it."""
    spans = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None) or getattr(node, "cases", None)
            spans.append((node.lineno, header_end(node, body)))
    starts = {}
    # Widest first, so that the innermost one stays.
    for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
        for line in range(first, last + 1):
            starts[line] = first
    return starts


def function_lines(text):
    """First line (as code objects count it: decorators included) -> name."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = [node.lineno] + [decorator.lineno for decorator in node.decorator_list]
            found[min(lines)] = node.name
    return found


def header_end(node, body):
    if not body:
        return node.end_lineno
    first = body[0]
    line = getattr(first, "lineno", None) or first.pattern.lineno
    for decorator in getattr(first, "decorator_list", []):
        line = min(line, decorator.lineno)
    return max(node.lineno, line - 1)


def read_fixture(folder):
    """Relative path -> Module, for every file of code that is part of the example itself."""
    folder = Path(folder)
    modules = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in SUFFIXES and not name.startswith("tests/"):
            modules[name] = Module(path, name)
    return modules
