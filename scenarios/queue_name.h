/* queue_name.h - queue structures as cards are described: "1p3q8t", "2q2t", "1p1q0t".
 *
 *   [ strict queues p ] weighted queues q thresholds t
 */
#ifndef SCENARIOS_QUEUE_NAME_H
#define SCENARIOS_QUEUE_NAME_H

#include <stdbool.h>

#include "models/queue_setup.h"

#define QUEUE_NAME_TEXT 8 /* room for a name, with its end */
#define QUEUE_NAME_WHY 160

/* false with what was found and expected in why (QUEUE_NAME_WHY bytes). */
bool queue_name_parse(const char *text, struct queue_structure *structure, char *why);

/* Returns text (QUEUE_NAME_TEXT bytes). */
char *queue_name_print(struct queue_structure structure, char *text);

#endif /* SCENARIOS_QUEUE_NAME_H */
