#!/usr/bin/env python3
"""Commands and configuration, on a small project.

    tests/cli.py build/eagerly [-v]

The last line counts the checks; the exit status is 1 if one failed.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from run import Tally

SHOP = {
    "shop/__init__.py": "",
    "shop/models.py": '''\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=80)


class Book(models.Model):
    title = models.CharField(max_length=80)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
''',
    "shop/views.py": '''\
from .models import Author, Book


def titles():
    return [f"{book.title} by {book.author.name}" for book in Book.objects.all()]


def served():
    return [book.author.name for book in Book.objects.select_related("author")]


def counts():
    return {author.name: author.books.count() for author in Author.objects.all()}
''',
}

# ---- configuration files: what is said of each mistake, and where
YAML_MISTAKES = {
    "unknown key": ("selct: [EAG101]\n", "1:1: unknown key 'selct'; did you mean 'select'?"),
    "no such key at all": ("jobs: 2\nzzzzzz: 1\n", "2:1: unknown key 'zzzzzz'; see"),
    "underscore": ("exit_zero: true\n", "1:1: unknown key 'exit_zero'; did you mean 'exit-zero'?"),
    "text for a flag": ("exit-zero: maybe\n", "1:1: 'exit-zero' is true or false, not text"),
    "text for a number": ("jobs: many\n", "1:1: 'jobs' is a number, not text"),
    "quoted number": ("jobs: '2'\n", "1:1: 'jobs' is a number, not text"),
    "number too large": ("jobs: 5000\n", "1:1: 'jobs' takes a number up to 1024, not '5000'"),
    "fraction": ("jobs: 1.5\n", "1:1: 'jobs' takes a number up to 1024, not '1.5'"),
    "mapping for a list": ("select: {a: b}\n", "1:1: 'select' is a list, not a mapping"),
    "list in a list": ("select:\n  - [EAG101]\n",
                       "2:5: 'select' is a list of texts, not of a list"),
    "list for text": ("color: [auto]\n", "1:1: 'color' is text, not a list"),
    "nothing": ("color:\n", "1:1: 'color' is text, not nothing"),
    "choice": ("color: allways\n", "1:1: 'color' takes auto|always|never, not 'allways'; "
               "did you mean 'always'?"),
    "rule": ("select:\n  - EAG101\n  - EAG999\n", "3:5: no rule is called 'EAG999'"),
    "rule's name": ("ignore: [missing-select-relatd]\n",
                    "1:10: no rule is called 'missing-select-relatd'; did you mean "
                    "'missing-select-related'?"),
    "version": ("django-version: new\n", "1:1: 'django-version' takes a version like 4.2"),
    "top is a list": ("- a\n- b\n", "1:1: a mapping is expected here"),
    "top is text": ("eagerly\n", "1:1: a mapping is expected here"),
    "twice": ("jobs: 1\njobs: 2\n", "2:1: the key 'jobs' is given twice"),
    "broken": ("select: [EAG101\njobs: 2\n", "no YAML: "),
    "tabs": ("select:\n\t- EAG101\n", "2:1: no YAML: "),
    "two documents": ("jobs: 1\n---\njobs: 2\n", "2:1: a second document"),
    "alias": ("select: &a [EAG101]\nignore: *a\n", "1:9: anchors and aliases are not read here"),
    "merge": ("<<: *base\n", "1:5: anchors and aliases are not read here"),
    "tag": ("jobs: !!python/object:os.system 2\n", "1:7: tags are not read here"),
    "tag of a mapping": ("!!map\njobs: 2\n", "1:1: tags are not read here"),
    "deep": ("a: " + "[" * 40 + "]" * 40 + "\n", "too many levels inside one another"),
    "many": ("select: [" + "x," * 30000 + "]\n", "too many values"),
    "huge": ("# " + "x" * (1 << 20) + "\n", "cannot be read: larger than 1 MiB"),
    "no UTF-8": (b"jobs: \xff\xfe\n", "no YAML: "),
    "NUL": (b'color: "a\\0b"\n', "1:8: a NUL in a text"),
    "no rule": ("select: []\n", "1:1: 'select' is empty; leave it out for the default"),
    "no surface": ("surfaces: []\n", "1:1: 'surfaces' is empty; leave it out"),
    "surface": ("surfaces: [views]\n", "1:12: 'surfaces' takes code|view|"),
    "no version": ("django-version: '>=5,<4'\n", "1:1: 'django-version' allows no version: '>=5"),
    "class": ("auto-eager-bases: [a-b]\n", "1:20: 'auto-eager-bases' takes a class like"),
    "rule of a file": ("per-file-ignores:\n  a.py: [EAG1, nope]\n",
                       "2:3: no rule is called 'nope'"),
    "no rule of a file": ("per-file-ignores:\n  a.py: []\n",
                          "2:3: 'a.py' of 'per-file-ignores' is"),
    "no baseline": ("baseline: gone.json\n", "gone.json: No such file"),
    "no folder": ("template-folders: [gone]\n", "gone: no such file or folder"),
    "another YAML": ("%YAML 3.0\n---\njobs: 1\n", "1:1: no YAML: "),
    "key that is a list": ("[a, b]: 1\n", "1:1: a key has to be one word"),
}

TOML_MISTAKES = {
    "unknown key": ("[tool.eagerly]\nselct = []\n", "2:1: unknown key 'selct'; did you mean"),
    "wrong type": ("[tool.eagerly]\njobs = '2'\n", "2:1: 'jobs' is a number, not text"),
    "date": ("[tool.eagerly]\ncolor = 2020-01-01\n", "2:1: 'color' is text, not a number"),
    "twice": ("[tool.eagerly]\njobs = 1\njobs = 2\n", "3:1: the key 'jobs' is given twice"),
    "table twice": ("[tool.eagerly]\n[tool.eagerly]\n", "'eagerly' is defined twice"),
    "no value": ("[tool.eagerly]\njobs =\n", "2:7: a value is expected here"),
    "a bare word": ("[tool.eagerly]\ncolor = auto\n", "2:9: 'auto' is no value"),
    "open text": ('[tool.eagerly]\ncolor = "auto\n', "a control character in a text"),
    "open list": ("[tool.eagerly]\nselect = ['EAG101'\n", "',' or ']' is expected here"),
    "escape": ('[tool.eagerly]\ncolor = "\\q"\n', "an unknown escape in a text"),
    "two on a line": ("[tool.eagerly]\njobs = 1 color = 'auto'\n", "2:10: the end of the line"),
    "broken elsewhere": ("[project\n[tool.eagerly]\njobs = 1\n", "1:9: ']' is expected here"),
    "a value, not a table": ("[tool]\neagerly = 1\n", "a mapping is expected here"),
    "deep": ("[tool.eagerly]\nselect = " + "[" * 60 + "]" * 60 + "\n", "too many levels"),
    "deep keys": ("[tool.eagerly]\n" + "a." * 60 + "b = 1\n", "too many levels"),
    "many": ("[tool.eagerly]\nselect = [" + "1," * 30000 + "]\n", "too many values"),
    "huge": ("[tool.eagerly]\n# " + "x" * (1 << 20) + "\n", "cannot be read: larger than 1 MiB"),
    "no UTF-8": (b"# \xff\n[tool.eagerly]\njobs = 1\n", "1:3: no UTF-8"),
    "no UTF-8 below": (b"[tool.eagerly]\ncolor = '\xc3\xa9\xff'\n", "2:12: no UTF-8"),
    "list of tables": ("[[tool.eagerly]]\njobs = 1\n", "1:8: a mapping is expected here"),
}


# ---- models of libraries
VENDOR = """\
vendor.catalog.models.Maker:
  app: catalog
  fields: {name: plain}
