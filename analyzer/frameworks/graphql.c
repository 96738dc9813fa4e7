/* GraphQL types of models: their resolvers run for each node.
 *
 *     class BookType(DjangoObjectType):             @strawberry_django.type(Book)
 *         class Meta: model = Book                  class BookType:
 *         def resolve_author(root, info)                @strawberry.field
 *                                                       def author_name(self)
 *
 * Which queryset the nodes come from is not in view: a query that no loading could spare is
 * likely; reads that a select_related() somewhere may serve are possible. Where the optimizer of
 * strawberry-graphql-django is in use, and where a field says what it needs, they are loaded. */
#include "frameworks/declared.h"
#include "frameworks/frameworks.h"

#define GRAPHENE "graphene_django.DjangoObjectType"

typedef struct NodeType {
    const Class *klass;
    const Model *model;
    Site site;
    bool strawberry;
} NodeType;

static const Model *model_at(Evaluator *e, Site site) {
    const Value *value = evaluate_constant(e, site, NULL);
    return value->kind == VALUE_CLASS ? value->klass->model : NULL;
}

static bool read_graphene(Evaluator *e, const Class *klass, NodeType *type) {
    const ClassMember *meta = class_member(klass, name_of(e, "Meta"));
    if (!class_is(klass, GRAPHENE) || !meta || meta->kind != MEMBER_CLASS) return false;
    const ClassMember *model = class_member(meta->klass, name_of(e, "model"));
    if (!model || model->kind != MEMBER_VALUE || !model->site.node) return false;
    *type = (NodeType){klass, model_at(e, model->site), model->site, false};
    return type->model != NULL;
}

/* @strawberry_django.type(Book), @strawberry.django.type(Book, ...) */
static bool read_strawberry(Evaluator *e, const Class *klass, NodeType *type) {
    Site site = klass->site;
    const Module *module = e->project->modules[site.module].module;
    for (uint32_t i = 2; i < node_count(module, site.node); i++) {
        NodeId call = node_child(module, site.node, i);
        if (module_node(module, call)->kind != NODE_CALL) continue;
        Symbol symbol = project_expression(e->project, site.module, node_child(module, call, 0));
        const char *name = symbol.kind == SYMBOL_EXTERNAL ? project_text(e->project, symbol.dotted)
                                                          : "";
        size_t length = strlen(name);
        bool fits = !strncmp(name, "strawberry", 10) && length > 5
                    && !strcmp(name + length - 5, ".type");
        Site model = {site.module, node_child(module, call, 1)};
        if (!fits || !model.node) continue;
        if (site_node(e->project, model)->kind == NODE_KEYWORD) continue;
        *type = (NodeType){klass, model_at(e, model), model, true};
        if (type->model) return true;
    }
    return false;
}

static bool function_is_decorated(const Evaluator *e, Site function) {
    const Module *module = e->project->modules[function.module].module;
    return node_count(module, function.node) > 3;
}

/* @strawberry_django.field(select_related=["author"]) */
static bool function_has_hints(Evaluator *e, Site function) {
    static const char *const hints[] = {"select_related", "prefetch_related", "annotate"};
    const Module *module = e->project->modules[function.module].module;
    for (uint32_t i = 3; i < node_count(module, function.node); i++) {
        Site call = {function.module, node_child(module, function.node, i)};
        if (module_node(module, call.node)->kind != NODE_CALL) continue;
        for (size_t k = 0; k < sizeof hints / sizeof *hints; k++)
            if (declared_argument(e, call, 99, hints[k])) return true;
    }
    return false;
}

/* Whether the project's code names the extension that loads what a query selects. */
static bool project_optimizes(Evaluator *e) {
    Project *project = e->project;
    for (uint32_t m = 0; m < project->module_count; m++) {
        const Module *module = project->modules[m].module;
        if (!module || project->modules[m].file->template || !module_runs(e, m)) continue;
        for (uint32_t i = 1; i < module->nodes.count; i++) {
            const Node *node = &module->nodes.items[i];
            if ((node->kind == NODE_NAME || node->kind == NODE_ATTRIBUTE)
                && !strcmp(str_text(module->strings, node->name), "DjangoOptimizerExtension"))
                return true;
        }
    }
    return false;
}

static uint64_t optimizer_key(void) {
    static const char key;
    return hash_mix((uintptr_t)&key, SURFACE_GRAPHQL);
}

static bool member_resolves(Evaluator *e, const NodeType *type, const ClassMember *member) {
    const char *name = project_text(e->project, member->name);
    if (member->kind != MEMBER_FUNCTION) return false;
    if (!type->strawberry) return !strncmp(name, "resolve_", 8);
    bool other = member->flags & (MEMBER_STATIC | MEMBER_CLASSMETHOD);
    return !other && function_is_decorated(e, member->site);
}

static void resolver_run(Activation *a, const NodeType *type, const ClassMember *member,
                         const Value *row) {
    Evaluator *e = a->e;
    const Value *given[] = {row, e->unknown};
    NodeId node = member->site.node;
    Standing before = declared_enter(a, member->site, SURFACE_GRAPHQL);
    Arguments arguments = arguments_of(node, given, type->strawberry ? 0 : 2);
    arguments.open = true;
    const Value *self = type->strawberry ? row : NULL;
    call_value(a, node, member_function(e, member, self), &arguments);
    declared_leave(a, before);
}

static void nodes_run(Activation *a, const NodeType *type, const Value *rows, bool hinted) {
    Walk walk;
    NodeId node = type->site.node;
    if (!walk_start(a, node, node, rows, &walk)) return;
    walk_turn(a, &walk);
    for (uint32_t i = 0; i < type->klass->members.count; i++) {
        const ClassMember *member = &type->klass->members.items[i];
        if (!member_resolves(a->e, type, member)) continue;
        if (hinted || !function_has_hints(a->e, member->site))
            resolver_run(a, type, member, walk.item);
    }
    walk_end(a, &walk, true);
}

static void run_type(Evaluator *e, const NodeType *type) {
    Activation top;
    entry_start(&top, e, type->klass, SURFACE_GRAPHQL);
    const Value *rows = declared_rows(&top, type->site.node, type->model);
    if (rows->kind == VALUE_QUERYSET) {
        State before = state_copy(e->scratch, &top.state);
        top.undecided++;
        const Plan *open = plan_opened(e->plans, rows->plan);
        nodes_run(&top, type, value_with_plan(e->values, rows, open), true);
        top.undecided--;
        top.state = before;
        top.fallback++;
        bool optimized = type->strawberry && map_get(&e->framework_data, optimizer_key());
        if (!optimized) nodes_run(&top, type, rows, false);
        top.fallback--;
    }
    root_finish(&top);
}

static void run_if_type(Evaluator *e, const Class *klass) {
    NodeType type;
    if (read_graphene(e, klass, &type) || read_strawberry(e, klass, &type)) run_type(e, &type);
}

static void graphql_roots(Evaluator *e) {
    if (project_optimizes(e)) map_put(e->arena, &e->framework_data, optimizer_key(), e);
    classes_visit(e, run_if_type);
}

const Framework framework_graphql = {.roots = graphql_roots};
