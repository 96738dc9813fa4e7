/* signals.c - which models have receivers: code that wants to hear of each row that is written.
 *
 *     @receiver(post_save, sender=Book)            post_delete.connect(forget, sender=Book)
 *     @receiver([post_save, post_delete])          m2m_changed.connect(count, Book.tags.through)
 *
 * A receiver without a sender hears of all models. A sender that the code computes is looked for
 * where the function that connects it is called (`registrar.connect(Book)`), and for a field's
 * class among the models that have such a field; if that finds nothing, it may be any model. */
#include "project/model.h"

#include <string.h>

enum { SIGNAL_WALK = 200 /* nesting of code */, SIGNAL_COMPUTED = 64 };

static const struct {
    const char *name;
    uint8_t bits;
} signals[] = {
    {"pre_save", RECEIVES_SAVE},     {"post_save", RECEIVES_SAVE},
    {"pre_delete", RECEIVES_DELETE}, {"post_delete", RECEIVES_DELETE},
    {"m2m_changed", RECEIVES_M2M},
};

typedef struct Around { /* what the code at hand stands in */
    uint32_t module;
    NodeId function;
    const Class *klass;
    unsigned depth;
} Around;

typedef struct Computed { /* a sender that a function is given, or works out */
    Str function;
    const Class *field;   /* a field's class: models that have one are meant */
    uint8_t bits;
    bool found;
} Computed;

typedef struct Finder {
    Project *project;
    Array(Computed) computed;
    void (*visit)(struct Finder *finder, Around around, NodeId call);
    const char *const *words; /* a module that says none of them has nothing to visit; NULL: all */
} Finder;

/* What a name stands for where it is read, imports inside the function included. */
static Symbol meaning(Project *project, Around around, Site site) {
    if (around.function) collect_function(project, (Site){around.module, around.function});
    return resolve_expression(project, site, NULL, around.function, 0);
}

static Str last_name(const Project *project, Site site) {
    uint8_t kind = site_node(project, site)->kind;
    return kind == NODE_NAME || kind == NODE_ATTRIBUTE ? site_name(project, site) : STR_NONE;
}

static bool called(const Project *project, Str name, const char *text) {
    return name && !strcmp(project_text(project, name), text);
}

/* Which of Django's signals an expression names; a project's own of the same name is none. */
static uint8_t signal_bits(Project *project, Around around, NodeId node) {
    Site site = {around.module, node};
    const Node *at = site_node(project, site);
    uint8_t bits = 0;
    if (at->kind == NODE_LIST || at->kind == NODE_TUPLE) {
        for (uint32_t i = 0; i < node_count(project_module(project, site.module), node); i++) {
            Around inside = around;
            NodeId item = site_child(project, site, i);
            bits |= item ? signal_bits(project, inside, item) : 0;
        }
        return bits;
    }
    Str name = last_name(project, site);
    for (size_t i = 0; name && i < sizeof signals / sizeof *signals; i++)
        if (called(project, name, signals[i].name)) bits = signals[i].bits;
    if (!bits) return 0;
    Symbol symbol = meaning(project, around, site);
    return symbol.kind == SYMBOL_VALUE || symbol.kind == SYMBOL_FUNCTION ? 0 : bits;
}

static LinkModel *sender_model(Project *project, Around around, Site sender) {
    Symbol symbol = meaning(project, around, sender);
    if (symbol.kind == SYMBOL_CLASS && symbol.klass->model) return link_model(symbol.klass->model);
    Str text = STR_NONE;
    return target_of(project, NULL, sender, NULL, &text, 0);
}

/* Book.tags.through: that relation, in both directions. */
static bool mark_through(Project *project, Around around, Site sender) {
    Site field = {sender.module, site_child(project, sender, 0)};
    if (site_node(project, field)->kind != NODE_ATTRIBUTE) return false;
    Site owner = {sender.module, site_child(project, field, 0)};
    const LinkModel *model = sender_model(project, around, owner);
    const Relation *relation = model ? model_relation(&model->model, site_name(project, field))
                                     : NULL;
    if (!relation) return false;
    ((Relation *)(uintptr_t)relation)->received = true;
    if (relation->inverse) ((Relation *)(uintptr_t)relation->inverse)->received = true;
    return true;
}

static bool mark_sender(Project *project, Around around, Site sender, uint8_t bits) {
    bool through = site_node(project, sender)->kind == NODE_ATTRIBUTE
                   && called(project, site_name(project, sender), "through");
    if (through) return mark_through(project, around, sender);
    LinkModel *model = sender_model(project, around, sender);
    if (model) model->model.receives |= bits;
    return model != NULL;
}

static bool class_is_field(const Class *klass) {
    for (uint32_t i = 0; klass && i < klass->mro_count; i++) {
        const char *text = link_class(klass->mro[i])->text;
        if (klass->mro[i]->external && (text_ends(text, "Field") || text_ends(text, "ForeignKey")))
            return true;
    }
    return false;
}

