/* Builds a small tree of folders in a temporary place and looks at what is found in it. */
#include "tests/unit/tap.h"

#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Writes a file below the working directory, and the folders it needs. */
static void put_bytes(const char *path, const char *text, size_t length) {
    char folder[PATH_MAX];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        mkdir(folder, 0777);
    }
    FILE *file = fopen(path, "w");
    if (!file || fwrite(text, 1, length, file) != length || fclose(file) != 0) {
        printf("Bail out! cannot write %s\n", path);
        exit(1);
    }
}

static void put(const char *path, const char *text) {
    put_bytes(path, text, strlen(text));
}

static void put_link(const char *target, const char *path) {
    if (symlink(target, path) != 0) {
        printf("Bail out! cannot link %s\n", path);
        exit(1);
    }
}

/* Goes into a new folder of the test's own. */
static void enter(const char *top, const char *name) {
    if (chdir(top) != 0 || mkdir(name, 0777) != 0 || chdir(name) != 0) {
        printf("Bail out! cannot enter %s\n", name);
        exit(1);
    }
}

static Source *discover(const char *path, const SourceOptions *options) {
    const char *mistake = NULL;
    Source *source = source_discover(&path, 1, options, &mistake);
    if (source) return source;
    printf("Bail out! %s\n", mistake);
    exit(1);
}

static const SourceFile *find(const Source *source, const char *shown) {
    for (uint32_t i = 0; i < source->files.count; i++)
        if (strcmp(source->files.items[i].shown, shown) == 0) return &source->files.items[i];
    return NULL;
}

static const char *name_of(const Source *source, const char *shown) {
    const SourceFile *file = find(source, shown);
    return file ? file->name : NULL;
}

static int role_of(const Source *source, const char *shown) {
    const SourceFile *file = find(source, shown);
    return file ? (int)file->role : -1;
}

static bool noted(const Source *source, const char *start) {
    for (uint32_t i = 0; i < source->notes.count; i++)
        if (strncmp(source->notes.items[i], start, strlen(start)) == 0) return true;
    return false;
}

/* The shown paths, each with a space behind it. */
static const char *listed(const Source *source) {
    char *text = arena_format(source->arena, "%s", "");
    for (uint32_t i = 0; i < source->files.count; i++)
        text = arena_format(source->arena, "%s%s ", text, source->files.items[i].shown);
    return text;
}

static void test_names(const char *top) {
    const SourceOptions options = {0};
    enter(top, "names");
    put("manage.py", "");
    put("shop/__init__.py", "");
    put("shop/models.py", "");
    put("apps/blog/__init__.py", "");
    put("apps/blog/views.py", "");
    put("lib/pyproject.toml", "");
    put("lib/src/tool/__init__.py", "");
    put("lib/src/tool/core.py", "");
    put("lib/helper.py", "");
    Source *source = discover(".", &options);
    TAP_TEXT(listed(source), "apps/blog/__init__.py apps/blog/views.py lib/helper.py "
             "lib/src/tool/__init__.py lib/src/tool/core.py manage.py shop/__init__.py "
             "shop/models.py ", "files are sorted and shown from the working directory");
    TAP_TEXT(name_of(source, "shop/models.py"), "shop.models", "a module");
    TAP_TEXT(name_of(source, "shop/__init__.py"), "shop", "a package");
    TAP_OK(find(source, "shop/__init__.py")->package, "is known as one");
    TAP_TEXT(name_of(source, "apps/blog/views.py"), "apps.blog.views", "a namespace package");
    TAP_TEXT(name_of(source, "lib/src/tool/core.py"), "tool.core", "src next to a marker");
    TAP_TEXT(name_of(source, "lib/helper.py"), "helper", "a project in a project");
    TAP_TEXT(name_of(source, "manage.py"), "manage", "the top");
    source_free(source);
    source = discover("./shop//", &options);
    TAP_TEXT(listed(source), "shop/__init__.py shop/models.py ", "a folder, sloppily written");
    TAP_TEXT(name_of(source, "shop/models.py"), "shop.models", "names start at the top package");
    source_free(source);
    source = discover("shop/models.py", &options);
    TAP_TEXT(name_of(source, "shop/models.py"), "shop.models", "a file by itself");
    source_free(source);
    if (chdir("apps") != 0) return;
    source = discover("../shop", &options);
    TAP_TEXT(listed(source), "__init__.py models.py ", "elsewhere: shown from the folder given");
    source_free(source);
    source = discover("../apps/blog", &options);
    TAP_TEXT(listed(source), "blog/__init__.py blog/views.py ", "a detour is straightened");
    source_free(source);
}

