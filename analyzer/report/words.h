/* words.h - the words that output formats share. Private to the report room. */
#ifndef EAGERLY_WORDS_H
#define EAGERLY_WORDS_H

#include "report/formats.h"

#include <string.h>

static inline const char *severity_word(Severity severity) {
    static const char *const words[] = {"info", "warning", "error"};
    return words[severity];
}

static inline const char *confidence_word(Confidence confidence) {
    static const char *const words[] = {"possible", "likely", "certain"};
    return words[confidence];
}

static inline const char *surface_word(Surface surface) {
    static const char *const words[] = {"code",  "view",  "serializer", "template", "admin",
                                        "form",  "model", "table",      "feed",     "graphql"};
    return words[surface];
}

/* Levels of the services that have three: the word for what is less than a warning differs. */
static inline const char *level_word(Severity severity, const char *least) {
    return severity == SEVERITY_INFO ? least : severity_word(severity);
}

/* The path as this format wants it. */
static inline const char *place_path(const Place *place, const ReportOptions *options) {
    return options->repository && place->repository ? place->repository : place->path;
}

/* Columns in characters, or in bytes where the line could not be read. */
static inline uint32_t place_column(const Place *place) {
    return place->point ? place->point : place->column;
}

static inline uint32_t place_end_column(const Place *place) {
    return place->end_point ? place->end_point : place->end_column;
}

static inline void write_json_text(Writer *out, const char *text) {
    write_json(out, text, strlen(text));
}

static inline void write_plain_text(Writer *out, const char *text) {
    write_plain(out, text, strlen(text));
}

static inline void write_xml_text(Writer *out, const char *text) {
    write_xml(out, text, strlen(text));
}

/* A plain line of a log that a service reads for its commands: none begins in the middle. */
static inline void write_logged(Writer *out, const char *text) {
    for (const char *at = text; *at; at++) {
        bool mark = at > text && *at == '#' && at[-1] == '#';
        size_t run = strcspn(at + 1, "#") + 1;
        if (mark) write_text(out, "\\x23");
        write_plain(out, at + mark, run - mark);
        at += run - 1;
    }
}

/* The findings with the worst first: errors before warnings, then what multiplies most, then as
 * reported. The caller frees. */
const Finding **findings_worst(const Findings *findings);
/* Whether a finding stands before another there; 0: they are alike. */
int finding_worse(const Finding *a, const Finding *b);

/* The rules that have findings, in the order of their codes. The caller frees. */
typedef struct RuleCount { const RuleEntry *entry; uint32_t count; } RuleCount;
RuleCount *findings_rules(const Findings *findings, uint32_t *count);
/* "Found 4 findings at 3 places in 2 files (EAG101 3, EAG401 1)"; the places are what people act
 * on, and are said where they are fewer. */
void write_summary(Writer *out, const Findings *findings);

/* Whether two are of different groups (not 0), and which group comes first. */
int group_order(const Finding *a, const Finding *b, GroupBy by);

#endif
