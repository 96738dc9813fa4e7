/* What several formats say of all findings together: the worst of them, the rules they are of,
 * and one line that counts them. */
#include "report/access.h"

#include <stdlib.h>

int finding_worse(const Finding *a, const Finding *b) {
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    size_t costs = strlen(a->estimate), other = strlen(b->estimate);
    return costs == other ? 0 : costs > other ? -1 : 1;
}

static int worst_first(const void *a, const void *b) {
    const Finding *left = *(const Finding *const *)a, *right = *(const Finding *const *)b;
    int order = finding_worse(left, right);
    return order ? order : left < right ? -1 : left > right;
}

const Finding **findings_worst(const Findings *findings) {
    uint32_t count = findings->items.count;
    const Finding **worst = memory_alloc(sizeof *worst * (count + 1));
    for (uint32_t i = 0; i < count; i++) worst[i] = &findings->items.items[i];
    if (count) qsort(worst, count, sizeof *worst, worst_first);
    return worst;
}

static int code_order(const void *a, const void *b) {
    const RuleCount *left = a, *right = b;
    return strcmp(left->entry->rule->code, right->entry->rule->code);
}

RuleCount *findings_rules(const Findings *findings, uint32_t *count) {
    RuleCount *counts = memory_alloc(sizeof *counts * (rule_count + 1u));
    *count = 0;
    for (uint32_t i = 0; i < rule_count; i++) {
        RuleCount of = {&rules[i], 0};
        for (uint32_t k = 0; k < findings->items.count; k++)
            of.count += findings->items.items[k].rule == of.entry;
        if (of.count) counts[(*count)++] = of;
    }
    if (*count) qsort(counts, *count, sizeof *counts, code_order);
    return counts;
}

void write_summary(Writer *out, const Findings *findings) {
    uint32_t count = findings->items.count, files = 0, used;
    for (uint32_t i = 0; i < count; i++)
        files += !i || strcmp(findings->items.items[i].place.path,
                              findings->items.items[i - 1].place.path);
    if (!count) {
        write_text(out, "No findings.");
        return;
    }
    write_format(out, "Found %u finding%s ", count, count == 1 ? "" : "s");
    uint32_t places = accesses_count(findings);
    if (places < count) write_format(out, "at %u place%s ", places, places == 1 ? "" : "s");
    write_format(out, "in %u file%s (", files, files == 1 ? "" : "s");
    RuleCount *counts = findings_rules(findings, &used);
    for (uint32_t i = 0; i < used; i++)
        write_format(out, "%s%s %u", i ? ", " : "", counts[i].entry->rule->code, counts[i].count);
    free(counts);
    write_text(out, ")");
}
