/* Plans of a small shop whose models are linked from source, read back as text. */
#include "tests/unit/tap.h"

#include "base/writer.h"
#include "flow/plan.h"
#include "flow/queryset.h"

#include <stdlib.h>
#include <unistd.h>

static const char shop_models[] =
    "from django.contrib.contenttypes.fields import GenericForeignKey\n"
    "from django.contrib.contenttypes.models import ContentType\n"
    "from django.db import models\n"
    "class Country(models.Model):\n"
    "    name = models.TextField()\n"
    "class Publisher(models.Model):\n"
    "    country = models.ForeignKey(Country, models.CASCADE)\n"
    "class Author(models.Model):\n"
    "    name = models.TextField()\n"
    "    bio = models.TextField()\n"
    "    publisher = models.ForeignKey(Publisher, models.CASCADE)\n"
    "    mentor = models.ForeignKey('self', models.CASCADE, null=True, related_name='mentees')\n"
    "class Profile(models.Model):\n"
    "    author = models.OneToOneField(Author, models.CASCADE, related_name='profile')\n"
    "class Tag(models.Model):\n"
    "    maker = models.ForeignKey(Author, models.CASCADE)\n"
    "    class Meta:\n"
    "        ordering = ['id']\n"
    "class Book(models.Model):\n"
    "    name = models.TextField()\n"
    "    body = models.TextField()\n"
    "    author = models.ForeignKey(Author, models.CASCADE, related_name='books')\n"
    "    editor = models.ForeignKey(Author, models.CASCADE, null=True, related_name='edited')\n"
    "    tags = models.ManyToManyField(Tag)\n"
    "class Note(models.Model):\n"
    "    content_type = models.ForeignKey(ContentType, models.CASCADE)\n"
    "    object_id = models.IntegerField()\n"
    "    target = GenericForeignKey('content_type', 'object_id')\n"
    "class L6(models.Model):\n    pass\n"
    "class L5(models.Model):\n    next = models.ForeignKey(L6, models.CASCADE)\n"
    "class L4(models.Model):\n    next = models.ForeignKey(L5, models.CASCADE)\n"
    "class L3(models.Model):\n    next = models.ForeignKey(L4, models.CASCADE)\n"
    "class L2(models.Model):\n    next = models.ForeignKey(L3, models.CASCADE)\n"
    "class L1(models.Model):\n    next = models.ForeignKey(L2, models.CASCADE)\n"
    "class L0(models.Model):\n    next = models.ForeignKey(L1, models.CASCADE)\n";

typedef struct Shop {
    Source *source;
    Project *project;
    Arena *arena;
    Plans *plans;
    const Plan *none, *open;
    const Model *book, *author;
} Shop;

static Shop shop; /* one test program, one thread */
static const Site clause_first = {0, 3}, clause_second = {0, 9};

static bool shop_write(char *folder) {
    char path[200];
    if (!mkdtemp(folder)) return false;
    snprintf(path, sizeof path, "%s/models.py", folder);
    FILE *file = fopen(path, "w");
    if (!file) return false;
    fputs(shop_models, file);
    return fclose(file) == 0;
}

static bool shop_open(void) {
    char folder[] = "/tmp/eagerly-plan-XXXXXX", path[200];
    if (!shop_write(folder)) return false;
    snprintf(path, sizeof path, "%s/models.py", folder);
    const char *paths[] = {folder}, *mistake = NULL;
    SourceOptions options = {.max_bytes = 1 << 20, .jobs = 1, .no_ignore_files = true};
    shop.source = source_discover(paths, 1, &options, &mistake);
    if (shop.source) source_read(shop.source, &options);
    unlink(path);
    rmdir(folder);
    if (!shop.source) return false;
    shop.project = project_link(shop.source, &(ProjectOptions){0});
    shop.arena = arena_new();
    shop.plans = plans_new(shop.arena, shop.project->strings);
    shop.none = plan_empty(shop.plans);
    shop.open = plan_open(shop.plans);
    return true;
}

static void shop_close(void) {
    arena_free(shop.arena);
    project_free(shop.project);
    source_free(shop.source);
}

