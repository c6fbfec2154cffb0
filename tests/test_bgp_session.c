/* test_bgp_session.c - the state machine of a session: what each wrong message and each silence is
 * answered with, in each state, however the bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "models/bgp_session.h"
#include "sim/rng.h"
#include "tests/wire.h"

#define OWN_AS 65000u
#define OWN_ID 0x01010101u
#define OPEN_AS 7

static struct bgp_scratch scratch;
static struct bgp_session s;
static struct {
    unsigned n_opened, n_updates, n_closed, refuse;
    struct bgp_open open;
} seen;

static unsigned opened(void *context, const struct bgp_open *open)
{
    assert_ptr_equal(context, &seen);
    seen.n_opened++;
    seen.open = *open;
    return seen.refuse;
}

static void update(void *context, const struct bgp_update *u, const struct bgp_source *source)
{
    (void)context;
    (void)source;
    assert_true(u->verdict != BGP_RESET);
    seen.n_updates++;
}

static void closed(void *context)
{
    (void)context;
    seen.n_closed++;
}

static const struct bgp_session_ops ops = {opened, update, closed};

static void start(void)
{
    const struct bgp_session_config config = {.local_as = OWN_AS,
                                              .local_id = OWN_ID,
                                              .hold_s = 90,
                                              .open_wait_s = 240,
                                              .ops = &ops,
                                              .context = &seen,
                                              .scratch = &scratch};
    memset(&seen, 0, sizeof seen);
    bgp_session_open(&s, &config, 0);
    assert_int_equal(s.out[18], BGP_OPEN);
    bgp_session_sent(&s, s.n_out, 0);
}

/* In pieces of so many bytes. */
static void give(const void *bytes, size_t n, size_t piece, int64_t now_ms)
{
    for (size_t at = 0; at < n && s.state != BGP_IDLE; at += piece) {
        size_t room, some = n - at < piece ? n - at : piece;
        uint8_t *to = bgp_session_room(&s, &room);
        assert_true(room >= some);
        memcpy(to, (const uint8_t *)bytes + at, some);
        bgp_session_got(&s, some, now_ms);
    }
}

/* A message of this type with n bytes of body. */
static struct wire message(unsigned type, const void *body, size_t n)
{
    struct wire w = {0};
    size_t place = wire_open_message(&w, type);
    wire_bytes(&w, body, n);
    wire_close_message(&w, place);
    return w;
}

static void give_message(unsigned type, const void *body, size_t n, int64_t now_ms)
{
    struct wire w = message(type, body, n);
    give(w.at, w.n, 1000, now_ms);
    wire_free(&w);
}

/* Version 4, AS 7, hold time 30, identifier 9.9.9.9; capabilities: IPv4, IPv6, AS of 4 bytes. */
#define OPEN_HEAD "\4\0\7\0\36\11\11\11\11"
#define CAPABILITIES "\2\6\1\4\0\1\0\1\2\6\1\4\0\2\0\1\2\6\101\4\0\0\0\7"
#define GOOD_OPEN OPEN_HEAD "\30" CAPABILITIES

static void reach(enum bgp_state state)
{
    start();
    if (state >= BGP_OPENCONFIRM) {
        give_message(BGP_OPEN, GOOD_OPEN, sizeof GOOD_OPEN - 1, 0);
        assert_int_equal(s.state, BGP_OPENCONFIRM);
        assert_int_equal(s.out[18], BGP_KEEPALIVE);
        bgp_session_sent(&s, s.n_out, 0);
    }
    if (state == BGP_ESTABLISHED) {
        give_message(BGP_KEEPALIVE, "", 0, 0);
    }
    assert_int_equal(s.state, state);
}

/* What was sent: one NOTIFICATION of this code, and the end of the session. */
static void assert_notified(const char *what, unsigned code, unsigned subcode, const void *data,
                            size_t n)
{
    if (s.state != BGP_IDLE || s.n_out != 21 + n || s.out[18] != BGP_NOTIFICATION ||
        s.out[19] != code || s.out[20] != subcode || memcmp(s.out + 21, data, n) != 0) {
        fail_msg("%s: state %d, %zu bytes, %u/%u", what, s.state, s.n_out, s.out[19], s.out[20]);
    }
    assert_int_equal(s.out[17], 21 + n);
    assert_int_equal(seen.n_closed, 1);
    assert_int_equal(bgp_session_deadline(&s), s.send_ms); /* no timer of the session runs on */
}

