/* The fate of a queryset within the function that makes it: fetched twice, fetched only to be
 * tested, or fetched only to be counted, summed or mapped to one column.
 *
 * The evaluator says that a value is a queryset born here; the source says what becomes of it. All
 * uses of a variable have to be in view (uses.h), and it is bound once: else nothing is said. */
#include "flow/evaluate.h"
#include "flow/uses.h"

#include <stdlib.h>

enum { PATH_MOST = 128, SCAN_MOST = 4000 };

typedef struct Fate {
    Activation *a;
    const Value *qs;
    const Use *uses;
    uint32_t count;
    NodeId bound;      /* the value it is bound to */
} Fate;

/* -- which querysets count -- */

/* A plain queryset of its own: not one that a prefetch, a caller or a slice may have settled. */
static bool queryset_is_plain(Activation *a, const Value *qs) {
    unsigned unfit = VALUE_EMPTY | VALUE_SLICED | VALUE_DOUBTFUL;
    if (!qs->birth->known || !qs->birth->model || qs->flags & unfit) return false;
    if (a->muted || a->state.dead || a->guard || a->loop_count || !a->definition) return false;
    const Value *row = qs->self && qs->self->kind == VALUE_ROW ? qs->self : NULL;
    if (!row) return true;
    return qs->birth->relation && row->turn == TURN_FRESH && !row->birth->parent
           && plan_cover(a->e->plans, row->plan, qs->birth->relation, NULL, NULL) == COVER_NONE;
}

/* Whether the queryset was made by the running function itself, so that nobody else has it. */
static bool made_here(Activation *a, const Value *qs) {
    if (qs->site.module != a->module || !qs->site.node) return false;
    const Module *module = a->e->project->modules[a->module].module;
    uint32_t at = node_at(a, qs->site.node)->start;
    return at >= node_at(a, a->definition)->start && at < module->ends.items[a->definition];
}

static bool is_parameter(Activation *a, Str local) {
    NodeId parameters = child_at(a, a->definition, 0);
    for (uint32_t i = 0; i < children_of(a, parameters); i++)
        if (node_at(a, child_at(a, parameters, i))->name == local) return true;
    return false;
}

/* All uses of a variable that is bound once; its binding is left out. */
static bool variable_uses(Activation *a, NodeId name, Use *uses, uint32_t *count) {
    Str local = node_at(a, name)->name;
    uint32_t found, bound = 0;
    if (is_parameter(a, local)) return false;
    if (!uses_of_name(a->e->uses, site_of(a, a->definition), local, uses, &found)) return false;
    *count = 0;
    for (uint32_t i = 0; i < found; i++) {
        bound += uses[i].as == AS_BOUND;
        if (uses[i].as != AS_BOUND) uses[(*count)++] = uses[i];
    }
    return bound == 1;
}

static void fate_say(Activation *a, const Value *qs, EventKind kind, NodeId node,
                     const char *method, Str detail) {
    Event event = {.kind = kind, .site = site_of(a, node), .surface = a->surface,
                   .method = str_of(a->e->project->strings, method), .detail = detail,
                   .built = qs->site, .confidence = CONFIDENCE_CERTAIN};
    event_place(&event, qs->birth, NULL);
    event_once(a->e, &event);
}

static const QuerysetMethod *use_method(const Fate *fate, const Use *use) {
    if (use->as != AS_METHOD) return NULL;
    return queryset_method(project_text(fate->a->e->project, use->name));
}

/* Uses that neither fetch the rows nor let the queryset go anywhere. */
static bool use_leaves_rows(const Fate *fate, const Use *use) {
    if (use->as == AS_IDENTITY || use->as == AS_DROPPED) return true;
    const QuerysetMethod *method = use_method(fate, use);
    if (!method) return false;
    switch ((QuerysetResult)method->result) {
    case RESULT_QUERYSET: case RESULT_SCALAR: case RESULT_BOOL: case RESULT_DICT:
    case RESULT_DELETED: return true;
    default: return false;
    }
}

/* -- fetched only to be tested -- */

static void fate_tests(const Fate *fate) {
    const Use *first = NULL;
    for (uint32_t i = 0; i < fate->count; i++) {
        const Use *use = &fate->uses[i];
        bool tests = use->as == AS_TRUTH || use->as == AS_LENGTH;
        if (!tests && !use_leaves_rows(fate, use)) return;
        if (tests && (!first || use->as == AS_LENGTH)) first = use;
    }
    if (!first) return;
    bool length = first->as == AS_LENGTH;
    fate_say(fate->a, fate->qs, EVENT_TEST, length ? first->by : first->node,
             length ? "len" : "bool", STR_NONE);
}

