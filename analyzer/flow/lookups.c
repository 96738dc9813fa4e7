/* Whether the paths of select_related(), prefetch_related(), only() and defer() name what the
 * models have. Django finds out when the rows are fetched; a wrong prefetch even later, when there
 * are any. Each hop is asked of the model it stands on. A name that is not there is a mistake only
 * if nothing out of view can have brought it: an incomplete model, the user model (which packages
 * point to), a field class, a to_attr. See elsewhere.h. */
#include "flow/elsewhere.h"

#include "base/suggest.h"

#include <string.h>
#include <strings.h>

enum { PATH_ROOM = 200, HOPS_MOST = 16, FAULTS_MOST = 64 };

typedef struct Lookup {
    Activation *a;
    LookupUse use;
    const Plan *plan;      /* of the rows at the hop; NULL: not followed */
    const Model *model;    /* of the hop */
    const Relation *found; /* what the last hop read means, or NULL */
    Str name;              /* the hop that is wrong */
    FaultKind fault;
    const char *best;      /* a name of the model that is close to it */
    bool code;             /* a hop is what a property or an attribute of the rows gives */
    bool probe;            /* only whether it is right is asked */
    bool sure;             /* no declaration out of view would make it right */
} Lookup;

typedef enum Verdict { PATH_RIGHT, PATH_WRONG, PATH_OPEN } Verdict;

static bool use_prefetches(LookupUse use) {
    return use == LOOKUP_PREFETCH || use == LOOKUP_OBJECTS;
}

static bool use_columns(LookupUse use) {
    return use == LOOKUP_ONLY || use == LOOKUP_DEFER;
}

static Str relation_name(const Relation *relation, LookupUse use) {
    return use_prefetches(use) ? relation->name : relation->query_name;
}

/* -- what was meant -- */

/* "book_set" of a relation that has a related_name, or the other of its two names. */
static bool relation_alias(const Project *project, const Relation *relation, Str name) {
    if (name == relation->name || name == relation->query_name) return true;
    bool reverse = relation->kind == RELATION_REVERSE_FK || relation->kind == RELATION_REVERSE_M2M;
    if (!reverse) return false;
    const char *text = project_text(project, name);
    const char *model = project_text(project, relation->to->name);
    size_t length = strlen(model);
    return !strncasecmp(text, model, length) && (!text[length] || !strcmp(text + length, "_set"));
}

static void lookup_suggest(Lookup *lookup) {
    const Project *project = lookup->a->e->project;
    const Model *model = lookup->model;
    const char *text = project_text(project, lookup->name);
    for (uint32_t i = 0; i < model->relations.count; i++) {
        const Relation *relation = model->relations.items[i];
        Str name = relation_name(relation, lookup->use);
        if (!name || (lookup->use == LOOKUP_JOIN && relation->many)) continue;
        if (relation_alias(project, relation, lookup->name)) {
            lookup->best = project_text(project, name);
            lookup->sure = true;
            return;
        }
        suggest_consider(text, project_text(project, name), &lookup->best);
    }
    for (uint32_t i = 0; use_columns(lookup->use) && i < model->fields.count; i++)
        suggest_consider(text, project_text(project, model->fields.items[i].name), &lookup->best);
}

/* -- one hop -- */

/* Whether a relation or a field may come from where we cannot see. */
static bool model_is_open(const Lookup *lookup, const Model *model) {
    const Project *project = lookup->a->e->project;
    if (!model || model->external || model->abstract || model->test) return true;
    if (!model->complete) return true;
    if (class_is_decorated(project, model->klass)) return true;
    const Model *user = project_user_model(project);
    return class_is(model->klass, "django.contrib.auth.models.AbstractBaseUser")
           || (user && (user == model || model_inherits(model, user)));
}

