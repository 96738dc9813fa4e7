/* One line per name, sorted for a binary search. The macros spell out the four shapes a method
 * has: it builds a queryset, reads now, writes now, or is something else. */
#include "flow/queryset.h"

#include "base/writer.h"

#include <string.h>

enum { ON_BOTH = ON_QUERYSET | ON_MANAGER };

#define BUILDS(NAME, EFFECT, SERVED, ORDER, ON, NARROWS, SINCE)                                    \
    {.name = NAME, .result = RESULT_QUERYSET, .effect = EFFECT, .served = SERVED, .order = ORDER,  \
     .on = ON, .narrows = NARROWS, .since = SINCE}
#define READS(NAME, RESULT, SERVED, ASYNC, SINCE)                                                  \
    {.name = NAME, .result = RESULT, .runs = RUNS_READ, .served = SERVED, .on = ON_BOTH,           \
     .is_async = ASYNC, .since = SINCE}
#define WRITES(NAME, RESULT, EFFECT, FORGETS, ON, ASYNC, SINCE)                                    \
    {.name = NAME, .result = RESULT, .effect = EFFECT, .runs = RUNS_WRITE, .forgets = FORGETS,     \
     .on = ON, .is_async = ASYNC, .since = SINCE}
#define OTHER(NAME, RESULT, EFFECT, ON, ASYNC, SINCE)                                              \
    {.name = NAME, .result = RESULT, .effect = EFFECT, .on = ON, .is_async = ASYNC, .since = SINCE}

