/**
 * Whole scenarios drawn from one number: topology, Services, policies, affinity, clients, connections, time-outs, calls,
 * links, queues. Small and busy on purpose, so that queues fill, time runs out and connections are used again.
 */
import { NS_PER_MS, NS_PER_US } from '../../src/base/nanoseconds.js'
import { type Stream, Streams } from '../../src/engine/streams.js'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import type { DesignPoint } from '../../src/experiment/plan.js'
import { withDns } from './random-dns.js'
import { drawResources, withPods } from './random-pods.js'

/** Kubernetes objects and the `spec` of a scenario, as a file would have them. */
export interface ScenarioDraft {
  readonly documents: readonly object[]
  readonly spec: Readonly<Record<string, unknown>> & { readonly clients: readonly object[] }
}

export interface DraftOptions {
  /** Every distribution is a constant, and nothing is rounded. */
  readonly isConstant?: boolean
  /** Every length of time is multiplied by this integer. */
  readonly timeFactor?: number
}

/** The scenario of a number; the same one every time. */
export function draftScenario(seed: number, options: DraftOptions = {}): ScenarioDraft {
  return new Draft(new Streams(seed, 0), options).all()
}

/** Loads a draft as the files of a user. */
export function loadDraft({ documents, spec }: ScenarioDraft): DesignPoint {
  const scenario = {
    apiVersion: 'svcsim.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'swarm' },
    spec: { manifests: ['shop.yaml'], ...spec },
  }
  const text = documents.map((each) => JSON.stringify(each)).join('\n---\n')
  const { points } = loadExperiment({
    scenarioFile: { path: 'scenario.yaml', text: JSON.stringify(scenario) },
    manifestFiles: [{ path: 'shop.yaml', text }],
    settings: [],
    axes: [],
    command: '',
  })
  return points[0]
}

type ServiceKind = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'headless'

class Draft {
  readonly stream: Stream
  readonly #factor: number
  readonly #isConstant: boolean
  readonly #nodes: string[]
  readonly #kinds = new Map<string, ServiceKind>()

  readonly #podStream: Stream
  readonly #dnsStream: Stream

  constructor(streams: Streams, { isConstant = false, timeFactor = 1 }: DraftOptions) {
    this.stream = streams.get('draft')
    this.#podStream = streams.get('draft/pods')
    this.#dnsStream = streams.get('draft/dns')
    this.#factor = timeFactor
    this.#isConstant = isConstant
    this.#nodes = ['node-a', 'node-b', 'node-c', 'node-d'].slice(0, this.#count(1, 4))
  }

