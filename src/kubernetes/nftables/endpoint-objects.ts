/**
 * What belongs to one endpoint (its chain, the set of its clients), and the rules that choose among endpoints.
 * Source: kubernetes pkg/proxy/nftables/proxier.go, `syncProxyRules` and `writeServiceToEndpointRules`.
 */
import type { NftChain, NftRule, NftSet } from '../../netfilter/nftables/ruleset.js'
import type { ProxyEndpoint } from '../proxy-inputs.js'
import { endpointNames } from './object-names.js'
import type { PortContext } from './port-context.js'
import { goTo, JUMP_TO_MARK, operandOf, rule, sourceIs } from './statements.js'

/** What belongs to one endpoint: the same on every node that uses it. */
export interface EndpointObjects {
  /** Hairpin mark, affinity record, DNAT. */
  readonly chain: NftChain
  /** Undefined without session affinity. */
  readonly affinitySet: NftSet | undefined
}

/** Makes the objects of one endpoint. */
export function endpointObjects(
  { info, protocol }: Pick<PortContext, 'info' | 'protocol'>,
  endpoint: ProxyEndpoint,
): EndpointObjects {
  const names = endpointNames(info.name, info.protocol, endpoint)
  const { affinityTimeoutSeconds } = info
  const { address, port } = endpoint
  const remember =
    affinityTimeoutSeconds === undefined
      ? []
      : [rule([{ kind: 'updateSet', set: names.affinitySet }], undefined)]
  const rules: NftRule[] = [
    rule([sourceIs(operandOf(address))], JUMP_TO_MARK),
    ...remember,
    rule([{ kind: 'protocol', protocol }], { kind: 'dnat', address, port }),
  ]
  return {
    chain: { name: names.chain, place: undefined, comment: undefined, rules },
    affinitySet:
      affinityTimeoutSeconds === undefined
        ? undefined
        : affinitySet(names.affinitySet, affinityTimeoutSeconds),
  }
}

/**
 * Rules that choose one of some endpoints: first the one that remembers the client, else any with equal chance.
 *
 * @param endpoints - in the order of the Service port's; at least one
 */
export function choiceRules(endpoints: readonly EndpointObjects[]): NftRule[] {
  const affinities = endpoints.flatMap(({ chain, affinitySet: set }) =>
    set === undefined
      ? []
      : [rule([{ kind: 'addressInSet', side: 'source', set: set.name }], goTo(chain.name))],
  )
  const verdicts = endpoints.map(({ chain }) => goTo(chain.name))
  return [...affinities, rule([], { kind: 'randomVerdict', verdicts })]
}

function affinitySet(name: string, timeoutSeconds: number): NftSet {
  return { name, comment: undefined, flags: ['dynamic', 'timeout'], timeoutSeconds, elements: [] }
}
