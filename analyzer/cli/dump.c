/* One line an event, in the evaluator's order, with everything a rule could see. */
#include "cli/commands.h"
#include "flow/flow.h"

#include <string.h>

static void write_name(Writer *out, const char *text) {
    write_plain(out, text, strlen(text));
}

static void write_site(const Project *project, Site site, Writer *out) {
    const ProjectModule *of = &project->modules[site.module];
    uint32_t line = 1, column = 1;
    if (of->module) module_place(of->module, module_node(of->module, site.node)->start, &line,
                                 &column);
    write_name(out, of->file->shown);
    write_format(out, ":%u:%u", line, column);
}

static const char *kind_word(EventKind kind) {
    static const char *const words[] = {"LOAD",  "FETCH",  "NARROW", "COUNT",
                                        "QUERY", "COLUMN", "WRITE",  "BUILD"};
    for (int i = 0; i < 8; i++)
        if ((unsigned)kind == 1u << i) return words[i];
    return "?";
}

static void write_path(const Project *project, const Event *event, Writer *out) {
    write_name(out, event->model ? project_text(project, event->model->label) : "-");
    for (uint32_t i = 0; i < event->path_length; i++) {
        write_text(out, ".");
        write_name(out, project_text(project, event->path[i]->name));
    }
}

static void write_birth(const Project *project, const Birth *birth, Writer *out) {
    write_text(out, " birth=");
    if (!birth) {
        write_text(out, "-");
        return;
    }
    write_site(project, birth->site, out);
    if (birth->single) write_text(out, "(one)");
    if (!birth->known) write_text(out, "(unknown)");
}

static void write_event(const Project *project, const Event *event, Writer *out) {
    static const char *const covers[] = {"none", "open", "maybe", "full"};
    static const char *const confidences[] = {"possible", "likely", "certain"};
    static const char *const silences[SILENCE_COUNT] = {
        "none",  "open",    "origin",    "served", "once",
        "guard", "batch", "bounded", "tree-walk", "hooked", "key", "discarded", "refresh"};
    write_site(project, event->site, out);
    write_format(out, " %s ", kind_word(event->kind));
    write_path(project, event, out);
    write_text(out, " method=");
    write_name(out, event->method ? project_text(project, event->method) : "-");
    write_format(out, " cover=%s silence=%s confidence=%s", covers[event->cover],
                 silences[event->silence], confidences[event->confidence]);
    if (event->queries > 1) write_format(out, " queries=%u", event->queries);
    write_birth(project, event->birth, out);
    write_text(out, " loops=");
    for (uint32_t i = 0; i < event->loop_count; i++) {
        write_text(out, i ? "," : "");
        write_site(project, event->loops[i]->site, out);
    }
    write_text(out, " frames=");
    for (uint32_t i = 0; i < event->frame_count; i++) {
        write_text(out, i ? "," : "");
        write_site(project, event->frames[i].call, out);
    }
    write_text(out, "\n");
}

static void dump_modules(const Source *source, Writer *out) {
    for (uint32_t i = 0; i < source->files.count; i++) {
        const SourceFile *file = &source->files.items[i];
        write_name(out, file->shown);
        write_format(out, ": %s\n", file->module ? file->name : file->note ? file->note : "");
        if (file->module) module_dump(file->module, out);
    }
}

void dump_stage(Dump dump, const Source *source, const Project *project, const Flow *flow,
                Writer *out) {
    switch (dump) {
    case DUMP_NONE: case DUMP_QUERYSET_TABLE: break;
    case DUMP_MODULE: dump_modules(source, out); break;
    case DUMP_PROJECT: project_dump(project, out); break;
    case DUMP_FLOW: flow_dump(flow, out); break;
    case DUMP_REASONS: flow_dump_reasons(flow, out); break;
    case DUMP_EVENTS:
        for (uint32_t i = 0; i < flow->events.count; i++)
            write_event(project, &flow->events.items[i], out);
        break;
    }
}
