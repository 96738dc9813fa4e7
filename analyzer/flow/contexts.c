/* Contexts that are whole: such a page has no name but those in view, and any other is nothing on
 * it. `{% if name %}` then does not hold, `{% for x in name %}` has no turn.
 *
 * A dict is whole when every key in it was seen (VALUE_DOUBTFUL says that somebody else had it),
 * and the settings in view list all context processors. A whole page bears a mark among its
 * variables, under a name that no template can say, so that it goes the way of the context: into
 * includes and tags. Where something out of view may add names, the mark is unknown. */
#include "flow/templates.h"

static Str mark_name(Evaluator *e) {
    return str_of(e->project->strings, "*");
}

/* Settings. */

static const char *node_text(const Project *project, uint32_t module, const Node *node) {
    return project_text(project, project_name(project, module, node->name));
}

static bool module_says(const Module *module, const char *text) {
    return str_find(module->strings, text, strlen(text)) != STR_NONE;
}

/* Django's own, with the names they give, each between blanks. */
static const struct { const char *name, *gives; } known_processors[] = {
    {"django.contrib.auth.context_processors.auth", " user perms "},
    {"django.contrib.messages.context_processors.messages", " messages DEFAULT_MESSAGE_LEVELS "},
    {"django.template.context_processors.csrf", " csrf_token "},
    {"django.template.context_processors.debug", " debug sql_queries "},
    {"django.template.context_processors.i18n", " LANGUAGES LANGUAGE_CODE LANGUAGE_BIDI "},
    {"django.template.context_processors.media", " MEDIA_URL "},
    {"django.template.context_processors.request", " request "},
    {"django.template.context_processors.static", " STATIC_URL "},
    {"django.template.context_processors.tz", " TIME_ZONE "},
    {"django.template.context_processors.csp", " csp_nonce "},
};

/* What templates know by themselves, what Django's views and engines put in. */
static const char own_names[] =
    " True False None forloop block csrf_token loop self view form object object_list page_obj "
    "paginator is_paginated date_list day month year week next_day next_month next_year next_week "
    "previous_day previous_month previous_year previous_week latest ";

static bool text_lists(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; length && (at = strstr(at, name)); at += length)
        if (at > list && at[-1] == ' ' && at[length] == ' ') return true;
    return false;
}

static bool processor_known(Evaluator *e, uint32_t module, const char *dotted) {
    for (size_t i = 0; i < sizeof known_processors / sizeof *known_processors; i++)
        if (!strcmp(known_processors[i].name, dotted)) return true;
    return processor_is_whole(e, module, dotted);
}

/* The list behind "context_processors": written out, or a variable that is bound once and said
 * nowhere else. */
static bool processors_listed(Evaluator *e, uint32_t at, NodeId list) {
    const Project *project = e->project;
    const Module *module = project->modules[at].module;
    Str name = module_node(module, list)->name;
    if (module_node(module, list)->kind == NODE_NAME) {
        uint32_t said = 0;
        for (NodeId id = 1; id < module->nodes.count; id++)
            said += module_node(module, id)->kind == NODE_NAME
                    && module_node(module, id)->name == name;
        Symbol symbol = project_global(project, at, project_name(project, at, name));
        if (said > 3 || symbol.kind != SYMBOL_VALUE || symbol.site.module != at) return false;
        list = symbol.site.node;
    }
    uint8_t kind = list ? module_node(module, list)->kind : NODE_ABSENT;
    if (kind != NODE_LIST && kind != NODE_TUPLE) return false;
    for (uint32_t i = 0; i < node_count(module, list); i++) {
        const Node *item = module_node(module, node_child(module, list, i));
        if (item->kind != NODE_STRING || !processor_known(e, at, node_text(project, at, item)))
            return false;
    }
    return true;
}

/* Counts the lists of the module; false: something else is said of them. */
static bool module_lists(Evaluator *e, uint32_t at, uint32_t *lists) {
    const Project *project = e->project;
    const Module *module = project->modules[at].module;
    uint32_t said = 0, keys = 0;
    if (module_says(module, "string_if_invalid")) return false;
    if (!module_says(module, "context_processors")) return true;
    for (NodeId id = 1; id < module->nodes.count; id++) {
        const Node *node = module_node(module, id);
        said += node->kind == NODE_STRING
                && !strcmp(node_text(project, at, node), "context_processors");
        for (uint32_t i = 0; node->kind == NODE_DICT && i + 1 < node_count(module, id); i += 2) {
            const Node *key = module_node(module, node_child(module, id, i));
            if (key->kind != NODE_STRING
                || strcmp(node_text(project, at, key), "context_processors"))
                continue;
            keys++;
            if (!processors_listed(e, at, node_child(module, id, i + 1))) return false;
        }
    }
    *lists += keys;
    return said == keys;
}

