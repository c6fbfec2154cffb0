/* rng.c - threefry2x64-13 in two spellings, and an exponential without floating point. */
#include "sim/rng.h"

#include <Random123/threefry.h>

#include "sim/dispatch.h"

/* FNV-1a over a name and its ending 0, so that ("ab", "c") and ("a", "bc") differ. */
static uint64_t hash_name(uint64_t hash, const char *name)
{
    do {
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    } while (*name++ != '\0');
    return hash;
}

/* The finaliser of splitmix64: FNV's upper bits know little of a short name's last letters. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

struct rng rng_open(uint64_t seed, const char *stage, const char *stream)
{
    const uint64_t fnv_basis = 0xcbf29ce484222325;
    return (struct rng){{seed, mix(hash_name(hash_name(fnv_basis, stage), stream))}};
}

struct rng_draw rng_at(const struct rng *rng, uint64_t counter)
{
    threefry2x64_key_t key = {{rng->key[0], rng->key[1]}};
    threefry2x64_ctr_t block = threefry2x64_R(13, (threefry2x64_ctr_t){{counter, 0}}, key);
    return (struct rng_draw){block.v[0], block.v[1]};
}

/* With AVX-512 a rotate is one instruction. */
SIM_DISPATCH_WIDE
void rng_fill(const struct rng *rng, uint64_t first, uint32_t n, struct rng_draw *draws)
{
    const threefry2x64_key_t key = {{rng->key[0], rng->key[1]}};
    for (uint32_t i = 0; i < n; i++) {
        threefry2x64_ctr_t block = threefry2x64_R(13, (threefry2x64_ctr_t){{first + i, 0}}, key);
        draws[i].a = block.v[0];
        draws[i].b = block.v[1];
    }
}

/* For f in [1 + i/32, 1 + (i+1)/32): an inverse that is never too large, q = floor(2^16 * 32 /
 * (33+i)), and ln(2 q / 2^16) in units of 2^-32. */
static const struct {
    uint32_t inverse, ln;
} exponential_table[32] = {
    {63550u, 2844877108u}, {61680u, 2716598167u}, {59918u, 2592118125u}, {58254u, 2471153802u},
    {56679u, 2353433095u}, {55188u, 2238936854u}, {53773u, 2127379134u}, {52428u, 2018584680u},
    {51150u, 1912592157u}, {49932u, 1809081673u}, {48770u, 1707949323u}, {47662u, 1609246959u},
    {46603u, 1512741114u}, {45590u, 1418352669u}, {44620u, 1325984221u}, {43690u, 1235519556u},
    {42799u, 1147023881u}, {41943u, 1060251865u}, {41120u, 975138788u},  {40329u, 891714168u},
    {39568u, 809894602u},  {38836u, 729694423u},  {38130u, 650897760u},  {37449u, 573496580u},
    {36792u, 497477475u},  {36157u, 422702684u},  {35544u, 349262172u},  {34952u, 277125301u},
    {34379u, 206130442u},  {33825u, 136355525u},  {33288u, 67622294u},   {32768u, 0u},
};

/* u = f / 2^(z+1) with f in [1, 2), and f q = 1 - s with a small s >= 0. Then
 *
 *     -ln u = z ln 2 + ln 2q - ln(1 - s),    -ln(1 - s) = s + s^2/2 + s^3/3 + s^4/4 + s^5/5 + ...
 *
 * where no term is negative. s < 1/32, so what is left out is below 2^-32. */
static inline uint64_t exponential(uint64_t bits)
{
    const uint64_t ln2 = 0xb17217f7d1cf; /* 2^-48 */
    const uint64_t third = 1431655765, fifth = 858993459;
    if (bits == UINT64_MAX) {
        return 0;
    }
    uint64_t u = bits + 1;
    uint64_t zeros = (uint64_t)__builtin_clzll(u);
    uint64_t f = u << zeros >> 31; /* 2^-32, with its leading one */
    uint32_t i = (uint32_t)(f >> 27) & 31;
    uint64_t s = ((1ull << 48) - f * exponential_table[i].inverse) >> 16;
    uint64_t sum = (1ull << 30) + (s * fifth >> 32);
    sum = third + (s * sum >> 32);
    sum = (1ull << 31) + (s * sum >> 32);
    sum = (1ull << 32) + (s * sum >> 32);
    return (zeros * ln2 >> 16) + exponential_table[i].ln + (s * sum >> 32);
}

uint64_t rng_exponential(uint64_t bits)
{
    return exponential(bits);
}

SIM_DISPATCH
void rng_exponential_fill(const struct rng_draw *draws, uint32_t n, uint64_t *deviates)
{
    for (uint32_t i = 0; i < n; i++) {
        deviates[i] = exponential(draws[i].a);
    }
}
