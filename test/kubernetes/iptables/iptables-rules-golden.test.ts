import { describe, expect, it } from 'vitest'
import { iptablesRules } from '../../../src/kubernetes/iptables/iptables-rules.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'
import {
  family,
  nodeInfo,
  proxyOptions,
  type RawNode,
  type RawObject,
  readJson,
  readText,
  servicePortsOf,
} from '../conformance.js'
import { rulesOf, tableText } from './rule-text.js'

interface GoldenCase {
  readonly sync: 'full' | 'partial'
  readonly node: RawNode
  readonly objects: readonly RawObject[]
  readonly previousObjects?: readonly RawObject[]
  readonly changeInTotalNatRules?: number
}

describe("rules against dumps of kube-proxy's own tests", () => {
  it.each(['BadIPs', 'SyncRepeated-0-initial'])('%s: the whole dump is equal, line by line', (name) => {
    const golden = readJson<GoldenCase>(`golden/iptables.${name}.objects.json`)
    const tables = generate(golden.node, golden.objects)
    expect(tables.flatMap(tableText)).toEqual(lines(name))
  })

  it.each(['SyncRepeated-1-add-svc3', 'SyncRepeated-2-delete-svc2'])(
    '%s: every rule of the partial dump is written, and KUBE-SERVICES is equal',
    (name) => {
      const golden = readJson<GoldenCase>(`golden/iptables.${name}.objects.json`)
      const written = generate(golden.node, golden.objects).flatMap(tableText)
      const rules = lines(name).filter((line) => line.startsWith('-A'))
      const isService = (line: string) => line.startsWith('-A KUBE-SERVICES')
      expect(written).toEqual(expect.arrayContaining(rules))
      expect(written.filter(isService)).toEqual(rules.filter(isService))
      expect(natRuleCount(golden.node, golden.objects) - previousRuleCount(golden)).toBe(
        golden.changeInTotalNatRules,
      )
    },
  )
})

describe('fixed chains under options', () => {
  interface StaticCase {
    readonly table: 'nat' | 'filter'
    readonly chain: string
    readonly options: {
      readonly iptablesHasRandomFully?: boolean
      readonly conntrackTCPBeLiberal?: boolean
      readonly nfacct?: boolean
    }
    readonly rules: readonly string[]
  }
  const { cases } = readJson<{ cases: StaticCase[] }>('extra/static-chains.json')

  it.each(cases)('$chain with $options', ({ table, chain, options, rules }) => {
    const { node } = readJson<GoldenCase>('golden/iptables.BadIPs.objects.json')
    const tables = iptablesRules([], nodeInfo(node), {
      ...proxyOptions(node),
      isMasqueradeFullyRandom: options.iptablesHasRandomFully ?? false,
      isConntrackLiberal: options.conntrackTCPBeLiberal ?? false,
      hasNfacct: options.nfacct ?? false,
    })
    expect(rulesOf(tables, table, chain)).toEqual(rules)
  })
})

function generate(node: RawNode, objects: readonly RawObject[]): readonly Table[] {
  return iptablesRules(servicePortsOf(objects, family(node)), nodeInfo(node), proxyOptions(node))
}

function lines(name: string): string[] {
  return readText(`golden/iptables.${name}.txt`).trimEnd().split('\n')
}

function natRuleCount(node: RawNode, objects: readonly RawObject[]): number {
  const nat = generate(node, objects).find((table) => table.name === 'nat')
  return nat?.chains.flatMap((chain) => chain.rules).length ?? 0
}

function previousRuleCount({ node, previousObjects }: GoldenCase): number {
  return natRuleCount(node, previousObjects ?? [])
}
