/**
 * Addresses and ranges as four words of 32 bits each, IPv4 in the last one: what is compared when the ranges of a new
 * address, or the addresses of a new range, are looked for. Signed, as typed arrays and bit operators have them.
 */
import { type Cidr, type IpFamily, parseIpAddress } from '../base/ip-address.js'

/** Words of one address. */
export const ADDRESS_WORDS = 4

/** A range: the words of its addresses agree with `first` where `mask` has ones. */
export interface RangeWords {
  readonly family: IpFamily
  readonly first: Int32Array
  readonly mask: Int32Array
}

const DOT = 46
const ZERO = 48
const NINE = 57
const WORD = 0xffffffffn

/**
 * Writes the words of an address.
 *
 * @param text - canonical text, as `IpAddress.text`
 * @param at - where they go to in `words`
 * @returns its family; undefined if the text is no address, or not canonical
 */
export function writeAddressWords(text: string, words: Int32Array, at: number): IpFamily | undefined {
  const isIpv6 = text.includes(':')
  if (!isIpv6) {
    const value = canonicalIpv4(text)
    if (value === undefined) return undefined
    words.fill(0, at, at + ADDRESS_WORDS)
    words[at + ADDRESS_WORDS - 1] = value
    return 4
  }
  const address = parseIpAddress(text)
  if (address?.text !== text) return undefined
  writeWords(address.value, words, at)
  return 6
}

/** The words of a range. */
export function rangeWords({ family, first, prefixLength }: Cidr): RangeWords {
  const range = { family, first: new Int32Array(ADDRESS_WORDS), mask: new Int32Array(ADDRESS_WORDS) }
  const hostBits = (family === 4 ? 32 : 128) - prefixLength
  writeWords(first, range.first, 0)
  writeWords(((1n << 128n) - 1n) ^ ((1n << BigInt(hostBits)) - 1n), range.mask, 0)
  return range
}

/** Does the range hold the address? */
export function rangeHolds(range: RangeWords, family: number, words: Int32Array, at: number): boolean {
  if (range.family !== family) return false
  for (let word = 0; word < ADDRESS_WORDS; word += 1) {
    if (((words[at + word] ^ range.first[word]) & range.mask[word]) !== 0) return false
  }
  return true
}

function writeWords(value: bigint, words: Int32Array, at: number): void {
  for (let word = 0; word < ADDRESS_WORDS; word += 1) {
    words[at + word] = Number((value >> BigInt(32 * (ADDRESS_WORDS - 1 - word))) & WORD)
  }
}

/** Four decimal numbers up to 255 without leading zeros. */
function canonicalIpv4(text: string): number | undefined {
  let value = 0
  let octet = -1
  let dots = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === DOT) {
      if (octet < 0) return undefined
      value = (value << 8) | octet
      octet = -1
      dots += 1
    } else {
      // A number that begins with zero is zero.
      if (character < ZERO || character > NINE || octet === 0) return undefined
      octet = 10 * Math.max(0, octet) + character - ZERO
      if (octet > 255) return undefined
    }
  }
  return dots === 3 && octet >= 0 ? (value << 8) | octet : undefined
}
