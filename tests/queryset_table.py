#!/usr/bin/env python3
"""Compares the queryset table (analyzer/flow/queryset.c) with what Django was measured to do.

    tests/queryset_table.py BUILD/eagerly       runs `eagerly --dump=queryset-table`
    tests/queryset_table.py --table FILE        reads that output from a file, - is stdin
    tests/queryset_table.py --distil FILE.json  writes tests/facts/queryset.tsv anew

The facts are the number of queries per row (group qs: in all) that an operation on a queryset or
on a relation's manager costs, under five versions of Django. Each measured operation is written
down below as a small program of method names and operations; running the program on the table
gives the number the table predicts. A program says what the code does and nothing of its cost.

    rel all @len              the relation's manager, its all(), then len()
    c = rel all; c count      a variable; ";" separates statements
    qs @iterate / qs count    what follows "/" happens once for every row

Prints each difference and what is left out, with the reason; exit status 1 if there is a
difference, or a measured operation that is neither compared nor left out.
"""
import json
import os
import subprocess
import sys

FACTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "facts", "queryset.tsv")
VERSIONS = {"3.2.25": 32, "4.2.30": 42, "5.2.19": 52, "6.0.10": 60, "6.1.3": 61}
MANY_TO_MANY = {"m2m_fwd", "m2m_rev", "m2m_through", "tags", "tags(no ordering)",
                "genres(Meta.ordering,M2M)"}
REVERSE_FK = {"reverse_fk", "self_rev_fk", "books", "edited", "chapters(Meta.ordering)"}
ORDERED = {"chapters(Meta.ordering)", "genres(Meta.ordering,M2M)"}

