#!/usr/bin/env python3
"""Every attribute of Django's views is among those analyzer/flow/presence.c lists.

    view_names.py --django PYTHON

A name that is missing there would be taken for one that no view has.
"""
import argparse
import json
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "analyzer/flow/presence.c"

# Run by a Python that has Django: the names of all classes of these modules, and those that their
# methods set on self.
ASK = """
import ast, importlib, inspect, json, django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"])
django.setup()
names = set()
modules = ["django.views.generic." + n for n in ("base", "dates", "detail", "edit", "list")]
for module in modules + ["django.contrib.auth.mixins", "django.contrib.messages.views"]:
    module = importlib.import_module(module)
    for found in vars(module).values():
        view = inspect.isclass(found) and not issubclass(found, Exception)
        if view and found.__module__ == module.__name__:
            names |= set(dir(found))
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                names.add(node.attr)
print(json.dumps(sorted(n for n in names if not n.startswith("_"))))
"""


def listed():
    text = SOURCE.read_text(encoding="utf-8")
    table = re.search(r"view_names\[\] = \{(.*?)\};", text, re.S).group(1)
    return re.findall(r'"(\w+)"', table)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--django", required=True, metavar="PYTHON")
    options = parser.parse_args()
    names = listed()
    asked = subprocess.run([options.django, "-c", ASK], stdout=subprocess.PIPE, check=True)
    failed = passed = 0
    wanted = json.loads(asked.stdout)
    assert len(wanted) > 100, "Django's views have more attributes than that"
    for name in wanted:
        passed, failed = passed + (name in names), failed + (name not in names)
        if name not in names:
            print("FAIL  %s is an attribute of Django's views and not in the list" % name)
    order = names == sorted(names) and len(set(names)) == len(names)
    passed, failed = passed + order, failed + (not order)
    if not order:
        print("FAIL  the list is not sorted, or has a name twice")
    print("%d passed, %d failed" % (passed, failed))
    raise SystemExit(bool(failed))


main()
