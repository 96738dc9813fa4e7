/* A query is followed outwards from where it is asked: in each function it passes, the loops there
 * are compared with what its expression is made of, and what that comes to in terms of the
 * parameters is compared with the arguments of the call in the next function out. */
#include "flow/dependence.h"
#include "flow/templates.h"

enum { STEADY_DEPTH = 40, STEADY_NAMES = 24, STEADY_STEPS = 3000 };

typedef struct Check {
    Activation *a;
    const Scope *scope;
    NodeId loop;                 /* NODE_NONE: what the expression comes to, in parameters */
    uint32_t start, end;         /* where the loop's turns run */
    uint64_t parameters;         /* result: those it is made of */
    Str names[STEADY_NAMES];     /* those under way */
    uint32_t name_count;
    uint32_t steps;
} Check;

static const Module *module_here(const Activation *a) {
    return a->e->project->modules[a->module].module;
}

static bool text_among(const char *text, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(text, list[i])) return true;
    return false;
}
#define AMONG(text, list) text_among(text, list, sizeof(list) / sizeof *(list))

/* Methods of texts and dicts. */
static bool method_is_pure(const char *name, uint32_t arguments) {
    static const char *const methods[] = {
        "lower", "upper", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "replace",
        "title", "capitalize", "casefold", "format", "join", "startswith", "endswith", "encode",
        "decode", "zfill", "keys", "items", "partition", "rpartition", "isoformat"};
    const QuerysetMethod *method = queryset_method(name);
    if (method) return method->runs != RUNS_WRITE && (strcmp(name, "get") != 0 || arguments);
    return AMONG(name, methods);
}

static bool function_is_pure(const char *dotted) {
    static const char *const functions[] = {
        "builtins.len", "builtins.str", "builtins.int", "builtins.float", "builtins.bool",
        "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.dict",
        "builtins.sorted", "builtins.min", "builtins.max", "builtins.sum", "builtins.abs",
        "builtins.round", "builtins.any", "builtins.all", "builtins.isinstance",
        "builtins.getattr", "builtins.hasattr", "builtins.type", "datetime.timedelta",
        "datetime.date", "datetime.datetime", "decimal.Decimal", "uuid.UUID",
        "django.shortcuts.get_object_or_404", "django.shortcuts.get_list_or_404",
        "django.contrib.auth.get_user_model", "django.apps.apps.get_model"};
    static const char models[] = "django.db.models.";
    return AMONG(dotted, functions) || !strncmp(dotted, models, sizeof models - 1);
}

bool dependence_call_is_pure(Evaluator *e, uint32_t module, NodeId call) {
    const Module *code = e->project->modules[module].module;
    NodeId callee = node_child(code, call, 0);
    const Node *at = module_node(code, callee);
    Str name = project_name(e->project, module, at->name);
    if (at->kind != NODE_NAME && at->kind != NODE_ATTRIBUTE) return false;
    Symbol symbol = project_expression(e->project, module, callee);
    if (symbol.kind == SYMBOL_EXTERNAL) return function_is_pure(project_text(e->project,
                                                                             symbol.dotted));
    if (symbol.kind == SYMBOL_CLASS && symbol.klass->external)
        return function_is_pure(project_text(e->project, symbol.klass->qualified));
    if (symbol.kind != SYMBOL_UNKNOWN) return false;
    if (at->kind == NODE_ATTRIBUTE)
        return method_is_pure(project_text(e->project, name), node_count(code, call) - 1);
    char dotted[80] = "builtins.";
    strncat(dotted, project_text(e->project, name), sizeof dotted - 10);
    return function_is_pure(dotted);
}

/* Which parameter a name is; false: none. */
static bool parameter_index(const Activation *a, Str name, uint32_t *index) {
    if (!a->definition) return false;
    NodeId parameters = child_at(a, a->definition, 0);
    if (node_at(a, parameters)->kind != NODE_PARAMETERS) return false;
    for (uint32_t i = 0; i < children_of(a, parameters); i++) {
        if (node_name(a, child_at(a, parameters, i)) != name) continue;
        *index = i;
        return true;
    }
    return false;
}

