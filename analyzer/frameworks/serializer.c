/* From a serializer class to its fields: those declared along the MRO, then those that only
 * Meta.fields names. What cannot be read leaves the serializer open, never wrong. */
#include "frameworks/serializer.h"

#define DRF "rest_framework.serializers."

bool class_is_serializer(const Class *klass) {
    return class_is(klass, DRF "BaseSerializer");
}

static const Class *site_class(Evaluator *e, Site callee) {
    Symbol symbol = project_expression(e->project, callee.module, callee.node);
    return symbol.kind == SYMBOL_CLASS ? symbol.klass : NULL;
}

static NodeId keyword_of(const Module *module, Evaluator *e, Site call, const char *name) {
    for (uint32_t i = 1; i < node_count(module, call.node); i++) {
        NodeId child = node_child(module, call.node, i);
        const Node *node = module_node(module, child);
        if (node->kind == NODE_KEYWORD
            && name_is(e, project_name(e->project, call.module, node->name), name))
            return node_child(module, child, 0);
    }
    return NODE_NONE;
}

static bool node_is_true(const Module *module, NodeId node) {
    const Node *at = module_node(module, node);
    return at->kind == NODE_CONSTANT && at->extra == CONSTANT_TRUE;
}

static Str node_text(Evaluator *e, uint32_t module, NodeId node) {
    const Node *at = module_node(e->project->modules[module].module, node);
    return at->kind == NODE_STRING ? project_name(e->project, module, at->name) : STR_NONE;
}

/* UserSerializer(fields=["name"]): in a way that its class decides. */
static bool call_chooses(Evaluator *e, const Class *klass, Site call) {
    if (klass->external || !class_is_serializer(klass)) return false;
    const Module *module = e->project->modules[call.module].module;
    for (uint32_t i = 1; i < node_count(module, call.node); i++) {
        NodeId child = node_child(module, call.node, i);
        if (module_node(module, child)->kind != NODE_KEYWORD) continue;
        Str name = project_name(e->project, call.module, module_node(module, child)->name);
        Site value = {call.module, node_child(module, child, 0)};
        if (serializer_argument_chooses(e, name, evaluate_constant(e, value, NULL)))
            return serializer_of(e, klass)->open;
    }
    return false;
}

static FieldKind field_kind(const Class *klass) {
    if (class_is_serializer(klass)) return FIELD_NESTED;
    if (class_is(klass, DRF "SerializerMethodField")) return FIELD_METHOD;
    if (class_is(klass, DRF "StringRelatedField")) return FIELD_STRING;
    if (class_is(klass, DRF "SlugRelatedField")) return FIELD_SLUG;
    if (class_is(klass, DRF "PrimaryKeyRelatedField")
        || class_is(klass, DRF "HyperlinkedRelatedField")
        || class_is(klass, DRF "HyperlinkedIdentityField"))
        return FIELD_KEY;
    return FIELD_VALUE;
}

/* Whether code names an argument that says what a field reads. */
static bool says_source(Evaluator *e, Site site, unsigned depth) {
    static const char *const names[] = {"source", "write_only", "many", "method_name",
                                        "slug_field", "lookup_field", "child"};
    const Node *node = site_node(e->project, site);
    bool named = node->kind == NODE_STRING || node->kind == NODE_KEYWORD
                 || node->kind == NODE_ATTRIBUTE;
    Str name = named ? project_name(e->project, site.module, node->name) : STR_NONE;
    for (size_t i = 0; named && i < sizeof names / sizeof *names; i++)
        if (name_is(e, name, names[i])) return true;
    for (uint32_t i = 0; depth < 40 && i < site_count(e->project, site); i++)
        if (says_source(e, site_below(e->project, site, i), depth + 1)) return true;
    return depth >= 40;
}

/* A field class whose __init__() makes arguments of its own may read anything. */
static bool class_makes_arguments(Evaluator *e, const Class *klass) {
    Str name = str_of(e->project->strings, "__init__");
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            if (member->name != name || !member->site.node) continue;
            if (member->kind != MEMBER_FUNCTION || says_source(e, member->site, 0)) return true;
        }
    return false;
}

