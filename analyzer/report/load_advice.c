/* Advice for a missing load: what it is, and where it belongs.
 *
 *     the front of the path is prefetched   the string or Prefetch that does it
 *     rows of a relation of one object      the expression that asks for that relation
 *     anything else                         the queryset
 *
 * Behind a generic foreign key the load belongs to a queryset of GenericPrefetch(): rows of the
 * other models have no such relation. Of two lookups for the same key Django takes the first and
 * passes over the other in silence, so both are one advice. */
#include "report/edit.h"

#include <string.h>

enum { VERSION_GENERIC = 50 };

static const char *path_text(Report *report, const Event *event, uint32_t first, uint32_t end,
                             bool lookups) {
    Event part = *event;
    part.path_length = (uint8_t)end;
    return event_path_text(report->arena, report->project, &part, first, "__", lookups);
}

static bool hops_join(const Event *event, uint32_t first) {
    for (uint32_t i = first; i < event->path_length; i++)
        if (!hop_joins(event->path[i])) return false;
    return true;
}

static const char *place_text(Report *report, Site site) {
    Place place = place_whole(report->places, site);
    return arena_format(report->arena, "%s:%u", place.path, place.line);
}

/* The text of the string at the site; NULL: something else stands there. */
static const char *string_at(const Project *project, Site site) {
    const Module *module = project->modules[site.module].module;
    if (!module || site.node >= module->nodes.count) return NULL;
    const Node *node = site_node(project, site);
    return node->kind == NODE_STRING ? str_text(module->strings, node->name) : NULL;
}

/* How many hops lead to the last generic key that stands before others; 0: there is none. */
static uint32_t generic_hops(const Event *event, uint32_t first) {
    for (uint32_t i = event->path_length; i-- > first + 1;)
        if (event->path[i - 1]->kind == RELATION_GENERIC_FK && event->path[i - 1]->to) return i;
    return 0;
}

/* What prefetches the front of the path, if it can be made to bring the rest: that very string, or
 * an object with querysets. */
static void ask_clause(Report *report, const Event *event, Ask *ask) {
    const Load *nearest = event->nearest;
    uint32_t generic = generic_hops(event, 0);
    if (!nearest || ask->joins || (generic && event->nearest_hops != generic)) return;
    const char *text = string_at(report->project, nearest->clause);
    const char *loaded = path_text(report, event, 0, event->nearest_hops, false);
    if (text ? strcmp(text, loaded) != 0 : !generic && !nearest->own) return;
    ask->clause = nearest->clause;
    ask->loaded = loaded;
}

static Ask ask_of(Report *report, const Event *event, uint32_t first) {
    uint32_t generic = generic_hops(event, first);
    Ask ask = {.loaded = ""};
    if (generic) {
        const Model *model = event->path[generic - 1]->to;
        ask.rest_joins = hops_join(event, generic);
        ask.path = path_text(report, event, first, generic, false);
        ask.rest = path_text(report, event, generic, event->path_length, ask.rest_joins);
        ask.type = project_text(report->project, model->name);
    } else {
        ask.joins = hops_join(event, first);
        ask.path = path_text(report, event, first, event->path_length, ask.joins);
    }
    ask_clause(report, event, &ask);
    return ask;
}

/* "the queryset at views.py:12", where it is edited. */
static const char *queryset_text(Report *report, const Event *event) {
    if (!event->birth) return "the queryset";
    return arena_format(report->arena, "%s at %s",
                        event->birth->single ? "the object read" : "the queryset",
                        place_text(report, edits_site(report->edits, event)));
}

/* What the other findings of the queryset ask for is no part of this one's advice. */
static const char *others_text(Report *report, const Event *event, const Ask *ask) {
    const char *others = edits_others(report->edits, event, ask);
    return *others ? arena_format(report->arena, "; its other findings ask for %s", others) : "";
}

static const char *version_text(const Report *report, const char *text) {
    bool newer = strstr(text, "GenericPrefetch(")
                 && report->project->django_least < VERSION_GENERIC;
    return newer ? " (from Django 5.0 on)" : "";
}

/* Before Django 5.0 a path cannot lead on behind a key to rows of several models. */
static bool fix_without_generic(Report *report, const Event *event, const Ask *ask) {
    if (!ask->type || report->project->django_most >= VERSION_GENERIC
        || !report->project->django_most)
        return false;
    const char *add = ask->clause.node ? "" : arena_format(
        report->arena, "add .prefetch_related(\"%s\") to %s, and ", ask->path,
        queryset_text(report, event));
    report_fix(report, event, "%scall prefetch_related_objects() with those of the objects of "
               "type %s, and \"%s\"", add, ask->type, ask->rest);
    return true;
}

/* .select_related("user"): what follows the part that is loaded. */
static const char *rest_text(Report *report, const Event *event) {
    uint32_t first = event->nearest_hops;
    bool joins = hops_join(event, first);
    const char *rest = path_text(report, event, first, event->path_length, joins);
    return arena_format(report->arena, ".%s(\"%s\")",
                        joins ? "select_related" : "prefetch_related", rest);
}

