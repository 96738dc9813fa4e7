/* Serializers that choose their fields while they run: get_fields(), self.fields.pop(name) in
 * __init__(), mixins that read the names from the request; and fields that are put in by name.
 *
 * What is dropped by name, whatever happens, is no field; what is put in so is one. A hook that
 * works them out without Django REST framework's own leaves none that we know. Otherwise the
 * fields that are declared may be read: what is said of them is less sure. A call that lists names
 * of its own (fields=["id"]) decides it, in a way nobody here knows: nothing is said of that
 * serializer. */
#include "frameworks/serializer.h"

enum { DEPTH_MOST = 40 };

static bool named(const Evaluator *e, Site site, const char *name) {
    return name_is(e, site_name(e->project, site), name);
}

/* self.fields, and the name that get_fields() usually gives them. */
static bool is_fields(const Evaluator *e, Site site) {
    NodeKind kind = site_kind(e->project, site);
    return (kind == NODE_ATTRIBUTE || kind == NODE_NAME) && named(e, site, "fields");
}

static bool is_entry(const Evaluator *e, Site site) {
    return site_kind(e->project, site) == NODE_INDEX
           && is_fields(e, site_below(e->project, site, 0));
}

static bool is_pop(const Evaluator *e, Site site) {
    if (site_kind(e->project, site) != NODE_CALL) return false;
    Site method = site_below(e->project, site, 0);
    return site_kind(e->project, method) == NODE_ATTRIBUTE && named(e, method, "pop")
           && is_fields(e, site_below(e->project, method, 0));
}

/* Whether the code takes fields away or puts others in their place. */
static bool changes_fields(const Evaluator *e, Site site, unsigned depth) {
    NodeKind kind = site_kind(e->project, site);
    if (is_pop(e, site)) return true;
    uint32_t first = kind == NODE_ASSIGN ? 2 : 0, count = site_count(e->project, site);
    bool sets = kind == NODE_ASSIGN || kind == NODE_DELETE;
    for (uint32_t i = first; sets && i < count; i++) {
        Site target = site_below(e->project, site, i);
        bool whole = site_kind(e->project, target) == NODE_ATTRIBUTE && is_fields(e, target);
        if (is_entry(e, target) || whole) return true;
    }
    for (uint32_t i = 0; depth < DEPTH_MOST && i < count; i++)
        if (changes_fields(e, site_below(e->project, site, i), depth + 1)) return true;
    return depth >= DEPTH_MOST;
}

static void drop(Evaluator *e, Serializer *serializer, Site name) {
    if (site_kind(e->project, name) != NODE_STRING) return;
    Str text = site_name(e->project, name);
    for (uint32_t i = 0; i < serializer->fields.count; i++)
        if (serializer->fields.items[i].name == text) serializer->fields.items[i].name = STR_NONE;
}

/* fields["author"] = AuthorSerializer() */
static void put_entry(Evaluator *e, Serializer *serializer, Site assign) {
    for (uint32_t i = 2; i < site_count(e->project, assign); i++) {
        Site target = site_below(e->project, assign, i);
        if (!is_entry(e, target)) continue;
        Site key = site_below(e->project, target, 1);
        if (site_kind(e->project, key) != NODE_STRING) continue;
        Str name = site_name(e->project, key);
        serializer_put(e, serializer, name, site_below(e->project, assign, 0));
    }
}

/* Statements of the function itself, outside of branches: they happen each time. */
static void change_always(Evaluator *e, Serializer *serializer, Site body) {
    for (uint32_t i = 0; i < site_count(e->project, body); i++) {
        Site statement = site_below(e->project, body, i);
        NodeKind kind = site_kind(e->project, statement);
        Site first = site_below(e->project, statement, 0);
        if (kind == NODE_RETURN || kind == NODE_RAISE) return;
        if (kind == NODE_ASSIGN) put_entry(e, serializer, statement);
        if (kind == NODE_EXPRESSION && is_pop(e, first) && site_count(e->project, first) > 1)
            drop(e, serializer, site_below(e->project, first, 1));
        for (uint32_t k = 0; kind == NODE_DELETE && k < site_count(e->project, statement); k++) {
            Site entry = site_below(e->project, statement, k);
            if (is_entry(e, entry)) drop(e, serializer, site_below(e->project, entry, 1));
        }
    }
}

/* Whether the code says one of the names that lead to the fields the framework would choose. */
static bool asks_framework(const Evaluator *e, Site site, const char *hook, unsigned depth) {
    static const char *const names[] = {"fields", "_declared_fields", "declared_fields"};
    NodeKind kind = site_kind(e->project, site);
    if (kind == NODE_ATTRIBUTE || kind == NODE_NAME) {
        if (named(e, site, hook)) return true;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (named(e, site, names[i])) return true;
    }
    for (uint32_t i = 0; depth < DEPTH_MOST && i < site_count(e->project, site); i++)
        if (asks_framework(e, site_below(e->project, site, i), hook, depth + 1)) return true;
    return depth >= DEPTH_MOST;
}

