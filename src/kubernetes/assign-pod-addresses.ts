/**
 * Addresses of pods: from the Pod's status, else the next free one of its node's range, in the order of the pods,
 * from the second host on (the first is the gateway). A pod in the host network has its node's address.
 * Source: the host-local IPAM plugin hands out addresses in turn, too.
 */
import type { SourcePlace } from '../base/diagnostics.js'
import type { Cidr } from '../base/ip-address.js'
import { parseIpAddress } from '../base/ip-address.js'
import { hostAt, hostCount, NO_ADDRESS } from './cluster-ranges.js'
import type { Findings } from './findings.js'

/** A pod that needs an address. */
export interface UnaddressedPod {
  readonly title: string
  readonly nodeIndex: number
  readonly isInHostNetwork: boolean
  /** From the Pod's status. */
  readonly podIp: string | undefined
  readonly podIpPlace: () => SourcePlace
}

/** The node side of it, by node index. */
export interface PodNetwork {
  readonly address: string
  readonly podCidr: Cidr
}

/**
 * Assigns an address to every pod.
 *
 * @returns by position in `pods`; canonical text
 */
export function assignPodAddresses(
  pods: readonly UnaddressedPod[],
  nodes: readonly PodNetwork[],
  findings: Findings,
): readonly string[] {
  const taken = takeWritten(pods, nodes, findings)
  const nextHosts = nodes.map(({ podCidr }) => freeHosts(podCidr, taken))
  return pods.map(({ nodeIndex, isInHostNetwork, podIp }) => {
    if (isInHostNetwork) return nodes[nodeIndex].address
    return parseIpAddress(podIp ?? '')?.text ?? nextHosts[nodeIndex].next().value
  })
}

/** The hosts of a node's range one by one; when they run out, which was reported before, no address. */
function* freeHosts(range: Cidr, taken: ReadonlySet<string>): Generator<string, string> {
  for (let position = 1; position < hostCount(range); position += 1) {
    const host = hostAt(range, position)
    if (!taken.has(host)) yield host
  }
  return NO_ADDRESS
}

function takeWritten(
  pods: readonly UnaddressedPod[],
  nodes: readonly PodNetwork[],
  findings: Findings,
): ReadonlySet<string> {
  const owners = new Map(nodes.map(({ address }) => [address, 'a node']))
  const family = nodes[0]?.podCidr.family ?? 4
  for (const { title, podIp, podIpPlace, isInHostNetwork } of pods) {
    if (podIp === undefined || isInHostNetwork) continue
    const address = parseIpAddress(podIp)
    const owner = owners.get(address?.text ?? '')
    if (address?.family !== family) {
      findings.error({
        code: 'FIELD_VALUE',
        message: `The address "${podIp}" of ${title} is no IPv${family} address`,
        place: podIpPlace(),
        hint: `write an IPv${family} address, or leave it out to have one assigned`,
      })
    } else if (owner === undefined) {
      owners.set(address.text, title)
    } else {
      findings.error({
        code: 'ADDRESS_CLASH',
        message: `${title} has the address ${address.text} of ${owner}`,
        place: podIpPlace(),
        hint: 'change it, or leave it out to have one assigned',
      })
    }
  }
  return new Set(owners.keys())
}
