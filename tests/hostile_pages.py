"""Hostile templates: name, and the files of the input; a name with a dot is a template's."""

VIEW = '''from django.shortcuts import render
from shop.models import Book


def show(request):
    return render(request, "%s", {"books": Book.objects.all(), "name": "a.html"})
'''
READ = "{{ b.author.name }}"


def page(text, **others):
    files = {"hostile": VIEW % "page.html", "templates/page.html": text}
    files.update(("templates/%s.html" % name, other) for name, other in others.items())
    return files


def nested(tag, end, depth, body=READ):
    return tag * depth + body + end * depth


def deep_pages():
    loop, end = "{% for b in books %}", "{% endfor %}"
    for depth in (30, 300, 20000):
        yield "%d nested loops of a page" % depth, page(nested(loop, end, depth))
        yield "%d nested {%% if %%}" % depth, page(nested(
            "{% if b.author %}", "{% endif %}", depth))
        yield "%d nested blocks" % depth, page("".join(
            "{%% block b%d %%}" % i for i in range(depth)) + READ + "{% endblock %}" * depth)
        yield "%d nested {%% with %%}" % depth, page(nested(
            "{% with b=books.0 %}", "{% endwith %}", depth))
    yield "100,000 open tags", page("{% for b in books %}" * 100000)
    yield "100,000 ends", page("{% endfor %}{% endif %}{% else %}" * 30000)
    yield "100,000 braces", page("{{" * 100000) | {"templates/x.html": "{%" * 100000}
    yield "a lookup of 100,000 hops", page(loop + "{{ b" + ".author" * 100000 + " }}" + end)
    yield "50,000 filters", page(loop + "{{ b.author" + "|default:b.author" * 50000 + " }}" + end)
    yield "50,000 parentheses of Jinja", page("{{ " + "(" * 50000 + "b" + ")" * 50000 + " }}")
    yield "20,000 {% elif %}", page("{% if a %}" + "{% elif b.author %}x" * 20000 + "{% endif %}")
    yield "a condition of 50,000 words", page("{% if " + "not " * 25000 + "b"
                                              + " and b.author" * 25000 + " %}x{% endif %}")
    yield "an {% include %} with 20,000 names", page("{% include name with " + " ".join(
        "v%d=books" % i for i in range(20000)) + " %}")


STRINGS = "from django.template import Context, Template\nfrom shop.models import Book\n\n\n"


def pages_in_strings():
    loop = "{% for b in books %}" + READ + "{% endfor %}"
    yield "15,000 templates in strings", {
        "hostile": "x = [\n" + "    '%s',\n" % loop * 15000 + "]\n"}
    yield "40,000 names of tags in strings", {"hostile": "x = [\n" + "".join(
        "    '{%% tag%d %%}',\n" % i for i in range(40000)) + "]\n"}
    yield "a template of 30,000 glued strings", {
        "hostile": "x = (\n" + "    '{% for b in a %}'\n" * 30000 + ")\n"}
    yield "a string of 20,000 open tags", {
        "hostile": STRINGS + "Template('%s').render(Context())\n" % (
            "{% for b in books %}" * 20000)}
    yield "templates that render each other in their loops", {"hostile": STRINGS + "".join(
        "def page%d(b=None):\n    return Template('%s{{ more }}').render(Context(\n"
        "        {'books': Book.objects.all(), 'more': page%d}))\n\n\n"
        % (i, loop, (i + 1) % 300) for i in range(300))}
    yield "texts that grow", {"hostile": (
        STRINGS + "def grow(text):\n    return f'{text}x'\n\n\n"
        "def split(text, left):\n    if left:\n        return text\n"
        "    return split(f'{text}a', left) + split(f'{text}b', left)\n\n\n"
        "def entry():\n    text = ''\n" + "    text = grow(text)\n" * 3000
        + "    for b in Book.objects.all():\n        text = grow(text)\n"
        "        Book.objects.prefetch_related(f'{text}tags').first()\n    split('', text)\n")}


