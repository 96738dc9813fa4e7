/* The evaluation as a whole: one Evaluator, all roots in a fixed order. */
#include "flow/evaluate.h"
#include "flow/flow.h"
#include "flow/uses.h"

#include "base/writer.h"
#include "frameworks/frameworks.h"

static const Plan *below_prefetch(void *evaluator, const Relation *relation) {
    return relation_plan(evaluator, relation);
}

Flow *flow_run(Project *project, const FlowOptions *options) {
    Arena *arena = arena_new();
    Flow *flow = arena_make(arena, Flow);
    flow->arena = arena;
    flow->project = project;
    Evaluator *e = arena_make(arena, Evaluator);
    *e = (Evaluator){.flow = flow, .project = project, .arena = arena,
                     .scratch = arena_new(), .options = options,
                     .values = values_new(arena), .plans = plans_new(arena, project->strings)};
    e->unknown = value_simple(e->values, VALUE_UNKNOWN);
    e->scalar = value_simple(e->values, VALUE_SCALAR);
    e->none = value_simple(e->values, VALUE_NONE);
    e->yes = value_bool(e->values, true);
    e->no = value_bool(e->values, false);
    e->marker = e->yes;
    e->maybe = e->no;
    e->gone = e->none;
    e->said = value_with_flags(e->values, e->marker, VALUE_NEW);
    e->plan_fact = str_of(project->strings, "+plan");
    e->unpinned_fact = str_of(project->strings, "+unpinned");
    e->frameworks = frameworks;
    plans_ask_below(e->plans, below_prefetch, e);
    e->uses = uses_new(arena, project);
    builtins_register(e);
    libraries_register(e);
    run_roots(e);
    flow->statistics.cut_uses += uses_cut(e->uses);
    flow->statistics.cut_values = values_cut(e->values);
    flow->statistics.cut_plans = plans_cut(e->plans);
    declarations_say(e);
    flow->statistics.memory = arena_size(arena);
    arena_free(e->scratch);
    return flow;
}

void flow_free(Flow *flow) {
    if (flow) arena_free(flow->arena);
}

static void event_dump(const Project *project, const Event *event, Writer *out) {
    const ProjectModule *module = &project->modules[event->site.module];
    uint32_t line, column;
    module_place(module->module, site_node(project, event->site)->start, &line, &column);
    write_plain(out, module->file->shown, strlen(module->file->shown));
    write_format(out, ":%u:%u kind=%u silence=%u cover=%u", line, column, (unsigned)event->kind,
                 (unsigned)event->silence, (unsigned)event->cover);
    if (event->model) write_format(out, " %s", project_text(project, event->model->label));
    for (uint32_t i = 0; i < event->path_length; i++)
        write_format(out, ".%s", project_text(project, event->path[i]->name));
    if (event->method) write_format(out, " %s()", project_text(project, event->method));
    write_format(out, " loops=%u calls=%u\n", event->loop_count, event->frame_count);
}

void flow_dump(const Flow *flow, Writer *out) {
    for (uint32_t i = 0; i < flow->events.count; i++)
        event_dump(flow->project, &flow->events.items[i], out);
}
