/* Python to Module, shape by shape. A tree is compared as an S-expression made from
 * module_dump(): (KIND name flags child...), with `x` for the NAME x, 'x' for a STRING, the
 * text for a NUMBER and - for the ABSENT node. Offsets have tests of their own. Then come the
 * files that nobody writes: very deep ones, cut ones, noise; whatever they hold, each node
 * must have the children that its kind promises. */
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#include "grammar/python.h"

#include <stdlib.h>

static const Shape shapes[] = {
    {"a.b.c(d)", "(EXPRESSION (CALL (ATTRIBUTE \"c\" (ATTRIBUTE \"b\" a)) d))"},
    {"f(a, *b, c=1, **d)", "(EXPRESSION (CALL f a (STAR b) (KEYWORD \"c\" 1) (STAR double d)))"},
    {"f(x for x in y)", "(EXPRESSION (CALL f (COMPREHENSION generator x - (COMP_FOR x y))))"},
    {"(f)((a))", "(EXPRESSION (CALL f a))"},
    {"f()()", "(EXPRESSION (CALL (CALL f)))"},
    {"x[1]", "(EXPRESSION (INDEX x 1))"},
    {"x[1:2]", "(EXPRESSION (INDEX x (SLICE 1 2 -)))"},
    {"x[::3, :, 4]", "(EXPRESSION (INDEX x (TUPLE (SLICE - - 3) (SLICE - - -) 4)))"},
    {"x[1,]", "(EXPRESSION (INDEX x (TUPLE 1)))"},
    {"x[*a]", "(EXPRESSION (INDEX x (TUPLE (STAR a))))"},
    {"x[y := 1]", "(EXPRESSION (INDEX x (WALRUS y 1)))"},
    {"\"a\\tb\\x41\\u00e9\\101\\q\"", "(EXPRESSION 'a\\u0009bAéA\\\\q')"},
    {"r\"a\\n\"", "(EXPRESSION 'a\\\\n')"},
    {"b\"\\xff\"", "(EXPRESSION (STRING \"\\ufffd\" bytes))"},
    {"\"\"", "(EXPRESSION '')"},
    {"\"a\" 'b'", "(EXPRESSION (STRING \"ab\" implicit))"},
    {"b\"a\" b\"b\"", "(EXPRESSION (STRING \"ab\" bytes implicit))"},
    {"f\"a{b}c{d!r:>{e}}{{\"", "(EXPRESSION (FSTRING 'a' b 'c' d e '{'))"},
    {"f\"plain\"", "(EXPRESSION 'plain')"},
    {"f\"{x=}\"", "(EXPRESSION (FSTRING x))"},
    {"f\"{a, b}\"", "(EXPRESSION (FSTRING (TUPLE a b)))"},
    {"\"a\" f\"{b}\" \"c\"", "(EXPRESSION (FSTRING implicit 'a' b 'c'))"},
    {"f\"{f'{a}'}\"", "(EXPRESSION (FSTRING (FSTRING a)))"},
    {"t\"a{b}\"", "(EXPRESSION (FSTRING 'a' b))"},
    {"\"\\N{DASH}\"", "(EXPRESSION '\\\\N{DASH}')"},
    {"\"\"\"a\n  b\"\"\"", "(EXPRESSION 'a\\u000a  b')"},
    {"'a\\\nb'", "(EXPRESSION 'ab')"},
    {"0x1F", "(EXPRESSION 0x1F)"},
    {"1.5e3", "(EXPRESSION 1.5e3)"},
    {"None", "(EXPRESSION (CONSTANT None))"},
    {"True", "(EXPRESSION (CONSTANT True))"},
    {"[a, *b]", "(EXPRESSION (LIST a (STAR b)))"},
    {"[]", "(EXPRESSION (LIST))"},
    {"(a,)", "(EXPRESSION (TUPLE a))"},
    {"()", "(EXPRESSION (TUPLE))"},
    {"{a, b}", "(EXPRESSION (SET a b))"},
    {"{a: b, **c}", "(EXPRESSION (DICT a b - (STAR double c)))"},
    {"{}", "(EXPRESSION (DICT))"},
    {"not a", "(EXPRESSION (UNARY not a))"},
    {"-a ** 2", "(EXPRESSION (UNARY -x (BINARY ** a 2)))"},
    {"a + b * c", "(EXPRESSION (BINARY + a (BINARY * b c)))"},
    {"a @ b // c", "(EXPRESSION (BINARY // (BINARY @ a b) c))"},
    {"a or b and c", "(EXPRESSION (BOOLEAN or a (BOOLEAN and b c)))"},
    {"a < b", "(EXPRESSION (COMPARE < a b))"},
    {"a < b <= c", "(EXPRESSION (COMPARE < a b c))"},
    {"a not in b", "(EXPRESSION (COMPARE not in a b))"},
    {"a is not b", "(EXPRESSION (COMPARE is not a b))"},
    {"a if b else c", "(EXPRESSION (CONDITIONAL b a c))"},
    {"lambda: a", "(EXPRESSION (LAMBDA (PARAMETERS) a))"},
    {"lambda a, *b, c=1, **d: e",
     "(EXPRESSION (LAMBDA (PARAMETERS (PARAMETER \"a\" - -) (PARAMETER \"b\" starred - -) "
     "(PARAMETER \"c\" keyword-only 1 -) (PARAMETER \"d\" double - -)) e))"},
    {"[x for x in y if z if w for v in x]",
     "(EXPRESSION (COMPREHENSION list x - (COMP_FOR x y) (COMP_IF z) (COMP_IF w) (COMP_FOR v x)))"},
    {"{x for x in y}", "(EXPRESSION (COMPREHENSION set x - (COMP_FOR x y)))"},
    {"{a: b for a, b in c}", "(EXPRESSION (COMPREHENSION dict a b (COMP_FOR (TUPLE a b) c)))"},
    {"(x async for x in y)", "(EXPRESSION (COMPREHENSION generator x - (COMP_FOR async x y)))"},
    {"await a.b()", "(EXPRESSION (AWAIT (CALL (ATTRIBUTE \"b\" a))))"},
    {"(yield)", "(EXPRESSION (YIELD -))"},
    {"(yield from a)", "(EXPRESSION (YIELD from a))"},
    {"yield a, b", "(EXPRESSION (YIELD (TUPLE a b)))"},
    {"x = yield a", "(ASSIGN (YIELD a) - x)"},
    {"(a := b)", "(EXPRESSION (WALRUS a b))"},
    {"a, b", "(EXPRESSION (TUPLE a b))"},
    {"...", "(EXPRESSION (CONSTANT ...))"},
    {"a = b", "(ASSIGN b - a)"},
    {"a = b = c", "(ASSIGN c - a b)"},
    {"a, *b = c", "(ASSIGN c - (TUPLE a (STAR b)))"},
    {"(a) = b", "(ASSIGN b - a)"},
    {"[a, b] = c", "(ASSIGN c - (LIST a b))"},
    {"a.b[c] = d, e", "(ASSIGN (TUPLE d e) - (INDEX (ATTRIBUTE \"b\" a) c))"},
    {"x: int", "(ASSIGN - int x)"},
    {"x: list[int] = y", "(ASSIGN y (INDEX list int) x)"},
    {"x: dict[str, \"A\"] | None = y",
     "(ASSIGN y (BINARY | (INDEX dict (TUPLE str 'A')) (CONSTANT None)) x)"},
    {"x: a.b[c]", "(ASSIGN - (INDEX (ATTRIBUTE \"b\" a) c) x)"},
    {"a += 1", "(AUGMENT + a 1)"},
    {"a //= b", "(AUGMENT // a b)"},
    {"for a in b:\n  c", "(FOR a b (BLOCK (EXPRESSION c)) -)"},
    {"for a, b in c, d:\n  e\nelse:\n  f",
     "(FOR (TUPLE a b) (TUPLE c d) (BLOCK (EXPRESSION e)) (BLOCK (EXPRESSION f)))"},
    {"while a:\n  b\nelse:\n  c", "(WHILE a (BLOCK (EXPRESSION b)) (BLOCK (EXPRESSION c)))"},
    {"if a:\n  b", "(IF a (BLOCK (EXPRESSION b)) -)"},
    {"if a:\n  b\nelif c:\n  d\nelif e:\n  f\nelse:\n  g",
     "(IF a (BLOCK (EXPRESSION b)) (BLOCK (IF c (BLOCK (EXPRESSION d)) (BLOCK (IF e (BLOCK "
     "(EXPRESSION f)) (BLOCK (EXPRESSION g)))))))"},
    {"if a: b; c", "(IF a (BLOCK (EXPRESSION b) (EXPRESSION c)) -)"},
    {"try:\n  a\nexcept B:\n  c\nexcept (D, E) as f:\n  g\nexcept:\n  h\nelse:\n  i\nfinally:\n  j",
     "(TRY (BLOCK (EXPRESSION a)) (BLOCK (EXPRESSION i)) (BLOCK (EXPRESSION j)) (HANDLER B (BLOCK "
     "(EXPRESSION c))) (HANDLER \"f\" (TUPLE D E) (BLOCK (EXPRESSION g))) (HANDLER - (BLOCK "
     "(EXPRESSION h))))"},
    {"try:\n  a\nexcept* B as c:\n  d",
     "(TRY (BLOCK (EXPRESSION a)) - - (HANDLER \"c\" B (BLOCK (EXPRESSION d))))"},
    {"try:\n  a\nexcept A, B:\n  c",
     "(TRY (BLOCK (EXPRESSION a)) - - (HANDLER (TUPLE A B) (BLOCK (EXPRESSION c))))"},
    {"try:\n  a\nfinally:\n  b", "(TRY (BLOCK (EXPRESSION a)) - (BLOCK (EXPRESSION b)))"},
    {"with a:\n  b", "(WITH (BLOCK (EXPRESSION b)) (WITH_ITEM a -))"},
    {"with a as b, c:\n  d", "(WITH (BLOCK (EXPRESSION d)) (WITH_ITEM a b) (WITH_ITEM c -))"},
    {"with (a as b, c as d):\n  e",
     "(WITH (BLOCK (EXPRESSION e)) (WITH_ITEM a b) (WITH_ITEM c d))"},
    {"with (a as b):\n  c", "(WITH (BLOCK (EXPRESSION c)) (WITH_ITEM a b))"},
    {"with (a, b):\n  c", "(WITH (BLOCK (EXPRESSION c)) (WITH_ITEM a -) (WITH_ITEM b -))"},
    {"with (a, b) as c:\n  d", "(WITH (BLOCK (EXPRESSION d)) (WITH_ITEM (TUPLE a b) c))"},
    {"with a() as (b, c):\n  d", "(WITH (BLOCK (EXPRESSION d)) (WITH_ITEM (CALL a) (TUPLE b c)))"},
    {"match a:\n  case 1 | \"b\":\n    c\n  case _:\n    d",
     "(MATCH a (CASE (PATTERN 1 'b') - (BLOCK (EXPRESSION c))) (CASE (PATTERN) - (BLOCK "
     "(EXPRESSION d))))"},
    {"match a, b:\n  case [c, *d] if e:\n    f",
     "(MATCH (TUPLE a b) (CASE (PATTERN c (STAR d)) e (BLOCK (EXPRESSION f))))"},
    {"match a:\n  case A.B(c, d=e) as f:\n    g",
     "(MATCH a (CASE (PATTERN (PATTERN \"A.B\" (ATTRIBUTE \"B\" A) c (KEYWORD \"d\" e)) f) - "
     "(BLOCK (EXPRESSION g))))"},
    {"match a:\n  case {\"b\": c, **d}:\n    e",
     "(MATCH a (CASE (PATTERN 'b' c (STAR double d)) - (BLOCK (EXPRESSION e))))"},
    {"match a:\n  case b.c:\n    d\n  case b:\n    d\n  case (b):\n    d\n  case b, *_:\n    d",
     "(MATCH a (CASE (ATTRIBUTE \"c\" b) - (BLOCK (EXPRESSION d))) (CASE b - (BLOCK (EXPRESSION "
     "d))) (CASE b - (BLOCK (EXPRESSION d))) (CASE (PATTERN b (STAR (PATTERN))) - (BLOCK "
     "(EXPRESSION d))))"},
    {"match a:\n  case -1:\n    b\n  case 1 - 2j:\n    c\n  case A(b=_):\n    d",
     "(MATCH a (CASE (UNARY -x 1) - (BLOCK (EXPRESSION b))) (CASE (BINARY - 1 2j) - (BLOCK "
     "(EXPRESSION c))) (CASE (PATTERN \"A\" A (KEYWORD \"b\" (PATTERN))) - (BLOCK (EXPRESSION "
     "d))))"},
    {"return", "(RETURN -)"},
    {"def f(): return a, b", "(FUNCTION \"f\" (PARAMETERS) (BLOCK (RETURN (TUPLE a b))) -)"},
    {"raise", "(RAISE - -)"},
    {"raise A(b) from c", "(RAISE (CALL A b) c)"},
    {"assert a, b", "(ASSERT a b)"},
    {"del a, b[c]", "(DELETE a (INDEX b c))"},
    {"del (a, b)", "(DELETE (TUPLE a b))"},
    {"while a:\n  break\n  continue\n  pass", "(WHILE a (BLOCK (BREAK) (CONTINUE) (PASS)) -)"},
    {"global a, b", "(GLOBAL a b)"},
    {"nonlocal a", "(GLOBAL nonlocal a)"},
    {"import a", "(IMPORT \"a\" -)"},
    {"import a.b.c", "(IMPORT \"a.b.c\" -)"},
    {"import a.b as c, d", "(IMPORT \"a.b\" c) (IMPORT \"d\" -)"},
    {"from a import b, c as d", "(IMPORT_FROM \"a\" (ALIAS \"b\" -) (ALIAS \"c\" d))"},
    {"from . import a", "(IMPORT_FROM 1 (ALIAS \"a\" -))"},
    {"from ...a.b import (c, d)", "(IMPORT_FROM \"a.b\" 3 (ALIAS \"c\" -) (ALIAS \"d\" -))"},
    {"from a import *", "(IMPORT_FROM \"a\" (ALIAS \"*\" -))"},
    {"from __future__ import a", "(IMPORT_FROM \"__future__\" (ALIAS \"a\" -))"},
    {"def f(): pass", "(FUNCTION \"f\" (PARAMETERS) (BLOCK (PASS)) -)"},
    {"def f(a, /, b, *, c, d=1): pass",
     "(FUNCTION \"f\" (PARAMETERS (PARAMETER \"a\" - -) (PARAMETER \"b\" - -) (PARAMETER \"c\" "
     "keyword-only - -) (PARAMETER \"d\" keyword-only 1 -)) (BLOCK (PASS)) -)"},
    {"def f(a: int, b: str = \"c\", *d: int, **e: f) -> g: pass",
     "(FUNCTION \"f\" (PARAMETERS (PARAMETER \"a\" - int) (PARAMETER \"b\" 'c' str) (PARAMETER "
     "\"d\" starred - int) (PARAMETER \"e\" double - f)) (BLOCK (PASS)) g)"},
    {"async def f():\n  async for a in b: pass\n  async with c as d: pass",
     "(FUNCTION \"f\" async (PARAMETERS) (BLOCK (FOR async a b (BLOCK (PASS)) -) (WITH async "
     "(BLOCK (PASS)) (WITH_ITEM c d))) -)"},
    {"def f():\n  yield 1",
     "(FUNCTION \"f\" generator (PARAMETERS) (BLOCK (EXPRESSION (YIELD 1))) -)"},
    {"def f():\n  def g():\n    yield 1",
     "(FUNCTION \"f\" (PARAMETERS) (BLOCK (FUNCTION \"g\" generator (PARAMETERS) (BLOCK "
     "(EXPRESSION (YIELD 1))) -)) -)"},
    {"def f():\n  lambda: (yield)",
     "(FUNCTION \"f\" (PARAMETERS) (BLOCK (EXPRESSION (LAMBDA (PARAMETERS) (YIELD -)))) -)"},
    {"def f[T: int](a: T): pass",
     "(FUNCTION \"f\" (PARAMETERS (PARAMETER \"a\" - T)) (BLOCK (PASS)) -)"},
    {"@a\n@b.c(d)\ndef f(): pass",
     "(FUNCTION \"f\" (PARAMETERS) (BLOCK (PASS)) - a (CALL (ATTRIBUTE \"c\" b) d))"},
    {"@a\nclass B: pass", "(CLASS \"B\" (BLOCK (PASS)) (BASES) a)"},
    {"class A: pass", "(CLASS \"A\" (BLOCK (PASS)) (BASES))"},
    {"class A(B, c=D, *e): pass",
     "(CLASS \"A\" (BLOCK (PASS)) (BASES B (KEYWORD \"c\" D) (STAR e)))"},
    {"class A[T](B): pass", "(CLASS \"A\" (BLOCK (PASS)) (BASES B))"},
    {"type X = int", "(ASSIGN int - X)"},
    {"type X[T] = list[T]", "(ASSIGN (INDEX list T) - X)"},
    {"print(a)", "(EXPRESSION (CALL print a))"},
    {"print \"a\", b", "(UNKNOWN 'a' b)"},
    {"exec \"a\"", "(UNKNOWN 'a')"},
    {"match = type", "(ASSIGN type - match)"},
    {"async = print", "(ASSIGN print - async)"},
    {"a = (  # b\n  c)", "(ASSIGN c - a)"},
    {"a; b", "(EXPRESSION a) (EXPRESSION b)"},
    {"f(", "(UNKNOWN f)"},
    {"a = 1\nb = = 2\nc = 3", "(ASSIGN 1 - a) (ASSIGN 2 - b) (ASSIGN 3 - c)"},
    {"x = a.", "(UNKNOWN x a)"},
    {"f(a b)", "(EXPRESSION (CALL f a (UNKNOWN b)))"},
    {"def f(:\n  pass\ng()",
     "(FUNCTION \"f\" (PARAMETERS) (BLOCK (PASS)) -) (EXPRESSION (CALL g))"},
    {"lambda *, a: b", "(EXPRESSION (LAMBDA (PARAMETERS (PARAMETER \"a\" keyword-only - -)) b))"},
    {"f(*a, *b)(c)(**d)",
     "(EXPRESSION (CALL (CALL (CALL f (STAR a) (STAR b)) c) (STAR double d)))"},
    {"\"a\" if b else f\"c\"", "(EXPRESSION (CONDITIONAL b 'a' 'c'))"},
    {"[*a.b, c]", "(EXPRESSION (LIST (STAR (ATTRIBUTE \"b\" a)) c))"},
    {"{*a.b(c)}", "(EXPRESSION (SET (STAR (CALL (ATTRIBUTE \"b\" a) c))))"},
    {"x = *a[0] + b, c", "(ASSIGN (TUPLE (STAR (BINARY + (INDEX a 0) b)) c) - x)"},
    {"[*a < b]", "(EXPRESSION (LIST (STAR (COMPARE < a b))))"},
    {"x[*a.b]", "(EXPRESSION (INDEX x (TUPLE (STAR (ATTRIBUTE \"b\" a)))))"},
    {"x: A[*b]", "(ASSIGN - (INDEX A (TUPLE (STAR b))) x)"},
    {"type(self).a.b = c", "(ASSIGN c - (ATTRIBUTE \"b\" (ATTRIBUTE \"a\" (CALL type self))))"},
    {"type(a, b).c[d] = e", "(ASSIGN e - (INDEX (ATTRIBUTE \"c\" (CALL type a b)) d))"},
    {"type((a).b).c = d", "(ASSIGN d - (ATTRIBUTE \"c\" (CALL type (ATTRIBUTE \"b\" a))))"},
    {"f(a as b)", "(EXPRESSION (CALL f (UNKNOWN a b)))"},
    {"print >>a, b", "(UNKNOWN (UNKNOWN a) b)"},
    {"match a:\n  case _ as b:\n    c\n  case A(_):\n    c\n  case [_, {\"d\": _, **e}] | None:\n"
     "    c",
     "(MATCH a (CASE (PATTERN (PATTERN) b) - (BLOCK (EXPRESSION c))) (CASE (PATTERN \"A\" A "
     "(PATTERN)) - (BLOCK (EXPRESSION c))) (CASE (PATTERN (PATTERN (PATTERN) (PATTERN 'd' "
     "(PATTERN) (STAR double e))) (CONSTANT None)) - (BLOCK (EXPRESSION c))))"},
    {"match a:\n  case A():\n    b\n  case -1.5 | True | \"a\" \"b\":\n    c",
     "(MATCH a (CASE (PATTERN \"A\" A) - (BLOCK (EXPRESSION b))) (CASE (PATTERN (UNARY -x 1.5) "
     "(CONSTANT True) (STRING \"ab\" implicit)) - (BLOCK (EXPRESSION c))))"},
    {"x[a:b, ...]", "(EXPRESSION (INDEX x (TUPLE (SLICE a b -) (CONSTANT ...))))"},
    {"{**a, \"b\": c}", "(EXPRESSION (DICT - (STAR double a) 'b' c))"},
    {"f(**a, b=c)", "(EXPRESSION (CALL f (STAR double a) (KEYWORD \"b\" c)))"},
    {"class A:\n  b: C = d\n  @e\n  def f(self): yield",
     "(CLASS \"A\" (BLOCK (ASSIGN d C b) (FUNCTION \"f\" generator (PARAMETERS (PARAMETER "
     "\"self\" - -)) (BLOCK (EXPRESSION (YIELD -))) - e)) (BASES))"},
    {"try:\n  a\nexcept (B):\n  c",
     "(TRY (BLOCK (EXPRESSION a)) - - (HANDLER B (BLOCK (EXPRESSION c))))"},
    {"for (a) in b: c", "(FOR a b (BLOCK (EXPRESSION c)) -)"},
    {"for a.b, [c, *d] in e: f",
     "(FOR (TUPLE (ATTRIBUTE \"b\" a) (LIST c (STAR d))) e (BLOCK (EXPRESSION f)) -)"},
    {"lambda a=1, /, *, b: c",
     "(EXPRESSION (LAMBDA (PARAMETERS (PARAMETER \"a\" 1 -) (PARAMETER \"b\" keyword-only - -)) "
     "c))"},
    {"if (a := b) and not c: d",
     "(IF (BOOLEAN and (WALRUS a b) (UNARY not c)) (BLOCK (EXPRESSION d)) -)"},
    {"return (yield a)", "(RETURN (YIELD a))"},
    {"{a: b\n # noqa\n for a in c}", "(EXPRESSION (COMPREHENSION dict a b (COMP_FOR a c)))"},
    {"a = yield from b", "(ASSIGN (YIELD from b) - a)"},
    {"async def f(): return [await a async for b in c if await d]",
     "(FUNCTION \"f\" async (PARAMETERS) (BLOCK (RETURN (COMPREHENSION list (AWAIT a) - (COMP_FOR "
     "async b c) (COMP_IF (AWAIT d))))) -)"},
    {"assert (a, b)", "(ASSERT (TUPLE a b) -)"},
    {"raise A, b", "(RAISE (TUPLE A b) -)"},
    {"def f(a, (b, c)): pass",
     "(FUNCTION \"f\" (PARAMETERS (PARAMETER \"a\" - -) (PARAMETER - -)) (BLOCK (PASS)) -)"},
    {"a <> b", "(EXPRESSION (COMPARE != a b))"},
    {"import a . b", "(IMPORT \"a.b\" -)"},
    {"del a", "(DELETE a)"},
    {"with a, b as (c, d), e: f",
     "(WITH (BLOCK (EXPRESSION f)) (WITH_ITEM a -) (WITH_ITEM b (TUPLE c d)) (WITH_ITEM e -))"},
    {"@a.b[c](d)\nclass A: x = 1; y = 2",
     "(CLASS \"A\" (BLOCK (ASSIGN 1 - x) (ASSIGN 2 - y)) (BASES) (CALL (INDEX (ATTRIBUTE \"b\" a) "
     "c) d))"},
    {"[*a if b else c]", "(EXPRESSION (LIST (STAR (CONDITIONAL b a c))))"},
    {"f\"{a:=5}{(b := c)}\"", "(EXPRESSION (FSTRING a (WALRUS b c)))"},
};

