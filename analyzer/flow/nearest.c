/* What already prefetches the front of a touch's path: advice goes on from there.
 *
 *     talk.speakers ── row.self: the talk, whose plan has the load of `speakers`
 *         .user     ── the touch: "speakers" is to become "speakers__user"
 */
#include "flow/evaluate.h"

static const Load *load_of_hop(Evaluator *e, const Value *parent, const Birth *hop) {
    const Load *load = NULL;
    const Relation *relation = hop->relation;
    if (hop->to_attr) return plan_attribute(parent->plan, hop->to_attr);
    if (relation->kind == RELATION_GENERIC_FK && parent->birth->model) {
        /* which is one relation for each model that it leads to */
        const Relation *key = model_relation(parent->birth->model, relation->name);
        relation = key ? key : relation;
    }
    return plan_cover(e->plans, parent->plan, relation, &load, NULL) == COVER_FULL ? load : NULL;
}

void touch_nearest(Evaluator *e, Event *event, const Value *row) {
    uint32_t hops = event->path_length ? event->path_length - 1u : 0;
    for (; hops && row->kind == VALUE_ROW && row->self && row->birth->relation; row = row->self) {
        if (row->self->kind != VALUE_ROW) return;
        const Load *load = load_of_hop(e, row->self, row->birth);
        if (load && load->how == LOAD_PREFETCH && load->clause.node) {
            event->nearest = load;
            event->nearest_hops = (uint8_t)hops;
            return;
        }
        hops--;
    }
}
