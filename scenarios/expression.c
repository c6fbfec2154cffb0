/* expression.c - parsed by recursive descent, one function per line of the grammar; evaluated the
 * same way. */
#include "scenarios/expression.h"

#include <ctype.h>
#include <string.h>

#include "scenarios/quantity.h"
#include "scenarios/results.h"
#include "sim/arena.h"

enum node { AMOUNT, RESULT, NEGATE, ADD, SUBTRACT, MULTIPLY, DIVIDE, SUM, MIN, MAX };

struct expression {
    enum node node;
    unsigned at; /* where it begins; of an operation, the operator */
    struct amount amount;
    const char *name;                      /* of a result */
    const struct expression *left, *right; /* operands; of a function, its first argument */
    const struct expression *next;         /* argument */
};

/* ---- parsing ----------------------------------------------------------------------------- */

struct parser {
    const char *text, *here;
    unsigned depth;
    struct arena *mem;
    struct expression_error *error;
};

static struct expression *parse_sum(struct parser *p);

static struct expression *refuse(struct parser *p, const char *at, const char *why)
{
    *p->error = (struct expression_error){(unsigned)(at - p->text), why};
    return NULL;
}

static const char *found(struct parser *p)
{
    return *p->here == '\0' ? "the end" : arena_printf(p->mem, "'%.20s'", p->here);
}

static struct expression *make(struct parser *p, enum node node, const char *at,
                               const struct expression *left, const struct expression *right)
{
    struct expression *e = arena_take(p->mem, sizeof *e);
    *e = (struct expression){
        .node = node, .at = (unsigned)(at - p->text), .left = left, .right = right};
    return e;
}

static void skip_spaces(struct parser *p)
{
    p->here += strspn(p->here, " ");
}

static bool take(struct parser *p, char c)
{
    skip_spaces(p);
    if (*p->here != c) {
        return false;
    }
    p->here++;
    return true;
}

static struct expression *parse_amount(struct parser *p)
{
    const char *at = p->here;
    size_t digits = strspn(at, "0123456789."), length = digits;
    char why[QUANTITY_WHY];
    while (isalpha((unsigned char)at[length]) || at[length] == '%') {
        length++;
    }
    struct expression *e = make(p, AMOUNT, at, NULL, NULL);
    if (!amount_parse(arena_printf(p->mem, "%.*s", (int)length, at), &e->amount, why)) {
        return refuse(p, at, arena_printf(p->mem, "%s", why));
    }
    p->here += length;
    return e;
}

static struct expression *parse_result(struct parser *p)
{
    const char *at = p->here++;
    size_t length = strcspn(p->here, "{}");
    if (p->here[length] != '}') {
        return refuse(p, at, "a { without its }");
    }
    struct expression *e = make(p, RESULT, at, NULL, NULL);
    e->name = arena_printf(p->mem, "%.*s", (int)length, p->here);
    p->here += length + 1;
    return e;
}

static struct expression *parse_arguments(struct parser *p, enum node function, const char *at)
{
    struct expression *e = make(p, function, at, NULL, NULL), *last = NULL;
    if (!take(p, '(')) {
        return refuse(p, p->here, arena_printf(p->mem, "%s; expected ( here", found(p)));
    }
    do {
        struct expression *argument = parse_sum(p);
        if (argument == NULL) {
            return NULL;
        }
        if (last == NULL) {
            e->left = argument;
        } else {
            last->next = argument;
        }
        last = argument;
    } while (take(p, ','));
    if (!take(p, ')')) {
        return refuse(p, p->here, arena_printf(p->mem, "%s; expected , or ) here", found(p)));
    }
    return e;
}