/* What a name that is no relation of the model means. */
static Verdict hop_without_relation(Lookup *lookup, Str name, bool last) {
    Evaluator *e = lookup->a->e;
    const Model *model = lookup->model;
    const Field *field = model_field(model, name);
    const ClassMember *member = class_member(model->klass, name);
    lookup->found = NULL;
    if (use_columns(lookup->use) && (field || name_is(e, name, "pk"))) return PATH_RIGHT;
    bool open = model_is_open(lookup, model);
    if (field) {
        lookup->name = name;
        bool column = field->relation || field_is_column(e->project, field);
        if (!column || open || (use_prefetches(lookup->use) && !last)) return PATH_OPEN;
        lookup->fault = FAULT_COLUMN;
        lookup->sure = true;
        return PATH_WRONG;
    }
    bool attribute = use_prefetches(lookup->use) && (member || elsewhere_attribute(e, name));
    lookup->code = attribute;
    if (member && (attribute || member->kind == MEMBER_VALUE)) return PATH_OPEN;
    if (lookup->probe) return PATH_WRONG;
    if (lookup->plan && plan_has_annotation(lookup->plan, name)) return PATH_OPEN;
    lookup->name = name;
    lookup->fault = FAULT_UNKNOWN;
    lookup_suggest(lookup);
    if (lookup->sure && !open) return PATH_WRONG;
    if (open || attribute || elsewhere_relation(e, name)) return PATH_OPEN;
    bool other = lookup->plan && lookup->plan->open && map_get(&e->project->relation_names, name);
    return other ? PATH_OPEN : PATH_WRONG;
}

static const Relation *hop_relation(const Lookup *lookup, Str name) {
    if (use_prefetches(lookup->use)) return model_relation(lookup->model, name);
    const Relation *found = model_lookup(lookup->model, name);
    if (found || lookup->use != LOOKUP_JOIN) return found;
    found = model_relation(lookup->model, name); /* "book_set": wrong in another way */
    return found && found->many ? found : NULL;
}

static bool relation_joins(const Relation *relation) {
    return !relation->many && relation->kind != RELATION_GENERIC_FK
           && relation->kind != RELATION_GENERIC;
}

/* One name of the path. RIGHT: the lookup stands behind it now. */
static Verdict lookup_hop(Lookup *lookup, Str name, bool last) {
    Plans *plans = lookup->a->e->plans;
    const Load *named = use_prefetches(lookup->use) && lookup->plan
                            ? plan_attribute(lookup->plan, name) : NULL;
    if (named) {
        lookup->found = named->relation;
        lookup->model = named->relation->to;
        lookup->plan = named->below;
        return PATH_RIGHT;
    }
    if (!lookup->model) return PATH_OPEN;
    const Relation *relation = hop_relation(lookup, name);
    if (!relation) return hop_without_relation(lookup, name, last);
    lookup->found = relation;
    if (lookup->use == LOOKUP_JOIN && !relation_joins(relation)) {
        lookup->name = name;
        lookup->fault = FAULT_MANY;
        lookup->sure = true;
        return PATH_WRONG;
    }
    if (use_columns(lookup->use) && !relation_joins(relation)) return PATH_OPEN;
    if (lookup->plan) plan_cover(plans, lookup->plan, relation, NULL, &lookup->plan);
    if (!last) lookup->model = relation->to;
    return PATH_RIGHT;
}

static Verdict lookup_walk(Lookup *lookup, const char *text) {
    Strings *strings = lookup->a->e->project->strings;
    for (uint32_t hops = 0; hops < HOPS_MOST; hops++) {
        const char *end = strstr(text, "__");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        Str name = lookup->probe ? str_find(strings, text, length)
                                 : str_intern(strings, text, length);
        if (!name) return PATH_WRONG;
        Verdict verdict = lookup_hop(lookup, name, !end);
        if (verdict != PATH_RIGHT || !end) return verdict;
        bool column = !lookup->found; /* a column's own parts: JSON keys, transforms */
        if (column || !lookup->found->to) return PATH_OPEN;
        text = end + 2;
    }
    return PATH_OPEN;
}

/* -- "tags" "notes" -- */

static bool piece_is_path(const Lookup *start, const char *text, size_t length) {
    char piece[PATH_ROOM];
    memcpy(piece, text, length);
    piece[length] = '\0';
    Lookup lookup = *start;
    lookup.probe = true;
    Verdict verdict = lookup_walk(&lookup, piece);
    bool named = lookup.model && lookup.name && class_member(lookup.model->klass, lookup.name);
    return verdict == PATH_RIGHT || (verdict == PATH_OPEN && named);
}

