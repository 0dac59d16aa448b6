/** Has kube-proxy synced the manifests? Rules of a node, changed in one way each, against what the manifests say. */
import { describe, expect, it } from 'vitest'
import { iptablesRules } from '../../../src/kubernetes/iptables/iptables-rules.js'
import { diffRules, type RulesDiffResult } from '../../../src/kubernetes/iptables-diff/diff-rules.js'
import { NOTHING_OPEN, type OpenFacts } from '../../../src/kubernetes/iptables-diff/expected-port.js'
import { printTables } from '../../../src/netfilter/iptables/iptables-save.js'
import { cidr, endpoints, NODE, OPTIONS, type PortSpec, port } from './ports.js'
import { tablesOf } from './rules.js'

const WEB: PortSpec = {
  name: 'default/web:http',
  clusterIp: '10.96.0.10',
  nodePort: 30_080,
  endpoints: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
}
const STICKY: PortSpec = {
  name: 'default/sticky',
  clusterIp: '10.96.0.11',
  affinityTimeoutSeconds: 600,
  endpoints: ['10.0.0.1', '10.0.0.2'],
}
const EMPTY: PortSpec = { name: 'shop/empty', clusterIp: '10.96.0.12', endpoints: [] }
const ALL = [WEB, STICKY, EMPTY]

interface Compared {
  readonly expected?: readonly PortSpec[]
  readonly found?: readonly PortSpec[]
  readonly open?: Partial<OpenFacts>
  readonly edit?: (text: string) => string
  readonly areSettingsGiven?: boolean
  readonly foundOptions?: Partial<typeof OPTIONS>
}

/** What manifests say against what a node has. */
function diff(compared: Compared = {}): RulesDiffResult {
  const { expected = ALL, found = expected, open = {}, edit = (text) => text } = compared
  const options = { ...OPTIONS, ...compared.foundOptions }
  const text = printTables(iptablesRules(found.map(port), NODE, options))
  return diffRules({
    ports: expected.map((spec) => ({ info: port(spec), open: { ...NOTHING_OPEN, ...open } })),
    node: NODE,
    options: OPTIONS,
    areSettingsGiven: compared.areSettingsGiven ?? true,
    tables: tablesOf(edit(text)),
  })
}

/** Every Service port that is not equal, with its first sentence. */
function said({ ports }: RulesDiffResult): string[] {
  return ports
    .filter(({ status }) => status !== 'equal')
    .map(({ name, status, summary }) => `${name} ${status}: ${summary[0] ?? ''}`)
}

describe('rules that are as the manifests say', () => {
  it('are equal', () => {
    expect(diff()).toMatchObject({ isEqual: true, settings: [], fixed: [], leftOver: [] })
  })

  it('are equal in whatever order the Services come', () => {
    expect(diff({ found: [EMPTY, STICKY, WEB] }).isEqual).toBe(true)
  })

  it('are equal as iptables-save prints them', () => {
    const saved = (text: string) =>
      text
        .replaceAll(/ -m (tcp) -p tcp -d ([0-9.]+) --dport/g, ' -d $2/32 -p tcp -m $1 --dport')
        .replaceAll('--or-mark 0x4000', '--set-xmark 0x4000/0x4000')
        .replaceAll('--xor-mark 0x4000', '--set-xmark 0x4000/0x0')
        .replaceAll('0.3333333333', '0.33333333349')
        .replaceAll(' --random-fully', '')
        .replaceAll(/^:(\S+) (\S+) \[0:0\]$/gm, ':$1 $2 [17:1020]')
        .replaceAll(/^-A/gm, '[3:180] -A')
    expect(diff({ edit: saved }).isEqual).toBe(true)
  })

  it('are equal with chains and rules of others between them', () => {
    const foreign = (text: string) =>
      text
        .replace('*nat\n', '*nat\n:CNI-ab - [0:0]\n:DOCKER - [0:0]\n')
        .replace(
          '-A POSTROUTING',
          '-A POSTROUTING -s 10.0.0.0/8 -j CNI-ab\n-A CNI-ab -j ACCEPT\n-A POSTROUTING',
        )
    const result = diff({ edit: foreign })
    expect([result.isEqual, result.foreign]).toEqual([true, { chainCount: 2, ruleCount: 2 }])
  })

  it('are equal without counters, which not every kernel has', () => {
    const plain = (text: string) =>
      text
        .split('\n')
        .filter((line) => !line.includes('localhost_nps_accepted_pkts'))
        .join('\n')
        .replaceAll(/ -m nfacct --nfacct-name \S+/g, '')
    expect(diff({ edit: plain }).isEqual).toBe(true)
  })

  it('are equal in a large cluster, where rules of endpoints have no comments', () => {
    expect(diff({ foundOptions: { largeClusterEndpointCount: 0 } }).isEqual).toBe(true)
  })

  it('leave alone what the manifests hold nothing of: other namespaces, and the API server’s Service', () => {
    const others: PortSpec[] = [
      { name: 'kube-system/kube-dns:dns', clusterIp: '10.96.0.2', endpoints: ['10.0.0.9'] },
      { name: 'default/kubernetes:https', clusterIp: '10.96.0.1', endpoints: ['192.168.0.9'] },
    ]
    const result = diff({ found: [...ALL, ...others] })
    expect(result.isEqual).toBe(true)
    expect(said(result)).toEqual(['default/kubernetes:https foreign: ', 'kube-system/kube-dns:dns foreign: '])
  })

  it('may have chains left over that no rule leads to', () => {
    const left = (text: string) => text.replace('*nat\n', '*nat\n:KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]\n')
    expect(diff({ edit: left })).toMatchObject({ isEqual: true, leftOver: ['KUBE-SEP-AAAAAAAAAAAAAAAA'] })
  })
})