static void test_roles(const char *top) {
    SourceOptions options = {0};
    enter(top, "roles");
    put("shop/tests/__init__.py", "");
    put("lab/test/__init__.py", "");
    put("lab/test/models.py", "");
    put("lab/test/views.py", "");
    put("lab/test/admin.py", "");
    put("plant/models.py", "");
    put("plant/test/__init__.py", "");
    put("plant/test/urls.py", "");
    put("plant/test/views.py", "");
    put("shop/tests/deep/helper.py", "");
    put("shop/test/x.py", "");
    put("shop/testing/x.py", "");
    put("shop/tests.py", "");
    put("shop/test_a.py", "");
    put("shop/a_test.py", "");
    put("shop/contest.py", "");
    put("conftest.py", "");
    put("shop/migrations/__init__.py", "");
    put("shop/migrations/0001_initial.py", "");
    put("data/migrations/plain.py", "");
    Source *source = discover(".", &options);
    TAP_OK(role_of(source, "shop/tests/deep/helper.py") == FILE_TEST, "below tests");
    TAP_OK(role_of(source, "shop/test/x.py") == FILE_TEST, "below test");
    TAP_OK(role_of(source, "lab/test/models.py") == FILE_CODE, "an app called test");
    TAP_OK(role_of(source, "plant/test/views.py") == FILE_CODE, "a part of an app called test");
    TAP_OK(role_of(source, "shop/testing/x.py") == FILE_CODE, "testing is code");
    TAP_OK(role_of(source, "shop/tests.py") == FILE_TEST, "tests.py");
    TAP_OK(role_of(source, "shop/test_a.py") == FILE_TEST, "test_*.py");
    TAP_OK(role_of(source, "shop/a_test.py") == FILE_TEST, "*_test.py");
    TAP_OK(role_of(source, "conftest.py") == FILE_TEST, "conftest.py");
    TAP_OK(role_of(source, "shop/contest.py") == FILE_CODE, "contest.py is code");
    TAP_OK(!find(source, "shop/migrations/0001_initial.py"), "migrations are left out");
    TAP_OK(source->skipped == 2, "and counted");
    TAP_OK(role_of(source, "data/migrations/plain.py") == FILE_CODE, "but only packages");
    source_free(source);
    options.include_migrations = true;
    source = discover(".", &options);
    TAP_OK(role_of(source, "shop/migrations/0001_initial.py") == FILE_MIGRATION, "on request");
    source_free(source);
    options.include_migrations = false;
    source = discover("shop/migrations/0001_initial.py", &options);
    TAP_OK(role_of(source, "shop/migrations/0001_initial.py") == FILE_MIGRATION, "or by name");
    source_free(source);
    source = discover("shop/tests/deep/helper.py", &options);
    TAP_OK(role_of(source, "shop/tests/deep/helper.py") == FILE_TEST, "a test file by name");
    source_free(source);
    source = discover("shop/tests", &options);
    TAP_OK(role_of(source, "shop/tests/deep/helper.py") == FILE_CODE, "a test folder by name");
    source_free(source);
}

static void test_ignored(const char *top) {
    SourceOptions options = {0};
    enter(top, "ignored");
    mkdir(".git", 0777);
    put(".gitignore", "*_local.py\n/generated/\n");
    put("app/.gitignore", "!keep_local.py\nscratch.py\n");
    put("app/a_local.py", "");
    put("app/keep_local.py", "");
    put("app/scratch.py", "");
    put("scratch.py", "");
    put("generated/x.py", "");
    put("app/generated/y.py", "");
    Source *source = discover(".", &options);
    TAP_TEXT(listed(source), "app/generated/y.py app/keep_local.py scratch.py ", "ignore files");
    TAP_OK(source->skipped == 3, "what they leave out is counted");
    source_free(source);
    source = discover("app", &options);
    TAP_TEXT(listed(source), "app/generated/y.py app/keep_local.py ",
             "ignore files above the folder given");
    source_free(source);
    source = discover("app/a_local.py", &options);
    TAP_TEXT(listed(source), "app/a_local.py ", "a file given is never ignored");
    source_free(source);
    source = discover("generated", &options);
    TAP_TEXT(listed(source), "generated/x.py ", "nor is a folder given");
    source_free(source);
    options.no_ignore_files = true;
    source = discover(".", &options);
    TAP_OK(source->files.count == 6 && source->skipped == 0, "ignore files may be switched off");
    source_free(source);
}

