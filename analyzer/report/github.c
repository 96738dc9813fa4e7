/* Workflow commands, which GitHub shows beside the lines of a pull request. It shows the first ten
 * of each level and drops the rest without a word, so the worst become commands; the others are
 * lines of the log, and a notice counts them. Columns are given for spans within one line only:
 * others lose their place. */
#include "report/access.h"

enum { SHOWN_PER_LEVEL = 10 };

/* `property`: inside the command's head, where ':' and ',' have a meaning too. */
static void write_escaped(Writer *out, const char *text, bool property) {
    write_percent(out, text, property ? "\r\n:," : "\r\n", "%25");
}

typedef struct Body { Writer *out; const ReportOptions *options; } Body;

static void write_other(const Finding *other, const char *advice, void *context) {
    const Body *body = context;
    const Place *place = other_place(other);
    write_text(body->out, "%0A    ");
    write_escaped(body->out, place_path(place, body->options), false);
    write_format(body->out, ":%u:%u%s", place->line, place_column(place), *advice ? "  " : "");
    write_escaped(body->out, advice, false);
}

static void write_more(Writer *out, const Access *access, const ReportOptions *options) {
    Body body = {out, options};
    uint32_t most = others_most(access, options);
    if (!access->others) return;
    write_text(out, "%0A  also reached ");
    write_others(out, access);
    write_text(out, ":");
    access_others(access, most, write_other, &body);
    if (most < access->others)
        write_format(out, "%%0A    and %u more", access->others - most);
}

static void write_command(Writer *out, const Access *access, const ReportOptions *options) {
    const Finding *finding = access->first;
    const Place *place = &finding->place;
    const char *path = place_path(place, options);
    write_format(out, "::%s file=", level_word(finding->severity, "notice"));
    write_escaped(out, path, true);
    write_format(out, ",line=%u,endLine=%u", place->line, place->end_line);
    if (place->line == place->end_line)
        write_format(out, ",col=%u,endColumn=%u", place_column(place), place_end_column(place));
    write_format(out, ",title=eagerly (%s)::", finding->rule->rule->code);
    write_escaped(out, path, false);
    write_format(out, ":%u:%u: %s %s: ", place->line, place_column(place),
                 finding->rule->rule->code, finding->rule->name);
    write_escaped(out, finding->message, false);
    if (*finding->fix) {
        write_text(out, "%0A  fix: ");
        write_escaped(out, finding->fix, false);
    }
    write_more(out, access, options);
    write_text(out, "\n");
}

/* A line that begins with "::" would be a command: the code stands first. */
static void write_rest(Writer *out, const Access *access, const ReportOptions *options) {
    const Finding *finding = access->first;
    write_format(out, "%s ", finding->rule->rule->code);
    write_logged(out, place_path(&finding->place, options));
    write_format(out, ":%u:%u: ", finding->place.line, place_column(&finding->place));
    write_logged(out, finding->message);
    if (access->others) {
        write_text(out, "; also ");
        write_others(out, access);
    }
    write_text(out, "\n");
}

/* How many of each level become commands: the notice that counts the others is one of its level. */
static uint32_t levels_share(const Accesses *accesses, uint32_t most[3]) {
    uint32_t of_level[3] = {0}, hidden = 0;
    for (uint32_t i = 0; i < accesses->count; i++) of_level[accesses->items[i].first->severity]++;
    for (int level = 0; level < 3; level++)
        if (of_level[level] > SHOWN_PER_LEVEL) hidden += of_level[level] - SHOWN_PER_LEVEL;
    for (int level = 0; level < 3; level++) most[level] = SHOWN_PER_LEVEL;
    if (!hidden) return 0;
    most[SEVERITY_INFO]--;
    return hidden + (of_level[SEVERITY_INFO] >= SHOWN_PER_LEVEL);
}

void report_github(const Findings *findings, const ReportOptions *options, Writer *out) {
    uint32_t most[3], commands[3] = {0}, lines[3] = {0};
    Accesses accesses = accesses_make(findings, options->group);
    accesses_worst(&accesses);
    uint32_t hidden = levels_share(&accesses, most);
    for (uint32_t i = 0; i < accesses.count; i++) {
        Severity level = accesses.items[i].first->severity;
        if (commands[level]++ < most[level]) write_command(out, &accesses.items[i], options);
    }
    if (hidden)
        write_format(out, "::notice title=eagerly::%u more in the log of this step\n", hidden);
    for (uint32_t i = 0; i < accesses.count; i++) {
        Severity level = accesses.items[i].first->severity;
        if (lines[level]++ >= most[level]) write_rest(out, &accesses.items[i], options);
    }
    accesses_free(&accesses);
}