/* Where two paths were glued, or 0. */
static size_t glued_at(const Lookup *start, const char *text) {
    size_t length = strlen(text);
    if (length >= PATH_ROOM) return 0;
    for (size_t at = 2; at + 2 <= length; at++)
        if (piece_is_path(start, text, at) && piece_is_path(start, text + at, length - at))
            return at;
    return 0;
}

/* -- saying it -- */

static const char *use_name(LookupUse use) {
    switch (use) {
    case LOOKUP_JOIN: return "select_related";
    case LOOKUP_PREFETCH: return "prefetch_related";
    case LOOKUP_OBJECTS: return "prefetch_related_objects";
    case LOOKUP_ONLY: return "only";
    case LOOKUP_DEFER: return "defer";
    }
    return "";
}

static bool branch_is_undecided(const Activation *a) {
    for (; a; a = a->caller)
        if (a->undecided) return true;
    return false;
}

static void fault_say(Activation *a, EventKind kind, Fault fault, Event event) {
    if (a->state.dead || a->guard) return;
    Fault *kept = arena_make(a->e->arena, Fault);
    *kept = fault;
    event.kind = kind;
    event.fault = kept;
    event.surface = a->surface;
    uint32_t before = a->e->flow->events.count;
    event_once(a->e, &event);
    if (a->e->flow->events.count > before && fault.kind != FAULT_DEFERRED)
        array_push(a->e->arena, &a->e->faults, before);
}

/* The rows are never made. Nodes are numbered as they end: what stands in the call has smaller
 * numbers, and begins in it. */
static void lookup_unused(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    uint32_t first = e->faults.count > FAULTS_MOST ? e->faults.count - FAULTS_MOST : 0;
    for (uint32_t i = e->faults.count; i-- > first;) {
        Event *event = &e->flow->events.items[e->faults.items[i]];
        bool inside = event->site.module == a->module && event->site.node < node
                      && site_node(e->project, event->site)->start >= node_at(a, node)->start;
        if (inside) event->confidence = CONFIDENCE_POSSIBLE;
    }
}

/* The path stands in a method of the very class whose object runs it: what that class calls its
 * model is meant, though the rows are born in a line that serves many models. */
static bool class_is_own(const Activation *a) {
    return a->owner && a->self && a->self->kind == VALUE_OBJECT && a->self->klass == a->owner;
}

static Confidence lookup_confidence(const Lookup *lookup, const Birth *birth) {
    if (birth->shared && !class_is_own(lookup->a)) return CONFIDENCE_POSSIBLE;
    if (lookup->sure) return CONFIDENCE_CERTAIN;
    if (lookup->a->e->project->partial) return CONFIDENCE_POSSIBLE;
    if (branch_is_undecided(lookup->a)) return CONFIDENCE_POSSIBLE;
    return CONFIDENCE_LIKELY;
}

static void path_fault(Lookup *lookup, const Lookup *start, const Birth *birth, Str path,
                       size_t at, Site site) {
    Strings *strings = lookup->a->e->project->strings;
    const char *text = project_text(lookup->a->e->project, path);
    Fault fault = {.kind = lookup->fault, .name = lookup->name};
    Event event = {.site = site, .detail = path, .model = lookup->model,
                   .method = str_of(strings, use_name(lookup->use))};
    if (at) {
        fault = (Fault){FAULT_GLUED, str_intern(strings, text, at), str_of(strings, text + at)};
        event.model = start->model;
        lookup->sure = true;
    } else if (fault.kind == FAULT_UNKNOWN && lookup->best) {
        fault.better = str_of(strings, lookup->best);
    }
    event.confidence = lookup_confidence(lookup, birth);
    fault_say(lookup->a, fault.kind == FAULT_MANY ? EVENT_LOADER : EVENT_LOOKUP, fault, event);
}

/* A foreign key of the rows themselves, prefetched by its bare name, with nothing below it: a join
 * would do. `after` is the plan with all lookups of the call. */
