/* One pass over all nodes, when the first doubtful name comes up. Every name that a declaration we
 * cannot read might bring is put into one of two sets; which model it would be of is not asked. */
#include "flow/elsewhere.h"

typedef struct Elsewhere {
    Map relations, attributes; /* Str -> anything */
    Map known;                 /* site of a field that is a relation in the graph */
} Elsewhere;

static void name_add(Evaluator *e, Map *names, Str name) {
    if (name) map_put(e->arena, names, name, e);
}

/* The text of a string argument, or STR_NONE. */
static Str string_at(const Evaluator *e, Site call, NodeId node) {
    const Module *module = e->project->modules[call.module].module;
    const Node *at = module_node(module, node);
    return at->kind == NODE_STRING ? project_name(e->project, call.module, at->name) : STR_NONE;
}

static Str callee_name(const Evaluator *e, uint32_t m, NodeId call) {
    const Module *module = e->project->modules[m].module;
    const Node *callee = module_node(module, node_child(module, call, 0));
    bool named = callee->kind == NODE_NAME || callee->kind == NODE_ATTRIBUTE;
    return named ? project_name(e->project, m, callee->name) : STR_NONE;
}

/* to_attr="x", related_name="x" of an unknown field, x=FilteredRelation(...) */
static void call_keyword(Evaluator *e, Elsewhere *names, Site call, NodeId node) {
    const Module *module = e->project->modules[call.module].module;
    Str name = project_name(e->project, call.module, module_node(module, node)->name);
    NodeId value = node_child(module, node, 0);
    if (name_is(e, name, "to_attr")) name_add(e, &names->attributes, string_at(e, call, value));
    bool related = name_is(e, name, "related_name") || name_is(e, name, "related_query_name");
    if (related && !map_get(&names->known, site_key(call)))
        name_add(e, &names->relations, string_at(e, call, value));
    if (module_node(module, value)->kind == NODE_CALL
        && name_is(e, callee_name(e, call.module, value), "FilteredRelation"))
        name_add(e, &names->relations, name);
}

static void call_names(Evaluator *e, Elsewhere *names, uint32_t m, NodeId call) {
    const Module *module = e->project->modules[m].module;
    uint32_t count = node_count(module, call);
    Site site = {m, call};
    for (uint32_t i = 1; i < count; i++) {
        NodeId child = node_child(module, call, i);
        if (module_node(module, child)->kind == NODE_KEYWORD)
            call_keyword(e, names, site, child);
    }
    Str callee = callee_name(e, m, call);
    if (count > 2 && (name_is(e, callee, "setattr") || name_is(e, callee, "contribute_to_class")
                      || name_is(e, callee, "add_to_class")))
        for (uint32_t i = 1; i < count; i++) {
            name_add(e, &names->attributes, string_at(e, site, node_child(module, call, i)));
            name_add(e, &names->relations, string_at(e, site, node_child(module, call, i)));
        }
}

static void assigned_names(Evaluator *e, Elsewhere *names, uint32_t m, NodeId assign) {
    const Module *module = e->project->modules[m].module;
    for (uint32_t i = 2; i < node_count(module, assign); i++) {
        const Node *target = module_node(module, node_child(module, assign, i));
        if (target->kind == NODE_ATTRIBUTE)
            name_add(e, &names->attributes, project_name(e->project, m, target->name));
    }
}

static void module_names(Evaluator *e, Elsewhere *names, uint32_t m) {
    const Module *module = e->project->modules[m].module;
    for (NodeId i = 1; module && i < module->nodes.count; i++) {
        uint8_t kind = module->nodes.items[i].kind;
        if (kind == NODE_CALL) call_names(e, names, m, i);
        else if (kind == NODE_ASSIGN) assigned_names(e, names, m, i);
    }
}

/* "book" and "book_set": what a field of the class without a related_name would be called. */
static void default_names(Evaluator *e, Elsewhere *names, const Class *klass) {
    enum { NAME_ROOM = 200 };
    const char *text = project_text(e->project, klass->name);
    char lower[NAME_ROOM + sizeof "_set"];
    size_t length = strlen(text);
    if (length >= NAME_ROOM) return;
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i]);
    name_add(e, &names->relations, str_intern(e->project->strings, lower, length));
    memcpy(lower + length, "_set", sizeof "_set");
    name_add(e, &names->relations, str_intern(e->project->strings, lower, length + 4));
}

/* Whether a model may have relations that we do not see: a base or a field out of view. */
static bool model_hides(const Evaluator *e, const Model *model) {
    if (!model->complete) return true;
    for (uint32_t i = 0; i < model->klass->mro_count; i++) {
        const Class *klass = model->klass->mro[i];
        for (uint32_t k = 0; !klass->external && k < klass->members.count; k++) {
            const ClassMember *member = &klass->members.items[k];
            bool call = member->kind == MEMBER_VALUE && member->site.node
                        && site_node(e->project, member->site)->kind == NODE_CALL;
            if (!call || model_relation(model, member->name) || model_manager(model, member->name))
                continue;
            const Field *field = model_field(model, member->name);
            if (!field || !field_is_column(e->project, field)) return true;
        }
    }
    return false;
}

static void relation_names(Evaluator *e, Elsewhere *names) {
    Project *project = e->project;
    for (uint32_t i = 0; i < project->all_relations.count; i++) {
        const Relation *relation = project->all_relations.items[i];
        if (relation->site.node) map_put(e->arena, &names->known, site_key(relation->site), e);
        bool seen = relation->to && (!relation->from->test || relation->to->test);
        if (seen || relation->kind == RELATION_GENERIC_FK) continue;
        if (relation->related_name) name_add(e, &names->relations, relation->related_name);
        else default_names(e, names, relation->from->klass);
    }
    for (uint32_t i = 0; i < project->models.count; i++) {
        const Model *model = project->models.items[i];
        if (!model->external && model_hides(e, model)) default_names(e, names, model->klass);
    }
}

static const Elsewhere *elsewhere_names(Evaluator *e) {
    if (e->elsewhere) return e->elsewhere;
    Elsewhere *names = e->elsewhere = arena_make(e->arena, Elsewhere);
    relation_names(e, names);
    for (uint32_t m = 0; m < e->project->module_count; m++) module_names(e, names, m);
    return names;
}

bool class_is_decorated(const Project *project, const Class *klass) {
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        const Class *at = klass->mro[i];
        if (at->external || !at->site.node) continue;
        if (node_count(project->modules[at->site.module].module, at->site.node) > 2) return true;
    }
    return false;
}

bool elsewhere_relation(Evaluator *e, Str name) {
    return name && map_get(&elsewhere_names(e)->relations, name);
}

bool elsewhere_attribute(Evaluator *e, Str name) {
    return name && map_get(&elsewhere_names(e)->attributes, name);
}

bool field_is_column(const Project *project, const Field *field) {
    if (field->relation) return false;
    if (!field->site.node) return true; /* the key that Django adds */
    const Node *call = site_node(project, field->site);
    if (call->kind != NODE_CALL) return false;
    const Module *module = project->modules[field->site.module].module;
    Symbol symbol = project_expression(project, field->site.module,
                                       node_child(module, field->site.node, 0));
    return symbol.kind == SYMBOL_CLASS && symbol.klass->external
           && class_is(symbol.klass, "django.db.models.Field");
}
