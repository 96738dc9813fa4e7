/* Handlers of statements, definitions and imports. */
#include "grammar/python_lower.h"

static bool is_statement(NodeKind kind) {
    switch (kind) {
    case NODE_HANDLER:
    case NODE_WITH_ITEM:
    case NODE_CASE:
    case NODE_PATTERN:
    case NODE_ALIAS:
    case NODE_PARAMETERS:
    case NODE_PARAMETER:
    case NODE_BASES:
        return false;
    default:
        return kind == NODE_UNKNOWN || kind >= NODE_BLOCK;
    }
}

static NodeId slot_statement(Lower *lower, const Slot *slot) {
    Slot made = *slot;
    made.node = slot_node(lower, slot);
    if (is_statement(module_node(lower->module, made.node)->kind)) return made.node;
    NodeId id = slot_expression(lower, &made);
    Node node = {.kind = NODE_EXPRESSION, .start = slot->start};
    if (module_node(lower->module, id)->kind == NODE_UNKNOWN) return id;
    return module_add(lower->module, node, slot->end, &id, 1);
}

/* The cases of a match statement stand in a block of their own, which vanishes. */
NodeId lower_block(Lower *lower, Frame *frame) {
    if (frame[-1].syntax == SYNTAX_MATCH_STATEMENT) return SPLICE;
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot)) list_add(lower, slot_statement(lower, slot));
    return lower_add_list(lower, frame, (Node){.kind = NODE_BLOCK});
}

NodeId lower_simple(Lower *lower, Frame *frame) {
    Node node = {.kind = NODE_PASS};
    if (frame->syntax == SYNTAX_BREAK_STATEMENT) node.kind = NODE_BREAK;
    if (frame->syntax == SYNTAX_CONTINUE_STATEMENT) node.kind = NODE_CONTINUE;
    return lower_add(lower, frame, node, NULL, 0);
}

NodeId lower_expression_statement(Lower *lower, Frame *frame) {
    const Slot *inner = frame_inner(lower, frame);
    NodeKind kind = inner ? module_node(lower->module, inner->node)->kind : NODE_ABSENT;
    if (kind == NODE_ASSIGN || kind == NODE_AUGMENT) return inner->node;
    NodeId value = lower_field_tuple(lower, frame, FIELD_NONE);
    return lower_add(lower, frame, (Node){.kind = NODE_EXPRESSION}, &value, 1);
}

/* a = b = v: the inner assignments leave their slots to the outermost. */
NodeId lower_assignment(Lower *lower, Frame *frame) {
    if (frame[-1].syntax == SYNTAX_ASSIGNMENT && frame->field == FIELD_RIGHT) return SPLICE;
    NodeId value = frame_expression(lower, frame, FIELD_RIGHT);
    NodeId annotation = frame_expression(lower, frame, FIELD_TYPE);
    list_begin(lower);
    list_add(lower, value);
    list_add(lower, annotation);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot->field == FIELD_LEFT && slot_valued(slot))
            list_add(lower, slot_expression(lower, slot));
    return lower_add_list(lower, frame, (Node){.kind = NODE_ASSIGN});
}

NodeId lower_augmented_assignment(Lower *lower, Frame *frame) {
    const Slot *operation = frame_slot(lower, frame, FIELD_OPERATOR);
    NodeId children[2] = {
        frame_expression(lower, frame, FIELD_LEFT),
        frame_expression(lower, frame, FIELD_RIGHT),
    };
    Node node = {.kind = NODE_AUGMENT, .extra = operation ? operation->operation : OP_OTHER};
    return lower_add(lower, frame, node, children, 2);
}

/* The call in `type(self).x = value`, from what stands in its parentheses. */
static NodeId type_call(Lower *lower, const Frame *frame, NodeId inside) {
    Module *module = lower->module;
    uint32_t start = frame->start, end = module->ends.items[inside];
    Node name = {.kind = NODE_NAME, .name = str_of(module->strings, "type"), .start = start};
    list_begin(lower);
    list_add(lower, module_add(module, name, start + 4, NULL, 0));
    if (module_node(module, inside)->kind == NODE_TUPLE) {
        for (uint32_t i = 0; i < node_count(module, inside); i++)
            list_add(lower, node_child(module, inside, i));
    } else {
        list_add(lower, inside);
        while (end < frame->end && lower->source[end] != ')') end++;
        if (end < frame->end) end++;
    }
    Node call = {.kind = NODE_CALL, .start = start};
    return module_add(module, call, end, lower->list, lower->list_count);
}

