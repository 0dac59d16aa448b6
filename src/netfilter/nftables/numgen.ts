/**
 * `numgen random mod N`: a draw of 32 bits scaled to one of N numbers.
 *
 * The numbers are equally likely up to one part in 2^32 / N, as in the kernel.
 * Sources: Linux net/netfilter/nft_numgen.c (nft_ng_random_gen), include/linux/kernel.h (reciprocal_scale).
 */

const DRAW_RANGE = 0x1_0000_0000

/**
 * The number that a draw becomes.
 *
 * @param draw32 - 0 to 2^32 - 1
 * @param modulus - 1 to 2^20, so that the product is exact
 * @returns 0 to `modulus` - 1, growing with the draw
 */
export function scaledDraw(draw32: number, modulus: number): number {
  return Math.floor((draw32 * modulus) / DRAW_RANGE)
}

/** The least draw that becomes a number: the inverse of `scaledDraw`. */
export function leastDrawOf(number: number, modulus: number): number {
  return Math.ceil((number * DRAW_RANGE) / modulus)
}
