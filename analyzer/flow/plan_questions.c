/* What a plan says of a name by itself: its lists are looked through. */
#include "flow/plan.h"

static bool name_listed(const Str *names, uint32_t count, Str name) {
    for (uint32_t i = 0; i < count; i++)
        if (names[i] == name) return true;
    return false;
}

bool plan_defers(const Plan *plan, const Field *field) {
    if (plan->columns_are == COLUMNS_ALL || field->primary_key) return false;
    bool listed = name_listed(plan->columns, plan->column_count, field->name) ||
                  (field->attname &&
                   name_listed(plan->columns, plan->column_count, field->attname));
    return plan->columns_are == COLUMNS_DEFER ? listed : !listed;
}

const Load *plan_attribute(const Plan *plan, Str to_attr) {
    for (uint32_t i = 0; to_attr && i < plan->load_count; i++)
        if (plan->loads[i].to_attr == to_attr && plan->loads[i].cover != COVER_NONE)
            return &plan->loads[i];
    return NULL;
}

const Load *plan_aside(const Plan *plan, const Relation *relation) {
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->loads[i].relation == relation && plan->loads[i].to_attr) return &plan->loads[i];
    return NULL;
}

bool plan_has_annotation(const Plan *plan, Str name) {
    return name_listed(plan->annotations, plan->annotation_count, name);
}