static void connect(Finder *finder, Around around, Site sender, uint8_t bits) {
    Project *project = finder->project;
    const Node *node = sender.node ? site_node(project, sender) : NULL;
    if (!node || (node->kind == NODE_CONSTANT && node->extra == CONSTANT_NONE)) {
        project->receives |= bits;
        return;
    }
    if (mark_sender(project, around, sender, bits)) return;
    Computed computed = {.bits = bits};
    if (class_is_field(around.klass)) computed.field = around.klass;
    else if (around.function) computed.function = site_name(project, (Site){around.module,
                                                                           around.function});
    for (uint32_t i = 0; i < finder->computed.count; i++) {
        Computed *known = &finder->computed.items[i];
        if (known->function != computed.function || known->field != computed.field) continue;
        known->bits |= bits;
        return;
    }
    if (finder->computed.count < SIGNAL_COMPUTED) {
        array_push(project->arena, &finder->computed, computed);
    } else {
        project->receives |= bits;
        link_cut(project);
    }
}

/* connect(receiver, sender) and receiver(signals, sender=...). */
static void visit_connection(Finder *finder, Around around, NodeId call) {
    Project *project = finder->project;
    Site site = {around.module, call};
    Site callee = {around.module, site_child(project, site, 0)};
    Str name = last_name(project, callee);
    bool method = called(project, name, "connect");
    if (!method && !called(project, name, "receiver")) return;
    NodeId signal = method ? site_child(project, callee, 0)
                           : call_argument(project, site, 0, "signal").node;
    if (method && site_node(project, callee)->kind != NODE_ATTRIBUTE) return;
    uint8_t bits = signal ? signal_bits(project, around, signal) : 0;
    if (!bits) return;
    connect(finder, around, call_argument(project, site, method ? 1 : -1, "sender"), bits);
}

/* A call of a function that connects a sender it was given: its arguments name the models. */
static void visit_registration(Finder *finder, Around around, NodeId call) {
    Project *project = finder->project;
    const Module *module = project_module(project, around.module);
    Str name = last_name(project, (Site){around.module, node_child(module, call, 0)});
    for (uint32_t k = 0; name && k < finder->computed.count; k++) {
        Computed *computed = &finder->computed.items[k];
        if (computed->field || computed->function != name) continue;
        for (uint32_t i = 1; i < node_count(module, call); i++) {
            NodeId argument = node_child(module, call, i);
            if (module_node(module, argument)->kind == NODE_KEYWORD)
                argument = node_child(module, argument, 0);
            LinkModel *model = sender_model(project, around, (Site){around.module, argument});
            if (!model) continue;
            model->model.receives |= computed->bits;
            computed->found = true;
        }
    }
}

static void walk(Finder *finder, Around around, NodeId node) {
    Project *project = finder->project;
    const Module *module = project_module(project, around.module);
    if (around.depth++ > SIGNAL_WALK) {
        link_cut(project);
        return;
    }
    switch (module_node(module, node)->kind) {
    case NODE_CALL: finder->visit(finder, around, node); break;
    case NODE_FUNCTION: around.function = node; break; /* decorators stand outside: no harm */
    case NODE_CLASS: around.klass = project_class_at(project, (Site){around.module, node}); break;
    default: break;
    }
    for (uint32_t i = 0; i < node_count(module, node); i++)
        walk(finder, around, node_child(module, node, i));
}

static bool module_says(const Module *module, const char *const *words) {
    for (; words && *words; words++)
        if (str_find(module->strings, *words, strlen(*words))) return true;
    return !words;
}

static void walk_all(Finder *finder) {
    Project *project = finder->project;
    for (uint32_t m = 0; m < project->module_count; m++) {
        const ProjectModule *module = &project->modules[m];
        bool test = module->file->role == FILE_TEST && !project->index->options.include_tests;
        if (!module->module || test || module->file->role == FILE_MIGRATION) continue;
        if (!module_says(module->module, finder->words)) continue;
        walk(finder, (Around){.module = m}, module->module->root);
    }
}

static bool model_has_field(const Project *project, const Model *model, const Class *field) {
    for (uint32_t i = 0; i < model->klass->mro_count; i++) {
        const Class *klass = model->klass->mro[i];
        for (uint32_t k = 0; k < klass->members.count; k++) {
            Site site = klass->members.items[k].site;
            if (klass->members.items[k].kind != MEMBER_VALUE || !site.node
                || site_node(project, site)->kind != NODE_CALL)
                continue;
            Symbol symbol = project_expression(project, site.module, site_child(project, site, 0));
            if (symbol.kind == SYMBOL_CLASS && class_inherits(symbol.klass, field)) return true;
        }
    }
    return false;
}

static void mark_owners(Project *project, const Computed *computed) {
    for (uint32_t i = 0; i < project->models.count; i++)
        if (model_has_field(project, project->models.items[i], computed->field))
            project->models.items[i]->receives |= computed->bits;
}

void signals_link(Project *project) {
    static const char *const words[] = {"pre_save", "post_save", "pre_delete", "post_delete",
                                        "m2m_changed", NULL};
    Finder finder = {.project = project, .visit = visit_connection, .words = words};
    walk_all(&finder);
    bool calls = false;
    for (uint32_t i = 0; i < finder.computed.count; i++) {
        if (finder.computed.items[i].field) mark_owners(project, &finder.computed.items[i]);
        else calls = true;
    }
    finder.visit = visit_registration;
    finder.words = NULL;
    if (calls) walk_all(&finder);
    for (uint32_t i = 0; i < finder.computed.count; i++)
        if (!finder.computed.items[i].field && !finder.computed.items[i].found)
            project->receives |= finder.computed.items[i].bits;
}
