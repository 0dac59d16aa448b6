/** Puts the load balancer of a Service port together: its settings, targets, machines, algorithms and beliefs. */
import { InputError } from '../../base/diagnostics.js'
import type { Streams } from '../../engine/streams.js'
import type { LoadBalancerSettings } from '../../input/load-balancer-schema.js'
import type { Cluster, ClusterService, ClusterServicePort } from '../../kubernetes/cluster.js'
import type { AddressBook } from '../../netfilter/address-book.js'
import { ALGORITHMS } from '../../routing/algorithms.js'
import type { BalancingAlgorithm } from '../../routing/balancing-algorithm.js'
import { LoadBalancer } from '../load-balancer.js'
import { announcer, electByHash, Lease } from './announcer.js'
import { balancerSettingsOf } from './balancer-settings.js'
import { type BalancerTarget, balancerTargets } from './balancer-targets.js'
import { makeMachines } from './machines.js'
import type { BalancerSettings } from './preset.js'
import { TargetHealth } from './target-health.js'

/** Points of all targets on a ring, above which memory would run short. */
const MAX_RING_POINTS = 4_000_000

export interface LoadBalancerOptions {
  readonly cluster: Cluster
  readonly service: ClusterService
  readonly port: ClusterServicePort
  /** Undefined: the scenario says nothing of it. */
  readonly settings: LoadBalancerSettings | undefined
  readonly book: AddressBook
  /**
   * Stream `load-balancer/<namespace>/<service>/<port>` where the algorithm draws, with `/health/<target>` after it for the phase of a
   * target's checks; `load-balancer/leader` and `load-balancer/leader/<namespace>/<service>` for elections.
   */
  readonly streams: Streams
  /** Machines that have addresses already, and the lease that all Services share. */
  readonly shared: SharedByBalancers
}

/** What load balancers of one run have in common. */
export interface SharedByBalancers {
  addressesTaken: number
  readonly lease: Lease
}

export function sharedByBalancers(streams: Streams): SharedByBalancers {
  const lease = new Lease((bound) => streams.get('load-balancer/leader').below(bound))
  return { addressesTaken: 0, lease }
}

/**
 * The load balancer of a Service port.
 *
 * @throws InputError LIMIT_EXCEEDED if a ring would have too many points
 */
export function makeLoadBalancer(options: LoadBalancerOptions): LoadBalancer {
  const { cluster, service, port, book, streams, shared } = options
  const isLocal = service.object.externalTrafficPolicy === 'Local'
  const { settings, announcer: wanted } = balancerSettingsOf(options.settings, isLocal)
  const targets = balancerTargets({ cluster, service, port, settings, book })
  checkRing(settings, targets, service)
  const name = `load-balancer/${service.namespace}/${service.name}/${port.port}`
  const text = service.loadBalancerAddresses[0] ?? service.name
  const makeAlgorithm = () =>
    settings.announcement === 'none' || targets.length === 0
      ? balancing(settings, targets, streams, name)
      : announcing(options, settings, targets, text, wanted)
  const { addressesTaken } = shared
  const machines = makeMachines({ cluster, settings, targets, book, addressesTaken, makeAlgorithm })
  shared.addressesTaken += machines.length
  const health = new TargetHealth(
    {
      intervalNs: settings.healthCheckIntervalNs,
      timeoutNs: settings.healthCheckTimeoutNs,
      healthyThreshold: settings.healthyThreshold,
      unhealthyThreshold: settings.unhealthyThreshold,
      propagationNs: settings.healthPropagationNs,
    },
    targets.map(({ condition }) => condition),
    phases(targets, settings.healthCheckIntervalNs, streams, name),
  )
  return new LoadBalancer(settings, targets, machines, health, { text, port: port.port })
}

function balancing(
  settings: BalancerSettings,
  targets: readonly BalancerTarget[],
  streams: Streams,
  name: string,
): BalancingAlgorithm {
  const stream = streams.get(name)
  const nobody = [{ name: '', weight: 1 }]
  return ALGORITHMS[settings.algorithm]({
    targets: targets.length === 0 ? nobody : targets,
    drawBelow: (bound) => stream.below(bound),
    tuning: settings,
  })
}

function announcing(
  { service, streams, shared }: LoadBalancerOptions,
  { announcement }: BalancerSettings,
  targets: readonly BalancerTarget[],
  address: string,
  wanted: string | undefined,
): BalancingAlgorithm {
  const nodeNames = targets.map(({ name }) => name)
  if (announcement === 'hashOfNode')
    return announcer({ nodeNames, wanted, elect: electByHash(nodeNames, address) })
  if (announcement === 'oneLeader') return announcer({ nodeNames, wanted, elect: shared.lease.elect })
  const stream = streams.get(`load-balancer/leader/${service.namespace}/${service.name}`)
  return announcer({ nodeNames, wanted, elect: new Lease((bound) => stream.below(bound)).elect })
}

/** When the checks of each target begin: drawn when first asked for, one draw a target. */
function phases(
  targets: readonly BalancerTarget[],
  intervalNs: number,
  streams: Streams,
  name: string,
): (target: number) => number {
  const known = new Map<number, number>()
  return (target) => {
    const phaseNs =
      known.get(target) ??
      Math.floor(streams.get(`${name}/health/${targets[target].name}`).uniform() * intervalNs)
    known.set(target, phaseNs)
    return phaseNs
  }
}

function checkRing(
  { algorithm, virtualNodes }: BalancerSettings,
  targets: readonly BalancerTarget[],
  { name }: ClusterService,
): void {
  if (algorithm !== 'ringHash' && algorithm !== 'boundedRingHash') return
  const points = targets.reduce((sum, { weight }) => sum + weight * virtualNodes, 0)
  if (points <= MAX_RING_POINTS) return
  throw new InputError([
    {
      severity: 'error',
      code: 'LIMIT_EXCEEDED',
      message: `The ring of the load balancer of Service "${name}" would have ${points} points; svcsim takes at most ${MAX_RING_POINTS}`,
      hint: `take fewer spec.loadBalancers.${name}.virtualNodes`,
    },
  ])
}
