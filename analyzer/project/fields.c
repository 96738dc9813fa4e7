/* fields.c - the fields a model's class body declares, read as text says them.
 *
 * An attribute is a field when its value is a call of a class that inherits from Django's Field.
 * A class outside of view counts by the end of its name ("...ForeignKey", "...Field"), since
 * libraries' fields are many and their names keep to that. Targets stay expressions here: an
 * abstract model's field is resolved anew for each model that inherits it. */
#include "project/model.h"

#include <stdlib.h>

/* `from x import Y` in the class's own body: such names are not the module's. */
static Symbol class_import(const Project *project, Str name, const Class *scope) {
    uint32_t m = scope->site.module;
    const Module *module = project_module(project, m);
    NodeId body = node_child(module, scope->site.node, 0);
    for (uint32_t i = 0; i < node_count(module, body); i++) {
        NodeId statement = node_child(module, body, i);
        const Node *from = module_node(module, statement);
        if (from->kind != NODE_IMPORT_FROM) continue;
        for (uint32_t k = 0; k < node_count(module, statement); k++) {
            NodeId alias = node_child(module, statement, k);
            const Node *as = module_node(module, node_child(module, alias, 0));
            Str imported = project_name(project, m, module_node(module, alias)->name);
            Str bound = as->kind == NODE_NAME ? project_name(project, m, as->name) : imported;
            if (bound == name)
                return project_import(project, m, project_name(project, m, from->name),
                                      from->extra, imported);
        }
    }
    return (Symbol){0};
}

Symbol scope_symbol(const Project *project, Site site, const Class *scope) {
    if (scope && scope->site.node && site_node(project, site)->kind == NODE_NAME) {
        Symbol own = class_import(project, site_name(project, site), scope);
        if (own.kind != SYMBOL_UNKNOWN) return own;
    }
    return resolve_expression(project, site, scope, scope ? link_class(scope)->function : 0, 0);
}

Str text_of(const Project *project, Site site, const Class *scope, unsigned depth) {
    const Node *node = site_node(project, site);
    if (node->kind == NODE_STRING && !(node->flags & NODE_BYTES)) return site_name(project, site);
    if (node->kind != NODE_NAME && node->kind != NODE_ATTRIBUTE) return STR_NONE;
    if (depth > LINK_TEXTS) {
        link_cut(project);
        return STR_NONE;
    }
    Symbol symbol = scope_symbol(project, site, scope);
    if (symbol.kind != SYMBOL_VALUE || !symbol.site.node) return STR_NONE;
    return text_of(project, symbol.site, NULL, depth + 1);
}

Site call_argument(const Project *project, Site call, int position, const char *keyword) {
    const Module *module = project_module(project, call.module);
    for (uint32_t i = 1; i < node_count(module, call.node); i++) {
        NodeId argument = node_child(module, call.node, i);
        const Node *node = module_node(module, argument);
        if (node->kind == NODE_STAR) position = -1;
        if (node->kind == NODE_KEYWORD) {
            if (strcmp(str_text(module->strings, node->name), keyword) == 0)
                return (Site){call.module, node_child(module, argument, 0)};
        } else if (position-- == 0) {
            return (Site){call.module, argument};
        }
    }
    return (Site){call.module, NODE_NONE};
}

static bool is_constant(const Project *project, Site site, Constant constant) {
    const Node *node = site_node(project, site);
    return node->kind == NODE_CONSTANT && node->extra == constant;
}

static const struct {
    const char *dotted;
    FieldKind kind;
} field_classes[] = {
    {"django.db.models.OneToOneField", FIELD_O2O},
    {"django.db.models.ForeignKey", FIELD_FK},
    {"django.db.models.ManyToManyField", FIELD_M2M},
    {"django.contrib.contenttypes.fields.GenericForeignKey", FIELD_GENERIC_FK},
    {"django.contrib.contenttypes.fields.GenericRelation", FIELD_GENERIC},
    {"taggit.managers.TaggableManager", FIELD_TAGS},
    {"django.db.models.Field", FIELD_PLAIN},
};

