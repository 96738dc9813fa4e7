/* queryset.h - what Django's QuerySet, Manager and related-manager methods do, as a table.
 *
 * One row per method, one per operation that is not a method. The table knows Django 3.2 to 6.1
 * and was compared with it, operation by operation (tests/queryset_table.py). It knows nothing of
 * values or plans: the evaluator asks it what a call gives, does to the plan, and costs.
 *
 * The one idea behind `served`: a prefetched relation is an *evaluated queryset* kept on the row.
 * Its manager's all() hands out that very queryset, and every other manager method is the
 * queryset's method called on it. So "served by a prefetch" and "free on an evaluated queryset"
 * are the same question, but for all() and get_queryset() themselves. */
#ifndef EAGERLY_QUERYSET_H
#define EAGERLY_QUERYSET_H

#include <stdbool.h>
#include <stdint.h>

typedef enum QuerysetResult {
    RESULT_QUERYSET,      /* a queryset of the same model; see `effect` for its plan */
    RESULT_RAW,           /* RawQuerySet: rows of the model, keeps its result, no methods but
                             prefetch_related(), using(), iterator() and iteration */
    RESULT_MANAGER,       /* a manager again: db_manager(), as_manager() */
    RESULT_ROW,           /* one row, or an exception */
    RESULT_ROW_OR_NONE,   /* first(), last() */
    RESULT_ROW_CREATED,   /* the tuple (row, bool) */
    RESULT_ROW_LIST,      /* bulk_create(): a list of rows */
    RESULT_ROW_DICT,      /* in_bulk(): key -> row */
    RESULT_ROW_ITERATOR,  /* iterator(): rows, runs once when it is walked */
    RESULT_SCALAR,        /* count(), update(): a number */
    RESULT_BOOL,          /* exists(), contains() */
    RESULT_DICT,          /* aggregate(): name -> value */
    RESULT_DELETED,       /* delete(): the tuple (number, dict) */
    RESULT_TEXT,          /* explain() */
    RESULT_NOTHING,       /* add(), remove(), clear(), set() */
    RESULT_ATTRIBUTE,     /* not a method: query, db, ordered, model */
} QuerysetResult;

/* What becomes of the plan on the way from the receiver to the result. */
typedef enum QuerysetEffect {
    PLAN_KEEP,
    PLAN_SELECT_RELATED,    /* names; none: join_all and the names go; None: joins go */
    PLAN_PREFETCH_RELATED,  /* lookups and Prefetch objects; None: prefetches go */
    PLAN_ONLY,
    PLAN_DEFER,             /* defer(None) clears */
    PLAN_ANNOTATE,          /* keywords, and arguments under their default_alias */
    PLAN_EXTRA,             /* extra(select={...}) adds attributes */
    PLAN_VALUES,            /* rows are dicts, tuples or plain values */
    PLAN_COMBINE,           /* union(), |, &: the left plan stays, the argument's goes */
    PLAN_STREAM,            /* iterator(): joins stay; prefetches only from Django 4.2 on and with
                               chunk_size (before: ignored; from 5.2 without it: ValueError) */
    PLAN_NO_ROWS,           /* none(): stays, but there are no rows */
    PLAN_FRESH,             /* rows that the manager's queryset did not load: create(), raw() */
    PLAN_FETCH_MODE,        /* 6.1 fetch_mode(): FETCH_PEERS batches single-row relations */
} QuerysetEffect;

typedef enum QuerysetRuns {
    RUNS_NOTHING,           /* builds; the query runs when the result is used */
    RUNS_READ,              /* reads now */
    RUNS_WRITE,             /* writes now (get_or_create() reads, too) */
} QuerysetRuns;

/* When no query runs because the rows are there already: a prefetched relation's manager, or an
 * evaluated queryset. */
typedef enum QuerysetServed {
    SERVED_NEVER,
    SERVED_ALWAYS,
    SERVED_IF_ORDERED,      /* first(): the evaluated queryset has an order (Meta.ordering too) */
    SERVED_ON_MANAGER,      /* all(), get_queryset(): on a prefetched relation's manager gives the
                               evaluated queryset itself; on a queryset a new one, not evaluated */
} QuerysetServed;

/* Whether the call drops the prefetched rows (or the queryset's own): the next all() runs. */
typedef enum QuerysetForgets {
    FORGETS_NEVER,
    FORGETS_ALWAYS,
    FORGETS_UNLESS_REVERSE_FK, /* M2M and generic managers do, reverse foreign keys do not */
    FORGETS_BY_VERSION,     /* create(): M2M and generic do; a reverse FK from Django 5.2 on (4.2
                               does not): for a reverse FK the cache is then open */
} QuerysetForgets;