vendor.catalog.models.Base:
vendor.catalog.models.Product:
  app: catalog
  bases: [vendor.catalog.models.Base]
  fields:
    name: plain
    code: {primary-key: true}
    maker: {kind: fk, to: catalog.Maker, related-name: products, null: true}
  managers:
    objects: django.db.models.Manager
"""
VENDOR_USER = """\
from vendor.catalog.models import Maker, Product


def makers():
    return [product.maker.name for product in Product.objects.all()]


def joined():
    return [product.maker.name for product in Product.objects.select_related("maker")]


def products():
    return [list(maker.products.all()) for maker in Maker.objects.all()]
"""
MODEL_MISTAKES = {
    "no class": ("Product:\n  app: x\n", "1:1: a class is expected here"),
    "unknown key": ("a.B:\n  feilds: {}\n", "2:3: unknown key 'feilds'; did you mean 'fields'?"),
    "a list": ("a.B: [x]\n", "1:1: a model is a mapping"),
    "fields as a list": ("a.B:\n  fields: [x]\n", "2:3: 'fields' is a mapping, not a list"),
    "no target": ("a.B:\n  fields:\n    x: fk\n", "3:5: a relation needs a target"),
    "a target too many": ("a.B:\n  fields:\n    x: {to: a.B}\n", "3:5: only fk, o2o and m2m"),
    "kind": ("a.B:\n  fields:\n    x: {kind: fkk}\n", "3:5: a field is plain, fk, o2o, m2m or "
             "generic, not 'fkk'"),
    "key of a field": ("a.B:\n  fields:\n    x: {nul: true}\n", "3:9: unknown key 'nul'; did you "
                       "mean 'null'?"),
    "flag": ("a.B:\n  fields:\n    x: {null: often}\n", "3:9: 'null' is true or false, not text"),
    "words": ("a.B:\n  fields:\n    x: {kind: fk, to: 'a b'}\n", "3:19: 'to' is a name here"),
    "lines": ('a.B:\n  fields:\n    "x\\ny fk z": plain\n', "a field's name is expected here"),
    "manager": ("a.B:\n  managers: {objects: [x]}\n", "2:14: 'objects' is a name here, not a list"),
    "base": ("a.B:\n  bases: [2]\n", "2:11: 'it' is a name here, not a number"),
    "app": ("a.B:\n  app: 1\n", "2:3: 'app' is a name here, not a number"),
}


class Eagerly:
    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.environment = {name: value for name, value in os.environ.items()
                            if name not in ("NO_COLOR", "FORCE_COLOR", "XDG_CONFIG_HOME")}
        self.environment["HOME"] = os.devnull

    def run(self, folder, *arguments, **environment):
        done = subprocess.run([self.program, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                              env={**self.environment, **environment}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def codes(output):
    return sorted(finding["code"] for finding in json.loads(output)["findings"])


def check_mistakes(tally, eagerly, folder, name, table):
    for title, (text, wanted) in table.items():
        write(folder, {name: text})
        status, out, log = eagerly.run(folder, "check", ".")
        said = log.replace("\n", " ")
        where = "eagerly:" if wanted.startswith("g") else name + ":"
        tally.check(status == 2 and not out and where in said and wanted in said,
                    "%s: %s" % (name, title), "%d %r %r" % (status, out[:80], log[:200]))
        (folder / name).unlink()


def check_several(tally, eagerly, folder):
    write(folder, {".eagerly.yaml": "selct: x\njobs: many\ncolor: auto\n"})
    log = eagerly.run(folder, "check", ".")[2].splitlines()
    tally.check(len(log) == 2 and log[0].startswith(".eagerly.yaml:1:1: ")
                and log[1].startswith(".eagerly.yaml:2:1: "), "each mistake has its line", str(log))
    # what the command line says is no excuse
    tally.check(eagerly.run(folder, "check", "--jobs=1", ".")[0] == 2, "a hidden mistake is one")
    tally.check(eagerly.run(folder, "check", "--isolated", ".")[0] == 1, "--isolated")
    (folder / ".eagerly.yaml").unlink()


def check_special(tally, eagerly, folder):
    """What bears the name of a configuration file, and cannot be one, is told, not passed over."""
    path, pages = folder / ".eagerly.yaml", "cannot be read: "
    for title, make, remove in (
            ("a folder", path.mkdir, path.rmdir), ("a pipe", lambda: os.mkfifo(path), path.unlink),
            ("a link to nothing", lambda: path.symlink_to("gone"), path.unlink),
            ("a link to itself", lambda: path.symlink_to(path.name), path.unlink),
            ("a file of others", lambda: (path.touch(), path.chmod(0)), path.unlink)):
        make()
        readable = title == "a file of others" and os.access(path, os.R_OK)
        status, out, log = eagerly.run(folder, "check", ".")
        if readable:  # root may read all
            tally.check(status == 1 and out, "an empty configuration file", log)
        else:
            tally.check(status == 2 and not out and ".eagerly.yaml: " + pages in log,
                        "a configuration file that is " + title, "%d %s" % (status, log))
        remove()
    write(folder, {"outside.yaml": "select: EAG301\n"})
    path.symlink_to("outside.yaml")
    found = codes(eagerly.run(folder, "check", "--output-format=json", ".")[1])
    tally.check(found == ["EAG301"], "a configuration file by a link", str(found))
    path.unlink()
    (folder / "outside.yaml").unlink()


def check_effect(tally, eagerly, folder):
    def found(*arguments, **environment):
        return codes(eagerly.run(folder, "check", "--output-format=json", *arguments, ".",
                                 **environment)[1])
    tally.check(found() == ["EAG101", "EAG301"], "no configuration", str(found()))
    write(folder, {".eagerly.yaml": "select:\n  - EAG101\n"})
    tally.check(found() == ["EAG101"], "a list in YAML")
    tally.check(found("--select", "EAG301") == ["EAG301"], "the command line wins")
    write(folder, {"other.yaml": "select: EAG3\n"})
    tally.check(found("--config", "other.yaml") == ["EAG301"], "--config")
    status, _, log = eagerly.run(folder, "check", "--config", "none.yaml", ".")
    tally.check(status == 2 and "none.yaml: cannot be read" in log, "--config of no file")
    (folder / ".eagerly.yaml").unlink()
    write(folder, {"pyproject.toml": '[project]\nname = "x"\n[tool.eagerly]\nselect = '
                                     '["missing-select-related", # one\n  ]\n'})
    tally.check(found() == ["EAG101"], "a list in TOML")
    write(folder, {".eagerly.yaml": "exit-zero: true\nselect: EAG301\n"})
    tally.check(found() == ["EAG301"], "YAML goes before pyproject.toml")
    tally.check(eagerly.run(folder, "check", ".")[0] == 0, "a flag")
    tally.check(eagerly.run(folder, "check", "--no-exit-zero", ".")[0] == 1, "a flag taken back")
    (folder / ".eagerly.yaml").unlink()
    write(folder, {"pyproject.toml": "[project\nname = x\n"})
    tally.check(found() == ["EAG101", "EAG301"], "a pyproject.toml of others may be broken")
    write(folder, {"pyproject.toml": '[project]\ndependencies = ["eagerly"]\n'})
    tally.check(found() == ["EAG101", "EAG301"], "a pyproject.toml that only names eagerly")
    write(folder, {"pyproject.toml": '[tool]\neagerly.select = "EAG301"\n'})
    tally.check(found() == ["EAG301"], "a table by a dotted key")
    (folder / "pyproject.toml").unlink()
    write(folder, {"home/eagerly/eagerly.yaml": "select: EAG101\n"})
    home = {"XDG_CONFIG_HOME": str(folder / "home")}
    tally.check(found(**home) == ["EAG101"], "the user's own")
    write(folder, {"eagerly.yaml": "select: EAG301\n"})
    tally.check(found(**home) == ["EAG301"], "the project's goes before the user's")
    (folder / "eagerly.yaml").unlink()
    shutil.rmtree(folder / "home")


def check_models(tally, eagerly, folder):
    write(folder, {"vendor/.eagerly.yaml": "models: models.yaml\n", "vendor/models.yaml": VENDOR,
                   "vendor/user.py": VENDOR_USER, "vendor/uses_django.py": "import django\n"})
    where, report = folder / "vendor", ("check", "--output-format=json", ".")
    found = [(finding["code"], finding["line"], finding["relation"])
             for finding in json.loads(eagerly.run(where, *report)[1])["findings"]]
    tally.check(found == [("EAG101", 5, "maker"), ("EAG102", 13, "products")],
                "models of a library", str(found))
    found = codes(eagerly.run(where, *report, "--isolated")[1])
    tally.check(found == [], "and without being told of them", str(found))
    for title, (text, wanted) in MODEL_MISTAKES.items():
        write(folder, {"vendor/models.yaml": text})
        status, out, log = eagerly.run(where, "check", ".")
        tally.check(status == 2 and not out and "models.yaml:" in log and wanted in log,
                    "models: " + title, "%d %r" % (status, log))
    (folder / "vendor/models.yaml").unlink()
    status, _, log = eagerly.run(where, "check", ".")
    tally.check(status == 2 and "models.yaml: cannot be read" in log, "models: no file", log)
    shutil.rmtree(where)


def check_keys(tally, eagerly, folder):
    """Keys that change what is understood."""
    def found(*arguments):
        report = json.loads(eagerly.run(folder, "check", "--output-format=json", *arguments,
                                        ".")[1])["findings"]
        return sorted((finding["code"], finding["severity"]) for finding in report)
    write(folder, {".eagerly.yaml": "severity: {EAG101: info, count-in-loop: error}\n"})
    tally.check(found() == [("EAG101", "info"), ("EAG301", "error")], "severity", str(found()))
    for text, wanted in (("severity: {EAG101: inof}\n", "1:12: a severity is info, warning or "),
                         ("severity: {EAG100: info}\n", "1:12: no rule is called 'EAG100'"),
                         ("severity: [EAG101]\n", "1:1: 'severity' is a mapping, not a list")):
        write(folder, {".eagerly.yaml": text})
        status, _, log = eagerly.run(folder, "check", ".")
        tally.check(status == 2 and wanted in log, "severity: " + wanted, log)
    status, _, log = eagerly.run(folder, "check", "--isolated", "--severity", "EAG101:inof", ".")
    tally.check(status == 2 and "a severity is" in log, "--severity", log)
    write(folder, {".eagerly.yaml": "fuel: 1\n"})
    tally.check(found() == [], "fuel: of one step", str(found()))
    write(folder, {".eagerly.yaml": "auto-eager-bases: [lazy.models.Batched]\n"})
    tally.check(len(found()) == 2, "auto-eager-bases: of others")
    models = (folder / "shop/models.py").read_text()
    write(folder, {"shop/models.py": "from lazy.models import Batched\n"
                                     + models.replace("(models.Model)", "(Batched)")})
    tally.check(found() == [], "auto-eager-bases", str(found()))
    write(folder, {"shop/models.py": models})
    write(folder, {".eagerly.yaml": "template-folders: [../pages]\n", "../pages/all.html": "<p>"})
    out = eagerly.run(folder, "files")[1]
    tally.check("all.html  template" in out.splitlines(), "template-folders", out)
    for name in (".eagerly.yaml", "../pages/all.html"):
        (folder / name).unlink()


def check_discovery(tally, eagerly, folder):
    write(folder, {"outer/.eagerly.yaml": "selct: x\n", "outer/repo/.git/HEAD": "",
                   "outer/repo/.eagerly.yaml": "select: EAG301\n",
                   **{"outer/repo/src/" + name: text for name, text in SHOP.items()}})
    inner = folder / "outer/repo/src/shop"
    out = eagerly.run(inner, "config")[1]
    tally.check("select: EAG301" in out, "found upwards", out)
    (folder / "outer/repo/.eagerly.yaml").unlink()
    out = eagerly.run(inner, "config")[1]
    tally.check(out.startswith("# no configuration file\n"), "not above the working tree", out)
    shutil.rmtree(folder / "outer")


def check_config(tally, eagerly, folder):
    write(folder, {".eagerly.yaml": "# ours\nselect: [EAG1, EAG301]\nexit-zero: yes\n"
                                    "django-version: 4.2\n"})
    status, out, _ = eagerly.run(folder, "config", "--jobs=3")
    for line in ("# .eagerly.yaml", "select: EAG1,EAG301  # .eagerly.yaml:2",
                 "exit-zero: true  # .eagerly.yaml:3", "django-version: 4.2  # .eagerly.yaml:4",
                 "jobs: 3  # command line", "color: auto  # default"):
        tally.check(status == 0 and line in out.splitlines(), "config: " + line, out)
    schema = json.loads(eagerly.run(folder, "config", "--schema")[1])
    keys = {line.split(":")[0] for line in out.splitlines()[1:]}
    tally.check(set(schema["properties"]) == keys and not schema["additionalProperties"]
                and len(keys) > 10, "the schema has the same keys",
                str(set(schema["properties"]) ^ keys))
    (folder / ".eagerly.yaml").unlink()


# ---- nothing that could be judged

MODEL = "from django.db import models\n\n\nclass One(models.Model):\n    pass\n"
NOTHING = {  # a project in which nothing can be judged, and what is said of it
    "no file": ({}, "no Python file could be read"),
    "only text": ({"notes.txt": "import django\n"}, "no Python file could be read"),
    "only templates": ({"a.html": "{{ a.b }}\n"}, "no Python file could be read"),
    "all ignored": ({".gitignore": "*.py\n", "a.py": MODEL}, "no Python file could be read"),
    "only large": ({"a.py": MODEL + "#" * 2000}, "no Python file could be read"),
    "all broken": ({"a.py": MODEL + "def (\n", "b.py": "x = = 1\n"},
                   "every Python file has syntax errors"),
    "only tests": ({"tests/test_a.py": MODEL}, "only test modules, which --include-tests"),
    "no Django": ({"a.py": "import flask\n"}, "no Django project: no file imports Django"),
}


def check_nothing(tally, eagerly, folder):
    """Exit status 2, and nothing is written: never a green run that has looked at nothing."""
    for title, (files, wanted) in NOTHING.items():
        where = folder / "nothing" / title
        write(where, {".git/HEAD": "", **files})
        before = sorted(where.rglob("*"))
        for command in (["check"], ["check", "--exit-zero"], ["check", "-ojson=report.json"],
                        ["check", "--add-ignore"], ["check", "--fix"], ["baseline", "--write"],
                        ["endpoints"], ["graph"], ["why", "a.py:1"]):
            status, out, log = eagerly.run(where, *command, "--max-bytes=1000", ".")
            tally.check(status == 2 and not out and wanted in log,
                        "%s: %s" % (title, " ".join(command)), "%d %r %r" % (status, out, log))
        tally.check(sorted(where.rglob("*")) == before, title + ": nothing is written")
        status = eagerly.run(where, "files")[0]
        tally.check(status == 0, title + ": files tells what there is")
    status, out, _ = eagerly.run(folder / "nothing/only tests", "check", "--include-tests", ".")
    tally.check(status == 0 and out, "only tests, which are asked for", out)
    status, out, log = eagerly.run(folder / "nothing/no Django", "check", "a.py")
    tally.check(status == 2 and "--only" in log, "a file that imports no Django", log)
    shutil.rmtree(folder / "nothing")


# ---- commands that show what is understood

def check_files(tally, eagerly, folder):
    write(folder, {".gitignore": "ignored.py\n", "shop/ignored.py": "", "shop/tests.py": "",
                   "node_modules/x.py": "", "shop/migrations/__init__.py": "",
                   "shop/migrations/0001_initial.py": "", "shop/templates/shop/a.html": "<p>"})
    status, out, _ = eagerly.run(folder, "files")
    for line in ("shop/models.py  code", "shop/tests.py  test, models only",
                 "shop/templates/shop/a.html  template",
                 "shop/ignored.py  left out: an ignore file says so",
                 "shop/migrations/0001_initial.py  left out: a migration",
                 "node_modules  left out: a folder of no code of the project"):
        tally.check(status == 0 and line in out.splitlines(), "files: " + line, out)
    out = eagerly.run(folder, "files", "--include-tests", "--include-migrations")[1]
    tally.check("shop/tests.py  test\n" in out and "0001_initial.py  migration\n" in out,
                "files: what options include", out)
    for name in (".gitignore", "shop/ignored.py", "shop/tests.py"):
        (folder / name).unlink()
    for name in ("node_modules", "shop/migrations", "shop/templates"):
        shutil.rmtree(folder / name)


def check_endpoints(tally, eagerly, folder):
    status, out, _ = eagerly.run(folder, "endpoints")
    wanted = ["shop/views.py:4  titles  code  shop.Book  1 + N",
              "shop/views.py:8  served  code  shop.Book  1",
              "shop/views.py:12  counts  code  shop.Author  1 + N"]
    tally.check(status == 0 and out.splitlines() == wanted, "endpoints", out)
    write(folder, {"shop/list.py": """\