static const Model *model(const char *name) {
    for (uint32_t i = 0; i < shop.project->models.count; i++) {
        const Model *found = shop.project->models.items[i];
        if (!found->external && !strcmp(project_text(shop.project, found->name), name))
            return found;
    }
    return NULL;
}

static Str name(const char *text) {
    return str_of(shop.project->strings, text);
}

static const Relation *relation(const char *of, const char *attribute) {
    return model_relation(model(of), name(attribute));
}

static const Plan *with(const Plan *plan, LoadHow how, const char *path) {
    return plan_add_path(shop.plans, shop.project, plan, shop.book, path, how, NULL, clause_first,
                         NULL);
}

static const Plan *joined(const char *path) {
    return with(shop.none, LOAD_JOIN, path);
}

static const Plan *fetched(const char *path) {
    return with(shop.none, LOAD_PREFETCH, path);
}

/* A Prefetch object: below and to_attr may be NULL. */
static const Plan *with_prefetch(const Plan *plan, const char *path, const Plan *below,
                                 const char *to_attr) {
    Load last = {.narrowed = true, .below = below, .to_attr = to_attr ? name(to_attr) : STR_NONE};
    return plan_add_path(shop.plans, shop.project, plan, shop.book, path, LOAD_PREFETCH, &last,
                         clause_second, NULL);
}

static const Plan *below(const Plan *plan, const char *of, const char *attribute, Cover cover) {
    const Plan *under = NULL;
    Cover got = plan_cover(shop.plans, plan, relation(of, attribute), NULL, &under);
    char text[100];
    snprintf(text, sizeof text, "%s.%s is covered %d", of, attribute, cover);
    TAP_OK(got == cover && under, text);
    return under ? under : shop.none;
}

static void reads(const Plan *plan, const char *wanted, const char *text) {
    Writer *writer = writer_to_memory();
    plan_write(shop.project, plan, writer);
    size_t length;
    const char *got = writer_text(writer, &length);
    char copy[2000];
    snprintf(copy, sizeof copy, "%.*s", (int)length, got);
    writer_close(writer);
    TAP_TEXT(copy, wanted, text);
}

static void test_identity(void) {
    TAP_OK(with(joined("author"), LOAD_PREFETCH, "tags") ==
               with(fetched("tags"), LOAD_JOIN, "author"), "equal plans are one, in any order");
    TAP_OK(joined("author") != joined("editor"), "different plans are two");
    TAP_OK(with(joined("author"), LOAD_JOIN, "author") == joined("author"), "twice is once");
    TAP_OK(joined("author")->hash == joined("author")->hash, "a plan has one hash");
    reads(shop.none, "nothing", "the empty plan");
    reads(shop.open, "open", "the open plan");
    reads(with(joined("author__publisher"), LOAD_PREFETCH, "tags"),
          "+author +author.publisher +tags", "loads are sorted, those below follow");
}

static void test_paths(void) {
    bool unknown = false;
    reads(joined("author__profile"), "+author +author.profile", "a join to a reverse one-to-one");
    reads(fetched("author__books"), "+author +author.books", "a prefetch to many");
    reads(plan_add_path(shop.plans, shop.project, shop.none, shop.book, "tags", LOAD_JOIN, NULL,
                        clause_first, &unknown), "nothing", "a join cannot follow many-to-many");
    TAP_OK(unknown, "and says so");
    reads(plan_add_path(shop.plans, shop.project, shop.none, shop.book, "author__typo", LOAD_JOIN,
                        NULL, clause_first, &unknown), "+author", "up to the mistake");
    TAP_OK(unknown, "a mistake in the second hop");
    plan_add_path(shop.plans, shop.project, shop.none, shop.book, "author", LOAD_JOIN, NULL,
                  clause_first, &unknown);
    TAP_OK(!unknown, "a good path is known");
    reads(fetched(""), "nothing", "an empty path");
    reads(fetched("author_id"), "nothing", "a column is no relation");
    reads(plan_add_path(shop.plans, shop.project, shop.none, model("Note"), "target__author",
                        LOAD_PREFETCH, NULL, clause_first, &unknown), "+target +target.*",
          "behind a generic key all is open");
    TAP_OK(!unknown, "and not unknown");
    reads(plan_add_path(shop.plans, shop.project, shop.none, NULL, "a", LOAD_JOIN, NULL,
                        clause_first, &unknown), "nothing", "no model");
    TAP_OK(unknown, "is unknown");
}

