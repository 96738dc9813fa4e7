/* Classes that a library walks over rows: feeds, sitemaps, search indexes, exports. Each says where
 * its rows come from and has methods that get one row at a time.
 *
 *     Feed             items()             item_title(row), item_link(row) ...
 *     Sitemap          items()             location(row), lastmod(row) ...
 *     SearchIndex      index_queryset()    prepare_author(row), Field(model_attr="author__name")
 *     Document         get_queryset()      prepare_author(row), Field(attr="author.name")
 *     ModelResource    get_queryset()      dehydrate_author(row), Field(attribute="author__name")
 *
 * An export that the admin offers gets the rows of the admin's list; admin.c runs that one. */
#include "frameworks/frameworks.h"
#include "frameworks/listings.h"

#define RESOURCE "import_export.resources.Resource"
#define DOCUMENT "django_elasticsearch_dsl"

/* Every method of the object whose name starts like that, with the row. */
static void call_prefixed(Activation *a, const Value *self, const char *prefix,
                          const Value *row) {
    const Class *klass = self->klass;
    size_t length = strlen(prefix);
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            const char *name = project_text(a->e->project, member->name);
            bool first = class_member(klass, member->name) == member;
            bool fits = member->kind == MEMBER_FUNCTION && !strncmp(name, prefix, length);
            if (!first || !fits) continue;
            Standing before = declared_enter(a, member->site, a->surface);
            Arguments arguments = argument_of(member->site.node, row);
            use_text(a, member->site.node,
                     call_member(a, member->site.node, self, member, &arguments));
            declared_leave(a, before);
        }
}

static bool class_says(Evaluator *e, const Class *klass, const char *name) {
    return class_member(klass, name_of(e, name)) != NULL;
}

static void show_address(Activation *a, NodeId node, const Value *row) {
    Str name = name_of(a->e, "get_absolute_url");
    if (row->kind == VALUE_ROW) declared_read(a, node, row, name);
}

/* -- what is shown of a row -- */

static void show_feed(Activation *a, NodeId node, const Value *self, const Value *row) {
    Evaluator *e = a->e;
    bool title = class_says(e, self->klass, "item_title")
                 || class_says(e, self->klass, "title_template");
    bool text = class_says(e, self->klass, "item_description")
                || class_says(e, self->klass, "description_template");
    if (!title || !text) use_text(a, node, row);
    if (!class_says(e, self->klass, "item_link")) show_address(a, node, row);
    call_prefixed(a, self, "item_", row);
}

static void show_sitemap(Activation *a, NodeId node, const Value *self, const Value *row) {
    static const char *const methods[] = {"location", "lastmod", "changefreq", "priority",
                                          "get_languages_for_item"};
    if (!class_says(a->e, self->klass, "location")) show_address(a, node, row);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (class_method(a->e, self->klass, methods[i])) call_prefixed(a, self, methods[i], row);
    }
}

/* author__name, part by part; NULL ends it. */
static void show_attribute(Activation *a, Site site, const Value *row, Str path) {
    Standing before = declared_enter(a, site, a->surface);
    const char *text = project_text(a->e->project, path);
    const char *separator = strstr(text, "__") ? "__" : ".";
    use_text(a, site.node, declared_path(a, site.node, row, text, separator));
    declared_leave(a, before);
}

/* NAME = Field(attribute="author__name") */
static void show_fields(Activation *a, const Value *self, const Value *row) {
    Evaluator *e = a->e;
    const Class *klass = self->klass;
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            const Class *field = declared_call(e, member, "import_export.fields.Field");
            if (!field || class_member(klass, member->name) != member) continue;
            Site given = {member->site.module, declared_argument(e, member->site, 0, "attribute")};
            const Node *node = site_node(e->project, given);
            if (given.node && node->kind == NODE_STRING)
                show_attribute(a, given, row, project_name(e->project, given.module, node->name));
        }
}

static void show_index(Activation *a, NodeId node, const Value *self, const Value *row) {
    Evaluator *e = a->e;
    const Class *klass = self->klass;
    (void)node;
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            const Class *field = declared_call(e, member, "haystack.indexes.SearchField");
            if (!field || class_member(klass, member->name) != member) continue;
            Site given = {member->site.module, declared_argument(e, member->site, 99,
                                                                 "model_attr")};
            const Node *said = site_node(e->project, given);
            if (given.node && said->kind == NODE_STRING)
                show_attribute(a, given, row, project_name(e->project, given.module, said->name));
        }
    call_prefixed(a, self, "prepare", row);
}

