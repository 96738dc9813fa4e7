/* Plans that are thrown away: by a statement that drops the queryset, by values() and by
 * iterator(), or because the rows are kept under a name that is not the one that is read.
 *
 * A load is called lost where the code itself shows it: `values()` counts only in the chain of
 * calls that asked for the prefetch, because a queryset in a variable may have other uses. */
#include "flow/evaluate.h"

enum { CHAIN_MOST = 32 };

static bool method_loads(Activation *a, NodeId callee, bool prefetch_only) {
    Str name = node_name(a, callee);
    if (name_is(a->e, name, "prefetch_related")) return true;
    return !prefetch_only && name_is(a->e, name, "select_related");
}

/* The path that a load's call names first: select_related("author"), Prefetch("books", ...). */
static Str call_path(Activation *a, NodeId call, unsigned depth) {
    NodeId first = child_at(a, call, 1);
    if (node_at(a, first)->kind == NODE_STRING) return node_name(a, first);
    return node_at(a, first)->kind == NODE_CALL && depth ? call_path(a, first, depth - 1)
                                                         : STR_NONE;
}

static bool call_clears(Activation *a, NodeId call) {
    const Node *first = node_at(a, child_at(a, call, 1));
    return first->kind == NODE_CONSTANT && first->extra == CONSTANT_NONE;
}

/* One event for a chain of calls that load: at the last of them. */
static void chain_discard(Activation *a, NodeId call, const Value *qs, bool prefetch_only,
                          Str by) {
    Evaluator *e = a->e;
    for (uint32_t i = 0; i < CHAIN_MOST && node_at(a, call)->kind == NODE_CALL; i++) {
        NodeId callee = child_at(a, call, 0);
        if (node_at(a, callee)->kind != NODE_ATTRIBUTE) return;
        if (method_loads(a, callee, prefetch_only)) {
            if (call_clears(a, call)) return;
            Event event = {.kind = EVENT_DISCARD, .site = site_of(a, call), .surface = a->surface,
                           .detail = call_path(a, call, 1), .built = qs->site,
                           .method = by ? by : node_name(a, callee),
                           .confidence = CONFIDENCE_CERTAIN};
            event_place(&event, qs->birth, NULL);
            event.path_length = 0; /* the detail says which load it is */
            event_once(e, &event);
            return;
        }
        call = child_at(a, callee, 0);
    }
}

/* What a chain of calls and attributes starts with; `manages` (may be NULL) is set if the chain
 * goes through a manager by name. */
static NodeId chain_start(Activation *a, NodeId node, bool *manages) {
    for (uint32_t i = 0; i < CHAIN_MOST; i++) {
        uint8_t kind = node_at(a, node)->kind;
        if (kind != NODE_CALL && kind != NODE_ATTRIBUTE) return node;
        Str name = kind == NODE_ATTRIBUTE ? node_name(a, node) : STR_NONE;
        if (manages && name)
            *manages |= name_is(a->e, name, "objects") || name_is(a->e, name, "_default_manager");
        node = child_at(a, node, 0);
    }
    return node;
}

static bool node_is_name(Activation *a, NodeId node, Str local) {
    return node_at(a, node)->kind == NODE_NAME && node_at(a, node)->name == local;
}

/* Whether all that the function assigns to the name in front of `use` are querysets of some model:
 * X.objects.all(), and what is derived from the name itself. */
static bool name_is_queryset(Activation *a, Str local, NodeId use) {
    const Module *module = a->e->project->modules[a->module].module;
    uint32_t start = node_at(a, a->definition)->start, end = node_at(a, use)->start;
    uint32_t managed = 0;
    for (uint32_t i = 1; i < module->nodes.count; i++) {
        const Node *node = &module->nodes.items[i];
        if (node->start < start || node->start >= end) continue;
        if (node->kind == NODE_PARAMETER && node->name == local) return false;
        bool binds = node->kind == NODE_FOR || node->kind == NODE_WITH_ITEM;
        NodeId target = child_at(a, i, node->kind == NODE_FOR ? 0 : 1);
        if (binds && node_is_name(a, target, local)) return false;
        if (node->kind != NODE_ASSIGN || !node_is_name(a, child_at(a, i, 2), local)) continue;
        bool manages = false;
        NodeId from = chain_start(a, child_at(a, i, 0), &manages);
        if (!manages && !node_is_name(a, from, local)) return false;
        managed += manages;
    }
    return managed > 0;
}