/* A value that nothing it is given to can change, as far as queries by it go. */
static bool value_is_fixed(const Value *value) {
    switch (value->kind) {
    case VALUE_SCALAR: case VALUE_NONE: case VALUE_BOOL: case VALUE_STRING: case VALUE_QUERYSET:
    case VALUE_MANAGER: case VALUE_CLASS: case VALUE_MODULE: case VALUE_EXTERNAL: case VALUE_ROW:
    case VALUE_FUNCTION: case VALUE_METHOD:
        return true;
    default: return false;
    }
}

static bool expression_steady(Check *check, NodeId node, unsigned depth);

/* Names that lead to names can be exponentially many ways. False: too many. */
static bool check_spend(Check *check) {
    if (++check->steps < STEADY_STEPS) return true;
    if (check->steps == STEADY_STEPS) check->a->e->flow->statistics.cut_names++;
    return false;
}

static bool binding_steady(Check *check, const Binding *binding, const Value *now,
                           unsigned depth) {
    switch (binding->kind) {
    case BINDING_CHANGED: return false;
    case BINDING_CALLED: return now && value_is_fixed(now);
    case BINDING_ITEM:
        if (check->loop && binding->loop == check->loop) return false;
        /* fallthrough */
    case BINDING_VALUE:
        return binding->source && expression_steady(check, binding->source, depth + 1);
    }
    return false;
}

/* What templates call the loop itself: forloop.counter, loop.index. */
static bool name_counts_turns(const Activation *a, Str name) {
    return template_runs(a)
           && (name_is(a->e, name, "forloop") || name_is(a->e, name, "loop"));
}

static bool name_steady(Check *check, Str name, unsigned depth) {
    Activation *a = check->a;
    for (uint32_t i = 0; i < check->name_count; i++)
        if (check->names[i] == name) return !check->loop;
    if (check->name_count == STEADY_NAMES || name_counts_turns(a, name)) return false;
    check->names[check->name_count++] = name;
    const Value *now = state_get(&a->state, fact_key(FACT_VARIABLE, 0, name));
    bool steady = true, bound = false;
    for (uint32_t i = scope_first(check->scope, name);
         steady && i < check->scope->bindings.count; i++) {
        const Binding *binding = &check->scope->bindings.items[i];
        if (binding->name != name) break;
        if (!check_spend(check)) return false;
        if (binding->start < check->start || binding->start >= check->end) continue;
        bound |= binding->kind == BINDING_VALUE || binding->kind == BINDING_ITEM;
        steady = binding_steady(check, binding, now, depth);
    }
    uint32_t index;
    if (steady && !check->loop && parameter_index(a, name, &index)) {
        if (index < 64) check->parameters |= (uint64_t)1 << index;
        else steady = false;
    } else if (steady && !check->loop && !bound) {
        /* A global, or a variable of the function around this one, which is out of reach. */
        bool global = project_global(a->e->project, a->module, name).kind != SYMBOL_UNKNOWN;
        steady = global || !now;
    }
    check->name_count--;
    return steady;
}

/* self.current: whether any method may set it meanwhile. */
static bool attribute_steady(Check *check, NodeId node) {
    const Module *module = module_here(check->a);
    NodeId holder = node_child(module, node, 0);
    if (module_node(module, holder)->kind != NODE_NAME) return true;
    const Value *value = state_get(&check->a->state,
                                   fact_key(FACT_VARIABLE, 0, node_name(check->a, holder)));
    if (!value || value->kind != VALUE_OBJECT) return true;
    return !attribute_is_set(check->a->e, check->a->module, node_name(check->a, node));
}

