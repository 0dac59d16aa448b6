/** Reads the numbers that occur in rules. */
import type { Word, WordReader } from './rule-words.js'

const MAX_UINT32 = 0xffffffff
/** Decimal without leading zeros (iptables would take those for octal), or hexadecimal. */
const UINT32 = /^(?:0|[1-9][0-9]{0,9}|0[xX][0-9a-fA-F]{1,16})$/

/** `VALUE` or `VALUE/MASK`, each 0 to 2^32 - 1; without a mask all bits count. */
export function readValueAndMask(words: WordReader, option: Word): { value: number; mask: number } {
  const word = words.value(option)
  const [value, mask, ...rest] = word.text.split('/')
  const isMask = mask === undefined || isUint32(mask)
  if (!isUint32(value) || !isMask || rest.length > 0) {
    words.fail('NF_SYNTAX', word, `"${word.text}" is no mark`, 'such as 0x4000 or 0x4000/0x4000')
  }
  return { value: Number(value), mask: mask === undefined ? MAX_UINT32 : Number(mask) }
}

/** Bits without a mask, 0 to 2^32 - 1. */
export function readBits(words: WordReader, option: Word): number {
  const word = words.value(option)
  if (!isUint32(word.text))
    words.fail('NF_SYNTAX', word, `"${word.text}" is no set of bits`, 'such as 0x4000')
  return Number(word.text)
}

/** A decimal integer from `min` to `max`. */
export function readInteger(words: WordReader, option: Word, min: number, max: number): number {
  const word = words.value(option)
  const value = /^[0-9]{1,15}$/.test(word.text) ? Number(word.text) : Number.NaN
  if (!(value >= min && value <= max)) {
    words.fail('NF_SYNTAX', word, `"${word.text}" is not an integer from ${min} to ${max}`)
  }
  return value
}

function isUint32(text: string): boolean {
  return UINT32.test(text) && Number(text) <= MAX_UINT32
}
