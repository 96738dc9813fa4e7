/* plan.h - an eager-load plan: which relations come along with the rows of a queryset.
 *
 *     Book.objects.select_related("author__publisher").prefetch_related(
 *         Prefetch("tags", to_attr="t"))
 *
 *     plan ── author   join      FULL ── below: publisher  join  FULL ── below: (empty)
 *        └─── tags/"t" prefetch  FULL ── below: (empty)
 *
 * A tree of relations, immutable and interned: equal plans are equal pointers, so one plan is
 * shared by every row, loop and call it flows through. Owned by the Plans table's arena. */
#ifndef EAGERLY_PLAN_H
#define EAGERLY_PLAN_H

#include "flow/pins.h"
#include "project/project.h"

typedef enum Cover {
    COVER_NONE,  /* certainly not loaded: a touch costs a query */
    COVER_OPEN,  /* somebody else decides (a parameter, computed arguments): say nothing */
    COVER_MAYBE, /* loaded on some paths to here */
    COVER_FULL,  /* loaded on all paths */
} Cover;

typedef enum LoadHow {
    LOAD_JOIN,     /* select_related */
    LOAD_PREFETCH, /* prefetch_related, Prefetch */
    LOAD_KNOWN,    /* Django's known related object: author.books.all() sets book.author */
} LoadHow;

typedef struct Plan Plan;

/* One relation that comes along. Keyed by (relation, to_attr). */
typedef struct Load {
    const Relation *relation;
    Str to_attr;        /* Prefetch(to_attr=...): a list under this name; else STR_NONE */
    LoadHow how;
    Cover cover;        /* FULL or MAYBE; NONE: see plan_discard() */
    bool narrowed;      /* Prefetch(queryset=...) filters: .all() is served, but is not whole */
    bool ordered;       /* the prefetched queryset has an order: .first() is served */
    bool prefetched;    /* a prefetch of the same path stands behind a JOIN or KNOWN load */
    const Plan *below;  /* what comes along with those rows in turn */
    const Plan *own;    /* of that, what Prefetch(queryset=...) says: a further query of the
                           relation keeps it. NULL: no queryset was given */
    Site clause;        /* the argument that asked for it */
} Load;

typedef enum PlanRows { ROWS_MODELS, ROWS_VALUES /* values(), values_list(), dates() */ } PlanRows;
typedef enum PlanColumns { COLUMNS_ALL, COLUMNS_ONLY, COLUMNS_DEFER } PlanColumns;

typedef enum PlanFetch { FETCH_ONE, FETCH_PEERS, FETCH_RAISE } PlanFetch; /* see peers.c */

struct Plan {
    uint64_t hash;
    const Load *loads;        uint32_t load_count;   /* sorted by (relation's order, to_attr) */
    const Str *columns;       uint32_t column_count; /* of only() or defer(), sorted */
    const Str *annotations;   uint32_t annotation_count; /* names that annotate() added, sorted */
    const Pins *pins;         /* what conditions say of the columns; NULL: nothing */
    uint8_t columns_are;      /* PlanColumns */
    bool columns_maybe;       /* on some paths to here only */
    Site columns_site;        /* the only() or defer() that said so last */
    uint8_t rows;             /* PlanRows */
    uint8_t fetch;            /* PlanFetch: of what is not listed */
    bool open;                /* what is not listed is OPEN rather than NONE */
    bool join_all;            /* select_related() without names: non-null chains, five hops */
    uint8_t join_hops;        /* how many of the five are left here; 0: not join_all */
    uint8_t depth;            /* levels of loads; beyond PLAN_DEPTH a plan below is open */
};

/* Bounds. What does not fit makes the plan open, never wrong. */
enum { PLAN_DEPTH = 24, PLAN_LOADS = 128, PLAN_COLUMNS = 64, PLAN_ANNOTATIONS = 128 };

/* The table of all plans. Names are numbers of `strings`, the project's table: loads and names
 * are sorted by its texts, and only() adds the first parts of its paths to it. */
typedef struct Plans Plans;
Plans *plans_new(Arena *arena, Strings *strings);
uint64_t plans_cut(const Plans *plans); /* how often a plan hit one of the bounds */
/* Django prefetches through the manager of the relation's model, which may load more: `below` says
 * what comes along with the rows of a prefetch path's hop. Without it: nothing. */
typedef const Plan *(*PlanBelow)(void *context, const Relation *relation);
void plans_ask_below(Plans *plans, PlanBelow below, void *context);
const Plan *plan_empty(Plans *plans);
const Plan *plan_open(Plans *plans);
/* The plan with one more load, merged with one of the same key: the better cover, the plans below
 * added, the first clause. JOIN wins over KNOWN and KNOWN over PREFETCH, and the rows of a losing
 * Prefetch(queryset=...) bring nothing, as in Django. A JOIN ends join_all. `how` and `below`
 * (NULL: empty) may be left out of the load. */
