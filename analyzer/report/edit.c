/* A map from the place of an edit (queryset, model, the hop that is left out) to its paths. They
 * are sorted when they are written: a path then stands in front of those that go on from it, and
 * what is missing behind one generic key stands together. */
#include "report/edit.h"

#include <stdlib.h>
#include <string.h>

typedef struct Missing {
    bool sure;
    Ask ask;
} Missing;

typedef struct Edit {
    Array(Missing) paths;
    bool sorted;
    const char *text;        /* of what is sure; worked out when first asked for */
} Edit;

/* Where the rows of one read were derived last. */
typedef struct Derived {
    uint64_t built;
    bool several;
} Derived;

struct Edits {
    Arena *arena;
    const Project *project;
    Places *places;
    Map places_of_edits, reads;
};

static void derived_note(Arena *arena, Map *map, uint64_t key, uint64_t built) {
    Derived *derived = map_get(map, key);
    if (!derived) {
        derived = arena_make(arena, Derived);
        derived->built = built;
        map_put(arena, map, key, derived);
    }
    derived->several = derived->several || derived->built != built;
}

static uint64_t event_key(const Event *event) {
    uint64_t hash = hash_mix(site_key(event->birth->site), site_key(event->site));
    return hash_mix(hash, event->path_length ? event_relation(event)->name : STR_NONE);
}

static void edits_note(Edits *edits, const Event *event) {
    if (!event->birth || !event->built.node) return;
    if (event->silence == SILENCE_NONE)
        derived_note(edits->arena, &edits->reads, event_key(event), site_key(event->built));
}

Edits *edits_new(Arena *arena, const Flow *flow, Places *places) {
    Edits *edits = arena_make(arena, Edits);
    edits->arena = arena;
    edits->project = flow->project;
    edits->places = places;
    for (uint32_t i = 0; i < flow->events.count; i++) edits_note(edits, &flow->events.items[i]);
    return edits;
}

/* Whether a call ends there that keeps rows, their class and all that is loaded. */
static bool site_keeps_rows(const Project *project, Site site) {
    const ProjectModule *of = &project->modules[site.module];
    if (!of->module || of->file->template || site.node >= of->module->nodes.count) return false;
    if (site_node(project, site)->kind != NODE_CALL) return false;
    const Node *callee = site_node(project, site_below(project, site, 0));
    const char *name = str_text(of->module->strings, callee->name);
    return callee->kind == NODE_ATTRIBUTE && edit_follows(name, strlen(name));
}

/* Whether both are functions of one class, or the same function. */
static bool functions_belong(const char *a, const char *b) {
    const char *left = strrchr(a, '.'), *right = strrchr(b, '.');
    if (!left || !right) return *a && !strcmp(a, b);
    return left - a == right - b && !strncmp(a, b, (size_t)(left - a));
}

/* Whether the site is in the function or class where the run of the event starts. */
static bool site_is_of_root(const Edits *edits, const Event *event, Site site) {
    const Frame *last = event->frame_count ? &event->frames[event->frame_count - 1] : NULL;
    Str root = last ? last->function : event->function;
    Place place = place_whole(edits->places, site);
    return site.module == (last ? last->call : event->site).module && root
           && functions_belong(place.function, project_text(edits->project, root));
}

Site edits_site(const Edits *edits, const Event *event) {
    Site born = event_queryset(event), built = event->built;
    const Birth *birth = event->birth;
    if (birth->single || birth->given || birth->shared || !built.node
        || !site_keeps_rows(edits->project, built))
        return born;
    const Derived *read = map_get(&edits->reads, event_key(event));
    if (read && read->several) return born; /* all its callers need it */
    bool own = site_is_of_root(edits, event, built) && !site_is_of_root(edits, event, born);
    return own ? built : born;
}

const Loop *edits_loop(const Event *event) {
    for (uint32_t i = 0; event->path_length && i < event->loop_count; i++) {
        const Birth *rows = event->loops[i]->rows;
        if (rows && rows->parent == event->birth && rows->relation == event->path[0])
            return event->loops[i];
    }
    return NULL;
}

bool site_is_template(const Project *project, Site site) {
    const ProjectModule *of = &project->modules[site.module];
    if (!of->module || of->file->template) return of->module != NULL;
    for (uint32_t i = 0; i < of->module->embedded.count; i++) {
        const Embedded *text = &of->module->embedded.items[i];
        if (site.node >= text->first && site.node <= text->root) return true;
    }
    return false;
}

