/* frameworks.h - the frameworks that are lowered into flow. A framework is a Framework of hooks
 * (flow/evaluate.h): what its classes construct, what their methods give, and the entries by
 * which it runs the project's code. */
#ifndef EAGERLY_FRAMEWORKS_H
#define EAGERLY_FRAMEWORKS_H

#include "flow/evaluate.h"

extern const Framework framework_drf, framework_generic;
extern const Framework framework_admin, framework_filters;
extern const Framework framework_forms, framework_formsets, framework_listings;
extern const Framework framework_tables, framework_graphql;
extern const Framework *const frameworks[]; /* NULL at the end */

#endif