RELATED = {  # groups b, ord and async: an operation on the manager of a relation, once per row
    "rel (manager only)": "rel",
    "rel.all() (not evaluated)": "rel all",
    "for x in rel.all()": "rel all @iterate",
    "for x in rel.all() twice": "rel all @iterate; rel all @iterate",
    "list(rel.all())": "rel all @iterate",
    "len(rel.all())": "rel all @len",
    "bool(rel.all())": "rel all @bool",
    "bool(rel)": "rel @bool",
    "for x in rel": "rel @iterate",
    "rel.all().all()": "rel all all @iterate",
    "rel.get_queryset()": "rel get_queryset @iterate",
    "rel.all()[0]": "rel all @index",
    "rel.all()[:1]": "rel all @slice @iterate",
    "rel.all()[:2]": "rel all @slice @iterate",
    "rel.all()[:2] type": "rel all @slice",
    "rel.all()[::2]": "rel all @step",
    "rel.all()[:2].count()": "rel all @slice count",
    "rel.first()": "rel first",
    "rel.all().first()": "rel all first",
    "rel.last()": "rel last",
    "rel.all().last()": "rel all last",
    "rel.count()": "rel count",
    "rel.all().count()": "rel all count",
    "rel.exists()": "rel exists",
    "rel.all().exists()": "rel all exists",
    "rel.filter()": "rel filter @iterate",
    "rel.filter() no args": "rel filter @iterate",
    "rel.filter(Q())": "rel filter @iterate",
    "rel.filter() not evaluated": "rel filter",
    "rel.all().filter()": "rel all filter @iterate",
    "rel.filter().exists()": "rel filter exists",
    "rel.filter().count()": "rel filter count",
    "rel.filter().first()": "rel filter first",
    "rel.exclude()": "rel exclude @iterate",
    "rel.order_by()": "rel order_by @iterate",
    "rel.order_by('slot')": "rel order_by @iterate",
    "rel.order_by().first()": "rel order_by first",
    "rel.values()": "rel values @iterate",
    "rel.all().values()": "rel all values @iterate",
    "rel.values_list()": "rel values_list @iterate",
    "rel.all().values_list()": "rel all values_list @iterate",
    "rel.get()": "rel get",
    "rel.all().get()": "rel all get",
    "rel.latest()": "rel latest",
    "rel.latest('slot')": "rel latest",
    "rel.earliest()": "rel all earliest",
    "rel.aggregate()": "rel aggregate",
    "rel.all().aggregate()": "rel all aggregate",
    "rel.annotate()": "rel annotate @iterate",
    "rel.distinct()": "rel distinct @iterate",
    "rel.reverse()": "rel reverse @iterate",
    "rel.all().reverse()": "rel all reverse @iterate",
    "rel.none()": "rel none @iterate",
    "rel.iterator()": "rel iterator @iterate",
    "rel.all().iterator()": "rel all iterator @iterate",
    "rel.select_related()": "rel select_related @iterate",
    "rel.all().select_related()": "rel all select_related @iterate",
    "rel.prefetch_related()": "rel prefetch_related @iterate",
    "rel.all().prefetch_related()": "rel all prefetch_related @iterate",
    "rel.only()": "rel only @iterate",
    "rel.defer()": "rel all defer @iterate",
    "rel.using()": "rel using @iterate",
    "rel.all().using()": "rel all using @iterate",
    "rel.in_bulk()": "rel in_bulk",
    "rel.all().union()": "rel all union @iterate",
    "rel.all() | rel.all()": "rel all @combine @iterate",
    "rel.all().query": "rel all query",
    "rel.all().ordered": "rel all ordered",
    "x in rel.all()": "rel all @in",
    "sorted(rel.all())": "rel all @iterate",
    "rel.all() in filter(__in=)": "rel all @argument; other filter @iterate",
    "c=rel.all(); c.count(); iterate": "c = rel all; c count; c @iterate",
    "c=rel.all(); iterate; c.count()": "c = rel all; c @iterate; c count",
    "if rel.exists(): iterate rel.all()": "rel exists; rel all @iterate",
    "if rel.all(): iterate rel.all()": "rel all @bool; rel all @iterate",
    "rel.contains()": "rel contains",
    "rel.all().contains()": "rel all contains",
    "async for rel.all()": "rel all @async_iterate",
    "rel.acount()": "rel acount",
    "rel.aexists()": "rel aexists",
    "rel.afirst()": "rel afirst",
    "rel.all().acount()": "rel all acount",
    "rel.aget()": "rel aget",
    "rel.alast()": "rel alast",
    "rel.filter().aexists()": "rel filter aexists",
}
WRITES = {  # group mut: what the write costs, and what rel.all() costs behind it
    "create": "rel create",
    "add(obj)": "rel add",
    "add(pk)": "rel add",
    "add(3 objs)": "rel add",
    "set([obj])": "rel set",
    "remove(obj)": "rel remove",
    "clear()": "rel clear",
    "update()": "rel update",
    "delete via all().delete()": "rel all delete",
    "get_or_create": "rel get_or_create",
    "update_or_create": "rel update_or_create",
    "bulk_create": "rel bulk_create",
    "Child.objects.create(fk=o)": "other create",
}
WHOLE = {  # group qs: one queryset of a model, queries in all
    "iterate": "qs @iterate",
    "iterate twice (same qs)": "qs @iterate; qs @iterate",
    "iterate qs, iterate qs.all()": "qs @iterate; qs all @iterate",
    "count, iterate": "qs count; qs @iterate",
    "iterate, count": "qs @iterate; qs count",
    "len, iterate": "qs @len; qs @iterate",
    "if qs, iterate": "qs @bool; qs @iterate",
    "exists, iterate": "qs exists; qs @iterate",
    "iterate, exists": "qs @iterate; qs exists",
    "qs[0] x3 before evaluation": "qs @index; qs @index; qs @index",
    "qs[0] x3 after evaluation": "qs @iterate; qs @index; qs @index; qs @index",
    "for i in range(len(qs)): qs[i]": "qs @len / qs @index",
    "for i in range(qs.count()): qs[i]": "qs count / qs @index",
    "first() before": "qs first; qs @iterate",
    "first() after evaluation (unordered)": "qs @iterate; qs first",
    "ordered: first() after evaluation": "o = qs order_by; o @iterate; o first",
    "ordered: last() after evaluation": "o = qs order_by; o @iterate; o last",
    "order_by(): first() after evaluation": "o = qs order_by:none; o @iterate; o first",
    "slice after evaluation": "qs @iterate; qs @slice @iterate",
    "slice before, then iterate": "qs @slice @iterate; qs @iterate",
    "s=qs[:2]; iterate s twice": "s = qs @slice; s @iterate; s @iterate",
    "x in qs": "qs @in; qs @iterate",
    "get() after evaluation": "qs @iterate; qs @index; qs get",
    "filter() after evaluation": "qs @iterate; qs filter @iterate",
    "values_list() after evaluation": "qs @iterate; qs values_list @iterate",
    "values_list qs iterated twice": "v = qs values_list; v @iterate; v @iterate",
    "aggregate after evaluation": "qs @iterate; qs aggregate",
    "iterator() twice": "qs iterator @iterate; qs iterator @iterate",
    "iterate, iterator()": "qs @iterate; qs iterator @iterate",
    "update() then iterate": "qs @iterate; qs update; qs @iterate",
    "delete() after evaluation": "qs @iterate; other filter delete",
    "repr(qs), iterate": "qs @repr; qs @iterate",
    "str(qs.query)": "qs query",
    "bool(qs.all()), iterate qs": "qs all @bool; qs @iterate",
    "sum(1 for _ in qs), iterate": "qs @iterate; qs @iterate",
    "enumerate/zip/reversed(list)": "qs @iterate; qs @iterate; qs @iterate",
    "reversed(qs)": "qs @reversed",
    "nested: for a in qs: for b in qs": "qs @iterate / qs @iterate",
    "nested: for a in qs: for b in qs.all()": "qs @iterate / qs all @iterate",
    "break after the first": "qs @iterate",
    "prefetch + qs[0] x3": "p = qs prefetch_related; p @index; p @index; p @index",
    "prefetch + .first()": "qs prefetch_related first",
    "prefetch + .get()": "qs prefetch_related get",
    "prefetch + .count()": "qs prefetch_related count",
    "prefetch + .exists()": "qs prefetch_related exists",
    "prefetch + .values_list()": "qs prefetch_related values_list @iterate",
    "prefetch + [:2] loop": "qs prefetch_related @slice @iterate",
    "evaluated qs, then [:2] of prefetched":
        "p = qs prefetch_related; p @iterate; p @slice @iterate",
    "prefetch, filter() after": "qs prefetch_related filter @iterate",
    "prefetch, union": "qs prefetch_related union @iterate",
    "prefetch, in_bulk()": "qs prefetch_related in_bulk",
    "prefetch, latest()": "qs prefetch_related latest",
    "prefetch, iterate twice": "p = qs prefetch_related; p @iterate; p @iterate",
}


