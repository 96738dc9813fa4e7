/* What every handler needs: making nodes of leaves, finding children by field, collecting
 * lists, and the handlers that fit several kinds of syntax. */
#include "grammar/python_lower.h"

enum { STACK_ROOM_FIRST = 256 };

void *stack_grow(void *items, uint32_t count, uint32_t *room, size_t size) {
    if (count < *room) return items;
    *room = *room ? *room * 2 : STACK_ROOM_FIRST;
    return memory_resize(items, size * *room);
}

void text_add(Lower *lower, const char *text, size_t length) {
    while (lower->text_room - lower->text_count < length)
        lower->text = stack_grow(lower->text, lower->text_room, &lower->text_room, 1);
    if (length) memcpy(lower->text + lower->text_count, text, length);
    lower->text_count += (uint32_t)length;
}

Str slot_text(Lower *lower, const Slot *slot) {
    return str_intern(lower->module->strings, lower->source + slot->start,
                      slot->end - slot->start);
}

bool slot_valued(const Slot *slot) {
    if (slot->node != NODE_NONE) return true;
    return slot->syntax >= SYNTAX_IDENTIFIER && slot->syntax <= SYNTAX_DOTTED_NAME;
}

static bool name_byte(char byte) {
    unsigned char code = (unsigned char)byte;
    return code >= 0x80 || code == '_' || (code >= '0' && code <= '9') ||
           ((code | 0x20) >= 'a' && (code | 0x20) <= 'z');
}

/* a.b.c in a match pattern: a NAME with ATTRIBUTEs around it. */
static NodeId dotted_node(Lower *lower, const Slot *slot) {
    NodeId object = NODE_NONE;
    const char *source = lower->source;
    for (uint32_t at = slot->start; at < slot->end;) {
        if (source[at] == '#') {
            while (at < slot->end && source[at] != '\n') at++;
            continue;
        }
        if (!name_byte(source[at])) {
            at++;
            continue;
        }
        uint32_t from = at;
        while (at < slot->end && name_byte(source[at])) at++;
        Node node = {.kind = object ? NODE_ATTRIBUTE : NODE_NAME, .start = slot->start};
        node.name = str_intern(lower->module->strings, source + from, at - from);
        object = module_add(lower->module, node, at, &object, object ? 1 : 0);
    }
    if (object) return object;
    return module_add(lower->module, (Node){.kind = NODE_UNKNOWN, .start = slot->start},
                      slot->end, NULL, 0);
}

static NodeId leaf_node(Lower *lower, const Slot *slot) {
    Node node = {.kind = NODE_CONSTANT, .start = slot->start};
    switch (slot->syntax) {
    case SYNTAX_IDENTIFIER:
        node.kind = NODE_NAME;
        break;
    case SYNTAX_INTEGER:
    case SYNTAX_FLOAT:
        node.kind = NODE_NUMBER;
        break;
    case SYNTAX_NONE_LITERAL:
        node.extra = CONSTANT_NONE;
        break;
    case SYNTAX_TRUE_LITERAL:
        node.extra = CONSTANT_TRUE;
        break;
    case SYNTAX_FALSE_LITERAL:
        node.extra = CONSTANT_FALSE;
        break;
    default:
        node.extra = CONSTANT_ELLIPSIS;
    }
    if (slot->missing) node = (Node){.kind = NODE_UNKNOWN, .start = slot->start};
    else if (node.kind != NODE_CONSTANT) node.name = slot_text(lower, slot);
    return module_add(lower->module, node, slot->end, NULL, 0);
}

NodeId slot_node(Lower *lower, const Slot *slot) {
    if (!slot || !slot_valued(slot)) return NODE_NONE;
    if (slot->node != NODE_NONE) return slot->node;
    return slot->syntax == SYNTAX_DOTTED_NAME ? dotted_node(lower, slot) : leaf_node(lower, slot);
}

NodeId lower_retag(Lower *lower, NodeId id) {
    Node *node = &lower->module->nodes.items[id];
    node->kind = NODE_UNKNOWN;
    node->flags = 0;
    node->extra = 0;
    node->name = STR_NONE;
    return id;
}

NodeId slot_expression(Lower *lower, const Slot *slot) {
    NodeId id = slot_node(lower, slot);
    if (id == NODE_NONE) return id;
    NodeKind kind = module_node(lower->module, id)->kind;
    bool fits = kind <= NODE_WALRUS && kind != NODE_COMP_FOR && kind != NODE_COMP_IF;
    return fits ? id : lower_retag(lower, id);
}

