/* Before a file is written, its new text is read like any source: comments may differ, but the
 * tree of code has to be the same, node by node. */
#include "suppress/edits.h"

#include "grammar/python.h"
#include "grammar/template.h"
#include "source/file.h"

#include <stdlib.h>
#include <string.h>

bool source_edits_open(SourceEdits *edits, Arena *arena, const ProjectModule *of) {
    *edits = (SourceEdits){.arena = arena, .of = of};
    FileBytes file = file_read(of->file->path, of->module->size, true);
    if (file.status != READ_DONE) return false;
    edits->bytes = file.bytes;
    edits->size = (uint32_t)file.size;
    if (hash_bytes(file.bytes, edits->size) == of->module->hash) return true;
    free(file.bytes);
    return false;
}

void source_edit(SourceEdits *edits, Edit edit) {
    array_push(edits->arena, &edits->items, edit);
}

uint32_t source_line(const SourceEdits *edits, uint32_t line) {
    const char *at = edits->bytes, *end = at + edits->size;
    while (--line && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        at = stop ? stop + 1 : end;
    }
    bool mark = at == edits->bytes && edits->size >= 3 && !memcmp(at, "\xEF\xBB\xBF", 3);
    return (uint32_t)(at - edits->bytes) + (mark ? 3 : 0);
}

uint32_t source_line_end(const SourceEdits *edits, uint32_t line) {
    uint32_t start = source_line(edits, line), end = start;
    while (end < edits->size && edits->bytes[end] != '\n') end++;
    while (end > start && strchr(" \t\r\f", edits->bytes[end - 1])) end--;
    return end;
}

static int edit_order(const void *left, const void *right) {
    const Edit *a = left, *b = right;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

/* The new text; edits that overlap one before them are left out. */
static Writer *edits_apply(SourceEdits *edits) {
    Writer *out = writer_to_memory();
    uint32_t at = 0;
    qsort(edits->items.items, edits->items.count, sizeof(Edit), edit_order);
    for (uint32_t i = 0; i < edits->items.count; i++) {
        const Edit *edit = &edits->items.items[i];
        if (edit->from < at) continue;
        write_bytes(out, edits->bytes + at, edit->from - at);
        write_text(out, edit->text);
        at = edit->to;
    }
    write_bytes(out, edits->bytes + at, edits->size - at);
    return out;
}

static bool same_code(const Module *a, const Module *b) {
    if (a->nodes.count != b->nodes.count || a->errors != b->errors || b->cut) return false;
    for (NodeId id = 1; id < a->nodes.count; id++) {
        const Node *left = module_node(a, id), *right = module_node(b, id);
        if (left->kind != right->kind || left->flags != right->flags
            || left->extra != right->extra || node_count(a, id) != node_count(b, id)
            || strcmp(str_text(a->strings, left->name), str_text(b->strings, right->name)))
            return false;
    }
    return true;
}

static bool text_is_same_code(const SourceEdits *edits, const char *text, size_t length) {
    const char *path = edits->of->file->shown;
    Module *module;
    if (length > INT32_MAX) return false;
    if (edits->of->file->template) module = template_read(path, text, (uint32_t)length);
    else {
        PythonReader *reader = python_reader_new();
        module = python_read(reader, path, text, (uint32_t)length);
        python_reader_free(reader);
    }
    bool same = same_code(edits->of->module, module);
    module_free(module);
    return same;
}

const char *source_edits_write(SourceEdits *edits, bool *refused) {
    const char *mistake = NULL;
    *refused = false;
    if (edits->items.count) {
        Writer *out = edits_apply(edits);
        size_t length;
        const char *text = writer_text(out, &length);
        *refused = !text_is_same_code(edits, text, length);
        if (!*refused)
            mistake = file_replace(edits->arena, edits->of->file->path, text, length);
        writer_close(out);
    }
    free(edits->bytes);
    return mistake;
}
