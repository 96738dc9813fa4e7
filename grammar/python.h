/* python.h - Python source to Module. */
#ifndef EAGERLY_PYTHON_H
#define EAGERLY_PYTHON_H

#include "grammar/module.h"

/* One per thread: a tree-sitter parser, reused from file to file. */
typedef struct PythonReader PythonReader;
PythonReader *python_reader_new(void);
void python_reader_free(PythonReader *reader);

/* Reads one file's bytes. Never fails: broken syntax becomes UNKNOWN nodes and is counted in
 * `errors`; a file that exceeds the parser's step limit yields an empty module with `cut` set.
 * The result depends on the bytes only. The caller frees the module. */
Module *python_read(PythonReader *reader, const char *path, const char *source, uint32_t size);

/* Version of the grammar's ABI, and whether the linked tree-sitter can read it. */
uint32_t python_abi(void);
bool python_abi_supported(void);

#endif
