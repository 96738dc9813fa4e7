/* The nodes that only templates have. A page runs in one activation: what a template extends is run
 * by setting the activation to that module for a while, and a {% block %} runs the body that the
 * most derived template gives it. What is included is a call of its own, with the names seen
 * here as its context. */
#include "flow/templates.h"

#include <ctype.h>
#include <stdlib.h>

/* Rendering. */

/* `part`: a BLOCK of a template. */
static void render_part(Activation *a, NodeId node, Site part, const Value *context) {
    Value draft = {.kind = VALUE_METHOD, .site = part, .self = context};
    call_value(a, node, value_intern(a->e->values, &draft), &(Arguments){0});
}

static const Module *code_of(const Evaluator *e, uint32_t module) {
    return e->project->modules[module].module;
}

/* The root of the template in that file. */
static Site root_of(const Evaluator *e, uint32_t module) {
    return (Site){module, code_of(e, module)->root};
}

bool template_runs(const Activation *a) {
    return a->page || a->e->project->modules[a->module].file->template;
}

/* Counts the place once, as a page that is asked for by a name, or not. */
static void count_page(Evaluator *e, Site site, bool include, bool found) {
    uint64_t key = hash_mix(site_key(site), include);
    if (map_get(&e->pages, key)) return;
    map_put(e->arena, &e->pages, key, e);
    FlowStatistics *statistics = &e->flow->statistics;
    if (!found) unknown_because(e, include ? "template that is included, out of view"
                                           : "template that is rendered, of unknown name");
    if (include) statistics->includes++, statistics->includes_found += found;
    else statistics->renders++, statistics->renders_found += found;
}

/* "shop/list.html"; "shop/list.html#row" means a part of it. */
static uint32_t module_of_name(Activation *a, const Value *name) {
    const char *text = project_text(a->e->project, name->name);
    if (name->kind != VALUE_STRING || !*text || *text == '#') return PROJECT_NO_TEMPLATE;
    if (strchr(text, '#')) text = arena_copy(a->e->arena, text, strcspn(text, "#"));
    return project_template(a->e->project, a->module, text);
}

/* The body of {% partialdef name %}; NODE_NONE: the template has none. */
static NodeId find_partial(Evaluator *e, uint32_t module, const char *name) {
    const Module *code = e->project->modules[module].module;
    for (NodeId id = 1; code && id < code->nodes.count; id++) {
        const Node *node = &code->nodes.items[id];
        if (node->kind != NODE_TAG || node_count(code, id) != 3
            || !name_is(e, project_name(e->project, module, node->name), "partialdef"))
            continue;
        const Node *given = module_node(code, node_child(code, id, 2));
        if (name_is(e, project_name(e->project, module, given->name), name))
            return node_child(code, id, 1);
    }
    return NODE_NONE;
}

static bool render_named(Activation *a, NodeId node, const Value *name, const Value *context) {
    if (name->kind == VALUE_MANY) name = name->self; /* of either of several lists */
    if (name->kind == VALUE_UNION) {
        bool found = false;
        for (uint32_t i = 0; i < name->count; i++)
            found |= render_named(a, node, name->items[i], context);
        return found;
    }
    if (name->kind == VALUE_SEQUENCE) {
        for (uint32_t i = 0; i < name->count; i++)
            if (render_named(a, node, name->items[i], context)) return true;
        return false;
    }
    uint32_t module = module_of_name(a, name);
    if (module == PROJECT_NO_TEMPLATE) return false;
    const char *partial = strchr(project_text(a->e->project, name->name), '#');
    NodeId part = partial ? find_partial(a->e, module, partial + 1) : NODE_NONE;
    if (context && part) render_part(a, node, (Site){module, part}, context);
    else if (context) render_part(a, node, root_of(a->e, module), context);
    return true;
}

void template_render_at(Activation *a, NodeId node, Site place, const Value *name,
                        const Value *context) {
    if (context && context->kind != VALUE_DICT) context = NULL;
    bool found = name && render_named(a, node, name, context);
    count_page(a->e, place, false, found);
}