def left_out(fact):
    """Why the table alone cannot say it; None: it is compared."""
    group, op, relation, _ = fact
    if op == "rel.reverse()" and relation in MANY_TO_MANY:
        return "a many-to-many manager has an attribute `reverse` of its own: a TypeError, no query"
    if op == "rel.only()" and relation in REVERSE_FK:
        return "only() without the key that leads back: the deferred column is the plan's business"
    if op == "rel.all() child FK":
        return "a relation of the rows: the plan's business"
    if group == "async" and "b.author" in op or op.startswith("async for + prefetch"):
        return "a relation of the rows: the plan's business"
    if group == "qs" and "prefetch + .iterator(" in op:
        return "effect `stream`: the plan's business"
    return None


class Unmeasured(Exception):
    """The method or operation is not in that version."""


class Queryset:
    """What Django keeps: rows that are there, an order, loads that cost a query with the rows."""

    def __init__(self, evaluated=False, ordered=False, loads=0, is_list=False):
        self.evaluated, self.ordered, self.loads = evaluated, ordered, loads
        self.is_list = is_list


class Manager:
    def __init__(self, relation="", ordered=False, prefetched=None):
        self.relation, self.ordered, self.prefetched = relation, ordered, prefetched

    def queryset(self):
        return self.prefetched or Queryset(ordered=self.ordered)

    def has(self, method):
        kinds = {"manager"}
        if self.relation:
            kinds.add("reverse_fk" if self.relation in REVERSE_FK else
                      "many_to_many" if self.relation in MANY_TO_MANY else "generic")
        return bool(kinds & set(method["on"].split(",")))


