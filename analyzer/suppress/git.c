/* A child process with its output in a pipe and its input in a temporary file: neither side ever
 * waits for the other to read and write at once. Options on the command line have precedence over
 * the repository's configuration; the commands used (rev-parse, merge-base, ls-tree, cat-file) run
 * no filters and no diff drivers. */
#include "suppress/git.h"

#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MOST = 24, OUTPUT_MOST = 256 * 1024 * 1024 };

typedef struct Child {
    pid_t id;
    FILE *out;
} Child;

static void child_environment(void) {
    setenv("GIT_PAGER", "cat", 1);
    setenv("GIT_OPTIONAL_LOCKS", "0", 1);
    setenv("GIT_TERMINAL_PROMPT", "0", 1);
    setenv("GIT_NO_LAZY_FETCH", "1", 1);
    setenv("GIT_NO_REPLACE_OBJECTS", "1", 1);
    setenv("GIT_ALLOW_PROTOCOL", "", 1);   /* older than GIT_NO_LAZY_FETCH: fetches nothing */
    unsetenv("GIT_EXTERNAL_DIFF");
    unsetenv("GIT_TRACE");
    unsetenv("GIT_TRACE2");
    unsetenv("GIT_TRACE2_EVENT");
}

/* In the child. stdin is left as it is set up; complaints of git are not shown. */
static void child_run(const char *folder, const char *const *arguments, int in, int out) {
    const char *all[ARGUMENTS_MOST] = {
        "git", "--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c",
        "core.hooksPath=/dev/null", "-c", "core.alternateRefsCommand=", "-C", folder,
    };
    size_t count = 0;
    while (all[count]) count++;
    for (size_t i = 0; arguments[i] && count + 1 < ARGUMENTS_MOST; i++) all[count++] = arguments[i];
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(in < 0 ? nothing : in, 0) < 0 || dup2(out, 1) < 0
        || dup2(nothing, 2) < 0)
        _exit(127);
    sigset_t none; /* of guard.h, which the child knows nothing of */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    child_environment();
    execvp("git", (char *const *)(uintptr_t)all);
    _exit(127);
}

static bool child_start(Child *child, const char *folder, const char *const *arguments, int in) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) return false;
    child->id = fork();
    if (child->id == 0) child_run(folder, arguments, in, ends[1]);
    close(ends[1]);
    child->out = child->id < 0 ? NULL : fdopen(ends[0], "rb");
    if (!child->out) close(ends[0]);
    return child->out != NULL;
}

