/**
 * The first draft of a scenario, with comments, from what the manifests hold: `svcsim init`.
 *
 * What manifests say is taken from them: nodes, replicas, who calls whom by name. What they can not say (rates, service
 * times) is filled in with round numbers and marked as such. The draft runs as it is.
 */
import type { Manifests, ServiceObject, WorkloadObject } from '../input/kubernetes-objects.js'
import { SCENARIO_API_VERSION } from '../input/scenario-schema.js'
import type { SourceFile } from '../input/source-file.js'
import { hasLabels } from '../kubernetes/label-selector.js'
import { type GuessedCall, guessCalls } from './guess-calls.js'
import { ManifestReader } from './manifest-reader.js'

/** What goes into a draft beside the manifests. */
export interface DraftOptions {
  /** Name of the scenario; made a DNS label. */
  readonly name: string
  /** As `spec.manifests` is to name them, relative to the scenario. */
  readonly manifestPaths: readonly string[]
}

/** A workload of which something is said, with what it calls. */
interface DraftedWorkload {
  readonly workload: WorkloadObject
  readonly calls: readonly GuessedCall[]
}

const MAX_GROUPS = 8

/**
 * Writes a scenario.
 *
 * @throws InputError with all errors of the manifests
 */
export function draftScenario(files: readonly SourceFile[], options: DraftOptions): string {
  const { manifests } = new ManifestReader(files).read([])
  const workloads = manifests.workloads
    .filter((workload) => manifests.services.some((service) => isBehind(workload, service)))
    .map((workload) => ({
      workload,
      calls: guessCalls(workload.podSpec, workload.meta.namespace, manifests.services),
    }))
  return [
    ...header(options),
    ...nodeLines(manifests),
    ...replicaLines(workloads),
    ...podLines(workloads),
    ...clientLines(manifests.services, workloads),
    ...furtherLines(),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function isBehind({ meta, podLabels }: WorkloadObject, { meta: of, selector }: ServiceObject): boolean {
  if (selector === undefined || selector.size === 0) return false
  return meta.namespace === of.namespace && hasLabels(podLabels, selector)
}

function header({ name, manifestPaths }: DraftOptions): string[] {
  return [
    '# A scenario: what the manifests can not say. `svcsim schema` prints its form, `svcsim check` looks for mistakes.',
    '# Lines marked "guess" are round numbers: put in your own.',
    '# Editors complete it: `svcsim schema > scenario.schema.json`, and as the first line of this file',
    '# yaml-language-server: $schema=./scenario.schema.json',
    `apiVersion: ${SCENARIO_API_VERSION}`,
    'kind: Scenario',
    'metadata:',
    `  name: ${dnsLabel(name)}`,
    'spec:',
    `  manifests: [${manifestPaths.map((each) => JSON.stringify(each)).join(', ')}] # files or folders, relative to this file`,
    '  seed: 1 # same input and seed, same results',
    '  replications: 1 # from two on, every figure has a 95 % interval',
    '  warmUp: 5s # not measured',
    '  horizon: 65s # end of simulated time',
  ]
}

function nodeLines({ nodes }: Manifests): string[] {
  if (nodes.length > 0)
    return ['', `  # The ${nodes.length} Node objects among the manifests are the cluster.`]
  return [
    '',
    '  cluster:',
    '    nodes: # guess: no Node objects among the manifests',
    '      - { name: node-a, zone: zone-1 }',
    '      - { name: node-b, zone: zone-1 }',
    '      - { name: node-c, zone: zone-2 }',
  ]
}

function replicaLines(workloads: readonly DraftedWorkload[]): string[] {
  const scaled = workloads.filter(({ workload }) => workload.kind !== 'DaemonSet')
  if (scaled.length === 0) return []
  return [
    '',
    '  # In place of the replicas of the manifests:',
    '  # replicas:',
    ...scaled.map(({ workload }) => `  #   ${workload.meta.name}: ${workload.replicas}`),
  ]
}

function podLines(workloads: readonly DraftedWorkload[]): string[] {
  if (workloads.length === 0) return []
  return ['', '  pods:', ...workloads.flatMap(behaviourLines)]
}

function behaviourLines({ workload, calls }: DraftedWorkload): string[] {
  return [
    `    ${workload.meta.name}:`,
    '      servers: 4 # guess: requests that one pod serves at a time',
    '      queueCapacity: 1024 # requests that may wait in one pod',
    '      serviceTime: { distribution: lognormal, mean: 5ms, p99: 25ms } # guess: without its calls',
    ...(calls.length === 0 ? [] : ['      calls:']),
    ...calls.map(
      ({ reference, variable }) =>
        `        - { to: ${JSON.stringify(reference)}, timeout: 1s } # ${variable}`,
    ),
  ]
}

function clientLines(services: readonly ServiceObject[], workloads: readonly DraftedWorkload[]): string[] {
  const called = new Set(workloads.flatMap(({ calls }) => calls.map(({ service }) => service)))
  const usable = services.filter(
    ({ type, ports }) => type !== 'ExternalName' && ports.some(({ protocol }) => protocol === 'TCP'),
  )
  const open = usable.filter(({ type }) => type !== 'ClusterIP')
  const uncalled = usable.filter((service) => service.type === 'ClusterIP' && !called.has(service))
  const chosen = open.length + uncalled.length > 0 ? [...open, ...uncalled] : usable
  if (chosen.length === 0) {
    return ['', '  # No Service that takes TCP connections was found; clients need one.', '  clients: []']
  }
  const names = uniqueNames(chosen)
  return [
    '',
    '  clients: # who asks for what, and how often',
    ...chosen.slice(0, MAX_GROUPS).flatMap((service, index) => groupLines(service, names[index])),
    ...(chosen.length > MAX_GROUPS
      ? [`    # ${chosen.length - MAX_GROUPS} further Services have no clients here`]
      : []),
  ]
}

function groupLines({ meta, type, ports }: ServiceObject, name: string): string[] {
  const port = ports.find(({ protocol }) => protocol === 'TCP')?.port ?? 80
  const host = meta.namespace === 'default' ? meta.name : `${meta.name}.${meta.namespace}`
  const isOpen = type === 'NodePort' || type === 'LoadBalancer'
  return [
    `    - name: ${name}`,
    `      to: ${JSON.stringify(`${host}:${port}`)} # Service port, whatever the way in`,
    isOpen
      ? `      location: outside # they enter by the ${type === 'NodePort' ? 'node port' : 'load balancer'}`
      : '      location: inside # pods of the cluster',
    '      count: 100 # guess: clients, each with an address of its own',
    '      arrivals: { rate: 100/s } # guess: requests of the whole group',
    '      connection: perRequest # or keepAlive',
    '      timeout: 10s',
  ]
}

/** `users-of-NAME`, with the namespace where two Services share a name. */
function uniqueNames(services: readonly ServiceObject[]): string[] {
  return services.map(({ meta }) => {
    const isShared = services.filter((other) => other.meta.name === meta.name).length > 1
    return dnsLabel(`users-of-${meta.name}${isShared ? `-${meta.namespace}` : ''}`)
  })
}

function furtherLines(): string[] {
  return [
    '',
    '  # One way, by kind of link; each takes a distribution too, as serviceTime does:',
    '  # links: { sameNode: 10us, sameZone: 150us, otherZone: 500us, outside: 10ms }',
    '  # What each replica buys:  svcsim sweep THIS-FILE --set WORKLOAD.replicas=1..10',
  ]
}

function dnsLabel(text: string): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return label === '' ? 'scenario' : label
}
