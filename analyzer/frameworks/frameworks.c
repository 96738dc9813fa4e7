/* The list of frameworks, in the order in which they are asked. */
#include "frameworks/frameworks.h"

const Framework *const frameworks[] = {
    &framework_drf, &framework_generic, &framework_admin, &framework_filters, &framework_forms,
    &framework_formsets, &framework_listings, &framework_tables, &framework_graphql, NULL,
};
