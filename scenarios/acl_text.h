/* acl_text.h - access lists as IOS prints them in a configuration.
 *
 *   ip access-list extended EDGE           access-list 10 permit 10.0.0.0 0.255.255.255
 *    remark web servers                    access-list 110 permit udp any any range 6000 6063
 *    10 permit tcp any host 10.0.0.1 eq www 443
 *    20 deny icmp any any echo log         object groups: acl_groups.h
 *    30 permit tcp any any established
 *
 * What is read: standard and extended lists, named and numbered, in any order and in pieces;
 * sequence numbers; wildcard masks; protocols, ports, ICMP types, precedence, TOS and DSCP by name
 * or number; eq (also several ports), neq, gt, lt, range; established and TCP flags; fragments;
 * log, log-input; remarks; object groups. Comments (!) and blank lines mean nothing.
 *
 * A line that IOS knows and this does not, or that is about something else, becomes a warning with
 * its place: it is left out, never silently. A line of an access list that is wrong is an error.
 *
 * Differs from IOS: words are not abbreviated; a list that is not defined has no rules here (IOS
 * permits all on an interface with one); IPv6 lists, time ranges, reflexive and dynamic entries, IP options,
 * TTL and IGMP types are not modelled.
 */
#ifndef SCENARIOS_ACL_TEXT_H
#define SCENARIOS_ACL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/acl.h"
#include "scenarios/acl_groups.h"

struct arena;
struct error;

#define ACL_TEXT_MAX_RULES (1u << 20)     /* of all lists */
#define ACL_TEXT_MAX_ACE_RULES (1u << 16) /* of one line with object groups */

/* sequence: 10, 20, ... where the text has none. */
struct acl_text_remark {
    uint32_t line;
    const char *text;
};

struct acl_text_list {
    struct acl_list list;      /* rules in the order of their sequence numbers */
    const uint32_t *sequences; /* of each rule */
    bool standard;
    const struct acl_text_remark *remarks;
    uint32_t n_remarks;
};

struct acl_text_warning {
    uint32_t line, column;
    const char *what; /* "'reflect' is not modelled: the line is left out" */
    const char *list; /* whose line, or (IPv6) which as a whole; NULL: it is about something else */
};

struct acl_text {
    const struct acl_text_list *lists; /* in the order of their first lines */
    uint32_t n_lists;
    const struct acl_text_warning *warnings;
    uint32_t n_warnings;
    struct acl_groups groups; /* object groups that it defines */
};

/* Reports all wrong lines. A text without a list is refused. path is kept; all else lives in mem. */
bool acl_text_read(const char *path, struct arena *mem, struct acl_text *text, struct error *err);

/* The same from memory: text that stands in the file path from first_line on, behind `indent`
 * columns. */
bool acl_text_parse(const char *path, const char *lines, uint32_t first_line, uint32_t indent,
                    struct arena *mem, struct acl_text *text, struct error *err);

/* The list as it is after lines that are typed in its configuration mode: `no 20`, `no permit ...`,
 * `15 permit ...`, `permit ...` (at the end). Rules are known by their sequence numbers then, in place
 * of lines. groups: object groups that lines may name. Of *edited, lists[0] is it; the rest as above. */
bool acl_text_edit(const struct acl_text_list *list, const struct acl_groups *groups,
                   const char *path, const char *lines, uint32_t first_line, uint32_t indent,
                   struct arena *mem, struct acl_text *edited, struct error *err);

/* NULL: no list has this name. */
const struct acl_text_list *acl_text_find(const struct acl_text *text, const char *name);

#endif /* SCENARIOS_ACL_TEXT_H */
