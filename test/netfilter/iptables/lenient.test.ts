/** Reading what is not modelled: how it is cut out of a rule, and where the way of a packet ends. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/base/diagnostics.js'
import { interpret } from '../../../src/netfilter/iptables/interpret.js'
import { parseTables, printRule, printTables } from '../../../src/netfilter/iptables/iptables-save.js'
import { ReferenceLists } from '../../../src/netfilter/iptables/reference-lists.js'
import type { Rule } from '../../../src/netfilter/iptables/rule.js'
import { randomTables } from './random-tables.js'

function read(rule: string): Rule {
  const text = `*nat\n:PREROUTING ACCEPT\n:A -\n-A A ${rule}\nCOMMIT\n`
  return parseTables(text, 'dump', { isLenient: true })[0].chains[1].rules[0]
}

/** A rule in parts: kinds of modelled matches and targets, texts of others. */
function partsOf({ matches, target }: Rule): string[] {
  return [...matches, target].map((part) => (part.kind === 'unmodelled' ? part.text : `<${part.kind}>`))
}

describe('what is kept together', () => {
  test.each<[rule: string, parts: string[]]>([
    ['-m limit --limit 5/min -j A', ['-m limit --limit 5/min', '<jump>']],
    ['-j LOG --log-prefix "a b" --log-level 4', ['-j LOG --log-prefix "a b" --log-level 4']],
    ['-j LOG --log-prefix "-m x" -m comment --comment y', ['<comment>', '-j LOG --log-prefix "-m x"']],
    ['-m set ! --match-set S src,dst -s 10.0.0.1', ['-m set ! --match-set S src,dst', '<source>', '<none>']],
    ['-m set --match-set S src ! -s 10.0.0.1 -j A', ['-m set --match-set S src', '<source>', '<jump>']],
    [
      '-m recent --update --seconds 30 --hitcount 6 --name SSH --rsource -j DROP',
      ['-m recent --update --seconds 30 --hitcount 6 --name SSH --rsource', '<DROP>'],
    ],
    ['-m recent --name L --set -j A', ['<recent>', '<jump>']],
    [
      '-m conntrack --ctstate NEW --ctdir ORIGINAL -j A',
      ['-m conntrack --ctstate NEW --ctdir ORIGINAL', '<jump>'],
    ],
    ['-m conntrack --ctstate UNTRACKED -j A', ['-m conntrack --ctstate UNTRACKED', '<jump>']],
    [
      '-m statistic --mode nth --every 3 --packet 0 -j A',
      ['-m statistic --mode nth --every 3 --packet 0', '<jump>'],
    ],
    ['-m addrtype --dst-type BROADCAST -j A', ['-m addrtype --dst-type BROADCAST', '<jump>']],
    [
      '-p tcp -m tcp --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN --sport 1 -j A',
      ['<protocol>', '<destinationPort>', '--tcp-flags FIN,SYN,RST,ACK SYN', '<sourcePort>', '<jump>'],
    ],
    ['-p tcp -m tcp ! --syn -j A', ['<protocol>', '! --syn', '<jump>']],
    ['-p icmp -m icmp --icmp-type 8 -j A', ['<otherProtocol>', '-m icmp --icmp-type 8', '<jump>']],
    ['-p unheard-of -j A', ['-p unheard-of', '<jump>']],
    ['! -f -j A', ['! -f', '<jump>']],
    ['-m u32 --u32 "0 & 0xFFFF = 0x100:0x1FF" -j A', ['-m u32 --u32 "0 & 0xFFFF = 0x100:0x1FF"', '<jump>']],
    ['-m tos --tos 0x10/0x3f -m comment --comment x', ['-m tos --tos 0x10/0x3f', '<comment>', '<none>']],
    ['-m nice --by -5 -j A', ['-m nice --by -5', '<jump>']],
    [
      '-p tcp -j DNAT --to-destination 10.0.0.1:80 --persistent',
      ['<protocol>', '-j DNAT --to-destination 10.0.0.1:80 --persistent'],
    ],
    ['-p tcp -j DNAT --to-destination :80', ['<protocol>', '-j DNAT --to-destination :80']],
    ['-p tcp -j MASQUERADE --to-ports 1024-2048', ['<protocol>', '-j MASQUERADE --to-ports 1024-2048']],
    ['-j NOWHERE', ['-j NOWHERE']],
    ['-g NOWHERE', ['-g NOWHERE']],
    ['-j NOWHERE --with options', ['-j NOWHERE --with options']],
    ['-p dccp --dport 80 -j A', ['<otherProtocol>', '<destinationPort>', '<jump>']],
  ])('%s', (rule, parts) => {
    const [found, printed] = [read(rule), printRule('A', read(rule))]
    expect(partsOf(found)).toEqual(parts)
    expect(partsOf(read(printed.slice('-A A '.length)))).toEqual(parts)
  })

  test('what is wrong stays an error', () => {
    expect(() => read('-d 10.0.0.256')).toThrow(InputError)
    expect(() => read('-m limit --limit 1/s -p tcp --dport 99999')).toThrow(InputError)
    expect(() => parseTables('*broute\nCOMMIT\n', 'dump', { isLenient: true })).toThrow(
      'table "broute" is not modelled',
    )
  })

  test('what is modelled is read as ever', () => {
    const property = fc.property(randomTables, (tables) => {
      expect(parseTables(printTables(tables), 'dump', { isLenient: true })).toEqual(tables)
    })
    fc.assert(property, { seed: 6, numRuns: 100 })
  })
})