static void test_to_attr(void) {
    const Plan *plan = with_prefetch(shop.none, "tags", NULL, "mine");
    reads(plan, "+tags:mine", "to_attr");
    below(plan, "Book", "tags", COVER_NONE);
    TAP_OK(plan_attribute(plan, name("mine")) != NULL, "the list is found by its name");
    TAP_OK(plan_attribute(plan, name("tags")) == NULL, "and by no other");
    TAP_OK(plan_attribute(shop.none, STR_NONE) == NULL, "no name");
    reads(with(plan, LOAD_PREFETCH, "mine__maker"), "+tags:mine +tags:mine.maker",
          "a path through to_attr");
    reads(with(plan, LOAD_PREFETCH, "tags__maker"), "+tags +tags.maker +tags:mine",
          "a path beside it is a load of its own");
}

static void test_two_ways(void) {
    const Plan *maker = plan_add_path(shop.plans, shop.project, shop.none, shop.author, "mentor",
                                      LOAD_JOIN, NULL, clause_first, NULL);
    reads(with_prefetch(joined("author"), "author", maker, NULL), "+author",
          "a Prefetch of what is joined is ignored");
    reads(with(joined("author"), LOAD_PREFETCH, "author__mentor"), "+author +author.mentor",
          "a path through what is joined is not");
    const Load *load = NULL;
    plan_cover(shop.plans, with(fetched("author"), LOAD_JOIN, "author"),
               relation("Book", "author"), &load, NULL);
    TAP_OK(load && load->how == LOAD_JOIN, "a join wins in any order");
    const Plan *both = with(joined("author"), LOAD_PREFETCH, "author");
    TAP_OK(plan_without(shop.plans, both, LOAD_JOIN) == fetched("author"),
           "without the join the prefetch remains");
    TAP_OK(plan_without(shop.plans, both, LOAD_PREFETCH) == joined("author"),
           "without the prefetch the join remains");
    reads(plan_without(shop.plans, with(joined("author"), LOAD_PREFETCH, "author__books"),
                       LOAD_PREFETCH), "+author", "prefetches below a join go as well");
    const Plan *twice = with(with_prefetch(shop.none, "tags", NULL, NULL), LOAD_PREFETCH, "tags");
    plan_cover(shop.plans, twice, relation("Book", "tags"), &load, NULL);
    TAP_OK(load && load->narrowed && load->clause.node == clause_second.node,
           "the first of two prefetches counts, and its clause");
    plan_cover(shop.plans, fetched("tags"), relation("Book", "tags"), &load, NULL);
    TAP_OK(load && load->ordered && !load->narrowed, "a plain prefetch has the order of Meta");
}

static void test_known(void) {
    Load known = {.relation = relation("Book", "author"), .how = LOAD_KNOWN, .below = shop.open};
    const Plan *plan = plan_add(shop.plans, shop.none, &known);
    reads(plan, "+author +author.*", "the way back is known");
    const Load *load = NULL;
    plan_cover(shop.plans, with(plan, LOAD_PREFETCH, "author"), known.relation, &load, NULL);
    TAP_OK(load && load->how == LOAD_KNOWN, "a prefetch does not fetch it again");
    reads(with(plan, LOAD_JOIN, "author"), "+author", "a join replaces it");
    TAP_OK(plan_without(shop.plans, plan, LOAD_JOIN) == plan, "it cannot be taken away");
}

