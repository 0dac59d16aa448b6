/**
 * The names that callers ask for, settled before the run: for each call the full names tried, in order, up to the first that
 * exists. Names get numbers, the same for all callers.
 *
 * What an application writes is the host of `to`, or the name in `resolves`, which exists outside of the cluster unless the
 * cluster has it.
 */
import { InvariantError } from '../base/diagnostics.js'
import type { Scenario } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import type { DnsCandidate } from '../kubernetes/dns-records.js'
import type { CallSite } from './call-sites.js'

/** Namespace of clients inside. */
const CLIENT_NAMESPACE = 'default'

/** The names of a run. */
export class DnsNames {
  /** By call site, by namespace of the caller: numbers of the names tried; the last exists. */
  readonly #plans: readonly ReadonlyMap<string, Int32Array>[]
  /** By pod: its namespace. */
  readonly #namespaceOfPod: readonly string[]
  readonly #idOf = new Map<string, number>()
  /** By number: does it exist? Does CoreDNS have to ask upstream? */
  readonly #exists: boolean[] = []
  readonly #isForwarded: boolean[] = []

  constructor(
    readonly sites: readonly CallSite[],
    cluster: Cluster,
    scenario: Scenario,
  ) {
    const outside = namesOutside(cluster, scenario)
    this.#namespaceOfPod = cluster.pods.map(({ namespace }) => namespace)
    this.#plans = sites.map((site) => {
      const namespaces = site.group === undefined ? new Set(this.#namespaceOfPod) : [CLIENT_NAMESPACE]
      const plans = [...namespaces].map((namespace) => {
        const tried = cluster.dns.candidates(site.name, namespace)
        return [namespace, this.#plan(tried, outside)] as const
      })
      return new Map(plans)
    })
  }

  /** How many names there are. */
  get count(): number {
    return this.#exists.length
  }

  /** Numbers of the names that a caller tries, in order. */
  planOf(site: number, client: number): Int32Array {
    const isGroup = this.sites[site].group !== undefined
    const namespace = isGroup ? CLIENT_NAMESPACE : this.#namespaceOfPod[client]
    const plan = this.#plans[site].get(namespace)
    if (plan === undefined || plan.length === 0) throw new InvariantError('a name that nobody has', { site })
    return plan
  }

  exists(name: number): boolean {
    return this.#exists[name]
  }

  isForwarded(name: number): boolean {
    return this.#isForwarded[name]
  }

  #plan(tried: readonly DnsCandidate[], outside: ReadonlySet<string>): Int32Array {
    const found = tried.findIndex(({ name, answer }) => answer !== undefined || outside.has(name))
    // Pods of other namespaces may not know the name: they do not call it.
    return Int32Array.from(tried.slice(0, found + 1), (candidate) => this.#number(candidate, outside))
  }

  #number({ name, isOfCluster, answer }: DnsCandidate, outside: ReadonlySet<string>): number {
    const known = this.#idOf.get(name)
    if (known !== undefined) return known
    const made = this.#exists.length
    this.#idOf.set(name, made)
    this.#exists.push(answer !== undefined || outside.has(name))
    this.#isForwarded.push(!isOfCluster || answer?.kind === 'external')
    return made
  }
}

/** Full names that exist outside of the cluster: those that somebody looks up and the cluster does not have. */
function namesOutside(cluster: Cluster, { spec }: Scenario): ReadonlySet<string> {
  const ofPods = Object.values(spec.pods).flatMap(({ calls, classes }) => [
    ...calls,
    ...Object.values(classes).flatMap((each) => each.calls ?? []),
  ])
  const names = new Set([...spec.clients, ...ofPods].flatMap(({ resolves }) => resolves ?? []))
  const namespaces = new Set([CLIENT_NAMESPACE, ...cluster.pods.map(({ namespace }) => namespace)])
  const isOutside = (name: string) =>
    [...namespaces].every((namespace) => cluster.dns.resolve(name, namespace) === undefined)
  return new Set([...names].filter(isOutside).map((name) => `${name.toLowerCase().replace(/\.$/, '')}.`))
}
