/* A key that the row has already: book.author.pk asks for the author to read what book.author_id
 * says. Where the same function reads the relation in another way, too, it has to be loaded after
 * all; each module is looked through once for such reads. */
#include "report/edit.h"

#include <string.h>

static uint64_t read_key(uint64_t name, const char *function) {
    return hash_mix(name, hash_bytes(function, strlen(function)));
}

/* In templates a lookup by a dot. */
static bool is_attribute(const Node *node) {
    return node->kind == NODE_ATTRIBUTE || node->kind == NODE_LOOKUP;
}

/* The attribute that is read of the expression; NULL: something else is done with it. */
static const Node *attribute_of(const Module *module, NodeId id) {
    enum { NEAR = 3 };
    for (NodeId at = id > NEAR ? id - NEAR : 1; at <= id + NEAR && at < module->nodes.count; at++) {
        const Node *node = module_node(module, at);
        if (is_attribute(node) && node_child(module, at, 0) == id) return node;
    }
    return NULL;
}

static bool names_a_key(const char *name) {
    return !strcmp(name, "id") || !strcmp(name, "pk");
}

static Map *module_reads(Report *report, uint32_t at) {
    const Module *module = report->project->modules[at].module;
    Map *reads = map_get(&report->key_reads, at + 1);
    if (reads) return reads;
    reads = arena_make(report->arena, Map);
    map_put(report->arena, &report->key_reads, at + 1, reads);
    for (NodeId id = 1; id < module->nodes.count; id++) {
        const Node *node = module_node(module, id);
        if (!is_attribute(node)) continue;
        const Node *next = attribute_of(module, id);
        if (next && names_a_key(str_text(module->strings, next->name))) continue;
        const char *name = str_text(module->strings, node->name);
        Place place = place_touch(report->places, (Site){at, id});
        map_put(report->arena, reads,
                read_key(hash_bytes(name, strlen(name)), place.function), reads);
    }
    return reads;
}

/* Whether the name is the column that the relation points to. */
static bool key_of_target(const Report *report, const Relation *relation, const char *name) {
    if (relation->to_field) return false;
    if (!strcmp(name, "pk")) return true;
    for (uint32_t i = 0; relation->to && i < relation->to->fields.count; i++)
        if (relation->to->fields.items[i].primary_key)
            return !strcmp(name, project_text(report->project, relation->to->fields.items[i].name));
    return relation->to && !relation->to->parents.count && !strcmp(name, "id");
}

bool report_fix_key(Report *report, const Event *event) {
    const Relation *relation = event_relation(event);
    const Module *module = report->project->modules[event->site.module].module;
    if (event->kind != EVENT_LOAD || !relation || !relation->attname || !module) return false;
    if (event->site.node >= module->nodes.count) return false;
    const Node *next = attribute_of(module, event->site.node);
    const Node *read = module_node(module, event->site.node);
    const char *key = next ? str_text(module->strings, next->name) : "";
    const char *name = str_text(module->strings, read->name);
    if (!is_attribute(read) || !names_a_key(key)
        || !key_of_target(report, relation, key)
        || strcmp(name, project_text(report->project, relation->name)))
        return false;
    Place place = place_touch(report->places, event->site);
    uint64_t whole = read_key(hash_bytes(name, strlen(name)), place.function);
    if (map_get(module_reads(report, event->site.module), whole)) return false;
    if (!report->gathering)
        report_fix(report, event, "read .%s in place of .%s.%s: the row has it",
                   project_text(report->project, relation->attname), name, key);
    return true;
}
