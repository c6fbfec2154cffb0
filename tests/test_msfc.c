/* test_msfc.c - `cat6k msfc` and peers over TCP that are broken or hostile: each is told what it did,
 * and none of them hurts the good peer, whose routes stay in every engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/bgp_message.h"
#include "tests/program.h"
#include "tests/wire.h"

#define WAIT_MS 10000

struct server {
    pid_t pid;
    uint16_t port;
    FILE *out; /* stays open: the program goes on writing */
};

static struct server server, small; /* small: with little memory */
static int good = -1;

/* ---- the program ---- */

/* more: arguments behind the usual ones, ended by NULL. */
static struct server start_server(const char *const *more)
{
    const char *arguments[30] = {"cat6k",          "msfc",
                                 "--listen",       "127.0.0.1:0",
                                 "--as",           "65000",
                                 "--open-wait",    "2",
                                 "--max-prefixes", "1000",
                                 "--set",          "routes.synthetic=",
                                 "--set",          "slots[0].forwarding=DFC3BXL",
                                 "a.yaml"};
    struct server s;
    char line[200];
    int out_pipe[2];
    unsigned port;
    for (int i = 15; *more != NULL; i++) {
        arguments[i] = *more++;
    }
    assert_int_equal(pipe(out_pipe), 0);
    s.pid = fork();
    assert_true(s.pid >= 0);
    if (s.pid == 0) {
        dup2(out_pipe[1], STDOUT_FILENO);
        execv(program, (char *const *)arguments);
        _exit(127);
    }
    close(out_pipe[1]);
    s.out = fdopen(out_pipe[0], "r");
    assert_non_null(fgets(line, sizeof line, s.out));
    assert_int_equal(sscanf(line, "AS 65000 listens on 127.0.0.1 port %u", &port), 1);
    s.port = (uint16_t)port;
    return s;
}

/* ---- a peer ---- */

static int peer_of(const struct server *s)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(s->port)};
    struct timeval wait = {.tv_sec = WAIT_MS / 1000};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    return fd;
}

static int peer(void)
{
    return peer_of(&server);
}

static void give(int fd, const struct wire *w)
{
    assert_int_equal(send(fd, w->at, w->n, MSG_NOSIGNAL), w->n);
}

static bool take(int fd, uint8_t *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = recv(fd, bytes + at, n - at, 0);
        if (got <= 0) {
            return false;
        }
        at += (size_t)got;
    }
    return true;
}

/* The next message but KEEPALIVEs: its type, 0 at the end. */
static enum bgp_type hear(int fd, uint8_t *message)
{
    size_t length;
    enum bgp_type type;
    struct bgp_error error;
    do {
        if (!take(fd, message, 19)) {
            return 0;
        }
        assert_true(bgp_header_read(message, &length, &type, &error));
        assert_true(take(fd, message + 19, length - 19));
    } while (type == BGP_KEEPALIVE);
    return type;
}

/* The peer is told why, and then the connection is closed, not broken off. */
static void assert_told(int fd, unsigned code, unsigned subcode)
{
    uint8_t message[BGP_MAX_MESSAGE_BYTES];
    enum bgp_type type;
    while ((type = hear(fd, message)) == BGP_OPEN) {
    }
    assert_int_equal(type, BGP_NOTIFICATION);
    assert_int_equal(message[19], code);
    assert_int_equal(message[20], subcode);
    assert_int_equal(recv(fd, message, 1, 0), 0);
    close(fd);
}

static void give_open(int fd, uint32_t as, uint32_t id)
{
    struct wire w = {0};
    struct bgp_open open = {.as = as, .id = id, .hold_s = 90, .as4 = true, .ipv4 = true};
    uint8_t bytes[BGP_OPEN_BYTES];
    wire_bytes(&w, bytes, bgp_open_write(&open, bytes));
    wire_close_message(&w, wire_open_message(&w, BGP_KEEPALIVE));
    give(fd, &w);
    wire_free(&w);
}

static int established_at(const struct server *s, uint32_t id)
{
    uint8_t message[BGP_MAX_MESSAGE_BYTES];
    int fd = peer_of(s);
    give_open(fd, 7, id);
    assert_int_equal(hear(fd, message), BGP_OPEN);
    return fd;
}

static int established(uint32_t id)
{
    return established_at(&server, id);
}

/* An UPDATE of n prefixes from 20.first.0.0/24 on, to 100.64.0.1. */
static struct wire announcement(uint32_t first, uint32_t n)
{
    struct wire w = {0}, attributes = {0}, nlri = {0};
    struct ip_address hop = wire_host("100.64.0.1");
    wire_usual(&attributes, true, (const uint32_t[]){7, 8}, 2, &hop);
    for (uint32_t i = first; i < first + n; i++) {
        wire_prefix(&nlri, &(struct ip_prefix){(20ull << 24 | i << 8) << 32, 0, IPV4, 24});
    }
    wire_update(&w, NULL, &attributes, &nlri);
    wire_free(&attributes);
    wire_free(&nlri);
    return w;
}

