"""Writes the regular groups of cases: an accessor or operation × a load mode × a relation.

Each is a few lines of plain Python, with one loop over the rows. In an operation `rel` stands for
the manager, e.g. `row.books`; NOTHING of what a line costs is said here.
"""
import re

BOOKS, AUTHORS = "Book.objects.filter(slot=0)", "Author.objects.filter(slot=0)"
NOTES, TAGS = "Note.objects.filter(slot=0)", "Tag.objects.filter(slot=0)"
SHORT = {  # what written.txt says in capitals
    "LISTED": 'AUTHORS.prefetch_related(\n'
              '    Prefetch("books", Book.objects.filter(slot=1), to_attr="xs"))',
    "FIRST_TAGS": 'BOOKS.prefetch_related(Prefetch("tags", Tag.objects.filter(slot=1)))',
    "BOOKS": BOOKS, "AUTHORS": AUTHORS, "NOTES": NOTES,
}
MISSING = "try:\n    row.profile\nexcept ObjectDoesNotExist:\n    pass"

# group a: accessor -> (rows, relation, model it leads to, code for each row)
SINGLE = {
    "fk": (BOOKS, "author", "Author", "row.author.name"),
    "fk_twice": (BOOKS, "author", "Author", "row.author.name\nrow.author.bio"),
    "fk_obj_only": (BOOKS, "author", "Author", "row.author"),
    "fk_truth": (BOOKS, "author", "Author", "if row.author:\n    pass"),
    "fk_getattr": (BOOKS, "author", "Author", 'getattr(row, "author")'),
    "fk_str_id": (BOOKS, "author", "Author", "row.author_id"),
    "fk.id": (BOOKS, "author", "Author", "row.author.id"),
    "fk.pk": (BOOKS, "author", "Author", "row.author.pk"),
    "fk_is_none": (BOOKS, "author", "Author", "row.author is None"),
    "fk_eq_obj": (BOOKS, "author", "Author", "row.author == 3"),
    "fk_isinstance": (BOOKS, "author", "Author", "isinstance(row.author, Author)"),
    "fk_hasattr": (BOOKS, "author", "Author", 'hasattr(row, "author")'),
    "fk_hop_id": (BOOKS, "author", "Author", "row.author.mentor_id"),
    "fk_hop2": (BOOKS, "author", "Author", "row.author.mentor.name"),
    "fk_hop2.id": (BOOKS, "author", "Author", "row.author.mentor.id"),
    "fk_hop_o2o": (BOOKS, "author", "Author", "row.author.profile.name"),
    "fk_set_then_read": (BOOKS, "author", "Author",
                         'row.author = Author(pk=1, name="shared")\nrow.author.name'),
    "fkid_set_then_read": (BOOKS, "author", "Author",
                           "row.author.name\nrow.author_id = 1\nrow.author.name"),
    "fk_null_set": (BOOKS, "editor", "Author", "row.editor.name"),
    "fk_null_none": ("Book.objects.filter(editor=None)", "editor", "Author", "row.editor"),
    "fk_null_none_id": ("Book.objects.filter(editor=None)", "editor", "Author", "row.editor_id"),
    "fk_to_field": (BOOKS, "publisher", "Publisher", "row.publisher.name"),
    "fk_to_field_id": (BOOKS, "publisher", "Publisher", "row.publisher_id"),
    "fk_to_field.code": (BOOKS, "publisher", "Publisher", "row.publisher.code"),
    "fk_to_field.pk": (BOOKS, "publisher", "Publisher", "row.publisher.pk"),
    "self_fk": (AUTHORS, "mentor", "Author", "row.mentor.name"),
    "self_fk_none": ("Author.objects.filter(mentor__isnull=True)", "mentor", "Author",
                     "row.mentor"),
    "o2o_fwd": (AUTHORS, "desk", "Desk", "row.desk.name"),
    "o2o_fwd_none": ("Author.objects.filter(desk__isnull=True)", "desk", "Desk", "row.desk"),
    "o2o_fwd_back": (AUTHORS, "desk", "Desk", "row.desk.author.name"),
    "o2o_fwd_profile": ("Profile.objects.all()", "author", "Author", "row.author.name"),
    "o2o_fwd_profile_back": ("Profile.objects.all()", "author", "Author",
                             "row.author.profile.name"),
    "o2o_rev": (AUTHORS, "profile", "Profile", "row.profile.name"),
    "o2o_rev_twice": (AUTHORS, "profile", "Profile", "row.profile.name\nrow.profile.id"),
    "o2o_rev_missing": ("Author.objects.filter(profile=None)", "profile", "Profile", MISSING),
    "o2o_rev_missing_twice": ("Author.objects.filter(profile=None)", "profile", "Profile",
                              MISSING + "\n" + MISSING),
    "o2o_rev_hasattr": (AUTHORS, "profile", "Profile", 'hasattr(row, "profile")'),
    "o2o_rev_missing_hasattr": ("Author.objects.filter(profile=None)", "profile", "Profile",
                                'hasattr(row, "profile")'),
    "o2o_rev_hasattr_then_get": (AUTHORS, "profile", "Profile",
                                 'if hasattr(row, "profile"):\n    row.profile.name'),
    "o2o_rev_getattr_default": ("Author.objects.filter(profile=None)", "profile", "Profile",
                                'getattr(row, "profile", None)'),
    "o2o_rev_id": (AUTHORS, "profile", "Profile", "row.profile_id"),
    "o2o_rev.id": (AUTHORS, "profile", "Profile", "row.profile.id"),
    "o2o_rev_back": (AUTHORS, "profile", "Profile", "row.profile.author.name"),
    "o2o_rev_hop": (AUTHORS, "profile", "Profile", "row.profile.city.name"),
    "gfk": (NOTES, "content_object", "", "row.content_object.name"),
    "gfk_twice": (NOTES, "content_object", "", "row.content_object.name\nrow.content_object.pk"),
    "gfk_content_type": (NOTES, "content_type", "ContentType", "row.content_type.model"),
    "gfk_object_id": (NOTES, "content_object", "", "row.object_id"),
}
SINGLE_MODES = {
    "plain": "{rows}",
    "select_related": '{rows}.select_related("{relation}")',
    "prefetch_related": '{rows}.prefetch_related("{relation}")',
    "Prefetch(qs=all)": '{rows}.prefetch_related(Prefetch("{relation}", {model}.objects.all()))',
    "fetch_mode FETCH_ONE": "{rows}.fetch_mode(models.FETCH_ONE)",
    "fetch_mode FETCH_PEERS": "{rows}.fetch_mode(models.FETCH_PEERS)",
    "fetch_mode FETCH_RAISE": "{rows}.fetch_mode(models.FETCH_RAISE)",
}

