import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { iptablesRules } from '../../../src/kubernetes/iptables/iptables-rules.js'
import { endpointText } from '../../../src/kubernetes/proxy-inputs.js'
import {
  type Interpretation,
  interpret,
  type ReadableNode,
} from '../../../src/netfilter/iptables/interpret.js'
import { ReferenceLists } from '../../../src/netfilter/iptables/reference-lists.js'
import type { IpProtocol, Table } from '../../../src/netfilter/iptables/rule.js'
import {
  conformanceUrl,
  family,
  nodeInfo,
  proxyOptions,
  type RawNode,
  type RawObject,
  range,
  readJson,
  servicePortsOf,
} from '../conformance.js'
import { rulesOf } from './rule-text.js'

interface FlowCase {
  readonly name: string
  readonly node: RawNode
  readonly objects: readonly RawObject[]
  readonly flows: readonly Flow[]
  readonly expectLocalnetFirewallRule?: boolean
}

interface Flow {
  readonly name: string
  readonly protocol: string
  readonly from: string
  readonly to: string
  readonly port: number
  readonly expect: {
    readonly outcome: 'dnat' | 'reject' | 'drop' | 'none' | 'accept'
    readonly endpoints: readonly string[]
    readonly masquerade: boolean
  }
}

const files = readdirSync(conformanceUrl('flows/')).sort()

describe.each(files)("packets of kube-proxy's own tests: %s", (file) => {
  const { cases } = readJson<{ cases: FlowCase[] }>(`flows/${file}`)

  describe.each(cases)('$name', (flowCase) => {
    const tables = generate(flowCase)

    it.each(flowCase.flows)('$name: $protocol $from to $to $port', (flow) => {
      expect(walkEveryWay(tables, flowCase.node, flow)).toEqual(flow.expect)
    })
  })

  const guarded = cases.filter((each) => each.expectLocalnetFirewallRule !== undefined)
  if (guarded.length > 0) {
    it.each(guarded)('$name: guards 127.0.0.0/8 if and only if it has to', (flowCase) => {
      const rules = rulesOf(generate(flowCase), 'filter', 'KUBE-FIREWALL')
      expect(rules).toHaveLength(flowCase.expectLocalnetFirewallRule ? 1 : 0)
    })
  }
})

describe('the conformance flows', () => {
  it('are 142, all of iptables mode', () => {
    const counts = files.map((file) =>
      readJson<{ cases: FlowCase[] }>(`flows/${file}`).cases.reduce(
        (sum, each) => sum + each.flows.length,
        0,
      ),
    )
    expect(counts.reduce((sum, count) => sum + count)).toBe(142)
  })
})

function generate({ node, objects }: FlowCase): readonly Table[] {
  return iptablesRules(servicePortsOf(objects, family(node)), nodeInfo(node), proxyOptions(node))
}

/** Sends the packet once for every endpoint that it can be led to. */
function walkEveryWay(tables: readonly Table[], node: RawNode, flow: Flow): Flow['expect'] {
  const ways: Interpretation[] = []
  for (let failedDraws = 0; ; failedDraws += 1) {
    const way = walk(tables, node, flow, failedDraws)
    ways.push(way)
    if (way.statisticRulesEvaluated <= failedDraws) break
  }
  const endpoints = ways
    .filter((each) => each.isDestinationTranslated)
    .map(({ packet }) =>
      endpointText({
        address: packet.destination,
        port: packet.destinationPort,
      }),
    )
  return {
    outcome: outcomeOf(ways[0]),
    endpoints,
    masquerade: ways.some((each) => each.isDestinationTranslated && each.isMasqueraded),
  }
}

/** @param failedDraws - statistic rules that do not match before one does */
function walk(tables: readonly Table[], node: RawNode, flow: Flow, failedDraws: number): Interpretation {
  let draws = 0
  const lists = new ReferenceLists()
  lists.retain(tables)
  const readable: ReadableNode = {
    tables,
    localAddresses: [...node.ips, '127.0.0.0/8', '::1'].map(range),
    lists,
    draw31: () => {
      draws += 1
      return draws > failedDraws ? 0 : 0x7fffffff
    },
  }
  const packet = {
    protocol: flow.protocol.toLowerCase() as IpProtocol,
    source: flow.from,
    sourcePort: 40_000,
    destination: flow.to,
    destinationPort: flow.port,
    mark: 0,
    states: ['NEW' as const],
  }
  return interpret(readable, 'receive', packet, 0)
}

function outcomeOf(way: Interpretation): Flow['expect']['outcome'] {
  if (way.verdict === 'rejected') return 'reject'
  if (way.verdict === 'dropped') return 'drop'
  if (way.isDestinationTranslated) return 'dnat'
  const isLetThrough = way.rulesMet.some((met) => met.isMatched && met.rule.target.kind === 'ACCEPT')
  return isLetThrough ? 'accept' : 'none'
}
