/* test_acl_text.c - access lists as IOS prints them and as ClassBench writes them: read, written
 * and read again, wrong in every way, and beyond what is modelled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "scenarios/acl_classbench.h"
#include "scenarios/acl_text.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tests/acl_samples.h"

#define PATH "lists" /* in a folder of its own */
#define DUMP 8192

struct result {
    struct arena *mem;
    struct acl_text text;
    struct error err;
    bool ok;
};

static void write_file(const char *text)
{
    FILE *f = fopen(PATH, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static struct result read_text(const char *text)
{
    struct result r = {.mem = arena_open()};
    write_file(text);
    r.ok = acl_text_read(PATH, r.mem, &r.text, &r.err);
    assert_true(r.ok == (r.err.n_messages == 0));
    return r;
}

static void done(struct result *r)
{
    error_free(&r->err);
    arena_close(r->mem);
}

static int print_ports(char *to, struct acl_ports p)
{
    return acl_ports_any(p) ? sprintf(to, " *")
                            : sprintf(to, " %s%u-%u", p.outside ? "!" : "", p.low, p.high);
}

/* A rule in short: P or D, protocol, addresses, ports, and what else it asks for. */
static int print_rule(char *to, const struct acl_rule *r)
{
    char *p = to;
    p += sprintf(p, "%c %u/%u %08x/%08x", r->permit ? 'P' : 'D', r->protocol, r->protocol_mask,
                 r->src, r->src_mask);
    p += print_ports(p, r->sport);
    p += sprintf(p, " %08x/%08x", r->dst, r->dst_mask);
    p += print_ports(p, r->dport);
    if (r->flags_mask | r->flags_any) {
        p += sprintf(p, " flags %x/%x any %x", r->flags, r->flags_mask, r->flags_any);
    }
    if (r->tos_mask) {
        p += sprintf(p, " tos %x/%x", r->tos, r->tos_mask);
    }
    p += sprintf(p, "%s%s\n", r->fragments ? " fragments" : "", r->log ? " log" : "");
    return (int)(p - to);
}

static char *print_list(const struct acl_list *list, char *text)
{
    char *p = text;
    *p = '\0';
    for (uint32_t i = 0; i < list->n_rules; i++) {
        p += print_rule(p, &list->rules[i]);
        assert_true(p - text < DUMP - 200);
    }
    return text;
}

static void assert_list(const char *text, const char *name, const char *expected)
{
    char dump[DUMP];
    struct result r = read_text(text);
    if (!r.ok) {
        print_error("%s", r.err.text);
    }
    assert_true(r.ok);
    assert_int_equal(r.text.n_warnings, 0);
    const struct acl_text_list *list = acl_text_find(&r.text, name);
    assert_non_null(list);
    assert_string_equal(print_list(&list->list, dump), expected);
    done(&r);
}

static void test_standard(void **state)
{
    (void)state;
    assert_list("access-list 10 remark the office\n"
                "access-list 10 permit 10.1.2.3 0.0.255.255\n"
                "access-list 10 deny host 192.0.2.1 log\n"
                "access-list 10 permit 192.0.2.2\n"
                "access-list 10 permit any\r\n",
                "10",
                "P 0/0 0a010000/ffff0000 * 00000000/00000000 *\n"
                "D 0/0 c0000201/ffffffff * 00000000/00000000 * log\n"
                "P 0/0 c0000202/ffffffff * 00000000/00000000 *\n"
                "P 0/0 00000000/00000000 * 00000000/00000000 *\n");
}

static void test_extended(void **state)
{
    (void)state;
    assert_list("! a comment\n"
                "ip access-list extended EDGE\n"
                " remark web\n"
                " permit tcp any host 10.0.0.1 eq www\n"
                " permit tcp any gt 1023 10.0.0.0 0.255.0.255 range ftp-data 21\n"
                " deny udp host 10.0.0.2 neq bootps any lt snmp log-input\n"
                " permit tcp any any established\n"
                " permit tcp any any match-all +ack -syn\n"
                " deny TCP any any match-any +fin +rst\n"
                " permit icmp any any echo-reply\n"
                " permit icmp any any host-unreachable\n"
                " permit icmp any any 8 0\n"
                " deny ip any any fragments\n"
                " permit ospf any any dscp ef\n"
                " permit 50 any any precedence critical tos 8\n"
                "\n"
                " permit tcp any eq 80 443 any eq 1 2\n"
                "exit\n"
                "end\n",
                "EDGE",
                "P 6/255 00000000/00000000 * 0a000001/ffffffff 80-80\n"
                "P 6/255 00000000/00000000 1024-65535 0a000000/ff00ff00 20-21\n"
                "D 17/255 0a000002/ffffffff !67-67 00000000/00000000 0-160 log\n"
                "P 6/255 00000000/00000000 * 00000000/00000000 * flags 0/0 any 14\n"
                "P 6/255 00000000/00000000 * 00000000/00000000 * flags 10/12 any 0\n"
                "D 6/255 00000000/00000000 * 00000000/00000000 * flags 0/0 any 5\n"
                "P 1/255 00000000/00000000 0-0 00000000/00000000 *\n"
                "P 1/255 00000000/00000000 3-3 00000000/00000000 1-1\n"
                "P 1/255 00000000/00000000 8-8 00000000/00000000 0-0\n"
                "D 0/0 00000000/00000000 * 00000000/00000000 * fragments\n"
                "P 89/255 00000000/00000000 * 00000000/00000000 * tos b8/fc\n"
                "P 50/255 00000000/00000000 * 00000000/00000000 * tos b0/fe\n"
                "P 6/255 00000000/00000000 80-80 00000000/00000000 1-1\n"
                "P 6/255 00000000/00000000 80-80 00000000/00000000 2-2\n"
                "P 6/255 00000000/00000000 443-443 00000000/00000000 1-1\n"
                "P 6/255 00000000/00000000 443-443 00000000/00000000 2-2\n");
}

/* Lists come in pieces; sequence numbers put them in order. */
static void test_sequences(void **state)
{
    (void)state;
    struct result r = read_text("ip access-list extended A\n"
                                " 30 permit tcp any any\n"
                                " 10 permit udp any any\n"
                                "access-list 101 permit ip any any\n"
                                "ip access-list extended A\n"
                                " permit icmp any any\n"
                                " 20 permit ospf any any\n");
    char dump[DUMP];
    assert_true(r.ok);
    assert_int_equal(r.text.n_lists, 2);
    const struct acl_text_list *a = acl_text_find(&r.text, "A");
    static const uint32_t sequences[] = {10, 20, 30, 40}, lines[] = {3, 7, 2, 6};
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(a->sequences[i], sequences[i]);
        assert_int_equal(a->list.rules[i].line, lines[i]);
    }
    assert_string_equal(print_list(&acl_text_find(&r.text, "101")->list, dump),
                        "P 0/0 00000000/00000000 * 00000000/00000000 *\n");
    assert_null(acl_text_find(&r.text, "B"));
    done(&r);
}

static void test_groups(void **state)
{
    (void)state;
    assert_list("object-group network SERVERS\n"
                " description all of them\n"
                " host 10.0.0.1\n"
                " 10.1.0.0 255.255.0.0\n"
                " range 10.2.0.1 10.2.0.4\n"
                "object-group ip address MORE\n"
                " group-object SERVERS\n"
                " host 192.0.2.9\n"
                "object-group service WEB\n"
                " tcp source gt 1023 eq www\n"
                " udp 443\n"
                " icmp echo\n"
                "object-group service BOTH\n"
                " tcp-udp eq domain\n"
                "object-group ip port HIGH\n"
                " gt 1023\n"
                " eq 25\n"
                "ip access-list extended A\n"
                " permit object-group WEB any object-group MORE\n"
                " deny tcp addrgroup MORE any portgroup HIGH\n"
                " permit object-group BOTH any any\n",
                "A",
                "P 6/255 00000000/00000000 1024-65535 0a000001/ffffffff 80-80\n"
                "P 6/255 00000000/00000000 1024-65535 0a010000/ffff0000 80-80\n"
                "P 6/255 00000000/00000000 1024-65535 0a020001/ffffffff 80-80\n"
                "P 6/255 00000000/00000000 1024-65535 0a020002/fffffffe 80-80\n"
                "P 6/255 00000000/00000000 1024-65535 0a020004/ffffffff 80-80\n"
                "P 6/255 00000000/00000000 1024-65535 c0000209/ffffffff 80-80\n"
                "P 17/255 00000000/00000000 * 0a000001/ffffffff 443-443\n"
                "P 17/255 00000000/00000000 * 0a010000/ffff0000 443-443\n"
                "P 17/255 00000000/00000000 * 0a020001/ffffffff 443-443\n"
                "P 17/255 00000000/00000000 * 0a020002/fffffffe 443-443\n"
                "P 17/255 00000000/00000000 * 0a020004/ffffffff 443-443\n"
                "P 17/255 00000000/00000000 * c0000209/ffffffff 443-443\n"
                "P 1/255 00000000/00000000 8-8 0a000001/ffffffff *\n"
                "P 1/255 00000000/00000000 8-8 0a010000/ffff0000 *\n"
                "P 1/255 00000000/00000000 8-8 0a020001/ffffffff *\n"
                "P 1/255 00000000/00000000 8-8 0a020002/fffffffe *\n"
                "P 1/255 00000000/00000000 8-8 0a020004/ffffffff *\n"
                "P 1/255 00000000/00000000 8-8 c0000209/ffffffff *\n"
                "D 6/255 0a000001/ffffffff * 00000000/00000000 1024-65535\n"
                "D 6/255 0a000001/ffffffff * 00000000/00000000 25-25\n"
                "D 6/255 0a010000/ffff0000 * 00000000/00000000 1024-65535\n"
                "D 6/255 0a010000/ffff0000 * 00000000/00000000 25-25\n"
                "D 6/255 0a020001/ffffffff * 00000000/00000000 1024-65535\n"
                "D 6/255 0a020001/ffffffff * 00000000/00000000 25-25\n"
                "D 6/255 0a020002/fffffffe * 00000000/00000000 1024-65535\n"
                "D 6/255 0a020002/fffffffe * 00000000/00000000 25-25\n"
                "D 6/255 0a020004/ffffffff * 00000000/00000000 1024-65535\n"
                "D 6/255 0a020004/ffffffff * 00000000/00000000 25-25\n"
                "D 6/255 c0000209/ffffffff * 00000000/00000000 1024-65535\n"
                "D 6/255 c0000209/ffffffff * 00000000/00000000 25-25\n"
                "P 6/255 00000000/00000000 * 00000000/00000000 53-53\n"
                "P 17/255 00000000/00000000 * 00000000/00000000 53-53\n");
}

/* Each line is left out, and told, once. */
static void test_left_out(void **state)
{
    (void)state;
    struct result r = read_text("hostname core\n"
                                "ip access-list extended A\n"
                                " permit tcp any any time-range OFFICE\n"
                                " evaluate BACK\n"
                                " permit igmp any any host-report\n"
                                " permit igmp any any 2\n"
                                " no 10\n"
                                " deny ip any any option lsr\n"
                                " permit udp any any reflect BACK timeout 10\n"
                                " permit ip any any\n"
                                "!\n"
                                "ip access-list resequence A 10 10\n"
                                "access-list 700 permit 0000.0000.0001\n"
                                "access-list compiled\n"
                                "interface Vlan1\n"
                                " ip access-group A in\n");
    static const struct {
        uint32_t line, column;
        const char *what;
    } expected[] = {{1, 1, "'hostname'"},     {3, 21, "'time-range'"}, {4, 2, "'evaluate'"},
                    {5, 22, "'host-report'"}, {6, 22, "'2'"},          {7, 2, "'no'"},
                    {8, 18, "'option'"},      {9, 21, "'reflect'"},    {12, 1, "'ip'"},
                    {13, 13, "'700'"},        {14, 13, "'compiled'"},  {15, 1, "'interface'"},
                    {16, 2, "'ip'"}};
    assert_true(r.ok);
    assert_int_equal(r.text.n_warnings, 13);
    for (uint32_t i = 0; i < 13; i++) {
        const struct acl_text_warning *w = &r.text.warnings[i];
        assert_int_equal(w->line, expected[i].line);
        assert_int_equal(w->column, expected[i].column);
        assert_memory_equal(w->what, expected[i].what, strlen(expected[i].what));
        assert_int_equal(w->list != NULL, w->line >= 3 && w->line <= 9);
    }
    assert_int_equal(r.text.n_lists, 1);
    assert_int_equal(r.text.lists[0].list.n_rules, 1);
    done(&r);
}

static void assert_refused(const char *text, const char *message)
{
    struct result r = read_text(text);
    assert_false(r.ok);
    if (strstr(r.err.text, message) == NULL) {
        fail_msg("expected \"%s\", got \"%s\"", message, r.err.text);
    }
    done(&r);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"permit tcp any", ":2:16: the line ends; expected any, host or an address"},
        {"permit", ":2:8: the line ends; expected a protocol"},
        {"pemit ip any any", ":2:2: 'pemit'; expected permit, deny or remark"},
        {"10 permt ip any any", ":2:5: 'permt'; expected permit, deny or remark"},
        {"0 permit ip any any", ":2:2: '0'; expected a sequence number from 1 on"},
        {"permit tpc any any", ":2:9: 'tpc'; expected a protocol"},
        {"permit 256 any any", ":2:9: '256'; expected a protocol"},
        {"permit ip 10.0.0.0/8 any", ":2:12: '10.0.0.0/8'; expected any, host or an address"},
        {"permit ip 10.0.0.0 any", ":2:21: 'any'; expected a wildcard mask"},
        {"permit ip 10.0.0.256 0.0.0.0 any", ":2:12: '10.0.0.256'"},
        {"permit ip any host", ":2:20: the line ends; expected an address"},
        {"permit tcp any eq any", ":2:20: 'any'; expected a port"},
        {"permit tcp any gt 65535 any", ":2:20: '65535'; expected a port below the last"},
        {"permit tcp any lt 0 any", ":2:20: '0'; expected a port above the first"},
        {"permit tcp any range 10 9 any", ":2:26: '9'; expected a port not below"},
        {"permit tcp any any eq 65536", ":2:24: '65536'; expected a port"},
        {"permit udp any any eq www", ":2:24: 'www'; expected a port"},
        {"permit ip any any eq 80", ":2:20: 'eq'; expected an option"},
        {"permit udp any any established", ":2:21: 'established'; expected an option"},
        {"permit tcp any any eq 80 fragments", ":2: fragments, and ports"},
        {"permit icmp any any echo fragments", ":2: fragments, and ports"},
        {"permit tcp any any established fragments", ":2: fragments, and ports"},
        {"permit ip any any dscp 64", ":2:25: '64'; expected a DSCP"},
        {"permit ip any any precedence 8", ":2:31: '8'; expected a precedence"},
        {"permit tcp any any match-all ack", ":2:31: 'ack'; expected + or -"},
        {"permit tcp any any match-any -ack", ":2:31: '-ack'; expected flags that are set"},
        {"permit ip any any log logg", ":2:24: 'logg'; expected an option"},
        {"permit ip object-group X any", ":2:25: 'X'; expected the name of an object group"},
        {"permit object-group X any any", ":2:22: 'X'; expected the name of an object group"},
        {"permit tcp any any portgroup X", ":2:31: 'X'; expected the name of an object group"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text, "ip access-list extended A\n %s\n permit ip any any\n",
                 cases[i].line);
        assert_refused(text, cases[i].message);
    }
    assert_refused("", "holds no access list");
    assert_refused("hello\n", "holds no access list");
    assert_refused("access-list 10 permit any any\n", ":1:27: 'any'; expected the end of the line");
    assert_refused("access-list 0 permit any\n", ":1:13: '0'; expected the number of a list");
    assert_refused("access-list 2700 permit any\n", ":1:13: '2700'; expected the number");
    assert_refused("access-list\n", ":1:12: the line ends; expected the number");
    assert_refused("ip access-list extended\n", ":1:24: the line ends; expected the name");
    assert_refused("ip access-list extended A b\n", ":1:27: 'b'; expected the end");
    assert_refused("ip access-list standard A\nip access-list extended A\n",
                   ":2:25: 'A'; expected a name that no standard list has");
    assert_refused("ip access-list extended A\n 10 permit ip any any\n 10 deny ip any any\n",
                   ":3: sequence number 10 is that of line 2; expected another");
    assert_refused("ip access-list extended A\n \x01permit ip any any\n",
                   ":2:2: a byte of value 1");
}