/* Lines of the dump, written now, with the good peer's next hop: of all engines. */
static unsigned n_held(const char *with)
{
    size_t length;
    unsigned n = 0;
    unlink("dump");
    kill(server.pid, SIGUSR1);
    for (int i = 0; i < WAIT_MS / 10 && !exists("dump"); i++) {
        poll(NULL, 0, 10);
    }
    for (const char *p = read_file("dump", &length); (p = strstr(p, with)) != NULL; p++) {
        n++;
    }
    return n;
}

static void await_held(const char *with, unsigned n)
{
    for (int i = 0; i < WAIT_MS / 20 && n_held(with) != n; i++) {
        poll(NULL, 0, 20);
    }
    assert_int_equal(n_held(with), n);
}

/* ---- the tests ---- */

#define GOOD_PREFIXES 100

static void test_good(void **state)
{
    (void)state;
    struct wire w = announcement(0, GOOD_PREFIXES);
    good = established(1);
    give(good, &w);
    wire_free(&w);
    await_held("/24 100.64.0.1", 2 * GOOD_PREFIXES); /* in the PFC and in one DFC */
}

/* The small one: 400 kB for routes. What it cannot hold ends the session, later:
 * test_no_memory_any_more. */
static int too_much;

static void test_no_memory(void **state)
{
    (void)state;
    char line[200];
    FILE *f = fopen("small.yaml", "w");
    assert_non_null(f);
    fputs("cat6k: 1\nrouter: 2621XM-96MB\nios: 12.4\ntable: {like: ris-2013}\n"
          "figures: [2621XM-96MB.image = 84034656B]\n",
          f);
    assert_int_equal(fclose(f), 0);
    small = start_server((const char *const[]){"--memory", "small.yaml", NULL});
    too_much = established_at(&small, 1);
    struct wire w = announcement(0, 900);
    give(too_much, &w);
    wire_free(&w);
    assert_non_null(fgets(line, sizeof line, small.out));
    assert_says(line, "127.0.0.1: established");
    assert_non_null(fgets(line, sizeof line, small.out));
    assert_says(line, "%SYS-2-MALLOCFAIL: Memory allocation of ");
    assert_non_null(fgets(line, sizeof line, small.out));
    assert_says(line, "Pool: Processor  Free: ");
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        unsigned code, subcode;
    } wrong[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27, 1, 1},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\22\4", 19, 1, 2},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\23\11", 19, 1, 3},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\33\2\0\7\0\0"
         "\0\0\0\0",
         27, 3, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int fd = established(2);
        struct wire w = announcement(1000, 100);
        give(fd, &w); /* so that there is something to take back */
        w.n = 0;
        wire_bytes(&w, wrong[i].bytes, wrong[i].n);
        give(fd, &w);
        wire_free(&w);
        assert_told(fd, wrong[i].code, wrong[i].subcode);
    }
}

static void test_half_open(void **state)
{
    (void)state;
    assert_told(peer(), BGP_HOLD_TIMER_EXPIRED, 0); /* after --open-wait */
}

static void test_collision(void **state)
{
    (void)state;
    int fd = peer();
    give_open(fd, 7, 1);
    assert_told(fd, BGP_CEASE, 7);
}

static void test_too_many_prefixes(void **state)
{
    (void)state;
    int fd = established(2);
    for (uint32_t i = 0; i < 6; i++) {
        struct wire w = announcement(2000 + 200 * i, 200);
        send(fd, w.at, w.n, MSG_NOSIGNAL);
        wire_free(&w);
    }
    assert_told(fd, BGP_CEASE, 1);
}

/* More than there is room for; those beyond it are told so, the others may go. */
static void test_crowd(void **state)
{
    (void)state;
    enum { CROWD = 40 };
    int fds[CROWD];
    unsigned n_refused = 0;
    for (int i = 0; i < CROWD; i++) {
        fds[i] = peer();
    }
    for (int i = 0; i < CROWD; i++) {
        uint8_t message[BGP_MAX_MESSAGE_BYTES];
        if (hear(fds[i], message) == BGP_NOTIFICATION) {
            assert_true(message[19] == BGP_CEASE && message[20] == 8);
            n_refused++;
        }
    }
    assert_true(n_refused >= CROWD - 32 && n_refused < CROWD);
    for (int i = 0; i < CROWD; i++) {
        close(fds[i]);
    }
}

