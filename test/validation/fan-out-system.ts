/** A pod that does nothing but call another many times at once; links, names and packets take no time. */
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import type { DesignPoint } from '../../src/experiment/plan.js'

/**
 * @param fanOut - calls of each request, all at once
 * @param serviceTime - of each call, as in a scenario
 */
export function fanOutPoint(fanOut: number, serviceTime: string): DesignPoint {
  const calls = Array.from({ length: fanOut }, () => '{ to: "leaf:80", timeout: 1h }').join(', ')
  const scenario = `
apiVersion: svcsim.dev/v1alpha1
kind: Scenario
metadata: { name: fan-out }
spec:
  manifests: [pods.yaml]
  warmUp: 0s
  horizon: 100s
  cluster: { nodes: [{ name: node-a }] }
  links: { sameNode: 0s }
  dns: { lookupTime: 0s }
  costs: { preset: none }
  limits: { conntrackPerCpu: 0, clientPorts: 1000000 }
  pods:
    root: { servers: 10000, serviceTime: 0s, callOrder: parallel, calls: [${calls}] }
    leaf: { servers: 10000, serviceTime: ${serviceTime} }
  clients:
    - { name: clients, location: inside, count: 20, to: "root:80", timeout: 1h, arrivals: { rate: 100/s } }
`
  return loadExperiment({
    scenarioFile: { path: 'scenario.yaml', text: scenario },
    manifestFiles: [{ path: 'pods.yaml', text: ['root', 'leaf'].map(manifestText).join('---') }],
    settings: [],
    axes: [],
    command: '',
  }).points[0]
}

function manifestText(name: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec: { containers: [{ name: ${name}, image: ${name}, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ port: 80 }], selector: { app: ${name} } }
`
}
