/* Writes: which of them a loop could do at once, and which have a reason to be done one by one.
 *
 * A row is written one by one for good reason when its save() or delete() is the project's own,
 * when a receiver waits for each row, and when the new key is needed before the loop goes on. */
#include "flow/evaluate.h"

enum { ANCESTORS = 24, KEY_STEPS = 4000 };

/* The nodes around `node`, innermost first, up to the definition that runs. */
static uint32_t ancestors(const Activation *a, NodeId node, NodeId *around) {
    const Module *module = a->e->project->modules[a->module].module;
    uint32_t start = module_node(module, node)->start, end = module->ends.items[node];
    NodeId path[LIMIT_NESTING];
    uint32_t depth = 0;
    NodeId at = a->definition ? a->definition : module->root;
    while (at != node && depth < LIMIT_NESTING) {
        path[depth++] = at;
        NodeId inside = NODE_NONE;
        for (uint32_t i = 0; i < node_count(module, at); i++) {
            NodeId child = node_child(module, at, i);
            if (child && module_node(module, child)->start <= start
                && module->ends.items[child] >= end)
                inside = child;
        }
        if (!inside) return 0;
        at = inside;
    }
    uint32_t count = 0;
    while (at == node && depth && count < ANCESTORS) around[count++] = path[--depth];
    return count;
}

static bool call_appends(const Activation *a, NodeId call) {
    NodeId callee = child_at(a, call, 0);
    if (node_at(a, call)->kind != NODE_CALL || node_at(a, callee)->kind != NODE_ATTRIBUTE)
        return false;
    return name_is(a->e, node_name(a, callee), "append"); /* add() asks for the key, or a hash */
}

/* Whether reading the name here may need the row's key: a column of it does not. */
static bool read_needs_key(const Activation *a, const Model *model, NodeId parent, NodeId above,
                           NodeId name) {
    Evaluator *e = a->e;
    uint8_t kind = node_at(a, parent)->kind;
    if (kind == NODE_CALL) return child_at(a, parent, 0) == name || !call_appends(a, parent);
    if (kind != NODE_ATTRIBUTE) return true;
    Str attribute = node_name(a, parent);
    if (node_at(a, above)->kind == NODE_ASSIGN || node_at(a, above)->kind == NODE_AUGMENT)
        if (child_at(a, above, 0) != parent) return false; /* row.title = ... */
    static const char *const harmless[] = {"save", "full_clean", "clean", "asave", "clean_fields"};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (name_is(e, attribute, harmless[i])) return false;
    const Field *field = model ? model_field(model, attribute) : NULL;
    return !field || field->primary_key || name_is(e, attribute, "pk");
}

typedef struct Search {
    const Model *model;
    Str name;
    uint32_t after, steps;
} Search;

static bool name_needs_key(const Activation *a, Search *search, NodeId node, NodeId parent,
                           NodeId above, unsigned depth) {
    if (!node || depth > LIMIT_NESTING) return false;
    if (++search->steps > KEY_STEPS) { /* a body too long to tell */
        a->e->flow->statistics.cut_names += search->steps == KEY_STEPS + 1;
        return true;
    }
    const Node *at = node_at(a, node);
    if (at->kind == NODE_FUNCTION || at->kind == NODE_CLASS) return false;
    if (at->kind == NODE_NAME) {
        if (at->start < search->after || node_name(a, node) != search->name) return false;
        uint8_t kind = node_at(a, parent)->kind;
        bool bound = (kind == NODE_ASSIGN && child_at(a, parent, 0) != node)
                     || (kind == NODE_FOR && child_at(a, parent, 0) == node);
        return !bound && read_needs_key(a, search->model, parent, above, node);
    }
    for (uint32_t i = 0; i < children_of(a, node); i++)
        if (name_needs_key(a, search, child_at(a, node, i), node, parent, depth + 1)) return true;
    return false;
}

