/* selection.h - which rules a user asked for. Private to the report room. */
#ifndef EAGERLY_SELECTION_H
#define EAGERLY_SELECTION_H

#include "report/finding.h"

/* Whether findings of this rule are wanted. */
bool selection_has(const Selection *selection, const RuleEntry *entry);

#endif
