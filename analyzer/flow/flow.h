/* flow.h - what the evaluator shows of itself besides events. */
#ifndef EAGERLY_FLOW_H
#define EAGERLY_FLOW_H

#include "base/writer.h"
#include "flow/event.h"

/* For --dump=flow. */
void flow_dump(const Flow *flow, Writer *out);
/* For --dump=reasons: one line a place, the most frequent ones first; sorts flow->reasons. */
void flow_dump_reasons(const Flow *flow, Writer *out);

#endif