/* The grammar takes `type(self).x = value` for a type alias of the name `(self).x`: the chain
 * of attributes is followed down to the parentheses and a call put in there. */
static NodeId type_target(Lower *lower, const Frame *frame, NodeId target) {
    Module *module = lower->module;
    const Slot *left = frame_slot(lower, frame, FIELD_LEFT);
    NodeId above = NODE_NONE, inside = target;
    for (;;) {
        Node *node = &module->nodes.items[inside];
        bool chain = node->kind == NODE_ATTRIBUTE || node->kind == NODE_INDEX ||
                     node->kind == NODE_CALL;
        if (!chain || node->start != left->start) break;
        node->start = frame->start;
        above = inside;
        inside = node_child(module, inside, 0);
    }
    if (!above || !inside) return target;
    NodeId call = type_call(lower, frame, inside);
    module->children.items[module_node(module, above)->first + 1] = call;
    return target;
}

/* type X[T] = value: an assignment to X. */
NodeId lower_type_alias(Lower *lower, Frame *frame) {
    const Slot *left = frame_slot(lower, frame, FIELD_LEFT);
    NodeId target = slot_expression(lower, left);
    NodeId value = frame_expression(lower, frame, FIELD_RIGHT);
    if (left && left->start < left->end && lower->source[left->start] == '(')
        target = type_target(lower, frame, target);
    else if (module_node(lower->module, target)->kind == NODE_INDEX)
        target = node_child(lower->module, target, 0);
    NodeId children[3] = {value, NODE_NONE, target};
    return lower_add(lower, frame, (Node){.kind = NODE_ASSIGN}, children, 3);
}

/* Else and finally: their block. */
NodeId lower_clause_block(Lower *lower, Frame *frame) {
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (module_node(lower->module, slot->node)->kind == NODE_BLOCK) return slot->node;
    return frame_block(lower, frame, FIELD_BODY);
}

static uint8_t frame_async(const Lower *lower, const Frame *frame) {
    return frame_has(lower, frame, SYNTAX_ASYNC) ? NODE_ASYNC : 0;
}

static NodeId frame_else(const Lower *lower, const Frame *frame) {
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot->syntax == SYNTAX_ELSE_CLAUSE) return slot->node;
    return NODE_NONE;
}

NodeId lower_for(Lower *lower, Frame *frame) {
    NodeId children[4] = {
        frame_expression(lower, frame, FIELD_LEFT),
        frame_expression(lower, frame, FIELD_RIGHT),
        frame_block(lower, frame, FIELD_BODY),
        frame_else(lower, frame),
    };
    Node node = {.kind = NODE_FOR, .flags = frame_async(lower, frame)};
    return lower_add(lower, frame, node, children, 4);
}

NodeId lower_while(Lower *lower, Frame *frame) {
    NodeId children[3] = {
        frame_expression(lower, frame, FIELD_CONDITION),
        frame_block(lower, frame, FIELD_BODY),
        frame_else(lower, frame),
    };
    return lower_add(lower, frame, (Node){.kind = NODE_WHILE}, children, 3);
}

NodeId lower_elif(Lower *lower, Frame *frame) {
    NodeId children[3] = {
        frame_expression(lower, frame, FIELD_CONDITION),
        frame_block(lower, frame, FIELD_CONSEQUENCE),
        NODE_NONE,
    };
    return lower_add(lower, frame, (Node){.kind = NODE_IF}, children, 3);
}

/* Each elif became an IF whose else is still open: from the last to the first, each is put
 * into a BLOCK that is the else of the one before. */
NodeId lower_if(Lower *lower, Frame *frame) {
    Module *module = lower->module;
    NodeId rest = frame_else(lower, frame);
    for (const Slot *slot = slots_end(lower); slot-- > slots_begin(lower, frame);) {
        if (slot->syntax != SYNTAX_ELIF_CLAUSE) continue;
        NodeId branch = slot->node;
        module->children.items[module->nodes.items[branch].first + 3] = rest;
        if (rest) module->ends.items[branch] = module->ends.items[rest];
        Node block = {.kind = NODE_BLOCK, .start = slot->start};
        rest = module_add(module, block, module->ends.items[branch], &branch, 1);
    }
    NodeId children[3] = {
        frame_expression(lower, frame, FIELD_CONDITION),
        frame_block(lower, frame, FIELD_CONSEQUENCE),
        rest,
    };
    return lower_add(lower, frame, (Node){.kind = NODE_IF}, children, 3);
}

