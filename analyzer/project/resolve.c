/* resolve.c - what a name stands for, following imports and aliases to the end.
 *
 * Each name a module binds is resolved once and remembered in its Global; one that is asked for
 * while being resolved is part of a cycle and answers unknown. resolve_all() resolves them all, so
 * that afterwards nothing is written. Of several bindings of a name the one that says most wins:
 * see choose(). */
#include "project/link.h"

static Symbol unknown(void) {
    return (Symbol){.kind = SYMBOL_UNKNOWN};
}

static Symbol unknown_beyond(const Project *project) {
    link_cut(project);
    return unknown();
}

static Symbol module_symbol(uint32_t module) {
    return (Symbol){.kind = SYMBOL_MODULE, .site = {module, NODE_NONE}};
}

static Symbol class_symbol(const Class *klass) {
    return (Symbol){.kind = SYMBOL_CLASS, .site = klass->site, .klass = klass,
                    .dotted = klass->qualified};
}

bool symbol_is(const Project *project, Symbol symbol, const char *dotted) {
    bool outside = symbol.kind == SYMBOL_EXTERNAL ||
                   (symbol.kind == SYMBOL_CLASS && symbol.klass->external);
    return outside && strcmp(project_text(project, symbol.dotted), dotted) == 0;
}

Symbol resolve_external(const Project *project, uint32_t module, Str dotted) {
    Str name = known_canonical(project, dotted);
    if (!name) return unknown();
    const LinkClass *known = map_get(&project->index->canonical, name);
    if (known) return class_symbol(&known->klass);
    return (Symbol){.kind = SYMBOL_EXTERNAL, .site = {module, NODE_NONE}, .dotted = name};
}

/* A module of the project below a package, or something outside. */
static Symbol below(const Project *project, uint32_t importer, Str dotted) {
    if (!dotted) return unknown();
    uint32_t found = module_find(project, importer, dotted);
    return found != NO_MODULE ? module_symbol(found)
                              : resolve_external(project, importer, dotted);
}

/* What a module would bind if the first thing outside that it takes all of has that name. */
static Symbol star_outside(const Project *project, uint32_t module, Str name) {
    const Scope *scope = &project->index->scopes[module];
    for (uint32_t i = 0; i < scope->stars.count; i++)
        if (scope->stars.items[i].outside)
            return resolve_external(project, module,
                                    name_join(project, scope->stars.items[i].outside, name));
    return unknown();
}

/* `name` of a module of the project: what it binds, else the module below it, else what it may
 * have from a star import. */
static Symbol module_attribute(const Project *project, uint32_t module, Str name,
                               unsigned depth) {
    Symbol symbol = resolve_global(project, module, name, depth);
    if (symbol.kind != SYMBOL_UNKNOWN) return symbol;
    Str dotted = name_join(project, project->modules[module].name, name);
    uint32_t found = dotted ? module_exact(project, module, dotted) : NO_MODULE;
    return found != NO_MODULE ? module_symbol(found) : star_outside(project, module, name);
}

static Symbol import_relative(const Project *project, uint32_t module, Str dotted, unsigned level,
                              Str name, unsigned depth) {
    Str base = STR_NONE;
    if (!module_relative(project, module, level, dotted, &base)) return unknown();
    uint32_t found = base ? module_exact(project, module, base) : NO_MODULE;
    if (found != NO_MODULE)
        return name ? module_attribute(project, found, name, depth) : module_symbol(found);
    Str whole = name_join(project, base, name); /* a package without __init__.py */
    found = whole && name ? module_exact(project, module, whole) : NO_MODULE;
    return found != NO_MODULE ? module_symbol(found) : unknown();
}

static Symbol import(const Project *project, uint32_t module, Str dotted, unsigned level, Str name,
                     unsigned depth) {
    if (level) return import_relative(project, module, dotted, level, name, depth);
    uint32_t found = module_find(project, module, dotted);
    if (!name) return below(project, module, dotted);
    if (found != NO_MODULE) return module_attribute(project, found, name, depth);
    return below(project, module, name_join(project, dotted, name));
}

Symbol project_import(const Project *project, uint32_t module, Str dotted, unsigned level,
                      Str name) {
    return import(project, module, dotted, level, name, 0);
}

static Symbol resolve_import(const Project *project, Site site, Str bound, unsigned depth) {
    NodeId as = site_child(project, site, 0);
    return import(project, site.module, as ? site_name(project, site) : bound, 0, STR_NONE, depth);
}

static Symbol resolve_from(const Project *project, uint32_t module, const Binding *binding,
                           unsigned depth) {
    const Node *from = site_node(project, (Site){module, binding->from});
    return import(project, module, project_name(project, module, from->name), from->extra,
                  site_name(project, (Site){module, binding->node}), depth);
}

