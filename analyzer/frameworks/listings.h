/* listings.h - exports that something else gives their rows. */
#ifndef EAGERLY_LISTINGS_H
#define EAGERLY_LISTINGS_H

#include "frameworks/declared.h"

bool class_is_resource(const Class *klass);
/* The rows as an export of that class writes them, walked at the site. */
void resource_export(Activation *a, const Class *klass, const Value *rows, Site site);

#endif