/* The kind of a field class that is not in view, by its name. */
static FieldKind kind_by_name(const char *name) {
    if (text_ends(name, "GenericForeignKey")) return FIELD_GENERIC_FK;
    if (text_ends(name, "GenericRelation")) return FIELD_GENERIC;
    if (text_ends(name, "ForeignKey")) return FIELD_FK;
    if (text_ends(name, "OneToOneField")) return FIELD_O2O;
    if (text_ends(name, "ManyToManyField")) return FIELD_M2M;
    return text_ends(name, "Field") ? FIELD_PLAIN : FIELD_NONE;
}

static FieldKind kind_of_class(const Class *klass) {
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        const LinkClass *at = link_class(klass->mro[i]);
        if (!at->klass.external) continue;
        for (size_t k = 0; k < sizeof field_classes / sizeof *field_classes; k++)
            if (strcmp(at->text, field_classes[k].dotted) == 0) return field_classes[k].kind;
        FieldKind kind = at->whole ? FIELD_NONE : kind_by_name(at->text);
        if (kind) return kind;
    }
    return FIELD_NONE;
}

static FieldKind field_kind(const Project *project, Site call, const Class *scope) {
    if (site_node(project, call)->kind != NODE_CALL) return FIELD_NONE;
    Site callee = {call.module, site_child(project, call, 0)};
    uint8_t kind = site_node(project, callee)->kind;
    if (kind != NODE_NAME && kind != NODE_ATTRIBUTE) return FIELD_NONE;
    Symbol symbol = scope_symbol(project, callee, scope);
    if (symbol.kind == SYMBOL_CLASS) return kind_of_class(symbol.klass);
    const char *name = project_text(project, symbol.kind == SYMBOL_EXTERNAL
                                                 ? symbol.dotted : site_name(project, callee));
    if (strncmp(name, "django.forms.", 13) == 0 || strncmp(name, "rest_framework.", 15) == 0)
        return FIELD_NONE;
    return kind_by_name(name);
}

static void declare_relation(const Project *project, Declared *declared, Site call,
                             const Class *scope) {
    declared->target = call_argument(project, call, declared->kind == FIELD_TAGS ? -1 : 0, "to");
    declared->through = call_argument(project, call, -1, "through");
    declared->related_name =
        text_of(project, call_argument(project, call, -1, "related_name"), scope, 0);
    declared->related_query_name =
        text_of(project, call_argument(project, call, -1, "related_query_name"), scope, 0);
    declared->to_field = text_of(project, call_argument(project, call, -1, "to_field"), scope, 0);
    declared->parent_link =
        is_constant(project, call_argument(project, call, -1, "parent_link"), CONSTANT_TRUE);
    Site symmetrical = call_argument(project, call, -1, "symmetrical");
    if (symmetrical.node)
        declared->symmetrical = !is_constant(project, symmetrical, CONSTANT_FALSE);
}

/* GenericForeignKey("content_type", "object_id") names fields of its own model,
 * GenericRelation(content_type_field=..., object_id_field=...) those of the other. */
static void declare_generic(const Project *project, Declared *declared, Site call,
                            const Class *scope) {
    bool key = declared->kind == FIELD_GENERIC_FK;
    const char *type = key ? "ct_field" : "content_type_field";
    const char *number = key ? "fk_field" : "object_id_field";
    declared->type_field =
        text_of(project, call_argument(project, call, key ? 0 : -1, type), scope, 0);
    declared->key_field =
        text_of(project, call_argument(project, call, key ? 1 : -1, number), scope, 0);
    if (!declared->type_field) declared->type_field = str_of(project->strings, "content_type");
    if (!declared->key_field) declared->key_field = str_of(project->strings, "object_id");
}