static void test_join_all(void) {
    const Plan *plan = plan_with_join_all(shop.plans, joined("editor"));
    reads(plan, "join_all", "select_related() replaces the names");
    const Plan *author = below(plan, "Book", "author", COVER_FULL);
    below(plan, "Book", "editor", COVER_NONE);
    below(plan, "Book", "tags", COVER_NONE);
    below(author, "Author", "mentor", COVER_NONE);
    below(author, "Author", "profile", COVER_NONE);
    below(below(author, "Author", "publisher", COVER_FULL), "Publisher", "country", COVER_FULL);
    const char *const levels[] = {"L0", "L1", "L2", "L3", "L4", "L5"};
    for (uint32_t i = 0; i < 6; i++)
        plan = below(plan, levels[i], "next", i < 5 ? COVER_FULL : COVER_NONE);
    plan = with(plan_with_join_all(shop.plans, shop.none), LOAD_JOIN, "editor");
    reads(plan, "+editor", "names replace select_related()");
    plan = with(plan_with_join_all(shop.plans, shop.none), LOAD_PREFETCH, "author__books");
    author = below(plan, "Book", "author", COVER_FULL);
    below(author, "Author", "books", COVER_FULL);
    below(author, "Author", "publisher", COVER_FULL);
}

static void test_join(void) {
    Plans *plans = shop.plans;
    const Plan *author = joined("author"), *deep = joined("author__mentor");
    reads(plan_join(plans, author, shop.none), "?author", "on one of two ways");
    reads(plan_join(plans, shop.none, author), "?author", "on the other");
    TAP_OK(plan_join(plans, author, author) == author, "on both");
    reads(plan_join(plans, author, shop.open), "open", "unknown on the other");
    reads(plan_join(plans, author, plan_opened(plans, author)), "+author +author.* open",
          "on both, one of them open");
    reads(plan_join(plans, author, deep), "+author ?author.mentor", "below");
    reads(plan_join(plans, deep, shop.none), "?author ?author.mentor", "and all the way down");
    const Plan *maybe = plan_join(plans, author, shop.none);
    TAP_OK(plan_join(plans, maybe, author) == maybe, "maybe and full is maybe");
    TAP_OK(plan_join(plans, maybe, shop.none) == maybe, "maybe and none is maybe");
    TAP_OK(plan_join(plans, maybe, shop.open) == shop.open, "maybe and open is open");
    TAP_OK(plan_join(plans, joined("author"), fetched("tags")) ==
               plan_join(plans, fetched("tags"), joined("author")), "either way round");
    reads(plan_join(plans, plan_with_join_all(plans, shop.none), author),
          "+author +author.* open", "join_all on one way: the rest of it is open");
    below(plan_opened(plans, author), "Book", "editor", COVER_OPEN);
    below(below(plan_opened(plans, author), "Book", "author", COVER_FULL), "Author", "mentor",
          COVER_OPEN);
}

static bool defers(const Plan *plan, const char *of, const char *column) {
    const Field *field = model_field(model(of), name(column));
    return field && plan_defers(plan, field);
}

static const Plan *only(const Plan *plan, const char *first, const char *second) {
    Str names[] = {name(first), second ? name(second) : STR_NONE};
    return plan_only(shop.plans, plan, names, second ? 2 : 1, clause_first);
}

static const Plan *defer(const Plan *plan, const char *first) {
    Str names[] = {name(first)};
    return plan_defer(shop.plans, plan, names, 1, clause_first);
}

