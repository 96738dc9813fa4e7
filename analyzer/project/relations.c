/* relations.c - the relation graph: each field as two directions.
 *
 * First every model gets its forward relations: its own fields, those copied from abstract models
 * along its order of resolution (the nearest definition of a name wins, and whatever a parent with
 * rows already has is not copied), and the pointers to its parents. Then each of them is seen from
 * the other side, under the name Django would give it. */
#include "project/model.h"

typedef struct Builder {
    Project *project;
    Array(Pending) pending;
    LinkModel *model;     /* whose relations are being made */
    Map seen;             /* names that are taken, for it */
} Builder;

static bool prefer(const Project *project, const LinkModel *from, const LinkModel *one,
                   const LinkModel *other) {
    bool test = from && from->model.test;
    if (one->model.test != other->model.test) return one->model.test == test;
    if (!from || from->model.external) return false;
    uint32_t at = from->model.klass->site.module;
    if (one->model.external || other->model.external) return other->model.external;
    return module_closeness(project, at, one->model.klass->site.module) >
           module_closeness(project, at, other->model.klass->site.module);
}

static LinkModel *label_find(const Project *project, const LinkModel *from, Str label) {
    Str key = name_lower(project, label);
    const ModelList *list = key ? map_get(&project->index->labels, key) : NULL;
    LinkModel *best = list ? list->models.items[0] : NULL;
    for (uint32_t i = 1; list && i < list->models.count; i++)
        if (prefer(project, from, list->models.items[i], best)) best = list->models.items[i];
    return best;
}

LinkModel *target_named(const Project *project, const LinkModel *from, Str label) {
    const char *text = project_text(project, label);
    if (strcmp(text, "AUTH_USER_MODEL") == 0) return project->index->user;
    if (strcmp(text, "self") == 0) return (LinkModel *)(uintptr_t)from;
    if (strchr(text, '.')) return label_find(project, from, label);
    return from ? label_find(project, from, name_join(project, from->model.app, label)) : NULL;
}

/* Calls that give a model: get_user_model(), apps.get_model(), getattr(settings, "AUTH_…"). */
static LinkModel *target_of_call(const Project *project, const LinkModel *from, Site call,
                                 const Class *scope) {
    Site callee = {call.module, site_child(project, call, 0)};
    Symbol symbol = scope_symbol(project, callee, scope);
    if (symbol_is(project, symbol, "django.contrib.auth.get_user_model"))
        return project->index->user;
    const char *last = project_text(project, site_name(project, callee));
    Str first = text_of(project, call_argument(project, call, 0, "app_label"), scope, 0);
    Str second = text_of(project, call_argument(project, call, 1, "model_name"), scope, 0);
    bool user = second && strcmp(project_text(project, second), "AUTH_USER_MODEL") == 0;
    if (user && symbol.kind == SYMBOL_UNKNOWN && strcmp(last, "getattr") == 0)
        return project->index->user;
    if (strcmp(last, "get_model") != 0 && strcmp(last, "get_model_name") != 0) return NULL;
    return first ? target_named(project, from, second ? name_join(project, first, second) : first)
                 : NULL;
}

LinkModel *target_of(const Project *project, const LinkModel *from, Site site,
                     const Class *scope, Str *text, unsigned depth) {
    const Node *node = site_node(project, site);
    if (!site.node) return NULL;
    if (depth > LINK_TEXTS) {
        link_cut(project);
        return NULL;
    }
    if (node->kind == NODE_STRING) {
        *text = site_name(project, site);
        return target_named(project, from, *text);
    }
    if (node->kind == NODE_CALL) return target_of_call(project, from, site, scope);
    Symbol symbol = scope_symbol(project, site, scope);
    if (symbol_is(project, symbol, "django.conf.settings.AUTH_USER_MODEL"))
        return project->index->user;
    *text = symbol.dotted ? symbol.dotted : site_name(project, site);
    if (symbol.kind == SYMBOL_CLASS) return link_model(symbol.klass->model);
    if (symbol.kind == SYMBOL_VALUE && symbol.site.node)
        return target_of(project, from, symbol.site, NULL, text, depth + 1);
    return NULL;
}