describe('a node that has not synced', () => {
  const without = (endpoint: string) => ({
    ...WEB,
    endpoints: WEB.endpoints.filter((each) => each !== endpoint),
  })

  it('lacks an endpoint', () => {
    const result = diff({ found: [without('10.0.0.2'), STICKY, EMPTY] })
    expect(result.isEqual).toBe(false)
    expect(result.ports[0]).toMatchObject({
      name: 'default/web:http',
      status: 'different',
      summary: ['3 endpoints by the manifests, 2 on the node', 'endpoint 10.0.0.2:8080: missing on the node'],
    })
    const kinds = result.ports[0].chains.map(({ chain, kind }) => `${chain.slice(0, 8)} ${kind}`)
    expect(kinds).toEqual(['KUBE-SVC different', 'KUBE-SEP missing'])
  })

  it('has an endpoint that is gone', () => {
    const result = diff({ expected: [without('10.0.0.2'), STICKY, EMPTY], found: ALL })
    expect(said(result)).toEqual(['default/web:http different: 2 endpoints by the manifests, 3 on the node'])
    expect(result.ports[0].summary[1]).toBe('endpoint 10.0.0.2:8080: on the node and not in the manifests')
  })

  it('has no rule of a Service', () => {
    const result = diff({ found: [STICKY, EMPTY] })
    expect(said(result)).toEqual(['default/web:http missing: the node has no rule of it'])
  })

  it('has rules of a Service that is gone', () => {
    const result = diff({ expected: [STICKY, EMPTY], found: ALL })
    expect(said(result)).toEqual(['default/web:http extra: the manifests have no such Service port'])
    expect(result.ports.at(-1)?.chains[0].rules[0].found).toContain('-d 10.96.0.10 -m tcp -p tcp --dport 80')
  })

  it('shares unevenly', () => {
    const result = diff({
      edit: (text) => text.replace('--probability 0.3333333333', '--probability 0.1000000000'),
    })
    expect(said(result)).toEqual([
      'default/web:http different: the endpoints do not get equal shares: probabilities differ',
    ])
    expect(result.ports[0].chains[0].rules.map(({ kind }) => kind)).toEqual(['probability'])
  })

  it('has another timeout of session affinity, or none', () => {
    const shorter = diff({ found: [WEB, { ...STICKY, affinityTimeoutSeconds: 60 }, EMPTY] })
    expect(said(shorter)).toEqual([
      'default/sticky different: session affinity is ClientIP, 60 s, and should be ClientIP, 600 s',
    ])
    const none = diff({ found: [WEB, { ...STICKY, affinityTimeoutSeconds: undefined }, EMPTY] })
    expect(said(none)).toEqual([
      'default/sticky different: session affinity is none, and should be ClientIP, 600 s',
    ])
  })

  it('refuses a Service that has endpoints by now', () => {
    const result = diff({ found: [{ ...WEB, endpoints: [] }, STICKY, EMPTY] })
    expect(said(result)).toEqual(['default/web:http different: 3 endpoints by the manifests, 0 on the node'])
  })

  it('has another cluster IP or node port than the manifests give', () => {
    const moved = diff({ found: [{ ...WEB, clusterIp: '10.96.0.99' }, STICKY, EMPTY] })
    expect(said(moved)).toEqual(['default/web:http different: the node does not answer at 10.96.0.10:80'])
    const port = diff({ found: [{ ...WEB, nodePort: 30_099 }, STICKY, EMPTY] })
    expect(said(port)).toEqual(['default/web:http different: the node does not answer at node port 30080'])
  })

  it('has rules after the one for node ports, which must be the last', () => {
    const late = (text: string) => {
      const lines = text.split('\n')
      const last = lines.findIndex((line) => line.includes('NOTE: this must be the last rule'))
      const [rule] = lines.splice(last, 1)
      const first = lines.findIndex(
        (line) => line.startsWith('-A KUBE-SERVICES') && line.includes('cluster IP'),
      )
      lines.splice(first, 0, rule)
      return lines.join('\n')
    }
    const result = diff({ edit: late })
    expect(result.isEqual).toBe(false)
    expect(result.fixed.map(({ chain, rules }) => `${chain} ${rules.length}`)).toEqual(['KUBE-SERVICES 2'])
  })

  it('was flushed', () => {
    const result = diff({ edit: () => '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n' })
    expect(result.ports.map(({ status }) => status)).toEqual(['missing', 'missing', 'missing'])
    expect(result.fixed.length).toBeGreaterThan(5)
  })

  it('lacks a jump to kube-proxy’s chains', () => {
    const result = diff({ edit: (text) => text.replace(/-A PREROUTING .*\n/, '') })
    expect(result.fixed.map(({ chain, rules }) => `${chain} ${rules[0].kind}`)).toEqual([
      'PREROUTING missing',
    ])
  })
})

