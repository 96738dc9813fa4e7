/* Why something is unknown or open: counted by reason for --statistics, and by reason and place for
 * --dump=reasons, which is how one finds the mechanism that is missing most. */
#include "flow/evaluate.h"
#include "flow/flow.h"

#include <stdlib.h>

static void reason_count(struct Reason *reasons, const char *text) {
    for (uint32_t i = 0; i < 32; i++) {
        if (!reasons[i].text) reasons[i].text = text;
        if (reasons[i].text != text && strcmp(reasons[i].text, text)) continue;
        reasons[i].count++;
        return;
    }
}

static void reason_note(Evaluator *e, const char *text) {
    if (!e->options->reasons) return;
    Flow *flow = e->flow;
    uint64_t key = hash_mix(site_key(e->at), (uint64_t)(uintptr_t)text);
    const uint32_t *known = map_get(&e->reasons, key);
    if (known) {
        flow->reasons.items[*known].count++;
        return;
    }
    uint32_t *number = arena_make(e->arena, uint32_t);
    *number = flow->reasons.count;
    map_put(e->arena, &e->reasons, key, number);
    array_push(e->arena, &flow->reasons, ((ReasonAt){text, e->at, 1}));
}

const Value *unknown_because(Evaluator *e, const char *reason) {
    reason_count(e->flow->statistics.unknown, reason);
    reason_note(e, reason);
    return e->unknown;
}

const Plan *open_because(Evaluator *e, const char *reason) {
    reason_count(e->flow->statistics.open, reason);
    reason_note(e, reason);
    return plan_open(e->plans);
}

static int reason_order(const void *left, const void *right) {
    const ReasonAt *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    if (order) return order;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return (site_key(a->site) > site_key(b->site)) - (site_key(a->site) < site_key(b->site));
}

void flow_dump_reasons(const Flow *flow, Writer *out) {
    if (!flow->reasons.count) return;
    qsort(flow->reasons.items, flow->reasons.count, sizeof *flow->reasons.items, reason_order);
    for (uint32_t i = 0; i < flow->reasons.count; i++) {
        const ReasonAt *reason = &flow->reasons.items[i];
        const ProjectModule *module = &flow->project->modules[reason->site.module];
        uint32_t line, column;
        module_place(module->module, site_node(flow->project, reason->site)->start, &line,
                     &column);
        write_plain(out, module->file->shown, strlen(module->file->shown));
        write_format(out, ":%u:%u: %llu %s\n", line, column, (unsigned long long)reason->count,
                     reason->text);
    }
}
