/* Events of one line, each told with what the evaluator believed of it. An event that several ways
 * reach is told once a birth. */
#include "cli/show.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "report/place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Why {
    const Shown *shown;
    Arena *arena;
    Places *places;
    Writer *out;
} Why;

static const char *const silences[SILENCE_COUNT] = {
    [SILENCE_OPEN] = "whether it is loaded is decided out of view",
    [SILENCE_ORIGIN] = "where the rows come from is out of view",
    [SILENCE_SERVED] = "it is loaded already",
    [SILENCE_ONCE] = "it happens once, not once per row",
    [SILENCE_GUARD] = "it stands behind a test whether it is loaded",
    [SILENCE_BATCH] = "it happens once per batch",
    [SILENCE_BOUNDED] = "the loop has a few turns, which the source says",
    [SILENCE_TREE_WALK] = "a walk up or down a tree",
    [SILENCE_HOOKED] = "a write that save() or a receiver is to hear of",
    [SILENCE_KEY] = "the loop needs the new row's key at once",
    [SILENCE_DISCARDED] = "its load is thrown away, which is said where that happens",
    [SILENCE_REFRESH] = "rows are read again on purpose",
};

static void write_place(Why *why, const char *title, Site site) {
    Place place = place_whole(why->places, site);
    write_format(why->out, "  %-7s ", title);
    write_plain(why->out, place.path, strlen(place.path));
    write_format(why->out, ":%u:%u", place.line, place.column);
    if (*place.function) {
        write_text(why->out, "  in ");
        write_plain(why->out, place.function, strlen(place.function));
    }
}

static const RuleEntry *claimed_by(const Event *event) {
    const RuleEntry *best = NULL;
    for (uint32_t i = 0; i < rule_count; i++) {
        const Rule *rule = rules[i].rule;
        if (!(rule->events & (uint32_t)event->kind) || !rule->applies(event)) continue;
        if (!best || rule->rank < best->rule->rank) best = &rules[i];
    }
    return best;
}

static void write_rows(Why *why, const Birth *rows) {
    const Project *project = why->shown->project;
    for (const Birth *birth = rows; birth; birth = birth->parent) {
        write_place(why, birth == rows ? "rows" : "of", birth->site);
        write_format(why->out, "  %s%s%s\n",
                     birth->model ? project_text(project, birth->model->label) : "",
                     birth->single ? ", one object" : "",
                     birth->known ? "" : ", of unknown origin");
    }
}

static void write_cover(Why *why, Cover cover, Site clause) {
    static const char *const words[] = {"not loaded", "decided out of view",
                                        "loaded on some ways to here", "loaded"};
    write_format(why->out, "  plan    %s\n", words[cover]);
    if (clause.node == NODE_NONE) return;
    write_place(why, "by", clause);
    write_text(why->out, "\n");
}

static void write_verdict(Why *why, const Event *event) {
    static const char *const confidences[] = {"possible", "likely", "certain"};
    const RuleEntry *entry = event->silence ? NULL : claimed_by(event);
    if (entry)
        write_format(why->out, "  said    %s %s, %s\n", entry->rule->code, entry->name,
                     confidences[event->confidence]);
    else
        write_format(why->out, "  silent  %s\n",
                     event->silence ? silences[event->silence] : "no rule speaks of it");
}

static void write_start(Why *why, const Place *place, const Model *of) {
    write_plain(why->out, place->path, strlen(place->path));
    write_format(why->out, ":%u:%u  ", place->line, place->column);
    const char *model = of ? project_text(why->shown->project, of->label) : "a model";
    write_plain(why->out, model, strlen(model));
}

static void write_title(Why *why, const Event *event, const Place *place) {
    const Project *project = why->shown->project;
    write_start(why, place, event->model);
    for (uint32_t i = 0; i < event->path_length; i++) {
        const char *name = project_text(project, event->path[i]->name);
        write_text(why->out, ".");
        write_plain(why->out, name, strlen(name));
    }
    if (event->method) write_format(why->out, " %s()", project_text(project, event->method));
    write_text(why->out, "\n");
}

