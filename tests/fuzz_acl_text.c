/* fuzz_acl_text.c - any bytes as access lists, of IOS and of ClassBench: refused in words, or rules
 * that the classifier and the TCAM decide as the plain scan does.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "models/acl_classify.h"
#include "models/acl_tcam.h"
#include "scenarios/acl_classbench.h"
#include "scenarios/acl_text.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tests/acl_samples.h"

#define MAX_RULES 300u
#define N_HEADERS 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_list(const struct acl_list *list, struct arena *mem)
{
    struct acl_chance chance = {.seed = 1};
    struct acl_header headers[N_HEADERS];
    uint32_t found[N_HEADERS];
    if (list->n_rules == 0 || list->n_rules > MAX_RULES) {
        return;
    }
    struct acl_set *set = acl_set_open(list->rules, list->n_rules, mem);
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    const struct acl_label *label = acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, &list, 1, false);
    for (uint32_t i = 0; i < N_HEADERS; i++) {
        headers[i] = acl_random_header(&chance, &list->rules[acl_draw(&chance, list->n_rules)]);
    }
    acl_classify(set, headers, found, N_HEADERS);
    for (uint32_t i = 0; i < N_HEADERS; i++) {
        sim_assert(found[i] == acl_first_match(list->rules, list->n_rules, &headers[i]));
        struct acl_key key = acl_key_of(&headers[i], label->operations, label->n_operations);
        uint32_t at = acl_vmr_find(label->vmrs, label->n_vmrs, &key);
        sim_assert(label->fit == ACL_TOO_MANY_ACES ||
                   found[i] == (at == ACL_NONE ? ACL_NONE : label->vmrs[at].rule[0]));
    }
}

static void check_text(const char *path, struct arena *mem)
{
    struct error err = {0};
    struct acl_text text;
    if (acl_text_read(path, mem, &text, &err)) {
        sim_assert(err.n_messages == 0 && text.n_lists > 0);
        for (uint32_t i = 0; i < text.n_lists && i < 4; i++) {
            check_list(&text.lists[i].list, mem);
        }
    } else {
        sim_assert(err.n_messages > 0 && err.text != NULL);
    }
    error_free(&err);
}

static void check_classbench(const char *path, struct arena *mem)
{
    struct error err = {0};
    struct acl_list list;
    if (acl_classbench_read(path, mem, &list, &err)) {
        sim_assert(err.n_messages == 0 && list.n_rules > 0);
        check_list(&list, mem);
    } else {
        sim_assert(err.n_messages > 0 && err.text != NULL);
    }
    error_free(&err);
}

/* The same bytes typed at a list. */
static void check_edit(const uint8_t *data, size_t n, struct arena *mem)
{
    static const char base[] = "object-group network HOSTS\n host 10.0.0.1\n host 10.0.0.2\n"
                               "ip access-list extended EDGE\n"
                               " permit tcp any object-group HOSTS eq www\n deny udp any any log\n";
    struct error err = {0};
    struct acl_text text, edited;
    const char *lines = arena_printf(mem, "%.*s", (int)n, (const char *)data);
    sim_assert(acl_text_parse("base", base, 1, 0, mem, &text, &err));
    if (acl_text_edit(&text.lists[0], &text.groups, "edit", lines, 1, 0, mem, &edited, &err)) {
        const struct acl_text_list *list = &edited.lists[0];
        sim_assert(err.n_messages == 0 && edited.n_lists == 1);
        for (uint32_t i = 1; i < list->list.n_rules; i++) {
            sim_assert(list->sequences[i - 1] <= list->sequences[i]);
        }
        check_list(&list->list, mem);
    } else {
        sim_assert(err.n_messages > 0);
    }
    error_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int file = memfd_create("lists", 0);
    sim_assert(file >= 0 && write(file, data, n) == (ssize_t)n);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct arena *mem = arena_open();
    check_text(path, mem);
    check_classbench(path, mem);
    check_edit(data, n, mem);
    arena_close(mem);
    close(file);
    return 0;
}
