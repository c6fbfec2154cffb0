/* address.c - text form of addresses and prefixes, by hand: the route file reads two per line, a
 * million lines, and inet_pton() takes neither a length nor a prefix.
 *
 * Accepted is what RFC 4291 section 2.2 writes (IPv6 in upper or lower case, with "::" for one or
 * more groups, the last 32 bits also dotted) and IPv4 as four decimal octets. Zone ids ("%eth0")
 * are refused: an address here names no interface.
 */
#include "scenarios/address.h"

#include <stdio.h>
#include <string.h>

#define N_GROUPS 8 /* of 16 bits */

/* A decimal number of at most max, without leading zeros; p moves behind it. */
static bool parse_decimal(const char **p, const char *end, unsigned max, unsigned *value)
{
    const char *start = *p;
    unsigned v = 0;
    while (*p < end && (unsigned)(**p - '0') <= 9 && v <= max) {
        v = v * 10 + (unsigned)(*(*p)++ - '0');
    }
    *value = v;
    return *p > start && v <= max && (*start != '0' || *p == start + 1);
}

static bool parse_dotted(const char *p, const char *end, uint32_t *address)
{
    *address = 0;
    for (int i = 0; i < 4; i++) {
        unsigned octet;
        if ((i > 0 && (p == end || *p++ != '.')) || !parse_decimal(&p, end, 255, &octet)) {
            return false;
        }
        *address = *address << 8 | octet;
    }
    return p == end;
}

static unsigned hex_digit(char c)
{
    unsigned digit = (unsigned char)c - (unsigned)'0', letter = ((unsigned char)c | 0x20u) - 'a';
    return digit <= 9 ? digit : letter <= 5 ? letter + 10 : 16;
}

/* One group of 1 to 4 hexadecimal digits; p moves behind it. */
static bool parse_group(const char **p, const char *end, uint16_t *group)
{
    const char *start = *p;
    unsigned v = 0, digit;
    while (*p < end && *p < start + 4 && (digit = hex_digit(**p)) < 16) {
        v = v << 4 | digit;
        (*p)++;
    }
    *group = (uint16_t)v;
    return *p > start;
}

/* Groups up to the end of the text: *n of them, "::" in front of number *gap (-1: nowhere). */
static bool parse_groups(const char *p, const char *end, uint16_t *groups, int *n, int *gap)
{
    *n = 0;
    *gap = -1;
    if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
        *gap = 0;
        p += 2;
    }
    while (p < end) {
        const char *start = p;
        uint32_t dotted;
        if (*n == N_GROUPS || !parse_group(&p, end, &groups[(*n)++])) {
            return false;
        }
        if (p == end) {
            return true;
        }
        if (*p == '.') {
            if (*n == N_GROUPS || !parse_dotted(start, end, &dotted)) {
                return false;
            }
            groups[*n - 1] = (uint16_t)(dotted >> 16);
            groups[(*n)++] = (uint16_t)dotted;
            return true;
        }
        if (*p++ != ':' || p == end) {
            return false;
        }
        if (*p == ':') {
            if (*gap >= 0) {
                return false;
            }
            *gap = *n;
            p++;
        }
    }
    return true;
}

static bool parse_ipv6(const char *p, const char *end, struct ip_address *address)
{
    uint16_t groups[N_GROUPS] = {0};
    int n, gap;
    if (!parse_groups(p, end, groups, &n, &gap) || (gap < 0 ? n != N_GROUPS : n == N_GROUPS)) {
        return false;
    }
    uint64_t half[2] = {0, 0};
    for (int i = 0; i < n; i++) {
        int at = gap < 0 || i < gap ? i : i + N_GROUPS - n;
        half[at / 4] |= (uint64_t)groups[i] << (48 - 16 * (at % 4));
    }
    *address = (struct ip_address){half[0], half[1], IPV6};
    return true;
}

bool address_parse(const char *text, size_t length, struct ip_address *address)
{
    const char *end = text + length;
    for (size_t i = 0; i < length && i < 5; i++) { /* a group has 4 digits: its colon comes soon */
        if (text[i] == ':') {
            return parse_ipv6(text, end, address);
        }
    }
    uint32_t ipv4;
    if (!parse_dotted(text, end, &ipv4)) {
        return false;
    }
    *address = (struct ip_address){(uint64_t)ipv4 << 32, 0, IPV4};
    return true;
}

bool prefix_parse(const char *text, size_t length, struct ip_prefix *prefix, bool *host_bits)
{
    const char *end = text + length;
    const char *slash = memchr(text, '/', length);
    struct ip_address address;
    if (slash == NULL || !address_parse(text, (size_t)(slash - text), &address)) {
        return false;
    }
    const char *p = slash + 1;
    unsigned bits;
    if (!parse_decimal(&p, end, address.family == IPV4 ? 32 : 128, &bits) || p != end) {
        return false;
    }
    *prefix = ip_prefix_of(address, bits);
    *host_bits = prefix->hi != address.hi || prefix->lo != address.lo;
    return true;
}

static int print_dotted(uint32_t address, char *text, size_t room)
{
    return snprintf(text, room, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
                    address >> 8 & 255, address & 255);
}

/* The first longest run of zero groups: RFC 5952 section 4.2. A single one is not shortened. */
static int longest_zeros(const uint16_t *groups, int *length)
{
    int best = -1;
    *length = 1;
    for (int i = 0; i < N_GROUPS; i++) {
        int n = 0;
        while (i + n < N_GROUPS && groups[i + n] == 0) {
            n++;
        }
        if (n > *length) {
            best = i;
            *length = n;
        }
    }
    return best;
}

static void print_ipv6(const struct ip_address *address, char *text)
{
    if (address->hi == 0 && address->lo >> 32 == 0xffff) { /* IPv4-mapped: RFC 5952 section 5 */
        int n = snprintf(text, ADDRESS_TEXT, "::ffff:");
        print_dotted((uint32_t)address->lo, text + n, (size_t)(ADDRESS_TEXT - n));
        return;
    }
    uint16_t groups[N_GROUPS];
    for (int i = 0; i < N_GROUPS; i++) {
        groups[i] = (uint16_t)((i < 4 ? address->hi : address->lo) >> (48 - 16 * (i % 4)));
    }
    int n_zeros, zeros = longest_zeros(groups, &n_zeros), n = 0;
    for (int i = 0; i < N_GROUPS; i++) {
        if (i == zeros) {
            n += snprintf(text + n, (size_t)(ADDRESS_TEXT - n), "::");
            i += n_zeros - 1;
        } else {
            const char *colon = i == 0 || text[n - 1] == ':' ? "" : ":";
            n += snprintf(text + n, (size_t)(ADDRESS_TEXT - n), "%s%x", colon, groups[i]);
        }
    }
}

char *address_print(const struct ip_address *address, char *text)
{
    if (address->family == IPV4) {
        print_dotted((uint32_t)(address->hi >> 32), text, ADDRESS_TEXT);
    } else {
        print_ipv6(address, text);
    }
    return text;
}

char *prefix_print(const struct ip_prefix *prefix, char *text)
{
    struct ip_address address = {prefix->hi, prefix->lo, prefix->family};
    size_t n = strlen(address_print(&address, text));
    snprintf(text + n, ADDRESS_TEXT - n, "/%u", prefix->length);
    return text;
}
