/* A pattern is cut in three when it is read: the bytes before its first wildcard, a list of
 * Tokens, and the bytes behind its last wildcard. The bytes at both ends are compared first,
 * which settles nearly every path; only then the Tokens are run over what is left, all ways of
 * matching at once (a set of positions per byte, so the time is at most pattern times path and
 * no pattern can make it explode).
 *
 * git has its own corners, and they are followed: `**` is special only between slashes or at an
 * end of what follows the fixed first bytes; an unclosed `[` matches nothing; a class never
 * matches a slash. */
#include "source/ignore.h"

enum { PATTERN_MAX = 4096 }; /* bytes; no path is longer, so such a pattern is left out */

typedef enum TokenKind {
    TOKEN_BYTE,
    TOKEN_ANY,       /* ? */
    TOKEN_SET,       /* [...] */
    TOKEN_STAR,      /* any bytes but slashes */
    TOKEN_FOLDERS,   /* double star: any bytes */
    TOKEN_SKIP,      /* before FOLDERS and a slash: both may be passed over */
    TOKEN_NEVER,     /* broken: matches nothing */
} TokenKind;

typedef struct Token {
    uint8_t kind;
    uint8_t byte;
    const uint8_t *set; /* 256 bits */
} Token;

typedef struct Glob {
    Array(Token) tokens; /* without the tail */
    const char *tail;    /* bytes that the text must end with */
    uint32_t tail_length;
} Glob;

typedef struct Pattern {
    const char *head; /* bytes that the text must start with */
    uint32_t head_length;
    Glob rest;
    bool negated, folder_only;
    bool anchored; /* compared with the path below the ignore file, otherwise with the name */
} Pattern;

struct Ignore {
    const Ignore *outer;
    const char *folder;
    size_t folder_length;
    Array(Pattern) patterns;
};

/* The positions in a pattern that are reached by the bytes so far, each once. */
typedef struct Reached {
    uint16_t at[PATTERN_MAX + 1];
    uint32_t count;
} Reached;

static void set_add(uint8_t *set, unsigned byte) {
    set[byte / 8] |= (uint8_t)(1u << byte % 8);
}

static bool set_has(const uint8_t *set, unsigned byte) {
    return set[byte / 8] >> byte % 8 & 1;
}

static bool in_range(unsigned byte, unsigned from, unsigned to) {
    return byte >= from && byte <= to;
}

/* Git's own idea of [:name:], which is ASCII whatever the locale. -1: there is no such name. */
static int named_set_has(const char *name, size_t length, unsigned byte) {
    static const char *const names[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph",
                                        "lower", "print", "punct", "space", "upper", "xdigit"};
    bool digit = in_range(byte, '0', '9'), lower = in_range(byte, 'a', 'z');
    bool upper = in_range(byte, 'A', 'Z'), letter = lower || upper;
    bool graph = in_range(byte, '!', '~');
    const bool answers[] = {
        letter || digit,
        letter,
        byte == ' ' || byte == '\t',
        byte < ' ' || byte == 127,
        digit,
        graph,
        lower,
        graph || byte == ' ',
        graph && !letter && !digit,
        byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r',
        upper,
        digit || in_range(byte, 'a', 'f') || in_range(byte, 'A', 'F'),
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0) return answers[i];
    return -1;
}

/* Adds [:name:], which starts at `*at`. True: done and `*at` is its last byte; false: the text
 * is no such thing. A name that does not exist spoils the set. */
static bool set_add_named(uint8_t *set, const char *text, size_t *at, size_t length, bool *bad) {
    size_t name = *at + 2, end = name;
    while (end < length && text[end] != ']') end++;
    if (end == length) {
        *bad = true;
        return true;
    }
    if (end == name || text[end - 1] != ':') return false;
    for (unsigned byte = 0; byte < 256; byte++) {
        int has = named_set_has(text + name, end - 1 - name, byte);
        if (has < 0) *bad = true;
        if (has > 0) set_add(set, byte);
    }
    *at = end;
    return true;
}

/* Adds the member of a set that starts at `*at`, which becomes its last byte. `*previous` is
 * the byte that a range may start with, or 0. False: the set is broken. */
static bool set_add_member(uint8_t *set, const char *text, size_t *at, size_t length,
                           unsigned *previous) {
    unsigned byte = (uint8_t)text[*at];
    bool bad = false;
    if (byte == '-' && *previous && *at + 1 < length && text[*at + 1] != ']') {
        ++*at;
        if (text[*at] == '\\' && ++*at == length) return false;
        for (unsigned i = *previous; i <= (uint8_t)text[*at]; i++) set_add(set, i);
        *previous = 0;
        return true;
    }
    if (byte == '[' && *at + 1 < length && text[*at + 1] == ':' &&
        set_add_named(set, text, at, length, &bad)) {
        *previous = 0;
        return !bad;
    }
    if (byte == '\\') {
        if (++*at == length) return false;
        byte = (uint8_t)text[*at];
    }
    set_add(set, byte);
    *previous = byte;
    return true;
}

