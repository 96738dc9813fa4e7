/* A prefetch for one object that is read once: get(), first() and the like ask a query for the
 * object and one for each prefetch, and so does the object without it when it is read.
 *
 * Said only where every use of the object stands in the function that fetches it, the relation is
 * read by one of them, as a whole, and no loop in between repeats it. */
#include "flow/evaluate.h"
#include "flow/uses.h"

enum { PARENTS_MOST = 200 };

typedef struct Single {
    Activation *a;
    const Model *model;
    Use uses[USES_MOST];
    uint32_t count;
} Single;

static NodeId parent_of(const Single *single, NodeId node) {
    return uses_parent(single->a->e->uses, site_of(single->a, node));
}

/* Whether what stands here runs at most once in a run of the function. */
static bool runs_once(const Single *single, NodeId node) {
    Activation *a = single->a;
    for (uint32_t i = 0; i < PARENTS_MOST; i++) {
        NodeId parent = parent_of(single, node);
        if (parent == a->definition) return true;
        switch (node_at(a, parent)->kind) {
        case NODE_FOR: if (child_at(a, parent, 1) != node) return false; break;
        case NODE_COMP_FOR: case NODE_COMPREHENSION: {
            NodeId whole = parent_of(single, parent);
            bool first = node_at(a, parent)->kind == NODE_COMP_FOR
                         && child_at(a, parent, 1) == node
                         && child_at(a, whole, 2) == parent;
            if (!first) return false;
            parent = whole;
            break;
        }
        case NODE_WHILE: case NODE_LAMBDA: case NODE_FUNCTION: case NODE_CLASS: case NODE_ABSENT:
            return false;
        default: break;
        }
        node = parent;
    }
    return false;
}

/* book.tags.all(), walked or listed there: what a prefetch would serve, and one query without. */
static bool read_is_whole(const Single *single, const Use *use, const Relation *relation) {
    Uses *uses = single->a->e->uses;
    if (!relation->many) return true;
    Use manager = uses_of(uses, site_of(single->a, use->by));
    if (manager.as != AS_METHOD || !name_is(single->a->e, manager.name, "all")) return false;
    Use rows = uses_of(uses, site_of(single->a, manager.by));
    return rows.as == AS_LOOP || rows.as == AS_LIST || rows.as == AS_LENGTH;
}

/* What a use cannot do to a relation: a column, another relation, a test. */
static bool use_is_aside(const Single *single, const Use *use) {
    if (use->as == AS_BOUND || use->as == AS_TRUTH || use->as == AS_IDENTITY) return true;
    if (use->as != AS_ATTRIBUTE) return false;
    return model_field(single->model, use->name) || model_relation(single->model, use->name);
}

/* The only read of the relation, if all is as it has to be. */
static bool relation_is_read_once(const Single *single, const Relation *relation) {
    uint32_t reads = 0, bound = 0;
    for (uint32_t i = 0; i < single->count; i++) {
        const Use *use = &single->uses[i];
        bound += use->as == AS_BOUND;
        if (use->as == AS_ATTRIBUTE && use->name == relation->name) {
            reads++;
            if (!read_is_whole(single, use, relation) || !runs_once(single, use->node))
                return false;
        } else if (!use_is_aside(single, use)) {
            return false;
        }
    }
    return reads == 1 && bound == 1;
}

/* The clause stands in the function that runs: its queryset serves nothing else. */
static bool clause_is_here(Activation *a, Site clause) {
    const Module *module = a->e->project->modules[a->module].module;
    if (clause.module != a->module || !clause.node) return false;
    uint32_t at = node_at(a, clause.node)->start;
    return at >= node_at(a, a->definition)->start && at < module->ends.items[a->definition];
}

static bool load_is_plain(Activation *a, const Load *load) {
    return load->how == LOAD_PREFETCH && load->cover == COVER_FULL && !load->to_attr
           && !load->narrowed && load->below == plan_empty(a->e->plans) && load->relation->name
           && clause_is_here(a, load->clause)
           && node_at(a, load->clause.node)->kind == NODE_STRING;
}

/* The variable that the expression's value is assigned to, and all its uses. */
static bool single_uses(Single *single, NodeId node) {
    Activation *a = single->a;
    Use fate = uses_of(a->e->uses, site_of(a, node));
    if (fate.as != AS_STORED || children_of(a, fate.by) != 3) return false;
    Str local = node_at(a, child_at(a, fate.by, 2))->name;
    return uses_of_name(a->e->uses, site_of(a, a->definition), local, single->uses,
                        &single->count);
}

void single_fetched(Activation *a, NodeId node, const Value *qs) {
    bool fits = qs->birth->known && qs->birth->model && a->definition && !a->state.dead;
    if (!fits || qs->plan->rows == ROWS_VALUES || qs->plan->open) return;
    Single single = {.a = a, .model = qs->birth->model};
    for (uint32_t i = 0; i < qs->plan->load_count; i++) {
        const Load *load = &qs->plan->loads[i];
        if (!load_is_plain(a, load)) continue;
        if (!single.count && !single_uses(&single, node)) return;
        if (!relation_is_read_once(&single, load->relation)) continue;
        event_once(a->e, &(Event){.kind = EVENT_SINGLE, .site = load->clause, .load = load,
                                  .path = {load->relation}, .path_length = 1,
                                  .model = qs->birth->model, .birth = qs->birth,
                                  .built = qs->site, .surface = a->surface,
                                  .confidence = CONFIDENCE_CERTAIN});
    }
}