from django.views.generic import ListView
from .models import Book


class BookList(ListView):
    queryset = Book.objects.all()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["names"] = [book.author.name for book in self.object_list]
        context["more"] = [[other.title for other in book.author.books.all()]
                           for book in self.object_list]
        return context


def nothing():
    return 1
"""})
    out = eagerly.run(folder, "endpoints")[1]
    line = [line for line in out.splitlines() if line.startswith("shop/list.py:5  ")]
    tally.check(len(line) == 1 and "  BookList.get  view  shop.Book  " in line[0]
                and "N" in line[0], "endpoints: a view", out)
    tally.check("nothing" not in out and "nothing" in eagerly.run(folder, "endpoints", "--all")[1],
                "endpoints --all")
    (folder / "shop/list.py").unlink()


def check_why(tally, eagerly, folder):
    for line, wanted in (
            (5, ["Book.author", "rows    shop/views.py:5:63", "plan    not loaded",
                 "loop    shop/views.py:5:51", "said    EAG101 missing-select-related, certain"]),
            (9, ["Book.author", "rows    shop/views.py:9:42", "plan    loaded",
                 "by      shop/views.py:9:70", "silent  it is loaded already"]),
            (13, ["Author.books count()", "said    EAG301 count-in-loop"]),
            (1, ["No relation of a row is read on this line"])):
        status, out, _ = eagerly.run(folder, "why", "shop/views.py:%d" % line)
        for text in wanted:
            tally.check(status == 0 and text in out, "why line %d: %s" % (line, text), out)
    for spelled in (folder.resolve() / "shop/views.py", "./shop/../shop/views.py"):
        status, out, _ = eagerly.run(folder, "why", "%s:5" % spelled)
        tally.check(status == 0 and "Book.author" in out, "why %s" % spelled, out)
    for spot, wanted in (("shop/none.py:3", "none of the files analysed"),
                         ("shop/views.py", "why needs a line")):
        status, _, log = eagerly.run(folder, "why", spot)
        tally.check(status == 2 and wanted in log, "why " + spot, log)


def check_graph(tally, eagerly, folder):
    graph = json.loads(eagerly.run(folder, "graph", "--format=json")[1])
    tally.check(graph["models"] == [{"model": "shop.Author", "external": False},
                                    {"model": "shop.Book", "external": False}], "graph: models",
                str(graph["models"]))
    tally.check(graph["relations"] == [
        {"from": "shop.Book", "name": "author", "to": "shop.Author", "kind": "foreign key",
         "findings": 2, "codes": ["EAG101", "EAG301"]}], "graph: relations",
        str(graph["relations"]))
    out = eagerly.run(folder, "graph")[1]
    tally.check(out.startswith("graph LR\n") and '== "author (2: EAG101 EAG301)" ==>' in out,
                "graph: mermaid", out)
    out = eagerly.run(folder, "graph", "--format=dot")[1]
    tally.check(out.startswith("digraph eagerly {") and 'label="author (2: EAG101 EAG301)"' in out,
                "graph: dot", out)
    out = eagerly.run(folder, "graph", "--format=svg")[1]
    picture = ElementTree.fromstring(out)
    texts = {node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")}
    tally.check(texts == {"shop.Book", "shop.Author", "author ×2"}, "graph: svg", str(texts))
    write(folder, {"shop/more.py": "from django.db import models\n" + "".join(
        "class Link%d(models.Model):\n    to = models.ForeignKey('shop.%s', models.CASCADE)\n"
        % (number, "Link%d" % (number - 1) if number else "Book") for number in range(4))})
    for depth, wanted in ((0, 1), (1, 3), (2, 4), (9, 6)):
        out = eagerly.run(folder, "graph", "--format=json", "--model=book", "--depth=%d" % depth)[1]
        found = json.loads(out)["models"]
        tally.check(len(found) == wanted, "graph --depth=%d" % depth, str(found))
    for arguments, wanted in (([], 0), (["--model=book"], 1)):
        out = eagerly.run(folder, "graph", "--format=svg", *arguments)[1]
        tally.check(out.count('class="model asked"') == wanted,
                    "graph: svg marks the model asked for: %d" % wanted, out[-300:])
    status, _, log = eagerly.run(folder, "graph", "--model", "Bok")
    tally.check(status == 2 and "did you mean 'Book'" in log, "graph of no model", log)
    (folder / "shop/more.py").unlink()


def model_text(name, targets):
    return "class %s(models.Model):\n    pass\n%s\n\n" % (name, "".join(
        "    to%d = models.ForeignKey('shop.%s', models.CASCADE, related_name='+')\n" % each
        for each in enumerate(targets)))


def read_picture(text):
    """The boxes of models as (left, top, right, bottom), and the level pieces of the lines as
    (left, right, y): the ways through the layers."""
    boxes, levels = [], []
    for node in ElementTree.fromstring(text).iter():
        if node.get("class") == "box":
            left, top, width, height = (int(node.get(name)) for name in ("x", "y", "width",
                                                                         "height"))
            boxes.append((left, top, left + width, top + height))
        elif node.get("class", "").startswith("line"):
            levels += [(int(start), int(end), int(y))
                       for start, y, end in re.findall(r"M(\d+) (\d+)H(\d+)", node.get("d"))]
    return boxes, levels


def check_picture(tally, eagerly, folder):
    """No model lies on another or on a relation's way, whatever hangs together with what."""
    count = 30
    write(folder, {"shop/more.py": "from django.db import models\n\n\n" + "".join(
        model_text("Link%d" % each, ["Link%d" % (each * step % count) for step in (1, 2, 7, 7, 11)])
        for each in range(count))})
    out = eagerly.run(folder, "graph", "--format=svg")[1]
    boxes, levels = read_picture(out)
    tally.check(len(boxes) == count + 2 and len(levels) > 100, "graph: svg of many",
                str(len(levels)))
    laid = [(a, b) for at, a in enumerate(boxes) for b in boxes[:at]
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]
    tally.check(not laid, "graph: no model lies on another", str(laid[:3]))
    cut = [(box, level) for box in boxes for level in levels
           if level[0] < box[2] and box[0] < level[1] and box[1] < level[2] < box[3]]
    tally.check(not cut, "graph: no relation runs through a model", str(cut[:3]))
    tally.check(out.count('class="field"') == 5 * count + 1 and "not drawn" not in out,
                "graph: each relation has its own row")
    write(folder, {"shop/more.py": "from django.db import models\n\n\n" + "".join(
        model_text("Link%d" % each, ["Book"]) for each in range(700))})
    out = eagerly.run(folder, "graph", "--format=svg")[1]
    tally.check(len(read_picture(out)[0]) == 600 and
                "102 more models and 102 more relations are not drawn" in out,
                "graph: what is left out of a picture is said", out[-300:])
    out = eagerly.run(folder, "graph")[1]
    tally.check(out.count("-->") + out.count("==>") == 500 and '"author (2: EAG101' in out
                and out.endswith("%% 201 more relations are left out: Mermaid draws 500\n"),
                "graph: Mermaid gets no more than it draws", out[-300:])
    (folder / "shop/more.py").unlink()


