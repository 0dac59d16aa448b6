/**
 * Who may call whom, settled before the run: one call site for each client group and for each call that the pods of a
 * workload make; and for each group the tree of calls that one of its requests sets off.
 *
 * The tree gives every service time a request will need a place of its own (a demand slot), so that all of them are
 * drawn, or recorded, when the request is issued: the same demand whatever becomes of it afterwards.
 */
import { InputError } from '../base/diagnostics.js'
import type { Distribution } from '../base/distribution.js'
import type { ClientGroup, PodBehaviour, Scenario } from '../input/scenario-schema.js'
import type {
  Cluster,
  ClusterPod,
  ClusterService,
  ClusterServicePort,
  Endpoint,
} from '../kubernetes/cluster.js'
import { dnsPodsOf } from '../kubernetes/coredns.js'
import { endpointsEver } from '../kubernetes/endpoints-over-time.js'
import { type Behaviours, behaviourKey, behavioursOf, needsOf } from './behaviours.js'
import { type PoolPolicy, poolPolicyKey, poolPolicyOf } from './pool-policy.js'
import type { RetrySettings } from './retries.js'

/** How the caller reaches the Service. */
export type EntryWay = 'clusterIP' | 'nodePort' | 'loadBalancer' | 'headless'

/** One caller, one Service port: what results are kept by. */
export interface CallSite {
  readonly index: number
  /** Client group or workload. */
  readonly caller: string
  /** Undefined: the callers are pods of the workload `caller`. */
  readonly group: ClientGroup | undefined
  readonly service: ClusterService
  readonly port: ClusterServicePort
  /** The name that callers inside look up, as the application writes it. */
  readonly name: string
  /** Indices of the pods that the name called stands for by itself; undefined: all that the Service leads to. */
  readonly namedPods: ReadonlySet<number> | undefined
  readonly via: EntryWay
  readonly pool: PoolPolicy
  /** Undefined: a failed request is not tried again. */
  readonly retry: RetrySettings | undefined
  readonly timeoutNs: number
  /** Sizes of messages; they count where links have a bandwidth. */
  readonly requestBytes: number
  readonly responseBytes: number
}

/** A call within the tree of one client group. */
export interface CallNode {
  readonly index: number
  readonly site: CallSite
  /** What the pods behind the Service do with it, by behaviour key (workload, or Pod name). */
  readonly handlers: ReadonlyMap<string, CallHandler>
}

/** What pods of one workload do with a request of one call node. */
export interface CallHandler {
  /** Place of the service time among the demands of the root request. */
  readonly demandSlot: number
  readonly children: readonly CallNode[]
}

export interface CallGraph {
  readonly sites: readonly CallSite[]
  /** Every call node, by its index. */
  readonly nodes: readonly CallNode[]
  /** By position of the client group. */
  readonly roots: readonly CallRoot[]
  readonly behaviours: Behaviours
}

export interface CallRoot {
  readonly group: ClientGroup
  readonly node: CallNode
  /** By demand slot: the service time drawn for each request. */
  readonly demands: readonly DemandSlot[]
}

export interface DemandSlot {
  /** Names its stream and its column in a recorded workload: the way of calls that leads to it. */
  readonly name: string
  readonly distribution: Distribution
}

const MAX_DEPTH = 8
/** Every request carries a service time for each call that it may set off. */
const MAX_CALLS_PER_REQUEST = 1_000

/** A Service port that a name leads to; see `CallSite`. */
type Target = Pick<CallSite, 'service' | 'port' | 'namedPods'>

/** The way of calls from a client group to a pod: its name, the class of the group, and the workloads passed. */
interface CallPath {
  readonly name: string
  readonly requestClass: string | undefined
  readonly workloads: readonly string[]
}

/**
 * Settles who calls whom.
 *
 * @throws InputError CALL_CYCLE if calls lead back to their start, more than 8 deep, or to more than 1,000 calls for one
 *   request; CALL_UNKNOWN_SERVICE if nothing answers to a name; CALL_DNS_POD if it leads to pods that answer DNS queries
 */
export function buildCallGraph(cluster: Cluster, scenario: Scenario): CallGraph {
  return new CallGraphBuilder(cluster, scenario).build()
}

