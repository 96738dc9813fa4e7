/* Templates to Module, shape by shape, in the form of tree.h; then noise and depth. */
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#include "grammar/template.h"

#include <stdlib.h>

static const Shape shapes[] = {
    {"text", ""},
    {"{{ a }}", "(OUTPUT a)"},
    {"{{ a.b.0.c }}", "(OUTPUT (LOOKUP \"c\" (LOOKUP \"0\" (LOOKUP \"b\" a))))"},
    {"{{ a|f }}", "(OUTPUT (FILTER \"f\" a))"},
    {"{{ a|f:b.c|g:\"x\" }}", "(OUTPUT (FILTER \"g\" (FILTER \"f\" a (LOOKUP \"c\" b)) 'x'))"},
    {"{{ a|add:-5 }}", "(OUTPUT (FILTER \"add\" a 5))"},
    {"{{ a|f(b, c=1) }}", "(OUTPUT (FILTER \"f\" a b (KEYWORD \"c\" 1)))"},
    {"{{ a.b(c)[0] }}", "(OUTPUT (INDEX (CALL (LOOKUP \"b\" a) c) 0))"},
    {"{{ a[1:b] }}", "(OUTPUT (INDEX a (SLICE 1 b -)))"},
    {"{{ a ~ b if c else 'd' }}", "(OUTPUT (CONDITIONAL c (BINARY + a b) 'd'))"},
    {"{{ _('x') }}", "(OUTPUT 'x')"},
    {"{{ [a, (b, c)] }}", "(OUTPUT (LIST a (TUPLE b c)))"},
    {"{{ {'a': b} }}", "(OUTPUT (DICT 'a' b))"},
    {"{{ }}", ""},
    {"{{ a", ""},
    {"{# a #}{{ b }}", "(OUTPUT b)"},
    {"{% comment %}{{ a }}{% if %}{% endcomment %}{{ b }}", "(OUTPUT b)"},
    {"{% verbatim %}{{ a }}{% endverbatim %}{% raw %}{{ b }}{% endraw %}", ""},
    {"{%- if a -%}b{%- endif -%}", "(IF a (BLOCK) -)"},
    {"{% if a and not b or c %}{{ d }}{% elif e %}{{ f }}{% else %}{{ g }}{% endif %}",
     "(IF (BOOLEAN or (BOOLEAN and a (UNARY not b)) c) (BLOCK (OUTPUT d)) (BLOCK (IF e (BLOCK "
     "(OUTPUT f)) (BLOCK (OUTPUT g)))))"},
    {"{% if a in b %}{% endif %}", "(IF (COMPARE in a b) (BLOCK) -)"},
    {"{% if a not in b.c|f %}{% endif %}",
     "(IF (COMPARE not in a (FILTER \"f\" (LOOKUP \"c\" b))) (BLOCK) -)"},
    {"{% if a is not none %}{% endif %}", "(IF (COMPARE is not a (CONSTANT None)) (BLOCK) -)"},
    {"{% if a is defined %}{% endif %}", "(IF (FILTER \"defined\" from a) (BLOCK) -)"},
    {"{% if a.b > 3 %}{% endif %}", "(IF (COMPARE > (LOOKUP \"b\" a) 3) (BLOCK) -)"},
    {"{% ifequal a b %}{% else %}{{ c }}{% endifequal %}",
     "(IF (COMPARE == a b) (BLOCK) (BLOCK (OUTPUT c)))"},
    {"{% for a in b.c reversed %}{{ a }}{% empty %}{{ d }}{% endfor %}",
     "(FOR starred a (LOOKUP \"c\" b) (BLOCK (OUTPUT a)) (BLOCK (OUTPUT d)))"},
    {"{% for a, b in c.items() if a %}{% endfor %}",
     "(FOR starred (TUPLE a b) (CALL (LOOKUP \"items\" c)) (BLOCK (IF a (BLOCK) -)) -)"},
    {"{% with a=b.c d=e|f %}{{ a }}{% endwith %}",
     "(WITH starred (BLOCK (OUTPUT a)) (WITH_ITEM (LOOKUP \"c\" b) a) (WITH_ITEM (FILTER \"f\" e) "
     "d))"},
    {"{% with a.b as c %}{% endwith %}", "(WITH starred (BLOCK) (WITH_ITEM (LOOKUP \"b\" a) c))"},
    {"{% blocktrans trimmed with a=b.c count n=d %}{{ a }}{% plural %}{{ n }}{% endblocktrans %}",
     "(WITH starred (BLOCK (BLOCK (OUTPUT a)) (BLOCK (OUTPUT n))) (WITH_ITEM (LOOKUP \"c\" b) a) "
     "(WITH_ITEM d n))"},
    {"{% include 'a.html' with b=c.d only %}",
     "(INCLUDE double 'a.html' (KEYWORD \"b\" (LOOKUP \"d\" c)))"},
    {"{% include a ignore missing %}", "(INCLUDE a)"},
    {"{% extends 'a.html' %}{% block b %}{{ block.super }}{% endblock b %}",
     "(EXTENDS 'a.html') (SECTION \"b\" (BLOCK (OUTPUT (LOOKUP \"super\" block))))"},
    {"{% load a b %}{% load c from d.e %}",
     "(BLOCK (LIBRARY \"a\") (LIBRARY \"b\")) (BLOCK (LIBRARY \"d.e\"))"},
    {"{% regroup a.b by c.d as e %}",
     "(TAG \"regroup\" e - (LOOKUP \"b\" a) (LOOKUP \"d\" (LOOKUP \"c\" item)))"},
    {"{% url 'a' b.c d=e as f %}", "(TAG \"url\" f - 'a' (LOOKUP \"c\" b) (KEYWORD \"d\" e))"},
    {"{% cache 500 a %}{{ b }}{% endcache %}", "(TAG \"cache\" - (BLOCK (OUTPUT b)) 500 a)"},
    {"{% x a %}{% else %}{{ b }}{% endx %}",
     "(TAG \"x\" - (BLOCK (BLOCK) (BLOCK (OUTPUT b))) a)"},
    {"{% macro f(a, b=1) %}{{ a }}{% endmacro %}",
     "(FUNCTION \"f\" (PARAMETERS (PARAMETER \"a\" - -) (PARAMETER \"b\" 1 -)) (BLOCK (OUTPUT a)) "
     "-)"},
    {"{% call(a) f(b) %}{{ a }}{% endcall %}",
     "(BLOCK (EXPRESSION (CALL f b)) (BLOCK (OUTPUT a)))"},
    {"{% set a = b.c %}{% set d %}x{% endset %}",
     "(ASSIGN (LOOKUP \"c\" b) - a) (BLOCK (BLOCK) (ASSIGN (FSTRING) - d))"},
    {"{% import 'a' as b %}{% from 'a' import c as d, e %}",
     "(MACROS \"b\" 'a') (MACROS 'a' (ALIAS \"c\" d) (ALIAS \"e\" -))"},
    {"{% do a.append(b) %}", "(EXPRESSION (CALL (LOOKUP \"append\" a) b))"},
    {"{% #x %}{{ a }}{% /x %}", "(OUTPUT a)"},
    /* ends that are missing, and ends of nothing */
    {"{% if a %}{% for b in c %}{% endif %}{{ d }}",
     "(IF a (BLOCK (FOR starred b c (BLOCK) -)) -) (OUTPUT d)"},
    {"{% endif %}{{ a }}", "(OUTPUT a)"},
    {"{% for a in b %}{{ a }}", "(FOR starred a b (BLOCK (OUTPUT a)) -)"},
};