static void test_columns(void) {
    const Plan *plan = only(shop.none, "name", NULL);
    TAP_OK(!defers(plan, "Book", "name") && !defers(plan, "Book", "pk"), "only(): name and pk");
    TAP_OK(defers(plan, "Book", "body") && defers(plan, "Book", "author"), "only(): the others");
    TAP_OK(!defers(only(shop.none, "author_id", NULL), "Book", "author"), "only() by attname");
    plan = only(plan, "body", NULL);
    TAP_OK(defers(plan, "Book", "name") && !defers(plan, "Book", "body"), "only() replaces");
    TAP_OK(plan_only(shop.plans, plan, NULL, 0, clause_first) == shop.none,
           "only() without names is all");
    plan = defer(only(shop.none, "name", "body"), "body");
    TAP_OK(plan == only(shop.none, "name", NULL), "defer() takes from only()");
    reads(defer(only(shop.none, "name", NULL), "name"), "nothing", "taking the last is all");
    plan = defer(defer(shop.none, "body"), "name");
    TAP_OK(defers(plan, "Book", "body") && defers(plan, "Book", "name"), "defer() adds");
    TAP_OK(!defers(plan, "Book", "author"), "defer() leaves the rest");
    TAP_OK(plan_defer(shop.plans, plan, NULL, 0, clause_first) == shop.none, "defer(None) clears");
    TAP_OK(!defers(only(plan, "body", "author"), "Book", "author") &&
               defers(only(plan, "body", "author"), "Book", "body"), "only() after defer()");
    plan = only(shop.none, "author__name", NULL);
    TAP_OK(!defers(plan, "Book", "author") && defers(plan, "Book", "name"),
           "a path keeps the key it goes through");
    plan = below(only(joined("author"), "name", "author__name"), "Book", "author", COVER_FULL);
    TAP_OK(defers(plan, "Author", "bio") && !defers(plan, "Author", "name"), "only() below a join");
    plan = below(defer(joined("author"), "author__bio"), "Book", "author", COVER_FULL);
    TAP_OK(defers(plan, "Author", "bio") && !defers(plan, "Author", "name"), "defer() below one");
    plan = below(only(fetched("author"), "author__name", NULL), "Book", "author", COVER_FULL);
    TAP_OK(!defers(plan, "Author", "bio"), "but not below a prefetch");
    reads(plan_join(shop.plans, defer(shop.none, "body"), shop.none), "?defer(body)",
          "deferred on one way only");
    reads(plan_join(shop.plans, shop.none, only(shop.none, "name", "body")), "?only(body,name)",
          "on the other");
    reads(plan_join(shop.plans, only(shop.none, "name", "body"), only(shop.none, "name", "author")),
          "only(author,body,name)", "what neither only() keeps");
    reads(plan_join(shop.plans, defer(defer(shop.none, "name"), "body"), defer(shop.none, "name")),
          "defer(name)", "what both defer()");
    reads(plan_join(shop.plans, only(shop.none, "name", NULL),
                    defer(defer(shop.none, "name"), "body")),
          "defer(body)", "deferred and not kept");
    reads(plan_join(shop.plans, only(shop.none, "name", NULL), shop.open), "open",
          "unknown on the other way");
    reads(plan_opened(shop.plans, only(shop.none, "name", NULL)), "open", "unknown from here on");
}

static void test_rest(void) {
    const Plan *plan = plan_annotate(shop.plans, joined("author"), name("total"));
    TAP_OK(plan_has_annotation(plan, name("total")), "an annotation");
    TAP_OK(!plan_has_annotation(plan, name("author")), "and nothing else");
    reads(plan_with_values(shop.plans, plan), "+author =total values", "values()");
    TAP_OK(plan_annotate(shop.plans, plan, name("total")) == plan, "annotated twice");
}

/* What a hostile source may ask for. */
static void test_bounds(void) {
    const Plan *plan = shop.none;
    char text[4000] = "mentor";
    for (uint32_t i = 0; i < 400; i++) strcat(text, "__mentor");
    plan = plan_add_path(shop.plans, shop.project, shop.none, shop.author, text, LOAD_PREFETCH,
                         NULL, clause_first, NULL);
    TAP_OK(plan->depth == 16, "a path of 400 hops ends at the sixteenth");
    plan = shop.none;
    for (uint32_t i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "list%u", i);
        plan = with_prefetch(plan, "tags", NULL, text);
        plan = plan_annotate(shop.plans, plan, name(text));
    }
    TAP_OK(plan->load_count == PLAN_LOADS && plan->annotation_count == PLAN_ANNOTATIONS &&
               plan->open, "a thousand loads: the plan is open");
    const Plan *left = shop.none, *right = joined("author");
    for (uint32_t i = 0; i < 200; i++) { /* every level twice in the next: 2^200 ways through */
        left = with_prefetch(with_prefetch(shop.none, "tags", left, "a"), "tags", left, "b");
        right = with_prefetch(with_prefetch(shop.none, "tags", right, "a"), "tags", right, "b");
        plan_join(shop.plans, left, right);
        plan_opened(shop.plans, left);
        plan_without(shop.plans, right, LOAD_JOIN);
    }
    TAP_OK(left->depth <= PLAN_DEPTH + 1, "a plan that holds itself twice, 200 times");
    Writer *writer = writer_to_memory();
    plan_write(shop.project, left, writer);
    size_t length;
    writer_text(writer, &length);
    TAP_OK(length < 100000, "is written short");
    writer_close(writer);
    Str names[] = {str_intern(shop.project->strings, "author\0__x", 10),
                   str_intern(shop.project->strings, "__", 2), name("author__"), name("")};
    plan = plan_only(shop.plans, joined("author"), names, 4, clause_first);
    TAP_OK(plan->columns_are == COLUMNS_ONLY && below(plan, "Book", "author", COVER_FULL),
           "odd column names");
}