NodeId lower_try(Lower *lower, Frame *frame) {
    const Module *module = lower->module;
    NodeId body = frame_block(lower, frame, FIELD_BODY), last = NODE_NONE;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot->syntax == SYNTAX_FINALLY_CLAUSE) last = slot->node;
    list_begin(lower);
    list_add(lower, body);
    list_add(lower, frame_else(lower, frame));
    list_add(lower, last);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (module_node(module, slot->node)->kind == NODE_HANDLER) list_add(lower, slot->node);
    return lower_add_list(lower, frame, (Node){.kind = NODE_TRY});
}

/* `X as name` was made a WITH_ITEM, which is taken apart again here. */
NodeId lower_except(Lower *lower, Frame *frame) {
    const Module *module = lower->module;
    const Slot *value = frame_slot(lower, frame, FIELD_VALUE);
    const Slot *alias = frame_slot(lower, frame, FIELD_ALIAS);
    Node node = {.kind = NODE_HANDLER, .name = alias ? slot_text(lower, alias) : STR_NONE};
    NodeId children[2] = {NODE_NONE, NODE_NONE};
    if (value && module_node(module, value->node)->kind == NODE_WITH_ITEM) {
        children[0] = node_child(module, value->node, 0);
        node.name = module_node(module, node_child(module, value->node, 1))->name;
    } else {
        children[0] = lower_field_tuple(lower, frame, FIELD_VALUE);
    }
    children[1] = lower_clause_block(lower, frame);
    return lower_add(lower, frame, node, children, 2);
}

/* An item without `as` has no WITH_ITEM yet. */
static NodeId slot_with_item(Lower *lower, const Slot *slot) {
    NodeId id = slot_node(lower, slot);
    if (module_node(lower->module, id)->kind == NODE_WITH_ITEM) return id;
    Slot made = *slot;
    made.node = id;
    NodeId children[2] = {slot_expression(lower, &made), NODE_NONE};
    Node item = {.kind = NODE_WITH_ITEM, .start = slot->start};
    return module_add(lower->module, item, slot->end, children, 2);
}

NodeId lower_with(Lower *lower, Frame *frame) {
    NodeId body = frame_block(lower, frame, FIELD_BODY);
    list_begin(lower);
    list_add(lower, body);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot) && slot->field != FIELD_BODY)
            list_add(lower, slot_with_item(lower, slot));
    Node node = {.kind = NODE_WITH, .flags = frame_async(lower, frame)};
    return lower_add_list(lower, frame, node);
}

/* `x as y`: in a with or an except a WITH_ITEM, in a match a PATTERN. */
NodeId lower_as(Lower *lower, Frame *frame) {
    const Slot *value = frame_inner(lower, frame);
    if (!value || value->syntax == SYNTAX_CASE_PATTERN) return lower_pattern_parts(lower, frame);
    const Slot *target = frame_slot(lower, frame, FIELD_ALIAS);
    NodeId children[2] = {slot_expression(lower, value), slot_expression(lower, target)};
    return lower_add(lower, frame, (Node){.kind = NODE_WITH_ITEM}, children, 2);
}

NodeId lower_return(Lower *lower, Frame *frame) {
    NodeId value = slot_expression(lower, frame_inner(lower, frame));
    return lower_add(lower, frame, (Node){.kind = NODE_RETURN}, &value, 1);
}

NodeId lower_raise(Lower *lower, Frame *frame) {
    NodeId children[2] = {NODE_NONE, frame_expression(lower, frame, FIELD_CAUSE)};
    const Slot *exception = frame_inner(lower, frame);
    if (exception && exception->field != FIELD_CAUSE)
        children[0] = slot_expression(lower, exception);
    return lower_add(lower, frame, (Node){.kind = NODE_RAISE}, children, 2);
}

NodeId lower_assert(Lower *lower, Frame *frame) {
    NodeId children[2] = {NODE_NONE, NODE_NONE};
    uint32_t count = 0;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot) && count < 2) children[count++] = slot_expression(lower, slot);
    return lower_add(lower, frame, (Node){.kind = NODE_ASSERT}, children, 2);
}

static NodeId lower_targets(Lower *lower, Frame *frame, Node node) {
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot)) list_add(lower, slot_expression(lower, slot));
    return lower_add_list(lower, frame, node);
}

NodeId lower_delete(Lower *lower, Frame *frame) {
    return lower_targets(lower, frame, (Node){.kind = NODE_DELETE});
}

NodeId lower_global(Lower *lower, Frame *frame) {
    bool nonlocal = frame->syntax == SYNTAX_NONLOCAL_STATEMENT;
    Node node = {.kind = NODE_GLOBAL, .flags = nonlocal ? NODE_NONLOCAL : 0};
    return lower_targets(lower, frame, node);
}

