/* Little may be done in a signal's handler, and deleting a tree is not of that. So the signals are
 * blocked, and a thread waits for them; others that are started inherit the mask, and children of
 * git.c take it off again. One signal more tells the thread that there is nothing to guard now. */
#include "suppress/guard.h"

#include "base/arena.h"
#include "suppress/extract.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIGNAL_DONE = SIGUSR2 };

struct Guard {
    const char *folder;      /* NULL: no thread yet */
    pthread_t thread;
    sigset_t waited, before; /* those that end the run, and SIGNAL_DONE */
};

static void *guard_run(void *argument) {
    Guard *guard = argument;
    int signal = 0;
    while (sigwait(&guard->waited, &signal)) continue;
    if (signal == SIGNAL_DONE) return NULL;
    extract_remove(guard->folder);
    pthread_sigmask(SIG_UNBLOCK, &guard->waited, NULL);
    kill(getpid(), signal);
    return NULL;
}

/* Those that would end the run: nohup, for one, has some of them ignored. */
static void ending_signals(sigset_t *set) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action;
        if (!sigaction(signals[i], NULL, &action) && action.sa_handler == SIG_DFL)
            sigaddset(set, signals[i]);
    }
}

Guard *guard_start(void) {
    Guard *guard = memory_alloc(sizeof *guard);
    *guard = (Guard){0};
    ending_signals(&guard->waited);
    sigaddset(&guard->waited, SIGNAL_DONE);
    pthread_sigmask(SIG_BLOCK, &guard->waited, &guard->before);
    return guard;
}

void guard_folder(Guard *guard, const char *folder) {
    guard->folder = folder;
    if (!pthread_create(&guard->thread, NULL, guard_run, guard)) return;
    guard->folder = NULL;    /* no thread is to be had: signals end the run at once, as before */
    pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
}

void guard_end(Guard *guard) {
    if (guard->folder) {
        pthread_kill(guard->thread, SIGNAL_DONE);
        pthread_join(guard->thread, NULL);
    }
    pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
    free(guard);
}
