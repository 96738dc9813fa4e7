/* GraphQL types of models: their resolvers run for each node.
 *
 *     class BookType(DjangoObjectType):             @strawberry_django.type(Book)
 *         class Meta: model = Book                  class BookType:
 *         def resolve_author(root, info)                @strawberry.field
 *                                                       def author_name(self)
 *
 * Which queryset the nodes come from is not in view: a query that no loading could spare is
 * likely; reads that a select_related() somewhere may serve are possible. */
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

static void nodes_run(Activation *a, const NodeType *type, const Value *rows) {
    Walk walk;
    NodeId node = type->site.node;
    if (!walk_start(a, node, node, rows, &walk)) return;
    walk_turn(a, &walk);
    for (uint32_t i = 0; i < type->klass->members.count; i++) {
        const ClassMember *member = &type->klass->members.items[i];
        if (member_resolves(a->e, type, member)) resolver_run(a, type, member, walk.item);
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
        nodes_run(&top, type, value_with_plan(e->values, rows, plan_opened(e->plans, rows->plan)));
        top.undecided--;
        top.state = before;
        top.fallback++;
        nodes_run(&top, type, rows);
        top.fallback--;
    }
    root_finish(&top);
}

static void run_if_type(Evaluator *e, const Class *klass) {
    NodeType type;
    if (read_graphene(e, klass, &type) || read_strawberry(e, klass, &type)) run_type(e, &type);
}

static void graphql_roots(Evaluator *e) {
    classes_visit(e, run_if_type);
}

const Framework framework_graphql = {.roots = graphql_roots};
