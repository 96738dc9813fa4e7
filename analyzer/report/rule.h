/* rule.h - everything a rule may include.
 *
 * A rule is one file in rules/ whose name is the rule's name (with '-' for '_') and whose first
 * comment is its documentation; it defines one `static const Rule` named after the file. Nothing
 * else has to know that it exists. */
#ifndef EAGERLY_RULE_H
#define EAGERLY_RULE_H

#include "flow/event.h"

typedef enum Severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR } Severity;

/* How the real-Django tests prove a finding of this rule. */
typedef enum Proof {
    PROOF_ROWS,    /* the line's queries grow with the rows */
    PROOF_TURNS,   /* ... with the turns of its loop */
    PROOF_REPEATS, /* the same rows are asked for twice in one run */
    PROOF_FETCHES, /* the line fetches all rows, not a number, and not some of them */
    PROOF_RAISES, PROOF_STATIC,
} Proof;

typedef struct Report Report; /* the finding being worded; see findings.c */

typedef struct Rule {
    const char *code;       /* "EAG101": given once, never reused */
    Severity severity;
    Severity (*lesser)(const Event *event); /* NULL, or the severity of this event, no higher */
    Proof proof;
    const char *since;      /* "0.1" */
    bool on;                /* part of the default selection */
    bool here;              /* the fix is where the query stands, whichever rows it hangs from: one
                               line is one finding */
    uint8_t rank;           /* precedence: of several that apply, the lowest speaks */
    uint32_t events;        /* mask of EventKind */
    bool (*applies)(const Event *event);                    /* pure: is this event mine? */
    void (*describe)(const Event *event, Report *report);   /* the sentence, and the advice */
} Rule;

typedef struct RuleEntry {
    const char *name;           /* "missing-select-related" */
    const Rule *rule;
    const char *documentation;
} RuleEntry;

/* Generated from rules/. Sorted by name. */
extern const RuleEntry rules[];
extern const uint32_t rule_count;

/* Questions rules ask, answered once for all of them. The relation at the end of the path. */
static inline const Relation *event_relation(const Event *event) {
    return event->path_length ? event->path[event->path_length - 1] : NULL;
}

/* The message. The format knows %P the model with its path ("Book.author.publisher"), %R the last
 * relation's name, %W the path for Prefetch() ("book_set__tags"), %K the path as a lookup
 * ("book__tags"), %T the name of the model it leads to, %M what the innermost loop turns over
 * ("book"; "turn" if it is not rows), %L that loop ("this loop", "the loop at views.py:12"), %U the
 * innermost loop that makes a difference, %Q the queryset ("the queryset at views.py:12"), %O the
 * operation (".filter()"), %A the same as an aside (" (.filter())"; nothing where the rows are just
 * read), %D the event's detail, %C the same as only() and defer() of that queryset name it
 * ("author__name"), %s a string of the caller's and %%. What comes from the source is made
 * printable. */
void report_say(Report *report, const Event *event, const char *format, ...);
/* Advice, in the same format. */
void report_fix(Report *report, const Event *event, const char *format, ...);
/* Advice for a missing load: the whole path with the right methods for its kinds of relation, as
 * one edit of the queryset: .prefetch_related("books__publisher"). */
void report_fix_load(Report *report, const Event *event);
/* Rows of a relation of one object, which each turn reads anew: a prefetch for one object asks as
 * many queries as the read itself. */
bool event_is_of_one(const Event *event);
/* Advice for a number or a test of the path's last relation: an annotation by "Count", "Exists" ...
 * where the rows that are asked come from. */
void report_fix_annotation(Report *report, const Event *event, const char *function);
/* What is said of the choices of a field, which each form of a page asks for anew. False: the event
 * is something else, and nothing was said. */
bool report_choices(Report *report, const Event *event);
/* The method's name as text, "" if there is none. Owned by the project. */
const char *report_method(const Report *report, const Event *event);
/* How a relation is named in messages, likewise. */
const char *report_relation(const Report *report, const Relation *relation);
/* The text of a name in the event's fault, likewise. */
const char *report_name(const Report *report, Str name);
/* The event's detail, likewise. */
const char *report_detail(const Report *report, const Event *event);

#endif