#define B(text) text, sizeof(text) - 1
#define ANY OPEN_HEAD "\0"

static const struct {
    const char *what;
    enum bgp_state state;
    unsigned type;
    const char *body;
    size_t n;
    unsigned code, subcode;
    const char *data;
    size_t n_data;
} wrong[] = {
    /* RFC 4271 §6.1 */
    {"type 0", BGP_OPENSENT, 0, B(""), 1, 3, B("\0")},
    {"type 6", BGP_ESTABLISHED, 6, B(""), 1, 3, B("\6")},
    {"OPEN too short", BGP_OPENSENT, 1, B("\4\0\7\0\36\11\11\11\11"), 1, 2, B("\0\34")},
    {"KEEPALIVE too long", BGP_ESTABLISHED, 4, B("x"), 1, 2, B("\0\24")},
    {"UPDATE too short", BGP_ESTABLISHED, 2, B("\0\0\0"), 1, 2, B("\0\26")},
    {"NOTIFICATION too short", BGP_ESTABLISHED, 3, B("\6"), 1, 2, B("\0\24")},
    {"ROUTE-REFRESH too long", BGP_ESTABLISHED, 5, B("\0\1\0\1x"), 1, 2, B("\0\30")},
    /* §6.2 */
    {"version 3", BGP_OPENSENT, 1, B("\3\0\7\0\36\11\11\11\11\0"), 2, 1, B("\0\4")},
    {"AS 0", BGP_OPENSENT, 1, B("\4\0\0\0\36\11\11\11\11\0"), 2, 2, B("")},
    {"AS 0 of 4 bytes", BGP_OPENSENT, 1, B(OPEN_HEAD "\10\2\6\101\4\0\0\0\0"), 2, 2, B("")},
    {"identifier 0", BGP_OPENSENT, 1, B("\4\0\7\0\36\0\0\0\0\0"), 2, 3, B("")},
    {"own identifier", BGP_OPENSENT, 1, B("\4\xfd\xe8\0\36\1\1\1\1\0"), 2, 3, B("")},
    {"unknown parameter", BGP_OPENSENT, 1, B(OPEN_HEAD "\2\1\0"), 2, 4, B("")},
    {"hold time 1", BGP_OPENSENT, 1, B("\4\0\7\0\1\11\11\11\11\0"), 2, 6, B("")},
    {"hold time 2", BGP_OPENSENT, 1, B("\4\0\7\0\2\11\11\11\11\0"), 2, 6, B("")},
    {"parameters cut", BGP_OPENSENT, 1, B(OPEN_HEAD "\4\2\2\101"), 2, 0, B("")},
    {"parameter cut", BGP_OPENSENT, 1, B(OPEN_HEAD "\2\2\4"), 2, 0, B("")},
    {"parameter of 1 byte", BGP_OPENSENT, 1, B(OPEN_HEAD "\1\2"), 2, 0, B("")},
    {"parameters left out", BGP_OPENSENT, 1, B(OPEN_HEAD "\4"), 2, 0, B("")},
    {"capability cut", BGP_OPENSENT, 1, B(OPEN_HEAD "\4\2\2\101\4"), 2, 0, B("")},
    {"capability of 3 bytes", BGP_OPENSENT, 1, B(OPEN_HEAD "\7\2\5\101\3\0\0\7"), 2, 0, B("")},
    /* §8.2.2, RFC 6608 */
    {"UPDATE for OPEN", BGP_OPENSENT, 2, B("\0\0\0\0"), 5, 1, B("")},
    {"KEEPALIVE for OPEN", BGP_OPENSENT, 4, B(""), 5, 1, B("")},
    {"UPDATE for KEEPALIVE", BGP_OPENCONFIRM, 2, B("\0\0\0\0"), 5, 2, B("")},
    {"OPEN for KEEPALIVE", BGP_OPENCONFIRM, 1, B(ANY), 5, 2, B("")},
    {"OPEN again", BGP_ESTABLISHED, 1, B(ANY), 5, 3, B("")},
    /* §6.3, as far as RFC 7606 leaves it */
    {"withdrawn too long", BGP_ESTABLISHED, 2, B("\0\5\0\0"), 3, 1, B("")},
    {"attributes too long", BGP_ESTABLISHED, 2, B("\0\0\0\5\0"), 3, 1, B("")},
    {"withdrawn of length 33", BGP_ESTABLISHED, 2, B("\0\1\41\0\0"), 3, 10, B("")},
    {"withdrawn cut", BGP_ESTABLISHED, 2, B("\0\2\30\12\0\0"), 3, 10, B("")},
    {"prefix of length 33", BGP_ESTABLISHED, 2,
     B("\0\0\0\24\x40\1\1\0\x40\2\6\2\1\0\0\0\7\x40\3\4\12\0\0\1\41"), 3, 10, B("")},
    {"unknown, well-known", BGP_ESTABLISHED, 2, B("\0\0\0\3\x40\62\0"), 3, 2, B("\x40\62\0")},
    {"origin 9 without a prefix", BGP_ESTABLISHED, 2, B("\0\0\0\4\x40\1\1\11"), 3, 6,
     B("\x40\1\1\11")},
    {"reach cut", BGP_ESTABLISHED, 2, B("\0\0\0\5\x80\16\2\0\2"), 3, 9, B("\x80\16\2\0\2")},
};

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        for (size_t piece = 1; piece < 100; piece += 98) {
            struct wire w = message(wrong[i].type, wrong[i].body, wrong[i].n);
            reach(wrong[i].state);
            give(w.at, w.n, piece, 0);
            assert_notified(wrong[i].what, wrong[i].code, wrong[i].subcode, wrong[i].data,
                            wrong[i].n_data);
            wire_free(&w);
        }
    }
}

