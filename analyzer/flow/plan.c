/* Every plan is built in a Draft, hashed and looked up: an equal one is returned if there is one,
 * else the draft is copied to the arena. Drafts are kept for reuse, so asking for a plan that
 * exists allocates nothing. Operations that walk two trees remember their answers: plans share
 * what is below them, and a walk without memory could take exponential time. */
#include "flow/plan.h"

enum { JOIN_ALL_HOPS = 5, PATH_HOPS = 16 };

typedef struct Entry {
    Plan plan;
    struct Entry *next; /* of the same hash */
} Entry;

typedef enum Operation {
    OPERATE_MERGE, OPERATE_JOIN, OPERATE_OPEN, OPERATE_WITHOUT_JOIN, OPERATE_WITHOUT_PREFETCH,
    OPERATE_DISCARD
} Operation;

typedef struct Memory {
    Operation operation;
    const Plan *a, *b, *result;
    struct Memory *next;
} Memory;

typedef struct Draft {
    Plan plan; /* its arrays are the ones here */
    Load loads[PLAN_LOADS];
    Str columns[PLAN_COLUMNS], annotations[PLAN_ANNOTATIONS];
    struct Draft *next;
} Draft;

struct Plans {
    Arena *arena;
    Strings *strings;
    Map entries, memories;
    PinTable *pins;
    Draft *drafts; /* not in use */
    const Plan *empty, *open;
    PlanBelow below;
    void *below_context;
    uint64_t cut;
};

/* -- order and equality -- */

static int text_order(const Plans *plans, Str a, Str b) {
    if (a == b) return 0;
    uint32_t a_length = str_length(plans->strings, a), b_length = str_length(plans->strings, b);
    uint32_t shorter = a_length < b_length ? a_length : b_length;
    int order = memcmp(str_text(plans->strings, a), str_text(plans->strings, b), shorter);
    if (order) return order;
    return (a_length > b_length) - (a_length < b_length);
}

static Str relation_text(const Relation *relation) {
    return relation->name ? relation->name : relation->query_name;
}

static Str model_label(const Model *model) {
    return model ? model->label : STR_NONE;
}

