/**
 * The ranges of addresses that a cluster draws from. svcsim models clusters of one family, IPv4 or IPv6.
 */
import type { Cidr, IpFamily } from '../base/ip-address.js'
import {
  addressAt,
  addressBits,
  addressCount,
  cidrContains,
  parseCidr,
  parseIpAddress,
} from '../base/ip-address.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { Findings } from './findings.js'

/** Where the scenario gives none. */
const DEFAULT_RANGES = {
  4: {
    podCidr: '10.244.0.0/16',
    serviceCidr: '10.96.0.0/12',
    nodeCidr: '192.168.0.0/24',
    loadBalancerCidr: '203.0.113.0/24',
  },
  6: {
    podCidr: 'fd00:10:244::/48',
    serviceCidr: 'fd00:10:96::/112',
    nodeCidr: 'fd00:192:168::/112',
    loadBalancerCidr: '2001:db8:203::/112',
  },
} as const satisfies Record<IpFamily, Record<keyof ClusterRanges, string>>

/** More hosts of a range than this are never asked for; it keeps numbers small where a range has 2^64. */
const MOST_HOSTS = 2 ** 30

/** Stands for an address that could not be assigned: an error has been reported then. */
export const NO_ADDRESS = '0.0.0.0'

/** The ranges of the scenario's `cluster`. */
export interface ClusterRanges {
  readonly podCidr: Cidr
  readonly serviceCidr: Cidr
  readonly nodeCidr: Cidr
  readonly loadBalancerCidr: Cidr
}

/** The family of all addresses of a cluster. */
export function familyOf({ cluster }: ScenarioSpec): IpFamily {
  return cluster.ipFamily === 'IPv6' ? 6 : 4
}

/** @throws InputError ADDRESS_RANGE for text that is no range of the cluster's family, and for ranges that overlap */
export function clusterRanges(spec: ScenarioSpec, findings: Findings): ClusterRanges {
  const family = familyOf(spec)
  const read = (field: keyof ClusterRanges) =>
    readRange(spec.cluster[field] ?? DEFAULT_RANGES[family][field], family, field, findings)
  const ranges = {
    podCidr: read('podCidr'),
    serviceCidr: read('serviceCidr'),
    nodeCidr: read('nodeCidr'),
    loadBalancerCidr: read('loadBalancerCidr'),
  }
  findings.throwErrors()
  checkOverlaps(ranges, findings)
  findings.throwErrors()
  return ranges
}

const NO_RANGE: Cidr = { family: 4, first: 0n, prefixLength: 32, text: '0.0.0.0/32' }

function readRange(text: string, family: IpFamily, field: keyof ClusterRanges, findings: Findings): Cidr {
  const range = parseCidr(text)
  if (range?.family === family) return range
  const example = DEFAULT_RANGES[family][field]
  findings.error({
    code: 'ADDRESS_RANGE',
    message: `cluster.${field} "${text}" is no IPv${family} range`,
    place: findings.place('spec', 'cluster', field),
    hint: `write a range such as ${example}; spec.cluster.ipFamily sets the family`,
  })
  return NO_RANGE
}

function checkOverlaps(ranges: ClusterRanges, findings: Findings): void {
  const named = Object.entries(ranges) as readonly [keyof ClusterRanges, Cidr][]
  for (const [position, [field, range]] of named.entries()) {
    for (const [otherField, other] of named.slice(0, position)) {
      if (!isWithin(range, other) && !isWithin(other, range)) continue
      findings.error({
        code: 'ADDRESS_RANGE',
        message: `cluster.${field} ${range.text} overlaps cluster.${otherField} ${other.text}`,
        place: findings.place('spec', 'cluster', field),
        hint: 'write ranges that have no address in common',
      })
    }
  }
}

/** Is one range a part of another, or the same? */
export function isWithin(inner: Cidr, outer: Cidr): boolean {
  if (inner.family !== outer.family || inner.prefixLength < outer.prefixLength) return false
  const hostBits = BigInt(addressBits(outer.family) - outer.prefixLength)
  return inner.first >> hostBits === outer.first >> hostBits
}

/** Addresses of a range that hosts can have: all but the first and the last, and at most 2^30. */
export function hostCount(range: Cidr): number {
  return Math.min(MOST_HOSTS, Math.max(0, Number(addressCount(range)) - 2))
}

/** The host at a position, 0 to `hostCount(range)` - 1. */
export function hostAt(range: Cidr, position: number): string {
  return addressAt(range, position + 1).text
}

/** The position of an address among the hosts of a range; undefined if it is none of them. */
export function hostPosition(range: Cidr, text: string): number | undefined {
  const address = parseIpAddress(text)
  if (address === undefined || !cidrContains(range, address)) return undefined
  const position = Number(address.value - range.first) - 1
  return position < 0 || position >= hostCount(range) ? undefined : position
}

/** Bits that tell `count` things apart. */
export function bitsFor(count: number): number {
  let bits = 0
  for (let size = 1; size < count; size *= 2) bits += 1
  return bits
}

/** Prefix length of the smallest range of a family that holds `count` addresses. */
export function prefixLengthFor(count: number, family: IpFamily): number {
  return addressBits(family) - bitsFor(count)
}
