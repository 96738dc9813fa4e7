/* config.h - the configuration file of a project: which one it is, and what stands in it. */
#ifndef EAGERLY_CONFIG_H
#define EAGERLY_CONFIG_H

#include "config/document.h"

/* The file that configures a project: in the folder of the path given, else in the nearest one
 * above it up to the top of the working tree, .eagerly.yaml, .eagerly.yml, eagerly.yaml or a
 * pyproject.toml that has a [tool.eagerly]; else the user's own, eagerly/eagerly.yaml in
 * $XDG_CONFIG_HOME or ~/.config. NULL: none. Owned by the arena; as it is best shown. */
const char *config_find(Arena *arena, const char *path);

/* The document of a file. NULL with `*mistake` ("file:line:col: text", owned by the arena): it
 * cannot be read. */
const ConfigNode *config_read(Arena *arena, const char *path, const char **mistake);
/* "file:line:col: text" of a place in it. */
const char *config_mistake(Arena *arena, const char *path, const ConfigNode *node,
                           const char *text);

#endif
