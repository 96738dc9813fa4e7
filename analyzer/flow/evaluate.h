/* evaluate.h - the evaluator's own parts, shared by the files of this room only.
 *
 * An Activation is one run of a function's (or module's) body: its state, the unbounded loops it
 * is in, and the touches it has emitted. A Touch is an event on its way out: its loops and calls
 * are added as it passes from the callee's activation to the caller's. */
#ifndef EAGERLY_EVALUATE_H
#define EAGERLY_EVALUATE_H

#include "flow/queryset.h"
#include "flow/state.h"

enum {
    LIMIT_CALLS = 64,            /* a chain of calls */
    LIMIT_VARIANTS = 64,         /* memories of one function; more are evaluated each time */
    LIMIT_PAGES = 1000,          /* runs of one template; more are not evaluated */
    LIMIT_RECURSION = 3,         /* runs of one function inside one another, on other arguments */
    LIMIT_EVALUATED = 300000,    /* calls in all, beyond which nothing is evaluated each time */
    LIMIT_NESTED = 20000,        /* of these, classes as functions: serializers in each other */
    LIMIT_SUBCLASSES = 12,       /* for which one method of a base class is run */
    LIMIT_TOUCHES = 256,         /* distinct touches of one call */
    LIMIT_MATCHES = 256,         /* loads of one queryset that are looked at, in all */
    LIMIT_NESTING = 120,         /* expressions and statements inside one another in a body */
    LIMIT_STACK = 2000,          /* the same through all bodies: the machine's stack is finite */
    LIMIT_LOOPS = 16,            /* around one another in a body; further in they do not count */
    LIMIT_STANDINS = 4,          /* names that stand for a row's attribute: the latest ones */
    LIMIT_TOLD = 8,              /* of told rows: further ones count as any row */
    LIMIT_UNROLL = 16,
    LIMIT_REACH = 64,            /* items of a container that a callee sees the attributes of */
    LIMIT_ARGUMENTS = 64,
    DEFAULT_FUEL = 60000,        /* nodes of one body */
    DEFAULT_PREFETCH_DEPTH = 4,
};

/* Both lists run from the outermost to the innermost, so that a caller adds in front. */
typedef struct LoopLink {
    const Loop *loop;
    const struct LoopLink *inner;
} LoopLink;
typedef struct FrameLink {
    Frame frame;
    const struct FrameLink *inner;
} FrameLink;

typedef struct Touch {
    Event event;
    const FrameLink *frames;
    const LoopLink *loops;
    const LoopLink *around;      /* WRITE: all loops it happens in, whether it repeats with them */
    const Loop *turn;            /* in which turn the thing asked came to be; see value.h */
    bool kept;                   /* remembered by its function: the callers' loops do not count */
    bool every;                  /* asked anew each time the expression runs: nothing keeps it */
    bool attached;               /* its loops are known to repeat it: those further out count */
    const Value *row;            /* LOAD: the row, and the name under which it is then loaded */
    Str loaded;
    bool traced;                 /* so far nothing was found to depend on any loop around; then */
    uint64_t made_of;            /* the parameters of the function at hand that it is made of */
    uint8_t invariant;           /* innermost loops that make no difference to it */
    bool crosses;                /* it filters by columns of other models */
    bool sure;                   /* whatever the plan of the row: a prefetch does not serve it */
} Touch;

/* `kind = row.kind`, where the row is one of several: who asks the name asks of the row. */
typedef struct StandIn {
    Str name, row;
    Site source;                 /* what was bound to it */
    const Value *value, *subject; /* what that was, and what the row was */
} StandIn;

typedef struct Evaluator Evaluator;
typedef struct Activation Activation;
typedef struct Arguments Arguments;

/* How a framework joins in. Hooks may be left out; one answers NULL for what is not its own. */
typedef struct Framework {
    /* Class(...) of a class that the framework gives a meaning. */
    const Value *(*construct)(Activation *a, NodeId node, const Value *klass,
                              const Arguments *arguments);
    /* An attribute of an object that no class in view declares. */
    const Value *(*attribute)(Activation *a, NodeId node, const Value *object, Str name);
    /* A method of an object (or of super()) that no class in view defines. */
    const Value *(*method)(Activation *a, NodeId node, const Value *object, Str name,
                           const Arguments *arguments);
    /* What a loop over an object walks. */
    const Value *(*iterate)(Activation *a, NodeId node, const Value *object);
    /* The body of a class called as a function: METHOD whose site is a CLASS node. */
    void (*body)(Activation *a, const Class *klass, const Value *self, const Value *row);
    void (*roots)(Evaluator *e);
} Framework;

typedef struct Memory Memory;    /* one remembered call; calls.c */

