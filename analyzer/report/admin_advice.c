/* Advice for rows that a class of the admin, or a list of choices, asks for: which class is to be
 * changed, and how.
 *
 *     the columns of a list    list_select_related = [...]: what it says already, or the keys among
 *                              the columns and what else Django joins by itself until something
 *                              is said; and what is missing
 *     other pages, to-many     get_queryset()
 *     choices                  the field's queryset, the filter's class, or the default manager
 *
 * Django adds nothing to a get_queryset() that joins, so there the edit belongs into that. */
#include "report/edit.h"

#include <string.h>

#define ADMIN "django.contrib.admin."

enum { NAMES_MOST = 64, VERSION_NAMED = 61 };

typedef struct Names {
    const char *items[NAMES_MOST];
    uint32_t count;
    bool open;                   /* there may be more: the source computes them */
} Names;

static const ClassMember *member_of(const Project *project, const Class *klass,
                                    const char *name) {
    return class_member(klass, str_of(project->strings, name));
}

static bool site_is(Site a, Site b) {
    return a.module == b.module && a.node == b.node;
}

/* The class that stands at the site; NULL: something else does. */
static const Class *class_at(const Project *project, Site site) {
    const Module *module = project->modules[site.module].module;
    if (!module || site.node >= module->nodes.count) return NULL;
    return site_node(project, site)->kind == NODE_CLASS ? project_class_at(project, site) : NULL;
}

/* The class of the admin whose own rows are born there: at the class or at an inline's model. */
static const Class *admin_at(const Project *project, Site site) {
    const Class *klass = class_at(project, site);
    if (klass) return class_is(klass, ADMIN "BaseModelAdmin") ? klass : NULL;
    for (uint32_t i = 0; i < project->classes.count; i++) {
        klass = project->classes.items[i];
        if (!class_is(klass, ADMIN "InlineModelAdmin")) continue;
        const ClassMember *model = member_of(project, klass, "model");
        if (model && site_is(model->site, site)) return klass;
    }
    return NULL;
}

/* Whether the loop over the rows of this class's list stands there. */
static bool class_lists_at(const Project *project, const Class *klass, Site loop) {
    const ClassMember *said = member_of(project, klass, "list_display");
    const ClassMember *hook = member_of(project, klass, "get_list_display");
    return site_is(klass->site, loop) || (said && site_is(said->site, loop))
           || (hook && site_is(hook->site, loop));
}

/* The class whose list shows the event's rows, or NULL. */
static const Class *class_of_list(const Project *project, const Event *event) {
    const Loop *rows = event->loop_count ? event->loops[event->loop_count - 1] : NULL;
    if (!rows || !event->birth || rows->rows != event->birth) return NULL;
    const Class *born = class_at(project, event->birth->site);
    if (born && !class_is(born, ADMIN "ModelAdmin")) return NULL;
    if (born) return class_lists_at(project, born, rows->site) ? born : NULL;
    for (uint32_t i = 0; i < project->classes.count; i++) {
        const Class *klass = project->classes.items[i];
        if (class_is(klass, ADMIN "ModelAdmin") && class_lists_at(project, klass, rows->site))
            return klass;
    }
    return NULL;
}

/* Whether the function says that name anywhere. */
static bool function_says(const Project *project, const ClassMember *member, const char *name) {
    if (!member || member->kind != MEMBER_FUNCTION) return false;
    const Module *module = project->modules[member->site.module].module;
    uint32_t start = module_node(module, member->site.node)->start;
    uint32_t end = module->ends.items[member->site.node];
    for (uint32_t i = 1; i < module->nodes.count; i++) {
        const Node *node = &module->nodes.items[i];
        if (node->kind == NODE_ATTRIBUTE && node->start >= start && node->start < end
            && !strcmp(str_text(module->strings, node->name), name))
            return true;
    }
    return false;
}

