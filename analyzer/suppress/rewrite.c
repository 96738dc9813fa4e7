/* Comments are added where EAG900 would look for them, and taken out by the piece: a comment may
 * say things to other tools, too. */
#include "suppress/edits.h"

#include <string.h>

#define OWN_CODE "EAG900"
enum { WIDTH = 100 };            /* longer lines get their comment above them */

/* What is to be said about one statement. */
typedef struct Spot {
    LineSpan span;
    uint32_t line;
    const char *codes;           /* "EAG101, EAG201" */
} Spot;
typedef Array(Spot) Spots;

static void spot_add(Arena *arena, Spots *spots, LineSpan span, uint32_t line, const char *code) {
    for (uint32_t i = 0; i < spots->count; i++) {
        Spot *spot = &spots->items[i];
        if (spot->span.first != span.first) continue;
        if (!strstr(spot->codes, code)) spot->codes = arena_format(arena, "%s, %s", spot->codes,
                                                                   code);
        return;
    }
    array_push(arena, spots, (Spot){span, line, code});
}

/* An `ignore[...]` that stands on the line already: where its ']' is, or 0. */
static uint32_t list_end(SourceEdits *edits, uint32_t line) {
    const Module *module = edits->of->module;
    for (uint32_t i = 0; i < module->comments.count; i++) {
        const Comment *comment = &module->comments.items[i];
        uint32_t at, column;
        module_place(module, comment->start, &at, &column);
        if (at != line || comment->alone) continue;
        ModuleDirectives found = {0};
        directives_read(edits->arena, module, comment, false, &found);
        for (uint32_t k = 0; k < found.items.count; k++) {
            const Directive *directive = &found.items.items[k];
            const char *text = str_text(module->strings, comment->text);
            const char *from = memmem(edits->bytes + comment->start,
                                      comment->end - comment->start, text, strlen(text));
            if (directive->kind != DIRECTIVE_IGNORE || directive->mistake || !from
                || !directive->selectors.count)
                continue;
            return (uint32_t)(from - edits->bytes) + directive->at + directive->length - 1;
        }
    }
    return 0;
}

static void spot_write_above(SourceEdits *edits, const Spot *spot, const char *comment) {
    uint32_t start = source_line(edits, spot->span.first), indent = start, end = start;
    while (indent < edits->size && strchr(" \t", edits->bytes[indent])
           && edits->bytes[indent])
        indent++;
    while (end < edits->size && edits->bytes[end] != '\n') end++;
    bool carriage = end > start && end < edits->size && edits->bytes[end - 1] == '\r';
    const char *text = arena_format(edits->arena, "%.*s%s%s", (int)(indent - start),
                                    edits->bytes + start, comment, carriage ? "\r\n" : "\n");
    source_edit(edits, (Edit){start, start, text});
}

static void spot_write(SourceEdits *edits, const Spot *spot, const char *reason) {
    Arena *arena = edits->arena;
    bool template = edits->of->file->template;
    uint32_t close = list_end(edits, spot->line);
    if (close) {
        source_edit(edits, (Edit){close, close, arena_format(arena, ", %s", spot->codes)});
        return;
    }
    const char *said = arena_format(arena, "eagerly: ignore[%s]%s%s", spot->codes,
                                    *reason ? " " : "", reason);
    uint32_t start = source_line(edits, spot->line), end = source_line_end(edits, spot->line);
    if (template) {
        source_edit(edits, (Edit){end, end, arena_format(arena, "{# %s #}", said)});
        return;
    }
    const char *comment = arena_format(arena, "# %s", said);
    bool fits = end - start + 2 + strlen(comment) <= WIDTH;
    if (spot->span.first == spot->span.last && fits)
        source_edit(edits, (Edit){end, end, arena_format(arena, "  %s", comment)});
    else
        spot_write_above(edits, spot, comment);
}

/* Writes one file's edits and counts them; whether it could. */
static bool edits_finish(SourceEdits *edits, Rewritten *done) {
    bool refused;
    uint32_t count = edits->items.count;
    const char *mistake = source_edits_write(edits, &refused);
    if (mistake && !done->mistake) done->mistake = mistake;
    if (refused || mistake) done->refused += count;
    else if (count) {
        done->comments += count;
        done->files++;
    }
    return !refused && !mistake;
}

Rewritten comments_add(Arena *arena, const Project *project, const Findings *findings,
                       const char *reason) {
    Rewritten done = {0};
    for (uint32_t i = 0, next; i < findings->items.count; i = next) {
        uint32_t number = findings->items.items[i].place.module;
        const ProjectModule *of = &project->modules[number];
        const Lines *lines = lines_make(arena, of->module);
        Spots spots = {0};
        for (next = i; next < findings->items.count; next++) {
            const Finding *finding = &findings->items.items[next];
            if (finding->place.module != number) break;
            if (!strcmp(finding->rule->rule->code, OWN_CODE)) continue;
            spot_add(arena, &spots, lines_at(lines, finding->place.line, false),
                     finding->place.line, finding->rule->rule->code);
        }
        SourceEdits edits;
        if (!source_edits_open(&edits, arena, of)) {
            done.refused += spots.count;
            continue;
        }
        for (uint32_t k = 0; k < spots.count; k++) spot_write(&edits, &spots.items[k], reason);
        edits_finish(&edits, &done);
    }
    return done;
}