uint32_t edits_skip(const Edits *edits, const Event *event) {
    bool rows = event->birth && event->birth->single && event->path_length > 1
                && event->path[0]->many;
    if (event->nearest) return 0; /* the object's own plan has them */
    const Loop *loop = rows && !event->birth->given ? edits_loop(event) : NULL;
    return rows && !(loop && (place_whole(edits->places, loop->site).in_class
                              || site_is_template(edits->project, loop->site)));
}

static uint64_t edit_key(const Edits *edits, const Event *event) {
    uint64_t hash = event->birth ? site_key(edits_site(edits, event)) : 0;
    hash = hash_mix(hash, event->model ? event->model->label : STR_NONE);
    return hash_mix(hash, edits_skip(edits, event) ? event->path[0]->name : STR_NONE);
}

static Edit *edit_of(const Edits *edits, const Event *event) {
    return map_get(&edits->places_of_edits, edit_key(edits, event));
}

static Missing missing_own(const Event *event, const Ask *ask) {
    return (Missing){event->confidence > CONFIDENCE_POSSIBLE, *ask};
}

void edits_add(Edits *edits, const Event *event, const Ask *ask) {
    Edit *edit = edit_of(edits, event);
    if (!edit) {
        edit = arena_make(edits->arena, Edit);
        map_put(edits->arena, &edits->places_of_edits, edit_key(edits, event), edit);
    }
    array_push(edits->arena, &edit->paths, missing_own(event, ask));
}

/* Whether the path is the name, or leads through it. */
static bool path_goes_through(const char *path, const char *name) {
    size_t length = strlen(name);
    return !strncmp(path, name, length) && (!path[length] || !strncmp(path + length, "__", 2));
}

bool edits_prefetch(const Edits *edits, const Event *event, const char *path) {
    const Edit *edit = edit_of(edits, event);
    for (uint32_t i = 0; edit && i < edit->paths.count; i++) {
        const Missing *missing = &edit->paths.items[i];
        if (path_goes_through(missing->ask.path, path) && !missing->ask.joins && missing->sure)
            return true;
    }
    return false;
}

static int text_order(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "");
}

static int ask_order(const Ask *left, const Ask *right) {
    if (left->joins != right->joins) return left->joins ? -1 : 1;
    int order = strcmp(left->path, right->path);
    if (!order) order = text_order(left->type, right->type);
    if (!order && left->rest_joins != right->rest_joins) return left->rest_joins ? -1 : 1;
    return order ? order : text_order(left->rest, right->rest);
}

static int missing_order(const void *a, const void *b) {
    const Missing *left = a, *right = b;
    return ask_order(&left->ask, &right->ask);
}

/* Whether the path belongs to the edit of an event whose own ask is `own`. */
static bool missing_counts(const Missing *missing, const Missing *own) {
    return missing->sure || !ask_order(&missing->ask, &own->ask);
}

/* Whether a path that follows in the order is the same, or goes on from this one. Names that
 * merely begin alike ("a_b" behind "a") stand between the two, so it is asked of all that follow
 * and begin so. */
static bool missing_goes_on(const Edit *edit, uint32_t at, const Missing *own) {
    const Ask *this = &edit->paths.items[at].ask;
    size_t length = strlen(this->path);
    for (uint32_t i = at + 1; i < edit->paths.count && !this->type; i++) {
        const Missing *next = &edit->paths.items[i];
        if (next->ask.joins != this->joins || strncmp(next->ask.path, this->path, length))
            return false;
        if (path_goes_through(next->ask.path, this->path) && missing_counts(next, own)) return true;
    }
    return false;
}

/* Whether another one behind the same generic key stands in front of it: they are said at once. */
static bool missing_is_told(const Edit *edit, uint32_t at, const Missing *own) {
    const Ask *this = &edit->paths.items[at].ask;
    for (uint32_t i = at; this->type && i-- > 0;) {
        const Missing *before = &edit->paths.items[i];
        if (!before->ask.type || strcmp(before->ask.path, this->path)) return false;
        if (missing_counts(before, own)) return true;
    }
    return false;
}

static bool missing_is_said(const Edit *edit, uint32_t at, bool joins, const Missing *own) {
    const Missing *missing = &edit->paths.items[at];
    return missing->ask.joins == joins && missing_counts(missing, own)
           && !missing_goes_on(edit, at, own) && !missing_is_told(edit, at, own);
}

static bool same_type(const Ask *a, const Ask *b) {
    return a->type && b->type && !strcmp(a->path, b->path) && !strcmp(a->type, b->type);
}

