/* finding.h - what is told to the user: events that rules claimed, without duplicates, in order.
 *
 * Findings know paths, lines and words; they know nothing of plans and values. Output formats see
 * only this header. Everything is owned by the Findings' arena. */
#ifndef EAGERLY_FINDING_H
#define EAGERLY_FINDING_H

#include "base/writer.h"
#include "report/rule.h"

typedef struct Place {
    const char *path;            /* shown path; bytes, not necessarily UTF-8 */
    const char *opened;          /* path to open for the source line */
    uint32_t line, column;       /* from 1; columns count bytes */
    uint32_t end_line, end_column;
    const char *function;        /* the function around it, qualified; "" at module level */
    bool in_class;               /* in a class's body, but in no function of it */
    uint32_t module;             /* index in the project's modules */

    /* Known after findings_measure(). */
    const char *repository;      /* path from the top of the repository; NULL: not known */
    const char *source;          /* the line without its indentation, cut if long; NULL: none */
    uint32_t point, end_point;   /* the columns counted in characters; 0: not known */
} Place;

typedef struct Finding {
    const RuleEntry *rule;
    Severity severity;
    Confidence confidence;
    Surface surface;
    Place place;                 /* the touch */
    Place queryset;              /* where the rows are born; path NULL: none */
    Place loop;                  /* innermost; path NULL: none */
    Place *chain;                /* calls, from the touch outwards */
    uint32_t chain_count;
    const char *message, *fix;   /* fix "" if none */
    const char *edit;            /* the fix as text to insert where `queryset` ends; "" if there is
                                    none that fits as it stands. See findings_measure() */
    const char *model;           /* "shop.Book" or "" */
    const char *relation;        /* "author.publisher" or "" */
    const char *operation;       /* "load", "fetch", "narrow", "count", "query" ... */
    const char *method;          /* "filter" or "" */
    const char *estimate;        /* "1 + N", "1 + N·M" */
    const char *fingerprint;     /* 16 hex digits; no line numbers go into it */
    uint64_t hash, shape;        /* the same for all that look alike in one module; in any */
    uint32_t more;               /* further ways that reach the same touch from the same birth */
} Finding;

typedef struct Findings {
    Arena *arena;
    Array(Finding) items;        /* sorted by place, code, queryset, relation */
    uint32_t suppressed, known;  /* left out by comments; by the baseline */
    uint32_t comments_cut;       /* comments of one file beyond the number that is looked at */
    uint64_t silences[SILENCE_COUNT]; /* repeating events no rule speaks on, by reason */
} Findings;

/* Rules that are not wanted in some files: selectors with commas between them. */
typedef struct PerFile { const char *glob, *selectors; } PerFile;

typedef struct Selection {
    const char *const *select;   /* codes, names, prefixes of codes, "ALL"; none: the default set */
    uint32_t select_count;
    const char *const *extend;   /* more of them, beside the default set */
    uint32_t extend_count;
    const char *const *ignore;
    uint32_t ignore_count;
    const struct PerFile *per_file;
    uint32_t per_file_count;
    const char *per_file_folder; /* what the globs start at, without links; NULL: the paths shown */
    const char *const *surfaces; /* names of surfaces; none: all */
    uint32_t surface_count;
    Confidence min_confidence;
} Selection;

/* Lets the rules claim the events. Each repeating event is claimed by one rule or has a reason to
 * be silent; anything else is a bug and asserted. A NULL selection wants everything. */
Findings *findings_make(const Flow *flow, const Selection *selection);
void findings_free(Findings *findings);
/* Adds a finding that comes from no event: `identity` is what its fingerprint is made of, beside
 * its rule and place. findings_settle() has to follow. */
void findings_add(Findings *findings, const Project *project, Finding finding,
                  const char *identity);
/* Sorts, and tells those apart that look alike. */
void findings_settle(Findings *findings);
/* Leaves out what is not wanted; the order stays. */
typedef bool FindingTest(const Finding *finding, void *context);
uint32_t findings_keep(Findings *findings, FindingTest *wanted, void *context);
/* Calls with each place of a finding: the touch, the calls, the loop, the queryset. Ends when one
 * call returns true, and returns whether one did. */
typedef bool PlaceTest(const Place *place, void *context);
bool finding_places(const Finding *finding, PlaceTest *test, void *context);

/* Whether the rule is asked for; whether the finding is. */
bool selection_has(const Selection *selection, const RuleEntry *entry);
bool selection_wants(const Selection *selection, const Finding *finding);
/* Whether a selector ("EAG1", "missing-select-related", "ALL") means a rule. */
bool selector_means(const char *selector, const RuleEntry *entry);
/* How exactly it does: the more the exacter; -1: not at all. */
int selector_weight(const char *selector, const RuleEntry *entry);
/* NULL, or what is wrong with a selector, or with a selection, in one line. */
const char *selector_mistake(Arena *arena, const char *selector);
const char *selection_mistake(Arena *arena, const Selection *selection);
/* A rule by code or name, any case; NULL: none. */
const RuleEntry *rule_named(const char *code_or_name);

/* Reads the lines that findings are on, to fill in what places know of them: each file once. Edits
 * that do not fit the text are dropped. */
void findings_measure(Findings *findings);

#endif