static struct expression *parse_word(struct parser *p)
{
    static const char *const names[] = {"sum", "min", "max"};
    const char *at = p->here;
    size_t length = 0;
    while (isalpha((unsigned char)at[length])) {
        length++;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (length == strlen(names[i]) && strncmp(at, names[i], length) == 0) {
            p->here += length;
            return parse_arguments(p, SUM + (enum node)i, at);
        }
    }
    return refuse(p, at,
                  arena_printf(p->mem,
                               "%s; expected a number, {module.statistic}, sum(, min(, max( or (",
                               found(p)));
}

static struct expression *parse_parentheses(struct parser *p)
{
    p->here++;
    struct expression *e = parse_sum(p);
    if (e != NULL && !take(p, ')')) {
        return refuse(p, p->here, arena_printf(p->mem, "%s; expected ) here", found(p)));
    }
    return e;
}

static struct expression *parse_factor(struct parser *p)
{
    skip_spaces(p);
    const char *at = p->here;
    struct expression *e;
    if (p->depth == EXPRESSION_MAX_DEPTH) {
        return refuse(p, at, "nested too deep");
    }
    p->depth++;
    if (take(p, '-')) {
        const struct expression *operand = parse_factor(p);
        e = operand == NULL ? NULL : make(p, NEGATE, at, operand, NULL);
    } else {
        e = *at == '('                         ? parse_parentheses(p)
            : *at == '{'                       ? parse_result(p)
            : isdigit((unsigned char)*at) != 0 ? parse_amount(p)
                                               : parse_word(p);
    }
    p->depth--;
    return e;
}

/* Operands from `operand`, joined from left to right by either operator. */
static struct expression *parse_chain(struct parser *p,
                                      struct expression *(*operand)(struct parser *p),
                                      const char *signs, enum node first, enum node second)
{
    struct expression *left = operand(p);
    for (;;) {
        skip_spaces(p);
        const char *at = p->here;
        if (left == NULL || *at == '\0' || strchr(signs, *at) == NULL) {
            return left;
        }
        p->here++;
        const struct expression *right = operand(p);
        if (right == NULL) {
            return NULL;
        }
        left = make(p, *at == signs[0] ? first : second, at, left, right);
    }
}

static struct expression *parse_term(struct parser *p)
{
    return parse_chain(p, parse_factor, "*/", MULTIPLY, DIVIDE);
}

static struct expression *parse_sum(struct parser *p)
{
    return parse_chain(p, parse_term, "+-", ADD, SUBTRACT);
}

const struct expression *expression_parse(const char *text, struct arena *mem,
                                          struct expression_error *error)
{
    struct parser *p = arena_take(mem, sizeof *p);
    *p = (struct parser){.text = text, .here = text, .mem = mem, .error = error};
    if (strlen(text) > EXPRESSION_MAX_BYTES) {
        return refuse(p, text, "too long");
    }
    struct expression *e = parse_sum(p);
    if (e != NULL && *p->here != '\0') {
        return refuse(p, p->here,
                      arena_printf(mem, "%s; expected + - * / or the end here", found(p)));
    }
    return e;
}

/* ---- evaluating -------------------------------------------------------------------------- */

struct evaluation {
    const struct results *results;
    struct expression_error *error;
};

static bool evaluate(const struct evaluation *v, const struct expression *e, struct amount *amount);

static bool wrong(const struct evaluation *v, const struct expression *e, const char *why)
{
    *v->error = (struct expression_error){e->at, why};
    return false;
}

/* Exactly one. */
static bool evaluate_result(const struct evaluation *v, const struct expression *e,
                            struct amount *amount)
{
    const struct results *r = v->results;
    const struct result *first = results_next(r, e->name, 0);
    if (first == NULL) {
        return wrong(v, e, results_suggest(r, e->name));
    }
    const struct result *second = results_next(r, e->name, (size_t)(first - r->of) + 1);
    if (second != NULL && strcmp(first->name, second->name) != 0) {
        return wrong(v, e,
                     arena_printf(r->mem,
                                  "matches %.60s, %.60s; expected one, or sum( ), min( ) or "
                                  "max( ) around it",
                                  first->name, second->name));
    }
    *amount = first->amount;
    return true;
}