/* `Base = other.Base` stands for what it names, not for an expression. */
static Symbol resolve_value(const Project *project, Site site, unsigned depth) {
    Symbol value = {.kind = SYMBOL_VALUE, .site = site};
    uint8_t kind = site_node(project, site)->kind;
    if (kind != NODE_NAME && kind != NODE_ATTRIBUTE) return value;
    Symbol other = resolve_expression(project, site, NULL, NODE_NONE, depth + 1);
    bool blank = other.kind == SYMBOL_VALUE && !other.site.node;
    return other.kind == SYMBOL_UNKNOWN || blank ? value : other;
}

static Symbol resolve_binding(const Project *project, uint32_t module, Str name,
                              const Binding *binding, unsigned depth) {
    Site site = {module, binding->node};
    switch (binding->kind) {
    case BINDING_CLASS: return class_symbol(binding->klass);
    case BINDING_FUNCTION: return (Symbol){.kind = SYMBOL_FUNCTION, .site = site};
    case BINDING_IMPORT: return resolve_import(project, site, name, depth + 1);
    case BINDING_FROM: return resolve_from(project, module, binding, depth + 1);
    case BINDING_VALUE: return resolve_value(project, site, depth);
    case BINDING_NOTHING: return (Symbol){.kind = SYMBOL_VALUE, .site = site};
    case BINDING_OTHER: break;
    }
    return (Symbol){.kind = SYMBOL_VALUE, .site = {module, NODE_NONE}};
}

/* How much an import says: something of the project, a known class, something outside. */
static unsigned import_worth(Symbol symbol) {
    switch (symbol.kind) {
    case SYMBOL_UNKNOWN: return 0;
    case SYMBOL_EXTERNAL: return 1;
    case SYMBOL_VALUE: return symbol.site.node ? 3 : 1;
    case SYMBOL_CLASS: return symbol.klass->external ? 2 : 3;
    default: return 3;
    }
}

/* Of several bindings: the last class or function, unless it stands in for an import of the
 * project's that may fail; else the first import that leads into the
 * project, else the one that says most; a value only if it is the only one but for `= None`. */
static Symbol choose(const Project *project, uint32_t module, const Global *global,
                     unsigned depth) {
    const Binding *defined = NULL, *value = NULL;
    unsigned values = 0, nothings = 0, best_worth = 0;
    Symbol best = unknown();
    for (const Binding *at = global->first; at; at = at->next) {
        if (at->kind == BINDING_CLASS || at->kind == BINDING_FUNCTION) defined = at;
        if (at->kind == BINDING_NOTHING) nothings++;
        if (at->kind == BINDING_VALUE || at->kind == BINDING_OTHER) values++, value = at;
        if (at->kind < BINDING_IMPORT || best_worth == 3) continue;
        Symbol symbol = resolve_binding(project, module, global->name, at, depth);
        if (import_worth(symbol) > best_worth) best = symbol, best_worth = import_worth(symbol);
    }
    if (defined && (!defined->handles || best_worth < 3))
        return resolve_binding(project, module, global->name, defined, depth);
    if (best_worth) return best;
    if (values == 1) return resolve_binding(project, module, global->name, value, depth);
    if (!values && nothings) return resolve_binding(project, module, global->name, global->first,
                                                    depth);
    if (values) return (Symbol){.kind = SYMBOL_VALUE, .site = {module, NODE_NONE}};
    return unknown();
}

static Symbol resolve_in(const Project *project, uint32_t module, Global *global,
                         unsigned depth) {
    if (global->state == STEP_DONE) return global->symbol;
    if (global->state == STEP_RUNNING) return unknown();
    if (depth > LINK_DEPTH) return unknown_beyond(project);
    global->state = STEP_RUNNING;
    global->symbol = choose(project, module, global, depth);
    global->state = STEP_DONE;
    return global->symbol;
}

static Symbol search_stars(const Project *project, const Scope *scope, Str name, unsigned *budget,
                           unsigned depth);

static Symbol search_star(const Project *project, const Star *star, Str name, unsigned *budget,
                          unsigned depth) {
    if (star->module == NO_MODULE) {
        Symbol outside = resolve_external(project, 0, name_join(project, star->outside, name));
        return star->outside && outside.kind == SYMBOL_CLASS ? outside : unknown();
    }
    Global *global = map_get(&project->modules[star->module].globals, name);
    if (global) return resolve_in(project, star->module, global, depth + 1);
    return search_stars(project, &project->index->scopes[star->module], name, budget, depth + 1);
}

/* `from x import *`, the last first. A budget ends what imports itself in circles. */
static Symbol search_stars(const Project *project, const Scope *scope, Str name, unsigned *budget,
                           unsigned depth) {
    for (uint32_t i = scope->stars.count; i > 0; i--) {
        if (!*budget || depth > LINK_DEPTH) return unknown_beyond(project);
        --*budget;
        Symbol symbol = search_star(project, &scope->stars.items[i - 1], name, budget, depth);
        if (symbol.kind != SYMBOL_UNKNOWN) return symbol;
    }
    return unknown();
}