static void test_groups_refused(void **state)
{
    (void)state;
    assert_refused("object-group network A\n host x\n", ":2:7: 'x'; expected an address");
    assert_refused("object-group network A\n hst 10.0.0.1\n", ":2:2: 'hst'; expected a member");
    assert_refused("object-group network A\n 10.0.0.0\n",
                   ":2:10: the line ends; expected a network");
    assert_refused("object-group network A\n range 10.0.0.2 10.0.0.1\n", ":2:17: '10.0.0.1'");
    assert_refused("object-group network A\n group-object B\n", ":2:15: 'B'; expected the name");
    assert_refused("object-group network A\n host 10.0.0.1 x\n", ":2:16: 'x'; expected the end");
    assert_refused("object-group service A\n tcp eq x\n", ":2:9: 'x'; expected a port");
    assert_refused("object-group network A\nobject-group service A\n",
                   ":2:22: 'A'; expected another");
    assert_refused("object-group ip x\n", ":1:17: 'x'; expected address or port");
    assert_refused("object-group x\n", ":1:14: 'x'; expected network, service");
    assert_refused("object-group network\n", ":1:21: the line ends; expected the name");
    assert_refused("object-group network A\nip access-list extended B\n"
                   " permit ip object-group A any\n",
                   ":3: an object group without members");
    /* 17 times itself, doubling: more than a group may have. */
    char text[1024] = "object-group network A\n host 10.0.0.1\n";
    for (int i = 0; i < 17; i++) {
        strcat(text, " group-object A\n");
    }
    assert_refused(text, ":19: more than 65536 members");
    memset(text, 0, sizeof text);
    strcpy(text, "object-group network A\n host 10.0.0.1\n");
    for (int i = 0; i < 9; i++) {
        strcat(text, " group-object A\n");
    }
    strcat(text, "ip access-list extended B\n permit ip object-group A object-group A\n");
    assert_refused(text, ":13: too many rules; expected at most 65536");
}

