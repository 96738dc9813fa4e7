/* formats.h - the one table of output formats, and what all of them are given.
 *
 * A format is a row here and a function that writes the findings; it may be asked for on the
 * screen (--output-format) or into a file (--output), and it prints nothing that depends on the
 * machine, the time or the number of threads. */
#ifndef EAGERLY_FORMATS_H
#define EAGERLY_FORMATS_H

#include "report/finding.h"

/* What text for people puts together. By access: a line that several querysets reach is told once,
 * and so it is within a file or a rule; by none and by queryset each finding is told whole. */
typedef enum GroupBy {
    GROUP_ACCESS, GROUP_NONE, GROUP_FILE, GROUP_RULE, GROUP_QUERYSET
} GroupBy;

typedef struct ReportOptions {
    bool color;          /* of text for people; no other format has colours */
    GroupBy group;       /* of text for people */
    bool show_all;       /* every queryset of an access, not the first few */
    const struct Graph *graph; /* what HTML draws; NULL: nothing */
    bool repository;     /* paths from the repository's top: set by report_write() */
} ReportOptions;

/* X(enumerator, name, function, extension of files, paths from the top of the repository). Services
 * that lay findings over a checkout want the last; tools that run beside us do not. */
#define FORMATS(X)                                                                                \
    X(FULL, "full", report_text, ".txt", false)                                                   \
    X(CONCISE, "concise", report_concise, "", false)                                              \
    X(JSON, "json", report_json, ".json", false)                                                  \
    X(JSONL, "jsonl", report_jsonl, ".jsonl", false)                                              \
    X(GITHUB, "github", report_github, "", true)                                                  \
    X(SARIF, "sarif", report_sarif, ".sarif", true)                                               \
    X(GITLAB, "gitlab", report_gitlab, "", true)                                                  \
    X(JUNIT, "junit", report_junit, "", false)                                                    \
    X(CHECKSTYLE, "checkstyle", report_checkstyle, "", false)                                     \
    X(RDJSON, "rdjson", report_rdjson, ".rdjson", false)                                          \
    X(RDJSONL, "rdjsonl", report_rdjsonl, ".rdjsonl", false)                                      \
    X(AZURE, "azure", report_azure, "", true)                                                     \
    X(TEAMCITY, "teamcity", report_teamcity, "", true)                                            \
    X(SONARQUBE, "sonarqube", report_sonarqube, "", true)                                         \
    X(MARKDOWN, "markdown", report_markdown, ".md", false)                                        \
    X(HTML, "html", report_html, ".html", false)

#define FORMAT_ENUMERATOR(id, name, write, extension, repository) OUTPUT_##id,
#define FORMAT_CHOICE(id, name, write, extension, repository) name "|"
#define FORMAT_FUNCTION(id, name, write, extension, repository)                                   \
    void write(const Findings *findings, const ReportOptions *options, Writer *out);

/* OUTPUT_TEXT, behind the last row, is another word for OUTPUT_FULL. */
typedef enum OutputFormat { FORMATS(FORMAT_ENUMERATOR) OUTPUT_TEXT } OutputFormat;
#define FORMAT_CHOICES FORMATS(FORMAT_CHOICE) "text"

FORMATS(FORMAT_FUNCTION)

void report_write(OutputFormat format, const Findings *findings, const ReportOptions *options,
                  Writer *out);

/* One of --output: a format and the file it goes to. */
typedef struct Output {
    OutputFormat format;
    const char *path;    /* "-": standard output */
} Output;

/* Reads "FORMAT=FILE", or "FILE" whose extension tells the format. NULL, or the user's mistake;
 * both texts are the arena's. */
const char *output_read(Arena *arena, const char *word, Output *output);
/* Writes the report beside the file and renames it: the file is the old one or the whole new one.
 * Links to files are not followed; pipes and devices are written as they are. NULL, or what went
 * wrong. */
const char *output_write(Arena *arena, const Output *output, const Findings *findings,
                         const ReportOptions *options);

#endif
