/* The line of progress, written to a file as if that were a terminal. */
#include "tests/unit/tap.h"

#include "cli/progress.h"

#include <stdlib.h>
#include <unistd.h>

/* What has been written so far; the caller frees. */
static char *written(FILE *file) {
    char *text = calloc(1, 4096);
    if (pread(fileno(file), text, 4095, 0) < 0) *text = '\0';
    return text;
}

/* Waits for the thread to have written this; at most ten seconds. */
static bool comes(FILE *file, const char *expected) {
    for (int i = 0; i < 1000; i++) {
        char *text = written(file);
        bool there = !strcmp(text, expected);
        free(text);
        if (there) return true;
        usleep(10 * 1000);
    }
    return false;
}

static void test_long_run(void) {
    FILE *file = tmpfile();
    Progress *progress = progress_start(file, 0);
    progress_say(progress, "reading", 1234567, "files");
    TAP_OK(comes(file, "\r\033[Kreading 1,234,567 files…"), "what is being done");
    progress_clear(progress);
    TAP_OK(comes(file, "\r\033[Kreading 1,234,567 files…\r\033[K"), "taken back");
    progress_say(progress, "following", 7, "models");
    TAP_OK(comes(file, "\r\033[Kreading 1,234,567 files…\r\033[K\r\033[Kfollowing 7 models…"),
           "the next thing");
    progress_end(progress);
    TAP_OK(comes(file, "\r\033[Kreading 1,234,567 files…\r\033[K\r\033[Kfollowing 7 models…"
                       "\r\033[K"), "nothing is left on the line");
    fclose(file);
}

static void test_short_run(void) {
    FILE *file = tmpfile();
    Progress *progress = progress_start(file, 3600);
    progress_say(progress, "reading", 3, "files");
    progress_clear(progress);
    progress_say(progress, "reading", 4, "files");
    progress_end(progress);
    TAP_OK(comes(file, ""), "a short run says nothing");
    TAP_OK(!progress_on_terminal(file), "a file is no terminal");
    progress_say(NULL, "reading", 1, "files");
    progress_clear(NULL);
    progress_end(NULL);
    fclose(file);
}

int main(void) {
    test_long_run();
    test_short_run();
    return tap_done();
}