void fate_tested(Activation *a, NodeId node, const Value *qs, QuerysetOperation operation) {
    bool length = operation == OPERATION_LENGTH;
    if (!length && operation != OPERATION_TRUTH) return;
    if (!queryset_is_plain(a, qs) || node_at(a, node)->kind != NODE_CALL) return;
    Site made = qs->site;
    NodeId asked = node;
    if (made.node != node) asked = child_at(a, node, 1);
    if (made.module != a->module || made.node != asked) return;
    Use use = uses_of(a->e->uses, site_of(a, asked));
    if (use.as == (length ? AS_LENGTH : AS_TRUTH))
        fate_say(a, qs, EVENT_TEST, asked, length ? "len" : "bool", STR_NONE);
}

/* -- fetched twice -- */

static bool use_fetches(const Use *use) {
    return use->as == AS_LOOP || use->as == AS_LIST || use->as == AS_LENGTH || use->as == AS_TRUTH
           || use->as == AS_MEMBER;
}

/* Uses that do not hand the queryset itself to anybody. */
static bool use_stays(const Fate *fate, const Use *use) {
    const QuerysetMethod *method = use_method(fate, use);
    if (method && (method->result == RESULT_ROW || method->result == RESULT_ROW_OR_NONE))
        return true;
    return use_fetches(use) || use_leaves_rows(fate, use) || use->as == AS_INDEX
           || use->as == AS_SLICE;
}

static NodeId parent_of(const Activation *a, NodeId node) {
    return uses_parent(a->e->uses, site_of(a, node));
}

static bool block_leaves(const Activation *a, NodeId block) {
    uint32_t count = children_of(a, block);
    if (node_at(a, block)->kind != NODE_BLOCK || !count) return false;
    switch (node_at(a, child_at(a, block, count - 1))->kind) {
    case NODE_RETURN: case NODE_RAISE: case NODE_CONTINUE: case NODE_BREAK: return true;
    default: return false;
    }
}

/* 1: the condition holds where there are rows, -1: where there are none, 0: not decided. */
static int condition_sense(const Activation *a, NodeId condition, NodeId asked) {
    const Node *at = node_at(a, condition);
    if (condition == asked) return 1;
    if (child_at(a, condition, 0) != asked) return 0;
    if (at->kind == NODE_UNARY && at->extra == OP_NOT) return -1;
    if (at->kind != NODE_COMPARE) return 0;
    const Node *right = node_at(a, child_at(a, condition, 1));
    const Module *module = a->e->project->modules[a->module].module;
    bool zero = right->kind == NODE_NUMBER && !strcmp(str_text(module->strings, right->name), "0");
    if (at->extra == OP_EQ) return zero ? -1 : 0;
    return at->extra == OP_GT || (zero && at->extra == OP_NE) ? 1 : 0;
}

/* Whether code behind a branch still runs, with rows there, when the branch was entered by way of
 * `from` (its child): `if not qs.exists(): return` does not stop what follows. */
static bool passes_on(const Activation *a, NodeId branch, NodeId from, NodeId asked) {
    switch ((NodeKind)node_at(a, branch)->kind) {
    case NODE_RETURN: case NODE_RAISE: case NODE_LAMBDA: case NODE_CASE: case NODE_HANDLER:
        return false;
    case NODE_CONDITIONAL: case NODE_BOOLEAN: return child_at(a, branch, 0) == from;
    case NODE_IF: break;
    default: return true;
    }
    if (from != child_at(a, branch, 0)) return !block_leaves(a, from);
    bool yes = block_leaves(a, child_at(a, branch, 1));
    bool no = block_leaves(a, child_at(a, branch, 2));
    int sense = condition_sense(a, from, asked);
    return (!yes || sense < 0) && (!no || sense > 0);
}

/* The same at the branch in which both stand. */
static bool meets_in(const Activation *a, NodeId both, NodeId from, NodeId to, NodeId asked) {
    switch ((NodeKind)node_at(a, both)->kind) {
    case NODE_MATCH: return false;
    case NODE_TRY: return from == child_at(a, both, 0) && to != child_at(a, both, 2)
                          && node_at(a, to)->kind != NODE_HANDLER;
    case NODE_IF: case NODE_CONDITIONAL: {
        if (from != child_at(a, both, 0)) return false;
        int sense = condition_sense(a, from, asked);
        return to == child_at(a, both, 1) ? sense > 0 : sense < 0;
    }
    default: return true;
    }
}

