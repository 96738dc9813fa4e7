/* A thread of its own sleeps until the delay is over, then shows what was said last whenever that
 * changes. Short runs end before it has done anything. Whoever prints holds the lock. */
#include "cli/progress.h"
#include "base/arena.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_MOST = 96 };

struct Progress {
    FILE *stream;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct timespec due;
    char text[TEXT_MOST];      /* "": nothing to show */
    char shown[TEXT_MOST];     /* what stands on the terminal */
    bool over, ended;          /* the delay; the run */
};

/* With the lock held. */
static void line_show(Progress *progress, const char *text) {
    if (!strcmp(progress->shown, text)) return;
    fprintf(progress->stream, "\r\033[K%s", text);
    fflush(progress->stream);
    strcpy(progress->shown, text);
}

static void *progress_run(void *argument) {
    Progress *progress = argument;
    sigset_t all; /* signals are for the main thread, and for those who wait for them */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    pthread_mutex_lock(&progress->lock);
    while (!progress->ended && !progress->over)
        progress->over = pthread_cond_timedwait(&progress->changed, &progress->lock,
                                                &progress->due) != 0;
    while (!progress->ended) {
        line_show(progress, progress->text);
        pthread_cond_wait(&progress->changed, &progress->lock);
    }
    line_show(progress, "");
    pthread_mutex_unlock(&progress->lock);
    return NULL;
}

Progress *progress_on_terminal(FILE *stream) {
    const char *terminal = getenv("TERM");
    bool fit = isatty(fileno(stream)) && terminal && *terminal && strcmp(terminal, "dumb");
    return fit ? progress_start(stream, 1) : NULL;
}

Progress *progress_start(FILE *stream, double delay) {
    Progress *progress = memory_alloc(sizeof *progress);
    pthread_condattr_t clock;
    *progress = (Progress){.stream = stream};
    pthread_mutex_init(&progress->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&progress->changed, &clock);
    pthread_condattr_destroy(&clock);
    clock_gettime(CLOCK_MONOTONIC, &progress->due);
    double nanoseconds = (double)progress->due.tv_nsec + delay * 1e9;
    progress->due.tv_sec += (time_t)(nanoseconds / 1e9);
    progress->due.tv_nsec = (long)(nanoseconds - 1e9 * (double)(time_t)(nanoseconds / 1e9));
    if (!pthread_create(&progress->thread, NULL, progress_run, progress)) return progress;
    pthread_cond_destroy(&progress->changed);
    pthread_mutex_destroy(&progress->lock);
    free(progress);
    return NULL;
}

/* 1200 as "1,200". */
static void grouped(uint64_t number, char *text, size_t size) {
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    size_t at = 0;
    for (int i = 0; i < count && at + 2 < size; i++) {
        if (i && (count - i) % 3 == 0) text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
}

void progress_say(Progress *progress, const char *verb, uint64_t count, const char *noun) {
    char number[32];
    if (!progress) return;
    grouped(count, number, sizeof number);
    pthread_mutex_lock(&progress->lock);
    snprintf(progress->text, sizeof progress->text, "%s %s %s…", verb, number, noun);
    pthread_cond_signal(&progress->changed);
    pthread_mutex_unlock(&progress->lock);
}

void progress_clear(Progress *progress) {
    if (!progress) return;
    pthread_mutex_lock(&progress->lock);
    progress->text[0] = '\0';
    line_show(progress, "");
    pthread_mutex_unlock(&progress->lock);
}

void progress_end(Progress *progress) {
    if (!progress) return;
    pthread_mutex_lock(&progress->lock);
    progress->ended = true;
    pthread_cond_signal(&progress->changed);
    pthread_mutex_unlock(&progress->lock);
    pthread_join(progress->thread, NULL);
    pthread_cond_destroy(&progress->changed);
    pthread_mutex_destroy(&progress->lock);
    free(progress);
}
