/* shared_data.c - reads the real tables through xz. */
#include "tests/shared_data.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/error.h"

static struct ip_prefix parse(const char *address, unsigned length)
{
    uint8_t bytes[16] = {0};
    bool is_ipv6 = strchr(address, ':') != NULL;
    sim_assert(inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address, bytes) == 1);
    struct ip_address a = {.family = is_ipv6 ? IPV6 : IPV4};
    for (int i = 0; i < 8; i++) {
        a.hi = a.hi << 8 | bytes[i];
        a.lo = a.lo << 8 | bytes[i + 8];
    }
    return ip_prefix_of(a, length);
}

bool shared_path(const char *name, char *path, size_t room)
{
    const char *folder = getenv("CAT6K_SHARED_DATA");
    snprintf(path, room, "%s/%s", folder != NULL ? folder : "../shared/data", name);
    if (access(path, R_OK) != 0) {
        printf("skipped: no %s\n", path);
        return false;
    }
    return true;
}

static FILE *open_unpacked(const char *name)
{
    char text[4096];
    if (!shared_path(name, text, sizeof text)) {
        return NULL;
    }
    char command[sizeof text + 16];
    snprintf(command, sizeof command, "xz -dc '%s'", text);
    return popen(command, "r");
}

/* "time a|w prefix next-hop" or "prefix next-hop". */
static struct shared_line parse_line(const char *text)
{
    const char *withdraw = strstr(text, " w "), *announce = strstr(text, " a ");
    text = withdraw != NULL ? withdraw + 3 : announce != NULL ? announce + 3 : text;
    char address[64];
    unsigned length;
    sim_assert(sscanf(text, "%63[^/]/%u", address, &length) == 2);
    return (struct shared_line){withdraw != NULL, parse(address, length)};
}

struct shared_line *shared_lines(const char *name, size_t *n_lines)
{
    FILE *in = open_unpacked(name);
    if (in == NULL) {
        return NULL;
    }
    struct shared_line *lines = NULL;
    size_t n = 0;
    char text[256];
    while (fgets(text, sizeof text, in) != NULL) {
        if ((n & (n - 1)) == 0) { /* a power of two: full */
            struct shared_line *more = realloc(lines, (n > 0 ? 2 * n : 1) * sizeof *lines);
            sim_assert(more != NULL);
            lines = more;
        }
        lines[n++] = parse_line(text);
    }
    sim_assert(pclose(in) == 0);
    *n_lines = n;
    return lines;
}

struct ip_prefix *shared_prefixes(const char *name, size_t *n_prefixes)
{
    struct shared_line *lines = shared_lines(name, n_prefixes);
    if (lines == NULL) {
        return NULL;
    }
    struct ip_prefix *prefixes = malloc(*n_prefixes * sizeof *prefixes);
    sim_assert(prefixes != NULL);
    for (size_t i = 0; i < *n_prefixes; i++) {
        prefixes[i] = lines[i].prefix;
    }
    free(lines);
    return prefixes;
}
