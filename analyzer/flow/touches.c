/* From touch to event.
 *
 * A touch is emitted in the activation where the query would run and passes outwards through
 * every caller. On its way it collects calls, and loops from the point on where it is known to
 * repeat: a row that is another one in each turn of loop L repeats with L and with everything
 * outside L; what a call makes fresh repeats with every loop around that call. */
#include "flow/evaluate.h"

/* Interning: births and loops are equal when their fields are, so that values can be compared. */
typedef struct BirthChain { Birth birth; struct BirthChain *next; } BirthChain;
typedef struct LoopChain { Loop loop; struct LoopChain *next; } LoopChain;

static bool birth_equal(const Birth *a, const Birth *b) {
    return a->site.module == b->site.module && a->site.node == b->site.node && a->model == b->model
           && a->parent == b->parent && a->relation == b->relation && a->single == b->single
           && a->to_attr == b->to_attr && a->known == b->known && a->given == b->given
           && a->narrowed == b->narrowed && a->shared == b->shared && a->unsure == b->unsure;
}

const Birth *birth_make(Evaluator *e, const Birth *draft) {
    uint64_t hash = hash_mix(site_key(draft->site), (uint64_t)(uintptr_t)draft->model);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)draft->parent);
    hash = hash_mix(hash, (uint64_t)(uintptr_t)draft->relation);
    BirthChain *first = map_get(&e->births, hash);
    for (BirthChain *at = first; at; at = at->next)
        if (birth_equal(&at->birth, draft)) return &at->birth;
    BirthChain *made = arena_make(e->arena, BirthChain);
    made->birth = *draft;
    made->birth.depth = draft->parent ? (uint8_t)(draft->parent->depth + 1) : 0;
    made->next = first;
    map_put(e->arena, &e->births, hash, made);
    return &made->birth;
}

const Loop *loop_make(Evaluator *e, const Loop *draft) {
    uint64_t hash = hash_mix(site_key(draft->site), (uint64_t)(uintptr_t)draft->rows);
    LoopChain *first = map_get(&e->loops, hash);
    for (LoopChain *at = first; at; at = at->next)
        if (site_key(at->loop.site) == site_key(draft->site) && at->loop.rows == draft->rows
            && at->loop.small == draft->small && at->loop.batched == draft->batched
            && at->loop.bounded == draft->bounded)
            return &at->loop;
    LoopChain *made = arena_make(e->arena, LoopChain);
    made->loop = *draft;
    made->next = first;
    map_put(e->arena, &e->loops, hash, made);
    return &made->loop;
}

/* The path from the root birth's rows to the relation that is touched. */
void event_place(Event *event, const Birth *birth, const Relation *last) {
    const Birth *reversed[EVENT_PATH];
    uint32_t count = 0;
    const Birth *root = birth;
    while (root && root->parent && root->relation && !root->narrowed && count < EVENT_PATH - 1) {
        reversed[count++] = root;
        root = root->parent;
    }
    event->birth = root;
    event->model = root ? root->model : NULL;
    while (count) {
        event->path_names[event->path_length] = reversed[--count]->to_attr;
        event->path[event->path_length++] = reversed[count]->relation;
    }
    if (last) event->path[event->path_length++] = last;
}

Site event_queryset(const Event *event) {
    if (event->birth->given) return event->built.node ? event->built : event->site;
    bool helper = event->birth->shared || event->birth->unsure;
    bool elsewhere = (helper || event->kind == EVENT_COLUMN) && event->built.node;
    return elsewhere ? event->built : event->birth->site;
}

static const LoopLink *loops_wrap(Activation *a, const LoopLink *loops, uint32_t from) {
    for (uint32_t i = from; i-- > 0;) {
        LoopLink *link = arena_make(a->e->arena, LoopLink);
        *link = (LoopLink){a->loops[i], loops};
        loops = link;
    }
    return loops;
}

static void touch_wrap(Activation *a, Touch *touch, uint32_t from) {
    touch->loops = loops_wrap(a, touch->loops, from);
}

static void touch_surround(Activation *a, Touch *touch) {
    if (touch->event.kind == EVENT_WRITE)
        touch->around = loops_wrap(a, touch->around, a->loop_count);
}

