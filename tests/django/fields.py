"""Which line of a fixture declares the field of a serializer.

Django REST framework reads a row's attributes in its own code, so a query may have no frame in the
fixture at all. The field at work is the `self` of a frame; its line is, in this order: the
statement that puts it in by name, `fields["author"] = ...` in a method or
`BookSerializer._declared_fields["author"] = ...`; the assignment in the body of the serializer
or of a base; the statement of `Meta.fields` that names it; `fields = "__all__"` or `exclude`. A
field of a serializer that DRF generates (`depth`) counts for the field that holds it.
"""
import ast
import functools
import sys


def field_at_work(frame):
    """The bound serializer field whose method this frame of DRF runs, or None."""
    if not frame.f_globals.get("__name__", "").startswith("rest_framework."):
        return None
    from rest_framework.fields import Field

    own = frame.f_locals.get("self")
    return own if isinstance(own, Field) and own.parent is not None else None


def declaration(field, in_fixture):
    """"file:line" of the field, or of the nearest one around it that the fixture declares."""
    while field is not None and field.parent is not None:
        if field.field_name:
            place = declared_in(type(field.parent), field.field_name, in_fixture)
            if place:
                return place
        field = field.parent
    return None


def declared_in(serializer, name, in_fixture):
    found = []
    for base in serializer.__mro__:
        path = getattr(sys.modules.get(base.__module__), "__file__", None)
        file = in_fixture(path) if path else None
        node = class_of(path, base.__qualname__) if file else None
        if node is not None:
            found.append((file, node))
            line = added_later(path, base.__name__, name)
            if line:
                return "%s:%d" % (file, line)
    for find in (put_in, assignment, named_in_meta, all_in_meta):
        for file, node in found:
            line = find(node, name)
            if line:
                return "%s:%d" % (file, line)
    return None


def put_in(node, name):
    """`fields[name] = ...` in one of the methods."""
    for child in ast.walk(node):
        for target in child.targets if isinstance(child, ast.Assign) else ():
            if isinstance(target, ast.Subscript) and ast.unparse(target) in (
                    "fields[%r]" % name, "self.fields[%r]" % name):
                return child.lineno
    return None


@functools.lru_cache(maxsize=None)
def added_later(path, klass, name):
    """`klass._declared_fields[name] = ...` in the class's module."""
    with open(path, encoding="utf-8") as file:
        for child in ast.parse(file.read()).body:
            if isinstance(child, ast.Assign) and isinstance(child.targets[0], ast.Subscript):
                if ast.unparse(child.targets[0]) == "%s._declared_fields[%r]" % (klass, name):
                    return child.lineno
    return None


@functools.lru_cache(maxsize=None)
def class_of(path, qualname):
    with open(path, encoding="utf-8") as file:
        node = ast.parse(file.read())
    for part in qualname.split("."):
        node = next((child for child in node.body
                     if isinstance(child, ast.ClassDef) and child.name == part), None)
        if node is None:
            return None
    return node


def assigned(node, name):
    """The last value the class body assigns to the name."""
    found = None
    for child in node.body:
        targets = getattr(child, "targets", [getattr(child, "target", None)])
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            found = child
    return found


def assignment(node, name):
    found = assigned(node, name)
    return found.lineno if found else None


def meta_of(node, option):
    meta = next((child for child in node.body
                 if isinstance(child, ast.ClassDef) and child.name == "Meta"), None)
    return assigned(meta, option) if meta else None


def named_in_meta(node, name):
    fields = meta_of(node, "fields")
    for part in ast.walk(fields) if fields else ():
        if isinstance(part, ast.Constant) and part.value == name:
            return part.lineno
    return None


def all_in_meta(node, name):
    """`__all__` and `exclude` name every other field of the model."""
    found = meta_of(node, "fields") or meta_of(node, "exclude")
    return found.lineno if found else None
