/** Long rows of rules that do not match, told by their number. */
import type { NodeStep, RuleStep } from './node-ways.js'

/**
 * Puts one step in the place of each row of more than `maxRunLength` steps that do not match and stand in one chain.
 *
 * @param maxRunLength - at least 1
 */
export function skipRuns(steps: readonly NodeStep[], maxRunLength: number): NodeStep[] {
  const shown: NodeStep[] = []
  let row: RuleStep[] = []
  const endRow = () => {
    const [first] = row
    if (row.length <= maxRunLength || first === undefined) shown.push(...row)
    else {
      const { table, chain, depth, number } = first
      shown.push({ kind: 'skipped', table, chain, depth, firstNumber: number, ruleCount: row.length })
    }
    row = []
  }
  for (const step of steps) {
    const isInRow = step.kind === 'rule' && step.result === 'noMatch'
    if (!isInRow || !isSameChain(step, row[0])) endRow()
    if (isInRow) row.push(step)
    else shown.push(step)
  }
  endRow()
  return shown
}

function isSameChain(step: RuleStep, first: RuleStep | undefined): boolean {
  return first === undefined || (step.chain === first.chain && step.depth === first.depth)
}
