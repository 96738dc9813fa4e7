/* Whether the paths given are all of a project, in folders made for it. */
#include "source/view.h"

#include "tests/unit/tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void folder(const char *path) {
    mkdir(path, 0777);
}

static void file(const char *path) {
    FILE *made = fopen(path, "w");
    if (made) fclose(made);
}

static bool partial(const char *first, const char *second) {
    const char *paths[] = {first, second};
    return view_is_partial(paths, second ? 2 : 1);
}

/* A working tree: src/{shop,blog} with models, docs, tests/app. */
static void make_tree(void) {
    const char *const folders[] = {".git", "src", "src/shop", "src/shop/sub", "src/blog",
                                   "src/blog/models", "docs", "tests"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) folder(folders[i]);
    file("src/shop/models.py");
    file("src/shop/sub/views.py");
    file("tests/models.py");
}

int main(void) {
    char template[] = "/tmp/eagerly-view-XXXXXX";
    const char *top = mkdtemp(template);
    if (!TAP_OK(top && !chdir(top), "a folder of our own")) return tap_done();
    make_tree();
    TAP_OK(!partial("", NULL), "the working directory, which is the top");
    TAP_OK(!partial(".", NULL), "the top by its name");
    TAP_OK(!partial("src", NULL), "all apps; docs and tests beside it");
    TAP_OK(partial("src/shop", NULL), "one app of two");
    TAP_OK(partial("src/shop/sub", NULL), "a part of an app");
    TAP_OK(!partial("src/shop", "src/blog"), "both apps");
    TAP_OK(partial("src/shop/models.py", NULL), "a file");
    TAP_OK(partial("nowhere", NULL), "what is not there");
    char command[sizeof template + 16];
    snprintf(command, sizeof command, "rm -rf %s", top);
    TAP_OK(!chdir("/") && !system(command), "cleaned up");
    return tap_done();
}
