/* What conditions say of the rows: filter(editor=None) gives rows whose editor is nobody, so that
 * reading it asks nothing. Such a load is KNOWN and narrowed. */
#include "flow/evaluate.h"

static const Relation *relation_said_null(Evaluator *e, const Model *model, Str name,
                                          const Value *value) {
    const char *text = project_text(e->project, name), *hop = strstr(text, "__");
    size_t length = hop ? (size_t)(hop - text) : strlen(text);
    bool null = hop ? !strcmp(hop, "__isnull") && value->kind == VALUE_BOOL
                          && value->flags & VALUE_TRUE
                    : value->kind == VALUE_NONE;
    if (!null) return NULL;
    const Field *field = model_field(model, str_intern(e->project->strings, text, length));
    const Relation *relation = field ? field->relation : NULL;
    bool single = relation && (relation->kind == RELATION_FK || relation->kind == RELATION_O2O);
    return single ? relation : NULL;
}

const Plan *plan_after_filter(Evaluator *e, const Plan *plan, const Model *model,
                              const Arguments *arguments) {
    for (uint32_t i = 0; model && i < arguments->count; i++) {
        if (!arguments->names[i]) continue;
        const Relation *relation = relation_said_null(e, model, arguments->names[i],
                                                      arguments->values[i]);
        if (!relation) continue;
        plan = plan_add(e->plans, plan, &(Load){.relation = relation, .how = LOAD_KNOWN,
                                                .cover = COVER_FULL, .narrowed = true,
                                                .below = plan_open(e->plans)});
    }
    return plan;
}

/* The other side's rows need not satisfy it. */
const Plan *plan_combined(Evaluator *e, const Plan *plan) {
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->loads[i].how == LOAD_KNOWN && plan->loads[i].narrowed) return plan_open(e->plans);
    return plan;
}
