/* Links small projects written to a temporary folder and looks at names, classes and models. */
#include "tests/unit/tap.h"

#include "base/writer.h"
#include "project/project.h"

#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/eagerly-project-XXXXXX"; /* replaced by mkdtemp() */

typedef struct Linked {
    Source *source;
    Project *project;
} Linked;

static void must(bool happened, const char *what) {
    if (happened) return;
    printf("Bail out! %s\n", what);
    exit(1);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk) {
    (void)status, (void)type, (void)walk;
    return remove(path);
}

/* Writes a file below the working directory, and the folders it needs. */
static void put(const char *path, const char *text) {
    char folder[PATH_MAX];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        mkdir(folder, 0777);
    }
    FILE *file = fopen(path, "w");
    must(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

/* Goes into a new folder of the test's own, which is a package root. */
static void enter(const char *name) {
    must(chdir(top) == 0 && mkdir(name, 0777) == 0 && chdir(name) == 0, name);
}

static Linked link_with(bool include_tests) {
    const char *path = ".", *mistake = NULL;
    SourceOptions options = {.max_bytes = 1 << 20};
    Linked linked = {.source = source_discover(&path, 1, &options, &mistake)};
    must(linked.source != NULL, mistake ? mistake : "discover");
    source_read(linked.source, &options);
    linked.project = project_link(linked.source, &(ProjectOptions){.include_tests = include_tests});
    return linked;
}

static Linked link_here(void) {
    return link_with(false);
}

static void done(Linked linked) {
    project_free(linked.project);
    source_free(linked.source);
}

static Str name_of(const Project *project, const char *text) {
    return str_of(project->strings, text);
}

static uint32_t module_of(const Project *project, const char *name) {
    for (uint32_t i = 0; i < project->module_count; i++)
        if (strcmp(project_text(project, project->modules[i].name), name) == 0) return i;
    must(false, name);
    return 0;
}

static Symbol global(const Project *project, const char *module, const char *name) {
    return project_global(project, module_of(project, module), name_of(project, name));
}

/* What a symbol stands for, as text. */
static const char *said(const Project *project, Symbol symbol) {
    switch (symbol.kind) {
    case SYMBOL_MODULE: return project_text(project, project->modules[symbol.site.module].name);
    case SYMBOL_CLASS: return project_text(project, symbol.klass->qualified);
    case SYMBOL_EXTERNAL: return project_text(project, symbol.dotted);
    case SYMBOL_FUNCTION: return "function";
    case SYMBOL_VALUE: return symbol.site.node ? "value" : "values";
    case SYMBOL_UNKNOWN: break;
    }
    return "unknown";
}

static void test_imports(void) {
    enter("imports");
    put("app/__init__.py", "from .inner import deep as reexported\nfrom . import one\n");
    put("app/inner/__init__.py", "from .deep import *\n");
    put("app/inner/deep.py", "class Deep: pass\ndef deep(): pass\n_hidden = 1\n");
    put("app/one.py", "from typing import TYPE_CHECKING\n"
                      "if TYPE_CHECKING:\n    from .two import Two\n"
                      "try:\n    from fast import helper\nexcept ImportError:\n"
                      "    from .two import helper\n"
                      "import app.two, app.inner.deep as d\n"
                      "from django.db.models.query import QuerySet as QS\n"
                      "from django.db import models\nfrom nowhere import thing\n"
                      "from .two import missing\n"
                      "Alias = Two\nonce = 1\ntwice = 1\ntwice = 2\nlazy = None\nlazy = Two()\n"
                      "looped = 1\nfor looped in (): pass\n"
                      "state = None\ndef change():\n    global state\n    state = 1\n");
    put("app/two.py", "from .one import Two as Back\nfrom .one import ring\n"
                      "class Two: pass\ndef helper(): pass\n");
    put("app/three.py", "from .two import ring\nfrom app import *\n");
    Linked linked = link_here();
    Project *project = linked.project;
    static const char *const wanted[][3] = {
        {"app", "reexported", "function"},     {"app", "one", "app.one"},
        {"app.inner", "Deep", "app.inner.deep.Deep"}, {"app.inner", "_hidden", "unknown"},
        {"app.one", "Two", "app.two.Two"},     {"app.one", "helper", "function"},
        {"app.one", "app", "app"},             {"app.one", "d", "app.inner.deep"},
        {"app.one", "QS", "django.db.models.QuerySet"},
        {"app.one", "models", "django.db.models"}, {"app.one", "thing", "nowhere.thing"},
        {"app.one", "missing", "unknown"},     {"app.one", "Alias", "app.two.Two"},
        {"app.one", "once", "value"},          {"app.one", "twice", "values"},
        {"app.one", "lazy", "value"},          {"app.one", "looped", "values"},
        {"app.one", "state", "values"},        {"app.two", "Back", "app.two.Two"},
        {"app.two", "ring", "unknown"},        {"app.three", "reexported", "function"},
        {"app.three", "print", "unknown"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        TAP_TEXT(said(project, global(project, wanted[i][0], wanted[i][1])), wanted[i][2],
                 wanted[i][1]);
    uint32_t one = module_of(project, "app.one");
    Symbol imported = project_import(project, one, name_of(project, "two"), 1,
                                     name_of(project, "Two"));
    TAP_TEXT(said(project, imported), "app.two.Two", "an import given in pieces");
    imported = project_import(project, one, STR_NONE, 1, name_of(project, "three"));
    TAP_TEXT(said(project, imported), "app.three", "from . import module");
    imported = project_import(project, one, name_of(project, "app.inner"), 0, STR_NONE);
    TAP_TEXT(said(project, imported), "app.inner", "import of a module");
    imported = project_import(project, one, name_of(project, "x"), 9, STR_NONE);
    TAP_TEXT(said(project, imported), "unknown", "more dots than folders");
    done(linked);
}

static void test_suffixes(void) {
    enter("suffixes");
    put("backend/src/shop/__init__.py", "");
    put("backend/src/shop/models.py", "class Book: pass\n");
    put("backend/src/shop/json.py", "class Encoder: pass\n");
    put("backend/src/shop/views.py", "from shop.models import Book\nimport json\n"
                                     "import shop.models\n");
    Linked linked = link_here();
    Project *project = linked.project;
    uint32_t views = 0;
    for (uint32_t i = 0; i < project->module_count; i++)
        if (strstr(project->modules[i].file->shown, "views.py")) views = i;
    Symbol book = project_global(project, views, name_of(project, "Book"));
    TAP_OK(book.kind == SYMBOL_CLASS && !book.klass->external, "found by the end of its name");
    TAP_OK(project_global(project, views, name_of(project, "json")).kind == SYMBOL_EXTERNAL,
           "a package's inside is not on the path");
    Symbol shop = project_global(project, views, name_of(project, "shop"));
    Symbol models = project_attribute(project, shop, name_of(project, "models"));
    Symbol other = project_attribute(project, models, name_of(project, "Book"));
    TAP_OK(other.klass == book.klass, "import shop.models; shop.models.Book");
    done(linked);
}

static const Class *class_called(const Project *project, const char *name) {
    const Class *klass = project_class_named(project, name);
    must(klass != NULL, name);
    return klass;
}

static const char *order_of(const Project *project, const char *name) {
    static char text[512];
    const Class *klass = class_called(project, name);
    text[0] = 0;
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        if (i) strcat(text, " ");
        strcat(text, project_text(project, klass->mro[i]->name));
    }
    return text;
}

static void test_classes(void) {
    enter("classes");
    put("m.py", "from typing import Generic, TypeVar\nfrom abc import ABC\n"
                "from django.db import models\nfrom somewhere import Strange\n"
                "class A(object): x = 1\nclass B(A): pass\nclass C(A):\n    x = 2\n"
                "class D(B, C): pass\nclass Bad(A, B): pass\nclass G(Generic[T], ABC): pass\n"
                "class H(G[int]): pass\nclass S(Strange): pass\nclass U(undefined): pass\n"
                "class Loop(Loop2): pass\nclass Loop2(Loop): pass\n"
                "class Q(models.QuerySet): pass\n"
                "class M(models.Manager.from_queryset(Q)): pass\nclass N(M): pass\n"
                "Made = models.Manager.from_queryset(Q)\nclass O(Made): pass\n"
                "class Out:\n    class Base: pass\n    class In(Base): pass\n"
                "class Sub(Out):\n    class In2(Out.In): pass\n"
                "def f():\n    from abc import ABC as Local\n    class InF(Local, A): pass\n");
    put("v.py", "from rest_framework.viewsets import ModelViewSet\n"
                "from django.views.generic import ListView\n"
                "class V(ModelViewSet): pass\nclass L(ListView): pass\n");
    Linked linked = link_here();
    Project *project = linked.project;
    TAP_TEXT(order_of(project, "m.D"), "D B C A", "C3");
    TAP_TEXT(order_of(project, "m.Bad"), "Bad A B", "an impossible order");
    TAP_OK(!class_called(project, "m.Bad")->mro_complete, "is not complete");
    TAP_TEXT(order_of(project, "m.H"), "H G Generic ABC", "subscripts");
    TAP_OK(class_called(project, "m.H")->mro_complete, "the standard library is complete");
    TAP_OK(!class_called(project, "m.S")->mro_complete, "an unknown outside is not");
    TAP_OK(!class_called(project, "m.U")->mro_complete, "a name bound nowhere is not");
    TAP_OK(class_called(project, "m.Loop")->mro_count > 0, "a cycle has an order");
    TAP_OK(class_called(project, "m.N")->queryset == class_called(project, "m.Q"),
           "from_queryset as a base");
    TAP_OK(class_called(project, "m.O")->queryset == class_called(project, "m.Q"),
           "from_queryset through a name");
    TAP_OK(class_is(class_called(project, "m.O"), "django.db.models.Manager"), "a manager");
    TAP_TEXT(order_of(project, "m.Sub.In2"), "In2 In Base", "nested bases");
    TAP_TEXT(order_of(project, "v.L"),
             "L ListView MultipleObjectTemplateResponseMixin TemplateResponseMixin BaseListView "
             "MultipleObjectMixin ContextMixin View", "ListView");
    TAP_OK(class_is(class_called(project, "v.V"), "rest_framework.generics.GenericAPIView"),
           "ModelViewSet is a GenericAPIView");
    const ClassMember *x = class_member(class_called(project, "m.D"), name_of(project, "x"));
    TAP_OK(x && x->owner == class_called(project, "m.C"), "C.x comes before A.x");
    x = class_member_after(class_called(project, "m.D"), class_called(project, "m.C"),
                           name_of(project, "x"));
    TAP_OK(x && x->owner == class_called(project, "m.A"), "super() in C finds A.x");
    bool found = false;
    for (uint32_t i = 0; i < project->classes.count; i++) {
        const Class *klass = project->classes.items[i];
        if (klass->name == name_of(project, "InF"))
            found = klass->in_function && klass->mro_complete && klass->base_count == 2;
    }
    TAP_OK(found, "a class in a function sees what the function imports");
    done(linked);
}

static uint8_t flags_of(const Project *project, const char *name) {
    const ClassMember *member = class_member(class_called(project, "m.C"), name_of(project, name));
    must(member != NULL, name);
    return member->flags;
}

static void test_members(void) {
    enter("members");
    put("m.py", "from functools import cached_property, lru_cache\n"
                "from django.utils.functional import cached_property as dj\nimport mine\n"
                "class C:\n"
                "    note: int\n    @property\n    def a(self): return 1\n"
                "    @a.setter\n    def a(self, value): pass\n"
                "    @cached_property\n    def b(self): pass\n    @dj\n    def c(self): pass\n"
                "    @staticmethod\n    def d(): pass\n    @classmethod\n    def e(cls): pass\n"
                "    @mine.wrap\n    def f(self): pass\n    @lru_cache(maxsize=1)\n"
                "    def g(self): pass\n    if mine:\n        h = 1\n");
    Linked linked = link_here();
    Project *project = linked.project;
    TAP_OK(flags_of(project, "a") == MEMBER_PROPERTY, "a property with a setter");
    TAP_OK(flags_of(project, "b") == (MEMBER_PROPERTY | MEMBER_CACHED), "functools");
    TAP_OK(flags_of(project, "c") == (MEMBER_PROPERTY | MEMBER_CACHED), "django's");
    TAP_OK(flags_of(project, "d") == MEMBER_STATIC, "static");
    TAP_OK(flags_of(project, "e") == MEMBER_CLASSMETHOD, "class method");
    TAP_OK(flags_of(project, "f") == MEMBER_DECORATED, "an unknown decorator");
    TAP_OK(flags_of(project, "g") == 0, "a decorator that changes nothing");
    const Class *klass = class_called(project, "m.C");
    TAP_OK(class_member(klass, name_of(project, "h")) != NULL, "under if");
    TAP_OK(!class_member(klass, name_of(project, "note")), "an annotation alone is nothing");
    done(linked);
}

static const Model *model_called(const Project *project, const char *label) {
    const Model *model = project_model_named(project, label);
    must(model != NULL, label);
    return model;
}

static const char *const kind_names[] = {"fk", "o2o", "m2m", "gfk", "parent", "rfk", "ro2o",
                                         "rm2m", "generic", "child"};

/* "kind to query" of a relation, "-" when there is none of that name. */
static const char *relation_text(const Project *project, const char *label, const char *name) {
    static char text[256];
    const Relation *relation = model_relation(model_called(project, label),
                                              name_of(project, name));
    if (!relation) return "-";
    snprintf(text, sizeof text, "%s %s %s", kind_names[relation->kind],
             relation->to ? project_text(project, relation->to->label) : "?",
             project_text(project, relation->query_name));
    return text;
}

static void put_shop(void) {
    put("shop/__init__.py", "");
    put("shop/base.py",
        "from django.db import models\nfrom django.conf import settings\n"
        "class Owned(models.Model):\n"
        "    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE,\n"
        "        related_name='%(app_label)s_%(class)ss')\n"
        "    note = models.TextField()\n"
        "    class Meta:\n        abstract = True\n        ordering = ['note']\n");
    put("shop/models.py",
        "from django.db import models\nfrom django.contrib.auth import get_user_model\n"
        "from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation\n"
        "from django.contrib.contenttypes.models import ContentType\nfrom .base import Owned\n"
        "User = get_user_model()\n"
        "class Key(models.ForeignKey): pass\n"
        "class Author(models.Model):\n    name = models.CharField(max_length=9)\n"
        "    mentor = models.ForeignKey('self', models.CASCADE, null=True)\n"
        "    peers = models.ManyToManyField('self')\n"
        "    notes = GenericRelation('Note', related_query_name='author')\n"
        "class Place(Owned):\n    note = None\n    user = models.OneToOneField(User, "
        "models.CASCADE)\n"
        "class Bar(Place):\n    class Meta(Owned.Meta):\n        app_label = 'pubs'\n"
        "class Cafe(Place):\n    above = models.OneToOneField(Place, models.CASCADE, "
        "parent_link=True)\n"
        "class Quiet(Place):\n    class Meta:\n        proxy = True\n"
        "class Book(models.Model):\n"
        "    author = Key(Author, models.CASCADE, related_name='books')\n"
        "    editor = models.ForeignKey('Author', models.SET_NULL, null=True, "
        "related_name='+')\n"
        "    place = models.ForeignKey(Quiet, models.CASCADE)\n"
        "    readers = models.ManyToManyField('shop.Author', through='Reading', "
        "related_query_name='read')\n"
        "    ghost = models.ForeignKey('other.Ghost', models.CASCADE)\n"
        "class Reading(models.Model):\n"
        "    book = models.ForeignKey(Book, models.CASCADE)\n"
        "    author = models.ForeignKey(Author, models.CASCADE)\n"
        "    class Meta:\n        default_related_name = 'all_%(class)ss'\n"
        "class Note(models.Model):\n"
        "    content_type = models.ForeignKey(ContentType, models.CASCADE)\n"
        "    target = GenericForeignKey()\n"
        "class NotAModel:\n    author = models.ForeignKey(Author, models.CASCADE)\n"
        "Author.add_to_class('late', models.ForeignKey(Place, models.CASCADE))\n");
    put("shop/tests.py", "from django.db import models\nfrom .models import Author\n"
                         "class Trial(models.Model):\n"
                         "    author = models.ForeignKey(Author, models.CASCADE)\n");
}

static void test_relations(void) {
    enter("relations");
    put_shop();
    Linked linked = link_here();
    Project *project = linked.project;
    static const char *const wanted[][3] = {
        {"shop.Book", "author", "fk shop.Author author"},
        {"shop.Book", "editor", "fk shop.Author editor"},
        {"shop.Book", "readers", "m2m shop.Author readers"},
        {"shop.Book", "ghost", "fk ? ghost"},
        {"shop.Book", "all_readings", "rfk shop.Reading all_readings"},
        {"shop.Author", "books", "rfk shop.Book books"},
        {"shop.Author", "book_set", "rm2m shop.Book read"},
        {"shop.Author", "mentor", "fk shop.Author mentor"},
        {"shop.Author", "author_set", "rfk shop.Author author"},
        {"shop.Author", "peers", "m2m shop.Author peers"},
        {"shop.Author", "peers_set", "-"},
        {"shop.Author", "notes", "generic shop.Note notes"},
        {"shop.Author", "late", "fk shop.Place late"},
        {"shop.Author", "trial_set", "-"},
        {"shop.Author", "notamodel_set", "-"},
        {"shop.Note", "target", "gfk ? target"},
        {"shop.Place", "owner", "fk auth.User owner"},
        {"shop.Place", "bar", "child pubs.Bar bar"},
        {"shop.Place", "cafe", "child shop.Cafe cafe"},
        {"shop.Place", "book_set", "rfk shop.Book book"},
        {"shop.Quiet", "book_set", "rfk shop.Book book"},
        {"shop.Quiet", "bar", "child pubs.Bar bar"},
        {"pubs.Bar", "place_ptr", "parent shop.Place place_ptr"},
        {"pubs.Bar", "owner", "fk auth.User owner"},
        {"pubs.Bar", "cafe", "-"},
        {"shop.Cafe", "above", "parent shop.Place above"},
        {"shop.Cafe", "place_ptr", "-"},
        {"auth.User", "shop_places", "rfk shop.Place shop_places"},
        {"auth.User", "place", "ro2o shop.Place place"},
        {"auth.User", "groups", "m2m auth.Group groups"},
        {"auth.Group", "user_set", "rm2m auth.User user"},
        {"auth.Permission", "content_type", "fk contenttypes.ContentType content_type"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        TAP_TEXT(relation_text(project, wanted[i][0], wanted[i][1]), wanted[i][2], wanted[i][1]);
    const Model *book = model_called(project, "shop.book");
    const Relation *author = model_relation(book, name_of(project, "author"));
    TAP_OK(author->inverse && author->inverse->inverse == author, "both ways");
    TAP_OK(author->attname == name_of(project, "author_id") && !author->null, "author_id");
    TAP_OK(model_relation(book, name_of(project, "editor"))->null, "null=True");
    TAP_OK(!model_relation(book, name_of(project, "editor"))->inverse, "'+' has no other side");
    TAP_OK(model_relation(book, name_of(project, "readers"))->through ==
           model_called(project, "shop.Reading"), "through");
    TAP_OK(model_relation(model_called(project, "shop.Author"),
                          name_of(project, "peers"))->symmetrical, "symmetrical");
    const Relation *hidden = model_lookup(model_called(project, "shop.Note"),
                                          name_of(project, "author"));
    TAP_OK(hidden && !hidden->name, "a generic relation's query name");
    TAP_TEXT(project_text(project, model_relation(book, name_of(project, "ghost"))->target),
             "other.Ghost", "a target out of view keeps its name");
    TAP_OK(map_get(&project->relation_names, name_of(project, "books")) != NULL, "accessors");
    done(linked);
    linked = link_with(true);
    TAP_TEXT(relation_text(linked.project, "shop.Author", "trial_set"), "rfk shop.Trial trial",
             "test models with include_tests");
    done(linked);
}

static void test_fields(void) {
    enter("fields");
    put_shop();
    Linked linked = link_here();
    Project *project = linked.project;
    const Model *bar = model_called(project, "pubs.Bar"), *place = model_called(project,
                                                                              "shop.Place");
    TAP_OK(bar->ordered && place->ordered, "an inherited ordering");
    TAP_OK(!model_called(project, "shop.Book")->ordered, "no ordering");
    TAP_OK(!model_field(place, name_of(project, "note")), "note = None takes it away");
    const Field *pk = model_field(bar, name_of(project, "pk"));
    TAP_OK(pk && pk->name == name_of(project, "place_ptr"), "the parent pointer is the key");
    pk = model_field(place, name_of(project, "pk"));
    TAP_OK(pk && pk->name == name_of(project, "id"), "the implied key");
    TAP_OK(model_field(bar, name_of(project, "owner_id")) ==
           model_field(place, name_of(project, "owner")), "by attname, inherited");
    TAP_OK(model_called(project, "shop.Quiet")->proxy, "a proxy");
    TAP_OK(model_called(project, "shop.base.Owned")->abstract, "an abstract one, by class name");
    TAP_OK(bar->parents.count == 1 && bar->parents.items[0] == place, "parents");
    done(linked);
}

static const char *manager_text(const Project *project, const char *label, uint32_t at) {
    static char text[256];
    const Model *model = model_called(project, label);
    if (at >= model->managers.count) return "-";
    const Manager *manager = &model->managers.items[at];
    snprintf(text, sizeof text, "%s %s %s%s", project_text(project, manager->name),
             manager->manager ? project_text(project, manager->manager->name) : "-",
             manager->queryset ? project_text(project, manager->queryset->name) : "-",
             manager->known ? "" : " ?");
    return text;
}

static void test_managers(void) {
    enter("managers");
    put("shop/__init__.py", "");
    put("shop/models.py",
        "from django.db import models\nfrom elsewhere import FarManager\n"
        "class Q(models.QuerySet): pass\nclass M(models.Manager): pass\n"
        "Made = M.from_queryset(Q)\nclass N(Made): pass\nshared = N()\n"
        "class Base(models.Model):\n    zeta = M()\n    alpha = Q.as_manager()\n"
        "    class Meta:\n        abstract = True\n"
        "class A(Base):\n    own = models.Manager.from_queryset(Q)()\n"
        "class B(models.Model): pass\n"
        "class C(models.Model):\n    first = Made()\n    second = N()\n    third = shared\n"
        "    fourth = FarManager()\n    class Meta:\n        default_manager_name = 'second'\n");
    Linked linked = link_here();
    Project *project = linked.project;
    TAP_TEXT(manager_text(project, "shop.A", 0), "own - Q", "its own first");
    TAP_TEXT(manager_text(project, "shop.A", 1), "zeta M -", "then in order of the body");
    TAP_TEXT(manager_text(project, "shop.A", 2), "alpha - Q", "as_manager");
    TAP_TEXT(manager_text(project, "shop.B", 0), "objects - -", "the implied one");
    TAP_TEXT(manager_text(project, "shop.C", 0), "second N Q", "default_manager_name");
    TAP_TEXT(manager_text(project, "shop.C", 1), "first M Q", "a class made at module level");
    TAP_TEXT(manager_text(project, "shop.C", 2), "third N Q", "an object made at module level");
    TAP_TEXT(manager_text(project, "shop.C", 3), "fourth - - ?", "out of view");
    done(linked);
}

static void test_users(void) {
    enter("users");
    put("people/__init__.py", "");
    put("people/apps.py", "from django.apps import AppConfig\n"
                          "class People(AppConfig):\n    name = 'people'\n    label = 'folk'\n");
    put("people/models.py", "from django.contrib.auth.models import AbstractUser\n"
                            "from django.contrib.auth import get_user_model\n"
                            "class Person(AbstractUser): pass\n");
    put("people/proxies.py", "from django.contrib.auth import get_user_model\n"
                             "Base = get_user_model()\nclass Staff(Base):\n"
                             "    class Meta:\n        proxy = True\n");
    put("settings.py", "AUTH_USER_MODEL = 'folk.Person'\nINSTALLED_APPS = [\n"
                       "    'django.contrib.auth', 'django.contrib.contenttypes', 'people']\n");
    Linked linked = link_here();
    Project *project = linked.project;
    TAP_OK(project_model_named(project, "folk.Person") != NULL, "the label of AppConfig");
    TAP_OK(project_model_named(project, "auth.User") == NULL, "the swapped user is gone");
    TAP_TEXT(relation_text(project, "auth.Group", "user_set"), "rm2m folk.Person user",
             "fields of AbstractUser");
    TAP_OK(model_inherits(model_called(project, "folk.Staff"), model_called(project,
                                                                          "folk.Person")),
           "get_user_model() as a base");
    TAP_OK(project_model_named(project, "admin.LogEntry") == NULL, "an app not installed");
    TAP_TEXT(manager_text(project, "folk.Person", 0), "objects UserManager -", "UserManager");
    done(linked);
}

/* Chains, circles and crowds: what matters is that it ends, and soon. */
static void test_hostile(void) {
    enter("hostile");
    Writer *out = writer_to_memory();
    write_text(out, "from django.db import models\nclass C0(models.Model): pass\n");
    for (int i = 1; i < 3000; i++)
        write_format(out, "class C%d(C%d):\n    f = models.ForeignKey(C0, 1)\n", i, i - 1);
    write_text(out, "class Wide(");
    for (int i = 0; i < 3000; i++) write_format(out, "C%d, ", 2999 - i);
    write_text(out, "): pass\n");
    for (int i = 0; i < 3000; i++) write_format(out, "v%d = v%d\n", i, i + 1);
    write_text(out, "class ");
    for (int i = 0; i < 300; i++) write_text(out, "Q");
    write_text(out, ":\n    pass\nx");
    for (int i = 0; i < 3000; i++) write_text(out, ".y");
    write_text(out, "\nclass Dotted(a");
    for (int i = 0; i < 3000; i++) write_text(out, ".y");
    write_text(out, "): pass\n");
    put("deep.py", writer_text(out, NULL));
    writer_close(out);
    for (int i = 0; i < 300; i++) {
        char path[64], text[256];
        snprintf(path, sizeof path, "ring%d.py", i);
        snprintf(text, sizeof text, "from ring%d import *\nfrom ring%d import *\n"
                 "from ring%d import y\nclass K%d(z): pass\n", (i + 1) % 300, (i + 7) % 300,
                 (i + 1) % 300, i);
        put(path, text);
    }
    Linked linked = link_here();
    Project *project = linked.project;
    TAP_OK(class_called(project, "deep.C2999")->mro_count > 1, "a chain of 3,000 classes");
    TAP_OK(!class_called(project, "deep.Wide")->mro_complete, "3,000 bases");
    TAP_OK(global(project, "ring0", "y").kind == SYMBOL_UNKNOWN, "a ring of imports");
    TAP_OK(global(project, "ring0", "q").kind == SYMBOL_UNKNOWN, "a ring of star imports");
    done(linked);
}

static void test_dump(void) {
    enter("dump");
    put("shop/__init__.py", "");
    put("shop/models.py", "from django.db import models\nclass Author(models.Model): pass\n"
                          "class Book(models.Model):\n"
                          "    author = models.ForeignKey(Author, models.CASCADE)\n");
    Linked linked = link_here();
    Writer *out = writer_to_memory();
    project_dump(linked.project, out);
    const char *text = writer_text(out, NULL);
    TAP_OK(strstr(text, "{\"label\": \"shop.Book\", \"abstract\": false") != NULL, "the model");
    TAP_OK(strstr(text, "\"path\": \"shop/models.py\", \"line\": 3") != NULL, "its place");
    TAP_OK(strstr(text, "{\"name\": \"author\", \"query_name\": \"author\", \"kind\": \"fk\", "
                        "\"many\": false, \"null\": false, \"to\": \"shop.Author\", "
                        "\"through\": null}") != NULL, "its relation");
    TAP_OK(strstr(text, "\"columns\": [\"author_id\", \"id\"]") != NULL, "its columns");
    writer_close(out);
    done(linked);
}

int main(void) {
    must(mkdtemp(top) != NULL, "no temporary folder");
    test_imports();
    test_suffixes();
    test_classes();
    test_members();
    test_relations();
    test_fields();
    test_managers();
    test_users();
    test_hostile();
    test_dump();
    must(chdir("/") == 0 && nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, "clean up");
    return tap_done();
}
