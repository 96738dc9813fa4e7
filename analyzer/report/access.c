/* Findings are sorted by place and rule, so those of one access lie close together: each run of
 * the same place and rule is taken apart by the relation at the end of the path. The path before it
 * differs with the queryset: book.author.city and author.city are read by the same line. */
#include "report/access.h"

#include <stdlib.h>

static const char *last_hop(const Finding *finding) {
    const char *dot = strrchr(finding->relation, '.');
    return dot ? dot + 1 : finding->relation;
}

static bool same_access(const Finding *a, const Finding *b) {
    return a->rule == b->rule && a->place.line == b->place.line
           && a->place.column == b->place.column && !strcmp(a->place.path, b->place.path);
}

/* Whether `a` is better to show than `b`. */
static bool is_better(const Finding *a, const Finding *b) {
    if (a->severity != b->severity) return a->severity > b->severity;
    if (a->confidence != b->confidence) return a->confidence > b->confidence;
    if (!*a->edit != !*b->edit) return *a->edit;
    if (a->chain_count != b->chain_count) return a->chain_count < b->chain_count;
    return a < b;
}

static int hop_compare(const void *a, const void *b) {
    const Finding *left = *(const Finding *const *)a, *right = *(const Finding *const *)b;
    int order = strcmp(last_hop(left), last_hop(right));
    return order ? order : (left > right) - (left < right);
}

const Place *other_place(const Finding *other) {
    if (other->queryset.path) return &other->queryset;
    if (other->loop.path) return &other->loop;
    return other->chain_count ? &other->chain[other->chain_count - 1] : &other->place;
}

static bool same_words(const Finding *a, const Finding *b) {
    const Place *left = other_place(a), *right = other_place(b);
    return left->line == right->line && left->column == right->column
           && !strcmp(left->path, right->path) && !strcmp(a->fix, b->fix);
}

/* Whether what there is to say of a member has been said of the first, or of one before it: those
 * of one queryset are neighbours. */
static bool is_repeat(const Access *access, uint32_t member) {
    const Finding *finding = access->members[member];
    if (finding == access->first || same_words(finding, access->first)) return true;
    for (uint32_t i = member; i-- > 0;) {
        if (group_order(access->members[i], finding, GROUP_QUERYSET)) return false;
        if (same_words(access->members[i], finding)) return true;
    }
    return false;
}

/* The accesses of members [first, end), which have place and rule in common. */
static void add_run(Accesses *accesses, uint32_t first, uint32_t end, bool single) {
    const Finding **members = accesses->members;
    if (!single) qsort(members + first, end - first, sizeof *members, hop_compare);
    for (uint32_t i = first, next; i < end; i = next) {
        Access access = {.members = members + i, .first = members[i]};
        for (next = i; next < end && !strcmp(last_hop(members[i]), last_hop(members[next]));) {
            if (is_better(members[next], access.first)) access.first = members[next];
            next++;
            if (single) break;
        }
        access.count = next - i;
        for (uint32_t k = 0; k < access.count; k++) access.others += !is_repeat(&access, k);
        accesses->items[accesses->count++] = access;
    }
}

Accesses accesses_make(const Findings *findings, GroupBy by) {
    uint32_t count = findings->items.count;
    bool single = by == GROUP_NONE || by == GROUP_QUERYSET;
    Accesses accesses = {
        .items = memory_alloc(sizeof(Access) * (count + 1u)),
        .members = memory_alloc(sizeof(Finding *) * (count + 1u)),
    };
    for (uint32_t i = 0; i < count; i++) accesses.members[i] = &findings->items.items[i];
    for (uint32_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && same_access(accesses.members[i], accesses.members[end])) end++;
        add_run(&accesses, i, end, single);
    }
    return accesses;
}

void accesses_free(Accesses *accesses) {
    free(accesses->items);
    free(accesses->members);
}

uint32_t accesses_count(const Findings *findings) {
    Accesses accesses = accesses_make(findings, GROUP_ACCESS);
    accesses_free(&accesses);
    return accesses.count;
}

