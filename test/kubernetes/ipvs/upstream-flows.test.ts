/**
 * The flows that upstream tests for mode iptables, and this project's own, in mode ipvs: what is true there is true here,
 * but for what `OTHERWISE` lists. Sources: test/data/conformance/README.md; kubernetes pkg/proxy/ipvs/proxier.go.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cidrContains, parseIpAddress } from '../../../src/base/ip-address.js'
import { ipvsTables } from '../../../src/kubernetes/ipvs/ipvs-tables.js'
import { ReferenceIpvsNode } from '../../../src/netfilter/ipvs/reference-node.js'
import { addressAndPort } from '../../../src/netfilter/ipvs/virtual-server.js'
import { dataFiles } from '../../conformance/data-files.js'
import {
  expectedEnd,
  type FlowEnd,
  inInterfaceOf,
  podInterfaceOf,
  protocolOf,
  type RawFlow,
} from '../../conformance/flow.js'
import { type FlowFile, type RawFlowCase, stateOf } from '../../conformance/flow-cases.js'
import { localRanges } from '../../conformance/raw-node.js'
import { canonicalAddress } from '../../conformance/raw-objects.js'

/** NodePorts on loopback, and what no Service has, are where the modes differ on purpose. */
const OF_ONE_MODE = ['iptables.localhost-node-ports.json', 'iptables.unknown-ports.json']