/* tagulous makes a model for each field that names none; MadeTag stands for them all. */
static void declare_tags(const Project *project, Declared *declared, const Class *scope) {
    if (declared->kind != FIELD_M2M || declared->target.node) return;
    Site callee = {declared->site.module, site_child(project, declared->site, 0)};
    Symbol symbol = scope_symbol(project, callee, scope);
    const Class *klass = symbol.kind == SYMBOL_CLASS ? symbol.klass : NULL;
    for (uint32_t i = 0; klass && i < klass->mro_count; i++)
        if (strcmp(link_class(klass->mro[i])->text, "tagulous.models.TagField") == 0)
            declared->target_text = str_of(project->strings, "tagulous.MadeTag");
    /* One stand-in for many models would have all their reverse accessors. */
    if (declared->target_text && !declared->related_name)
        declared->related_name = str_of(project->strings, "+");
}

static void declare(Project *project, LinkModel *model, Str name, Site call, const Class *scope) {
    FieldKind kind = field_kind(project, call, scope);
    if (!kind) return;
    Declared declared = {.kind = kind, .name = name, .site = call, .symmetrical = -1,
                         .owner = scope};
    declared.null = is_constant(project, call_argument(project, call, -1, "null"), CONSTANT_TRUE);
    declared.primary_key =
        is_constant(project, call_argument(project, call, -1, "primary_key"), CONSTANT_TRUE);
    if (kind != FIELD_PLAIN) declare_relation(project, &declared, call, scope);
    declare_tags(project, &declared, scope);
    if (kind == FIELD_GENERIC_FK || kind == FIELD_GENERIC)
        declare_generic(project, &declared, call, scope);
    array_push(project->arena, &model->declared, declared);
}

static int compare_places(const void *left, const void *right) {
    const Declared *one = left, *other = right;
    return one->site.node < other->site.node ? -1 : one->site.node > other->site.node;
}

/* taggit adds the rows behind plain tags to the model. */
static void declare_tagged_items(Project *project, LinkModel *model) {
    for (uint32_t i = 0; i < model->declared.count; i++) {
        Declared tags = model->declared.items[i];
        if (tags.kind != FIELD_TAGS || tags.through.node) continue;
        Declared items = {.kind = FIELD_GENERIC, .symmetrical = -1, .owner = tags.owner,
                          .site = tags.site};
        items.name = str_of(project->strings, "tagged_items");
        items.target_text = str_of(project->strings, "taggit.TaggedItem");
        items.type_field = str_of(project->strings, "content_type");
        items.key_field = str_of(project->strings, "object_id");
        array_push(project->arena, &model->declared, items);
        return;
    }
}

void fields_declare(Project *project, LinkModel *model) {
    const Class *klass = model->model.klass;
    for (uint32_t i = 0; i < klass->members.count; i++) {
        const ClassMember *member = &klass->members.items[i];
        if (member->kind == MEMBER_VALUE && member->site.node)
            declare(project, model, member->name, member->site, klass);
    }
    if (model->declared.count) /* nodes are numbered as they end: the order of the source */
        qsort(model->declared.items, model->declared.count, sizeof *model->declared.items,
              compare_places);
    declare_tagged_items(project, model);
}

void fields_add(Project *project) {
    for (uint32_t i = 0; i < project->index->added.count; i++) {
        Site call = project->index->added.items[i];
        Site callee = {call.module, site_child(project, call, 0)};
        Site object = {call.module, site_child(project, callee, 0)};
        Symbol symbol = scope_symbol(project, object, NULL);
        if (symbol.kind == SYMBOL_VALUE && symbol.site.node) object = symbol.site;
        LinkModel *model = symbol.kind == SYMBOL_CLASS
            ? link_model(symbol.klass->model)
            : target_of(project, NULL, object, NULL, &(Str){0}, 0);
        Str name = text_of(project, call_argument(project, call, 0, "name"), NULL, 0);
        Site value = call_argument(project, call, 1, "value");
        if (model && name && value.node) declare(project, model, name, value, NULL);
    }
}