/* Whether the variable that holds a new row is read behind `node` as more than its columns. */
static bool variable_needs_key(const Activation *a, const Model *model, Str name, NodeId node,
                               const NodeId *around, uint32_t count) {
    const Module *module = a->e->project->modules[a->module].module;
    Search search = {.model = model, .name = name, .after = module->ends.items[node]};
    NodeId region = a->definition ? child_at(a, a->definition, 1) : module->root;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t kind = node_at(a, around[i])->kind;
        if (kind != NODE_FOR && kind != NODE_WHILE) continue;
        region = child_at(a, around[i], kind == NODE_FOR ? 2 : 1);
        break;
    }
    return name_needs_key(a, &search, region, NODE_NONE, NODE_NONE, 0);
}

static Str target_name(const Activation *a, NodeId target) {
    if (node_at(a, target)->kind == NODE_TUPLE) target = child_at(a, target, 0);
    return node_at(a, target)->kind == NODE_NAME ? node_name(a, target) : STR_NONE;
}

/* What becomes of the row that create() gives. */
static bool result_needs_key(const Activation *a, const Model *model, NodeId node) {
    NodeId around[ANCESTORS];
    uint32_t count = ancestors(a, node, around);
    for (uint32_t i = 0; i < count; i++) {
        NodeId at = around[i];
        switch (node_at(a, at)->kind) {
        case NODE_AWAIT: continue;
        case NODE_EXPRESSION: case NODE_LIST: case NODE_TUPLE: case NODE_SET:
        case NODE_COMPREHENSION: case NODE_LAMBDA:
            return false;
        case NODE_CALL: return !call_appends(a, at);
        case NODE_ASSIGN: {
            Str name = target_name(a, child_at(a, at, 2));
            return !name || variable_needs_key(a, model, name, node, around, count);
        }
        default: return true;
        }
    }
    return false;
}

/* row.save(), where `row` was made in memory. */
static bool saved_needs_key(const Activation *a, const Value *row, NodeId node) {
    NodeId around[ANCESTORS];
    NodeId callee = child_at(a, node, 0);
    if (node_at(a, node)->kind != NODE_CALL || node_at(a, callee)->kind != NODE_ATTRIBUTE)
        return false;
    NodeId holder = child_at(a, callee, 0);
    if (node_at(a, holder)->kind != NODE_NAME) return false;
    uint32_t count = ancestors(a, node, around);
    return variable_needs_key(a, row->birth->model, node_name(a, holder), node, around, count);
}

/* Whether the method is the project's own, or may be: a base that is not in view could have one. */
static bool model_overrides(const Evaluator *e, const Model *model, const char *name) {
    const ClassMember *member = class_member(model->klass, str_of(e->project->strings, name));
    return member || !model->klass->mro_complete;
}

static bool model_receives(const Evaluator *e, const Model *model, uint8_t what) {
    return (model->receives | e->project->receives) & what;
}

static bool starts_with(const char *text, const char *start) {
    return !strncmp(text, start, strlen(start));
}

void write_row(Activation *a, NodeId node, const Value *row, Str name) {
    Evaluator *e = a->e;
    const char *text = project_text(e->project, name);
    if (*text == 'a') text++; /* asave(), adelete() */
    bool deletes = starts_with(text, "delete");
    const Model *model = row->birth->model;
    Touch touch = {.event = {.kind = EVENT_WRITE, .site = site_of(a, node), .method = name,
                             .confidence = CONFIDENCE_CERTAIN},
                   .turn = row->turn};
    event_place(&touch.event, row->birth, NULL);
    if (row->flags & VALUE_DOUBTFUL) touch.event.confidence = CONFIDENCE_LIKELY;
    /* super().save() in save(): one write, which the caller asked for. */
    Str running = a->definition ? node_name(a, a->definition) : STR_NONE;
    bool own = a->self && a->self->kind == VALUE_ROW && running == name;
    if (!model) touch.event.silence = SILENCE_ORIGIN;
    else if (own || !model->klass->mro_complete
             || model_receives(e, model, deletes ? RECEIVES_DELETE : RECEIVES_SAVE))
        touch.event.silence = SILENCE_HOOKED;
    else if (row->flags & VALUE_NEW && !deletes && saved_needs_key(a, row, node))
        touch.event.silence = SILENCE_KEY;
    touch_emit(a, &touch);
}