/* ---- rules at random, as text, and back ---- */

static int print_address(char *to, uint32_t value, uint32_t mask)
{
    const uint32_t w = ~mask;
    return sprintf(to, " %u.%u.%u.%u %u.%u.%u.%u", value >> 24, value >> 16 & 255, value >> 8 & 255,
                   value & 255, w >> 24, w >> 16 & 255, w >> 8 & 255, w & 255);
}

static int print_operator(char *to, struct acl_ports p)
{
    if (acl_ports_any(p)) {
        return 0;
    }
    return p.outside         ? sprintf(to, " neq %u", p.low)
           : p.low == p.high ? sprintf(to, " eq %u", p.low)
           : p.high == 65535 ? sprintf(to, " gt %u", p.low - 1u)
           : p.low == 0      ? sprintf(to, " lt %u", p.high + 1u)
                             : sprintf(to, " range %u %u", p.low, p.high);
}

static int print_as_ios(char *to, const struct acl_rule *r)
{
    char *p = to;
    p += sprintf(p, " %s %u", r->permit ? "permit" : "deny", r->protocol);
    p += print_address(p, r->src, r->src_mask);
    p += print_operator(p, r->sport);
    p += print_address(p, r->dst, r->dst_mask);
    p += print_operator(p, r->dport);
    if (r->flags_any != 0) {
        p += sprintf(p, " established");
    }
    if (r->flags_mask != 0) {
        p += sprintf(p, " match-all %cpsh", r->flags ? '+' : '-');
    }
    if (r->tos_mask == 0xfc) {
        p += sprintf(p, " dscp %u", (unsigned)r->tos >> 2);
    } else if (r->tos_mask == 0xe0) {
        p += sprintf(p, " precedence %u", (unsigned)r->tos >> 5);
    }
    p += sprintf(p, "%s%s\n", r->fragments ? " fragments" : "", r->log ? " log" : "");
    return (int)(p - to);
}