/* A declared field: NAME = SomeField(...). False: the member is no field. What is made by something
 * that is no class we know may be a field as well. */
static bool field_read(Evaluator *e, const ClassMember *member, SerializerField *field) {
    if (member->kind != MEMBER_VALUE || !member->site.node) return false;
    Site call = member->site;
    const Module *module = e->project->modules[call.module].module;
    if (module_node(module, call.node)->kind != NODE_CALL) return false;
    const Class *klass = site_class(e, (Site){call.module, node_child(module, call.node, 0)});
    *field = (SerializerField){.kind = FIELD_UNREAD, .name = member->name, .site = call,
                               .source = member->name};
    if (!klass || !(class_is_serializer(klass) || class_is(klass, DRF "Field"))) return true;
    *field = (SerializerField){.kind = field_kind(klass), .name = member->name, .site = call,
                               .klass = klass};
    bool whole = class_member(klass, str_of(e->project->strings, "use_pk_only_optimization"));
    bool ours = !klass->external && field->kind != FIELD_NESTED
                && (field->kind != FIELD_KEY || whole);
    if (ours && class_member(klass, str_of(e->project->strings, "to_representation")))
        field->kind = FIELD_CUSTOM;
    if (class_is(klass, DRF "ListSerializer")) { /* ListSerializer(child=BookSerializer()) */
        Site child = {call.module, keyword_of(module, e, call, "child")};
        const Node *made = module_node(module, child.node);
        if (made->kind == NODE_CALL)
            field->klass = site_class(e, (Site){child.module, node_child(module, child.node, 0)});
        if (made->kind != NODE_CALL || !field->klass) {
            field->kind = FIELD_UNREAD;
            return true;
        }
    }
    field->source = node_text(e, call.module, keyword_of(module, e, call, "source"));
    if (!field->source) field->source = member->name;
    bool linked = class_is(klass, DRF "HyperlinkedRelatedField")
                  && !class_is(klass, DRF "HyperlinkedIdentityField");
    const char *argument = field->kind == FIELD_METHOD ? "method_name"
                           : linked                    ? "lookup_field" : "slug_field";
    field->argument = node_text(e, call.module, keyword_of(module, e, call, argument));
    if (linked && field->argument && !name_is(e, field->argument, "pk"))
        field->kind = FIELD_SLUG; /* reads the related row */
    if (ours && class_member(klass, str_of(e->project->strings, "get_attribute")))
        field->source = str_of(e->project->strings, "*");
    if (field->kind == FIELD_METHOD && !field->argument && node_count(module, call.node) > 1)
        field->argument = node_text(e, call.module, node_child(module, call.node, 1));
    field->many = node_is_true(module, keyword_of(module, e, call, "many"))
                  || class_is(klass, DRF "ListSerializer");
    if ((ours && class_makes_arguments(e, klass)) || call_chooses(e, klass, call)
        || class_is(klass, DRF "HiddenField")
        || node_is_true(module, keyword_of(module, e, call, "write_only")))
        field->kind = FIELD_UNREAD;
    return true;
}

static SerializerField *field_named(Serializer *serializer, Str name) {
    for (uint32_t i = 0; i < serializer->fields.count; i++)
        if (serializer->fields.items[i].name == name) return &serializer->fields.items[i];
    return NULL;
}

static void field_put(Evaluator *e, Serializer *serializer, const ClassMember *member) {
    SerializerField field = {.name = STR_NONE};
    SerializerField *old = field_named(serializer, member->name);
    bool is_field = field_read(e, member, &field);
    if (old) *old = field;
    else if (is_field) array_push(e->arena, &serializer->fields, field);
}

void serializer_put(Evaluator *e, Serializer *serializer, Str name, Site value) {
    field_put(e, serializer, &(ClassMember){.kind = MEMBER_VALUE, .name = name, .site = value});
}

/* Base classes first, so that what a subclass declares replaces it in its place. Classes that are
 * no serializers have no fields to inherit. */
