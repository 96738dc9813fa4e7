/* words.h - the words that output formats share. Private to the report room. */
#ifndef EAGERLY_WORDS_H
#define EAGERLY_WORDS_H

#include "report/finding.h"

static inline const char *severity_word(Severity severity) {
    static const char *const words[] = {"info", "warning", "error"};
    return words[severity];
}

static inline const char *confidence_word(Confidence confidence) {
    static const char *const words[] = {"possible", "likely", "certain"};
    return words[confidence];
}

static inline const char *surface_word(Surface surface) {
    static const char *const words[] = {"code",  "view",  "serializer", "template", "admin",
                                        "form",  "model", "table",      "feed",     "graphql"};
    return words[surface];
}

#endif
