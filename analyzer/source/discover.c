/* The walk keeps its own stack of folders, so no nesting is too deep for it. A folder is listed
 * whole before anything in it is looked at: what lies in it decides what it is.
 *
 * Symbolic links wait until all true folders have been walked; then they add what was not seen
 * yet under its own name, as long as it is part of the project. Folders are told apart by
 * device and inode, so each is walked once and links cannot send the walk around in circles.
 * For the same reason the outermost of overlapping paths on the command line is walked first. */
#include "source/source.h"

#include "source/file.h"
#include "source/ignore.h"
#include "source/names.h"
#include "source/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IGNORE_FILE_MAX = 1 << 20 }; /* bytes of one .gitignore */

typedef struct Folder {
    const Root *root;
    const char *real;        /* the root's real path joined with what is below it */
    const char *import_root; /* real path; see names.h */
    const Ignore *ignore;    /* of the folders above; of this one too once it is listed */
    FileRole role;
    bool marked;             /* import_root has a marker, so a `src` in it takes its place */
    bool given;              /* on the command line: no default leaves it out */
} Folder;

typedef struct Link {
    Folder folder; /* where it stands */
    const char *real;
} Link;

typedef struct Entry {
    const char *name;
    unsigned char type; /* DT_... */
} Entry;

typedef struct Listing {
    Array(Entry) entries;
    dev_t device;
    ino_t inode;
    bool package, marked, environment, repository, ignore_file;
} Listing;

typedef struct Given {
    Root root;
    const char *file; /* name in the root, or NULL: the root itself */
} Given;

typedef struct Walk {
    Source *source;
    Arena *arena;
    const SourceOptions *options;
    Strings *seen; /* real paths of listed files, device and inode of folders and files */
    Array(Folder) stack;
    Array(Link) links;
} Walk;

static const char *below_root(const Root *root, const char *real) {
    return path_below(real, root->real);
}

static const char *shown_path(Walk *walk, const Root *root, const char *real) {
    return path_join(walk->arena, root->shown, below_root(root, real));
}

static void note(Walk *walk, const Root *root, const char *real, const char *what) {
    const char *shown = shown_path(walk, root, real);
    char *text = arena_format(walk->arena, "%s: %s", *shown ? shown : ".", what);
    array_push(walk->arena, &walk->source->notes, text);
}

/* Remembers a file or folder; false: it was known. */
static bool seen_add(Walk *walk, dev_t device, ino_t inode) {
    uint64_t key[2] = {(uint64_t)device, (uint64_t)inode};
    if (str_find(walk->seen, (const char *)key, sizeof key) != STR_NONE) return false;
    str_intern(walk->seen, (const char *)key, sizeof key);
    return true;
}

static void leave_out(Walk *walk, const Root *root, const char *real, const char *reason) {
    walk->source->skipped++;
    if (walk->source->left.count < LEFT_OUT_MOST)
        array_push(walk->arena, &walk->source->left,
                   (LeftOut){shown_path(walk, root, real), reason});
}

/* `always`: it was asked for by name. */
static void file_add(Walk *walk, const Folder *folder, const char *real, uint64_t size,
                     bool always) {
    const char *name = path_name(real);
    SourceFile file = {.role = name_role(name, folder->role), .size = size};
    if (file.role == FILE_MIGRATION && !walk->options->include_migrations && !always) {
        leave_out(walk, folder->root, real, "a migration");
        return;
    }
    file.path = path_join(walk->arena, folder->root->path, below_root(folder->root, real));
    file.shown = shown_path(walk, folder->root, real);
    file.name = name_dotted(walk->arena, path_below(real, folder->import_root));
    file.package = strcmp(name, "__init__.py") == 0;
    file.template = !name_is_python(name) && name_is_template(folder->real, name);
    if (file.template) walk->source->templates++;
    str_intern(walk->seen, real, strlen(real));
    array_push(walk->arena, &walk->source->files, file);
}

static const Ignore *ignore_load(Walk *walk, const Root *root, const char *real,
                                 const Ignore *outer) {
    char *path = path_join(walk->arena, real, ".gitignore");
    FileBytes text = file_read(path, IGNORE_FILE_MAX, false);
    if (text.status == READ_DONE) {
        const char *folder = strcmp(real, "/") == 0 ? "" : real;
        outer = ignore_parse(walk->arena, outer, folder, text.bytes, (size_t)text.size);
    } else if (text.error != ENOENT && path_below(real, root->real)) {
        note(walk, root, path, "the ignore file cannot be read");
    }
    free(text.bytes);
    return outer;
}

