/* genome.h - the letters of RFC 6985, section 3: a sequence of frame sizes as a word.
 *
 * j (16000) and z (the MTU) are left out: no port here takes frames that large, or has one MTU.
 */
#ifndef SCENARIOS_GENOME_H
#define SCENARIOS_GENOME_H

#define GENOME_LETTERS "abcdefghi"
#define GENOME_SIZES "64 128 256 512 1024 1280 1518 2112 9000"

/* Frame bytes of a letter; 0: not one of ours. */
unsigned genome_bytes(char letter);

/* The letter of a frame size; '\0': has none. */
char genome_letter(unsigned bytes);

#endif /* SCENARIOS_GENOME_H */
