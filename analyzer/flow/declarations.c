/* Events of the models' own declarations: once for each field, however many models copy it. */
#include "flow/evaluate.h"

/* A field whose far side Django names for want of a name: "book_set". */
static bool relation_is_unnamed(const Relation *relation) {
    if (relation->kind != RELATION_FK && relation->kind != RELATION_M2M) return false;
    if (relation->related_name || relation->symmetrical || !relation->site.node) return false;
    return relation->inverse && relation->inverse->name;
}

void declarations_say(Evaluator *e) {
    const Project *project = e->project;
    Map said = {0};
    for (uint32_t i = 0; i < project->all_relations.count; i++) {
        const Relation *relation = project->all_relations.items[i];
        const Model *model = relation->from;
        if (!model || model->external || model->test || !relation_is_unnamed(relation)) continue;
        if (map_get(&said, site_key(relation->site))) continue;
        map_put(e->arena, &said, site_key(relation->site), e);
        event_once(e, &(Event){.kind = EVENT_DECLARE, .site = relation->site, .model = model,
                               .path = {relation}, .path_length = 1, .surface = SURFACE_MODEL,
                               .detail = relation->inverse->name,
                               .confidence = CONFIDENCE_CERTAIN});
    }
}
