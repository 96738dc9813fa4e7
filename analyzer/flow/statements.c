/* Statements. A branch runs on a copy of the state, and the copies are joined behind it. A loop's
 * body runs silently until the state it starts from no longer changes, then once for its events. */
#include "flow/builtins.h"
#include "flow/templates.h"

enum { LOOP_ROUNDS = 2 };

static State join(Activation *a, const State *left, const State *right) {
    Evaluator *e = a->e;
    return state_join(e->scratch, e->values, e->plans, left, right, e->maybe);
}

/* Assignment targets. */

static void bind_attribute(Activation *a, NodeId target, const Value *value) {
    Evaluator *e = a->e;
    const Value *object = evaluate(a, child_at(a, target, 0));
    Str name = node_name(a, target);
    if (value_is_request(e, object)) value = request_assigned(a, name, value);
    if (object->kind == VALUE_ROW) row_assign(a, object, name, value);
    else if (object->kind == VALUE_OBJECT)
        state_set(e->scratch, &a->state, fact_key(FACT_ATTRIBUTE, object->id, name),
                  dict_shared(e, value));
}

/* d[key] = value and list[i] = value change the variable (or attribute) that holds the value. */
static void bind_index(Activation *a, NodeId target, const Value *value) {
    Evaluator *e = a->e;
    NodeId holder = child_at(a, target, 0);
    const Value *container = evaluate(a, holder);
    const Value *key = evaluate(a, child_at(a, target, 1));
    if (seed_entry(a, container, key) || container->kind != VALUE_DICT) return;
    DictDraft draft = {0};
    dict_put_all(e, &draft, container);
    value = value_turned(e->values, value, activation_turn(a), TURN_EACH);
    key = value_turned(e->values, key, activation_turn(a), TURN_EACH);
    dict_put(e, &draft, key, value);
    bind_target(a, holder, dict_done(e, &draft));
}

/* The part of an unpacked value for target `at` of `count`; `star` is the starred one's place. */
static const Value *unpacked_part(Activation *a, const Value *value, uint32_t at, uint32_t count,
                                  uint32_t star) {
    Evaluator *e = a->e;
    if (value->kind == VALUE_SCALAR) return at == star ? value_many(e->values, e->scalar, NULL)
                                                       : e->scalar;
    if (value->kind == VALUE_MANY && at == star) return value_many(e->values, value->self, NULL);
    if (value->kind == VALUE_MANY)
        return value_turned(e->values, value->self, TURN_EACH, activation_turn(a));
    if (value->kind != VALUE_SEQUENCE) return e->unknown;
    if (star == count) return value->count == count ? value->items[at] : e->unknown;
    if (value->count + 1 < count) return e->unknown;
    uint32_t starred = value->count + 1 - count;
    if (at == star) return value_sequence(e->values, value->items + at, starred);
    return value->items[at < star ? at : at + starred - 1];
}

static void bind_sequence(Activation *a, NodeId target, const Value *value) {
    Evaluator *e = a->e;
    uint32_t count = children_of(a, target), star = count;
    for (uint32_t i = 0; i < count; i++)
        if (node_at(a, child_at(a, target, i))->kind == NODE_STAR) star = i;
    if (value->kind == VALUE_QUERYSET) {
        value = value_many(e->values, elements_of(a, target, value), NULL);
    } else {
        const Value *given = special_call(a, target, value, "__iter__", &(Arguments){0});
        if (given) value = given;
        else if (value->kind == VALUE_OBJECT) value = object_items(e, value);
    }
    for (uint32_t i = 0; i < count; i++) {
        NodeId item = child_at(a, target, i);
        if (i == star) item = child_at(a, item, 0);
        bind_target(a, item, unpacked_part(a, value, i, count, star));
    }
}

