/* The words of a finding. Rules give a format; what stands for a letter is written here, so that
 * all rules name models, loops and querysets in the same way. Everything that comes from the
 * source passes write_plain(): a message is one printable line. */
#include "report/edit.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

static void write_name(Writer *out, const char *text) {
    write_plain(out, text, strlen(text));
}

static const char *writer_keep(Arena *arena, Writer *writer) {
    size_t length;
    const char *text = writer_text(writer, &length);
    const char *kept = arena_copy(arena, text, length);
    writer_close(writer);
    return kept;
}

static const char *hop_name(const Project *project, const Event *event, uint32_t at,
                            bool lookup) {
    const Relation *hop = event->path[at];
    Str name = lookup || !hop->name ? hop->query_name : hop->name;
    return project_text(project, event->path_names[at] ? event->path_names[at] : name);
}

const char *event_path_text(Arena *arena, const Project *project, const Event *event,
                            uint32_t first, const char *separator, bool lookups) {
    Writer *out = writer_to_memory();
    for (uint32_t i = first; i < event->path_length; i++) {
        if (i > first) write_text(out, separator);
        write_name(out, hop_name(project, event, i, lookups));
    }
    return writer_keep(arena, out);
}

const char *report_method(const Report *report, const Event *event) {
    return project_text(report->project, event->method);
}

const char *report_name(const Report *report, Str name) {
    return project_text(report->project, name);
}

const char *report_detail(const Report *report, const Event *event) {
    return project_text(report->project, event->detail);
}

const char *report_relation(const Report *report, const Relation *relation) {
    return project_text(report->project, relation->name ? relation->name : relation->query_name);
}

/* "OrderItem" becomes "order item", "HTTPLog" "http log". */
static void write_words(Writer *out, const char *name) {
    for (size_t i = 0; name[i]; i++) {
        unsigned char this = (unsigned char)name[i], next = (unsigned char)name[i + 1];
        unsigned char last = i ? (unsigned char)name[i - 1] : 0;
        bool starts = isupper(this) && (islower(last) || isdigit(last)
                                        || (isupper(last) && islower(next)));
        if (starts) write_text(out, " ");
        if (this >= 0x80) write_bytes(out, &name[i], 1);
        else write_plain(out, (char[]){(char)tolower(this)}, 1);
    }
}

static void write_turn(const Report *report, const Event *event, Writer *out) {
    const Birth *rows = event->loop_count ? event->loops[0]->rows : NULL;
    if (rows && rows->model) write_words(out, project_text(report->project, rows->model->name));
    else write_text(out, "turn");
}

static void write_place(const Report *report, Site site, Writer *out) {
    Place place = place_whole(report->places, site);
    write_name(out, place.path);
    write_format(out, ":%u", place.line);
}

static void write_loop(const Report *report, const Event *event, Writer *out) {
    const Loop *loop = event->loop_count ? event->loops[0] : NULL;
    if (!loop || (!event->frame_count && loop->site.module == event->site.module)) {
        write_text(out, "this loop");
        return;
    }
    write_text(out, "the loop at ");
    write_place(report, loop->site, out);
}

/* The innermost of the loops that make a difference. */
static void write_outer(const Report *report, const Event *event, Writer *out) {
    if (event->invariant >= event->loop_count) return;
    write_text(out, "the loop at ");
    write_place(report, event->loops[event->invariant]->site, out);
}

static void write_queryset(const Report *report, const Event *event, Writer *out) {
    const Birth *birth = event->birth;
    if (!birth) {
        write_text(out, "the queryset");
        return;
    }
    write_text(out, birth->single ? "the object read at " : "the queryset at ");
    write_place(report, event_queryset(event), out);
}

static void write_model(const Report *report, const Event *event, Writer *out) {
    write_name(out, event->model ? project_text(report->project, event->model->name) : "");
    for (uint32_t i = 0; i < event->path_length; i++) {
        write_text(out, ".");
        write_name(out, hop_name(report->project, event, i, false));
    }
}

static void write_target(const Report *report, const Event *event, Writer *out) {
    const Relation *last = event_relation(event);
    const Model *model = last ? last->to : event->model;
    const char *name = model ? project_text(report->project, model->name) : "Model";
    if (!model && last && last->target) {
        name = project_text(report->project, last->target);
        const char *dot = strrchr(name, '.');
        if (dot) name = dot + 1;
    }
    write_name(out, name);
}

