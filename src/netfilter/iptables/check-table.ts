/**
 * Checks a table as the kernel checks it when it is loaded, and says how deep its jumps go.
 *
 * Refused: jumps to chains that are not there, chains that can reach themselves, and targets outside the hooks or the
 * table where the kernel allows them. Stricter than iptables-legacy in one way: a loop that no hook reaches is refused
 * as well, as iptables-nft does. Left out: nf_tables' limit of 16 nested jumps.
 * Sources: Linux net/ipv4/netfilter/ip_tables.c (mark_source_chains), net/netfilter/xt_nat.c, xt_MASQUERADE.c,
 * ipt_REJECT.c (hooks and tables of each target).
 */
import { type Diagnostic, InputError, InvariantError } from '../../base/diagnostics.js'
import { ChainStore, type PlacedTargetKind } from './chain-store.js'
import { HOOKS, type HookName, type Table, type TableName } from './rule.js'
import { type TableGraph, tableGraph, UNKNOWN_CHAIN } from './table-graph.js'

/** Where a target may stand. */
interface TargetPlace {
  readonly table: TableName
  readonly hooks: readonly HookName[]
  /** The hooks as bits in the order of `HOOKS`. */
  readonly hookBits: number
}

/** Where each target that is not free to stand anywhere may stand. */
const PLACES: Readonly<Record<PlacedTargetKind, TargetPlace>> = {
  DNAT: placeAt('nat', ['PREROUTING', 'OUTPUT']),
  MASQUERADE: placeAt('nat', ['POSTROUTING']),
  REJECT: placeAt('filter', ['INPUT', 'FORWARD', 'OUTPUT']),
}

/** Chains that an error message names of a longer loop. */
const MAX_LOOP_NAMES = 10

/** What a walk over the chains, callers first, has found; by chain where it is an array. */
interface ChainWalk {
  /** Chains walked: all but those in a loop or behind one. */
  readonly walked: Int32Array
  readonly walkedCount: number
  /** Hooks that can lead there, as bits in the order of `HOOKS`. */
  readonly hooks: Uint8Array
  /** Jumps to it from chains not walked; 0 for a chain that was walked itself. */
  readonly waitingFor: Int32Array
  /** Most jumps between a hook's chain and this one, over all chains. */
  readonly depth: number
}

/**
 * Checks one table.
 *
 * @returns the most jumps that can be nested: how many places to return to there can be at once
 * @throws InputError NF_CHAIN_UNKNOWN, NF_CHAIN_LOOP or NF_TARGET_MISPLACED: every such error of the table, but at most
 *   one loop
 * @throws InvariantError as `tableGraph`
 * @remarks O(chains + rules); does not recurse, so no table is too deep.
 */
export function checkTable(table: Table): number {
  return checkGraph(tableGraph(table, new ChainStore()))
}

/** As `checkTable`, of a table that is linked already. O(chains + jumps). */
export function checkGraph(graph: TableGraph): number {
  const walk = walkCallersFirst(graph)
  const errors = [
    ...unknownChainErrors(graph),
    ...(walk.walkedCount < graph.shapes.length ? [loopError(graph, walk)] : []),
    ...targetErrors(graph, walk),
  ]
  if (errors.length > 0) throw new InputError(errors)
  return walk.depth
}

/** Walks every chain after all its callers (Kahn's algorithm). */
function walkCallersFirst(graph: TableGraph): ChainWalk {
  const { shapes, chainOfName } = graph
  const hooks = hooksOfBuiltInChains(graph)
  const waitingFor = callerCounts(graph)
  const depths = new Int32Array(shapes.length)
  // The list of chains to walk, and of those walked, in one.
  const walked = new Int32Array(shapes.length)
  let listed = 0
  for (let chain = 0; chain < shapes.length; chain += 1) {
    if (waitingFor[chain] === 0) walked[listed++] = chain
  }
  let depth = 0
  for (let walkedCount = 0; walkedCount < listed; walkedCount += 1) {
    const caller = walked[walkedCount]
    depth = Math.max(depth, depths[caller])
    for (const name of shapes[caller].callees) {
      const callee = chainOfName[name]
      if (callee === UNKNOWN_CHAIN) continue
      hooks[callee] |= hooks[caller]
      depths[callee] = Math.max(depths[callee], depths[caller] + 1)
      waitingFor[callee] -= 1
      if (waitingFor[callee] === 0) walked[listed++] = callee
    }
  }
  return { walked, walkedCount: listed, hooks, waitingFor, depth }
}

