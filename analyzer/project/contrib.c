/* contrib.c - the models of Django's own apps and of well-known libraries.
 *
 * A model's fields are one a line: `name`, `name pk`, `name null`, or
 * `name KIND TARGET [related_name [related_query_name]]` with KIND one of fk, fk? (null), o2o, o2o?
 * and m2m, generic (a generic foreign key, no target). `-` stands for a related name not given.
 * Concrete ones count only if their app is named somewhere in a project whose INSTALLED_APPS are
 * in view; abstract ones always. */
#include "project/model.h"

static const KnownModel table[] = {
    {"django.contrib.contenttypes.models.ContentType", "contenttypes",
     "objects django.contrib.contenttypes.models.ContentTypeManager\n", "app_label\nmodel\n"},
    {"django.contrib.auth.models.Permission", "auth",
     "objects django.contrib.auth.models.PermissionManager\n",
     "name\ncontent_type fk contenttypes.ContentType\ncodename\n"},
    {"django.contrib.auth.models.Group", "auth",
     "objects django.contrib.auth.models.GroupManager\n",
     "name\npermissions m2m auth.Permission\n"},
    {"django.contrib.auth.models.AbstractBaseUser", NULL, "", "password\nlast_login null\n"},
    {"django.contrib.auth.models.PermissionsMixin", NULL, "",
     "is_superuser\ngroups m2m auth.Group user_set user\n"
     "user_permissions m2m auth.Permission user_set user\n"},
    {"django.contrib.auth.models.AbstractUser", NULL,
     "objects django.contrib.auth.models.UserManager\n",
     "username\nfirst_name\nlast_name\nemail\nis_staff\nis_active\ndate_joined\n"},
    {"django.contrib.auth.models.User", "auth", "", ""},
    {"django.contrib.sessions.base_session.AbstractBaseSession", NULL,
     "objects django.contrib.sessions.base_session.BaseSessionManager\n",
     "session_key pk\nsession_data\nexpire_date\n"},
    {"django.contrib.sessions.models.Session", "sessions", "", ""},
    {"django.contrib.sites.models.Site", "sites",
     "objects django.contrib.sites.models.SiteManager\n", "domain\nname\n"},
    {"django.contrib.flatpages.models.FlatPage", "flatpages", "",
     "url\ntitle\ncontent\nenable_comments\ntemplate_name\nregistration_required\n"
     "sites m2m sites.Site\n"},
    {"django.contrib.redirects.models.Redirect", "redirects", "",
     "site fk sites.Site\nold_path\nnew_path\n"},
    {"django.contrib.admin.models.LogEntry", "admin",
     "objects django.contrib.admin.models.LogEntryManager\n",
     "action_time\nuser fk AUTH_USER_MODEL\ncontent_type fk? contenttypes.ContentType\n"
     "object_id null\nobject_repr\naction_flag\nchange_message\n"},
    {"rest_framework.authtoken.models.Token", "authtoken", "",
     "key pk\nuser o2o AUTH_USER_MODEL auth_token\ncreated\n"},
    {"taggit.models.TagBase", NULL, "", "name\nslug\n"},
    {"taggit.models.Tag", "taggit", "", ""},
    {"taggit.models.ItemBase", NULL, "", ""},
    {"taggit.models.TaggedItemBase", NULL, "",
     "tag fk taggit.Tag %(app_label)s_%(class)s_items\n"},
    {"taggit.models.CommonGenericTaggedItemBase", NULL, "",
     "content_type fk contenttypes.ContentType %(app_label)s_%(class)s_tagged_items\n"
     "content_object generic\n"},
    {"taggit.models.GenericTaggedItemBase", NULL, "", "object_id\n"},
    {"taggit.models.TaggedItem", "taggit", "", ""},
    {"tagulous.models.BaseTagModel", NULL, "", "name\nslug\ncount\nprotected\n"},
    {"tagulous.models.TagModel", NULL, "", ""},
    {"tagulous.models.TagTreeModel", NULL, "", "parent fk? self children\npath\nlabel\nlevel\n"},
    {"tagulous.models.MadeTag", "tagulous", "", ""}, /* stands for those it makes of fields */
    {"modelcluster.models.ClusterableModel", NULL, "", ""},
    {"treebeard.models.Node", NULL, "", ""},
    {"treebeard.mp_tree.MP_Node", NULL, "objects treebeard.mp_tree.MP_NodeManager\n",
     "path\ndepth\nnumchild\n"},
    {"treebeard.ns_tree.NS_Node", NULL, "", "lft\nrgt\ntree_id\ndepth\n"},
    {"treebeard.al_tree.AL_Node", NULL, "", ""},
    {"mptt.models.MPTTModel", NULL, "objects mptt.managers.TreeManager\n",
     "lft\nrght\ntree_id\nlevel\n"},
    {"model_utils.models.TimeStampedModel", NULL, "", "created\nmodified\n"},
    {"model_utils.models.UUIDModel", NULL, "", "id pk\n"},
    {"model_utils.models.StatusModel", NULL, "", "status\nstatus_changed\n"},
    {"model_utils.models.TimeFramedModel", NULL, "", "start null\nend null\n"},
    {"model_utils.models.SoftDeletableModel", NULL, "", "is_removed\n"},
    {"polymorphic.models.PolymorphicModel", NULL,
     "objects polymorphic.managers.PolymorphicManager\n",
     "polymorphic_ctype fk? contenttypes.ContentType polymorphic_%(app_label)s.%(class)s_set+\n"},
    {"django_extensions.db.models.TimeStampedModel", NULL, "", "created\nmodified\n"},
    {"django_extensions.db.models.TitleDescriptionModel", NULL, "",
     "title\ndescription null\n"},
    {"django_extensions.db.models.ActivatorModel", NULL, "",
     "status\nactivate_date null\ndeactivate_date null\n"},
    {"solo.models.SingletonModel", NULL, "", ""},
    {"rules.contrib.models.RulesModel", NULL, "", ""},
    {"safedelete.models.SafeDeleteModel", NULL, "", "deleted null\ndeleted_by_cascade\n"},
};