static bool path_joinable(Activation *a, const Value *qs, const Plan *after, Str path) {
    const Relation *relation = model_relation(qs->birth->model, path);
    bool forward = relation && (relation->kind == RELATION_FK || relation->kind == RELATION_O2O);
    if (!forward || !relation->to || !relation->to->complete || relation->to == qs->birth->model)
        return false;
    const Load *load;
    const Plan *below;
    if (plan_cover(a->e->plans, qs->plan, relation, NULL, NULL) != COVER_NONE) return false;
    if (plan_cover(a->e->plans, after, relation, &load, &below) != COVER_FULL) return false;
    return load && load->how == LOAD_PREFETCH && below == plan_empty(a->e->plans);
}

/* Rows share what a foreign key leads to: with few targets, or wide ones, a query of their own may
 * be the better choice. What a one-to-one field leads to belongs to one row. */
static Confidence joinable_confidence(const Value *qs, Str path) {
    const Relation *relation = model_relation(qs->birth->model, path);
    return relation->kind == RELATION_O2O ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE;
}

/* Another lookup of the call goes on from there: the prefetch is a step on its way. */
static bool path_goes_on(const Project *project, const Arguments *arguments, Str path) {
    const char *text = project_text(project, path);
    size_t length = strlen(text);
    for (uint32_t i = 0; i < arguments->count; i++) {
        const Value *value = arguments->values[i];
        if (value->kind != VALUE_STRING && value->kind != VALUE_PREFETCH) continue;
        const char *other = project_text(project, value->name);
        if (!strncmp(other, text, length) && !strncmp(other + length, "__", 2)) return true;
    }
    return false;
}

void lookup_check_prefetches(Activation *a, const Value *qs, const Plan *after,
                             const Arguments *arguments) {
    Strings *strings = a->e->project->strings;
    if (qs->birth->shared || after->open) return;
    for (uint32_t i = 0; i < arguments->count; i++) {
        const Value *value = arguments->values[i];
        bool literal = node_at(a, arguments->nodes[i])->kind == NODE_STRING;
        if (!literal || value->kind != VALUE_STRING) continue;
        if (path_goes_on(a->e->project, arguments, value->name)) continue;
        if (!path_joinable(a, qs, after, value->name)) continue;
        Event event = {.site = site_of(a, arguments->nodes[i]), .detail = value->name,
                       .model = qs->birth->model,
                       .confidence = joinable_confidence(qs, value->name),
                       .method = str_of(strings, use_name(LOOKUP_PREFETCH))};
        fault_say(a, EVENT_LOADER, (Fault){FAULT_JOINABLE, value->name, STR_NONE}, event);
    }
}

static void path_deep(Activation *a, const Birth *birth, Str path, Site site) {
    uint64_t hops = 1, most = a->e->options->prefetch_depth;
    const char *text = project_text(a->e->project, path);
    for (const char *at = strstr(text, "__"); at; at = strstr(at + 2, "__")) hops++;
    if (hops <= (most ? most : DEFAULT_PREFETCH_DEPTH) || a->state.dead) return;
    event_once(a->e, &(Event){.kind = EVENT_DEEP, .site = site, .detail = path,
                              .method = str_of(a->e->project->strings, "prefetch_related"),
                              .model = birth->model, .surface = a->surface,
                              .confidence = CONFIDENCE_CERTAIN});
}

/* The string itself, when it stands in the argument: in a list, or behind a star. */
static Site string_site(const Activation *a, Site site, Str text, unsigned depth) {
    const Module *module = a->e->project->modules[site.module].module;
    const Node *node = module_node(module, site.node);
    bool holds = node->kind == NODE_LIST || node->kind == NODE_TUPLE || node->kind == NODE_SET;
    for (uint32_t i = 0; holds && depth < 4 && i < node_count(module, site.node); i++) {
        Site child = {site.module, node_child(module, site.node, i)};
        Site found = string_site(a, child, text, depth + 1);
        if (found.node != child.node) return found;
        const Node *item = module_node(module, child.node);
        bool same = item->kind == NODE_STRING
                    && project_name(a->e->project, site.module, item->name) == text;
        if (same) return child;
    }
    return site;
}