static LinkModel *declared_target(const Builder *builder, const Declared *declared, Str *text) {
    const Project *project = builder->project;
    LinkModel *found;
    if (declared->target_text) {
        *text = declared->target_text;
        found = target_named(project, builder->model, *text);
    } else {
        found = target_of(project, builder->model, declared->target, declared->owner, text, 0);
    }
    const Class *owner = declared->owner; /* an abstract model's own app, then */
    if (!found && *text && owner && owner->model && owner->model != &builder->model->model)
        found = target_named(project, link_model(owner->model), *text);
    if (!found && declared->kind == FIELD_TAGS && !declared->through.node)
        found = target_named(project, NULL, str_of(project->strings, "taggit.Tag"));
    return found && found->model.abstract && found != builder->model ? NULL : found;
}

static const RelationKind forward_kinds[] = {
    [FIELD_FK] = RELATION_FK,     [FIELD_O2O] = RELATION_O2O,
    [FIELD_M2M] = RELATION_M2M,   [FIELD_TAGS] = RELATION_M2M,
    [FIELD_GENERIC_FK] = RELATION_GENERIC_FK, [FIELD_GENERIC] = RELATION_GENERIC,
};

static bool is_parent(const Model *model, const Model *parent) {
    for (uint32_t i = 0; parent && i < model->parents.count; i++)
        if (link_model(model->parents.items[i])->concrete == link_model(parent)) return true;
    return false;
}

static Relation *make_forward(Builder *builder, const Declared *declared) {
    Project *project = builder->project;
    Relation *made = arena_make(project->arena, Relation);
    LinkModel *target = declared->kind == FIELD_GENERIC_FK
        ? NULL : declared_target(builder, declared, &made->target);
    made->kind = forward_kinds[declared->kind];
    made->many = declared->kind == FIELD_M2M || declared->kind == FIELD_TAGS ||
                 declared->kind == FIELD_GENERIC;
    made->null = declared->null;
    made->name = made->query_name = declared->name;
    made->from = &builder->model->model;
    made->to = target ? &target->model : NULL;
    made->site = declared->site;
    made->to_field = declared->to_field;
    made->type_field = declared->type_field;
    made->key_field = declared->key_field;
    if (declared->kind == FIELD_FK || declared->kind == FIELD_O2O)
        made->attname = name_format(project, "%s_id", project_text(project, declared->name));
    if (declared->kind == FIELD_O2O && declared->parent_link && is_parent(made->from, made->to))
        made->kind = RELATION_PARENT;
    if (declared->kind == FIELD_M2M && target == builder->model)
        made->symmetrical = declared->symmetrical != 0;
    LinkModel *through = declared->through.node
        ? target_of(project, builder->model, declared->through, declared->owner, &(Str){0}, 0)
        : NULL;
    made->through = through ? &through->model : NULL;
    return made;
}

static void add_field(Builder *builder, Field field) {
    array_push(builder->project->arena, &builder->model->model.fields, field);
}

static void add_forward(Builder *builder, Relation *made, const Declared *declared) {
    Arena *arena = builder->project->arena;
    array_push(arena, &builder->model->local, made);
    array_push(arena, &builder->project->all_relations, made);
    array_push(arena, &builder->pending, (Pending){made, builder->model, declared});
}

static void build(Builder *builder, const Declared *declared) {
    Field field = {.name = declared->name, .attname = declared->name, .null = declared->null,
                   .primary_key = declared->primary_key, .site = declared->site};
    if (declared->kind != FIELD_PLAIN) {
        Relation *made = make_forward(builder, declared);
        add_forward(builder, made, declared);
        if (!made->attname) return;
        field.attname = made->attname;
        field.relation = made;
        field.primary_key |= made->kind == RELATION_PARENT;
    }
    add_field(builder, field);
}

static void take_name(Builder *builder, Str name) {
    if (name) map_put(builder->project->arena, &builder->seen, name, builder);
}