void template_render_text(Activation *a, NodeId node, Site root, const Value *context) {
    if (context && context->kind == VALUE_DICT) render_part(a, node, root, context);
}

void template_render(Activation *a, NodeId node, const Value *name, const Value *context) {
    template_render_at(a, node, site_of(a, node), name, context);
}

const Value *template_context(Activation *a) {
    Evaluator *e = a->e;
    const Value *items[256];
    uint32_t count = 0;
    bool whole = context_is_whole(a);
    for (uint32_t i = 0; i < a->state.facts.count; i++) {
        Fact fact = a->state.facts.items[i];
        if (fact_kind(fact.key) != FACT_VARIABLE) break;
        bool hides = whole || processor_gives(e, (Str)fact.key);
        if (fact.value->kind == VALUE_UNKNOWN && !hides) continue;
        if (count == sizeof items / sizeof *items) {
            e->flow->statistics.cut_items++;
            whole = false;
            break;
        }
        items[count++] = value_string(e->values, (Str)fact.key);
        items[count++] = fact.value;
    }
    Value draft = {.kind = VALUE_DICT, .items = items, .count = count,
                   .flags = whole ? 0 : VALUE_DOUBTFUL};
    return value_intern(e->values, &draft);
}

/* A page: the template, and what it extends. */

static NodeId find_extends(const Module *module, NodeId root) {
    for (uint32_t i = 0; i < node_count(module, root); i++) {
        NodeId child = node_child(module, root, i);
        if (module_node(module, child)->kind == NODE_EXTENDS) return child;
    }
    return NODE_NONE;
}

/* The SECTION of a template with that name, wherever it stands in it. */
static NodeId find_section(Evaluator *e, Site root, Str name) {
    const Module *code = code_of(e, root.module);
    const Embedded *embedded = module_embedded_root(code, root.node);
    for (NodeId id = embedded ? embedded->first : 1; id <= root.node; id++)
        if (code->nodes.items[id].kind == NODE_SECTION
            && project_name(e->project, root.module, code->nodes.items[id].name) == name)
            return id;
    return NODE_NONE;
}

/* Goes on in another template of the page; gives the one before. */
static Site template_enter(Activation *a, Site root) {
    Site before = {a->module, a->definition};
    a->module = root.module;
    a->definition = root.node;
    return before;
}

/* Runs a part of a template of the page, in the state we are in. */
static void run_part(Activation *a, uint32_t level, NodeId part) {
    Page *page = a->page;
    Site around = template_enter(a, page->templates[level]);
    uint32_t before = page->level;
    page->level = level;
    execute(a, part);
    page->level = before;
    template_enter(a, around);
}

static void run_section(Activation *a, Str name, uint32_t from, NodeId own) {
    Page *page = a->page;
    for (uint32_t level = from; level < page->count; level++) {
        NodeId section = find_section(a->e, page->templates[level], name);
        if (section == NODE_NONE) continue;
        const Module *code = code_of(a->e, page->templates[level].module);
        Str outer = page->section;
        uint32_t outer_level = page->section_level;
        page->section = name;
        page->section_level = level;
        run_part(a, level, node_child(code, section, 0));
        page->section = outer;
        page->section_level = outer_level;
        return;
    }
    if (own) execute(a, own);
}

/* What stands outside the blocks of a template that extends another: assignments and imports. */
static void run_preamble(Activation *a, NodeId root) {
    for (uint32_t i = 0; i < children_of(a, root); i++) {
        NodeId child = child_at(a, root, i);
        uint8_t kind = node_at(a, child)->kind;
        if (kind == NODE_ASSIGN || kind == NODE_MACROS || kind == NODE_FUNCTION)
            execute(a, child);
    }
}

