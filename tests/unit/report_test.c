/* Findings and their output formats, from events made by hand on a project of two files. */
#include "grammar/python.h"
#include "report/formats.h"
#include "base/suggest.h"

#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char views_text[] =
    "def index():\n"
    "    books = Book.objects.all()\n"
    "    for book in books:\n"
    "\tprint(book.author.name)\n"
    "        show(book)\n"
    "        (book\n"
    "            .author\n"
    "            .books.filter(x=1))\n";
static const char helpers_text[] =
    "class Page:\n"
    "    def show(self, book):\n"
    "        return book.author.publisher, book.author.publisher\n";

/* What every test starts from: Book.author -> Author, Author.publisher, Author.books (many). */
typedef struct World {
    Arena *arena;
    PythonReader *reader;
    SourceFile files[2];
    ProjectModule modules[2];
    Project project;
    Model book, author, publisher;
    Relation to_author, to_publisher, to_books;
    Birth birth;
    Loop loop;
    Frame frame;
    Flow flow;
} World;

/* The node of a kind that spans exactly this text, where the text occurs for the nth time. */
static Site site_of(const World *world, uint32_t module, NodeKind kind, const char *text, int nth) {
    const char *source = module ? helpers_text : views_text;
    const Module *of = world->modules[module].module;
    const char *at = strstr(source, text);
    while (nth-- > 0) at = strstr(at + 1, text);
    for (NodeId id = 1; id < of->nodes.count; id++)
        if (of->nodes.items[id].kind == kind && source + of->nodes.items[id].start == at
            && of->ends.items[id] - of->nodes.items[id].start == strlen(text))
            return (Site){module, id};
    return (Site){module, NODE_NONE};
}

static NodeId first_of(const World *world, NodeKind kind) {
    const Module *of = world->modules[0].module;
    for (NodeId id = 1; id < of->nodes.count; id++)
        if (of->nodes.items[id].kind == kind) return id;
    return NODE_NONE;
}

static void world_file(World *world, uint32_t number, const char *path, const char *text) {
    Module *module = python_read(world->reader, path, text, (uint32_t)strlen(text));
    world->files[number] = (SourceFile){.path = path, .shown = path, .module = module};
    world->modules[number] = (ProjectModule){.file = &world->files[number], .module = module};
}

static Str name(World *world, const char *text) {
    return str_of(world->project.strings, text);
}

static void world_relations(World *world) {
    world->book = (Model){.name = name(world, "Book"), .label = name(world, "shop.Book")};
    world->author = (Model){.name = name(world, "Author"), .label = name(world, "shop.Author")};
    world->publisher = (Model){.name = name(world, "Publisher")};
    world->to_author = (Relation){.kind = RELATION_FK, .name = name(world, "author"),
                                  .query_name = name(world, "author"), .to = &world->author};
    world->to_publisher = (Relation){.kind = RELATION_FK, .name = name(world, "publisher"),
                                     .query_name = name(world, "publisher"),
                                     .to = &world->publisher};
    world->to_books = (Relation){.kind = RELATION_REVERSE_FK, .many = true,
                                 .name = name(world, "book_set"),
                                 .query_name = name(world, "book"), .to = &world->book};
}

static World *world_new(const char *views_path) {
    World *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->reader = python_reader_new();
    world->project.strings = strings_new(world->arena);
    world->project.modules = world->modules;
    world->project.module_count = 2;
    world_file(world, 0, views_path, views_text);
    world_file(world, 1, "shop/helpers.py", helpers_text);
    world_relations(world);
    world->birth = (Birth){.site = site_of(world, 0, NODE_CALL, "Book.objects.all()", 0),
                           .model = &world->book, .known = true};
    world->loop = (Loop){.site = {0, first_of(world, NODE_FOR)}, .rows = &world->birth};
    world->frame = (Frame){.call = site_of(world, 0, NODE_CALL, "show(book)", 0)};
    world->flow.arena = world->arena;
    world->flow.project = &world->project;
    return world;
}

static void world_free(World *world) {
    for (int i = 0; i < 2; i++) module_free(world->files[i].module);
    python_reader_free(world->reader);
    arena_free(world->arena);
    free(world);
}

static Event *emit(World *world, EventKind kind, Site site, const char *method) {
    Event event = {.kind = kind, .site = site, .birth = &world->birth, .model = &world->book,
                   .path = {&world->to_author, &world->to_publisher}, .path_length = 1,
                   .loops = {&world->loop}, .loop_count = 1, .confidence = CONFIDENCE_CERTAIN,
                   .method = *method ? name(world, method) : STR_NONE};
    array_push(world->arena, &world->flow.events, event);
    return &world->flow.events.items[world->flow.events.count - 1];
}

