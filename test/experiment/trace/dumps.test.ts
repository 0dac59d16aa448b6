/** Traces through rules of real nodes: addresses that the manifests leave open, foreign chains, endpoints nobody knows. */
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listRules } from '../../../src/experiment/rules/list-rules.js'
import type { FlowQuestion } from '../../../src/experiment/trace/flow-question.js'
import { ends, traced, tracedCluster } from './traced.js'

/** The rules of n1 as another cluster of the same manifests has them: other addresses, drawn by another seed. */
function dumpOf(settings: readonly string[], manifests?: string): string {
  const loaded = tracedCluster(settings, manifests)
  return listRules(loaded, { node: 'n1', command: '' }).parts[0].text
}

const OPEN = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Node
metadata: { name: n1 }
status: { addresses: [{ type: InternalIP, address: 192.168.1.11 }] }
---
apiVersion: v1
kind: Node
metadata: { name: n2 }
status: { addresses: [{ type: InternalIP, address: 192.168.1.12 }] }
`

describe('rules of a real node', () => {
  const text = dumpOf(['seed=9'], OPEN)
  const dumps = [{ node: 'n1', file: 'save.txt', text }]

  it('lend cluster IPs and node ports to manifests that have none', () => {
    const trace = traced({ from: 'pod/web-0', to: 'web:80', dumps }, tracedCluster([], OPEN))
    const destination = trace.question.packet?.destination
    const [, nodePort] = / --dport (3[0-9]{4}) /.exec(text) ?? []
    expect(text).toContain(`"default/web cluster IP" -m tcp -p tcp -d ${destination} `)
    expect(destination).not.toBe(
      traced({ from: 'pod/web-0', to: 'web:80' }, tracedCluster([], OPEN)).question.packet?.destination,
    )
    expect(trace.notes).toEqual([
      `not in the manifests, so taken from save.txt: cluster IP ${destination}, node port ${nodePort}`,
    ])
    expect(trace.outcomes.map(({ disposition }) => disposition)).toEqual(['delivered', 'delivered'])
    expect(trace.way.steps[0]).toMatchObject({ kind: 'node', node: 'n1', rules: 'save.txt' })
  })

  it('are followed by generated ones on other nodes, with the same addresses', () => {
    const trace = traced({ from: 'pod/web-1', to: 'web:80', dumps }, tracedCluster([], OPEN))
    expect(trace.way.steps[0]).toMatchObject({ kind: 'node', node: 'n2', rules: 'generated' })
    expect(trace.outcomes.map(({ disposition }) => disposition)).toEqual(['delivered', 'delivered'])
  })

  it('lead to endpoints that the manifests do not know, where the trace ends', () => {
    const other = dumpOf(['seed=9', 'cluster.podCidr=10.55.0.0/16'], OPEN)
    const trace = traced(
      { from: 'pod/web-0', to: 'web:80', dumps: [{ node: 'n1', file: 'save.txt', text: other }] },
      tracedCluster([], OPEN),
    )
    expect(ends(trace)).toEqual([
      '50 % unknown - 10.55.0.2:8080, rules n1 15',
      '50 % unknown - 10.55.1.2:8080, rules n1 16',
    ])
    expect(trace.outcomes[0].reason).toBe(
      'no pod of the manifests has the address 10.55.0.2; Pods with their status.podIP would tell',
    )
  })

  it('may hold chains of others, which are followed too', () => {
    const lines = text.split('\n')
    const foreign = lines.flatMap((line) => {
      if (line === ':POSTROUTING ACCEPT [0:0]') return [line, ':CNI - [0:0]']
      if (line.startsWith('-A POSTROUTING')) return [line, '-A POSTROUTING -s 10.244.0.0/16 -j CNI']
      if (line === 'COMMIT') return ['-A CNI -d 10.244.0.0/16 -j ACCEPT', line]
      return [line]
    })
    const nat = foreign.lastIndexOf('-A CNI -d 10.244.0.0/16 -j ACCEPT')
    const withForeign = foreign
      .filter((line, index) => !line.startsWith('-A CNI') || index === nat)
      .join('\n')
    const trace = traced(
      { from: 'pod/web-0', to: 'pod/web-1:8080', dumps: [{ node: 'n1', file: 'x', text: withForeign }] },
      tracedCluster([], OPEN),
    )
    const chains = trace.way.steps.flatMap((step) => (step.kind === 'rule' ? [step.chain] : []))
    expect(chains).toContain('CNI')
  })

  it.each([
    [[{ node: 'n9', file: 'x', text }], 'NODE_UNKNOWN'],
    [
      [
        { node: 'n1', file: 'x', text },
        { node: 'n1', file: 'y', text },
      ],
      'USAGE',
    ],
    [[{ node: 'n1', file: 'x', text: 'hello' }], 'NF_SYNTAX'],
    [[{ node: 'n1', file: 'x', text: '' }], 'NF_SYNTAX'],
    [[{ node: 'n1', file: 'x', text: '*nat\n:A -\n:B -\n-A A -j B\n-A B -j A\nCOMMIT\n' }], 'NF_CHAIN_LOOP'],
    [[{ node: 'n1', file: 'x', text: deepDump(300) }], 'FLOW_TOO_LONG'],
  ])('that can not be used are refused: %#', (given, code) => {
    expect(() => traced({ from: 'pod/web-0', to: 'web:80', dumps: given })).toThrow(code)
  })
})

describe('what another program than iptables-save prints', () => {
  it.each([
    ['nftables (nft)', dumpOf(['proxy.mode=nftables'], OPEN)],
    [
      'nftables (nft)',
      '# Warning: table ip nat is managed by iptables-nft, do not touch!\ntable ip nat {\n}\n',
    ],
    ['nftables (nft)', '{"nftables": [{"metainfo": {"version": "1.0.6"}}]}'],
    [
      'IPVS (ipvsadm)',
      'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n',
    ],
    ['IPVS (ipvsadm)', '-A -t 10.96.0.1:443 -s rr\n-a -t 10.96.0.1:443 -r 192.168.1.11:6443 -m -w 1\n'],
    ['ipset', 'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n'],
    ['`iptables -S`', '-P PREROUTING ACCEPT\n-N KUBE-SERVICES\n-A PREROUTING -j KUBE-SERVICES\n'],
    [
      '`iptables -L`',
      'Chain PREROUTING (policy ACCEPT)\ntarget     prot opt source               destination\n',
    ],
  ])('is refused by its name: %s %#', (program, text) => {
    const dumps = [{ node: 'n1', file: 'save.txt', text }]
    expect(() => traced({ from: 'pod/web-0', to: 'web:80', dumps })).toThrow(
      `NF_UNSUPPORTED: "save.txt" is what ${program} prints`,
    )
  })
})

describe('rules of a real node that are not modelled', () => {
  const calico = fs.readFileSync(new URL('../../data/dumps/calico.iptables', import.meta.url), 'utf8')
  const NAMED = OPEN.replace('{ port: 80', '{ name: http, port: 80')
  const withCalico = (question: Partial<FlowQuestion>) =>
    traced(
      { ...question, to: 'web:80', dumps: [{ node: 'n1', file: 'save.txt', text: calico }] },
      tracedCluster([], NAMED),
    )

  it('end the trace, which names the rule', () => {
    const trace = withCalico({ from: 'pod/web-0' })
    expect(trace.outcomes.map(({ disposition }) => disposition)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(trace.outcomes[0]).toMatchObject({
      endedBy: { node: 'n1', table: 'nat', chain: 'cali-nat-outgoing', number: 1 },
      reason: 'svcsim does not model what this rule asks or does',
      source: null,
      connectNs: null,
    })
    expect(trace.outcomes[0].endedBy?.text).toBe(
      '-A cali-nat-outgoing -m comment --comment cali:flqWnvo8yq4ULQLa -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully',
    )
  })

  it('end only the ways that come to them', () => {
    const text = calico.replace('-j cali-nat-outgoing', '-d 10.244.1.0/24 -j cali-nat-outgoing')
    const trace = traced(
      { from: 'pod/web-0', to: 'web:80', dumps: [{ node: 'n1', file: 'save.txt', text }] },
      tracedCluster([], NAMED),
    )
    expect(trace.outcomes.map(({ endedBy }) => endedBy?.chain ?? null)).toEqual([
      'cali-nat-outgoing',
      null,
      null,
    ])
  })

  it('ask for interfaces, which the user can name', () => {
    const notes = (podInterface?: string) =>
      withCalico({ from: 'pod/web-0', podInterface }).notes.filter((note) => note.startsWith('rules ask'))
    expect(notes()).toEqual([
      'rules ask for interfaces: those of pods are taken to be cni0 (--pod-interface), all others eth0',
    ])
    expect(notes('cali1b2c3d4e5f6')).toEqual([
      'rules ask for interfaces: those of pods are taken to be cali1b2c3d4e5f6 (--pod-interface), all others eth0',
    ])
    const { outcomes } = withCalico({ from: 'pod/web-0', podInterface: 'cali1b2c3d4e5f6' })
    expect(outcomes[0].endedBy).toMatchObject({ chain: 'cali-PREROUTING' })
  })

  it.each(['', 'a b', 'a/b', '..', 'sixteen-letters-'])('have no interface called "%s"', (podInterface) => {
    expect(() => withCalico({ from: 'pod/web-0', podInterface })).toThrow('FLOW_SYNTAX')
  })
})

/** Chains one below the other. */
function deepDump(depth: number): string {
  const chains = Array.from({ length: depth }, (_, index) => `:C${index} -`)
  const jumps = chains.slice(1).map((_, index) => `-A C${index} -j C${index + 1}`)
  return ['*nat', ':PREROUTING ACCEPT', ...chains, '-A PREROUTING -j C0', ...jumps, 'COMMIT', ''].join('\n')
}
