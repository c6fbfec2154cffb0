#include "tools/flow_capture.h"

#include <errno.h>
#include <string.h>

#include "sim/error.h"

static void at(void *context, int64_t now_ps)
{
    netflow_file_at(context, now_ps);
}

static struct netflow_exporter of(void *context, uint32_t slot)
{
    return netflow_file_exporter(context, slot);
}

bool flow_capture_open(struct flow_capture *c, struct error *err)
{
    *c = (struct flow_capture){.file = tmpfile(), .sink = {at, of, &c->pcap}};
    if (c->file == NULL) {
        return error_add(err, "cannot keep flow records in a temporary file: %s", strerror(errno));
    }
    netflow_file_open(&c->pcap, c->file);
    return true;
}

void flow_capture_end(struct flow_capture *c, int64_t now_ps)
{
    netflow_file_at(&c->pcap, now_ps);
}

void flow_capture_write(struct flow_capture *c, struct output *o)
{
    static const char name[] = "netflow.pcap";
    char block[65536];
    size_t n;
    FILE *file = output_file(o, name);

    if (file == NULL) {
        return;
    }
    rewind(c->file);
    while ((n = fread(block, 1, sizeof block, c->file)) > 0 && fwrite(block, 1, n, file) == n) {
    }
    if (ferror(c->file)) {
        o->failed = true;
        error_add(o->err, "%s: flow records could not be kept until the end of the run", name);
    }
    output_close(o, file, name);
}

void flow_capture_close(struct flow_capture *c)
{
    fclose(c->file);
}
