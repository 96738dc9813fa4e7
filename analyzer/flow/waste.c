/* Loads that nothing reads: where the queryset, its rows and all that hangs from them stay in view.
 *
 * One walk per path of a load. It follows the expression from the load's call outwards, through
 * names, loops and the methods and properties of the model, hop by hop along the path, and asks
 * whether anybody reads the last hop. Whatever it does not know ends the walk: then something out
 * of view may read it, and nothing is said.
 *
 *     books = Book.objects.select_related("author__publisher")     path: author, publisher
 *     for book in books:                                           rows at hop 0
 *         print(book.title, book.author.name)                      rows at hop 1; publisher unread
 */
#include "flow/evaluate.h"
#include "flow/uses.h"

enum { VISITS_MOST = 48, DEPTH_MOST = 24 };

typedef enum Holds { HOLDS_ROWS, HOLDS_ROW } Holds; /* a queryset or list of rows; one row */

typedef struct Visit {
    uint64_t function;
    Str name;
    uint8_t hop, holds;
} Visit;

typedef struct Waste {
    Evaluator *e;
    const Relation *path[EVENT_PATH];
    const Model *models[EVENT_PATH]; /* of the rows at each hop */
    uint8_t length;
    Str to_attr;
    const Class *klass;              /* of the queryset, when it has one of its own */
    bool consumed;                   /* something does use the rows */
    Visit visits[VISITS_MOST];
    uint32_t visit_count, depth;
} Waste;

/* An expression, where it stands, and at which hop of the path its rows are. */
typedef struct Spot {
    Site site, function;
    uint8_t hop;
} Spot;

static bool rows_stay(Waste *waste, Spot spot);
static bool row_stays(Waste *waste, Spot spot);

static bool waste_is_cut(Waste *waste, bool cut) {
    waste->e->flow->statistics.cut_uses += cut;
    return cut;
}

static Spot spot_at(Spot spot, NodeId node) {
    spot.site.node = node;
    return spot;
}