const Slot *frame_slot(const Lower *lower, const Frame *frame, Field field) {
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot->field == field) return slot;
    return NULL;
}

const Slot *frame_inner(const Lower *lower, const Frame *frame) {
    const Slot *broken = NULL;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (!slot_valued(slot)) continue;
        if (slot->syntax != SYNTAX_ERROR) return slot;
        if (!broken) broken = slot;
    }
    return broken;
}

NodeId frame_expression(Lower *lower, const Frame *frame, Field field) {
    return slot_expression(lower, frame_slot(lower, frame, field));
}

NodeId frame_block(Lower *lower, const Frame *frame, Field field) {
    const Slot *slot = frame_slot(lower, frame, field);
    if (slot && slot->node && module_node(lower->module, slot->node)->kind == NODE_BLOCK)
        return slot->node;
    Node block = {.kind = NODE_BLOCK, .start = frame->end};
    return module_add(lower->module, block, frame->end, NULL, 0);
}

bool frame_has(const Lower *lower, const Frame *frame, Syntax syntax) {
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot->syntax == syntax) return true;
    return false;
}

void list_begin(Lower *lower) {
    lower->list_count = 0;
}

void list_add(Lower *lower, NodeId node) {
    STACK_PUSH(lower->list, lower->list_count, lower->list_room, node);
}

NodeId lower_add(Lower *lower, const Frame *frame, Node node, const NodeId *children,
                 uint32_t count) {
    node.start = frame->start;
    return module_add(lower->module, node, frame->end, children, count);
}

NodeId lower_add_list(Lower *lower, const Frame *frame, Node node) {
    return lower_add(lower, frame, node, lower->list, lower->list_count);
}

NodeId lower_add_chain(Lower *lower, const Frame *frame, Node node, NodeId *children,
                       uint32_t count, uint32_t at) {
    Module *module = lower->module;
    NodeId star = children[at];
    if (module_node(module, star)->kind != NODE_STAR)
        return lower_add(lower, frame, node, children, count);
    children[at] = node_child(module, star, 0);
    node.start = module_node(module, children[at])->start;
    NodeId made = module_add(module, node, frame->end, children, count);
    module->children.items[module_node(module, star)->first + 1] = made;
    module->ends.items[star] = frame->end;
    return star;
}

NodeId lower_field_tuple(Lower *lower, const Frame *frame, Field field) {
    const Slot *first = NULL, *last = NULL;
    uint32_t count = 0;
    bool comma = false;
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++) {
        if (count && slot->syntax == SYNTAX_COMMA) comma = true;
        if (slot->field != field || !slot_valued(slot)) continue;
        if (!first) first = slot;
        last = slot;
        count++;
    }
    bool starred = first && module_node(lower->module, first->node)->kind == NODE_STAR;
    if (count < 2 && !comma && !starred) return slot_expression(lower, first);
    list_begin(lower);
    for (const Slot *slot = first; slot <= last; slot++)
        if (slot->field == field && slot_valued(slot))
            list_add(lower, slot_expression(lower, slot));
    Node tuple = {.kind = NODE_TUPLE, .start = first->start};
    return module_add(lower->module, tuple, last->end, lower->list, lower->list_count);
}

NodeId lower_splice(Lower *lower, Frame *frame) {
    (void)lower;
    (void)frame;
    return SPLICE;
}

NodeId lower_unknown(Lower *lower, Frame *frame) {
    list_begin(lower);
    for (const Slot *slot = slots_begin(lower, frame); slot < slots_end(lower); slot++)
        if (slot_valued(slot)) list_add(lower, slot_node(lower, slot));
    return lower_add_list(lower, frame, (Node){.kind = NODE_UNKNOWN});
}

NodeId lower_error(Lower *lower, Frame *frame) {
    lower->module->errors++;
    return lower_unknown(lower, frame);
}

/* A wrapper around one thing. The slot tells the syntax of that thing from now on. */
NodeId lower_inner(Lower *lower, Frame *frame) {
    const Slot *inner = frame_inner(lower, frame);
    if (!inner) return lower_add(lower, frame, (Node){.kind = NODE_UNKNOWN}, NULL, 0);
    frame->syntax = inner->syntax;
    return slot_node(lower, inner);
}
