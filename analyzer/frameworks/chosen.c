/* Serializers that choose their fields while they run: get_fields(), self.fields.pop(name) in
 * __init__(), mixins that read the names from the request.
 *
 * What is dropped by name, whatever happens, is no field. Otherwise the fields that are declared
 * may be read: what is said of them is less sure. A call that lists names of its own
 * (fields=["id"]) decides it, in a way nobody here knows: nothing is said of that serializer. */
#include "frameworks/serializer.h"

enum { DEPTH_MOST = 40 };

static bool named(const Evaluator *e, Site site, const char *name) {
    Str own = project_name(e->project, site.module, site_node(e->project, site)->name);
    return name_is(e, own, name);
}

/* self.fields, and the name that get_fields() usually gives them. */
static bool is_fields(const Evaluator *e, Site site) {
    NodeKind kind = site_node(e->project, site)->kind;
    return (kind == NODE_ATTRIBUTE || kind == NODE_NAME) && named(e, site, "fields");
}

static bool is_entry(const Evaluator *e, Site site) {
    return site_node(e->project, site)->kind == NODE_INDEX
           && is_fields(e, site_below(e->project, site, 0));
}

static bool is_pop(const Evaluator *e, Site site) {
    if (site_node(e->project, site)->kind != NODE_CALL) return false;
    Site method = site_below(e->project, site, 0);
    return site_node(e->project, method)->kind == NODE_ATTRIBUTE && named(e, method, "pop")
           && is_fields(e, site_below(e->project, method, 0));
}

/* Whether the code takes fields away or puts others in their place. */
static bool changes_fields(const Evaluator *e, Site site, unsigned depth) {
    NodeKind kind = site_node(e->project, site)->kind;
    if (is_pop(e, site)) return true;
    uint32_t first = kind == NODE_ASSIGN ? 2 : 0, count = site_count(e->project, site);
    bool sets = kind == NODE_ASSIGN || kind == NODE_DELETE;
    for (uint32_t i = first; sets && i < count; i++) {
        Site target = site_below(e->project, site, i);
        bool whole = site_node(e->project, target)->kind == NODE_ATTRIBUTE && is_fields(e, target);
        if (is_entry(e, target) || whole) return true;
    }
    for (uint32_t i = 0; depth < DEPTH_MOST && i < count; i++)
        if (changes_fields(e, site_below(e->project, site, i), depth + 1)) return true;
    return depth >= DEPTH_MOST;
}

static void drop(Evaluator *e, Serializer *serializer, Site name) {
    if (site_node(e->project, name)->kind != NODE_STRING) return;
    Str text = project_name(e->project, name.module, site_node(e->project, name)->name);
    for (uint32_t i = 0; i < serializer->fields.count; i++)
        if (serializer->fields.items[i].name == text) serializer->fields.items[i].name = STR_NONE;
}

/* Statements of the function itself, outside of branches: they happen each time. */
static void drop_always(Evaluator *e, Serializer *serializer, Site body) {
    for (uint32_t i = 0; i < site_count(e->project, body); i++) {
        Site statement = site_below(e->project, body, i);
        NodeKind kind = site_node(e->project, statement)->kind;
        Site first = site_below(e->project, statement, 0);
        if (kind == NODE_RETURN || kind == NODE_RAISE) return;
        if (kind == NODE_EXPRESSION && is_pop(e, first) && site_count(e->project, first) > 1)
            drop(e, serializer, site_below(e->project, first, 1));
        for (uint32_t k = 0; kind == NODE_DELETE && k < site_count(e->project, statement); k++) {
            Site entry = site_below(e->project, statement, k);
            if (is_entry(e, entry)) drop(e, serializer, site_below(e->project, entry, 1));
        }
    }
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
        serializer->open |= hook && hook->kind == MEMBER_FUNCTION;
    }
    for (uint32_t c = 0; c < klass->mro_count; c++)
        for (uint32_t i = 0; i < klass->mro[c]->members.count; i++) {
            const ClassMember *member = &klass->mro[c]->members.items[i];
            bool init = name_is(e, member->name, "__init__");
            if (member->kind != MEMBER_FUNCTION || !member->site.node
                || !(init || name_is(e, member->name, "get_fields")))
                continue;
            Site body = site_below(e->project, member->site, 1);
            drop_always(e, serializer, body);
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
