/* event.h - the query log of the project, worked out without running it.
 *
 * The evaluator emits one Event wherever Django would ask the database, or would have asked but
 * for the plan. Rules see events and nothing else; they never see syntax. Everything here is
 * owned by the Flow's arena and read-only once flow_run() has returned. */
#ifndef EAGERLY_EVENT_H
#define EAGERLY_EVENT_H

#include "flow/plan.h"

/* Where rows come from: the place a missing select_related() is to be added. */
typedef struct Birth {
    Site site;                   /* the queryset or manager expression */
    const Model *model;
    const struct Birth *parent;  /* rows of a relation: the rows they hang from, and ... */
    const Relation *relation;    /* ... by which relation; NULL for Book.objects */
    Str to_attr;                 /* ... kept under this name by a Prefetch; else STR_NONE */
    uint8_t depth;               /* number of parents */
    bool single;                 /* one object (get(), get_object_or_404): no rows to loop over */
    bool known;                  /* false: a parameter or other origin that is not in view */
    bool shared;                 /* the model is not named there (self.model.objects): an edit of
                                    that line would touch other models, too */
    bool given;                  /* one row that was fetched out of view: request.user */
    bool narrowed;               /* rows of a relation by a query of their own (rel.filter()): eager
                                    loading below them is added there, so paths start here */
    bool unsure;                 /* other rows, out of view, may take the place of these */
} Birth;

/* A loop that runs an unknown number of times, unless `bounded`. */
typedef struct Loop {
    Site site;                   /* the for, the comprehension's clause, the map() call ... */
    const Birth *rows;           /* the rows it walks; NULL: something that is not rows */
    bool bounded;                /* over a literal, choices, range(3) */
    bool small;                  /* over rows with a literal limit of at most 20 */
    bool batched;                /* each turn is a batch of rows */
} Loop;

/* A call on the way from the entry to the touch. */
typedef struct Frame {
    Site call;
    Str function;                /* qualified name of the function that contains the call */
} Frame;

/* Where eager loading for an event's rows is to be added: at the birth, unless other models are
 * born there; then at the last derivation. */
typedef struct Event Event;
Site event_queryset(const Event *event);

typedef enum EventKind {
    EVENT_LOAD = 1 << 0,    /* row.author: one related row is read */
    EVENT_FETCH = 1 << 1,   /* row.books.all(), evaluated: a whole to-many relation is read */
    EVENT_NARROW = 1 << 2,  /* row.books.filter(...), evaluated: a prefetch cannot serve this */
    EVENT_COUNT = 1 << 3,   /* count(), exists(), aggregate(), len() of a narrowed one */
    EVENT_QUERY = 1 << 4,   /* a query that hangs from no relation: Book.objects.get(...) */
    EVENT_COLUMN = 1 << 5,  /* a deferred column is read */
    EVENT_WRITE = 1 << 6,   /* save(), create(), delete(), update() ... */
    EVENT_BUILD = 1 << 7,   /* a narrowed queryset of a relation is built and never run */

    /* Said once of a place in the source, whether or not it repeats: event_once(). */
    EVENT_LOOKUP = 1 << 8,  /* a path of a load or of only() that names no relation or field */
    EVENT_LOADER = 1 << 9,  /* a load by a method that does not fit the kind of relation */
    EVENT_DISCARD = 1 << 10, /* eager loading is thrown away */
    EVENT_UNUSED = 1 << 11, /* a load that nothing reads */
    EVENT_SINGLE = 1 << 12, /* eager loading or list() for a single object */
    EVENT_DEEP = 1 << 13,   /* a prefetch path of many hops */
    EVENT_DECLARE = 1 << 14, /* a relation's declaration */
    EVENT_AGAIN = 1 << 15,  /* the same rows are fetched again */
    EVENT_TEST = 1 << 16,   /* rows are fetched to be tested for presence, or measured */
    EVENT_MEASURE = 1 << 17, /* rows are fetched to be counted, summed or mapped in Python */
} EventKind;

