/* From events to findings, in three steps: each event is claimed by the rule of lowest rank that
 * applies; claims of the same query (code, touch, birth, path, method) are sorted together and the
 * best way to reach it stands for all; what is left is given places and words, and sorted. */
#include "report/edit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* An event and the rule that speaks on it. */
typedef struct Claim {
    const Event *event;
    const RuleEntry *rule;
} Claim;

typedef Array(Claim) Claims;

static const RuleEntry *event_claim(const Event *event) {
    const RuleEntry *first = NULL;
    for (uint32_t i = 0; i < rule_count; i++) {
        const Rule *rule = rules[i].rule;
        if (!(rule->events & event->kind) || !rule->applies(event)) continue;
        if (!first || rule->rank < first->rule->rank) first = &rules[i];
    }
    assert(first && "an event that no rule claims needs a reason to be silent");
    return first;
}

static int order_number(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

/* A query that hangs from no relation has its fix where it stands: whichever branch of a helper
 * built it, one line is one finding. The model is no part of it: where one line makes querysets of
 * several models (model.objects), one edit of it serves them all. */
static uint64_t birth_key(const Event *event) {
    if (event->kind == EVENT_COLUMN) return site_key(event->built); /* which only() or defer() */
    if (!event->path_length) return UINT64_MAX;
    return event->birth ? site_key(event_queryset(event)) : UINT64_MAX;
}

/* Which rows a query hangs from, and how. */
static int rows_compare(const Event *left, const Event *right) {
    int order = order_number(birth_key(left), birth_key(right));
    if (!order) order = order_number(left->path_length, right->path_length);
    for (uint32_t i = 0; !order && i < left->path_length; i++) {
        order = order_number(left->path[i]->name, right->path[i]->name);
        if (!order) order = order_number(left->path[i]->query_name, right->path[i]->query_name);
    }
    return order;
}

/* 0: the same query, reached in two ways. Names only, no addresses: the order is reproducible. */
static int claim_compare(const Claim *a, const Claim *b) {
    const Event *left = a->event, *right = b->event;
    int order = order_number(site_key(left->site), site_key(right->site));
    if (!order) order = strcmp(a->rule->rule->code, b->rule->rule->code);
    if (!order) order = order_number(left->method, right->method);
    if (!order) order = order_number(left->detail, right->detail);
    return order || a->rule->rule->here ? order : rows_compare(left, right);
}

static Str claim_model(const Claim *claim) {
    return claim->event->model ? claim->event->model->label : STR_NONE;
}

static uint32_t event_repeats(const Event *event) {
    uint32_t loops = 0;
    for (uint32_t i = 0; i < event->loop_count; i++) loops += !event->loops[i]->bounded;
    return loops;
}

/* The way to show comes first: the surest (so that --min-confidence leaves it as it is), then what
 * repeats most, the shortest, the first met. */
static int claim_order(const void *a, const void *b) {
    const Claim *left = a, *right = b;
    int order = claim_compare(left, right);
    if (!order) order = order_number(right->event->confidence, left->event->confidence);
    if (!order) order = order_number(event_repeats(right->event), event_repeats(left->event));
    if (!order) order = order_number(left->event->frame_count, right->event->frame_count);
    if (!order) order = rows_compare(left->event, right->event);
    if (!order) order = order_number(claim_model(left), claim_model(right));
    return order ? order : (left->event < right->event ? -1 : left->event > right->event);
}

static Claims claims_collect(Findings *findings, const Flow *flow) {
    Claims claims = {0};
    for (uint32_t i = 0; i < flow->events.count; i++) {
        const Event *event = &flow->events.items[i];
        if (event->silence != SILENCE_NONE) {
            findings->silences[event->silence]++;
            continue;
        }
        const RuleEntry *rule = event_claim(event);
        if (rule) array_push(findings->arena, &claims, (Claim){event, rule});
    }
    if (claims.count) qsort(claims.items, claims.count, sizeof(Claim), claim_order);
    return claims;
}

static const char *kind_name(EventKind kind) {
    switch (kind) {
    case EVENT_LOAD: return "load";
    case EVENT_FETCH: return "fetch";
    case EVENT_NARROW: return "narrow";
    case EVENT_COUNT: return "count";
    case EVENT_QUERY: return "query";
    case EVENT_COLUMN: return "column";
    case EVENT_WRITE: return "write";
    case EVENT_BUILD: return "build";
    case EVENT_LOOKUP: return "lookup";
    case EVENT_LOADER: return "loader";
    case EVENT_DISCARD: return "discard";
    case EVENT_UNUSED: return "unused";
    case EVENT_SINGLE: return "single";
    case EVENT_DEEP: return "deep";
    case EVENT_DECLARE: return "declare";
    case EVENT_AGAIN: return "again";
    case EVENT_TEST: return "test";
    case EVENT_MEASURE: return "measure";
    }
    return "";
}

/* The first query is the one for the rows; a loop over something else has none. */
static const char *event_estimate(const Event *event) {
    static const char *const products[] = {"1", "N", "N·M", "N·M·K"};
    uint32_t repeats = event_repeats(event), loops = repeats < 3 ? repeats : 3;
    static const char *const sums[] = {"1", "1 + N", "1 + N·M", "1 + N·M·K"};
    if (!event->loop_count) return "";
    bool rows = event->birth != NULL;
    for (uint32_t i = 0; i < event->loop_count; i++) rows = rows || event->loops[i]->rows;
    return rows ? sums[loops] : products[loops];
}

static uint64_t hash_text(uint64_t hash, const char *text) {
    return hash_mix(hash, hash_bytes(text, strlen(text)));
}

/* The names in an expression, so that two touches in one function differ by what they read. */
static uint64_t hash_names(uint64_t hash, const Project *project, Site site) {
    enum { NODES_MOST = 256 };
    const Module *module = project->modules[site.module].module;
    NodeId waiting[NODES_MOST];
    uint32_t left = 0, seen = 0;
    if (module) waiting[left++] = site.node;
    while (left && seen++ < NODES_MOST) {
        NodeId id = waiting[--left];
        const Node *node = module_node(module, id);
        if (node->kind == NODE_BLOCK || !id) continue;
        hash = hash_mix(hash, node->kind);
        if (node->name) hash = hash_text(hash, str_text(module->strings, node->name));
        for (uint32_t i = node_count(module, id); i-- > 0 && left < NODES_MOST;)
            waiting[left++] = node_child(module, id, i);
    }
    return hash;
}

/* A module goes by its dotted name, which is the same from whatever folder it is looked at. */
static void finding_hash(Finding *finding, const Project *project, uint64_t identity) {
    uint64_t hash = hash_text(identity, finding->rule->rule->code);
    hash = hash_text(hash, finding->place.function);
    hash = hash_text(hash, finding->model);
    hash = hash_text(hash, finding->relation);
    finding->shape = hash_text(hash, finding->method);
    const SourceFile *file = project->modules[finding->place.module].file;
    finding->hash = hash_text(finding->shape, file->name ? file->name : file->shown);
}

/* In a class's body, what the evaluator names is more than the class: an action of a view, a field
 * of a serializer. */
static Place place_named(const Report *report, Site site, Str function) {
    Place place = place_touch(report->places, site);
    if (place.in_class && function) place.function = project_text(report->project, function);
    return place;
}

static void finding_chain(Finding *finding, const Report *report, const Event *event) {
    Place *chain = arena_many(report->arena, Place, event->frame_count + 1u);
    for (uint32_t i = 0; i < event->frame_count; i++)
        chain[i] = place_named(report, event->frames[i].call, event->frames[i].function);
    finding->chain = chain;
    finding->chain_count = event->frame_count;
}

/* "BookViewSet.list → BookSerializer.author → " before the message: where the request starts, and
 * the fields that lead to the query, of which the innermost are told. */
static const char *finding_way(const Finding *finding, const Report *report) {
    enum { TOLD_MOST = 3 };
    const char *told[TOLD_MOST], *way = "";
    uint32_t count = 0;
    if (finding->surface != SURFACE_SERIALIZER || !finding->chain_count) return "";
    const Place *last = &finding->chain[finding->chain_count - 1];
    if (finding->place.in_class) told[count++] = finding->place.function;
    for (uint32_t i = 0; i < finding->chain_count && count < TOLD_MOST; i++)
        if (finding->chain[i].in_class && &finding->chain[i] != last)
            told[count++] = finding->chain[i].function;
    if (!count && !last->in_class) return "";
    way = arena_format(report->arena, "%s → ", last->function);
    while (count) way = arena_format(report->arena, "%s%s → ", way, told[--count]);
    return way;
}

static Severity rule_severity(const Rule *rule, const Event *event) {
    Severity lesser = rule->lesser ? rule->lesser(event) : rule->severity;
    return lesser < rule->severity ? lesser : rule->severity;
}

static Finding finding_make(Report *report, const Claim *claim) {
    const Event *event = claim->event;
    const Project *project = report->project;
    report->message = report->fix = report->edit = "";
    claim->rule->rule->describe(event, report);
    Finding finding = {
        .rule = claim->rule,
        .severity = rule_severity(claim->rule->rule, event),
        .confidence = event->confidence,
        .surface = event->surface,
        .place = place_named(report, event->site, event->function),
        .message = report->message,
        .fix = report->fix,
        .edit = edit_fits(project, event) ? report->edit : "",
        .model = event->model ? project_text(project, event->model->label) : "",
        .relation = event_path_text(report->arena, project, event, 0, ".", false),
        .operation = kind_name(event->kind),
        .method = project_text(project, event->method),
        .estimate = event_estimate(event),
    };
    const char *detail = event->detail ? report_detail(report, event) : "";
    if (!event->path_length && event->detail) finding.relation = detail;
    else if (event->kind == EVENT_COLUMN)
        finding.relation = arena_format(report->arena, "%s.%s", finding.relation, detail);
    if (event->birth) finding.queryset = place_whole(report->places, event_queryset(event));
    if (event->loop_count) finding.loop = place_whole(report->places, event->loops[0]->site);
    finding_chain(&finding, report, event);
    const char *way = finding_way(&finding, report);
    if (*way) finding.message = arena_format(report->arena, "%s%s", way, finding.message);
    return finding;
}

static int place_order(const Place *a, const Place *b) {
    if (!a->path || !b->path) return (a->path != NULL) - (b->path != NULL);
    int order = strcmp(a->path, b->path);
    if (!order) order = order_number(a->line, b->line);
    if (!order) order = order_number(a->column, b->column);
    if (!order) order = order_number(a->end_line, b->end_line);
    return order ? order : order_number(a->end_column, b->end_column);
}

static int finding_order(const void *a, const void *b) {
    const Finding *left = a, *right = b;
    int order = place_order(&left->place, &right->place);
    if (!order) order = strcmp(left->rule->rule->code, right->rule->rule->code);
    if (!order) order = place_order(&left->queryset, &right->queryset);
    if (!order) order = strcmp(left->relation, right->relation);
    if (!order) order = strcmp(left->model, right->model);
    if (!order) order = strcmp(left->method, right->method);
    return order ? order : strcmp(left->message, right->message);
}

/* Findings that look alike get a number each, in the order of the report. */
static void findings_number(Findings *findings) {
    Map seen = {0};
    for (uint32_t i = 0; i < findings->items.count; i++) {
        Finding *finding = &findings->items.items[i];
        uint64_t hash = finding->hash;
        uint32_t *times = map_get(&seen, hash);
        if (!times) {
            times = arena_make(findings->arena, uint32_t);
            map_put(findings->arena, &seen, hash, times);
        }
        if (++*times > 1) hash = hash_mix(hash, *times);
        finding->fingerprint =
            arena_format(findings->arena, "%016llx", (unsigned long long)hash);
    }
}

static uint32_t claims_alike(const Claims *claims, uint32_t first) {
    uint32_t i = first + 1;
    while (i < claims->count && !claim_compare(&claims->items[first], &claims->items[i])) i++;
    return i - first;
}

/* What is to be added to a queryset is known when all findings have asked for it, selected or not:
 * advice does not change with the selection. */
static void edits_gather(Report *report, const Claims *claims) {
    report->edits = edits_new(report->arena, report->flow, report->places);
    report->gathering = true;
    for (uint32_t i = 0; i < claims->count; i += claims_alike(claims, i))
        claims->items[i].rule->rule->describe(claims->items[i].event, report);
    report->gathering = false;
}

Findings *findings_make(const Flow *flow, const Selection *selection) {
    Arena *arena = arena_new();
    Findings *findings = arena_make(arena, Findings);
    findings->arena = arena;
    Claims claims = claims_collect(findings, flow);
    Report report = {.arena = arena, .project = flow->project, .flow = flow,
                     .places = places_new(arena, flow->project)};
    edits_gather(&report, &claims);
    for (uint32_t i = 0, alike; i < claims.count; i += alike) {
        const Claim *shown = &claims.items[i];
        alike = claims_alike(&claims, i);
        Finding finding = finding_make(&report, shown);
        if (selection && !selection_wants(selection, &finding)) continue;
        finding.more = alike - 1;
        finding_hash(&finding, flow->project, hash_names(0, flow->project, shown->event->site));
        array_push(arena, &findings->items, finding);
    }
    findings_settle(findings);
    return findings;
}

void findings_add(Findings *findings, const Project *project, Finding finding,
                  const char *identity) {
    finding_hash(&finding, project, hash_text(0, identity));
    array_push(findings->arena, &findings->items, finding);
}

void findings_settle(Findings *findings) {
    if (findings->items.count)
        qsort(findings->items.items, findings->items.count, sizeof(Finding), finding_order);
    findings_number(findings);
}

uint32_t findings_keep(Findings *findings, FindingTest *wanted, void *context) {
    uint32_t kept = 0, count = findings->items.count;
    for (uint32_t i = 0; i < count; i++) {
        Finding finding = findings->items.items[i];
        if (wanted(&finding, context)) findings->items.items[kept++] = finding;
    }
    findings->items.count = kept;
    return count - kept;
}

bool finding_places(const Finding *finding, PlaceTest *test, void *context) {
    if (test(&finding->place, context)) return true;
    for (uint32_t i = 0; i < finding->chain_count; i++)
        if (test(&finding->chain[i], context)) return true;
    return (finding->loop.path && test(&finding->loop, context))
           || (finding->queryset.path && test(&finding->queryset, context));
}

void findings_free(Findings *findings) {
    if (findings) arena_free(findings->arena);
}