/* Whether `later` runs after `earlier` in one call of the function, with rows to fetch. */
static bool runs_after(const Activation *a, NodeId earlier, NodeId later) {
    NodeId path[PATH_MOST];
    uint32_t length = 0;
    for (NodeId at = earlier; at != a->definition && length < PATH_MOST; at = parent_of(a, at))
        path[length++] = at;
    NodeId below = later;
    uint32_t meet = length;
    for (uint32_t steps = 0; steps < PATH_MOST && below != a->definition; steps++) {
        NodeId above = parent_of(a, below);
        for (meet = 0; meet < length && path[meet] != above; meet++) continue;
        if (meet < length) break;
        below = above;
    }
    if (!meet || meet >= length) return false;
    for (uint32_t i = 0; i + 1 < meet; i++)
        if (!passes_on(a, path[i + 1], path[i], earlier)) return false;
    return meets_in(a, path[meet], path[meet - 1], below, earlier);
}

static bool in_loop(const Activation *a, NodeId node) {
    for (uint32_t i = 0; i < PATH_MOST && node != a->definition; i++) {
        NodeId parent = parent_of(a, node);
        uint8_t kind = node_at(a, parent)->kind;
        bool turns = kind == NODE_FOR || kind == NODE_COMP_FOR || kind == NODE_COMPREHENSION;
        if (kind == NODE_WHILE || (turns && child_at(a, parent, 1) != node)) return true;
        node = parent;
    }
    return false;
}

/* Whether something between two places may change the rows. */
static bool writes_between(const Activation *a, NodeId from, NodeId to) {
    const Module *module = a->e->project->modules[a->module].module;
    uint32_t first = node_at(a, from)->start, last = node_at(a, to)->start;
    uint32_t start = node_at(a, a->definition)->start, steps = 0;
    for (NodeId i = a->definition; i-- > 1;) {
        const Node *node = module_node(module, i);
        if (node->start < start) break;
        if (++steps > SCAN_MOST) {
            a->e->flow->statistics.cut_uses++;
            return true;
        }
        if (node->kind != NODE_ATTRIBUTE || node->start < first || node->start >= last) continue;
        const char *name = project_text(a->e->project, node_name(a, i));
        const QuerysetMethod *method = queryset_method(name);
        if ((method && method->runs == RUNS_WRITE) || strstr(name, "save")) return true;
    }
    return false;
}

/* count() or exists(), and then the rows: len() and truth of the fetched rows are free. */
static void fate_counted(const Fate *fate, uint32_t at) {
    const Use *use = &fate->uses[at];
    const QuerysetMethod *method = use_method(fate, use);
    bool asks = method && (!strcmp(method->name, "count") || !strcmp(method->name, "exists"));
    if (!asks || in_loop(fate->a, use->by) || children_of(fate->a, use->by) > 1) return;
    for (uint32_t i = at + 1; i < fate->count; i++) {
        const Use *later = &fate->uses[i];
        if (!use_stays(fate, later)) return;
        if (!use_fetches(later)) continue;
        if (runs_after(fate->a, use->by, later->node)
            && !writes_between(fate->a, use->node, later->node))
            fate_say(fate->a, fate->qs, EVENT_AGAIN, use->by, method->name, STR_NONE);
        return;
    }
}

/* qs[0] and qs[0] again, before anything has fetched the rows. */
static void fate_indexed(const Fate *fate, uint32_t at) {
    const Use *use = &fate->uses[at];
    if (use->as != AS_INDEX || in_loop(fate->a, use->by)) return;
    for (uint32_t i = at; i-- > 0;) {
        const Use *earlier = &fate->uses[i];
        if (earlier->as != AS_INDEX || !runs_after(fate->a, earlier->by, use->by)) continue;
        if (!writes_between(fate->a, earlier->node, use->node))
            fate_say(fate->a, fate->qs, EVENT_AGAIN, use->by, "index", STR_NONE);
        return;
    }
}

/* qs.all() walked when qs itself was fetched already. */
static void fate_copied(const Fate *fate, uint32_t at) {
    const Use *use = &fate->uses[at];
    const QuerysetMethod *method = use_method(fate, use);
    if (!method || strcmp(method->name, "all") || in_loop(fate->a, use->by)) return;
    Use copy = uses_of(fate->a->e->uses, site_of(fate->a, use->by));
    if (!use_fetches(&copy)) return;
    for (uint32_t i = at; i-- > 0;) {
        const Use *earlier = &fate->uses[i];
        if (!use_fetches(earlier) || !runs_after(fate->a, earlier->node, use->by)) continue;
        if (!writes_between(fate->a, earlier->node, use->by))
            fate_say(fate->a, fate->qs, EVENT_AGAIN, use->by, "all", STR_NONE);
        return;
    }
}

/* As far as the queryset is in view: whoever gets it may fetch it. */
static void fate_again(const Fate *fate) {
    bool fetched = false;
    for (uint32_t i = 0; i < fate->count && use_stays(fate, &fate->uses[i]); i++) {
        fate_copied(fate, i);
        if (!fetched) fate_counted(fate, i);
        if (!fetched) fate_indexed(fate, i);
        fetched = fetched || use_fetches(&fate->uses[i]);
    }
}

