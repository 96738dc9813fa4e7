/* Methods of models and managers that Django's own apps and well-known libraries define: what they
 * give, and whether they ask the database. One table, by class and name; the classes are those of
 * project/known.c. What is not in the table is unknown, which is silence. */
#include "flow/evaluate.h"

typedef enum LibraryGives {
    GIVES_NOTHING,     /* no query, nothing to follow */
    GIVES_VALUE,       /* the same, as an attribute without a call */
    GIVES_UNKNOWN,     /* no query, and what comes back is of any kind */
    GIVES_ROWS,        /* a queryset of the same model */
    GIVES_ROW,         /* a row of the same model, by a query each time */
    GIVES_ROW_ONCE,    /* the same, kept on the row */
    GIVES_ROW_CACHED,  /* a row of the manager's model out of a cache of the process */
    GIVES_ROWS_CACHED, /* a dict of such rows */
    GIVES_COUNT,       /* a number, by a query each time */
    GIVES_ANYTHING,    /* a row of any model, by a query each time */
    GIVES_PERMISSIONS, /* asked once for each user in memory */
    GIVES_ITSELF,      /* the queryset with other conditions or other classes of rows */
    GIVES_TEXTS,       /* of a manager: what all() gives, read and made texts of */
} LibraryGives;

static const struct { const char *klass, *names; LibraryGives gives; } table[] = {
    {"django.contrib.auth.models.AbstractBaseUser",
     "get_username set_password check_password set_unusable_password has_usable_password "
     "get_session_auth_hash get_session_auth_fallback_hash natural_key", GIVES_NOTHING},
    {"django.contrib.auth.models.AbstractBaseUser", "is_anonymous is_authenticated", GIVES_VALUE},
    {"django.contrib.auth.models.AbstractUser", "get_full_name get_short_name email_user",
     GIVES_NOTHING},
    {"django.contrib.auth.models.PermissionsMixin",
     "has_perm has_perms has_module_perms get_all_permissions get_user_permissions "
     "get_group_permissions", GIVES_PERMISSIONS},
    {"django.contrib.auth.models.BaseUserManager", "normalize_email make_random_password",
     GIVES_NOTHING},
    {"django.contrib.contenttypes.models.ContentType", "model_class natural_key",
     GIVES_UNKNOWN},
    {"django.contrib.contenttypes.models.ContentType", "get_object_for_this_type",
     GIVES_ANYTHING},
    {"django.contrib.contenttypes.models.ContentType", "get_all_objects_for_this_type",
     GIVES_UNKNOWN},
    {"django.contrib.contenttypes.models.ContentTypeManager",
     "get_for_model get_for_id get_by_natural_key", GIVES_ROW_CACHED},
    {"django.contrib.contenttypes.models.ContentTypeManager", "get_for_models",
     GIVES_ROWS_CACHED},
    {"django.contrib.contenttypes.models.ContentTypeManager", "clear_cache", GIVES_NOTHING},
    {"django.contrib.sites.models.SiteManager", "get_current", GIVES_ROW_CACHED},
    {"django.contrib.sites.models.SiteManager", "clear_cache", GIVES_NOTHING},
    {"treebeard.al_tree.AL_Node", "get_parent get_root get_ancestors get_descendants",
     GIVES_UNKNOWN},
    {"treebeard.mp_tree.MP_Node", "get_children_count", GIVES_NOTHING},
    {"treebeard.models.Node",
     "get_children get_descendants get_ancestors get_siblings get_root_nodes get_tree",
     GIVES_ROWS},
    {"treebeard.models.Node", "get_parent", GIVES_ROW_ONCE},
    {"treebeard.models.Node",
     "get_root get_first_child get_last_child get_next_sibling get_prev_sibling "
     "get_first_sibling get_last_sibling", GIVES_ROW},
    {"treebeard.models.Node", "get_children_count get_descendant_count", GIVES_COUNT},
    {"treebeard.models.Node",
     "get_depth is_leaf is_root is_sibling_of is_child_of is_descendant_of", GIVES_NOTHING},
    {"mptt.models.MPTTModel",
     "get_ancestors get_children get_descendants get_family get_leafnodes get_siblings",
     GIVES_ROWS},
    {"mptt.models.MPTTModel", "get_root get_next_sibling get_previous_sibling", GIVES_ROW},
    {"mptt.models.MPTTModel",
     "get_descendant_count get_level is_root_node is_leaf_node is_child_node is_ancestor_of "
     "is_descendant_of", GIVES_NOTHING},
    {"mptt.managers.TreeManager",
     "root_nodes get_queryset_descendants get_queryset_ancestors", GIVES_ITSELF},
    {"model_utils.managers.InheritanceManager", "select_subclasses instance_of", GIVES_ITSELF},
    {"model_utils.managers.InheritanceQuerySet", "select_subclasses instance_of", GIVES_ITSELF},
    {"polymorphic.managers.PolymorphicManager",
     "non_polymorphic instance_of not_instance_of", GIVES_ITSELF},
    {"polymorphic.query.PolymorphicQuerySet",
     "non_polymorphic instance_of not_instance_of", GIVES_ITSELF},
    {"tagulous.models.BaseTagModel", "get_tag_list get_tag_string", GIVES_TEXTS},
    {"polymorphic.models.PolymorphicModel", "get_real_instance_class", GIVES_UNKNOWN},
    {"polymorphic.models.PolymorphicModel", "get_real_instance", GIVES_ANYTHING},
};