/* Speaks without end, reads nothing, and breaks off in the middle of a message. */
static void test_flood(void **state)
{
    (void)state;
    int fd = established(3);
    struct wire w = announcement(3000, 500);
    for (int i = 0; i < 3000; i++) {
        give(fd, &w);
    }
    assert_int_equal(send(fd, w.at, 100, MSG_NOSIGNAL), 100);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd); /* RST */
    wire_free(&w);
}

/* A byte at a time it works, too. */
static void test_slow(void **state)
{
    (void)state;
    int fd = established(4);
    struct wire w = announcement(4000, 1);
    for (size_t i = 0; i < w.n; i++) {
        assert_int_equal(send(fd, w.at + i, 1, MSG_NOSIGNAL), 1);
        poll(NULL, 0, 1);
    }
    await_held(" 20.15.160.0/24 100.64.0.1", 2);
    w.n = 0;
    size_t place = wire_open_message(&w, BGP_NOTIFICATION);
    wire_16(&w, BGP_CEASE << 8 | 2);
    wire_close_message(&w, place);
    give(fd, &w);
    wire_free(&w);
    close(fd);
}

static void test_unhurt(void **state)
{
    (void)state;
    await_held("/24 100.64.0.1", 2 * GOOD_PREFIXES);
    struct wire w = {0}, withdrawn = {0};
    wire_prefix(&withdrawn, &(struct ip_prefix){20ull << 56, 0, IPV4, 24});
    wire_update(&w, &withdrawn, NULL, NULL);
    give(good, &w);
    wire_free(&w);
    wire_free(&withdrawn);
    await_held("/24 100.64.0.1", 2 * GOOD_PREFIXES - 2);
    int status;
    kill(server.pid, SIGTERM);
    assert_told(good, BGP_CEASE, 2);
    assert_int_equal(waitpid(server.pid, &status, 0), server.pid);
    server.pid = 0;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_no_memory_any_more(void **state)
{
    (void)state;
    char line[200];
    int status;
    struct pollfd end = {.fd = too_much, .events = POLLIN};
    poll(&end, 1, 2 * WAIT_MS);
    assert_told(too_much, 3, 1);
    assert_non_null(fgets(line, sizeof line, small.out));
    assert_says(line, "127.0.0.1: %BGP-5-ADJCHANGE: neighbor Down No memory");
    int fd = established_at(&small, 2); /* there is room again */
    struct wire w = announcement(0, 10);
    give(fd, &w);
    wire_free(&w);
    kill(small.pid, SIGTERM);
    assert_told(fd, BGP_CEASE, 2);
    assert_int_equal(waitpid(small.pid, &status, 0), small.pid);
    small.pid = 0;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(cat6k("msfc a.yaml"), 2);
    assert_says(said, "--as is missing; expected the router's own AS number");
    assert_int_equal(cat6k("msfc --as 0 a.yaml"), 2);
    assert_says(said, "--as=0: expected a number from 1 to 4294967294");
    assert_int_equal(cat6k("msfc --as 1 --listen 127.0.0.1 a.yaml"), 2);
    assert_says(said, "expected an address and a port, as 127.0.0.1:1790");
    assert_int_equal(cat6k("msfc --as 1 --listen 192.0.2.1:1 a.yaml"), 2);
    assert_says(said, "--listen=192.0.2.1:1: ");
    assert_int_equal(cat6k("msfc --as 1 --hold 2 a.yaml"), 2);
    assert_says(said, "--hold=2: expected a number from 3 to 65535");
    assert_int_equal(cat6k("msfc --as 1 --memory none.yaml a.yaml"), 2);
    assert_says(said, "none.yaml");
}

static int enter_and_serve(void **state)
{
    int failed = enter(state);
    server = start_server((const char *const[]){"--dump", "dump", NULL});
    return failed;
}

static int stop_and_leave(void **state)
{
    const struct server *const all[] = {&server, &small};
    for (int i = 0; i < 2; i++) {
        if (all[i]->pid > 0) { /* a test failed */
            kill(all[i]->pid, SIGKILL);
            waitpid(all[i]->pid, NULL, 0);
        }
    }
    return leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good),
                                       cmocka_unit_test(test_no_memory),
                                       cmocka_unit_test(test_wrong),
                                       cmocka_unit_test(test_half_open),
                                       cmocka_unit_test(test_collision),
                                       cmocka_unit_test(test_too_many_prefixes),
                                       cmocka_unit_test(test_crowd),
                                       cmocka_unit_test(test_flood),
                                       cmocka_unit_test(test_slow),
                                       cmocka_unit_test(test_unhurt),
                                       cmocka_unit_test(test_no_memory_any_more),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, enter_and_serve, stop_and_leave);
}
