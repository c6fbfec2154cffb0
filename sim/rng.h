/* rng.h - counter-based random streams, named, not shared.
 *
 * A draw is a pure function of (seed, stage instance name, stream name, counter): adding a stage or
 * drawing more from one stream disturbs no other. The function is threefry2x64-13 of
 * Random123 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11), Crush-resistant
 * at 13 rounds by that paper, table 2.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdint.h>

struct rng {
    uint64_t key[2];
};

struct rng_draw {
    uint64_t a, b;
};

/* The key is the seed, and a hash of both names (FNV-1a, then the finaliser of splitmix64). */
struct rng rng_open(uint64_t seed, const char *stage, const char *stream);

/* The draw of one counter. */
struct rng_draw rng_at(const struct rng *rng, uint64_t counter);

/* draws[i] = rng_at(rng, first + i), for 0 <= i < n; written so that it vectorises. */
void rng_fill(const struct rng *rng, uint64_t first, uint32_t n, struct rng_draw *draws);

/* Maps 64 random bits to [0, n) by multiply-shift; the bias is at most n / 2^64. */
static inline uint64_t rng_below(uint64_t bits, uint64_t n)
{
    return (uint64_t)(__extension__(unsigned __int128) bits * n >> 64);
}

/* Exponential deviate in units of 2^-32 of the mean: -ln(u) * 2^32 for u = (bits + 1) / 2^64,
 * integer arithmetic only (absolute error below 2^-28), so that it is the same on every machine.
 * Largest value: 64 ln 2 * 2^32. */
uint64_t rng_exponential(uint64_t bits);

/* deviates[i] = rng_exponential(draws[i].a), for 0 <= i < n. */
void rng_exponential_fill(const struct rng_draw *draws, uint32_t n, uint64_t *deviates);

#endif /* SIM_RNG_H */
