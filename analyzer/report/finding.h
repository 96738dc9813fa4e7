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
    const char *model;           /* "shop.Book" or "" */
    const char *relation;        /* "author.publisher" or "" */
    const char *operation;       /* "load", "fetch", "narrow", "count", "query" ... */
    const char *method;          /* "filter" or "" */
    const char *estimate;        /* "1 + N", "1 + N·M" */
    const char *fingerprint;     /* 16 hex digits; no line numbers go into it */
    uint32_t more;               /* further ways that reach the same touch from the same birth */
} Finding;

typedef struct Findings {
    Arena *arena;
    Array(Finding) items;        /* sorted by place, code, queryset, relation */
    uint64_t silences[SILENCE_COUNT]; /* repeating events no rule speaks on, by reason */
} Findings;

typedef struct Selection {
    const char *const *select;   /* codes, names, prefixes of codes, "ALL"; none: the default set */
    uint32_t select_count;
    const char *const *ignore;
    uint32_t ignore_count;
    Confidence min_confidence;
} Selection;

/* Lets the rules claim the events. Each repeating event is claimed by one rule or has a reason to
 * be silent; anything else is a bug and asserted. */
Findings *findings_make(const Flow *flow, const Selection *selection);
void findings_free(Findings *findings);
/* NULL, or one line that says which selector names no rule. */
const char *selection_mistake(Arena *arena, const Selection *selection);
/* A rule by code or name, any case; NULL: none. */
const RuleEntry *rule_named(const char *code_or_name);

/* Reads the lines that findings are on, to fill in what places know of them: each file once. */
void findings_measure(Findings *findings);

#endif
