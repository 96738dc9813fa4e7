/* Calls of the project's functions, and their memory.
 *
 * A call is evaluated on the real values of its arguments and remembered under all that its body
 * can see from outside: the function, the arguments, and the attributes set on objects and rows
 * among them. A call with the same key replays the remembered touches under the caller's loops
 * and applies the remembered changes. Relations already loaded on a row are not part of the key:
 * the callee's touch of such a relation is dropped when it is replayed. */
#include "flow/builtins.h"
#include "flow/templates.h"

#include <stdio.h>

struct Memory {
    uint64_t hash;
    const Value *function;
    const Value **arguments;   uint32_t argument_count;
    Fact *given;               uint32_t given_count;   /* heap facts the body could read */
    const Touch *touches;      uint32_t touch_count;
    Fact *captured;            uint32_t captured_count; /* variables around it, as it left them */
    bool generator;            /* its touches happen where what it returned is walked */
    const Value *returned;
    Fact *changed;             uint32_t changed_count;
    uint32_t number;           /* among the memories of its function */
    bool running;              /* entered, not yet left: a recursion */
    struct Memory *next;
};

typedef struct FunctionMemory {
    Memory *memories;
    uint32_t variants, running; /* bodies entered and not yet left */
} FunctionMemory;

const Value *member_function(Evaluator *e, const ClassMember *member, const Value *self) {
    const Value *function = function_defined(e, member->site, member->owner);
    if (function->kind != VALUE_FUNCTION) return function; /* an object is not bound */
    Value draft = *function;
    if (member->flags & MEMBER_DECORATED && function->site.node == member->site.node)
        draft.flags |= VALUE_DOUBTFUL;
    if (self && !(member->flags & MEMBER_STATIC)) {
        draft.kind = VALUE_METHOD;
        draft.self = self;
        if (member->flags & MEMBER_CLASSMETHOD && self->kind != VALUE_CLASS) {
            const Value *type = type_of(e, self);
            if (type->kind == VALUE_CLASS) draft.self = type;
        }
    }
    return value_intern(e->values, &draft);
}

const Value *call_member(Activation *a, NodeId node, const Value *self,
                         const ClassMember *member, const Arguments *arguments) {
    return call_value(a, node, member_function(a->e, member, self), arguments);
}

const Value *call_simple(Activation *a, NodeId node, const Value *callee, const Value *given) {
    Arguments arguments = argument_of(node, given);
    return call_value(a, node, callee, &arguments);
}

/* A cached_property runs once for its object: inside the loops in which the object varies, and
 * outside all others. */
const Value *call_cached(Activation *a, NodeId node, const Value *self,
                         const ClassMember *member) {
    uint32_t loops = a->loop_count;
    while (a->loop_count && (self->kind != VALUE_ROW || a->loops[a->loop_count - 1] != self->turn))
        a->loop_count--;
    const Value *value = call_member(a, node, self, member, &(Arguments){0});
    a->loop_count = loops;
    return value;
}

/* "Book.label", "entry.helper": for the chain of calls. */
static Str function_name(Evaluator *e, Site site, const Class *owner) {
    Str name = site_name(e->project, site);
    if (!owner || !name || site_node(e->project, site)->kind == NODE_CLASS) return name;
    char text[256];
    int length = snprintf(text, sizeof text, "%s.%s", project_text(e->project, owner->name),
                          project_text(e->project, name));
    if (length < 0 || length >= (int)sizeof text) return name;
    return str_intern(e->project->strings, text, (size_t)length);
}

/* A row or queryset that the caller made, as the callee sees it. */
static const Value *value_passed(const Activation *a, const Value *value) {
    Values *values = a->e->values;
    value = value_turned(values, value, TURN_PASSED, TURN_OUTSIDE);
    return value_turned(values, value, TURN_FRESH, a->loop_count ? TURN_OUTSIDE : TURN_PASSED);
}

/* Parameters. */

