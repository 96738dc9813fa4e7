/* settings.c - what settings and apps.py say: which label an app has, which model is the user.
 *
 * Nothing is imported or run. A module's app is that of the nearest package with an AppConfig or
 * in INSTALLED_APPS; without one, the package that holds the module called "models". */
#include "project/model.h"

static Str member_text(const Project *project, const Class *klass, const char *name) {
    Str wanted = str_find(project->strings, name, strlen(name));
    const ClassMember *member = wanted ? class_member(klass, wanted) : NULL;
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return STR_NONE;
    return text_of(project, member->site, klass, 0);
}

static void add_label(Project *project, Str package, Str label) {
    if (!package || map_get(&project->index->apps, package)) return;
    Str *kept = arena_make(project->arena, Str);
    *kept = label;
    map_put(project->arena, &project->index->apps, package, kept);
}

static void add_app(Project *project, const Class *klass) {
    Str name = member_text(project, klass, "name");
    if (!name) return;
    Str label = member_text(project, klass, "label");
    if (!label) label = str_of(project->strings, name_last(project, name));
    uint32_t module = module_find(project, klass->site.module, name);
    Str package = module != NO_MODULE ? project->modules[module].name
                                      : name_parent(project, project->modules[klass->site.module]
                                                                 .name);
    add_label(project, package, label);
}

/* Packages of the project that a module with INSTALLED_APPS names are apps without AppConfig.
 * The whole module is searched: the list is often put together from several. */
static void add_installed(Project *project, uint32_t at) {
    const Module *module = project_module(project, at);
    for (NodeId id = 1; id < module->nodes.count; id++) {
        if (module_node(module, id)->kind != NODE_STRING) continue;
        Str name = project_name(project, at, module_node(module, id)->name);
        uint32_t found = module_find(project, at, name);
        if (found == NO_MODULE || !project->modules[found].file->package) continue;
        add_label(project, project->modules[found].name,
                  str_of(project->strings, name_last(project, name)));
    }
}

/* Libraries give their configurations to inherit from, too. */
static bool is_app_config(const Class *klass) {
    for (uint32_t i = 1; i < klass->mro_count; i++)
        if (klass->mro[i]->external && text_ends(link_class(klass->mro[i])->text, "AppConfig"))
            return true;
    return false;
}

static bool module_binds(const Project *project, uint32_t module, Str name) {
    return name && map_get(&project->index->scopes[module].names, name);
}

/* Whether a string of the module is the dotted name of the class. */
static bool module_says(const Project *project, uint32_t at, const Class *klass) {
    const Module *module = project_module(project, at);
    const char *dotted = project_text(project, klass->qualified);
    for (NodeId id = 1; id < module->nodes.count; id++) {
        if (module_node(module, id)->kind != NODE_STRING) continue;
        const char *text = project_text(project,
                                        project_name(project, at, module_node(module, id)->name));
        size_t length = strlen(text), whole = strlen(dotted);
        if (!strchr(text, '.') || !text_ends(dotted, text)) continue;
        if (length == whole || dotted[whole - length - 1] == '.') return true;
    }
    return false;
}

/* Django finds the configuration in apps.py itself; any other is named, by INSTALLED_APPS or by
 * default_app_config. Settings out of view may name it. */
static bool app_config_counts(const Project *project, const Class *klass) {
    if (text_ends(project_text(project, project->modules[klass->site.module].name), ".apps"))
        return true;
    Str installed = str_find(project->strings, "INSTALLED_APPS", 14);
    Str named = str_find(project->strings, "default_app_config", 18);
    bool settings = false;
    for (uint32_t i = 0; i < project->module_count; i++) {
        bool lists = module_binds(project, i, installed);
        if ((lists || module_binds(project, i, named)) && module_says(project, i, klass))
            return true;
        settings |= lists;
    }
    return !settings;
}

void settings_apps(Project *project) {
    for (uint32_t i = 0; i < project->classes.count; i++) {
        const Class *klass = project->classes.items[i];
        if (is_app_config(klass) && app_config_counts(project, klass)) add_app(project, klass);
    }
    Str setting = str_find(project->strings, "INSTALLED_APPS", 14);
    for (uint32_t i = 0; i < project->module_count; i++)
        if (module_binds(project, i, setting)) add_installed(project, i);
}

/* The folder a file lies in, for modules that have no package. */
static Str folder_name(const Project *project, const SourceFile *file) {
    const char *path = file->path, *slash = strrchr(path, '/');
    if (!slash) return STR_NONE;
    const char *start = slash;
    while (start > path && start[-1] != '/') start--;
    return str_intern(project->strings, start, (size_t)(slash - start));
}

/* The part of a dotted name in front of "models"; else its package's last part. */
static Str conventional_label(const Project *project, uint32_t module) {
    const char *text = project_text(project, project->modules[module].name);
    const char *start = text, *end = NULL, *before = NULL;
    for (const char *at = text;; at++) {
        if (*at != '.' && *at) continue;
        if (at - start == 6 && memcmp(start, "models", 6) == 0) end = before;
        if (!*at) break;
        before = start;
        start = at + 1;
    }
    if (!end) end = before;
    if (!end || strncmp(text, "models.", 7) == 0)
        return folder_name(project, project->modules[module].file);
    return str_intern(project->strings, end, strcspn(end, "."));
}

