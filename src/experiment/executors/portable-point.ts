/**
 * Design points as bytes for another thread of the same program: cluster and scenario as they are, but for functions. Those
 * that answer for names are made again from their records; places in the user's text (fields `origin`) are left behind. A
 * replication does not use them: what can be wrong with the input was found when the plan was made.
 *
 * The rules of the nodes, most of a cluster by far, go by themselves: points of a sweep that differ in nothing that kube-proxy
 * sees share them.
 */
import { deserialize, serialize } from 'node:v8'
import type { Cluster } from '../../kubernetes/cluster.js'
import { createDnsRecords, type DnsRecords } from '../../kubernetes/dns-records.js'
import type { WorkloadTrace } from '../../workload/workload-trace.js'
import type { DesignPoint } from '../plan.js'

type Rules = Cluster['nodeRules']

/** A point without the rules of its nodes. */
export interface PointWithoutRules extends Pick<DesignPoint, 'settings' | 'scenario'> {
  readonly cluster: Omit<Cluster, 'nodeRules'>
}

/** The same, holding nothing but data. */
interface PlainPoint extends Pick<DesignPoint, 'settings' | 'scenario'> {
  readonly cluster: Omit<Cluster, 'nodeRules' | 'dns'>
  readonly dns: Pick<DnsRecords, 'services' | 'search'>
}

/** A point but for its rules. @remarks O(cluster); objects that occur several times stay one */
export function encodePoint({ settings, cluster, scenario }: DesignPoint): Uint8Array {
  const { dns, nodeRules: _nodeRules, ...rest } = cluster
  const { services, search } = dns
  const plain: PlainPoint = { settings, cluster: rest, scenario, dns: { services, search } }
  return serialize(plain)
}

/** What was encoded. @param bytes - of `encodePoint` in the same process: it is not checked */
export function decodePoint(bytes: Uint8Array): PointWithoutRules {
  const { cluster, dns, ...rest }: PlainPoint = deserialize(bytes)
  return { ...rest, cluster: { ...cluster, dns: createDnsRecords(dns.services, dns.search) } }
}

/** The rules of a cluster. @remarks O(rules); what nodes share stays one */
export function encodeRules(rules: Rules): Uint8Array {
  return serialize(rules)
}

/** What was encoded. @param bytes - of `encodeRules` in the same process: it is not checked */
export function decodeRules(bytes: Uint8Array): Rules {
  return deserialize(bytes)
}

/** The point again. */
export function pointWith({ cluster, ...rest }: PointWithoutRules, nodeRules: Rules): DesignPoint {
  return { ...rest, cluster: { ...cluster, nodeRules } }
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
