/* version.h - what this program and its parser call themselves. The build may say so. */
#ifndef EAGERLY_VERSION_H
#define EAGERLY_VERSION_H

#ifndef EAGERLY_VERSION
#define EAGERLY_VERSION "0.1.0"
#endif

/* The release pinned in grammar/third-party; its headers do not tell. */
#ifndef TREE_SITTER_VERSION
#define TREE_SITTER_VERSION "0.26.1"
#endif

#endif
