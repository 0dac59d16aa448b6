/**
 * Golden dumps and names of nftables mode.
 */
import type { Protocol } from '../../src/input/kubernetes-objects.js'
import { servicePortName } from '../../src/kubernetes/iptables/chain-names.js'
import type { ProxyState } from '../../src/kubernetes/iptables/iptables-sync.js'
import { endpointNames, servicePortNames } from '../../src/kubernetes/nftables/object-names.js'
import { canonicalDump, dumpOf } from '../kubernetes/nftables/nftables-dump.js'
import { tableOfState } from '../kubernetes/nftables/nftables-flow.js'
import { splitEndpoint } from './flow.js'
import { lineDifferences } from './line-differences.js'

/**
 * How the table of a state differs from a dump.
 *
 * @param previous - the state of the sync before, whose chains are still there, empty; undefined: there was none
 */
export function nftablesDifferences(
  previous: ProxyState | undefined,
  next: ProxyState,
  text: string,
): string[] {
  const before = previous === undefined ? undefined : tableOfState(previous)
  const written = dumpOf(tableOfState(next), before)
  return lineDifferences(canonicalDump(text.split('\n')), canonicalDump(written))
}

/** What is named. */
export interface NamedPort {
  readonly namespace: string
  readonly service: string
  readonly port: string
  readonly protocol: string
  readonly endpoint?: string
}

/** The part that the names of all chains of a Service port, or of an endpoint, end with. */
export function nftablesNameBase({ namespace, service, port, protocol, endpoint }: NamedPort): string {
  const name = servicePortName(namespace, service, port)
  const proto = protocol.toUpperCase() as Protocol
  if (endpoint === undefined) return afterDash(servicePortNames(name, proto).cluster)
  return afterDash(endpointNames(name, proto, splitEndpoint(endpoint)).chain)
}

function afterDash(name: string): string {
  return name.slice(name.indexOf('-') + 1)
}
