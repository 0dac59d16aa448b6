import { describe, expect, test } from 'vitest'
import { type Flow, LoneNode } from './lone-node.js'

/** Each chain sets a bit of its own: which bits a packet has says which chains it met. */
const BITS = {
  PREROUTING: 1,
  INPUT: 2,
  OUTPUT: 4,
  POSTROUTING: 8,
  filterINPUT: 16,
  filterFORWARD: 32,
  filterOUTPUT: 64,
}
const NAT = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'] as const
const MARKING_NAT = NAT.map((hook) => `-A ${hook} -j MARK --or-mark ${BITS[hook]}`).join('\n')
const MARKING_FILTER = ['INPUT', 'FORWARD', 'OUTPUT']
  .map((hook) => `-A ${hook} -j MARK --or-mark ${BITS[`filter${hook}` as keyof typeof BITS]}`)
  .join('\n')

/** Names of the chains that a packet met, in the order of `BITS`. */
function chainsMet(flow: Flow, nat = MARKING_NAT): string[] {
  const { mark } = new LoneNode({ nat, filter: MARKING_FILTER }).pass(flow)
  return Object.entries(BITS).flatMap(([name, bit]) => ((mark & bit) === 0 ? [] : [name]))
}

/** Each hook sets a bit of its own for each interface, in and out. */
const INTERFACES = ['eth0', 'lo', 'veth1']
const RECORDING_HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

/** Which interfaces a packet is known to come in by and leave by, hook by hook. */
function interfacesMet(flow: Flow): string {
  const bitOf = (hook: number, side: number, position: number) => 1 << (6 * hook + 3 * side + position)
  const rules = (hooks: readonly string[]) =>
    hooks.flatMap((hook) =>
      INTERFACES.flatMap((name, position) =>
        ['-i', '-o'].map((option, side) => {
          const bit = bitOf(RECORDING_HOOKS.indexOf(hook), side, position)
          return `-A ${hook} ${option} ${name} -j MARK --or-mark ${bit}`
        }),
      ),
    )
  const translation = '-A OUTPUT -d 10.9.9.9 -m tcp -p tcp --dport 81 -j DNAT --to-destination 10.0.0.9:81'
  const { mark } = new LoneNode({
    nat: [...rules(['PREROUTING', 'POSTROUTING']), translation].join('\n'),
    filter: rules(['INPUT', 'FORWARD', 'OUTPUT']).join('\n'),
    interfaces: INTERFACES,
    outInterfaceOf: (destination) => (destination.startsWith('10.0.') ? 'veth1' : 'eth0'),
  }).pass(flow)
  const seen = (hook: number, side: number) =>
    INTERFACES.filter((_, position) => (mark & bitOf(hook, side, position)) !== 0)
  const words = RECORDING_HOOKS.map((hook, index) =>
    [
      hook,
      ...seen(index, 0).map((name) => `in ${name}`),
      ...seen(index, 1).map((name) => `out ${name}`),
    ].join(' '),
  )
  return words.filter((text) => text.includes(' ')).join(', ')
}