# group b: relation -> (rows, attribute, slot of a related row, its foreign key, its model)
MANY = {
    "reverse_fk": (AUTHORS, "books", 1, "publisher", "Book"),
    "m2m_fwd": (BOOKS, "tags", 1, "maker", "Tag"),
    "m2m_rev": (TAGS, "books", 1, "publisher", "Book"),
    "m2m_through": (BOOKS, "contributors", 11, "mentor", "Author"),
    "generic": (BOOKS, "notes", 1, "content_type", "Note"),
    "self_rev_fk": (AUTHORS, "mentees", 11, "mentor", "Author"),
}
MANY_MODES = {
    "plain": "{rows}",
    "prefetch": '{rows}.prefetch_related("{name}")',
    "Prefetch(qs)":
        '{rows}.prefetch_related(Prefetch("{name}", {model}.objects.filter(slot__lt=12)))',
    "to_attr": '{rows}.prefetch_related(\n'
               '    Prefetch("{name}", {model}.objects.filter(slot__lt=12), to_attr="xs"))',
}
OPERATIONS = {
    "rel (manager only)": "rel",
    "rel.all() (not evaluated)": "rel.all()",
    "for x in rel.all()": "for x in rel.all():\n    pass",
    "for x in rel.all() twice": "for x in rel.all():\n    pass\nfor x in rel.all():\n    pass",
    "list(rel.all())": "list(rel.all())",
    "len(rel.all())": "len(rel.all())",
    "bool(rel.all())": "bool(rel.all())",
    "bool(rel)": "bool(rel)",
    "for x in rel": "for x in rel:\n    pass",
    "rel.all().all()": "list(rel.all().all())",
    "rel.get_queryset()": "list(rel.get_queryset())",
    "rel.all()[0]": "rel.all()[0]",
    "rel.all()[:1]": "list(rel.all()[:1])",
    "rel.all()[:2]": "list(rel.all()[:2])",
    "rel.all()[:2] type": "type(rel.all()[:2])",
    "rel.all()[::2]": "list(rel.all()[::2])",
    "rel.all()[:2].count()": "rel.all()[:2].count()",
    "rel.first()": "rel.first()",
    "rel.all().first()": "rel.all().first()",
    "rel.last()": "rel.last()",
    "rel.all().last()": "rel.all().last()",
    "rel.count()": "rel.count()",
    "rel.all().count()": "rel.all().count()",
    "rel.exists()": "rel.exists()",
    "rel.all().exists()": "rel.all().exists()",
    "rel.filter()": "list(rel.filter(slot={slot}))",
    "rel.filter() no args": "list(rel.filter())",
    "rel.filter(Q())": "list(rel.filter(Q()))",
    "rel.filter() not evaluated": "rel.filter(slot={slot})",
    "rel.all().filter()": "list(rel.all().filter(slot={slot}))",
    "rel.filter().exists()": "rel.filter(slot={slot}).exists()",
    "rel.filter().count()": "rel.filter(slot={slot}).count()",
    "rel.filter().first()": "rel.filter(slot={slot}).first()",
    "rel.exclude()": "list(rel.exclude(slot={slot}))",
    "rel.order_by()": 'list(rel.order_by("name"))',
    "rel.order_by('slot')": 'list(rel.order_by("slot"))',
    "rel.order_by().first()": 'rel.order_by("name").first()',
    "rel.values()": 'list(rel.values("name"))',
    "rel.all().values()": 'list(rel.all().values("name"))',
    "rel.values_list()": 'list(rel.values_list("name", flat=True))',
    "rel.all().values_list()": 'list(rel.all().values_list("pk", flat=True))',
    "rel.get()": "rel.get(slot={slot})",
    "rel.all().get()": "rel.all().get(slot={slot})",
    "rel.latest()": 'rel.latest("slot")',
    "rel.latest('slot')": 'rel.latest("slot")',
    "rel.earliest()": 'rel.all().earliest("slot")',
    "rel.aggregate()": 'rel.aggregate(most=Max("slot"))',
    "rel.all().aggregate()": 'rel.all().aggregate(most=Max("slot"))',
    "rel.annotate()": 'list(rel.annotate(place=F("slot")))',
    "rel.distinct()": "list(rel.distinct())",
    "rel.reverse()": "list(rel.reverse())",
    "rel.all().reverse()": "list(rel.all().reverse())",
    "rel.none()": "list(rel.none())",
    "rel.iterator()": "list(rel.iterator())",
    "rel.all().iterator()": "list(rel.all().iterator())",
    "rel.select_related()": 'list(rel.select_related("{key}"))',
    "rel.all().select_related()": 'list(rel.all().select_related("{key}"))',
    "rel.prefetch_related()": 'list(rel.prefetch_related("{key}"))',
    "rel.all().prefetch_related()": 'list(rel.all().prefetch_related("{key}"))',
    "rel.only()": 'list(rel.only("name"))',
    "rel.defer()": 'list(rel.all().defer("name"))',
    "rel.using()": 'list(rel.using("default"))',
    "rel.all().using()": 'list(rel.all().using("default"))',
    "rel.in_bulk()": "rel.in_bulk()",
    "rel.all().union()": "list(rel.all().union(rel.all()))",
    "rel.all() | rel.all()": "list(rel.all() | rel.all())",
    "rel.all().query": "str(rel.all().query)",
    "rel.all().ordered": "rel.all().ordered",
    "rel.all() child FK": 'for child in rel.all():\n    getattr(child, "reader", None)',
    "x in rel.all()": "5 in rel.all()",
    "sorted(rel.all())": "sorted(rel.all(), key=lambda x: x.name)",
    "rel.all() in filter(__in=)": "list({model}.objects.filter(pk__in=rel.all()))",
    "c=rel.all(); c.count(); iterate": "found = rel.all()\nfound.count()\nlist(found)",
    "c=rel.all(); iterate; c.count()": "found = rel.all()\nlist(found)\nfound.count()",
    "if rel.exists(): iterate rel.all()": "if rel.exists():\n    list(rel.all())",
    "if rel.all(): iterate rel.all()": "if rel.all():\n    list(rel.all())",
    "rel.contains()": "rel.contains({model}(pk=1000000))",
    "rel.all().contains()": "rel.all().contains({model}(pk=1000000))",
}

