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
import type { Chain, HookName, Rule, Table, TableName, Target } from './rule.js'

/** The hooks, in the order of `RuleProgram.entries`. */
export const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const satisfies HookName[]

/** The hooks at which each table has a chain. Source: Linux iptable_nat.c, iptable_filter.c. */
export const HOOKS_OF_TABLE: Readonly<Record<TableName, readonly HookName[]>> = {
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
}

/** Where each target that is not free to stand anywhere may stand. */
const PLACES: Partial<Record<Target['kind'], { table: TableName; hooks: readonly HookName[] }>> = {
  DNAT: { table: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  MASQUERADE: { table: 'nat', hooks: ['POSTROUTING'] },
  REJECT: { table: 'filter', hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
}

/** Chains that an error message names of a longer loop. */
const MAX_LOOP_NAMES = 10

/** A chain and the chains that it jumps to, with what the walk over them has found. */
interface ChainNode {
  readonly chain: Chain
  readonly callees: ChainNode[]
  readonly callers: ChainNode[]
  /** Hooks that can lead here. */
  readonly hooks: Set<HookName>
  /** Callers not yet walked. */
  waitingFor: number
  /** Most jumps between a hook's chain and this one. */
  depth: number
}

/**
 * Checks one table.
 *
 * @returns the most jumps that can be nested: how many places to return to there can be at once
 * @throws InputError NF_CHAIN_UNKNOWN, NF_CHAIN_LOOP or NF_TARGET_MISPLACED: every such error of the table, but at most
 *   one loop
 * @throws InvariantError if two chains have one name, or a chain has a policy that is not built in, or the reverse
 * @remarks O(chains + rules); does not recurse, so no table is too deep.
 */
export function checkTable(table: Table): number {
  const errors: Diagnostic[] = []
  const nodes = linkChains(table, errors)
  const walked = walkCallersFirst(nodes)
  if (walked.length < nodes.length) errors.push(loopError(table, nodes))
  for (const node of walked) checkTargets(table, node, errors)
  if (errors.length > 0) throw new InputError(errors)
  return walked.reduce((deepest, node) => Math.max(deepest, node.depth), 0)
}

function linkChains(table: Table, errors: Diagnostic[]): ChainNode[] {
  const byName = new Map<string, ChainNode>()
  for (const chain of table.chains) {
    checkChain(table, chain, byName)
    byName.set(chain.name, { chain, callees: [], callers: [], hooks: new Set(), waitingFor: 0, depth: 0 })
  }
  for (const caller of byName.values()) {
    for (const rule of caller.chain.rules) {
      const name = jumpedTo(rule)
      if (name === undefined) continue
      const callee = byName.get(name)
      if (callee === undefined || callee.chain.policy !== undefined) {
        errors.push(unknownChainError(table, caller.chain, name))
        continue
      }
      caller.callees.push(callee)
      callee.callers.push(caller)
      callee.waitingFor += 1
    }
  }
  return [...byName.values()]
}

function checkChain(table: Table, chain: Chain, byName: ReadonlyMap<string, ChainNode>): void {
  const context = { table: table.name, chain: chain.name }
  const isBuiltIn = HOOKS_OF_TABLE[table.name].some((hook) => hook === chain.name)
  if (isBuiltIn !== (chain.policy !== undefined)) {
    throw new InvariantError('a chain has a policy if and only if it is built in', context)
  }
  if (byName.has(chain.name)) throw new InvariantError('two chains of one name', context)
}

function jumpedTo(rule: Rule): string | undefined {
  return rule.target.kind === 'jump' || rule.target.kind === 'goto' ? rule.target.chain : undefined
}

/** Every chain after all its callers (Kahn's algorithm); what is in a loop, or behind one, is left out. */
function walkCallersFirst(nodes: readonly ChainNode[]): ChainNode[] {
  const walked = nodes.filter((node) => node.waitingFor === 0)
  // The list grows while it is walked.
  for (const node of walked) {
    const hook = HOOKS.find((name) => node.chain.policy !== undefined && name === node.chain.name)
    if (hook !== undefined) node.hooks.add(hook)
    for (const callee of node.callees) {
      for (const each of node.hooks) callee.hooks.add(each)
      callee.depth = Math.max(callee.depth, node.depth + 1)
      callee.waitingFor -= 1
      if (callee.waitingFor === 0) walked.push(callee)
    }
  }
  return walked
}

function checkTargets(table: Table, node: ChainNode, errors: Diagnostic[]): void {
  const reported = new Set<string>()
  for (const { target } of node.chain.rules) {
    const place = PLACES[target.kind]
    if (place === undefined || reported.has(target.kind)) continue
    const isAllowed =
      table.name === place.table && [...node.hooks].every((hook) => place.hooks.includes(hook))
    if (isAllowed) continue
    reported.add(target.kind)
    errors.push({
      severity: 'error',
      code: 'NF_TARGET_MISPLACED',
      message: `${target.kind} stands in chain "${node.chain.name}" of table ${table.name}${reachedFrom(node)}`,
      hint: `it is allowed in table ${place.table} at ${place.hooks.join(', ')} only`,
    })
  }
}

function reachedFrom(node: ChainNode): string {
  return node.hooks.size === 0 ? '' : `, which is reached from ${[...node.hooks].join(', ')}`
}

function unknownChainError(table: Table, caller: Chain, name: string): Diagnostic {
  return {
    severity: 'error',
    code: 'NF_CHAIN_UNKNOWN',
    message: `chain "${caller.name}" jumps to "${name}", which is no user-defined chain of table ${table.name}`,
  }
}

function loopError(table: Table, nodes: readonly ChainNode[]): Diagnostic {
  const loop = findLoop(nodes)
  const names = loop.slice(0, MAX_LOOP_NAMES).map((node) => `"${node.chain.name}"`)
  if (loop.length > names.length) names.push('…')
  return {
    severity: 'error',
    code: 'NF_CHAIN_LOOP',
    message: `chain ${names.join(' jumps to ')} in table ${table.name}`,
  }
}

/** A loop among the chains that could not be walked: each of them waits for a caller, so going back must come round. */
function findLoop(nodes: readonly ChainNode[]): ChainNode[] {
  const path: ChainNode[] = []
  const seen = new Set<ChainNode>()
  let node = nodes.find((each) => each.waitingFor > 0)
  while (node !== undefined && !seen.has(node)) {
    seen.add(node)
    path.push(node)
    node = node.callers.find((caller) => caller.waitingFor > 0)
  }
  if (node === undefined) throw new InvariantError('a chain waits for no caller')
  return [node, ...path.slice(path.indexOf(node)).reverse()]
}
