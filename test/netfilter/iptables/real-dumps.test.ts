/** What nodes of real clusters print: all of it can be read, printed and followed up to the first rule that is not modelled. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/base/diagnostics.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { checkTable } from '../../../src/netfilter/iptables/check-table.js'
import { interpret, type ReadablePacket } from '../../../src/netfilter/iptables/interpret.js'
import { parseTables, printRule, printTables } from '../../../src/netfilter/iptables/iptables-save.js'
import { RecentLists } from '../../../src/netfilter/iptables/recent-lists.js'
import { ReferenceLists } from '../../../src/netfilter/iptables/reference-lists.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'
import { NodeNetfilter } from '../../../src/netfilter/node-netfilter.js'
import { range } from './random-tables.js'

const DUMPS = ['calico', 'docker-flannel', 'cilium'] as const
type DumpName = (typeof DUMPS)[number]

function textOf(dump: DumpName): string {
  return readFileSync(new URL(`../../data/dumps/${dump}.iptables`, import.meta.url), 'utf8')
}

function tablesOf(dump: DumpName): Table[] {
  return parseTables(textOf(dump), dump, { isLenient: true })
}

/** What of a table is not modelled, with its line. */
function unmodelledOf({ chains }: Table): string[] {
  const parts = chains.flatMap(({ rules }) => rules.flatMap(({ matches, target }) => [...matches, target]))
  return parts.flatMap((part) => (part.kind === 'unmodelled' ? [`${part.line}: ${part.text}`] : []))
}

test.each<[dump: DumpName, table: string, chains: number, rules: number, unmodelled: string[]]>([
  ['calico', 'raw', 7, 11, ['18: -m rpfilter --validmark --invert']],
  ['calico', 'mangle', 12, 10, []],
  [
    'calico',
    'filter',
    23,
    52,
    [
      '98: -m multiport --dports 5473',
      '108: -m multiport --dports 4789',
      '113: -m set --match-set cali40s:9m2Yj0QvP8rK1xZc7bNd4Aw src',
      '116: -j NFLOG --nflog-prefix "APE0|kns.shop" --nflog-group 2 --nflog-size 80',
    ],
  ],
  [
    'calico',
    'nat',
    21,
    32,
    [
      '180: -m addrtype ! --src-type LOCAL --limit-iface-out',
      '182: -m set --match-set cali40masq-ipam-pools src',
      '182: -m set ! --match-set cali40all-ipam-pools dst',
    ],
  ],
  ['docker-flannel', 'mangle', 8, 1, ['11: --tcp-flags SYN,RST SYN', '11: -j TCPMSS --clamp-mss-to-pmtu']],
  ['docker-flannel', 'security', 3, 3, ['20: -m owner --uid-owner 0']],
  [
    'docker-flannel',
    'filter',
    15,
    46,
    [
      '41: -m multiport --dports 22',
      '46: -m icmp --icmp-type 8',
      '46: -m limit --limit 5/sec --limit-burst 10',
      '79: -m limit --limit 3/min --limit-burst 10',
      '80: -m limit --limit 3/min --limit-burst 10',
      '80: -j LOG --log-prefix "[UFW BLOCK] \\"in\\" " --log-level 4 --log-tcp-options',
      '82: -m recent --update --seconds 30 --hitcount 6 --name SSH --mask 255.255.255.255 --rsource',
      '83: --tcp-flags FIN,SYN,RST,ACK SYN',
      '85: -m multiport --dports 10250,10256,30000:32767',
    ],
  ],
  [
    'docker-flannel',
    'nat',
    20,
    48,
    [
      '114: -j DNAT --to-destination 192.168.10.4-192.168.10.5:8181',
      '115: -m physdev --physdev-in veth3f2 --physdev-is-bridged',
      '115: -j REDIRECT --to-ports 1053',
      '127: -m multiport --dports 8443,8080',
      '134: -j SNAT --to-source 192.168.10.4 --random-fully',
      '137: -j MASQUERADE --random',
    ],
  ],
  ['cilium', 'raw', 4, 5, ['11: -j CT --notrack', '12: -j CT --notrack', '13: -j CT --notrack']],
  [
    'cilium',
    'mangle',
    7,
    5,
    [
      '27: -m socket --transparent',
      '28: -j TPROXY --on-port 34667 --on-ip 127.0.0.1 --tproxy-mark 0x200/0xffffffff',
      '29: -j TPROXY --on-port 34667 --on-ip 127.0.0.1 --tproxy-mark 0x200/0xffffffff',
    ],
  ],
  ['cilium', 'filter', 8, 13, ['45: -s 10.0.0.0/255.0.255.0', '45: -j VENDOR-SHAPE']],
  [
    'cilium',
    'nat',
    12,
    22,
    [
      '77: -m set --match-set cilium_node_set_v4 dst',
      '80: -j SNAT --to-source 10.0.1.150',
      '83: -m set --match-set KUBE-NODE-PORT-TCP dst',
      '84: -m set --match-set KUBE-LOOP-BACK dst,dst,src',
      '89: -m set --match-set KUBE-LOAD-BALANCER dst,dst',
      '90: -m set --match-set KUBE-CLUSTER-IP dst,dst',
      '92: -m set --match-set KUBE-CLUSTER-IP dst,dst',
    ],
  ],
])('%s, table %s: %i chains, %i rules, and all of it is kept', (dump, name, chains, rules, unmodelled) => {
  const table = tablesOf(dump).find((each) => each.name === name)
  if (table === undefined) throw new Error(name)
  const ruleCount = table.chains.reduce((sum, chain) => sum + chain.rules.length, 0)
  expect({ chains: table.chains.length, rules: ruleCount, unmodelled: unmodelledOf(table) }).toEqual({
    chains,
    rules,
    unmodelled,
  })
})

