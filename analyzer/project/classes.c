/* classes.c - bases and the order of resolution (C3) of every class.
 *
 * class_prepare() does one class after its bases, on demand. A class that asks for itself while
 * being prepared is part of an inheritance cycle: that base is left out and the order counts as
 * incomplete. Orders are cut at LINK_MRO classes. C3's question "does this class stand in the tail
 * of another list?" is answered by a counter in each class instead of a search. */
#include "project/link.h"

typedef struct Merge { /* the lists that C3 merges: each base's order, then the bases */
    const Class *const *lists[LINK_BASES + 1];
    uint32_t counts[LINK_BASES + 1], at[LINK_BASES + 1];
    uint32_t count;
} Merge;

typedef struct Bases {
    const Class *items[LINK_BASES];
    uint32_t count;
    bool complete;
} Bases;

LinkClass *class_make(Project *project, Str name, Str qualified) {
    LinkClass *made = arena_make(project->arena, LinkClass);
    made->klass.name = name;
    made->klass.qualified = qualified;
    made->text = project_text(project, qualified);
    return made;
}

static void order_alone(const Project *project, LinkClass *made) {
    made->klass.mro = arena_many(project->arena, const Class *, 1);
    made->klass.mro[0] = &made->klass;
    made->klass.mro_count = 1;
}

const Class *class_external(Project *project, Str dotted) {
    LinkClass *known = map_get(&project->index->canonical, dotted);
    if (known) return &known->klass;
    Class *found = map_get(&project->by_qualified, dotted);
    if (found && found->external) return found;
    LinkClass *made =
        class_make(project, str_of(project->strings, name_last(project, dotted)), dotted);
    made->klass.external = true;
    made->whole = known_module(made->text);
    made->klass.mro_complete = made->whole;
    made->state = STEP_DONE;
    order_alone(project, made);
    if (!found) map_put(project->arena, &project->by_qualified, dotted, &made->klass);
    return &made->klass;
}

static void bases_add(const Project *project, Bases *bases, const Class *base) {
    for (uint32_t i = 0; i < bases->count; i++)
        if (bases->items[i] == base) return;
    if (bases->count < LINK_BASES) {
        bases->items[bases->count++] = base;
    } else {
        bases->complete = false;
        link_cut(project);
    }
}

static void add_symbol(const Project *project, Bases *bases, Symbol symbol) {
    if (symbol.kind == SYMBOL_CLASS) {
        bases_add(project, bases, symbol.klass);
    } else if (symbol.kind == SYMBOL_EXTERNAL) {
        bases_add(project, bases, class_external((Project *)(uintptr_t)project, symbol.dotted));
    } else {
        bases->complete = false;
    }
}

static const char *const builtins[] = {
    "object", "dict", "list", "str", "int", "float", "tuple", "set", "frozenset", "bytes", "type",
    "property", "Exception", "BaseException", "ValueError", "TypeError", "KeyError", "IndexError",
    "AttributeError", "RuntimeError", "LookupError", "OSError", "IOError", "ImportError",
    "NotImplementedError", "AssertionError", "PermissionError", "Warning", "UserWarning",
    "DeprecationWarning", "PendingDeprecationWarning", "RuntimeWarning", "FutureWarning",
    "ArithmeticError", "StopIteration", "ConnectionError", "TimeoutError", "FileNotFoundError",
    "SyntaxError", "UnicodeError", "EnvironmentError", "SystemExit", "FileExistsError",
};

static bool is_builtin(const char *name) {
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (strcmp(name, builtins[i]) == 0) return true;
    return false;
}

static void add_expression(const Project *project, const LinkClass *klass, Bases *bases,
                           Site site, unsigned depth);

/* A call as a base: X.from_queryset(Q), with_metaclass(M, Base), get_user_model(); others are not
 * followed. */