/* Whether what is missing of a type's rows is also the beginning of something else. */
static bool rest_goes_on(const Edit *edit, uint32_t at, const Missing *own) {
    const Ask *this = &edit->paths.items[at].ask;
    for (uint32_t i = at + 1; i < edit->paths.count; i++) {
        const Missing *next = &edit->paths.items[i];
        if (!same_type(this, &next->ask) || next->ask.rest_joins != this->rest_joins) return false;
        if (path_goes_through(next->ask.rest, this->rest) && missing_counts(next, own)) return true;
    }
    return false;
}

/* Book.objects.select_related("author"), from the first of the type on. */
static void write_type(const Edit *edit, uint32_t first, const Missing *own, Writer *out) {
    const Ask *type = &edit->paths.items[first].ask;
    write_format(out, "%s.objects", type->type);
    for (int joins = 1; joins >= 0; joins--) {
        bool any = false;
        for (uint32_t i = first; i < edit->paths.count; i++) {
            const Missing *missing = &edit->paths.items[i];
            if (!same_type(&missing->ask, type)) break;
            if (missing->ask.rest_joins != (bool)joins || !missing_counts(missing, own)
                || rest_goes_on(edit, i, own))
                continue;
            if (any) write_text(out, ", ");
            else write_text(out, joins ? ".select_related(" : ".prefetch_related(");
            write_format(out, "\"%s\"", missing->ask.rest);
            any = true;
        }
        if (any) write_text(out, ")");
    }
}

/* All types behind the path of `key`. */
static void write_generic(const Edit *edit, const Ask *key, const Missing *own, Writer *out) {
    const Ask *last = NULL;
    write_format(out, "GenericPrefetch(\"%s\", [", key->path);
    for (uint32_t i = 0; i < edit->paths.count; i++) {
        const Missing *missing = &edit->paths.items[i];
        if (!missing->ask.type || strcmp(missing->ask.path, key->path)) continue;
        if (!missing_counts(missing, own) || (last && same_type(last, &missing->ask))) continue;
        if (last) write_text(out, ", ");
        last = &missing->ask;
        write_type(edit, i, own, out);
    }
    write_text(out, "])");
}

static void write_missing(const Edit *edit, const Ask *ask, const Missing *own, Writer *out) {
    if (ask->type) write_generic(edit, ask, own, out);
    else write_format(out, "\"%s\"", ask->path);
}

/* Whether the own ask brings it too. */
static bool ask_brings(const Ask *own, const Ask *other) {
    if (own->type && !strcmp(own->path, other->path)) return true;
    return own->joins == other->joins && path_goes_through(own->path, other->path);
}

static void edit_write(const Edit *edit, bool joins, const Missing *own, bool others,
                       Writer *out) {
    bool any = false;
    for (uint32_t i = 0; i < edit->paths.count; i++) {
        if (!missing_is_said(edit, i, joins, own)) continue;
        const Ask *ask = &edit->paths.items[i].ask;
        if (others && ask_brings(&own->ask, ask)) continue;
        if (any) write_text(out, ", ");
        else write_text(out, joins ? ".select_related(" : ".prefetch_related(");
        write_missing(edit, ask, own, out);
        any = true;
    }
    if (any) write_text(out, ")");
}

static void edit_sort(Edit *edit) {
    if (!edit->sorted)
        qsort(edit->paths.items, edit->paths.count, sizeof(Missing), missing_order);
    edit->sorted = true;
}

static const char *edits_keep(const Edits *edits, Writer *out) {
    size_t length;
    const char *text = writer_text(out, &length);
    const char *kept = arena_copy(edits->arena, text, length);
    writer_close(out);
    return kept;
}

const char *edits_part(Edits *edits, const Event *event, const Ask *ask, bool of_joins) {
    Edit *edit = edit_of(edits, event);
    Missing own = missing_own(event, ask);
    if (!edit) return "";
    edit_sort(edit);
    Writer *out = writer_to_memory();
    edit_write(edit, of_joins, &own, false, out);
    return edits_keep(edits, out);
}

/* The one join that goes on from the own one; NULL: none does, or several do. */
static const Ask *edit_longer(const Edit *edit, const Missing *own) {
    const Ask *found = NULL;
    for (uint32_t i = 0; i < edit->paths.count && own->ask.joins; i++) {
        const Ask *ask = &edit->paths.items[i].ask;
        if (!missing_is_said(edit, i, true, own) || !path_goes_through(ask->path, own->ask.path))
            continue;
        if (found) return NULL;
        found = ask;
    }
    return found;
}

/* The ask that is said for the own one, or NULL. What rows behind a generic key lack is prefetched
 * with the key at once. */
