import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { IpProtocol } from '../../../src/netfilter/iptables/rule.js'
import {
  conformanceUrl,
  family,
  nodeInfo,
  proxyOptions,
  type RawNode,
  type RawObject,
  readJson,
  servicePortsOf,
} from '../conformance.js'
import { type FlowEnd, type NftablesState, tableOfState, walkFlow } from './nftables-flow.js'

interface FlowCase {
  readonly name: string
  readonly node: RawNode
  readonly objects: readonly RawObject[]
  readonly flows: readonly Flow[]
}

interface Flow {
  readonly name: string
  readonly protocol: string
  readonly from: string
  readonly to: string
  readonly port: number
  readonly expect: FlowEnd
}

const files = readdirSync(conformanceUrl('flows/'))
  .filter((file) => file.startsWith('nftables.'))
  .sort()

describe.each(files)("packets of kube-proxy's own tests: %s", (file) => {
  const { cases } = readJson<{ cases: FlowCase[] }>(`flows/${file}`)

  describe.each(cases)('$name', ({ node, objects, flows }) => {
    const state: NftablesState = {
      servicePorts: servicePortsOf(objects, family(node)),
      node: nodeInfo(node),
      options: proxyOptions(node),
    }
    const table = tableOfState(state)

    it.each(flows)('$name: $protocol $from to $to $port', (flow) => {
      const packet = { ...flow, protocol: flow.protocol.toLowerCase() as IpProtocol }
      expect(walkFlow(table, state, packet).end).toEqual(flow.expect)
    })
  })
})

describe('the conformance flows', () => {
  it('are 116 in nftables mode', () => {
    const counts = files.map((file) =>
      readJson<{ cases: FlowCase[] }>(`flows/${file}`).cases.map(({ flows }) => flows.length),
    )
    expect(counts.flat().reduce((sum, count) => sum + count)).toBe(116)
  })
})
