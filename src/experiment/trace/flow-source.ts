/** Where a packet comes from: `--from`. */
import { addressAt, type IpAddress, parseCidr, parseIpAddress } from '../../base/ip-address.js'
import type { Cluster, ClusterNode } from '../../kubernetes/cluster.js'
import { OUTSIDE_RANGE } from '../../model/callers.js'
import { nodeNamed, optionError, podNamed } from './named-things.js'
import { type AddressMap, isHostPod, podTitle } from './whereabouts.js'

/** Who sends the packet. */
export interface FlowSource {
  readonly kind: 'pod' | 'node' | 'outside'
  /** Pod or node; undefined for an address that none of the manifests names. */
  readonly name: string | undefined
  /** Namespace in which names of Services are looked up. */
  readonly namespace: string
  /** Undefined: outside. */
  readonly node: ClusterNode | undefined
  /** Undefined for a node: its address depends on where the packet goes. */
  readonly address: string | undefined
}

/** The position of the first client outside: as in a run. */
const FIRST_CLIENT = 2

/**
 * Reads `--from`.
 *
 * @throws InputError FLOW_SYNTAX, FLOW_IMPOSSIBLE, POD_UNKNOWN, NODE_UNKNOWN
 */
export function flowSource(text: string, map: AddressMap): FlowSource {
  const { cluster } = map
  const option = { option: '--from', text }
  const [, kind, name] = /^(pods?|nodes?)\/(.+)$/.exec(text) ?? []
  if (kind?.startsWith('pod') && name !== undefined) {
    const pod = podNamed(name, cluster, option)
    const node = map.nodeOf(pod)
    // A pod in the network of its node is a process of that node.
    const isProcess = isHostPod(pod, cluster)
    return {
      kind: isProcess ? 'node' : 'pod',
      name: podTitle(pod),
      namespace: pod.namespace,
      node,
      address: isProcess ? undefined : pod.address,
    }
  }
  if (kind !== undefined && name !== undefined) return nodeSource(nodeNamed(name, cluster, option))
  if (text === 'external') return outsideSource(firstClient(cluster))
  const address = parseIpAddress(text)
  if (address !== undefined) return addressSource(address, map, text)
  const hint = cluster.pods.some((pod) => pod.name === text || pod.workload === text)
    ? `did you mean pod/${text}?`
    : cluster.nodes.some((node) => node.name === text)
      ? `did you mean node/${text}?`
      : 'write an address, pod/NAME, node/NAME or external'
  throw optionError('FLOW_SYNTAX', option, `"${text}" is no source of packets`, hint)
}

function addressSource({ text, family }: IpAddress, map: AddressMap, written: string): FlowSource {
  const option = { option: '--from', text: written }
  const { cluster } = map
  if (family !== cluster.ipFamily) {
    const message = `${text} is an address of IPv${family}, and the cluster is one of IPv${cluster.ipFamily}`
    throw optionError('FLOW_IMPOSSIBLE', option, message)
  }
  const place = map.locate(text, 0)
  switch (place.kind) {
    case 'pod':
      return {
        kind: 'pod',
        name: podTitle(place.pod),
        namespace: place.pod.namespace,
        node: place.node,
        address: text,
      }
    case 'podRange':
      return { kind: 'pod', name: undefined, namespace: 'default', node: place.node, address: text }
    case 'node':
      return nodeSource(place.node)
    case 'loopback':
      throw optionError(
        'FLOW_IMPOSSIBLE',
        option,
        `Every machine has the address ${text}`,
        'name the node whose process sends: --from node/NAME',
      )
    case 'outside':
      return outsideSource(text)
  }
}

function nodeSource(node: ClusterNode): FlowSource {
  return { kind: 'node', name: node.name, namespace: 'default', node, address: undefined }
}

function outsideSource(address: string): FlowSource {
  return { kind: 'outside', name: undefined, namespace: 'default', node: undefined, address }
}

/** The address that the first client outside has in a run. */
function firstClient({ ipFamily }: Cluster): string {
  const range = parseCidr(OUTSIDE_RANGE[ipFamily])
  return range === undefined ? '' : addressAt(range, FIRST_CLIENT).text
}