enum { TABLE_COUNT = sizeof table / sizeof *table };

static uint32_t known_count(const Project *project) {
    return TABLE_COUNT + project->index->options.model_count;
}

static const KnownModel *known_at(const Project *project, uint32_t at) {
    return at < TABLE_COUNT ? &table[at] : &project->index->options.models[at - TABLE_COUNT].model;
}

/* Those whose Meta has an ordering. */
static const char *const ordered[] = {
    "django.contrib.auth.models.Permission", "django.contrib.sites.models.Site",
    "django.contrib.flatpages.models.FlatPage", "django.contrib.redirects.models.Redirect",
    "django.contrib.admin.models.LogEntry",
};

static bool is_ordered(const char *dotted) {
    for (size_t i = 0; i < sizeof ordered / sizeof *ordered; i++)
        if (strcmp(dotted, ordered[i]) == 0) return true;
    return false;
}

/* "django.contrib.auth.models.User" -> "django.contrib.auth" */
static size_t app_length(const char *dotted) {
    const char *models = strstr(dotted, ".models.");
    return models ? (size_t)(models - dotted) : strlen(dotted);
}

void contrib_notice(Project *project) {
    for (uint32_t i = 0; i < TABLE_COUNT; i++) {
        Str app = str_find(project->strings, table[i].dotted, app_length(table[i].dotted));
        if (app) map_put(project->arena, &project->index->installed, app, project);
    }
    Str setting = str_find(project->strings, "INSTALLED_APPS", 14);
    for (uint32_t i = 0; setting && i < project->module_count; i++)
        project->index->contrib_listed |= project->modules[i].module &&
            map_get(&project->index->scopes[i].names, setting) != NULL;
}

static bool is_installed(const Project *project, const KnownModel *known) {
    if (!known->app || !project->index->contrib_listed) return true;
    Str app = str_find(project->strings, known->dotted, app_length(known->dotted));
    return app && map_get(&project->index->installed, app);
}

void contrib_models(Project *project) {
    for (uint32_t i = 0; i < known_count(project); i++) {
        const KnownModel *known = known_at(project, i);
        Str dotted = str_of(project->strings, known->dotted);
        LinkClass *klass = map_get(&project->index->canonical, dotted);
        if (!klass || klass->klass.model || (i < TABLE_COUNT && !is_installed(project, known)))
            continue;
        LinkModel *made = arena_make(project->arena, LinkModel);
        made->table = known;
        made->concrete = made;
        made->model.klass = &klass->klass;
        made->model.external = made->model.complete = true;
        made->model.abstract = !known->app;
        made->model.app = str_of(project->strings, known->app ? known->app : "");
        made->model.ordered = is_ordered(known->dotted);
        klass->klass.model = &made->model;
        array_push(project->arena, &project->models, &made->model);
    }
}

/* The next word of a line; STR_NONE at its end and for "-". */
static Str next_word(const Project *project, const char **at) {
    while (**at == ' ') ++*at;
    size_t length = strcspn(*at, " \n");
    const char *word = *at;
    *at += length;
    if (!length || (length == 1 && *word == '-')) return STR_NONE;
    return str_intern(project->strings, word, length);
}

static FieldKind word_kind(const char *word) {
    if (strncmp(word, "fk", 2) == 0) return FIELD_FK;
    if (strncmp(word, "o2o", 3) == 0) return FIELD_O2O;
    if (strcmp(word, "m2m") == 0) return FIELD_M2M;
    return strcmp(word, "generic") == 0 ? FIELD_GENERIC_FK : FIELD_PLAIN;
}

void contrib_declare(Project *project, LinkModel *model) {
    const char *at = model->table->fields;
    while (*at) {
        Declared declared = {.symmetrical = -1, .owner = model->model.klass};
        declared.name = next_word(project, &at);
        const char *word = project_text(project, next_word(project, &at));
        declared.kind = word_kind(word);
        declared.primary_key = strcmp(word, "pk") == 0;
        declared.null = strcmp(word, "null") == 0 || strchr(word, '?');
        declared.target_text = next_word(project, &at);
        declared.related_name = next_word(project, &at);
        declared.related_query_name = next_word(project, &at);
        array_push(project->arena, &model->declared, declared);
        at += strcspn(at, "\n") + 1;
    }
}

void contrib_managers(Project *project, LinkModel *model) {
    const char *at = model->table->managers;
    while (*at) {
        Manager manager = {.known = true};
        manager.name = next_word(project, &at);
        const LinkClass *klass = map_get(&project->index->canonical, next_word(project, &at));
        manager.manager = klass ? &klass->klass : NULL;
        array_push(project->arena, &model->model.managers, manager);
        at += strcspn(at, "\n") + 1;
    }
}