/* Why a repeating event is passed over without a finding. A closed list: see rules.md. */
typedef enum Silence {
    SILENCE_NONE,
    SILENCE_OPEN,        /* whether it is loaded is decided where we cannot see */
    SILENCE_ORIGIN,      /* the rows have no birth in view */
    SILENCE_SERVED,      /* the plan or the instance's cache serves it: no query */
    SILENCE_ONCE,        /* not per row: same object, or its queryset keeps the result */
    SILENCE_GUARD,       /* behind hasattr, a prefetch-cache probe, cache.get ... */
    SILENCE_BATCH,       /* once per batch */
    SILENCE_BOUNDED,     /* the loop has a few turns, written in the source */
    SILENCE_TREE_WALK,   /* asked of what the last turn found: node = node.parent */
    SILENCE_HOOKED,      /* a write that the model's own save() or a receiver is to hear of */
    SILENCE_KEY,         /* a row whose new key the loop needs at once */
    SILENCE_DISCARDED,   /* its load is thrown away, which is said where that happens */
    SILENCE_REFRESH,     /* refresh_from_db(): rows are read again on purpose */
    SILENCE_COUNT
} Silence;

/* What runs the loop: Python code, or a framework on the code's behalf. */
typedef enum Surface {
    SURFACE_CODE, SURFACE_VIEW, SURFACE_SERIALIZER, SURFACE_TEMPLATE, SURFACE_ADMIN, SURFACE_FORM,
    SURFACE_MODEL, SURFACE_TABLE, SURFACE_FEED, SURFACE_GRAPHQL,
} Surface;

typedef enum Confidence {
    CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN
} Confidence;

/* What is wrong with a path of a load or of only(): EVENT_LOOKUP and EVENT_LOADER. */
typedef enum FaultKind {
    FAULT_UNKNOWN,       /* `name` is nothing that such a path can lead through */
    FAULT_GLUED,         /* `name` and `better` are paths of their own: a comma is missing */
    FAULT_COLUMN,        /* `name` is a plain column where a relation is wanted */
    FAULT_DEFERRED,      /* the foreign key is joined and left out by only() at once */
    FAULT_MANY,          /* select_related() of a to-many or generic relation */
    FAULT_JOINABLE,      /* prefetch_related() of what a join brings: works, one query more */
} FaultKind;

typedef struct Fault {
    FaultKind kind;
    Str name;                    /* the hop at fault; the event's model is the one it is asked of */
    Str better;                  /* what was probably meant, or STR_NONE */
} Fault;

enum { EVENT_PATH = 8, EVENT_FRAMES = 64, EVENT_LOOPS = 8 };

struct Event {
    EventKind kind;
    Site site;                   /* the expression that runs the query */
    Str function;                /* what it is part of: a function, or a field of a serializer */
    Str method;                  /* "filter", "count", "save", "iteration"; STR_NONE for a LOAD */
    Str detail;                  /* COLUMN: its name; events said once: the path as written, what
                                    was meant ... */
    const Fault *fault;          /* of a LOOKUP or LOADER; else NULL */
    const Birth *birth;          /* the root birth: `path` starts at its rows. NULL: none in view */
    const Model *model;          /* of the rows at the start of `path`; for a query: its model */
    const Relation *path[EVENT_PATH];
    Str path_names[EVENT_PATH];  /* the to_attr under which a hop's rows are kept; STR_NONE: none */
    uint8_t path_length;         /* 0: hangs from no relation */
    uint8_t queries;             /* what one run asks: 1, and 1 for each prefetch of the rows; 255:
                                    that many or more. 0 where nothing is said of it (1) */
    Cover cover;                 /* what the plan says of the whole path */
    const Load *load;            /* the clause that covers it, if one does */
    const Load *nearest;         /* what prefetches the longest part of the path that comes along,
                                    short of its last hop; NULL: nothing that is written down */
    uint8_t nearest_hops;        /* how many hops that part has */
    bool whole;                  /* COUNT: of the whole relation, so that a prefetch serves it */
    bool made;                   /* LOAD: the row, or one in front of it, may instead be made in
                                    memory, where no plan reaches */
    bool aside;                  /* the plan keeps the relation under a to_attr, not here */
    Site built;                  /* where the rows' queryset was last derived; COLUMN: only() or
                                    defer() */
    uint8_t built_hops;          /* COLUMN: how many hops at the end of the path start there */
    const Relation *matched;     /* COLUMN: Django reads it to match this relation's rows; NULL:
                                    the code does */
    const Loop *loops[EVENT_LOOPS]; /* those it repeats under, innermost first; none: once */
    uint8_t loop_count;
    uint8_t invariant;           /* how many of them, innermost first, make no difference to it */
    const Frame *frames;         /* calls, innermost first */
    uint8_t frame_count;
    Silence silence;
    bool asynchronous;           /* it is asked in a coroutine's own code, where Django refuses */
    Surface surface;
    Confidence confidence;
};

