/* The dialect of .gitignore, by what git 2.39 answers. With an argument the program answers
 * questions instead, for tests/ignore_differential.py: triples of text, path and "f" or "d",
 * each ended by a NUL, come in on stdin; a line of 0 or 1 goes out for each. */
#include "tests/unit/tap.h"

#include "source/ignore.h"

#include <stdlib.h>
#include <time.h>

static bool asks(const char *text, const char *path, bool is_folder) {
    Arena *arena = arena_new();
    Ignore *ignore = ignore_parse(arena, NULL, "/w", text, strlen(text));
    bool answer = ignore_matches(ignore, path, is_folder);
    arena_free(arena);
    return answer;
}

typedef struct GlobCase {
    const char *pattern, *path;
    bool matches;
} GlobCase;

static const GlobCase globs[] = {
    {"foo", "foo", true},           {"foo", "foo/bar", false},      {"*", "foo", true},
    {"*", "foo/bar", false},        {"*/bar", "foo/bar", true},     {"*/bar", "a/foo/bar", false},
    {"f?o", "foo", true},           {"f?o", "f/o", false},          {"", "", true},
    {"**/bar", "bar", true},        {"**/bar", "a/b/bar", true},    {"**/bar", "abar", false},
    {"foo/**", "foo/a/b", true},    {"foo/**", "foo", false},       {"foo/**", "foo/", true},
    {"a/**/b", "a/b", true},        {"a/**/b", "a/x/y/b", true},    {"a/**/b", "a/xb", false},
    {"a**b", "axxb", true},         {"a**b", "ax/xb", false},       {"**", "a/b/c", true},
    {"***/a", "x/y/a", true},       {"**\\/a", "x/y/a", true},      {"**\\/a", "a", false},
    {"[abc]", "b", true},           {"[a-c]x", "bx", true},         {"[!a-c]x", "bx", false},
    {"[^a-c]x", "dx", true},        {"[]]", "]", true},             {"[]-a]", "_", true},
    {"[a-]", "-", true},            {"[\\]]", "]", true},           {"[a", "[a", false},
    {"a[/]b", "a/b", false},        {"a[!x]b", "a/b", false},       {"[[:digit:]]", "7", true},
    {"[[:digit:]]", "x", false},    {"[[:nope:]]", "n", false},     {"[[:x]", ":", true},
    {"[[:digit:]-z]", "-", true},   {"\\*", "*", true},             {"\\*", "a", false},
    {"a\\", "a\\", false},          {"*.py", ".py", true},          {"*a*b*c", "xxaxxbxxc", true},
    {"*a*b*c", "xxaxxbxx", false},  {"*/**/x", "a/x", true},        {"**/**/x", "x", true},
    {"a/**/**/b/*.py", "a/b/c.py", true}, {"[a-c-e]", "-", true},   {"[a-c-e]", "d", false},
};

static void test_globs(void) {
    for (size_t i = 0; i < sizeof globs / sizeof *globs; i++) {
        char text[200];
        snprintf(text, sizeof text, "glob %s %s %s", globs[i].pattern,
                 globs[i].matches ? "matches" : "does not match", globs[i].path);
        TAP_OK(ignore_glob(globs[i].pattern, globs[i].path) == globs[i].matches, text);
    }
}