/* properties={"name": TextField()} of a field that holds what a relation leads to. */
static void show_properties(Activation *a, Site properties, const Value *row) {
    const Project *project = a->e->project;
    if (site_node(project, properties)->kind != NODE_DICT || row->kind != VALUE_ROW) return;
    for (uint32_t i = 0; i + 1 < site_count(project, properties); i += 2) {
        Site key = site_below(project, properties, i);
        Site field = site_below(project, properties, i + 1);
        bool call = site_node(project, field)->kind == NODE_CALL;
        Site attr = {field.module, call ? declared_argument(a->e, field, 99, "attr") : NODE_NONE};
        Site path = attr.node ? attr : key;
        const Node *said = site_node(project, path);
        if (path.node && said->kind == NODE_STRING)
            declared_path(a, key.node, row,
                          project_text(project, project_name(project, path.module, said->name)),
                          ".");
    }
}

/* What the field reads of the row; of rows that hang from it, what the properties name. */
static void show_field(Activation *a, const ClassMember *member, const Value *row) {
    Evaluator *e = a->e;
    Walk walk;
    Site attr = {member->site.module, declared_argument(e, member->site, 99, "attr")};
    Site properties = {member->site.module, declared_argument(e, member->site, 99, "properties")};
    const Node *said = site_node(e->project, attr);
    bool named = attr.node && said->kind == NODE_STRING;
    if (attr.node && !named) return;
    Str path = named ? project_name(e->project, attr.module, said->name) : member->name;
    Standing before = declared_enter(a, member->site, a->surface);
    NodeId node = member->site.node;
    const Value *value = declared_path(a, node, row, project_text(e->project, path), ".");
    value = declared_queryset(a, node, value);
    if (value->kind == VALUE_ROW) {
        show_properties(a, properties, value);
    } else if (value->kind == VALUE_QUERYSET && walk_start(a, node, node, value, &walk)) {
        walk_turn(a, &walk);
        show_properties(a, properties, walk.item);
        walk_end(a, &walk, true);
    }
    declared_leave(a, before);
}

static void show_document(Activation *a, NodeId node, const Value *self, const Value *row) {
    const Class *klass = self->klass;
    (void)node;
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            bool field = declared_call(a->e, member, DOCUMENT ".fields.DEDField")
                         && class_member(klass, member->name) == member;
            const char *name = project_text(a->e->project, member->name);
            const char *own = arena_format(a->e->scratch, "prepare_%s", name);
            if (field && !class_says(a->e, klass, own)) show_field(a, member, row);
        }
    call_prefixed(a, self, "prepare", row);
}

static const Class *resource_meta(Evaluator *e, const Class *klass) {
    const ClassMember *meta = class_member(klass, name_of(e, "Meta"));
    return meta && meta->kind == MEMBER_CLASS ? meta->klass : NULL;
}

static const Value *meta_option(Evaluator *e, const Class *meta, const char *name, Site *site) {
    const ClassMember *member = meta ? class_member(meta, name_of(e, name)) : NULL;
    if (!member || member->kind != MEMBER_VALUE || !member->site.node) return NULL;
    *site = member->site;
    return evaluate_constant(e, member->site, member->owner);
}

static void show_resource(Activation *a, NodeId node, const Value *self, const Value *row) {
    Evaluator *e = a->e;
    Site site = {0, 0};
    const Value *fields = meta_option(e, resource_meta(e, self->klass), "fields", &site);
    (void)node;
    show_fields(a, self, row);
    for (uint32_t i = 0; fields && fields->kind == VALUE_SEQUENCE && i < fields->count; i++) {
        const Value *field = fields->items[i];
        bool path = field->kind == VALUE_STRING && strstr(project_text(e->project, field->name),
                                                          "__");
        if (path && !class_member(self->klass, field->name))
            show_attribute(a, site_of_text(e, site, field->name), row, field->name);
    }
    call_prefixed(a, self, "dehydrate_", row);
}

/* -- where the rows come from -- */

