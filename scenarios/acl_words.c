/* acl_words.c - numbers as IANA has them, names as IOS prints them. */
#include "scenarios/acl_words.h"

#include <string.h>
#include <strings.h>

const struct acl_word acl_protocol_words[] = {
    {"ip", 0},    {"icmp", 1},   {"igmp", 2},   {"ipinip", 4}, {"tcp", 6},
    {"egp", 8},   {"igrp", 9},   {"udp", 17},   {"gre", 47},   {"esp", 50},
    {"ahp", 51},  {"eigrp", 88}, {"ospf", 89},  {"nos", 94},   {"pim", 103},
    {"pcp", 108}, {"vrrp", 112}, {"sctp", 132}, {NULL, 0}};

const struct acl_word acl_tcp_words[] = {
    {"echo", 7},    {"discard", 9},    {"daytime", 13}, {"chargen", 19}, {"ftp-data", 20},
    {"ftp", 21},    {"telnet", 23},    {"smtp", 25},    {"time", 37},    {"nicname", 43},
    {"whois", 43},  {"tacacs", 49},    {"domain", 53},  {"gopher", 70},  {"finger", 79},
    {"www", 80},    {"hostname", 101}, {"pop2", 109},   {"pop3", 110},   {"sunrpc", 111},
    {"ident", 113}, {"nntp", 119},     {"bgp", 179},    {"irc", 194},    {"pim-auto-rp", 496},
    {"exec", 512},  {"login", 513},    {"cmd", 514},    {"syslog", 514}, {"lpd", 515},
    {"talk", 517},  {"uucp", 540},     {"klogin", 543}, {"kshell", 544}, {"drip", 3949},
    {NULL, 0}};

const struct acl_word acl_udp_words[] = {{"echo", 7},
                                         {"discard", 9},
                                         {"time", 37},
                                         {"nameserver", 42},
                                         {"tacacs", 49},
                                         {"domain", 53},
                                         {"bootps", 67},
                                         {"bootpc", 68},
                                         {"tftp", 69},
                                         {"sunrpc", 111},
                                         {"ntp", 123},
                                         {"netbios-ns", 137},
                                         {"netbios-dgm", 138},
                                         {"netbios-ss", 139},
                                         {"snmp", 161},
                                         {"snmptrap", 162},
                                         {"xdmcp", 177},
                                         {"dnsix", 195},
                                         {"mobile-ip", 434},
                                         {"pim-auto-rp", 496},
                                         {"isakmp", 500},
                                         {"biff", 512},
                                         {"who", 513},
                                         {"syslog", 514},
                                         {"talk", 517},
                                         {"rip", 520},
                                         {"non500-isakmp", 4500},
                                         {NULL, 0}};

const struct acl_word acl_icmp_words[] = {{"net-unreachable", 0x300},
                                          {"host-unreachable", 0x301},
                                          {"protocol-unreachable", 0x302},
                                          {"port-unreachable", 0x303},
                                          {"packet-too-big", 0x304},
                                          {"source-route-failed", 0x305},
                                          {"network-unknown", 0x306},
                                          {"host-unknown", 0x307},
                                          {"host-isolated", 0x308},
                                          {"dod-net-prohibited", 0x309},
                                          {"dod-host-prohibited", 0x30a},
                                          {"net-tos-unreachable", 0x30b},
                                          {"host-tos-unreachable", 0x30c},
                                          {"administratively-prohibited", 0x30d},
                                          {"host-precedence-unreachable", 0x30e},
                                          {"precedence-unreachable", 0x30f},
                                          {"net-redirect", 0x500},
                                          {"host-redirect", 0x501},
                                          {"net-tos-redirect", 0x502},
                                          {"host-tos-redirect", 0x503},
                                          {"ttl-exceeded", 0xb00},
                                          {"reassembly-timeout", 0xb01},
                                          {"general-parameter-problem", 0xc00},
                                          {"option-missing", 0xc01},
                                          {"no-room-for-option", 0xc02},
                                          {NULL, 0}};

const struct acl_word acl_icmp_type_words[] = {
    {"echo-reply", 0},           {"unreachable", 3},
    {"source-quench", 4},        {"redirect", 5},
    {"alternate-address", 6},    {"echo", 8},
    {"router-advertisement", 9}, {"router-solicitation", 10},
    {"time-exceeded", 11},       {"parameter-problem", 12},
    {"timestamp-request", 13},   {"timestamp-reply", 14},
    {"information-request", 15}, {"information-reply", 16},
    {"mask-request", 17},        {"mask-reply", 18},
    {"traceroute", 30},          {"conversion-error", 31},
    {"mobile-redirect", 32},     {NULL, 0}};

const struct acl_word acl_dscp_words[] = {
    {"default", 0}, {"cs1", 8},   {"af11", 10}, {"af12", 12}, {"af13", 14}, {"cs2", 16},
    {"af21", 18},   {"af22", 20}, {"af23", 22}, {"cs3", 24},  {"af31", 26}, {"af32", 28},
    {"af33", 30},   {"cs4", 32},  {"af41", 34}, {"af42", 36}, {"af43", 38}, {"cs5", 40},
    {"ef", 46},     {"cs6", 48},  {"cs7", 56},  {NULL, 0}};

const struct acl_word acl_precedence_words[] = {
    {"routine", 0},  {"priority", 1}, {"immediate", 2}, {"flash", 3}, {"flash-override", 4},
    {"critical", 5}, {"internet", 6}, {"network", 7},   {NULL, 0}};

const struct acl_word acl_tos_words[] = {{"normal", 0},          {"min-monetary-cost", 1},
                                         {"max-reliability", 2}, {"max-throughput", 4},
                                         {"min-delay", 8},       {NULL, 0}};

const struct acl_word acl_flag_words[] = {{"fin", 0x01}, {"syn", 0x02}, {"rst", 0x04},
                                          {"psh", 0x08}, {"ack", 0x10}, {"urg", 0x20},
                                          {NULL, 0}};

bool acl_word_find(const struct acl_word *table, const char *word, size_t length, uint32_t *value)
{
    for (; table->name != NULL; table++) {
        if (strlen(table->name) == length && strncasecmp(table->name, word, length) == 0) {
            *value = table->value;
            return true;
        }
    }
    return false;
}