/* The order of the report is that of the members' places in memory. */
static int report_order(const Access *left, const Access *right) {
    return (left->members > right->members) - (left->members < right->members);
}

static int worst_compare(const void *a, const void *b) {
    const Access *left = a, *right = b;
    int order = finding_worse(left->first, right->first);
    return order ? order : report_order(left, right);
}

void accesses_worst(Accesses *accesses) {
    if (accesses->count)
        qsort(accesses->items, accesses->count, sizeof(Access), worst_compare);
}

#define GROUP_COMPARE(name, by)                                                                   \
    static int name(const void *a, const void *b) {                                               \
        const Access *left = a, *right = b;                                                       \
        int order = group_order(left->first, right->first, by);                                   \
        return order ? order : report_order(left, right);                                         \
    }

GROUP_COMPARE(file_compare, GROUP_FILE)
GROUP_COMPARE(rule_compare, GROUP_RULE)
GROUP_COMPARE(queryset_compare, GROUP_QUERYSET)

void accesses_group(Accesses *accesses, GroupBy by) {
    int (*compare)(const void *, const void *) =
        by == GROUP_FILE ? file_compare : by == GROUP_RULE ? rule_compare
        : by == GROUP_QUERYSET ? queryset_compare : NULL;
    if (compare && accesses->count)
        qsort(accesses->items, accesses->count, sizeof(Access), compare);
}

/* Members are sorted by their querysets: equal ones are neighbours. */
static bool querysets_differ(const Access *access) {
    for (uint32_t i = 0; i < access->count; i++) {
        const Place *queryset = &access->members[i]->queryset;
        if (!queryset->path
            || (i && !group_order(access->members[i - 1], access->members[i], GROUP_QUERYSET)))
            return false;
    }
    return true;
}

void write_others(Writer *out, const Access *access) {
    uint32_t more = access->others;
    bool differ = querysets_differ(access);
    write_format(out, "%s %u more %s%s", differ ? "from" : "in", more, differ ? "queryset" : "way",
                 more == 1 ? "" : "s");
}

/* Length of the queryset's place at the start of the text; 0: something else stands there. */
static size_t place_here(const char *text, const Finding *finding) {
    const Place *place = &finding->queryset;
    char line[16];
    size_t length = place->path ? strlen(place->path) : 0;
    if (!length || strncmp(text, place->path, length)) return 0;
    int digits = snprintf(line, sizeof line, ":%u", place->line);
    return strncmp(text + length, line, (size_t)digits) ? 0 : length + (size_t)digits;
}

/* Whether two findings' advice is the same but for where their querysets are. */
static bool same_advice(const Finding *a, const Finding *b) {
    const char *left = a->fix, *right = b->fix;
    while (*left && *right) {
        size_t here = place_here(left, a), there = place_here(right, b);
        if ((!here || !there) && *left != *right) return false;
        left += here && there ? here : 1;
        right += here && there ? there : 1;
    }
    return *left == *right;
}

/* The advice, where the queryset has just been named: "add ... to it". The caller frees. */
static char *other_advice(const Finding *other, const Finding *first) {
    static const char *const named[] = {"the queryset at ", "the object read at "};
    const char *fix = *other->edit ? other->edit : same_advice(other, first) ? "" : other->fix;
    size_t length = strlen(fix);
    char *advice = memory_alloc(length + 1);
    memcpy(advice, fix, length + 1);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        char *at = strstr(advice, named[i]), *place = at ? at + strlen(named[i]) : NULL;
        size_t here = place ? place_here(place, other) : 0;
        if (!here) continue;
        memcpy(at, "it", 2);
        memmove(at + 2, place + here, strlen(place + here) + 1);
    }
    return advice;
}

void access_others(const Access *access, uint32_t most, OtherWriter *write, void *context) {
    for (uint32_t i = 0; i < access->count && most; i++) {
        if (is_repeat(access, i)) continue;
        char *advice = other_advice(access->members[i], access->first);
        write(access->members[i], advice, context);
        free(advice);
        most--;
    }
}