/* A dotted name may be written with blanks, comments and line breaks in it. */
static Str dotted_text(Lower *lower, uint32_t start, uint32_t end) {
    lower->text_count = 0;
    for (uint32_t at = start; at < end; at++) {
        char byte = lower->source[at];
        if (byte == '#') {
            while (at < end && lower->source[at] != '\n') at++;
        } else if (!strchr(" \t\r\n\f\v\\", byte)) {
            text_add(lower, &byte, 1);
        }
    }
    return str_intern(lower->module->strings, lower->text ? lower->text : "", lower->text_count);
}

static NodeId lower_alias(Lower *lower, NodeKind kind, const Slot *clause, const Slot *name,
                          const Slot *alias) {
    NodeId child = slot_node(lower, alias);
    Node node = {.kind = (uint8_t)kind, .start = clause->start};
    node.name = dotted_text(lower, name->start, name->end);
    return module_add(lower->module, node, clause->end, &child, 1);
}

NodeId lower_aliased_import(Lower *lower, Frame *frame) {
    const Slot *name = frame_slot(lower, frame, FIELD_NAME);
    const Slot *alias = frame_slot(lower, frame, FIELD_ALIAS);
    Slot clause = {.start = frame->start, .end = frame->end};
    bool plain = frame[-1].syntax == SYNTAX_IMPORT_STATEMENT;
    if (!name) return lower_unknown(lower, frame);
    return lower_alias(lower, plain ? NODE_IMPORT : NODE_ALIAS, &clause, name, alias);
}

/* import a, b: one IMPORT each; they stand in the block one behind the other. */
NodeId lower_import(Lower *lower, Frame *frame) {
    for (Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot->syntax == SYNTAX_DOTTED_NAME)
            slot->node = lower_alias(lower, NODE_IMPORT, slot, slot, NULL);
    return SPLICE;
}

/* Counts the dots in front and returns where the name behind them begins. */
static uint32_t dots_count(const Lower *lower, const Slot *module, uint16_t *dots) {
    uint32_t at = module->start;
    for (; at < module->end; at++) {
        char byte = lower->source[at];
        if (byte == '.' && *dots < UINT16_MAX) ++*dots;
        else if (byte != '.' && !strchr(" \t\r\n\f\v\\", byte)) break;
    }
    return at;
}

NodeId lower_import_from(Lower *lower, Frame *frame) {
    const Slot *module = frame_slot(lower, frame, FIELD_MODULE_NAME);
    Node node = {.kind = NODE_IMPORT_FROM};
    if (module) {
        uint32_t from = dots_count(lower, module, &node.extra);
        if (from < module->end) node.name = dotted_text(lower, from, module->end);
    } else if (frame->syntax == SYNTAX_FUTURE_IMPORT_STATEMENT) {
        node.name = str_of(lower->module->strings, "__future__");
    }
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (slot == module) continue;
        if (slot->syntax == SYNTAX_DOTTED_NAME || slot->syntax == SYNTAX_WILDCARD_IMPORT)
            list_add(lower, lower_alias(lower, NODE_ALIAS, slot, slot, NULL));
        else if (slot->syntax == SYNTAX_ALIASED_IMPORT)
            list_add(lower, slot->node);
    }
    return lower_add_list(lower, frame, node);
}

static bool in_parameters(const Frame *frame) {
    uint8_t parent = frame[-1].syntax;
    return parent == SYNTAX_PARAMETERS || parent == SYNTAX_LAMBDA_PARAMETERS ||
           parent == SYNTAX_TYPED_PARAMETER;
}

static NodeId parameter_add(Lower *lower, const Slot *slot, Node node, NodeId value,
                            NodeId annotation) {
    NodeId children[2] = {value, annotation};
    node.kind = NODE_PARAMETER;
    node.start = slot->start;
    return module_add(lower->module, node, slot->end, children, 2);
}

/* *x and **x: of a parameter list or of an assignment. */
NodeId lower_star_pattern(Lower *lower, Frame *frame) {
    if (!in_parameters(frame)) return lower_star(lower, frame);
    bool twice = frame->syntax == SYNTAX_DICTIONARY_SPLAT_PATTERN;
    const Slot *name = frame_inner(lower, frame);
    Slot whole = {.start = frame->start, .end = frame->end};
    Node node = {.flags = twice ? NODE_DOUBLE : NODE_STARRED};
    if (name && name->syntax == SYNTAX_IDENTIFIER) node.name = slot_text(lower, name);
    return parameter_add(lower, &whole, node, NODE_NONE, NODE_NONE);
}