static void fields_declared(Evaluator *e, Serializer *serializer) {
    const Class *klass = serializer->klass;
    for (uint32_t c = klass->mro_count; c-- > 0;)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++)
            if (class_is_serializer(klass->mro[c]))
                field_put(e, serializer, &klass->mro[c]->members.items[i]);
    serializer_add(e, serializer);
}

static const Class *serializer_meta(Evaluator *e, const Class *klass) {
    const ClassMember *meta = class_member(klass, str_of(e->project->strings, "Meta"));
    return meta && meta->kind == MEMBER_CLASS ? meta->klass : NULL;
}

static const Value *meta_value(Evaluator *e, const Class *meta, const char *name, Site *site) {
    const ClassMember *member = meta ? class_member(meta, str_of(e->project->strings, name)) : NULL;
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return NULL;
    if (site) *site = member->site;
    return evaluate_constant(e, member->site, member->owner);
}

/* The string of that text in an expression, or the expression itself. */
static Site site_of_text(Evaluator *e, Site in, Str text, unsigned depth) {
    const Module *module = e->project->modules[in.module].module;
    if (node_text(e, in.module, in.node) == text) return in;
    for (uint32_t i = 0; depth < 6 && i < node_count(module, in.node); i++) {
        Site below = {in.module, node_child(module, in.node, i)};
        Site found = site_of_text(e, below, text, depth + 1);
        if (node_text(e, found.module, found.node) == text) return found;
    }
    return in;
}

static void field_auto(Evaluator *e, Serializer *serializer, Str name, Site site,
                       uint32_t depth) {
    SerializerField field = {.kind = FIELD_AUTO, .name = name, .source = name, .depth = depth,
                             .site = site};
    if (!field_named(serializer, name)) array_push(e->arena, &serializer->fields, field);
}

static bool sequence_has(const Value *sequence, Str text) {
    for (uint32_t i = 0; sequence && i < sequence->count; i++)
        if (sequence->items[i]->kind == VALUE_STRING && sequence->items[i]->name == text)
            return true;
    return false;
}

static void fields_of_columns(Evaluator *e, Serializer *serializer, const Model *model,
                              const Value *exclude, Site site) {
    for (uint32_t i = 0; i < model->fields.count; i++) {
        const Field *field = &model->fields.items[i];
        if (!field->relation && !field->primary_key && !sequence_has(exclude, field->name))
            field_auto(e, serializer, field->name, site, 0);
    }
}

/* fields = "__all__", or exclude: every column, forward relation and many-to-many. */
static void fields_all(Evaluator *e, Serializer *serializer, const Value *exclude, Site site,
                       uint32_t depth) {
    const Model *model = serializer->model;
    for (uint32_t i = 0; model && i < model->relations.count; i++) {
        const Relation *relation = model->relations.items[i];
        bool forward = relation->kind == RELATION_FK || relation->kind == RELATION_O2O
                       || relation->kind == RELATION_M2M;
        if (forward && relation->name && !sequence_has(exclude, relation->name))
            field_auto(e, serializer, relation->name, site, depth);
    }
    if (model) fields_of_columns(e, serializer, model, exclude, site);
    for (uint32_t i = 0; model && i < model->parents.count; i++)
        fields_of_columns(e, serializer, model->parents.items[i], exclude, site);
}

static uint32_t meta_depth(Evaluator *e, const Class *meta) {
    Str name = str_of(e->project->strings, "depth");
    const ClassMember *member = meta ? class_member(meta, name) : NULL;
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return 0;
    const Node *node = site_node(e->project, member->site);
    if (node->kind != NODE_NUMBER) return 0;
    const char *text = project_text(e->project, project_name(e->project, member->site.module,
                                                             node->name));
    return text[0] >= '0' && text[0] <= '9' && !text[1] ? (uint32_t)(text[0] - '0') : 0;
}

