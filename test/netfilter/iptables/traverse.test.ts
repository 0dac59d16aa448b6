/** Every match, every target, every way out of a chain, on the smallest rules that show it. */
import { describe, expect, test } from 'vitest'
import { type Flow, LoneNode, type LoneNodeOptions } from '../lone-node.js'

const PACKET = 'tcp 10.0.0.2:40000 > 10.9.9.9:80'
const S = 1_000_000_000

/** Does a packet pass the tests of a rule? The rule stands alone in PREROUTING. */
function matches(tests: string, flow: Partial<Flow> = {}, options: LoneNodeOptions = {}): boolean {
  const node = new LoneNode({ ...options, nat: `-A PREROUTING ${tests}` })
  return node.pass({ packet: PACKET, ...flow }).rulesMatched === 1
}

describe('matches', () => {
  test.each<[tests: string, flow: Partial<Flow>, isMatched: boolean]>([
    ['-p tcp', {}, true],
    ['-p udp', {}, false],
    ['! -p udp', {}, true],
    ['-p sctp', { packet: 'sctp 10.0.0.2:1 > 10.9.9.9:80' }, true],
    ['-p icmp', {}, false],
    ['! -p icmp', {}, true],
    ['! -p 50 -s 10.0.0.2', {}, true],
    ['-s 10.0.0.2', {}, true],
    ['-s 10.0.0.3', {}, false],
    ['! -s 10.0.0.3', {}, true],
    ['-s 10.0.0.0/24', {}, true],
    ['! -s 10.0.0.0/24', {}, false],
    ['-s fd00::/16', { packet: 'tcp [fd00::2]:1 > [fd00::9]:80' }, true],
    ['-d 10.9.9.9', {}, true],
    ['! -d 10.9.9.9', {}, false],
    ['-d 10.8.0.0/13', {}, true],
    ['! -d 10.8.0.0/13', {}, false],
    ['-m tcp -p tcp --dport 80', {}, true],
    ['-m tcp -p tcp --dport 81', {}, false],
    ['-m tcp -p tcp ! --dport 81', {}, true],
    ['-m tcp -p tcp --dport 79:80', {}, true],
    ['-m tcp -p tcp --dport 80:81', {}, true],
    ['-m tcp -p tcp --dport 81:90', {}, false],
    ['-m tcp -p tcp --sport 40000', {}, true],
    ['-m tcp -p tcp --sport 80', {}, false],
    ['-m addrtype --dst-type LOCAL', {}, false],
    ['-m addrtype --dst-type LOCAL', { packet: 'tcp 10.0.0.2:1 > 192.168.0.1:80' }, true],
    ['-m addrtype --dst-type LOCAL', { packet: 'tcp 10.0.0.2:1 > 127.1.2.3:80' }, true],
    ['-m addrtype ! --dst-type LOCAL', {}, true],
    ['-m addrtype --src-type LOCAL', {}, false],
    ['-m addrtype --src-type LOCAL', { packet: 'tcp 192.168.0.1:1 > 10.9.9.9:80' }, true],
    ['-m mark --mark 0x4000/0x4000', { mark: 0xc000 }, true],
    ['-m mark --mark 0x4000/0x4000', { mark: 0x8000 }, false],
    ['-m mark ! --mark 0x4000/0x4000', { mark: 0x8000 }, true],
    ['-m mark --mark 0x80000000', { mark: 0x80000000 }, true],
    ['-m conntrack --ctstate NEW', {}, true],
    ['-m conntrack --ctstate RELATED,ESTABLISHED', {}, false],
    ['-m conntrack ! --ctstate INVALID,DNAT', {}, true],
    ['-m comment --comment "any text"', {}, true],
    ['-m nfacct --nfacct-name any', {}, true],
    ['', {}, true],
  ])('%s of %o: %s', (tests, flow, isMatched) => {
    expect(matches(tests, flow)).toBe(isMatched)
  })

  test.each<[tests: string, inInterface: string, isMatched: boolean]>([
    ['-i veth1', 'veth1', true],
    ['-i veth1', 'veth12', false],
    ['-i veth+', 'veth12', true],
    ['-i veth12+', 'veth12', true],
    ['-i veth+', 'eth0', false],
    ['-i veth+', 'not one of them', false],
    ['! -i veth+', 'eth0', true],
    ['! -i veth+', 'veth1', false],
    ['! -i eth0', 'not one of them', true],
    ['-i +', 'not one of them', true],
  ])('%s of a packet by %s: %s', (tests, inInterface, isMatched) => {
    expect(matches(tests, { inInterface }, { interfaces: ['eth0', 'veth1', 'veth12'] })).toBe(isMatched)
  })

  test('the last of 31 interfaces is told from none', () => {
    const interfaces = ['lo', ...Array.from({ length: 30 }, (_, index) => `if${index + 1}`)]
    const isMatched = (inInterface: string) => matches('-i if30', { inInterface }, { interfaces })
    expect([isMatched('if30'), isMatched('if29'), isMatched('')]).toEqual([true, false, false])
    expect(() => matches('-i a', {}, { interfaces: [...interfaces, 'a'] })).toThrow('too many interfaces')
  })

  test.each([
    ['0.5000000000', 0x3fffffff, true],
    ['0.5000000000', 0x40000000, false],
    ['0.3333333333', 715_827_882, true],
    ['0.3333333333', 715_827_883, false],
    ['1.0000000000', 0x7fffffff, true],
    ['0.0000000000', 0, false],
  ])('statistic with probability %s and 31 random bits %i: %s', (probability, draw, isMatched) => {
    const tests = `-m statistic --mode random --probability ${probability}`
    expect(matches(tests, {}, { draws: [draw] })).toBe(isMatched)
  })

  test('a rule stops at its first failed test: what follows draws nothing and remembers nothing', () => {
    const node = new LoneNode({
      nat: '-A PREROUTING -m comment --comment x -m mark --mark 1 -m statistic --mode random --probability 1 -m recent --name L --set',
      draws: [5],
    })
    expect(node.pass({ packet: PACKET })).toMatchObject({ rulesMatched: 0, statisticRulesEvaluated: 0 })
    expect([node.draws, node.list('L')]).toEqual([[5], []])
  })

  test('addresses and protocol are tested first, wherever they are written, as the kernel does', () => {
    const node = new LoneNode({ nat: '-A PREROUTING -m recent --name L --set -p udp -d 10.9.9.9' })
    node.pass({ packet: PACKET })
    expect(node.list('L')).toEqual([])
  })
})

