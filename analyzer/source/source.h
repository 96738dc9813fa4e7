/* source.h - from the paths on the command line to Modules.
 *
 * source_discover() finds the files, source_read() reads and lowers them on several threads.
 * The result is the same for any number of threads: files are sorted by path (bytewise), and
 * one file's Module depends on its bytes only. */
#ifndef EAGERLY_SOURCE_H
#define EAGERLY_SOURCE_H

#include "base/array.h"
#include "grammar/module.h"

typedef struct SourceOptions {
    uint64_t max_bytes;       /* larger files are noted and left out; default 1 MiB */
    unsigned jobs;            /* threads; 0: one per core */
    bool include_tests;       /* evaluate test modules */
    bool include_migrations;
    bool no_ignore_files;     /* do not read .gitignore */
} SourceOptions;

typedef enum FileRole { FILE_CODE, FILE_TEST, FILE_MIGRATION } FileRole;

typedef struct SourceFile {
    const char *path;         /* as opened: the given path joined with what is below it */
    const char *shown;        /* relative to the working directory, or to the folder given when that
                                 lies outside it; what findings print. Paths are bytes. */
    const char *name;         /* dotted module name, "shop.models"; packages without /__init__ */
    bool package;             /* it is an __init__.py */
    bool template;            /* a template; its `name` is its path with dots, and means nothing */
    FileRole role;
    uint64_t size;
    Module *module;           /* after source_read(); NULL: unreadable, see `note` */
    const char *note;         /* why it could not be read, or NULL */
} SourceFile;

typedef struct LeftOut {
    const char *shown, *reason;
} LeftOut;
enum { LEFT_OUT_MOST = 10000 }; /* named; more are only counted */

typedef struct Source {
    Arena *arena;
    Array(SourceFile) files;  /* sorted by shown path */
    Array(const char *) notes;/* folders that could not be read, links that loop ... */
    uint32_t skipped;         /* files left out by ignore files and default excludes; a
                                 folder left out counts as one */
    Array(LeftOut) left;      /* of these the first ones, sorted */
    uint64_t bytes, nodes;    /* read */
    uint32_t broken, unreadable;
    uint32_t templates;       /* of the files */
} Source;

/* Walks the paths. A path that does not exist is the user's mistake: `*mistake` then says it in
 * one line (of malloc: the caller frees it) and the return is NULL. Migrations are listed only
 * with include_migrations or when the file itself is named; test modules are always listed
 * (their role says so), and read: only their models are visible to each other. A folder that is
 * named is walked, and its name makes no test folder of it, whatever the defaults say. */
Source *source_discover(const char *const *paths, uint32_t count, const SourceOptions *options,
                        const char **mistake);
void source_read(Source *source, const SourceOptions *options);
void source_free(Source *source);

#endif