void fate_assigned(Activation *a, NodeId assign, const Value *qs) {
    Use uses[USES_MOST];
    Fate fate = {.a = a, .qs = qs, .uses = uses, .bound = child_at(a, assign, 0)};
    if (qs->kind != VALUE_QUERYSET || !queryset_is_plain(a, qs) || !made_here(a, qs)) return;
    if (uses_of(a->e->uses, site_of(a, fate.bound)).as != AS_STORED) return;
    if (!variable_uses(a, child_at(a, assign, 2), uses, &fate.count)) return;
    fate_tests(&fate);
    fate_again(&fate);
}

/* -- fetched only to be counted, summed or mapped -- */

/* A field class whose column is all that the attribute gives: values_list() says the same. */
static bool field_is_plain(Activation *a, const Field *field, Str name) {
    static const char *const classes[] = {
        "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "DateField",
        "DateTimeField", "DecimalField", "DurationField", "EmailField", "FloatField",
        "IntegerField", "PositiveBigIntegerField", "PositiveIntegerField",
        "PositiveSmallIntegerField", "SlugField", "SmallIntegerField", "TextField", "TimeField",
        "URLField", "UUIDField"};
    if (field->relation) return field->attname == name && field->name != name;
    if (!field->site.node) return field->primary_key;
    const Project *project = a->e->project;
    const Module *module = project->modules[field->site.module].module;
    NodeId node = field->site.node;
    if (module_node(module, node)->kind == NODE_ASSIGN) node = node_child(module, node, 0);
    if (module_node(module, node)->kind != NODE_CALL) return false;
    Str callee = project_name(project, field->site.module,
                              module_node(module, node_child(module, node, 0))->name);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (name_is(a->e, callee, classes[i])) return true;
    return false;
}

/* The column that the element of a comprehension reads of its target, or STR_NONE. */
static Str element_column(Activation *a, NodeId element, NodeId target, const Value *qs) {
    NodeId object = child_at(a, element, 0);
    if (node_at(a, element)->kind != NODE_ATTRIBUTE || node_at(a, target)->kind != NODE_NAME
        || node_at(a, object)->kind != NODE_NAME
        || node_at(a, object)->name != node_at(a, target)->name)
        return STR_NONE;
    Str name = node_name(a, element);
    const Field *field = model_field(qs->birth->model, name);
    return field && field_is_plain(a, field, name) ? name : STR_NONE;
}

/* The name of what takes a comprehension as its only argument: "sum", "len", or "". */
static const char *consumer(Activation *a, NodeId comprehension) {
    NodeId call = parent_of(a, comprehension), callee = child_at(a, call, 0);
    if (node_at(a, call)->kind != NODE_CALL || children_of(a, call) != 2
        || node_at(a, callee)->kind != NODE_NAME)
        return "";
    return project_text(a->e->project, node_name(a, callee));
}

/* Whether the comprehension is the only one that wants the rows. */
static bool rows_are_its_own(Activation *a, NodeId clause, const Value *qs) {
    NodeId source = child_at(a, clause, 1);
    if (node_at(a, source)->kind != NODE_NAME)
        return qs->site.module == a->module && qs->site.node == source;
    Use uses[USES_MOST];
    Fate fate = {.a = a, .qs = qs, .uses = uses};
    if (!made_here(a, qs) || !variable_uses(a, source, uses, &fate.count)) return false;
    for (uint32_t i = 0; i < fate.count; i++)
        if (uses[i].by != clause && !use_leaves_rows(&fate, &uses[i])) return false;
    return true;
}

void fate_mapped(Activation *a, NodeId comprehension, NodeId clause, const Value *qs) {
    if (qs->kind != VALUE_QUERYSET || qs->plan->rows == ROWS_VALUES
        || qs->plan->columns_are == COLUMNS_ONLY || !queryset_is_plain(a, qs))
        return;
    uint16_t collection = node_at(a, comprehension)->extra;
    if (collection == COLLECTION_DICT || children_of(a, comprehension) != 3) return;
    NodeId element = child_at(a, comprehension, 0);
    Str column = element_column(a, element, child_at(a, clause, 0), qs);
    const char *by = consumer(a, comprehension);
    bool list = collection != COLLECTION_GENERATOR;
    bool counts = (!strcmp(by, "len") && collection == COLLECTION_LIST)
                  || (!strcmp(by, "sum") && node_at(a, element)->kind == NODE_NUMBER);
    bool sums = column && (!strcmp(by, "sum") || !strcmp(by, "min") || !strcmp(by, "max"));
    if ((!counts && !column) || !rows_are_its_own(a, clause, qs)) return;
    const char *method = counts ? "len" : sums ? by : list ? "list" : "values";
    fate_say(a, qs, EVENT_MEASURE, comprehension, method, counts ? STR_NONE : column);
}
