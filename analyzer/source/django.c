/* The texts are scanned by line, not parsed: what looks like a dependency on Django in the place
 * where its file keeps dependencies. Anything else says nothing, and a bound that is not
 * understood widens the range. */
#include "source/django.h"

#include "base/arena.h"
#include "source/file.h"
#include "source/root.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum {
    DJANGO_LEAST = 32,
    DJANGO_MOST = 61,
    FILE_MOST = 2 * 1024 * 1024,
    FILES_MOST = 64,     /* read of one folder */
    ENTRIES_MOST = 4096, /* of a folder looked at */
    PARENTS_MOST = 64,
    SPAN_MOST = 256,     /* of a dependency */
    ENTRY_MOST = 4096,   /* of a lock's entry, which has hashes */
};

/* -- specifiers -- */

static const uint8_t versions[] = {32, 40, 41, 42, 50, 51, 52, 60, 61};

typedef struct Version {
    unsigned number; /* 42 */
    unsigned parts;  /* 4 has one, 4.2.1 three */
    bool any;        /* "4.2.*" */
    bool rest;       /* the parts behind the second are not all 0 */
} Version;

static uint8_t version_clamp(unsigned number) {
    if (number < DJANGO_LEAST) return DJANGO_LEAST;
    return (uint8_t)(number > DJANGO_MOST ? DJANGO_MOST : number);
}

/* The last version below a number. */
static uint8_t version_before(unsigned number) {
    uint8_t best = DJANGO_LEAST;
    for (size_t i = 0; i < sizeof versions; i++)
        if (versions[i] < number) best = versions[i];
    return best;
}

static const char *version_read(const char *at, const char *end, Version *version) {
    *version = (Version){0};
    unsigned part[2] = {0};
    while (at < end && (isdigit((unsigned char)*at) || *at == '*')) {
        unsigned value = 0;
        if (*at == '*') {
            version->any = true;
            at++;
            break;
        }
        for (; at < end && isdigit((unsigned char)*at); at++)
            if (value < 1000) value = value * 10 + (unsigned)(*at - '0');
        if (version->parts < 2) part[version->parts] = value;
        else version->rest |= value != 0;
        version->parts++;
        if (at < end && *at == '.') at++;
    }
    version->number = (part[0] > 99 ? 99 : part[0]) * 10 + (part[1] > 9 ? 9 : part[1]);
    return at;
}

static unsigned major_after(Version version) {
    return (version.number / 10 + 1) * 10;
}

/* One clause: an operator and a version. False: not understood. */
static bool clause_apply(const char *operator, Version version, DjangoRange *range, bool *exact) {
    uint8_t least = 0, most = 0;
    if (!version.parts) return version.any;
    unsigned next = version.parts == 1 ? major_after(version) : version.number + 1;
    if (!strcmp(operator, ">=") || !strcmp(operator, ">")) {
        least = version_clamp(version.number);
    } else if (!strcmp(operator, "<=")) {
        most = version_before(version.number + 1);
    } else if (!strcmp(operator, "<")) {
        most = version_before(version.number + (version.rest ? 1 : 0));
    } else if (!strcmp(operator, "~=") || !strcmp(operator, "^")) {
        least = version_clamp(version.number);
        bool minor = *operator == '~' && version.parts > 2;
        most = version_before(minor ? version.number + 1 : major_after(version));
    } else if (!strcmp(operator, "==") || !strcmp(operator, "===") || !strcmp(operator, "~")
               || !*operator) {
        least = version_clamp(version.number);
        most = version_before(next);
        if (*operator != '~' && !version.any && version.parts > 1) *exact = true;
        if (version.parts == 1 && !version.any && *operator == '=') most = least;
    } else {
        return !strcmp(operator, "!=");
    }
    if (least > range->least) range->least = least;
    if (most && most < range->most) range->most = most;
    return true;
}

bool django_specifier(const char *text, size_t length, DjangoRange *range, bool *exact) {
    const char *at = text, *end = text + length;
    uint32_t clauses = 0;
    *range = (DjangoRange){DJANGO_LEAST, DJANGO_MOST};
    *exact = false;
    while (at < end) {
        while (at < end && (isspace((unsigned char)*at) || *at == ',' || *at == '(' || *at == ')'))
            at++;
        if (at == end) break;
        char operator[4] = "";
        size_t count = 0;
        while (at < end && strchr("<>=!~^", *at) && *at && count < 3) operator[count++] = *at++;
        while (at < end && isspace((unsigned char)*at)) at++;
        Version version;
        const char *behind = version_read(at, end, &version);
        if (behind == at || !clause_apply(operator, version, range, exact)) return false;
        at = behind;
        while (at < end && (isalnum((unsigned char)*at) || *at == '+' || *at == '.'))
            at++; /* rc1 */
        clauses += !version.any || version.parts;
    }
    return clauses > 0;
}

/* -- texts -- */

