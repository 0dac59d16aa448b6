/**
 * Hashes of 32 bits for spreading things, the same on every machine: of texts and of words. Not for digests.
 * Sources: Fowler, Noll, Vo (FNV-1a, 32 bits); Appleby, MurmurHash3 (mixing of words, finaliser).
 */

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/**
 * FNV-1a with a final mix so that neighbouring addresses part.
 *
 * @returns an integer from 0 to 2^32 - 1
 */
export function hashText(text: string): number {
  let hash = FNV_OFFSET
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME)
  return mixed(hash)
}

/**
 * Takes one more word into a hash of words; `finishHash` ends it.
 *
 * @param hash - so far; any number to begin with
 * @param word - its lowest 32 bits count
 */
export function addWord(hash: number, word: number): number {
  let mixedWord = Math.imul(word, 0xcc9e2d51)
  mixedWord = (mixedWord << 15) | (mixedWord >>> 17)
  const joined = hash ^ Math.imul(mixedWord, 0x1b873593)
  return (Math.imul((joined << 13) | (joined >>> 19), 5) + 0xe6546b64) | 0
}

/** The hash of the words taken in: an integer from 0 to 2^32 - 1. */
export function finishHash(hash: number): number {
  return mixed(hash)
}

function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