static const Value *rows_of_method(Activation *a, const Value *self, const char *name,
                                   Site *site) {
    const ClassMember *own = class_method(a->e, self->klass, name);
    if (!own) return NULL;
    *site = own->site;
    Standing before = declared_enter(a, own->site, a->surface);
    const Value *rows = call_member(a, own->site.node, self, own, &(Arguments){.open = true});
    declared_leave(a, before);
    return rows;
}

static const Value *rows_of_model(Activation *a, const Model *model, Site site) {
    Standing before = declared_enter(a, site, a->surface);
    const Value *rows = model ? declared_rows(a, site.node, model) : NULL;
    declared_leave(a, before);
    return rows;
}

static const Value *rows_items(Activation *a, const Value *self, Site *site) {
    return rows_of_method(a, self, "items", site);
}

static const Value *rows_index(Activation *a, const Value *self, Site *site) {
    const Value *rows = rows_of_method(a, self, "index_queryset", site);
    if (rows) return rows;
    const Value *model = rows_of_method(a, self, "get_model", site);
    bool known = model && model->kind == VALUE_CLASS;
    return known ? rows_of_model(a, model->klass->model, *site) : NULL;
}

static const Value *document_model(Evaluator *e, const Class *klass, Site *site) {
    const ClassMember *django = class_member(klass, name_of(e, "Django"));
    if (!django || django->kind != MEMBER_CLASS) return NULL;
    return meta_option(e, django->klass, "model", site);
}

static const Value *rows_document(Activation *a, const Value *self, Site *site) {
    const Value *rows = rows_of_method(a, self, "get_queryset", site);
    if (rows) return rows;
    const Value *model = document_model(a->e, self->klass, site);
    bool known = model && model->kind == VALUE_CLASS;
    return known ? rows_of_model(a, model->klass->model, *site) : NULL;
}

static const Value *rows_resource(Activation *a, const Value *self, Site *site) {
    const Value *rows = rows_of_method(a, self, "get_queryset", site);
    if (rows) return rows;
    const Value *model = meta_option(a->e, resource_meta(a->e, self->klass), "model", site);
    bool known = model && model->kind == VALUE_CLASS;
    return known ? rows_of_model(a, model->klass->model, *site) : NULL;
}

typedef struct Listing {
    const char *klass;
    Surface surface;
    const Value *(*rows)(Activation *a, const Value *self, Site *site);
    void (*show)(Activation *a, NodeId node, const Value *self, const Value *row);
} Listing;

static const Listing listings[] = {
    {"django.contrib.syndication.views.Feed", SURFACE_FEED, rows_items, show_feed},
    {"django.contrib.sitemaps.Sitemap", SURFACE_FEED, rows_items, show_sitemap},
    {"haystack.indexes.SearchIndex", SURFACE_CODE, rows_index, show_index},
    {DOCUMENT ".Document", SURFACE_CODE, rows_document, show_document},
    {RESOURCE, SURFACE_TABLE, rows_resource, show_resource},
};

static void listing_show(Activation *a, const Listing *listing, const Value *self,
                         const Value *rows, Site site) {
    Walk walk;
    Standing before = declared_enter(a, site, listing->surface);
    rows = declared_queryset(a, site.node, rows);
    bool walks = rows->kind == VALUE_QUERYSET || rows->kind == VALUE_MANY;
    if (walks && walk_start(a, site.node, site.node, rows, &walk)) {
        walk_turn(a, &walk);
        if (walk.item->kind == VALUE_ROW) listing->show(a, site.node, self, walk.item);
        walk_end(a, &walk, true);
    }
    declared_leave(a, before);
}

static const Value *listing_self(Evaluator *e, const Class *klass) {
    Value draft = {.kind = VALUE_OBJECT, .klass = klass, .site = klass->site,
                   .name = name_of(e, "listing")};
    return value_intern(e->values, &draft);
}

static void run_listing(Evaluator *e, const Class *klass, const Listing *listing) {
    Activation top;
    Site site = klass->site;
    entry_start(&top, e, klass, listing->surface);
    const Value *self = top.self = listing_self(e, klass);
    const Value *rows = listing->rows(&top, self, &site);
    if (rows) listing_show(&top, listing, self, rows, site);
    root_finish(&top);
}

