import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressAt,
  addressCount,
  type Cidr,
  cidrContains,
  type IpAddress,
  parseCidr,
  parseIpAddress,
} from '../../src/base/ip-address.js'

function address(text: string): IpAddress {
  const parsed = parseIpAddress(text)
  if (parsed === undefined) throw new Error(`not an address: ${text}`)
  return parsed
}

function range(text: string): Cidr {
  const parsed = parseCidr(text)
  if (parsed === undefined) throw new Error(`not a range: ${text}`)
  return parsed
}

describe('parseIpAddress', () => {
  it.each([
    ['0.0.0.0', 4, 0n, '0.0.0.0'],
    ['10.244.1.5', 4, 0x0af40105n, '10.244.1.5'],
    ['255.255.255.255', 4, 0xffffffffn, '255.255.255.255'],
    ['010.001.002.003', 4, 0x0a010203n, '10.1.2.3'],
    ['::', 6, 0n, '::'],
    ['::1', 6, 1n, '::1'],
    ['fd00::5', 6, 0xfd000000000000000000000000000005n, 'fd00::5'],
    ['FD00:0:0:0:0:0:0:5', 6, 0xfd000000000000000000000000000005n, 'fd00::5'],
    ['64:ff9b::192.0.2.33', 6, 0x0064ff9b0000000000000000c0000221n, '64:ff9b::c000:221'],
    // RFC 5952 sections 4.1 to 4.2.3
    ['2001:0db8::0001', 6, 0x20010db8000000000000000000000001n, '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', 6, 0x20010db8000000000000000000020001n, '2001:db8::2:1'],
    ['2001:db8::1:1:1:1:1', 6, 0x20010db8000000010001000100010001n, '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', 6, 0x20010000000000010000000000000001n, '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', 6, 0x20010db8000000000001000000000001n, '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7::', 6, 0x00010002000300040005000600070000n, '1:2:3:4:5:6:7:0'],
  ])('reads %s', (text, family, value, canonical) => {
    expect(parseIpAddress(text)).toEqual({ family, value, text: canonical })
  })

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '1.2.3.-4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '1.2.3.0x4',
    '1..3.4',
    '١.2.3.4',
    '10.0.0.1/32',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    ':1:2:3:4:5:6:7',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.4:5',
    'fe80::1%eth0',
    '[::1]',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '0'.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(parseIpAddress(text)).toBeUndefined()
  })

  it('reads its own text back, for any value', () => {
    const anyValue = fc
      .bigInt({ min: 0n, max: (1n << 128n) - 1n })
      .filter((value) => value >> 32n !== 0xffffn)
    // Sparse values, so that runs of zero groups of every length and place occur.
    const sparse = fc
      .array(fc.constantFrom(0, 0, 0, 1, 0xabcd), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n))
    fc.assert(
      fc.property(fc.oneof(anyValue, sparse), (value) => {
        const built = addressAt(range('::/0'), value)
        expect(parseIpAddress(built.text)).toEqual(built)
        expect(built.value).toBe(value)
      }),
      { seed: 1 },
    )
  })
})

describe('parseCidr', () => {
  it.each([
    ['10.0.0.0/8', 4, 0x0a000000n, 8, '10.0.0.0/8'],
    ['10.1.2.3/8', 4, 0x0a000000n, 8, '10.0.0.0/8'],
    ['0.0.0.0/0', 4, 0n, 0, '0.0.0.0/0'],
    ['10.0.0.1', 4, 0x0a000001n, 32, '10.0.0.1/32'],
    ['10.0.0.1/32', 4, 0x0a000001n, 32, '10.0.0.1/32'],
    ['fd00:10:244::1/56', 6, 0xfd000010024400000000000000000000n, 56, 'fd00:10:244::/56'],
    ['::1', 6, 1n, 128, '::1/128'],
    ['FD00::/8', 6, 0xfd000000000000000000000000000000n, 8, 'fd00::/8'],
  ])('reads %s', (text, family, first, prefixLength, canonical) => {
    expect(parseCidr(text)).toEqual({ family, first, prefixLength, text: canonical })
  })

  it.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/8.0',
    '::/129',
    '10/8',
    '10.0.0.0/255.0.0.0',
  ])('refuses %j', (text) => {
    expect(parseCidr(text)).toBeUndefined()
  })
})

describe('ranges', () => {
  it.each([
    ['10.96.0.0/12', '10.96.0.0', true],
    ['10.96.0.0/12', '10.111.255.255', true],
    ['10.96.0.0/12', '10.112.0.0', false],
    ['10.96.0.0/12', '10.95.255.255', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['::/0', '10.0.0.1', false],
    ['0.0.0.0/0', '::', false],
    ['fd00::/8', 'fdff::1', true],
    ['fd00::/8', 'fe00::1', false],
  ])('%s contains %s: %s', (cidr, member, isContained) => {
    expect(cidrContains(range(cidr), address(member))).toBe(isContained)
  })

  it('counts addresses', () => {
    expect(addressCount(range('10.0.0.0/24'))).toBe(256n)
    expect(addressCount(range('10.0.0.1'))).toBe(1n)
    expect(addressCount(range('::/0'))).toBe(340282366920938463463374607431768211456n)
  })

  it('gives the address at a distance, up to the last and none beyond', () => {
    expect(addressAt(range('10.244.0.0/16'), 257).text).toBe('10.244.1.1')
    expect(addressAt(range('10.0.0.0/24'), 255n).text).toBe('10.0.0.255')
    expect(addressAt(range('fd00::/64'), 10).text).toBe('fd00::a')
    expect(() => addressAt(range('10.0.0.0/24'), 256)).toThrow(RangeError)
    expect(() => addressAt(range('10.0.0.0/24'), -1)).toThrow(RangeError)
    expect(() => addressAt(range('10.0.0.0/24'), 0.5)).toThrow(RangeError)
  })
})