static bool call_steady(Check *check, NodeId node, unsigned depth) {
    Activation *a = check->a;
    NodeId callee = child_at(a, node, 0);
    const Node *at = node_at(a, callee);
    uint32_t index;
    if (at->kind == NODE_NAME && name_is(a->e, node_name(a, callee), "super")) {
        check->parameters |= 1;
        return children_of(a, node) == 1;
    }
    bool local = at->kind == NODE_NAME && (parameter_index(a, node_name(a, callee), &index)
                 || state_get(&a->state, fact_key(FACT_VARIABLE, 0, node_name(a, callee))));
    if (local || !dependence_call_is_pure(a->e, a->module, node)) return false;
    if (at->kind == NODE_ATTRIBUTE && !expression_steady(check, child_at(a, callee, 0), depth + 1))
        return false;
    for (uint32_t i = 1; i < children_of(a, node); i++)
        if (!expression_steady(check, child_at(a, node, i), depth + 1)) return false;
    return true;
}

/* Made of nothing that differs between the loop's turns. */
static bool expression_steady(Check *check, NodeId node, unsigned depth) {
    const Activation *a = check->a;
    const Node *at = node_at(a, node);
    if (depth > STEADY_DEPTH || !check_spend(check)) return false;
    switch (at->kind) {
    case NODE_NAME: return name_steady(check, node_name(a, node), depth);
    case NODE_CALL: return call_steady(check, node, depth);
    case NODE_LAMBDA: case NODE_YIELD: case NODE_WALRUS: case NODE_UNKNOWN: return false;
    case NODE_ATTRIBUTE:
        if (!attribute_steady(check, node)) return false;
        break;
    case NODE_COMP_FOR: /* its target is looked up where it is read */
        return expression_steady(check, child_at(a, node, 1), depth + 1);
    default: break;
    }
    for (uint32_t i = 0; i < children_of(a, node); i++)
        if (!expression_steady(check, child_at(a, node, i), depth + 1)) return false;
    return true;
}

/* Loops. */

static NodeId comprehension_of(const Module *module, NodeId clause) {
    for (NodeId i = clause + 1; i < module->nodes.count; i++) {
        if (module->nodes.items[i].kind != NODE_COMPREHENSION) continue;
        for (uint32_t k = 0; k < node_count(module, i); k++)
            if (node_child(module, i, k) == clause) return i;
    }
    return NODE_NONE;
}