void bind_target(Activation *a, NodeId target, const Value *value) {
    switch (node_at(a, target)->kind) {
    case NODE_NAME:
        narrowing_forget(a, node_name(a, target));
        variable_set(a, node_name(a, target), value);
        break;
    case NODE_ATTRIBUTE: bind_attribute(a, target, value); break;
    case NODE_INDEX: bind_index(a, target, value); break;
    case NODE_TUPLE: case NODE_LIST: bind_sequence(a, target, value); break;
    case NODE_STAR: bind_target(a, child_at(a, target, 0), value); break;
    default: break;
    }
}

/* Whether the running function says the name anywhere but where it is assigned. */
static bool name_is_read(Activation *a, Str local) {
    const Module *module = a->e->project->modules[a->module].module;
    uint32_t start = node_at(a, a->definition)->start, end = module->ends.items[a->definition];
    uint32_t said = 0;
    for (uint32_t i = 0; i < module->nodes.count; i++) {
        const Node *node = &module->nodes.items[i];
        said += node->kind == NODE_NAME && node->name == local && node->start >= start
                && node->start < end;
    }
    return said > 1;
}

static void execute_assign(Activation *a, NodeId node) {
    NodeId value_node = child_at(a, node, 0);
    if (node_at(a, value_node)->kind == NODE_ABSENT) return;
    const Value *value = evaluate(a, value_node);
    NodeId first = child_at(a, node, 2);
    if (value->kind == VALUE_QUERYSET && node_at(a, first)->kind == NODE_NAME && a->definition
        && !name_is_read(a, node_at(a, first)->name))
        queryset_dropped(a, value_node, value);
    fate_assigned(a, node, value);
    value = dict_assigned(a, node, value);
    for (uint32_t i = 2; i < children_of(a, node); i++)
        bind_target(a, child_at(a, node, i), value);
    narrowing_bound(a, first, value_node, value);
}

static void execute_augment(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    NodeId target = child_at(a, node, 0);
    const Value *old = evaluate(a, target);
    const Value *more = evaluate(a, child_at(a, node, 1));
    if (old->kind == VALUE_QUERYSET) return;
    bool lists = old->kind == VALUE_SEQUENCE || old->kind == VALUE_MANY;
    if (lists && more->kind == VALUE_QUERYSET) {
        queryset_run(a, child_at(a, node, 1), more, OPERATION_ITERATE);
        more = value_many(e->values, queryset_rows(a, node, more, TURN_EACH), NULL);
    }
    bool dicts = old->kind == VALUE_DICT && more->kind == VALUE_DICT;
    if (dicts && node_at(a, node)->extra == OP_BIT_OR)
        bind_target(a, target, dict_merge(e, old, more));
    else if (lists) bind_target(a, target, value_join(e->values, e->plans, old, more));
    else bind_target(a, target, e->scalar);
}

static bool ends_here(Activation *a, NodeId branch) {
    uint32_t count = children_of(a, branch);
    if (node_at(a, branch)->kind != NODE_BLOCK || !count) return false;
    uint8_t last = node_at(a, child_at(a, branch, count - 1))->kind;
    return last == NODE_RETURN || last == NODE_RAISE || last == NODE_CONTINUE;
}

/* Only one branch runs. Where the other one leaves, all that follows is for the case at hand. */
static void execute_decided(Activation *a, NodeId node, const Condition *asked) {
    bool holds = asked->truth->flags & VALUE_TRUE;
    guard_enter(a, asked);
    a->registered |= condition_asks_registry(a, child_at(a, node, 0));
    execute(a, child_at(a, node, holds ? 1 : 2));
    if (!ends_here(a, child_at(a, node, holds ? 2 : 1))) guard_leave(a, asked);
}

