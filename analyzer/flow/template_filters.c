/* Filters of templates, by what they do to rows. Django's and Jinja's own are in a table; a filter
 * of the project is a function; any other gives a text or a number. */
#include "flow/templates.h"

#include <stdlib.h>

static const Value *rows_each(Activation *a, NodeId node, const Value *value,
                              const Arguments *arguments, const Value **read) {
    Evaluator *e = a->e;
    Walk walk;
    const Value *path = argument(arguments, e, 99, "attribute");
    if (!path) path = argument(arguments, e, 0, NULL);
    if (read) *read = e->unknown;
    if (!walk_start(a, node, node, value, &walk)) return e->unknown;
    const Value *item = walk.item;
    for (uint32_t i = 0; i < walk.item_count; i++)
        item = i ? value_join(e->values, e->plans, item, walk.items[i]) : walk.items[0];
    walk_turn(a, &walk);
    const Value *at = item;
    if (path && path->kind == VALUE_STRING) {
        const char *text = project_text(e->project, path->name);
        while (*text) {
            size_t length = strcspn(text, ".");
            at = template_lookup(a, node, at, str_intern(e->project->strings, text, length));
            text += length + (text[length] == '.');
        }
    }
    if (walk.loop) {
        item = value_turned(e->values, item, walk.loop, TURN_EACH);
        at = value_turned(e->values, at, walk.loop, TURN_EACH);
    }
    walk_end(a, &walk, true);
    if (read) *read = at;
    return value_many(e->values, item, NULL);
}

static const Value *filter_same(Activation *a, NodeId node, const Value *value,
                                const Arguments *arguments) {
    (void)a, (void)node, (void)arguments;
    return value;
}

static const Value *filter_text(Activation *a, NodeId node, const Value *value,
                                const Arguments *arguments) {
    (void)arguments;
    use_text(a, node, value);
    return a->e->scalar;
}

/* A manager has no length: no query, and "0" on the page. */
static const Value *filter_length(Activation *a, NodeId node, const Value *value,
                                  const Arguments *arguments) {
    (void)arguments;
    if (value->kind == VALUE_QUERYSET) queryset_run(a, node, value, OPERATION_LENGTH);
    return a->e->scalar;
}

static const Value *filter_first(Activation *a, NodeId node, const Value *value,
                                 const Arguments *arguments) {
    Evaluator *e = a->e;
    (void)arguments;
    switch ((ValueKind)value->kind) {
    case VALUE_QUERYSET:
        queryset_run(a, node, value, OPERATION_INDEX);
        return queryset_rows(a, node, value, activation_turn(a));
    case VALUE_MANY: return value_turned(e->values, value->self, TURN_EACH, activation_turn(a));
    case VALUE_SEQUENCE: return value->count ? value->items[0] : e->unknown;
    default: return e->unknown;
    }
}

/* |slice:":5" of a queryset is a queryset, sliced; a list stays one. */
static const Value *filter_slice(Activation *a, NodeId node, const Value *value,
                                 const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *range = argument(arguments, e, 0, NULL);
    if (value->kind != VALUE_QUERYSET) return value;
    long most = 0;
    if (range && range->kind == VALUE_STRING) {
        const char *text = project_text(e->project, range->name), *colon = strchr(text, ':');
        if (colon) most = strtol(colon + 1, NULL, 10);
    }
    return queryset_sliced(a, node, value, most > 0 && most <= 20);
}

static const Value *filter_truth(Activation *a, NodeId node, const Value *value,
                                 const Arguments *arguments) {
    const Value *other = argument(arguments, a->e, 0, NULL);
    use_truth(a, node, value);
    return other ? value_join(a->e->values, a->e->plans, value, other) : value;
}

static const Value *filter_yesno(Activation *a, NodeId node, const Value *value,
                                 const Arguments *arguments) {
    (void)arguments;
    use_truth(a, node, value);
    return a->e->scalar;
}

static const Value *filter_default_if_none(Activation *a, NodeId node, const Value *value,
                                           const Arguments *arguments) {
    const Value *other = argument(arguments, a->e, 0, NULL);
    (void)node;
    return other ? value_join(a->e->values, a->e->plans, value, other) : value;
}

/* dictsort:"a.b", sort(attribute="a.b"), selectattr("a.b"), list, reverse: the same elements. */
static const Value *filter_each(Activation *a, NodeId node, const Value *value,
                                const Arguments *arguments) {
    return rows_each(a, node, value, arguments, NULL);
}