static void test_wrong_headers(void **state)
{
    (void)state;
    uint8_t header[19];
    bgp_header_write(header, 19, BGP_KEEPALIVE);
    header[15] = 0xfe;
    reach(BGP_ESTABLISHED);
    give(header, 19, 19, 0);
    assert_notified("marker", 1, 1, "", 0);

    bgp_header_write(header, 18, BGP_KEEPALIVE);
    reach(BGP_ESTABLISHED);
    give(header, 19, 19, 0);
    assert_notified("length 18", 1, 2, "\0\22", 2);

    bgp_header_write(header, 4097, BGP_UPDATE); /* refused before its body comes */
    reach(BGP_ESTABLISHED);
    give(header, 19, 19, 0);
    assert_notified("length 4097", 1, 2, "\20\1", 2);
}

/* ---- what goes well ---- */

static void test_open(void **state)
{
    (void)state;
    reach(BGP_ESTABLISHED);
    assert_int_equal(seen.open.as, 7);
    assert_true(seen.open.as4 && seen.open.ipv4 && seen.open.ipv6 && !seen.open.refresh);
    assert_int_equal(s.hold_s, 30);
    assert_false(bgp_session_refresh(&s, 0)); /* the peer does not know it */
    give_message(BGP_UPDATE, "\0\0\0\0", 4, 0);
    assert_int_equal(seen.n_updates, 1);
    give_message(BGP_ROUTE_REFRESH, "\0\1\0\1", 4, 0);
    assert_int_equal(s.n_refreshes, 1);
    assert_int_equal(s.n_out, 0); /* there is nothing to announce again */

    /* A wrong attribute of a prefix is a withdrawal, and no end (RFC 7606). */
    give_message(BGP_UPDATE, "\0\0\0\4\x40\1\1\11\10\12", 10, 0);
    assert_int_equal(s.state, BGP_ESTABLISHED);
    assert_int_equal(s.n_treated, 1);

    give_message(BGP_NOTIFICATION, "\6\4", 2, 0);
    assert_int_equal(s.state, BGP_IDLE);
    assert_int_equal(s.n_out, 0); /* a NOTIFICATION is not answered */
    assert_true(s.end_received && s.end.code == 6 && s.end.subcode == 4);
    assert_int_equal(seen.n_closed, 1);
    bgp_session_lost(&s);
    assert_int_equal(seen.n_closed, 1);
}