/** Ends of flows that are others in mode ipvs, by reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  // Ports that the Service lacks are refused, since its address is the node’s own.
  'TestClusterIPGeneral: default: TCP-only port does not match UDP traffic': 'reject',
  "TestClusterIPGeneral: default: svc1 does not accept svc2's ports": 'reject',
  // Nothing listens on loopback.
  'TestInternalExternalMasquerade: base: localhost to NodePort': 'none',
  'TestInternalExternalMasquerade: base: localhost to NodePort with eTP:Local': 'none',
  'TestInternalExternalMasquerade: base: localhost to NodePort with iTP:Local': 'none',
  'TestInternalExternalMasquerade: masqueradeAll: localhost to NodePort': 'none',
  'TestInternalExternalMasquerade: masqueradeAll: localhost to NodePort with eTP:Local': 'none',
  'TestInternalExternalMasquerade: masqueradeAll: localhost to NodePort with iTP:Local': 'none',
  'TestNodePorts: ipv4, localhost-nodeports enabled: localhost to nodePort gets masqueraded': 'none',
  // Policy Local holds for pods and processes of the node too, and nobody is masqueraded by it.
  'TestExternalTrafficPolicyLocal: default: pod to external IP hits both endpoints, unmasqueraded':
    'dnat 10.180.2.1:80',
  'TestExternalTrafficPolicyLocal: default: pod to LB IP hits only both endpoints, unmasqueraded':
    'dnat 10.180.2.1:80',
  'TestExternalTrafficPolicyLocal: default: pod to NodePort hits both endpoints, unmasqueraded':
    'dnat 10.180.2.1:80',
  'TestInternalExternalMasquerade: base: pod to NodePort with eTP:Local': 'dnat 10.180.0.2:80',
  'TestInternalExternalMasquerade: base: pod to LB with eTP:Local': 'dnat 10.180.0.2:80',
  'TestInternalExternalMasquerade: base: node to LB with eTP:Local': 'dnat 10.180.0.2:80',
  'TestInternalExternalMasquerade: masqueradeAll: pod to NodePort with eTP:Local': 'dnat 10.180.0.2:80',
  'TestInternalExternalMasquerade: masqueradeAll: pod to LB with eTP:Local': 'dnat 10.180.0.2:80',
  'TestInternalExternalMasquerade: masqueradeAll: node to LB with eTP:Local': 'dnat 10.180.0.2:80',
  'conditions: policy Local: terminating here, ready elsewhere: pod to node port': 'dnat 10.0.0.1:80',
  'detectors: ClusterCIDR: pod of the node to node port': 'dnat 10.0.0.1:80',
  'detectors: ClusterCIDR: pod of another node to node port': 'dnat 10.0.0.1:80',
  'detectors: ClusterCIDR: node to node port': 'dnat 10.0.0.1:80',
  'detectors: ClusterCIDR of both families: pod of the node to node port': 'dnat 10.0.0.1:80',
  'detectors: ClusterCIDR of both families: pod of another node to node port': 'dnat 10.0.0.1:80',
  'detectors: ClusterCIDR of both families: node to node port': 'dnat 10.0.0.1:80',
  'detectors: NodeCIDR: pod of the node to node port': 'dnat 10.0.0.1:80',
  'detectors: NodeCIDR: node to node port': 'dnat 10.0.0.1:80',
  'detectors: BridgeInterface: pod of the node to node port': 'dnat 10.0.0.1:80',
  'detectors: BridgeInterface: node to node port': 'dnat 10.0.0.1:80',
  'detectors: InterfaceNamePrefix: pod of the node to node port': 'dnat 10.0.0.1:80',
  'detectors: InterfaceNamePrefix: node to node port': 'dnat 10.0.0.1:80',
  'detectors: none: node to node port': 'dnat 10.0.0.1:80',
  'detectors: none, masqueradeAll: node to node port': 'dnat 10.0.0.1:80',
  'ipv6: policy Local on both sides: pod to external IP': 'dnat [fd00:10::1]:8080',
  'ipv6: policy Local on both sides: node to load balancer': 'dnat [fd00:10::1]:8080',
  // Policy Local leads elsewhere where the node has no endpoint.
  'TestTerminatingEndpointsTrafficPolicyLocal: terminating endpoints on remote node: external to LB, no locally-usable endpoints':
    'dnat 10.0.1.5:80',
  'conditions: policy Local: nothing here: cluster IP': 'dnat 10.1.0.1:80',
  'conditions: policy Local: nothing here: client to node port': 'dnat 10.1.0.1:80',
  'conditions: policy Local: nothing here: node to node port': 'dnat 10.1.0.1:80',
  // Source ranges are no matter for a process of the node that uses another source than the load-balancer address.
  'load-balancers: source ranges, several addresses: the node outside': 'dnat 10.180.0.1:80 masquerade',
  'load-balancers: a range holds the node: the node by another address': 'dnat 10.180.0.1:80 masquerade',
}

const FOLDERS = ['conformance', 'conformance-own'].map((name) =>
  fileURLToPath(new URL(`../../data/${name}/flows`, import.meta.url)),
)
const files = dataFiles(FOLDERS).filter(
  (path) => basename(path).startsWith('iptables.') && !OF_ONE_MODE.includes(basename(path)),
)

interface NamedFlow {
  readonly name: string
  readonly flowCase: RawFlowCase
  readonly flow: RawFlow
}

function flowsOf(path: string): NamedFlow[] {
  const file = JSON.parse(readFileSync(path, 'utf8')) as FlowFile
  const title = basename(path).replace('iptables.', '').replace('.json', '')
  return file.cases.flatMap((flowCase) =>
    flowCase.flows.map((flow) => ({ name: `${title}: ${flowCase.name}: ${flow.name}`, flowCase, flow })),
  )
}

function endText({ outcome, endpoints, masquerade }: FlowEnd): string {
  const words = [outcome === 'accept' ? 'none' : outcome, ...[...endpoints].sort()]
  return [...words, ...(masquerade ? ['masquerade'] : [])].join(' ')
}

/** Connects as often as it takes to get to each endpoint; persistence would keep it at one. */
function walk({ flowCase: { node, objects }, flow }: NamedFlow): FlowEnd {
  const state = stateOf(node, objects)
  const [tables] = ipvsTables(state.servicePorts, [state.node], state.options)
  const virtualServers = tables.virtualServers.map((each) => ({ ...each, persistenceSeconds: undefined }))
  const ipvs = new ReferenceIpvsNode({ ...tables, virtualServers }, localRanges(node))
  const source = parseIpAddress(flow.from)
  const isOwn = source !== undefined && localRanges(node).some((each) => cidrContains(each, source))
  const packet = {
    protocol: protocolOf(flow),
    source: canonicalAddress(flow.from),
    sourcePort: 40_000,
    destination: canonicalAddress(flow.to),
    destinationPort: flow.port,
    mark: 0,
    states: ['NEW'] as const,
    inInterface: isOwn ? undefined : inInterfaceOf(flow, node, podInterfaceOf(state.options)),
  }
  const endpoints = new Set<string>()
  let masquerade = false
  for (;;) {
    const { verdict, choice, isMasqueraded } = ipvs.pass(isOwn ? 'send' : 'receive', packet, 0)
    const nowhere = { endpoints: [], masquerade: false }
    if (verdict !== 'accepted') return { outcome: verdict === 'dropped' ? 'drop' : 'reject', ...nowhere }
    if (choice?.chosen === undefined) return { outcome: 'none', ...nowhere }
    const name = addressAndPort(choice.chosen)
    if (endpoints.has(name)) return { outcome: 'dnat', endpoints: [...endpoints], masquerade }
    endpoints.add(name)
    masquerade ||= isMasqueraded
  }
}

describe.each(files.map((path) => ({ path, file: basename(path) })))('$file in mode ipvs', ({ path }) => {
  it.each(flowsOf(path))('$name', (each) => {
    const expected = endText(expectedEnd(each.flow) as FlowEnd)
    expect(endText(walk(each))).toBe(OTHERWISE[each.name] ?? expected)
  })
})

it('what is said to be otherwise is', () => {
  const flows = files.flatMap(flowsOf)
  for (const [name, end] of Object.entries(OTHERWISE)) {
    const flow = flows.find((each) => each.name === name)?.flow
    expect(flow, name).toBeDefined()
    if (flow !== undefined) expect(endText(expectedEnd(flow) as FlowEnd), name).not.toBe(end)
  }
})