/* The base is not in view: its blocks are ours alone. */
static void run_sections(Activation *a, Site root) {
    context_opens(a);
    const Module *code = code_of(a->e, root.module);
    for (uint32_t i = 0; i < node_count(code, root.node); i++) {
        NodeId child = node_child(code, root.node, i);
        if (module_node(code, child)->kind != NODE_SECTION) continue;
        Str name = project_name(a->e->project, root.module, module_node(code, child)->name);
        run_section(a, name, 0, NODE_NONE);
    }
}

static void run_page(Activation *a, uint32_t level) {
    Page *page = a->page;
    Site root = page->templates[level];
    NodeId extends = find_extends(code_of(a->e, root.module), root.node);
    if (extends == NODE_NONE) {
        run_part(a, level, root.node);
        return;
    }
    Site before = template_enter(a, root);
    run_preamble(a, root.node);
    const Value *name = evaluate(a, child_at(a, extends, 0));
    uint32_t base = module_of_name(a, name);
    count_page(a->e, site_of(a, extends), true, base != PROJECT_NO_TEMPLATE);
    template_enter(a, before);
    bool again = false;
    for (uint32_t i = 0; base != PROJECT_NO_TEMPLATE && i < page->count; i++)
        again |= site_key(page->templates[i]) == site_key(root_of(a->e, base));
    if (base == PROJECT_NO_TEMPLATE || again || page->count == PAGE_TEMPLATES) {
        run_sections(a, root);
        return;
    }
    page->templates[page->count++] = root_of(a->e, base);
    run_page(a, level + 1);
}

void template_body(Activation *a, NodeId root, const Value *context) {
    Evaluator *e = a->e;
    const Module *code = code_of(e, a->module);
    Page page = {.templates = {{a->module, root}}, .count = 1};
    bool whole = code->root == root || module_embedded_root(code, root);
    for (uint32_t i = 0; i + 1 < context->count; i += 2)
        if (context->items[i]->kind == VALUE_STRING)
            variable_set(a, context->items[i]->name, context->items[i + 1]);
    context_enter(a, context);
    a->page = &page;
    a->surface = SURFACE_TEMPLATE;
    if (!whole) page.templates[0].node = code->root;
    if (whole) run_page(a, 0);
    else execute(a, root);
    a->page = NULL;
}

/* Lookups. */

static bool is_index(const char *text) {
    if (!*text) return false;
    for (; *text; text++)
        if (!isdigit((unsigned char)*text)) return false;
    return true;
}

static bool is_jinja(const Activation *a) {
    return a->e->project->modules[a->module].module->engine == ENGINE_JINJA;
}

/* Whether a function of the project can be called without arguments. */
static bool takes_nothing(Evaluator *e, const Value *function) {
    const Module *module = e->project->modules[function->site.module].module;
    NodeId parameters = node_child(module, function->site.node, 0);
    uint32_t first = function->kind == VALUE_METHOD;
    if (module_node(module, parameters)->kind != NODE_PARAMETERS) return true;
    for (uint32_t i = first; i < node_count(module, parameters); i++) {
        NodeId parameter = node_child(module, parameters, i);
        const Node *node = module_node(module, parameter);
        if (node->flags & (NODE_STARRED | NODE_DOUBLE)) continue;
        if (node_child(module, parameter, 0) == NODE_NONE) return false;
    }
    return true;
}

/* alters_data: such a method is not called by a template. */
static bool alters_data(Evaluator *e, const Value *builtin) {
    const char *name = project_text(e->project, builtin->name);
    if (builtin->self->kind == VALUE_ROW)
        return strstr(name, "save") || strstr(name, "delete") || strstr(name, "refresh");
    const QuerysetMethod *method = queryset_method(name);
    return method && method->runs == RUNS_WRITE;
}