Str settings_app_label(const Project *project, uint32_t module) {
    Str name = project->modules[module].name;
    for (unsigned i = 0; name && i < 32; i++, name = name_parent(project, name)) {
        const Str *label = map_get(&project->index->apps, name);
        if (label) return *label;
    }
    return conventional_label(project, module);
}

/* Whether a dotted name has this part. */
static bool has_part(const char *dotted, const char *part, size_t size) {
    while (dotted) {
        if (strcspn(dotted, ".") == size && strncmp(dotted, part, size) == 0) return true;
        dotted = strchr(dotted, '.');
        if (dotted) dotted++;
    }
    return false;
}

/* Of the classes called `name`, the one in a package called as the app. */
static const Class *class_of_app(const Project *project, const char *app, size_t app_size,
                                 const char *name) {
    const Class *found = NULL;
    bool sure = false;
    for (uint32_t i = 0; i < project->classes.count; i++) {
        const Class *klass = project->classes.items[i];
        if (klass->outer || klass->in_function) continue;
        if (strcmp(project_text(project, klass->name), name) != 0) continue;
        bool inside = has_part(link_class(klass)->text, app, app_size);
        if (!found || (inside && !sure)) found = klass, sure = inside;
    }
    return found;
}

const Class *settings_user_class(const Project *project) {
    Str setting = str_find(project->strings, "AUTH_USER_MODEL", 15);
    for (uint32_t i = 0; setting && i < project->module_count; i++) {
        const Global *global = map_get(&project->index->scopes[i].names, setting);
        for (const Binding *at = global ? global->first : NULL; at; at = at->next) {
            if (at->kind != BINDING_VALUE) continue;
            Str label = text_of(project, (Site){i, at->node}, NULL, 0);
            const char *text = project_text(project, label), *dot = strchr(text, '.');
            if (!dot) continue;
            const Class *found = class_of_app(project, text, (size_t)(dot - text), dot + 1);
            if (found) return found;
        }
    }
    return project_class_named(project, "django.contrib.auth.models.User");
}

/* The first value of AUTH_USER_MODEL that names a model in view, in modules and in classes (as
 * django-configurations has them). */
static LinkModel *configured_user(const Project *project, Str setting, bool *given) {
    for (uint32_t i = 0; setting && i < project->module_count; i++) {
        const Scope *scope = &project->index->scopes[i];
        const Global *global = map_get(&scope->names, setting);
        for (const Binding *at = global ? global->first : NULL; at; at = at->next) {
            if (at->kind != BINDING_VALUE) continue;
            Str label = text_of(project, (Site){i, at->node}, NULL, 0);
            LinkModel *found = label ? target_named(project, NULL, label) : NULL;
            *given |= label != STR_NONE;
            if (found) return found;
        }
    }
    for (uint32_t i = 0; setting && i < project->classes.count; i++) {
        const ClassMember *member = class_own(project->classes.items[i], setting);
        if (!member || member->kind != MEMBER_VALUE || !member->site.node) continue;
        Str label = text_of(project, member->site, member->owner, 0);
        LinkModel *found = label ? target_named(project, NULL, label) : NULL;
        *given |= label != STR_NONE;
        if (found) return found;
    }
    return NULL;
}

/* Without settings in view: the only user model of the project, if there is just one. */
static LinkModel *only_user(const Project *project) {
    LinkModel *only = NULL;
    for (uint32_t i = 0; i < project->models.count; i++) {
        Model *model = project->models.items[i];
        if (model->external || model->abstract || model->test || model->proxy) continue;
        if (!class_is(model->klass, "django.contrib.auth.models.AbstractBaseUser")) continue;
        if (class_is(model->klass, "django.contrib.auth.models.User")) continue;
        if (only) return NULL;
        only = link_model(model);
    }
    return only;
}

/* Django's own user is no model where another takes its place. */
static void drop_swapped(Project *project, const LinkModel *user) {
    LinkModel *own = target_named(project, NULL, str_of(project->strings, "auth.User"));
    if (!user || !own || own == user || !own->model.external) return;
    if (class_inherits(user->model.klass, own->model.klass)) return;
    link_class(own->model.klass)->klass.model = NULL;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < project->models.count; i++)
        if (project->models.items[i] != &own->model)
            project->models.items[kept++] = project->models.items[i];
    project->models.count = kept;
    ModelList *list = map_get(&project->index->labels, name_lower(project, own->model.label));
    if (list && list->models.count == 1) list->models.items[0] = NULL;
}

void settings_user(Project *project) {
    bool given = false;
    Str setting = str_find(project->strings, "AUTH_USER_MODEL", 15);
    LinkModel *user = configured_user(project, setting, &given);
    if (!user && !given) user = only_user(project);
    if (!user && !given)
        user = target_named(project, NULL, str_of(project->strings, "auth.User"));
    project->index->user = user;
    drop_swapped(project, user);
}