static int number_order(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

/* Rows of one model have one relation of a name; the rest of the order is for hidden ones and for
 * plans that rows of several models share. */
static int load_order(const Plans *plans, const Load *a, const Load *b) {
    const Relation *left = a->relation, *right = b->relation;
    int order = text_order(plans, relation_text(left), relation_text(right));
    if (!order) order = text_order(plans, a->to_attr, b->to_attr);
    if (order || left == right) return order;
    order = text_order(plans, model_label(left->from), model_label(right->from));
    if (!order) order = number_order(left->kind, right->kind);
    if (!order) order = number_order(site_key(left->site), site_key(right->site));
    return order ? order : text_order(plans, model_label(left->to), model_label(right->to));
}

static bool load_equal(const Load *a, const Load *b) {
    return a->relation == b->relation && a->to_attr == b->to_attr && a->how == b->how &&
           a->cover == b->cover && a->narrowed == b->narrowed && a->ordered == b->ordered &&
           a->prefetched == b->prefetched && a->below == b->below && a->own == b->own &&
           site_key(a->clause) == site_key(b->clause);
}

static bool names_equal(const Str *a, uint32_t a_count, const Str *b, uint32_t b_count) {
    return a_count == b_count && (!a_count || !memcmp(a, b, sizeof *a * a_count));
}

static bool columns_equal(const Plan *a, const Plan *b) {
    return a->columns_are == b->columns_are && a->columns_maybe == b->columns_maybe &&
           site_key(a->columns_site) == site_key(b->columns_site) &&
           names_equal(a->columns, a->column_count, b->columns, b->column_count);
}

static bool plan_equal(const Plan *a, const Plan *b) {
    if (a->hash != b->hash || a->load_count != b->load_count || a->rows != b->rows ||
        a->fetch != b->fetch || a->open != b->open || a->join_hops != b->join_hops ||
        a->pins != b->pins || !columns_equal(a, b) ||
        !names_equal(a->annotations, a->annotation_count, b->annotations, b->annotation_count))
        return false;
    for (uint32_t i = 0; i < a->load_count; i++)
        if (!load_equal(&a->loads[i], &b->loads[i])) return false;
    return true;
}

/* By contents, not by address: the hash is the same in every run. */
static uint64_t load_hash(uint64_t hash, const Load *load) {
    const Relation *relation = load->relation;
    hash = hash_mix(hash, (uint64_t)relation_text(relation) << 32 | load->to_attr);
    hash = hash_mix(hash, (uint64_t)model_label(relation->from) << 8 | relation->kind);
    hash = hash_mix(hash, (uint64_t)load->how << 16 | (uint64_t)load->cover << 8 |
                              (uint64_t)load->narrowed << 2 | (uint64_t)load->ordered << 1 |
                              (uint64_t)load->prefetched);
    hash = hash_mix(hash, load->own ? load->own->hash : 0);
    return hash_mix(hash_mix(hash, load->below->hash), site_key(load->clause));
}

static uint64_t plan_hash(const Plan *plan) {
    uint64_t hash = (uint64_t)plan->load_count << 32 | (uint64_t)plan->fetch << 24 |
                    (uint64_t)plan->join_hops << 16 |
                    (uint64_t)plan->columns_are << 8 | (uint64_t)plan->rows << 1 | plan->open;
    hash = hash_mix(hash, (uint64_t)plan->column_count << 1 | plan->columns_maybe);
    hash = hash_mix(hash, site_key(plan->columns_site));
    if (plan->pins) hash = hash_mix(hash, plan->pins->hash);
    for (uint32_t i = 0; i < plan->load_count; i++) hash = load_hash(hash, &plan->loads[i]);
    for (uint32_t i = 0; i < plan->column_count; i++) hash = hash_mix(hash, plan->columns[i]);
    for (uint32_t i = 0; i < plan->annotation_count; i++)
        hash = hash_mix(hash, plan->annotations[i]);
    return hash;
}

/* -- drafts -- */

/* A draft with the contents of a plan. */
static Draft *draft_take(Plans *plans, const Plan *plan) {
    Draft *draft = plans->drafts;
    if (draft) plans->drafts = draft->next;
    else draft = arena_make(plans->arena, Draft);
    draft->plan = *plan;
    if (plan->load_count) memcpy(draft->loads, plan->loads, sizeof(Load) * plan->load_count);
    if (plan->column_count)
        memcpy(draft->columns, plan->columns, sizeof(Str) * plan->column_count);
    if (plan->annotation_count)
        memcpy(draft->annotations, plan->annotations, sizeof(Str) * plan->annotation_count);
    draft->plan.loads = draft->loads;
    draft->plan.columns = draft->columns;
    draft->plan.annotations = draft->annotations;
    return draft;
}

static const Str *names_keep(Plans *plans, const Str *names, uint32_t count) {
    if (!count) return NULL;
    Str *kept = arena_many(plans->arena, Str, count);
    return memcpy(kept, names, sizeof *names * count);
}

static Entry *plan_keep(Plans *plans, const Plan *plan) {
    Entry *entry = arena_make(plans->arena, Entry);
    entry->plan = *plan;
    entry->plan.columns = names_keep(plans, plan->columns, plan->column_count);
    entry->plan.annotations = names_keep(plans, plan->annotations, plan->annotation_count);
    entry->plan.loads = NULL;
    if (plan->load_count) {
        Load *loads = arena_many(plans->arena, Load, plan->load_count);
        entry->plan.loads = memcpy(loads, plan->loads, sizeof *loads * plan->load_count);
    }
    return entry;
}

/* The interned plan of a draft, which goes back to the shelf. */
static const Plan *draft_done(Plans *plans, Draft *draft) {
    Plan *plan = &draft->plan;
    plan->join_all = plan->join_hops > 0;
    if (!plan->column_count) plan->columns_are = COLUMNS_ALL;
    if (plan->columns_are == COLUMNS_ALL) {
        plan->column_count = 0;
        plan->columns_maybe = false;
        plan->columns_site = (Site){0};
    }
    plan->depth = 0;
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->depth <= plan->loads[i].below->depth)
            plan->depth = (uint8_t)(plan->loads[i].below->depth + 1);
    plan->hash = plan_hash(plan);
    draft->next = plans->drafts;
    plans->drafts = draft;
    Entry *first = map_get(&plans->entries, plan->hash);
    for (Entry *entry = first; entry; entry = entry->next)
        if (plan_equal(&entry->plan, plan)) return &entry->plan;
    Entry *entry = plan_keep(plans, plan);
    entry->next = first;
    map_put(plans->arena, &plans->entries, plan->hash, entry);
    return &entry->plan;
}