static void test_defaults(const char *top) {
    const SourceOptions options = {0};
    enter(top, "defaults");
    put("a.py", "");
    put("node_modules/x.py", "");
    put("thing.egg-info/x.py", "");
    put(".venv/x.py", "");
    put("env/bin/activate", "");
    put("env/x.py", "");
    put("venv/settings.py", "");
    put("python/pyvenv.cfg", "");
    put("python/x.py", "");
    put("build/x.py", "");
    put("app/build/__init__.py", "");
    put("app/dist/x.py", "");
    Source *source = discover(".", &options);
    TAP_TEXT(listed(source), "a.py app/build/__init__.py venv/settings.py ", "default excludes");
    TAP_OK(source->skipped == 6, "are counted, but for hidden folders");
    source_free(source);
    const char *paths[] = {"build", ".", "a.py", "./app", "build/x.py"}, *mistake = NULL;
    source = source_discover(paths, 5, &options, &mistake);
    TAP_TEXT(listed(source), "a.py app/build/__init__.py build/x.py venv/settings.py ",
             "a folder given is walked; overlapping paths list a file once");
    source_free(source);
}

static void test_links(const char *top) {
    const SourceOptions options = {0};
    enter(top, "links");
    put("outside/secret.py", "");
    put("project/.git/config", "");
    put("project/manage.py", "");
    put("project/shop/a.py", "");
    put("project/node_modules/shared/b.py", "");
    put_link("..", "project/shop/up");
    put_link("loop", "project/loop");
    put_link("../outside", "project/away");
    put_link("../outside/secret.py", "project/secret.py");
    put_link("shop", "project/again");
    put_link("node_modules/shared", "project/shared");
    put_link("nothing", "project/dangling.py");
    put_link("shop/a.py", "project/alias.py");
    Source *source = discover("project", &options);
    TAP_TEXT(listed(source), "project/manage.py project/shared/b.py project/shop/a.py ",
             "links add what was not seen yet");
    TAP_OK(noted(source, "project/shop/up: a link that loops"), "a link upwards");
    TAP_OK(noted(source, "project/loop: a link that loops"), "a link to itself");
    TAP_OK(noted(source, "project/away: a link that leads out"), "a folder elsewhere");
    TAP_OK(noted(source, "project/secret.py: a link that leads out"), "a file elsewhere");
    TAP_OK(source->notes.count == 4, "nothing else is worth a note");
    source_free(source);
    source = discover("project/secret.py", &options);
    TAP_TEXT(listed(source), "project/secret.py ", "a link given is followed");
    source_free(source);
}

/* Folders nested deeper than a path may be long. */
static void nest_folders(const char *name, int depth) {
    int at = open(".", O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < depth && at >= 0; i++) {
        mkdirat(at, name, 0777);
        int next = openat(at, name, O_RDONLY | O_DIRECTORY);
        close(at);
        at = next;
    }
    if (at >= 0) close(at);
}

static void test_odd(const char *top) {
    const SourceOptions options = {0};
    enter(top, "odd");
    put("new\nline.py", "");
    put("bytes\xFF.py", "");
    put("locked/x.py", "");
    put("plain.txt", "");
    mkdir("folder.py", 0777);
    TAP_OK(mkfifo("pipe.py", 0666) == 0, "a pipe is there");
    nest_folders("deep-folder-deep-folder-deep-folder-deep-folder", 200);
    chmod("locked", 0);
    Source *source = discover(".", &options);
    TAP_OK(find(source, "new\nline.py") && find(source, "bytes\xFF.py"), "paths are bytes");
    TAP_OK(noted(source, "pipe.py: not a regular file"), "a pipe is not opened");
    TAP_OK(noted(source, "deep-folder"), "too deep a nesting is noted");
    TAP_OK(!find(source, "folder.py") && !find(source, "plain.txt"), "what is no Python file");
    if (geteuid() != 0) TAP_OK(noted(source, "locked: "), "an unreadable folder is noted");
    source_free(source);
    chmod("locked", 0777);
    source = discover("plain.txt", &options);
    TAP_TEXT(listed(source), "plain.txt ", "a file given may have any name");
    source_free(source);
}