# group ord: relation -> (attribute, model, what select_related() is given)
ORDERED = {
    "chapters(Meta.ordering)": ("chapters", "Chapter", '"reader"'),
    "genres(Meta.ordering,M2M)": ("genres", "Genre", "None"),
    "tags(no ordering)": ("tags", "Tag", "None"),
}
ORDERED_MODES = {
    "plain": "{rows}",
    "prefetch": '{rows}.prefetch_related("{name}")',
    "Prefetch(qs filtered)":
        '{rows}.prefetch_related(Prefetch("{name}", {model}.objects.filter(slot__lt=2)))',
    "Prefetch(qs.order_by)":
        '{rows}.prefetch_related(Prefetch("{name}", {model}.objects.order_by("slot")))',
    "Prefetch(qs.order_by())":
        '{rows}.prefetch_related(Prefetch("{name}", {model}.objects.order_by()))',
    "Prefetch(qs.select_related)":
        '{rows}.prefetch_related(Prefetch("{name}", {model}.objects.select_related({key})))',
}

# group mut: what writes to the relation `rel`; what has to be found first is not counted
NEW_BOOK = 'name="new", slot=7, publisher_id="pc0-0"'
OTHER = {"books": "Book.objects.exclude(author=row)", "edited": "Book.objects.exclude(author=row)",
         "tags": "Tag.objects.exclude(books=row)",
         "notes": "Note.objects.exclude(object_id=row.pk)"}