#define SHAPE_COUNT (sizeof(shapes) / sizeof *(shapes))

static Module *read_bytes(PythonReader *reader, const char *source, size_t size) {
    return python_read(reader, "shape.py", source, (uint32_t)size);
}

static void test_shape(PythonReader *reader, const Shape *shape) {
    Module *module = read_bytes(reader, shape->source, strlen(shape->source));
    shape_check(module, shape);
    module_free(module);
}

/* How many children a kind has: at least, at most (0: any number more), and where a child of
 * which kind must stand. */
typedef struct Promise {
    uint32_t least, most;
    struct {
        uint8_t at, kind;
    } parts[2];
} Promise;

static const Promise promises[NODE_KIND_COUNT] = {
    [NODE_ATTRIBUTE] = {.least = 1, .most = 1},
    [NODE_CALL] = {.least = 1},
    [NODE_KEYWORD] = {.least = 1, .most = 1},
    [NODE_STAR] = {.least = 1, .most = 1},
    [NODE_INDEX] = {.least = 2, .most = 2},
    [NODE_SLICE] = {.least = 3, .most = 3},
    [NODE_UNARY] = {.least = 1, .most = 1},
    [NODE_BINARY] = {.least = 2, .most = 2},
    [NODE_BOOLEAN] = {.least = 2, .most = 2},
    [NODE_COMPARE] = {.least = 2},
    [NODE_CONDITIONAL] = {.least = 3, .most = 3},
    [NODE_LAMBDA] = {.least = 2, .most = 2, .parts = {{0, NODE_PARAMETERS}}},
    [NODE_COMPREHENSION] = {.least = 3, .parts = {{2, NODE_COMP_FOR}}},
    [NODE_COMP_FOR] = {.least = 2, .most = 2},
    [NODE_COMP_IF] = {.least = 1, .most = 1},
    [NODE_AWAIT] = {.least = 1, .most = 1},
    [NODE_YIELD] = {.least = 1, .most = 1},
    [NODE_WALRUS] = {.least = 2, .most = 2},
    [NODE_EXPRESSION] = {.least = 1, .most = 1},
    [NODE_ASSIGN] = {.least = 3},
    [NODE_AUGMENT] = {.least = 2, .most = 2},
    [NODE_FOR] = {.least = 4, .most = 4, .parts = {{2, NODE_BLOCK}}},
    [NODE_WHILE] = {.least = 3, .most = 3, .parts = {{1, NODE_BLOCK}}},
    [NODE_IF] = {.least = 3, .most = 3, .parts = {{1, NODE_BLOCK}}},
    [NODE_TRY] = {.least = 3, .parts = {{0, NODE_BLOCK}}},
    [NODE_HANDLER] = {.least = 2, .most = 2, .parts = {{1, NODE_BLOCK}}},
    [NODE_WITH] = {.least = 1, .parts = {{0, NODE_BLOCK}}},
    [NODE_WITH_ITEM] = {.least = 2, .most = 2},
    [NODE_MATCH] = {.least = 1},
    [NODE_CASE] = {.least = 3, .most = 3, .parts = {{2, NODE_BLOCK}}},
    [NODE_RETURN] = {.least = 1, .most = 1},
    [NODE_RAISE] = {.least = 2, .most = 2},
    [NODE_ASSERT] = {.least = 2, .most = 2},
    [NODE_IMPORT] = {.least = 1, .most = 1},
    [NODE_ALIAS] = {.least = 1, .most = 1},
    [NODE_FUNCTION] = {.least = 3, .parts = {{0, NODE_PARAMETERS}, {1, NODE_BLOCK}}},
    [NODE_PARAMETER] = {.least = 2, .most = 2},
    [NODE_CLASS] = {.least = 2, .parts = {{0, NODE_BLOCK}, {1, NODE_BASES}}},
};

