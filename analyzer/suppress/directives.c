/* A comment may say several things: `# type: ignore  # eagerly: ignore[EAG101] reason`. A directive
 * starts at the beginning of the text or behind a '#'. Prose that merely begins with "eagerly:" is
 * none, unless its first word is nearly one. */
#include "suppress/suppress.h"

#include "base/suggest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { SELECTORS_MOST = 64, WORD_MOST = 64, MISSPELT = 2 };

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

static bool is_separator(char byte) {
    return is_blank(byte) || byte == ',';
}

static const char *skip_blanks(const char *at) {
    while (is_blank(*at)) at++;
    return at;
}

static void selector_add(Arena *arena, Directive *directive, const char *text, size_t length) {
    if (length > WORD_MOST) length = WORD_MOST;
    const char *copy = arena_copy(arena, text, length);
    if (directive->selectors.count >= SELECTORS_MOST) {
        directive->mistake = "more rules than a comment may name";
        return;
    }
    array_push(arena, &directive->selectors, (Selector){.text = copy});
    if (!directive->mistake) directive->mistake = selector_mistake(arena, copy);
}

/* "[EAG101, missing-select-related]"; returns what follows it. */
static const char *list_read(Arena *arena, Directive *directive, const char *at) {
    const char *close = at + strcspn(at, "]#");
    if (*close != ']') {
        directive->mistake = "its list of rules has no ']'";
        return close;
    }
    for (at++; at < close;) {
        while (at < close && is_separator(*at)) at++;
        const char *start = at;
        while (at < close && !is_separator(*at)) at++;
        if (at > start) selector_add(arena, directive, start, (size_t)(at - start));
    }
    if (!directive->selectors.count) directive->mistake = "its list of rules is empty";
    return close + 1;
}

static bool near_word(const char *word, size_t length, const char *wanted) {
    char copy[WORD_MOST];
    if (!length || length >= sizeof copy) return false;
    memcpy(copy, word, length);
    copy[length] = '\0';
    return suggest_distance(copy, wanted) <= MISSPELT;
}

/* Behind "eagerly:". False: prose. `*end` is moved behind the directive. */
static bool own_read(Arena *arena, Directive *directive, const char *at, const char **end) {
    const char *word = skip_blanks(at);
    size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
    bool ignore = length == 6 && !strncmp(word, "ignore", length);
    bool file = length == 11 && !strncmp(word, "file-ignore", length);
    const char *behind = skip_blanks(word + length);
    directive->kind = file ? DIRECTIVE_FILE : DIRECTIVE_IGNORE;
    *end = word + length;
    if (ignore || file) {
        if (*behind == '[') *end = list_read(arena, directive, behind);
        return true;
    }
    if (*behind != '[' && !near_word(word, length, "ignore")
        && !near_word(word, length, "file-ignore"))
        return false;
    directive->mistake = arena_format(arena, "'%.*s' is neither 'ignore' nor 'file-ignore'",
                                      (int)(length < WORD_MOST ? length : WORD_MOST), word);
    return true;
}

/* Behind "noqa": ": EAG101, E501". Codes of other linters are passed over. */
static bool noqa_read(Arena *arena, Directive *directive, const char *at, bool blanket,
                      const char **end) {
    directive->kind = DIRECTIVE_NOQA;
    *end = at;
    if (isalnum((unsigned char)*at)) return false;
    at = skip_blanks(at);
    if (*at != ':') return blanket;
    bool codes = false;
    for (at++;;) {
        while (is_separator(*at)) at++;
        size_t letters = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        size_t digits = strspn(at + letters, "0123456789");
        size_t length = letters + digits;
        if (!letters || !digits || isalnum((unsigned char)at[length])) break;
        codes = true;
        if (letters == 3 && !strncmp(at, "EAG", 3)) selector_add(arena, directive, at, length);
        at += length;
        *end = at;
    }
    return directive->selectors.count || (blanket && !codes);
}

void directives_read(Arena *arena, const Module *module, const Comment *comment, bool blanket,
                     ModuleDirectives *found) {
    const char *text = str_text(module->strings, comment->text);
    bool python = module->engine == ENGINE_PYTHON;
    for (const char *at = text; at;) {
        if (!python && (*at == '-' || *at == '+')) at++;
        at = skip_blanks(at);
        const char *end = at;
        Directive directive = {.comment = comment, .at = (uint32_t)(at - text)};
        bool is = !strncmp(at, "eagerly:", 8)
                      ? own_read(arena, &directive, at + 8, &end)
                      : python && !strncasecmp(at, "noqa", 4)
                            && noqa_read(arena, &directive, at + 4, blanket, &end);
        directive.length = (uint32_t)(end - at);
        if (is && found->items.count == DIRECTIVES_MOST) found->cut++;
        else if (is) array_push(arena, &found->items, directive);
        at = strchr(end, '#');
        if (at) at++;
    }
}

/* The lines a directive is about. */
static void directive_place(Directive *directive, const Module *module, const Lines *lines) {
    uint32_t line, column;
    module_place(module, directive->comment->start, &line, &column);
    bool alone = directive->comment->alone && directive->kind != DIRECTIVE_NOQA;
    LineSpan span = lines_at(lines, line, alone);
    directive->first = directive->kind == DIRECTIVE_FILE ? 0 : span.first;
    directive->last = directive->kind == DIRECTIVE_FILE ? UINT32_MAX : span.last;
    if (!directive->last) directive->first = 1; /* nothing follows it */
}

Suppressions *suppressions_read(Arena *arena, const Project *project, bool blanket) {
    Suppressions *read = arena_make(arena, Suppressions);
    *read = (Suppressions){.arena = arena, .project = project};
    read->modules = arena_many(arena, ModuleDirectives, project->module_count + 1u);
    for (uint32_t number = 0; number < project->module_count; number++) {
        const Module *module = project->modules[number].module;
        ModuleDirectives *found = &read->modules[number];
        for (uint32_t i = 0; module && i < module->comments.count; i++)
            directives_read(arena, module, &module->comments.items[i], blanket, found);
        read->cut += found->cut;
        if (!found->items.count) continue;
        Arena *scratch = arena_new();
        const Lines *lines = lines_make(scratch, module);
        for (uint32_t i = 0; i < found->items.count; i++)
            directive_place(&found->items.items[i], module, lines);
        arena_free(scratch);
        read->count += found->items.count;
    }
    return read;
}
