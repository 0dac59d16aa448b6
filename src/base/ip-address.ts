/**
 * IPv4 and IPv6 addresses and ranges, as values with a canonical text.
 *
 * Left out: zones (`fe80::1%eth0`), net masks in dotted form, and IPv4-mapped IPv6 addresses (`::ffff:10.0.0.1`),
 * which the Kubernetes API server refuses as well; all three are "not an address" here.
 * Sources: RFC 4291 section 2.2 (text forms), RFC 5952 (canonical text), RFC 4632 (CIDR); Kubernetes
 * `netutils.ParseIPSloppy` (leading zeros in IPv4 are decimal, and rewritten).
 */

/** Version of the protocol. */
export type IpFamily = 4 | 6

/** One address. Two addresses are equal if and only if their texts are. */
export interface IpAddress {
  readonly family: IpFamily
  /** The 32 or 128 bits as an unsigned integer. */
  readonly value: bigint
  /** Dotted decimal without leading zeros, or RFC 5952. */
  readonly text: string
}

/** A range of addresses that share a prefix. */
export interface Cidr {
  readonly family: IpFamily
  /** The lowest address, host bits zero. */
  readonly first: bigint
  /** Bits in common: 0 to 32, or 0 to 128. */
  readonly prefixLength: number
  /** Canonical text of the lowest address, `/`, prefix length. */
  readonly text: string
}

/** Longest text that is looked at: generous, so that leading zeros pass, and bounded. */
const MAX_TEXT_LENGTH = 64
const DOT = 46
const ZERO = 48
const NINE = 57
const HEXTET = /^[0-9A-Fa-f]{1,4}$/
const PREFIX_LENGTH = /^(?:0|[1-9][0-9]{0,2})$/
const IPV4_MAPPED_PREFIX = 0xffffn

/**
 * Reads an address.
 *
 * @param text - `10.0.0.1` or `fd00::1`, without spaces, zone or brackets
 * @returns the address, or undefined if the text is none
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined
  if (!text.includes(':')) {
    const value = parseIpv4(text)
    return value === undefined ? undefined : ipAddress(4, value)
  }
  const value = parseIpv6(text)
  if (value === undefined || value >> 32n === IPV4_MAPPED_PREFIX) return undefined
  return ipAddress(6, value)
}

/**
 * Reads a range. Host bits are cleared, as the kernel does; a bare address is a range of one.
 *
 * @param text - `10.0.0.0/8`, `fd00::/64` or an address
 * @returns the range, or undefined if the text is none
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  const bits = addressBits(address.family)
  if (slash < 0) return cidr(address.family, address.value, bits)
  const lengthText = text.slice(slash + 1)
  if (!PREFIX_LENGTH.test(lengthText)) return undefined
  const prefixLength = Number(lengthText)
  return prefixLength > bits ? undefined : cidr(address.family, address.value, prefixLength)
}

/** Is the address in the range? An address of the other family never is. */
export function cidrContains(range: Cidr, address: IpAddress): boolean {
  if (range.family !== address.family) return false
  const hostBits = BigInt(addressBits(range.family) - range.prefixLength)
  return range.first >> hostBits === address.value >> hostBits
}

/**
 * The address at a distance from the lowest of a range.
 *
 * @param offset - an integer, 0 to `addressCount(range)` - 1
 * @throws RangeError if the address would lie outside the range
 */
export function addressAt(range: Cidr, offset: bigint | number): IpAddress {
  const distance = BigInt(offset)
  if (distance < 0n || distance >= addressCount(range)) {
    throw new RangeError(`no address at ${distance} in ${range.text}`)
  }
  return ipAddress(range.family, range.first + distance)
}

/** Addresses in the range: 1 to 2^128, network and broadcast address included. */
export function addressCount(range: Cidr): bigint {
  return 1n << BigInt(addressBits(range.family) - range.prefixLength)
}

/** Bits of an address: 32 or 128. */
export function addressBits(family: IpFamily): number {
  return family === 4 ? 32 : 128
}

/** `10.0.0.1:80` or `[fd00::1]:80`; the address alone where there is no port. */
export function addressWithPort(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function ipAddress(family: IpFamily, value: bigint): IpAddress {
  return { family, value, text: family === 4 ? ipv4Text(value) : ipv6Text(value) }
}

function cidr(family: IpFamily, value: bigint, prefixLength: number): Cidr {
  const hostBits = BigInt(addressBits(family) - prefixLength)
  const first = (value >> hostBits) << hostBits
  return { family, first, prefixLength, text: `${ipAddress(family, first).text}/${prefixLength}` }
}

/** Character by character, since a cluster has many addresses: splitting and matching took four times as long. */
function parseIpv4(text: string): bigint | undefined {
  let value = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let at = 0; at <= text.length; at += 1) {
    const character = at < text.length ? text.charCodeAt(at) : DOT
    if (character === DOT) {
      if (digits === 0 || dots === 4) return undefined
      value = value * 256 + octet
      octet = 0
      digits = 0
      dots += 1
    } else {
      if (character < ZERO || character > NINE) return undefined
      octet = octet * 10 + character - ZERO
      if (octet > 255) return undefined
      digits += 1
    }
  }
  return dots === 4 ? BigInt(value) : undefined
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves
  const high = parseHextets(head ?? '', tail === undefined)
  if (high === undefined) return undefined
  if (tail === undefined) return high.length === 8 ? joinHextets(high) : undefined
  const low = parseHextets(tail, true)
  // `::` stands for at least one group of zeros (RFC 4291 section 2.2).
  if (low === undefined || high.length + low.length > 7) return undefined
  return joinHextets([...high, ...new Array<number>(8 - high.length - low.length).fill(0), ...low])
}

/** The 16-bit groups of one side of `::`; only the last side may end in dotted decimal. */
function parseHextets(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const hextets: number[] = []
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && isLast && index === parts.length - 1) {
      const value = parseIpv4(part)
      if (value === undefined) return undefined
      hextets.push(Number(value >> 16n), Number(value & 0xffffn))
    } else {
      if (!HEXTET.test(part)) return undefined
      hextets.push(Number.parseInt(part, 16))
    }
  }
  return hextets
}

function joinHextets(hextets: readonly number[]): bigint {
  return hextets.reduce((value, hextet) => (value << 16n) | BigInt(hextet), 0n)
}

function ipv4Text(value: bigint): string {
  const bits = Number(value)
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups becomes `::`. */
function ipv6Text(value: bigint): string {
  if (value >> 32n === IPV4_MAPPED_PREFIX) return `::ffff:${ipv4Text(value & 0xffffffffn)}`
  const hextets = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt(112 - 16 * index)) & 0xffffn),
  )
  const [start, length] = longestZeroRun(hextets)
  const hex = (part: readonly number[]) => part.map((hextet) => hextet.toString(16)).join(':')
  if (length < 2) return hex(hextets)
  return `${hex(hextets.slice(0, start))}::${hex(hextets.slice(start + length))}`
}

function longestZeroRun(hextets: readonly number[]): readonly [start: number, length: number] {
  let bestStart = 0
  let bestLength = 0
  let length = 0
  for (const [index, hextet] of hextets.entries()) {
    length = hextet === 0 ? length + 1 : 0
    if (length > bestLength) {
      bestLength = length
      bestStart = index - length + 1
    }
  }
  return [bestStart, bestLength]
}