/* Whether a code in a directive's list is to go. */
static bool word_is_idle(const Directive *directive, const Selection *selection, const char *word,
                         size_t length) {
    for (uint32_t i = 0; i < directive->selectors.count; i++) {
        const Selector *selector = &directive->selectors.items[i];
        if (strlen(selector->text) == length && !strncmp(selector->text, word, length)
            && selector_is_idle(selector, selection))
            return true;
    }
    return false;
}

/* The directive without its idle codes; NULL: nothing is left of it. */
static const char *directive_rest(Arena *arena, const Directive *directive,
                                  const Selection *selection, const char *text) {
    bool noqa = directive->kind == DIRECTIVE_NOQA;
    const char *list = memchr(text, noqa ? ':' : '[', directive->length), *rest = "";
    if (!list) return NULL;
    const char *end = text + directive->length - (noqa ? 0 : 1);
    for (const char *at = list + 1; at < end;) {
        size_t gap = strspn(at, ", \t"), length = strcspn(at + gap, ", \t]");
        const char *word = at + gap;
        if (!length || word >= end) break;
        if (word + length > end) length = (size_t)(end - word);
        if (!word_is_idle(directive, selection, word, length))
            rest = arena_format(arena, "%s%s%.*s", rest, *rest ? ", " : "", (int)length, word);
        at = word + length;
    }
    if (!*rest) return NULL;
    return noqa ? arena_format(arena, "%.*s: %s", (int)(list - text), text, rest)
                : arena_format(arena, "%.*s[%s]", (int)(list - text), text, rest);
}

/* Takes a whole directive out, with its reason: to the next '#', or to the comment's end. */
static void directive_cut(SourceEdits *edits, const Directive *directive, uint32_t text_start) {
    const Comment *comment = directive->comment;
    uint32_t from = text_start + directive->at, to = from + directive->length;
    while (from > comment->start && edits->bytes[from] != '#') from--;
    if (edits->of->file->template || !directive->at) from = comment->start;
    while (to < comment->end && edits->bytes[to] != '#') to++;
    if (edits->of->file->template) to = comment->end;
    if (to == comment->end) {
        bool blanks = comment->alone || !edits->of->file->template;
        while (blanks && from && strchr(" \t", edits->bytes[from - 1]) && edits->bytes[from - 1])
            from--;
        bool line = comment->alone && (!from || edits->bytes[from - 1] == '\n');
        while (line && to < edits->size && edits->bytes[to] != '\n') to++;
        if (line && to < edits->size) to++;
    }
    source_edit(edits, (Edit){from, to, ""});
}

static bool directive_remove(SourceEdits *edits, const Directive *directive,
                             const Selection *selection) {
    const Module *module = edits->of->module;
    const Comment *comment = directive->comment;
    const char *text = str_text(module->strings, comment->text);
    const char *from = memmem(edits->bytes + comment->start, comment->end - comment->start, text,
                              strlen(text));
    bool several = edits->of->file->template && strchr(text, '#');
    if (!from || directive->mistake || several) return false;
    uint32_t start = (uint32_t)(from - edits->bytes), at = start + directive->at;
    const char *rest = directive_rest(edits->arena, directive, selection, text + directive->at);
    if (rest) source_edit(edits, (Edit){at, at + directive->length, rest});
    else directive_cut(edits, directive, start);
    return true;
}

/* Whether EAG900 was said of it in this run. */
static bool directive_told(const Directive *directive, const Module *module,
                           const Findings *findings, uint32_t number) {
    uint32_t line, column;
    module_place(module, directive->comment->start, &line, &column);
    for (uint32_t i = 0; i < findings->items.count; i++) {
        const Finding *finding = &findings->items.items[i];
        if (finding->place.module == number && finding->place.line == line
            && finding->place.column == column && !strcmp(finding->rule->rule->code, OWN_CODE))
            return true;
    }
    return false;
}

static void module_remove(Arena *arena, const Suppressions *suppressions, uint32_t number,
                          const Findings *findings, const Selection *selection,
                          Rewritten *done) {
    const ModuleDirectives *of = &suppressions->modules[number];
    const ProjectModule *module = &suppressions->project->modules[number];
    SourceEdits edits;
    bool open = false;
    for (uint32_t i = 0; i < of->items.count; i++) {
        Directive *directive = &of->items.items[i];
        if (!directive_is_idle(directive, selection)
            || !directive_told(directive, module->module, findings, number))
            continue;
        if (!open) open = source_edits_open(&edits, arena, module);
        directive->gone = open && directive_remove(&edits, directive, selection);
        if (!directive->gone) done->refused++;
    }
    if (!open || edits_finish(&edits, done)) return;
    for (uint32_t i = 0; i < of->items.count; i++) of->items.items[i].gone = false;
}

/* What was taken out is not told any more. */
static bool finding_stays(const Finding *finding, void *context) {
    const Suppressions *suppressions = context;
    const ModuleDirectives *of = &suppressions->modules[finding->place.module];
    const Module *module = suppressions->project->modules[finding->place.module].module;
    if (strcmp(finding->rule->rule->code, OWN_CODE)) return true;
    for (uint32_t i = 0; i < of->items.count; i++) {
        uint32_t line, column;
        if (!of->items.items[i].gone) continue;
        module_place(module, of->items.items[i].comment->start, &line, &column);
        if (line == finding->place.line && column == finding->place.column) return false;
    }
    return true;
}

Rewritten comments_remove(Arena *arena, Suppressions *suppressions, Findings *findings,
                          const Selection *selection) {
    Rewritten done = {0};
    for (uint32_t number = 0; number < suppressions->project->module_count; number++)
        module_remove(arena, suppressions, number, findings, selection, &done);
    findings_keep(findings, finding_stays, suppressions);
    return done;
}