/* What IOS can say. */
static struct acl_rule random_ios_rule(struct acl_chance *chance)
{
    struct acl_rule r = acl_random_rule(chance, true);
    r.flags_any = r.flags_any != 0 ? ACL_TCP_ESTABLISHED : 0;
    r.flags_mask = r.flags_mask != 0 ? 0x08 : 0;
    r.flags = r.flags != 0 ? r.flags_mask : 0;
    return r;
}

static void test_random_text(void **state)
{
    (void)state;
    struct acl_chance chance = {.seed = 11};
    const uint32_t n = 2000;
    struct acl_rule *rules = calloc(n, sizeof *rules);
    char *text = malloc(n * 200), *p = text + sprintf(text, "ip access-list extended R\n");
    for (uint32_t i = 0; i < n; i++) {
        rules[i] = random_ios_rule(&chance);
        rules[i].line = i + 2;
        p += print_as_ios(p, &rules[i]);
    }
    struct result r = read_text(text);
    if (!r.ok) {
        print_error("%s", r.err.text);
    }
    assert_true(r.ok);
    assert_int_equal(r.text.lists[0].list.n_rules, n);
    for (uint32_t i = 0; i < n; i++) {
        char ours[256], theirs[256];
        print_rule(ours, &rules[i]);
        print_rule(theirs, &r.text.lists[0].list.rules[i]);
        assert_string_equal(ours, theirs);
        assert_int_equal(r.text.lists[0].list.rules[i].line, i + 2);
    }
    done(&r);
    free(rules);
    free(text);
}

