/**
 * kube-proxy on every node, as far as time is concerned: it learns of a change after a delay of its own, and writes its rules
 * anew, not sooner than minSyncPeriod after the last time; what it learnt meanwhile goes into one.
 *
 * A sync takes no time here, and cleans up no entries of connection tracking but those of UDP that nobody uses (`udp-flows.ts`).
 * Sources: kubernetes pkg/util/async (runner), pkg/proxy/iptables/proxier.go; reference measurements of propagation in
 * src/model/README.md.
 */
import { makeSampler } from '../../engine/distributions.js'
import { controlPlaneDefaults } from '../../input/events-schema.js'
import type { ClusterService } from '../../kubernetes/cluster.js'
import { RuleWriter } from '../../kubernetes/cluster-proxy.js'
import { EventKind, priorityOf } from '../events.js'
import type { World } from '../world.js'

/** All kube-proxies. Streams `node/<name>/rule-delay`, one draw for each change of endpoints. */
export class KubeProxies {
  readonly #writer: RuleWriter
  readonly #draws: readonly (() => number)[]
  readonly #minSyncNs: number
  /** By node: the last change learnt of, and the one that the rules are of; -1: the beginning. */
  readonly #known: Int32Array
  readonly #written: Int32Array
  /** By node: when rules were written last, and whether the next time is settled. */
  readonly #writtenNs: Float64Array
  readonly #isDue: Uint8Array
  readonly #learnLane
  readonly #syncLane

  constructor(
    readonly world: World,
    /** Told of a node whose rules are new. */
    readonly onSync: (node: number) => void,
  ) {
    const { cluster, scenario, streams, simulator, nodes } = world
    const { ruleDelay, minSyncPeriod } = scenario.spec.controlPlane ?? controlPlaneDefaults
    const sample = makeSampler(ruleDelay)
    this.#writer = new RuleWriter(cluster, scenario)
    this.#draws = cluster.nodes.map(({ name }) => {
      const stream = streams.get(`node/${name}/rule-delay`)
      return () => Math.round(sample(stream))
    })
    this.#minSyncNs = minSyncPeriod
    this.#known = new Int32Array(nodes.length).fill(-1)
    this.#written = new Int32Array(nodes.length).fill(-1)
    this.#writtenNs = new Float64Array(nodes.length).fill(Number.NEGATIVE_INFINITY)
    this.#isDue = new Uint8Array(nodes.length)
    this.#learnLane = simulator.addLane(EventKind.endpointsLearnt, priorityOf(EventKind.endpointsLearnt))
    this.#syncLane = simulator.addLane(EventKind.rulesDue, priorityOf(EventKind.rulesDue))
  }

  /** Endpoints have changed: every node is going to hear of it. */
  announce(change: number): void {
    const { simulator, nodes } = this.world
    for (let node = 0; node < nodes.length; node++) {
      simulator.schedule(this.#learnLane, simulator.now + this.#draws[node](), change * nodes.length + node)
    }
  }

  /** A node hears of a change. @param news - as `announce` scheduled it */
  learn(news: number): void {
    const { simulator, nodes } = this.world
    const node = news % nodes.length
    this.#known[node] = Math.max(this.#known[node], Math.floor(news / nodes.length))
    if (this.#isDue[node] === 1) return
    this.#isDue[node] = 1
    const dueNs = Math.max(simulator.now, this.#writtenNs[node] + this.#minSyncNs)
    simulator.schedule(this.#syncLane, dueNs, node)
  }

  /** It is time for a node to write its rules. */
  sync(node: number): void {
    const { simulator, nodes, presence } = this.world
    this.#isDue[node] = 0
    this.#writtenNs[node] = simulator.now
    // A node that is cut off hears nothing; it catches up when it is back.
    if (presence.isNodeLost[node] === 1 || this.#known[node] === this.#written[node]) return
    this.#written[node] = this.#known[node]
    nodes[node].replaceRules(this.#writer.rulesOf(node, this.servicesOn(node)), simulator.now)
    this.onSync(node)
  }

  /** A node is back, with the news that it has missed. */
  catchUp(node: number): void {
    if (this.#known[node] !== this.#written[node])
      this.learn(this.#known[node] * this.world.nodes.length + node)
  }

  /** The Services as the rules of a node have them. */
  servicesOn(node: number): readonly ClusterService[] {
    const { changes, services } = this.world.cluster
    for (let change = this.#written[node]; change >= 0; change--) {
      const found = changes[change].services
      if (found !== undefined) return found
    }
    return services
  }
}
