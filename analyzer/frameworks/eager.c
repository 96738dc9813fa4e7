/* Views whose base works out from the serializer what to load:
 *
 *     def get_queryset(self):
 *         queryset = super().get_queryset()
 *         return queryset.prefetch_related(*prefetches_of(self.get_serializer_class()))
 *
 *     def prefetches_of(serializer): for name, field in serializer._declared_fields.items(): ...
 *
 * Recognized by that shape: computed arguments, made by a function of the project that is given the
 * serializer and looks at its fields. Relations that the fields name are loaded then; what methods,
 * properties and __str__() read is not. */
#include "frameworks/drf.h"

enum { DEPTH_MOST = 40, NESTED_MOST = 4 };

typedef bool (*NodeTest)(const Evaluator *e, Site site);

static const char *text_at(const Evaluator *e, Site site) {
    Str name = site_name(e->project, site);
    return name ? project_text(e->project, name) : "";
}

/* The first node in an expression or body that the test holds for; NODE_NONE: there is none. */
static Site find(const Evaluator *e, Site site, NodeTest test, unsigned depth) {
    if (test(e, site)) return site;
    for (uint32_t i = 0; depth < DEPTH_MOST && i < site_count(e->project, site); i++) {
        Site found = find(e, site_below(e->project, site, i), test, depth + 1);
        if (found.node) return found;
    }
    return (Site){site.module, NODE_NONE};
}

static bool is_named(const Evaluator *e, Site site) {
    NodeKind kind = site_kind(e->project, site);
    return site.node && (kind == NODE_NAME || kind == NODE_ATTRIBUTE);
}

static bool names_serializer(const Evaluator *e, Site site) {
    return is_named(e, site) && strstr(text_at(e, site), "serializer");
}

static bool names_fields(const Evaluator *e, Site site) {
    const char *text = text_at(e, site);
    return is_named(e, site) && (!strcmp(text, "_declared_fields") || !strcmp(text, "fields")
                                 || !strcmp(text, "get_fields"));
}

/* prefetch_related(*x), select_related(*x) */
static bool loads_computed(const Evaluator *e, Site site) {
    if (site_kind(e->project, site) != NODE_CALL || site_count(e->project, site) != 2) return false;
    Site callee = site_below(e->project, site, 0);
    const char *method = text_at(e, callee);
    return site_kind(e->project, site_below(e->project, site, 1)) == NODE_STAR
           && site_kind(e->project, callee) == NODE_ATTRIBUTE
           && (!strcmp(method, "prefetch_related") || !strcmp(method, "select_related"));
}

/* What a name of the function was last bound to, in the statements of its own body. */
static Site value_of_name(const Evaluator *e, Site body, Site name) {
    Site value = {body.module, NODE_NONE};
    for (uint32_t i = 0; i < site_count(e->project, body); i++) {
        Site statement = site_below(e->project, body, i);
        if (site_kind(e->project, statement) != NODE_ASSIGN
            || site_count(e->project, statement) != 3)
            continue;
        Site target = site_below(e->project, statement, 2);
        if (site_kind(e->project, target) == NODE_NAME
            && site_node(e->project, target)->name == site_node(e->project, name)->name)
            value = site_below(e->project, statement, 0);
    }
    return value;
}

/* The function that a call of a name, or of a method of self, runs. */
static Site function_called(Evaluator *e, const Class *klass, Site callee) {
    if (site_kind(e->project, callee) == NODE_ATTRIBUTE
        && !strcmp(text_at(e, site_below(e->project, callee, 0)), "self")) {
        const ClassMember *member = class_method(e, klass, text_at(e, callee));
        return member ? member->site : (Site){callee.module, NODE_NONE};
    }
    Symbol symbol = project_expression(e->project, callee.module, callee.node);
    return symbol.kind == SYMBOL_FUNCTION ? symbol.site : (Site){callee.module, NODE_NONE};
}