/* Lines typed at a list: the sequence numbers then, or a message. */
static void assert_edit(const char *lines, const char *expected)
{
    struct result r = read_text("object-group network HOSTS\n host 10.0.0.1\n host 10.0.0.2\n"
                                "ip access-list extended EDGE\n"
                                " permit tcp any object-group HOSTS eq www\n"
                                " deny udp any any log\n"
                                " permit ip any any\n");
    struct acl_text edited;
    char numbers[100], *p = numbers;
    assert_true(r.ok);
    if (!acl_text_edit(&r.text.lists[0], &r.text.groups, "edit", lines, 1, 0, r.mem, &edited,
                       &r.err)) {
        assert_non_null(strstr(r.err.text, expected));
        done(&r);
        return;
    }
    const struct acl_text_list *list = &edited.lists[0];
    for (uint32_t i = 0; i < list->list.n_rules; i++) {
        assert_int_equal(list->list.rules[i].line, list->sequences[i]);
        p += sprintf(p, "%c%u ", list->list.rules[i].permit ? 'P' : 'D', list->sequences[i]);
    }
    *p = '\0';
    assert_string_equal(numbers, expected);
    done(&r);
}

static void test_edits(void **state)
{
    (void)state;
    assert_edit("", "P10 P10 D20 P30 ");
    assert_edit("no 10\n! nothing\n\n", "D20 P30 ");
    assert_edit(" 15 deny ip any object-group HOSTS\n no 30", "P10 P10 D15 D15 D20 ");
    assert_edit("no 20\n20 permit udp any any", "P10 P10 P20 P30 ");
    assert_edit("no permit tcp any object-group HOSTS eq 80", "D20 P30 ");
    assert_edit("no permit ip any any\npermit icmp any any\n", "P10 P10 D20 P30 ");
    assert_edit("remark all gone\nno 10\nno 20\nno 30", "");
    assert_edit("no 15", "edit:1: list EDGE has no entry 15; expected the sequence number of one");
    assert_edit("no deny udp any any", "edit:1: list EDGE has no such entry");
    assert_edit("no remark x", "edit:1:4: 'remark'; expected a number, permit or deny");
    assert_edit("10 permit ip any any",
                "edit:1: sequence number 10 is taken; expected another, or");
    assert_edit("no 10 20", "edit:1:7: '20'");
    assert_edit("exit", "edit:1:1: 'exit'; expected a sequence number, permit, deny, remark or no");
}