struct Evaluator {
    Flow *flow;
    Project *project;
    Arena *arena;
    Arena *scratch;              /* states: given up when their activation ends */
    Values *values;
    Plans *plans;
    const FlowOptions *options;
    const Value *unknown, *scalar, *none, *yes, *no;
    const Value *marker, *maybe, *gone, *said; /* of LOADED facts; see seeds.c */
    Map births, loops;           /* interned, by hash of their fields */
    Map memories;                /* function site -> FunctionMemory */
    Map constants;               /* site of a class- or module-level value -> Value */
    Map functions;               /* builtins and outside functions: dotted Str -> handler */
    Map touched, untouched;
    Map reads;      /* sites of relation reads, for the statistics */
    struct Uses *uses;
    Map scopes;                  /* site of a definition -> Scope; bindings.c */
    Map waits;                   /* site of a loop -> whether it sleeps; dependence.c */
    Map set_attributes;          /* module and name; bindings.c */
    Map captures;                /* site of a nested function -> what it sees around it */
    Map decorated;               /* site of a decorated function -> what it is */
    Map once;                    /* events said once, by hash of what they say */
    Map generics;                /* relations made up for what a generic foreign key leads to */
    Map generators;              /* id of a LAZY value -> Memory */
    Map library_names;           /* name -> which rows of the table of libraries.c say it */
    Map manager_plans;           /* model and manager's name -> Plan */
    Map assigned;                /* attribute names that an assignment sets; see probes.c */
    bool assigned_known;
    Map assigned_by_self;        /* those that objects of other classes than models set on self */
    Str plan_fact;               /* attribute that keeps a container's or row's later plan */
    Str unpinned_fact;           /* attribute of a row whose columns may have been set; filters.c */
    uint32_t depth;              /* of calls */
    uint32_t nesting;            /* of expressions and statements, through all of them */
    uint32_t nested;             /* classes run as functions, beyond their memories */
    Site at;                     /* the expression that is evaluated */
    Map heirs;                   /* classes that others inherit from; types.c */
    bool heirs_known;
    Map replaced;                /* class and name -> whether a derived class says it anew */
    Map named;                   /* class and name -> whether it or a derived one is called so */
    Map reasons;                 /* place and reason -> its number in flow->reasons */
    const Framework *const *frameworks; /* NULL at the end */
    Array(uint32_t) faults;      /* events of wrong paths; lookups.c */
    Map wrong;                   /* paths found wrong, by hash of place, path and model */
    struct Elsewhere *elsewhere; /* names that may be there though no model shows them */
    Map template_tags, template_filters; /* of the project: name -> TemplateTag */
    bool template_tags_read;
    Map pages;                   /* places that ask for a template, for the statistics */
    Map request_attributes;      /* what the middleware puts on requests: name -> Value */
    Map processed;               /* what context processors give: name -> Value */
    bool processors_known;
    Map whole_processors;        /* functions all of whose names are in `processed` */
    uint8_t processors_listed, views_changed; /* see contexts.c */
    Map framework_data;          /* what a framework works out once per class */
};

typedef struct LoopScope {       /* where break and continue go */
    struct LoopScope *outer;
    State broken, continued;     /* dead: nobody went there */
    const Loop *loop;            /* NULL: its turns do not count */
    NodeId body;
} LoopScope;

struct Activation {
    Evaluator *e;
    ArenaMark mark;              /* of e->scratch, when it started */
    struct Activation *caller;
    Surface surface;
    uint32_t module;
    Str function;                /* qualified name, for frames */
    const Class *owner;          /* class the running function is defined in */
    const Value *self;           /* its first argument, for super() */
    State state;
    State entry;                 /* a nested function: the captured variables */
    State exit;                  /* joined states of the returns */
    const Value *returned, *yielded;
    const Loop *loops[LIMIT_LOOPS]; /* unbounded, outermost first */
    uint32_t loop_count;
    const Loop *left[LIMIT_LOOPS]; /* loops around that end behind what runs now */
    uint32_t left_count;
    uint32_t trying;             /* `try` bodies around, within the innermost loop */
    LoopScope *scope;
    Array(Touch) touches;
    uint32_t muted, guard, nesting;
    uint32_t handling;           /* exception handlers around */
    uint32_t holds_per_batch;    /* branches around that hold once per batch of a caller's loop */
    uint32_t fallback;           /* branches around that run because a plan brings too little */
    uint32_t absent;             /* probes so far that the plan answered with no */
    const Value *told[LIMIT_TOLD]; /* rows whose own column decides the branch we are in */
    uint32_t told_count;
    StandIn stand_ins[LIMIT_STANDINS];
    uint32_t stand_in_next;
    bool registered;             /* what a registry out of view holds would have run instead */
    uint32_t undecided;          /* branches around, taken or not by what cannot be seen */
    uint32_t made;               /* alternatives around, one of which is made in memory */
    struct Page *page;           /* the page that is rendered; templates.h */
    uint64_t fuel;
    NodeId definition;           /* the FUNCTION or LAMBDA that runs; NODE_NONE: a module */
    uint32_t in_batch;           /* branches around that hold once per batch of a loop */
    bool batches;                /* yields from a loop over batches */
    bool cut;                    /* a bound was hit: what is known is not all */
};