/* The fields of one class in the order of resolution, unless a nearer class has the name. */
static void build_class(Builder *builder, const Class *klass, bool copied) {
    const LinkModel *model = link_model(klass->model);
    if (model && copied)
        for (uint32_t i = 0; i < model->declared.count; i++)
            if (!map_get(&builder->seen, model->declared.items[i].name))
                build(builder, &model->declared.items[i]);
    for (uint32_t i = 0; i < klass->members.count; i++)
        take_name(builder, klass->members.items[i].name);
    for (uint32_t i = 0; model && i < model->declared.count; i++)
        take_name(builder, model->declared.items[i].name);
}

static bool has_link_to(const LinkModel *model, const Model *parent) {
    for (uint32_t i = 0; i < model->local.count; i++)
        if (model->local.items[i]->kind == RELATION_PARENT &&
            class_inherits(model->local.items[i]->to->klass, parent->klass))
            return true;
    return false;
}

/* `place_ptr` for each parent with rows that no other parent brings along. */
static void build_parents(Builder *builder) {
    Project *project = builder->project;
    LinkModel *model = builder->model;
    if (model->model.proxy || model->model.abstract) return;
    static const Declared implied = {.kind = FIELD_O2O, .symmetrical = -1};
    for (uint32_t i = 0; i < model->model.parents.count; i++) {
        const Model *parent = &link_model(model->model.parents.items[i])->concrete->model;
        if (parent == &model->model || has_link_to(model, parent)) continue;
        Str lower = name_lower(project, parent->name);
        Relation *made = arena_make(project->arena, Relation);
        made->kind = RELATION_PARENT;
        made->name = made->query_name = name_format(project, "%s_ptr",
                                                    project_text(project, lower));
        made->attname = name_format(project, "%s_ptr_id", project_text(project, lower));
        made->from = &model->model;
        made->to = parent;
        made->site = model->model.klass->site;
        add_forward(builder, made, &implied);
        add_field(builder, (Field){.name = made->name, .attname = made->attname,
                                   .relation = made, .primary_key = true, .site = made->site});
    }
}

static void build_key(Builder *builder) {
    LinkModel *model = builder->model;
    if (model->model.proxy || model->model.abstract) return;
    for (uint32_t i = 0; i < model->model.fields.count; i++)
        if (model->model.fields.items[i].primary_key) return;
    Str id = str_of(builder->project->strings, "id");
    Site nowhere = {model->model.klass->site.module, NODE_NONE};
    add_field(builder, (Field){.name = id, .attname = id, .primary_key = true, .site = nowhere});
}

static void build_model(Builder *builder, LinkModel *model) {
    const Class *klass = model->model.klass;
    uint32_t stamp = ++builder->project->index->stamp;
    builder->model = model;
    builder->seen = (Map){0};
    for (uint32_t i = 0; i < model->model.parents.count; i++) {
        const Class *parent = model->model.parents.items[i]->klass;
        for (uint32_t k = 0; k < parent->mro_count; k++) link_class(parent->mro[k])->mark = stamp;
    }
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        const Class *at = klass->mro[i];
        bool copied = !i || (at->model && at->model->abstract && link_class(at)->mark != stamp);
        build_class(builder, at, copied);
    }
    build_parents(builder);
    build_key(builder);
}

/* %(class)s, %(model_name)s and %(app_label)s replaced. */
static Str substitute(const Project *project, Str name, const Model *model) {
    const char *from = project_text(project, name);
    if (!strchr(from, '%')) return name;
    char text[LINK_TEXT];
    size_t length = 0;
    const char *class_name = project_text(project, name_lower(project, model->name));
    const char *const with[][2] = {{"%(class)s", class_name}, {"%(model_name)s", class_name},
                                   {"%(app_label)s", project_text(project, model->app)}};
    while (*from) {
        const char *put = NULL;
        for (unsigned i = 0; i < 3 && !put; i++) {
            size_t key = strlen(with[i][0]);
            if (strncmp(from, with[i][0], key) == 0) put = with[i][1], from += key;
        }
        size_t size = put ? strlen(put) : 1;
        if (length + size >= sizeof text) return STR_NONE;
        memcpy(text + length, put ? put : from, size);
        length += size;
        if (!put) from++;
    }
    return str_intern(project->strings, text, length);
}