/* ".filter()"; "len()" where a function of Python runs the query; else the bare word. */
static void write_operation(const Report *report, const Event *event, Writer *out) {
    static const char *const functions[] = {
        "len", "list", "bool", "sorted", "print", "str", "repr", "sum", "any", "set",
        "tuple", "dict", "max", "min", "enumerate", "next", "get_object_or_404",
        "get_list_or_404", "aget_object_or_404", "aget_list_or_404",
    };
    const char *method = report_method(report, event);
    bool function = false, written = event->kind == EVENT_WRITE, name = *method != '\0';
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        function = function || (!written && !strcmp(method, functions[i]));
    for (const char *at = method; *at; at++)
        name = name && (isalnum((unsigned char)*at) || *at == '_' || (unsigned char)*at >= 0x80);
    if (!name || !strcmp(method, "iteration")) {
        write_name(out, !*method || name ? "a read" : method);
        return;
    }
    write_text(out, function ? "" : ".");
    write_name(out, method);
    write_text(out, "()");
}

/* " (.first())"; nothing where the rows are read, which needs no word. */
static void write_asked(const Report *report, const Event *event, Writer *out) {
    const char *method = report_method(report, event);
    if (!*method || !strcmp(method, "iteration")) return;
    write_text(out, " (");
    if (!strcmp(method, "index")) write_text(out, "an index");
    else if (!strcmp(method, "in")) write_text(out, "a test with in");
    else write_operation(report, event, out);
    write_text(out, ")");
}

static void write_lookup(const Report *report, const Event *event, bool lookups, Writer *out) {
    write_text(out, event_path_text(report->arena, report->project, event, 0, "__", lookups));
}

static void write_column(const Report *report, const Event *event, Writer *out) {
    uint32_t hops = event->built_hops < event->path_length ? event->built_hops
                                                           : event->path_length;
    if (hops) {
        write_text(out, event_path_text(report->arena, report->project, event,
                                        event->path_length - hops, "__", true));
        write_text(out, "__");
    }
    write_name(out, report_detail(report, event));
}

static void write_letter(const Report *report, const Event *event, char letter, Writer *out) {
    const Relation *last = event_relation(event);
    switch (letter) {
    case 'P': write_model(report, event, out); break;
    case 'R': write_name(out, last ? project_text(report->project, last->name) : ""); break;
    case 'W': write_lookup(report, event, false, out); break;
    case 'K': write_lookup(report, event, true, out); break;
    case 'T': write_target(report, event, out); break;
    case 'M': write_turn(report, event, out); break;
    case 'L': write_loop(report, event, out); break;
    case 'U': write_outer(report, event, out); break;
    case 'Q': write_queryset(report, event, out); break;
    case 'O': write_operation(report, event, out); break;
    case 'A': write_asked(report, event, out); break;
    case 'C': write_column(report, event, out); break;
    case 'D': write_name(out, report_detail(report, event)); break;
    default: write_bytes(out, &letter, 1); break; /* %% */
    }
}

static const char *report_words(const Report *report, const Event *event, const char *format,
                                va_list arguments) {
    Writer *out = writer_to_memory();
    for (const char *at = format; *at; at++) {
        if (*at != '%' || !at[1]) write_bytes(out, at, 1);
        else if (*++at == 's') write_name(out, va_arg(arguments, const char *));
        else write_letter(report, event, *at, out);
    }
    return writer_keep(report->arena, out);
}

void report_say(Report *report, const Event *event, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    report->message = report_words(report, event, format, arguments);
    va_end(arguments);
}

void report_fix(Report *report, const Event *event, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    report->fix = report_words(report, event, format, arguments);
    va_end(arguments);
}

/* The parent's row is a new one: no join fills its relations. */
bool hop_joins(const Relation *hop) {
    return !hop->many && hop->kind != RELATION_GENERIC_FK && hop->kind != RELATION_GENERIC
           && hop->kind != RELATION_PARENT;
}

bool event_is_of_one(const Event *event) {
    if (!event->birth || !event->birth->single || !event->path_length) return false;
    for (uint32_t i = 0; i + 1 < event->path_length; i++)
        if (!hop_joins(event->path[i])) return false;
    return !hop_joins(event_relation(event));
}

bool report_choices(Report *report, const Event *event) {
    bool choices = event->surface == SURFACE_FORM && event->kind == EVENT_QUERY && event->model
                   && !event->path_length && !event->frame_count
                   && !strcmp(report_method(report, event), "iteration");
    if (!choices) return false;
    report_say(report, event, "the choices of this field are a query on %T, once for each form");
    report_fix(report, event, "fetch the choices once and give each form's field the same list, or "
               "show a widget that does not list them");
    return true;
}

