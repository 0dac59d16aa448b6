import { describe, expect, it } from 'vitest'
import { parseIpAddress } from '../../../src/base/ip-address.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import {
  AddressFolds,
  foldAddress,
  hash32,
  sipHash13,
  sipState,
} from '../../../src/netfilter/ipvs/address-hashes.js'

function fold(text: string): number {
  const address = parseIpAddress(text)
  if (address === undefined) throw new Error(text)
  return foldAddress(address)
}

describe('folding an address', () => {
  it.each([
    ['10.0.0.1', 0x0a000001],
    ['255.255.255.255', 0xffffffff],
    ['::1', 1],
    // 0xfd000000 ^ 0 ^ 0 ^ 0x00000005
    ['fd00::5', 0xfd000005],
    // 0x20010db8 ^ 0x00010002 ^ 0x00030004 ^ 0x00050006
    ['2001:db8:1:2:3:4:5:6', 0x20060db8],
  ])('%s', (text, expected) => {
    expect(fold(text)).toBe(expected)
  })

  it('is done once for each address of a book, in any order', () => {
    const book = new AddressBook()
    const folds = new AddressFolds(book)
    const [first, second] = [book.idOf('10.0.0.1'), book.idOf('10.0.0.2')]
    expect([folds.of(second), folds.of(first), folds.of(second)]).toEqual([
      0x0a000002, 0x0a000001, 0x0a000002,
    ])
  })
})

describe('hash_32', () => {
  it.each([
    // 1 · 0x61c88647
    [1, 8, 0x61],
    [1, 32, 0x61c88647],
    // 0x0a000001 · 0x61c88647 = …27c88647
    [0x0a000001, 8, 0x27],
    // -1 · 0x61c88647 = 0x9e3779b9
    [0xffffffff, 8, 0x9e],
    // Only the lower 32 bits count.
    [0x10a000001, 8, 0x27],
  ])('of %d to %d bits', (value, bits, expected) => {
    expect(hash32(value, bits)).toBe(expected)
  })
})

describe('SipHash-1-3 of four bytes', () => {
  it('is what the kernel tests itself with', () => {
    // lib/test_siphash.c: test_key_hsiphash and test_vectors_hsiphash[4], for 64 bits.
    const state = sipState({ first: 0x0706050403020100n, second: 0x0f0e0d0c0b0a0908n })
    expect(sipHash13(state, 0x03020100)).toBe(0x88d38328)
  })

  it('leaves the state of the key as it was', () => {
    const state = sipState({ first: 1n, second: 2n })
    const before = [...state]
    const once = sipHash13(state, 5)
    expect([sipHash13(state, 5), [...state]]).toEqual([once, before])
  })

  it('takes a number of 32 bits with or without sign', () => {
    const state = sipState({ first: 1n, second: 2n })
    expect(sipHash13(state, -1)).toBe(sipHash13(state, 0xffffffff))
  })
})
