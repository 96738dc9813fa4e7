/* Loops that try again: `while attempt < most:`, `for attempt in range(RETRIES):`.
 *
 * They end when it works, and are given up after a few turns. Nothing but their names says so. */
#include "flow/evaluate.h"

#include <ctype.h>

enum { ATTEMPTS_DEPTH = 6 };

/* One of the words in max_attempts, MAX_RETRIES, retryCount's "retry". */
static bool name_tries(const char *name) {
    static const char *const words[] = {"attempt", "attempts", "retry", "retries", "tries",
                                        "try"};
    while (*name) {
        size_t length = strcspn(name, "_");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t same = 0;
            while (same < length && tolower((unsigned char)name[same]) == words[i][same]) same++;
            if (same == length && !words[i][same]) return true;
        }
        name += length + (name[length] == '_');
    }
    return false;
}

static bool names_try(Activation *a, NodeId node, unsigned depth) {
    uint8_t kind = node_at(a, node)->kind;
    bool named = kind == NODE_NAME || kind == NODE_ATTRIBUTE;
    if (named && name_tries(project_text(a->e->project, node_name(a, node)))) return true;
    if (kind != NODE_BINARY && kind != NODE_CALL) return false;
    for (uint32_t i = 0; depth < ATTEMPTS_DEPTH && i < children_of(a, node); i++)
        if (names_try(a, child_at(a, node, i), depth + 1)) return true;
    return false;
}

bool condition_tries(Activation *a, NodeId condition) {
    const Node *at = node_at(a, condition);
    bool ordered = at->kind == NODE_COMPARE && at->extra >= OP_LT && at->extra <= OP_GE;
    if (ordered)
        return names_try(a, child_at(a, condition, 0), 0)
               || names_try(a, child_at(a, condition, 1), 0);
    bool whole = at->kind == NODE_BOOLEAN && at->extra == OP_AND;
    for (uint32_t i = 0; whole && i < children_of(a, condition); i++)
        if (condition_tries(a, child_at(a, condition, i))) return true;
    return false;
}

bool range_tries(Activation *a, NodeId target, NodeId iterable) {
    if (node_at(a, iterable)->kind != NODE_CALL) return false;
    NodeId callee = child_at(a, iterable, 0);
    if (node_at(a, callee)->kind != NODE_NAME || !name_is(a->e, node_name(a, callee), "range"))
        return false;
    for (uint32_t i = 1; i < children_of(a, iterable); i++)
        if (names_try(a, child_at(a, iterable, i), 0)) return true;
    return names_try(a, target, 0);
}