/* One without capabilities, of a peer with AS numbers of 2 bytes; one with extended parameters. */
static void test_other_opens(void **state)
{
    (void)state;
    start();
    give_message(BGP_OPEN, B(ANY), 0);
    assert_int_equal(s.state, BGP_OPENCONFIRM);
    assert_true(!seen.open.as4 && seen.open.ipv4 && !seen.open.ipv6);
    start();
    give_message(BGP_OPEN, B(OPEN_HEAD "\377\377\0\13\2\0\10\101\4\0\1\0\0\2\0"), 0);
    assert_int_equal(s.state, BGP_OPENCONFIRM);
    assert_int_equal(seen.open.as, 65536);
    assert_true(seen.open.refresh);
    start();
    seen.refuse = BGP_COLLISION;
    give_message(BGP_OPEN, B(ANY), 0);
    assert_notified("refused", BGP_CEASE, BGP_COLLISION, "", 0);
}

/* ---- time ---- */

static void test_timers(void **state)
{
    (void)state;
    start();
    assert_int_equal(bgp_session_deadline(&s), 240000);
    bgp_session_tick(&s, 239999);
    assert_int_equal(s.state, BGP_OPENSENT);
    bgp_session_tick(&s, 240000);
    assert_notified("half-open", BGP_HOLD_TIMER_EXPIRED, 0, "", 0);

    reach(BGP_ESTABLISHED);
    assert_int_equal(bgp_session_deadline(&s), 10000); /* a third of 30 s */
    bgp_session_tick(&s, 10000);
    assert_int_equal(s.n_out, 19);
    bgp_session_sent(&s, 19, 10000);
    give_message(BGP_KEEPALIVE, "", 0, 15000);
    bgp_session_tick(&s, 20000);
    bgp_session_sent(&s, s.n_out, 20000);
    bgp_session_tick(&s, 44999); /* a keepalive that is due */
    bgp_session_sent(&s, s.n_out, 44999);
    bgp_session_tick(&s, 45000);
    assert_notified("silence", BGP_HOLD_TIMER_EXPIRED, 0, "", 0);
}

/* RFC 9687: a peer that speaks but never reads. */
static void test_slow_reader(void **state)
{
    (void)state;
    reach(BGP_ESTABLISHED);
    int64_t now = 0;
    while (s.state != BGP_IDLE && now < 10000000) {
        now += 5000;
        give_message(BGP_KEEPALIVE, "", 0, now);
        bgp_session_tick(&s, now);
    }
    assert_int_equal(s.end.code, BGP_SEND_HOLD_TIMER_EXPIRED);
    assert_int_equal(now, 10000 + 480000);
    assert_int_equal(s.n_out, 0);
}

static void test_no_hold_time(void **state)
{
    (void)state;
    start();
    give_message(BGP_OPEN, B("\4\0\7\0\0\11\11\11\11\0"), 0);
    bgp_session_sent(&s, s.n_out, 0);
    assert_int_equal(bgp_session_deadline(&s), BGP_NEVER);
}

/* Any bytes: always one state of the four, never more than the buffers hold. */
static void test_noise(void **state)
{
    (void)state;
    struct rng rng = rng_open(1, "test", "noise");
    for (uint64_t i = 0; i < 20000; i++) {
        struct rng_draw d = rng_at(&rng, i);
        uint8_t bytes[64];
        size_t n = 19 + rng_below(d.a, 45);
        bgp_header_write(bytes, n, (enum bgp_type)(1 + rng_below(d.b, 5)));
        for (size_t k = 19; k < n; k++) {
            bytes[k] = (uint8_t)rng_at(&rng, i * 64 + k).b;
        }
        if (i % 8 == 0) {
            reach((enum bgp_state)(BGP_OPENSENT + i / 8 % 3));
        }
        give(bytes, n, 7, 0);
        assert_true(s.n_out <= sizeof s.out && s.n_in < sizeof s.in);
        assert_true((s.state == BGP_IDLE) == (seen.n_closed == 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),        cmocka_unit_test(test_wrong_headers),
        cmocka_unit_test(test_open),         cmocka_unit_test(test_other_opens),
        cmocka_unit_test(test_timers),       cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_no_hold_time), cmocka_unit_test(test_noise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