Symbol resolve_global(const Project *project, uint32_t module, Str name, unsigned depth) {
    Global *global = map_get(&project->modules[module].globals, name);
    if (global) return resolve_in(project, module, global, depth);
    const Scope *scope = &project->index->scopes[module];
    if (!scope->stars.count || project_text(project, name)[0] == '_') return unknown();
    unsigned budget = LINK_STARS;
    return search_stars(project, scope, name, &budget, depth);
}

static Symbol class_attribute(const Project *project, const Class *klass, Str name,
                              unsigned depth) {
    if (klass->external)
        return resolve_external(project, klass->site.module,
                                name_join(project, klass->qualified, name));
    const ClassMember *member = class_own(klass, name);
    if (!member) {
        class_prepare(project, link_class(klass), depth + 1);
        member = class_member(klass, name);
    }
    if (!member) return unknown();
    if (member->kind == MEMBER_CLASS) return class_symbol(member->klass);
    if (member->kind == MEMBER_FUNCTION)
        return (Symbol){.kind = SYMBOL_FUNCTION, .site = member->site};
    return unknown();
}

Symbol resolve_attribute(const Project *project, Symbol symbol, Str name, unsigned depth) {
    switch (symbol.kind) {
    case SYMBOL_MODULE: return module_attribute(project, symbol.site.module, name, depth);
    case SYMBOL_CLASS: return class_attribute(project, symbol.klass, name, depth);
    case SYMBOL_EXTERNAL:
        return below(project, symbol.site.module, name_join(project, symbol.dotted, name));
    default: return unknown();
    }
}

/* A bare name: the class body it stands in, the function, the module. */
static Symbol resolve_name(const Project *project, uint32_t module, Str name, const Class *outer,
                           NodeId function, unsigned depth) {
    const ClassMember *member = outer ? class_own(outer, name) : NULL;
    if (member && member->kind == MEMBER_CLASS) return class_symbol(member->klass);
    const Scope *scope = function
        ? map_get(&project->index->functions, site_key((Site){module, function})) : NULL;
    Global *global = scope ? map_get(&scope->names, name) : NULL;
    if (global) {
        Symbol symbol = resolve_in(project, module, global, depth);
        if (symbol.kind != SYMBOL_UNKNOWN) return symbol;
    }
    return resolve_global(project, module, name, depth);
}

Symbol resolve_expression(const Project *project, Site expression, const Class *outer,
                          NodeId function, unsigned depth) {
    Str chain[LINK_CHAIN];
    unsigned length = 0;
    Site at = expression;
    while (site_node(project, at)->kind == NODE_ATTRIBUTE) {
        if (length == LINK_CHAIN) return unknown_beyond(project);
        chain[length++] = site_name(project, at);
        at.node = site_child(project, at, 0);
    }
    if (site_node(project, at)->kind != NODE_NAME) return unknown();
    if (depth > LINK_DEPTH) return unknown_beyond(project);
    Symbol symbol = resolve_name(project, at.module, site_name(project, at), outer, function,
                                 depth);
    while (length && symbol.kind != SYMBOL_UNKNOWN)
        symbol = resolve_attribute(project, symbol, chain[--length], depth);
    return symbol;
}

Symbol project_global(const Project *project, uint32_t module, Str name) {
    return name ? resolve_global(project, module, name, 0) : unknown();
}

Symbol project_expression(const Project *project, uint32_t module, NodeId expression) {
    return resolve_expression(project, (Site){module, expression}, NULL, NODE_NONE, 0);
}

Symbol project_attribute(const Project *project, Symbol symbol, Str name) {
    return name ? resolve_attribute(project, symbol, name, 0) : unknown();
}

static void find_stars(Project *project, uint32_t module) {
    Scope *scope = &project->index->scopes[module];
    for (uint32_t i = 0; i < scope->stars.count; i++) {
        Star *star = &scope->stars.items[i];
        const Node *from = site_node(project, (Site){module, star->from});
        Str dotted = project_name(project, module, from->name);
        Symbol found = import(project, module, dotted, from->extra, STR_NONE, 0);
        if (found.kind == SYMBOL_MODULE) star->module = found.site.module;
        else if (!from->extra) star->outside = dotted;
    }
}

static bool is_import(const Global *global) {
    return global->last->kind >= BINDING_IMPORT;
}

void resolve_all(Project *project) {
    for (uint32_t i = 0; i < project->module_count; i++) find_stars(project, i);
    for (uint32_t i = 0; i < project->module_count; i++) {
        const Scope *scope = &project->index->scopes[i];
        for (uint32_t k = 0; k < scope->order.count; k++) {
            Symbol symbol = resolve_in(project, i, scope->order.items[k], 0);
            if (symbol.kind == SYMBOL_UNKNOWN && is_import(scope->order.items[k]))
                project->unresolved_imports++;
        }
    }
}