static bool check_path(Activation *a, const Birth *birth, const Plan *plan, Str path,
                       LookupUse use, Site site) {
    const char *text = project_text(a->e->project, path);
    Lookup start = {.a = a, .use = use, .plan = plan, .model = birth->model};
    Lookup lookup = start;
    uint64_t key = hash_mix(site_key(site), (uint64_t)path << 32 | birth->model->label);
    key = hash_mix(key, use + 1u);
    if (map_get(&a->e->wrong, key)) return true;
    if (strlen(text) != str_length(a->e->project->strings, path)) return true;
    site = string_site(a, site, path, 0);
    if (use_prefetches(use)) path_deep(a, birth, path, site);
    Verdict verdict = lookup_walk(&lookup, text);
    bool unknown = verdict != PATH_RIGHT && lookup.name && lookup.fault == FAULT_UNKNOWN;
    size_t at = unknown ? glued_at(&start, text) : 0;
    if (verdict == PATH_WRONG || at) {
        path_fault(&lookup, &start, birth, path, at, site);
        if (!a->guard && !a->state.dead) map_put(a->e->arena, &a->e->wrong, key, a->e);
    }
    return !lookup.code && verdict != PATH_WRONG; /* which raises: nothing behind it counts */
}

bool lookup_check(Activation *a, const Birth *birth, const Plan *plan, const Value *argument,
                  LookupUse use, Site site) {
    bool known = true;
    if (!birth->model) return true;
    switch ((ValueKind)argument->kind) {
    case VALUE_STRING: return check_path(a, birth, plan, argument->name, use, site);
    case VALUE_PREFETCH:
        return !use_prefetches(use)
               || check_path(a, birth, plan, argument->name, use, argument->site);
    case VALUE_SEQUENCE:
        for (uint32_t i = 0; i < argument->count; i++)
            known &= lookup_check(a, birth, plan, argument->items[i], use, site);
        return known;
    default: return true;
    }
}

/* -- joined and left out at once -- */

/* A foreign key that is joined though the rows' columns leave it out; NULL: none. */
static const Relation *join_left_out(Plans *plans, const Plan *plan, uint32_t *left) {
    for (uint32_t i = 0; !plan->open && i < plan->load_count && *left; i++, --*left) {
        const Load *load = &plan->loads[i];
        const Relation *relation = load->relation;
        const Plan *below = load->below;
        bool forward = relation->kind == RELATION_FK || relation->kind == RELATION_O2O;
        if (load->cover != COVER_FULL) continue;
        if (load->how == LOAD_JOIN && forward && !plan->columns_maybe) {
            const Field *field = model_field(relation->from, relation->name);
            if (field && field->relation == relation && plan_defers(plan, field)) return relation;
        }
        if (!load->to_attr) plan_cover(plans, plan, relation, NULL, &below);
        const Relation *deeper = join_left_out(plans, below, left);
        if (deeper || !*left) return deeper;
    }
    return NULL;
}

void lookup_check_rows(Activation *a, NodeId node, const Value *qs) {
    const Plan *plan = qs->plan;
    if (plan->rows == ROWS_VALUES || qs->flags & (VALUE_EMPTY | VALUE_DOUBTFUL)) return;
    uint32_t left = LIMIT_MATCHES;
    const Relation *relation = join_left_out(a->e->plans, plan, &left);
    if (!left) a->e->flow->statistics.cut_events++;
    if (!relation || branch_is_undecided(a)) return;
    Event event = {.site = site_of(a, node), .detail = relation->name, .model = relation->from,
                   .method = str_of(a->e->project->strings, "only"), .birth = qs->birth,
                   .built = qs->site, .confidence = CONFIDENCE_LIKELY};
    fault_say(a, EVENT_LOOKUP, (Fault){FAULT_DEFERRED, relation->name, STR_NONE}, event);
}

void lookup_check_method(Activation *a, NodeId node, const Value *qs,
                         const QuerysetMethod *method, bool served) {
    switch ((QuerysetResult)method->result) {
    case RESULT_ROW: case RESULT_ROW_OR_NONE:
        if (method->runs != RUNS_WRITE && !served) single_fetched(a, node, qs);
        /* fallthrough */
    case RESULT_ROW_ITERATOR: case RESULT_ROW_DICT:
        if (method->runs != RUNS_WRITE && !served) lookup_check_rows(a, node, qs);
        break;
    case RESULT_SCALAR: case RESULT_BOOL: case RESULT_DICT: case RESULT_DELETED:
        lookup_unused(a, node);
        break;
    default: if (method->effect == PLAN_VALUES) lookup_unused(a, node);
    }
}
