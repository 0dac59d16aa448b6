import { expect, it } from 'vitest'
import { printVirtualServers } from '../../../src/netfilter/ipvs/ipvsadm-save.js'
import { printIpvsTables } from '../../../src/netfilter/ipvs/print-ipvs-tables.js'
import type { VirtualServer } from '../../../src/netfilter/ipvs/virtual-server.js'

const DNS: VirtualServer = {
  protocol: 'tcp',
  address: '10.96.0.10',
  port: 53,
  scheduler: 'rr',
  isHashingPorts: false,
  isFallingBack: false,
  persistenceSeconds: undefined,
  realServers: [{ address: '10.244.0.2', port: 53, weight: 1, forwarding: 'masquerading' }],
}

it('tables are printed in four parts', () => {
  const text = printIpvsTables({
    virtualServers: [DNS],
    boundAddresses: ['10.96.0.10', 'fd00::1'],
    ipSets: [
      { name: 'KUBE-X', type: 'hash:ip,port', family: 4, comment: '', entries: ['10.96.0.10,tcp:53'] },
      { name: 'KUBE-Y', type: 'bitmap:port', family: 4, comment: '', entries: [] },
    ],
    tables: [
      {
        name: 'nat',
        chains: [
          { name: 'PREROUTING', policy: 'ACCEPT', rules: [] },
          {
            name: 'KUBE-Z',
            policy: undefined,
            rules: [
              {
                matches: [{ kind: 'set', set: 'KUBE-X', directions: ['dst', 'src'] }],
                target: { kind: 'RETURN' },
              },
            ],
          },
        ],
      },
    ],
  })
  expect(text).toBe(`# ipvsadm-save -n
-A -t 10.96.0.10:53 -s rr
-a -t 10.96.0.10:53 -r 10.244.0.2:53 -m -w 1
# ip -batch
address add 10.96.0.10 dev kube-ipvs0
address add fd00::1 dev kube-ipvs0
# ipset save
create KUBE-X hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-X 10.96.0.10,tcp:53
create KUBE-Y bitmap:port range 0-65535
# iptables-save
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-Z - [0:0]
-A KUBE-Z -m set --match-set KUBE-X dst,src -j RETURN
COMMIT
`)
})

it.each([
  ['sh', true, true, '-s sh -b sh-fallback,sh-port'],
  ['sh', false, true, '-s sh -b sh-port'],
  ['mh', true, false, '-s mh -b mh-fallback'],
  ['wlc', true, true, '-s wlc -b flag-1,flag-2'],
  ['wlc', false, true, '-s wlc -b flag-2'],
] as const)(
  'flags of %s: falling back %s, hashing ports %s',
  (scheduler, isFallingBack, isHashingPorts, expected) => {
    const server = { ...DNS, scheduler, isFallingBack, isHashingPorts, realServers: [] }
    expect(printVirtualServers([server])).toBe(`-A -t 10.96.0.10:53 ${expected}\n`)
  },
)

it('persistence comes before flags', () => {
  const server = {
    ...DNS,
    scheduler: 'mh',
    isHashingPorts: true,
    persistenceSeconds: 10_800,
    realServers: [],
  } as const
  expect(printVirtualServers([server])).toBe('-A -t 10.96.0.10:53 -s mh -p 10800 -b mh-port\n')
})