void write_unknown(Activation *a, NodeId call) {
    static const char *const writers[] = {
        "save", "create", "delete", "get_or_create", "update_or_create", "bulk_create", "execute",
        "bulk_update", "save_m2m", "asave", "acreate", "adelete", "executemany", "perform_create"};
    NodeId callee = child_at(a, call, 0);
    if (node_at(a, call)->kind != NODE_CALL || node_at(a, callee)->kind != NODE_ATTRIBUTE) return;
    Str name = node_name(a, callee);
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        if (!name_is(a->e, name, writers[i])) continue;
        Touch touch = {.event = {.kind = EVENT_WRITE, .site = site_of(a, call), .method = name,
                                 .silence = SILENCE_ORIGIN},
                       .turn = TURN_FRESH, .every = true};
        touch_emit(a, &touch);
        return;
    }
}

/* bulk_create([one]) is no batch. */
static bool writes_batch(const Activation *a, const char *name, const Arguments *arguments) {
    if (!starts_with(name, "bulk_")) return false;
    if (!arguments->count || arguments->names[0]) return true;
    const Node *list = node_at(a, arguments->nodes[0]);
    return list->kind != NODE_LIST || children_of(a, arguments->nodes[0]) != 1;
}

static bool is_create(const char *name) {
    return !strcmp(name, "create") || !strcmp(name, "get_or_create")
           || !strcmp(name, "update_or_create");
}

/* add(*rows) tells receivers as add(row) does; the rows of other objects' relations are written
 * together only past them. */
static bool relation_receives(const Activation *a, const Value *qs, const Relation *relation) {
    if (relation->kind != RELATION_M2M && relation->kind != RELATION_REVERSE_M2M) return false;
    bool received = relation->received || model_receives(a->e, relation->from, RECEIVES_M2M);
    bool one = a->loop_count && qs->self->turn != activation_turn(a);
    return received && !one;
}

static Silence write_silence(Activation *a, NodeId node, const Value *qs,
                             const Relation *relation, const char *name,
                             const Arguments *arguments) {
    const Model *model = qs->birth->model;
    if (writes_batch(a, name, arguments)) return SILENCE_BATCH;
    if (!model) return SILENCE_ORIGIN;
    if (!strcmp(name, "get_or_create")) return SILENCE_NONE; /* most turns only ask */
    if (is_create(name)) {
        if (model_overrides(a->e, model, "save") || model_receives(a->e, model, RECEIVES_SAVE))
            return SILENCE_HOOKED;
        bool creates = !strcmp(name, "create");
        return creates && result_needs_key(a, model, node) ? SILENCE_KEY : SILENCE_NONE;
    }
    bool links = !strcmp(name, "add") || !strcmp(name, "remove") || !strcmp(name, "set")
                 || !strcmp(name, "clear");
    bool hooked = links && relation && relation_receives(a, qs, relation);
    return hooked ? SILENCE_HOOKED : SILENCE_NONE;
}

/* job_rows.update(done=number): rows that stay the same are told how far the loop is. */
static void write_progress(Activation *a, Touch *touch, NodeId node) {
    NodeId callee = child_at(a, node, 0);
    if (node_at(a, node)->kind != NODE_CALL || node_at(a, callee)->kind != NODE_ATTRIBUTE) return;
    if (a->loop_count && dependence_steady(a, node, a->loops[a->loop_count - 1])) return;
    dependence_start(a, touch, child_at(a, callee, 0));
}

void write_queryset(Activation *a, NodeId node, const Value *qs, const Relation *relation,
                    Str name, const Arguments *arguments) {
    const char *text = project_text(a->e->project, name);
    if (*text == 'a' && strcmp(text, "add") != 0) text++; /* acreate(), aadd() */
    Touch touch = {.event = {.kind = EVENT_WRITE, .site = site_of(a, node), .method = name,
                             .built = qs->site, .confidence = CONFIDENCE_CERTAIN},
                   .turn = TURN_FRESH, .every = true};
    if (relation) event_place(&touch.event, qs->self->birth, relation);
    else event_place(&touch.event, qs->birth, NULL);
    if (qs->flags & VALUE_DOUBTFUL) touch.event.confidence = CONFIDENCE_LIKELY;
    touch.event.silence = write_silence(a, node, qs, relation, text, arguments);
    if (!strcmp(text, "update") && touch.event.silence == SILENCE_NONE)
        write_progress(a, &touch, node);
    touch_emit(a, &touch);
}