def wide_pages():
    yield "30,000 lookups on a page", page("{% for b in books %}" + READ * 30000 + "{% endfor %}")
    yield "30,000 loops on a page", page("{% for b in books %}x{% endfor %}" * 30000)
    yield "5,000 includes of one page", page('{% include "a.html" %}' * 5000, a=(
        "{% for b in books %}" + READ + "{% endfor %}"))
    yield "5,000 blocks, each written twice", page('{% extends "a.html" %}' + "".join(
        "{%% block b%d %%}{{ block.super }}%s{%% endblock %%}" % (i, READ) for i in range(5000)),
        a="".join("{%% block b%d %%}%s{%% endblock %%}" % (i, READ) for i in range(5000)))
    yield "a page of 1,000,000 letters", page("x" * 1000000 + READ)
    yield "noise of tags", page("".join("{%% %s %s %%}" % (a, b) for a in (
        "for if with block include extends load macro set call import from regroup partialdef "
        "partial cycle firstof url blocktrans endfor endif endwith").split() * 30 for b in (
            "", "b", "b in books", "'a.html'", "a=b", "a as b", "|", "'", "(b", "b.0.1.2")))


def cyclic_pages():
    yield "a page that extends itself", page(
        '{% extends "page.html" %}{% block a %}{{ block.super }}{% endblock %}')
    yield "a page that includes itself", page(
        '{% for b in books %}{{ b.author }}{% include "page.html" with books=b.author.books.all %}'
        "{% endfor %}")
    yield "pages that extend and include each other", page(
        '{% extends "a.html" %}{% block a %}{% include "b.html" %}{% endblock %}',
        a='{% extends "b.html" %}{% block a %}{% include "page.html" %}{% endblock %}',
        b='{% extends "page.html" %}{% include "a.html" %}{% block a %}{{ block.super }}'
          "{% endblock %}")
    yield "a block within itself", page("{% block a %}" + READ + "{% block a %}{{ block.super }}"
                                        "{% endblock %}{% endblock %}")
    yield "pages that double", page('{% include "p0.html" with b=books.0 %}', **{
        "p%d" % i: '{%% include "p%d.html" with x%d=b %%}{%% include "p%d.html" with y%d=b %%}'
                   % (i + 1, i, i + 1, i) for i in range(40)}, p40=READ)
    yield "300 pages, each extending the next", page('{% extends "p0.html" %}', **{
        "p%d" % i: '{%% extends "p%d.html" %%}{%% block a %%}{{ block.super }}%s{%% endblock %%}'
                   % (i + 1, READ) for i in range(300)})
    yield "a part that writes itself", page(
        "{% partialdef a inline %}{% for b in books %}" + READ + "{% partial a %}{% partial b %}"
        "{% endfor %}{% endpartialdef %}{% partialdef b %}{% partial a %}{% endpartialdef %}"
        '{% include "page.html#a" %}')
    yield "macros that call themselves", page(
        "{% macro m(b, c) %}{{ b.author }}{{ m(b.author.books, m) }}{{ c(c, b) }}{% endmacro %}"
        "{% macro n(b) %}{{ m(n, b) }}{% endmacro %}{{ m(books, n) }}{{ n(m) }}"
        '{% import "page.html" as p %}{{ p.m(p, p.n) }}{% from "page.html" import m as n %}'
        "{{ n() }}")
    yield "tags that render their own page", page("{% again b %}{% for b in books %}{% again b %}"
                                                  "{% endfor %}") | {"tags": (
        "from django import template\nregister = template.Library()\n"
        "@register.inclusion_tag('page.html', takes_context=True)\n"
        "def again(context, b):\n    return {'books': b.author.books.all(), 'c': context}\n")}
    yield "a view that renders what renders it", {
        "hostile": VIEW.replace("return render", "show(render) or render_to_string(show(request))\n"
                                "    return render") % "page.html#page.html#",
        "templates/page.html": "{{ request.user.books.all }}{{ request.request.request }}"}
    yield "middleware and processors that call themselves", page("{{ a.b }}{{ c }}") | {
        "middleware": "from shop.models import Book\nclass AMiddleware:\n"
                      "    def __call__(self, request):\n        request.a = request.b\n"
                      "        request.b = request.a or Book.objects.all()\n"
                      "        request.c = request.b.filter(a=request.c).get()\n"
                      "        return self(request)\n",
        "settings": "TEMPLATES = [{'OPTIONS': {'context_processors': ["
                    "'shop.context.c', 'shop.context.d', 'context.', '.context']}}]\n",
        "context": "from django.shortcuts import render\ndef c(request):\n"
                   "    render(request, 'page.html')\n    return d(request)\n"
                   "def d(request):\n    return c(request)\n"}


def page_cases():
    for cases in (deep_pages, wide_pages, cyclic_pages, pages_in_strings):
        yield from cases()