/* Numbers for --statistics. */
typedef struct FlowStatistics {
    uint64_t calls, remembered, variants_most, roots;
    uint64_t cut_fuel, cut_depth, cut_variants, cut_events, cut_recursion, cut_subclasses,
        cut_uses, cut_names, cut_arguments, cut_items, cut_nesting, cut_loops, cut_hops,
        cut_values, cut_plans;
    uint64_t touches_known, touches_answered;   /* reads of a relation's name on a row of a known
                                                   model; those with a cover other than OPEN */
    uint64_t touches_unknown;    /* attributes named like a relation, of a value of unknown kind */
    uint64_t silences[SILENCE_COUNT];
    uint64_t includes, includes_found; /* places that include, extend or import a template */
    uint64_t renders, renders_found;   /* places that render one */
    struct Reason { const char *text; uint64_t count; } unknown[32], open[32];
    size_t memory;
} FlowStatistics;

typedef struct ReasonAt {        /* why an expression is unknown or open */
    const char *text;
    Site site;
    uint64_t count;
} ReasonAt;

/* A read of a relation on a row, whether or not it asks the database. */
typedef struct Read {
    Site site;
    const Birth *birth;          /* of the row; NULL: none in view */
    const Relation *relation;
    Cover cover;
    Site clause;                 /* what loads it; node NODE_NONE: nothing that is written down */
} Read;

/* A run of the project's code from one entry. */
typedef struct RootRun {
    Site site;                   /* the function, the class of the view or its registration */
    const char *name;            /* "BookViewSet.list" */
    Surface surface;
    const Model *model;          /* whose rows it asks for first; NULL: none in view */
    uint32_t once;               /* queries that do not repeat */
    uint32_t first, count;       /* the events of this run */
} RootRun;

typedef struct Flow {
    Arena *arena;
    const Project *project;
    Array(Event) events;         /* repeating ones, in the order of (root, execution); the same
                                    touch occurs once per way that reaches it */
    FlowStatistics statistics;
    Array(RootRun) entries;        /* in the order of their runs; bodies of modules are none */
    Array(Read) reads;           /* each once. Unless asked for: only those that a select_related()
                                    without names serves */
    Array(ReasonAt) reasons;     /* empty unless asked for */
} Flow;

typedef struct FlowOptions {
    bool include_tests, include_migrations;
    bool reads;                  /* keep all reads of relations */
    bool reasons;                /* keep the places of unknown values */
    uint64_t fuel;               /* nodes evaluated per function body; 0: the default */
    uint64_t prefetch_depth;     /* hops of a prefetch path that are not too many; 0: the default */
} FlowOptions;

Flow *flow_run(Project *project, const FlowOptions *options);
void flow_free(Flow *flow);

#endif