static void test_pins(void) {
    Pin draft = {.column = name("name"), .constant = PIN_TEXT, .text = name("draft")};
    Pin other = {.column = name("name"), .other = true, .constant = PIN_TEXT,
                 .text = name("sent")};
    Pin nobody = {.column = name("editor"), .other = true};
    const Plan *is_draft = plan_pin(shop.plans, shop.none, draft);
    const Plan *not_sent = plan_pin(shop.plans, shop.none, other);
    reads(is_draft, "name==draft", "a column that is a text");
    reads(not_sent, "name!=sent", "one that is not");
    TAP_OK(plan_pin(shop.plans, is_draft, other) == is_draft, "which is said already");
    TAP_OK(plan_pin(shop.plans, not_sent, draft) == is_draft, "and said less well before");
    reads(plan_join(shop.plans, is_draft, not_sent), "name!=sent", "both ways say the lesser");
    TAP_OK(plan_join(shop.plans, is_draft, shop.none) == shop.none, "one way says nothing");
    TAP_OK(plan_unpinned(shop.plans, is_draft) == shop.none, "no more of it");
    TAP_OK(plan_opened(shop.plans, is_draft) == plan_open(shop.plans), "nor of other rows");
    const Plan *both = plan_pin(shop.plans, plan_pin(shop.plans, shop.none, nobody), other);
    TAP_OK(both == plan_pin(shop.plans, not_sent, nobody), "in any order");
    TAP_OK(plan_refreshed(shop.plans, both) == both, "read again");
    Load read = {.relation = relation("Author", "books"), .how = LOAD_PREFETCH,
                 .cover = COVER_FULL, .below = is_draft};
    const Plan *prefetched = plan_add(shop.plans, shop.none, &read);
    const Plan *books = NULL;
    plan_cover(shop.plans, prefetched, read.relation, NULL, &books);
    reads(books, "name==draft", "below a prefetch");
}

static void test_queryset_table(void) {
    uint32_t count;
    const QuerysetMethod *methods = queryset_methods(&count);
    bool found = true, sorted = true;
    for (uint32_t i = 0; i < count; i++) {
        found &= queryset_method(methods[i].name) == &methods[i];
        sorted &= !i || strcmp(methods[i - 1].name, methods[i].name) < 0;
    }
    TAP_OK(found && sorted, "every method is found by its name");
    TAP_OK(!queryset_method("published") && !queryset_method("") && !queryset_method("zzz"),
           "a custom method is not");
    bool whole = true;
    for (uint32_t i = 0; i < OPERATION_COUNT; i++)
        whole &= queryset_use((QuerysetOperation)i)->name != NULL;
    TAP_OK(whole, "every operation has a row");
}

int main(void) {
    if (!TAP_OK(shop_open(), "the shop is linked")) return tap_done();
    shop.book = model("Book");
    shop.author = model("Author");
    if (TAP_OK(shop.book && shop.author, "its models are there")) {
        test_identity();
        test_paths();
        test_to_attr();
        test_two_ways();
        test_known();
        test_join_all();
        test_join();
        test_columns();
        test_rest();
        test_bounds();
        test_pins();
    }
    test_queryset_table();
    shop_close();
    return tap_done();
}
