#!/usr/bin/env python3
"""The documentation of the rules is run: each `## Example` fires, each `## Instead` is silent.

    tests/rules_doc.py build/eagerly [-v]

A block becomes a module beside the models that the documentation speaks of. The example has to
give a finding of its own rule, at the default confidence; the code to be written instead must give
no finding of its own rule or of one that is on by default. The last line counts the checks; the
exit status is 1 if one failed.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from run import Tally

RULES = Path(__file__).resolve().parent.parent / "rules"
MODELS = '''\
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Publisher(models.Model):
    name = models.CharField(max_length=100)


class Author(models.Model):
    name = models.CharField(max_length=100)
    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="authors")


class Category(models.Model):
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")


class Tag(models.Model):
    name = models.CharField(max_length=100)


class Book(models.Model):
    title = models.CharField(max_length=100)
    published = models.BooleanField(default=False)
    year = models.IntegerField()
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="books")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")


class Review(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    text = models.TextField()


class Note(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey("content_type", "object_id")
'''
PRELUDE = '''\
from django.db.models import Avg, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Sum
from django.shortcuts import get_object_or_404
from shop.models import Author, Book, Category, Note, Publisher, Review, Tag


def block(numbers, values):
'''


def sections(path):
    """heading -> code of the first comment of a rule's file."""
    comment = path.read_text(encoding="utf-8").partition("*/")[0]
    lines = [re.sub(r"^ \* ?", "", line) for line in comment.split("\n")]
    found, heading = {}, ""
    for line in lines:
        if line.startswith("## "):
            heading = line[3:].strip()
        elif line.startswith("    "):
            found.setdefault(heading, []).append(line)
    return {heading: "\n".join(code) + "\n" for heading, code in found.items()}


def default_rules():
    texts = [path.read_text(encoding="utf-8") for path in RULES.glob("*.c")]
    return [re.search(r"\.code\s*=\s*\"(\w+)\"", text)[1] for text in texts
            if re.search(r"\.on\s*=\s*true", text)]


def findings_of(eagerly, code, rule):
    """(codes of the findings, complaint)"""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder, "shop")
        shop.mkdir()
        (shop / "__init__.py").touch()
        (shop / "models.py").write_text(MODELS, encoding="utf-8")
        (shop / "block.py").write_text(PRELUDE + code, encoding="utf-8")
        rules = ",".join(default_rules() + [rule])
        done = subprocess.run([eagerly, "check", "--output-format", "json", "--select", rules, "."],
                              cwd=folder, capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 1) or done.stderr:
        return None, "exit status %d\n%s" % (done.returncode, done.stderr)
    return [finding["code"] for finding in json.loads(done.stdout)["findings"]], ""


def check_rule(tally, eagerly, path):
    text = path.read_text(encoding="utf-8")
    code = re.search(r"\.code\s*=\s*\"(\w+)\"", text)[1]
    blocks = sections(path)
    for heading in ("Example", "Instead"):
        title = "%s: ## %s" % (path.name, heading)
        if heading not in blocks:
            tally.check(False, title, "there is no such block of code")
            continue
        try:
            compile(PRELUDE + blocks[heading], path.name, "exec")
        except SyntaxError as error:
            tally.check(False, title, "not Python: %s" % error)
            continue
        found, complaint = findings_of(eagerly, blocks[heading], code)
        good = found is not None and (code in found if heading == "Example" else not found)
        tally.check(good, title, complaint or "%s, found: %s" % (code, " ".join(found or [])
                                                                 or "nothing"))


def main(arguments):
    words = [argument for argument in arguments if argument != "-v"]
    if len(words) != 1:
        sys.exit(__doc__)
    tally = Tally(verbose="-v" in arguments)
    for path in sorted(RULES.glob("*.c")):
        check_rule(tally, os.path.abspath(words[0]), path)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