static void touch_attach(Activation *a, Touch *touch) {
    if (touch->kept) return;
    if (touch->attached) {
        touch_wrap(a, touch, a->loop_count);
    } else if (touch->invariant) { /* asked anew each time, whatever row it hangs from */
        touch_wrap(a, touch, a->loop_count);
        touch->attached = true;
    } else if (touch->turn == TURN_FRESH) {
        touch_wrap(a, touch, a->loop_count);
        touch->attached = a->loop_count > 0;
    } else {
        for (uint32_t i = a->loop_count; i-- > 0;)
            if (a->loops[i] == touch->turn) {
                touch_wrap(a, touch, i + 1);
                touch->attached = true;
                break;
            }
    }
}

static bool touch_same(const Touch *a, const Touch *b) {
    if (a->event.kind != b->event.kind || a->event.birth != b->event.birth
        || site_key(a->event.site) != site_key(b->event.site) || a->turn != b->turn
        || a->event.method != b->event.method || a->event.detail != b->event.detail
        || a->event.matched != b->event.matched || a->attached != b->attached
        || a->event.path_length != b->event.path_length || a->event.silence != b->event.silence
        || a->event.cover != b->event.cover || a->invariant != b->invariant)
        return false;
    const LoopLink *left = a->around, *right = b->around;
    while (left && right && left->loop == right->loop) left = left->inner, right = right->inner;
    if (left || right) return false;
    return !memcmp(a->event.path, b->event.path, sizeof *a->event.path * a->event.path_length);
}

static void touch_keep(Activation *a, const Touch *touch) {
    for (uint32_t i = 0; i < a->touches.count; i++)
        if (touch_same(&a->touches.items[i], touch)) return;
    uint32_t most = touch->event.kind == EVENT_WRITE ? 2 * LIMIT_TOUCHES : LIMIT_TOUCHES;
    if (a->touches.count >= most) { /* a write that is not known of would make others wrong */
        a->e->flow->statistics.cut_events++;
        return;
    }
    array_push(a->e->arena, &a->touches, *touch);
}

/* A row of a loop that ends here is one row. */
static bool touch_happens_once(const Activation *a, const Touch *touch) {
    if (touch->attached || touch->every) return false;
    for (uint32_t i = 0; i < a->left_count; i++)
        if (a->left[i] == touch->turn) return true;
    return false;
}

/* A model's own save() or delete(): what it writes for its row is work for each row. */
static bool runs_own_write(const Activation *a) {
    if (!a->self || a->self->kind != VALUE_ROW || !a->definition) return false;
    const char *name = project_text(a->e->project, node_name(a, a->definition));
    return !strcmp(name, "save") || !strcmp(name, "delete");
}

/* Why what happens here is passed over, or less sure. A cache that is asked first keeps reads from
 * repeating; what is written behind it is written once per key. */
static void touch_doubt(const Activation *a, Touch *touch) {
    Event *event = &touch->event;
    bool write = event->kind == EVENT_WRITE;
    const Birth *birth = event->birth;
    while (birth && !birth->unsure) birth = birth->parent;
    if ((a->undecided || birth) && event->confidence == CONFIDENCE_CERTAIN)
        event->confidence = CONFIDENCE_LIKELY;
    if (a->fallback || (a->guard && write)) event->confidence = CONFIDENCE_POSSIBLE;
    if (event->silence != SILENCE_NONE) return;
    if (write ? a->handling : a->guard) event->silence = SILENCE_GUARD;
    else if (a->holds_per_batch && !touch->attached) event->silence = SILENCE_BATCH;
    else if (write && !touch->attached && !a->loop_count && runs_own_write(a))
        event->silence = SILENCE_HOOKED;
}

void touch_emit(Activation *a, Touch *touch) {
    if (a->muted || a->state.dead) return;
    if (touch_happens_once(a, touch)) {
        a->e->flow->statistics.silences[SILENCE_ONCE]++;
        return;
    }
    if (!touch->event.surface) touch->event.surface = a->surface;
    touch->event.function = a->function;
    const Node *definition = node_at(a, a->definition);
    touch->event.asynchronous = a->definition && definition->flags & NODE_ASYNC
                                && definition->kind == NODE_FUNCTION;
    touch_doubt(a, touch);
    if (touch->event.silence == SILENCE_NONE && touch->event.kind != EVENT_BUILD
        && query_is_carried(a, touch->event.site.node))
        touch->event.silence = SILENCE_TREE_WALK;
    /* What was made before this call's loops, and is kept, does not repeat with them. */
    touch_surround(a, touch);
    if (touch->every || touch->invariant || touch->turn != TURN_FRESH) touch_attach(a, touch);
    touch_keep(a, touch);
}

