/* Handlers of match statements. A pattern is a NAME (a capture), a literal, an ATTRIBUTE (a
 * value to compare with), or a PATTERN of several parts. A class pattern keeps the class as
 * its first part and its dotted name in Node.name, so that the class is not taken for a
 * capture; `_` is a PATTERN without parts; `name=part` is a KEYWORD, *rest a STAR. */
#include "grammar/python_lower.h"

static NodeId negate(Lower *lower, uint32_t start, NodeId operand) {
    Node node = {.kind = NODE_UNARY, .extra = OP_NEGATE, .start = start};
    return module_add(lower->module, node, lower->module->ends.items[operand], &operand, 1);
}

static NodeId wildcard(Lower *lower, const Slot *slot) {
    Node node = {.kind = NODE_PATTERN, .start = slot->start};
    return module_add(lower->module, node, slot->end, NULL, 0);
}

/* Collects the parts from `slot` on; a minus belongs to the number behind it. */
static void parts_collect(Lower *lower, const Slot *slot) {
    const Slot *minus = NULL;
    list_begin(lower);
    for (; slot < slots_end(lower); slot++) {
        if (slot->syntax == SYNTAX_UNDERSCORE) {
            list_add(lower, wildcard(lower, slot));
        } else if (slot->syntax == SYNTAX_OPERATOR) {
            minus = slot->operation == OP_SUB ? slot : NULL;
        } else if (slot_valued(slot)) {
            NodeId part = slot_node(lower, slot);
            list_add(lower, minus ? negate(lower, minus->start, part) : part);
            minus = NULL;
        }
    }
}

NodeId lower_pattern_parts(Lower *lower, Frame *frame) {
    parts_collect(lower, slots_begin(lower, frame));
    return lower_add_list(lower, frame, (Node){.kind = NODE_PATTERN});
}

NodeId lower_case_pattern(Lower *lower, Frame *frame) {
    parts_collect(lower, slots_begin(lower, frame));
    if (lower->list_count == 1) return lower->list[0];
    return lower_add_list(lower, frame, (Node){.kind = NODE_PATTERN});
}

NodeId lower_class_pattern(Lower *lower, Frame *frame) {
    const Slot *slot = frame_inner(lower, frame);
    if (!slot) return lower_pattern_parts(lower, frame);
    parts_collect(lower, slot);
    return lower_add_list(lower, frame,
                          (Node){.kind = NODE_PATTERN, .name = slot_text(lower, slot)});
}

NodeId lower_keyword_pattern(Lower *lower, Frame *frame) {
    const Slot *name = frame_inner(lower, frame);
    if (!name) return lower_unknown(lower, frame);
    parts_collect(lower, name + 1);
    NodeId value = lower->list_count ? lower->list[0] : NODE_NONE;
    Node node = {.kind = NODE_KEYWORD, .name = slot_text(lower, name)};
    return lower_add(lower, frame, node, &value, 1);
}

NodeId lower_splat_pattern(Lower *lower, Frame *frame) {
    bool twice = frame->end - frame->start > 1 && lower->source[frame->start + 1] == '*';
    parts_collect(lower, slots_begin(lower, frame));
    NodeId value = lower->list_count ? lower->list[0] : NODE_NONE;
    Node node = {.kind = NODE_STAR, .flags = twice ? NODE_DOUBLE : 0};
    return lower_add(lower, frame, node, &value, 1);
}

/* -1 + 2j: the operator between the two numbers is the last one. */
NodeId lower_complex_pattern(Lower *lower, Frame *frame) {
    NodeId children[2] = {NODE_NONE, NODE_NONE};
    const Slot *operation = NULL;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (slot->syntax == SYNTAX_OPERATOR) {
            operation = slot;
        } else if (slot_valued(slot) && !children[0]) {
            children[0] = slot_node(lower, slot);
            if (operation) children[0] = negate(lower, operation->start, children[0]);
        } else if (slot_valued(slot)) {
            children[1] = slot_node(lower, slot);
        }
    }
    Node node = {.kind = NODE_BINARY, .extra = operation ? operation->operation : OP_OTHER};
    return lower_add(lower, frame, node, children, 2);
}

NodeId lower_match(Lower *lower, Frame *frame) {
    NodeId subject = lower_field_tuple(lower, frame, FIELD_SUBJECT);
    list_begin(lower);
    list_add(lower, subject);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (module_node(lower->module, slot->node)->kind == NODE_CASE) list_add(lower, slot->node);
    return lower_add_list(lower, frame, (Node){.kind = NODE_MATCH});
}

/* case a, b: is a sequence without its parentheses. */
static NodeId case_subject(Lower *lower, const Frame *frame) {
    const Slot *first = NULL, *last = NULL;
    bool comma = frame_has(lower, frame, SYNTAX_COMMA);
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (!slot_valued(slot) || slot->field != FIELD_NONE) continue;
        if (!first) first = slot;
        last = slot;
        list_add(lower, slot_node(lower, slot));
    }
    if (lower->list_count == 1 && !comma) return lower->list[0];
    Node node = {.kind = NODE_PATTERN, .start = first ? first->start : frame->start};
    return module_add(lower->module, node, last ? last->end : frame->start, lower->list,
                      lower->list_count);
}

NodeId lower_case(Lower *lower, Frame *frame) {
    NodeId children[3] = {case_subject(lower, frame), NODE_NONE, NODE_NONE};
    children[1] = frame_expression(lower, frame, FIELD_GUARD);
    children[2] = frame_block(lower, frame, FIELD_CONSEQUENCE);
    return lower_add(lower, frame, (Node){.kind = NODE_CASE}, children, 3);
}