static bool module_counts(const Project *project, uint32_t at) {
    const SourceFile *file = project->modules[at].file;
    return project->modules[at].module && !file->template && file->role != FILE_TEST;
}

static bool settings_list_all(Evaluator *e) {
    uint32_t lists = 0;
    for (uint32_t m = 0; m < e->project->module_count; m++)
        if (module_counts(e->project, m) && !module_lists(e, m, &lists)) return false;
    return lists > 0;
}

/* Whether code says a name that changes contexts of views from outside: middleware, mixins of the
 * response, `as_view(extra_context=...)`. */
static bool views_are_changed(Evaluator *e) {
    static const char *const names[] = {"context_data", "process_template_response"};
    for (uint32_t m = 0; m < e->project->module_count; m++) {
        if (!module_counts(e->project, m)) continue;
        const Module *module = e->project->modules[m].module;
        bool said = module_says(module, "extra_context");
        for (NodeId id = 1; said && id < module->nodes.count; id++)
            if (module_node(module, id)->kind == NODE_KEYWORD
                && !strcmp(node_text(e->project, m, module_node(module, id)), "extra_context"))
                return true;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (module_says(module, names[i])) return true;
    }
    return false;
}

static bool settled(bool (*ask)(Evaluator *e), Evaluator *e, uint8_t *kept) {
    enum { NOT_ASKED, NO, YES };
    if (*kept == NOT_ASKED) {
        *kept = NO; /* while a context processor that renders a page runs */
        *kept = ask(e) ? YES : NO;
    }
    return *kept == YES;
}

/* Contexts. */

bool dict_is_whole(const Value *dict) {
    return dict->kind == VALUE_DICT && !dict->self && !(dict->flags & VALUE_DOUBTFUL);
}

const Value *context_whole(Activation *a, const Value *context, bool response) {
    Evaluator *e = a->e;
    if (!context || !dict_is_whole(context) || a->cut || context->count > 2 * LIMIT_KEYS)
        return context;
    if (!settled(settings_list_all, e, &e->processors_listed)) return context;
    if (response && settled(views_are_changed, e, &e->views_changed)) return context;
    DictDraft draft = {0};
    dict_put_all(e, &draft, context);
    if (draft.count == 2 * LIMIT_KEYS) return context;
    dict_put(e, &draft, value_string(e->values, mark_name(e)), e->yes);
    return dict_done(e, &draft);
}

bool context_is_whole(const Activation *a) {
    uint64_t key = fact_key(FACT_VARIABLE, 0, mark_name(a->e));
    return state_get(&a->state, key) == a->e->yes;
}

void context_opens(Activation *a) {
    if (context_is_whole(a)) variable_set(a, mark_name(a->e), a->e->unknown);
}

void context_enter(Activation *a, const Value *context) {
    if (!dict_is_whole(context)) context_opens(a);
}

static bool is_django(const Activation *a) {
    return a->e->project->modules[a->module].module->engine != ENGINE_JINJA;
}

static bool name_is_own(const Evaluator *e, Str name) {
    const char *text = project_text(e->project, name);
    if (text_lists(own_names, text)) return true;
    for (size_t i = 0; i < sizeof known_processors / sizeof *known_processors; i++)
        if (text_lists(known_processors[i].gives, text)) return true;
    return false;
}

const Value *context_absent(Activation *a, Str name) {
    bool absent = is_django(a) && context_is_whole(a) && !name_is_own(a->e, name);
    return absent ? a->e->none : NULL;
}

const Value *context_given(Activation *a, NodeId node, const Value *value) {
    if (value != a->e->none || !is_django(a)) return value;
    while (node_at(a, node)->kind == NODE_LOOKUP) node = child_at(a, node, 0);
    if (node_at(a, node)->kind != NODE_NAME) return value;
    uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, node));
    if (state_get(&a->state, key)) return value;
    return value_string(a->e->values, str_of(a->e->project->strings, ""));
}

static bool is_plain(const Evaluator *e, const Value *value) {
    long number;
    return value->kind == VALUE_STRING || value->kind == VALUE_BOOL
           || value_number(e, value, &number);
}

const Value *context_compared(Activation *a, Operator operator, const Value *left,
                              const Value *right) {
    Evaluator *e = a->e;
    if (!template_runs(a) || !context_is_whole(a)) return NULL;
    bool nothing = left->kind == VALUE_NONE, of_nothing = right->kind == VALUE_NONE;
    switch (operator) {
    case OP_IN: case OP_NOT_IN: return of_nothing ? e->no : NULL; /* what raises is false */
    case OP_LT: case OP_LE: case OP_GT: case OP_GE:
        return nothing || of_nothing ? e->no : NULL;
    case OP_EQ: case OP_NE:
        if ((!nothing || !is_plain(e, right)) && (!of_nothing || !is_plain(e, left))) return NULL;
        return operator == OP_EQ ? e->no : e->yes;
    default: return NULL;
    }
}