static void test_lines(void) {
    TAP_OK(asks("foo\n", "/w/a/foo", false), "a name matches in any folder");
    TAP_OK(!asks("/foo\n", "/w/a/foo", false), "a slash in front anchors");
    TAP_OK(asks("/foo\n", "/w/foo", false), "an anchored name");
    TAP_OK(!asks("a/foo\n", "/w/b/a/foo", false), "a slash inside anchors");
    TAP_OK(!asks("foo/\n", "/w/foo", false), "a slash behind means folders");
    TAP_OK(asks("foo/\n", "/w/a/foo", true), "and does not anchor");
    TAP_OK(!asks("*.py\n!keep.py\n", "/w/keep.py", false), "! takes back");
    TAP_OK(asks("!keep.py\n*.py\n", "/w/keep.py", false), "the last match decides");
    TAP_OK(asks("#foo\nbar", "/w/bar", false), "no newline at the end");
    TAP_OK(!asks("#foo\n", "/w/#foo", false), "comments");
    TAP_OK(asks("\\#foo\n", "/w/#foo", false), "an escaped #");
    TAP_OK(asks("\\!foo\n", "/w/!foo", false), "an escaped !");
    TAP_OK(asks("foo   \n", "/w/foo", false), "spaces at the end are dropped");
    TAP_OK(asks("foo\\ \n", "/w/foo ", false), "but for escaped ones");
    TAP_OK(asks("foo\r\n", "/w/foo", false), "CRLF");
    TAP_OK(asks("\xEF\xBB\xBF" "foo\n", "/w/foo", false), "byte order mark");
    TAP_OK(!asks("\n\r\n/\n!\n", "/w/foo", true), "empty patterns match nothing");
    TAP_OK(asks("a\nb", "/w/a", false) && !asks("a\n", "/w/a\nb", false), "newlines in names");
    TAP_OK(!asks("foo\n", "/elsewhere/foo", false), "paths elsewhere are not concerned");
    TAP_OK(!asks("/foo\n", "/wfoo", false), "a longer folder name is elsewhere");
    TAP_OK(asks("a**/b\n", "/w/ax/y/b", false), "a double star behind fixed bytes, as git does");
}

static void test_nested(void) {
    Arena *arena = arena_new();
    Ignore *outer = ignore_parse(arena, NULL, "", "*.py\nlib/\n", 10);
    Ignore *inner = ignore_parse(arena, outer, "/w/a", "!keep.py\n/top.txt\n", 18);
    TAP_OK(ignore_matches(inner, "/w/a/x.py", false), "outer patterns go on below");
    TAP_OK(!ignore_matches(inner, "/w/a/keep.py", false), "inner patterns come first");
    TAP_OK(ignore_matches(inner, "/w/keep.py", false), "and hold in their folder only");
    TAP_OK(ignore_matches(inner, "/w/a/top.txt", false), "anchored at the inner folder");
    TAP_OK(!ignore_matches(inner, "/w/a/b/top.txt", false), "not below it");
    TAP_OK(!ignore_matches(NULL, "/w/a", false), "no patterns at all");
    arena_free(arena);
}

/* Patterns that make a backtracking matcher run for years. */
static void test_hostile(void) {
    enum { STARS = 1000, LENGTH = 4000 };
    char pattern[4 * STARS + 8] = "", path[LENGTH + 1];
    for (int i = 0; i < STARS; i++) memcpy(pattern + 2 * i, "*a", 2);
    strcpy(pattern + 2 * STARS, "*b[c]");
    memset(path, 'a', LENGTH);
    path[LENGTH] = 0;
    clock_t start = clock();
    TAP_OK(!ignore_glob(pattern, path), "a thousand stars");
    for (int i = 0; i < STARS; i++) memcpy(pattern + 3 * i, "**/", 3);
    strcpy(pattern + 3 * STARS, "b[c]");
    for (int i = 1; i < LENGTH; i += 2) path[i] = '/';
    TAP_OK(!ignore_glob(pattern, path), "a thousand double stars");
    TAP_OK((clock() - start) / CLOCKS_PER_SEC < 20, "hostile patterns take no time");
    char *long_pattern = memory_alloc(100001);
    memset(long_pattern, '*', 100000);
    long_pattern[100000] = 0;
    TAP_OK(!ignore_glob(long_pattern, "a"), "a pattern longer than any path is left out");
    free(long_pattern);
}

static int answer_questions(void) {
    char *fields[3] = {0};
    size_t rooms[3] = {0};
    for (;;) {
        for (int i = 0; i < 3; i++)
            if (getdelim(&fields[i], &rooms[i], 0, stdin) < 0) {
                for (int k = 0; k < 3; k++) free(fields[k]);
                return 0;
            }
        printf("%d\n", asks(fields[0], fields[1], *fields[2] == 'd'));
    }
}

int main(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[1], "--answer") == 0) return answer_questions();
    test_globs();
    test_lines();
    test_nested();
    test_hostile();
    return tap_done();
}