/* The hop behind the last one that no join brings: an annotation that goes through to-one hops is
 * read on the rows in front of them. */
static uint32_t annotated_from(const Event *event) {
    uint32_t first = event->path_length ? event->path_length - 1u : 0;
    while (first && hop_joins(event->path[first - 1])) first--;
    return first;
}

/* The model whose rows get the annotation. */
static const Model *annotated_model(const Event *event, uint32_t first) {
    return first ? event->path[first - 1]->to : event->model;
}

/* "books_count", "has_books"; "..." if rows have something of that name. */
static const char *annotation_name(Report *report, const Event *event, uint32_t first,
                                   const char *function) {
    const Project *project = report->project;
    const Model *model = annotated_model(event, first);
    const char *relation = hop_name(project, event, event->path_length - 1u, true);
    const char *name = !strcmp(function, "Exists")
                           ? arena_format(report->arena, "has_%s", relation)
                           : arena_format(report->arena, "%s_%s", relation,
                                          strcmp(function, "Count") ? "total" : "count");
    Str known = str_find(project->strings, name, strlen(name));
    if (!known || !model) return name;
    if (model->klass && class_member(model->klass, known)) return "...";
    for (uint32_t i = 0; i < model->relations.count; i++)
        if (model->relations.items[i]->name == known) return "...";
    return name;
}

/* The field of the relation's rows that leads back, as a filter has it; "..." if it is none that
 * holds a primary key. */
static const char *way_back(const Report *report, const Event *event) {
    const Relation *back = event_relation(event)->inverse;
    bool plain = back && back->query_name && !back->to_field
                 && event_relation(event)->kind != RELATION_GENERIC;
    return plain ? project_text(report->project, back->query_name) : "...";
}

static const char *annotation_text(Report *report, const Event *event, uint32_t first,
                                   const char *function) {
    Event owner = *event;
    if (owner.path_length) owner.path_length--;
    const char *text = event_path_text(report->arena, report->project, event, first, "__", true);
    const char *name = annotation_name(report, event, first, function);
    if (!strcmp(function, "Sum"))
        return arena_format(report->arena, ".annotate(%s=Sum(\"%s__...\"))", name, text);
    if (strcmp(function, "Exists"))
        return arena_format(report->arena, ".annotate(%s=%s(\"%s\"%s, distinct=True))", name,
                            function, text, event->whole ? "" : ", filter=Q(...)");
    const char *key = event_path_text(report->arena, report->project, &owner, first, "__", true);
    Writer *out = writer_to_memory();
    write_format(out, ".annotate(%s=Exists(", name);
    write_target(report, event, out);
    write_format(out, ".objects.filter(%s=OuterRef(\"%s\")%s)))", way_back(report, event),
                 *key ? key : "pk", event->whole ? "" : ", ...");
    return writer_keep(report->arena, out);
}

/* Whether what is said of other lines brings the relation anyway, and that is enough. */
static bool fix_is_said(Report *report, const Event *event) {
    const char *path = event_path_text(report->arena, report->project, event,
                                       edits_skip(report->edits, event), "__", false);
    return event->whole && edits_prefetch(report->edits, event, path);
}

void report_fix_annotation(Report *report, const Event *event, const char *function) {
    uint32_t first = annotated_from(event);
    if (report->gathering) return;
    if (fix_is_said(report, event)) {
        report_fix_load(report, event);
        return;
    }
    const char *text = annotation_text(report, event, first, function);
    if (!first) {
        report_fix(report, event, "add %s to %Q and read the annotation", text);
        return;
    }
    Event rows = *event;
    rows.path_length = (uint8_t)first;
    const Relation *last = event_relation(&rows);
    if (last->kind == RELATION_GENERIC_FK && last->to)
        report_fix(report, &rows, "load these objects with GenericPrefetch(\"%W\", [%T.objects%s]) "
                   "on %Q and read the annotation", text);
    else if (first == 1 && edits_skip(report->edits, event))
        report_fix(report, event, "read these rows as .%s%s, with the annotation",
                   hop_name(report->project, event, 0, false), text);
    else
        report_fix(report, &rows, "load these rows with Prefetch(\"%W\", queryset=%T.objects%s) on "
                   "%Q and read the annotation", text);
}