static Str default_accessor(const Project *project, const Relation *forward) {
    Str lower = name_lower(project, forward->from->name);
    bool one = forward->kind == RELATION_O2O || forward->kind == RELATION_PARENT;
    return one ? lower : name_format(project, "%s_set", project_text(project, lower));
}

static const RelationKind inverse_kinds[] = {
    [RELATION_FK] = RELATION_REVERSE_FK, [RELATION_O2O] = RELATION_REVERSE_O2O,
    [RELATION_M2M] = RELATION_REVERSE_M2M, [RELATION_PARENT] = RELATION_CHILD,
    [RELATION_GENERIC] = RELATION_GENERIC,
};

/* How rows at the far side read it and how lookups name it; STR_NONE: not at all. */
static void name_inverse(const Project *project, const Pending *pending, Relation *made) {
    Relation *forward = pending->forward;
    Str declared = pending->declared->related_name;
    if (!declared) declared = pending->from->default_related_name;
    if (forward->kind == RELATION_GENERIC || pending->declared->kind == FIELD_TAGS)
        declared = STR_NONE;
    if (declared) declared = substitute(project, declared, forward->from);
    Str query = pending->declared->related_query_name;
    if (query) query = substitute(project, query, forward->from);
    forward->related_name = declared;
    const char *text = project_text(project, declared);
    bool hidden = (declared && text_ends(text, "+")) || forward->symmetrical ||
                  forward->kind == RELATION_GENERIC || pending->declared->kind == FIELD_TAGS;
    if (!hidden) made->name = declared ? declared : default_accessor(project, forward);
    made->query_name = query ? query : declared;
    if (!query && hidden) made->query_name = STR_NONE;
    if (!made->query_name && !hidden) made->query_name = name_lower(project, forward->from->name);
}

static bool is_visible(const Project *project, const Model *from, const Model *to) {
    return !from->abstract && (!from->test || to->test || project->index->options.include_tests);
}

static void build_inverse(Builder *builder, const Pending *pending) {
    Project *project = builder->project;
    Relation *forward = pending->forward;
    Relation named = {0};
    name_inverse(project, pending, &named);
    if (!forward->to || !is_visible(project, forward->from, forward->to)) return;
    if (!named.name && !named.query_name) return;
    LinkModel *to = link_model(forward->to)->concrete;
    Relation *made = arena_make(project->arena, Relation);
    *made = named;
    made->kind = inverse_kinds[forward->kind];
    made->many = made->kind == RELATION_REVERSE_FK || made->kind == RELATION_REVERSE_M2M;
    made->from = &to->model;
    made->to = forward->from;
    made->through = forward->through;
    made->inverse = forward;
    made->related_name = forward->related_name;
    made->site = forward->site;
    made->to_field = forward->to_field;
    forward->inverse = made;
    array_push(project->arena, &to->local, made);
    array_push(project->arena, &project->all_relations, made);
}

/* TaggableManager(through=TaggedPage): its rows are what TaggedPage.tag points to. */
static void find_tag(const Project *project, Relation *forward) {
    Str tag = str_find(project->strings, "tag", 3);
    const LinkModel *through = link_model(forward->through);
    for (uint32_t i = 0; through && i < through->local.count; i++)
        if (through->local.items[i]->name == tag) forward->to = through->local.items[i]->to;
}

void relations_link(Project *project) {
    Builder builder = {.project = project};
    for (uint32_t i = 0; i < project->models.count; i++)
        build_model(&builder, link_model(project->models.items[i]));
    for (uint32_t i = 0; i < builder.pending.count; i++)
        if (builder.pending.items[i].declared->kind == FIELD_TAGS &&
            !builder.pending.items[i].forward->to)
            find_tag(project, builder.pending.items[i].forward);
    for (uint32_t i = 0; i < builder.pending.count; i++)
        build_inverse(&builder, &builder.pending.items[i]);
    for (uint32_t i = 0; i < project->all_relations.count; i++) {
        Relation *relation = project->all_relations.items[i];
        if (relation->name)
            map_put(project->arena, &project->relation_names, relation->name, relation);
    }
}
