/** The Service as written and with one of its settings changed: session affinity, traffic policy, proxy mode. */
import { qualifiedName } from '../../base/qualified-name.js'
import type { Setting } from '../../input/settings.js'
import type { CallSite } from '../../model/call-sites.js'
import type { DesignPoint } from '../plan.js'

/** Settings that a point is run with beside rate and replicas. */
export interface Variant {
  /** In words, as reports have it. */
  readonly name: string
  readonly settings: readonly Setting[]
}

/** No change. */
export const AS_WRITTEN: Variant = { name: 'as written', settings: [] }

const PROXY_MODES = ['iptables', 'nftables', 'ipvs'] as const

/**
 * What else the Service of a call could be.
 *
 * @returns each differs from what is written in one setting; none for a headless Service, which has none of them
 */
export function alternativesOf({ scenario }: DesignPoint, site: CallSite): readonly Variant[] {
  if (site.via === 'headless') return []
  const { service } = site
  const path = (field: string) => `service.${qualifiedName(service)}.${field}`
  const { sessionAffinity, externalTrafficPolicy, internalTrafficPolicy } = service.object
  const affinity = sessionAffinity === 'None' ? 'ClientIP' : 'None'
  const policy =
    site.via === 'clusterIP'
      ? { field: 'internalTrafficPolicy', now: internalTrafficPolicy }
      : { field: 'externalTrafficPolicy', now: externalTrafficPolicy }
  const otherPolicy = policy.now === 'Local' ? 'Cluster' : 'Local'
  return [
    changed('sessionAffinity', path('sessionAffinity'), affinity),
    changed(policy.field, path(policy.field), otherPolicy),
    ...PROXY_MODES.filter((mode) => mode !== scenario.spec.proxy.mode).map((mode) =>
      changed('proxy mode', 'proxy.mode', mode),
    ),
  ]
}

function changed(label: string, path: string, value: string): Variant {
  return { name: `${label}: ${value}`, settings: [{ path, value }] }
}