static Event *emit_load(World *world) {
    return emit(world, EVENT_LOAD, site_of(world, 0, NODE_ATTRIBUTE, "book.author", 0), "");
}

/* book.author.publisher in the helper, for the nth of its two places. */
static Event *emit_deep(World *world, int nth) {
    Site site = site_of(world, 1, NODE_ATTRIBUTE, "book.author.publisher", nth);
    Event *event = emit(world, EVENT_LOAD, site, "");
    event->path_length = 2;
    event->frames = &world->frame;
    event->frame_count = 1;
    return event;
}

static const Selection everything = {.min_confidence = CONFIDENCE_POSSIBLE};

/* The code that speaks on an event, "" if none was reported. */
static const char *code_of(World *world, EventKind kind, Cover cover, uint8_t path_length) {
    world->flow.events.count = 0;
    Event *event = emit_load(world);
    event->kind = kind;
    event->cover = cover;
    event->path[0] = &world->to_books;
    event->path_length = path_length;
    Findings *findings = findings_make(&world->flow, &everything);
    const char *code = findings->items.count == 1 ? findings->items.items[0].rule->rule->code : "";
    findings_free(findings);
    return code;
}

static void test_rules(World *world) {
    static const struct { EventKind kind; Cover cover; uint8_t path; const char *code; } cases[] = {
        {EVENT_LOAD, COVER_NONE, 1, "EAG101"},   {EVENT_LOAD, COVER_MAYBE, 1, "EAG101"},
        {EVENT_FETCH, COVER_NONE, 1, "EAG102"},  {EVENT_FETCH, COVER_MAYBE, 1, "EAG102"},
        {EVENT_FETCH, COVER_FULL, 1, "EAG201"},  {EVENT_NARROW, COVER_FULL, 1, "EAG201"},
        {EVENT_COUNT, COVER_FULL, 1, "EAG201"},  {EVENT_BUILD, COVER_FULL, 1, "EAG201"},
        {EVENT_NARROW, COVER_NONE, 1, "EAG202"}, {EVENT_NARROW, COVER_OPEN, 1, "EAG202"},
        {EVENT_NARROW, COVER_MAYBE, 1, "EAG202"},{EVENT_COUNT, COVER_NONE, 1, "EAG301"},
        {EVENT_COUNT, COVER_OPEN, 1, "EAG301"},  {EVENT_COUNT, COVER_NONE, 0, "EAG401"},
        {EVENT_QUERY, COVER_NONE, 0, "EAG401"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        TAP_OK(!strcmp(code_of(world, cases[i].kind, cases[i].cover, cases[i].path), cases[i].code),
               cases[i].code);
    for (uint32_t i = 0; i < rule_count; i++)
        for (uint32_t j = i + 1; j < rule_count; j++)
            if (rules[i].rule->events & rules[j].rule->events)
                TAP_OK(rules[i].rule->rank != rules[j].rule->rank, "ranks differ");
    world->flow.events.count = 0;
}

static bool fix_is(World *world, const Relation *first, const Relation *second, const char *fix) {
    world->flow.events.count = 0;
    Event *event = emit_load(world);
    event->path[0] = first;
    event->path[1] = second;
    event->path_length = second ? 2 : 1;
    Findings *findings = findings_make(&world->flow, &everything);
    bool same = findings->items.count == 1 && !strcmp(findings->items.items[0].fix, fix);
    if (!same && findings->items.count) printf("# %s\n", findings->items.items[0].fix);
    findings_free(findings);
    world->flow.events.count = 0;
    return same;
}

static void test_fixes(World *world) {
    TAP_OK(fix_is(world, &world->to_author, NULL,
                  "add .select_related(\"author\") to the queryset at shop/views.py:2"), "join");
    TAP_OK(fix_is(world, &world->to_author, &world->to_publisher,
                  "add .select_related(\"author__publisher\") to the queryset at shop/views.py:2"),
           "whole path");
    TAP_OK(fix_is(world, &world->to_books, &world->to_publisher,
                  "add .prefetch_related(\"book_set__publisher\") to the queryset at "
                  "shop/views.py:2"), "no join through a to-many relation");
    world->birth.single = true;
    TAP_OK(fix_is(world, &world->to_books, &world->to_publisher,
                  "read these rows as .book_set.select_related(\"publisher\")"),
           "rows of one object");
    TAP_OK(fix_is(world, &world->to_books, NULL, "fetch the objects of all turns in one query, "
                  "with .prefetch_related(\"book_set\")"),
           "a relation of one object for each turn");
    TAP_OK(fix_is(world, &world->to_author, &world->to_publisher,
                  "add .select_related(\"author__publisher\") to the object read at "
                  "shop/views.py:2"), "a join helps one object");
    world->birth.single = false;
    Relation key = {.kind = RELATION_GENERIC_FK, .name = name(world, "target"),
                    .query_name = name(world, "target"), .to = &world->author};
    TAP_OK(fix_is(world, &key, &world->to_publisher,
                  "add .prefetch_related(GenericPrefetch(\"target\", [Author.objects"
                  ".select_related(\"publisher\")])) to the queryset at shop/views.py:2 (from "
                  "Django 5.0 on)"),
           "behind a generic key");
    world->project.django_most = 42;
    TAP_OK(fix_is(world, &key, &world->to_publisher,
                  "add .prefetch_related(\"target\") to the queryset at shop/views.py:2, and call "
                  "prefetch_related_objects() with those of the objects of type Author, and "
                  "\"publisher\""), "behind a generic key before Django 5.0");
    world->project.django_most = 0;
}

/* The advice for a number or a test of the relation at the end of a path. */
static bool count_fix_is(World *world, const Relation *const path[2], const char *method,
                         const char *fix) {
    world->flow.events.count = 0;
    Event *event = emit(world, EVENT_COUNT, site_of(world, 0, NODE_ATTRIBUTE, "book.author", 0),
                        method);
    event->path[0] = path[0];
    event->path[1] = path[1];
    event->path_length = path[1] ? 2 : 1;
    Findings *findings = findings_make(&world->flow, &everything);
    bool same = findings->items.count == 1 && !strcmp(findings->items.items[0].fix, fix);
    if (!same && findings->items.count) printf("# %s\n", findings->items.items[0].fix);
    findings_free(findings);
    world->flow.events.count = 0;
    return same;
}

static void test_count_fixes(World *world) {
    const Relation *books[2] = {&world->to_books}, *joined[2] = {&world->to_author,
                                                                 &world->to_books};
    const Relation *below[2] = {&world->to_books, &world->to_books};
    TAP_OK(count_fix_is(world, books, "count",
                        "add .annotate(book_count=Count(\"book\", filter=Q(...), distinct=True)) "
                        "to the queryset at shop/views.py:2 and read the annotation"),
           "annotation");
    TAP_OK(count_fix_is(world, joined, "exists",
                        "add .annotate(has_book=Exists(Book.objects.filter(...=OuterRef("
                        "\"author\"), ...))) to the queryset at shop/views.py:2 and read the "
                        "annotation"), "annotation through a join");
    TAP_OK(count_fix_is(world, below, "count",
                        "load these rows with Prefetch(\"book_set\", queryset=Book.objects"
                        ".annotate(book_count=Count(\"book\", filter=Q(...), distinct=True))) on "
                        "the queryset at shop/views.py:2 and read the annotation"),
           "annotation of the rows of a relation");
    world->to_books.inverse = &world->to_author;
    world->birth.single = true;
    TAP_OK(count_fix_is(world, below, "exists",
                        "read these rows as .book_set.annotate(has_book=Exists(Book.objects.filter("
                        "author=OuterRef(\"pk\"), ...))), with the annotation"),
           "annotation of the rows of one object");
    world->to_books.inverse = NULL;
    world->birth.single = false;
}

static void test_finding(World *world) {
    emit_deep(world, 0);
    Findings *findings = findings_make(&world->flow, &everything);
    const Finding *of = &findings->items.items[0];
    TAP_OK(findings->items.count == 1, "one finding");
    TAP_OK(!strcmp(of->message, "Book.author.publisher is read once per book in the loop at "
                                "shop/views.py:3: the queryset at shop/views.py:2 does not load "
                                "it"), "message");
    TAP_OK(!strcmp(of->place.function, "Page.show") && of->place.line == 3
           && of->place.column == 16 && of->place.end_column == 37, "place");
    TAP_OK(of->queryset.line == 2 && of->queryset.column == 13, "queryset");
    TAP_OK(of->loop.line == 3 && of->loop.end_line == 3, "the loop's place is its header");
    TAP_OK(of->chain_count == 1 && of->chain[0].line == 5
           && !strcmp(of->chain[0].function, "index"), "chain");
    TAP_OK(!strcmp(of->relation, "author.publisher") && !strcmp(of->model, "shop.Book")
           && !strcmp(of->estimate, "1 + N") && !strcmp(of->operation, "load"), "facts");
    findings_free(findings);
    world->flow.events.count = 0;
}

static void test_chained_lines(World *world) {
    const char *chain = "book\n            .author\n            .books.filter(x=1)";
    Event *event = emit(world, EVENT_NARROW, site_of(world, 0, NODE_CALL, chain, 0), "filter");
    TAP_OK(event->site.node != NODE_NONE, "the chain is there");
    Findings *findings = findings_make(&world->flow, &everything);
    const Place *place = &findings->items.items[0].place;
    TAP_OK(place->line == 8 && place->column == 20 && place->end_line == 8, "the last link");
    findings_free(findings);
    world->flow.events.count = 0;
}

static void test_duplicates(World *world) {
    emit_deep(world, 0);
    Event *direct = emit_deep(world, 0);
    direct->frame_count = 0;
    emit_deep(world, 1);
    Event *silent = emit_deep(world, 1);
    silent->silence = SILENCE_GUARD;
    Event *loops = emit_load(world);
    loops->loops[1] = &world->loop;
    loops->loop_count = 2;
    loops->confidence = CONFIDENCE_POSSIBLE;
    Findings *findings = findings_make(&world->flow, &everything);
    const Finding *of = findings->items.items;
    TAP_OK(findings->items.count == 3, "one finding per touch");
    TAP_OK(of[0].more == 1 && of[0].chain_count == 0, "the shortest way is shown");
    TAP_OK(of[1].more == 0 && strcmp(of[0].fingerprint, of[1].fingerprint), "own fingerprints");
    TAP_OK(findings->silences[SILENCE_GUARD] == 1, "silences are counted");
    TAP_OK(!strcmp(of[2].estimate, "1 + N·M"), "two loops");
    TAP_OK(!strcmp(of[2].place.path, "shop/views.py"), "sorted by path");
    findings_free(findings);
    Selection likely = {.min_confidence = CONFIDENCE_LIKELY};
    findings = findings_make(&world->flow, &likely);
    TAP_OK(findings->items.count == 2, "less sure than asked for");
    findings_free(findings);
    world->flow.events.count = 0;
}

static uint32_t selected(World *world, const char *select, const char *ignore) {
    Selection selection = {.select = &select, .select_count = select != NULL, .ignore = &ignore,
                           .ignore_count = ignore != NULL};
    Findings *findings = findings_make(&world->flow, &selection);
    uint32_t count = findings->items.count;
    findings_free(findings);
    return count;
}

static void test_selection(World *world) {
    emit_load(world);
    TAP_OK(selected(world, NULL, NULL) == 1, "the default");
    TAP_OK(selected(world, "EAG2", NULL) == 0, "another family");
    TAP_OK(selected(world, "eag1", NULL) == 1, "a prefix, any case");
    TAP_OK(selected(world, "Missing-Select-Related", NULL) == 1, "a name, any case");
    TAP_OK(selected(world, "ALL", "EAG101") == 0, "ignored");
    TAP_OK(selected(world, "EAG101", "EAG1") == 1, "the more exact selector decides");
    TAP_OK(selected(world, "EAG1", "EAG1") == 0, "ignoring wins a tie");
    const char *wrong = "missing-select-relatd";
    Selection misspelt = {.select = &wrong, .select_count = 1};
    const char *mistake = selection_mistake(world->arena, &misspelt);
    TAP_OK(mistake && strstr(mistake, "did you mean 'missing-select-related'"), "did you mean");
    const char *fine = "EAG";
    Selection sound = {.select = &fine, .select_count = 1};
    TAP_OK(!selection_mistake(world->arena, &sound), "no mistake");
    TAP_OK(rule_named("eag201") == rule_named("prefetch_defeated") && rule_named("EAG201"),
           "by code or name");
    TAP_OK(suggest_distance("chekc", "check") == 1 && suggest_distance("a", "abc") == 2,
           "edit distance");
    world->flow.events.count = 0;
}

typedef void Format(const Findings *, const ReportOptions *, Writer *);

/* What a format prints for the world's events; the caller frees. */
static char *printed(World *world, Format *format) {
    Findings *findings = findings_make(&world->flow, &everything);
    Writer *out = writer_to_memory();
    format(findings, &(ReportOptions){.color = false}, out);
    char *text = strdup(writer_text(out, NULL));
    writer_close(out);
    findings_free(findings);
    return text;
}

static bool prints(World *world, Format *format, const char *expected) {
    char *text = printed(world, format);
    bool found = strstr(text, expected) != NULL;
    if (!found) printf("# missing: %s\n# in: %s\n", expected, text);
    free(text);
    return found;
}

static void test_formats(World *world) {
    TAP_OK(prints(world, report_text, "No findings.\n"), "text of nothing");
    TAP_OK(prints(world, report_json, "\"findings\": []}\n"), "json of nothing");
    emit_deep(world, 0);
    TAP_OK(prints(world, report_text, "shop/helpers.py:3:16: EAG101 missing-select-related Book."),
           "text: head");
    TAP_OK(prints(world, report_text, "  call      shop/views.py:5:9  in index\n"), "text: chain");
    TAP_OK(prints(world, report_text, "Found 1 finding in 1 file (EAG101 1)\n"), "text: summary");
    TAP_OK(prints(world, report_json,
                  "\"path\": \"shop/helpers.py\", \"line\": 3, \"column\": 16, \"end_line\": 3, "
                  "\"end_column\": 37, \"surface\": \"code\""), "json: place");
    TAP_OK(prints(world, report_json,
                  "\"chain\": [{\"path\": \"shop/views.py\", \"line\": 5, \"column\": 9, "
                  "\"function\": \"index\"}]"), "json: chain");
    TAP_OK(prints(world, report_github,
                  "::warning file=shop/helpers.py,line=3,endLine=3,col=16,endColumn=37,"
                  "title=eagerly (EAG101)::shop/helpers.py:3:16: EAG101"), "github");
    TAP_OK(prints(world, report_github, "%0A  fix: add .select_related"), "github: fix");
    world->flow.events.count = 0;
}

/* The source line is read from the file: with tabs, and without the file. */
static void test_source_line(void) {
    char path[] = "/tmp/eagerly-report-XXXXXX";
    int descriptor = mkstemp(path);
    FILE *file = fdopen(descriptor, "w");
    fputs(views_text, file);
    fclose(file);
    World *world = world_new(path);
    emit_load(world);
    TAP_OK(prints(world, report_text,
                  "      4 |     print(book.author.name)\n        |           ^^^^^^^^^^^\n"),
           "a tab before the caret");
    unlink(path);
    TAP_OK(prints(world, report_text, "\n  touch     "), "no file, no line");
    world_free(world);
}

static void test_hostile_path(void) {
    World *world = world_new("a\n::error::b,c:d%\xff.py");
    emit_load(world);
    TAP_OK(prints(world, report_text, "a\\x0a::error::b,c:d%\\xff.py:4:"), "text");
    TAP_OK(prints(world, report_github, "file=a%0A%3A%3Aerror%3A%3Ab%2Cc%3Ad%25\\xff.py,"),
           "github");
    TAP_OK(prints(world, report_json, "\"path\": \"a\\u000a::error::b,c:d%\\ufffd.py\""), "json");
    world_free(world);
}

static void each_by_itself(const Findings *findings, const ReportOptions *options, Writer *out) {
    ReportOptions single = *options;
    single.group = GROUP_NONE;
    report_github(findings, &single, out);
}

static void test_many(World *world) {
    for (int i = 0; i < 14; i++) {
        Event *event = emit_load(world);
        event->site.node = world->birth.site.node - (NodeId)(i % 2);
        Birth *birth = arena_make(world->arena, Birth);
        *birth = world->birth;
        birth->site.node = (NodeId)i + 1;
        event->birth = birth;
    }
    TAP_OK(prints(world, each_by_itself, "::notice title=eagerly::4 more in the log"),
           "github shows ten");
    char *once = printed(world, report_json), *again = printed(world, report_json);
    TAP_OK(!strcmp(once, again), "the same bytes each time");
    free(once);
    free(again);
    world->flow.events.count = 0;
}

int main(void) {
    World *world = world_new("shop/views.py");
    test_rules(world);
    test_fixes(world);
    test_count_fixes(world);
    test_finding(world);
    test_chained_lines(world);
    test_duplicates(world);
    test_selection(world);
    test_formats(world);
    test_many(world);
    world_free(world);
    test_source_line();
    test_hostile_path();
    return tap_done();
}
