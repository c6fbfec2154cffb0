/* acl_words.h - the names that IOS has for protocols, ports, ICMP types and DSCPs. */
#ifndef SCENARIOS_ACL_WORDS_H
#define SCENARIOS_ACL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acl_word {
    const char *name;
    uint16_t value;
};

/* Tables end with {NULL, 0}. */
extern const struct acl_word acl_protocol_words[];
extern const struct acl_word acl_tcp_words[], acl_udp_words[];
extern const struct acl_word acl_icmp_words[];      /* type << 8 | code */
extern const struct acl_word acl_icmp_type_words[]; /* types, whatever the code */
extern const struct acl_word acl_dscp_words[], acl_precedence_words[], acl_tos_words[];
extern const struct acl_word acl_flag_words[]; /* of TCP, as in struct acl_header */

/* Whether word[0..length) is in the table, regardless of case. */
bool acl_word_find(const struct acl_word *table, const char *word, size_t length, uint32_t *value);

#endif /* SCENARIOS_ACL_WORDS_H */
