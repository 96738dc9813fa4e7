/* How a Module is stored: nodes, their ends and their children lie in three arrays of the
 * module's arena. A node's children stand in `children` behind their count; every node without
 * children shares the zero that stands at index 0. Nothing here recurses, because a tree can
 * be as deep as a hostile file makes it. */
#include "grammar/module.h"

#include "base/writer.h"

static const char *const kind_names[] = {
#define KIND(name) #name,
    NODE_KINDS(KIND)
#undef KIND
};

static const char *const constant_names[] = {"None", "True", "False", "..."};
static const char *const collection_names[] = {"list", "set", "dict", "generator"};
static const char *const operator_names[] = {
    "?",  "+",  "-",   "*",  "/",      "//", "%",  "**", "@",  "|",  "&",  "^",      "<<", ">>",
    "not", "-x", "+x", "~",  "and",    "or", "==", "!=", "<",  "<=", ">",  ">=",     "in", "not in",
    "is", "is not",
};

static const char *const flag_names[] = {"double",    "starred", "keyword-only", "async",
                                         "generator", "from",    "bytes",        "implicit"};

enum { DUMP_INDENT_MAX = 64 }; /* deeper lines stay there: the output grows with the tree only */

Module *module_new(const char *path) {
    Arena *arena = arena_new();
    Module *module = arena_make(arena, Module);
    module->arena = arena;
    module->path = arena_copy(arena, path, strlen(path));
    module->strings = strings_new(arena);
    array_push(arena, &module->children, 0);
    array_push(arena, &module->lines, 0);
    module_add(module, (Node){.kind = NODE_ABSENT}, 0, NULL, 0);
    return module;
}

void module_free(Module *module) {
    if (module) arena_free(module->arena);
}

NodeId module_add(Module *module, Node node, uint32_t end, const NodeId *children,
                  uint32_t count) {
    node.first = count ? module->children.count : 0;
    if (count) array_push(module->arena, &module->children, count);
    for (uint32_t i = 0; i < count; i++) array_push(module->arena, &module->children, children[i]);
    array_push(module->arena, &module->nodes, node);
    array_push(module->arena, &module->ends, end);
    return module->nodes.count - 1;
}

const Embedded *module_embedded_root(const Module *module, NodeId root) {
    uint32_t low = 0, high = module->embedded.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (module->embedded.items[middle].root < root) low = middle + 1;
        else high = middle;
    }
    const Embedded *found = low < module->embedded.count ? &module->embedded.items[low] : NULL;
    return found && found->root == root ? found : NULL;
}

const Embedded *module_embedded(const Module *module, NodeId string) {
    uint32_t low = 0, high = module->embedded.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (module->embedded.items[middle].string < string) low = middle + 1;
        else high = middle;
    }
    const Embedded *found = low < module->embedded.count ? &module->embedded.items[low] : NULL;
    return found && found->string == string ? found : NULL;
}

void module_place(const Module *module, uint32_t offset, uint32_t *line, uint32_t *column) {
    uint32_t low = 0, high = module->lines.count; /* the line is in [low, high) */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (module->lines.items[middle] <= offset) low = middle;
        else high = middle;
    }
    *line = low + 1;
    *column = offset - module->lines.items[low] + 1;
}

const char *node_kind_name(NodeKind kind) {
    return kind < NODE_KIND_COUNT ? kind_names[kind] : "?";
}

static const char *dump_named(const char *const *names, size_t count, uint32_t at) {
    return at < count ? names[at] : "?";
}
#define NAMED(names, at) dump_named((names), sizeof(names) / sizeof *(names), (at))

static void dump_extra(const Node *node, Writer *out) {
    switch (node->kind) {
    case NODE_CONSTANT:
        write_format(out, " %s", NAMED(constant_names, node->extra));
        break;
    case NODE_COMPREHENSION:
        write_format(out, " %s", NAMED(collection_names, node->extra));
        break;
    case NODE_UNARY:
    case NODE_BINARY:
    case NODE_BOOLEAN:
    case NODE_COMPARE:
    case NODE_AUGMENT:
        write_format(out, " %s", NAMED(operator_names, node->extra));
        break;
    default:
        if (node->extra) write_format(out, " %u", node->extra);
    }
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\f';
}

void module_comment(Module *module, const char *source, uint32_t size, Comment comment,
                    uint32_t from, uint32_t to) {
    while (from < to && (is_blank(source[from]) || source[from] == '\n')) from++;
    while (to > from && (is_blank(source[to - 1]) || source[to - 1] == '\n')) to--;
    uint32_t before = comment.start, after = comment.end;
    while (before && is_blank(source[before - 1])) before--;
    while (after < size && is_blank(source[after])) after++;
    bool mark = before == 3 && !memcmp(source, "\xEF\xBB\xBF", 3);
    comment.alone = (!before || mark || source[before - 1] == '\n')
                    && (after == size || source[after] == '\n');
    comment.text = str_intern(module->strings, source + from, to - from);
    array_push(module->arena, &module->comments, comment);
}

static void dump_flags(const Node *node, Writer *out) {
    for (uint32_t bit = 0; bit < 8; bit++) {
        if (!(node->flags & (1u << bit))) continue;
        bool nonlocal = node->kind == NODE_GLOBAL && (1u << bit) == NODE_NONLOCAL;
        write_format(out, " %s", nonlocal ? "nonlocal" : flag_names[bit]);
    }
}

static void dump_node(const Module *module, NodeId id, uint32_t depth, Writer *out) {
    const Node *node = module_node(module, id);
    uint32_t indent = depth < DUMP_INDENT_MAX ? depth : DUMP_INDENT_MAX;
    write_format(out, "%*s%s", (int)indent * 2, "", node_kind_name(node->kind));
    if (id == NODE_NONE) {
        write_text(out, "\n");
        return;
    }
    if (node->name != STR_NONE) {
        write_text(out, " ");
        write_json(out, str_text(module->strings, node->name),
                   str_length(module->strings, node->name));
    }
    dump_extra(node, out);
    dump_flags(node, out);
    write_format(out, " %u-%u\n", node->start, module->ends.items[id]);
}

typedef struct DumpStep {
    NodeId node;
    uint32_t next; /* the child to print next */
} DumpStep;

void module_dump(const Module *module, struct Writer *out) {
    Arena *arena = arena_new();
    Array(DumpStep) steps = {0};
    dump_node(module, module->root, 0, out);
    array_push(arena, &steps, (DumpStep){module->root, 0});
    while (steps.count) {
        DumpStep *step = &steps.items[steps.count - 1];
        if (step->next == node_count(module, step->node)) {
            steps.count--;
            continue;
        }
        NodeId child = node_child(module, step->node, step->next++);
        dump_node(module, child, steps.count, out);
        array_push(arena, &steps, (DumpStep){child, 0});
    }
    arena_free(arena);
}