/* Whether it ended well. What it still has to say is not waited for. */
static bool child_end(Child *child) {
    int status = -1;
    if (child->out) fclose(child->out);
    if (child->id <= 0) return false;
    while (waitpid(child->id, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* All that a command prints, of malloc with a NUL behind it; NULL: it failed. */
static char *git_output(const char *folder, const char *const *arguments, size_t *length) {
    Child child = {0};
    size_t room = 0, got = 1;
    char *text = NULL;
    *length = 0;
    if (!child_start(&child, folder, arguments, -1)) return NULL;
    while (got && *length < OUTPUT_MOST) {
        if (room - *length < 2) text = memory_resize(text, room = room ? room * 2 : 4096);
        got = fread(text + *length, 1, room - *length - 1, child.out);
        *length += got;
    }
    text[*length] = '\0';
    if (child_end(&child)) return text;
    free(text);
    return NULL;
}

/* The first line of what a command prints, or NULL. */
static const char *git_line(Arena *arena, const char *folder, const char *const *arguments) {
    size_t length;
    char *text = git_output(folder, arguments, &length);
    size_t line = text ? strcspn(text, "\n") : 0;
    const char *copy = line ? arena_copy(arena, text, line) : NULL;
    free(text);
    return copy;
}

static bool is_object(const char *text) {
    size_t length = strlen(text);
    return (length == 40 || length == 64) && strspn(text, "0123456789abcdef") == length;
}

/* Where the checked out branch parted from a commit. */
static const char *git_parting(Arena *arena, const char *folder, const char *commit) {
    const char *arguments[] = {"merge-base", commit, "HEAD", NULL};
    const char *found = git_line(arena, folder, arguments);
    return found && is_object(found) ? found : commit;
}

Git *git_open(Arena *arena, const char *folder, const char *reference, const char **mistake) {
    const char *here = path_real(arena, folder);
    const char *ask_top[] = {"rev-parse", "--show-toplevel", NULL};
    const char *top = here ? git_line(arena, here, ask_top) : NULL;
    *mistake = "a reference needs git, and a git working tree around what is analysed; if there is "
               "one, 'git status' there says why git does not read it";
    if (!top) return NULL;
    const char *wanted = arena_format(arena, "%s^{commit}", reference);
    const char *ask_commit[] = {"rev-parse", "--verify", "--quiet", wanted, NULL};
    const char *commit = *reference == '-' ? NULL : git_line(arena, here, ask_commit);
    *mistake = arena_format(arena, "git knows no commit '%s'; does it have to be fetched?",
                            reference);
    if (!commit || !is_object(commit)) return NULL;
    Git *git = arena_make(arena, Git);
    *git = (Git){.arena = arena, .top = path_real(arena, top), .prefix = ""};
    if (!git->top) return NULL;
    git->commit = git_parting(arena, here, commit);
    *mistake = NULL;
    return git;
}

/* ---- the files of a commit */

enum { MODULES_MOST = 256, MODULES_DEEP = 4 }; /* submodules; inside one another */

typedef struct Listing {
    GitFiles *files;
    uint32_t modules;
} Listing;

static void commit_list(Git *git, char *text, size_t length, int depth, Listing *listing);

/* All of a commit's tree, of malloc; NULL: git cannot list it. */
static char *commit_tree(const Git *git, size_t *length) {
    const char *arguments[] = {"ls-tree", "-r", "-z", "--full-tree", git->commit, NULL};
    return git_output(git->top, arguments, length);
}

/* A submodule's own repository, if it is checked out where the commit has it. */
static void module_list(Git *git, const char *object, const char *path, int depth,
                        Listing *listing) {
    Arena *arena = git->arena;
    const char *folder = path_join(arena, git->top, path), *real = path_real(arena, folder);
    if (depth == MODULES_DEEP || listing->modules++ >= MODULES_MOST) return;
    if (!real || strcmp(real, folder) || !path_has(folder, ".git")) return;
    Git *module = arena_make(arena, Git);
    *module = (Git){arena, real, object, arena_format(arena, "%s%s/", git->prefix, path)};
    size_t length;
    char *text = commit_tree(module, &length);
    if (text) commit_list(module, text, length, depth + 1, listing);
    free(text);
}

/* "100644 blob OBJECT\tPATH", or "160000 commit OBJECT\tPATH" of a submodule. */
static void line_list(Git *git, const char *line, int depth, Listing *listing) {
    const char *tab = strchr(line, '\t');
    bool module = !strncmp(line, "160000 commit ", 14);
    if (!tab || (!module && (strncmp(line, "100", 3) || strncmp(line + 6, " blob ", 6)))) return;
    size_t head = module ? 14 : 12;
    const char *object = arena_copy(git->arena, line + head, (size_t)(tab - line) - head);
    if (!is_object(object)) return;
    if (module) {
        module_list(git, object, tab + 1, depth, listing);
        return;
    }
    const char *path = arena_format(git->arena, "%s%s", git->prefix, tab + 1);
    array_push(git->arena, listing->files, (GitFile){object, path, git});
}

/* Submodules after all others, so that the files of one repository stand together. */
static void commit_list(Git *git, char *text, size_t length, int depth, Listing *listing) {
    for (int modules = 0; modules < 2; modules++)
        for (size_t at = 0; at < length; at += strlen(text + at) + 1)
            if ((strncmp(text + at, "160000", 6) == 0) == modules)
                line_list(git, text + at, depth, listing);
}

bool git_files(Git *git, GitFiles *files, const char **mistake) {
    size_t length;
    Listing listing = {files, 0};
    char *text = commit_tree(git, &length);
    *mistake = text ? NULL : "git cannot list the files of the reference";
    if (text) commit_list(git, text, length, 0, &listing);
    free(text);
    return !*mistake;
}

/* "R100", the old name, the new one, each with a NUL behind. */
void git_renames(Git *git, GitRenames *renames) {
    const char *arguments[] = {"diff-index", "--cached", "-r", "-z", "--name-status",
                               "--find-renames", "--diff-filter=R", "--ignore-submodules=all",
                               "--no-ext-diff", "--no-textconv", git->commit, "--", NULL};
    size_t length;
    char *text = git_output(git->top, arguments, &length);
    for (const char *at = text; text && at < text + length;) {
        const char *from = at + strlen(at) + 1;
        const char *to = from < text + length ? from + strlen(from) + 1 : NULL;
        if (!to || to >= text + length) break;
        GitRename rename = {arena_copy(git->arena, from, strlen(from)),
                            arena_copy(git->arena, to, strlen(to))};
        array_push(git->arena, renames, rename);
        at = to + strlen(to) + 1;
    }
    free(text);
}

/* ---- their bytes: one child for the files of a repository that stand together */

struct GitBlobs {
    const GitFiles *files;
    uint32_t next, run_end;
    Child child;
    FILE *names;
    char *bytes;
    size_t room;
};

GitBlobs *git_blobs_open(const GitFiles *files) {
    GitBlobs *blobs = memory_alloc(sizeof *blobs);
    *blobs = (GitBlobs){.files = files};
    return blobs;
}

static void run_close(GitBlobs *blobs) {
    child_end(&blobs->child);
    if (blobs->names) fclose(blobs->names);
    blobs->child = (Child){0};
    blobs->names = NULL;
}

static void run_open(GitBlobs *blobs) {
    static const char *const arguments[] = {"cat-file", "--batch", "--buffer", NULL};
    const GitFile *all = blobs->files->items;
    const Git *git = all[blobs->next].in;
    run_close(blobs);
    blobs->names = tmpfile();
    if (!blobs->names) return;
    fcntl(fileno(blobs->names), F_SETFD, FD_CLOEXEC);
    for (; blobs->run_end < blobs->files->count && all[blobs->run_end].in == git; blobs->run_end++)
        fprintf(blobs->names, "%s\n", all[blobs->run_end].object);
    if (fflush(blobs->names) || lseek(fileno(blobs->names), 0, SEEK_SET) < 0) return;
    child_start(&blobs->child, git->top, arguments, fileno(blobs->names));
}

/* Reads `size` bytes and the line break behind them; those beyond the room are thrown away. */
static bool blob_read(GitBlobs *blobs, size_t size, size_t kept) {
    char waste[4096];
    if (kept + 1 > blobs->room) {
        blobs->room = kept + 1;
        blobs->bytes = memory_resize(blobs->bytes, blobs->room);
    }
    if (fread(blobs->bytes, 1, kept, blobs->child.out) != kept) return false;
    blobs->bytes[kept] = '\0';
    for (size_t left = size - kept; left;) {
        size_t step = left < sizeof waste ? left : sizeof waste;
        if (fread(waste, 1, step, blobs->child.out) != step) return false;
        left -= step;
    }
    return fgetc(blobs->child.out) == '\n';
}

/* "OBJECT blob SIZE", or "NAME missing". */
bool git_blobs_next(GitBlobs *blobs, size_t most, GitBlob *blob) {
    char *line = NULL, kind[16];
    size_t room = 0;
    unsigned long long size;
    *blob = (GitBlob){0};
    if (blobs->next == blobs->files->count) return false;
    if (blobs->next == blobs->run_end) run_open(blobs);
    blobs->next++;
    if (!blobs->child.out) return false;
    ssize_t length = getline(&line, &room, blobs->child.out);
    bool found = length > 0 && sscanf(line, "%*64[0-9a-f] %15[a-z] %llu", kind, &size) == 2;
    free(line);
    if (length <= 0) return false;
    if (!found) return true;
    blob->found = !strcmp(kind, "blob");
    blob->large = size > most;
    blob->size = blob->large ? 0 : (size_t)size;
    if (!blob_read(blobs, (size_t)size, blob->size)) return false;
    blob->bytes = blobs->bytes;
    return true;
}

void git_blobs_close(GitBlobs *blobs) {
    run_close(blobs);
    free(blobs->bytes);
    free(blobs);
}