static void execute_if(Activation *a, NodeId node) {
    NodeId condition = child_at(a, node, 0);
    Condition asked = condition_ask(a, condition, NULL);
    if (asked.truth->kind == VALUE_BOOL) {
        execute_decided(a, node, &asked);
        return;
    }
    asked.guards |= condition_fills(a, condition, child_at(a, node, 1))
                    || dependence_remembers(a, condition, child_at(a, node, 1));
    bool guards = asked.guards;
    State before = state_copy(a->e->scratch, &a->state);
    uint32_t told = a->told_count;
    const Value *row = condition_tells(a, condition);
    if (row && told < LIMIT_TOLD) a->told[a->told_count++] = row;
    a->guard += guards;
    a->undecided++;
    uint32_t loops = a->loop_count;
    bool ends = condition_ends_batch(a, condition), batch = loops && ends;
    const Loop *innermost = batch ? a->loops[loops - 1] : NULL;
    a->holds_per_batch += ends && !batch;
    a->loop_count -= batch;
    a->in_batch += batch;
    bool once = innermost && a->left_count < LIMIT_LOOPS && condition_holds_once(a, condition);
    if (once) a->left[a->left_count++] = innermost;
    condition_narrow(a, condition, true);
    execute(a, child_at(a, node, 1));
    a->left_count -= once;
    a->in_batch -= batch;
    a->holds_per_batch -= ends && !batch;
    a->loop_count = loops;
    if (innermost) a->loops[loops - 1] = innermost;
    State yes = a->state;
    a->state = before;
    condition_narrow(a, condition, false);
    execute(a, child_at(a, node, 2));
    a->undecided--;
    a->guard -= guards;
    /* `if hasattr(self, "_x"): return self._x` guards all that follows. */
    if (guards && (yes.dead || a->state.dead)) a->guard++;
    if (!yes.dead && !a->state.dead) a->told_count = told;
    else if (yes.dead != a->state.dead && condition_reads_row(a, condition)) a->undecided++;
    a->state = join(a, &yes, &a->state);
}

/* Loops. */

static State loop_round(Activation *a, const Walk *walk, NodeId target, NodeId body,
                        LoopScope *scope) {
    *scope = (LoopScope){.outer = a->scope, .broken = {.dead = true}, .continued = {.dead = true},
                         .loop = walk->loop, .body = body};
    a->scope = scope;
    uint32_t trying = a->trying;
    a->trying = 0;
    walk_turn(a, walk);
    if (target) bind_target(a, target, walk->item);
    execute(a, body);
    a->trying = trying;
    a->scope = scope->outer;
    return join(a, &a->state, &scope->continued);
}

/* A loop inside the body walks other containers each turn: what it left on their rows does not
 * hold at the start of the next turn. */
static void forget_collected(Activation *a, State *start, const State *entry) {
    for (uint32_t i = start->facts.count; i-- > 0;) {
        Fact fact = start->facts.items[i];
        if (fact_is_collected(a, fact) && !state_get(entry, fact.key)) state_drop(start, fact.key);
    }
}

/* What a turn loads on a row from outside is not there in the first one, which asks for it. */
static void forget_loaded(State *start, const State *entry) {
    for (uint32_t i = start->facts.count; i-- > 0;) {
        Fact fact = start->facts.items[i];
        if (fact_kind(fact.key) == FACT_LOADED && !state_get(entry, fact.key))
            state_drop(start, fact.key);
    }
}