static void fix_clause(Report *report, const Event *event, const Ask *ask) {
    const char *place = place_text(report, ask->clause);
    const char *others = others_text(report, event, ask);
    if (string_at(report->project, ask->clause)) {
        const char *instead = edits_own(report->edits, event, ask, false);
        report_fix(report, event, "write %s in place of \"%s\" at %s%s%s", instead, ask->loaded,
                   place, version_text(report, instead), others);
    } else if (ask->type)
        report_fix(report, event, "give the queryset of %s in the GenericPrefetch() at %s %s",
                   ask->type, place, rest_text(report, event));
    else
        report_fix(report, event, "add %s to the queryset of the Prefetch(\"%s\") at %s",
                   rest_text(report, event), ask->loaded, place);
}

static void fix_rows(Report *report, const Event *event, const Ask *ask) {
    const char *own = edits_own(report->edits, event, ask, true);
    const Loop *loop = edits_loop(event);
    const char *place = loop ? arena_format(report->arena, " at %s",
                                            place_text(report, loop->site)) : "";
    report_fix(report, event, "read these rows%s as .%s%s%s%s", place,
               report_relation(report, event->path[0]), own, version_text(report, own),
               others_text(report, event, ask));
}

static void fix_queryset(Report *report, const Event *event, const Ask *ask) {
    const char *own = edits_own(report->edits, event, ask, true);
    Site place = edits_site(report->edits, event), born = place;
    if (event->birth) born = event_queryset(event);
    report_fix(report, event, "add %s to %s%s%s", own, queryset_text(report, event),
               version_text(report, own), others_text(report, event, ask));
    if (site_key(place) == site_key(born) && !strstr(own, "GenericPrefetch(")) report->edit = own;
}

/* The event as seen from the rows that the narrowed ones of its birth hang from. */
static bool event_hoist(const Event *event, Event *made) {
    const Birth *births[EVENT_PATH], *root = event->birth;
    uint32_t count = 0;
    while (root->parent && root->relation && count + event->path_length < EVENT_PATH) {
        births[count++] = root;
        root = root->parent;
    }
    *made = *event;
    made->birth = root;
    made->model = root->model;
    made->built = root->site;
    made->nearest = NULL;
    for (uint32_t i = 0; i < count; i++) {
        made->path[i] = births[count - 1 - i]->relation;
        made->path_names[i] = births[count - 1 - i]->to_attr;
    }
    for (uint32_t i = 0; i < event->path_length; i++) {
        made->path[count + i] = event->path[i];
        made->path_names[count + i] = event->path_names[i];
    }
    made->path_length = (uint8_t)(count + event->path_length);
    return count && !root->parent && root->known && !root->given;
}

/* Whether the expression itself asks for the relation: talk.speeches.all|slice:":9" */
static bool site_reads(const Project *project, Site site, const Relation *relation) {
    const Module *module = project->modules[site.module].module;
    for (NodeId node = site.node; node; node = node_child(module, node, 0)) {
        Str name = project_name(project, site.module, module_node(module, node)->name);
        if (module_node(module, node)->kind == NODE_LOOKUP && name == relation->name) return true;
    }
    return false;
}

/* Rows that a template narrows itself: they come with those they hang from. */
static bool fix_in_template(Report *report, const Event *event) {
    if (!event->birth || !site_is_template(report->project, event_queryset(event))) return false;
    Event hoisted;
    bool joins = hops_join(event, 0);
    if (report->gathering) return true;
    if (!event_hoist(event, &hoisted)
        || !site_reads(report->project, event_queryset(event), event->birth->relation)
        || site_is_template(report->project, event_queryset(&hoisted))) {
        report_fix(report, event, "read these rows in the view, or in a tag, with .%s(\"%s\")",
                   joins ? "select_related" : "prefetch_related",
                   path_text(report, event, 0, event->path_length, joins));
        return true;
    }
    report_fix(report, event,
               "add .prefetch_related(\"%s\") to %s, and let the template walk %s.all",
               path_text(report, &hoisted, 0, hoisted.path_length, false),
               queryset_text(report, &hoisted),
               report_relation(report, event->birth->relation));
    return true;
}

void report_fix_load(Report *report, const Event *event) {
    if (report_fix_key(report, event)) return;
    if (event->made) {
        report_fix(report, event, "the object may be one that is made in memory, which no queryset "
                   "loads: fetch what it leads to for all turns in one query");
        return;
    }
    if (fix_in_template(report, event)) return;
    if (event_is_of_one(event) && !generic_hops(event, 0)) {
        report_fix(report, event,
                   "fetch the objects of all turns in one query, with .prefetch_related(\"%W\")");
        return;
    }
    uint32_t first = edits_skip(report->edits, event);
    Ask ask = ask_of(report, event, first);
    if (report->gathering) {
        edits_add(report->edits, event, &ask);
        return;
    }
    if (fix_without_generic(report, event, &ask)) return;
    if (!first && report_fix_admin(report, event, &ask)) return;
    if (ask.clause.node) fix_clause(report, event, &ask);
    else if (first) fix_rows(report, event, &ask);
    else fix_queryset(report, event, &ask);
}
