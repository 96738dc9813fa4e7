/* names.c - dotted names put together and taken apart, through one buffer on the stack. Longer
 * ones than any real project has are refused, so a hostile name cannot fill the string table. */
#include "project/link.h"

#include <stdarg.h>
#include <stdio.h>

Str name_format(const Project *project, const char *format, ...) {
    char text[LINK_TEXT];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text) return STR_NONE;
    return str_intern(project->strings, text, (size_t)length);
}

Str name_join(const Project *project, Str left, Str right) {
    if (!left || !str_length(project->strings, left)) return right;
    if (!right) return left;
    char text[LINK_TEXT];
    uint32_t first = str_length(project->strings, left);
    uint32_t second = str_length(project->strings, right);
    if (first >= LINK_TEXT || second >= LINK_TEXT || first + second + 1 >= LINK_TEXT)
        return STR_NONE;
    memcpy(text, project_text(project, left), first);
    text[first] = '.';
    memcpy(text + first + 1, project_text(project, right), second);
    return str_intern(project->strings, text, first + 1 + second);
}

Str name_parent(const Project *project, Str dotted) {
    const char *text = project_text(project, dotted);
    const char *dot = strrchr(text, '.');
    return dot ? str_intern(project->strings, text, (size_t)(dot - text)) : STR_NONE;
}

const char *name_last(const Project *project, Str dotted) {
    const char *text = project_text(project, dotted);
    const char *dot = strrchr(text, '.');
    return dot ? dot + 1 : text;
}

Str name_lower(const Project *project, Str name) {
    char text[LINK_TEXT];
    uint32_t length = str_length(project->strings, name);
    if (!name || length >= LINK_TEXT) return STR_NONE;
    const char *from = project_text(project, name);
    for (uint32_t i = 0; i < length; i++)
        text[i] = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] + 32) : from[i];
    return str_intern(project->strings, text, length);
}

bool text_ends(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && memcmp(text + length - tail, end, tail) == 0;
}