static bool body_loads_fields(Evaluator *e, const Class *klass, Site body) {
    Site call = find(e, body, loads_computed, 0);
    if (!call.node) return false;
    Site made = site_below(e->project, site_below(e->project, call, 1), 0);
    if (site_kind(e->project, made) == NODE_NAME) made = value_of_name(e, body, made);
    if (!made.node || site_kind(e->project, made) != NODE_CALL) return false;
    bool given = false;
    for (uint32_t i = 1; i < site_count(e->project, made); i++)
        given = given || find(e, site_below(e->project, made, i), names_serializer, 0).node;
    if (!given) return false;
    Site function = function_called(e, klass, site_below(e->project, made, 0));
    return function.node && find(e, site_below(e->project, function, 1), names_fields, 0).node;
}

static bool class_loads_fields(Evaluator *e, const Class *klass) {
    Str name = name_of(e, "get_queryset");
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            if (member->name != name || member->kind != MEMBER_FUNCTION || !member->site.node)
                continue;
            if (body_loads_fields(e, klass, site_below(e->project, member->site, 1))) return true;
        }
    return false;
}

static const Plan *load_path(Evaluator *e, const Plan *plan, const Model *model, const char *path) {
    bool unknown;
    const Plan *loaded = plan_add_path(e->plans, e->project, plan, model, path, LOAD_PREFETCH, NULL,
                                       (Site){0}, &unknown);
    return unknown ? plan : loaded;
}

/* "author.publisher.name" -> "author__publisher": the leading relations. */
static const char *relations_of(Evaluator *e, const Model **model, const char *source) {
    const char *path = "";
    while (*model && *source) {
        size_t length = strcspn(source, ".");
        Str name = str_intern(e->project->strings, source, length);
        const Relation *relation = model_relation(*model, name);
        if (!relation || !relation->query_name) break;
        path = arena_format(e->arena, "%s%s%s", path, *path ? "__" : "",
                            project_text(e->project, relation->query_name));
        *model = relation->to;
        source += length + (source[length] == '.');
    }
    return path;
}

static const Plan *load_fields(Activation *a, const Plan *plan, const Model *model,
                               const Model *rows, const Class *klass, const char *prefix,
                               unsigned depth) {
    Evaluator *e = a->e;
    const Serializer *serializer = serializer_of(e, klass);
    for (uint32_t i = 0; i < serializer->fields.count && activation_spend(a); i++) {
        const SerializerField *field = &serializer->fields.items[i];
        if (!field->name || field->kind == FIELD_METHOD || field->kind == FIELD_CUSTOM
            || field->kind == FIELD_UNREAD)
            continue;
        const Model *to = rows;
        const char *path = relations_of(e, &to, project_text(e->project, field->source));
        if (!*path) continue;
        path = arena_format(e->arena, "%s%s%s", prefix, *prefix ? "__" : "", path);
        plan = load_path(e, plan, model, path);
        if (field->kind != FIELD_NESTED || !field->klass || !to) continue;
        if (depth < NESTED_MOST) {
            plan = load_fields(a, plan, model, to, field->klass, path, depth + 1);
        } else { /* what it loads further in is not followed */
            e->flow->statistics.cut_hops++;
            plan = plan_opened(e->plans, plan);
        }
    }
    return plan;
}

const Value *eager_queryset(Activation *a, const Value *view, const Value *queryset,
                            const Value *serializer) {
    Evaluator *e = a->e;
    bool open = queryset->kind == VALUE_QUERYSET && queryset->plan->open;
    bool known = serializer->kind == VALUE_CLASS && class_is_serializer(serializer->klass);
    if (!open || !known || !queryset->birth->model || !class_loads_fields(e, view->klass))
        return queryset;
    const Model *model = queryset->birth->model;
    const Plan *plan = plan_empty(e->plans);
    for (uint32_t i = 0; i < queryset->plan->load_count; i++)
        plan = plan_add(e->plans, plan, &queryset->plan->loads[i]);
    for (uint32_t i = 0; i < queryset->plan->annotation_count; i++)
        plan = plan_annotate(e->plans, plan, queryset->plan->annotations[i]);
    plan = load_fields(a, plan, model, model, serializer->klass, "", 0);
    const Value *loaded = value_with_plan(e->values, queryset, plan);
    return value_with_flags(e->values, loaded, VALUE_DOUBTFUL);
}
