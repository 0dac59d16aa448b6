/**
 * The names that CoreDNS answers for: Services, pods behind headless Services, ExternalName; and those that a pod tries.
 *
 * Left out: SRV records, reverse look-ups, names of pods by address under `pod.cluster.local`, names outside of the
 * cluster (an ExternalName that leads out is told, not followed). The time that all this takes is the model's affair.
 * Sources: Kubernetes DNS-based service discovery, version 1.1.0; coredns plugin/kubernetes, `findServices` and
 * `endpointHostname`; kubelet's resolv.conf (search path, ndots 5); glibc resolv/res_query.c, `__res_context_search`.
 */

/** Cluster domain, as kubeadm and every managed cluster set it. */
export const CLUSTER_DOMAIN = 'cluster.local'

/** What resolv.conf says of names that are not full. */
export interface SearchSettings {
  /** A name with fewer dots is tried with the search domains first. */
  readonly ndots: number
  /** Search domains after those of the cluster. */
  readonly searchDomains: readonly string[]
}

/** As kubelet writes it. */
const KUBELET_SEARCH: SearchSettings = { ndots: 5, searchDomains: [] }

/** CoreDNS follows so many CNAMEs. */
const MAX_CNAME_COUNT = 8

/** What a name stands for. Indices are those of the `Cluster`. */
export type DnsAnswer =
  /** The Service's cluster IP. */
  | { readonly kind: 'service'; readonly serviceIndex: number }
  /** Addresses of pods themselves, in the order of the endpoints; `serviceIndex` is the headless Service asked. */
  | { readonly kind: 'pods'; readonly serviceIndex: number; readonly podIndices: readonly number[] }
  /** An ExternalName that leads out of the cluster. */
  | { readonly kind: 'external'; readonly serviceIndex: number; readonly hostname: string }

/** Answers for names. */
export interface DnsRecords {
  /** What they were made from, so that `createDnsRecords` makes them again elsewhere. */
  readonly services: readonly DnsService[]
  readonly search: SearchSettings
  /**
   * Resolves a name as a pod of a namespace would.
   *
   * @param name - `redis`, `redis.shop`, `redis.shop.svc`, full name with or without final dot; any case
   * @returns undefined: no such name (NXDOMAIN), or a Service without addresses
   */
  resolve(name: string, namespaceOfClient: string): DnsAnswer | undefined
  /** Every name that a pod of a namespace tries for `name`, in order, each with the answer to it. */
  candidates(name: string, namespaceOfClient: string): DnsCandidate[]
}

/** A name that is asked for. */
export interface DnsCandidate {
  /** Full, in lower case, with its final dot. */
  readonly name: string
  /** Is it a name of the cluster domain, for which CoreDNS answers by itself? */
  readonly isOfCluster: boolean
  /** Undefined: the cluster has no such name. */
  readonly answer: DnsAnswer | undefined
}

/** An address behind a Service. */
export interface DnsEndpoint {
  readonly address: string
  /** Undefined: no pod of this cluster. */
  readonly podIndex: number | undefined
  /** The pod's `hostname`, where its `subdomain` is this Service; empty otherwise. */
  readonly hostname: string
}

/** What DNS asks of a Service. */
export interface DnsService {
  readonly index: number
  readonly namespace: string
  readonly name: string
  readonly kind: 'clusterIp' | 'headless' | 'externalName'
  /** Empty but for ExternalName. */
  readonly externalName: string
  /** Ready endpoints, in the order in which answers are to name them. */
  readonly endpoints: readonly DnsEndpoint[]
}

/**
 * The full names that a pod tries for a name, in order, each with its final dot.
 *
 * @param name - as the application writes it; with a final dot it is tried alone
 * @param namespace - of the pod that asks
 */
export function searchCandidates(
  name: string,
  namespace: string,
  { ndots, searchDomains }: SearchSettings = KUBELET_SEARCH,
): string[] {
  if (name.endsWith('.')) return [name]
  const own = [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN]
  const searched = [...own, ...searchDomains].map((domain) => `${name}.${domain.replace(/\.$/, '')}.`)
  const isTriedFirst = name.split('.').length - 1 >= ndots
  return isTriedFirst ? [`${name}.`, ...searched] : [...searched, `${name}.`]
}

/**
 * @param search - of the pods' resolv.conf
 * @remarks O(services) to make; a look-up costs O(endpoints of the Service).
 */
export function createDnsRecords(services: readonly DnsService[], search = KUBELET_SEARCH): DnsRecords {
  const byName = new Map(services.map((each) => [`${each.name}.${each.namespace}`, each]))
  const candidates = (name: string, namespace: string) =>
    searchCandidates(name.toLowerCase(), namespace, search).map((candidate) => ({
      name: candidate,
      isOfCluster: candidate.endsWith(`.${CLUSTER_DOMAIN}.`),
      answer: lookUp(byName, candidate, MAX_CNAME_COUNT),
    }))
  return {
    services,
    search,
    candidates,
    resolve: (name, namespace) =>
      candidates(name, namespace).find(({ answer }) => answer !== undefined)?.answer,
  }
}

type ServicesByName = ReadonlyMap<string, DnsService>

const SERVICE_SUFFIX = `.svc.${CLUSTER_DOMAIN}.`

/** @param fullName - lower case, with its final dot */
function lookUp(byName: ServicesByName, fullName: string, cnamesLeft: number): DnsAnswer | undefined {
  if (!fullName.endsWith(SERVICE_SUFFIX)) return undefined
  const labels = fullName.slice(0, -SERVICE_SUFFIX.length).split('.')
  const service = byName.get(labels.slice(-2).join('.'))
  if (service === undefined || labels.length < 2 || labels.length > 3) return undefined
  if (labels.length === 3) return podsAnswer(service, endpointsNamed(service, labels[0]))
  switch (service.kind) {
    case 'clusterIp':
      return { kind: 'service', serviceIndex: service.index }
    case 'headless':
      return podsAnswer(service, service.endpoints)
    case 'externalName':
      return followCname(byName, service, cnamesLeft)
  }
}

/** Endpoints that one label names: the pod's hostname, or its address with dashes. */
function endpointsNamed(service: DnsService, label: string): readonly DnsEndpoint[] {
  return service.endpoints.filter((each) => {
    const name = each.hostname === '' ? each.address.replaceAll(/[.:]/g, '-') : each.hostname
    return name.toLowerCase() === label
  })
}

function podsAnswer(service: DnsService, endpoints: readonly DnsEndpoint[]): DnsAnswer | undefined {
  if (endpoints.length === 0) return undefined
  const podIndices = endpoints.flatMap((each) => each.podIndex ?? [])
  return { kind: 'pods', serviceIndex: service.index, podIndices }
}

function followCname(byName: ServicesByName, service: DnsService, cnamesLeft: number): DnsAnswer | undefined {
  const target = service.externalName.toLowerCase().replace(/\.?$/, '.')
  if (!target.endsWith(SERVICE_SUFFIX)) {
    return { kind: 'external', serviceIndex: service.index, hostname: service.externalName }
  }
  return cnamesLeft === 0 ? undefined : lookUp(byName, target, cnamesLeft - 1)
}