describe('recent', () => {
  const rules = `
    -A PREROUTING -m tcp -p tcp --dport 80 -m recent --name A --set
    -A PREROUTING -m tcp -p tcp --dport 81 -m recent --name B --rcheck --seconds 10
    -A PREROUTING -m tcp -p tcp --dport 82 -m recent --name A --rcheck --seconds 10
    -A PREROUTING -m tcp -p tcp --dport 83 -m recent --name A --update --seconds 10
    -A PREROUTING -m tcp -p tcp --dport 84 -m recent --name A --remove
    -A PREROUTING -m tcp -p tcp --dport 85 -m recent --name A --rcheck --seconds 1 --reap
    -A PREROUTING -m tcp -p tcp --dport 86 -m recent --name A --update --seconds 1 --reap`
  const at = (node: LoneNode, port: number, nowNs: number, source = '10.0.0.2') =>
    node.pass({ packet: `tcp ${source}:1 > 10.9.9.9:${port}`, nowNs })

  test('keys a list by the source address and refreshes it as the mode says', () => {
    const node = new LoneNode({ nat: rules })
    expect(at(node, 82, 0).rulesMatched).toBe(0)
    at(node, 80, S)
    expect(at(node, 82, 11 * S).rulesMatched).toBe(1)
    expect(at(node, 82, 11 * S + 1).rulesMatched).toBe(0)
    expect(at(node, 82, 2 * S, '10.0.0.3').rulesMatched).toBe(0)
    expect(at(node, 83, 11 * S).rulesMatched).toBe(1)
    expect(node.list('A')).toEqual([`10.0.0.2@${11 * S}`])
    expect(at(node, 84, 12 * S).rulesMatched).toBe(1)
    expect(at(node, 84, 12 * S).rulesMatched).toBe(0)
  })

  test('reaps in both modes that can', () => {
    const node = new LoneNode({ nat: rules })
    at(node, 80, 0, '10.0.0.3')
    at(node, 80, 0)
    expect([at(node, 85, 5 * S).rulesMatched, node.list('A')]).toEqual([0, ['10.0.0.2@0']])
    expect([at(node, 86, 5 * S).rulesMatched, node.list('A')]).toEqual([0, []])
  })

  test('counts the lists walked: the place of the list in the order of making, for each test run', () => {
    const node = new LoneNode({ nat: rules })
    expect(at(node, 80, 0).recentListsWalked).toBe(1)
    expect(at(node, 81, 0).recentListsWalked).toBe(2)
    expect(at(node, 99, 0).recentListsWalked).toBe(0)
    expect([80, 81, 99].map((port) => at(node, port, 0).recentLookups)).toEqual([1, 1, 0])
  })
})

