/* django.h - which versions of Django a project says it runs on.
 *
 * Versions are numbers of two digits: 42 is 4.2. Only versions that exist are given: 32 to 61. */
#ifndef EAGERLY_DJANGO_H
#define EAGERLY_DJANGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct DjangoRange {
    uint8_t least, most; /* 0: nothing is said */
} DjangoRange;

/* What a specifier allows: ">=4.2,<5.0", "==4.2.*", "~=4.2", "^4.2", "4.2.11". `*exact`: it is one
 * version; `most` is below `least` if it allows none. False: it says nothing that we understand. */
bool django_specifier(const char *text, size_t length, DjangoRange *range, bool *exact);

typedef enum DjangoFile {
    DJANGO_NONE,
    DJANGO_LOCK,         /* poetry.lock, uv.lock, pdm.lock */
    DJANGO_JSON_LOCK,    /* Pipfile.lock */
    DJANGO_REQUIREMENTS, /* requirements*.txt, requirements/x.txt */
    DJANGO_TOML,         /* pyproject.toml, Pipfile */
    DJANGO_SETUP_CFG,
    DJANGO_SETUP_PY,
} DjangoFile;

/* By its name. In a folder `requirements`, every .txt and .in is one. */
DjangoFile django_file(const char *name, bool in_requirements);
/* What a file's text says; `text` ends with a NUL. False: nothing. */
bool django_text(DjangoFile kind, const char *text, DjangoRange *range, bool *exact);

/* Reads the files that name dependencies in the folders given, else in their parents up to the top
 * of the working tree. Exact versions win over ranges; several files add up. */
DjangoRange django_find(const char *const *paths, uint32_t count);

#endif
