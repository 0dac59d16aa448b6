/**
 * Design points as bytes for another thread of the same program: cluster and scenario as they are, but for functions. Those
 * that answer for names are made again from their records; those that look up places in the user's text (fields `origin`) are
 * left out. A replication does not use them: what can be wrong with the input was found when the plan was made.
 */
import { deserialize, serialize } from 'node:v8'
import type { Cluster } from '../../kubernetes/cluster.js'
import { createDnsRecords, type DnsRecords } from '../../kubernetes/dns-records.js'
import type { WorkloadTrace } from '../../workload/workload-trace.js'
import type { DesignPoint } from '../plan.js'

/** A point that holds nothing but data. */
interface PlainPoint extends Omit<DesignPoint, 'cluster' | 'source'> {
  readonly cluster: Omit<Cluster, 'dns'>
  readonly dns: Pick<DnsRecords, 'services' | 'search'>
}

/** @remarks O(cluster); objects that occur several times stay one */
export function encodePoint({ settings, cluster, scenario }: DesignPoint): Uint8Array {
  const { dns, ...rest } = cluster
  const { services, search } = dns
  const plain: PlainPoint = { settings, cluster: rest, scenario, dns: { services, search } }
  return serialize(withoutOrigins(plain, new Map()))
}

/** The point again. @param bytes - of `encodePoint` in the same process: it is not checked */
export function decodePoint(bytes: Uint8Array): DesignPoint {
  const { cluster, dns, ...rest }: PlainPoint = deserialize(bytes)
  return { ...rest, cluster: { ...cluster, dns: createDnsRecords(dns.services, dns.search) } }
}

/** The trace over memory that threads share, so that a million requests are not copied for each. */
export function sharedTrace(trace: WorkloadTrace): WorkloadTrace {
  return {
    ...trace,
    groups: trace.groups.map((group) => ({
      ...group,
      timesNs: sharedFloats(group.timesNs),
      clients: sharedIntegers(group.clients),
      demandsNs: group.demandsNs.map(sharedFloats),
    })),
  }
}

function sharedFloats(array: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(array.byteLength))
  shared.set(array)
  return shared
}

function sharedIntegers(array: Uint32Array): Uint32Array {
  const shared = new Uint32Array(new SharedArrayBuffer(array.byteLength))
  shared.set(array)
  return shared
}

function withoutOrigins(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>()
    copies.set(value, map)
    for (const [key, each] of value) map.set(key, withoutOrigins(each, copies))
    return map
  }
  if (value instanceof Set) return value
  if (Array.isArray(value)) {
    const list: unknown[] = []
    copies.set(value, list)
    for (const each of value) list.push(withoutOrigins(each, copies))
    return list
  }
  const record: Record<string, unknown> = {}
  copies.set(value, record)
  for (const [key, each] of Object.entries(value)) {
    if (key !== 'origin') record[key] = withoutOrigins(each, copies)
  }
  return record
}