static void add_call(const Project *project, LinkClass *klass, Bases *bases, Site call,
                     unsigned depth) {
    Site callee = {call.module, site_child(project, call, 0)};
    Str name = site_name(project, callee);
    const char *last = project_text(project, name);
    if (site_node(project, callee)->kind == NODE_ATTRIBUTE && !strcmp(last, "from_queryset")) {
        Site argument = {call.module, site_child(project, call, 1)};
        Symbol queryset = resolve_expression(project, argument, klass->klass.outer,
                                             klass->function, depth + 1);
        if (queryset.kind == SYMBOL_CLASS) klass->klass.queryset = queryset.klass;
        add_expression(project, klass, bases,
                       (Site){call.module, site_child(project, callee, 0)}, depth);
        return;
    }
    if (strcmp(last, "with_metaclass") == 0) {
        uint32_t count = node_count(project_module(project, call.module), call.node);
        for (uint32_t i = 2; i < count; i++)
            add_expression(project, klass, bases,
                           (Site){call.module, site_child(project, call, i)}, depth);
        return;
    }
    Symbol symbol = resolve_expression(project, callee, klass->klass.outer, klass->function,
                                       depth + 1);
    bool plain = symbol.kind == SYMBOL_EXTERNAL && /* namedtuple() and the like */
                 known_module(project_text(project, symbol.dotted));
    if (symbol_is(project, symbol, "django.contrib.auth.get_user_model"))
        bases_add(project, bases, settings_user_class(project));
    else if (!plain) bases->complete = false;
}

static void add_expression(const Project *project, const LinkClass *klass, Bases *bases,
                           Site site, unsigned depth) {
    const Node *node = site_node(project, site);
    for (unsigned i = 0; node->kind == NODE_INDEX && i < 8; i++) { /* Base[T] */
        site.node = site_child(project, site, 0);
        node = site_node(project, site);
    }
    if (depth > LINK_DEPTH) {
        bases->complete = false;
        link_cut(project);
        return;
    }
    if (node->kind == NODE_CALL) {
        add_call(project, link_class(&klass->klass), bases, site, depth + 1);
        return;
    }
    Symbol symbol = resolve_expression(project, site, klass->klass.outer, klass->function,
                                       depth + 1);
    bool bare = symbol.kind == SYMBOL_UNKNOWN && node->kind == NODE_NAME;
    if (bare && is_builtin(project_text(project, site_name(project, site)))) return;
    const Node *value = symbol.kind == SYMBOL_VALUE ? site_node(project, symbol.site) : NULL;
    if (value && value->kind == NODE_CALL)
        add_call(project, link_class(&klass->klass), bases, symbol.site, depth + 1);
    else add_symbol(project, bases, symbol);
}

static void find_bases(const Project *project, LinkClass *klass, Bases *bases, unsigned depth) {
    Site list = {klass->klass.site.module, site_child(project, klass->klass.site, 1)};
    const Module *module = project_module(project, list.module);
    for (uint32_t i = 0; list.node && i < node_count(module, list.node); i++) {
        Site base = {list.module, node_child(module, list.node, i)};
        uint8_t kind = site_node(project, base)->kind;
        if (kind == NODE_KEYWORD) continue;
        if (kind == NODE_STAR) bases->complete = false;
        else add_expression(project, klass, bases, base, depth + 1);
    }
}

static void merge_start(Merge *merge, const Class *const *list, uint32_t count) {
    if (!count) return;
    uint32_t at = merge->count++;
    merge->lists[at] = list;
    merge->counts[at] = count;
    merge->at[at] = 0;
    for (uint32_t i = 1; i < count; i++) link_class(list[i])->tail++;
}

/* The first head that stands in no tail; with `force`, the first head at all. */
static const Class *merge_next(const Merge *merge, bool force) {
    for (uint32_t i = 0; i < merge->count; i++) {
        if (merge->at[i] == merge->counts[i]) continue;
        const Class *head = merge->lists[i][merge->at[i]];
        if (force || !link_class(head)->tail) return head;
    }
    return NULL;
}

static void merge_take(Merge *merge, const Class *taken) {
    for (uint32_t i = 0; i < merge->count; i++) {
        uint32_t *at = &merge->at[i];
        if (*at == merge->counts[i] || merge->lists[i][*at] != taken) continue;
        if (++*at < merge->counts[i]) link_class(merge->lists[i][*at])->tail--;
    }
}

/* Gives the counters back for what was not taken. */
static void merge_end(Merge *merge) {
    for (uint32_t i = 0; i < merge->count; i++)
        for (uint32_t k = merge->at[i] + 1; k < merge->counts[i]; k++)
            link_class(merge->lists[i][k])->tail--;
}

/* C3. False: there is no order that keeps every list's. */
static bool merge_run(Merge *merge, const Class **order, uint32_t *count, bool *cut) {
    for (;;) {
        const Class *next = merge_next(merge, false);
        if (!next) return merge_next(merge, true) == NULL;
        if (*count == LINK_MRO) {
            *cut = true;
            return true;
        }
        order[(*count)++] = next;
        merge_take(merge, next);
    }
}