/** By chain: jumps to it. */
function callerCounts({ shapes, chainOfName }: TableGraph): Int32Array {
  const counts = new Int32Array(shapes.length)
  for (const { callees } of shapes) {
    for (const name of callees) if (chainOfName[name] !== UNKNOWN_CHAIN) counts[chainOfName[name]] += 1
  }
  return counts
}

function hooksOfBuiltInChains({ table }: TableGraph): Uint8Array {
  const hooks = new Uint8Array(table.chains.length)
  for (const [number, { name, policy }] of table.chains.entries()) {
    if (policy !== undefined) hooks[number] = hookBit(name)
  }
  return hooks
}

function unknownChainErrors({ table, store, shapes, chainOfName }: TableGraph): Diagnostic[] {
  const errors: Diagnostic[] = []
  for (const [caller, { callees }] of shapes.entries()) {
    for (const name of callees) {
      if (chainOfName[name] !== UNKNOWN_CHAIN) continue
      errors.push({
        severity: 'error',
        code: 'NF_CHAIN_UNKNOWN',
        message: `chain "${table.chains[caller].name}" jumps to "${store.nameOf(name)}", which is no user-defined chain of table ${table.name}`,
      })
    }
  }
  return errors
}

function targetErrors({ table, shapes }: TableGraph, walk: ChainWalk): Diagnostic[] {
  const errors: Diagnostic[] = []
  for (let index = 0; index < walk.walkedCount; index += 1) {
    const chain = walk.walked[index]
    for (const kind of shapes[chain].placedTargets) {
      const place = PLACES[kind]
      if (table.name === place.table && (walk.hooks[chain] & ~place.hookBits) === 0) continue
      const reachedFrom = HOOKS.filter((hook) => (walk.hooks[chain] & hookBit(hook)) !== 0).join(', ')
      errors.push({
        severity: 'error',
        code: 'NF_TARGET_MISPLACED',
        message:
          `${kind} stands in chain "${table.chains[chain].name}" of table ${table.name}` +
          (reachedFrom === '' ? '' : `, which is reached from ${reachedFrom}`),
        hint: `it is allowed in table ${place.table} at ${place.hooks.join(', ')} only`,
      })
    }
  }
  return errors
}

function placeAt(table: TableName, hooks: readonly HookName[]): TargetPlace {
  return { table, hooks, hookBits: hooks.reduce((bits, hook) => bits | hookBit(hook), 0) }
}

function hookBit(hook: string): number {
  return 1 << (HOOKS as readonly string[]).indexOf(hook)
}

function loopError(graph: TableGraph, walk: ChainWalk): Diagnostic {
  const loop = findLoop(graph, walk)
  const names = loop.slice(0, MAX_LOOP_NAMES).map((chain) => `"${graph.table.chains[chain].name}"`)
  if (loop.length > names.length) names.push('…')
  return {
    severity: 'error',
    code: 'NF_CHAIN_LOOP',
    message: `chain ${names.join(' jumps to ')} in table ${graph.table.name}`,
  }
}

/** A loop among the chains that could not be walked: each of them waits for a caller, so going back must come round. */
function findLoop(graph: TableGraph, { waitingFor }: ChainWalk): number[] {
  const callerOf = waitingCallers(graph, waitingFor)
  const path: number[] = []
  const seen = new Set<number>()
  let chain: number | undefined = waitingFor.findIndex((count) => count > 0)
  while (chain !== undefined && !seen.has(chain)) {
    seen.add(chain)
    path.push(chain)
    chain = callerOf.get(chain)
  }
  if (chain === undefined) throw new InvariantError('a chain waits for no caller')
  return [chain, ...path.slice(path.indexOf(chain)).reverse()]
}

/** For each chain that could not be walked its first caller that could not be either. */
function waitingCallers(
  { shapes, chainOfName }: TableGraph,
  waitingFor: Int32Array,
): ReadonlyMap<number, number> {
  const callerOf = new Map<number, number>()
  for (const [caller, { callees }] of shapes.entries()) {
    if (waitingFor[caller] === 0) continue
    for (const name of callees) {
      if (!callerOf.has(chainOfName[name])) callerOf.set(chainOfName[name], caller)
    }
  }
  return callerOf
}