class Machine:
    """Runs a program by what the table says."""

    def __init__(self, table, version, names):
        self.methods, self.uses = table
        self.version, self.names, self.queries = version, names, 0

    def run(self, program):
        for statement in filter(None, (text.strip() for text in program.split(";"))):
            target, equals, chain = statement.rpartition("=")
            value = None
            for number, word in enumerate(chain.split()):
                value = self.names[word] if not number else self.step(value, word)
            if equals:
                self.names[target.strip()] = value
        return self.queries

    def step(self, value, word):
        if word.startswith("@"):
            return self.use(value, word[1:].replace("_", " "))
        name, _, arguments = word.partition(":")
        return self.call(value, name, arguments)

    def ask(self, queryset, scalar=False):
        self.queries += 1 + (0 if scalar else queryset.loads)

    def use(self, value, name):
        row = self.uses[name]
        if name == "async iterate" and self.version < 41:
            raise Unmeasured
        if isinstance(value, Manager) and row["manager"] == "-":
            if name == "bool":
                return None
            raise TypeError
        if value == "rows":
            return None
        there = value.evaluated and row["served"] == "always"
        if row["runs"] == "read" and not there:
            self.ask(value)
        value.evaluated |= row["fills"] == "fills"
        if row["result"] == "slice":
            return Queryset(there, value.ordered, value.loads, is_list=there)
        return Queryset() if row["result"] == "queryset" else None

    def call(self, receiver, name, arguments):
        if getattr(receiver, "is_list", False):
            raise TypeError  # a list has count(x), and no method of a queryset
        method = self.methods[name]
        if int(method["since"]) > self.version:
            raise Unmeasured
        if isinstance(receiver, Manager):
            if not receiver.has(method):
                raise AttributeError
            queryset = receiver.queryset()
        else:
            if "queryset" not in method["on"].split(","):
                raise AttributeError
            queryset = receiver
        if method["result"] == "queryset":
            return self.derive(receiver, queryset, method, arguments)
        if method["result"] == "row_iterator":
            self.ask(queryset)
            return "rows"
        self.evaluate(receiver, queryset, method)
        return None

    def derive(self, receiver, queryset, method, arguments):
        if method["served"] == "on_manager" and isinstance(receiver, Manager):
            return queryset
        result = Queryset(method["served"] == "always", queryset.ordered, queryset.loads)
        if method["order"] == "by_arguments":  # 6.1: first() trusts an order_by() without names
            result.ordered = arguments != "none" or self.version >= 61
        elif method["order"] != "keeps":
            result.ordered = method["order"] == "sets"
        if method["effect"] == "prefetch_related":
            known = isinstance(receiver, Manager) and receiver.relation == "self_rev_fk"
            known |= self.names["relation"] == "self_rev_fk"  # the way back is known already
            result.loads += not known
        if method["effect"] == "values":
            result.loads = 0
        return result

    def evaluate(self, receiver, queryset, method):
        if method["runs"] == "nothing":
            return
        served = method["served"] == "always" or (
            method["served"] == "if_ordered" and queryset.ordered)
        if not (served and queryset.evaluated):
            self.ask(queryset, scalar=not method["result"].startswith("row"))
        forgets, relation = method["forgets"], getattr(receiver, "relation", "")
        if forgets == "always" or relation and forgets != "never" and (
                relation not in REVERSE_FK or forgets == "by_version" and self.version >= 52):
            queryset.evaluated = False
            if relation:
                receiver.prefetched = None


def machine_for(table, version, relation, mode):
    ordered = relation in ORDERED
    if mode == "Prefetch(qs.order_by)":
        ordered = True
    if mode == "Prefetch(qs.order_by())":
        ordered = version >= 61
    plain = mode in ("plain", "to_attr")
    prefetched = None if plain else Queryset(True, ordered)
    return Machine(table, version, {
        "rel": Manager(relation, relation in ORDERED, prefetched), "qs": Queryset(),
        "other": Manager(), "relation": relation})


def predict(table, fact, version):
    """The queries of a fact by the table: a number, or the name of an exception."""
    group, op, relation, mode = fact
    if group == "mut":
        machine = machine_for(table, version, relation, "prefetch" if "plain" not in mode else mode)
        machine.run(WRITES[op])
        if mode.startswith("later"):
            machine.queries = 0
            machine.run("rel all @len")
        return machine.queries
    machine = machine_for(table, version, relation or "tags", mode)
    program, _, each = (WHOLE if group == "qs" else RELATED)[op].partition("/")
    try:
        fixed = machine.run(program)
        machine.queries = 0
        per_row = machine.run(each)
    except (TypeError, AttributeError) as error:
        return type(error).__name__
    except Unmeasured:
        return "-"
    if group != "qs":
        return fixed
    return "%dN+%d" % (per_row, fixed) if per_row else fixed


def agrees(fact, predicted, measured):
    if fact[0] == "mut" and not fact[3].startswith("later"):  # how many statements is not told
        return (measured == "0") == (predicted == 0)
    return str(predicted) == measured


def table_parse(text):
    methods, uses, heads = {}, {}, {}
    for line in text.splitlines():
        kind, *cells = line.split("\t")
        if kind.startswith("#"):
            heads[kind[1:]] = cells
        else:
            row = dict(zip(heads[kind], cells, strict=True))
            (methods if kind == "method" else uses)[row["name"]] = row
    if list(methods) != sorted(methods):
        sys.exit("the methods are not sorted, and are found by a binary search")
    return methods, uses


