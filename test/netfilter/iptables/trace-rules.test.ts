/** Ways of a packet through rules: read as text, with chances as fractions. */
import { describe, expect, it } from 'vitest'
import { parseCidr } from '../../../src/base/ip-address.js'
import { parseTables } from '../../../src/netfilter/iptables/iptables-save.js'
import { ReferenceLists } from '../../../src/netfilter/iptables/reference-lists.js'
import { traceRules } from '../../../src/netfilter/iptables/trace-rules.js'
import type { NodeStep, NodeWays } from '../../../src/netfilter/node-ways.js'

const LOCAL = ['192.168.0.1', '127.0.0.0/8'].map((text) => parseCidr(text) ?? never())

function never(): never {
  throw new Error('no range')
}

interface Options {
  readonly nat?: string
  readonly filter?: string
  readonly way?: 'receive' | 'send'
  readonly maxRunLength?: number
  readonly draws?: readonly number[]
}

/** The ways of a packet from 10.0.0.9 to 10.96.0.1:80. */
function trace({ nat = '', filter = '', way = 'receive', maxRunLength = 100, draws }: Options): string[] {
  const tables = parseTables(
    `*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n${nat}\nCOMMIT\n` +
      `*filter\n:INPUT ACCEPT\n:FORWARD DROP\n:OUTPUT ACCEPT\n${filter}\nCOMMIT\n`,
  )
  const lists = new ReferenceLists()
  lists.retain(tables)
  const packet = {
    protocol: 'tcp' as const,
    source: '10.0.0.9',
    sourcePort: 40_000,
    destination: '10.96.0.1',
    destinationPort: 80,
    mark: 0,
    states: ['NEW'] as const,
  }
  const left = [...(draws ?? [])]
  const draw31 = draws === undefined ? undefined : () => left.shift() ?? never()
  return textOf(
    traceRules({ node: { tables, localAddresses: LOCAL, lists }, way, packet }, { draw31, maxRunLength }),
  )
}

function textOf({ steps, end }: NodeWays, indent = ''): string[] {
  const last =
    end === undefined
      ? []
      : [
          `${indent}= ${end.verdict} ${end.packet.destination}:${end.packet.destinationPort} after ${end.work.rulesEvaluated}`,
        ]
  return [...steps.flatMap((step) => stepText(step, indent)), ...last]
}

function stepText(step: NodeStep, indent: string): string[] {
  switch (step.kind) {
    case 'hook':
      return [`${indent}${step.table} ${step.chain}`]
    case 'policy':
      return [`${indent}policy ${step.verdict}`]
    case 'skipped':
      return [`${indent}${step.chain} ${step.firstNumber}+${step.ruleCount} no match`]
    case 'rule': {
      const own =
        `${indent}${step.chain} ${step.number} depth ${step.depth}: ${step.result} ${step.detail}`.trimEnd()
      const branches = step.branches.flatMap(({ chance, ways }) => [
        `${indent}? ${chance.numerator}/${chance.denominator}`,
        ...textOf(ways, `${indent}  `),
      ])
      return [own, ...branches]
    }
  }
}

const CHOICE = `
  :SVC -
  :SEP-A -
  :SEP-B -
  :SEP-C -
  -A PREROUTING -d 10.96.0.1 -p tcp --dport 80 -j SVC
  -A SVC -m statistic --mode random --probability 0.3333333333 -j SEP-A
  -A SVC -m statistic --mode random --probability 0.5 -j SEP-B
  -A SVC -j SEP-C
  -A SEP-A -p tcp -j DNAT --to-destination 10.0.0.1:80
  -A SEP-B -p tcp -j DNAT --to-destination 10.0.0.2:80
  -A SEP-C -p tcp -j DNAT --to-destination 10.0.0.3:80`

