/* dispatch.h - marks a hot loop to be built twice: for plain x86-64, and with AVX2 and BMI2.
 *
 *     SIM_DISPATCH void rng_fill(...)
 *
 * SIM_DISPATCH_WIDE: a third time, with AVX-512, for what gains from its instructions. The others
 * would not: they are as fast with AVX2.
 *
 * One of them is picked when the program is loaded; as all is integers, the results are the
 * same. Only the plain one is built under sanitizers, which are not yet awake at that moment, and
 * by clang, whose clones cannot be called from other files (seen with 14.0.6: the symbol
 * is called "rng_fill.ifunc").
 */
#ifndef SIM_DISPATCH_H
#define SIM_DISPATCH_H

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__OPTIMIZE__) &&                      \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SIM_DISPATCH __attribute__((flatten, target_clones("arch=x86-64-v3", "default")))
#define SIM_DISPATCH_WIDE                                                                          \
    __attribute__((flatten, target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SIM_DISPATCH
#define SIM_DISPATCH_WIDE
#endif

#endif /* SIM_DISPATCH_H */