static void fields_of_meta(Evaluator *e, Serializer *serializer) {
    const Class *meta = serializer_meta(e, serializer->klass);
    Site site = {0};
    const Value *model = meta_value(e, meta, "model", NULL);
    if (model && model->kind == VALUE_CLASS) serializer->model = model->klass->model;
    const Value *list = meta_value(e, meta, "list_serializer_class", NULL);
    if (list && list->kind == VALUE_CLASS && !list->klass->external)
        serializer->list = list->klass;
    uint32_t depth = meta_depth(e, meta);
    const Value *fields = meta_value(e, meta, "fields", &site);
    const Value *exclude = fields ? NULL : meta_value(e, meta, "exclude", &site);
    if (exclude || (fields && fields->kind == VALUE_STRING)) {
        fields_all(e, serializer, exclude, site, depth);
        return;
    }
    if (!fields || fields->kind != VALUE_SEQUENCE) {
        serializer->open |= class_is(serializer->klass, DRF "ModelSerializer");
        return;
    }
    for (uint32_t i = 0; i < fields->count; i++)
        if (fields->items[i]->kind == VALUE_STRING) {
            Str name = fields->items[i]->name;
            field_auto(e, serializer, name, site_of_text(e, site, name, 0), depth);
        }
    for (uint32_t i = 0; i < serializer->fields.count; i++) /* declared, but not chosen */
        if (!sequence_has(fields, serializer->fields.items[i].name))
            serializer->fields.items[i].name = STR_NONE;
}

/* A link to the related row by another column than its key. */
static void field_linked(Evaluator *e, SerializerField *field, const Value *lookup) {
    if (!lookup || lookup->kind != VALUE_STRING || name_is(e, lookup->name, "pk")) return;
    field->kind = FIELD_SLUG;
    field->argument = lookup->name;
}

/* extra_kwargs = {"name": {"write_only": True}} */
static void fields_hidden(Evaluator *e, Serializer *serializer) {
    const Value *extra = meta_value(e, serializer_meta(e, serializer->klass), "extra_kwargs", NULL);
    Str write_only = str_of(e->project->strings, "write_only");
    bool linked = class_is(serializer->klass, DRF "HyperlinkedModelSerializer");
    for (uint32_t i = 0; extra && i + 1 < extra->count && extra->kind == VALUE_DICT; i += 2) {
        const Value *options = extra->items[i + 1];
        const Value *hidden = options->kind == VALUE_DICT ? value_key(options, write_only) : NULL;
        SerializerField *field = field_named(serializer, extra->items[i]->name);
        if (!field || field->kind != FIELD_AUTO) continue;
        if (hidden == e->yes) field->name = STR_NONE;
        else if (linked && options->kind == VALUE_DICT)
            field_linked(e, field, value_key(options, str_of(e->project->strings,
                                                             "lookup_field")));
    }
}

/* serializer_related_field: what related rows that Meta.fields names are shown as. */
static void fields_related(Evaluator *e, Serializer *serializer) {
    Str name = str_of(e->project->strings, "serializer_related_field");
    const ClassMember *member = class_member(serializer->klass, name);
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return;
    const Value *value = evaluate_constant(e, member->site, member->owner);
    const Class *klass = value->kind == VALUE_CLASS ? value->klass : NULL;
    if (!klass || klass->external) return;
    bool shows = class_member(klass, str_of(e->project->strings, "to_representation"))
                 && field_kind(klass) == FIELD_VALUE;
    for (uint32_t i = 0; shows && i < serializer->fields.count; i++) {
        SerializerField *field = &serializer->fields.items[i];
        const Relation *relation = field->name && serializer->model
                                       ? model_relation(serializer->model, field->name) : NULL;
        if (field->kind != FIELD_AUTO || field->depth || !relation || relation->many) continue;
        field->kind = FIELD_CUSTOM;
        field->klass = klass;
    }
}

const Serializer *serializer_of(Evaluator *e, const Class *klass) {
    uint64_t key = (uint64_t)(uintptr_t)klass;
    Serializer *serializer = map_get(&e->framework_data, key);
    if (serializer) return serializer;
    serializer = arena_make(e->arena, Serializer);
    serializer->klass = klass;
    map_put(e->arena, &e->framework_data, key, serializer);
    fields_declared(e, serializer);
    if (class_is(klass, DRF "ModelSerializer")) {
        fields_of_meta(e, serializer);
        fields_hidden(e, serializer);
        fields_related(e, serializer);
    }
    serializer_choose(e, serializer);
    return serializer;
}