static const Ask *edit_whole(const Edit *edit, const Missing *own) {
    for (uint32_t i = 0; i < edit->paths.count && !own->ask.joins; i++) {
        const Missing *missing = &edit->paths.items[i];
        if (missing->ask.type && !strcmp(missing->ask.path, own->ask.path)
            && missing_counts(missing, own))
            return &missing->ask;
    }
    return edit_longer(edit, own);
}

const char *edits_own(Edits *edits, const Event *event, const Ask *ask, bool method) {
    Edit *edit = edit_of(edits, event);
    Missing own = missing_own(event, ask);
    if (!edit) return "";
    edit_sort(edit);
    const Ask *whole = edit_whole(edit, &own);
    Writer *out = writer_to_memory();
    if (method) write_text(out, ask->joins ? ".select_related(" : ".prefetch_related(");
    write_missing(edit, whole ? whole : ask, &own, out);
    if (method) write_text(out, ")");
    return edits_keep(edits, out);
}

const char *edits_others(Edits *edits, const Event *event, const Ask *ask) {
    Edit *edit = edit_of(edits, event);
    Missing own = missing_own(event, ask);
    if (!edit) return "";
    edit_sort(edit);
    const Ask *whole = edit_whole(edit, &own);
    if (whole) own.ask = *whole;
    Writer *out = writer_to_memory();
    edit_write(edit, true, &own, true, out);
    edit_write(edit, false, &own, true, out);
    return edits_keep(edits, out);
}

static bool edit_goes_through(const Edit *edit, const Missing *own, const char *name) {
    for (uint32_t i = 0; i < edit->paths.count; i++)
        if (path_goes_through(edit->paths.items[i].ask.path, name)
            && missing_is_said(edit, i, true, own))
            return true;
    return false;
}

/* Whether another of the names leads through this one, or a later one is the same. */
static bool names_go_through(const char *const *names, uint32_t count, uint32_t at) {
    for (uint32_t i = 0; i < count; i++) {
        bool same = !strcmp(names[i], names[at]);
        if (same ? i > at : path_goes_through(names[i], names[at])) return true;
    }
    return false;
}

const char *edits_list(Edits *edits, const Event *event, const Ask *ask,
                       const char *const *more, uint32_t count) {
    Edit *edit = edit_of(edits, event);
    Missing own = missing_own(event, ask);
    uint32_t missing = 0, written = 0;
    if (!edit) return "";
    edit_sort(edit);
    for (uint32_t i = 0; i < edit->paths.count; i++)
        missing += missing_is_said(edit, i, true, &own);
    if (!missing) return "";
    Writer *out = writer_to_memory();
    for (uint32_t i = 0; i < count; i++)
        if (!edit_goes_through(edit, &own, more[i]) && !names_go_through(more, count, i))
            write_format(out, "%s\"%s\"", written++ ? ", " : "", more[i]);
    for (uint32_t i = 0; i < edit->paths.count; i++)
        if (missing_is_said(edit, i, true, &own))
            write_format(out, "%s\"%s\"", written++ ? ", " : "", edit->paths.items[i].ask.path);
    return edits_keep(edits, out);
}

const char *edits_text(Edits *edits, const Event *event, const Ask *ask) {
    Edit *edit = edit_of(edits, event);
    Missing own = missing_own(event, ask);
    if (!edit) return "";
    if (own.sure && edit->text) return edit->text;
    edit_sort(edit);
    Writer *out = writer_to_memory();
    edit_write(edit, true, &own, false, out);
    edit_write(edit, false, &own, false, out);
    const char *kept = edits_keep(edits, out);
    if (own.sure) edit->text = kept;
    return kept;
}

bool edit_follows(const char *name, size_t length) {
    static const char *const methods[] = {
        "all", "filter", "exclude", "order_by", "annotate", "alias", "distinct", "select_related",
        "prefetch_related", "defer", "reverse", "using", "iterator", "get_queryset",
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strlen(methods[i]) == length && !memcmp(methods[i], name, length)) return true;
    return false;
}

bool edit_fits(const Project *project, const Event *event) {
    if (!event->birth || event->birth->single || event->confidence == CONFIDENCE_POSSIBLE)
        return false;
    Site site = event_queryset(event);
    const ProjectModule *of = &project->modules[site.module];
    if (!of->module || of->file->template || site.node >= of->module->nodes.count) return false;
    const Node *node = module_node(of->module, site.node);
    if (node->kind == NODE_ATTRIBUTE) return true;
    if (node->kind != NODE_CALL) return false;
    const Node *callee = module_node(of->module, node_child(of->module, site.node, 0));
    const char *name = str_text(of->module->strings, callee->name);
    return callee->kind == NODE_ATTRIBUTE && edit_follows(name, strlen(name));
}
