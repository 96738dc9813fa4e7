/* Statements never overlap but on the line they share (`a; b`), so each paints its lines, and
 * those that meet on a line become one span. */
#include "suppress/lines.h"

static bool has_body(NodeKind kind) {
    return kind == NODE_BLOCK || kind == NODE_HANDLER || kind == NODE_CASE;
}

static bool is_statement(const Module *module, NodeKind kind) {
    if (module->engine != ENGINE_PYTHON) return kind != NODE_BLOCK && kind != NODE_ABSENT;
    switch (kind) {
    case NODE_WITH_ITEM: case NODE_PATTERN: case NODE_ALIAS: case NODE_BLOCK: return false;
    case NODE_CLASS: case NODE_FUNCTION: case NODE_IMPORT: case NODE_IMPORT_FROM: return true;
    default: return kind >= NODE_EXPRESSION && kind <= NODE_GLOBAL;
    }
}

static uint32_t line_of(const Module *module, uint32_t offset) {
    uint32_t line, column;
    module_place(module, offset, &line, &column);
    return line;
}

/* A header ends before its body's first line, or on it. */
static LineSpan header_span(const Module *module, NodeId id) {
    const Node *node = module_node(module, id);
    uint32_t body = UINT32_MAX, last = node->start, first = node->start;
    for (uint32_t i = 0; i < node_count(module, id); i++) {
        NodeId child = node_child(module, id, i);
        const Node *of = module_node(module, child);
        if (child && has_body((NodeKind)of->kind) && of->start < body) body = of->start;
    }
    for (uint32_t i = 0; i < node_count(module, id); i++) {
        NodeId child = node_child(module, id, i);
        const Node *of = module_node(module, child);
        if (!child || has_body((NodeKind)of->kind) || of->start > body) continue;
        uint32_t end = module->ends.items[child];
        if (end > last) last = end;
        if (of->start < first) first = of->start;
    }
    if (body == UINT32_MAX && module->ends.items[id] > last) last = module->ends.items[id];
    LineSpan span = {.first = line_of(module, first), .last = line_of(module, last)};
    span.tight = span.last;
    if (body == UINT32_MAX) return span;
    uint32_t start = line_of(module, body);
    if (start > span.last + 1) span.last = start - 1;
    return span;
}

static LineSpan statement_span(const Module *module, NodeId id) {
    uint32_t line = line_of(module, module_node(module, id)->start);
    if (module->engine != ENGINE_PYTHON) return (LineSpan){line, line, line, 0};
    return header_span(module, id);
}

static void span_paint(Lines *lines, LineSpan span) {
    for (uint32_t line = span.first; line <= span.last && line < lines->count; line++) {
        LineSpan *at = &lines->spans[line];
        if (!at->first || span.first < at->first) at->first = span.first;
        if (span.last > at->last) at->last = span.last;
        if (span.tight > at->tight) at->tight = span.tight;
    }
}

Lines *lines_make(Arena *arena, const Module *module) {
    Lines *lines = arena_make(arena, Lines);
    lines->count = line_of(module, module->size) + 2;
    lines->spans = arena_many(arena, LineSpan, lines->count);
    for (NodeId id = 1; id < module->nodes.count; id++)
        if (is_statement(module, (NodeKind)module_node(module, id)->kind))
            span_paint(lines, statement_span(module, id));
    for (uint32_t line = lines->count, next = 0; line-- > 0;) {
        if (lines->spans[line].first == line) next = line;
        lines->spans[line].next = next;
    }
    return lines;
}

LineSpan lines_at(const Lines *lines, uint32_t line, bool alone) {
    if (line >= lines->count) return (LineSpan){0};
    LineSpan here = lines->spans[line];
    if (here.first && (!alone || line < here.tight)) return here;
    if (!alone) return (LineSpan){line, line, line, line};
    return lines->spans[line].next ? lines->spans[lines->spans[line].next] : (LineSpan){0};
}