test.each(DUMPS)('%s: what is printed reads back as the same, but for line numbers', (dump) => {
  const printed = printTables(tablesOf(dump))
  const read = parseTables(printed, dump, { isLenient: true })
  const withoutLines = (tables: Table[]) =>
    JSON.stringify(tables, (key, value) =>
      key === 'line' ? undefined : typeof value === 'bigint' ? `${value}` : value,
    )
  expect(withoutLines(read)).toBe(withoutLines(tablesOf(dump)))
})

test.each(DUMPS)('%s: the kernel would load every table', (dump) => {
  for (const table of tablesOf(dump)) expect(checkTable(table)).toBeLessThan(16)
})

interface DumpFlow {
  readonly dump: DumpName
  readonly name: string
  readonly way?: 'receive' | 'send'
  /** `tcp 10.0.0.2:1234 > 172.30.0.41:80 by eth0` */
  readonly packet: string
  readonly states?: ReadablePacket['states']
  /** Draws of `statistic` tests; false: it does not pass. */
  readonly draws?: readonly boolean[]
  readonly verdict: string
  /** Of the last rule met: table, line of the dump where it is not modelled, or the rule itself. */
  readonly last: string
  readonly destination?: string
}

describe('packets', () => {
  test.each<DumpFlow>([
    {
      dump: 'calico',
      name: 'outside to NodePort, up to a set of addresses in the policy of the Pod',
      packet: 'tcp 203.0.113.9:40000 > 192.168.10.4:30080 by eth0',
      draws: [true],
      verdict: 'unknown',
      last: 'filter -m set --match-set cali40s:9m2Yj0QvP8rK1xZc7bNd4Aw src',
      destination: '10.244.1.5:8080',
    },
    {
      dump: 'calico',
      name: 'a Pod, up to the reverse path filter',
      packet: 'tcp 10.244.1.5:40000 > 10.96.77.10:80 by cali1b2c3d4e5f6',
      verdict: 'unknown',
      last: 'raw -m rpfilter --validmark --invert',
    },
    {
      dump: 'calico',
      name: 'a process of the node to a cluster IP, up to the set of pools',
      way: 'send',
      packet: 'tcp 192.168.10.4:40000 > 10.96.77.10:80',
      draws: [false, true],
      verdict: 'unknown',
      last: 'nat -m set --match-set cali40masq-ipam-pools src',
      destination: '10.244.2.7:8080',
    },
    {
      dump: 'calico',
      name: 'a later packet of a connection to a Pod',
      packet: 'tcp 203.0.113.9:40000 > 10.244.1.5:8080 by eth0',
      states: ['ESTABLISHED', 'DNAT'],
      verdict: 'accepted',
      last: 'mangle -A cali-POSTROUTING -m comment --comment cali:WsXvVMyHdNMGUkFM -m comment --comment "Host endpoint policy accepted packet." -m mark --mark 0x10000/0x10000 -j RETURN',
    },
    {
      dump: 'docker-flannel',
      name: 'TCP that is forwarded, up to flags of TCP',
      packet: 'tcp 10.244.1.7:40000 > 10.96.77.10:80 by cni0',
      draws: [true],
      verdict: 'unknown',
      last: 'mangle --tcp-flags SYN,RST SYN',
      destination: '10.244.1.5:8080',
    },
    {
      dump: 'docker-flannel',
      name: 'TCP to the node, up to a list of ports',
      packet: 'tcp 203.0.113.9:40000 > 192.168.10.4:22 by eth0',
      verdict: 'unknown',
      last: 'nat -m multiport --dports 8443,8080',
    },
    {
      dump: 'docker-flannel',
      name: 'VXLAN to the node',
      packet: 'udp 192.168.10.5:40000 > 192.168.10.4:8472 by eth0',
      verdict: 'accepted',
      last: 'filter -A ufw-user-input -m udp -p udp --dport 8472 -j ACCEPT',
    },
    {
      dump: 'docker-flannel',
      name: 'UDP to a closed port of the node: a limit behind a test that fails does not matter, the next one does',
      packet: 'udp 203.0.113.9:40000 > 192.168.10.4:9999 by eth0',
      verdict: 'unknown',
      last: 'filter -m limit --limit 3/min --limit-burst 10',
    },
    {
      dump: 'docker-flannel',
      name: 'a Pod to the outside, up to a translation of the source',
      packet: 'udp 10.244.1.7:40000 > 203.0.113.53:5353 by cni0',
      verdict: 'unknown',
      last: 'nat -j SNAT --to-source 192.168.10.4 --random-fully',
    },
    {
      dump: 'docker-flannel',
      name: 'a process of the node to the cloud, up to the owner of a process',
      way: 'send',
      packet: 'tcp 192.168.10.4:40000 > 168.63.129.16:80',
      verdict: 'unknown',
      last: 'security -m owner --uid-owner 0',
    },
    {
      dump: 'cilium',
      name: 'a packet that comes in, up to a test of sockets',
      packet: 'udp 203.0.113.9:40000 > 10.0.1.7:53 by eth0',
      verdict: 'unknown',
      last: 'mangle -m socket --transparent',
    },
    {
      dump: 'cilium',
      name: 'a process of the node, up to a set of load balancers',
      way: 'send',
      packet: 'tcp 192.168.10.4:40000 > 10.0.1.7:80',
      verdict: 'unknown',
      last: 'nat -m set --match-set KUBE-LOAD-BALANCER dst,dst',
    },
    {
      dump: 'cilium',
      name: 'a later packet of a process of the node',
      way: 'send',
      packet: 'tcp 192.168.10.4:40000 > 10.0.1.7:80',
      states: ['ESTABLISHED'],
      verdict: 'accepted',
      last: 'mangle -A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_mangle" -j CILIUM_POST_mangle',
    },
  ])('$dump: $name', (flow) => {
    const tables = tablesOf(flow.dump)
    const lists = new ReferenceLists()
    lists.retain(tables)
    const draws = [...(flow.draws ?? [])]
    const node = {
      tables,
      localAddresses: [range('192.168.10.4'), range('127.0.0.0/8')],
      lists,
      draw31: () => (draws.shift() === true ? 0 : 0x7fffffff),
      outInterfaceOf: (destination: string) =>
        destination === '10.244.1.5' && flow.dump === 'calico' ? 'cali1b2c3d4e5f6' : 'eth0',
    }
    const said = interpret(node, flow.way ?? 'receive', packetOf(flow), 0)
    const last = said.rulesMet[said.rulesMet.length - 1]
    const rule = last.unmodelled ?? printRule(last.chain, last.rule)
    expect({ verdict: said.verdict, last: `${last.table} ${rule}` }).toEqual({
      verdict: flow.verdict,
      last: flow.last,
    })
    if (flow.destination !== undefined)
      expect(`${said.packet.destination}:${said.packet.destinationPort}`).toBe(flow.destination)
  })
})