static const Value *call_if_callable(Activation *a, NodeId node, const Value *value) {
    Evaluator *e = a->e;
    switch ((ValueKind)value->kind) {
    case VALUE_FUNCTION: case VALUE_METHOD:
        return takes_nothing(e, value) ? call_value(a, node, value, &(Arguments){0}) : e->unknown;
    case VALUE_BUILTIN:
        return alters_data(e, value) ? e->unknown : call_value(a, node, value, &(Arguments){0});
    case VALUE_CLASS: return e->unknown;
    case VALUE_UNION: {
        const Value *joined = NULL;
        for (uint32_t i = 0; i < value->count; i++) {
            joined = value_join(e->values, e->plans, joined,
                                call_if_callable(a, node, value->items[i]));
        }
        return joined;
    }
    default: return value;
    }
}

const Value *template_resolved(Activation *a, NodeId node, const Value *value) {
    bool callable = value->kind == VALUE_FUNCTION || value->kind == VALUE_METHOD;
    return callable && !is_jinja(a) ? call_if_callable(a, node, value) : value;
}

static const Value *lookup_index(Activation *a, NodeId node, const Value *value, long index) {
    Evaluator *e = a->e;
    switch ((ValueKind)value->kind) {
    case VALUE_QUERYSET:
        queryset_run(a, node, value, OPERATION_INDEX);
        return queryset_rows(a, node, value, activation_turn(a));
    case VALUE_MANY: return value_turned(e->values, value->self, TURN_EACH, activation_turn(a));
    case VALUE_SEQUENCE:
        return index < (long)value->count ? value->items[index] : e->unknown;
    default: return e->unknown;
    }
}

static const Value *lookup_key(Activation *a, const Value *dict, Str name) {
    const Value *found = value_key(dict, name);
    if (found) return found;
    const char *text = project_text(a->e->project, name);
    bool method = !strcmp(text, "items") || !strcmp(text, "keys") || !strcmp(text, "values");
    if (method || !dict->self) return NULL;
    return value_turned(a->e->values, dict->self, TURN_EACH, activation_turn(a));
}

/* Whether the nodes behind `first`, up to `last`, say the name. */
static bool nodes_say(const Evaluator *e, uint32_t module, NodeId first, NodeId last, Str name) {
    for (NodeId id = first + 1; id <= last; id++) {
        const Node *node = module_node(code_of(e, module), id);
        if (node->kind == NODE_NAME && project_name(e->project, module, node->name) == name)
            return true;
    }
    return false;
}

/* A macro with those names of the context that it says: what stands between it and `before`. */
static const Value *macro_make(Activation *a, Site macro, NodeId before, const Value *context) {
    const Value *items[2 * LIMIT_ARGUMENTS];
    Value draft = {.kind = VALUE_FUNCTION, .site = macro, .items = items};
    for (uint32_t i = 0; context && i + 1 < context->count; i += 2) {
        Str name = context->items[i]->name;
        if (draft.count + 2 > 2 * LIMIT_ARGUMENTS) break;
        if (!nodes_say(a->e, macro.module, before, macro.node, name)) continue;
        items[draft.count++] = context->items[i];
        items[draft.count++] = context->items[i + 1];
    }
    return value_intern(a->e->values, &draft);
}

/* {% import "x" as y %}{{ y.macro() }}; `context`: what macros know besides, or NULL */
static const Value *lookup_macro(Activation *a, uint32_t module, Str name, const Value *context) {
    const Module *code = code_of(a->e, module);
    NodeId before = NODE_NONE;
    for (uint32_t i = 0; i < node_count(code, code->root); i++) {
        NodeId child = node_child(code, code->root, i);
        const Node *node = module_node(code, child);
        if (node->kind == NODE_FUNCTION && project_name(a->e->project, module, node->name) == name)
            return macro_make(a, (Site){module, child}, before, context);
        before = child;
    }
    return a->e->unknown;
}

/* What a row does not have is empty on the page. */
static bool lookup_is_empty(Activation *a, const Value *value, Str name) {
    uint32_t absent = a->absent;
    bool empty = value->kind == VALUE_ROW && value->birth->model && row_lacks(a, value, name)
                 && row_has(a, value, name)->kind == VALUE_BOOL
                 && !(row_has(a, value, name)->flags & VALUE_TRUE);
    a->absent = absent;
    return empty;
}