static bool code_waits(const Activation *a, NodeId node, unsigned depth) {
    if (node_at(a, node)->kind == NODE_CALL) {
        const Node *callee = node_at(a, child_at(a, node, 0));
        if ((callee->kind == NODE_ATTRIBUTE || callee->kind == NODE_NAME)
            && name_is(a->e, node_name(a, child_at(a, node, 0)), "sleep"))
            return true;
    }
    for (uint32_t i = 0; depth < STEADY_DEPTH && i < children_of(a, node); i++)
        if (code_waits(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

/* The same, remembered: a loop's body is looked through once. */
static bool loop_waits(const Activation *a, NodeId around) {
    static const char yes = 0, no = 0;
    uint64_t key = site_key(site_of(a, around));
    const void *known = map_get(&a->e->waits, key);
    if (!known) {
        known = code_waits(a, around, 0) ? &yes : &no;
        map_put(a->e->arena, &a->e->waits, key, (void *)(uintptr_t)known);
    }
    return known == &yes;
}

/* A check against one loop of this activation. False: a loop whose turns wait for a change (a
 * `while`, or one that sleeps), or that is not written here. */
static bool check_start(Check *check, Activation *a, const Loop *loop) {
    const Module *module = module_here(a);
    *check = (Check){.a = a, .end = UINT32_MAX};
    uint8_t definition = a->definition ? node_at(a, a->definition)->kind : NODE_BLOCK;
    if (definition == NODE_CLASS) return false;
    check->scope = scope_of(a->e, site_of(a, a->definition ? a->definition : module->root));
    if (!loop) return true;
    if (loop->site.module != a->module || loop->batched) return false;
    NodeId around = loop->site.node;
    switch (node_at(a, around)->kind) {
    case NODE_COMP_FOR: around = comprehension_of(module, around); break;
    case NODE_FOR: case NODE_CALL: break;
    default: return false;
    }
    if (!around || loop_waits(a, around)) return false;
    check->loop = loop->site.node;
    check->start = module_node(module, around)->start;
    check->end = module->ends.items[around];
    return true;
}

bool dependence_steady(Activation *a, NodeId node, const Loop *loop) {
    Check check;
    return check_start(&check, a, loop) && expression_steady(&check, node, 0);
}

/* Counts the loops here, from the innermost, that make no difference to the expressions. */
static void trace(Activation *a, Touch *touch, const Loop *row, const NodeId *nodes,
                  uint32_t count) {
    for (uint32_t i = a->loop_count; touch->traced && i-- > 0;) {
        Check check;
        touch->traced = (!row || a->loops[i] != row) && check_start(&check, a, a->loops[i]);
        for (uint32_t k = 0; touch->traced && k < count; k++)
            touch->traced = expression_steady(&check, nodes[k], 0);
        touch->invariant += touch->traced;
    }
    if (!touch->traced) return;
    Check check;
    touch->traced = check_start(&check, a, NULL);
    for (uint32_t k = 0; touch->traced && k < count; k++)
        touch->traced = expression_steady(&check, nodes[k], 0);
    touch->made_of = check.parameters;
}

void dependence_start(Activation *a, Touch *touch, NodeId node) {
    if (a->muted) return;
    touch->traced = true;
    trace(a, touch, NULL, &node, 1);
}

/* A keyword with a path in it: what it compares stands in a row of another model. */
static bool query_crosses(const Activation *a, NodeId node, unsigned depth) {
    const Node *at = node_at(a, node);
    const char *name = at->kind == NODE_KEYWORD || at->kind == NODE_STRING
                           ? project_text(a->e->project, node_name(a, node)) : "";
    const char *path = strstr(name, "__");
    if (at->kind == NODE_KEYWORD && path && path > name) return true;
    for (uint32_t i = 0; depth < STEADY_DEPTH && i < children_of(a, node); i++)
        if (query_crosses(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

static bool root_steady(Activation *a, NodeId node) {
    while (node_at(a, node)->kind == NODE_CALL || node_at(a, node)->kind == NODE_ATTRIBUTE
           || node_at(a, node)->kind == NODE_INDEX)
        node = child_at(a, node, 0);
    return node_at(a, node)->kind == NODE_NAME
           && dependence_steady(a, node, a->loops[a->loop_count - 1]);
}

static bool queryset_hangs(const Value *qs) {
    return qs->self && qs->self->kind == VALUE_ROW;
}

static bool turn_is_here(const Activation *a, const Loop *turn) {
    for (uint32_t i = 0; i < a->loop_count; i++)
        if (a->loops[i] == turn) return true;
    return false;
}

void dependence_of_query(Activation *a, Touch *touch, const Value *qs, NodeId node) {
    if (a->muted) return;
    touch->traced = true;
    touch->crosses = query_crosses(a, node, 0);
    trace(a, touch, queryset_hangs(qs) ? qs->self->turn : NULL, &node, 1);
    bool hangs = touch->event.path_length && touch->sure && !touch->every;
    if (touch->traced || touch->invariant || !a->loop_count || !hangs
        || turn_is_here(a, touch->turn) || !root_steady(a, node))
        return;
    touch->event.path_length = 0;
    touch->event.birth = qs->birth;
    touch->event.model = qs->birth->model;
    touch->event.cover = COVER_NONE;
    if (touch->event.kind != EVENT_COUNT) touch->event.kind = EVENT_QUERY;
    if (touch->event.silence == SILENCE_ORIGIN) touch->event.silence = SILENCE_NONE;
    touch->every = true;
    touch->turn = TURN_FRESH;
}

/* The name that `if not name`, `if name is None` or `if name` asks for. */
static Str condition_name(const Activation *a, NodeId condition) {
    const Node *at = node_at(a, condition);
    bool negated = at->kind == NODE_UNARY && at->extra == OP_NOT;
    bool compared = at->kind == NODE_COMPARE && (at->extra == OP_IS || at->extra == OP_EQ)
                    && node_at(a, child_at(a, condition, 1))->kind == NODE_CONSTANT;
    NodeId asked = negated || compared ? child_at(a, condition, 0) : condition;
    return node_at(a, asked)->kind == NODE_NAME ? node_name(a, asked) : STR_NONE;
}

bool dependence_remembers(Activation *a, NodeId condition, NodeId branch) {
    Str name = condition_name(a, condition);
    Check check;
    if (!name || !a->loop_count || !check_start(&check, a, a->loops[a->loop_count - 1]))
        return false;
    const Module *module = module_here(a);
    uint32_t start = module_node(module, branch)->start, end = module->ends.items[branch];
    bool filled = false;
    for (uint32_t i = scope_first(check.scope, name); i < check.scope->bindings.count; i++) {
        const Binding *binding = &check.scope->bindings.items[i];
        if (binding->name != name) break;
        if (binding->kind == BINDING_CALLED || binding->start < check.start
            || binding->start >= check.end)
            continue;
        if (binding->start < start || binding->start >= end) return false;
        filled = true;
    }
    return filled;
}

/* The argument for a parameter; false: it is not written in this call. NODE_NONE: the default. */
static bool argument_node(const Activation *a, NodeId call, const Value *function, uint32_t index,
                          NodeId *node) {
    const Evaluator *e = a->e;
    const Module *module = e->project->modules[function->site.module].module;
    NodeId parameters = node_child(module, function->site.node, 0);
    const Node *parameter = module_node(module, node_child(module, parameters, index));
    if (node_at(a, call)->kind == NODE_FILTER) { /* value|name:argument */
        *node = index < children_of(a, call) ? child_at(a, call, index) : NODE_NONE;
        return true;
    }
    bool bound = function->kind == VALUE_METHOD;
    NodeId callee = node_at(a, call)->kind == NODE_CALL ? child_at(a, call, 0) : call;
    if (bound && index == 0) {
        *node = child_at(a, callee, 0);
        return node_at(a, callee)->kind == NODE_ATTRIBUTE;
    }
    if (parameter->flags & (NODE_STARRED | NODE_DOUBLE)) return false;
    Str name = project_name(e->project, function->site.module, parameter->name);
    uint32_t position = index - bound;
    *node = NODE_NONE;
    for (uint32_t i = 1; i < children_of(a, call); i++) {
        NodeId child = child_at(a, call, i);
        uint8_t kind = node_at(a, child)->kind;
        if (kind == NODE_STAR) return false;
        if (kind == NODE_KEYWORD) {
            if (node_name(a, child) == name) *node = child_at(a, child, 0);
        } else if (i - 1 == position) {
            *node = child;
        }
    }
    return true;
}

/* Whether the arguments are those written at the call, and not made up by a builtin. */
static bool call_is_written(const Activation *a, NodeId call, const Arguments *arguments) {
    uint8_t kind = node_at(a, call)->kind;
    if (kind == NODE_ATTRIBUTE || kind == NODE_INCLUDE) return !arguments->count;
    if (kind == NODE_FILTER) return arguments->count == children_of(a, call);
    NodeId callee = child_at(a, call, 0);
    bool attribute = node_at(a, callee)->kind == NODE_ATTRIBUTE;
    if (attribute && name_is(a->e, node_name(a, callee), "delay")) return false; /* elsewhere */
    if (node_at(a, call)->kind != NODE_CALL || children_of(a, call) != arguments->count + 1)
        return false;
    for (uint32_t i = 0; i < arguments->count; i++) {
        NodeId child = child_at(a, call, i + 1);
        if (node_at(a, child)->kind == NODE_KEYWORD) child = child_at(a, child, 0);
        if (arguments->nodes[i] != child) return false;
    }
    return true;
}

void dependence_pass(Activation *a, Touch *touch, NodeId call, const Value *function,
                     const Arguments *arguments) {
    if (!touch->traced) return;
    NodeId nodes[64];
    uint32_t count = 0;
    touch->traced = node_at(a, call)->kind != NODE_ABSENT
                    && call_is_written(a, call, arguments);
    for (uint32_t i = 0; touch->traced && i < 64; i++) {
        if (!(touch->made_of >> i & 1)) continue;
        touch->traced = argument_node(a, call, function, i, &nodes[count]);
        count += nodes[count] != NODE_NONE;
    }
    trace(a, touch, touch->turn, nodes, count);
}
