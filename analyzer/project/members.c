/* members.c - the members of classes: sorted by name, found along the order of resolution. */
#include "project/link.h"

#include <stdlib.h>

typedef struct Numbered {
    ClassMember member;
    uint32_t number; /* order of definition: qsort() is not stable */
} Numbered;

static int compare_numbered(const void *left, const void *right) {
    const Numbered *one = left, *other = right;
    if (one->member.name != other->member.name)
        return one->member.name < other->member.name ? -1 : 1;
    return one->number < other->number ? -1 : one->number > other->number;
}

/* Sorts by name, keeping the last of each. */
static void finish(Class *klass) {
    uint32_t count = klass->members.count, kept = 0;
    if (count < 2) return;
    Numbered *sorted = memory_alloc(sizeof *sorted * count);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (Numbered){klass->members.items[i], i};
    qsort(sorted, count, sizeof *sorted, compare_numbered);
    for (uint32_t i = 0; i < count; i++)
        if (i + 1 == count || sorted[i].member.name != sorted[i + 1].member.name)
            klass->members.items[kept++] = sorted[i].member;
    klass->members.count = kept;
    free(sorted);
}

void members_finish(Project *project) {
    for (uint32_t i = 0; i < project->classes.count; i++)
        finish(project->classes.items[i]);
}

const ClassMember *class_own(const Class *klass, Str name) {
    uint32_t low = 0, high = klass->members.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const ClassMember *member = &klass->members.items[middle];
        if (member->name == name) return member;
        if (member->name < name) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const ClassMember *class_member(const Class *klass, Str name) {
    for (uint32_t i = 0; i < klass->mro_count; i++) {
        const ClassMember *member = class_own(klass->mro[i], name);
        if (member) return member;
    }
    return NULL;
}

const ClassMember *class_member_after(const Class *klass, const Class *after, Str name) {
    uint32_t i = 0;
    while (i < klass->mro_count && klass->mro[i] != after) i++;
    for (i++; i < klass->mro_count; i++) {
        const ClassMember *member = class_own(klass->mro[i], name);
        if (member) return member;
    }
    return NULL;
}

typedef struct Decorator {
    const char *name; /* canonical, or a builtin's bare name */
    uint8_t flags;
} Decorator;

static const Decorator decorators[] = {
    {"property", MEMBER_PROPERTY},
    {"abc.abstractproperty", MEMBER_PROPERTY},
    {"staticmethod", MEMBER_STATIC},
    {"classmethod", MEMBER_CLASSMETHOD},
    {"functools.cached_property", MEMBER_PROPERTY | MEMBER_CACHED},
    {"django.utils.functional.cached_property", MEMBER_PROPERTY | MEMBER_CACHED},
    {"django.utils.functional.classproperty", MEMBER_PROPERTY | MEMBER_CLASSMETHOD},
    /* those that leave the function's value as it is */
    {"abc.abstractmethod", 0},
    {"typing.override", 0},
    {"typing.final", 0},
    {"typing.overload", 0},
    {"typing_extensions.override", 0},
    {"functools.cache", 0},
    {"functools.lru_cache", 0},
    {"functools.wraps", 0},
    {"contextlib.contextmanager", 0},
    {"django.db.transaction.atomic", 0},
    {"django.db.transaction.non_atomic_requests", 0},
    {"django.contrib.admin.display", 0},
    {"django.contrib.admin.action", 0},
    {"django.contrib.admin.decorators.display", 0},
    {"django.contrib.admin.decorators.action", 0},
    {"django.utils.decorators.method_decorator", 0},
    {"django.dispatch.receiver", 0},
    {"rest_framework.decorators.action", 0},
    {"drf_spectacular.utils.extend_schema", 0},
    {"drf_spectacular.utils.extend_schema_field", 0},
    {"drf_yasg.utils.swagger_auto_schema", 0},
    {"drf_yasg.utils.swagger_serializer_method", 0},
};

static uint8_t decorator_flags(const Project *project, const ClassMember *member, NodeId node) {
    Site site = {member->site.module, node};
    if (site_node(project, site)->kind == NODE_CALL) site.node = site_child(project, site, 0);
    const LinkClass *owner = link_class(member->owner);
    Symbol symbol = resolve_expression(project, site, NULL, owner->function, 0);
    bool bare = symbol.kind == SYMBOL_UNKNOWN && site_node(project, site)->kind == NODE_NAME;
    Str dotted = bare ? site_name(project, site) : symbol.dotted;
    const char *name = project_text(project, dotted);
    for (size_t i = 0; i < sizeof decorators / sizeof *decorators; i++)
        if (strcmp(name, decorators[i].name) == 0) return decorators[i].flags;
    /* other libraries' and the project's own cached properties go by that name */
    if (text_ends(project_text(project, site_name(project, site)), "cached_property"))
        return MEMBER_PROPERTY | MEMBER_CACHED;
    return MEMBER_DECORATED;
}

static void decorate(const Project *project, ClassMember *member) {
    uint32_t count = node_count(project_module(project, member->site.module), member->site.node);
    for (uint32_t i = 3; i < count; i++)
        member->flags |= decorator_flags(project, member, site_child(project, member->site, i));
}

void members_decorate(Project *project) {
    for (uint32_t i = 0; i < project->classes.count; i++) {
        Class *klass = project->classes.items[i];
        for (uint32_t k = 0; k < klass->members.count; k++)
            if (klass->members.items[k].kind == MEMBER_FUNCTION)
                decorate(project, &klass->members.items[k]);
    }
}