static Load *draft_find(Draft *draft, const Relation *relation, Str to_attr) {
    for (uint32_t i = 0; i < draft->plan.load_count; i++)
        if (draft->loads[i].relation == relation && draft->loads[i].to_attr == to_attr)
            return &draft->loads[i];
    return NULL;
}

/* Puts a load in its place; one of the same key is replaced. */
static void draft_put(Plans *plans, Draft *draft, Load load) {
    if (!load.below) load.below = plans->empty;
    if (load.below->depth >= PLAN_DEPTH) {
        plans->cut++;
        load.below = plans->open;
    }
    Load *same = draft_find(draft, load.relation, load.to_attr);
    if (same) {
        *same = load;
        return;
    }
    uint32_t at = draft->plan.load_count;
    if (at == PLAN_LOADS) {
        plans->cut++;
        draft->plan.open = true;
        return;
    }
    for (; at && load_order(plans, &load, &draft->loads[at - 1]) < 0; at--)
        draft->loads[at] = draft->loads[at - 1];
    draft->loads[at] = load;
    draft->plan.load_count++;
}

/* -- sorted lists of names -- */

static bool names_have(const Str *names, uint32_t count, Str name) {
    for (uint32_t i = 0; i < count; i++)
        if (names[i] == name) return true;
    return false;
}

/* False when there is no room. */
static bool names_add(Plans *plans, Str *names, uint32_t *count, uint32_t room, Str name) {
    if (!name || names_have(names, *count, name)) return true;
    if (*count == room) {
        plans->cut++;
        return false;
    }
    uint32_t at = (*count)++;
    for (; at && text_order(plans, name, names[at - 1]) < 0; at--) names[at] = names[at - 1];
    names[at] = name;
    return true;
}

static void draft_annotate(Plans *plans, Draft *draft, Str name) {
    if (!names_add(plans, draft->annotations, &draft->plan.annotation_count, PLAN_ANNOTATIONS,
                   name))
        draft->plan.open = true;
}

/* -- memory -- */

static uint64_t memory_key(Operation operation, const Plan *a, const Plan *b) {
    return hash_mix(hash_mix((uint64_t)operation, a->hash), b->hash);
}

static const Plan *memory_find(const Plans *plans, Operation operation, const Plan *a,
                               const Plan *b) {
    const Memory *memory = map_get(&plans->memories, memory_key(operation, a, b));
    for (; memory; memory = memory->next)
        if (memory->operation == operation && memory->a == a && memory->b == b)
            return memory->result;
    return NULL;
}

static const Plan *memory_put(Plans *plans, Operation operation, const Plan *a, const Plan *b,
                              const Plan *result) {
    uint64_t key = memory_key(operation, a, b);
    Memory *memory = arena_make(plans->arena, Memory);
    *memory = (Memory){operation, a, b, result, map_get(&plans->memories, key)};
    map_put(plans->arena, &plans->memories, key, memory);
    return result;
}

/* -- making plans -- */

uint64_t plans_cut(const Plans *plans) {
    return plans->cut + pins_cut(plans->pins);
}

Plans *plans_new(Arena *arena, Strings *strings) {
    Plans *plans = arena_make(arena, Plans);
    plans->arena = arena;
    plans->strings = strings;
    plans->pins = pins_new(arena);
    Plan nothing = {0};
    plans->empty = draft_done(plans, draft_take(plans, &nothing));
    nothing.open = true;
    plans->open = draft_done(plans, draft_take(plans, &nothing));
    return plans;
}

void plans_ask_below(Plans *plans, PlanBelow below, void *context) {
    plans->below = below;
    plans->below_context = context;
}

const Plan *plan_empty(Plans *plans) {
    return plans->empty;
}

const Plan *plan_open(Plans *plans) {
    return plans->open;
}

static const Plan *plan_merge(Plans *plans, const Plan *a, const Plan *b);

static int how_rank(LoadHow how) {
    return how == LOAD_JOIN ? 2 : how == LOAD_KNOWN ? 1 : 0;
}

/* Two loads of one key. Django joins first, then sets what it knows already, then prefetches what
 * is still missing; a Prefetch that comes too late is ignored with its queryset. */