static void test_shape(const Shape *shape) {
    Module *module = template_read("page.html", shape->source, (uint32_t)strlen(shape->source));
    shape_check(module, shape);
    module_free(module);
}

static void test_engine(const char *source, Engine engine) {
    Module *module = template_read("page.html", source, (uint32_t)strlen(source));
    TAP_OK(module->engine == engine, source);
    module_free(module);
}

static void test_place(void) {
    const char *source = "a\n  {{ b.c }}\n{# expect: EAG101 c #}";
    Module *module = template_read("page.html", source, (uint32_t)strlen(source));
    uint32_t line = 0, column = 0;
    for (NodeId id = 1; id < module->nodes.count; id++)
        if (module_node(module, id)->kind == NODE_LOOKUP)
            module_place(module, module_node(module, id)->start, &line, &column);
    TAP_OK(line == 2 && column == 6, "a lookup stands where it is written");
    TAP_OK(module->comments.count == 1, "a comment with a mark is kept");
    module_free(module);
}

/* `piece`, many times over: no crash, and a tree of bounded size. */
static void test_deep(const char *piece) {
    enum { TIMES = 50000 };
    size_t length = strlen(piece), size = length * TIMES;
    char *source = malloc(size + 1);
    for (size_t i = 0; i < TIMES; i++) memcpy(source + i * length, piece, length + 1);
    Module *module = template_read("page.html", source, (uint32_t)size);
    TAP_OK(module->nodes.count < 4 * TIMES, piece);
    module_free(module);
    free(source);
}

static void test_noise(void) {
    static const char alphabet[] = "{}%#|.:()[]\"'-~ ifendaforb";
    uint32_t state = 7;
    char source[400];
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < sizeof source; i++) {
            state = state * 1664525u + 1013904223u;
            source[i] = alphabet[(state >> 16) % (sizeof alphabet - 1)];
        }
        module_free(template_read("page.html", source, sizeof source));
    }
    TAP_OK(true, "noise is read");
}

int main(void) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) test_shape(&shapes[i]);
    test_engine("{{ a.b }}", ENGINE_ANY);
    test_engine("{% load a %}{{ a.b }}", ENGINE_DJANGO);
    test_engine("{{ a|f:b }}", ENGINE_DJANGO);
    test_engine("{{ a.b() }}", ENGINE_JINJA);
    test_engine("{% set a = 1 %}", ENGINE_JINJA);
    test_engine("{{ _('x') }}", ENGINE_ANY);
    test_place();
    static const char *const deeps[] = {
        "{% if a %}", "{{ (", "{{ a.b", "{{ a|b:", "{% for a in b %}", "{{", "{% block a %}",
        "{{ [", "{{ not ", "{{ {1:"};
    for (size_t i = 0; i < sizeof deeps / sizeof *deeps; i++) test_deep(deeps[i]);
    test_noise();
    return tap_done();
}
