/* filter.h - from all findings to those that this run is to tell. */
#ifndef EAGERLY_SUPPRESS_FILTER_H
#define EAGERLY_SUPPRESS_FILTER_H

#include "report/finding.h"

typedef struct FilterOptions {
    const Selection *selection;
    bool tests;                  /* test modules are analysed */
    bool blanket_noqa;           /* a noqa without codes silences, too */
} FilterOptions;

/* `findings` are all there are. Suppression comments come first, then the selection. */
void findings_filter(Findings *findings, const Project *project, const FilterOptions *options);

#endif
