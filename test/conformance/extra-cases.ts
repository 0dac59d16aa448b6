/**
 * Extra cases, each kind recognised by its fields: names of chains, texts of probabilities, fixed chains, folding of
 * EndpointSlices, which Service ports count, what a node counts of them.
 */
import type { Protocol } from '../../src/input/kubernetes-objects.js'
import { endpointChainName, servicePortChainNames } from '../../src/kubernetes/iptables/chain-names.js'
import { iptablesRules } from '../../src/kubernetes/iptables/iptables-rules.js'
import { probabilityText } from '../../src/kubernetes/iptables/probability.js'
import { printRule } from '../../src/netfilter/iptables/iptables-save.js'
import { type CaseResult, difference, guarded } from './case-result.js'
import { nftablesNameBase } from './nftables-golden.js'
import { nodeInfo, proxyOptions } from './raw-node.js'

/** `chain-names.json` */
export interface RawChainNameCase {
  readonly servicePortName: string
  readonly protocol: string
  readonly endpoint?: string
  readonly chain: string
}

/** The name of a chain of a Service port or endpoint. */
export function runChainNameCase(each: RawChainNameCase): CaseResult {
  const { servicePortName, endpoint, chain } = each
  const protocol = each.protocol.toUpperCase() as Protocol
  return guarded(`${servicePortName} ${each.protocol} ${endpoint ?? ''} is ${chain}`, () => {
    if (endpoint !== undefined) {
      return difference('chain', chain, endpointChainName(servicePortName, protocol, endpoint))
    }
    const names = Object.values(servicePortChainNames(servicePortName, protocol))
    const prefix = chain.slice(0, chain.lastIndexOf('-') + 1)
    return difference('chain', chain, names.find((name) => name.startsWith(prefix)) ?? null)
  })
}

/** `nft-chain-names.json` */
export interface RawNftChainNameCase {
  readonly namespace: string
  readonly service: string
  readonly port: string
  readonly protocol: string
  readonly endpoint?: string
  readonly nameBase: string
}

/** The part that names of nftables chains have in common. */
export function runNftChainNameCase(each: RawNftChainNameCase): CaseResult {
  return guarded(each.nameBase, () => difference('name', each.nameBase, nftablesNameBase(each)))
}

/** `probability.json` */
export interface RawProbabilityCase {
  readonly endpointsLeft: number
  readonly text: string
}

/** The text of a chance of one in some. */
export function runProbabilityCase({ endpointsLeft, text }: RawProbabilityCase): CaseResult {
  return guarded(`1 of ${endpointsLeft}`, () => difference('text', text, probabilityText(endpointsLeft)))
}

/** `static-chains.json` */
export interface RawStaticChainCase {
  readonly table: string
  readonly chain: string
  readonly options: Readonly<Record<string, unknown>>
  readonly rules: readonly string[]
}

const STATIC_OPTIONS = ['iptablesHasRandomFully', 'conntrackTCPBeLiberal', 'nfacct']

/** The rules of a chain that does not depend on Services. */
export function runStaticChainCase({ table, chain, options, rules }: RawStaticChainCase): CaseResult {
  return guarded(`${chain} with ${JSON.stringify(options)}`, () => {
    const unknown = Object.keys(options).filter((key) => !STATIC_OPTIONS.includes(key))
    const node = { name: 'test-node' }
    const tables = iptablesRules([], nodeInfo(node), {
      ...proxyOptions(node),
      isMasqueradeFullyRandom: options.iptablesHasRandomFully === true,
      isConntrackLiberal: options.conntrackTCPBeLiberal === true,
      hasNfacct: options.nfacct === true,
    })
    const written = tables.find((each) => each.name === table)?.chains.find((each) => each.name === chain)
    const lines = (written?.rules ?? []).map((rule) => printRule(chain, rule, 'written'))
    return [
      ...unknown.map((key) => `option "${key}" is not understood`),
      ...difference('rules', rules, lines),
    ]
  })
}