def facts_read():
    with open(FACTS, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                group, op, mode, relations, *cells = line.rstrip("\n").split("\t")
                cells = cells * len(VERSIONS) if len(cells) == 1 else cells
                for relation in relations.split(" & "):
                    yield ((group, op, relation, mode),
                           dict(zip(VERSIONS.values(), cells, strict=True)))


SAME = ("result", "effect", "runs", "served", "forgets", "order", "narrows")


def compare_async(methods):
    """An async method is its namesake behind an await: the rows have to be the same."""
    wrong = 0
    for name, row in methods.items():
        twin = methods.get(name[1:]) if row["async"] == "async" else row
        if not twin or any(row[column] != twin[column] for column in SAME):
            print("%s is not like the method that is not async" % name)
            wrong += 1
    return wrong


def known(fact):
    return fact[1] in {"mut": WRITES, "qs": WHOLE}.get(fact[0], RELATED)


def compare(table):
    reasons, compared, wrong = {}, 0, compare_async(table[0])
    for fact, measured in facts_read():
        reason = left_out(fact)
        if reason:
            reasons.setdefault(reason, []).append(fact)
            continue
        if not known(fact):
            print("neither compared nor left out: " + " | ".join(fact))
            wrong += 1
            continue
        compared += 1
        for version, cell in measured.items():
            predicted = predict(table, fact, version)
            if not agrees(fact, predicted, cell):
                print("%s, Django %.1f: measured %s, the table says %s"
                      % (" | ".join(fact), version / 10, cell, predicted))
                wrong += 1
    for reason, facts in reasons.items():
        print("left out: %s (%d: %s)" % (reason, len(facts), ", ".join(sorted(
            {fact[1] for fact in facts}))))
    words = {word.partition(":")[0] for programs in (RELATED, WRITES, WHOLE)
             for program in programs.values() for word in program.replace(";", " ").split()}
    print("in no measured operation: " + " ".join(
        name for name in table[0] if name not in words and table[0][name]["async"] != "async"))
    print("%d operations compared under %d versions, %d left out, %d differences"
          % (compared, len(VERSIONS), sum(map(len, reasons.values())), wrong))
    return wrong or not compared


def cell_of(group, result):
    if not result:
        return "-"
    if "exc" in result:
        return result["exc"]
    if group != "qs":
        return str(result["per_row"])
    if result["per_row"]:
        return "%dN+%d" % (result["per_row"], result["fixed"])
    return str(result["fixed"])


def rows_of(cases):
    """(group, operation, mode, cells) -> the relations for which they are the same."""
    rows = {}
    for case in cases:
        if case["group"] not in ("b", "ord", "async", "mut", "qs"):
            continue
        by = case.get("by_version") or {
            version: None if version in case.get("absent_in", ()) else case["all"]
            for version in VERSIONS}
        cells = tuple(cell_of(case["group"], by.get(version)) for version in VERSIONS)
        cells = cells[:1] if len(set(cells)) == 1 else cells
        key = (case["group"], case.get("op") or case["case"],
               case.get("mode") or case.get("what", ""), cells)
        rows.setdefault(key, []).append(case.get("relation", ""))
    return rows


def distil(path):
    """The groups that are about querysets, from the measurements' one big file."""
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    with open(FACTS, "w", encoding="utf-8") as out:
        out.write("# Measured under Django %s by running each operation against SQLite.\n"
                  % ", ".join(VERSIONS))
        out.write("# group, operation, mode, relations, then queries: one cell if all versions "
                  "agree.\n# Per row of an outer loop; group qs: in all, N the number of rows. "
                  "\"-\": not there.\n")
        for (group, op, mode, cells), relations in rows_of(cases).items():
            out.write("\t".join([group, op, mode, " & ".join(relations), *cells]) + "\n")


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--distil":
        return distil(arguments[1])
    if len(arguments) == 2 and arguments[0] == "--table":
        with sys.stdin if arguments[1] == "-" else open(arguments[1], encoding="utf-8") as file:
            return compare(table_parse(file.read()))
    if len(arguments) == 1 and not arguments[0].startswith("-"):
        run = subprocess.run([arguments[0], "--dump=queryset-table"], check=True,
                             capture_output=True, text=True)
        return compare(table_parse(run.stdout))
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
