/**
 * The machines that a load balancer is made of: one, or one in each zone that has nodes. Each has an address of its own, which targets
 * see in place of the client's where that is not preserved, and chooses for itself among the targets that it sends to.
 *
 * Addresses are of 198.18.0.0/15 (benchmarking, RFC 2544), in clusters of IPv6 of 2001:db8:200::/48 (documentation, RFC 3849).
 */
import { InvariantError } from '../../base/diagnostics.js'
import { addressAt, parseCidr } from '../../base/ip-address.js'
import type { Cluster } from '../../kubernetes/cluster.js'
import type { AddressBook, AddressId } from '../../netfilter/address-book.js'
import type { BalancingAlgorithm } from '../../routing/balancing-algorithm.js'
import { Step } from '../links.js'
import type { BalancerTarget } from './balancer-targets.js'
import type { BalancerSettings } from './preset.js'

/** Addresses of machines, by the family of the cluster. */
export const MACHINE_RANGE = { 4: '198.18.0.0/15', 6: '2001:db8:200::/48' } as const
/** Ports that a machine opens connections from, used in turn. */
const FIRST_SOURCE_PORT = 1_024
const SOURCE_PORT_COUNT = 64_512

/** Links from machines to nodes. */
export type MachineLink = typeof Step.sameZone | typeof Step.otherZone

/** One machine of a load balancer. */
export class Machine {
  #inUse: readonly number[] = []
  #portsTaken = 0

  constructor(
    /** Zone that it stands in; undefined: in all. */
    readonly zone: string | undefined,
    readonly address: AddressId,
    /** By target: does it send there? */
    readonly isReachable: readonly boolean[],
    /** By target: the link to it; undefined: none, the packet is there. */
    readonly links: readonly (MachineLink | undefined)[],
    readonly algorithm: BalancingAlgorithm,
  ) {}

  /** Positions of the targets that it sends to now. */
  get inUse(): readonly number[] {
    return this.#inUse
  }

  /** Sends to these from now on, as far as it sends there at all. */
  use(targets: readonly number[]): void {
    const inUse = targets.filter((target) => this.isReachable[target])
    const isSame =
      inUse.length === this.#inUse.length && inUse.every((target, at) => target === this.#inUse[at])
    if (isSame) return
    this.#inUse = inUse
    if (inUse.length > 0) this.algorithm.use(inUse)
  }

  /** The port of its next connection. */
  takePort(): number {
    return FIRST_SOURCE_PORT + (this.#portsTaken++ % SOURCE_PORT_COUNT)
  }
}

export interface MachinesOptions {
  readonly cluster: Cluster
  readonly settings: BalancerSettings
  readonly targets: readonly BalancerTarget[]
  readonly book: AddressBook
  /** Machines of other load balancers that have addresses already. */
  readonly addressesTaken: number
  readonly makeAlgorithm: () => BalancingAlgorithm
}

/** All machines of a load balancer, in the order of zones as nodes name them. */
export function makeMachines(options: MachinesOptions): readonly Machine[] {
  const { cluster, settings, targets, book, addressesTaken, makeAlgorithm } = options
  const zoneOf = (target: BalancerTarget) => cluster.nodes[target.nodeIndex].zone
  return machineZones(cluster, settings).map((zone, index) => {
    const isOwnZone = targets.map((target) => zone === undefined || zoneOf(target) === zone)
    return new Machine(
      zone,
      book.idOf(machineAddress(cluster, addressesTaken + index)),
      settings.crossZone ? targets.map(() => true) : isOwnZone,
      isOwnZone.map((isOwn) => linkTo(isOwn, settings)),
      makeAlgorithm(),
    )
  })
}

/** The zone of each machine; undefined: it stands in all. A load balancer that does not send across zones has to stand in each. */
export function machineZones(
  { nodes }: Cluster,
  { balancerNodes, crossZone }: BalancerSettings,
): (string | undefined)[] {
  if (balancerNodes === 'one' && crossZone) return [undefined]
  const zones = [...new Set(nodes.map(({ zone }) => zone))]
  return zones.length === 0 ? [undefined] : zones
}

function linkTo(isOwnZone: boolean, { link }: BalancerSettings): MachineLink | undefined {
  if (link === 'none') return undefined
  return link === 'sameZone' || isOwnZone ? Step.sameZone : Step.otherZone
}

function machineAddress({ ipFamily }: Cluster, index: number): string {
  const cidr = parseCidr(MACHINE_RANGE[ipFamily])
  if (cidr === undefined) throw new InvariantError('not a range of addresses', { ipFamily })
  return addressAt(cidr, 2n + BigInt(index)).text
}