function packetOf({ packet, states = ['NEW'] }: DumpFlow): ReadablePacket {
  const [protocol, from, , to, , inInterface] = packet.split(' ')
  const [source, sourcePort] = from.split(':')
  const [destination, destinationPort] = to.split(':')
  return {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    source,
    sourcePort: Number(sourcePort),
    destination,
    destinationPort: Number(destinationPort),
    mark: 0,
    states,
    inInterface,
  }
}

test('a simulation refuses a dump by the line of each rule that is not modelled, and each table', () => {
  try {
    new NodeNetfilter({
      tables: tablesOf('cilium'),
      book: new AddressBook(),
      localAddresses: [],
      recentLists: new RecentLists(),
      draw31: () => 0,
    })
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    expect(error.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'NF_UNSUPPORTED table "raw" is not modelled',
      'NF_UNSUPPORTED table "mangle" is not modelled',
      'NF_UNSUPPORTED line 45: "-s 10.0.0.0/255.0.255.0" in chain "FORWARD" of table filter is not modelled',
      'NF_UNSUPPORTED line 45: "-j VENDOR-SHAPE" in chain "FORWARD" of table filter is not modelled',
      'NF_UNSUPPORTED line 77: "-m set --match-set cilium_node_set_v4 dst" in chain "CILIUM_POST_nat" of table nat is not modelled',
      'NF_UNSUPPORTED line 80: "-j SNAT --to-source 10.0.1.150" in chain "CILIUM_POST_nat" of table nat is not modelled',
      'NF_UNSUPPORTED line 83: "-m set --match-set KUBE-NODE-PORT-TCP dst" in chain "KUBE-NODE-PORT" of table nat is not modelled',
      'NF_UNSUPPORTED line 84: "-m set --match-set KUBE-LOOP-BACK dst,dst,src" in chain "KUBE-POSTROUTING" of table nat is not modelled',
      'NF_UNSUPPORTED line 89: "-m set --match-set KUBE-LOAD-BALANCER dst,dst" in chain "KUBE-SERVICES" of table nat is not modelled',
      'NF_UNSUPPORTED line 90: "-m set --match-set KUBE-CLUSTER-IP dst,dst" in chain "KUBE-SERVICES" of table nat is not modelled',
      'NF_UNSUPPORTED line 92: "-m set --match-set KUBE-CLUSTER-IP dst,dst" in chain "KUBE-SERVICES" of table nat is not modelled',
    ])
  }
})