enum { TABLE_COUNT = sizeof table / sizeof *table };

typedef struct Rows { bool has[TABLE_COUNT]; } Rows; /* of the table that list a name */

void libraries_register(Evaluator *e) {
    for (size_t i = 0; i < TABLE_COUNT; i++)
        for (const char *at = table[i].names; *at;) {
            size_t length = strcspn(at, " ");
            Str name = str_intern(e->project->strings, at, length);
            Rows *rows = map_get(&e->library_names, name);
            if (!rows) {
                rows = arena_make(e->arena, Rows);
                map_put(e->arena, &e->library_names, name, rows);
            }
            rows->has[i] = true;
            at += length + (at[length] == ' ');
        }
}

static bool find(const Evaluator *e, const Class *klass, Str name, LibraryGives *gives) {
    if (!klass) return false;
    const Rows *rows = map_get(&e->library_names, name);
    for (size_t i = 0; rows && i < TABLE_COUNT; i++) {
        if (!rows->has[i] || !class_is(klass, table[i].klass)) continue;
        *gives = table[i].gives;
        return true;
    }
    const char *text = klass->model ? project_text(e->project, name) : "";
    *gives = GIVES_ROW;
    return !strncmp(text, "get_next_by_", 12) || !strncmp(text, "get_previous_by_", 16);
}

const Value *library_attribute(Evaluator *e, const Value *row, Str name) {
    LibraryGives gives;
    if (!find(e, value_class(row), name, &gives)) return NULL;
    if (gives == GIVES_VALUE) return e->scalar;
    return value_intern(e->values, &(Value){.kind = VALUE_BUILTIN, .name = name, .self = row});
}

/* Trees give rows of the class that keeps the tree, not of its children. */
static const Model *library_model(const Model *model) {
    const Model *found = model;
    bool tree = class_is(model->klass, "treebeard.models.Node")
                || class_is(model->klass, "mptt.models.MPTTModel");
    for (uint32_t i = 0; tree && i < model->parents.count; i++) {
        const Class *klass = model->parents.items[i]->klass;
        if (class_is(klass, "treebeard.models.Node") || class_is(klass, "mptt.models.MPTTModel"))
            found = model->parents.items[i];
    }
    return found;
}

/* Rows of the model by a query of the library's own; from a manager: of the manager's model. */
static const Value *library_rows(Activation *a, NodeId node, const Value *self) {
    Evaluator *e = a->e;
    const Value *manager = self;
    if (self->kind == VALUE_ROW || self->kind == VALUE_CLASS) {
        const Class *klass = value_class(self);
        manager = manager_make(a, node, library_model(klass->model),
                               str_of(e->project->strings, "_default_manager"));
    }
    const Value *qs = manager->kind == VALUE_MANAGER ? manager_queryset(a, node, manager) : manager;
    if (qs->kind != VALUE_QUERYSET) return qs;
    Value draft = *qs;
    draft.flags |= VALUE_NARROWED | VALUE_FILTERED | VALUE_DOUBTFUL;
    draft.site = site_of(a, node);
    draft.turn = activation_turn(a);
    return value_intern(e->values, &draft);
}

/* A query that repeats with its row, whatever it is about; kept on the row under `kept`. */
static void library_ask_once(Activation *a, NodeId node, const Value *row, const Birth *birth,
                             Str name, const char *kept) {
    Evaluator *e = a->e;
    Str word = str_of(e->project->strings, kept);
    uint64_t key = fact_key(FACT_LOADED, row->id, word);
    if (state_get(&a->state, key)) return;
    Touch touch = {.event = {.kind = EVENT_QUERY, .site = site_of(a, node), .method = name,
                             .confidence = CONFIDENCE_LIKELY},
                   .turn = row->turn, .row = row, .loaded = word};
    if (!row->birth->known) touch.event.silence = SILENCE_ORIGIN;
    event_place(&touch.event, birth, NULL);
    touch_emit(a, &touch);
    state_set(e->scratch, &a->state, key, e->marker);
}