class CallGraphBuilder {
  readonly #sites: CallSite[] = []
  readonly #siteByName = new Map<string, CallSite>()
  readonly #nodes: CallNode[] = []
  readonly #behaviours: Behaviours
  /** Pods that are asked for names. */
  readonly #dnsPods: ReadonlySet<number>

  constructor(
    readonly cluster: Cluster,
    readonly scenario: Scenario,
  ) {
    this.#behaviours = behavioursOf(cluster, scenario)
    this.#dnsPods = scenario.spec.dns.mode === 'coredns' ? dnsPodsOf(cluster.services) : new Set()
  }

  build(): CallGraph {
    const roots = this.scenario.spec.clients.map((group) => this.#root(group))
    return { sites: this.#sites, nodes: this.#nodes, roots, behaviours: this.#behaviours }
  }

  #root(group: ClientGroup): CallRoot {
    const target = this.#resolve(group.to.host, group.to.port, 'default')
    const via = entryWay(group, target)
    const site = this.#site({
      caller: group.name,
      group,
      name: group.resolves ?? group.to.host,
      ...target,
      namedPods: via === 'headless' ? target.namedPods : undefined,
      via,
      pool: poolPolicyOf(group),
      retry: group.retry,
      timeoutNs: group.timeout,
      requestBytes: group.requestSize,
      responseBytes: group.responseSize,
    })
    const demands: DemandSlot[] = []
    const path = { name: group.name, requestClass: group.class, workloads: [] }
    return { group, node: this.#node(site, demands, path), demands }
  }

  #node(site: CallSite, demands: DemandSlot[], path: CallPath): CallNode {
    if (path.workloads.length >= MAX_DEPTH) throw cycleError(path, `more than ${MAX_DEPTH} deep`)
    const handlers = new Map<string, CallHandler>()
    const node: CallNode = { index: this.#nodes.length, site, handlers }
    this.#nodes.push(node)
    for (const pod of podsBehind(this.cluster, site)) {
      const key = behaviourKey(pod)
      if (!handlers.has(key)) handlers.set(key, this.#handler(pod, demands, path))
    }
    return node
  }

  #handler(pod: ClusterPod, demands: DemandSlot[], from: CallPath): CallHandler {
    const needs = needsOf(this.#behaviours.ofPod[pod.index], from.requestClass)
    const path = extendPath(from, pod, demands)
    const demandSlot = demands.length
    demands.push({ name: path.name, distribution: needs.serviceTime })
    if (demands.length > MAX_CALLS_PER_REQUEST)
      throw cycleError(path, `to more than ${MAX_CALLS_PER_REQUEST} for one request`)
    const children = needs.calls.map((call) => this.#node(this.#podSite(pod, call), demands, path))
    return { demandSlot, children }
  }

  #podSite(pod: ClusterPod, call: PodBehaviour['calls'][number]): CallSite {
    const target = this.#resolve(call.to.host, call.to.port, pod.namespace)
    return this.#site({
      caller: behaviourKey(pod),
      group: undefined,
      name: call.resolves ?? call.to.host,
      ...target,
      via: standsForPods(target) ? 'headless' : 'clusterIP',
      pool: poolPolicyOf(call),
      retry: call.retry,
      timeoutNs: call.timeout,
      requestBytes: call.requestSize,
      responseBytes: call.responseSize,
    })
  }

  /** Call sites are shared: two groups whose requests lead to the same call of a workload meet in one. */
  #site(site: Omit<CallSite, 'index'>): CallSite {
    const kind = site.group === undefined ? 'workload' : 'group'
    const target = [site.service.index, site.port.port, site.port.protocol, ...(site.namedPods ?? [])]
    const retry = JSON.stringify(site.retry ?? null)
    const sizes = [site.requestBytes, site.responseBytes]
    const settings = [site.via, poolPolicyKey(site.pool), retry, site.timeoutNs, ...sizes]
    // What name is looked up makes a difference only where it is.
    const lookedUp = this.scenario.spec.dns.mode === 'coredns' ? [site.name] : []
    const name = [kind, site.caller, ...settings, ...target, ...lookedUp].join(' ')
    const known = this.#siteByName.get(name)
    if (known !== undefined) return known
    const made = { index: this.#sites.length, ...site }
    this.#sites.push(made)
    this.#siteByName.set(name, made)
    return made
  }

  #resolve(host: string, port: number | string, namespace: string): Target {
    const answer = this.cluster.dns.resolve(host, namespace)
    if (answer === undefined || answer.kind === 'external') throw unresolvedError(host, port)
    const service = this.cluster.services[answer.serviceIndex]
    const named = service.ports.filter((each) => each.port === port || each.name === port)
    const servicePort = named.find((each) => each.protocol === 'TCP')
    if (servicePort === undefined) throw unresolvedError(host, port)
    const endpoints = endpointsEver(this.cluster, service, servicePort)
    if (endpoints.some(({ podIndex }) => podIndex !== undefined && this.#dnsPods.has(podIndex)))
      throw dnsPodError(host, port)
    // The name of a headless Service stands for all of its pods, those that come later too; others for the pods that they name.
    const isOfAll = service.clusterIp === 'None' && host.split('.')[0] === service.name
    const podIndices = new Set(answer.kind === 'pods' && !isOfAll ? answer.podIndices : [])
    return { service, port: servicePort, namedPods: podIndices.size === 0 ? undefined : podIndices }
  }
}