# ---- commands that print what the table says

def check_shells(tally, eagerly, folder):
    for shell, wanted in (("bash", "complete -o filenames -F _eagerly eagerly"),
                          ("zsh", "#compdef eagerly"), ("fish", "complete -c eagerly -l select")):
        status, out, _ = eagerly.run(folder, "completions", shell)
        tally.check(status == 0 and wanted in out, "completions " + shell)
    tally.check(eagerly.run(folder, "completions", "tcsh")[0] == 2, "no such shell")


def check_manual(tally, eagerly, folder):
    out = eagerly.run(folder, "manpage")[1]
    tally.check(out.startswith(".TH EAGERLY 1") and ".SH OPTIONS" in out, "manpage")
    tally.check("\n.SH" in out and "\\fB\\-\\-select\\fR=\\fIRULES\\fR" in out, "manpage: options")


def check_help(tally, eagerly, folder):
    out = eagerly.run(folder, "--help")[1]
    tally.check(all(word in out for word in ("--select=RULES", "options of rules:", "completions")),
                "--help")
    tally.check("manpage" not in out, "hidden commands are hidden")
    out = eagerly.run(folder, "rules", "--help")[1]
    tally.check("--format=" in out and "--select" not in out, "--help of a command")
    tally.check(eagerly.run(folder, "help", "rules")[1] == out, "help COMMAND")
    status, _, log = eagerly.run(folder, "rules", "--select=EAG1")
    tally.check(status == 2 and "'rules' has no option --select" in log, "another's option")
    tally.check(eagerly.run(folder, "rule", "EAG101") == eagerly.run(folder, "explain", "EAG101"),
                "rule is explain")
    status, _, log = eagerly.run(folder, "chekc", ".")
    tally.check(status == 2 and "did you mean 'check'" in log, "a mistyped command")


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    eagerly = Eagerly(arguments[0])
    tally = Tally("-v" in arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "project"
        write(folder, SHOP)
        write(folder, {".git/HEAD": ""})
        check_mistakes(tally, eagerly, folder, ".eagerly.yaml", YAML_MISTAKES)
        check_mistakes(tally, eagerly, folder, "pyproject.toml", TOML_MISTAKES)
        for check in (check_several, check_nothing, check_special, check_effect, check_models,
                      check_keys, check_discovery, check_config, check_files, check_endpoints,
                      check_why, check_graph, check_picture, check_shells, check_manual,
                      check_help):
            check(tally, eagerly, folder)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