/* Whether a kind may have an ABSENT child at a position. */
static bool absent_allowed(NodeKind kind, uint32_t at) {
    switch (kind) {
    case NODE_SLICE:
    case NODE_DICT:
    case NODE_YIELD:
    case NODE_RETURN:
    case NODE_RAISE:
    case NODE_IMPORT:
    case NODE_ALIAS:
    case NODE_PARAMETER:
    case NODE_UNKNOWN:
        return true;
    case NODE_COMPREHENSION:
    case NODE_ASSERT:
    case NODE_WITH_ITEM:
    case NODE_CASE:
        return at == 1;
    case NODE_ASSIGN:
        return at < 2;
    case NODE_TRY:
        return at == 1 || at == 2;
    case NODE_FOR:
        return at == 3;
    case NODE_WHILE:
    case NODE_IF:
    case NODE_FUNCTION:
        return at == 2;
    case NODE_HANDLER:
        return at == 0;
    default:
        return false;
    }
}

static bool node_keeps_promise(const Module *module, NodeId id) {
    NodeKind kind = module_node(module, id)->kind;
    uint32_t count = node_count(module, id);
    const Promise *promise = &promises[kind];
    if (count < promise->least || (promise->most && count > promise->most)) return false;
    if (kind == NODE_DICT && count % 2) return false;
    for (size_t i = 0; i < 2; i++) {
        uint8_t wanted = promise->parts[i].kind;
        NodeId part = node_child(module, id, promise->parts[i].at);
        if (wanted && module_node(module, part)->kind != wanted) return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        NodeId child = node_child(module, id, i);
        if (child >= module->nodes.count) return false;
        if (child == NODE_NONE && !absent_allowed(kind, i)) return false;
        NodeKind inner = module_node(module, child)->kind;
        bool statement = inner > NODE_WALRUS && inner != NODE_PARAMETERS;
        if (kind >= NODE_NAME && kind <= NODE_WALRUS && statement && inner != NODE_PATTERN)
            return false;
    }
    return module_node(module, id)->start <= module->ends.items[id] &&
           module->ends.items[id] <= module->size;
}