static const QuerysetMethod methods[] = {
    WRITES("aadd", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, true, 42),
    READS("aaggregate", RESULT_DICT, SERVED_NEVER, true, 41),
    WRITES("abulk_create", RESULT_ROW_LIST, PLAN_FRESH, FORGETS_NEVER, ON_BOTH, true, 41),
    WRITES("abulk_update", RESULT_SCALAR, PLAN_KEEP, FORGETS_NEVER, ON_BOTH, true, 41),
    WRITES("aclear", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, true, 42),
    READS("acontains", RESULT_BOOL, SERVED_ALWAYS, true, 41),
    READS("acount", RESULT_SCALAR, SERVED_ALWAYS, true, 41),
    WRITES("acreate", RESULT_ROW, PLAN_FRESH, FORGETS_BY_VERSION, ON_BOTH, true, 41),
    WRITES("add", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, false, 0),
    WRITES("adelete", RESULT_DELETED, PLAN_KEEP, FORGETS_ALWAYS, ON_QUERYSET, true, 41),
    READS("aearliest", RESULT_ROW, SERVED_NEVER, true, 41),
    READS("aexists", RESULT_BOOL, SERVED_ALWAYS, true, 41),
    READS("aexplain", RESULT_TEXT, SERVED_NEVER, true, 41),
    READS("afirst", RESULT_ROW_OR_NONE, SERVED_IF_ORDERED, true, 41),
    READS("aget", RESULT_ROW, SERVED_NEVER, true, 41),
    WRITES("aget_or_create", RESULT_ROW_CREATED, PLAN_FRESH, FORGETS_UNLESS_REVERSE_FK, ON_BOTH,
           true, 41),
    READS("aggregate", RESULT_DICT, SERVED_NEVER, false, 0),
    READS("ain_bulk", RESULT_ROW_DICT, SERVED_NEVER, true, 41),
    OTHER("aiterator", RESULT_ROW_ITERATOR, PLAN_STREAM, ON_BOTH, true, 41),
    READS("alast", RESULT_ROW_OR_NONE, SERVED_NEVER, true, 41),
    READS("alatest", RESULT_ROW, SERVED_NEVER, true, 41),
    BUILDS("alias", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    BUILDS("all", PLAN_KEEP, SERVED_ON_MANAGER, ORDER_KEEPS, ON_BOTH, false, 0),
    BUILDS("annotate", PLAN_ANNOTATE, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    WRITES("aremove", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, true, 42),
    OTHER("as_manager", RESULT_MANAGER, PLAN_KEEP, ON_CLASS, false, 0),
    WRITES("aset", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, true, 42),
    WRITES("aupdate", RESULT_SCALAR, PLAN_KEEP, FORGETS_ALWAYS, ON_BOTH, true, 41),
    WRITES("aupdate_or_create", RESULT_ROW_CREATED, PLAN_FRESH, FORGETS_UNLESS_REVERSE_FK,
           ON_BOTH, true, 41),
    WRITES("bulk_create", RESULT_ROW_LIST, PLAN_FRESH, FORGETS_NEVER, ON_BOTH, false, 0),
    WRITES("bulk_update", RESULT_SCALAR, PLAN_KEEP, FORGETS_NEVER, ON_BOTH, false, 0),
    WRITES("clear", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, false, 0),
    BUILDS("complex_filter", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, true, 0),
    READS("contains", RESULT_BOOL, SERVED_ALWAYS, false, 40),
    READS("count", RESULT_SCALAR, SERVED_ALWAYS, false, 0),
    WRITES("create", RESULT_ROW, PLAN_FRESH, FORGETS_BY_VERSION, ON_BOTH, false, 0),
    BUILDS("dates", PLAN_VALUES, SERVED_NEVER, ORDER_SETS, ON_BOTH, true, 0),
    BUILDS("datetimes", PLAN_VALUES, SERVED_NEVER, ORDER_SETS, ON_BOTH, true, 0),
    OTHER("db", RESULT_ATTRIBUTE, PLAN_KEEP, ON_BOTH | ON_RAW, false, 0),
    OTHER("db_manager", RESULT_MANAGER, PLAN_KEEP, ON_MANAGER, false, 0),
    BUILDS("defer", PLAN_DEFER, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    WRITES("delete", RESULT_DELETED, PLAN_KEEP, FORGETS_ALWAYS, ON_QUERYSET, false, 0),
    BUILDS("difference", PLAN_COMBINE, SERVED_NEVER, ORDER_CLEARS, ON_BOTH, true, 0),
    BUILDS("distinct", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, true, 0),
    READS("earliest", RESULT_ROW, SERVED_NEVER, false, 0),
    BUILDS("exclude", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, true, 0),
    READS("exists", RESULT_BOOL, SERVED_ALWAYS, false, 0),
    READS("explain", RESULT_TEXT, SERVED_NEVER, false, 0),
    BUILDS("extra", PLAN_EXTRA, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, true, 0),
    BUILDS("fetch_mode", PLAN_FETCH_MODE, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 61),
    BUILDS("filter", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, true, 0),
    READS("first", RESULT_ROW_OR_NONE, SERVED_IF_ORDERED, false, 0),
    READS("get", RESULT_ROW, SERVED_NEVER, false, 0),
    WRITES("get_or_create", RESULT_ROW_CREATED, PLAN_FRESH, FORGETS_UNLESS_REVERSE_FK, ON_BOTH,
           false, 0),
    BUILDS("get_queryset", PLAN_KEEP, SERVED_ON_MANAGER, ORDER_KEEPS, ON_MANAGER, false, 0),
    READS("in_bulk", RESULT_ROW_DICT, SERVED_NEVER, false, 0),
    BUILDS("intersection", PLAN_COMBINE, SERVED_NEVER, ORDER_CLEARS, ON_BOTH, true, 0),
    OTHER("iterator", RESULT_ROW_ITERATOR, PLAN_STREAM, ON_BOTH | ON_RAW, false, 0),
    READS("last", RESULT_ROW_OR_NONE, SERVED_NEVER, false, 0),
    READS("latest", RESULT_ROW, SERVED_NEVER, false, 0),
    OTHER("model", RESULT_ATTRIBUTE, PLAN_KEEP, ON_BOTH | ON_RAW, false, 0),
    BUILDS("none", PLAN_NO_ROWS, SERVED_ALWAYS, ORDER_KEEPS, ON_BOTH, false, 0),
    BUILDS("only", PLAN_ONLY, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    BUILDS("order_by", PLAN_KEEP, SERVED_NEVER, ORDER_BY_ARGUMENTS, ON_BOTH, false, 0),
    OTHER("ordered", RESULT_ATTRIBUTE, PLAN_KEEP, ON_QUERYSET, false, 0),
    BUILDS("prefetch_related", PLAN_PREFETCH_RELATED, SERVED_NEVER, ORDER_KEEPS, ON_BOTH | ON_RAW,
           false, 0),
    OTHER("query", RESULT_ATTRIBUTE, PLAN_KEEP, ON_QUERYSET | ON_RAW, false, 0),
    OTHER("raw", RESULT_RAW, PLAN_FRESH, ON_BOTH, false, 0),
    WRITES("remove", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, false, 0),
    BUILDS("reverse", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    BUILDS("select_for_update", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    BUILDS("select_related", PLAN_SELECT_RELATED, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    WRITES("set", RESULT_NOTHING, PLAN_KEEP, FORGETS_ALWAYS, ON_RELATED, false, 0),
    OTHER("totally_ordered", RESULT_ATTRIBUTE, PLAN_KEEP, ON_QUERYSET, false, 61),
    BUILDS("union", PLAN_COMBINE, SERVED_NEVER, ORDER_CLEARS, ON_BOTH, true, 0),
    WRITES("update", RESULT_SCALAR, PLAN_KEEP, FORGETS_ALWAYS, ON_BOTH, false, 0),
    WRITES("update_or_create", RESULT_ROW_CREATED, PLAN_FRESH, FORGETS_UNLESS_REVERSE_FK, ON_BOTH,
           false, 0),
    BUILDS("using", PLAN_KEEP, SERVED_NEVER, ORDER_KEEPS, ON_BOTH | ON_RAW, false, 0),
    BUILDS("values", PLAN_VALUES, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
    BUILDS("values_list", PLAN_VALUES, SERVED_NEVER, ORDER_KEEPS, ON_BOTH, false, 0),
};

#define USE(OPERATION, NAME, RESULT, RUNS, SERVED, FILLS, ON_MANAGER_TOO)                          \
    [OPERATION] = {NAME, RESULT, RUNS, SERVED, FILLS, ON_MANAGER_TOO}

/* A step or reversed() reads a copy or lists the rows; repr() reads 21 rows of its own. Of these
 * only being an argument, and being compared, is the same for a manager. */
static const QuerysetUse uses[OPERATION_COUNT] = {
    USE(OPERATION_ITERATE, "iterate", USE_ROWS, RUNS_READ, SERVED_ALWAYS, true, false),
    USE(OPERATION_ASYNC_ITERATE, "async iterate", USE_ROWS, RUNS_READ, SERVED_ALWAYS, true, false),
    USE(OPERATION_LENGTH, "len", USE_VALUE, RUNS_READ, SERVED_ALWAYS, true, false),
    USE(OPERATION_TRUTH, "bool", USE_VALUE, RUNS_READ, SERVED_ALWAYS, true, false),
    USE(OPERATION_IN, "in", USE_VALUE, RUNS_READ, SERVED_ALWAYS, true, false),
    USE(OPERATION_INDEX, "index", USE_ROW, RUNS_READ, SERVED_ALWAYS, false, false),
    USE(OPERATION_SLICE, "slice", USE_SLICE, RUNS_NOTHING, SERVED_ALWAYS, false, false),
    USE(OPERATION_STEP, "step", USE_LIST, RUNS_READ, SERVED_ALWAYS, false, false),
    USE(OPERATION_REVERSED, "reversed", USE_ROWS, RUNS_READ, SERVED_ALWAYS, true, false),
    USE(OPERATION_REPR, "repr", USE_VALUE, RUNS_READ, SERVED_ALWAYS, false, false),
    USE(OPERATION_PICKLE, "pickle", USE_VALUE, RUNS_READ, SERVED_ALWAYS, true, false),
    USE(OPERATION_COMBINE, "combine", USE_QUERYSET, RUNS_NOTHING, SERVED_NEVER, false, false),
    USE(OPERATION_ARGUMENT, "argument", USE_VALUE, RUNS_NOTHING, SERVED_NEVER, false, true),
    USE(OPERATION_IDENTITY, "identity", USE_VALUE, RUNS_NOTHING, SERVED_NEVER, false, true),
};

enum { METHOD_COUNT = sizeof methods / sizeof *methods };

const QuerysetMethod *queryset_methods(uint32_t *count) {
    *count = METHOD_COUNT;
    return methods;
}

const QuerysetMethod *queryset_method(const char *name) {
    uint32_t low = 0, high = METHOD_COUNT;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(name, methods[middle].name);
        if (!order) return &methods[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

const QuerysetUse *queryset_use(QuerysetOperation operation) {
    return &uses[operation];
}

/* -- as text: the names of the enumerators, in their order -- */

static const char *const result_names[] = {
    "queryset", "raw", "manager", "row", "row_or_none", "row_created", "row_list", "row_dict",
    "row_iterator", "scalar", "bool", "dict", "deleted", "text", "nothing", "attribute",
};
static const char *const effect_names[] = {
    "keep", "select_related", "prefetch_related", "only", "defer", "annotate", "extra", "values",
    "combine", "stream", "no_rows", "fresh", "fetch_mode",
};
static const char *const runs_names[] = {"nothing", "read", "write"};
static const char *const served_names[] = {"never", "always", "if_ordered", "on_manager"};
static const char *const forgets_names[] = {"never", "always", "unless_reverse_fk", "by_version"};
static const char *const order_names[] = {"keeps", "by_arguments", "sets", "clears"};
static const char *const use_names[] = {"rows", "row", "slice", "list", "queryset", "value"};
static const char *const on_names[] = {
    "queryset", "manager", "reverse_fk", "many_to_many", "generic", "raw", "class",
};

static void write_on(Writer *out, uint8_t on) {
    const char *comma = "";
    for (uint32_t i = 0; i < sizeof on_names / sizeof *on_names; i++) {
        if (!(on >> i & 1)) continue;
        write_format(out, "%s%s", comma, on_names[i]);
        comma = ",";
    }
}

static void write_method(Writer *out, const QuerysetMethod *method) {
    write_format(out, "method\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t", method->name,
                 result_names[method->result], effect_names[method->effect],
                 runs_names[method->runs], served_names[method->served],
                 forgets_names[method->forgets], order_names[method->order]);
    write_on(out, method->on);
    write_format(out, "\t%s\t%s\t%u\t%u\n", method->narrows ? "narrows" : "-",
                 method->is_async ? "async" : "-", method->since, method->removed);
}

static void write_use(Writer *out, const QuerysetUse *use) {
    write_format(out, "use\t%s\t%s\t%s\t%s\t%s\t%s\n", use->name, use_names[use->result],
                 runs_names[use->runs], served_names[use->served], use->fills ? "fills" : "-",
                 use->on_manager ? "manager" : "-");
}

void queryset_table_dump(Writer *out) {
    write_text(out, "#method\tname\tresult\teffect\truns\tserved\tforgets\torder\ton\tnarrows\t"
                    "async\tsince\tremoved\n");
    write_text(out, "#use\tname\tresult\truns\tserved\tfills\tmanager\n");
    for (uint32_t i = 0; i < METHOD_COUNT; i++) write_method(out, &methods[i]);
    for (uint32_t i = 0; i < OPERATION_COUNT; i++) write_use(out, &uses[i]);
}