typedef enum QuerysetOrder {
    ORDER_KEEPS,
    ORDER_BY_ARGUMENTS,     /* order_by(): ordered with arguments; without them not, and first()
                               on it is served from Django 6.1 on only */
    ORDER_SETS,             /* dates(), datetimes() */
    ORDER_CLEARS,           /* union() and its kin */
} QuerysetOrder;

enum { /* QuerysetMethod.on */
    ON_QUERYSET = 1 << 0,
    ON_MANAGER = 1 << 1,    /* of a model: Book.objects; and of a relation: author.books */
    ON_RELATED_FK = 1 << 2, /* only on the manager of a reverse foreign key ... */
    ON_RELATED_M2M = 1 << 3, /* ... of a many-to-many ... */
    ON_RELATED_GENERIC = 1 << 4, /* ... of a GenericRelation */
    ON_RAW = 1 << 5,
    ON_CLASS = 1 << 6,      /* on the QuerySet class: as_manager() */
    ON_RELATED = ON_RELATED_FK | ON_RELATED_M2M | ON_RELATED_GENERIC,
};

typedef struct QuerysetMethod {
    const char *name;
    uint8_t result;         /* QuerysetResult */
    uint8_t effect;         /* QuerysetEffect */
    uint8_t runs;           /* QuerysetRuns */
    uint8_t served;         /* QuerysetServed */
    uint8_t forgets;        /* QuerysetForgets */
    uint8_t order;          /* QuerysetOrder */
    uint8_t on;             /* ON_... */
    bool narrows;           /* other rows than the receiver's: what a prefetch cannot give */
    bool is_async;          /* the value is behind await (aiterator(): behind async for) */
    uint8_t since, removed; /* 41: Django 4.1; 0: before 3.2, and not removed */
} QuerysetMethod;

/* The method, or NULL: not Django's (a custom queryset method: derived, never served). */
const QuerysetMethod *queryset_method(const char *name);
/* The rows in the order of their names, for tests. */
const QuerysetMethod *queryset_methods(uint32_t *count);

/* What uses a queryset without naming a method of it. */
typedef enum QuerysetOperation {
    OPERATION_ITERATE,      /* for (a template's too), comprehension, list(), sorted(), *qs */
    OPERATION_ASYNC_ITERATE, /* async for (4.1) */
    OPERATION_LENGTH,       /* len(qs), |length */
    OPERATION_TRUTH,        /* if qs, not qs, bool(qs), qs and .. */
    OPERATION_IN,           /* row in qs */
    OPERATION_INDEX,        /* qs[0] */
    OPERATION_SLICE,        /* qs[a:b] */
    OPERATION_STEP,         /* qs[a:b:c] */
    OPERATION_REVERSED,     /* reversed(qs) */
    OPERATION_REPR,         /* repr(qs), str(qs), print(qs) */
    OPERATION_PICKLE,       /* pickle.dumps(qs), cache.set(.., qs) */
    OPERATION_COMBINE,      /* qs | other, qs & other, qs ^ other (4.1) */
    OPERATION_ARGUMENT,     /* a subquery: filter(x__in=qs), Exists(qs), Subquery(qs) */
    OPERATION_IDENTITY,     /* is None, ==, hash() */
    OPERATION_COUNT
} QuerysetOperation;

typedef enum OperationResult {
    USE_ROWS,               /* walks or lists the rows */
    USE_ROW,                /* one row */
    USE_SLICE,              /* evaluated: a list; else a new queryset that nothing can narrow */
    USE_LIST,               /* a list */
    USE_QUERYSET,           /* a new queryset */
    USE_VALUE,              /* a number, truth, text */
} OperationResult;

typedef struct QuerysetUse {
    const char *name;
    uint8_t result;         /* OperationResult */
    uint8_t runs;           /* RUNS_NOTHING or RUNS_READ, on one that is not evaluated */
    uint8_t served;         /* SERVED_ALWAYS: free on an evaluated one; SERVED_NEVER */
    bool fills;             /* leaves the queryset evaluated */
    bool on_manager;        /* false: on a manager it is a TypeError (iteration) or means nothing
                               (bool(manager) is True): no query and no rows */
} QuerysetUse;

const QuerysetUse *queryset_use(QuerysetOperation operation);

struct Writer;
/* Both tables as TSV with two header lines, for --dump=queryset-table. */
void queryset_table_dump(struct Writer *out);

#endif