/* The strings of a list that the class writes out. */
static Names names_read(const Project *project, const ClassMember *member) {
    Names names = {0};
    if (!member) return names;
    bool value = member->kind == MEMBER_VALUE && member->site.node;
    uint8_t kind = value ? site_node(project, member->site)->kind : 0;
    names.open = !value || (kind != NODE_LIST && kind != NODE_TUPLE);
    for (uint32_t i = 0; !names.open && i < site_count(project, member->site); i++) {
        Site item = site_below(project, member->site, i);
        const Node *node = site_node(project, item);
        if (node->kind == NODE_STAR) names.open = true;
        if (node->kind == NODE_STRING && names.count < NAMES_MOST)
            names.items[names.count++] = project_text(
                project, project_name(project, item.module, node->name));
    }
    return names;
}

/* Columns that are foreign keys: what Django joins by itself. */
static Names names_of_keys(const Project *project, const Class *klass, const Model *model) {
    Names columns = names_read(project, member_of(project, klass, "list_display"));
    Names keys = {.open = columns.open || member_of(project, klass, "get_list_display")};
    for (uint32_t i = 0; model && i < columns.count; i++) {
        Str name = str_of(project->strings, columns.items[i]);
        const Relation *relation = model_relation(model, name);
        if (relation && relation->attname && !relation->many)
            keys.items[keys.count++] = columns.items[i];
    }
    return keys;
}

/* What the code of the columns reads of the rows, and Django joins for it as things are. */
static void names_add_reads(Report *report, const Event *event, Names *names) {
    const Flow *flow = report->flow;
    for (uint32_t i = 0; i < flow->reads.count; i++) {
        const Read *read = &flow->reads.items[i];
        if (read->cover != COVER_FULL || read->clause.node || !read->relation->query_name) continue;
        const char *path = project_text(report->project, read->relation->query_name);
        const Birth *at = read->birth;
        for (; at && at != event->birth && at->relation; at = at->parent)
            path = arena_format(report->arena, "%s__%s",
                                project_text(report->project, at->relation->query_name), path);
        bool said = at != event->birth;
        for (uint32_t k = 0; k < names->count && !said; k++)
            said = !strcmp(names->items[k], path);
        if (!said && names->count < NAMES_MOST) names->items[names->count++] = path;
    }
}

static bool value_is_constant(const Project *project, const ClassMember *member,
                              Constant constant) {
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return false;
    const Node *node = site_node(project, member->site);
    return node->kind == NODE_CONSTANT && node->extra == constant;
}

static const char *class_text(Report *report, const Class *klass) {
    Place place = place_whole(report->places, klass->site);
    return arena_format(report->arena, "%s (%s:%u)", project_text(report->project, klass->name),
                        place.path, place.line);
}

static const char *advice_get(Report *report, const Class *klass, const char *edit) {
    return arena_format(report->arena,
                        "let get_queryset() of %s return super().get_queryset(request)%s",
                        class_text(report, klass), edit);
}

/* The line to write, for joins; "" if there are none. */
static const char *advice_list(Report *report, const Event *event, const Class *klass,
                               const Ask *ask) {
    const Project *project = report->project;
    const ClassMember *said = member_of(project, klass, "list_select_related");
    bool every = value_is_constant(project, said, CONSTANT_TRUE);
    bool automatic = !said || every || value_is_constant(project, said, CONSTANT_FALSE);
    Names names = automatic ? names_of_keys(project, klass, event->birth->model)
                            : names_read(project, said);
    bool joined = every || names.count || names.open;
    if (joined && automatic) names_add_reads(report, event, &names);
    const char *list = edits_list(report->edits, event, ask, names.items, names.count);
    if (!*list) return "";
    if (names.open && !automatic)
        return arena_format(report->arena, "add %s to the list_select_related of %s", list,
                            class_text(report, klass));
    const char *more = names.open ? ", and the foreign keys among its columns" : "";
    bool left = automatic && joined && event->path[0]->null
                && project->django_least < VERSION_NAMED;
    return arena_format(report->arena, "in %s, write list_select_related = [%s]%s%s",
                        class_text(report, klass), list, more,
                        left ? "; what may be NULL is left out of what Django joins by itself"
                             : "");
}