const Plan *plan_add(Plans *plans, const Plan *plan, const Load *load);
/* What iterator() leaves when it does not prefetch: a load that is thrown away stays with cover
 * NONE, so that plan_cover() gives its clause, and what was to come below it is open. */
const Plan *plan_discard(Plans *plans, const Plan *plan);
/* Without the loads of one way: select_related(None), prefetch_related(None). */
const Plan *plan_without(Plans *plans, const Plan *plan, LoadHow how);
/* Every load listed stays, the rest becomes OPEN, below the listed ones too; which columns are left
 * out is then unknown, so none counts as such. */
const Plan *plan_opened(Plans *plans, const Plan *plan);
const Plan *plan_with_values(Plans *plans, const Plan *plan);
const Plan *plan_with_fetch(Plans *plans, const Plan *plan, PlanFetch fetch);
const Plan *plan_with_join_all(Plans *plans, const Plan *plan);
const Plan *plan_annotate(Plans *plans, const Plan *plan, Str name);
/* only(): replaces; defer(): adds to the deferred, or takes from the only() list. No names in
 * only(), or names == NULL in defer() (defer(None)): all columns. "author__name" restricts what
 * plan_cover() answers below the joined author. */
const Plan *plan_only(Plans *plans, const Plan *plan, const Str *names, uint32_t count,
                      Site clause);
const Plan *plan_defer(Plans *plans, const Plan *plan, const Str *names, uint32_t count,
                       Site clause);
/* The rows of a condition; and without what any condition said of their columns. */
const Plan *plan_pin(Plans *plans, const Plan *plan, Pin pin);
const Plan *plan_unpinned(Plans *plans, const Plan *plan);
/* Of rows that were read again: no loads, the same columns left out. Pins stay, so that the row may
 * stay the same value; they hold no more. */
const Plan *plan_refreshed(Plans *plans, const Plan *plan);
/* Where two control-flow paths meet: FULL with FULL is FULL, with NONE is MAYBE; with OPEN it is
 * OPEN. Columns that both leave out are deferred; where one restricts nothing, what the other
 * leaves out is so perhaps (columns_maybe). Annotations of both are there, and of the conditions
 * what both say. */
const Plan *plan_join(Plans *plans, const Plan *a, const Plan *b);
/* What the plan says of a relation of its rows, asked without to_attr. `*load` (may be NULL) gets
 * the clause (NULL when none, and for join_all), `*below` (may be NULL) what comes along below it
 * (never set to NULL: empty or open if nothing). A load with a to_attr does not cover the relation
 * itself. */
Cover plan_cover(Plans *plans, const Plan *plan, const Relation *relation, const Load **load,
                 const Plan **below);
/* The load of this relation that is kept under some to_attr name, or NULL. */
const Load *plan_aside(const Plan *plan, const Relation *relation);
/* The load stored under a to_attr name, or NULL. */
const Load *plan_attribute(const Plan *plan, Str to_attr);
bool plan_has_annotation(const Plan *plan, Str name);
/* Whether reading this column (by field name or attname) of a row costs a query; perhaps only, if
 * the plan's columns_maybe says so. */
bool plan_defers(const Plan *plan, const Field *field);
/* Adds the loads of a lookup path ("author__publisher") as select_related or prefetch_related
 * would, on rows of `model`. Prefetch paths may pass through to_attr names. `last` gives the
 * properties of the final hop (to_attr, cover, narrowed, ordered, below); NULL: plain, ordered as
 * the target's Meta says. When a hop is no relation (or one that select_related cannot follow, or
 * `model` is NULL) the rest is ignored and `*unknown` (may be NULL) is set to true; else to false.
 * Behind a hop whose target is out of view everything is open, which is not unknown. */
const Plan *plan_add_path(Plans *plans, const Project *project, const Plan *plan,
                          const Model *model, const char *path, LoadHow how, const Load *last,
                          Site clause, bool *unknown);
/* For --dump and `# reveal:`, in a fixed order: "+author +author.publisher ?tags open". "?" marks
 * a MAYBE, "-" what is thrown away; "+tags:t" has to_attr "t"; "+author.*" is open below author;
 * then, if so, "join_all", "only(a,b)" or "defer(a,b)" (with a "?": perhaps), "=n" for each
 * annotation, "n==text" or "n!=None" for what conditions say, "values", "open" last. "nothing" for
 * the empty plan. */
struct Writer;
void plan_write(const Project *project, const Plan *plan, struct Writer *out);

#endif