describe('which chains a packet meets', () => {
  test.each<[what: string, flow: Flow, chains: string[]]>([
    ['forwarded', { packet: 'tcp 10.0.0.2:1 > 10.9.9.9:80' }, ['PREROUTING', 'POSTROUTING', 'filterFORWARD']],
    ['for the node', { packet: 'tcp 10.0.0.2:1 > 192.168.0.1:80' }, ['PREROUTING', 'INPUT', 'filterINPUT']],
    [
      'sent to elsewhere',
      { way: 'send', packet: 'tcp 192.168.0.1:1 > 10.9.9.9:80' },
      ['OUTPUT', 'POSTROUTING', 'filterOUTPUT'],
    ],
    [
      'sent to the node itself',
      { way: 'send', packet: 'tcp 127.0.0.1:1 > 127.0.0.1:80' },
      ['OUTPUT', 'POSTROUTING', 'filterINPUT', 'filterOUTPUT'],
    ],
    [
      'later packet, forwarded',
      { packet: 'tcp 10.0.0.2:1 > 10.9.9.9:80', states: ['ESTABLISHED', 'DNAT'] },
      ['filterFORWARD'],
    ],
    [
      'later packet, for the node',
      { packet: 'tcp 10.0.0.2:1 > 192.168.0.1:80', states: ['ESTABLISHED'] },
      ['filterINPUT'],
    ],
    [
      'later packet, sent',
      { way: 'send', packet: 'tcp 192.168.0.1:1 > 10.9.9.9:80', states: ['ESTABLISHED'] },
      ['filterOUTPUT'],
    ],
  ])('%s', (_what, flow, chains) => {
    expect(chainsMet(flow)).toEqual(chains)
  })

  test.each<[what: string, flow: Flow, chains: string]>([
    [
      'forwarded',
      { packet: 'tcp 10.0.0.2:1 > 10.9.9.9:80', inInterface: 'veth1' },
      'PREROUTING in veth1, FORWARD in veth1 out eth0, POSTROUTING in veth1 out eth0',
    ],
    [
      'for the node',
      { packet: 'tcp 10.0.0.2:1 > 192.168.0.1:80', inInterface: 'veth1' },
      'PREROUTING in veth1, INPUT in veth1',
    ],
    [
      'sent to elsewhere',
      { way: 'send', packet: 'tcp 192.168.0.1:1 > 10.9.9.9:80', inInterface: 'veth1' },
      'OUTPUT out eth0, POSTROUTING out eth0',
    ],
    [
      'sent to the node itself',
      { way: 'send', packet: 'tcp 127.0.0.1:1 > 127.0.0.1:80' },
      'INPUT in lo, OUTPUT out lo, POSTROUTING out lo',
    ],
    [
      'sent to elsewhere, translated to a Pod: the hook OUTPUT keeps the first way out',
      { way: 'send', packet: 'tcp 192.168.0.1:1 > 10.9.9.9:81' },
      'OUTPUT out eth0, POSTROUTING out veth1',
    ],
  ])('%s: the interfaces that each hook is told of', (_what, flow, chains) => {
    expect(interfacesMet(flow)).toBe(chains)
  })

  test('the loopback interface is there without being named', () => {
    const node = new LoneNode({ filter: ':INPUT DROP\n-A INPUT -i lo -j ACCEPT' })
    const verdictOf = (flow: Flow) => node.pass(flow).verdict
    expect(verdictOf({ way: 'send', packet: 'tcp 127.0.0.1:1 > 127.0.0.1:80' })).toBe('accepted')
    expect(verdictOf({ packet: 'tcp 10.0.0.2:1 > 192.168.0.1:80' })).toBe('dropped')
  })

  test('a translated destination decides between INPUT and FORWARD', () => {
    const toPod = `${MARKING_NAT}\n-A PREROUTING -d 192.168.0.1 -j DNAT --to-destination 10.9.9.9`
    expect(chainsMet({ packet: 'tcp 10.0.0.2:1 > 192.168.0.1:80' }, toPod)).toContain('filterFORWARD')
    const toNode = `${MARKING_NAT}\n-A PREROUTING -d 10.9.9.9 -j DNAT --to-destination 192.168.0.1`
    expect(chainsMet({ packet: 'tcp 10.0.0.2:1 > 10.9.9.9:80' }, toNode)).toContain('filterINPUT')
  })

  test.each<[what: string, nat: string, filter: string, rulesEvaluated: number, verdict: string]>([
    ['PREROUTING', '-A PREROUTING -j DROP\n-A POSTROUTING -j ACCEPT', '-A FORWARD -j ACCEPT', 1, 'dropped'],
    ['FORWARD', '-A PREROUTING -j ACCEPT\n-A POSTROUTING -j ACCEPT', '-A FORWARD -j REJECT', 2, 'rejected'],
    ['POSTROUTING', '-A PREROUTING -j ACCEPT\n-A POSTROUTING -j DROP', '-A FORWARD -j ACCEPT', 3, 'dropped'],
  ])('a packet stopped in %s meets nothing more', (_where, nat, filter, rulesEvaluated, verdict) => {
    const outcome = new LoneNode({ nat, filter }).pass({ packet: 'tcp 10.0.0.2:1 > 10.9.9.9:80' })
    expect(outcome).toMatchObject({ verdict, rulesEvaluated })
  })
})