static Load load_merge(Plans *plans, const Load *old, const Load *new) {
    int before = how_rank(old->how), after = how_rank(new->how);
    Load load = after > before ? *new : *old;
    load.clause = old->clause;
    load.cover = old->cover > new->cover ? old->cover : new->cover;
    load.prefetched = load.how != LOAD_PREFETCH && (old->prefetched || new->prefetched ||
                      old->how == LOAD_PREFETCH || new->how == LOAD_PREFETCH);
    bool replaces = new->how == LOAD_JOIN && old->how == LOAD_KNOWN;
    if (after >= before && !replaces) load.below = plan_merge(plans, old->below, new->below);
    if (after > before) load.below = plan_unpinned(plans, load.below); /* of other rows */
    if (after == before) load.narrowed = old->narrowed || new->narrowed;
    return load;
}

static void draft_merge(Plans *plans, Draft *draft, Load load) {
    if (!load.below) load.below = plans->empty;
    if (load.cover != COVER_MAYBE) load.cover = COVER_FULL;
    const Load *old = draft_find(draft, load.relation, load.to_attr);
    draft_put(plans, draft, old ? load_merge(plans, old, &load) : load);
}

/* All that one of them or the other loads. */
static const Plan *plan_merge(Plans *plans, const Plan *a, const Plan *b) {
    if (a == b || b == plans->empty) return a;
    if (a == plans->empty) return b;
    const Plan *known = memory_find(plans, OPERATE_MERGE, a, b);
    if (known) return known;
    Draft *draft = draft_take(plans, a->columns_are == COLUMNS_ALL ? b : a);
    const Plan *other = a->columns_are == COLUMNS_ALL ? a : b;
    for (uint32_t i = 0; i < other->load_count; i++) draft_merge(plans, draft, other->loads[i]);
    for (uint32_t i = 0; i < other->annotation_count; i++)
        draft_annotate(plans, draft, other->annotations[i]);
    draft->plan.pins = pins_meet(plans->pins, a->pins, b->pins);
    draft->plan.open |= other->open;
    if (other->rows > draft->plan.rows) draft->plan.rows = other->rows;
    if (other->join_hops > draft->plan.join_hops) draft->plan.join_hops = other->join_hops;
    return memory_put(plans, OPERATE_MERGE, a, b, draft_done(plans, draft));
}

const Plan *plan_add(Plans *plans, const Plan *plan, const Load *load) {
    Draft *draft = draft_take(plans, plan);
    if (load->how == LOAD_JOIN) draft->plan.join_hops = 0;
    draft_merge(plans, draft, *load);
    return draft_done(plans, draft);
}

/* What is left of a load when all of one way are taken away. False: nothing. */
static bool load_without(Plans *plans, Load *load, LoadHow how) {
    if (load->how == how && !(how == LOAD_JOIN && load->prefetched)) return false;
    if (load->how == LOAD_JOIN) {
        load->below = plan_without(plans, load->below, how);
        if (how == LOAD_JOIN) load->how = LOAD_PREFETCH;
    }
    load->prefetched = load->prefetched && load->how == LOAD_KNOWN && how == LOAD_JOIN;
    return true;
}

const Plan *plan_without(Plans *plans, const Plan *plan, LoadHow how) {
    Operation operation = how == LOAD_JOIN ? OPERATE_WITHOUT_JOIN : OPERATE_WITHOUT_PREFETCH;
    if (how == LOAD_KNOWN || plan == plans->empty) return plan;
    const Plan *known = memory_find(plans, operation, plan, plan);
    if (known) return known;
    Draft *draft = draft_take(plans, plan);
    if (how == LOAD_JOIN) draft->plan.join_hops = 0;
    draft->plan.load_count = 0;
    for (uint32_t i = 0; i < plan->load_count; i++) {
        Load load = plan->loads[i];
        if (load_without(plans, &load, how)) draft_put(plans, draft, load);
    }
    return memory_put(plans, operation, plan, plan, draft_done(plans, draft));
}

const Plan *plan_discard(Plans *plans, const Plan *plan) {
    const Plan *known = memory_find(plans, OPERATE_DISCARD, plan, plan);
    if (known) return known;
    Draft *draft = draft_take(plans, plan);
    for (uint32_t i = 0; i < plan->load_count; i++) {
        Load *load = &draft->loads[i];
        load->prefetched = false;
        if (load->how == LOAD_PREFETCH) {
            load->cover = COVER_NONE;
            load->below = plans->open;
        } else {
            load->below = plan_discard(plans, load->below);
        }
    }
    return memory_put(plans, OPERATE_DISCARD, plan, plan, draft_done(plans, draft));
}

