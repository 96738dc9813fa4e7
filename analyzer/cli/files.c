/* One line a file: what it is taken for, and its name. */
#include "cli/show.h"
#include "cli/commands.h"

#include <string.h>

static const char *taken_for(const SourceFile *file, const Options *options) {
    if (!file->module) return "unreadable";
    if (file->template) return "template";
    if (file->role == FILE_TEST && !options->include_tests) return "test, models only";
    if (file->role == FILE_TEST) return "test";
    return file->role == FILE_MIGRATION ? "migration" : "code";
}

int show_files(const Shown *shown, const Options *options, Writer *out) {
    for (uint32_t i = 0; i < shown->source->files.count; i++) {
        const SourceFile *file = &shown->source->files.items[i];
        write_plain(out, file->shown, strlen(file->shown));
        write_format(out, "  %s", taken_for(file, options));
        if (file->note) {
            write_text(out, ": ");
            write_plain(out, file->note, strlen(file->note));
        }
        write_text(out, "\n");
    }
    for (uint32_t i = 0; i < shown->source->left.count; i++) {
        const LeftOut *left = &shown->source->left.items[i];
        write_plain(out, left->shown, strlen(left->shown));
        write_format(out, "  left out: %s\n", left->reason);
    }
    if (shown->source->skipped > shown->source->left.count)
        write_format(out, "and %u more left out\n",
                     shown->source->skipped - shown->source->left.count);
    return EXIT_CLEAN;
}