/* Characters before one of `stops`, but no more than a dependency is long: each is scanned once. */
static size_t span(const char *text, const char *stops, size_t most) {
    size_t length = 0;
    while (length < most && text[length] && !strchr(stops, text[length])) length++;
    return length;
}

static bool name_ends(char c) {
    return !isalnum((unsigned char)c) && c != '-' && c != '_' && c != '.';
}

/* What stands behind "django" and its extras, or NULL when the text does not begin so. */
static const char *behind_django(const char *text) {
    if (strncasecmp(text, "django", 6) || !name_ends(text[6])) return NULL;
    text += 6;
    if (*text == '[') {
        size_t extras = span(text, "]\n", SPAN_MOST);
        if (text[extras] != ']') return NULL;
        text += extras + 1;
    }
    return text;
}

/* The specifier a text begins with, up to a marker, a comment, a quote or the line's end. */
static bool specifier_at(const char *text, DjangoRange *range, bool *exact) {
    size_t length = span(text, ";#\"'\n\r\\@", SPAN_MOST);
    const char *option = memchr(text, '-', length);
    if (option) length = (size_t)(option - text); /* --hash=... */
    bool good = django_specifier(text, length, range, exact);
    if (range->most < range->least) range->most = range->least;
    return good;
}

static const char *line_next(const char *line) {
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

static const char *blanks_skip(const char *text) {
    return text + strspn(text, " \t");
}

typedef struct Said {
    DjangoRange range;
    bool exact, any;
} Said;

/* Exact versions win over ranges; else they add up. */
static void said_add(Said *said, DjangoRange range, bool exact) {
    if (said->any && said->exact && !exact) return;
    if (!said->any || (exact && !said->exact)) {
        *said = (Said){range, exact, true};
        return;
    }
    if (range.least < said->range.least) said->range.least = range.least;
    if (range.most > said->range.most) said->range.most = range.most;
}

static void requirement_line(const char *line, Said *said) {
    DjangoRange range;
    bool exact;
    const char *behind = behind_django(blanks_skip(line));
    if (behind && specifier_at(behind, &range, &exact)) said_add(said, range, exact);
}

static void requirements_scan(const char *text, Said *said) {
    for (; *text; text = line_next(text)) requirement_line(text, said);
}

/* "[tool.poetry.dependencies]" */
static bool section_is(const char *line, const char *section) {
    size_t length = strlen(section);
    return *line == '[' && !strncmp(line + 1, section, length) && line[length + 1] == ']';
}

static void setup_cfg_scan(const char *text, Said *said) {
    bool inside = false;
    for (; *text; text = line_next(text)) {
        if (*text == '[') inside = section_is(text, "options");
        if (!inside) continue;
        const char *value = blanks_skip(text);
        if (!strncmp(value, "install_requires", 16)) value += 16 + strspn(value + 16, " \t=:");
        requirement_line(value, said);
    }
}

/* Strings that begin with Django and go on with an operator. */
static void strings_scan(const char *text, size_t length, Said *said) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '"' && text[i] != '\'') continue;
        const char *behind = behind_django(text + i + 1);
        if (behind && behind < text + length && strchr("<>=~!( ", *behind) && *behind)
            requirement_line(text + i + 1, said);
    }
}

static bool section_of_dependencies(const char *line) {
    if (section_is(line, "packages") || section_is(line, "project")) return true;
    size_t length = strcspn(line, "]\n");
    bool poetry = !strncmp(line, "[tool.poetry", 12);
    return poetry && length >= 12 && !strncmp(line + length - 12, "dependencies", 12);
}

/* django = "^4.2", Django = {version = "4.2", extras = []} */
static void toml_key(const char *line, Said *said) {
    DjangoRange range;
    bool exact;
    const char *at = line + (*line == '"');
    if (strncasecmp(at, "django", 6) || !name_ends(at[6])) return;
    at += 6 + (at[6] == '"');
    at = blanks_skip(at);
    if (*at++ != '=') return;
    at = blanks_skip(at);
    if (*at == '{') {
        const char *version = memmem(at, span(at, "\n", SPAN_MOST), "version", 7);
        if (!version) return;
        at = blanks_skip(version + 7);
        if (*at++ != '=') return;
        at = blanks_skip(at);
    }
    if (*at != '"' && *at != '\'') return;
    if (specifier_at(at + 1, &range, &exact)) said_add(said, range, exact);
}

static void toml_scan(const char *text, Said *said) {
    bool inside = false, listed = false;
    for (; *text; text = line_next(text)) {
        if (*text == '[') {
            inside = section_of_dependencies(text);
            listed = section_is(text, "project");
        }
        if (!inside) continue;
        toml_key(blanks_skip(text), said);
        if (listed) strings_scan(text, strcspn(text, "\n"), said);
    }
}

