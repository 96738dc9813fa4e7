#!/usr/bin/env python3
"""Hostile input: whatever the bytes, eagerly ends soon, within bounds, and with a valid report.

    tests/hostile.py build/eagerly [--sanitizers] [--quick] [--only TEXT] [--keep FOLDER] [-v]

Three kinds of input: every file of the fixtures, cut short from both ends and with noise (the seed
is fixed); modules made to be deep, wide, cyclic or exponential; and folders with unusual files.
A run may end with status 0, 1 or, if no file could be read, 2. It may not crash, take more
than the limits below, or print a report that is no JSON. --keep writes the inputs that fail to
FOLDER. The last line counts the checks; the exit status is 1 if one failed.
"""
import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hostile_pages import page_cases
from rules_doc import MODELS
from run import Tally

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CUTS = 20
SEED = 20
SECONDS, SECONDS_SANITIZED = 5, 40  # of processor time, counted by the kernel
KIBIBYTES = 1536 * 1024             # of address space: with sanitizers, of resident memory
NOTHING = ("no Python file could be read", "every Python file has syntax errors",
           "no Django project: no file imports Django")
HEAD = "from shop.models import *\nfrom django.db.models import Prefetch, Count\n"


class Eagerly:
    def __init__(self, program, sanitizers):
        self.program, self.environment = program, dict(os.environ)
        self.seconds = SECONDS_SANITIZED if sanitizers else SECONDS
        self.limits = "ulimit -c 0; ulimit -t %d; " % self.seconds
        if sanitizers:
            self.environment["ASAN_OPTIONS"] = ":".join(filter(None, (
                os.environ.get("ASAN_OPTIONS"),
                "hard_rss_limit_mb=%d:allocator_may_return_null=0" % (2 * KIBIBYTES // 1024))))
        else:
            self.limits += "ulimit -v %d; " % KIBIBYTES

    def complaint(self, folder, arguments=()):
        """Runs over a folder; an empty string if all is well."""
        command = [self.program, "check", "--jobs=2", "--select=ALL", "--min-confidence=possible",
                   "--output-format=json", *(arguments or ["."])]
        try:
            done = subprocess.run(["sh", "-c", self.limits + 'exec "$@"', "sh", *command],
                                  cwd=folder, env=self.environment, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=10 * self.seconds)
        except subprocess.TimeoutExpired:
            return "hangs: %d seconds and no end" % (10 * self.seconds)
        return self.judge(done.returncode, done.stdout, done.stderr)

    def judge(self, status, stdout, stderr):
        errors = stderr.decode("utf-8", "replace").strip()
        if status in (-24, -9, 152, 137):
            return "over %d seconds of processor time, or killed %s" % (self.seconds,
                                                                        errors[-300:])
        if status not in (0, 1, 2) or "Sanitizer" in errors or "runtime error" in errors:
            return "exit status %d: %s" % (status, errors[:1500])
        if status == 2:
            return "" if any(reason in errors for reason in NOTHING) else errors[-500:]
        try:
            json.loads(stdout)
        except ValueError as error:
            return "no JSON: %s" % error
        return ""


# ---- the fixtures, damaged

def damaged(data, rng, cuts):
    """(what was done, bytes)"""
    for i in range(1, cuts):
        at = len(data) * i // cuts + rng.randrange(7)
        yield "its first %d bytes" % at, data[:at]
        yield "without its first %d bytes" % at, data[at:]
    for i in range(cuts // 2):
        noisy = bytearray(data)
        for _ in range(rng.choice((1, 4, 30))):
            at = rng.randrange(len(noisy))
            noisy[at] = rng.choice((rng.randrange(256), 0, 10, 40, 41, 58, 92, noisy[at] ^ 32))
        yield "noise %d" % i, bytes(noisy)
    lines = data.split(b"\n")
    for i in range(cuts // 2):
        shuffled = list(lines)
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        shuffled[at] = lines[other].strip() if i % 2 else b"    " + lines[at]
        yield "line %d replaced %d" % (at + 1, i), b"\n".join(shuffled)


def check_damaged(eagerly, path, folder, cuts):
    """(complaints, checks) of one file, in a copy of its fixture."""
    fixture = FIXTURES / path.relative_to(FIXTURES).parts[0]
    copy = Path(folder, "-".join(path.relative_to(FIXTURES).parts))
    shutil.copytree(fixture, copy)
    target = copy / path.relative_to(fixture)
    rng = random.Random("%d %s" % (SEED, path.relative_to(FIXTURES)))
    results = []
    for what, data in damaged(path.read_bytes(), rng, cuts):
        target.write_bytes(data)
        results.append(("%s, %s" % (path.relative_to(FIXTURES), what), eagerly.complaint(copy),
                        data))
    shutil.rmtree(copy)
    return results


# ---- modules made to hurt

def lines_of(text, count):
    return "".join(text % {"i": i, "j": i + 1} for i in range(count))


def nested(header, depth, body, indent=" "):
    """`header` (with %d for the level) inside itself, and `body` in the innermost one."""
    levels = "".join(indent * i + (header % i if "%" in header else header) + "\n"
                     for i in range(depth))
    return levels + indent * depth + body + "\n"


def in_function(block):
    return "def run(flag):\n" + "".join("    " + line + "\n" for line in block.split("\n") if line)


def deep_modules():
    deep = 100000
    yield "100,000 parentheses", "x = " + "(" * deep + "1" + ")" * deep + "\n"
    yield "100,000 open parentheses", "x = " + "(" * deep + "\n"
    yield "100,000 closing brackets", "]" * deep + "\n"
    yield "100,000 open braces", "{" * deep + "\n"
    yield "100,000 nested lists", "x = " + "[" * deep + "]" * deep + "\n"
    yield "100,000 nested dictionaries", "x = " + "{1:" * deep + "1" + "}" * deep + "\n"
    yield "100,000 nested calls", "def f(x):\n    return x\nx = " + "f(" * deep + ")" * deep + "\n"
    yield "100,000 unary operators", "x = " + "not " * deep + "1\n" + "y = " + "-" * deep + "1\n"
    yield "100,000 operands", "x = " + "+".join(["1"] * deep) + "\n"
    yield "100,000 strings side by side", "x = (" + "'a' " * deep + ")\n"
    yield "100,000 attributes", "for b in Book.objects.all():\n    b" + ".author" * deep + "\n"
    yield "100,000 subscripts", "x = Book.objects.all()" + "[0]" * deep + "\n"
    yield "20,000 filters in a chain", "x = Book.objects" + ".filter(a=1)" * 20000 + "\nlist(x)\n"
    yield "20,000 select_related in a chain", ("x = Book.objects" + ".select_related('author')"
                                               * 20000 + "\nfor b in x: b.author.name\n")
    yield "5,000 prefetches in a chain", ("for b in Book.objects" + "".join(
        ".prefetch_related(Prefetch('tags', to_attr='t%d'))" % i for i in range(5000))
        + ":\n    print(b.t7, b.author.name)\n")
    yield "a lookup path of 20,000 hops", ("for b in Book.objects.select_related('"
                                           + "__".join(["author"] * 20000)
                                           + "'):\n    b.author.publisher.name\n")
    yield "3,000 wrong paths of 190 letters", lines_of(
        "Book.objects.prefetch_related('tags%(i)06d" + "reviewstags" * 16 + "').count()\n", 3000)
    yield "10,000 lambdas", "x = " + "lambda: " * 10000 + "1\nx()()()\n"
    yield "10,000 conditional expressions", "x = " + "1 if y else " * 10000 + "2\n"
    yield "5,000 nested f-strings", "x = " + "f'{" * 5000 + "1" + "}'" * 5000 + "\n"
    yield "1,000 nested comprehensions", ("x = " + "[y for y in " * 1000 + "Book.objects.all()"
                                          + "]" * 1000 + "\n")
    yield "a comprehension of 500 loops", ("x = [1 " + "for y in Book.objects.all() " * 500
                                           + "]\n")
    yield "5,000 decorators", ("@d\n" * 5000 + "def f(): return Book.objects.all()\n"
                               "for b in f():\n    b.author.name\n")
    yield "100,000 decorators open", "@" * deep + "\n"
    yield "a name of 1,000,000 letters", "%s = Book\n" % ("x" * 1000000)
    yield "a string of 900,000 letters", "Book.objects.filter('%s')\n" % ("x" * 900000)
    yield "300,000 line ends", "\n" * 300000 + "x = (\n" + "\\\n" * 100000
    yield "indentation of 500,000", "if x:\n" + " " * 500000 + "y\n"


def nested_modules():
    read = "b.author.name"
    for header in ("if flag:", "while flag:", "with flag:", "try:", "def f%d(b):", "class C%d:"):
        yield "5,000 nested " + header, nested(header, 1300, read) + nested(header, 5000, read)
    for header in ("for b in Book.objects.all():", "for b in b.author.books.all():",
                   "for x in [b, b, b, b]:", "while b.author.name:", "for x in unknown:"):
        for depth in (30, 300):
            yield "%d nested %s" % (depth, header), in_function(
                nested("b = Book.objects.get()\n" + header if not depth else header, depth, read))
    yield "30 nested loops with a query each", in_function(nested(
        "for b%d in Book.objects.all():", 30, "Book.objects.get(pk=b1.pk)"))
    yield "30 nested else of loops", in_function("".join(
        " " * i + "for b in Book.objects.all():\n" + " " * i + " b.author.name\n"
        + " " * i + "else:\n" for i in range(30)) + " " * 30 + read)
    yield "20 loops that change each other's variables", in_function(
        "a = b = c = None\n" + nested("for b in (Book.objects.all(), a, b, c):", 20,
                                      "a, b, c = b, c, Book.objects.filter(pk=a)"))
    yield "10,000 elif", in_function("if flag: b = 1\n" + "elif flag: b = Book.objects.get()\n"
                                     * 10000 + "b.author.name")
    yield "1,000 cases", in_function("match flag:\n" + lines_of(" case %(i)d: b = x%(i)d\n", 1000))
    yield "2,000 except clauses", in_function("try:\n b = Book.objects.get()\n" + lines_of(
        "except E%(i)d:\n b = x%(i)d\n", 2000) + read)
    yield "200 nested finally", in_function("".join(
        " " * i + "try:\n" + " " * i + " b = Book.objects.get()\n" + " " * i + "finally:\n"
        for i in range(200)) + " " * 200 + read)


def wide_modules():
    many = 100000
    yield "a list of 100,000", "x = [" + "1," * many + "]\nfor y in x:\n    y.author.name\n"
    yield "a list of 20,000 querysets", ("x = [" + "Book.objects.all()," * 20000
                                         + "]\nfor q in x:\n    for b in q:\n"
                                           "        b.author.name\n")
    yield "a dictionary of 100,000", "x = {" + lines_of("%(i)d: %(j)d,", many) + "}\nprint(x[7])\n"
    yield "20,000 assignments to a dictionary", ("x = {}\n" + lines_of(
        "x['k%(i)d'] = Book.objects.all()\n", 20000) + "for b in x['k3']:\n    b.author.name\n")
    yield "20,000 assignments to attributes", ("class C: pass\nc = C()\n" + lines_of(
        "c.k%(i)d = Book.objects.all()\n", 20000) + "for b in c.k3:\n    b.author.name\n")
    yield "50,000 variables", lines_of("v%(i)d = Book.objects.all()\n", 25000)
    yield "20,000 loops in a row", lines_of("for b in Book.objects.all(): b.author.name\n", 15000)
    yield "20,000 reads in one loop", ("for b in Book.objects.all():\n"
                                       + "    b.author.name\n" * 20000)
    yield "5,000 queries in one loop", ("for b in Book.objects.all():\n"
                                        + "    Book.objects.get(pk=b.pk)\n" * 5000)
    yield "40 functions of 150 querysets, each indexed 60 times", "".join(
        "def f%d():\n" % k + "".join(
            " v%d = Book.objects.all()\n" % i + " v%d[0], v%d.count()\n" % (i, i) * 30
            for i in range(150)) for k in range(40))
    yield "names that pass loaded rows on to one another", "".join(
        "def f%d():\n" % k + " v0 = Book.objects.select_related('author')\n" + "".join(
            " v%d = v%d.filter(a=1)\n" % (i % 40, (i * 7 + 1) % 40) for i in range(2000))
        for k in range(20))
    yield "200 parameters", ("def f(" + lines_of("a%(i)d=Book.objects.all(),", 200) + "*x, **y):\n"
                             "    for b in a7:\n        b.author.name\nf("
                             + lines_of("Book.objects.all(),", 200) + ")\nf(**{'a7': 1})\nf(*f)\n")
    yield "20,000 arguments", ("def f(*a, **k):\n    for b in a[0]: b.author.name\nf("
                               + "Book.objects.all()," * 10000
                               + lines_of("k%(i)d=1,", 10000) + ")\n")
    yield "20,000 targets", lines_of("v%(i)d,", 20000) + " = Book.objects.all()\n"
    yield "20,000 imports", lines_of("from shop.models import Book as b%(i)d\n", 15000)
    yield "3,000 functions calling each other", lines_of(
        "def f%(i)d(q):\n    return f%(j)d(q), f%(i)d(q)\n", 3000) + (
        "def f3000(q):\n    for b in q: b.author.name\n    return f0(q)\nf0(Book.objects.all())\n")
    yield "3,000 functions, each calling the next", lines_of(
        "def f%(i)d(q):\n    for b in q: b.author.name\n    return f%(j)d(q)\n", 3000) + (
        "def f3000(q):\n    return q\nf0(Book.objects.all())\n")
    yield "3,000 classes, each below the last", "class C0: pass\n" + lines_of(
        "class C%(j)d(C%(i)d):\n    def m(self): return super().m()\n", 3000) + "C3000().m()\n"
    yield "2,000 classes of the admin, each for 60 models", (
        "from django.contrib import admin\nfrom django.db import models\n" + lines_of(
            "class M%(i)d(models.Model):\n    a = models.ForeignKey('M%(j)d', models.CASCADE)\n",
            60) + "ALL = [" + lines_of("M%(i)d, ", 60) + "]\n" + lines_of(
                "class A%(i)d(admin.ModelAdmin):\n    list_display = ['a']\n"
                "admin.site.register(ALL, A%(i)d)\n", 2000))
    yield "a list of 300 foreign keys to its own model", (
        "from django.contrib import admin\nfrom django.db import models\n"
        "class M(models.Model):\n" + lines_of(
            "    f%(i)d = models.ForeignKey('M', models.CASCADE, related_name='+')\n", 300)
        + "class A(admin.ModelAdmin):\n    list_display = ['f1', 'f2']\n"
        "admin.site.register(M, A)\n")
    yield "1,000 models related to each other", "from django.db import models\n" + lines_of(
        "class M%(i)d(models.Model):\n    f = models.ForeignKey('M%(j)d', 1)\n"
        "    g = models.ForeignKey('M0', 1)\n", 1000) + (
        "for m in M0.objects.all():\n    m.f.f.f.f.g.f\n")
    yield "a model of 5,000 relations", ("from django.db import models\n"
                                         "class M(models.Model):\n" + lines_of(
        "    f%(i)d = models.ForeignKey('M', 1)\n", 5000) + "for m in M.objects.all():\n"
        "    for n in m.f3_set.all(): n.f7.f8\n")
    yield "a class of 1,000 bases", lines_of("class B%(i)d: pass\n", 1000) + (
        "class C(" + lines_of("B%(i)d,", 1000) + "): pass\nC().m()\n")


GROWING = """q.filter(x=1); [q]; (q,); (q, q); {q: q}; {'a': q}; [q, *q]; lambda: q
    lambda x=q: f(x)
    q.select_related('author'); q + 'a'; q.prefetch_related(Prefetch('tags', queryset=q)); q.all()
    q | q; q[1:]; q.annotate(x=1).only('y'); q.union(q); C(q); partial(f, q); q + 1; (x for x in q)
    [x for x in q]; map(f, q); f(q); f; q(); *q; **q; q.author; q.author.books.all(); list(q)
    f'{q}'; dict(a=q); q if q else [q]; q.m; zip(q, q); sorted(q, key=lambda b: b.author)
    Prefetch('tags', queryset=q); type(q); iter(q); await_(q); -q; q == q""".replace("\n", ";")
RECURSION = """
    from functools import partial
    class C:
        def __init__(self, q):
            self.q = q
            self.again = C(q)
        def m(self):
            return f(self)
    def f(q):
        for b in q:
            b.author.name
        return f(%s)
    f(Book.objects.all())
    f(Book.objects.get())
    f([])
    f('')
"""
SELF_HOLDING = {
    "a generator of itself": """
        def f(q):
            yield q
            yield from f((x for x in f(q)))
        for b in f(Book.objects.all()):
            b.author.name""",
    "a list that holds itself": """
        x = []
        x.append(x)
        x[0] = x
        for y in x:
            y.append(x)
            for z in y: z.author.name
        print(x)
        list(x)""",
    "a dictionary that holds itself": """
        x = {}
        x['a'] = x
        x['a']['a']['a'].b
        print(x)""",
    "an object that holds itself": """
        class C:
            def __init__(self):
                self.c = self
                self.c.c.d = [self, self.c]
            def m(self):
                return self.c.m()
        C().c.c.m()""",
    "Ackermann": """
        def a(m, n):
            if not m: return n + 1
            if not n: return a(m - 1, 1)
            return a(m - 1, a(m, n - 1))
        a(9, 9)
        a(Book.objects.all(), [])""",
    "the Y combinator": """
        y = lambda f: (lambda x: f(x(x)))(lambda x: f(x(x)))
        y(y)(y(y))""",
    "omega": """
        (lambda x: x(x))(lambda x: x(x))
        (lambda x: x(x, x))(lambda x, y: x(y, (x, y)))""",
}


def comment_modules():
    loop = "for b in Book.objects.all():\n    b.author.name"
    yield "40,000 comments that silence nothing", "# eagerly: ignore[EAG101]\n" * 40000 + loop
    yield "40,000 comments of one loop", (
        "# eagerly: ignore\n" * 40000 + lines_of("for b in Book.objects.all(): b.author\n", 2000))
    yield "a comment that names 100,000 rules", (
        loop + "  # eagerly: ignore[" + "EAG101," * 100000 + "]\n")
    yield "a comment that says 50,000 things", loop + "  # eagerly: ignore[X]" * 50000 + "\n"
    yield "a noqa of 100,000 codes", loop + "  # noqa: " + "EAG101," * 100000 + "\n"
    yield "a comment of 900,000 blanks", loop + " " * 450000 + "# eagerly: ignore[" + " " * 450000
    yield "a comment in a statement of 50,000 lines", (
        "x = [\n" + "# eagerly: ignore[EAG101]\n1,\n" * 30000 + "]\n")


def growing_calls():
    """Recursion whose arguments never repeat."""
    for argument in filter(None, map(str.strip, GROWING.split(";"))):
        yield "f(%s) inside f" % argument, textwrap.dedent(RECURSION) % argument
    for name, text in SELF_HOLDING.items():
        yield name, textwrap.dedent(text) + "\n"
    yield "variables that grow in a loop", in_function(
        "x = Book.objects.all()\nwhile flag:\n    x = [x, (x, x)]\n    x = x.filter(a=x)\nlist(x)")
    yield "queryset that grows in a loop", in_function(
        "x = Book.objects.all()\nfor i in range(9):\n    x = x.filter(a=x).select_related('author')"
        "\n    x = x.prefetch_related(Prefetch('tags', queryset=x))\nfor b in x: b.author.name")
    yield "a closure that grows in a loop", in_function(
        "x = lambda: Book.objects.all()\nfor i in flag:\n    x = lambda y=x: (y, x)\nx()()()")


def exponential_modules():
    doubling = "def f0(q):\n    for b in q: b.author.name\n    return q\n"
    for what, line in (("calls", "return (f%(i)d(q), f%(i)d(q))"),
                       ("nested calls", "return f%(i)d(f%(i)d(q))"),
                       ("variants", "return f%(i)d(q.filter(a=1)), f%(i)d(q.only('author'))"),
                       ("types", "return f%(i)d([q]), f%(i)d((q,)), f%(i)d({1: q})"),
                       ("constants", "return f%(i)d(q + '%(i)d'), f%(i)d('%(i)d' + q)"),
                       ("loops", "return [f%(i)d(x) for x in f%(i)d(q)]"),
                       ("branches", "return f%(i)d(q) if q else f%(i)d([q])"),
                       ("births", "return f%(i)d(q), f%(i)d(Book.objects.filter(x=%(i)d))"),
                       ("closures", "return f%(i)d(lambda: q), f%(i)d(lambda: f%(i)d(q))")):
        yield "40 functions doubling " + what, doubling + lines_of(
            "def f%(j)d(q):\n    " + line + "\n", 40) + "f40(Book.objects.all())\nf40('a')\n"
    yield "doubled values", ("x = Book.objects.all()\n" + "x = (x, x)\n" * 200
                             + "print(x)\nlist(x)\nfor y in x:\n    y.author\n")
    for width in (16, 60, 64, 1000):
        yield "values of %d, ten levels" % width, (
            "def f(q): return q\nx = Book.objects.all()\ny = 1\n"
            + ("x = (%s)\nx = f(x)\n" % ("x, " * width)) * 10
            + "if x: y = x[0], x\nelse: x = y, y\nfor z in x:\n    f(z)\n")
    yield "20,000 levels on either side", in_function(
        "if flag:\n" + "  x = (x, x)\n" * 20000 + "else:\n" + "  x = {'a': [x]}, x\n" * 20000
        + "print(x)")
    yield "15,000 branches with a variable each", in_function(lines_of(
        "if flag: v%(i)d = Book.objects.all()\n", 15000))
    yield "15,000 branches of 200 variables", in_function(
        lines_of("v%(i)d = Book.objects.filter(a=%(i)d)\n", 200) + lines_of(
            "if flag: v7 = v%(i)d\n", 15000) + "for b in v7: b.author.name")
    yield "one name in many queries, bound many times", in_function(
        "x = y = 0\nfor row in Book.objects.all():\n"
        + "    Book.objects.filter(%s).count()\n" % ", ".join(["a=x"] * 900) * 20
        + "    x = y\n" * 900)
    yield "names that lead to names, in a loop", in_function(
        "for a in rows:\n    x0 = 1\n"
        + lines_of("    x%(j)d = " + "x%(i)d, " * 8 + "1\n", 12)
        + "    Book.objects.filter(pk__in=x12).count()\n" * 50)
    yield "10,000 queries and rows made in one loop", in_function(
        "for a in rows:\n    time.wait(a)\n" + lines_of(
            "    b%(i)d = Book.objects.create(title='x')\n"
            "    Book.objects.filter(title=t).count()\n", 10000))
    yield "5,000 receivers of computed senders", lines_of(
        "def r%(i)d(m): post_save.connect(f, sender=m)\nr%(i)d(Book)\n", 5000)
    yield "doubled strings", "x = 'ab'\n" + "x = x + x\n" * 200 + "Book.objects.select_related(x)\n"
    yield "multiplied strings", "x = 'ab' * 10**12\ny = [1] * 10**12\nz = 10**10**10\nprint(x, y)\n"
    yield "doubled f-strings", "x = 'ab'\n" + "x = f'{x}{x}'\n" * 200 + "getattr(Book, x)\n"
    yield "doubled lists", "x = [Book.objects.all()]\n" + "x = x + x\nx += x\n" * 100 + "list(x)\n"
    yield "doubled plans", ("q = Book.objects.all()\n" + "q = q.prefetch_related(Prefetch('tags', "
                            "queryset=q), Prefetch('reviews', queryset=q))\n" * 60
                            + "for b in q:\n    b.tags.all()\n")
    yield "60 prefetches on 10 levels", (
        "q = Book.objects.only('title')\n" + ("q = Book.objects.prefetch_related(" + lines_of(
            "Prefetch('tags', queryset=q, to_attr='t%(i)d'),", 60) + ")\n") * 10
        + "for b in q:\n    b.t1\n")
    yield "a constructor that fetches its own kind", (
        "from django.db import models\nclass Copy(models.Model):\n    name = models.TextField()\n"
        "    text = models.TextField()\n    def __init__(self, *arguments):\n"
        "        super().__init__(*arguments)\n        for copy in Copy.objects.only('name'):\n"
        "            print(copy.text, [c for c in Copy.objects.defer('text')])\n"
        "for copy in Copy.objects.only('name'):\n    print(copy.text)\n")
    yield "2^60 paths", in_function("x = Book.objects.all()\n" + lines_of(
        "if flag.a%(i)d: x = x.select_related('author')\nelse: x = x.only('f%(i)d')\n", 60)
        + "for b in x: b.author.name")
    yield "2^60 unions", in_function("x = Book.objects.all()\n" + lines_of(
        "if flag.a%(i)d: x = [x]\nelse: x = (x, Book.objects.filter(a=%(i)d))\n", 60)
        + "for b in x: b.author.name")
    yield "union of 3,000 births", in_function("x = None\n" + lines_of(
        "if flag == %(i)d: x = Book.objects.filter(a=%(i)d)\n", 3000) + "for b in x: b.author.name")
    yield "unrolled 16^8", in_function(nested(
        "for x%d in [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]:", 8, "Book.objects.get(pk=x1)"))
    yield "unrolled 16^8 in calls", "def f0(q): Book.objects.get(pk=q)\n" + lines_of(
        "def f%(j)d(q):\n    for x in [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]: f%(i)d((q, x))\n",
        8) + "f8(1)\n"
    yield "and/or of 2,000", in_function("x = " + " or ".join(
        "(a%d and Book.objects.filter(a=%d))" % (i, i) for i in range(2000)) + "\nlist(x)")
    yield "properties of properties", ("class C:\n" + lines_of(
        "    @property\n    def p%(j)d(self): return self.p%(i)d, self.p%(i)d\n", 50)
        + "    p0 = Book.objects.all()\nC().p50\n")


CYCLIC = {
    "inheritance cycles": """
        class A(B): pass
        class B(C): x = A
        class C(A): pass
        class D(D): pass
        class E(E.F, D): pass
        A().x
        D().y
        E.objects.all()""",
    "inheritance without a linear order": """
        class X: pass
        class Y: pass
        class A(X, Y): pass
        class B(Y, X): pass
        class C(A, B): pass
        C().m()""",
    "models that inherit in a circle": """
        from django.db import models
        class A(B): f = models.ForeignKey('A', 1)
        class B(A, models.Model): pass
        class C(models.Model): f = models.ForeignKey('D', 1)
        class D(C):
            f = models.OneToOneField('C', 1)
            class Meta(Meta): proxy = True
        for a in A.objects.all(): a.f.f
        for c in C.objects.all(): c.f.d.f""",
    "assignments in a circle": """
        a = b
        b = c
        c = a
        a.objects.all()
        x = x
        x.y = x
        del x, a""",
    "functions calling each other": """
        def f(q): return g(q.all())
        def g(q): return h(q), f(q)
        def h(q):
            for b in q: f(b.author.books)
            return g([q])
        f(Book.objects)
        h(Book.objects)""",
    "methods calling each other": """
        class A:
            def m(self): return B().m() or super().m()
            def __getattr__(self, n): return getattr(self, n)
            @property
            def p(self): return self.p
            def __iter__(self): return iter(self)
            def __call__(self): return self()()
            def __str__(self): return str(self)
            def __len__(self): return len(self)
            def __getitem__(self, i): return self[i]
        class B(A):
            def m(self): return A().m()
        for x in B(): x.m()
        A().m()
        A().p.q
        A()()()
        print(A(), len(A()))
        A()[0]""",
    "managers made of each other": """
        from django.db import models
        class Q(models.QuerySet):
            def all(self): return self.all()
            def get_queryset(self): return self.get_queryset().all()
            def filter(self, *a): return super().filter(self).filter(a)
        class M(models.Manager.from_queryset(Q)):
            def get_queryset(self): return self.all()
        class N(M.from_queryset(N)): pass
        class T(models.Model):
            objects = M()
            other = Q.as_manager().as_manager()
            f = models.ForeignKey('self', 1, related_name='f')
        for t in T.objects.all(): t.f.filter(t.f.all())
        for t in T.other.filter(): t.f""",
    "decorators of themselves": """
        @d
        def d(f): return d(f)
        @d
        @d(d)
        def g(): return g
        @property
        @staticmethod
        @classmethod
        def h(): h
        g()()()
        h()""",
    "metaclasses of themselves": """
        class M(type, metaclass=M): pass
        class N(metaclass=N): pass
        N().x""",
    "globals and nonlocals": """
        global x
        nonlocal y
        def f():
            global f, x
            nonlocal f
            x = f
            def g():
                nonlocal g, x
                g = f
                return g()
            return g()
        f()""",
    "names of builtins": """
        len = list = print = Book
        len(1)
        for x in list(2): print(x.author)
        def super(): return super()
        class int(int): pass
        int().x
        self.x
        super().y
        False = 1
        __name__ = Book""",
    "star arguments": """
        def f(*a, **k): return f(*a, **k), f(*f(*a), **f(**k)), f(a, k)
        f(*f, **f)
        f(*[f], **{'a': f})
        a, *b = *a, *b
        *a, = a
        [*a, *b]
        {**a, **b}
        print(*a, *b, sep=a)""",
    "misplaced statements": """
        return 1
        yield 2
        break
        continue
        await 3
        raise
        class C:
            return 1
            yield 2
            for x in C: break
        else: 3
        for b in Book.objects.all(): return b.author""",
}
METHODS = """select_related prefetch_related only defer filter annotate values get in_bulk union
    order_by iterator first as_manager from_queryset raw aggregate values_list dates reverse explain
    nothing""".split()
BUILTINS = """len list sorted map filter enumerate zip reversed any all sum getattr hasattr
    isinstance print str repr super type iter next min max dict set tuple range property setattr
    partial chain get_object_or_404 prefetch_related_objects Prefetch deepcopy""".split()


def cyclic_modules():
    for name, text in CYCLIC.items():
        yield name, textwrap.dedent(text) + "\n"
    yield "odd arguments", "".join(
        "q.%s(%s)\n" % (method, arguments) for method in METHODS for arguments in (
            "", "None", "1", "'a__'", "'__'", "''", "'a' * 3", "*q", "**q", "q", "[]", "'-'", "x=1",
            "lambda: q", "'\\x00'", "Prefetch()", "Prefetch('')", "Prefetch(q, q, q)",
            "Prefetch('tags', to_attr='')", "'tags__tags', 'tags'", "..."))
    yield "odd builtins", "".join(
        "x = %s(%s)\nfor y in x: y.author\n" % (name, arguments) for name in BUILTINS
        for arguments in ("", "None", "*x", "**x", "x", "x, x, x, x", "Book", "Book.objects", "[]",
                          "key=x", "lambda: x", "x for x in x", "...", "len"))


def import_cycles():
    """(name, text of several modules)"""
    yield "modules that import each other", {
        "a": "from .b import *\nfrom .b import x as y\nfrom . import c\nz = y\n"
             "for b in z: b.author\n",
        "b": "from .a import *\nfrom .a import y as x\nimport shop.c as d\n",
        "c": "from .c import c\nfrom .a import c as c\nc.c.c\n"}
    yield "300 modules that import each other", {
        "m%d" % i: "from .m%d import *\nfrom .m%d import x\nv%d = x\n"
                   % ((i + 1) % 300, i * 7 % 300, i) for i in range(300)}
    yield "a package that imports itself", {
        "__init__": "from . import *\nfrom .. import shop\nimport shop\nfrom shop import shop\n"
                    "from .models import *\n",
        "settings": "from .settings import *\nAUTH_USER_MODEL = AUTH_USER_MODEL\n"
                    "INSTALLED_APPS = INSTALLED_APPS + INSTALLED_APPS\n"}
    yield "relative imports above the top", {
        "a": "from " + "." * 1000 + "x import y\nfrom ..... import z\n"
             "from " + "a." * 5000 + "b import c\n"}


def input_of(modules):
    """What --keep writes."""
    if len(modules) > 1:
        return repr(modules).encode()
    data = next(iter(modules.values()))
    return data if isinstance(data, bytes) else data.encode()


def check_text(eagerly, folder, name, modules):
    shop = Path(folder, "shop")
    shop.mkdir(parents=True)
    for stem, text in {"__init__": "", "models": MODELS, **modules}.items():
        data = text if isinstance(text, bytes) else text.encode()
        path = shop / (stem if "." in stem else stem + ".py")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    complaint = eagerly.complaint(folder)
    shutil.rmtree(folder)
    return [(name, complaint, input_of(modules))]


def encodings():
    read = "from shop.models import Book\nfor b in Book.objects.all():\n    b.author.name\n"
    yield "an empty file", b""
    yield "only a byte order mark", b"\xef\xbb\xbf"
    yield "a byte order mark", b"\xef\xbb\xbf" + read.encode()
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield name, read.encode(name)
    yield "Latin-1", ("# coding: latin-1\nx = 'é'\n" + read).encode("latin-1")
    yield "NUL bytes", read.encode().replace(b"\n", b"\0\n")
    yield "one NUL byte at the end", read.encode() + b"\0"
    yield "2 MiB", read.encode() * (2 * 1024 * 1024 // len(read) + 1)
    yield "1 MiB less one byte", (read.encode() * (1024 * 1024 // len(read) + 1))[:1024 * 1024 - 1]
    yield "carriage returns", (read.replace("\n", "\r") + read.replace("\n", "\r\n")).encode()
    yield "other line ends", read.replace("\n", "\f\v\u2028\n\x85").encode()
    yield "invalid UTF-8", b"x = '\xff\xfe\xc0\x80\xed\xa0\x80'\n\xf8\x88 = 3\n" + read.encode()
    yield "control characters in names", (
        "for b in Book.objects.filter(a='\x1b[31m\u202e'):\n"
        "    b.author.\u0661\u200b.name\n").encode()
    yield "names in every script", (
        "class B\u00fccher(Book): pass\nfor \U0001d4d0 in B\u00fccher.objects.all():\n"
        "    \U0001d4d0.author.name\n").encode()
    rng = random.Random(SEED)
    yield "noise", bytes(rng.getrandbits(8) for _ in range(200000))
    words = ("def class for in if else : ( ) [ ] { } = . , \n \n\t lambda yield await Book objects "
             "all author * ** @ ' \" f' match case try").split(" ")
    yield "noise of words", " ".join(rng.choices(words, k=60000)).encode()


# ---- unusual files and folders

ODD_NAMES = [b"new\nline.py", b"escape\x1b[31m.py", b"\xff\xfe.py", b"per%cent,colon:.py",
             b"-rf.py", b"'\"\\$(x).py", b" .py", b".py", b"x" * 250 + b".py",
             "\u202e\u00e9.py".encode()]
LINKS = {"loop.py": "loop.py", "a.py": "b.py", "b.py": "a.py", "up": "..", "down": "../shop",
         "gone.py": "nowhere.py", "device.py": "/dev/zero", "tty.py": "/dev/tty",
         "root": "/proc/self/root", "same.py": "models.py"}


def unusual_folder(folder):
    shop = folder / "shop"
    shop.mkdir(parents=True)
    (shop / "__init__.py").touch()
    (shop / "models.py").write_text(MODELS)
    read = HEAD + "for b in Book.objects.all():\n    b.author.name\n"
    for name in ODD_NAMES:
        with open(os.path.join(os.fsencode(shop), name), "w", encoding="utf-8") as file:
            file.write(read)
    os.mkfifo(shop / "pipe.py")
    os.mkfifo(shop / ".gitignore")
    (shop / "folder.py").mkdir()
    for link, target in LINKS.items():
        os.symlink(target, shop / link)
    deep = shop
    for _ in range(200):
        deep = deep / "deeper"
        deep.mkdir()
    os.symlink(shop, deep / "again")
    (deep / "leaf.py").write_text(read)
    (shop / "locked.py").write_text(read)
    (shop / "locked.py").chmod(0)
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        try:
            os.chdir(shop)  # a socket's path is short
            server.bind("socket.py")
        finally:
            os.chdir(here)


def check_unusual(eagerly, folder):
    unusual_folder(folder)
    results = [("unusual files and folders", eagerly.complaint(folder), b"")]
    for path in sorted(set(os.listdir(folder / "shop")) - {"root", "up"}):
        name = "given by name: shop/%s" % path.encode("utf-8", "replace")[:60]
        complaint = eagerly.complaint(folder, ["--", "shop/" + path])
        unread = "could not" in complaint or "cannot" in complaint or "eagerly: " in complaint
        crashed = any(word in complaint for word in ("hangs", "exit status", "over ", "no JSON"))
        results.append((name, complaint if crashed or not unread else "", b""))
    return results


def nested_serializers(count):
    """Each serializer holds all of them, so ways through them are as many as there are numbers."""
    yield "from rest_framework import generics, serializers\n"
    for i in range(count):
        yield "class S%d(serializers.ModelSerializer):\n" % i
        yield "".join("    f%d = S%d(source='author')\n" % (k, k) for k in range(count))
        yield "    class Meta:\n        model = Book\n        fields = '__all__'\n"
    yield "class V(generics.ListAPIView):\n    queryset = Book.objects.all()\n"
    yield "    serializer_class = S0\n"


# ---- all of it

def text_cases():
    yield "serializers in each other", {"hostile": HEAD + "".join(nested_serializers(6))}
    for cases in (deep_modules, nested_modules, wide_modules, comment_modules, growing_calls,
                  exponential_modules, cyclic_modules):
        for name, text in cases():
            yield name, {"hostile": HEAD + text}
    for name, data in encodings():
        yield name, {"hostile": data}
    yield from import_cycles()
    yield from page_cases()


def jobs_of(options, eagerly, folder):
    """Calls that each give [(name, complaint, input)]"""
    for number, (name, modules) in enumerate(text_cases()):
        if options.only in name:
            yield check_text, eagerly, folder / ("text%d" % number), name, modules
    if options.only in "unusual":
        yield check_unusual, eagerly, folder / "unusual"
    paths = [path for path in sorted(FIXTURES.glob("**/*")) if path.suffix in (".py", ".html")
             and options.only in str(path) and path.stat().st_size]
    if options.every > 1:
        print("damaged: one file in %d of %d" % (options.every, len(paths)))
    for path in paths[::options.every]:
        yield check_damaged, eagerly, path, folder, CUTS // 4 if options.quick else CUTS


def main():
    parser = argparse.ArgumentParser(description="Run eagerly over hostile input.")
    parser.add_argument("eagerly")
    parser.add_argument("--sanitizers", action="store_true",
                        help="it is built with sanitizers: other limits")
    parser.add_argument("--quick", action="store_true", help="a quarter of the damaged fixtures")
    parser.add_argument("--every", type=int, default=1, help="one in so many fixtures is damaged")
    parser.add_argument("--only", default="", help="inputs whose name has this text")
    parser.add_argument("--keep", help="where inputs that fail are written")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    tally = Tally(options.verbose)
    eagerly = Eagerly(os.path.abspath(options.eagerly), options.sanitizers)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [pool.submit(*job) for job in jobs_of(options, eagerly, Path(folder).resolve())]
        for future in futures:
            for name, complaint, data in future.result():
                tally.check(not complaint, name, complaint)
                if complaint and options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    Path(options.keep, name.replace("/", "_")[:80] + ".py").write_bytes(data)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