/** Two Services as kube-proxy writes them: `web` (2 endpoints, NodePort 30080, affinity) and `gone` (none). */
const SERVICES = `
  :KUBE-SERVICES -
  :KUBE-NODEPORTS -
  :KUBE-EXT-WEB -
  :KUBE-SVC-WEB -
  :KUBE-SEP-A -
  :KUBE-SEP-B -
  :KUBE-MARK-MASQ -
  :KUBE-POSTROUTING -
  -A PREROUTING -j KUBE-SERVICES
  -A OUTPUT -j KUBE-SERVICES
  -A POSTROUTING -j KUBE-POSTROUTING
  -A KUBE-SERVICES -m comment --comment other -m tcp -p tcp -d 172.30.0.40 --dport 80 -j KUBE-SVC-WEB
  -A KUBE-SERVICES -m comment --comment web -m tcp -p tcp -d 172.30.0.41 --dport 80 -j KUBE-SVC-WEB
  -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
  -A KUBE-NODEPORTS -m tcp -p tcp --dport 30080 -j KUBE-EXT-WEB
  -A KUBE-EXT-WEB -j KUBE-MARK-MASQ
  -A KUBE-EXT-WEB -j KUBE-SVC-WEB
  -A KUBE-SVC-WEB -m tcp -p tcp -d 172.30.0.41 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ
  -A KUBE-SVC-WEB -m recent --name KUBE-SEP-A --rcheck --seconds 10800 --reap -j KUBE-SEP-A
  -A KUBE-SVC-WEB -m recent --name KUBE-SEP-B --rcheck --seconds 10800 --reap -j KUBE-SEP-B
  -A KUBE-SVC-WEB -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-A
  -A KUBE-SVC-WEB -j KUBE-SEP-B
  -A KUBE-SEP-A -s 10.1.0.1 -j KUBE-MARK-MASQ
  -A KUBE-SEP-A -m recent --name KUBE-SEP-A --set -m tcp -p tcp -j DNAT --to-destination 10.1.0.1:8080
  -A KUBE-SEP-B -s 10.1.0.2 -j KUBE-MARK-MASQ
  -A KUBE-SEP-B -m recent --name KUBE-SEP-B --set -m tcp -p tcp -j DNAT --to-destination 10.1.0.2:8080
  -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
  -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
  -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
  -A KUBE-POSTROUTING -j MASQUERADE --random-fully`
const FILTER = `
  :KUBE-SERVICES -
  -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
  -A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
  -A KUBE-SERVICES -m comment --comment "gone has no endpoints" -m tcp -p tcp -d 172.30.0.49 --dport 80 -j REJECT`

interface PacketFlow {
  readonly name: string
  readonly flow: Flow
  readonly draw?: number
  readonly ends: string
  readonly masquerade: boolean
  readonly rulesEvaluated: number
  readonly rulesMatched: number
  readonly listsWalked: number
}

const POD_TO_WEB = 'tcp 10.0.0.2:1 > 172.30.0.41:80'
// Rules evaluated on the way: PREROUTING 1; KUBE-SERVICES 2; KUBE-SVC-WEB 1 mark, 2 affinity, 1 or 2 choice; KUBE-SEP 2;
// filter FORWARD 1 and KUBE-SERVICES 1; POSTROUTING 1, KUBE-POSTROUTING 1 or 3; KUBE-MARK-MASQ 1 where marked.
const FLOWS: readonly PacketFlow[] = [
  {
    name: 'pod to cluster IP, first endpoint',
    flow: { packet: POD_TO_WEB },
    draw: 0,
    ends: 'accepted 10.1.0.1 8080',
    masquerade: false,
    rulesEvaluated: 13,
    rulesMatched: 7,
    listsWalked: 4,
  },
  {
    name: 'pod to cluster IP, last endpoint',
    flow: { packet: POD_TO_WEB },
    ends: 'accepted 10.1.0.2 8080',
    masquerade: false,
    rulesEvaluated: 14,
    rulesMatched: 7,
    listsWalked: 5,
  },
  {
    name: 'node to cluster IP',
    flow: { way: 'send', packet: 'tcp 192.168.0.1:1 > 172.30.0.41:80' },
    ends: 'accepted 10.1.0.2 8080',
    masquerade: true,
    rulesEvaluated: 17,
    rulesMatched: 10,
    listsWalked: 5,
  },
  {
    name: 'endpoint to itself',
    flow: { packet: 'tcp 10.1.0.2:1 > 172.30.0.41:80' },
    ends: 'accepted 10.1.0.2 8080',
    masquerade: true,
    rulesEvaluated: 17,
    rulesMatched: 10,
    listsWalked: 5,
  },
  {
    name: 'outside to NodePort',
    flow: { packet: 'tcp 203.0.113.9:1 > 192.168.0.1:30080' },
    draw: 0,
    ends: 'accepted 10.1.0.1 8080',
    masquerade: true,
    rulesEvaluated: 20,
    rulesMatched: 12,
    listsWalked: 4,
  },
  {
    name: 'outside to a closed port of the node',
    flow: { packet: 'tcp 203.0.113.9:1 > 192.168.0.1:9' },
    ends: 'accepted 192.168.0.1 9',
    masquerade: false,
    rulesEvaluated: 5,
    rulesMatched: 2,
    listsWalked: 0,
  },
  {
    name: 'pod to pod, which matches nothing',
    flow: { packet: 'tcp 10.0.0.2:1 > 10.1.0.1:80' },
    ends: 'accepted 10.1.0.1 80',
    masquerade: false,
    rulesEvaluated: 8,
    rulesMatched: 4,
    listsWalked: 0,
  },
  {
    name: 'pod to a Service without endpoints',
    flow: { packet: 'tcp 10.0.0.2:1 > 172.30.0.49:80' },
    ends: 'rejected 172.30.0.49 80',
    masquerade: false,
    rulesEvaluated: 6,
    rulesMatched: 3,
    listsWalked: 0,
  },
  {
    name: 'UDP to a TCP port',
    flow: { packet: 'udp 10.0.0.2:1 > 172.30.0.41:80' },
    ends: 'accepted 172.30.0.41 80',
    masquerade: false,
    rulesEvaluated: 8,
    rulesMatched: 4,
    listsWalked: 0,
  },
]

