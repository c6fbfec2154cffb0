/* nfcapd.c - see nfcapd.h. */
#include "tests/nfcapd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t get(const uint8_t *p, uint32_t n)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < n; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

void capture_datagrams(const uint8_t *capture, size_t n_bytes, capture_visit *visit, void *context)
{
    const uint8_t *p = capture, *end = p + n_bytes;

    assert_int_equal(get(p, 4), 0xa1b2c3d4);
    assert_int_equal(get(p + 20, 4), 1);
    for (p += 24; p < end;) {
        uint32_t n = (uint32_t)get(p + 8, 4), sum = 0;
        const uint8_t *ip = p + 16 + 14, *udp = ip + 20;
        assert_int_equal(get(p + 12, 4), n);
        assert_int_equal(get(ip - 2, 2), 0x0800);
        assert_int_equal(get(ip + 2, 2), n - 14);
        assert_int_equal(get(udp + 4, 2), n - 34);
        assert_true(n - 14 <= 1500); /* fits Ethernet */
        for (uint32_t i = 0; i < 20; i += 2) {
            sum += (uint32_t)get(ip + i, 2);
        }
        assert_int_equal(sum % 0xffff, 0);
        visit(context, udp + 8, n - 42, get(p, 4));
        p += 16 + n;
    }
    assert_true(p == end);
}

bool nfdump_is_there(void)
{
    bool there = system("command -v nfcapd nfdump >/dev/null 2>&1") == 0;

    if (!there) {
        puts("nfdump is missing: skipped");
    }
    return there;
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A port of UDP that nobody uses. */
static uint16_t free_port(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in at = loopback(0);
    socklen_t n = sizeof at;

    assert_return_code(bind(s, (struct sockaddr *)&at, sizeof at), 0);
    assert_return_code(getsockname(s, (struct sockaddr *)&at, &n), 0);
    close(s);
    return ntohs(at.sin_port);
}

/* Waits until somebody listens at the port and has read all that came, 10 s at most. */
static void wait_for_reader(uint16_t port)
{
    char line[300], want[10], queues[32], local[64];

    snprintf(want, sizeof want, ":%04X", (unsigned)port);
    for (int i = 0; i < 1000; i++, usleep(10000)) {
        FILE *in = fopen("/proc/net/udp", "r");
        assert_non_null(in);
        while (fgets(line, sizeof line, in) != NULL) {
            if (sscanf(line, "%*s %63s %*s %*s %31s", local, queues) == 2 &&
                strcmp(strchr(local, ':') != NULL ? strchr(local, ':') : "", want) == 0 &&
                strstr(queues, ":00000000") != NULL) {
                fclose(in);
                return;
            }
        }
        fclose(in);
    }
    fail_msg("nobody listens at port %u", (unsigned)port);
}

struct sender {
    int socket;
    uint16_t port;
};

static void replay(void *context, const uint8_t *p, uint32_t n, uint64_t seconds)
{
    const struct sender *s = context;
    struct sockaddr_in to = loopback(s->port);

    (void)seconds;
    assert_int_equal(sendto(s->socket, p, n, 0, (struct sockaddr *)&to, sizeof to), n);
    wait_for_reader(s->port);
}

void nfcapd_collect(const char *dir, const uint8_t *capture, size_t n_bytes)
{
    uint16_t port = free_port();
    struct sender s = {socket(AF_INET, SOCK_DGRAM, 0), port};
    char text[8];

    snprintf(text, sizeof text, "%u", (unsigned)port);
    fflush(NULL);
    pid_t collector = fork();
    assert_return_code(collector, 0);
    if (collector == 0) {
        if (freopen("/dev/null", "w", stdout) != NULL &&
            freopen("/dev/null", "w", stderr) != NULL) {
            execlp("nfcapd", "nfcapd", "-w", dir, "-b", "127.0.0.1", "-p", text, (char *)NULL);
        }
        _exit(1);
    }
    wait_for_reader(port);
    capture_datagrams(capture, n_bytes, replay, &s);
    kill(collector, SIGTERM);
    waitpid(collector, NULL, 0);
    close(s.socket);
}