describe('traceRules', () => {
  it('shows every draw with the way of those that pass, and the rest after it', () => {
    expect(trace({ nat: CHOICE, filter: '-A FORWARD -j ACCEPT' })).toEqual([
      'nat PREROUTING',
      'PREROUTING 1 depth 0: jump SVC',
      'SVC 1 depth 1: drawn',
      '? 715827883/2147483648',
      '  SVC 1 depth 1: jump SEP-A',
      '  SEP-A 1 depth 2: dnat 10.0.0.1:80',
      '  filter FORWARD',
      '  FORWARD 1 depth 0: accept',
      '  nat POSTROUTING',
      '  policy ACCEPT',
      '  = accepted 10.0.0.1:80 after 4',
      'SVC 2 depth 1: drawn',
      '? 1073741824/2147483648',
      '  SVC 2 depth 1: jump SEP-B',
      '  SEP-B 1 depth 2: dnat 10.0.0.2:80',
      '  filter FORWARD',
      '  FORWARD 1 depth 0: accept',
      '  nat POSTROUTING',
      '  policy ACCEPT',
      '  = accepted 10.0.0.2:80 after 5',
      'SVC 3 depth 1: jump SEP-C',
      'SEP-C 1 depth 2: dnat 10.0.0.3:80',
      'filter FORWARD',
      'FORWARD 1 depth 0: accept',
      'nat POSTROUTING',
      'policy ACCEPT',
      '= accepted 10.0.0.3:80 after 6',
    ])
  })

  it('shows one way where the draws are given', () => {
    expect(trace({ nat: CHOICE, draws: [0x7fffffff, 0] })).toEqual([
      'nat PREROUTING',
      'PREROUTING 1 depth 0: jump SVC',
      'SVC 1 depth 1: noMatch --probability',
      'SVC 2 depth 1: jump SEP-B',
      'SEP-B 1 depth 2: dnat 10.0.0.2:80',
      'filter FORWARD',
      'policy DROP',
      '= dropped 10.0.0.2:80 after 4',
    ])
  })

  it('does not branch where a draw always or never passes', () => {
    const nat = `
      -A PREROUTING -m statistic --mode random --probability 0 -j ACCEPT
      -A PREROUTING -m statistic --mode random --probability 1 -j ACCEPT`
    expect(trace({ nat })).toEqual([
      'nat PREROUTING',
      'PREROUTING 1 depth 0: noMatch --probability',
      'PREROUTING 2 depth 0: accept',
      'filter FORWARD',
      'policy DROP',
      '= dropped 10.96.0.1:80 after 2',
    ])
  })

  it('branches inside of branches, also within one rule', () => {
    const nat =
      '-A PREROUTING -m statistic --mode random --probability 0.5 -m statistic --mode random --probability 0.25 -j ACCEPT'
    expect(
      trace({ nat, filter: '-A FORWARD -m statistic --mode random --probability 0.125 -j ACCEPT' }),
    ).toEqual([
      'nat PREROUTING',
      'PREROUTING 1 depth 0: drawn',
      '? 1073741824/2147483648',
      '  PREROUTING 1 depth 0: drawn',
      '  ? 536870912/2147483648',
      '    PREROUTING 1 depth 0: accept',
      '    filter FORWARD',
      '    FORWARD 1 depth 0: drawn',
      '    ? 268435456/2147483648',
      '      FORWARD 1 depth 0: accept',
      '      nat POSTROUTING',
      '      policy ACCEPT',
      '      = accepted 10.96.0.1:80 after 2',
      '    policy DROP',
      '    = dropped 10.96.0.1:80 after 2',
      '  policy ACCEPT',
      '  filter FORWARD',
      '  FORWARD 1 depth 0: drawn',
      '  ? 268435456/2147483648',
      '    FORWARD 1 depth 0: accept',
      '    nat POSTROUTING',
      '    policy ACCEPT',
      '    = accepted 10.96.0.1:80 after 2',
      '  policy DROP',
      '  = dropped 10.96.0.1:80 after 2',
      'policy ACCEPT',
      'filter FORWARD',
      'FORWARD 1 depth 0: drawn',
      '? 268435456/2147483648',
      '  FORWARD 1 depth 0: accept',
      '  nat POSTROUTING',
      '  policy ACCEPT',
      '  = accepted 10.96.0.1:80 after 2',
      'policy DROP',
      '= dropped 10.96.0.1:80 after 2',
    ])
  })

  it('tells the number of a long row of rules that do not match, in each chain by itself', () => {
    const nat = `
      :OTHER -
      -A PREROUTING -d 1.1.1.1 -j ACCEPT
      -A PREROUTING -d 1.1.1.2 -j ACCEPT
      -A PREROUTING -d 1.1.1.3 -j ACCEPT
      -A PREROUTING -j OTHER
      -A PREROUTING -s 1.1.1.4 -j ACCEPT
      -A OTHER -s 1.1.1.5 -j ACCEPT
      -A OTHER -p udp --sport 1 -j ACCEPT`
    expect(trace({ nat, maxRunLength: 2 }).slice(0, 7)).toEqual([
      'nat PREROUTING',
      'PREROUTING 1+3 no match',
      'PREROUTING 4 depth 0: jump OTHER',
      'OTHER 1 depth 1: noMatch -s',
      'OTHER 2 depth 1: noMatch -p',
      'PREROUTING 5 depth 0: noMatch -s',
      'policy ACCEPT',
    ])
  })

  it('starts every way with the same lists', () => {
    const nat = `
      -A PREROUTING -m statistic --mode random --probability 0.5 -m recent --name L --set
      -A PREROUTING -m recent --name L --rcheck -j ACCEPT
      -A PREROUTING -m statistic --mode random --probability 0.5 -j RETURN`
    expect(trace({ nat }).filter((line) => line.includes('PREROUTING 2'))).toEqual([
      '  PREROUTING 2 depth 0: accept',
      'PREROUTING 2 depth 0: noMatch --rcheck',
    ])
  })

  it('refuses more ways than it can follow', () => {
    const rule = '-A PREROUTING -m statistic --mode random --probability 0.5 -j MARK --or-mark 1\n'
    expect(() => trace({ nat: rule.repeat(70) })).toThrow('FLOW_TOO_LONG')
    expect(trace({ nat: rule.repeat(8) }).filter((line) => line.includes('= dropped'))).toHaveLength(256)
  })

  it('refuses chains that meet their rules twice and twice again', () => {
    const chains = Array.from({ length: 40 }, (_, index) => `:C${index} -`)
    const jumps = chains
      .slice(1)
      .flatMap((_, index) => [`-A C${index} -j C${index + 1}`, `-A C${index} -j C${index + 1}`])
    expect(() => trace({ nat: [...chains, ...jumps, '-A PREROUTING -j C0'].join('\n') })).toThrow(
      'FLOW_TOO_LONG',
    )
  })
})