const Plan *plan_opened(Plans *plans, const Plan *plan) {
    if (plan == plans->empty || plan == plans->open) return plans->open;
    const Plan *known = memory_find(plans, OPERATE_OPEN, plan, plan);
    if (known) return known;
    Draft *draft = draft_take(plans, plan);
    draft->plan.open = true;
    draft->plan.pins = NULL;
    draft->plan.columns_are = COLUMNS_ALL;
    for (uint32_t i = 0; i < plan->load_count; i++)
        draft->loads[i].below = plan_opened(plans, plan->loads[i].below);
    return memory_put(plans, OPERATE_OPEN, plan, plan, draft_done(plans, draft));
}

const Plan *plan_with_fetch(Plans *plans, const Plan *plan, PlanFetch fetch) {
    if (plan->fetch == fetch) return plan;
    Draft *draft = draft_take(plans, plan);
    draft->plan.fetch = (uint8_t)fetch;
    return draft_done(plans, draft);
}

const Plan *plan_with_values(Plans *plans, const Plan *plan) {
    Draft *draft = draft_take(plans, plan);
    draft->plan.rows = ROWS_VALUES;
    return draft_done(plans, draft);
}

const Plan *plan_with_join_all(Plans *plans, const Plan *plan) {
    Draft *draft = draft_take(plans, plan_without(plans, plan, LOAD_JOIN));
    draft->plan.join_hops = JOIN_ALL_HOPS;
    return draft_done(plans, draft);
}

const Plan *plan_pin(Plans *plans, const Plan *plan, Pin pin) {
    const Pins *pins = pins_add(plans->pins, plan->pins, pin);
    if (pins == plan->pins) return plan;
    Draft *draft = draft_take(plans, plan);
    draft->plan.pins = pins;
    return draft_done(plans, draft);
}

const Plan *plan_unpinned(Plans *plans, const Plan *plan) {
    if (!plan->pins) return plan;
    Draft *draft = draft_take(plans, plan);
    draft->plan.pins = NULL;
    return draft_done(plans, draft);
}

const Plan *plan_annotate(Plans *plans, const Plan *plan, Str name) {
    Draft *draft = draft_take(plans, plan);
    draft_annotate(plans, draft, name);
    return draft_done(plans, draft);
}

/* -- columns -- */

/* The part of a path before the first "__", or STR_NONE if it is one name. */
static Str path_first(Plans *plans, Str path) {
    const char *text = str_text(plans->strings, path), *separator = strstr(text, "__");
    if (!separator || separator == text) return STR_NONE;
    return str_intern(plans->strings, text, (size_t)(separator - text));
}

/* The columns of a draft become `names` but for those in `except`. Too many: all columns. */
static void draft_columns(Plans *plans, Draft *draft, PlanColumns are, const Str *names,
                          uint32_t count, const Plan *except) {
    uint32_t kept = 0;
    bool fits = true;
    for (uint32_t i = 0; i < count && fits; i++) {
        if (names_have(except->columns, except->column_count, names[i])) continue;
        fits = names_add(plans, draft->columns, &kept, PLAN_COLUMNS, names[i]);
        if (are == COLUMNS_ONLY && fits && names[i]) /* "author__name" keeps the key itself */
            fits = names_add(plans, draft->columns, &kept, PLAN_COLUMNS,
                             path_first(plans, names[i]));
    }
    draft->plan.column_count = fits ? kept : 0;
    draft->plan.columns_are = are;
}

const Plan *plan_only(Plans *plans, const Plan *plan, const Str *names, uint32_t count,
                      Site clause) {
    Draft *draft = draft_take(plans, plan);
    const Plan *except = plan->columns_are == COLUMNS_DEFER ? plan : plans->empty;
    draft_columns(plans, draft, COLUMNS_ONLY, names, count, except);
    draft->plan.columns_site = clause;
    draft->plan.columns_maybe = false;
    return draft_done(plans, draft);
}

