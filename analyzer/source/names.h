/* names.h - what a path means to Python and Django. Internal to analyzer/source.
 *
 * The import root is the folder that imports start at: dotted names are paths below it. */
#ifndef EAGERLY_NAMES_H
#define EAGERLY_NAMES_H

#include "source/source.h"

/* "shop.models" for "shop/models.py", "shop" for "shop/__init__.py". */
char *name_dotted(Arena *arena, const char *below);
bool name_is_python(const char *name);
/* Whether a file of that name, in that folder, can be a template: pages by their ending, texts and
 * the like only below a folder of templates. */
bool name_is_template(const char *folder, const char *name);
/* Whether Python projects keep such a file at their top: manage.py, pyproject.toml ... */
bool name_is_marker(const char *name);
/* Folders that hold no code of the project, whatever is in them. */
bool name_is_foreign(const char *name);
/* What a file is in a folder that is `outer`. */
FileRole name_role(const char *name, FileRole outer);
/* What is below a folder, itself in one that is `outer`. Asks the folder what it has. */
FileRole names_folder_role(const char *folder, bool package, FileRole outer);

/* The nearest folder, from this one upwards, that is no package. */
const char *names_climb(Arena *arena, const char *folder);
/* The import root of a file named on the command line, whose folder this is: the nearest folder
 * with a marker, or the `src` in it, but not above `top`; otherwise as names_climb(). */
const char *names_root(Arena *arena, const char *folder, const char *top);

#endif