/* Parameters with a default, an annotation or both. */
NodeId lower_parameter(Lower *lower, Frame *frame) {
    const Slot *name = frame_slot(lower, frame, FIELD_NAME);
    Slot whole = {.start = frame->start, .end = frame->end};
    Node node = {0};
    if (!name) name = frame_inner(lower, frame);
    if (name && module_node(lower->module, name->node)->kind == NODE_PARAMETER) {
        node.name = module_node(lower->module, name->node)->name;
        node.flags = module_node(lower->module, name->node)->flags;
    } else if (name && name->syntax == SYNTAX_IDENTIFIER) {
        node.name = slot_text(lower, name);
    }
    NodeId value = frame_expression(lower, frame, FIELD_VALUE);
    NodeId annotation = frame_expression(lower, frame, FIELD_TYPE);
    return parameter_add(lower, &whole, node, value, annotation);
}

/* The Python 2 parameter (a, b) has no name; broken ones are left out. */
NodeId lower_parameters(Lower *lower, Frame *frame) {
    Module *module = lower->module;
    bool keyword_only = false;
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (slot->syntax == SYNTAX_KEYWORD_SEPARATOR) keyword_only = true;
        if (!slot_valued(slot) || slot->syntax == SYNTAX_ERROR) continue;
        NodeId id = slot->node;
        if (module_node(module, id)->kind != NODE_PARAMETER) {
            Node node = {0};
            if (slot->syntax == SYNTAX_IDENTIFIER) node.name = slot_text(lower, slot);
            id = parameter_add(lower, slot, node, NODE_NONE, NODE_NONE);
        }
        uint8_t *flags = &module->nodes.items[id].flags;
        if (keyword_only && !(*flags & NODE_DOUBLE)) *flags |= NODE_KEYWORD_ONLY;
        if (*flags & NODE_STARRED) keyword_only = true;
        list_add(lower, id);
    }
    return lower_add_list(lower, frame, (Node){.kind = NODE_PARAMETERS});
}

/* The decorators stand on the stack already: they come before the definition. */
static void list_add_decorators(Lower *lower, const Frame *frame) {
    if (frame[-1].syntax != SYNTAX_DECORATED_DEFINITION) return;
    for (uint32_t at = frame[-1].slots; at < frame->slots; at++)
        if (slot_valued(&lower->slots[at]) && lower->slots[at].syntax != SYNTAX_ERROR)
            list_add(lower, slot_expression(lower, &lower->slots[at]));
}

/* Children that are of their own kind only, such as PARAMETERS: an empty one if missing. */
static NodeId frame_part(Lower *lower, const Frame *frame, Field field, NodeKind kind) {
    const Slot *slot = frame_slot(lower, frame, field);
    if (slot && module_node(lower->module, slot->node)->kind == kind) return slot->node;
    Node node = {.kind = (uint8_t)kind, .start = frame->start};
    return module_add(lower->module, node, frame->start, NULL, 0);
}

NodeId lower_function(Lower *lower, Frame *frame) {
    const Slot *name = frame_slot(lower, frame, FIELD_NAME);
    NodeId parameters = frame_part(lower, frame, FIELD_PARAMETERS, NODE_PARAMETERS);
    NodeId body = frame_block(lower, frame, FIELD_BODY);
    NodeId returns = frame_expression(lower, frame, FIELD_RETURN_TYPE);
    Node node = {.kind = NODE_FUNCTION, .flags = frame_async(lower, frame)};
    if (frame->yields) node.flags |= NODE_GENERATOR;
    if (name) node.name = slot_text(lower, name);
    list_begin(lower);
    list_add(lower, parameters);
    list_add(lower, body);
    list_add(lower, returns);
    list_add_decorators(lower, frame);
    return lower_add_list(lower, frame, node);
}

NodeId lower_class(Lower *lower, Frame *frame) {
    const Slot *name = frame_slot(lower, frame, FIELD_NAME);
    NodeId body = frame_block(lower, frame, FIELD_BODY);
    NodeId bases = frame_part(lower, frame, FIELD_SUPERCLASSES, NODE_BASES);
    Node node = {.kind = NODE_CLASS, .name = name ? slot_text(lower, name) : STR_NONE};
    list_begin(lower);
    list_add(lower, body);
    list_add(lower, bases);
    list_add_decorators(lower, frame);
    return lower_add_list(lower, frame, node);
}

NodeId lower_decorated(Lower *lower, Frame *frame) {
    const Slot *definition = frame_slot(lower, frame, FIELD_DEFINITION);
    return definition && definition->node ? definition->node : lower_unknown(lower, frame);
}