/* defer() behind only() takes from the names; nothing left of them: it defers what is new. */
static void draft_defer_kept(Plans *plans, Draft *draft, const Plan *plan, const Str *names,
                             uint32_t count) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < plan->column_count; i++)
        if (!names_have(names, count, plan->columns[i])) draft->columns[kept++] = plan->columns[i];
    draft->plan.column_count = kept;
    if (!kept) draft_columns(plans, draft, COLUMNS_DEFER, names, count, plan);
}

const Plan *plan_defer(Plans *plans, const Plan *plan, const Str *names, uint32_t count,
                       Site clause) {
    Draft *draft = draft_take(plans, plan);
    draft->plan.columns_site = clause;
    if (!names) {
        draft->plan.columns_are = COLUMNS_ALL;
    } else if (plan->columns_are == COLUMNS_ONLY) {
        draft_defer_kept(plans, draft, plan, names, count);
    } else {
        bool fits = true;
        for (uint32_t i = 0; i < count && fits; i++)
            fits = names_add(plans, draft->columns, &draft->plan.column_count, PLAN_COLUMNS,
                             names[i]);
        draft->plan.columns_are = COLUMNS_DEFER;
    }
    return draft_done(plans, draft);
}

const Plan *plan_refreshed(Plans *plans, const Plan *plan) {
    if (plan->columns_are == COLUMNS_ALL && !plan->pins) return plans->empty;
    Draft *draft = draft_take(plans, plan);
    draft->plan.load_count = draft->plan.annotation_count = 0;
    draft->plan.join_hops = 0;
    return draft_done(plans, draft);
}

/* What follows "first__" in a path, or STR_NONE if it does not begin so. */
static Str path_rest(Plans *plans, Str path, Str first) {
    uint32_t length = str_length(plans->strings, path);
    uint32_t start = str_length(plans->strings, first) + 2;
    const char *text = str_text(plans->strings, path);
    if (length <= start || memcmp(text, str_text(plans->strings, first), start - 2) ||
        memcmp(text + start - 2, "__", 2))
        return STR_NONE;
    return str_intern(plans->strings, text + start, length - start);
}

/* Applies the paths of only() and defer() that lead through a joined relation. */
static const Plan *plan_below_columns(Plans *plans, const Plan *plan, const Load *load) {
    if (load->how != LOAD_JOIN || plan->columns_are == COLUMNS_ALL) return load->below;
    Str hop = load->relation->query_name ? load->relation->query_name : load->relation->name;
    Str names[PLAN_COLUMNS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->column_count; i++)
        if ((names[count] = path_rest(plans, plan->columns[i], hop))) count++;
    if (!count || load->below->columns_are != COLUMNS_ALL) return load->below;
    const Plan *below =
        plan->columns_are == COLUMNS_ONLY
            ? plan_only(plans, load->below, names, count, plan->columns_site)
            : plan_defer(plans, load->below, names, count, plan->columns_site);
    if (!plan->columns_maybe) return below;
    Draft *draft = draft_take(plans, below);
    draft->plan.columns_maybe = true;
    return draft_done(plans, draft);
}

/* -- questions -- */

static const Load *plan_find(const Plan *plan, const Relation *relation, Str to_attr) {
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->loads[i].relation == relation && plan->loads[i].to_attr == to_attr)
            return &plan->loads[i];
    return NULL;
}

static bool join_all_follows(const Plan *plan, const Relation *relation) {
    return plan->join_hops && !relation->null &&
           (relation->kind == RELATION_FK || relation->kind == RELATION_O2O);
}

static const Plan *join_all_below(Plans *plans, const Plan *plan) {
    Draft *draft = draft_take(plans, plans->empty);
    draft->plan.join_hops = (uint8_t)(plan->join_hops - 1);
    return draft_done(plans, draft);
}

Cover plan_cover(Plans *plans, const Plan *plan, const Relation *relation, const Load **load,
                 const Plan **below) {
    const Load *found = plan_find(plan, relation, STR_NONE);
    bool joined = join_all_follows(plan, relation);
    const Plan *under = plan->open ? plans->open : plans->empty;
    if (found) under = plan_below_columns(plans, plan, found);
    if (joined) {
        const Plan *all = join_all_below(plans, plan);
        under = found ? plan_merge(plans, under, all) : all;
    }
    if (load) *load = found;
    if (below) *below = under;
    if (joined) return COVER_FULL;
    return found ? found->cover : plan->open ? COVER_OPEN : COVER_NONE;
}

/* -- where two ways meet -- */