describe('what manifests leave open', () => {
  it('is taken from the node: cluster IP and node port', () => {
    const found = [{ ...WEB, clusterIp: '10.96.7.7', nodePort: 31_234 }, STICKY, EMPTY]
    const result = diff({ found, open: { hasClusterIp: true, hasNodePort: true } })
    expect(result.isEqual).toBe(true)
    expect(result.ports.map(({ adopted }) => adopted)).toEqual([
      ['cluster IP 10.96.7.7', 'node port 31234'],
      ['cluster IP 10.96.0.11'],
      ['cluster IP 10.96.0.12'],
    ])
  })

  it('is taken from the node: addresses of pods', () => {
    const found = [{ ...WEB, endpoints: ['10.9.0.7', '10.9.0.8', '10.9.0.9'] }]
    const open = { addresses: new Set(WEB.endpoints.map((address) => `${address}:8080`)) }
    const result = diff({ expected: [WEB], found, open })
    expect([result.isEqual, result.ports[0].adopted]).toEqual([true, ['addresses of 3 pods']])
  })

  it('does not hide that there are fewer pods, and names no address that was made up', () => {
    const found = [{ ...WEB, endpoints: ['10.9.0.7', '10.9.0.8'] }]
    const open = { addresses: new Set(WEB.endpoints.map((address) => `${address}:8080`)) }
    const result = diff({ expected: [WEB], found, open })
    expect(result.ports[0].summary).toEqual([
      '3 endpoints by the manifests, 2 on the node',
      'the address 10.0.0.3:8080 below is made up: the manifests do not give it',
    ])
  })

  it('does not hide that the pods listen on another port', () => {
    const found = [{ ...WEB, endpoints: WEB.endpoints, targetPort: 9_090 }]
    const open = { addresses: new Set(WEB.endpoints.map((address) => `${address}:8080`)) }
    expect(diff({ expected: [WEB], found, open }).isEqual).toBe(false)
  })

  it('is where pods run: policy Local takes those of the node', () => {
    const local: PortSpec = { ...WEB, isExternalPolicyLocal: true }
    const expected = { ...local, endpoints: endpoints(local.endpoints, ['n1', 'n2', 'n2']) }
    const found = { ...local, endpoints: endpoints(local.endpoints, ['n2', 'n1', 'n1']) }
    const texts = new Set(WEB.endpoints.map((address) => `${address}:8080`))
    expect(diff({ expected: [expected], found: [found] }).isEqual).toBe(false)
    expect(
      diff({ expected: [expected], found: [found], open: { addresses: texts, nodes: texts } }).isEqual,
    ).toBe(true)
  })
})

describe('settings of kube-proxy', () => {
  const otherRange = { localTrafficDetector: { kind: 'clusterCidr', cidr: cidr('10.42.0.0/16') } } as const

  it('that differ are told once, and not again with every Service', () => {
    const result = diff({ foundOptions: { ...otherRange, masqueradeBit: 15 } })
    expect(result.isEqual).toBe(false)
    expect(said(result)).toEqual([])
    expect(result.settings).toEqual([
      { name: '--detect-local-mode', expected: 'ClusterCIDR 10.0.0.0/8', found: 'ClusterCIDR 10.42.0.0/16' },
      { name: '--iptables-masquerade-bit', expected: '14', found: '15' },
    ])
  })

  it('are no difference where nobody has given any', () => {
    expect(diff({ foundOptions: otherRange, areSettingsGiven: false }).isEqual).toBe(true)
  })

  it.each([
    [
      '--detect-local-mode',
      { localTrafficDetector: { kind: 'bridgeInterface', name: 'cni0' } },
      'BridgeInterface cni0',
    ],
    [
      '--detect-local-mode',
      { localTrafficDetector: { kind: 'interfacePrefix', prefix: 'veth' } },
      'InterfaceNamePrefix veth',
    ],
    ['--detect-local-mode', { localTrafficDetector: { kind: 'nodeCidr' } }, 'NodeCIDR 10.0.0.0/24'],
    ['--detect-local-mode', { localTrafficDetector: { kind: 'none' } }, 'none'],
    ['--masquerade-all', { isMasqueradingAll: true }, 'true'],
    ['--nodeport-addresses', { nodePortAddresses: [cidr('192.168.0.0/16')] }, '192.168.0.1/32'],
    ['--iptables-localhost-nodeports', { hasLocalhostNodePorts: false }, 'false'],
    ['--conntrack-tcp-be-liberal', { isConntrackLiberal: true }, 'true'],
  ] as const)('%s is read off the rules (case %#)', (name, foundOptions, found) => {
    const result = diff({ foundOptions })
    expect(said(result)).toEqual([])
    expect(result.settings.map((each) => [each.name, each.found])).toEqual([[name, found]])
  })
})