struct Arguments {
    const Value *values[LIMIT_ARGUMENTS];
    Str names[LIMIT_ARGUMENTS];  /* STR_NONE: positional */
    NodeId nodes[LIMIT_ARGUMENTS];
    uint32_t count;
    bool open;                   /* an unknown *args or **kwargs: there may be more */
    bool spread;                 /* some are entries of a **dict: a path may have left them out */
    const Value *rest;           /* what each element of an unknown *args is, or NULL */
};

/* What a loop over a value walks. */
typedef struct Walk {
    const Value *item;           /* what the target is bound to; with the loop's turn in it */
    const Value *container;      /* what keeps its rows between two loops, or NULL */
    const Loop *loop;            /* NULL: a bounded loop, nothing repeats */
    const Value *const *items;   /* a literal sequence: its items, to be unrolled */
    uint32_t item_count;
} Walk;

/* evaluate.c */
const Value *evaluate(Activation *a, NodeId node);
void activation_start(Activation *a, Evaluator *e, Activation *caller, uint32_t module);
void activation_end(Activation *a); /* its states, and those of what it called, are gone */
bool activation_spend(Activation *a);                    /* false: the fuel is gone */
/* One more inside the others; false: that is too many, or the fuel is gone. */
bool activation_enter(Activation *a);
void activation_leave(Activation *a);
/* `node` is the loop, `source` the expression that is walked. */
bool walk_start(Activation *a, NodeId node, NodeId source, const Value *value, Walk *walk);
void walk_end(Activation *a, const Walk *walk, bool all_rows);
/* The loop is around what runs from here on; false: it is one too many, and does not count. */
bool loop_enter(Activation *a, const Loop *loop);
/* Lists that the body puts more into have as many elements as the loop has turns. */
void walk_grows(Activation *a, const Walk *walk, State *joined, const State *entry);
void walk_turn(Activation *a, const Walk *walk);         /* forgets what the last turn loaded */
/* Whether the fact is of a row in a container, left by the loop that put it there. */
bool fact_is_collected(const Activation *a, Fact fact);
/* The rows of a queryset (TURN_EACH) are fetched anew. */
void rows_renew(Activation *a, const Value *each);
const Value *evaluate_constant(Evaluator *e, Site site, const Class *owner);
const Value *value_of_symbol(Activation *a, Symbol symbol);
const Value *value_attribute(Activation *a, NodeId node, const Value *value, Str name);
const Loop *activation_turn(const Activation *a);        /* the turn of what is made now */
Str node_name(const Activation *a, NodeId node);
static inline const Node *node_at(const Activation *a, NodeId node) {
    return module_node(a->e->project->modules[a->module].module, node);
}
static inline NodeId child_at(const Activation *a, NodeId node, uint32_t at) {
    return node_child(a->e->project->modules[a->module].module, node, at);
}
static inline uint32_t children_of(const Activation *a, NodeId node) {
    return node_count(a->e->project->modules[a->module].module, node);
}
static inline Site site_of(const Activation *a, NodeId node) {
    return (Site){a->module, node};
}
static inline void variable_set(Activation *a, Str name, const Value *value) {
    state_set(a->e->scratch, &a->state, fact_key(FACT_VARIABLE, 0, name), value);
}
bool name_is(const Evaluator *e, Str name, const char *text);

/* texts.c */
const Value *text_plain(Activation *a, NodeId node);     /* "..." */
const Value *text_formatted(Activation *a, NodeId node); /* f"...{x}" */

/* reasons.c; `reason` must outlive the flow. */
const Value *unknown_because(Evaluator *e, const char *reason);
const Plan *open_because(Evaluator *e, const char *reason);
/* Whether the value is a small integer that the source says, and which. */
bool value_number(const Evaluator *e, const Value *value, long *number);

/* statements.c */
void execute(Activation *a, NodeId statement);
void bind_target(Activation *a, NodeId target, const Value *value);

/* guards.c */
/* What a condition says: yes, no or SCALAR; and how what it decides is to be taken. */
typedef struct Condition {
    const Value *truth;
    bool guards;       /* asks if something is there already: what it guards runs rarely */
    bool fallback;     /* the plan says that it is not there: the branch for that case runs */
} Condition;
/* Evaluates it. `value` (may be NULL) gets the value itself. */
Condition condition_ask(Activation *a, NodeId node, const Value **value);
void guard_enter(Activation *a, const Condition *condition);
void guard_leave(Activation *a, const Condition *condition);
/* A branch that runs when a name is None and puts what it finds into a dictionary. */
bool condition_fills(Activation *a, NodeId condition, NodeId branch);
/* Whether a decorator keeps what the function gives, by its arguments. */
bool function_is_kept(Activation *a, NodeId function);
/* The row whose plain column a comparison asks, or NULL. */
const Value *condition_tells(Activation *a, NodeId condition);
/* `if obj.parent: return ...` splits the rows: what follows runs for some of them. */
bool condition_reads_row(Activation *a, NodeId condition);
bool condition_ends_batch(Activation *a, NodeId condition); /* holds once per batch */
/* ... or in one turn of the innermost loop: {% if forloop.first %} */
bool condition_holds_once(Activation *a, NodeId condition);
/* narrowing.c */
/* Names whose alternatives the condition tells apart keep those that fit. */
void condition_narrow(Activation *a, NodeId condition, bool holds);
/* `target` was bound to what `source` gives: conditions on the one tell of the other. */
void narrowing_bound(Activation *a, NodeId target, NodeId source, const Value *value);
/* The name is bound anew. */
void narrowing_forget(Activation *a, Str name);