static Site site_smaller(Site a, Site b) {
    return site_key(b) < site_key(a) ? b : a;
}

/* The same load of both ways, `cover` being what the other plan says of it. */
static Load load_join(Plans *plans, Load load, Cover cover, const Load *other,
                      const Plan *below) {
    if (load.cover != cover && (load.cover == COVER_NONE || cover == COVER_NONE))
        load.cover = COVER_MAYBE;
    else if (cover < load.cover) load.cover = cover;
    load.below = plan_join(plans, load.below, below);
    if (!other) return load;
    if (how_rank(other->how) > how_rank(load.how)) load.how = other->how;
    if (load.own != other->own) load.own = plans->open;
    load.narrowed |= other->narrowed;
    load.ordered &= other->ordered;
    load.prefetched |= other->prefetched;
    load.clause = site_smaller(load.clause, other->clause);
    return load;
}

/* Adds to a draft what the way with `plan` loads and the way with `against` may load as well. */
static void draft_join(Plans *plans, Draft *draft, const Plan *plan, const Plan *against) {
    for (uint32_t i = 0; i < plan->load_count; i++) {
        const Load *load = &plan->loads[i], *other;
        if (draft_find(draft, load->relation, load->to_attr)) continue;
        const Plan *below = plans->empty;
        Cover cover = COVER_NONE;
        if (!load->to_attr) {
            cover = plan_cover(plans, against, load->relation, &other, &below);
            if (other && !against->join_hops) below = other->below;
        } else {
            other = plan_find(against, load->relation, load->to_attr);
            if (other) below = other->below;
            cover = other ? other->cover : against->open ? COVER_OPEN : COVER_NONE;
        }
        /* The other way knows nothing of it: neither does the sum, and draft->plan is open. */
        if (cover == COVER_OPEN) continue;
        draft_put(plans, draft, load_join(plans, *load, cover, other, below));
    }
}

/* What is left out on both ways; where one leaves out nothing, what the other does, perhaps. */
static void draft_join_columns(Plans *plans, Draft *draft, const Plan *a, const Plan *b) {
    if (a->columns_are != COLUMNS_ALL && b->columns_are == COLUMNS_ALL) {
        const Plan *whole = b;
        b = a;
        a = whole;
    }
    if (b->columns_are == COLUMNS_ALL || (a->columns_are == COLUMNS_ALL && a->open)) return;
    if (a->columns_are == COLUMNS_ONLY && b->columns_are == COLUMNS_DEFER) {
        const Plan *only = a;
        a = b;
        b = only;
    }
    bool whole = a->columns_are == COLUMNS_ALL;
    if (a->columns_are == COLUMNS_DEFER) { /* of those, what the other leaves out as well */
        for (uint32_t i = 0; i < a->column_count; i++) {
            bool listed = names_have(b->columns, b->column_count, a->columns[i]);
            if (listed == (b->columns_are == COLUMNS_DEFER))
                draft->columns[draft->plan.column_count++] = a->columns[i];
        }
        draft->plan.columns_are = COLUMNS_DEFER;
    } else {
        draft_columns(plans, draft, (PlanColumns)b->columns_are, b->columns, b->column_count,
                      plans->empty);
        bool fits = true;
        for (uint32_t i = 0; i < a->column_count && fits && !whole; i++)
            fits = names_add(plans, draft->columns, &draft->plan.column_count, PLAN_COLUMNS,
                             a->columns[i]);
        if (!fits) draft->plan.column_count = 0;
    }
    draft->plan.columns_maybe = whole || a->columns_maybe || b->columns_maybe;
    draft->plan.columns_site = whole ? b->columns_site
                                     : site_smaller(a->columns_site, b->columns_site);
}

