/* A plan as one line: its loads in their order, depth first, then what else it says. */
#include "flow/plan.h"

#include "base/writer.h"

enum { WRITE_LOADS = 256, NAME_ROOM = 200 };

typedef struct Trail {
    const Load *load;
    const struct Trail *above;
} Trail;

typedef struct Printer {
    const Project *project;
    Writer *out;
    uint32_t loads;
    bool started;
} Printer;

static void print_space(Printer *printer) {
    if (printer->started) write_text(printer->out, " ");
    printer->started = true;
}

static void print_word(Printer *printer, const char *word) {
    print_space(printer);
    write_text(printer->out, word);
}

static void print_name(Printer *printer, Str name) {
    uint32_t length = str_length(printer->project->strings, name);
    write_plain(printer->out, project_text(printer->project, name),
                length < NAME_ROOM ? length : NAME_ROOM);
}

static void print_trail(Printer *printer, const Trail *trail) {
    if (trail->above) {
        print_trail(printer, trail->above);
        write_text(printer->out, ".");
    }
    const Relation *relation = trail->load->relation;
    print_name(printer, relation->name ? relation->name : relation->query_name);
    if (!trail->load->to_attr) return;
    write_text(printer->out, ":");
    print_name(printer, trail->load->to_attr);
}

static void print_columns(Printer *printer, const Plan *plan) {
    print_space(printer);
    write_format(printer->out, "%s%s(", plan->columns_maybe ? "?" : "",
                 plan->columns_are == COLUMNS_ONLY ? "only" : "defer");
    for (uint32_t i = 0; i < plan->column_count; i++) {
        if (i) write_text(printer->out, ",");
        print_name(printer, plan->columns[i]);
    }
    write_text(printer->out, ")");
}

static void print_pin(Printer *printer, const Pin *pin) {
    static const char *const constants[] = {"None", "False", "True"};
    print_space(printer);
    print_name(printer, pin->column);
    write_text(printer->out, pin->other ? "!=" : "==");
    if (pin->constant <= PIN_TRUE) write_text(printer->out, constants[pin->constant]);
    else print_name(printer, pin->text);
}

static void print_loads(Printer *printer, const Plan *plan, const Trail *above) {
    for (uint32_t i = 0; i < plan->load_count && printer->loads < WRITE_LOADS; i++) {
        Trail trail = {&plan->loads[i], above};
        printer->loads++;
        print_space(printer);
        Cover cover = plan->loads[i].cover;
        write_text(printer->out, cover == COVER_MAYBE ? "?" : cover == COVER_NONE ? "-" : "+");
        print_trail(printer, &trail);
        print_loads(printer, plan->loads[i].below, &trail);
    }
    if (!above || !plan->open) return;
    print_space(printer);
    write_text(printer->out, "+");
    print_trail(printer, above);
    write_text(printer->out, ".*");
}

void plan_write(const Project *project, const Plan *plan, Writer *out) {
    Printer printer = {.project = project, .out = out};
    print_loads(&printer, plan, NULL);
    if (printer.loads >= WRITE_LOADS) write_text(out, " ...");
    if (plan->join_all) print_word(&printer, "join_all");
    if (plan->fetch) print_word(&printer, plan->fetch == FETCH_PEERS ? "peers" : "raise");
    if (plan->columns_are != COLUMNS_ALL)
        print_columns(&printer, plan);
    for (uint32_t i = 0; i < plan->annotation_count; i++) {
        print_space(&printer);
        write_text(out, "=");
        print_name(&printer, plan->annotations[i]);
    }
    for (uint32_t i = 0; plan->pins && i < plan->pins->count; i++)
        print_pin(&printer, &plan->pins->items[i]);
    if (plan->rows == ROWS_VALUES) print_word(&printer, "values");
    if (plan->open) print_word(&printer, "open");
    if (!printer.started) print_word(&printer, "nothing");
}