static const Model *annotation_model(Activation *a, NodeId node, bool *many, unsigned depth) {
    Evaluator *e = a->e;
    const Node *at = node_at(a, node);
    if (depth > 4) return NULL;
    if (at->kind == NODE_NAME || at->kind == NODE_ATTRIBUTE) {
        Symbol symbol = project_expression(e->project, a->module, node);
        return symbol.kind == SYMBOL_CLASS && symbol.klass ? symbol.klass->model : NULL;
    }
    if (at->kind == NODE_BINARY || at->kind == NODE_TUPLE) {
        for (uint32_t i = 0; i < children_of(a, node); i++) {
            const Model *model = annotation_model(a, child_at(a, node, i), many, depth + 1);
            if (model) return model;
        }
        return NULL;
    }
    if (at->kind != NODE_INDEX) return NULL;
    NodeId generic = child_at(a, node, 0);
    Str name = node_at(a, generic)->kind == NODE_NAME || node_at(a, generic)->kind == NODE_ATTRIBUTE
                   ? node_name(a, generic) : STR_NONE;
    bool optional = name && (name_is(e, name, "Optional") || name_is(e, name, "Union"));
    if (!optional) *many = true;
    return annotation_model(a, child_at(a, node, 1), many, depth + 1);
}

/* An argument nobody passes in view: what its annotation says, with an open plan. */
static const Value *parameter_open(Activation *a, NodeId parameter) {
    Evaluator *e = a->e;
    NodeId annotation = child_at(a, parameter, 1);
    bool many = false;
    const Model *model = node_at(a, annotation)->kind == NODE_ABSENT
                             ? NULL : annotation_model(a, annotation, &many, 0);
    if (!model) return unknown_because(e, "parameter nobody passes in view");
    const Value *row = row_open(e, model, site_of(a, parameter));
    return many ? value_many(e->values, value_turned(e->values, row, TURN_OUTSIDE, TURN_EACH), NULL)
                : row;
}

static const Value *parameter_default(Activation *a, NodeId parameter) {
    NodeId given = child_at(a, parameter, 0);
    if (node_at(a, given)->kind == NODE_ABSENT) return NULL;
    return evaluate(a, given);
}