static void test_gzip(void **state)
{
    (void)state;
    static const char text[] = "access-list 10 permit any\n";
    gzFile f = gzopen(PATH, "w");
    assert_int_equal(gzwrite(f, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(gzclose(f), Z_OK);
    struct result r = {.mem = arena_open()};
    assert_true(acl_text_read(PATH, r.mem, &r.text, &r.err));
    assert_int_equal(r.text.lists[0].list.n_rules, 1);
    assert_false(acl_text_read("missing", r.mem, &r.text, &r.err));
    done(&r);
}

/* ---- ClassBench ---- */

static void assert_classbench(const char *text, const char *expected)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct acl_list list;
    char dump[DUMP];
    write_file(text);
    if (acl_classbench_read(PATH, mem, &list, &err)) {
        assert_int_equal(err.n_messages, 0);
        assert_string_equal(print_list(&list, dump), expected);
    } else if (strstr(err.text, expected) == NULL) {
        fail_msg("expected \"%s\", got \"%s\"", expected, err.text);
    }
    error_free(&err);
    arena_close(mem);
}

static void test_classbench(void **state)
{
    (void)state;
    assert_classbench("@10.0.0.0/8\t192.0.2.1/32\t0 : 65535\t80 : 443\t0x06/0xFF\t0x1002/0x1000\t\n"
                      "\n"
                      "@0.0.0.0/0 0.0.0.0/0 1:1 0 : 65535 0x11/0x00\n",
                      "P 6/255 0a000000/ff000000 * c0000201/ffffffff 80-443 flags 1000/1000 any 0\n"
                      "P 0/0 00000000/00000000 1-1 00000000/00000000 *\n");
    assert_classbench("", "holds no rules");
    assert_classbench("10.0.0.0/8\n", ":1:1: '10.0.0.0/8'; expected a rule, which begins with @");
    assert_classbench("@10.0.0.0/33 0.0.0.0/0", ":1:2: '10.0.0.0/33 0.0.0.0/0'; expected a prefix");
    assert_classbench("@10.0.0.0/8 ::/0", ":1:13: '::/0'; expected a prefix");
    assert_classbench("@1.0.0.0/8 1.0.0.0/8 5 : 4 0 : 1 0x06/0xFF", ":1:26: '4 0 : 1 0x06/0xFF'");
    assert_classbench("@1.0.0.0/8 1.0.0.0/8 0 : 65536 0 : 1 0x06/0xFF", ":1:26: '65536");
    assert_classbench("@1.0.0.0/8 1.0.0.0/8 0 - 1 0 : 1 0x06/0xFF", ":1:24: '- 1");
    assert_classbench("@1.0.0.0/8 1.0.0.0/8 0 : 1 0 : 1 0x106/0xFF", ":1:34: '0x106/0xFF'");
    assert_classbench("@1.0.0.0/8 1.0.0.0/8 0 : 1 0 : 1 0x06", ":1:38: the line ends");
    assert_classbench("@1.0.0.0/8 1.0.0.0/8 0 : 1 0 : 1 6/255 0/0 x",
                      ":1:44: 'x'; expected the end");
}

static int enter_folder(void **state)
{
    static char folder[] = "/tmp/test_acl_text.XXXXXX";
    *state = mkdtemp(folder);
    return *state == NULL ? -1 : chdir(*state);
}

static int leave_folder(void **state)
{
    return unlink(PATH) != 0 || chdir("/") != 0 || rmdir(*state) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standard),       cmocka_unit_test(test_extended),
        cmocka_unit_test(test_sequences),      cmocka_unit_test(test_groups),
        cmocka_unit_test(test_left_out),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_groups_refused), cmocka_unit_test(test_random_text),
        cmocka_unit_test(test_edits),          cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_classbench),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
