/* suppress.h - comments that silence findings.
 *
 *     print(book.author.name)  # eagerly: ignore[EAG101] a cached page
 *     # eagerly: ignore[missing-select-related]      about the statement that follows
 *     # eagerly: file-ignore[EAG2]                   about the whole file, wherever it stands
 *     print(book.author.name)  # noqa: EAG101, E501
 *     {# eagerly: ignore[EAG101] #}                  in a template: its line; alone, the next tag
 *
 * One counts where it stands at a finding's touch, its loop or its queryset. What silences nothing,
 * or names no rule, is a finding itself: EAG900. Everything is owned by the Suppressions' arena,
 * which is the one given. */
#ifndef EAGERLY_SUPPRESS_H
#define EAGERLY_SUPPRESS_H

#include "suppress/lines.h"
#include "report/finding.h"

typedef enum DirectiveKind { DIRECTIVE_IGNORE, DIRECTIVE_FILE, DIRECTIVE_NOQA } DirectiveKind;

typedef struct Selector {
    const char *text;
    bool used;
} Selector;

typedef struct Directive {
    DirectiveKind kind;
    const Comment *comment;
    uint32_t at;                 /* where it starts in the comment's text */
    uint32_t length;             /* to the end of its list of rules */
    uint32_t first, last;        /* the lines it is about */
    Array(Selector) selectors;   /* none: all rules */
    bool used;
    bool gone;                   /* it was taken out of the file */
    const char *mistake;         /* what is wrong with it, or NULL */
} Directive;

enum { DIRECTIVES_MOST = 4096 }; /* of one file */

/* The directives of one module, in the order of the source. */
typedef struct ModuleDirectives {
    Array(Directive) items;
    uint32_t cut;
} ModuleDirectives;

typedef struct Suppressions {
    Arena *arena;
    const Project *project;
    ModuleDirectives *modules;   /* by index of the project's modules */
    uint32_t count;              /* of all directives */
    uint32_t cut;                /* beyond what one file may have: not looked at */
} Suppressions;

/* `blanket`: a noqa without codes silences, too. */
Suppressions *suppressions_read(Arena *arena, const Project *project, bool blanket);
/* Reads what one comment says, for those who edit comments. `template`: no noqa there. */
void directives_read(Arena *arena, const Module *module, const Comment *comment, bool blanket,
                     ModuleDirectives *found);

/* Takes silenced findings out, which are to be all there are of all rules, and adds what EAG900
 * says under this selection. `tests`: test modules are analysed. */
void suppressions_apply(Suppressions *suppressions, Findings *findings,
                        const Selection *selection, bool tests);
/* Whether a directive is one that EAG900 finds fault with under this selection. */
bool directive_is_idle(const Directive *directive, const Selection *selection);
bool selector_is_idle(const Selector *selector, const Selection *selection);

#endif
