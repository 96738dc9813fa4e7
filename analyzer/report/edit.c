/* A map from the place of an edit (queryset, model, the hop that is left out) to its paths. They
 * are sorted when they are written: a path then stands in front of those that go on from it. */
#include "report/edit.h"

#include <stdlib.h>
#include <string.h>

typedef struct Missing {
    bool joins, sure;
    const char *path;
} Missing;

typedef struct Edit {
    Array(Missing) paths;
    bool sorted;
    const char *text;        /* of what is sure; worked out when first asked for */
} Edit;

struct Edits {
    Arena *arena;
    Map places;
};

Edits *edits_new(Arena *arena) {
    Edits *edits = arena_make(arena, Edits);
    edits->arena = arena;
    return edits;
}

uint32_t edits_skip(const Event *event) {
    return event->birth && event->birth->single && event->path_length > 1 && event->path[0]->many;
}

static uint64_t edit_key(const Event *event) {
    uint64_t hash = event->birth ? site_key(event_queryset(event)) : 0;
    hash = hash_mix(hash, event->model ? event->model->label : STR_NONE);
    return hash_mix(hash, edits_skip(event) ? event->path[0]->name : STR_NONE);
}

void edits_add(Edits *edits, const Event *event, bool joins, const char *path) {
    uint64_t key = edit_key(event);
    Edit *edit = map_get(&edits->places, key);
    if (!edit) {
        edit = arena_make(edits->arena, Edit);
        map_put(edits->arena, &edits->places, key, edit);
    }
    bool sure = event->confidence > CONFIDENCE_POSSIBLE;
    array_push(edits->arena, &edit->paths, (Missing){joins, sure, path});
}

bool edits_prefetch(const Edits *edits, const Event *event, const char *path) {
    const Edit *edit = map_get(&edits->places, edit_key(event));
    size_t length = strlen(path);
    for (uint32_t i = 0; edit && i < edit->paths.count; i++) {
        const Missing *missing = &edit->paths.items[i];
        bool through = !strncmp(missing->path, path, length)
                       && (!missing->path[length] || !strncmp(missing->path + length, "__", 2));
        if (through && !missing->joins && missing->sure) return true;
    }
    return false;
}

static int missing_order(const void *a, const void *b) {
    const Missing *left = a, *right = b;
    if (left->joins != right->joins) return left->joins ? -1 : 1;
    return strcmp(left->path, right->path);
}

/* Whether the path belongs to the edit of an event whose own path is `own`. */
static bool missing_counts(const Missing *missing, const Missing *own) {
    return missing->sure || (missing->joins == own->joins && !strcmp(missing->path, own->path));
}

/* Whether a path that follows in the order is the same, or goes on from this one. Names that
 * merely begin alike ("a_b" behind "a") stand between the two, so it is asked of all that follow
 * and begin so. */
static bool missing_goes_on(const Edit *edit, uint32_t at, const Missing *own) {
    const Missing *this = &edit->paths.items[at];
    size_t length = strlen(this->path);
    for (uint32_t i = at + 1; i < edit->paths.count; i++) {
        const Missing *next = &edit->paths.items[i];
        if (next->joins != this->joins || strncmp(next->path, this->path, length)) return false;
        bool on = !next->path[length] || !strncmp(next->path + length, "__", 2);
        if (on && missing_counts(next, own)) return true;
    }
    return false;
}

static bool missing_is_said(const Edit *edit, uint32_t at, bool joins, const Missing *own) {
    const Missing *missing = &edit->paths.items[at];
    return missing->joins == joins && missing_counts(missing, own)
           && !missing_goes_on(edit, at, own);
}

static void edit_write(const Edit *edit, bool joins, const Missing *own, Writer *out) {
    bool any = false;
    for (uint32_t i = 0; i < edit->paths.count; i++) {
        if (!missing_is_said(edit, i, joins, own)) continue;
        if (any) write_text(out, ", ");
        else write_text(out, joins ? ".select_related(" : ".prefetch_related(");
        write_format(out, "\"%s\"", edit->paths.items[i].path);
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

const char *edits_part(Edits *edits, const Event *event, bool joins, const char *path,
                       bool of_joins) {
    Edit *edit = map_get(&edits->places, edit_key(event));
    Missing own = {joins, event->confidence > CONFIDENCE_POSSIBLE, path};
    if (!edit) return "";
    edit_sort(edit);
    Writer *out = writer_to_memory();
    edit_write(edit, of_joins, &own, out);
    return edits_keep(edits, out);
}

/* Whether the path is the name, or leads through it. */
static bool path_goes_through(const char *path, const char *name) {
    size_t length = strlen(name);
    return !strncmp(path, name, length) && (!path[length] || !strncmp(path + length, "__", 2));
}

static bool edit_goes_through(const Edit *edit, const Missing *own, const char *name) {
    for (uint32_t i = 0; i < edit->paths.count; i++)
        if (path_goes_through(edit->paths.items[i].path, name)
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

const char *edits_list(Edits *edits, const Event *event, const char *path,
                       const char *const *more, uint32_t count) {
    Edit *edit = map_get(&edits->places, edit_key(event));
    Missing own = {*path != '\0', event->confidence > CONFIDENCE_POSSIBLE, path};
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
            write_format(out, "%s\"%s\"", written++ ? ", " : "", edit->paths.items[i].path);
    return edits_keep(edits, out);
}

const char *edits_text(Edits *edits, const Event *event, bool joins, const char *path) {
    Edit *edit = map_get(&edits->places, edit_key(event));
    Missing own = {joins, event->confidence > CONFIDENCE_POSSIBLE, path};
    if (!edit) return "";
    if (own.sure && edit->text) return edit->text;
    edit_sort(edit);
    Writer *out = writer_to_memory();
    edit_write(edit, true, &own, out);
    edit_write(edit, false, &own, out);
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
