/* address.h - text form of addresses and prefixes. */
#ifndef SCENARIOS_ADDRESS_H
#define SCENARIOS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "models/prefix.h"

#define ADDRESS_TEXT 48 /* room for any address or prefix as text, with its end */

/* text[0..length): exactly one address or prefix, nothing else (no zero-padded octets). Returns
 * false when it is not. */
bool address_parse(const char *text, size_t length, struct ip_address *address);

/* As above, "a/len". *host_bits tells whether bits beyond the length were set (they are cleared).
 */
bool prefix_parse(const char *text, size_t length, struct ip_prefix *prefix, bool *host_bits);

/* Writes to text[ADDRESS_TEXT]; IPv6 as RFC 5952. Returns text. */
char *address_print(const struct ip_address *address, char *text);
char *prefix_print(const struct ip_prefix *prefix, char *text);

#endif /* SCENARIOS_ADDRESS_H */
