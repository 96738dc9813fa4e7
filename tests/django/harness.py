"""Runs one fixture under real Django and prints, as JSON, which statement asked how often.

    PYTHON harness.py FIXTURE

The fixture's packages become the installed apps of a settings-less project with a database in
memory. With 3 and with 9 rows (tests/seed.py) each `entry_…` function, each route of urls.py (a
GET; every argument is 1) and each page of its admin (admin.py) runs on the same state. Each query
is charged to the innermost frame that lies in the fixture's folder; one that a serializer field of
Django REST framework asks for in its own code, to the line that declares the field (fields.py). The
relation graph is printed as well. What the numbers mean is decided by run.py.
"""
import contextlib
import functools
import importlib
import importlib.util
import inspect
import io
import json
import os
import re
import sys
import threading
import traceback
import types
from pathlib import Path

import admin
import fields
import libraries

SIZES = (3, 9)
CONTRIB = ["contenttypes", "auth", "sessions", "sites"]
NOT_QUERIES = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)")
ROOT = Path(sys.argv[1]).resolve()


def packages():
    names = {path.parent.name for path in ROOT.glob("*/models.py")}
    return sorted(names - {"tests"})


class NoMigrations:
    """Of any app, whatever its label."""

    def __contains__(self, label):
        return True

    def __getitem__(self, label):
        return None


def configure():
    from django.conf import settings

    own = {}
    if (ROOT / "settings.py").exists():
        module = importlib.import_module("settings")
        own = {name: getattr(module, name) for name in dir(module) if name.isupper()}
    apps = ["django.contrib." + name for name in CONTRIB] + packages()
    if (ROOT / "libraries.txt").exists():
        apps += (ROOT / "libraries.txt").read_text().split()
    if (ROOT / "urls.py").exists():
        apps.append("rest_framework")
    if admin.is_used(ROOT):
        apps += admin.APPS
    values = {
        "SECRET_KEY": "fixture",
        "USE_TZ": True,
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "ROOT_URLCONF": "urls" if (ROOT / "urls.py").exists() else "harness_urls",
        "ALLOWED_HOSTS": ["*"],
        "TEMPLATES": template_engines(),
        "REST_FRAMEWORK": {"DEFAULT_AUTHENTICATION_CLASSES": []},
    }
    values.update(own)
    values["INSTALLED_APPS"] = apps
    # Tables straight from the models: the contrib migrations would take most of the time.
    values["MIGRATION_MODULES"] = NoMigrations()
    settings.configure(**values)

    import django
    from django.core.management import call_command

    django.setup()
    if admin.is_used(ROOT):
        sys.modules["harness_urls"] = urls = types.ModuleType("harness_urls")
        importlib.import_module("django.contrib.admin").autodiscover()
        urls.urlpatterns = admin.urlpatterns()
    call_command("migrate", verbosity=0, run_syncdb=True, interactive=False)


def template_engines():
    """Django templates in an app's `templates` folder, Jinja's in its `jinja2` folder."""
    processors = ["django.template.context_processors.request"]
    processors += admin.PROCESSORS if admin.is_used(ROOT) else []
    engines = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": processors}}]
    if list(ROOT.glob("*/jinja2")):
        engines.insert(0, {"BACKEND": "django.template.backends.jinja2.Jinja2", "APP_DIRS": True})
    return engines


def in_template(frame):
    """The place in a template's file whose rendering this frame is, or None."""
    jinja = frame.f_globals.get("__jinja_template__")
    if jinja is not None and frame.f_code.co_filename == jinja.filename:
        name = in_fixture(jinja.filename)
        return name and "%s:%d" % (name, jinja.get_corresponding_lineno(frame.f_lineno))
    node = frame.f_locals.get("self")
    if frame.f_code.co_name != "render_annotated" or not hasattr(node, "token"):
        return None
    name = not node.origin.name.startswith("<") and in_fixture(node.origin.name)
    return name and "%s:%d" % (name, node.token.lineno)


@functools.lru_cache(maxsize=None)
def in_fixture(filename):
    """The path within the fixture, or None. Asked of every call of a function and every frame."""
    path = os.path.abspath(filename)
    if not path.startswith(str(ROOT) + os.sep):
        return None
    name = os.path.relpath(path, ROOT).replace(os.sep, "/")
    return None if name.startswith("tests/") else name


class Recorder:
    """An execute wrapper that counts queries per "file:line", and keeps their texts in order."""

    def __init__(self):
        self.counts, self.texts = {}, []

    def __call__(self, execute, sql, params, many, context):
        if not NOT_QUERIES.match(sql):
            place = place_of(sys._getframe(1))
            self.counts[place] = self.counts.get(place, 0) + 1
            self.texts.append((place, sql, [repr(value) for value in params or ()]))
        return execute(sql, params, many, context)


def place_of(frame):
    """The innermost place in the fixture that is responsible for what runs in this frame."""
    while frame is not None:
        page = in_template(frame)
        if page:
            return page
        name = in_fixture(frame.f_code.co_filename)
        if name:
            return "%s:%d" % (name, frame.f_lineno)
        field = fields.field_at_work(frame)
        if field is not None:
            own = own_code(field, frame)
            place = "%s:%d" % own if own else fields.declaration(field, in_fixture)
            if place:
                return place
        place = admin.declaration(frame, in_fixture) or libraries.declaration(frame, in_fixture)
        if place:
            return place
        frame = frame.f_back
    return "outside:0"


def own_code(field, frame):
    """(file, line) of a method of the field that the fixture overrides and that called this one."""
    while frame is not None and frame.f_locals.get("self") is field:
        name = in_fixture(frame.f_code.co_filename)
        if name:
            return name, frame.f_lineno
        frame = frame.f_back
    return None


