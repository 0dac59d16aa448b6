/**
 * What stands before the nodes for one Service port of type LoadBalancer: machines that send connections, or requests, to nodes or
 * straight to pods, by a balancing algorithm; or nodes that announce the address of the Service themselves.
 *
 * What it is like is decided by a preset and the scenario (`load-balancers/`). It goes by what its health check has told it, which may be
 * out of date; with targets that stay as they are it is right.
 */
import { hashText } from '../base/hash-text.js'
import type { AddressId } from '../netfilter/address-book.js'
import { PROTOCOL_TCP } from '../netfilter/packet.js'
import type { BalancerTarget } from './load-balancers/balancer-targets.js'
import type { Machine, MachineLink } from './load-balancers/machines.js'
import type { BalancerSettings } from './load-balancers/preset.js'
import type { TargetCondition, TargetHealth } from './load-balancers/target-health.js'

/** Where a connection comes from. */
export interface ConnectionSource {
  /** Number of the client in its group: it keeps the machine that it enters by. */
  readonly client: number
  /** A 32-bit hash of its address. */
  readonly sourceHash: number
  readonly sourcePort: number
}

/**
 * Names a choice: a target as one machine reaches it. With one machine it is the position of the target. -1 is none.
 */
export type BalancerChoice = number

/** One Service port's load balancer in the running model. */
export class LoadBalancer {
  /** Machines that have a target in use, which clients are spread over. */
  #openMachines: readonly Machine[] = []
  readonly #connection: { -readonly [Field in 'sourceHash' | 'sourcePort']: number } & {
    readonly destinationHash: number
    readonly destinationPort: number
    readonly protocol: number
  }

  /**
   * @param targets - in a fixed order: positions are what algorithms return
   * @param address - what clients connect to, and its port
   */
  constructor(
    readonly settings: BalancerSettings,
    readonly targets: readonly BalancerTarget[],
    readonly machines: readonly Machine[],
    readonly health: TargetHealth,
    address: { readonly text: string; readonly port: number },
  ) {
    this.#connection = {
      sourceHash: 0,
      sourcePort: 0,
      destinationHash: hashText(address.text),
      destinationPort: address.port,
      protocol: PROTOCOL_TCP,
    }
    this.review(0)
  }

  /** Does the client's connection end here? */
  get isProxy(): boolean {
    return this.settings.mode === 'proxy'
  }

  /** Positions of the targets that get connections now. */
  get inUse(): readonly number[] {
    const inUse = new Set(this.machines.flatMap((machine) => machine.inUse))
    return [...inUse].sort((a, b) => a - b)
  }

  /** Chooses a target and counts the connection as open; -1 if there is none. */
  open({ client, sourceHash, sourcePort }: ConnectionSource): BalancerChoice {
    const machine = this.machineOf(client)
    if (machine === undefined) return -1
    this.#connection.sourceHash = sourceHash
    this.#connection.sourcePort = sourcePort
    const target = machine.algorithm.choose(this.#connection)
    machine.algorithm.opened(target)
    return this.machines.indexOf(machine) * this.targets.length + target
  }

  close(choice: BalancerChoice): void {
    this.machineOfChoice(choice).algorithm.closed(choice % this.targets.length)
  }

  /** The machine that a client enters by; undefined while none has a target. */
  machineOf(client: number): Machine | undefined {
    return this.#openMachines[client % this.#openMachines.length]
  }

  targetOf(choice: BalancerChoice): BalancerTarget | undefined {
    return choice < 0 ? undefined : this.targets[choice % this.targets.length]
  }

  /** The link from the machine to the target; undefined: there is none. */
  linkOf(choice: BalancerChoice): MachineLink | undefined {
    return this.machineOfChoice(choice).links[choice % this.targets.length]
  }

  /** Address and port that targets see, where they do not see the client's. */
  sourceOf(choice: BalancerChoice): { readonly address: AddressId; readonly port: number } {
    const machine = this.machineOfChoice(choice)
    return { address: machine.address, port: machine.takePort() }
  }

  /** A target changes. Returns when `review` is to be called next: new connections follow then (ns; Infinity: never). */
  noteCondition(target: number, condition: TargetCondition, nowNs: number): number {
    const followsNs = this.health.change(target, condition, nowNs)
    this.review(nowNs)
    return followsNs
  }

  /** A target is taken out: no new connection from now on. Returns when those that it has are to be cut off, ns. */
  deregister(target: number, nowNs: number): number {
    const endNs = this.health.deregister(target, nowNs, this.settings.deregistrationDelayNs)
    this.review(nowNs)
    return endNs
  }

  /** A target is taken in: it has to be found healthy first. Returns as `noteCondition`. */
  register(target: number, condition: TargetCondition, nowNs: number): number {
    const followsNs = this.health.register(target, condition, nowNs)
    this.review(nowNs)
    return followsNs
  }

  /** Goes by what is known of targets now. */
  review(nowNs: number): void {
    const all = this.targets.map((_, target) => target)
    const healthy = all.filter((target) => this.health.isInUse(target, nowNs))
    const isLastResort = healthy.length === 0 && this.settings.whenNoneHealthy === 'useAll'
    for (const machine of this.machines) machine.use(isLastResort ? all : healthy)
    this.#openMachines = this.machines.filter(({ inUse }) => inUse.length > 0)
  }

  /** @param choice - not -1 */
  machineOfChoice(choice: BalancerChoice): Machine {
    return this.machines[this.machineIndexOf(choice)]
  }

  /** @param choice - not -1 */
  machineIndexOf(choice: BalancerChoice): number {
    return Math.floor(choice / this.targets.length)
  }
}
