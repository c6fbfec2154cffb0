/* flow_capture.h - the flow records of a run, kept until its folder of results is written.
 *
 *   flows that end --> NetFlow version 9 --> a file without a name --> netflow.pcap in the folder
 */
#ifndef TOOLS_FLOW_CAPTURE_H
#define TOOLS_FLOW_CAPTURE_H

#include <stdio.h>

#include "models/accounting.h"
#include "scenarios/netflow_file.h"
#include "tools/output.h"

struct flow_capture {
    FILE *file;
    struct netflow_file pcap;
    struct flow_sink sink; /* for simulate() */
};

/* false with *err: no room for temporary files. */
bool flow_capture_open(struct flow_capture *c, struct error *err);

/* The run has ended. */
void flow_capture_end(struct flow_capture *c, int64_t now_ps);

/* Adds the file to the results. */
void flow_capture_write(struct flow_capture *c, struct output *o);

void flow_capture_close(struct flow_capture *c);

#endif /* TOOLS_FLOW_CAPTURE_H */