static bool fix_list(Report *report, const Event *event, const Class *klass, const Ask *ask) {
    const Project *project = report->project;
    const ClassMember *own = member_of(project, klass, "get_queryset");
    if (own && own->kind != MEMBER_FUNCTION) return false;
    if (function_says(project, own, "select_related")
        || member_of(project, klass, "get_list_select_related"))
        return false;
    const char *prefetch = edits_part(report->edits, event, ask, false);
    const char *list = advice_list(report, event, klass, ask);
    if (!*prefetch) {
        report_fix(report, event, "%s", list);
        return *list != '\0';
    }
    const char *between = *list ? ", and " : "";
    if (own)
        report_fix(report, event, "%s%sadd %s to %Q", list, between, prefetch);
    else
        report_fix(report, event, "%s%s%s", list, between, advice_get(report, klass, prefetch));
    return true;
}

/* Choices of a field, links of a filter, rows that go with a deleted one: all ask a manager. */
static void fix_manager(Report *report, const Event *event, const char *edit) {
    const Loop *rows = event->loops[event->loop_count - 1];
    const char *model = project_text(report->project, event->birth->model->name);
    if (event->surface == SURFACE_FORM)
        report_fix(report, event, "give the field a queryset with %s (in the admin by "
                   "formfield_for_foreignkey()), or let the default manager of %s load it", edit,
                   model);
    else if (class_at(report->project, rows->site))
        report_fix(report, event, "leave it out of the __str__() of %s, which the page that asks "
                   "whether to delete calls for each row", model);
    else
        report_fix(report, event, "let the default manager of %s load it with %s, or give the "
                   "filter a class whose field_choices() does", model, edit);
}

/* site.register(Book): the class is Django's own. */
static bool site_registers(const Project *project, Site site) {
    const Module *module = project->modules[site.module].module;
    if (!module || site.node >= module->nodes.count) return false;
    if (site_node(project, site)->kind != NODE_CALL) return false;
    const Node *callee = site_node(project, site_below(project, site, 0));
    return callee->kind == NODE_ATTRIBUTE
           && !strcmp(str_text(module->strings, callee->name), "register");
}

static void fix_registered(Report *report, const Event *event, const Ask *ask) {
    const char *model = project_text(report->project, event->birth->model->name);
    const char *list = edits_list(report->edits, event, ask, NULL, 0);
    const char *prefetch = edits_part(report->edits, event, ask, false);
    const char *hook = *prefetch ? arena_format(report->arena, "%sa get_queryset() that adds %s",
                                                *list ? " and " : "", prefetch) : "";
    if (*list) list = arena_format(report->arena, "list_select_related = [%s]", list);
    report_fix(report, event, "register %s with a ModelAdmin of its own, which has %s%s", model,
               list, hook);
}

bool report_fix_admin(Report *report, const Event *event, const Ask *ask) {
    const Project *project = report->project;
    bool page = event->surface == SURFACE_ADMIN || event->surface == SURFACE_FORM;
    if (!page || !event->birth || !event->birth->model || !event->loop_count) return false;
    const Class *born = class_at(project, event_queryset(event));
    const Class *owner = admin_at(project, event_queryset(event));
    const Class *shown = class_of_list(project, event);
    if (shown) return fix_list(report, event, shown, ask);
    if (site_registers(project, event_queryset(event))) {
        fix_registered(report, event, ask);
        return true;
    }
    const char *edit = edits_text(report->edits, event, ask);
    if (owner)
        report_fix(report, event, "%s", advice_get(report, owner, edit));
    else if (born && born->model)
        fix_manager(report, event, edit);
    else
        return false;
    return true;
}
