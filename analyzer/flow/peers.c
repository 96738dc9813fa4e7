/* fetch_mode(), from Django 6.1 on: what a related row or a column that did not come along costs.
 *
 *     FETCH_ONE     one query, for this row; the default
 *     FETCH_PEERS   one query for this row and all that were fetched together with it
 *     FETCH_RAISE   an exception
 *
 * Peers hold together through single relations and prefetches. Rows of a relation's manager are
 * peers of one another, so theirs is one query for each row the manager belongs to. */
#include "flow/evaluate.h"

static const Value *row_above(const Value *row) {
    return row->self && row->self->kind == VALUE_ROW ? row->self : NULL;
}

/* Whether the row was fetched together with those of all other rows like the one above it. */
static bool fetched_together(Activation *a, const Value *row, const Value *above) {
    const Relation *relation = row->birth->relation;
    if (above->turn == row->turn) return true;
    return relation && plan_cover(a->e->plans, above->plan, relation, NULL, NULL) == COVER_FULL;
}

static const Loop *peers_turn(Activation *a, const Value *row) {
    const Value *above;
    while ((above = row_above(row)) != NULL) {
        if (!fetched_together(a, row, above)) return above->turn;
        row = above;
    }
    const Loop *turn = row->turn;
    bool real = turn && turn != TURN_FRESH && turn != TURN_EACH && turn != TURN_PASSED;
    return real && turn->rows == row->birth ? TURN_OUTSIDE : turn;
}

bool row_asks(Activation *a, const Value *row, const Loop **turn) {
    *turn = row->turn;
    if (row->plan->fetch == FETCH_PEERS) *turn = peers_turn(a, row);
    return row->plan->fetch != FETCH_RAISE;
}

const Plan *plan_after_fetch_mode(Activation *a, const Plan *plan, const Arguments *arguments) {
    Evaluator *e = a->e;
    const Value *mode = argument(arguments, e, 0, "mode");
    const char *text = mode && mode->kind == VALUE_EXTERNAL ? project_text(e->project, mode->name)
                                                            : "";
    const char *last = strrchr(text, '.');
    static const char *const names[] = {"FETCH_ONE", "FETCH_PEERS", "FETCH_RAISE"};
    for (int i = 0; last && i < 3; i++)
        if (!strcmp(last + 1, names[i])) return plan_with_fetch(e->plans, plan, (PlanFetch)i);
    open_because(e, "computed fetch mode");
    return plan_opened(e->plans, plan);
}
