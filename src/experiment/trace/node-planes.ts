/** The rules of every node of a trace, each made when the packet first comes there. */
import { InputError } from '../../base/diagnostics.js'
import type { Cluster, ClusterNode } from '../../kubernetes/cluster.js'
import { checkTable } from '../../netfilter/iptables/check-table.js'
import { parseTables } from '../../netfilter/iptables/iptables-save.js'
import type { Table } from '../../netfilter/iptables/rule.js'
import type { FlowQuestion, RulesDump } from './flow-question.js'
import { foreignForm } from './foreign-dump.js'
import { nodeNamed, optionError } from './named-things.js'
import { generatedPlane, iptablesPlane, type NodePlane, type PlaneOptions } from './node-plane.js'

/** Jumps that may be nested; the kernel's nf_tables allows 16. */
const MAX_JUMP_DEPTH = 200

/** Rules that were given for a node. */
export interface GivenRules {
  readonly node: ClusterNode
  readonly file: string
  readonly tables: readonly Table[]
}

/**
 * Reads the rules that were given for nodes.
 *
 * @throws InputError NODE_UNKNOWN, USAGE if a node has two dumps; NF_SYNTAX and the like for a dump that can not be used
 */
export function givenRules(cluster: Cluster, { dumps }: FlowQuestion): readonly GivenRules[] {
  const given: GivenRules[] = []
  for (const dump of dumps) {
    const option = { option: '--rules', text: `${dump.node}=${dump.file}` }
    const node = nodeNamed(dump.node, cluster, option)
    if (given.some((each) => each.node === node))
      throw optionError('USAGE', option, `The node "${dump.node}" has two dumps`)
    given.push({ node, file: dump.file, tables: readDump(dump) })
  }
  return given
}

/** The rules of each node. */
export function nodePlanes(
  cluster: Cluster,
  given: readonly GivenRules[],
  options: PlaneOptions,
): (node: ClusterNode) => NodePlane {
  const planes = new Map<ClusterNode, NodePlane>()
  return (node) => {
    const known = planes.get(node)
    if (known !== undefined) return known
    const own = given.find((each) => each.node.index === node.index)
    const plane =
      own === undefined
        ? generatedPlane(cluster.nodeRules[node.index], node, options)
        : iptablesPlane(own.tables, node, own.file, options)
    planes.set(node, plane)
    return plane
  }
}

/**
 * The tables of a dump, with what is not modelled in them.
 *
 * @throws InputError NF_UNSUPPORTED for what nft, ipvsadm and the like print; NF_SYNTAX, and as `checkTable`
 */
export function readDump({ text, file }: Pick<RulesDump, 'text' | 'file'>): readonly Table[] {
  const foreign = foreignForm(text)
  if (foreign !== undefined)
    throw dumpError('NF_UNSUPPORTED', `"${file}" is what ${foreign.program} prints`, foreign.hint)
  const tables = parseTables(text, file, { isLenient: true })
  if (tables.length === 0) throw dumpError('NF_SYNTAX', `"${file}" holds no table of iptables`)
  const depth = Math.max(...tables.map((table) => checkTable(table)))
  if (depth > MAX_JUMP_DEPTH) throw dumpError('FLOW_TOO_LONG', `"${file}" nests jumps ${depth} deep`)
  return tables
}

function dumpError(
  code: 'NF_SYNTAX' | 'NF_UNSUPPORTED' | 'FLOW_TOO_LONG',
  message: string,
  hint = 'give what `iptables-save` prints on the node',
): InputError {
  return new InputError([{ severity: 'error', code, message, hint }])
}