/* The ignore files of the git working tree above the root. */
static const Ignore *ignore_above(Walk *walk, const Root *root) {
    const Ignore *ignore = NULL;
    if (walk->options->no_ignore_files || !root->in_git) return NULL;
    const char *folder = root->top;
    while (strcmp(folder, root->real) != 0) {
        if (path_has(folder, ".gitignore")) ignore = ignore_load(walk, root, folder, ignore);
        const char *below = path_below(root->real, folder);
        size_t length = (size_t)(below - root->real) + strcspn(below, "/");
        folder = arena_copy(walk->arena, root->real, length);
    }
    return ignore;
}

static void listing_note(Listing *listing, const char *name) {
    if (strcmp(name, "__init__.py") == 0) listing->package = true;
    else if (strcmp(name, "pyvenv.cfg") == 0) listing->environment = true;
    else if (strcmp(name, "conda-meta") == 0) listing->environment = true;
    else if (strcmp(name, ".git") == 0) listing->repository = true;
    else if (strcmp(name, ".gitignore") == 0) listing->ignore_file = true;
    else if (name_is_marker(name)) listing->marked = true;
}

static int entry_compare(const void *left, const void *right) {
    return strcmp(((const Entry *)left)->name, ((const Entry *)right)->name);
}

static void listing_fill(Arena *scratch, DIR *stream, Listing *listing) {
    for (const struct dirent *found; (found = readdir(stream));) {
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0) continue;
        Entry entry = {arena_copy(scratch, found->d_name, strlen(found->d_name)), found->d_type};
        listing_note(listing, entry.name);
        array_push(scratch, &listing->entries, entry);
    }
    if (listing->entries.count)
        qsort(listing->entries.items, listing->entries.count, sizeof(Entry), entry_compare);
}