describe('targets', () => {
  test.each<[what: string, rules: string, outcome: object]>([
    [
      'no target goes on',
      '-A PREROUTING\n-A PREROUTING -j DROP',
      { verdict: 'dropped', rulesEvaluated: 2, rulesMatched: 2 },
    ],
    [
      'ACCEPT ends',
      '-A PREROUTING -j ACCEPT\n-A PREROUTING -j DROP',
      { verdict: 'accepted', rulesEvaluated: 1 },
    ],
    [
      'DROP ends',
      '-A PREROUTING -j DROP\n-A PREROUTING -j ACCEPT',
      { verdict: 'dropped', rulesEvaluated: 1 },
    ],
    [
      'the policy decides at the end',
      ':PREROUTING DROP\n-A PREROUTING -p udp',
      { verdict: 'dropped', rulesEvaluated: 1, rulesMatched: 0 },
    ],
    [
      'RETURN in a built-in chain asks the policy',
      ':PREROUTING DROP\n-A PREROUTING -j RETURN\n-A PREROUTING -j ACCEPT',
      { verdict: 'dropped', rulesEvaluated: 1 },
    ],
    ['an empty chain counts nothing', '', { verdict: 'accepted', rulesEvaluated: 0 }],
    ['--set-xmark', '-A PREROUTING -j MARK --set-xmark 0x1/0xff', { mark: 0x8000_0301 }],
    ['--or-mark', '-A PREROUTING -j MARK --or-mark 0x4000', { mark: 0x8000_4377 }],
    ['--xor-mark', '-A PREROUTING -j MARK --xor-mark 0x80000001', { mark: 0x376 }],
    ['--and-mark', '-A PREROUTING -j MARK --and-mark 0xf', { mark: 0x7 }],
    ['--set-mark', '-A PREROUTING -j MARK --set-mark 0x10/0x7', { mark: 0x8000_0370 }],
    [
      'DNAT',
      '-A PREROUTING -p tcp -j DNAT --to-destination 10.1.0.1:8080\n-A PREROUTING -j DROP',
      {
        verdict: 'accepted',
        destination: '10.1.0.1 8080',
        isDestinationTranslated: true,
        state: 17,
        rulesEvaluated: 1,
      },
    ],
    [
      'DNAT without a port keeps it',
      '-A PREROUTING -j DNAT --to-destination 10.1.0.1',
      { destination: '10.1.0.1 80', state: 17 },
    ],
    [
      'DNAT to where it goes anyway translates nothing',
      '-A PREROUTING -j DNAT --to-destination 10.9.9.9',
      { destination: '10.9.9.9 80', isDestinationTranslated: true, state: 1 },
    ],
    [
      'MASQUERADE',
      '-A POSTROUTING -j MASQUERADE\n-A POSTROUTING -j DROP',
      { verdict: 'accepted', isMasqueraded: true, rulesEvaluated: 1 },
    ],
  ])('%s', (_what, nat, outcome) => {
    expect(new LoneNode({ nat }).pass({ packet: PACKET, mark: 0x8000_0377 })).toMatchObject(outcome)
  })

  test('REJECT refuses', () => {
    const node = new LoneNode({ filter: '-A FORWARD -j REJECT' })
    expect(node.pass({ packet: PACKET })).toMatchObject({
      verdict: 'rejected',
      rulesEvaluated: 1,
      rulesMatched: 1,
    })
  })
})