const Plan *plan_join(Plans *plans, const Plan *a, const Plan *b) {
    if (a == b) return a;
    const Plan *known = memory_find(plans, OPERATE_JOIN, a, b);
    if (known) return known;
    Draft *draft = draft_take(plans, plans->empty);
    draft->plan.open = a->open || b->open || a->join_hops != b->join_hops || a->rows != b->rows;
    draft->plan.join_hops = a->join_hops < b->join_hops ? a->join_hops : b->join_hops;
    draft->plan.rows = a->rows < b->rows ? a->rows : b->rows;
    draft->plan.fetch = a->fetch < b->fetch ? a->fetch : b->fetch;
    draft->plan.open |= a->fetch != b->fetch;
    draft->plan.pins = pins_meet(plans->pins, a->pins, b->pins);
    draft_join(plans, draft, a, b);
    draft_join(plans, draft, b, a);
    for (uint32_t i = 0; i < a->annotation_count; i++)
        draft_annotate(plans, draft, a->annotations[i]);
    for (uint32_t i = 0; i < b->annotation_count; i++)
        draft_annotate(plans, draft, b->annotations[i]);
    draft_join_columns(plans, draft, a, b);
    return memory_put(plans, OPERATE_JOIN, a, b, draft_done(plans, draft));
}

/* -- lookup paths -- */

typedef struct Path {
    Plans *plans;
    const Project *project;
    LoadHow how;
    const Load *last;
    Site clause;
    bool unknown;
} Path;

static bool relation_joins(const Relation *relation) {
    return !relation->many && relation->kind != RELATION_GENERIC_FK;
}

/* The load that a hop means on rows of `model`, with its key only; relation NULL: none. */
static Load path_hop(const Path *path, const Plan *plan, const Model *model, Str name) {
    Load load = {0};
    const Load *attribute = path->how == LOAD_PREFETCH ? plan_attribute(plan, name) : NULL;
    if (attribute) {
        load.relation = attribute->relation;
        load.to_attr = name;
    } else if (name && model) {
        if (path->how == LOAD_PREFETCH) load.relation = model_relation(model, name);
        if (!load.relation) load.relation = model_lookup(model, name);
        if (load.relation && path->how == LOAD_JOIN && !relation_joins(load.relation))
            load.relation = NULL;
    }
    load.how = path->how;
    load.cover = COVER_FULL;
    load.clause = path->clause;
    load.ordered = load.relation && load.relation->to && load.relation->to->ordered;
    if (load.relation && !load.relation->to && load.relation->kind != RELATION_GENERIC_FK)
        load.below = path->plans->open;
    else if (load.relation && path->how == LOAD_PREFETCH && path->plans->below)
        load.below = path->plans->below(path->plans->below_context, load.relation);
    return load;
}

static Load path_last(const Path *path, Load load) {
    const Load *last = path->last;
    if (!last) return load;
    if (last->to_attr) load.to_attr = last->to_attr;
    if (last->cover == COVER_MAYBE) load.cover = COVER_MAYBE;
    load.narrowed = last->narrowed;
    if (!last->below) return load; /* no queryset: the default one, ordered as its Meta says */
    load.ordered = last->ordered;
    load.below = load.own = last->below;
    return load;
}

static const Plan *path_add(Path *path, const Plan *plan, const Model *model, const char *text,
                            uint32_t hops) {
    if (hops > PATH_HOPS) {
        path->plans->cut++;
        return plan_opened(path->plans, plan);
    }
    const char *separator = strstr(text, "__");
    size_t length = separator ? (size_t)(separator - text) : strlen(text);
    Str name = str_find(path->project->strings, text, length);
    Load load = path_hop(path, plan, model, name);
    if (!load.relation) {
        path->unknown = true;
        return plan;
    }
    if (!separator) {
        load = path_last(path, load);
        return plan_add(path->plans, plan, &load);
    }
    const Load *old = plan_find(plan, load.relation, load.to_attr);
    if (old && !(old->how == LOAD_KNOWN && load.how == LOAD_JOIN)) load.below = old->below;
    if (!load.below) load.below = path->plans->empty;
    if (load.relation->to)
        load.below = path_add(path, load.below, load.relation->to, separator + 2, hops + 1);
    else load.below = plan_opened(path->plans, load.below);
    Draft *draft = draft_take(path->plans, plan);
    if (load.how == LOAD_JOIN) draft->plan.join_hops = 0;
    Load merged = old ? load_merge(path->plans, old, &load) : load;
    merged.below = load.below;
    draft_put(path->plans, draft, merged);
    return draft_done(path->plans, draft);
}

const Plan *plan_add_path(Plans *plans, const Project *project, const Plan *plan,
                          const Model *model, const char *path, LoadHow how, const Load *last,
                          Site clause, bool *unknown) {
    Path way = {plans, project, how, last, clause, false};
    const Plan *result = path_add(&way, plan, model, path, 1);
    if (unknown) *unknown = way.unknown;
    return result;
}