/* {{ form.author }}: a form's field goes before what its class says under that name. */
static const Value *lookup_field(Activation *a, NodeId node, const Value *form, Str name) {
    if (form->kind != VALUE_OBJECT || !form->klass
        || !class_is(form->klass, "django.forms.BaseForm"))
        return NULL;
    Str fields = str_of(a->e->project->strings, "fields");
    const Value *found = value_attribute(a, node, form, fields);
    return found->kind == VALUE_DICT ? value_key(found, name) : NULL;
}

const Value *template_lookup(Activation *a, NodeId node, const Value *value, Str name) {
    Evaluator *e = a->e;
    const char *text = project_text(e->project, name);
    if (value->kind == VALUE_NONE && context_is_whole(a)) return value;
    if (is_index(text)) return lookup_index(a, node, value, strtol(text, NULL, 10));
    if (value->kind == VALUE_UNION) {
        const Value *joined = NULL;
        for (uint32_t i = 0; i < value->count; i++) {
            joined = value_join(e->values, e->plans, joined,
                                template_lookup(a, node, value->items[i], name));
        }
        return joined;
    }
    if (lookup_is_empty(a, value, name)) return e->none;
    const Value *found = value->kind == VALUE_DICT ? lookup_key(a, value, name)
                                                   : lookup_field(a, node, value, name);
    if (!found && value->kind == VALUE_MODULE
        && e->project->modules[value->site.module].file->template)
        return lookup_macro(a, value->site.module, name, value->self);
    if (!found) found = value_attribute(a, node, value, name);
    return is_jinja(a) ? found : call_if_callable(a, node, found);
}

const Value *template_global(Activation *a, NodeId node, Str name) {
    const Value *given = processor_value(a, node, name);
    if (given) return given;
    const TemplateTag *tag = template_tag(a->e, name, false);
    if (!tag) {
        const Value *absent = context_absent(a, name);
        return absent ? absent : unknown_because(a->e, "name that no context in view gives");
    }
    Value draft = {.kind = VALUE_FUNCTION, .site = tag->function};
    if (tag->kind == TAG_GLOBAL && tag->takes_context) {
        draft.kind = VALUE_METHOD;
        draft.self = template_context(a);
    }
    return value_intern(a->e->values, &draft);
}

static const Value *evaluate_lookup(Activation *a, NodeId node) {
    NodeId object = child_at(a, node, 0);
    Str name = node_name(a, node);
    Page *page = a->page;
    bool super = page && page->section && node_at(a, object)->kind == NODE_NAME
                 && name_is(a->e, name, "super") && name_is(a->e, node_name(a, object), "block");
    if (!super) return template_lookup(a, node, evaluate(a, object), name);
    run_section(a, page->section, page->section_level + 1, NODE_NONE);
    return a->e->scalar;
}

static const Value *evaluate_filter(Activation *a, NodeId node) {
    const Value *value = evaluate(a, child_at(a, node, 0));
    Arguments arguments;
    arguments_read(a, node, 1, &arguments);
    if (node_at(a, node)->flags & NODE_TEST) return a->e->scalar;
    return template_filter(a, node, node_name(a, node), value, &arguments);
}

const Value *template_evaluate(Activation *a, NodeId node) {
    return node_at(a, node)->kind == NODE_LOOKUP ? evaluate_lookup(a, node)
                                                 : evaluate_filter(a, node);
}

/* Statements. */

static const Value *variable_of(const State *state, Str name) {
    return state_get(state, fact_key(FACT_VARIABLE, 0, name));
}

/* `before`: what the name was; NULL: nothing. */
static void variable_restore(Activation *a, Str name, const Value *before) {
    if (before) variable_set(a, name, before);
    else state_drop(&a->state, fact_key(FACT_VARIABLE, 0, name));
}

