/* models.h - files that tell of models of libraries that are not in view:
 *
 *     vendor.catalog.models.Product:
 *       app: catalog                     # without it: an abstract base
 *       bases: [django.db.models.Model]  # this is the default
 *       fields:
 *         name: plain
 *         maker: {kind: fk, to: catalog.Maker, related-name: products, null: true}
 *       managers:
 *         objects: vendor.catalog.managers.ProductManager
 */
#ifndef EAGERLY_CONFIG_MODELS_H
#define EAGERLY_CONFIG_MODELS_H

#include "base/array.h"
#include "config/config.h"
#include "project/project.h"

typedef Array(ToldModel) KnownModels;

/* Adds the models of a file. NULL, or the first mistake as "file:line:col: text". Everything is
 * owned by the arena. */
const char *config_models(Arena *arena, const char *path, KnownModels *models);

#endif