/* Runs the body on the stable state; leaves the state behind the loop. */
static void loop_run(Activation *a, const Walk *walk, NodeId target, NodeId body) {
    Arena *arena = a->e->scratch;
    State entry = state_copy(arena, &a->state);
    State start = state_copy(arena, &entry);
    LoopScope scope;
    uint32_t rounds = a->muted ? 1 : LOOP_ROUNDS;
    for (uint32_t round = 0; round < rounds; round++) {
        a->muted++;
        a->state = state_copy(arena, &start);
        State end = loop_round(a, walk, target, body, &scope);
        a->muted--;
        State joined = join(a, &entry, &end);
        forget_collected(a, &joined, &entry);
        walk_grows(a, walk, &joined, &entry);
        bool stable = state_equal(&joined, &start);
        start = joined;
        if (stable) break;
    }
    a->state = state_copy(arena, &start);
    forget_loaded(&a->state, &entry);
    State end = loop_round(a, walk, target, body, &scope);
    bool all_rows = scope.broken.dead;
    a->state = end;
    if (end.dead) a->state = state_copy(arena, &entry);
    walk_end(a, walk, all_rows && !end.dead);
    State without = entry;
    bool kept = all_rows && walk->loop;
    for (uint32_t i = 0; kept && i < a->state.facts.count; i++) {
        Fact fact = a->state.facts.items[i]; /* true of no rows at all, too */
        bool own = walk->container && fact_kind(fact.key) != FACT_VARIABLE
                   && fact_object(fact.key) == walk->container->id;
        if (own || fact_is_collected(a, fact))
            state_set(arena, &without, fact.key, fact.value);
    }
    if (walk->loop) {
        a->loops[a->loop_count++] = walk->loop;
        State outer = a->state;
        a->state = scope.broken;
        walk_end(a, walk, false);
        scope.broken = a->state;
        a->state = outer;
    }
    a->state = join(a, &a->state, &without);
    a->state = join(a, &a->state, &scope.broken);
}

static void loop_unroll(Activation *a, const Walk *walk, NodeId target, NodeId body) {
    State broken = {.dead = true};
    for (uint32_t i = 0; i < walk->item_count && !a->state.dead; i++) {
        LoopScope scope;
        Walk turn = *walk;
        turn.item = walk->items[i];
        State end = loop_round(a, &turn, target, body, &scope);
        broken = join(a, &broken, &scope.broken);
        a->state = end;
    }
    a->state = join(a, &a->state, &broken);
}