static void execute_include(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    Arguments with;
    arguments_read(a, node, 1, &with);
    bool only = node_at(a, node)->flags & NODE_ONLY;
    State before = state_copy(e->scratch, &a->state);
    for (uint32_t i = 0; i < with.count; i++) {
        with.values[i] = context_given(a, with.nodes[i], with.values[i]);
        variable_set(a, with.names[i], with.values[i]);
    }
    const Value *context = !only ? template_context(a)
                           : context_is_whole(a) ? context_whole(a, arguments_dict(e, &with), false)
                                                 : arguments_dict(e, &with);
    const Value *name = evaluate(a, child_at(a, node, 0));
    bool found = render_named(a, node, name, context);
    count_page(e, site_of(a, node), true, found || name->kind != VALUE_STRING);
    for (uint32_t i = 0; i < with.count; i++)
        variable_restore(a, with.names[i], variable_of(&before, with.names[i]));
}

/* The body sees the names, what follows does not. */
static void execute_scope(Activation *a, NodeId node) {
    State before = state_copy(a->e->scratch, &a->state);
    for (uint32_t i = 1; i < children_of(a, node); i++) {
        NodeId item = child_at(a, node, i), target = child_at(a, item, 1);
        const Value *value = context_given(a, child_at(a, item, 0),
                                           evaluate(a, child_at(a, item, 0)));
        if (node_at(a, target)->kind == NODE_ABSENT) continue;
        bind_target(a, target, value);
        narrowing_bound(a, target, child_at(a, item, 0), value);
    }
    execute(a, child_at(a, node, 0));
    for (uint32_t i = 1; i < children_of(a, node); i++) {
        NodeId target = child_at(a, child_at(a, node, i), 1);
        if (node_at(a, target)->kind == NODE_NAME)
            variable_restore(a, node_name(a, target), variable_of(&before, node_name(a, target)));
    }
}

static void execute_macros(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Value *name = evaluate(a, child_at(a, node, 0));
    uint32_t module = module_of_name(a, name);
    count_page(e, site_of(a, node), true, module != PROJECT_NO_TEMPLATE);
    if (module == PROJECT_NO_TEMPLATE) return;
    const Value *context = node_at(a, node)->flags & NODE_CONTEXT ? template_context(a) : NULL;
    Value space = {.kind = VALUE_MODULE, .site = {module, NODE_NONE}, .self = context};
    Str as = node_name(a, node);
    if (as) variable_set(a, as, value_intern(e->values, &space));
    for (uint32_t i = 1; i < children_of(a, node); i++) {
        NodeId alias = child_at(a, node, i), renamed = child_at(a, alias, 0);
        Str bound = node_at(a, renamed)->kind == NODE_NAME ? node_name(a, renamed)
                                                           : node_name(a, alias);
        variable_set(a, bound, lookup_macro(a, module, node_name(a, alias), context));
    }
}

/* What has been loaded on a row is loaded on the rows of a list of the same objects. */
static void loads_keep(Activation *a, const Value *row, const Value *list) {
    State before = state_copy(a->e->scratch, &a->state);
    for (uint32_t i = 0; i < before.facts.count; i++) {
        Fact fact = before.facts.items[i];
        if (fact_kind(fact.key) == FACT_LOADED && fact_object(fact.key) == row->id)
            state_set(a->e->scratch, &a->state, fact_key(FACT_LOADED, list->id, (Str)fact.key),
                      fact.value);
    }
}

/* {% regroup rows by fk as groups %}: fk is read on each row; [{grouper, list}, ...] */
static const Value *tag_regroup(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Value *rows = evaluate(a, child_at(a, node, 2));
    Walk walk;
    if (!walk_start(a, node, child_at(a, node, 2), rows, &walk)) return e->unknown;
    const Value *item = walk.item_count ? walk.items[0] : walk.item;
    Str name = str_of(e->project->strings, "item");
    const Value *outer = variable_of(&a->state, name);
    walk_turn(a, &walk);
    variable_set(a, name, item);
    const Value *grouper = evaluate(a, child_at(a, node, 3));
    const Value *each = item;
    if (walk.loop) {
        grouper = value_turned(e->values, grouper, walk.loop, TURN_EACH);
        each = value_turned(e->values, item, walk.loop, TURN_EACH);
    }
    const Value *list = value_many(e->values, each, NULL);
    loads_keep(a, item, list);
    walk_end(a, &walk, true);
    variable_restore(a, name, outer);
    Strings *strings = e->project->strings;
    const Value *parts[] = {value_string(e->values, str_of(strings, "grouper")), grouper,
                            value_string(e->values, str_of(strings, "list")),
                            list};
    Value draft = {.kind = VALUE_DICT, .items = parts, .count = 4};
    return value_many(e->values, value_intern(e->values, &draft), NULL);
}