static void test_mistakes(const char *top) {
    const SourceOptions options = {0};
    enter(top, "mistakes");
    const char *cases[][2] = {{"missing", "missing: no such file or folder"},
                              {"", ": no such file or folder"},
                              {"pipe", "pipe: neither a file nor a folder"}};
    mkfifo("pipe", 0666);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *mistake = NULL;
        Source *source = source_discover(&cases[i][0], 1, &options, &mistake);
        TAP_OK(!source, "no source");
        TAP_TEXT(mistake, cases[i][1], "a mistake of the user");
        free((char *)mistake);
    }
}

static const char *note_of(const Source *source, const char *shown) {
    const SourceFile *file = find(source, shown);
    return file ? file->note : "not listed";
}

static void test_read(const char *top) {
    SourceOptions options = {.max_bytes = 100, .jobs = 1};
    enter(top, "read");
    put("good.py", "x = 1\n");
    put("empty.py", "");
    put("broken.py", "def (:\n");
    put_bytes("nul.py", "x\0y", 3);
    put_bytes("wide.py", "\xFF\xFEx\0", 4);
    char large[101];
    memset(large, '#', sizeof large);
    put_bytes("large.py", large, sizeof large);
    put_bytes("fits.py", large, 100);
    put("gone.py", "");
    put("changed.py", "");
    Source *source = discover(".", &options);
    unlink("gone.py");
    unlink("changed.py");
    mkfifo("changed.py", 0666);
    source_read(source, &options);
    TAP_OK(find(source, "good.py")->module && !note_of(source, "good.py"), "a module");
    TAP_OK(find(source, "empty.py")->module != NULL, "an empty file is one");
    TAP_OK(find(source, "fits.py")->module != NULL, "the largest file allowed");
    TAP_TEXT(note_of(source, "large.py"), "larger than 100 bytes", "a larger one");
    TAP_TEXT(note_of(source, "nul.py"), "binary or UTF-16", "a NUL byte");
    TAP_TEXT(note_of(source, "wide.py"), "binary or UTF-16", "UTF-16");
    TAP_TEXT(note_of(source, "changed.py"), "not a regular file", "a pipe in its place");
    TAP_TEXT(note_of(source, "gone.py"), strerror(ENOENT), "a file that has gone");
    TAP_OK(source->unreadable == 5 && source->broken == 1, "they are counted");
    TAP_OK(source->bytes == 6 + 0 + 7 + 100, "bytes of what was read");
    TAP_OK(source->nodes > 0, "nodes too");
    source_free(source);
}

/* The same for any number of threads. */
static void test_jobs(const char *top) {
    enter(top, "jobs");
    for (int i = 0; i < 60; i++) {
        char path[40], text[60];
        snprintf(path, sizeof path, "package%d/module%d.py", i % 7, i);
        snprintf(text, sizeof text, "name_%d = [%*d]\n", i, i % 9 + 1, i);
        put(path, i % 10 == 3 ? "def (:\n" : text);
    }
    const SourceOptions one = {.jobs = 1}, many = {.jobs = 8};
    Source *first = discover(".", &one), *second = discover(".", &many);
    source_read(first, &one);
    source_read(second, &many);
    bool same = first->files.count == 60 && second->files.count == 60;
    for (uint32_t i = 0; same && i < 60; i++) {
        const SourceFile *a = &first->files.items[i], *b = &second->files.items[i];
        same = strcmp(a->shown, b->shown) == 0 && a->module->hash == b->module->hash &&
               a->module->nodes.count == b->module->nodes.count;
    }
    TAP_OK(same, "files and modules");
    TAP_OK(first->bytes == second->bytes && first->nodes == second->nodes &&
               first->broken == second->broken && first->broken == 6,
           "and the sums");
    source_free(first);
    source_free(second);
}

static void remove_tree(const char *top) {
    pid_t child = fork();
    if (child == 0) {
        execlp("rm", "rm", "-rf", "--", top, (char *)NULL);
        _exit(127);
    }
    if (child > 0) waitpid(child, NULL, 0);
}

int main(void) {
    char top[] = "/tmp/eagerly-discover-XXXXXX";
    if (!mkdtemp(top)) {
        printf("Bail out! no temporary folder\n");
        return 1;
    }
    test_names(top);
    test_roles(top);
    test_ignored(top);
    test_defaults(top);
    test_links(top);
    test_odd(top);
    test_mistakes(top);
    test_read(top);
    test_jobs(top);
    if (chdir("/") == 0) remove_tree(top);
    return tap_done();
}
