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
import type { Cluster, ClusterPod, ClusterService, ClusterServicePort } from '../kubernetes/cluster.js'
import { type Behaviours, behaviourKey, behavioursOf } from './behaviours.js'

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
  readonly via: EntryWay
  readonly isKeepingAlive: boolean
  readonly maxRequests: number
  readonly timeoutNs: number
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

/**
 * Settles who calls whom.
 *
 * @throws InputError CALL_CYCLE if calls lead back to their start or more than 8 deep
 */
export function buildCallGraph(cluster: Cluster, scenario: Scenario): CallGraph {
  return new CallGraphBuilder(cluster, scenario).build()
}

class CallGraphBuilder {
  readonly #sites: CallSite[] = []
  readonly #siteByName = new Map<string, CallSite>()
  readonly #nodes: CallNode[] = []
  readonly #behaviours: Behaviours

  constructor(
    readonly cluster: Cluster,
    readonly scenario: Scenario,
  ) {
    this.#behaviours = behavioursOf(cluster, scenario)
  }

  build(): CallGraph {
    const roots = this.scenario.spec.clients.map((group) => this.#root(group))
    return { sites: this.#sites, nodes: this.#nodes, roots, behaviours: this.#behaviours }
  }

  #root(group: ClientGroup): CallRoot {
    const target = this.#resolve(group.to.host, group.to.port, 'default')
    const site = this.#site({
      caller: group.name,
      group,
      ...target,
      via: entryWay(group, target.service),
      isKeepingAlive: group.connection === 'keepAlive',
      maxRequests: group.maxRequests,
      timeoutNs: group.timeout,
    })
    const demands: DemandSlot[] = []
    return { group, node: this.#node(site, demands, [group.name]), demands }
  }

  #node(site: CallSite, demands: DemandSlot[], path: readonly string[]): CallNode {
    if (path.length > MAX_DEPTH) throw cycleError(path)
    const handlers = new Map<string, CallHandler>()
    const node: CallNode = { index: this.#nodes.length, site, handlers }
    this.#nodes.push(node)
    for (const pod of podsBehind(this.cluster, site.port)) {
      const key = behaviourKey(pod)
      if (handlers.has(key)) continue
      if (path.includes(key)) throw cycleError([...path, key])
      handlers.set(key, this.#handler(pod, demands, [...path, key]))
    }
    return node
  }

  #handler(pod: ClusterPod, demands: DemandSlot[], path: readonly string[]): CallHandler {
    const behaviour = this.#behaviours.ofPod[pod.index]
    const demandSlot = demands.length
    demands.push({ name: path.join('/'), distribution: behaviour.serviceTime })
    const children = behaviour.calls.map((call) => this.#node(this.#podSite(pod, call), demands, path))
    return { demandSlot, children }
  }

  #podSite(pod: ClusterPod, call: PodBehaviour['calls'][number]): CallSite {
    const target = this.#resolve(call.to.host, call.to.port, pod.namespace)
    return this.#site({
      caller: behaviourKey(pod),
      group: undefined,
      ...target,
      via: target.service.clusterIp === 'None' ? 'headless' : 'clusterIP',
      isKeepingAlive: call.connection === 'keepAlive',
      maxRequests: call.maxRequests,
      timeoutNs: call.timeout,
    })
  }

  /** Call sites are shared: two groups whose requests lead to the same call of a workload meet in one. */
  #site(site: Omit<CallSite, 'index'>): CallSite {
    const kind = site.group === undefined ? 'workload' : 'group'
    const name = [kind, site.caller, site.service.index, site.port.port, site.port.protocol, site.via].join(
      ' ',
    )
    const known = this.#siteByName.get(name)
    if (known !== undefined) return known
    const made = { index: this.#sites.length, ...site }
    this.#sites.push(made)
    this.#siteByName.set(name, made)
    return made
  }

  #resolve(
    host: string,
    port: number | string,
    namespace: string,
  ): { service: ClusterService; port: ClusterServicePort } {
    const answer = this.cluster.dns.resolve(host, namespace)
    const service = answer?.kind === 'service' ? this.cluster.services[answer.serviceIndex] : undefined
    const servicePort = service?.ports.find((each) => each.port === port || each.name === port)
    if (service === undefined || servicePort === undefined) throw unresolvedError(host, port)
    return { service, port: servicePort }
  }
}

/** The pods that a Service port leads to, by pod index. */
export function podsBehind(cluster: Cluster, port: ClusterServicePort): readonly ClusterPod[] {
  const indices = new Set<number>()
  for (const { podIndex } of port.endpoints) if (podIndex !== undefined) indices.add(podIndex)
  return [...indices].sort((a, b) => a - b).map((index) => cluster.pods[index])
}

function entryWay(group: ClientGroup, service: ClusterService): EntryWay {
  if (service.clusterIp === 'None') return 'headless'
  if (group.via !== undefined) return group.via
  if (group.location === 'inside') return 'clusterIP'
  return service.object.type === 'LoadBalancer' ? 'loadBalancer' : 'nodePort'
}

function cycleError(path: readonly string[]): InputError {
  return new InputError([
    {
      severity: 'error',
      code: 'CALL_CYCLE',
      message: `Calls lead back to where they began, or more than ${MAX_DEPTH} deep: ${path.join(' → ')}`,
      hint: 'take one of these calls out of spec.pods',
    },
  ])
}

function unresolvedError(host: string, port: number | string): InputError {
  return new InputError([
    { severity: 'error', code: 'CALL_UNKNOWN_SERVICE', message: `No Service answers to "${host}:${port}"` },
  ])
}