/* Every place where a name of the function stands. */
static bool name_stays(Waste *waste, Spot spot, Str local, Holds holds) {
    Visit visit = {site_key(spot.function), local, spot.hop, (uint8_t)holds};
    for (uint32_t i = 0; i < waste->visit_count; i++) {
        const Visit *seen = &waste->visits[i];
        if (seen->function == visit.function && seen->name == local && seen->hop == visit.hop
            && seen->holds == visit.holds)
            return true;
    }
    if (waste_is_cut(waste, waste->visit_count == VISITS_MOST)) return false;
    waste->visits[waste->visit_count++] = visit;
    Use uses[USES_MOST];
    uint32_t count;
    if (!uses_of_name(waste->e->uses, spot.function, local, uses, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (uses[i].as == AS_BOUND) continue;
        Spot use = spot_at(spot, uses[i].node);
        if (!(holds == HOLDS_ROW ? row_stays(waste, use) : rows_stay(waste, use))) return false;
    }
    return true;
}

static const Module *spot_module(const Waste *waste, Spot spot) {
    return waste->e->project->modules[spot.site.module].module;
}

/* The name that a for, a clause or an assignment binds, followed from there. */
static bool target_stays(Waste *waste, Spot spot, NodeId target, Holds holds) {
    const Node *node = module_node(spot_module(waste, spot), target);
    return node->kind == NODE_NAME && name_stays(waste, spot, node->name, holds);
}

/* A method or property of the model: its body, with the row as its first parameter. */
static bool member_stays(Waste *waste, const ClassMember *member, uint8_t hop) {
    if (member->kind != MEMBER_FUNCTION || !member->site.node) return false;
    bool plain = !(member->flags & (MEMBER_STATIC | MEMBER_CLASSMETHOD));
    bool bare = member->flags & MEMBER_PROPERTY || !(member->flags & MEMBER_DECORATED);
    const Module *module = waste->e->project->modules[member->site.module].module;
    NodeId first = node_child(module, node_child(module, member->site.node, 0), 0);
    if (!plain || !bare || !first) return false;
    Spot spot = {.site = member->site, .function = member->site, .hop = hop};
    return name_stays(waste, spot, module_node(module, first)->name, HOLDS_ROW);
}

static const ClassMember *row_member_named(const Waste *waste, uint8_t hop, const char *name) {
    const Model *model = waste->models[hop];
    return class_member(model->klass, str_of(waste->e->project->strings, name));
}

static bool text_stays(Waste *waste, Spot spot) {
    const ClassMember *member = row_member_named(waste, spot.hop, "__str__");
    return !member || member_stays(waste, member, spot.hop);
}

/* Whether making a row, or any attribute of it, may run code of the project. */
static bool row_has_hooks(const Waste *waste, uint8_t hop) {
    static const char *const hooks[] = {"__init__", "from_db", "__getattr__", "__getattribute__"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        if (row_member_named(waste, hop, hooks[i])) return true;
    return false;
}

/* row.books: the manager of the relation on the path, and what is asked of it. */
static bool manager_stays(Waste *waste, Spot spot) {
    Use use = uses_of(waste->e->uses, spot.site);
    bool all = use.as == AS_METHOD && name_is(waste->e, use.name, "all");
    return all && rows_stay(waste, spot_at(spot, use.by));
}

/* row.name, where the relation of the next hop has another name. */
static bool other_stays(Waste *waste, Spot spot, const Use *use) {
    const Model *model = waste->models[spot.hop];
    const Relation *relation = model_relation(model, use->name);
    if (relation) return !spot.hop || relation != waste->path[spot.hop - 1]->inverse;
    if (model_field(model, use->name) || name_is(waste->e, use->name, "pk")) return true;
    const ClassMember *member = class_member(model->klass, use->name);
    if (member) return member_stays(waste, member, spot.hop);
    const char *name = project_text(waste->e->project, use->name);
    return !strncmp(name, "get_", 4) && strstr(name, "_display");
}

static bool attribute_stays(Waste *waste, Spot spot, const Use *use) {
    const Relation *next = waste->path[spot.hop];
    bool last = spot.hop + 1 == waste->length;
    Str wanted = last && waste->to_attr ? waste->to_attr : next->name;
    if (use->name != wanted) {
        bool aside = waste->to_attr && use->name == next->name; /* a query of its own: not ours */
        return aside || other_stays(waste, spot, use);
    }
    if (last) return false; /* it is read */
    NodeId read = uses_parent(waste->e->uses, spot.site);
    Spot below = spot_at(spot, read);
    below.hop++;
    return next->many ? manager_stays(waste, below) : row_stays(waste, below);
}

static bool row_stays(Waste *waste, Spot spot) {
    if (waste_is_cut(waste, ++waste->depth > DEPTH_MOST)) return false;
    Use use = uses_of(waste->e->uses, spot.site);
    bool stays = false;
    waste->consumed = true;
    if (row_has_hooks(waste, spot.hop)) return false;
    switch (use.as) {
    case AS_METHOD: case AS_ATTRIBUTE: stays = attribute_stays(waste, spot, &use); break;
    case AS_TEXT: stays = text_stays(waste, spot); break;
    case AS_TRUTH:
        stays = !row_member_named(waste, spot.hop, "__bool__")
                && !row_member_named(waste, spot.hop, "__len__");
        break;
    case AS_IDENTITY: stays = !row_member_named(waste, spot.hop, "__eq__"); break;
    case AS_STORED:
        stays = target_stays(waste, spot, node_child(spot_module(waste, spot), use.by, 2),
                             HOLDS_ROW);
        break;
    case AS_DROPPED: stays = true; break;
    default: break;
    }
    waste->depth--;
    return stays;
}

/* A method of the queryset: what it gives is followed in turn. */
static bool method_stays(Waste *waste, Spot spot, const Use *use) {
    const QuerysetMethod *method = queryset_method(project_text(waste->e->project, use->name));
    const ClassMember *own = waste->klass ? class_member(waste->klass, use->name) : NULL;
    if (!method || method->is_async || own) return false;
    bool locks = !strcmp(method->name, "select_for_update") /* of=... needs the join */
                 && node_count(spot_module(waste, spot), use->by) > 1;
    if (locks) return false;
    switch ((QuerysetEffect)method->effect) {
    case PLAN_VALUES: case PLAN_COMBINE: case PLAN_EXTRA: case PLAN_FRESH: case PLAN_FETCH_MODE:
        return false;
    default: break;
    }
    Spot given = spot_at(spot, use->by);
    switch ((QuerysetResult)method->result) {
    case RESULT_QUERYSET: case RESULT_ROW_ITERATOR: return rows_stay(waste, given);
    case RESULT_ROW: case RESULT_ROW_OR_NONE: return row_stays(waste, given);
    case RESULT_SCALAR: case RESULT_BOOL: case RESULT_DICT:
        waste->consumed = true;
        return true;
    default: return false;
    }
}

static bool rows_stay(Waste *waste, Spot spot) {
    if (waste_is_cut(waste, ++waste->depth > DEPTH_MOST)) return false;
    const Module *module = spot_module(waste, spot);
    Use use = uses_of(waste->e->uses, spot.site);
    bool stays = false;
    switch (use.as) {
    case AS_METHOD: stays = method_stays(waste, spot, &use); break;
    case AS_LOOP:
        waste->consumed = true;
        stays = target_stays(waste, spot, node_child(module, use.by, 0), HOLDS_ROW);
        break;
    case AS_LIST: case AS_SLICE: stays = rows_stay(waste, spot_at(spot, use.by)); break;
    case AS_INDEX: stays = row_stays(waste, spot_at(spot, use.by)); break;
    case AS_STORED:
        stays = target_stays(waste, spot, node_child(module, use.by, 2), HOLDS_ROWS);
        break;
    case AS_LENGTH: case AS_TRUTH: case AS_MEMBER: case AS_IDENTITY:
        waste->consumed = true;
        stays = true;
        break;
    default: break;
    }
    waste->depth--;
    return stays;
}

/* The relations of a lookup path; false: not all of them, or some model, are in view. */
static bool path_read(Waste *waste, const Model *model, const char *text) {
    const Strings *strings = waste->e->project->strings;
    while (waste->length < EVENT_PATH - 1) {
        const char *end = strstr(text, "__");
        Str name = str_find(strings, text, end ? (size_t)(end - text) : strlen(text));
        if (!name || !model || !model->complete || !model->klass) return false;
        const Relation *relation = model_lookup(model, name);
        if (!relation) relation = model_relation(model, name);
        if (!relation || !relation->name || relation->kind == RELATION_PARENT) return false;
        waste->models[waste->length] = model;
        waste->path[waste->length++] = relation;
        if (!end) return true;
        model = relation->to;
        text = end + 2;
    }
    return false;
}

static void waste_path(Activation *a, NodeId call, const Value *qs, NodeId clause, Str path,
                       Str to_attr) {
    Waste waste = {.e = a->e, .to_attr = to_attr, .klass = qs->klass};
    if (!path_read(&waste, qs->birth->model, project_text(a->e->project, path))) return;
    Spot spot = {.site = site_of(a, call), .function = site_of(a, a->definition)};
    if (!rows_stay(&waste, spot) || !waste.consumed) return;
    Event event = {.kind = EVENT_UNUSED, .site = site_of(a, clause), .surface = a->surface,
                   .method = node_name(a, child_at(a, call, 0)), .birth = qs->birth,
                   .model = qs->birth->model, .built = qs->site, .detail = to_attr,
                   .confidence = CONFIDENCE_CERTAIN, .path_length = waste.length};
    memcpy(event.path, waste.path, sizeof *waste.path * waste.length);
    event_once(a->e, &event);
}

void waste_loaded(Activation *a, NodeId call, const Value *qs, const Arguments *arguments) {
    bool fits = qs->birth->known && !qs->birth->shared && !qs->birth->unsure
                && qs->birth->model && a->definition;
    NodeId callee = child_at(a, call, 0);
    if (!fits || a->muted || a->state.dead || node_at(a, call)->kind != NODE_CALL
        || node_at(a, callee)->kind != NODE_ATTRIBUTE || arguments->open)
        return;
    for (uint32_t i = 0; i < arguments->count; i++) {
        const Value *given = arguments->values[i];
        if (child_at(a, call, i + 1) != arguments->nodes[i]) return;
        if (given->kind == VALUE_STRING)
            waste_path(a, call, qs, arguments->nodes[i], given->name, STR_NONE);
        else if (given->kind == VALUE_PREFETCH)
            waste_path(a, call, qs, arguments->nodes[i], given->name, given->attr);
    }
}