/* registries.c */
/* What dict.get(key) gives for a key that is not there. */
const Value *registry_miss(Activation *a, NodeId call, const Value *dict);
/* Whether a condition asks if such a name was found. */
bool condition_asks_registry(Activation *a, NodeId condition);
/* A value on its way out of a function, and where the function was called. */
const Value *registry_returns(Activation *a, const Value *value);
const Value *registry_called(Activation *a, NodeId call, const Value *rows);

/* roots.c */
/* Between the two, what runs in `top` becomes events. */
void root_start(Activation *top, Evaluator *e, uint32_t module);
void root_finish(Activation *top);
void run_roots(Evaluator *e);

/* arguments.c */
/* One more; `name` STR_NONE: by position. */
void arguments_add(Evaluator *e, Arguments *arguments, Str name, NodeId node,
                   const Value *value);
/* By position, all standing at `node`. */
Arguments argument_of(NodeId node, const Value *value);
Arguments arguments_of(NodeId node, const Value *const *values, uint32_t count);
/* The given ones behind one by position: self, what a filter is applied to ... */
Arguments arguments_behind(Evaluator *e, NodeId node, const Value *first,
                           const Arguments *given);
/* Evaluates the children of a call from the `first` on. */
void arguments_read(Activation *a, NodeId call, uint32_t first, Arguments *arguments);
/* Those that have a name, as a dict. */
const Value *arguments_dict(Evaluator *e, const Arguments *arguments);
/* By position (from 0) or name (may be NULL); NULL: not given. */
const Value *argument(const Arguments *arguments, Evaluator *e, uint32_t position,
                      const char *name);

/* calls.c */
const Value *call_value(Activation *a, NodeId node, const Value *callee,
                        const Arguments *arguments);
const Value *call_member(Activation *a, NodeId node, const Value *self,
                         const ClassMember *member, const Arguments *arguments);
const Value *call_cached(Activation *a, NodeId node, const Value *self,
                         const ClassMember *member);
const Value *member_function(Evaluator *e, const ClassMember *member, const Value *self);
const Value *call_simple(Activation *a, NodeId node, const Value *callee, const Value *argument);
/* Runs the body behind a generator value, here. */
void generator_run(Activation *a, NodeId node, const Value *generator);
void call_root(Activation *top, const Value *function);
bool function_was_called(const Evaluator *e, Site site);
/* Nothing out of view runs it: it is no root. */
void function_pass_over(Evaluator *e, Site site);

/* closures.c */
/* A nested function or lambda, with the variables around it. */
const Value *closure_make(Activation *a, NodeId node);
/* The function with those variables as they are now, if it is nested in what runs here. */
const Value *closure_now(Activation *a, const Value *function);
bool closure_is_here(const Activation *a, const Value *function);
/* The captured variables that the call left changed. Owned by the evaluator's arena. */
uint32_t closure_changes(const Activation *callee, const Value *function, Fact **changes);
/* The changed variables in the caller that closure_is_here() is true of. */
void closure_apply(Activation *a, const Fact *changes, uint32_t count);

/* decorators.c */
/* What the decorators on a FUNCTION node make of it, called here. */
const Value *function_decorate(Activation *a, const Value *function);
/* Whether a decorator out of view sets a column behind the method: @transition(field=state). */
bool method_moves_state(Activation *a, const Value *method);
/* What a call of a decorated function gives: `result`, or what the function itself gives. */
const Value *decorated_result(Activation *a, NodeId node, const Value *wrapper,
                              const Arguments *arguments, const Value *result);
/* A function of a module or class body, decorated. */
const Value *function_defined(Evaluator *e, Site site, const Class *owner);

/* objects.c */
const Value *call_class(Activation *a, NodeId node, const Value *callee,
                        const Arguments *arguments);
const Value *object_method(Activation *a, NodeId node, const Value *object, Str name,
                           const Arguments *arguments);
/* What the first framework says that knows the attribute; NULL: none does. */
const Value *framework_attribute(Activation *a, NodeId node, const Value *object, Str name);
/* What the frameworks do for a method of the object; NULL: it is none of theirs. */
const Value *framework_method(Activation *a, NodeId node, const Value *object, Str name,
                              const Arguments *arguments);
const Value *call_super_method(Activation *a, NodeId node, const Value *super, Str name,
                               const Arguments *arguments);
/* What a named tuple unpacks into; UNKNOWN for other objects. */
const Value *object_items(Evaluator *e, const Value *object);