class Calls:
    """A trace function that notes which functions of the fixture were entered."""

    def __init__(self):
        self.seen = set()

    def __call__(self, frame, event, argument):
        name = in_fixture(frame.f_code.co_filename)
        if name:
            self.seen.add("%s:%d" % (name, frame.f_code.co_firstlineno))


class Undo(Exception):
    pass


def entries():
    """Qualified name -> function, in the order of their names."""
    found = {}
    for package in packages():
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            module = importlib.import_module(name.replace(".__init__", ""))
            for key, value in sorted(vars(module).items()):
                if key.startswith("entry_") and value.__module__ == module.__name__:
                    found["%s.%s" % (module.__name__, key)] = value
    if (ROOT / "urls.py").exists():
        for pattern in importlib.import_module("urls").urlpatterns:
            if "get" in getattr(pattern.callback, "actions", {"get": ""}):
                found["GET " + pattern.name] = functools.partial(visit, pattern)
    found.update(admin.entries() if admin.is_used(ROOT) else {})
    return found


def visit(pattern):
    """One GET of the route, rendered as JSON; a response that is no success is an error."""
    from rest_framework.test import APIRequestFactory

    converters = pattern.pattern.converters or pattern.pattern.regex.groupindex
    response = pattern.callback(APIRequestFactory().get("/"), **{name: 1 for name in converters})
    getattr(response, "render", lambda: None)()
    if response.status_code != 200:
        raise ValueError("status %d" % response.status_code)


def failure(error):
    place = "outside:0"
    for frame in traceback.extract_tb(error.__traceback__):
        name = in_fixture(frame.filename)
        if name:
            place = "%s:%d" % (name, frame.lineno)
    return {"type": type(error).__name__, "message": str(error)[:300], "place": place}


def run_entry(function):
    from django.contrib.contenttypes.models import ContentType
    from django.contrib.sites.models import Site
    from django.core.cache import cache
    from django.db import connection, transaction

    ContentType.objects.clear_cache()
    Site.objects.clear_cache()
    cache.clear()
    recorder, error = Recorder(), None
    try:
        with transaction.atomic():
            with connection.execute_wrapper(recorder):
                with contextlib.redirect_stdout(io.StringIO()):
                    try:
                        function()
                    except Exception as caught:  # the fixture may want it: run.py decides
                        error = failure(caught)
            raise Undo
    except Undo:
        pass
    return {"counts": recorder.counts, "texts": recorder.texts, "error": error}


def run_entries():
    from django.db import transaction

    spec = importlib.util.spec_from_file_location("fixture_seed", ROOT / "tests" / "seed.py")
    seed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(seed)
    calls = Calls()
    sys.settrace(calls)  # decorators run when their modules are imported
    results = {name: {} for name in entries()}
    sys.settrace(None)
    for size in SIZES:
        try:
            with transaction.atomic():
                seed.seed(size)
                if size == SIZES[0]:
                    sys.settrace(calls)  # once is enough, and it is slow
                    threading.settrace(calls)  # coroutines run in a thread of their own
                for name, function in entries().items():
                    results[name][size] = run_entry(function)
                    if size != SIZES[0]:
                        del results[name][size]["texts"]  # once is enough
                sys.settrace(None)
                threading.settrace(None)
                raise Undo
        except Undo:
            pass
    return results, sorted(calls.seen)


def relation_kind(field):
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation

    if isinstance(field, GenericForeignKey):
        return "generic-fk"
    if isinstance(field, GenericRelation):
        return "generic"
    forward = not field.auto_created or field.concrete
    if field.many_to_many:
        return "m2m" if forward else "reverse-m2m"
    if field.one_to_one:
        parent = field.remote_field.parent_link if forward else field.parent_link
        if parent:
            return "parent" if forward else "child"
        return "o2o" if forward else "reverse-o2o"
    return "fk" if forward else "reverse-fk"


def label(model):
    """What eagerly calls a model: one stands for all that tagulous makes of fields."""
    made = model.__name__.startswith("Tagulous_")
    return "tagulous.MadeTag" if made else model._meta.label


def relations(model):
    from django.contrib.contenttypes.fields import GenericRel

    for field in model._meta.get_fields():
        if not field.is_relation or isinstance(field, GenericRel):
            continue
        kind = relation_kind(field)
        reverse = kind.startswith("reverse") or kind == "child"
        target = field.related_model
        yield {
            "name": field.get_accessor_name() if reverse else field.name,
            "query_name": field.name,
            "kind": kind,
            "many": bool(field.many_to_many or field.one_to_many),
            "null": bool(field.null) if kind in ("fk", "o2o", "parent") else None,
            "to": label(target) if target else None,
        }


def is_written(model):
    """Not one that a library made of another model."""
    return "class %s(" % model.__name__ in inspect.getsource(sys.modules[model.__module__])


def graph():
    from django.apps import apps

    found = {}
    for config in filter(lambda each: each.name in packages(), apps.get_app_configs()):
        for model in filter(is_written, config.get_models()):
            found[model._meta.label] = sorted(relations(model), key=lambda r: r["name"])
    return found


def main():
    sys.path.insert(0, str(ROOT))
    sys.dont_write_bytecode = True
    configure()
    import django
    from django.apps import apps

    results, calls = run_entries()
    print(json.dumps({
        "django": django.get_version(),
        "apps": [app.label for app in apps.get_app_configs()],
        "entries": results,
        "calls": calls,
        "graph": graph(),
    }))


if __name__ == "__main__":
    main()