/* Reads the [set] that starts at `*at`; `*at` becomes its last byte. */
static Token set_parse(Arena *arena, const char *text, size_t *at, size_t length) {
    uint8_t *set = arena_many(arena, uint8_t, 32);
    size_t next = *at + 1;
    bool negated = next < length && (text[next] == '!' || text[next] == '^');
    if (negated) next++;
    unsigned previous = 0;
    do { /* the first member may be a ']' */
        if (next >= length || !set_add_member(set, text, &next, length, &previous))
            return (Token){.kind = TOKEN_NEVER};
        next++;
    } while (next >= length || text[next] != ']');
    for (unsigned i = 0; negated && i < 32; i++) set[i] = (uint8_t)~set[i];
    *at = next;
    return (Token){.kind = TOKEN_SET, .set = set};
}

/* Reads the stars that start at `*at`; `*at` becomes the last one. SKIP stands for itself
 * and the FOLDERS behind it. */
static TokenKind stars_parse(const char *text, size_t *at, size_t length) {
    size_t first = *at, next = first;
    while (next < length && text[next] == '*') next++;
    *at = next - 1;
    bool opens = first == 0 || text[first - 1] == '/';
    bool slash = next < length && text[next] == '/';
    bool escaped = next + 1 < length && text[next] == '\\' && text[next + 1] == '/';
    if (next - first < 2 || !opens || !(next == length || slash || escaped)) return TOKEN_STAR;
    return slash ? TOKEN_SKIP : TOKEN_FOLDERS;
}

static Token token_parse(Arena *arena, const char *text, size_t *at, size_t length) {
    switch (text[*at]) {
    case '?': return (Token){.kind = TOKEN_ANY};
    case '*': return (Token){.kind = (uint8_t)stars_parse(text, at, length)};
    case '[': return set_parse(arena, text, at, length);
    case '\\':
        if (*at + 1 == length) return (Token){.kind = TOKEN_NEVER};
        ++*at;
        break;
    default: break;
    }
    return (Token){.kind = TOKEN_BYTE, .byte = (uint8_t)text[*at]};
}

/* Takes the bytes at the end off the tokens. The slash that a SKIP passes over stays. */
static void glob_cut_tail(Arena *arena, Glob *glob) {
    uint32_t keep = glob->tokens.count;
    while (keep && glob->tokens.items[keep - 1].kind == TOKEN_BYTE) keep--;
    if (keep > 1 && glob->tokens.items[keep - 2].kind == TOKEN_SKIP) keep++;
    glob->tail_length = glob->tokens.count - keep;
    char *tail = arena_alloc(arena, glob->tail_length + 1);
    for (uint32_t i = 0; i < glob->tail_length; i++)
        tail[i] = (char)glob->tokens.items[keep + i].byte;
    glob->tail = tail;
    glob->tokens.count = keep;
}

/* `length` is at most PATTERN_MAX. */
static Glob glob_parse(Arena *arena, const char *text, size_t length) {
    Glob glob = {0};
    for (size_t at = 0; at < length; at++) {
        Token token = token_parse(arena, text, &at, length);
        array_push(arena, &glob.tokens, token);
        if (token.kind == TOKEN_SKIP)
            array_push(arena, &glob.tokens, (Token){.kind = TOKEN_FOLDERS});
        if (token.kind == TOKEN_NEVER) break;
    }
    glob_cut_tail(arena, &glob);
    return glob;
}

static bool token_takes(const Token *token, unsigned byte) {
    switch ((TokenKind)token->kind) {
    case TOKEN_BYTE: return token->byte == byte;
    case TOKEN_ANY:
    case TOKEN_STAR: return byte != '/';
    case TOKEN_SET: return byte != '/' && set_has(token->set, byte);
    case TOKEN_FOLDERS: return true;
    case TOKEN_SKIP:
    case TOKEN_NEVER: break;
    }
    return false;
}

static bool token_repeats(const Token *token) {
    return token->kind == TOKEN_STAR || token->kind == TOKEN_FOLDERS;
}

/* Adds a position that was not reached in this turn yet. */
static void reached_add(Reached *reached, uint32_t *turns, uint32_t turn, uint32_t at) {
    if (turns[at] == turn) return;
    turns[at] = turn;
    reached->at[reached->count++] = (uint16_t)at;
}

/* Adds the positions behind what may match nothing; the list grows while it is walked. */
static void reached_close(const Glob *glob, Reached *reached, uint32_t *turns, uint32_t turn) {
    for (uint32_t i = 0; i < reached->count; i++) {
        uint32_t at = reached->at[i];
        if (at == glob->tokens.count) continue;
        bool skip = glob->tokens.items[at].kind == TOKEN_SKIP;
        if (skip || token_repeats(&glob->tokens.items[at]))
            reached_add(reached, turns, turn, at + 1);
        if (skip) reached_add(reached, turns, turn, at + 3);
    }
}

