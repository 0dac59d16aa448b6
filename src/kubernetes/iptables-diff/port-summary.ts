/** What the differing rules of a Service port come to, in sentences: endpoints, chances, affinity, policies. */
import { addressWithPort } from '../../base/ip-address.js'
import type { Rule } from '../../netfilter/iptables/rule.js'
import type { RuleDifference } from './compare-rules.js'
import { type ChainKey, jumpOf, type PortRules } from './rules-view.js'

/** A chain that differs. */
export interface ChainDifference {
  readonly table: ChainKey['table']
  readonly chain: string
  /** `missing`, `extra`: the whole chain. */
  readonly kind: 'missing' | 'extra' | 'different'
  readonly rules: readonly RuleDifference[]
}

/** Endpoints that a sentence names. */
const MAX_NAMED = 5

/**
 * @param differences - at least one
 * @param invented - endpoints whose addresses svcsim has made up: they are not named
 */
export function portSummary(
  expected: PortRules,
  found: PortRules,
  differences: readonly ChainDifference[],
  invented: ReadonlySet<string>,
): readonly string[] {
  const [wanted, present] = [endpointsOf(expected), endpointsOf(found)]
  const missing = [...wanted.keys()].filter((endpoint) => !present.has(endpoint))
  const extra = [...present.keys()].filter((endpoint) => !wanted.has(endpoint))
  const sentences = [
    ...(wanted.size === present.size
      ? []
      : [`${wanted.size} endpoints by the manifests, ${present.size} on the node`]),
    ...endpointSentence(
      missing.filter((endpoint) => !invented.has(endpoint)),
      'missing on the node',
    ),
    ...inventedSentence(missing.filter((endpoint) => invented.has(endpoint))),
    ...endpointSentence(extra, 'on the node and not in the manifests'),
    ...(missing.length + extra.length === 0 ? chanceSentences(differences) : []),
    ...affinitySentence(expected, found),
    ...accessSentences(expected, found),
  ]
  return sentences.length > 0 ? sentences : [ruleSentence(differences)]
}

function endpointSentence(endpoints: readonly string[], what: string): string[] {
  if (endpoints.length === 0) return []
  const named = endpoints.slice(0, MAX_NAMED).join(', ')
  const more = endpoints.length > MAX_NAMED ? ` and ${endpoints.length - MAX_NAMED} more` : ''
  return [`${endpoints.length === 1 ? 'endpoint' : 'endpoints'} ${named}${more}: ${what}`]
}

function inventedSentence(endpoints: readonly string[]): string[] {
  if (endpoints.length === 0) return []
  const named = endpoints.slice(0, MAX_NAMED).join(', ')
  return [`the address ${named} below is made up: the manifests do not give it`]
}

function chanceSentences(differences: readonly ChainDifference[]): string[] {
  const all = differences.flatMap(({ rules }) => rules)
  const chances = all.filter(({ kind }) => kind === 'probability').length
  const moved = all.filter(({ kind }) => kind === 'moved').length
  return [
    ...(chances > 0 ? ['the endpoints do not get equal shares: probabilities differ'] : []),
    ...(moved > 0 ? ['rules stand in another order'] : []),
  ]
}

function affinitySentence(expected: PortRules, found: PortRules): string[] {
  const [wanted, present] = [affinityOf(expected), affinityOf(found)]
  if (wanted === present) return []
  const text = (seconds: number | undefined) => (seconds === undefined ? 'none' : `ClientIP, ${seconds} s`)
  return [`session affinity is ${text(present)}, and should be ${text(wanted)}`]
}

/** Where clients reach the Service port, in the one and not in the other. */
function accessSentences(expected: PortRules, found: PortRules): string[] {
  const [wanted, present] = [accessOf(expected), accessOf(found)]
  const missing = [...wanted].filter((access) => !present.has(access))
  const extra = [...present].filter((access) => !wanted.has(access))
  return [
    ...(missing.length === 0 ? [] : [`the node does not answer at ${missing.join(', ')}`]),
    ...(extra.length === 0
      ? []
      : [`the node answers at ${extra.join(', ')}, which the manifests do not give`]),
  ]
}

/** `10.96.0.10:80`, `node port 30080`: what the rules of shared chains ask for. */
function accessOf({ entries }: PortRules): ReadonlySet<string> {
  return new Set(entries.flatMap(({ rules }) => rules.flatMap((rule) => accessOfRule(rule) ?? [])))
}

function accessOfRule({ matches }: Rule): string | undefined {
  const port = matches.find((each) => each.kind === 'destinationPort')
  if (port?.kind !== 'destinationPort') return undefined
  const destination = matches.find((each) => each.kind === 'destination')
  if (destination?.kind !== 'destination') return `node port ${port.first}`
  // Node ports at loopback go with the others.
  const [address, length] = destination.cidr.text.split('/')
  const isOneAddress = Number(length) === (destination.cidr.family === 4 ? 32 : 128)
  return isOneAddress ? addressWithPort(address, port.first) : undefined
}

function ruleSentence(differences: readonly ChainDifference[]): string {
  const chains = [...new Set(differences.map(({ chain }) => chain))]
  return `rules differ in ${chains.slice(0, MAX_NAMED).join(', ')}${chains.length > MAX_NAMED ? ' …' : ''}`
}

/** By `address:port`, where the chains of the Service port that choose lead to. */
function endpointsOf({ chains }: PortRules): ReadonlyMap<string, string> {
  const endpoints = new Map<string, string>()
  const choosing = new Set(chains.flatMap(({ rules }) => rules.flatMap((rule) => jumpOf(rule) ?? [])))
  for (const { chain, rules } of chains) {
    for (const { target } of rules) {
      if (target.kind !== 'DNAT' || !choosing.has(chain)) continue
      const port = target.port === undefined ? '' : `:${target.port}`
      endpoints.set(`${target.address.includes(':') ? `[${target.address}]` : target.address}${port}`, chain)
    }
  }
  return endpoints
}

function affinityOf({ chains }: PortRules): number | undefined {
  for (const rule of chains.flatMap(({ rules }) => rules)) {
    const seconds = affinitySecondsOf(rule)
    if (seconds !== undefined) return seconds
  }
  return undefined
}

function affinitySecondsOf({ matches }: Rule): number | undefined {
  const match = matches.find((each) => each.kind === 'recent')
  return match?.kind === 'recent' && match.mode === 'rcheck' ? match.seconds : undefined
}
