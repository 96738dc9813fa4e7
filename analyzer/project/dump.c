/* dump.c - the relation graph as JSON, one model a line, sorted by label. */
#include "project/model.h"

#include "base/writer.h"

#include <stdlib.h>

static const char *const kinds[] = {
    [RELATION_FK] = "fk", [RELATION_O2O] = "o2o", [RELATION_M2M] = "m2m",
    [RELATION_GENERIC_FK] = "generic_fk", [RELATION_PARENT] = "parent",
    [RELATION_REVERSE_FK] = "reverse_fk", [RELATION_REVERSE_O2O] = "reverse_o2o",
    [RELATION_REVERSE_M2M] = "reverse_m2m", [RELATION_GENERIC] = "generic",
    [RELATION_CHILD] = "child",
};

static void write_name(const Project *project, Writer *out, Str name) {
    if (name) write_json(out, project_text(project, name), str_length(project->strings, name));
    else write_text(out, "null");
}

static void write_key(const Project *project, Writer *out, const char *key, Str name) {
    write_format(out, "\"%s\": ", key);
    write_name(project, out, name);
}

static void write_flag(Writer *out, const char *key, bool flag) {
    write_format(out, ", \"%s\": %s", key, flag ? "true" : "false");
}

static void write_relation(const Project *project, Writer *out, const Relation *relation) {
    write_text(out, "{");
    write_key(project, out, "name", relation->name);
    write_text(out, ", ");
    write_key(project, out, "query_name", relation->query_name);
    write_format(out, ", \"kind\": \"%s\"", kinds[relation->kind]);
    write_flag(out, "many", relation->many);
    write_flag(out, "null", relation->null);
    write_text(out, ", ");
    write_key(project, out, "to", relation->to ? relation->to->label : STR_NONE);
    if (!relation->to && relation->target) {
        write_text(out, ", ");
        write_key(project, out, "target", relation->target);
    }
    write_text(out, ", ");
    write_key(project, out, "through", relation->through ? relation->through->label : STR_NONE);
    write_text(out, "}");
}

typedef struct Entry {
    const char *name, *query, *target;
    const Relation *relation;
} Entry;

static int compare_entries(const void *left, const void *right) {
    const Entry *one = left, *other = right;
    int order = strcmp(one->name, other->name);
    if (!order) order = strcmp(one->query, other->query);
    return order ? order : strcmp(one->target, other->target);
}

static void add_entry(const Project *project, Entry *entries, uint32_t *count,
                      const Relation *relation) {
    entries[(*count)++] = (Entry){project_text(project, relation->name),
                                  project_text(project, relation->query_name),
                                  relation->to ? project_text(project, relation->to->label) : "",
                                  relation};
}

/* Those with a name, and the hidden ones that lookups can use. */
static void write_relations(const Project *project, Writer *out, const Model *model) {
    const LinkModel *linked = link_model(model);
    uint32_t room = model->relations.count + linked->query_count, count = 0;
    Entry *entries = memory_alloc(sizeof *entries * (room + 1));
    for (uint32_t i = 0; i < model->relations.count; i++)
        add_entry(project, entries, &count, model->relations.items[i]);
    for (uint32_t i = 0; i < linked->query_count; i++)
        if (!linked->by_query[i]->name) add_entry(project, entries, &count, linked->by_query[i]);
    qsort(entries, count, sizeof *entries, compare_entries);
    write_text(out, "\"relations\": [");
    for (uint32_t i = 0; i < count; i++) {
        if (i) write_text(out, ", ");
        write_relation(project, out, entries[i].relation);
    }
    free(entries);
    write_text(out, "]");
}

static void write_columns(const Project *project, Writer *out, const Model *model) {
    write_text(out, ", \"columns\": [");
    for (uint32_t i = 0; i < model->fields.count; i++) {
        if (i) write_text(out, ", ");
        write_name(project, out, model->fields.items[i].attname);
    }
    write_text(out, "]");
}

static void write_managers(const Project *project, Writer *out, const Model *model) {
    write_text(out, ", \"managers\": [");
    for (uint32_t i = 0; i < model->managers.count; i++) {
        const Manager *manager = &model->managers.items[i];
        write_text(out, i ? ", {" : "{");
        write_key(project, out, "name", manager->name);
        write_text(out, ", ");
        write_key(project, out, "class", manager->manager ? manager->manager->qualified : 0);
        write_text(out, ", ");
        write_key(project, out, "queryset", manager->queryset ? manager->queryset->qualified : 0);
        write_flag(out, "known", manager->known);
        write_text(out, "}");
    }
    write_text(out, "]");
}

static void write_place(const Project *project, Writer *out, const Class *klass) {
    if (klass->external) {
        write_text(out, "\"path\": null, \"line\": null");
        return;
    }
    const ProjectModule *module = &project->modules[klass->site.module];
    uint32_t line, column;
    module_place(module->module, site_node(project, klass->site)->start, &line, &column);
    write_text(out, "\"path\": ");
    write_json(out, module->file->shown, strlen(module->file->shown));
    write_format(out, ", \"line\": %u", line);
}

static void write_model(const Project *project, Writer *out, const Model *model) {
    write_text(out, "{");
    write_key(project, out, "label", model->label);
    write_flag(out, "abstract", model->abstract);
    write_flag(out, "proxy", model->proxy);
    write_flag(out, "external", model->external);
    write_flag(out, "complete", model->complete);
    write_flag(out, "ordered", model->ordered);
    write_text(out, ", ");
    write_key(project, out, "app", model->app);
    write_text(out, ", ");
    write_key(project, out, "name", model->name);
    write_text(out, ", ");
    write_place(project, out, model->klass);
    write_text(out, ", ");
    write_relations(project, out, model);
    write_columns(project, out, model);
    write_managers(project, out, model);
    write_text(out, "}");
}

void project_dump(const Project *project, Writer *out) {
    write_text(out, "{\"models\": [");
    for (uint32_t i = 0; i < project->models.count; i++) {
        write_text(out, i ? ",\n  " : "\n  ");
        write_model(project, out, project->models.items[i]);
    }
    write_text(out, "\n]}\n");
}
