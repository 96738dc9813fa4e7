/* template.h - Django and Jinja templates to Module.
 *
 * One reader serves both: what only one of the two languages has is read wherever it stands, and
 * Module.engine says which language the text speaks. The nodes are Python's where they mean the
 * same (FOR, IF, ASSIGN, COMPARE ...) and the ones of module.h under "templates" where not. */
#ifndef EAGERLY_TEMPLATE_H
#define EAGERLY_TEMPLATE_H

#include "grammar/module.h"

/* Reads one file's bytes. Never fails: what cannot be read is left out and counted in `errors`.
 * The result depends on the bytes only. The caller frees the module. */
Module *template_read(const char *path, const char *source, uint32_t size);

/* Reads the strings of a Python module that hold {{ }} or {% %} as templates, too. */
void template_embed(Module *module, const char *source);

#endif