static void tell(Why *why, const Event *event, const Place *place) {
    write_title(why, event, place);
    write_rows(why, event->birth);
    if (event->path_length)
        write_cover(why, event->cover, event->load ? event->load->clause : (Site){0, NODE_NONE});
    for (uint32_t i = 0; i < event->loop_count; i++) {
        write_place(why, "loop", event->loops[i]->site);
        write_text(why->out, event->loops[i]->bounded ? "  a few turns\n" : "\n");
    }
    for (uint32_t i = 0; i < event->frame_count; i++) {
        write_place(why, "call", event->frames[i].call);
        write_text(why->out, "\n");
    }
    write_verdict(why, event);
}

/* A read that became no event: it asks nothing, or not once per row. */
static void tell_read(Why *why, const Read *read, const Place *place) {
    const char *name = project_text(why->shown->project, read->relation->name);
    Silence silence = read->cover == COVER_FULL ? SILENCE_SERVED : SILENCE_ONCE;
    if (read->cover == COVER_OPEN) silence = SILENCE_OPEN;
    if (!read->birth || !read->birth->known) silence = SILENCE_ORIGIN;
    write_start(why, place, read->birth ? read->birth->model : read->relation->from);
    write_format(why->out, ".%s\n", name);
    write_rows(why, read->birth);
    write_cover(why, read->cover, read->clause);
    write_format(why->out, "  silent  %s\n", silences[silence]);
}

/* What makes two events look the same when they are told. */
static uint64_t likeness(const Event *event) {
    uint64_t hash = hash_mix(site_key(event->site), (uint64_t)event->kind);
    for (uint32_t i = 0; i < event->path_length; i++)
        hash = hash_mix(hash, (uint64_t)(uintptr_t)event->path[i]);
    hash = hash_mix(hash, event->birth ? site_key(event->birth->site) : 0);
    return hash_mix(hash, (uint64_t)event->silence << 8 | event->cover);
}

/* A manager is no query yet: what is asked of it is another node of the line. */
static uint64_t relation_at(Site site, const Relation *relation) {
    return hash_mix(relation->many ? 0 : site_key(site), (uint64_t)(uintptr_t)relation);
}

/* Events of the line, then reads that no event is about. */
static uint32_t tell_line(Why *why, uint32_t module, unsigned long line) {
    const Flow *flow = why->shown->flow;
    Map told = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < flow->events.count; i++) {
        const Event *event = &flow->events.items[i];
        if (event->site.module != module) continue;
        Place place = place_touch(why->places, event->site);
        if (place.line > line || place.end_line < line || map_get(&told, likeness(event))) continue;
        map_put(why->arena, &told, likeness(event), why);
        const Relation *last = event->path_length ? event->path[event->path_length - 1] : NULL;
        if (last) map_put(why->arena, &told, relation_at(event->site, last), why);
        if (count++) write_text(why->out, "\n");
        tell(why, event, &place);
    }
    for (uint32_t i = 0; i < flow->reads.count; i++) {
        const Read *read = &flow->reads.items[i];
        if (read->site.module != module || map_get(&told, relation_at(read->site, read->relation)))
            continue;
        Place place = place_touch(why->places, read->site);
        if (place.line > line || place.end_line < line) continue;
        if (count++) write_text(why->out, "\n");
        tell_read(why, read, &place);
    }
    return count;
}

/* However the path is spelled: absolute, through "..", or as reports show it. */
static bool same_file(const char *shown, const char *given, const struct stat *there) {
    struct stat found;
    if (!strcmp(shown, given)) return true;
    return there && stat(shown, &found) == 0 && found.st_dev == there->st_dev
           && found.st_ino == there->st_ino;
}

int show_why(const Shown *shown, const Options *options, Writer *out) {
    Why why = {shown, options->arena, places_new(options->arena, shown->project), out};
    const char *colon = strrchr(options->spot, ':');
    const char *file = arena_copy(options->arena, options->spot, (size_t)(colon - options->spot));
    unsigned long line = strtoul(colon + 1, NULL, 10);
    struct stat there;
    bool exists = stat(file, &there) == 0;
    uint32_t module = 0;
    while (module < shown->project->module_count
           && !same_file(shown->project->modules[module].file->shown, file,
                         exists ? &there : NULL))
        module++;
    if (module == shown->project->module_count)
        return trouble(arena_format(options->arena, "'%s' is none of the files analysed; see "
                                                    "'eagerly files'", file));
    if (!tell_line(&why, module, line))
        write_text(out, "No relation of a row is read on this line, as far as is known:\n"
                        "none is, or nobody in view calls it, or its values come from "
                        "out of view.\n");
    return EXIT_CLEAN;
}
