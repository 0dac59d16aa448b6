/** Packets and where they end: source, destination, masquerading, source seen, rules met and time, in every way there is. */
import { describe, expect, it } from 'vitest'
import type { FlowQuestion } from '../../../src/experiment/trace/flow-question.js'
import { ends, traced } from './traced.js'

type Row = readonly [name: string, question: Partial<FlowQuestion>, ends: readonly string[]]

const FLOWS: readonly Row[] = [
  [
    'pod to cluster IP: itself is masqueraded, others are not',
    { from: 'pod/web-0', to: 'single:80' },
    [
      '50 % delivered web-0 10.244.0.2:8080, itself, sees 10.244.0.1 by n1, rules n1 18, 27796 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 10.244.0.2, rules n1 22 n3 25, 1015651 ns',
    ],
  ],
  [
    'pod to pod: no Service has to do with it, and all rules are met on both nodes',
    { from: 'pod/web-0', to: 'pod/web-1:8080' },
    ['100 % delivered web-1 10.244.2.2:8080, sees 10.244.0.2, rules n1 25 n3 25, 1015590 ns'],
  ],
  [
    'pod to a pod in the network of its node',
    { from: 'pod/web-0', to: 'agent.kube-system:9100' },
    ['100 % delivered kube-system/agent 192.168.1.12:9100, sees 10.244.0.2, rules n1 28 n2 31, 315725 ns'],
  ],
  [
    'a pod in the network of its node is a process of the node',
    { from: 'pod/kube-system/agent', to: 'web.default:80' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 192.168.1.12 by n2, rules n2 22 n1 25, 315651 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.12 by n2, rules n2 23 n3 25, 1015666 ns',
    ],
  ],
  [
    'node process to cluster IP is masqueraded',
    { from: 'node/n2', to: 'single:80' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 192.168.1.12 by n2, rules n2 19 n1 25, 315606 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.12 by n2, rules n2 20 n3 25, 1015621 ns',
    ],
  ],
  [
    'node process to its loopback address at a node port',
    { from: 'node/n1', to: 'localhost:30080' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 10.244.0.1 by n1, rules n1 35, 28051 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.11 by n1, rules n1 36 n3 25, 1015861 ns',
    ],
  ],
  [
    'the same with policy Local takes pods of all nodes',
    { from: 'node/n1', to: 'localhost:30081' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 10.244.0.1 by n1, rules n1 32, 28006 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.11 by n1, rules n1 33 n3 25, 1015816 ns',
    ],
  ],
  [
    'outside to node port, by the first node',
    { from: 'external', to: 'web:80' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 10.244.0.1 by n1, rules n1 34, 20028036 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.11 by n1, rules n1 35 n3 25, 21015846 ns',
    ],
  ],
  [
    'outside to node port, by a node without pods',
    { from: 'external', to: 'web:http', via: 'n2' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 192.168.1.12 by n2, rules n2 35 n1 25, 20315846 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.12 by n2, rules n2 36 n3 25, 21015861 ns',
    ],
  ],
  [
    'outside to a UDP port, whose protocol nobody has to name',
    { from: 'external', to: 'web:53' },
    [
      '50 % delivered web-0 10.244.0.2:5353, sees 10.244.0.1 by n1, rules n1 36, 20028066 ns',
      '50 % delivered web-1 10.244.2.2:5353, sees 192.168.1.11 by n1, rules n1 37 n3 25, 21015876 ns',
    ],
  ],
  [
    'outside to an external IP',
    { from: 'external', to: '198.51.100.7:80', via: 'node/n2' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 192.168.1.12 by n2, rules n2 24 n1 25, 20315681 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.12 by n2, rules n2 25 n3 25, 21015696 ns',
    ],
  ],
  [
    'outside to a cluster IP that is routed to a node',
    { from: 'external', to: '10.96.0.16:80', via: 'n3' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 192.168.1.13 by n3, rules n3 18 n1 25, 21015591 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 10.244.2.1 by n3, rules n3 19, 20027811 ns',
    ],
  ],
  [
    'outside to a load balancer with policy Local keeps the client',
    { from: 'external', to: 'local:80' },
    ['100 % delivered web-0 10.244.0.2:8080, sees 100.64.0.2, rules n1 34, 20327930 ns'],
  ],
  [
    'policy Local on a node without pods',
    { from: 'external', to: '192.168.1.12:30081' },
    ['100 % dropped - 192.168.1.12:30081, rules n2 33'],
  ],
  [
    'a load-balancer address that comes to a node as it is',
    { from: 'external', to: '203.0.113.5:80', via: 'n1' },
    ['100 % delivered web-0 10.244.0.2:8080, sees 100.64.0.2, rules n1 23, 20027765 ns'],
  ],
  [
    'the same on a node without pods',
    { from: 'external', to: '203.0.113.5:80', via: 'n2' },
    ['100 % dropped - 203.0.113.5:80, rules n2 26'],
  ],
  [
    'pod to a load-balancer address is led to pods at once',
    { from: 'pod/shop/cart', to: '203.0.113.5:80' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 10.244.1.2, rules n2 22 n1 25, 315651 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 10.244.1.2, rules n2 23 n3 25, 1015666 ns',
    ],
  ],
  [
    'pod to the node port of another node with policy Local hangs where the pod is on a third node',
    { from: 'pod/shop/cart', to: '192.168.1.11:30081' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 10.244.1.2, rules n2 27 n1 32, 315831 ns',
      '50 % unanswered web-1 10.244.2.2:8080, sees 10.244.1.2, rules n2 27 n1 33 n3 25',
    ],
  ],
  [
    'node process to the node port of another node with policy Local',
    { from: 'node/n2', to: '192.168.1.11:30081' },
    ['100 % delivered web-0 10.244.0.2:8080, sees 192.168.1.12, rules n2 21 n1 34, 315665 ns'],
  ],
  [
    'a source that may use the load balancer',
    { from: '100.64.9.9', to: '203.0.113.6:80' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 10.244.0.1 by n1, rules n1 25, 20028396 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 192.168.1.11 by n1, rules n1 26 n3 25, 21016218 ns',
    ],
  ],
  [
    'a source that may not',
    { from: '9.9.9.9', to: '203.0.113.6:80' },
    ['100 % dropped - 203.0.113.6:80, rules n1 16'],
  ],
  [
    'a pod may not either',
    { from: 'pod/web-0', to: '203.0.113.6:80' },
    ['100 % dropped - 203.0.113.6:80, rules n1 16'],
  ],
  [
    'outside to a Service without endpoints',
    { from: 'external', to: 'none:80' },
    ['100 % refused - 192.168.1.11:30083, rules n1 28'],
  ],
  [
    'pod to a Service without endpoints',
    { from: 'pod/web-0', to: 'none:80' },
    ['100 % refused - 10.96.0.13:80, rules n1 20'],
  ],
  [
    'node process to a Service without endpoints',
    { from: 'node/n1', to: '10.96.0.13:80' },
    ['100 % refused - 10.96.0.13:80, rules n1 18'],
  ],
  [
    'internal policy Local, with a pod on the node',
    { from: 'pod/shop/cart', to: 'inside:80' },
    ['100 % delivered shop/cart 10.244.1.2:80, itself, sees 10.244.1.1 by n2, rules n2 26, 27810 ns'],
  ],
  [
    'internal policy Local, without one',
    { from: 'pod/web-0', to: 'inside.shop:80' },
    ['100 % dropped - 10.96.0.14:80, rules n1 21'],
  ],
  [
    'a headless Service stands for its pods, of which the client may be one',
    { from: 'pod/web-0', to: 'heads:8080' },
    [
      '50 % delivered web-0 10.244.0.2:8080, itself, sees 10.244.0.2, rules , 0 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 10.244.0.2, rules n1 25 n3 25, 1015590 ns',
    ],
  ],
  ['an address of nobody', { from: 'pod/web-0', to: '8.8.8.8:53' }, ['100 % lost - 8.8.8.8:53, rules n1 25']],
  [
    'an address that no pod has',
    { from: 'pod/web-0', to: '10.244.1.77:80' },
    ['100 % lost - 10.244.1.77:80, rules n1 25'],
  ],
  [
    'a port where nobody listens',
    { from: 'external', to: '192.168.1.11:22' },
    ['100 % refused - 192.168.1.11:22, rules n1 28'],
  ],
  [
    'the port of health checks, which kube-proxy answers',
    { from: 'external', to: '192.168.1.11:30999' },
    ['100 % delivered - 192.168.1.11:30999, sees 100.64.0.2, rules n1 26, 20027810 ns'],
  ],
  [
    'a pod that no manifest names, by its address',
    { from: '10.244.1.99', to: 'single:80' },
    [
      '50 % delivered web-0 10.244.0.2:8080, sees 10.244.1.99, rules n2 22 n1 25, 315651 ns',
      '50 % delivered web-1 10.244.2.2:8080, sees 10.244.1.99, rules n2 23 n3 25, 1015666 ns',
    ],
  ],
  [
    'UDP to a port that is TCP only',
    { from: 'pod/web-0', to: '10.96.0.10:80', protocol: 'udp' },
    ['100 % lost - 10.96.0.10:80, rules n1 25'],
  ],
  [
    'a port that the Service has not',
    { from: 'pod/web-0', to: '10.96.0.10:81' },
    ['100 % lost - 10.96.0.10:81, rules n1 25'],
  ],
  [
    'outside to a pod, by the node of the pod',
    { from: 'external', to: 'pod/web-1:8080' },
    ['100 % delivered web-1 10.244.2.2:8080, sees 100.64.0.2, rules n3 25, 20027795 ns'],
  ],
]

