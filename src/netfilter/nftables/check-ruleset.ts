/**
 * Checks that a table hangs together, as the kernel does when it is loaded, and says how deep its jumps go.
 *
 * Tables are made by this program, never read, so that whatever is wrong is a fault of ours. Stricter than the kernel in
 * one way: a loop of chains that no hook reaches is refused as well. Left out: at which hooks a verdict may stand.
 * Sources: Linux net/netfilter/nf_tables_api.c (nft_chain_validate), nf_tables.h (NFT_JUMP_STACK_SIZE).
 */
import { InvariantError } from '../../base/diagnostics.js'
import {
  isTimedSet,
  type MapVerdict,
  type NftAction,
  type NftChain,
  type NftMatch,
  type NftRule,
  type NftSet,
  type NftTable,
  type NftVerdict,
  type NftVerdictMap,
} from './ruleset.js'

/** Places to return to that the kernel keeps. Source: Linux include/net/netfilter/nf_tables.h. */
export const MAX_NESTED_JUMPS = 16

/** A table with its parts by name. */
export interface TableIndex {
  readonly chains: ReadonlyMap<string, NftChain>
  readonly sets: ReadonlyMap<string, NftSet>
  readonly maps: ReadonlyMap<string, NftVerdictMap>
}

/** @throws InvariantError if a name is used twice */
export function indexTable(table: NftTable): TableIndex {
  const index = { chains: byName(table.chains), sets: byName(table.sets), maps: byName(table.maps) }
  for (const name of index.maps.keys()) {
    if (index.sets.has(name)) throw new InvariantError('a set and a map of one name', { name })
  }
  return index
}

/**
 * Checks one table.
 *
 * @returns the most jumps that can be nested: how many places to return to there can be at once
 * @throws InvariantError if a name is used twice or is not known, a chain can reach itself, jumps are nested too deep, or
 *   a set or map holds what it can not
 * @remarks O(chains + rules + elements).
 */
export function checkTable(table: NftTable, index: TableIndex = indexTable(table)): number {
  for (const set of table.sets) checkSet(set)
  for (const map of table.maps) checkMap(map)
  for (const chain of table.chains) {
    for (const rule of chain.rules) for (const statement of rule.statements) checkStatement(statement, index)
  }
  const depths = new Map<NftChain, number | undefined>()
  const depth = table.chains.reduce((deepest, chain) => Math.max(deepest, depthOf(chain, index, depths)), 0)
  if (depth > MAX_NESTED_JUMPS) throw new InvariantError('jumps are nested too deep', { depth })
  return depth
}

function byName<T extends { readonly name: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  const index = new Map(things.map((thing) => [thing.name, thing]))
  if (index.size < things.length) throw new InvariantError('two things of one name in a table')
  return index
}

function checkSet(set: NftSet): void {
  const { name, flags, timeoutSeconds, elements } = set
  if (isTimedSet(set) !== (timeoutSeconds !== undefined)) {
    throw new InvariantError('a set has a timeout if and only if it has the flag', { name })
  }
  if (isTimedSet(set) && elements.length > 0) throw new InvariantError('a timed set has elements', { name })
  const isRange = elements.some(({ range }) => range.prefixLength < (range.family === 4 ? 32 : 128))
  if (isRange && !flags.includes('interval')) throw new InvariantError('a set holds a range', { name })
}

function checkMap({ name, key, elements }: NftVerdictMap): void {
  if (elements.some(({ address }) => (address !== undefined) !== (key === 'addressAndPort'))) {
    throw new InvariantError('a map holds a key of another form', { name })
  }
  const keys = new Set(elements.map(({ address, protocol, port }) => `${address} ${protocol} ${port}`))
  if (keys.size < elements.length) throw new InvariantError('a map holds a key twice', { name })
}

function checkStatement(statement: NftMatch | NftAction, { sets }: TableIndex): void {
  if (statement.kind !== 'addressInSet' && statement.kind !== 'updateSet') return
  const set = sets.get(statement.set)
  if (set === undefined) throw new InvariantError('no such set', { set: statement.set })
  if (statement.kind === 'updateSet' && !isTimedSet(set)) {
    throw new InvariantError('a rule updates a set that is not timed', { set: statement.set })
  }
}

/** Jumps that can be nested below a chain. In `depths` a chain that is being walked has no depth yet. */
function depthOf(chain: NftChain, index: TableIndex, depths: Map<NftChain, number | undefined>): number {
  const known = depths.get(chain)
  if (known !== undefined) return known
  if (depths.has(chain)) throw new InvariantError('a chain can reach itself', { chain: chain.name })
  depths.set(chain, undefined)
  let depth = 0
  for (const rule of chain.rules) {
    const jump = rule.verdict?.kind === 'jump' ? 1 : 0
    for (const callee of calleesOf(rule, index))
      depth = Math.max(depth, jump + depthOf(callee, index, depths))
  }
  depths.set(chain, depth)
  return depth
}

function calleesOf({ verdict }: NftRule, index: TableIndex): NftChain[] {
  return verdict === undefined ? [] : verdictsOf(verdict, index).flatMap((each) => calleeOf(each, index))
}

/** What a verdict can turn out to be. */
function verdictsOf(verdict: NftVerdict, { maps }: TableIndex): readonly (NftVerdict | MapVerdict)[] {
  if (verdict.kind === 'randomVerdict') return verdict.verdicts
  if (verdict.kind !== 'verdictMap') return [verdict]
  const map = maps.get(verdict.map)
  if (map?.key !== verdict.key) throw new InvariantError('no such map of this key', { map: verdict.map })
  return map.elements.map((element) => element.verdict)
}

function calleeOf(verdict: NftVerdict | MapVerdict, { chains }: TableIndex): NftChain[] {
  if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return []
  const chain = chains.get(verdict.chain)
  if (chain === undefined || chain.place !== undefined) {
    throw new InvariantError('no such chain to go to', { chain: verdict.chain })
  }
  return [chain]
}