static const Value *filter_list(Activation *a, NodeId node, const Value *value,
                                const Arguments *arguments) {
    (void)arguments;
    return rows_each(a, node, value, &(Arguments){0}, NULL);
}

static const Value *filter_map(Activation *a, NodeId node, const Value *value,
                               const Arguments *arguments) {
    const Value *read;
    rows_each(a, node, value, arguments, &read);
    return value_many(a->e->values, read, NULL);
}

/* Elements are written: each one's text. */
static const Value *filter_join(Activation *a, NodeId node, const Value *value,
                                const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *named = argument(arguments, e, 99, "attribute");
    if (!named && arguments->count > 1) named = arguments->values[1];
    if (named) {
        Arguments path = argument_of(node, named);
        filter_map(a, node, value, &path);
        return e->scalar;
    }
    Walk walk;
    if (!walk_start(a, node, node, value, &walk)) return e->scalar;
    walk_turn(a, &walk);
    if (!walk.item_count) use_text(a, node, walk.item);
    for (uint32_t i = 0; i < walk.item_count; i++) use_text(a, node, walk.items[i]);
    walk_end(a, &walk, true);
    return e->scalar;
}

static const Value *filter_groupby(Activation *a, NodeId node, const Value *value,
                                   const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *read, *list = rows_each(a, node, value, arguments, &read);
    const Value *pair[] = {read, list};
    return value_many(e->values, value_sequence(e->values, pair, 2), NULL);
}

static const Value *filter_items(Activation *a, NodeId node, const Value *value,
                                 const Arguments *arguments) {
    (void)arguments;
    Str name = str_of(a->e->project->strings, "items");
    return value->kind == VALUE_DICT ? builtin_method(a, node, value, name, &(Arguments){0})
                                     : a->e->unknown;
}

typedef const Value *(*Filter)(Activation *a, NodeId node, const Value *value,
                               const Arguments *arguments);

static const struct { const char *name; Filter filter; } filters[] = {
    {"length", filter_length}, {"count", filter_length}, {"length_is", filter_length},
    {"pluralize", filter_length}, {"first", filter_first}, {"random", filter_first},
    {"slice", filter_slice}, {"default", filter_truth}, {"d", filter_truth},
    {"yesno", filter_yesno}, {"default_if_none", filter_default_if_none},
    {"dictsort", filter_each}, {"dictsortreversed", filter_each}, {"sort", filter_each},
    {"selectattr", filter_each}, {"rejectattr", filter_each}, {"sum", filter_each},
    {"max", filter_each}, {"min", filter_each}, {"unique", filter_each}, {"list", filter_list},
    {"reverse", filter_list}, {"batch", filter_list}, {"map", filter_map}, {"join", filter_join},
    {"groupby", filter_groupby}, {"items", filter_items}, {"safe", filter_same},
    {"force_escape", filter_text}, {"escape", filter_text}, {"e", filter_text},
    {"upper", filter_text}, {"lower", filter_text}, {"title", filter_text},
    {"capfirst", filter_text}, {"truncatechars", filter_text}, {"truncatewords", filter_text},
    {"linebreaks", filter_text}, {"linebreaksbr", filter_text}, {"urlize", filter_text},
    {"striptags", filter_text}, {"slugify", filter_text}, {"stringformat", filter_text},
    {"addslashes", filter_text}, {"string", filter_text}, {"trim", filter_text},
    {"urlencode", filter_text}, {"cut", filter_text}, {"ljust", filter_text},
    {"rjust", filter_text}, {"center", filter_text}, {"wordcount", filter_text},
};

/* One of Django's or Jinja's own, of each of the alternatives. */
static const Value *filter_known(Activation *a, NodeId node, Filter filter, const Value *value,
                                 const Arguments *arguments) {
    if (value->kind != VALUE_UNION) return filter(a, node, value, arguments);
    const Value *joined = NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        joined = value_join(a->e->values, a->e->plans, joined,
                            filter(a, node, value->items[i], arguments));
    }
    return joined;
}

const Value *template_filter(Activation *a, NodeId node, Str name, const Value *value,
                             const Arguments *arguments) {
    Evaluator *e = a->e;
    const char *text = project_text(e->project, name);
    const TemplateTag *tag = template_tag(e, name, true);
    if (!tag) {
        for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
            if (!strcmp(filters[i].name, text))
                return filter_known(a, node, filters[i].filter, value, arguments);
        return e->scalar;
    }
    Arguments given = arguments_behind(e, node, value, arguments);
    Value draft = {.kind = VALUE_FUNCTION, .site = tag->function};
    return call_value(a, node, value_intern(e->values, &draft), &given);
}
