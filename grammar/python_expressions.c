/* Handlers of expressions, types and lists of things. */
#include "grammar/python_lower.h"

NodeId lower_attribute(Lower *lower, Frame *frame) {
    const Slot *name = frame_slot(lower, frame, FIELD_ATTRIBUTE);
    NodeId object = frame_expression(lower, frame, FIELD_OBJECT);
    Node node = {.kind = NODE_ATTRIBUTE, .name = name ? slot_text(lower, name) : STR_NONE};
    return lower_add_chain(lower, frame, node, &object, 1, 0);
}

static NodeId lower_slots(Lower *lower, Frame *frame, Node node) {
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot)) list_add(lower, slot_expression(lower, slot));
    return lower_add_list(lower, frame, node);
}

NodeId lower_call(Lower *lower, Frame *frame) {
    const Slot *callee = frame_slot(lower, frame, FIELD_FUNCTION);
    list_begin(lower);
    list_add(lower, slot_expression(lower, callee));
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot != callee && slot_valued(slot)) list_add(lower, slot_expression(lower, slot));
    Node node = {.kind = NODE_CALL};
    return lower_add_chain(lower, frame, node, lower->list, lower->list_count, 0);
}

NodeId lower_argument_list(Lower *lower, Frame *frame) {
    if (frame[-1].syntax != SYNTAX_CLASS_DEFINITION) return SPLICE;
    return lower_slots(lower, frame, (Node){.kind = NODE_BASES});
}

NodeId lower_keyword_argument(Lower *lower, Frame *frame) {
    const Slot *name = frame_slot(lower, frame, FIELD_NAME);
    NodeId value = frame_expression(lower, frame, FIELD_VALUE);
    Node node = {.kind = NODE_KEYWORD, .name = name ? slot_text(lower, name) : STR_NONE};
    return lower_add(lower, frame, node, &value, 1);
}

NodeId lower_star(Lower *lower, Frame *frame) {
    const char *source = lower->source + frame->start;
    bool twice = frame->end - frame->start > 1 && source[0] == '*' && source[1] == '*';
    NodeId value = slot_expression(lower, frame_inner(lower, frame));
    Node node = {.kind = NODE_STAR, .flags = twice ? NODE_DOUBLE : 0};
    return lower_add(lower, frame, node, &value, 1);
}

/* a[1,] has a tuple for its index, and so has a[1, 2]. */
NodeId lower_subscript(Lower *lower, Frame *frame) {
    NodeId children[2] = {
        frame_expression(lower, frame, FIELD_VALUE),
        lower_field_tuple(lower, frame, FIELD_SUBSCRIPT),
    };
    return lower_add_chain(lower, frame, (Node){.kind = NODE_INDEX}, children, 2, 0);
}

NodeId lower_slice(Lower *lower, Frame *frame) {
    NodeId children[3] = {NODE_NONE, NODE_NONE, NODE_NONE};
    uint32_t at = 0;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (slot->syntax == SYNTAX_COLON && at < 2) at++;
        else if (slot_valued(slot)) children[at] = slot_expression(lower, slot);
    }
    return lower_add(lower, frame, (Node){.kind = NODE_SLICE}, children, 3);
}

static bool in_pattern(const Frame *frame) {
    switch (frame[-1].syntax) {
    case SYNTAX_CASE_PATTERN:
    case SYNTAX_UNION_PATTERN:
    case SYNTAX_DICT_PATTERN:
    case SYNTAX_KEYWORD_PATTERN:
        return true;
    default:
        return false;
    }
}

static NodeKind sequence_kind(uint8_t syntax) {
    if (syntax == SYNTAX_LIST || syntax == SYNTAX_LIST_PATTERN) return NODE_LIST;
    return syntax == SYNTAX_SET ? NODE_SET : NODE_TUPLE;
}

static NodeId lower_sequence_pattern(Lower *lower, Frame *frame) {
    bool round = frame->syntax == SYNTAX_TUPLE_PATTERN;
    const Slot *inner = frame_inner(lower, frame);
    if (round && inner && !frame_has(lower, frame, SYNTAX_COMMA)) return slot_node(lower, inner);
    return lower_pattern_parts(lower, frame);
}

NodeId lower_sequence(Lower *lower, Frame *frame) {
    uint8_t parent = frame[-1].syntax;
    if (in_pattern(frame)) return lower_sequence_pattern(lower, frame);
    if (frame->syntax == SYNTAX_EXPRESSION_LIST && parent == SYNTAX_DELETE_STATEMENT) return SPLICE;
    if (parent == SYNTAX_WITH_ITEM && frame_has(lower, frame, SYNTAX_AS_PATTERN)) return SPLICE;
    bool group = frame->syntax == SYNTAX_TUPLE_PATTERN && !frame_has(lower, frame, SYNTAX_COMMA);
    if (group && frame_inner(lower, frame)) return lower_inner(lower, frame);
    return lower_slots(lower, frame, (Node){.kind = (uint8_t)sequence_kind(frame->syntax)});
}

