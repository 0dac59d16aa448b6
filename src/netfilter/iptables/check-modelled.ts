/** Refuses what a simulation can not take its packets through: rules that were kept from a dump without being modelled. */
import { type Diagnostic, InputError } from '../../base/diagnostics.js'
import type { Chain, Table } from './rule.js'
import type { TableGraph } from './table-graph.js'

/** Errors that are listed: more would help nobody. */
const MAX_ERRORS = 100

/**
 * Checks the tables of a node.
 *
 * @throws InputError NF_UNSUPPORTED for every match and target that is not modelled, at most 100, and for every table
 *   but nat and filter that does anything to packets
 */
export function checkModelled(graphs: readonly TableGraph[]): void {
  const errors = graphs.flatMap((graph) =>
    isModelled(graph.table) ? ruleErrors(graph) : tableErrors(graph.table),
  )
  if (errors.length > 0) throw new InputError(errors.slice(0, MAX_ERRORS))
}

function isModelled({ name }: Table): boolean {
  return name === 'nat' || name === 'filter'
}

function ruleErrors({ table, shapes }: TableGraph): Diagnostic[] {
  return shapes.flatMap(({ unmodelled }, chain) =>
    unmodelled.map(
      ({ text, line }): Diagnostic => ({
        severity: 'error',
        code: 'NF_UNSUPPORTED',
        message: `line ${line}: "${text}" in chain "${table.chains[chain].name}" of table ${table.name} is not modelled`,
      }),
    ),
  )
}

function tableErrors({ name, chains }: Table): Diagnostic[] {
  const hasEffect = ({ policy, rules }: Chain) =>
    policy !== undefined && (policy === 'DROP' || rules.length > 0)
  if (!chains.some(hasEffect)) return []
  return [
    {
      severity: 'error',
      code: 'NF_UNSUPPORTED',
      message: `table "${name}" is not modelled`,
      hint: 'modelled are nat and filter',
    },
  ]
}