/* name = "django" and, in the same table, version = "4.2.11". */
static void lock_scan(const char *text, Said *said) {
    bool named = false;
    for (; *text; text = line_next(text)) {
        DjangoRange range;
        bool exact;
        if (*text == '[') named = false;
        if (!strncasecmp(text, "name = \"django\"", 15)) named = true;
        if (!named || strncmp(text, "version = \"", 11)) continue;
        if (specifier_at(text + 11, &range, &exact)) said_add(said, range, true);
        named = false;
    }
}

/* "django": { ... "version": "==4.2.11" } */
static void json_lock_scan(const char *text, Said *said) {
    while ((text = strcasestr(text, "\"django\""))) {
        DjangoRange range;
        bool exact;
        text += 8;
        const char *at = text + strspn(text, " \t\r\n:");
        if (*at != '{') continue;
        size_t length = span(at, "}", ENTRY_MOST);
        const char *version = memmem(at, length, "\"version\"", 9);
        text = at + length;
        if (!version) continue;
        version += 9 + strspn(version + 9, " \t\r\n:");
        if (*version == '"' && specifier_at(version + 1, &range, &exact))
            said_add(said, range, true);
    }
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && !strcmp(name + length - tail, end);
}

DjangoFile django_file(const char *name, bool in_requirements) {
    bool text = ends_with(name, ".txt") || ends_with(name, ".in");
    if (in_requirements) return text ? DJANGO_REQUIREMENTS : DJANGO_NONE;
    if (!strcmp(name, "poetry.lock") || !strcmp(name, "uv.lock") || !strcmp(name, "pdm.lock"))
        return DJANGO_LOCK;
    if (!strcmp(name, "Pipfile.lock")) return DJANGO_JSON_LOCK;
    if (!strcmp(name, "pyproject.toml") || !strcmp(name, "Pipfile")) return DJANGO_TOML;
    if (!strcmp(name, "setup.cfg")) return DJANGO_SETUP_CFG;
    if (!strcmp(name, "setup.py")) return DJANGO_SETUP_PY;
    return text && !strncmp(name, "requirements", 12) ? DJANGO_REQUIREMENTS : DJANGO_NONE;
}

bool django_text(DjangoFile kind, const char *text, DjangoRange *range, bool *exact) {
    Said said = {0};
    switch (kind) {
    case DJANGO_NONE: break;
    case DJANGO_LOCK: lock_scan(text, &said); break;
    case DJANGO_JSON_LOCK: json_lock_scan(text, &said); break;
    case DJANGO_REQUIREMENTS: requirements_scan(text, &said); break;
    case DJANGO_TOML: toml_scan(text, &said); break;
    case DJANGO_SETUP_CFG: setup_cfg_scan(text, &said); break;
    case DJANGO_SETUP_PY: strings_scan(text, strlen(text), &said); break;
    }
    *range = said.range;
    *exact = said.exact;
    return said.any;
}

/* -- files -- */

static void file_say(Arena *arena, const char *folder, const char *name, DjangoFile kind,
                     Said *said) {
    DjangoRange range;
    bool exact;
    FileBytes bytes = file_read(path_join(arena, folder, name), FILE_MOST, true);
    if (bytes.status == READ_DONE && django_text(kind, bytes.bytes, &range, &exact))
        said_add(said, range, exact);
    free(bytes.bytes);
}

static void folder_say(Arena *arena, const char *folder, bool in_requirements, Said *said) {
    DIR *open = opendir(folder);
    uint32_t files = 0, entries = 0;
    if (!open) return;
    for (struct dirent *entry; (entry = readdir(open)) && entries < ENTRIES_MOST; entries++) {
        DjangoFile kind = django_file(entry->d_name, in_requirements);
        if (kind == DJANGO_NONE || files == FILES_MOST) continue;
        files++;
        file_say(arena, folder, entry->d_name, kind, said);
    }
    closedir(open);
    if (!in_requirements && path_has(folder, "requirements"))
        folder_say(arena, path_join(arena, folder, "requirements"), true, said);
}

static void path_say(Arena *arena, const char *path, Said *said) {
    struct stat about;
    Root root;
    bool folder = !stat(*path ? path : ".", &about) && S_ISDIR(about.st_mode);
    if (!root_make(arena, folder ? path : path_folder(arena, path), &root)) return;
    const char *at = root.real;
    Said found = {0};
    for (uint32_t i = 0; i < PARENTS_MOST && !found.any; i++) {
        folder_say(arena, at, false, &found);
        if (!strcmp(at, root.top) || !strcmp(at, "/")) break;
        at = path_folder(arena, at);
    }
    if (found.any) said_add(said, found.range, found.exact);
}

DjangoRange django_find(const char *const *paths, uint32_t count) {
    Arena *arena = arena_new();
    Said said = {0};
    for (uint32_t i = 0; i < count && i < FILES_MOST; i++) path_say(arena, paths[i], &said);
    arena_free(arena);
    return said.range;
}