/* touches.c */
const Birth *birth_make(Evaluator *e, const Birth *draft);
const Loop *loop_make(Evaluator *e, const Loop *draft);
void touch_emit(Activation *a, Touch *touch);
void touch_replay(Activation *a, const Touch *touch, Site call);
void touches_finish(Evaluator *e, const Activation *a);
/* ... and for those who ask what was believed of it. */
void touch_read(Activation *a, NodeId node, const Value *row, const Relation *relation,
                Cover cover, const Load *load);
void touch_noted(Activation *a, NodeId node, Cover cover);
void touch_unknown(Activation *a, NodeId node, Str name);
void event_place(Event *event, const Birth *birth, const Relation *last);
/* An event of a place in the source (EVENT_LOOKUP and those below it): passed on at once, the first
 * time this kind is said of this site, path and detail. Muted rounds count as well. */
void event_once(Evaluator *e, const Event *draft);

/* rows.c */
const Value *row_attribute(Activation *a, NodeId node, const Value *row, Str name, bool probe);
const Value *row_make(Evaluator *e, const Birth *birth, const Plan *plan, const Loop *turn,
                      const Value *parent);
const Value *row_open(Evaluator *e, const Model *model, Site site);
const Value *row_method(Activation *a, NodeId node, const Value *row, Str name,
                        const Arguments *arguments);
const Class *value_class(const Value *value);
bool row_has_method(const char *name);
/* The row with what prefetch_related_objects() added to it, or to its container, since. */
const Value *row_as_loaded(const Activation *a, const Value *row, const Value *container);

/* seeds.c */
void row_assign(Activation *a, const Value *row, Str name, const Value *value);
/* What is known of the relation on this very row, over what its plan says. */
Cover seed_cover(const Activation *a, const Value *row, Str name, Cover planned);
/* Which to-many relations are on the row can no longer be told. */
void seed_open(Activation *a, const Value *row);
/* cache[key] = ..., when the cache is one of a row's own. False: it is not. */
bool seed_entry(Activation *a, const Value *cache, const Value *key);
/* A method of such a cache; NULL: it is none. */
const Value *seed_method(Activation *a, const Value *cache, Str name, const Arguments *arguments);
/* refresh_from_db(), whole or of some fields. */
void seed_refresh(Activation *a, const Value *row, const Arguments *arguments);
void seed_delete(Activation *a, const Value *row, Str name); /* del row.name */
void seed_forget(Activation *a, const Value *queryset, const QuerysetMethod *method);
void seed_setattr(Activation *a, const Value *object, const Value *name, const Value *value);
/* What is known of one instance holds for the other: the same one, loaded further, or a copy. */
void seed_copy(Activation *a, const Value *from, const Value *to);

/* What is known of a row that a generator yields is kept aside, under SEED_YIELDED ... */
enum { SEED_YIELDED = 0x3fffffff };
void seed_yield(Activation *a, const Value *row);
/* ... and becomes what is known of each element: the facts of the generator's value. */
uint32_t seeds_yielded(Fact *facts, uint32_t count, const Value *generator);

/* requests.c */
const Value *request_value(Evaluator *e);
bool value_is_request(Evaluator *e, const Value *value);
/* Whether a parameter that nobody in view passes is a view's request: views call it so. */
bool parameter_is_request(const Activation *a, NodeId parameter);
/* METHODS of @action(methods=METHODS) or @api_view(METHODS): the only one, or NULL. */
const char *methods_only(Evaluator *e, const Value *methods);
/* The request in what runs here has this method, in whichever case. */
void request_put_method(Activation *a, const char *method);
/* The same, if the decorators of a view let one method through. */
void request_take_method(Activation *a, Site function);
/* A constant of a library that requests are compared with; any other value as it is. */
const Value *request_constant(Evaluator *e, const Value *value);
/* What is on each request under that name. NULL: nobody in view says. */
const Value *request_attribute(Activation *a, NodeId node, Str name);
/* request.name = value: what is then there. */
const Value *request_assigned(Activation *a, Str name, const Value *value);

/* probes.c */
/* hasattr(row, name): yes, no, or SCALAR where reading it (or somebody else) decides. */
const Value *row_has(Activation *a, const Value *row, Str name);
/* Whether any assignment or setattr() of the project sets an attribute of that name. */
bool name_is_set_anywhere(Evaluator *e, Str name);
/* types.c */
/* Whether other classes inherit from it, or may do so out of view. */
bool class_has_heirs(Evaluator *e, const Class *klass);
/* Whether the value is of the very class it is known by, not of one derived from it. */
bool type_is_sure(Evaluator *e, const Value *value);
/* type(value): a CLASS, or UNKNOWN. */
const Value *type_of(Evaluator *e, const Value *value);
/* What a class says of itself: __name__, __qualname__. NULL: another name. The name of a class that
 * is not sure is a SCALAR with that class. */
const Value *type_attribute(Evaluator *e, const Value *klass, Str name);
/* Whether that may be the name of the class or of one derived from it. What names no class of the
 * project may name one out of view. */