/* Tags. */

static const char plain_tags[] =
    " autoescape comment csrf_token cycle debug filter firstof ifchanged lorem now querystring "
    "resetcycle spaceless templatetag url verbatim widthratio regroup cache trans translate "
    "get_available_languages get_current_language get_current_language_bidi get_language_info "
    "get_language_info_list language localize localtime timezone get_current_timezone static "
    "get_static_prefix get_media_prefix get_flatpages get_admin_log partialdef partial "
    /* of libraries: they write text */
    "sass_src compress render_bundle render_field crispy generateimage vite_asset "
    "vite_hmr_client bootstrap_css bootstrap_javascript bootstrap_form bootstrap_field "
    "bootstrap_button bootstrap_messages render_table ";

/* Whether a function does nothing to its first parameter but read entries of it. */
static bool function_reads(const Evaluator *e, Site site) {
    const Module *module = e->project->modules[site.module].module;
    NodeId parameters = node_child(module, site.node, 0);
    if (module_node(module, parameters)->kind != NODE_PARAMETERS
        || !node_count(module, parameters))
        return false;
    Str name = module_node(module, node_child(module, parameters, 0))->name;
    uint32_t start = module_node(module, site.node)->start, end = module->ends.items[site.node];
    uint32_t said = 0, read = 0;
    for (NodeId id = 1; id < module->nodes.count; id++) {
        const Node *node = module_node(module, id);
        if (node->start < start || node->start >= end) continue;
        said += node->kind == NODE_NAME && node->name == name;
        NodeId holder = node_child(module, id, 0);
        if (module_node(module, holder)->kind != NODE_NAME
            || module_node(module, holder)->name != name)
            continue;
        read += node->kind == NODE_INDEX
                || (node->kind == NODE_ATTRIBUTE
                    && !strcmp(node_text(e->project, site.module, node), "get"));
    }
    return said == read;
}

/* Whether the function binds or deletes an entry: `name[key] = value`. */
static bool function_binds_entries(const Evaluator *e, Site site) {
    const Module *module = e->project->modules[site.module].module;
    uint32_t start = module_node(module, site.node)->start, end = module->ends.items[site.node];
    for (NodeId id = 1; id < module->nodes.count; id++) {
        const Node *node = module_node(module, id);
        if (node->start < start || node->start >= end || node->kind != NODE_ASSIGN) continue;
        for (uint32_t i = 2; i < node_count(module, id); i++)
            if (module_node(module, node_child(module, id, i))->kind != NODE_NAME) return true;
    }
    return false;
}

/* `named`: the tag says `as name`, and binds that name. */
void context_tagged(Activation *a, Str name, const TemplateTag *tag, bool named) {
    if (!context_is_whole(a) || (!tag && named)) return;
    if (!tag && text_lists(plain_tags, project_text(a->e->project, name))) return;
    bool keeps = tag && (!tag->takes_context || (function_reads(a->e, tag->function)
                                                 && !function_binds_entries(a->e, tag->function)));
    if (!keeps) context_opens(a);
}

/* Dicts that others have, too. */

/* A dict of names, as contexts are. */
static bool dict_is_context(const Value *dict) {
    return dict_is_whole(dict) && dict->count && !dict->key;
}

const Value *dict_shared(Evaluator *e, const Value *dict) {
    return dict_is_context(dict) ? value_with_flags(e->values, dict, VALUE_DOUBTFUL) : dict;
}

const Value *dict_assigned(Activation *a, NodeId assign, const Value *value) {
    NodeId from = child_at(a, assign, 0);
    uint8_t kind = node_at(a, from)->kind;
    bool named = kind == NODE_NAME || kind == NODE_ATTRIBUTE || kind == NODE_INDEX;
    bool kept = node_at(a, child_at(a, assign, 2))->kind != NODE_NAME; /* in an object */
    if (!dict_is_context(value) || (!named && !kept && children_of(a, assign) == 3)) return value;
    value = dict_shared(a->e, value);
    if (kind == NODE_NAME) variable_set(a, node_name(a, from), value);
    return value;
}

void dict_passed(Activation *a, const Value *callee, const Arguments *arguments) {
    Evaluator *e = a->e;
    if (callee->kind == VALUE_BUILTIN || template_runs(a)) return;
    if (callee->kind == VALUE_EXTERNAL
        && !strncmp(project_text(e->project, callee->name), "django.", 7))
        return;
    for (uint32_t i = 0; i < arguments->count; i++) {
        const Value *dict = arguments->values[i];
        NodeId node = arguments->nodes[i];
        if (!dict_is_context(dict) || node_at(a, node)->kind != NODE_NAME) continue;
        uint64_t key = fact_key(FACT_VARIABLE, 0, node_name(a, node));
        if (state_get(&a->state, key) == dict)
            variable_set(a, node_name(a, node), dict_shared(e, dict));
    }
}