describe("kube-proxy's rules", () => {
  test.each(FLOWS)('$name', ({ name: _, flow, draw, ends, masquerade, ...counts }) => {
    const node = new LoneNode({ nat: SERVICES, filter: FILTER, draws: draw === undefined ? [] : [draw] })
    const { verdict, destination, isMasqueraded, rulesEvaluated, rulesMatched, recentListsWalked } =
      node.pass(flow)
    expect({ ends: `${verdict} ${destination}`, masquerade: isMasqueraded }).toEqual({ ends, masquerade })
    expect({ rulesEvaluated, rulesMatched, listsWalked: recentListsWalked }).toEqual(counts)
  })

  test('a client comes back to its pod without a draw, from NodePort as from cluster IP', () => {
    const node = new LoneNode({ nat: SERVICES, filter: FILTER, draws: [0x7fffffff] })
    const first = node.pass({ packet: 'tcp 203.0.113.9:1 > 192.168.0.1:30080' })
    const second = node.pass({ packet: 'tcp 203.0.113.9:2 > 172.30.0.41:80', nowNs: 10_800e9 })
    expect([first.destination, second.destination]).toEqual(['10.1.0.2 8080', '10.1.0.2 8080'])
    expect([first.statisticRulesEvaluated, second.statisticRulesEvaluated]).toEqual([1, 0])
  })

  test('the mark is gone when the packet leaves', () => {
    const node = new LoneNode({ nat: SERVICES, filter: FILTER })
    expect(node.pass({ packet: 'tcp 203.0.113.9:1 > 192.168.0.1:30080' }).mark).toBe(0)
  })
})

describe('a reload', () => {
  test('applies to the next packet and keeps the lists that are still named', () => {
    const node = new LoneNode({ nat: SERVICES, filter: FILTER })
    node.pass({ packet: POD_TO_WEB })
    const withoutA = SERVICES.split('\n')
      .filter((line) => !line.includes('KUBE-SEP-A'))
      .join('\n')
    node.replaceRules(withoutA, FILTER)
    expect(node.list('KUBE-SEP-B')).toEqual(['10.0.0.2@0'])
    expect(node.recentLists.has('KUBE-SEP-A')).toBe(false)
    expect(node.pass({ packet: POD_TO_WEB })).toMatchObject({
      destination: '10.1.0.2 8080',
      rulesEvaluated: 11,
    })
    expect(node.ruleCount).toBe(21)
  })

  test('that is refused leaves the old rules and lists in force', () => {
    const node = new LoneNode({ nat: SERVICES, filter: FILTER })
    node.pass({ packet: POD_TO_WEB })
    expect(() => node.replaceRules(':A -\n-A A -j A')).toThrow('NF_CHAIN_LOOP')
    expect(node.list('KUBE-SEP-B')).toEqual(['10.0.0.2@0'])
    expect(node.pass({ packet: POD_TO_WEB }).destination).toBe('10.1.0.2 8080')
  })
})

test('without any rule everything passes', () => {
  const node = new LoneNode({})
  expect(node.pass({ packet: POD_TO_WEB })).toMatchObject({ verdict: 'accepted', rulesEvaluated: 0 })
  expect(node.ruleCount).toBe(0)
})