bool type_may_be_named(Evaluator *e, const Class *klass, Str name);
/* row._meta.model_name and the like; `of`: the row or model class. NULL: another name. */
const Value *type_meta(Evaluator *e, const Value *of, Str name);
/* What a row reads of its class, `value`, as far as it is the same in derived classes. */
const Value *type_member(Evaluator *e, const Value *row, const ClassMember *member,
                         const Value *value);
/* comparisons.c: left OP right, for all operators that compare. */
const Value *compare_values(Evaluator *e, Operator operator, const Value *left,
                            const Value *right);
/* presence.c: hasattr(object, name): yes, no, or scalar where it is not known. */
const Value *object_has(Activation *a, const Value *object, Str name);
/* Whether a name that the model does not declare is certainly not on the row. */
bool row_lacks(Activation *a, const Value *row, Str name);
/* `key in cache`, when the cache is one of a row's own: yes, no or SCALAR. */
const Value *probe_contains(Activation *a, const Value *cache, const Value *key);
/* The default of a getattr() whose row lacks the attribute; counted as such. */
const Value *probe_default(Activation *a, const Value *value);
/* NULL: none of theirs. */
const Value *probe_of_row(Evaluator *e, const Value *row, Str name);
const Value *probe_attribute(Evaluator *e, const Value *value, Str name);
const Value *probe_call(Activation *a, const Value *self, Str name, const Arguments *arguments);

/* special.c: what Python's own operations run of a value. */
/* The method of a row or object by name. NULL: its class has none in view; nothing ran. */
const Value *special_call(Activation *a, NodeId node, const Value *value, const char *name,
                          const Arguments *arguments);
/* left OP right. NULL: neither side says what that is. */
const Value *special_operator(Activation *a, NodeId node, Operator operator, const Value *left,
                              const Value *right);
const Value *special_item(Activation *a, NodeId node, const Value *value, const Value *key);
const Value *use_truth(Activation *a, NodeId node, const Value *value);
void use_text(Activation *a, NodeId node, const Value *value); /* str(), print() */
void use_representation(Activation *a, NodeId node, const Value *value); /* repr() */
void use_format(Activation *a, NodeId node, const Value *value); /* format(), f"{value}" */
void use_length(Activation *a, NodeId node, const Value *value);
void use_hash(Activation *a, NodeId node, const Value *value);
void use_membership(Activation *a, NodeId node, const Value *container, const Value *item);
/* text % given, and text.format(arguments). */
void use_percent(Activation *a, NodeId node, const char *text, const Value *given);
void use_fields(Activation *a, NodeId node, const char *text, const Arguments *arguments);

/* managers.c */
const Class *queryset_klass(const Value *manager); /* the project's queryset class, or NULL */
const Value *manager_make(Activation *a, NodeId node, const Model *model, Str name);
/* The plan of rows that a relation's manager reads: the way back is known for reverse keys. */
const Plan *plan_known_parent(Activation *a, const Plan *plan, const Relation *relation);
const Value *manager_related(Activation *a, NodeId node, const Value *row,
                             const Relation *relation);
const Value *manager_called(Activation *a, const Value *manager, const Arguments *arguments);
const Value *manager_queryset(Activation *a, NodeId node, const Value *manager);
/* The queryset as a further query of it starts: of what a prefetch has brought behind its rows only
 * what Prefetch(queryset=...) says is asked again. */
const Value *queryset_anew(Activation *a, NodeId node, const Value *queryset);
/* BookQuerySet(self.model, ...): the manager's own queryset under another class. */
const Value *queryset_construct(Activation *a, NodeId node, const Class *klass,
                                const Arguments *arguments);
/* x._default_manager where x is some model that cannot be told: only models have that. NULL: it is
 * another name. */
const Value *manager_of_unknown(Activation *a, NodeId node, Str name);
/* What comes along with the rows that this relation leads to, by its model's manager. */
const Plan *relation_plan(Evaluator *e, const Relation *relation);

const Birth *birth_below(Evaluator *e, const Birth *parent, const Relation *relation, Site site);
Confidence row_confidence(const Activation *a, const Value *row, Cover cover);

/* generic.c */
const Value *generic_target(Activation *a, NodeId node, const Value *row, const Relation *key,
                            const Plan *below);
const Value *generic_told(Activation *a, NodeId node, const Value *value, const Value *wanted);
const Value *generic_prefetch(Activation *a, NodeId node, const Arguments *arguments);

/* columns.c */
/* Reads a column; `cover` MAYBE: perhaps. */
/* Whether the row was told its parent: not when the key is left out, from Django 6.1 on. */
bool row_was_matched(Activation *a, const Value *row, const Relation *relation);
void row_column(Activation *a, NodeId node, const Value *row, const Field *field, Cover cover);
void row_keys(Activation *a, NodeId node, const Value *row, const Relation *relation,
              Cover cover);
void queryset_match(Activation *a, NodeId node, const Value *queryset, bool one);
void row_created(Activation *a, NodeId node, const Value *row);

/* containers.c */
/* A dict as it is put together. A key that is no STRING, and one there is no room for, is among
 * the others: `key` and `self` of the value. */