bool class_is_resource(const Class *klass) {
    return klass && !klass->external && class_is(klass, RESOURCE);
}

static uint64_t resource_key(const Class *klass) {
    return hash_mix((uintptr_t)klass, SURFACE_TABLE);
}

void resource_export(Activation *a, const Class *klass, const Value *rows, Site site) {
    map_put(a->e->arena, &a->e->framework_data, resource_key(klass), (void *)(uintptr_t)klass);
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
        if (!strcmp(listings[i].klass, RESOURCE))
            listing_show(a, &listings[i], listing_self(a->e, klass), rows, site);
}

/* -- hooks of the evaluator -- */

/* super().get_queryset(), super().index_queryset(): all rows of the class's model. */
static const Value *listings_method(Activation *a, NodeId node, const Value *object, Str name,
                                    const Arguments *arguments) {
    Evaluator *e = a->e;
    Site site = {a->module, node};
    const char *text = project_text(e->project, name);
    const Value *model = NULL;
    (void)arguments;
    if (!object->klass) return NULL;
    if (class_is_resource(object->klass) && !strcmp(text, "get_queryset"))
        model = meta_option(e, resource_meta(e, object->klass), "model", &site);
    if (class_is(object->klass, "haystack.indexes.SearchIndex") && !strcmp(text, "index_queryset"))
        model = rows_of_method(a, object, "get_model", &site);
    if (class_is(object->klass, DOCUMENT ".Document") && !strcmp(text, "get_queryset"))
        model = document_model(e, object->klass, &site);
    bool known = model && model->kind == VALUE_CLASS && model->klass->model;
    return known ? declared_rows(a, node, model->klass->model) : NULL;
}

static void run_listings(Evaluator *e, const Class *klass) {
    bool exported = map_get(&e->framework_data, resource_key(klass)) == klass;
    for (size_t i = 0; !exported && i < sizeof listings / sizeof *listings; i++)
        if (class_is(klass, listings[i].klass)) run_listing(e, klass, &listings[i]);
}

/* GenericSitemap({"queryset": Book.objects.all()}): the address of each row. */
static void run_generic_map(Evaluator *e, Site call) {
    Site given = {call.module, declared_argument(e, call, 0, "info_dict")};
    const Value *said = given.node ? evaluate_constant(e, given, NULL) : NULL;
    const Value *rows = said && said->kind == VALUE_DICT
                            ? value_key(said, name_of(e, "queryset")) : NULL;
    Activation top;
    Walk walk;
    if (!rows || (rows->kind != VALUE_QUERYSET && rows->kind != VALUE_MANAGER)) return;
    root_start(&top, e, call.module);
    top.surface = SURFACE_FEED;
    rows = declared_queryset(&top, call.node, rows);
    if (rows->kind == VALUE_QUERYSET && walk_start(&top, call.node, call.node, rows, &walk)) {
        walk_turn(&top, &walk);
        show_address(&top, call.node, walk.item);
        walk_end(&top, &walk, true);
    }
    root_finish(&top);
}

static void generic_maps_read(Evaluator *e, uint32_t m) {
    const Module *module = e->project->modules[m].module;
    for (uint32_t i = 1; i < module->nodes.count; i++) {
        if (module->nodes.items[i].kind != NODE_CALL) continue;
        Site callee = site_below(e->project, (Site){m, i}, 0);
        const Node *node = site_node(e->project, callee);
        if (node->kind != NODE_NAME && node->kind != NODE_ATTRIBUTE) continue;
        if (!name_is(e, project_name(e->project, m, node->name), "GenericSitemap")) continue;
        Symbol symbol = project_expression(e->project, m, callee.node);
        if (symbol.kind == SYMBOL_CLASS
            && class_is(symbol.klass, "django.contrib.sitemaps.GenericSitemap"))
            run_generic_map(e, (Site){m, i});
    }
}

static void listings_roots(Evaluator *e) {
    for (uint32_t m = 0; m < e->project->module_count; m++) {
        const ProjectModule *of = &e->project->modules[m];
        if (of->module && !of->file->template && module_runs(e, m)) generic_maps_read(e, m);
    }

    classes_visit(e, run_listings);
}

const Framework framework_listings = {
    .method = listings_method, .roots = listings_roots,
};