/* Events of a callee, under the caller's loops and with the call in their chain. */
void touch_replay(Activation *a, const Touch *touch, Site call) {
    Touch copy = *touch;
    const Value *seed = NULL;
    if (copy.row) seed = state_get(&a->state, fact_key(FACT_LOADED, copy.row->id, copy.loaded));
    if (seed && seed != a->e->gone) return;
    if (touch_happens_once(a, touch)) {
        a->e->flow->statistics.silences[SILENCE_ONCE]++;
        return;
    }
    if (copy.turn == TURN_PASSED) copy.turn = TURN_FRESH;
    touch_doubt(a, &copy);
    FrameLink *frame = arena_make(a->e->arena, FrameLink);
    *frame = (FrameLink){{call, a->function}, copy.frames};
    copy.frames = frame;
    if (!copy.event.surface) copy.event.surface = a->surface;
    touch_surround(a, &copy);
    touch_attach(a, &copy);
    touch_keep(a, &copy);
}

static void event_loops(Evaluator *e, Event *event, const LoopLink *link, const Loop *turn) {
    const Loop *outwards[64];
    uint32_t count = 0;
    for (; link; link = link->inner)
        if (count < 64) outwards[count++] = link->loop;
    if (!count && turn) outwards[count++] = turn;
    for (uint32_t i = count; i-- > 0 && event->loop_count < EVENT_LOOPS;)
        event->loops[event->loop_count++] = outwards[i];
    (void)e;
}

static void event_frames(Evaluator *e, Event *event, const FrameLink *link) {
    uint32_t count = 0;
    for (const FrameLink *at = link; at; at = at->inner) count++;
    if (!count) return;
    Frame *frames = arena_many(e->arena, Frame, count);
    uint32_t last = count;
    for (const FrameLink *at = link; at; at = at->inner) frames[--last] = at->frame;
    event->frames = frames;
    event->frame_count = (uint8_t)(count < EVENT_FRAMES ? count : EVENT_FRAMES);
}

static bool loops_include(const LoopLink *link, const Loop *loop) {
    while (link && link->loop != loop) link = link->inner;
    return link != NULL;
}

static const Model *touch_model(const Touch *touch) {
    const Event *event = &touch->event;
    return event->path_length ? event->path[event->path_length - 1]->to : event->model;
}

/* Whether a turn of these loops may write what the query reads. */
static bool loops_write(const Event *event, const Touch *query, const Activation *a) {
    const Model *read = touch_model(query);
    for (uint32_t i = 0; i < a->touches.count; i++) {
        const Touch *write = &a->touches.items[i];
        if (write->event.kind != EVENT_WRITE) continue;
        const Model *written = touch_model(write);
        bool related = !read || !written || model_inherits(read, written)
                       || model_inherits(written, read) || query->crosses;
        for (uint32_t k = 0; related && k < query->invariant && k < event->loop_count; k++)
            if (loops_include(write->around, event->loops[k])) return true;
    }
    return false;
}

/* The loops that make no difference to a query; none if they may change its answer. What hangs
 * from a row repeats with that row's loop, then. */
static void invariant_settle(Event *event, const Touch *touch, const Activation *a) {
    if (!touch->invariant || touch->event.silence == SILENCE_GUARD) return;
    if (event->kind == EVENT_WRITE) { /* the same rows each turn, other values: progress */
        if (event->silence == SILENCE_NONE) event->silence = SILENCE_ONCE;
        return;
    }
    event->invariant = touch->invariant;
    if (!loops_write(event, touch, a)) {
        if (touch->sure && event->silence == SILENCE_ORIGIN) event->silence = SILENCE_NONE;
        return;
    }
    event->invariant = 0;
    if (touch->every || !event->path_length) return;
    uint32_t first = 0;
    while (first < event->loop_count && event->loops[first] != touch->turn) first++;
    if (first == event->loop_count) {
        event->silence = SILENCE_ONCE;
        return;
    }
    event->loop_count -= (uint8_t)first;
    memmove(event->loops, event->loops + first, sizeof *event->loops * event->loop_count);
}

