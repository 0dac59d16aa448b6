import { describe, expect, it } from 'vitest'
import { addWord, finishHash, hashText } from '../../src/base/hash-text.js'

describe('hashText', () => {
  it('is the same in every run', () => {
    expect([hashText(''), hashText('100.64.0.2'), hashText('100.64.0.3')]).toEqual([
      2_872_998_923, 4_133_839_621, 3_756_747_610,
    ])
  })

  it('parts neighbouring addresses evenly', () => {
    const counts = new Array<number>(8).fill(0)
    for (let host = 0; host < 8_000; host++) counts[hashText(`10.0.${host >> 8}.${host & 255}`) % 8]++
    expect(Math.max(...counts)).toBeLessThan(1_120)
    expect(Math.min(...counts)).toBeGreaterThan(880)
  })
})

describe('a hash of words', () => {
  const hash = (...words: number[]) => finishHash(words.reduce(addWord, 0))

  it('is an integer from 0 to 2^32 - 1 that depends on every word and on their order', () => {
    const hashes = [hash(1, 2), hash(2, 1), hash(1, 3), hash(1), hash(0, 1, 2)]
    expect(new Set(hashes).size).toBe(5)
    for (const each of hashes) expect(each === each >>> 0).toBe(true)
  })

  it('parts words that differ in their last bits evenly', () => {
    const counts = new Array<number>(10).fill(0)
    for (let port = 32_768; port < 42_768; port++) counts[hash(0x64400002, port) % 10]++
    expect(Math.max(...counts)).toBeLessThan(1_100)
    expect(Math.min(...counts)).toBeGreaterThan(900)
  })
})
