/* Texts that the code says: what a STRING and an f-string are. */
#include "flow/evaluate.h"

enum { TEXT_MOST = 200 }; /* longer ones name nothing */

/* A text that reads like a template says where: it may be rendered. */
const Value *text_plain(Activation *a, NodeId node) {
    const Embedded *page = module_embedded(a->e->project->modules[a->module].module, node);
    if (!page) return value_string(a->e->values, node_name(a, node));
    return value_intern(a->e->values, &(Value){.kind = VALUE_STRING, .name = node_name(a, node),
                                               .site = {a->module, page->root}});
}

/* The text, where all parts are known; in loops it may grow with each turn. */
const Value *text_formatted(Activation *a, NodeId node) {
    Evaluator *e = a->e;
    const Strings *strings = e->project->strings;
    char text[TEXT_MOST];
    size_t length = 0;
    bool known = !a->scope;
    for (uint32_t i = 0; i < children_of(a, node); i++) {
        NodeId part = child_at(a, node, i);
        const Value *value = evaluate(a, part);
        use_format(a, part, value);
        size_t more = value->kind == VALUE_STRING ? str_length(strings, value->name) : 0;
        known = known && value->kind == VALUE_STRING && length + more < sizeof text;
        if (known && more) memcpy(text + length, project_text(e->project, value->name), more);
        length += more;
    }
    if (!known) return e->scalar;
    return value_string(e->values, str_intern(e->project->strings, text, length));
}