describe('packets and where they end', () => {
  it.each(FLOWS)('%s', (_name, question, expected) => {
    expect(ends(traced(question))).toEqual(expected)
  })
})

describe('a trace', () => {
  it('gives the exact chance of every endpoint', () => {
    const [first, second] = traced({ from: 'pod/web-1', to: 'single:80' }).outcomes
    expect(first.probability).toEqual({
      ratio: 0.5,
      numerator: '1073741824',
      denominator: '2147483648',
      draws: 1,
    })
    expect(second.probability).toEqual(first.probability)
  })

  it('shows a branch at the rule that draws, and its rules once', () => {
    const { steps } = traced({ from: 'pod/web-1', to: 'single:80' }).way
    const rules = steps.filter((step) => step.kind === 'rule')
    const drawn = rules.filter((step) => step.branches.length > 0)
    expect(drawn.map(({ chain, number, result }) => `${chain} ${number} ${result}`)).toEqual([
      'KUBE-SVC-GI2DS44EQ6V3GHV6 2 drawn',
    ])
    const [branch] = drawn[0].branches
    const [own, next] = branch.way.steps
    expect([own.kind === 'rule' && own.result, next.kind === 'rule' && next.chain]).toEqual([
      'jump',
      'KUBE-SEP-73PMJ7D4D2AAUN4B',
    ])
  })

  it('names the rule that ended the way', () => {
    const [outcome] = traced({ from: 'external', to: 'none:80' }).outcomes
    expect(outcome.endedBy).toEqual({
      node: 'n1',
      table: 'filter',
      chain: 'KUBE-EXTERNAL-SERVICES',
      number: 1,
      text: '-A KUBE-EXTERNAL-SERVICES -m comment --comment "default/none has no endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30083 -j REJECT',
    })
  })

  it('says how the answer comes back, and where translations are undone', () => {
    const [, outcome] = traced({ from: 'external', to: 'web:80' }).outcomes
    expect(outcome.reply?.hops.map(({ node, isTranslatedBack }) => `${node} ${isTranslatedBack}`)).toEqual([
      'n3 false',
      'n1 true',
    ])
    expect(outcome.reply?.packet).toEqual({
      source: '192.168.1.11',
      sourcePort: 30080,
      destination: '100.64.0.2',
      destinationPort: 32768,
    })
  })

  it('says why an answer does not come back', () => {
    const [, outcome] = traced({ from: 'pod/shop/cart', to: '192.168.1.11:30081' }).outcomes
    expect(outcome.reason).toBe(
      'the answer goes from n3 straight to 10.244.1.2, past n1, which alone could translate it back',
    )
    expect(outcome.reply?.packet.source).toBe('10.244.2.2')
  })

  it('tells what it chose: the node that a client comes in by', () => {
    expect(traced({ to: 'web:80' }).notes).toEqual([
      'it comes in by n1, the first node; --via node/NAME takes another',
    ])
    expect(traced({ to: 'web:80', via: 'n2' }).notes).toEqual([])
    expect(traced({ to: '10.96.0.16:80' }).notes).toEqual([
      'the cluster IP of default/single:80 is taken to be routed to n1; --via node/NAME takes another',
    ])
  })

  it('takes the port that was asked for', () => {
    expect(traced({ to: 'web:80', sourcePort: 5_000 }).question.packet?.sourcePort).toBe(5_000)
  })
})