/* Reads a folder's entries, in the order of their bytes. False and errno: it cannot be read. */
static bool listing_read(Arena *scratch, const char *real, Listing *listing) {
    *listing = (Listing){0};
    int file = open(real, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return false;
    struct stat status;
    DIR *stream = fstat(file, &status) == 0 ? fdopendir(file) : NULL;
    if (!stream) {
        int error = errno;
        close(file);
        errno = error;
        return false;
    }
    listing->device = status.st_dev;
    listing->inode = status.st_ino;
    errno = 0;
    listing_fill(scratch, stream, listing);
    int error = errno;
    closedir(stream);
    errno = error;
    return error == 0;
}

/* Whether a folder is a virtual environment or build output, by what lies in it. */
static bool folder_is_foreign(const Folder *folder, const Listing *listing) {
    const char *name = path_name(folder->real);
    if (folder->given) return false;
    if (listing->environment) return true;
    if (strcmp(name, "build") == 0 || strcmp(name, "dist") == 0) return !listing->package;
    if (strcmp(name, "env") != 0 && strcmp(name, "venv") != 0) return false;
    return path_has(folder->real, "bin/activate") || path_has(folder->real, "Scripts/activate");
}

/* Completes what is known of a folder by what lies in it. A folder that was asked for is code
 * whatever its name, but migrations stay migrations. */
static void folder_settle(Walk *walk, Folder *folder, const Listing *listing) {
    FileRole role = names_folder_role(folder->real, listing->package, folder->role);
    if (!folder->given || role == FILE_MIGRATION) folder->role = role;
    bool src = folder->marked && strcmp(path_below(folder->real, folder->import_root), "src") == 0;
    if (!listing->package && (listing->marked || src)) {
        folder->import_root = folder->real;
        folder->marked = listing->marked;
    }
    if (!walk->options->no_ignore_files) {
        if (listing->repository && !folder->given) folder->ignore = NULL;
        if (listing->ignore_file)
            folder->ignore = ignore_load(walk, folder->root, folder->real, folder->ignore);
    }
    folder->given = false;
}

/* Whether defaults or ignore files leave an entry out. The tools' own hidden folders are not
 * worth counting. */
static bool left_out(Walk *walk, const Folder *folder, const char *real, bool is_folder) {
    const char *name = path_name(real);
    if (is_folder && name_is_foreign(name)) {
        if (*name != '.' && *name != '_')
            leave_out(walk, folder->root, real, "a folder of no code of the project");
        return true;
    }
    if (!ignore_matches(folder->ignore, real, is_folder)) return false;
    leave_out(walk, folder->root, real, "an ignore file says so");
    return true;
}

static void folder_push(Walk *walk, const Folder *outer, const char *real) {
    Folder folder = *outer;
    folder.real = real;
    array_push(walk->arena, &walk->stack, folder);
}

static bool is_wanted(const Folder *folder, const char *name) {
    return name_is_python(name) || name_is_template(folder->real, name);
}

static void file_visit(Walk *walk, const Folder *folder, const char *real) {
    if (!is_wanted(folder, path_name(real)) || left_out(walk, folder, real, false)) return;
    struct stat status;
    if (lstat(real, &status) != 0) {
        note(walk, folder->root, real, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        note(walk, folder->root, real, "not a regular file");
    } else {
        seen_add(walk, status.st_dev, status.st_ino);
        file_add(walk, folder, real, (uint64_t)status.st_size, false);
    }
}

static unsigned char entry_type(const Entry *entry, const char *real) {
    if (entry->type != DT_UNKNOWN) return entry->type;
    struct stat status;
    if (lstat(real, &status) != 0) return DT_UNKNOWN;
    if (S_ISDIR(status.st_mode)) return DT_DIR;
    return S_ISLNK(status.st_mode) ? DT_LNK : DT_REG;
}

static void entry_visit(Walk *walk, const Folder *folder, const Entry *entry) {
    bool wanted = is_wanted(folder, entry->name);
    if (entry->type == DT_REG && !wanted) return;
    const char *real = path_join(walk->arena, folder->real, entry->name);
    unsigned char type = entry_type(entry, real);
    if (type == DT_DIR) {
        if (!left_out(walk, folder, real, true)) folder_push(walk, folder, real);
    } else if (type == DT_LNK) {
        Link link = {*folder, real};
        array_push(walk->arena, &walk->links, link);
    } else if (wanted) {
        file_visit(walk, folder, real);
    }
}

static void folder_visit(Walk *walk, Folder folder) {
    Arena *scratch = arena_new();
    Listing listing;
    if (!listing_read(scratch, folder.real, &listing)) {
        note(walk, folder.root, folder.real, strerror(errno));
    } else if (folder_is_foreign(&folder, &listing)) {
        leave_out(walk, folder.root, folder.real, "a virtual environment or build output");
    } else if (seen_add(walk, listing.device, listing.inode)) {
        folder_settle(walk, &folder, &listing);
        for (uint32_t i = 0; i < listing.entries.count; i++)
            entry_visit(walk, &folder, &listing.entries.items[i]);
    }
    arena_free(scratch);
}

/* What a link leads to, if it is to be followed. Links to nothing are passed over: editors lay
 * such locks. */
static bool link_resolve(Walk *walk, const Link *link, struct stat *status) {
    const char *target = path_real(walk->arena, link->real);
    if (!target && errno == ELOOP) note(walk, link->folder.root, link->real, "a link that loops");
    const char *outer = path_real(walk->arena, path_folder(walk->arena, link->real));
    if (!target || !outer || stat(target, status) != 0) return false;
    bool folder = S_ISDIR(status->st_mode);
    if (!folder && !(S_ISREG(status->st_mode) && is_wanted(&link->folder, path_name(link->real))))
        return false;
    if (left_out(walk, &link->folder, link->real, folder)) return false;
    if (folder && path_below(outer, target))
        note(walk, link->folder.root, link->real, "a link that loops");
    else if (!path_below(target, link->folder.root->top))
        note(walk, link->folder.root, link->real, "a link that leads out of the project");
    else
        return true;
    return false;
}

static void link_visit(Walk *walk, const Link *link) {
    struct stat status;
    if (!link_resolve(walk, link, &status)) return;
    if (S_ISDIR(status.st_mode)) folder_push(walk, &link->folder, link->real);
    else if (seen_add(walk, status.st_dev, status.st_ino))
        file_add(walk, &link->folder, link->real, (uint64_t)status.st_size, false);
}

/* Empties the stack. */
static void walk_stack(Walk *walk) {
    while (walk->stack.count) folder_visit(walk, walk->stack.items[--walk->stack.count]);
}

static void walk_links(Walk *walk) {
    for (uint32_t next = 0; next < walk->links.count; next++) {
        Link link = walk->links.items[next]; /* the array may move */
        link_visit(walk, &link);
        walk_stack(walk);
    }
}

static void given_folder(Walk *walk, const Root *root) {
    Folder folder = {.root = root, .real = root->real, .given = true};
    folder.import_root = names_climb(walk->arena, root->real);
    folder.ignore = ignore_above(walk, root);
    array_push(walk->arena, &walk->stack, folder);
    walk_stack(walk);
}

/* The role of what lies in a folder, as a walk from the top of the project would find it. */
static FileRole role_of_folder(Walk *walk, const char *real, const char *top) {
    FileRole role = FILE_CODE;
    for (; *path_below(real, top); real = path_folder(walk->arena, real))
        role = names_folder_role(real, path_has(real, "__init__.py"), role);
    return role;
}

static void given_file(Walk *walk, const Given *given) {
    const Root *root = &given->root;
    const char *real = path_join(walk->arena, root->real, given->file);
    struct stat status;
    if (str_find(walk->seen, real, strlen(real)) != STR_NONE) return;
    if (stat(real, &status) != 0) {
        note(walk, root, real, strerror(errno));
        return;
    }
    Folder folder = {.root = root, .real = root->real};
    folder.import_root = names_root(walk->arena, root->real, root->top);
    folder.role = role_of_folder(walk, root->real, root->top);
    file_add(walk, &folder, real, (uint64_t)status.st_size, true);
}

static char *mistake_make(const char *path, const char *what) {
    size_t length = strlen(path) + strlen(what) + 3;
    char *text = memory_alloc(length);
    snprintf(text, length, "%s: %s", path, what);
    return text;
}

/* Looks at one path of the command line. Returns what is wrong with it, or NULL. */
static const char *given_make(Arena *arena, const char *path, Given *given) {
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT ? "no such file or folder" : strerror(errno);
    bool regular = S_ISREG(status.st_mode);
    if (!regular && !S_ISDIR(status.st_mode)) return "neither a file nor a folder";
    *given = (Given){.file = regular ? path_name(path) : NULL};
    const char *folder = regular ? path_folder(arena, path) : path;
    return root_make(arena, folder, &given->root) ? NULL : strerror(errno);
}

/* Folders first, the outer before the inner; then files. */
static int given_compare(const void *left, const void *right) {
    const Given *a = left, *b = right;
    if (!a->file != !b->file) return a->file ? 1 : -1;
    int order = strcmp(a->root.real, b->root.real);
    if (order == 0 && a->file) order = strcmp(a->file, b->file);
    return order ? order : strcmp(a->root.path, b->root.path);
}

static int file_compare(const void *left, const void *right) {
    const SourceFile *a = left, *b = right;
    int order = strcmp(a->shown, b->shown);
    return order ? order : strcmp(a->path, b->path);
}

static int text_compare(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int left_compare(const void *left, const void *right) {
    return strcmp(((const LeftOut *)left)->shown, ((const LeftOut *)right)->shown);
}

static void source_sort(Source *source) {
    if (source->files.count)
        qsort(source->files.items, source->files.count, sizeof(SourceFile), file_compare);
    if (source->left.count)
        qsort(source->left.items, source->left.count, sizeof(LeftOut), left_compare);
    if (source->notes.count)
        qsort(source->notes.items, source->notes.count, sizeof(char *), text_compare);
}

Source *source_discover(const char *const *paths, uint32_t count, const SourceOptions *options,
                        const char **mistake) {
    Arena *arena = arena_new();
    Given *given = arena_many(arena, Given, count ? count : 1);
    for (uint32_t i = 0; i < count; i++) {
        const char *wrong = given_make(arena, paths[i], &given[i]);
        if (!wrong) continue;
        *mistake = mistake_make(paths[i], wrong);
        arena_free(arena);
        return NULL;
    }
    qsort(given, count, sizeof *given, given_compare);
    Source *source = arena_make(arena, Source);
    source->arena = arena;
    Walk walk = {.source = source, .arena = arena, .options = options};
    walk.seen = strings_new(arena);
    for (uint32_t i = 0; i < count; i++)
        if (!given[i].file) given_folder(&walk, &given[i].root);
    walk_links(&walk);
    for (uint32_t i = 0; i < count; i++)
        if (given[i].file) given_file(&walk, &given[i]);
    source_sort(source);
    return source;
}

void source_free(Source *source) {
    if (!source) return;
    for (uint32_t i = 0; i < source->files.count; i++)
        if (source->files.items[i].module) module_free(source->files.items[i].module);
    arena_free(source->arena);
}