/* Depth first, first occurrence: what is left when C3 has no answer. */
static void order_roughly(const Project *project, const Bases *bases, const Class **order,
                          uint32_t *count) {
    uint32_t stamp = ++project->index->stamp;
    *count = 1;
    for (uint32_t i = 0; i < bases->count; i++) {
        for (uint32_t k = 0; k < bases->items[i]->mro_count && *count < LINK_MRO; k++) {
            LinkClass *next = link_class(bases->items[i]->mro[k]);
            if (next->mark == stamp) continue;
            next->mark = stamp;
            order[(*count)++] = &next->klass;
        }
    }
}

static void order_class(const Project *project, LinkClass *klass, Bases *bases) {
    const Class *order[LINK_MRO];
    uint32_t count = 0;
    Merge merge = {0};
    bool cut = false;
    order[count++] = &klass->klass;
    for (uint32_t i = 0; i < bases->count; i++)
        merge_start(&merge, bases->items[i]->mro, bases->items[i]->mro_count);
    merge_start(&merge, bases->items, bases->count);
    bool possible = merge_run(&merge, order, &count, &cut);
    merge_end(&merge);
    if (!possible) order_roughly(project, bases, order, &count);
    if (!possible || cut) bases->complete = false;
    if (cut) link_cut(project);
    klass->klass.mro = arena_many(project->arena, const Class *, count);
    memcpy(klass->klass.mro, order, sizeof *order * count);
    klass->klass.mro_count = count;
    klass->klass.mro_complete = bases->complete;
}

static void set_bases(const Project *project, LinkClass *klass, const Bases *bases) {
    if (!bases->count) return;
    klass->klass.bases = arena_many(project->arena, const Class *, bases->count);
    memcpy(klass->klass.bases, bases->items, sizeof *bases->items * bases->count);
    klass->klass.base_count = bases->count;
}

/* Prepares the bases; those that are being prepared themselves are dropped. */
static void prepare_bases(const Project *project, Bases *bases, unsigned depth) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < bases->count; i++) {
        LinkClass *base = link_class(bases->items[i]);
        class_prepare(project, base, depth + 1);
        if (base->state != STEP_DONE) {
            bases->complete = false;
            continue;
        }
        bases->complete &= base->klass.mro_complete;
        bases->items[kept++] = &base->klass;
    }
    bases->count = kept;
}

void class_prepare(const Project *project, LinkClass *klass, unsigned depth) {
    if (klass->state != STEP_NEW) return;
    if (depth > LINK_DEPTH) {
        link_cut(project);
        return;
    }
    klass->state = STEP_RUNNING;
    Bases bases = {.complete = true};
    if (klass->klass.in_function)
        collect_function((Project *)(uintptr_t)project,
                         (Site){klass->klass.site.module, klass->function});
    find_bases(project, klass, &bases, depth);
    if (!bases.complete) ((Project *)(uintptr_t)project)->unresolved_bases++;
    prepare_bases(project, &bases, depth);
    set_bases(project, klass, &bases);
    order_class(project, klass, &bases);
    for (uint32_t i = 1; i < klass->klass.mro_count && !klass->klass.queryset; i++)
        klass->klass.queryset = klass->klass.mro[i]->queryset;
    klass->state = STEP_DONE;
}

void classes_link(Project *project) {
    for (uint32_t i = 0; i < project->classes.count; i++) {
        Class *klass = project->classes.items[i];
        class_prepare(project, link_class(klass), 0);
        if (!klass->in_function)
            map_put(project->arena, &project->by_qualified, klass->qualified, klass);
    }
}

bool class_inherits(const Class *klass, const Class *ancestor) {
    for (uint32_t i = 0; i < klass->mro_count; i++)
        if (klass->mro[i] == ancestor) return true;
    return false;
}

bool class_is(const Class *klass, const char *dotted) {
    for (uint32_t i = 0; i < klass->mro_count; i++)
        if (klass->mro[i]->external && strcmp(link_class(klass->mro[i])->text, dotted) == 0)
            return true;
    return strcmp(link_class(klass)->text, dotted) == 0;
}

const Class *project_class_at(const Project *project, Site site) {
    return map_get(&project->class_at, site_key(site));
}

const Class *project_class_named(const Project *project, const char *dotted) {
    Str name = str_find(project->strings, dotted, strlen(dotted));
    if (!name) return NULL;
    const Class *found = map_get(&project->by_qualified, name);
    if (found) return found;
    Str canonical = known_canonical(project, name);
    return canonical ? map_get(&project->by_qualified, canonical) : NULL;
}
