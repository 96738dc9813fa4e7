/* tree.h - a dump of a Module as S-expressions: (KIND name flags child...), with `x` for the NAME
 * x, 'x' for a STRING, the text for a NUMBER and - for the ABSENT node. */
#ifndef EAGERLY_TREE_H
#define EAGERLY_TREE_H

#include "base/writer.h"
#include "grammar/module.h"
#include "tests/unit/tap.h"

/* One line of the dump without its offsets, shortened. True if its parenthesis stays open. */
static inline bool tree_head(Writer *out, const char *line, size_t length) {
    static const char *const bare[] = {"NAME \"", "NUMBER \"", "STRING \""};
    if (length == 6 && !memcmp(line, "ABSENT", 6)) {
        write_text(out, "-");
        return false;
    }
    while (line[length - 1] != ' ') length--;
    length--;
    for (size_t i = 0; i < 3; i++) {
        size_t prefix = strlen(bare[i]);
        if (length <= prefix || memcmp(line, bare[i], prefix) != 0 || line[length - 1] != '"')
            continue;
        write_text(out, i == 2 ? "'" : "");
        write_bytes(out, line + prefix, length - prefix - 1);
        write_text(out, i == 2 ? "'" : "");
        return false;
    }
    write_text(out, "(");
    write_bytes(out, line, length);
    return true;
}

/* Closes the nodes that are at least as deep as `depth`. */
static inline void tree_close(Writer *out, bool *open, int *deepest, int depth) {
    for (; *deepest >= depth; --*deepest) {
        if (open[*deepest]) write_text(out, ")");
        open[*deepest] = false;
    }
}

/* The statements of a dump as S-expressions, one behind the other; the root is left out. */
static inline void tree_write(Writer *out, const char *dump, size_t length) {
    bool open[80] = {false};
    int deepest = 0;
    const char *line = dump, *end = dump + length;
    for (const char *next; line < end; line = next + 1) {
        int depth = 0;
        next = memchr(line, '\n', (size_t)(end - line));
        while (line[depth * 2] == ' ') depth++;
        if (!depth) continue;
        tree_close(out, open, &deepest, depth);
        if (line != dump + strcspn(dump, "\n") + 1) write_text(out, " ");
        open[depth] = tree_head(out, line + depth * 2, (size_t)(next - line - depth * 2));
        deepest = depth;
    }
    tree_close(out, open, &deepest, 1);
}

/* A source and the tree that is read from it. */
typedef struct Shape {
    const char *source, *tree;
} Shape;

/* One check, named by the shape's source. */
static inline void shape_check(const Module *module, const Shape *shape) {
    Writer *dump = writer_to_memory(), *tree = writer_to_memory();
    size_t length;
    module_dump(module, dump);
    const char *text = writer_text(dump, &length);
    tree_write(tree, text, length);
    TAP_TEXT(writer_text(tree, &length), shape->tree, shape->source);
    writer_close(dump);
    writer_close(tree);
}

#endif