/* Binds the parameters; the bound values, in the order of the parameters, are the key. */
static uint32_t bind_parameters(Activation *a, NodeId parameters, const Value *self,
                                const Arguments *arguments, bool root, const Value **bound) {
    Evaluator *e = a->e;
    bool used[LIMIT_ARGUMENTS] = {false};
    uint32_t position = 0, count = 0;
    if (node_at(a, parameters)->kind != NODE_PARAMETERS) { /* a class as a function of a row */
        bound[count++] = self;
        for (uint32_t i = 0; i < arguments->count && i < 2; i++)
            bound[count++] = arguments->values[i];
        return count;
    }
    for (uint32_t i = 0; i < children_of(a, parameters); i++) {
        NodeId parameter = child_at(a, parameters, i);
        const Node *at = node_at(a, parameter);
        Str name = node_name(a, parameter);
        if (count == LIMIT_ARGUMENTS) {
            e->flow->statistics.cut_arguments++;
            if (name) variable_set(a, name, e->unknown);
            continue;
        }
        const Value *value = NULL;
        if (i == 0 && self && !(at->flags & NODE_STARRED)) {
            value = self;
        } else if (at->flags & NODE_STARRED) {
            const Value *rest[LIMIT_ARGUMENTS + 1];
            uint32_t rest_count = 0;
            if (i == 0 && self) rest[rest_count++] = self;
            for (; position < arguments->count; position++)
                if (!arguments->names[position]) {
                    used[position] = true;
                    rest[rest_count++] = arguments->values[position];
                }
            bool more = root || arguments->open;
            value = more && !rest_count ? e->unknown
                                        : value_sequence(e->values, rest, rest_count);
            if (more && rest_count) value = value_with_flags(e->values, value, VALUE_DOUBTFUL);
        } else if (at->flags & NODE_DOUBLE) {
            const Value *rest[LIMIT_ARGUMENTS * 2];
            uint32_t rest_count = 0;
            for (uint32_t k = 0; k < arguments->count; k++)
                if (arguments->names[k] && !used[k]) {
                    rest[rest_count++] = value_string(e->values, arguments->names[k]);
                    rest[rest_count++] = arguments->values[k];
                }
            Value draft = {.kind = VALUE_DICT, .items = rest, .count = rest_count};
            if (root || arguments->open) draft.self = e->unknown;
            value = value_intern(e->values, &draft);
        } else {
            for (uint32_t k = 0; !value && k < arguments->count; k++)
                if (arguments->names[k] && arguments->names[k] == name) {
                    value = arguments->values[k];
                    used[k] = true;
                }
            while (!value && !(at->flags & NODE_KEYWORD_ONLY) && position < arguments->count) {
                if (!arguments->names[position] && !used[position]) {
                    value = arguments->values[position];
                    used[position] = true;
                }
                position++;
            }
            bool nobody = value ? value->kind == VALUE_UNKNOWN : root;
            if (nobody && parameter_is_request(a, parameter))
                value = request_value(e);
            if (!value && (root || arguments->open)) value = parameter_open(a, parameter);
            if (!value) value = parameter_default(a, parameter);
            if (!value) value = parameter_open(a, parameter);
            else if (value->kind == VALUE_UNKNOWN && !root) {
                const Value *typed = parameter_open(a, parameter);
                if (typed->kind != VALUE_UNKNOWN) value = typed;
            }
        }
        bound[count++] = value;
        if (name) variable_set(a, name, value);
    }
    return count;
}

/* Heap facts of the objects and rows among the arguments, and of what those hold. `given` is a
 * value as the caller knows it, `passed` the same value as the callee does. */
static void facts_reach(Activation *from, Activation *to, const Value *given, const Value *passed,
                        unsigned depth) {
    if (!given || depth > 3) return;
    uint32_t most = given->kind == VALUE_OBJECT ? given->count : LIMIT_REACH;
    for (uint32_t i = 0; i < given->count && i < passed->count && i < most; i++)
        facts_reach(from, to, given->items[i], passed->items[i], depth + 1);
    bool holds = given->kind == VALUE_OBJECT || given->kind == VALUE_ROW;
    if (given->self && passed->self && !holds)
        facts_reach(from, to, given->self, passed->self, depth + 1);
    if (!holds) return;
    for (uint32_t i = 0; i < from->state.facts.count; i++) {
        Fact fact = from->state.facts.items[i];
        if (fact_kind(fact.key) != FACT_ATTRIBUTE || fact_object(fact.key) != given->id) continue;
        uint64_t key = fact_key(FACT_ATTRIBUTE, passed->id, (Str)fact.key);
        if (state_get(&to->state, key)) continue;
        const Value *value = value_passed(from, fact.value);
        state_set(to->e->scratch, &to->state, key, value);
        facts_reach(from, to, fact.value, value, depth + 1);
    }
}

static uint32_t facts_heap(Arena *arena, const State *state, Fact **facts) {
    uint32_t count = 0;
    *facts = state->facts.count ? arena_many(arena, Fact, state->facts.count) : NULL;
    for (uint32_t i = 0; i < state->facts.count; i++)
        if (fact_kind(state->facts.items[i].key) != FACT_VARIABLE)
            (*facts)[count++] = state->facts.items[i];
    return count;
}

static uint64_t memory_hash(const Value *function, const Value *const *bound, uint32_t count,
                            const Fact *given, uint32_t given_count) {
    uint64_t hash = hash_mix(count, function->id);
    for (uint32_t i = 0; i < count; i++) hash = hash_mix(hash, bound[i]->id);
    for (uint32_t i = 0; i < given_count; i++)
        hash = hash_mix(hash_mix(hash, given[i].key), given[i].value->id);
    return hash;
}