enum { LIMIT_KEYS = 64 };
typedef struct DictDraft {
    const Value *items[2 * LIMIT_KEYS];
    uint32_t count;
    const Value *key, *self;
    uint16_t flags;
} DictDraft;
void dict_put(Evaluator *e, DictDraft *draft, const Value *key, const Value *value);
void dict_put_all(Evaluator *e, DictDraft *draft, const Value *dict); /* its entries win */
const Value *dict_done(Evaluator *e, const DictDraft *draft);

/* contexts.c */
/* Whether every key of the dict has been seen. */
bool dict_is_whole(const Value *dict);
/* The dict from now on in two places. */
const Value *dict_shared(Evaluator *e, const Value *dict);
const Value *dict_assigned(Activation *a, NodeId assign, const Value *value);
/* A call is behind us: what it was given it may have put more into. */
void dict_passed(Activation *a, const Value *callee, const Arguments *arguments);
/* Whether a page runs whose names are all in view. */
bool context_is_whole(const Activation *a);
/* A comparison with nothing on such a page. NULL: it is none. */
const Value *context_compared(Activation *a, Operator operator, const Value *left,
                              const Value *right);

/* libraries.c: methods of Django's own apps and of well-known libraries. */
void libraries_register(Evaluator *e);
/* Something such a library declares on the row: NULL if it does not. */
const Value *library_attribute(Evaluator *e, const Value *row, Str name);
/* A method of a row, manager, queryset or model class. NULL: none of theirs; nothing ran. */
const Value *library_call(Activation *a, NodeId node, const Value *self, Str name);
/* What a row reads where the class says HistoricalRecords(). NULL: `made` is something else. */
const Value *library_history(Activation *a, NodeId node, const Value *made);

/* querysets.c */
/* The relation to its parent row that a manager or queryset hangs from, or NULL. */
const Relation *queryset_relation(const Value *queryset);
/* What the parent row's plan says of it. */
Cover queryset_cover(const Activation *a, const Value *queryset, const Load **load,
                     const Plan **below);
const Value *queryset_attribute(Activation *a, NodeId node, const Value *value, Str name);
const Value *queryset_call(Activation *a, NodeId node, const Value *receiver, Str name,
                           const Arguments *arguments);
const Value *queryset_rows(Activation *a, NodeId node, const Value *queryset, const Loop *turn);
/* The birth of its rows. */
const Birth *queryset_birth(Evaluator *e, const Value *queryset);
void queryset_run(Activation *a, NodeId node, const Value *queryset, QuerysetOperation use);
/* The queryset, sliced; `small`: to at most 20 rows. */
const Value *queryset_sliced(Activation *a, NodeId node, const Value *queryset, bool small);
const Value *queryset_index(Activation *a, NodeId node, const Value *queryset, NodeId index);
/* A query of these rows, each time it is asked. */
void queryset_ask(Activation *a, NodeId node, const Value *queryset, EventKind kind, Str method);
/* A narrowed queryset of a prefetched relation is kept under a name nobody reads. */
void queryset_dropped(Activation *a, NodeId node, const Value *queryset);
const Plan *plan_with_lookup(Activation *a, const Plan *plan, const Model *model,
                             const Value *lookup, LoadHow how, Site clause);

/* discard.c */
/* An expression that stands as a statement: loads that were asked of it are lost. */
void discard_statement(Activation *a, NodeId statement, const Value *value);
/* values() and values_list() on what prefetches in the same chain of calls. */
void discard_values(Activation *a, NodeId node, const Value *queryset);
/* iterator(): the queryset with what is left of its plan. */
const Value *discard_stream(Activation *a, NodeId node, const Value *queryset, Str method,
                            const Arguments *arguments);
/* A read of a relation that the rows' plan keeps under another name. */
void touch_aside(Event *event, const Plan *plan, const Relation *relation);

/* nearest.c */
/* `row` is the one whose relation stands at the end of the event's path. */
void touch_nearest(Evaluator *e, Event *event, const Value *row);

/* cost.c */
/* The queries that one evaluation of a queryset with this plan runs. */
uint8_t plan_queries(const Plan *plan);

/* peers.c */
/* Whether reading what did not come along runs a query (else it raises), and with which turn. */
bool row_asks(Activation *a, const Value *row, const Loop **turn);
const Plan *plan_after_fetch_mode(Activation *a, const Plan *plan, const Arguments *arguments);

/* filters.c */
/* `excludes`: of exclude(), else of filter() and get(). */
const Plan *plan_after_filter(Evaluator *e, const Plan *plan, const Model *model,
                              const Arguments *arguments, bool excludes);