WRITES = {
    "create": "rel.create({new})",
    "add(obj)": "other = {other}.first()  # ignored\nrel.add(other)",
    "add(pk)": "other = {other}.first()  # ignored\nrel.add(other.pk)",
    "add(3 objs)": "others = list({other}[:3])  # ignored\nrel.add(*others)",
    "set([obj])": "others = list({other})[:1]  # ignored\nrel.set(others)",
    "remove(obj)": "mine = rel.all().all().first()  # ignored\nrel.remove(mine)",
    "clear()": "rel.clear()",
    "update()": 'rel.update(name="z")',
    "delete via all().delete()": "rel.all().delete()",
    "get_or_create": 'rel.get_or_create(name="new", defaults={defaults})',
    "update_or_create": 'rel.update_or_create(name="new", defaults={defaults})',
    "bulk_create": "rel.bulk_create([Book(author=row, {new})])",
    "Child.objects.create(fk=o)": "Book.objects.create(author=row, {new})",
}
MENTORS = "Author.objects.filter(slot=99)"

# group async
ASYNC = {
    "async for rel.all()": "async for x in rel.all():\n    pass",
    "rel.acount()": "await rel.acount()",
    "rel.aexists()": "await rel.aexists()",
    "rel.afirst()": "await rel.afirst()",
    "rel.all().acount()": "await rel.all().acount()",
    "rel.aget()": "await rel.aget(slot=1)",
    "rel.alast()": "await rel.alast()",
    "rel.filter().aexists()": "await rel.filter(slot=1).aexists()",
}


def indented(code):
    return "".join("    " + line + "\n" for line in code.strip("\n").split("\n"))


def loop(rows, body, word="for"):
    return "%s row in %s:  # rows\n%s" % (word, rows, indented(body))


def managed(code, attribute):
    """The operation with row.attribute for `rel`."""
    return re.sub(r"\brel\b", "row." + attribute, code)


def single(accessor, mode):
    rows, relation, model, body = SINGLE[accessor]
    return loop(SINGLE_MODES[mode].format(rows=rows, relation=relation, model=model), body)


def many(op, relation, mode):
    rows, name, slot, key, model = MANY[relation]
    rows = MANY_MODES[mode].format(rows=rows, name=name, model=model)
    body = OPERATIONS[op].format(slot=slot, key=key, model=model)
    if (op, relation, mode) == ("rel.only()", "self_rev_fk", "Prefetch(qs)"):
        body += "  # times 1"
    return loop(rows, managed(body, name))


def ordered(op, relation, mode):
    name, model, key = ORDERED[relation]
    rows = ORDERED_MODES[mode].format(rows=BOOKS, name=name, model=model, key=key)
    body = managed(OPERATIONS[op].format(slot=1, key=key, model=model), name)
    if mode == "Prefetch(qs filtered)":
        body = body.replace(".all():", ".all():  # times 2")
    return loop(rows, body)


def write(op, name, what):
    rows = BOOKS if name in ("tags", "notes") else AUTHORS
    if name == "edited" and op in ("remove(obj)", "clear()"):
        rows = MENTORS
    if "plain" not in what:
        rows += '.prefetch_related("%s")' % name
    new = NEW_BOOK if name == "books" else 'name="new"'
    defaults = "dict(%s)" % NEW_BOOK if name == "books" else "{}"
    body = managed(WRITES[op].replace("{new}", new).replace("{defaults}", defaults)
                   .replace("{other}", OTHER[name]), name)
    if what.startswith("later"):
        lines = body.split("\n")
        body = "\n".join(line if "# ignored" in line else line + "  # ignored" for line in lines)
        body += "\nlen(row.%s.all())" % name
    return loop(rows, body)


def asynchronous(op, mode):
    rows = BOOKS + ('.prefetch_related("tags")' if mode == "prefetch" else "")
    return loop(rows, managed(ASYNC[op], "tags"), "async for")


def written(group, op, relation, mode):
    """The code of a case of a regular group, or None: it is written out in written.txt."""
    if group == "a":
        return single(op, mode)
    if group == "b":
        return many(op, relation, mode)
    if group == "ord":
        return ordered(op, relation, mode)
    if group == "mut":
        return write(op, relation, mode)
    if group == "async" and op in ASYNC:
        return asynchronous(op, mode)
    return None