describe('where the way of a packet ends', () => {
  /** Takes TCP 10.0.0.2:1 > 10.9.9.9:80 through PREROUTING. */
  function outcome(rules: readonly string[], table = 'nat') {
    const text = `*${table}\n:PREROUTING ACCEPT\n${rules.map((rule) => `-A PREROUTING ${rule}\n`).join('')}COMMIT\n`
    const tables = parseTables(text, 'dump', { isLenient: true })
    const lists = new ReferenceLists()
    lists.retain(tables)
    const node = { tables, localAddresses: [], lists, draw31: () => 0 }
    const packet = {
      protocol: 'tcp',
      source: '10.0.0.2',
      sourcePort: 1,
      destination: '10.9.9.9',
      destinationPort: 80,
      mark: 0,
      states: ['NEW'],
    } as const
    const said = interpret(node, 'receive', packet, 0)
    const last = said.rulesMet[said.rulesMet.length - 1]
    return {
      verdict: said.verdict,
      rules: said.rulesEvaluated,
      matched: said.rulesMatched,
      unmodelled: last?.unmodelled,
      draws: said.statisticRulesEvaluated,
      entries: lists.entriesOf('L').length,
    }
  }

  test.each<[what: string, rules: string[], expected: Partial<ReturnType<typeof outcome>>]>([
    [
      'a target, once all tests passed',
      ['-p tcp -j CT --notrack', '-j DROP'],
      { verdict: 'unknown', rules: 1, matched: 1, unmodelled: '-j CT --notrack' },
    ],
    [
      'a target of a rule that does not match is nothing',
      ['-p udp -j CT --notrack', '-j DROP'],
      { verdict: 'dropped', rules: 2, unmodelled: undefined },
    ],
    [
      'a test, if all others passed: it counts as not matched, which nobody knows',
      ['-m limit --limit 1/s -p tcp -m mark --mark 0 -j ACCEPT', '-j DROP'],
      { verdict: 'unknown', rules: 1, matched: 0, unmodelled: '-m limit --limit 1/s' },
    ],
    [
      'a test does not matter if one behind it fails',
      ['-m limit --limit 1/s -m mark --mark 1 -j ACCEPT', '-j DROP'],
      { verdict: 'dropped', rules: 2, unmodelled: undefined },
    ],
    [
      'draws and lists in front of it are settled',
      ['-m statistic --mode random --probability 0.5 -m recent --name L --set -m limit --limit 1/s'],
      { verdict: 'unknown', draws: 1, entries: 1 },
    ],
    [
      'draws and lists behind it are not, nor what stands behind those',
      ['-m limit --limit 1/s -m recent --name L --set -m mark --mark 1'],
      { verdict: 'unknown', draws: 0, entries: 0 },
    ],
  ])('%s', (_what, rules, expected) => {
    expect(outcome(rules)).toMatchObject(expected)
  })

  test('table raw comes first, where every packet is INVALID to connection tracking', () => {
    expect(outcome(['-m conntrack --ctstate NEW -j DROP'], 'raw').verdict).toBe('accepted')
    expect(outcome(['-m conntrack --ctstate INVALID -j DROP'], 'raw').verdict).toBe('dropped')
  })

  test('the tables of each hook come in the order of the kernel', () => {
    const hooks = {
      raw: ['PREROUTING', 'OUTPUT'],
      mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
      nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
      filter: ['INPUT', 'FORWARD', 'OUTPUT'],
      security: ['INPUT', 'FORWARD', 'OUTPUT'],
    }
    const text = Object.entries(hooks)
      .map(([name, chains]) => `*${name}\n${chains.map((chain) => `:${chain} ACCEPT\n`).join('')}COMMIT\n`)
      .join('')
    const tables = parseTables(text, 'dump', { isLenient: true })
    const node = { tables, localAddresses: [], lists: new ReferenceLists(), draw31: () => 0 }
    const pass = (way: 'receive' | 'send', destination: string) => {
      const local =
        destination === '10.0.0.1'
          ? [{ family: 4 as const, first: 0x0a000001n, prefixLength: 32, text: '' }]
          : []
      const packet = {
        protocol: 'udp',
        source: '10.0.0.2',
        sourcePort: 1,
        destination,
        destinationPort: 1,
        mark: 0,
        states: ['NEW'],
      } as const
      const { hooksMet } = interpret({ ...node, localAddresses: local }, way, packet, 0)
      return hooksMet.map(({ table, hook }) => `${table} ${hook}`).join(', ')
    }
    const [before, after] = ['raw PREROUTING, mangle PREROUTING', 'mangle POSTROUTING, nat POSTROUTING']
    const [toNode, sent] = [
      'mangle INPUT, filter INPUT, security INPUT',
      'raw OUTPUT, mangle OUTPUT, nat OUTPUT, filter OUTPUT, security OUTPUT',
    ]
    expect(pass('receive', '10.0.0.1')).toBe(`${before}, nat PREROUTING, ${toNode}, nat INPUT`)
    expect(pass('receive', '10.9.9.9')).toBe(
      `${before}, nat PREROUTING, mangle FORWARD, filter FORWARD, security FORWARD, ${after}`,
    )
    expect(pass('send', '10.9.9.9')).toBe(`${sent}, ${after}`)
    expect(pass('send', '10.0.0.1')).toBe(`${sent}, ${after}, ${before}, ${toNode}`)
  })
})