/* The plan of a | b, union() ..., a's being given. */
const Plan *plan_combined(Evaluator *e, const Plan *plan);
/* What the conditions say that the column reads; NULL: nothing. `name`: as it is read. */
const Value *row_pinned(Activation *a, const Value *row, const Field *field, Str name);
/* Any column of the row may have been set: what conditions said of it is known no more. */
void row_unpin(Activation *a, const Value *row);
void rows_unpin(Activation *a, NodeId call, const Arguments *arguments); /* given out of view */
void held_unpin(Activation *a, const Value *holder); /* a row, or an object that has some */
/* Whether its columns are as the database gave them. */
bool row_is_whole(const Activation *a, const Value *row);
/* Whether conditions say that the key it was read by is not NULL. */
bool row_is_there(const Activation *a, const Value *row);
/* yes or no where conditions decide the comparison; else NULL. */
const Value *compare_pinned(const Activation *a, Operator operator, const Value *left,
                            const Value *right);

/* dependence.c: whether a query asks the same each turn. */
/* Counts the loops that make no difference to the expression, here and in callers. */
void dependence_start(Activation *a, Touch *touch, NodeId node);
/* The expression asks anew each time it runs: counts the loops that make no difference to it. What
 * hangs from an object that is the same each turn, and depends on the turn, is a plain query. */
void dependence_of_query(Activation *a, Touch *touch, const Value *queryset, NodeId node);
/* The same in the caller, where the function's parameters are the call's arguments. */
void dependence_pass(Activation *a, Touch *touch, NodeId call, const Value *function,
                     const Arguments *arguments);
/* `if found is None: found = ...`, where the loop binds the name nowhere else: the first turn. */
bool dependence_remembers(Activation *a, NodeId condition, NodeId branch);
/* Whether the expression gives the same in each turn of a loop of this activation. */
bool dependence_steady(Activation *a, NodeId node, const Loop *loop);

/* attempts.c */
/* Whether a `while` or a `for ... in range()` tries something again, as its names say. */
bool condition_tries(Activation *a, NodeId condition);
bool range_tries(Activation *a, NodeId target, NodeId iterable);

/* carried.c */
/* Whether what the innermost loop's body asks here is asked of what it found the turn before. */
bool query_is_carried(Activation *a, NodeId query);

/* writes.c */
/* row.save(), row.delete() of Django's own. */
void write_row(Activation *a, NodeId node, const Value *row, Str name);
/* A call of something out of view that may write rows of any model. */
void write_unknown(Activation *a, NodeId call);
/* A writing method of a manager or queryset; `relation`: the one it hangs from, or NULL. */
void write_queryset(Activation *a, NodeId node, const Value *qs, const Relation *relation,
                    Str name, const Arguments *arguments);

/* lookups.c */
typedef enum LookupUse { LOOKUP_JOIN, LOOKUP_PREFETCH, LOOKUP_OBJECTS, LOOKUP_ONLY, LOOKUP_DEFER }
    LookupUse;
/* Says what is wrong with an argument of select_related(), prefetch_related(), only() ... on rows
 * of this birth and plan. What may be declared out of view is not wrong: the answer is then false,
 * and nobody knows what the path loads. It is false, too, when the path makes Django raise. */
bool lookup_check(Activation *a, const Birth *birth, const Plan *plan, const Value *argument,
                  LookupUse use, Site site);
/* prefetch_related() where a join would do; `after` is the plan behind the whole call. */
void lookup_check_prefetches(Activation *a, const Value *queryset, const Plan *after,
                             const Arguments *arguments);
/* The rows are fetched: what is joined must not be left out by only() or defer(). */
void lookup_check_rows(Activation *a, NodeId node, const Value *queryset);
/* A method that fetches rows, or one behind which a wrong select_related() in the same chain of
 * calls does nothing: values(), count(), delete(). */
void lookup_check_method(Activation *a, NodeId node, const Value *queryset,
                         const QuerysetMethod *method, bool served);
/* fate.c */
/* A variable is bound to a queryset: what becomes of it in the rest of the function. */
void fate_assigned(Activation *a, NodeId assign, const Value *queryset);
/* A queryset is fetched for its length or truth; `node` is the call or the condition. */
void fate_tested(Activation *a, NodeId node, const Value *queryset, QuerysetOperation operation);
/* A comprehension's clause walks a queryset. */
void fate_mapped(Activation *a, NodeId comprehension, NodeId clause, const Value *queryset);

/* waste.c */
/* select_related() or prefetch_related(): is there a path that nothing reads? */
void waste_loaded(Activation *a, NodeId call, const Value *queryset, const Arguments *arguments);
/* single.c */
/* One object is fetched: does a prefetch for it save anything? */
void single_fetched(Activation *a, NodeId node, const Value *queryset);

/* declarations.c */
/* What is said of the models themselves, whoever uses them. */
void declarations_say(Evaluator *e);

/* builtins.c */
void builtins_register(Evaluator *e);
/* yes, no, or a SCALAR when it is not decided. `wanted`: a CLASS or a SEQUENCE of them. */
const Value *value_is_instance(Evaluator *e, const Value *value, const Value *wanted);
const Value *builtin_call(Activation *a, NodeId node, const Value *callee,
                          const Arguments *arguments, bool *handled);
const Value *builtin_method(Activation *a, NodeId node, const Value *self, Str name,
                            const Arguments *arguments);

#endif