/* A hook of the project's; without super() only declared fields, or none, are as we know them. */
static void hook_chooses(Evaluator *e, Serializer *serializer, const ClassMember *hook,
                         const char *name) {
    serializer->open = true;
    if (!hook->site.node) return;
    bool builds = !strncmp(name, "build_", 6);
    if (asks_framework(e, site_below(e->project, hook->site, 1), name, 0)) return;
    for (uint32_t i = 0; i < serializer->fields.count; i++)
        if (!builds || serializer->fields.items[i].kind == FIELD_AUTO)
            serializer->fields.items[i].name = STR_NONE;
}

typedef struct Added {
    Str name;
    Site value;
} Added;
typedef Array(Added) AddedFields;

/* X._declared_fields["name"] = value, as a statement of a module. */
static void added_read(Evaluator *e, Map *added, Site statement) {
    if (site_kind(e->project, statement) != NODE_ASSIGN
        || site_count(e->project, statement) != 3)
        return;
    Site target = site_below(e->project, statement, 2);
    if (site_kind(e->project, target) != NODE_INDEX) return;
    Site fields = site_below(e->project, target, 0), key = site_below(e->project, target, 1);
    if (site_kind(e->project, fields) != NODE_ATTRIBUTE
        || !named(e, fields, "_declared_fields")
        || site_kind(e->project, key) != NODE_STRING)
        return;
    Site holder = site_below(e->project, fields, 0);
    Symbol symbol = project_expression(e->project, holder.module, holder.node);
    if (symbol.kind != SYMBOL_CLASS) return;
    Str name = site_name(e->project, key);
    AddedFields *fields_of = map_get(added, (uintptr_t)symbol.klass);
    if (!fields_of) {
        fields_of = arena_make(e->arena, AddedFields);
        map_put(e->arena, added, (uintptr_t)symbol.klass, fields_of);
    }
    Added one = {name, site_below(e->project, statement, 0)};
    array_push(e->arena, fields_of, one);
}

/* Those of the whole project by their class, looked for once. */
static const Map *added_fields(Evaluator *e) {
    static const char place;
    Map *added = map_get(&e->framework_data, (uintptr_t)&place);
    if (added) return added;
    added = arena_make(e->arena, Map);
    map_put(e->arena, &e->framework_data, (uintptr_t)&place, added);
    for (uint32_t m = 0; m < e->project->module_count; m++) {
        const Module *module = e->project->modules[m].module;
        if (!module || e->project->modules[m].file->template) continue;
        Site root = {m, module->root};
        for (uint32_t i = 0; i < site_count(e->project, root); i++)
            added_read(e, added, site_below(e->project, root, i));
    }
    return added;
}

void serializer_add(Evaluator *e, Serializer *serializer) {
    const AddedFields *added = map_get(added_fields(e), (uintptr_t)serializer->klass);
    for (uint32_t i = 0; added && i < added->count; i++)
        serializer_put(e, serializer, added->items[i].name, added->items[i].value);
}

static bool mixin_chooses(const Class *klass) {
    static const char *const names[] = {
        "drf_dynamic_fields.DynamicFieldsMixin", "drf_queryfields.QueryFieldsMixin",
        "drf_queryfields.mixins.QueryFieldsMixin", "rest_flex_fields.FlexFieldsModelSerializer",
        "rest_flex_fields.serializers.FlexFieldsModelSerializer",
        "rest_flex_fields.serializers.FlexFieldsSerializerMixin",
        "dynamic_rest.serializers.DynamicModelSerializer",
        "rest_polymorphic.serializers.PolymorphicSerializer",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (class_is(klass, names[i])) return true;
    return false;
}

void serializer_choose(Evaluator *e, Serializer *serializer) {
    static const char *const hooks[] = {
        "get_fields", "get_field_names", "build_field", "build_standard_field",
        "build_relational_field", "build_nested_field", "build_property_field",
        "_readable_fields", "fields"};
    const Class *klass = serializer->klass;
    serializer->open |= mixin_chooses(klass);
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        const ClassMember *hook = class_member(klass, str_of(e->project->strings, hooks[i]));
        if (hook && hook->kind == MEMBER_FUNCTION)
            hook_chooses(e, serializer, hook, hooks[i]);
    }
    for (uint32_t c = klass->mro_count; c-- > 0;)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            bool init = name_is(e, member->name, "__init__");
            if (member->kind != MEMBER_FUNCTION || !member->site.node
                || !(init || name_is(e, member->name, "get_fields")))
                continue;
            Site body = site_below(e->project, member->site, 1);
            change_always(e, serializer, body);
            serializer->open |= changes_fields(e, body, 0);
        }
}

bool serializer_argument_chooses(const Evaluator *e, Str name, const Value *value) {
    static const char *const known[] = {
        "instance", "data", "many", "partial", "context", "read_only", "write_only", "required",
        "default", "initial", "source", "label", "help_text", "style", "error_messages",
        "allow_null", "allow_empty", "min_length", "max_length", "validators"};
    if (!name || (value->kind != VALUE_SEQUENCE && value->kind != VALUE_STRING)) return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (name_is(e, name, known[i])) return false;
    return true;
}
