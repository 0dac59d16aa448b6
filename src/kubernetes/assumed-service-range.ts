/**
 * The range of cluster IPs where no scenario says it: manifests that were read out of a real cluster have cluster IPs of
 * that cluster, which say where its range lies, though not how large it is.
 */
import type { Diagnostic } from '../base/diagnostics.js'
import {
  addressBits,
  type Cidr,
  cidrContains,
  type IpAddress,
  parseCidr,
  parseIpAddress,
} from '../base/ip-address.js'
import type { Manifests } from '../input/kubernetes-objects.js'
import type { Scenario } from '../input/scenario-schema.js'
import { clusterRanges, isWithin } from './cluster-ranges.js'
import { Findings } from './findings.js'

/** Prefix lengths that installers give service ranges as a rule: k3s and OpenShift 16, kubeadm 12, IPv6 112. */
const USUAL_PREFIX_LENGTH = { 4: 16, 6: 112 } as const

/**
 * A scenario that nobody wrote, with the range of the manifests' cluster IPs where some lie outside of the default range: of
 * the usual size, or wider if the cluster IPs ask for it, or narrower if it would overlap another range of the cluster.
 *
 * @returns the scenario as it was if its range will do, is written, or none is to be found; else warning SERVICE_RANGE_ASSUMED
 * @throws InputError ADDRESS_RANGE for ranges that were set and can not be used
 */
export function assumeServiceRange(
  scenario: Scenario,
  { services }: Pick<Manifests, 'services'>,
): { readonly scenario: Scenario; readonly warnings: readonly Diagnostic[] } {
  const { spec } = scenario
  if (spec.cluster.serviceCidr !== undefined) return { scenario, warnings: [] }
  const { serviceCidr, podCidr, nodeCidr, loadBalancerCidr } = clusterRanges(spec, new Findings(undefined))
  const written = services.flatMap((service) => {
    const address = service.type === 'ExternalName' ? undefined : parseIpAddress(service.clusterIp ?? '')
    return address?.family === serviceCidr.family ? [{ service, address }] : []
  })
  const outside = written.find(({ address }) => !cidrContains(serviceCidr, address))
  const addresses = written.map(({ address }) => address)
  const range = rangeOf(addresses, [podCidr, nodeCidr, loadBalancerCidr])
  if (outside === undefined || range === undefined) return { scenario, warnings: [] }
  const warning: Diagnostic = {
    severity: 'warning',
    code: 'SERVICE_RANGE_ASSUMED',
    message: `No scenario says the range of cluster IPs; by those of the manifests it is taken to be ${range.text}`,
    place: outside.service.origin.place(['spec', 'clusterIP']),
    hint: `not in ${serviceCidr.text}; cluster.serviceCidr of a scenario says the range`,
  }
  const cluster = { ...spec.cluster, serviceCidr: range.text }
  return { scenario: { ...scenario, spec: { ...spec, cluster } }, warnings: [warning] }
}

/** The widest range of at most the usual size, or of the size needed, that holds all addresses and overlaps no other. */
function rangeOf(addresses: readonly IpAddress[], others: readonly Cidr[]): Cidr | undefined {
  const [first] = addresses
  if (first === undefined) return undefined
  const shared = sharedPrefixLength(addresses)
  for (let length = Math.min(shared, USUAL_PREFIX_LENGTH[first.family]); length <= shared; length++) {
    const range = parseCidr(`${first.text}/${length}`)
    const overlaps = (other: Cidr) =>
      range !== undefined && (isWithin(range, other) || isWithin(other, range))
    if (range !== undefined && !others.some(overlaps)) return range
  }
  return undefined
}

/** 254 hosts. */
const MIN_HOST_BITS = 8

/** How many bits all addresses have in common; leaves room for some hosts where there is only one address. */
function sharedPrefixLength(addresses: readonly IpAddress[]): number {
  const [{ family, value: first }] = addresses
  const differing = addresses.reduce((bits, { value }) => bits | (value ^ first), 0n)
  const differingBits = differing === 0n ? 0 : differing.toString(2).length
  return addressBits(family) - Math.max(differingBits, MIN_HOST_BITS)
}
