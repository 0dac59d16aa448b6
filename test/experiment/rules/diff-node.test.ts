/** What manifests leave open, and a comparison from manifests and a dump to a text. */
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { diffNode } from '../../../src/experiment/rules/diff-node.js'
import { listRules } from '../../../src/experiment/rules/list-rules.js'
import { expectedPorts } from '../../../src/experiment/rules/open-facts.js'
import { renderRulesDiff } from '../../../src/report/rules-diff-text.js'
import { rulesDiffJsonSchema } from '../../../src/results/rules-json.js'
import { expectGoldenText } from '../../report/golden-text.js'
import { tracedCluster } from '../trace/traced.js'

/** Nothing but names: all else is open. */
const OPEN = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: LoadBalancer, externalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`

/** Everything given: an address and a node for the pod, all of the Service. */
const GIVEN = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { nodeName: node-a, containers: [{ name: web, image: web }] }
status: { podIP: 10.244.0.77 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  externalTrafficPolicy: Local
  healthCheckNodePort: 30999
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.5 }] } }
`

describe('what manifests leave open', () => {
  it('is everything where they only name things', () => {
    const [{ open }] = expectedPorts(tracedCluster([], OPEN))
    expect(open).toEqual({
      hasClusterIp: true,
      hasNodePort: true,
      hasLoadBalancerVips: true,
      hasHealthCheckNodePort: true,
      addresses: new Set(['10.244.0.2:8080', '10.244.1.2:8080', '10.244.2.2:8080']),
      nodes: new Set(['10.244.0.2:8080', '10.244.1.2:8080', '10.244.2.2:8080']),
    })
  })

  it('is nothing where they give everything', () => {
    const [{ open }] = expectedPorts(tracedCluster([], GIVEN))
    expect(open).toEqual({
      hasClusterIp: false,
      hasNodePort: false,
      hasLoadBalancerVips: false,
      hasHealthCheckNodePort: false,
      addresses: new Set(),
      nodes: new Set(),
    })
  })

  it('is not the node of pods of a DaemonSet, nor that of pods in the network of their node', () => {
    const daemons = OPEN.replace('kind: Deployment', 'kind: DaemonSet').replace('  replicas: 3\n', '')
    const [{ open }] = expectedPorts(tracedCluster([], daemons))
    expect([open.addresses.size, open.nodes.size]).toEqual([3, 0])
    const agents = expectedPorts(tracedCluster()).filter(({ info }) => info.name === 'kube-system/agent')
    expect([agents[0].open.addresses.size, agents[0].open.nodes.size]).toEqual([0, 0])
  })
})

/** The rules of node-a in another cluster of the same manifests, with some of them changed. */
function dumpOf(settings: readonly string[], manifests = OPEN): string {
  return listRules(tracedCluster(settings, manifests), { node: 'node-a', command: '' }).parts[0].text
}

function diff(text: string, manifests = OPEN, settings: readonly string[] = []) {
  const question = { node: 'node-a', file: 'save.txt', text, command: 'svcsim rules … --diff save.txt' }
  return diffNode(tracedCluster(settings, manifests), question)
}

describe('a comparison with a node', () => {
  it('finds no difference in what the manifests do not say', () => {
    const result = diff(dumpOf(['seed=5', 'cluster.podCidr=10.77.0.0/16']))
    expect(result.isEqual).toBe(true)
    expect(result.ports[0].adopted.map((fact) => fact.replace(/ [0-9.]+$/, ''))).toEqual([
      'cluster IP',
      'node port',
      'health check node port',
      'load-balancer address',
      'addresses of 3 pods',
    ])
  })

  it('finds that there are fewer pods', () => {
    const result = diff(dumpOf(['seed=5', 'web.replicas=2']))
    expect(result.isEqual).toBe(false)
    expect(result.ports[0].summary[0]).toBe('3 endpoints by the manifests, 2 on the node')
  })

  it('finds what the manifests do say', () => {
    expect(diff(dumpOf([], GIVEN), GIVEN).isEqual).toBe(true)
    const moved = diff(dumpOf([], GIVEN.replaceAll('10.244.0.77', '10.244.0.78')), GIVEN)
    expect(moved.ports[0].summary).toContain('endpoint 10.244.0.77:8080: missing on the node')
    const other = diff(dumpOf([], GIVEN.replaceAll('30080', '30081')), GIVEN)
    expect(other.ports[0].summary).toContain('the node does not answer at node port 30080')
  })

  it('says so in a text that was read by eye', () => {
    expectGoldenText('rules-equal.txt', renderRulesDiff(diff(dumpOf(['seed=5'])), 'text'))
    expectGoldenText(
      'rules-different.txt',
      renderRulesDiff(diff(dumpOf(['seed=5', 'web.replicas=2'])), 'text'),
    )
    expectGoldenText('rules-flushed.txt', renderRulesDiff(diff('*nat\n:PREROUTING ACCEPT\nCOMMIT\n'), 'text'))
  })

  it('has a form as JSON', () => {
    const validate = new Ajv({ strict: false }).compile(rulesDiffJsonSchema())
    for (const text of [dumpOf([]), dumpOf(['web.replicas=1']), '*nat\n:PREROUTING ACCEPT\nCOMMIT\n']) {
      const value: unknown = JSON.parse(renderRulesDiff(diff(text), 'json'))
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true)
    }
  })

  it('lets nothing from a dump reach the terminal', () => {
    const hostile = dumpOf([]).replace(/default\/web cluster IP/g, 'default/\u001b[31mred cluster IP')
    const shown = renderRulesDiff(diff(hostile), 'text')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  it.each([
    ['nftables (nft)', dumpOf(['proxy.mode=nftables'])],
    ['IPVS (ipvsadm)', '-A -t 10.96.0.1:443 -s rr\n'],
  ])('is not made with what %s prints, and says so', (program, text) => {
    expect(() => diff(text)).toThrow(`NF_UNSUPPORTED: "save.txt" is what ${program} prints`)
  })

  it('is of mode iptables only', () => {
    expect(() => diff(dumpOf([]), OPEN, ['proxy.mode=nftables'])).toThrow(
      'USAGE: Only rules of mode iptables can be compared, and the scenario has mode nftables',
    )
  })
})
