import { describe, expect, test } from 'vitest'
import { parseCidr } from '../../src/base/ip-address.js'
import { AddressBook } from '../../src/netfilter/address-book.js'

const range = (text: string) => {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(text)
  return cidr
}

describe('AddressBook', () => {
  test('numbers addresses from 0 in the order of interning, each once', () => {
    const book = new AddressBook()
    expect(['10.0.0.2', '10.0.0.1', '10.0.0.2', 'fd00::1'].map((text) => book.idOf(text))).toEqual([
      0, 1, 0, 2,
    ])
    expect(book.addressCount).toBe(3)
  })

  test('gives back the text of a number', () => {
    const book = new AddressBook()
    expect(book.textOf(book.idOf('fd00::1'))).toBe('fd00::1')
  })

  test.each([
    '010.0.0.1',
    '10.0.00.1',
    '10.0.0.256',
    '10.0.0.1.',
    '1.2.3.4.5',
    '10..0.1',
    '1e1.0.0.1',
    'fd00:0::1',
    '10.0.0',
    '',
    '10.0.0.0/8',
  ])('refuses %j, which is not canonical', (text) => {
    expect(() => new AddressBook().idOf(text)).toThrow('not the canonical text of an address')
  })

  test('refuses a number that no address has', () => {
    const book = new AddressBook()
    expect(() => book.textOf(3 as ReturnType<AddressBook['idOf']>)).toThrow('no address has this number')
  })

  test.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', 'fd00::1', false],
    ['fd00::/16', 'fd00::1', true],
    ['::/0', '10.0.0.1', false],
    ['10.0.0.128/25', '10.0.0.200', true],
    ['10.0.0.128/25', '10.0.0.127', false],
    ['255.255.255.254/31', '255.255.255.255', true],
    ['fd00:0:0:1::/64', 'fd00::1:ffff:ffff:ffff:ffff', true],
    ['fd00:0:0:1::/64', 'fd00:0:0:2::', false],
    ['fd00::8000:0:0/65', 'fd00::8000:0:0', true],
    ['fd00::8000:0:0:0/65', 'fd00::7fff:ffff:ffff:ffff', false],
    ['fd00::1:2', 'fd00::1:2', true],
    ['fd00::1:2', 'fd00::1:3', false],
    ['::/96', '1.2.3.4', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
  ])('range %s holds %s: %s, whichever was known first', (cidr, address, isIn) => {
    const rangeFirst = new AddressBook()
    const set = rangeFirst.setOf([range(cidr)])
    expect(rangeFirst.has(set, rangeFirst.idOf(address))).toBe(isIn)
    const addressFirst = new AddressBook()
    const id = addressFirst.idOf(address)
    expect(addressFirst.has(addressFirst.setOf([range(cidr)]), id)).toBe(isIn)
  })

  test('makes a set of several ranges, once for the same ranges', () => {
    const book = new AddressBook()
    const set = book.setOf([range('10.0.0.0/24'), range('192.168.0.1')])
    expect(book.setOf([range('10.0.0.0/24'), range('192.168.0.1')])).toBe(set)
    const members = ['10.0.0.9', '192.168.0.1', '192.168.0.2'].map((text) => book.has(set, book.idOf(text)))
    expect(members).toEqual([true, true, false])
  })

  test('keeps sets right while addresses and sets outgrow their tables', () => {
    const book = new AddressBook()
    const addresses = Array.from({ length: 300 }, (_, index) =>
      book.idOf(`10.0.${index >> 8}.${index & 255}`),
    )
    const sets = Array.from({ length: 20 }, (_, index) => book.setOf([range(`10.0.0.${index}`)]))
    const more = Array.from({ length: 300 }, (_, index) => book.idOf(`10.1.${index >> 8}.${index & 255}`))
    for (const [index, set] of sets.entries()) {
      expect([...addresses, ...more].filter((id) => book.has(set, id))).toEqual([addresses[index]])
    }
  })

  test('knows no address in a set of no ranges', () => {
    const book = new AddressBook()
    expect(book.has(book.setOf([]), book.idOf('10.0.0.1'))).toBe(false)
  })
})
