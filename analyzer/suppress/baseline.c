/* Matching takes two rounds: findings with the same hash first; then, among what is left on both
 * sides, those of the same shape, whose module has another name by now. */
#include "suppress/baseline.h"

#include <stdlib.h>
#include <string.h>

static BaselineEntry *entry_find(const Baseline *baseline, uint64_t hash) {
    const uint32_t *number = map_get(&baseline->by_hash, hash);
    return number ? &baseline->items.items[*number] : NULL;
}

static BaselineEntry *entry_add(Baseline *baseline, BaselineEntry entry) {
    uint32_t *number = arena_make(baseline->arena, uint32_t);
    *number = baseline->items.count;
    array_push(baseline->arena, &baseline->items, entry);
    map_put(baseline->arena, &baseline->by_hash, entry.hash, number);
    return &baseline->items.items[*number];
}

typedef struct Round {
    Baseline *baseline;
    Findings *known;
    Map shapes;                  /* second round: shape to the first entry that has some left */
    bool second;
} Round;

static BaselineEntry *round_entry(Round *round, const Finding *finding) {
    if (!round->second) return entry_find(round->baseline, finding->hash);
    uint32_t *number = map_get(&round->shapes, finding->shape);
    return number ? &round->baseline->items.items[*number] : NULL;
}

static bool finding_is_new(const Finding *finding, void *context) {
    Round *round = context;
    BaselineEntry *entry = round_entry(round, finding);
    if (!entry || !entry->left || strcmp(entry->code, finding->rule->rule->code)) return true;
    entry->left--;
    array_push(round->known->arena, &round->known->items, *finding);
    return false;
}

static void shapes_collect(Round *round) {
    Baseline *baseline = round->baseline;
    for (uint32_t i = 0; i < baseline->items.count; i++) {
        const BaselineEntry *entry = &baseline->items.items[i];
        if (!entry->left || map_get(&round->shapes, entry->shape)) continue;
        uint32_t *number = arena_make(baseline->arena, uint32_t);
        *number = i;
        map_put(baseline->arena, &round->shapes, entry->shape, number);
    }
    round->second = true;
}

Findings *baseline_apply(Baseline *baseline, Findings *findings) {
    Findings *known = arena_make(findings->arena, Findings);
    known->arena = findings->arena;
    Round round = {.baseline = baseline, .known = known};
    findings_keep(findings, finding_is_new, &round);
    shapes_collect(&round);
    findings_keep(findings, finding_is_new, &round);
    findings->known = known->items.count;
    return known;
}

Baseline *baseline_of(const Findings *findings) {
    Baseline *baseline = arena_make(findings->arena, Baseline);
    baseline->arena = findings->arena;
    for (uint32_t i = 0; i < findings->items.count; i++) {
        const Finding *finding = &findings->items.items[i];
        BaselineEntry *entry = entry_find(baseline, finding->hash);
        if (!entry)
            entry = entry_add(baseline, (BaselineEntry){
                .hash = finding->hash, .shape = finding->shape, .code = finding->rule->rule->code,
                .path = finding->place.path, .function = finding->place.function,
                .relation = finding->relation});
        entry->count++;
    }
    return baseline;
}

static const char *text_copy(Arena *arena, const char *text) {
    return arena_copy(arena, text, strlen(text));
}

Baseline *baseline_copy(Arena *arena, const Baseline *baseline) {
    Baseline *copy = arena_make(arena, Baseline);
    copy->arena = arena;
    for (uint32_t i = 0; i < baseline->items.count; i++) {
        BaselineEntry entry = baseline->items.items[i];
        entry.left = entry.count;
        entry.code = text_copy(arena, entry.code);
        entry.path = text_copy(arena, entry.path);
        entry.function = text_copy(arena, entry.function);
        entry.relation = text_copy(arena, entry.relation);
        entry_add(copy, entry);
    }
    return copy;
}

static bool entry_asked(const BaselineEntry *entry, const Selection *selection) {
    const RuleEntry *rule = rule_named(entry->code);
    return !rule || selection_has(selection, rule); /* a rule that is no more: gone as well */
}

void baseline_keep_unasked(Baseline *into, const Baseline *from, const Selection *selection) {
    for (uint32_t i = 0; i < from->items.count; i++) {
        BaselineEntry entry = from->items.items[i];
        if (!entry.left || entry_asked(&entry, selection)) continue;
        entry.count = entry.left;
        if (!entry_find(into, entry.hash)) entry_add(into, entry);
    }
}

uint64_t baseline_fixed(const Baseline *baseline, const Selection *selection) {
    uint64_t fixed = 0;
    for (uint32_t i = 0; i < baseline->items.count; i++)
        if (entry_asked(&baseline->items.items[i], selection))
            fixed += baseline->items.items[i].left;
    return fixed;
}

static int entry_order(const void *left, const void *right) {
    const BaselineEntry *a = left, *b = right;
    int order = strcmp(a->path, b->path);
    if (!order) order = strcmp(a->code, b->code);
    if (!order) order = strcmp(a->function, b->function);
    if (!order) order = strcmp(a->relation, b->relation);
    return order ? order : (a->hash > b->hash) - (a->hash < b->hash);
}

/* For people: what is very long is cut. */
static void write_value(Writer *out, const char *key, const char *text) {
    enum { TEXT_MOST = 1024 };
    write_format(out, ", \"%s\": ", key);
    write_json(out, text, strnlen(text, TEXT_MOST));
}

void baseline_write(Baseline *baseline, Writer *out) {
    uint32_t count = baseline->items.count;
    if (count) qsort(baseline->items.items, count, sizeof(BaselineEntry), entry_order);
    write_text(out, "{\n  \"version\": 1,\n  \"findings\": {");
    for (uint32_t i = 0; i < count; i++) {
        const BaselineEntry *entry = &baseline->items.items[i];
        write_format(out, "%s\n    \"%016llx\": {\"count\": %llu, \"shape\": \"%016llx\"",
                     i ? "," : "", (unsigned long long)entry->hash,
                     (unsigned long long)entry->count, (unsigned long long)entry->shape);
        write_value(out, "code", entry->code);
        write_value(out, "path", entry->path);
        write_value(out, "function", entry->function);
        write_value(out, "relation", entry->relation);
        write_text(out, "}");
    }
    write_text(out, count ? "\n  }\n}\n" : "}\n}\n");
}