static const Value *library_row(Activation *a, NodeId node, const Value *self, Str name,
                                LibraryGives gives) {
    const Value *rows = library_rows(a, node, self);
    if (rows->kind != VALUE_QUERYSET) return rows;
    if (gives == GIVES_ROW) queryset_ask(a, node, rows, EVENT_QUERY, name);
    else if (gives == GIVES_ROW_ONCE && self->kind == VALUE_ROW)
        library_ask_once(a, node, self, rows->birth, name, "+parent");
    const Loop *turn = gives == GIVES_ROW_ONCE ? self->turn : activation_turn(a);
    return queryset_rows(a, node, rows, turn);
}

/* One value for all rows of a cache: which one it is matters to nobody. */
static const Value *library_cached(Evaluator *e, const Value *manager) {
    const Model *model = manager->birth->model;
    return model ? row_open(e, model, model->klass->site) : e->unknown;
}

static void library_permissions(Activation *a, NodeId node, const Value *user, Str name) {
    const Model *model = project_model_named(a->e->project, "auth.Permission");
    const Birth *birth = birth_make(a->e, &(Birth){.site = site_of(a, node), .model = model,
                                                   .known = true});
    if (user->kind == VALUE_ROW && !(user->flags & VALUE_NEW))
        library_ask_once(a, node, user, birth, name, "+permissions");
}

const Value *library_call(Activation *a, NodeId node, const Value *self, Str name) {
    Evaluator *e = a->e;
    const Class *klass = value_class(self);
    LibraryGives gives;
    bool found = find(e, klass, name, &gives);
    if (!found && (self->kind == VALUE_MANAGER || self->kind == VALUE_QUERYSET))
        found = find(e, queryset_klass(self), name, &gives);
    if (!found && self->kind == VALUE_QUERYSET && self->birth->model) {
        /* a queryset of Django's class in name only: made by the library's own manager */
        const Manager *manager = model_default_manager(self->birth->model);
        found = manager && find(e, manager->manager, name, &gives) && gives == GIVES_ITSELF;
    }
    if (!found && self->kind == VALUE_MANAGER && self->birth->model)
        found = find(e, self->birth->model->klass, name, &gives) && gives == GIVES_TEXTS;
    if (!found) return NULL;
    switch (gives) {
    case GIVES_NOTHING: case GIVES_VALUE: return e->scalar;
    case GIVES_UNKNOWN: return e->unknown;
    case GIVES_ROWS: case GIVES_ITSELF: return library_rows(a, node, self);
    case GIVES_ROW: case GIVES_ROW_ONCE: return library_row(a, node, self, name, gives);
    case GIVES_ROW_CACHED: return library_cached(e, self);
    case GIVES_ROWS_CACHED:
        return value_intern(e->values, &(Value){.kind = VALUE_DICT,
                                                .self = library_cached(e, self)});
    case GIVES_COUNT: {
        const Value *rows = library_rows(a, node, self);
        if (rows->kind == VALUE_QUERYSET) queryset_ask(a, node, rows, EVENT_COUNT, name);
        return e->scalar;
    }
    case GIVES_ANYTHING: {
        const Value *rows = library_rows(a, node, self);
        if (rows->kind == VALUE_QUERYSET) queryset_ask(a, node, rows, EVENT_QUERY, name);
        return e->unknown;
    }
    case GIVES_TEXTS:
        if (self->kind == VALUE_MANAGER)
            queryset_run(a, node, manager_queryset(a, node, self), OPERATION_ITERATE);
        return e->scalar;
    case GIVES_PERMISSIONS: library_permissions(a, node, self, name); return e->scalar;
    }
    return NULL;
}

/* obj.history of django-simple-history: the rows of a model that is made at run time. */
const Value *library_history(Activation *a, NodeId node, const Value *made) {
    Evaluator *e = a->e;
    if (made->kind != VALUE_EXTERNAL
        || !name_is(e, made->name, "simple_history.models.HistoricalRecords"))
        return NULL;
    const Birth *birth = birth_make(e, &(Birth){.site = site_of(a, node), .known = true});
    return value_intern(e->values, &(Value){.kind = VALUE_MANAGER, .birth = birth,
                                            .plan = plan_open(e->plans),
                                            .flags = VALUE_DOUBTFUL});
}