/* Follows the tree from its root: each node is met once and keeps its kind's promise. */
static bool module_valid(const Module *module) {
    uint8_t *seen = calloc(module->nodes.count, 1);
    NodeId *stack = memory_alloc(sizeof(NodeId) * module->nodes.count);
    uint32_t depth = 0;
    bool valid = module_node(module, module->root)->kind == NODE_BLOCK;
    stack[depth++] = module->root;
    while (depth && valid) {
        NodeId id = stack[--depth];
        valid = node_keeps_promise(module, id);
        if (!valid)
            printf("# broken promise: %s at %u\n", node_kind_name(module_node(module, id)->kind),
                   module_node(module, id)->start);
        for (uint32_t i = 0; valid && i < node_count(module, id); i++) {
            NodeId child = node_child(module, id, i);
            if (child == NODE_NONE) continue;
            valid = !seen[child]++;
            stack[depth++] = child;
        }
    }
    free(seen);
    free(stack);
    return valid;
}

static bool reads_valid(PythonReader *reader, const char *source, size_t size) {
    char *exact = memory_alloc(size); /* so that reading behind the end is noticed */
    if (size) memcpy(exact, source, size);
    Module *module = read_bytes(reader, exact, size);
    bool valid = module_valid(module);
    if (!valid) printf("# in %.*s\n", (int)(size < 400 ? size : 400), source);
    module_free(module);
    free(exact);
    return valid;
}

