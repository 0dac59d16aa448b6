/**
 * Sets as the text of `ipset save`, which `ipset restore` reads. Source: ipset(8); kubernetes pkg/proxy/ipvs/ipset/ipset.go.
 */
import type { IpSet } from './ip-set.js'

/** What kube-proxy gives every hash. */
const HASH_SIZE = 1024
const MAX_ENTRY_COUNT = 65_536

/** @returns lines ended by `\n`, sets and entries in their order */
export function printIpSets(ipSets: readonly IpSet[]): string {
  return ipSets
    .flatMap((set) => [creation(set), ...set.entries.map((entry) => `add ${set.name} ${entry}`)])
    .map((line) => `${line}\n`)
    .join('')
}

function creation({ name, type, family }: IpSet): string {
  if (type === 'bitmap:port') return `create ${name} ${type} range 0-65535`
  const inet = family === 4 ? 'inet' : 'inet6'
  return `create ${name} ${type} family ${inet} hashsize ${HASH_SIZE} maxelem ${MAX_ENTRY_COUNT}`
}