/* At a root: what repeats becomes an event, the rest happens once. */
void touches_finish(Evaluator *e, const Activation *a) {
    for (uint32_t i = 0; i < a->touches.count; i++) {
        const Touch *touch = &a->touches.items[i];
        const Loop *turn = touch->turn;
        bool unknown = touch->event.kind == EVENT_WRITE && !touch->event.model;
        if (unknown) continue;
        bool in_loop = turn && turn != TURN_FRESH && turn != TURN_EACH && turn != TURN_PASSED;
        if (!touch->attached && !in_loop) {
            e->flow->statistics.silences[SILENCE_ONCE]++;
            continue;
        }
        Event event = touch->event;
        event_loops(e, &event, touch->loops, in_loop ? turn : NULL);
        event_frames(e, &event, touch->frames);
        invariant_settle(&event, touch, a);
        const Loop *innermost = event.loop_count ? event.loops[0] : NULL;
        if (innermost && innermost->batched && event.silence == SILENCE_NONE)
            event.silence = SILENCE_BATCH;
        if (innermost && innermost->small && event.loop_count == 1)
            event.confidence = CONFIDENCE_POSSIBLE;
        e->flow->statistics.silences[event.silence]++;
        array_push(e->arena, &e->flow->events, event);
    }
}

void event_once(Evaluator *e, const Event *draft) {
    uint64_t hash = hash_mix(site_key(draft->site), (uint64_t)draft->kind << 32 | draft->detail);
    for (uint32_t i = 0; i < draft->path_length; i++)
        hash = hash_mix(hash, (uint64_t)draft->path[i]->name << 32 | draft->path[i]->query_name);
    if (draft->silence == SILENCE_NONE && map_get(&e->once, hash)) return;
    e->flow->statistics.silences[draft->silence]++;
    if (draft->silence == SILENCE_NONE) map_put(e->arena, &e->once, hash, e);
    array_push(e->arena, &e->flow->events, *draft);
}

/* The statistics count source expressions, each once. */
void touch_noted(Activation *a, NodeId node, Cover cover) {
    static const char known = 0, answered = 0;
    FlowStatistics *statistics = &a->e->flow->statistics;
    uint64_t key = site_key(site_of(a, node));
    const void *before = map_get(&a->e->touched, key);
    if (!before) statistics->touches_known++;
    if (cover != COVER_OPEN && before != &answered) {
        statistics->touches_answered++;
        map_put(a->e->arena, &a->e->touched, key, (void *)(uintptr_t)&answered);
    } else if (!before) {
        map_put(a->e->arena, &a->e->touched, key, (void *)(uintptr_t)&known);
    }
}

void touch_read(Activation *a, NodeId node, const Value *row, const Relation *relation,
                Cover cover, const Load *load) {
    Evaluator *e = a->e;
    bool by_itself = cover == COVER_FULL && !load && row->plan->join_all;
    if (!e->options->reads && !by_itself) return;
    Read read = {.site = site_of(a, node), .birth = row->birth, .relation = relation,
                 .cover = cover, .clause = load ? load->clause : (Site){0, NODE_NONE}};
    uint64_t hash = hash_mix(site_key(read.site), (uint64_t)(uintptr_t)relation);
    hash = hash_mix(hash_mix(hash, (uint64_t)(uintptr_t)row->birth), (uint64_t)cover + 1);
    hash = hash_mix(hash, site_key(read.clause));
    if (map_get(&e->reads, hash)) return;
    map_put(e->arena, &e->reads, hash, e);
    array_push(e->arena, &e->flow->reads, read);
}

void touch_unknown(Activation *a, NodeId node, Str name) {
    uint64_t key = site_key(site_of(a, node));
    if (!map_get(&a->e->project->relation_names, name) || map_get(&a->e->untouched, key)) return;
    a->e->flow->statistics.touches_unknown++;
    map_put(a->e->arena, &a->e->untouched, key, a);
}