/* Every fixture cut at every byte, at the front and at the end. */
static void test_cut(PythonReader *reader) {
    bool valid = true;
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        const char *source = shapes[i].source;
        size_t size = strlen(source);
        for (size_t at = 0; at <= size; at++) {
            valid &= reads_valid(reader, source, at);
            valid &= reads_valid(reader, source + at, size - at);
        }
    }
    TAP_OK(valid, "fixtures cut at every byte");
}

static uint32_t random_next(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Pieces of fixtures one behind the other, with some bytes changed. */
static void test_noise(PythonReader *reader) {
    static const char bytes[] = "()[]{}:;,.'\"\\\n\t =*#@fblambdaifforin0\xff";
    uint32_t state = 1;
    bool valid = true;
    for (uint32_t round = 0; round < 2000; round++) {
        char text[512];
        size_t size = 0;
        while (size < 100) {
            const char *source = shapes[random_next(&state) % SHAPE_COUNT].source;
            size_t length = strlen(source), from = random_next(&state) % (length + 1);
            memcpy(text + size, source + from, length - from);
            size += length - from;
            if (round % 2) text[size++] = '\n';
        }
        for (uint32_t i = round % 7; i; i--)
            text[random_next(&state) % size] = bytes[random_next(&state) % sizeof bytes];
        valid &= reads_valid(reader, text, size);
    }
    TAP_OK(valid, "fixtures glued and changed");
    valid = true;
    for (uint32_t round = 0; round < 300; round++) {
        char text[300];
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (char)random_next(&state);
        for (size_t i = 0; round % 2 && i < sizeof text; i++)
            text[i] = bytes[random_next(&state) % sizeof bytes];
        valid &= reads_valid(reader, text, sizeof text);
    }
    TAP_OK(valid, "random bytes");
}

typedef struct Deep {
    const char *before, *repeated, *middle, *closing, *after;
} Deep;

static const Deep deeps[] = {
    {"x = ", "(", "1", ")", "\n"},          {"x = ", "[", "", "]", "\n"},
    {"x = ", "(", "", "", "\n"},            {"x = a", ".b", "", "", "\n"},
    {"x = a", "()", "", "", "\n"},          {"x = a", "[0]", "", "", "\n"},
    {"x = a", " + b", "", "", "\n"},        {"x = a", " and b", "", "", "\n"},
    {"x = a", " < b", "", "", "\n"},        {"x = ", "a ** ", "b", "", "\n"},
    {"x = ", "not ", "a", "", "\n"},        {"", "a = ", "b", "", "\n"},
    {"x = ", "lambda: ", "a", "", "\n"},    {"x = ", "a if b else ", "c", "", "\n"},
    {"x = ", "\"a\" ", "", "", "\n"},       {"x = ", "f(", "", ")", "\n"},
    {"x: ", "a[", "b", "]", "\n"},          {"if a: b\n", "elif c: d\n", "", "", "\n"},
    {"", "@a\n", "def f(): pass", "", "\n"}, {"match a:\n case ", "[", "", "]", ": pass\n"},
    {"from ", ".", " import a", "", "\n"},  {"def f():\n x = ", "(", "yield", ")", "\n"},
    {"x = ", "{a: ", "b", "}", "\n"},       {"x = ", "f'{", "1", "}'", "\n"},
    {"", ":", "", "", ""},                  {"", "'a", "", "", ""},
};

static void test_deep(PythonReader *reader, const Deep *deep, uint32_t times) {
    Writer *source = writer_to_memory();
    write_text(source, deep->before);
    for (uint32_t i = 0; i < times; i++) write_text(source, deep->repeated);
    write_text(source, deep->middle);
    for (uint32_t i = 0; i < times; i++) write_text(source, deep->closing);
    write_text(source, deep->after);
    size_t size;
    const char *text = writer_text(source, &size);
    char *name = NULL;
    if (asprintf(&name, "%s%s a hundred thousand times", deep->before, deep->repeated) < 0) abort();
    TAP_OK(reads_valid(reader, text, size), name);
    free(name);
    writer_close(source);
}

static void test_blocks(PythonReader *reader) {
    Writer *source = writer_to_memory();
    for (int i = 0; i < 1500; i++) write_format(source, "%*sif a:\n", i, "");
    write_format(source, "%*spass\n", 1500, "");
    size_t size;
    const char *text = writer_text(source, &size);
    TAP_OK(reads_valid(reader, text, size), "1500 blocks in each other");
    writer_close(source);
}

/* A file of more work than the limit allows, and an ordinary one behind it. */
static void test_limit(PythonReader *reader) {
    Writer *source = writer_to_memory();
    write_text(source, "x = [\n");
    for (int i = 0; i < 80 * 1000; i++) write_text(source, "{'a': 1, 'b': f(x.y, z=3)},\n");
    size_t size;
    const char *text = writer_text(source, &size);
    Module *module = read_bytes(reader, text, size);
    TAP_OK(module->cut, "a file beyond the limit is cut");
    TAP_OK(module_valid(module) && node_count(module, module->root) == 0, "and empty");
    module_free(module);
    writer_close(source);
    module = read_bytes(reader, "a = 1\n", 6);
    TAP_OK(!module->cut && node_count(module, module->root) == 1, "the next file is read");
    module_free(module);
}

static const Node *first_node(const Module *module, NodeKind kind, NodeId *id) {
    for (*id = 1; *id < module->nodes.count; ++*id)
        if (module_node(module, *id)->kind == kind) return module_node(module, *id);
    *id = NODE_NONE;
    return module_node(module, NODE_NONE);
}

static void test_offsets(PythonReader *reader) {
    static const char source[] = "x = 1\r\n  \nfor b in c:\n    (b).author.name\n";
    Module *module = read_bytes(reader, source, sizeof source - 1);
    uint32_t line, column;
    NodeId id;
    const Node *attribute = first_node(module, NODE_ATTRIBUTE, &id);
    TAP_OK(attribute->start == 26, "an attribute starts where its object starts");
    TAP_OK(!memcmp(source + module->ends.items[id] - 6, "author", 6), "and ends with its name");
    module_place(module, attribute->start, &line, &column);
    TAP_OK(line == 4 && column == 5, "its line and column");
    module_place(module, 0, &line, &column);
    TAP_OK(line == 1 && column == 1, "the first byte");
    module_place(module, sizeof source - 1, &line, &column);
    TAP_OK(line == 5 && column == 1, "the end of the file");
    TAP_OK(module->lines.count == 5, "five lines");
    TAP_OK(module_node(module, module->root)->start == 0, "the root spans the file");
    TAP_OK(module->ends.items[module->root] == sizeof source - 1, "to its end");
    module_free(module);
}

static void test_comments(PythonReader *reader) {
    static const char source[] = "a  # plain\nb(  #  eagerly: ignore[E101] \r\n)\n"
                                 "# noqa\nx = '# noqa'\n";
    Module *module = read_bytes(reader, source, sizeof source - 1);
    TAP_OK(module->comments.count == 2, "only comments that say something");
    if (module->comments.count == 2) {
        const Comment *comment = module->comments.items;
        TAP_TEXT(str_text(module->strings, comment->text), "eagerly: ignore[E101]", "trimmed");
        TAP_OK(source[comment->start] == '#', "its offset");
        TAP_TEXT(str_text(module->strings, comment[1].text), "noqa", "the second one");
        TAP_OK(!comment->alone && comment[1].alone, "whether code stands on its line");
        TAP_OK(comment[1].end == comment[1].start + 6, "its end");
    }
    module_free(module);
}

static void test_errors(PythonReader *reader) {
    Module *module = read_bytes(reader, "a = 1\n", 6);
    TAP_OK(module->errors == 0, "no errors in sound code");
    module_free(module);
    static const char source[] = "a = 1\n)\nb = 2\nc = [1\n";
    module = read_bytes(reader, source, sizeof source - 1);
    TAP_OK(module->errors > 0, "errors are counted");
    module_free(module);
    module = read_bytes(reader, "", 0);
    TAP_OK(module_valid(module) && node_count(module, module->root) == 0, "the empty file");
    module_free(module);
    TAP_OK(python_abi_supported(), "the grammar fits the parser");
}

/* A tree deeper than the dump's indentation. */
static void test_dump(PythonReader *reader) {
    char source[401];
    memset(source, '[', 200);
    memset(source + 200, ']', 200);
    source[400] = '\n';
    Module *module = read_bytes(reader, source, sizeof source);
    Writer *out = writer_to_memory();
    module_dump(module, out);
    size_t length;
    const char *text = writer_text(out, &length);
    uint32_t lines = 0;
    for (size_t i = 0; i < length; i++) lines += text[i] == '\n';
    TAP_OK(lines == 202, "a deep tree is dumped line by line");
    writer_close(out);
    module_free(module);
}

int main(void) {
    PythonReader *reader = python_reader_new();
    for (size_t i = 0; i < SHAPE_COUNT; i++) test_shape(reader, &shapes[i]);
    test_offsets(reader);
    test_comments(reader);
    test_errors(reader);
    test_dump(reader);
    test_cut(reader);
    test_noise(reader);
    for (size_t i = 0; i < sizeof deeps / sizeof *deeps; i++) test_deep(reader, &deeps[i], 100000);
    test_blocks(reader);
    test_limit(reader);
    python_reader_free(reader);
    return tap_done();
}
