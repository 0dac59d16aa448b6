import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import type { Manifests } from '../../src/input/kubernetes-objects.js'
import { LIMITS, type Limits } from '../../src/input/limits.js'
import { checkSizes } from '../../src/kubernetes/check-sizes.js'
import { Findings } from '../../src/kubernetes/findings.js'
import { podGroups } from '../../src/kubernetes/pod-groups.js'
import { findingsOf, manifests, nodes, pod, scenario, service, servicePort, workload } from './objects.js'

/** What is too large, on three nodes and under other limits than the usual ones. */
function tooLarge(objects: Partial<Manifests>, limits: Partial<Limits>): string[] {
  const findings = new Findings(undefined)
  const all = manifests(objects)
  try {
    checkSizes(all, podGroups(all, scenario().spec, findings), 3, findings, { ...LIMITS, ...limits })
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(({ code, message, hint }) => `${code} ${message} [${hint}]`)
  }
}

describe('a cluster that is too large', () => {
  it('has too many pods, told at the workload with most', () => {
    const workloads = [
      workload('api', { replicas: 2 }),
      workload('web', { replicas: 5 }),
      workload('agent', { kind: 'DaemonSet' }),
    ]
    expect(tooLarge({ workloads, pods: [pod('one')] }, { pods: 11 })).toEqual([])
    expect(tooLarge({ workloads, pods: [pod('one')] }, { pods: 10 })).toEqual([
      'LIMIT_EXCEEDED The workloads have 11 pods, more than the 10 that are taken [take fewer replicas; Deployment "web" has 5]',
    ])
  })

  it('is refused at once where the scenario asks for it', () => {
    const objects = { workloads: [workload('web')], services: [service('web')] }
    const started = performance.now()
    expect(findingsOf(objects, { replicas: { web: 150_000 } })).toEqual([
      'error LIMIT_EXCEEDED spec.selector: Service "web" selects 150,000 pods, more than the 10,000 that are taken [take fewer replicas, or a narrower selector]',
    ])
    const two = {
      workloads: [workload('api', { replicas: 100_000 }), workload('web', { replicas: 100_000 })],
    }
    expect(findingsOf(two)).toEqual([
      'error LIMIT_EXCEEDED spec.replicas: The workloads have 200,000 pods, more than the 150,000 that are taken [take fewer replicas; Deployment "api" has 100,000]',
    ])
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('has too many endpoints, each counted for every port that leads to it', () => {
    const objects = {
      workloads: [workload('web', { replicas: 4 })],
      services: [service('web', { ports: [servicePort(80), servicePort(81)] })],
    }
    expect(tooLarge(objects, { endpoints: 8 })).toEqual([])
    expect(tooLarge(objects, { endpoints: 7 })).toEqual([
      'LIMIT_EXCEEDED The ports of all Services have more than 7 endpoints together [leave out Services that the question is not about, or take fewer replicas]',
    ])
  })

  it('has too many Service ports for its number of nodes', () => {
    const objects = { services: [service('web', { ports: [servicePort(80), servicePort(81)] })] }
    expect(tooLarge(objects, { servicePortsOnNodes: 6 })).toEqual([])
    expect(tooLarge(objects, { servicePortsOnNodes: 5 })).toEqual([
      'LIMIT_EXCEEDED 2 Service ports on 3 nodes are more rules than are built [Service ports times nodes may be 5: take fewer nodes]',
    ])
  })

  it('counts nothing for Services without a selector', () => {
    const objects = {
      workloads: [workload('web', { replicas: 9 })],
      services: [service('web', { selector: undefined })],
    }
    expect(tooLarge(objects, { endpoints: 1, endpointsPerService: 1 })).toEqual([])
  })
})

it('a cluster of the usual size is not', () => {
  const objects = { workloads: [workload('web', { replicas: 10 })], services: [service('web')] }
  expect(findingsOf(objects, { cluster: { nodes: nodes('a', 'b') } })).toEqual([])
})