NodeId lower_dictionary(Lower *lower, Frame *frame) {
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (!slot_valued(slot)) continue;
        if (slot->syntax == SYNTAX_DICTIONARY_SPLAT) {
            list_add(lower, NODE_NONE);
            list_add(lower, slot->node);
        } else if (slot->field == FIELD_KEY || slot->field == FIELD_VALUE) {
            if ((slot->field == FIELD_VALUE) != (lower->list_count % 2)) list_add(lower, NODE_NONE);
            list_add(lower, slot_expression(lower, slot));
        } else if (slot->syntax == SYNTAX_ERROR && lower->list_count % 2 == 0) {
            list_add(lower, slot->node);
            list_add(lower, NODE_NONE);
        }
    }
    if (lower->list_count % 2) list_add(lower, NODE_NONE);
    return lower_add_list(lower, frame, (Node){.kind = NODE_DICT});
}

static Collection comprehension_collection(uint8_t syntax) {
    if (syntax == SYNTAX_LIST_COMPREHENSION) return COLLECTION_LIST;
    if (syntax == SYNTAX_SET_COMPREHENSION) return COLLECTION_SET;
    return syntax == SYNTAX_DICTIONARY_COMPREHENSION ? COLLECTION_DICT : COLLECTION_GENERATOR;
}

NodeId lower_comprehension(Lower *lower, Frame *frame) {
    Collection collection = comprehension_collection(frame->syntax);
    Field field = collection == COLLECTION_DICT ? FIELD_KEY : FIELD_BODY;
    list_begin(lower);
    list_add(lower, frame_expression(lower, frame, field));
    list_add(lower, collection == COLLECTION_DICT ? frame_expression(lower, frame, FIELD_VALUE)
                                                  : NODE_NONE);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        NodeKind kind = module_node(lower->module, slot->node)->kind;
        if (kind == NODE_COMP_FOR || kind == NODE_COMP_IF) list_add(lower, slot->node);
    }
    Node node = {.kind = NODE_COMPREHENSION, .extra = (uint16_t)collection};
    return lower_add_list(lower, frame, node);
}

NodeId lower_for_in_clause(Lower *lower, Frame *frame) {
    NodeId children[2] = {
        frame_expression(lower, frame, FIELD_LEFT),
        lower_field_tuple(lower, frame, FIELD_RIGHT),
    };
    Node node = {.kind = NODE_COMP_FOR};
    if (frame_has(lower, frame, SYNTAX_ASYNC)) node.flags = NODE_ASYNC;
    return lower_add(lower, frame, node, children, 2);
}

NodeId lower_if_clause(Lower *lower, Frame *frame) {
    NodeId condition = slot_expression(lower, frame_inner(lower, frame));
    if (frame[-1].syntax == SYNTAX_CASE_CLAUSE) return condition;
    return lower_add(lower, frame, (Node){.kind = NODE_COMP_IF}, &condition, 1);
}

static Operator frame_operator(const Lower *lower, const Frame *frame) {
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot->syntax == SYNTAX_OPERATOR) return slot->operation;
    return OP_OTHER;
}

NodeId lower_unary(Lower *lower, Frame *frame) {
    Operator operation = OP_NOT;
    if (frame->syntax == SYNTAX_UNARY_OPERATOR) operation = frame_operator(lower, frame);
    if (operation == OP_SUB) operation = OP_NEGATE;
    if (operation == OP_ADD) operation = OP_POSITIVE;
    NodeId operand = frame_expression(lower, frame, FIELD_ARGUMENT);
    Node node = {.kind = NODE_UNARY, .extra = (uint16_t)operation};
    return lower_add(lower, frame, node, &operand, 1);
}

NodeId lower_binary(Lower *lower, Frame *frame) {
    bool boolean = frame->syntax == SYNTAX_BOOLEAN_OPERATOR;
    NodeId children[2] = {
        frame_expression(lower, frame, FIELD_LEFT),
        frame_expression(lower, frame, FIELD_RIGHT),
    };
    Node node = {.kind = boolean ? NODE_BOOLEAN : NODE_BINARY,
                 .extra = (uint16_t)frame_operator(lower, frame)};
    return lower_add_chain(lower, frame, node, children, 2, 0);
}