static bool refuse_pair(const struct evaluation *v, const struct expression *e,
                        const struct amount *a, const struct amount *b)
{
    return wrong(v, e,
                 arena_printf(v->results->mem, "%s and %s do not go together", amount_kind(a),
                              amount_kind(b)));
}

/* One more element for sum, min, max. */
static bool fold(const struct evaluation *v, const struct expression *e, const struct amount *x,
                 bool first, struct amount *amount)
{
    if (x->word != NULL) {
        return wrong(v, e, "a word; expected numbers");
    }
    if (first) {
        *amount = *x;
        return true;
    }
    if (!amount_alike(x, amount)) {
        return refuse_pair(v, e, amount, x);
    }
    double sum = amount->number + x->number;
    bool takes = e->node == MIN ? x->number < amount->number : x->number > amount->number;
    amount->number = e->node == SUM ? sum : takes ? x->number : amount->number;
    return true;
}

static bool evaluate_function(const struct evaluation *v, const struct expression *e,
                              struct amount *amount)
{
    const struct results *r = v->results;
    bool first = true;
    for (const struct expression *a = e->left; a != NULL; a = a->next) {
        struct amount x;
        const struct result *match = a->node == RESULT ? results_next(r, a->name, 0) : NULL;
        if (match == NULL && !evaluate(v, a, &x)) {
            return false;
        }
        do {
            if (!fold(v, e, match != NULL ? &match->amount : &x, first, amount)) {
                return false;
            }
            first = false;
            match = match == NULL ? NULL : results_next(r, a->name, (size_t)(match - r->of) + 1);
        } while (match != NULL);
    }
    return true;
}

static bool evaluate_product(const struct evaluation *v, const struct expression *e,
                             const struct amount *a, const struct amount *b, struct amount *amount)
{
    bool divides = e->node == DIVIDE;
    if (divides && b->number == 0 && !v->results->idle) {
        return wrong(v, e, "divides by 0");
    }
    double quotient = b->number == 0 ? 0 : a->number / b->number;
    *amount =
        (struct amount){.number = divides ? quotient : a->number * b->number,
                        .bits = divides ? a->bits - b->bits : a->bits + b->bits,
                        .seconds = divides ? a->seconds - b->seconds : a->seconds + b->seconds};
    return true;
}

static bool evaluate_pair(const struct evaluation *v, const struct expression *e,
                          struct amount *amount)
{
    struct amount a, b;
    if (!evaluate(v, e->left, &a) || !evaluate(v, e->right, &b)) {
        return false;
    }
    if (a.word != NULL || b.word != NULL) {
        return wrong(v, e, "a word; expected numbers");
    }
    if (e->node == MULTIPLY || e->node == DIVIDE) {
        return evaluate_product(v, e, &a, &b, amount);
    }
    if (!amount_alike(&a, &b)) {
        return refuse_pair(v, e, &a, &b);
    }
    *amount = a;
    amount->number = e->node == ADD ? a.number + b.number : a.number - b.number;
    return true;
}

static bool evaluate(const struct evaluation *v, const struct expression *e, struct amount *amount)
{
    switch (e->node) {
    case AMOUNT:
        *amount = e->amount;
        return true;
    case RESULT:
        return evaluate_result(v, e, amount);
    case NEGATE:
        if (!evaluate(v, e->left, amount)) {
            return false;
        }
        amount->number = -amount->number;
        return amount->word == NULL || wrong(v, e, "a word; expected a number");
    case SUM:
    case MIN:
    case MAX:
        return evaluate_function(v, e, amount);
    default:
        return evaluate_pair(v, e, amount);
    }
}

bool expression_evaluate(const struct expression *e, const struct results *results,
                         struct amount *amount, struct expression_error *error)
{
    struct evaluation v = {results, error};
    return evaluate(&v, e, amount);
}