/* items.select_related("author") of a model that is not in view: the call says enough. */
static void unknown_discard(Activation *a, NodeId call) {
    if (!a->definition || node_at(a, call)->kind != NODE_CALL || children_of(a, call) < 2) return;
    NodeId callee = child_at(a, call, 0);
    if (node_at(a, callee)->kind != NODE_ATTRIBUTE || !method_loads(a, callee, false)) return;
    for (uint32_t i = 1; i < children_of(a, call); i++)
        if (node_at(a, child_at(a, call, i))->kind != NODE_STRING) return;
    NodeId from = child_at(a, callee, 0);
    if (node_at(a, from)->kind != NODE_NAME) return;
    if (!name_is_queryset(a, node_at(a, from)->name, call)) return;
    Event event = {.kind = EVENT_DISCARD, .site = site_of(a, call), .surface = a->surface,
                   .detail = call_path(a, call, 1), .method = node_name(a, callee),
                   .confidence = CONFIDENCE_LIKELY};
    event_once(a->e, &event);
}

void discard_statement(Activation *a, NodeId statement, const Value *value) {
    if (a->state.dead) return;
    bool unknown = value->kind == VALUE_UNKNOWN || value->kind == VALUE_SCALAR; /* model = None */
    if (unknown) unknown_discard(a, child_at(a, statement, 0));
    if (value->kind != VALUE_QUERYSET) return;
    chain_discard(a, child_at(a, statement, 0), value, false, STR_NONE);
}

void discard_values(Activation *a, NodeId node, const Value *qs) {
    if (node_at(a, node)->kind != NODE_CALL || a->state.dead) return;
    NodeId callee = child_at(a, node, 0);
    if (node_at(a, callee)->kind != NODE_ATTRIBUTE) return;
    chain_discard(a, child_at(a, callee, 0), qs, true, node_name(a, callee));
}

/* The first relation of the plan that only a prefetch brings. */
static const Load *plan_prefetch(const Plan *plan, const Relation **path, uint8_t *length) {
    for (uint32_t i = 0; *length < EVENT_PATH && i < plan->load_count; i++) {
        const Load *load = &plan->loads[i];
        path[(*length)++] = load->relation;
        if (load->how == LOAD_PREFETCH && load->cover != COVER_NONE) return load;
        if (load->how == LOAD_JOIN) {
            const Load *below = plan_prefetch(load->below, path, length);
            if (below) return below;
        }
        (*length)--;
    }
    return NULL;
}

/* What becomes of prefetches, by the Django versions that the project may run on; NULL: done. */
static const char *stream_outcome(const Project *project, bool is_async, bool sized) {
    if (is_async)
        return project->django_most < 50 ? "makes .aiterator() raise NotImplementedError" : NULL;
    if (sized) return project->django_most < 41 ? "is ignored by .iterator() before Django 4.1"
                                                : NULL;
    if (project->django_least >= 50)
        return "makes .iterator() without chunk_size raise ValueError";
    if (project->django_most < 50) return "is ignored by .iterator() without chunk_size";
    return "is ignored by .iterator() without chunk_size, and raises ValueError from Django 5.0 on";
}

const Value *discard_stream(Activation *a, NodeId node, const Value *qs, Str method,
                            const Arguments *arguments) {
    Evaluator *e = a->e;
    Event event = {.kind = EVENT_DISCARD, .site = site_of(a, node), .method = method,
                   .surface = a->surface, .built = qs->site, .birth = qs->birth,
                   .model = qs->birth->model, .confidence = CONFIDENCE_CERTAIN};
    event.load = plan_prefetch(qs->plan, event.path, &event.path_length);
    if (!event.load || arguments->open || a->state.dead) return qs;
    const Value *size = argument(arguments, e, 0, "chunk_size");
    const char *outcome = stream_outcome(e->project, name_is(e, method, "aiterator"),
                                         size && size->kind != VALUE_NONE);
    if (!outcome) return qs;
    event.detail = str_of(e->project->strings, outcome);
    event.cover = event.load->cover;
    if (qs->flags & VALUE_DOUBTFUL) event.confidence = CONFIDENCE_LIKELY;
    if (event.cover == COVER_MAYBE) event.confidence = CONFIDENCE_POSSIBLE;
    if (qs->birth->known) event_once(e, &event);
    return value_with_plan(e->values, qs, plan_discard(e->plans, qs->plan));
}

void touch_aside(Event *event, const Plan *plan, const Relation *relation) {
    const Load *kept = event->cover == COVER_NONE && !event->load ? plan_aside(plan, relation)
                                                                  : NULL;
    if (!kept) return;
    event->aside = true;
    event->load = kept;
    event->detail = kept->to_attr;
}