  all(): ScenarioDraft {
    const names = ['web', 'cart', 'db'].slice(0, this.#count(1, 3))
    for (const name of names)
      this.#kinds.set(name, this.#pick('ClusterIP', 'NodePort', 'LoadBalancer', 'headless'))
    const documents = names.flatMap((name) => [this.#deployment(name), this.#service(name)])
    const pods = names.map((name, index) => [name, this.#behaviour(names.slice(index + 1))])
    const balanced = names.filter((name) => this.#kinds.get(name) === 'LoadBalancer')
    const spec = this.#spec(names, Object.fromEntries(pods), balanced)
    const options = { isConstant: this.#isConstant, timeFactor: this.#factor }
    const podded = { ...spec, ...withPods(spec, this.#podStream, options) }
    return { documents, spec: { ...podded, ...withDns(podded, this.#dnsStream, options) } }
  }

  #spec(names: readonly string[], pods: Readonly<Record<string, object>>, balanced: readonly string[]) {
    return {
      seed: this.#count(0, 1_000_000),
      warmUp: this.#time(this.#pick(0, 0, 100) * NS_PER_MS),
      horizon: this.#time(500 * NS_PER_MS),
      cluster: {
        nodes: this.#nodes.map((name) => ({
          name,
          zone: this.#pick('zone-1', 'zone-2', ''),
          cpus: this.#count(1, 2),
        })),
      },
      pods,
      clients: Array.from({ length: this.#count(1, 3) }, (_, index) =>
        this.#clients(`group-${index}`, this.#pick(...names)),
      ),
      loadBalancers: Object.fromEntries(balanced.map((name) => [name, this.#balancer()])),
      links: {
        sameNode: this.#delay(10 * NS_PER_US),
        sameZone: this.#delay(150 * NS_PER_US),
        otherZone: this.#delay(500 * NS_PER_US),
        outside: this.#delay(this.#pick(1, 10) * NS_PER_MS),
        ...this.#wire(),
      },
      dns: {
        lookupTime: this.#delay(300 * NS_PER_US),
        cacheTime: this.#time(this.#pick(0, 20, 500) * NS_PER_MS),
      },
      costs: this.#costs(),
      limits: this.#limits(),
      tcp: this.#pick<object>({}, {}, { synRetries: this.#isConstant ? 9 : this.#count(0, 2) }),
      proxy: {
        mode: this.#isConstant ? 'iptables' : this.#pick('iptables', 'iptables', 'nftables', 'ipvs'),
        ipvsScheduler: this.#pick('rr', 'lc', 'wlc', 'sh', 'mh', 'sed', 'nq'),
      },
    }
  }

  #deployment(name: string): object {
    const labels = { app: name }
    const resources = drawResources(this.#podStream)
    const container = { name, image: name, ports: [{ containerPort: 8_080 }], ...resources }
    const least = this.#kinds.get(name) === 'headless' ? 1 : 0
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: Math.max(least, this.#pick(0, 1, 1, 2, 3, 4)),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    }
  }

  #service(name: string): object {
    const kind = this.#kinds.get(name)
    const isExternal = kind === 'NodePort' || kind === 'LoadBalancer'
    const seconds = this.#pick(1, 10_800) * this.#factor
    const affinity = this.#pick<object>(
      {},
      {},
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: seconds } } },
    )
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        selector: { app: name },
        ports: [{ port: 80, targetPort: 8_080 }],
        ...(kind === 'headless' ? { clusterIP: 'None' } : { type: kind, ...affinity }),
        ...(isExternal ? { externalTrafficPolicy: this.#pick('Cluster', 'Cluster', 'Local') } : {}),
        ...(kind === 'headless' ? {} : { internalTrafficPolicy: this.#pick('Cluster', 'Cluster', 'Local') }),
      },
    }
  }

  #behaviour(callees: readonly string[]): object {
    const callCount = callees.length === 0 ? 0 : this.#count(0, 2)
    return {
      servers: this.#count(1, 3),
      queueCapacity: this.#pick(0, 1, 3, 1_024),
      whenFull: this.#pick('reject', 'reject', 'dropConnection'),
      serviceTime: this.#delay(this.#count(1, 20) * NS_PER_MS),
      speed: this.#pick<object>({}, { 0: 0.5 }),
      calls: Array.from({ length: callCount }, () => ({
        to: `${this.#pick(...callees)}:80`,
        ...this.#connection(),
      })),
    }
  }

  #clients(name: string, to: string): object {
    return {
      name,
      to: `${to}:80`,
      count: this.#count(1, 8),
      ...this.#way(to),
      arrivals: {
        rate: `${this.#pick(20, 50, 100, 200) / this.#factor}/s`,
        process: this.#isConstant ? 'paced' : this.#pick('poisson', 'paced'),
        order: this.#pick('random', 'inTurn', 'shuffled'),
      },
      ...this.#connection(),
    }
  }

  /** A way in that the Service has. */
  #way(to: string): object {
    const kind = this.#kinds.get(to)
    const inside = { location: 'inside', nodes: this.#pick<string[]>([], [this.#pick(...this.#nodes)]) }
    const nodePort = {
      via: 'nodePort',
      entryNodes: this.#pick<string[]>([], [this.#pick(...this.#nodes)]),
      entryPolicy: this.#pick('perClient', 'roundRobin', 'random'),
    }
    const outside: object = { location: 'outside' }
    if (kind === 'ClusterIP' || kind === 'headless') return inside
    if (kind === 'NodePort')
      return this.#pick<object>(inside, { ...inside, ...nodePort }, { ...outside, ...nodePort })
    return this.#pick(
      inside,
      outside,
      outside,
      { ...outside, ...nodePort },
      { ...inside, via: 'loadBalancer' },
    )
  }

  #connection(): object {
    return {
      connection: this.#pick('perRequest', 'keepAlive', 'multiplexed'),
      ...this.#pick<object>({}, { maxRequests: this.#count(1, 4) }),
      ...this.#pick<object>({}, { requestSize: 500, responseSize: '20Ki' }),
      ...this.#pick<object>({}, { pool: this.#pool() }),
      ...this.#pick<object>({}, {}, { retry: this.#retry() }),
      // Doubled, they must end before the kernel's second packet, whose time is not doubled.
      timeout: this.#time(this.#pick(5, 25, 50, 300, this.#isConstant ? 300 : 3_000) * NS_PER_MS),
    }
  }

  #pool(): object {
    return {
      size: this.#count(1, 3),
      reuse: this.#pick('lastInFirstOut', 'firstInFirstOut'),
      maxStreams: this.#count(1, 4),
      ...this.#pick<object>({}, { idleTimeout: this.#time(this.#pick(1, 20, 100) * NS_PER_MS) }),
      ...this.#pick<object>({}, { maxAge: this.#time(this.#pick(10, 100) * NS_PER_MS) }),
    }
  }

  #retry(): object {
    return {
      attempts: this.#count(2, 4),
      on: this.#pick(['refused', 'rejected'], ['timedOut', 'refused'], ['rejected']),
      attemptTimeout: this.#time(this.#pick(5, 40) * NS_PER_MS),
      // An odd number of ns would not double when halved and rounded.
      backoff: this.#time(this.#isConstant ? 0 : this.#pick(0, 1, 10) * NS_PER_MS),
      budget: this.#pick(0, 0.2, 10),
    }
  }

  /** Bandwidth and loss, in some scenarios. */
  #wire(): object {
    if (this.#isConstant) return {}
    const loss = { sameZone: 0.05, otherZone: 0.02, outside: 0.1, sameNode: 0.01 }
    return this.#pick<object>({}, {}, { bandwidth: { sameZone: '100M', outside: '10M' } }, { loss })
  }

  /** What runs out, each in some scenarios: so small that it does. */
  #limits(): object {
    if (this.#isConstant) return {}
    return this.#pick<object>(
      {},
      {},
      {
        conntrackLeast: this.#count(1, 6),
        conntrackPerCpu: 1,
        conntrackTimeWait: this.#pick('0s', '10ms', '1s'),
      },
      { masqueradePorts: this.#count(1, 3) },
      { clientPorts: this.#count(1, 3), clientTimeWait: this.#pick('0s', '30ms') },
      { nodeBacklog: this.#count(0, 1) },
    )
  }

  #balancer(): object {
    return {
      algorithm: this.#pick('roundRobin', 'random', 'sourceHash', 'leastConnections'),
      targets: this.#pick('nodes', 'pods'),
    }
  }

  #costs(): object {
    const preset = this.#pick('iptables-nft', 'iptables-legacy', 'none')
    if (!this.#isConstant) return { preset }
    const constants = {
      connection: 5_000,
      rule: 15,
      statisticRule: 121,
      bareStatisticRule: 77,
      recentLookup: 149,
      recentListWalk: 12,
      packet: 1_770,
    }
    const scaled = Object.entries(constants).map(([name, value]) => [name, value * this.#factor])
    return { preset, set: Object.fromEntries(scaled) }
  }

  /** A constant, or a distribution of this mean. */
  #delay(meanNs: number): unknown {
    const mean = this.#time(meanNs)
    const drawn = this.#pick<unknown>(
      mean,
      mean,
      { distribution: 'exponential', mean },
      { distribution: 'lognormal', mean, cv: 1 },
    )
    return this.#isConstant ? mean : drawn
  }

  #time(ns: number): string {
    return `${ns * this.#factor}ns`
  }

  #count(min: number, max: number): number {
    return min + this.stream.below(max - min + 1)
  }

  #pick<T>(...choices: readonly T[]): T {
    return choices[this.stream.below(choices.length)]
  }
}