describe('jumps', () => {
  test.each<[what: string, nat: string, outcome: object]>([
    [
      'a chain that falls off its end returns to the rule after the jump',
      ':A -\n-A PREROUTING -j A\n-A PREROUTING -j DROP\n-A A -p udp -j ACCEPT',
      { verdict: 'dropped', rulesEvaluated: 3, rulesMatched: 2 },
    ],
    [
      'RETURN does the same',
      ':A -\n-A PREROUTING -j A\n-A PREROUTING -j DROP\n-A A -j RETURN\n-A A -j ACCEPT',
      { verdict: 'dropped', rulesEvaluated: 3 },
    ],
    [
      'jumps nest',
      ':A -\n:B -\n-A PREROUTING -j A\n-A PREROUTING -j DROP\n-A A -j B\n-A A -j MARK --or-mark 1\n-A B -j MARK --or-mark 2',
      { verdict: 'dropped', mark: 3, rulesEvaluated: 5 },
    ],
    [
      'a goto from a user-defined chain returns to whoever jumped there',
      ':A -\n:B -\n-A PREROUTING -j A\n-A PREROUTING -j MARK --or-mark 1\n-A A -g B\n-A A -j DROP\n-A B -j MARK --or-mark 2',
      { verdict: 'accepted', mark: 3, rulesEvaluated: 4 },
    ],
    [
      'a goto from a built-in chain ends with its policy',
      ':PREROUTING DROP\n:A -\n-A PREROUTING -g A\n-A PREROUTING -j ACCEPT\n-A A -j MARK --or-mark 1',
      { verdict: 'dropped', mark: 1, rulesEvaluated: 2 },
    ],
    [
      'a chain can be jumped to twice',
      ':A -\n-A PREROUTING -j A\n-A PREROUTING -j A\n-A A -j MARK --xor-mark 1',
      { verdict: 'accepted', mark: 0, rulesEvaluated: 4 },
    ],
    [
      'a verdict in a chain ends everything',
      ':A -\n-A PREROUTING -j A\n-A PREROUTING -j DROP\n-A A -j ACCEPT',
      { verdict: 'accepted', rulesEvaluated: 2 },
    ],
  ])('%s', (_what, nat, outcome) => {
    expect(new LoneNode({ nat }).pass({ packet: PACKET })).toMatchObject(outcome)
  })

  test('a hundred nested jumps find their way back', () => {
    const names = Array.from({ length: 100 }, (_, index) => `C${index}`)
    const nat = [
      ...names.map((name) => `:${name} -`),
      '-A PREROUTING -j C0',
      ...names.slice(1).map((name, index) => `-A C${index} -j ${name}`),
      ...names.map((name) => `-A ${name} -j MARK --xor-mark 1`),
    ]
    expect(new LoneNode({ nat: nat.join('\n') }).pass({ packet: PACKET })).toMatchObject({
      mark: 0,
      rulesEvaluated: 200,
    })
  })
})