static bool memory_fits(const Memory *memory, uint64_t hash, const Value *function,
                        const Value *const *bound, uint32_t count, const Fact *given,
                        uint32_t given_count) {
    if (memory->hash != hash || memory->function != function || memory->argument_count != count
        || memory->given_count != given_count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (memory->arguments[i] != bound[i]) return false;
    for (uint32_t i = 0; i < given_count; i++)
        if (memory->given[i].key != given[i].key || memory->given[i].value != given[i].value)
            return false;
    return true;
}

/* What the callee left behind: remembered, then given to the caller. */
static void memory_fill(Evaluator *e, Memory *memory, Activation *callee) {
    if (!callee->state.dead) {
        callee->exit = state_join(e->scratch, e->values, e->plans, &callee->exit, &callee->state,
                                  e->maybe);
        if (!callee->returned) callee->returned = e->none;
        else callee->returned = value_join(e->values, e->plans, callee->returned, e->none);
    }
    Fact *left;
    uint32_t count = facts_heap(e->arena, &callee->exit, &left);
    memory->changed = left;
    for (uint32_t i = 0; i < count; i++) {
        bool same = false;
        for (uint32_t k = 0; k < memory->given_count && !same; k++)
            same = memory->given[k].key == left[i].key && memory->given[k].value == left[i].value;
        if (!same) left[memory->changed_count++] = left[i];
    }
    memory->captured_count = closure_changes(callee, memory->function, &memory->captured);
    memory->touches = callee->touches.items;
    memory->touch_count = callee->touches.count;
    memory->returned = callee->returned ? callee->returned : e->none;
    if (!callee->yielded) return;
    const Value *items = value_many(e->values, callee->yielded, TURN_FRESH);
    Value draft = *items;
    draft.site = memory->function->site;
    draft.attr = memory->number;
    draft.flags |= VALUE_LAZY;
    if (callee->batches) draft.flags |= VALUE_BATCHES;
    memory->returned = value_intern(e->values, &draft);
    memory->generator = true;
    /* Its body runs later: of what it changes, only the rows it gives are known then. */
    memory->changed_count = seeds_yielded(memory->changed, memory->changed_count,
                                          memory->returned);
}

/* The memory's number keeps one generator value apart from another of the same function. */
void generator_run(Activation *a, NodeId node, const Value *generator) {
    uint64_t key = hash_mix(site_key(generator->site), generator->attr);
    const Memory *memory = map_get(&a->e->generators, key);
    if (!memory || a->muted) return;
    for (uint32_t i = 0; i < memory->touch_count; i++) {
        Touch touch = memory->touches[i];
        touch.traced = false; /* its arguments were given elsewhere */
        touch_replay(a, &touch, site_of(a, node));
    }
}

/* The caller's value for an object that the callee knew under a passed value's id, or made. */
static uint32_t memory_object(const Activation *a, const Memory *memory,
                              const Value *const *given, uint32_t id) {
    Values *values = a->e->values;
    for (uint32_t i = 0; i < memory->argument_count; i++)
        if (memory->arguments[i]->id == id && given[i]) return given[i]->id;
    const Value *value = value_numbered(values, id);
    if (!value || value->kind != VALUE_ROW) return id;
    value = value_turned(values, value, TURN_FRESH, activation_turn(a));
    return value_turned(values, value, TURN_PASSED, TURN_FRESH)->id;
}

/* A row that the callee made anew has nothing loaded on it that its caller could know of. */
static const Value *memory_row(const Activation *a, const Memory *memory,
                               const Value *const *given, const Value *row) {
    if (!row || row->turn == TURN_FRESH) return NULL;
    return value_numbered(a->e->values, memory_object(a, memory, given, row->id));
}

/* A remembered function asks once for equal arguments. Rows are other ones from call to call; of
 * keys nobody knows how many there are. */
static void touch_keep_once(const Memory *memory, Touch *touch) {
    for (uint32_t i = 0; i < memory->argument_count; i++)
        if (memory->arguments[i]->kind == VALUE_ROW) return;
    touch->kept = true;
    if (!touch->attached && touch->event.silence == SILENCE_NONE)
        touch->event.silence = SILENCE_GUARD;
}

static const Value *memory_apply(Activation *a, NodeId node, const Memory *memory,
                                 const Value *const *arguments, const Arguments *written,
                                 bool doubtful) {
    Evaluator *e = a->e;
    Site call = site_of(a, node);
    if (!a->muted && !memory->generator)
        for (uint32_t i = 0; i < memory->touch_count; i++) {
            Touch touch = memory->touches[i];
            touch.row = memory_row(a, memory, arguments, touch.row);
            if (doubtful && touch.event.confidence == CONFIDENCE_CERTAIN)
                touch.event.confidence = CONFIDENCE_LIKELY;
            dependence_pass(a, &touch, node, memory->function, written);
            if (memory->function->flags & VALUE_GUARD) touch_keep_once(memory, &touch);
            touch_replay(a, &touch, call);
        }
    const Value *returned = value_turned(e->values, memory->returned, TURN_FRESH,
                                         activation_turn(a));
    returned = value_turned(e->values, returned, TURN_PASSED, TURN_FRESH);
    returned = registry_called(a, node, returned);
    for (uint32_t i = 0; i < memory->changed_count; i++) {
        const Value *value = memory->changed[i].value;
        if (fact_kind(memory->changed[i].key) == FACT_ATTRIBUTE) {
            value = value_turned(e->values, value, TURN_FRESH, activation_turn(a));
            value = value_turned(e->values, value, TURN_PASSED, TURN_FRESH);
        }
        uint64_t key = memory->changed[i].key;
        uint32_t object = memory_object(a, memory, arguments, fact_object(key));
        if (object == memory->returned->id) object = returned->id;
        state_set(e->scratch, &a->state, fact_key(fact_kind(key), object, (Str)key), value);
    }
    if (memory->captured_count && closure_is_here(a, memory->function))
        closure_apply(a, memory->captured, memory->captured_count);
    return returned;
}

static bool function_is_generator(const Activation *a, NodeId node) {
    return node_at(a, node)->kind == NODE_FUNCTION && node_at(a, node)->flags & NODE_GENERATOR;
}

static void run_body(Activation *callee, NodeId function, const Value *const *bound,
                     uint32_t count) {
    if (node_at(callee, function)->kind == NODE_CLASS) {
        const Framework *const *framework = callee->e->frameworks;
        for (; *framework && count > 1; framework++)
            if ((*framework)->body)
                (*framework)->body(callee, callee->owner, bound[0], bound[1]);
        return;
    }
    if (node_at(callee, function)->kind == NODE_BLOCK) {
        template_body(callee, function, bound[0]);
        return;
    }
    NodeId body = child_at(callee, function, 1);
    if (node_at(callee, function)->kind == NODE_LAMBDA)
        callee->returned = evaluate(callee, body);
    else execute(callee, body);
}

static FunctionMemory *function_memory(Evaluator *e, Site site) {
    FunctionMemory *memory = map_get(&e->memories, site_key(site));
    if (memory) return memory;
    memory = arena_make(e->arena, FunctionMemory);
    map_put(e->arena, &e->memories, site_key(site), memory);
    return memory;
}

/* Beyond the bound a call is evaluated, but not kept: the list is short and the hash differs. */
static void memory_forget(FunctionMemory *memories, const Memory *memory) {
    Memory **at = &memories->memories;
    while (*at != memory) at = &(*at)->next;
    *at = memory->next;
}

/* What the caller passed for a parameter, as the caller knows it; NULL: nothing. */
static const Value *value_given(const Value *bound, const Value *function, const Value *self,
                                const Arguments *arguments, const Arguments *passed) {
    if (bound == self) return function->self;
    for (uint32_t k = 0; k < passed->count; k++)
        if (passed->values[k] == bound) return arguments->values[k];
    return NULL;
}

/* Calls a FUNCTION or METHOD value of the project. */
static const Value *call_function(Activation *a, NodeId node, const Value *function,
                                  const Arguments *arguments, bool root) {
    Evaluator *e = a->e;
    FlowStatistics *statistics = &e->flow->statistics;
    if (e->depth >= LIMIT_CALLS) {
        statistics->cut_depth++;
        a->cut = true;
        return unknown_because(e, "calls nested too deep");
    }
    Activation callee;
    activation_start(&callee, e, a, function->site.module);
    callee.muted = 0; /* remembered for calls that are not silent, too */
    callee.owner = function->klass;
    callee.function = function_name(e, function->site, function->klass);
    function = closure_now(a, function);
    for (uint32_t i = 0; i + 1 < function->count; i += 2) {
        const Value *captured = value_passed(a, function->items[i + 1]);
        variable_set(&callee, function->items[i]->name, captured);
        facts_reach(a, &callee, function->items[i + 1], captured, 0);
    }
    if (function->count) callee.entry = state_copy(e->scratch, &callee.state);
    const Value *self = function->kind == VALUE_METHOD ? value_passed(a, function->self) : NULL;
    Arguments passed = *arguments;
    for (uint32_t i = 0; i < passed.count; i++)
        passed.values[i] = value_passed(a, passed.values[i]);
    const Value *bound[LIMIT_ARGUMENTS];
    NodeId definition = function->site.node;
    uint32_t count = bind_parameters(&callee, child_at(&callee, definition, 0), self, &passed,
                                     root, bound);
    callee.self = count ? bound[0] : NULL;
    /* What the caller passed, parameter by parameter, as the caller knows it. */
    const Value *given_values[LIMIT_ARGUMENTS] = {NULL};
    for (uint32_t i = 0; i < count; i++)
        given_values[i] = value_given(bound[i], function, self, arguments, &passed);
    for (uint32_t i = 0; i < count; i++)
        facts_reach(a, &callee, given_values[i] ? given_values[i] : bound[i], bound[i], 0);
    Fact *given;
    uint32_t given_count = facts_heap(e->scratch, &callee.state, &given);
    uint64_t hash = memory_hash(function, bound, count, given, given_count);
    FunctionMemory *memories = function_memory(e, function->site);
    bool doubtful = function->flags & VALUE_DOUBTFUL;
    for (Memory *at = memories->memories; at; at = at->next) {
        if (!memory_fits(at, hash, function, bound, count, given, given_count)) continue;
        activation_end(&callee);
        if (at->running) {
            statistics->cut_recursion++;
            return e->unknown;
        }
        statistics->remembered++;
        return memory_apply(a, node, at, given_values, arguments, doubtful);
    }
    statistics->calls++;
    if (memories->running >= LIMIT_RECURSION) {
        statistics->cut_recursion++;
        return unknown_because(e, "recursion on other arguments");
    }
    bool remembered = memories->variants < LIMIT_VARIANTS;
    if (!remembered) statistics->cut_variants++;
    NodeKind kind = node_at(&callee, definition)->kind;
    e->nested += !remembered && kind == NODE_CLASS;
    bool many = (kind == NODE_BLOCK && memories->variants >= LIMIT_PAGES)
                || (kind == NODE_CLASS && e->nested > LIMIT_NESTED);
    if (!remembered && (statistics->calls > LIMIT_EVALUATED || many))
        return unknown_because(e, "bound on all calls");
    memories->variants++;
    if (memories->variants > statistics->variants_most)
        statistics->variants_most = memories->variants;
    Memory *memory = arena_make(e->arena, Memory);
    *memory = (Memory){.hash = hash, .function = function, .argument_count = count,
                       .given = arena_many(e->arena, Fact, given_count),
                       .given_count = given_count, .running = true,
                       .number = memories->variants,
                       .next = memories->memories};
    memory->arguments = arena_many(e->arena, const Value *, count ? count : 1);
    memcpy(memory->arguments, bound, sizeof *bound * count);
    if (given_count) memcpy(memory->given, given, sizeof *given * given_count);
    memories->memories = memory;
    map_put(e->arena, &e->generators,
            hash_mix(site_key(function->site), memory->number), memory);
    callee.definition = definition;
    callee.guard += function_is_kept(&callee, definition);
    e->depth++;
    memories->running++;
    run_body(&callee, definition, bound, count);
    e->depth--;
    memories->running--;
    if (function_is_generator(&callee, definition) && !callee.yielded)
        callee.yielded = e->unknown;
    memory_fill(e, memory, &callee);
    activation_end(&callee);
    memory->running = false;
    if (!remembered) memory_forget(memories, memory);
    return memory_apply(a, node, memory, given_values, arguments, doubtful);
}

/* Runs a function that nobody in view calls: parameters are open. */
void call_root(Activation *top, const Value *function) {
    Arguments arguments = {.open = true};
    call_function(top, function->site.node, function, &arguments, true);
}

bool function_was_called(const Evaluator *e, Site site) {
    return map_get(&e->memories, site_key(site)) != NULL;
}

void function_pass_over(Evaluator *e, Site site) {
    function_memory(e, site);
}

static const Value *call_builtin(Activation *a, NodeId node, const Value *callee,
                                 const Arguments *arguments) {
    const Value *self = callee->self;
    const Value *made = call_made(a, node, callee, arguments);
    if (made) return made;
    switch ((ValueKind)self->kind) {
    case VALUE_MANAGER: case VALUE_QUERYSET:
        return queryset_call(a, node, self, callee->name, arguments);
    case VALUE_ROW: return row_method(a, node, self, callee->name, arguments);
    case VALUE_SUPER: return call_super_method(a, node, self, callee->name, arguments);
    case VALUE_OBJECT: return object_method(a, node, self, callee->name, arguments);
    default: return builtin_method(a, node, self, callee->name, arguments);
    }
}

const Value *call_value(Activation *a, NodeId node, const Value *callee,
                        const Arguments *arguments) {
    Evaluator *e = a->e;
    switch ((ValueKind)callee->kind) {
    case VALUE_FUNCTION: case VALUE_METHOD:
        if (method_moves_state(a, callee)) held_unpin(a, callee->self);
        return decorated_result(a, node, callee, arguments,
                                call_function(a, node, callee, arguments, false));
    case VALUE_CLASS: return call_class(a, node, callee, arguments);
    case VALUE_BUILTIN: return call_builtin(a, node, callee, arguments);
    case VALUE_MANAGER: return manager_called(a, callee, arguments);
    case VALUE_EXTERNAL: {
        bool handled = false;
        const Value *result = builtin_call(a, node, callee, arguments, &handled);
        if (!handled) rows_unpin(a, node, arguments);
        return result;
    }
    case VALUE_OBJECT: case VALUE_ROW: {
        const Value *given = special_call(a, node, callee, "__call__", arguments);
        return given ? given : unknown_because(e, "call of an object");
    }
    case VALUE_UNION: {
        const Value *joined = NULL;
        for (uint32_t i = 0; i < callee->count; i++) {
            joined = value_join(e->values, e->plans, joined,
                                call_value(a, node, callee->items[i], arguments));
        }
        return joined;
    }
    case VALUE_SCALAR: return e->scalar;
    default: break;
    }
    Value draft = {.kind = VALUE_UNKNOWN,
                   .flags = callee->flags & VALUE_GUARD};
    write_unknown(a, node);
    rows_unpin(a, node, arguments);
    unknown_because(e, "call of something unknown");
    return value_intern(e->values, &draft);
}