NodeId lower_comparison(Lower *lower, Frame *frame) {
    Node node = {.kind = NODE_COMPARE, .extra = (uint16_t)frame_operator(lower, frame)};
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot)) list_add(lower, slot_expression(lower, slot));
    return lower_add_chain(lower, frame, node, lower->list, lower->list_count, 0);
}

/* In the source: value, condition, other. */
NodeId lower_conditional(Lower *lower, Frame *frame) {
    NodeId source[3] = {NODE_NONE, NODE_NONE, NODE_NONE};
    uint32_t count = 0;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot) && slot->syntax != SYNTAX_ERROR && count < 3)
            source[count++] = slot_expression(lower, slot);
    NodeId children[3] = {source[1], source[0], source[2]};
    return lower_add_chain(lower, frame, (Node){.kind = NODE_CONDITIONAL}, children, 3, 1);
}

NodeId lower_lambda(Lower *lower, Frame *frame) {
    const Slot *parameters = frame_slot(lower, frame, FIELD_PARAMETERS);
    Node none = {.kind = NODE_PARAMETERS, .start = frame->start};
    NodeId children[2] = {parameters ? parameters->node : NODE_NONE, NODE_NONE};
    if (!children[0]) children[0] = module_add(lower->module, none, frame->start, NULL, 0);
    children[1] = frame_expression(lower, frame, FIELD_BODY);
    return lower_add(lower, frame, (Node){.kind = NODE_LAMBDA}, children, 2);
}

NodeId lower_await(Lower *lower, Frame *frame) {
    NodeId operand = slot_expression(lower, frame_inner(lower, frame));
    return lower_add(lower, frame, (Node){.kind = NODE_AWAIT}, &operand, 1);
}

NodeId lower_yield(Lower *lower, Frame *frame) {
    if (lower->scope_count) lower->frames[lower->scopes[lower->scope_count - 1]].yields = true;
    NodeId operand = slot_expression(lower, frame_inner(lower, frame));
    Node node = {.kind = NODE_YIELD};
    if (frame_has(lower, frame, SYNTAX_FROM)) node.flags = NODE_FROM;
    return lower_add(lower, frame, node, &operand, 1);
}

NodeId lower_walrus(Lower *lower, Frame *frame) {
    NodeId children[2] = {
        frame_expression(lower, frame, FIELD_NAME),
        frame_expression(lower, frame, FIELD_VALUE),
    };
    return lower_add(lower, frame, (Node){.kind = NODE_WALRUS}, children, 2);
}

/* list[int] in an annotation: the same INDEX as anywhere else. */
NodeId lower_generic_type(Lower *lower, Frame *frame) {
    const Slot *object = frame_inner(lower, frame);
    const Slot *first = NULL, *last = NULL;
    if (!object) return lower_unknown(lower, frame);
    NodeId children[2] = {slot_expression(lower, object), NODE_NONE};
    list_begin(lower);
    for (const Slot *slot = object + 1; slot < slots_end(lower); slot++) {
        if (!slot_valued(slot)) continue;
        if (!first) first = slot;
        last = slot;
        list_add(lower, slot_expression(lower, slot));
    }
    if (first) children[1] = lower->list[0];
    bool comma = frame_has(lower, frame, SYNTAX_COMMA) || lower->list_count > 1;
    if (first && (comma || module_node(lower->module, children[1])->kind == NODE_STAR)) {
        Node tuple = {.kind = NODE_TUPLE, .start = first->start};
        children[1] = module_add(lower->module, tuple, last->end, lower->list, lower->list_count);
    }
    return lower_add(lower, frame, (Node){.kind = NODE_INDEX}, children, 2);
}

/* The type parameters of a definition say nothing about queries. */
NodeId lower_type_parameter(Lower *lower, Frame *frame) {
    (void)lower;
    return frame[-1].syntax == SYNTAX_GENERIC_TYPE ? SPLICE : NODE_NONE;
}

NodeId lower_union_type(Lower *lower, Frame *frame) {
    NodeId children[2] = {NODE_NONE, NODE_NONE};
    uint32_t count = 0;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot) && slot->syntax != SYNTAX_ERROR && count < 2)
            children[count++] = slot_expression(lower, slot);
    return lower_add(lower, frame, (Node){.kind = NODE_BINARY, .extra = OP_BIT_OR}, children, 2);
}

NodeId lower_member_type(Lower *lower, Frame *frame) {
    const Slot *object = frame_inner(lower, frame), *name = NULL;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot != object && slot->syntax == SYNTAX_IDENTIFIER) name = slot;
    if (!name) return lower_unknown(lower, frame);
    NodeId child = slot_expression(lower, object);
    Node node = {.kind = NODE_ATTRIBUTE, .name = slot_text(lower, name)};
    return lower_add(lower, frame, node, &child, 1);
}