static bool tokens_match(const Glob *glob, const char *text, size_t length) {
    Reached sets[2];
    uint32_t turns[PATTERN_MAX + 1];
    uint32_t end = glob->tokens.count;
    memset(turns, 0, (end + 1) * sizeof *turns);
    Reached *now = &sets[0], *next = &sets[1];
    now->count = 0;
    reached_add(now, turns, 1, 0);
    reached_close(glob, now, turns, 1);
    for (size_t i = 0; i < length && now->count; i++) {
        uint32_t turn = (uint32_t)i + 2;
        next->count = 0;
        for (uint32_t k = 0; k < now->count; k++) {
            uint32_t at = now->at[k];
            if (at == end || !token_takes(&glob->tokens.items[at], (uint8_t)text[i])) continue;
            reached_add(next, turns, turn, token_repeats(&glob->tokens.items[at]) ? at : at + 1);
        }
        reached_close(glob, next, turns, turn);
        Reached *swap = now;
        now = next;
        next = swap;
    }
    for (uint32_t k = 0; k < now->count; k++)
        if (now->at[k] == end) return true;
    return false;
}

static bool glob_match(const Glob *glob, const char *text, size_t length) {
    if (length < glob->tail_length) return false;
    length -= glob->tail_length;
    if (memcmp(text + length, glob->tail, glob->tail_length) != 0) return false;
    if (glob->tokens.count == 0) return length == 0;
    if (glob->tokens.count == 1 && glob->tokens.items[0].kind == TOKEN_STAR)
        return !memchr(text, '/', length);
    return tokens_match(glob, text, length);
}

bool ignore_glob(const char *pattern, const char *path) {
    size_t length = strlen(pattern);
    if (length > PATTERN_MAX) return false;
    Arena *arena = arena_new();
    Glob glob = glob_parse(arena, pattern, length);
    bool matches = glob_match(&glob, path, strlen(path));
    arena_free(arena);
    return matches;
}

/* The length of a line without the spaces at its end, unless a backslash keeps them. */
static size_t line_trim(const char *line, size_t length) {
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == ' ') continue;
        if (line[i] == '\\' && ++i == length) return length;
        kept = i + 1;
    }
    return kept;
}

static void pattern_add(Arena *arena, Ignore *ignore, const char *line, size_t length) {
    Pattern pattern = {0};
    if (length && *line == '!') {
        pattern.negated = true;
        line++, length--;
    }
    if (length && line[length - 1] == '/') {
        pattern.folder_only = true;
        length--;
    }
    if (!length || length > PATTERN_MAX) return;
    pattern.anchored = memchr(line, '/', length) != NULL;
    if (*line == '/') line++, length--;
    size_t head = 0;
    while (head < length && !strchr("*?[\\", line[head])) head++;
    pattern.head = arena_copy(arena, line, head);
    pattern.head_length = (uint32_t)head;
    pattern.rest = glob_parse(arena, line + head, length - head);
    array_push(arena, &ignore->patterns, pattern);
}

static void line_parse(Arena *arena, Ignore *ignore, const char *line, size_t length) {
    const char *nul = memchr(line, 0, length);
    if (nul) length = (size_t)(nul - line);
    else if (length && line[length - 1] == '\r') length--;
    if (!length || *line == '#') return;
    length = line_trim(line, length);
    if (length) pattern_add(arena, ignore, line, length);
}

Ignore *ignore_parse(Arena *arena, const Ignore *outer, const char *folder, const char *text,
                     size_t length) {
    Ignore *ignore = arena_make(arena, Ignore);
    ignore->outer = outer;
    ignore->folder_length = strlen(folder);
    ignore->folder = arena_copy(arena, folder, ignore->folder_length);
    const char *end = text + length;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop) stop = end;
        line_parse(arena, ignore, text, (size_t)(stop - text));
        text = stop < end ? stop + 1 : end;
    }
    return ignore;
}

static bool pattern_match(const Pattern *pattern, const char *below, const char *name,
                          size_t name_length, bool is_folder) {
    if (pattern->folder_only && !is_folder) return false;
    const char *text = pattern->anchored ? below : name;
    size_t length = (size_t)(name - text) + name_length;
    if (length < pattern->head_length) return false;
    if (memcmp(text, pattern->head, pattern->head_length) != 0) return false;
    return glob_match(&pattern->rest, text + pattern->head_length,
                      length - pattern->head_length);
}

/* The part of a path below the folder of an ignore file; NULL: it is elsewhere. */
static const char *path_below(const Ignore *ignore, const char *path) {
    if (strncmp(path, ignore->folder, ignore->folder_length) != 0) return NULL;
    path += ignore->folder_length;
    if (!ignore->folder_length) return *path == '/' ? path + 1 : path;
    return *path == '/' ? path + 1 : NULL;
}

bool ignore_matches(const Ignore *ignore, const char *path, bool is_folder) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t name_length = strlen(name);
    for (; ignore; ignore = ignore->outer) {
        const char *below = path_below(ignore, path);
        if (!below) continue;
        for (uint32_t i = ignore->patterns.count; i-- > 0;) {
            const Pattern *pattern = &ignore->patterns.items[i];
            if (pattern_match(pattern, below, name, name_length, is_folder))
                return !pattern->negated;
        }
    }
    return false;
}