static bool says_continue(Activation *a, NodeId node, unsigned depth) {
    uint8_t kind = node_at(a, node)->kind;
    if (kind == NODE_CONTINUE || depth > 30) return true;
    bool inner = kind == NODE_FOR || kind == NODE_WHILE || kind == NODE_FUNCTION
                 || kind == NODE_CLASS;
    for (uint32_t i = 0; !inner && i < children_of(a, node); i++)
        if (says_continue(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

/* A body that always ends in break, return or raise has one turn. */
static bool body_runs_once(Activation *a, NodeId body) {
    uint32_t count = children_of(a, body);
    if (!count || node_at(a, body)->kind != NODE_BLOCK) return false;
    for (uint32_t i = 0; i + 1 < count; i++)
        if (says_continue(a, child_at(a, body, i), 0)) return false;
    NodeId last = child_at(a, body, count - 1);
    switch (node_at(a, last)->kind) {
    case NODE_BREAK: case NODE_RETURN: case NODE_RAISE: return true;
    case NODE_TRY: /* a retry: the handlers may go round again */
    case NODE_WITH: return body_runs_once(a, child_at(a, last, 0));
    default: return false;
    }
}

static void walk_once(Activation *a, Walk *walk) {
    if (!walk->loop) return;
    a->loop_count--;
    walk->item = value_turned(a->e->values, walk->item, walk->loop, activation_turn(a));
    walk->loop = NULL;
    walk->container = NULL;
}

static void execute_for(Activation *a, NodeId node) {
    Walk walk;
    const Value *iterable = evaluate(a, child_at(a, node, 1));
    if (walk_start(a, node, child_at(a, node, 1), iterable, &walk)) {
        NodeId target = child_at(a, node, 0), body = child_at(a, node, 2);
        if (body_runs_once(a, body) || range_tries(a, target, child_at(a, node, 1)))
            walk_once(a, &walk);
        if (walk.item_count) loop_unroll(a, &walk, target, body);
        else loop_run(a, &walk, target, body);
    }
    if (node_at(a, child_at(a, node, 3))->kind != NODE_ABSENT) execute(a, child_at(a, node, 3));
}

/* What the turns of a `while` are, by what its code calls. */
typedef enum WhileShape { WHILE_PLAIN, WHILE_SLICES, WHILE_TAKES } WhileShape;

static WhileShape while_shape(Activation *a, NodeId node, unsigned depth) {
    WhileShape found = WHILE_PLAIN;
    const Node *at = node_at(a, node);
    if (depth > 40 || at->kind == NODE_FUNCTION || at->kind == NODE_CLASS) return found;
    if (at->kind == NODE_SLICE) found = WHILE_SLICES;
    NodeId callee = child_at(a, node, 0);
    uint8_t kind = node_at(a, callee)->kind;
    if (at->kind == NODE_CALL && (kind == NODE_NAME || kind == NODE_ATTRIBUTE)) {
        Str name = node_name(a, callee);
        if (name_is(a->e, name, "islice")) found = WHILE_SLICES;
        bool takes = kind == NODE_NAME ? name_is(a->e, name, "next")
                                       : !strncmp(project_text(a->e->project, name), "pop", 3);
        if (takes) return WHILE_TAKES;
    }
    for (uint32_t i = 0; i < children_of(a, node) && found != WHILE_TAKES; i++) {
        WhileShape inner = while_shape(a, child_at(a, node, i), depth + 1);
        if (inner > found) found = inner;
    }
    return found;
}

/* `while` repeats without rows. One that slices goes from batch to batch, as one without an end
 * is taken to do; one that takes the next element goes from element to element. */
static void execute_while(Activation *a, NodeId node) {
    NodeId condition = child_at(a, node, 0), body = child_at(a, node, 1);
    WhileShape shape = while_shape(a, node, 0);
    bool forever = node_at(a, condition)->kind == NODE_CONSTANT;
    Walk walk = {.item = a->e->unknown};
    walk.loop = loop_make(a->e, &(Loop){.site = site_of(a, node),
                                        .batched = shape == WHILE_SLICES
                                                   || (forever && shape == WHILE_PLAIN)});
    /* `while slug_is_taken(slug):` tries until it fits, `while node := node.parent:` climbs: the
     * condition's own queries are inherent, and count once. */
    use_truth(a, condition, evaluate(a, condition));
    if ((forever && body_runs_once(a, body)) || condition_tries(a, condition)) walk.loop = NULL;
    else if (!loop_enter(a, walk.loop)) walk.loop = NULL;
    loop_run(a, &walk, NODE_NONE, body);
    if (node_at(a, child_at(a, node, 2))->kind != NODE_ABSENT) execute(a, child_at(a, node, 2));
}

static bool handles_attributes(Activation *a, NodeId handler) {
    NodeId type = child_at(a, handler, 0);
    return node_at(a, type)->kind == NODE_NAME
           && name_is(a->e, node_name(a, type), "AttributeError");
}

static void execute_try(Activation *a, NodeId node) {
    State before = state_copy(a->e->scratch, &a->state);
    uint32_t absent = a->absent;
    const Value *found = body_finds_entry(a, child_at(a, node, 0));
    a->trying++;
    if (found == a->e->no) a->state.dead = true; /* KeyError */
    else execute(a, child_at(a, node, 0));
    a->trying--;
    bool lacks = a->absent != absent; /* `except AttributeError:` runs, for want of a plan */
    /* A handler is taken to start where the body ended: what failed is the exception. */
    State during = a->state.dead ? before : state_copy(a->e->scratch, &a->state);
    NodeId otherwise = child_at(a, node, 1), finally = child_at(a, node, 2);
    if (node_at(a, otherwise)->kind != NODE_ABSENT) execute(a, otherwise);
    State after = a->state;
    for (uint32_t i = 3; found != a->e->yes && i < children_of(a, node); i++) {
        NodeId handler = child_at(a, node, i);
        a->state = state_copy(a->e->scratch, &during);
        Str name = node_name(a, handler);
        if (name) variable_set(a, name, a->e->scalar);
        /* What runs when something failed does not run for each row. */
        Condition failed = {.fallback = lacks && handles_attributes(a, handler)};
        failed.guards = !failed.fallback;
        guard_enter(a, &failed);
        a->handling++;
        execute(a, child_at(a, handler, 1));
        a->handling--;
        guard_leave(a, &failed);
        after = join(a, &after, &a->state);
    }
    a->state = after;
    if (node_at(a, finally)->kind == NODE_ABSENT) return;
    bool dead = a->state.dead;
    if (dead) a->state = during;
    execute(a, finally);
    a->state.dead |= dead;
}

/* What a context manager gives: __enter__() of an object; what a generator yields, whose body
 * then runs here. */
static const Value *context_entered(Activation *a, NodeId node, const Value *value) {
    Evaluator *e = a->e;
    if (value->kind == VALUE_MANY && value->flags & VALUE_LAZY) {
        generator_run(a, node, value);
        return value_turned(e->values, value->self, TURN_EACH, activation_turn(a));
    }
    static const char *const enters[] = {"__enter__", "__aenter__"};
    for (int i = 0; value->kind == VALUE_OBJECT && value->klass && i < 2; i++) {
        const ClassMember *member = class_member(value->klass,
                                                 str_of(e->project->strings, enters[i]));
        if (member && member->kind == MEMBER_FUNCTION)
            return call_member(a, node, value, member, &(Arguments){0});
    }
    return value;
}

static void execute_with(Activation *a, NodeId node) {
    for (uint32_t i = 1; i < children_of(a, node); i++) {
        NodeId item = child_at(a, node, i), manager = child_at(a, item, 0);
        const Value *value = context_entered(a, manager, evaluate(a, manager));
        NodeId target = child_at(a, item, 1);
        if (node_at(a, target)->kind != NODE_ABSENT) bind_target(a, target, value);
    }
    execute(a, child_at(a, node, 0));
}

static void bind_captures(Activation *a, NodeId pattern, const Value *value, unsigned depth) {
    if (depth > 8) return;
    if (node_at(a, pattern)->kind == NODE_NAME) bind_target(a, pattern, value);
    for (uint32_t i = 0; i < children_of(a, pattern); i++)
        bind_captures(a, child_at(a, pattern, i), a->e->unknown, depth + 1);
}

/* Whether a text is matched: by a literal, by `_`; SCALAR where that is not decided. Parts may be
 * those of a sequence, which no text is, or alternatives. */
static const Value *pattern_fits(Activation *a, NodeId pattern, const Value *subject) {
    Evaluator *e = a->e;
    const Node *node = node_at(a, pattern);
    uint32_t count = children_of(a, pattern);
    const Module *module = e->project->modules[a->module].module;
    bool one = module->ends.items[pattern] - node->start == 1; /* else it is [], {} */
    if (node->kind == NODE_PATTERN && !node->name && !count && one) return e->yes;
    if (subject->kind != VALUE_STRING || node->flags & NODE_BYTES) return e->scalar;
    if (node->kind == NODE_STRING) return node_name(a, pattern) == subject->name ? e->yes : e->no;
    bool differs = node->kind == NODE_PATTERN && !node->name;
    for (uint32_t i = 0; differs && i < count; i++) {
        NodeId part = child_at(a, pattern, i);
        differs = node_at(a, part)->kind == NODE_STRING && node_name(a, part) != subject->name;
    }
    return differs ? e->no : e->scalar;
}

static void execute_match(Activation *a, NodeId node) {
    const Value *subject = evaluate(a, child_at(a, node, 0));
    State before = state_copy(a->e->scratch, &a->state);
    State after = before, unmatched = before;
    after.dead = true;
    for (uint32_t i = 1; !unmatched.dead && i < children_of(a, node); i++) {
        NodeId arm = child_at(a, node, i), guard = child_at(a, arm, 1);
        bool guarded = node_at(a, guard)->kind != NODE_ABSENT;
        const Value *fits = pattern_fits(a, child_at(a, arm, 0), subject);
        if (fits == a->e->no) continue;
        a->state = state_copy(a->e->scratch, &before);
        bind_captures(a, child_at(a, arm, 0), subject, 0);
        if (guarded) use_truth(a, guard, evaluate(a, guard));
        execute(a, child_at(a, arm, 2));
        after = join(a, &after, &a->state);
        unmatched.dead = fits == a->e->yes && !guarded;
    }
    a->state = join(a, &after, &unmatched);
}

/* A queryset of a relation of `self`, which is a row. */
static bool returns_own_rows(const Activation *a, const Value *value) {
    return value->kind == VALUE_QUERYSET && value->self && a->self
           && a->self->kind == VALUE_ROW && value->self->birth == a->self->birth;
}

static void execute_return(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Value *value = evaluate(a, child_at(a, node, 0));
    for (uint32_t i = a->loop_count; i-- > 0;)
        value = value_turned(e->values, value, a->loops[i], TURN_FRESH);
    if (a->guard && returns_own_rows(a, value))
        value = value_with_flags(e->values, value, VALUE_GUARDED);
    value = registry_returns(a, value);
    a->returned = value_join(e->values, e->plans, a->returned, value);
    a->exit = join(a, &a->exit, &a->state);
    a->state.dead = true;
}

static void execute_jump(Activation *a, bool is_break) {
    if (a->scope) {
        State *to = is_break ? &a->scope->broken : &a->scope->continued;
        *to = join(a, to, &a->state);
    }
    a->state.dead = true;
}

/* Imports inside a function bind names of that function. */
static void execute_import(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Node *at = node_at(a, node);
    Str dotted = node_name(a, node);
    for (uint32_t i = 0; i < children_of(a, node); i++) {
        NodeId alias = child_at(a, node, i);
        bool from = at->kind == NODE_IMPORT_FROM;
        NodeId as = from ? child_at(a, alias, 0) : alias;
        Str imported = from ? node_name(a, alias) : STR_NONE;
        bool renamed = node_at(a, as)->kind == NODE_NAME;
        Str bound = renamed ? node_name(a, as) : imported;
        if (!from && !renamed) {
            const char *text = project_text(e->project, dotted);
            size_t length = strcspn(text, ".");
            bound = str_intern(e->project->strings, text, length);
            Symbol top = project_import(e->project, a->module, bound, 0, STR_NONE);
            variable_set(a, bound, value_of_symbol(a, top));
            continue;
        }
        if (!bound || name_is(e, bound, "*")) continue;
        Symbol symbol = project_import(e->project, a->module, dotted, from ? at->extra : 0,
                                       imported);
        variable_set(a, bound, value_of_symbol(a, symbol));
    }
}

static void execute_definition(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Value *value = e->unknown;
    if (node_at(a, node)->kind == NODE_CLASS) {
        const Class *klass = project_class_at(e->project, site_of(a, node));
        if (klass)
            value = value_intern(e->values, &(Value){.kind = VALUE_CLASS, .klass = klass});
    } else if (a->caller || a->function) {
        value = function_decorate(a, closure_make(a, node));
    } else {
        return; /* module level: declarations answer */
    }
    variable_set(a, node_name(a, node), value);
}

/* del object[key], of an object that a framework gives. */
static void delete_entry(Activation *a, NodeId target) {
    const Value *object = evaluate(a, child_at(a, target, 0));
    if (object->kind != VALUE_OBJECT) return;
    Arguments key = {.count = 1};
    key.nodes[0] = child_at(a, target, 1);
    key.values[0] = evaluate(a, key.nodes[0]);
    framework_method(a, target, object, str_of(a->e->project->strings, "__delitem__"), &key);
}

static void execute_delete(Activation *a, NodeId node) {
    for (uint32_t i = 0; i < children_of(a, node); i++) {
        NodeId target = child_at(a, node, i);
        if (node_at(a, target)->kind == NODE_INDEX) delete_entry(a, target);
        if (node_at(a, target)->kind != NODE_ATTRIBUTE) continue;
        const Value *object = evaluate(a, child_at(a, target, 0));
        if (object->kind == VALUE_ROW) seed_delete(a, object, node_name(a, target));
    }
}

/* How many loops the last statement of a block leaves. In `try` it may never be reached. */
static uint32_t block_leaves(const Activation *a, NodeId node) {
    uint32_t count = children_of(a, node);
    if (!a->loop_count || !count || a->trying) return 0;
    switch (node_at(a, child_at(a, node, count - 1))->kind) {
    case NODE_RETURN: return a->loop_count;
    case NODE_BREAK:
        return a->scope && a->scope->loop == a->loops[a->loop_count - 1] ? 1 : 0;
    default: return 0;
    }
}

/* What cannot go round again, as a loop is left behind it, runs once for all turns. */
static void execute_leaving(Activation *a, NodeId node, uint32_t from, uint32_t leaves) {
    const Loop *loops[LIMIT_LOOPS];
    uint32_t left = a->left_count;
    memcpy(loops, a->loops, sizeof loops);
    for (uint32_t i = 0; i < leaves && a->left_count < LIMIT_LOOPS; i++)
        a->left[a->left_count++] = a->loops[--a->loop_count];
    for (uint32_t i = from; i < children_of(a, node) && !a->state.dead; i++)
        execute(a, child_at(a, node, i));
    a->loop_count += a->left_count - left;
    a->left_count = left;
    memcpy(a->loops, loops, sizeof loops);
}

static void execute_block(Activation *a, NodeId node) {
    uint32_t count = children_of(a, node);
    uint32_t leaves = block_leaves(a, node), last = count;
    while (leaves && last && !says_continue(a, child_at(a, node, last - 1), 0)) last--;
    if (!leaves) last = count;
    for (uint32_t i = 0; i < last && !a->state.dead; i++) execute(a, child_at(a, node, i));
    if (last < count && !a->state.dead) execute_leaving(a, node, last, leaves);
}

static void execute_all(Activation *a, NodeId node) {
    for (uint32_t i = 0; i < children_of(a, node); i++) evaluate(a, child_at(a, node, i));
}

static void execute_node(Activation *a, NodeId node) {
    switch ((NodeKind)node_at(a, node)->kind) {
    case NODE_BLOCK: execute_block(a, node); break;
    case NODE_EXPRESSION: discard_statement(a, node, evaluate(a, child_at(a, node, 0))); break;
    case NODE_ASSIGN: execute_assign(a, node); break;
    case NODE_AUGMENT: execute_augment(a, node); break;
    case NODE_FOR: execute_for(a, node); break;
    case NODE_WHILE: execute_while(a, node); break;
    case NODE_IF: execute_if(a, node); break;
    case NODE_TRY: execute_try(a, node); break;
    case NODE_WITH:
        if (node_at(a, node)->flags & NODE_SCOPED) template_execute(a, node);
        else execute_with(a, node);
        break;
    case NODE_OUTPUT: case NODE_INCLUDE: case NODE_EXTENDS: case NODE_SECTION: case NODE_TAG:
    case NODE_LIBRARY: case NODE_MACROS:
        template_execute(a, node);
        break;
    case NODE_MATCH: execute_match(a, node); break;
    case NODE_RETURN: execute_return(a, node); break;
    case NODE_RAISE: execute_all(a, node); a->state.dead = true; break;
    case NODE_ASSERT: execute_all(a, node); break;
    case NODE_DELETE: execute_delete(a, node); break;
    case NODE_BREAK: execute_jump(a, true); break;
    case NODE_CONTINUE: execute_jump(a, false); break;
    case NODE_IMPORT: case NODE_IMPORT_FROM: execute_import(a, node); break;
    case NODE_FUNCTION: case NODE_CLASS: execute_definition(a, node); break;
    case NODE_ABSENT: case NODE_PASS: case NODE_GLOBAL: break;
    default: evaluate(a, node); break;
    }
}

void execute(Activation *a, NodeId node) {
    if (a->state.dead) return;
    if (!activation_enter(a)) return;
    execute_node(a, node);
    activation_leave(a);
}
