/* flow.h - what the evaluator shows of itself besides events. */
#ifndef EAGERLY_FLOW_H
#define EAGERLY_FLOW_H

#include "base/writer.h"
#include "flow/event.h"

/* For --dump=flow. */
void flow_dump(const Flow *flow, Writer *out);

#endif