/** The pods that a call can lead to during the run, by pod index. */
export function podsBehind(cluster: Cluster, { service, port, namedPods }: Target): readonly ClusterPod[] {
  return podsOf(endpointsEver(cluster, service, port), namedPods, cluster)
}

/** Those of them that are eligible for new connections, being ready at some time of the run. */
export function eligiblePods(
  cluster: Cluster,
  { service, port, namedPods }: CallSite,
): readonly ClusterPod[] {
  const ready = endpointsEver(cluster, service, port).filter((endpoint) => endpoint.ready)
  return podsOf(ready, namedPods, cluster)
}

function podsOf(
  endpoints: readonly Endpoint[],
  namedPods: ReadonlySet<number> | undefined,
  cluster: Cluster,
): readonly ClusterPod[] {
  const indices = new Set<number>()
  for (const { podIndex } of endpoints) {
    if (podIndex !== undefined && (namedPods?.has(podIndex) ?? true)) indices.add(podIndex)
  }
  return [...indices].sort((a, b) => a - b).map((index) => cluster.pods[index])
}

/** Does the name stand for pods, so that no rule is needed to find one? */
function standsForPods({ service, namedPods }: Target): boolean {
  return service.clusterIp === 'None' || namedPods !== undefined
}

function entryWay(group: ClientGroup, target: Target): EntryWay {
  const { service } = target
  if (group.location === 'inside' && standsForPods(target)) return 'headless'
  if (group.via !== undefined) return group.via
  if (group.location === 'inside') return 'clusterIP'
  return service.object.type === 'LoadBalancer' ? 'loadBalancer' : 'nodePort'
}

/** One call further. A way that leads to the same workload a second time gets a number: two calls, two service times. */
function extendPath(from: CallPath, pod: ClusterPod, demands: readonly DemandSlot[]): CallPath {
  const key = behaviourKey(pod)
  const workload = `${pod.namespace}/${key}`
  if (from.workloads.includes(workload)) throw cycleError({ ...from, name: `${from.name}/${key}` }, 'back')
  const plain = `${from.name}/${key}`
  let name = plain
  for (let count = 2; demands.some((slot) => slot.name === name); count++) name = `${plain}#${count}`
  return { ...from, name, workloads: [...from.workloads, workload] }
}

function cycleError({ name }: CallPath, whither: string): InputError {
  return new InputError([
    {
      severity: 'error',
      code: 'CALL_CYCLE',
      message: `Calls lead ${whither}: ${name.replaceAll('/', ' → ')}`,
      hint: 'take one of these calls out of spec.pods',
    },
  ])
}

/** Pods that answer queries have no servers for anything else. */
function dnsPodError(host: string, port: number | string): InputError {
  return new InputError([
    {
      severity: 'error',
      code: 'CALL_DNS_POD',
      message: `"${host}:${port}" leads to pods of CoreDNS, which answer DNS queries only`,
      hint: 'set spec.dns.mode: constant, or leave the call out',
    },
  ])
}

function unresolvedError(host: string, port: number | string): InputError {
  return new InputError([
    {
      severity: 'error',
      code: 'CALL_UNKNOWN_SERVICE',
      message: `No Service answers to "${host}:${port}" by TCP`,
    },
  ])
}
