/** First packets that pass a load balancer of some preset, in the cluster of test/data/trace: Service `local` has policy Local. */
import { describe, expect, it } from 'vitest'
import type { TraceStep } from '../../../src/results/trace-schema.js'
import { ends, traced, tracedCluster } from './traced.js'

function tracedBy(preset: string, ...settings: string[]) {
  const cluster = tracedCluster([`loadBalancers.local.preset=${preset}`, ...settings])
  return traced({ from: 'external', to: 'local:80' }, cluster)
}

/** Links and load balancers passed before the first node. */
function passed(steps: readonly TraceStep[]): string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'link' && step.link !== 'sameNode') return [`${step.link} to ${step.to}`]
    return step.kind === 'balancer' ? [step.text] : []
  })
}

describe('a packet by a load balancer', () => {
  it('that announces nothing goes over its link to the node port', () => {
    const { way } = tracedBy('l4-5-tuple')
    expect(passed(way.steps)).toEqual(['outside to load balancer', 'flowHash over 2 nodes', 'sameZone to n1'])
  })

  it('that is a node of its own comes to the virtual address without a further link', () => {
    const trace = tracedBy('metallb-l2')
    expect(passed(trace.way.steps)).toEqual([
      'outside to load balancer',
      'announced by one (hashOfNode) over 2 nodes',
    ])
    expect(ends(trace)).toEqual([
      '100 % delivered web-1 10.244.2.2:8080, sees 100.64.0.2, rules n3 23, 20027765 ns',
    ])
  })

  it('that hides the client shows its own address', () => {
    const trace = tracedBy(
      'aws-nlb-ip',
      'loadBalancers.local.balancerNodes=one',
      'loadBalancers.local.crossZone=true',
    )
    expect(ends(trace)).toEqual([
      '100 % delivered web-0 10.244.0.2:8080, sees 198.18.0.2, rules n1 25, 20327795 ns',
    ])
  })

  it('at which connections end says so', () => {
    const { notes, outcomes } = tracedBy('aws-alb')
    expect(notes).toContain(
      "connections of clients end at the load balancer: what it sends on is the load balancer's own",
    )
    expect(outcomes[0].source?.address).toBe('198.18.0.2')
  })
})