static const Value *tag_call(Activation *a, NodeId node, const TemplateTag *tag,
                             const Arguments *given) {
    Evaluator *e = a->e;
    Arguments arguments = tag->takes_context
                              ? arguments_behind(e, node, template_context(a), given) : *given;
    Value draft = {.kind = VALUE_FUNCTION, .site = tag->function};
    const Value *result = call_value(a, node, value_intern(e->values, &draft), &arguments);
    if (tag->kind != TAG_INCLUSION) return result;
    if (tag->template && result->kind == VALUE_DICT)
        render_named(a, node, value_string(e->values, tag->template),
                     context_whole(a, result, false));
    return e->scalar;
}

static void execute_tag(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    Str name = node_name(a, node);
    NodeId target = child_at(a, node, 0), body = child_at(a, node, 1);
    const Value *value = e->unknown;
    Arguments arguments;
    if (name_is(e, name, "partialdef")) {
        if (!(node_at(a, node)->flags & NODE_ONLY)) return;
    } else if (name_is(e, name, "partial")) {
        const char *partial = project_text(e->project, node_name(a, child_at(a, node, 2)));
        NodeId part = find_partial(e, a->module, partial);
        if (part && a->nesting < LIMIT_NESTING) execute(a, part);
    } else if (name_is(e, name, "regroup")) {
        value = tag_regroup(a, node);
    } else if (name_is(e, name, "firstof")) {
        const Value *first = e->none;
        for (uint32_t i = 2; first->kind == VALUE_NONE && i < children_of(a, node); i++)
            first = evaluate(a, child_at(a, node, i));
        use_text(a, node, first);
    } else {
        arguments_read(a, node, 2, &arguments);
        for (uint32_t i = 0; i < arguments.count; i++)
            arguments.values[i] = context_given(a, arguments.nodes[i], arguments.values[i]);
        const TemplateTag *tag = template_tag(e, name, false);
        context_tagged(a, name, tag, node_at(a, target)->kind == NODE_NAME);
        if (tag) value = tag_call(a, node, tag, &arguments);
        bool writes = name_is(e, name, "url") || name_is(e, name, "cycle");
        for (uint32_t i = 0; writes && i < arguments.count; i++)
            use_text(a, arguments.nodes[i], arguments.values[i]);
    }
    if (node_at(a, target)->kind == NODE_NAME) bind_target(a, target, value);
    else if (value->kind == VALUE_ROW) use_text(a, node, value);
    if (node_at(a, body)->kind == NODE_ABSENT) return;
    bool cached = name_is(e, name, "cache");
    a->guard += cached;
    execute(a, body);
    a->guard -= cached;
}

void template_execute(Activation *a, NodeId node) {
    switch (node_at(a, node)->kind) {
    case NODE_OUTPUT: use_text(a, node, evaluate(a, child_at(a, node, 0))); break;
    case NODE_INCLUDE: execute_include(a, node); break;
    case NODE_SECTION:
        if (a->page) run_section(a, node_name(a, node), 0, child_at(a, node, 0));
        else execute(a, child_at(a, node, 0));
        break;
    case NODE_WITH: execute_scope(a, node); break;
    case NODE_MACROS: execute_macros(a, node); break;
    case NODE_TAG: execute_tag(a, node); break;
    default: break; /* EXTENDS and LIBRARY are read beforehand */
    }
}
