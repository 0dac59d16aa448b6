import { describe, expect, it } from 'vitest'
import { CellTable, type SimulatedCell } from '../../../src/experiment/capacity/cell-table.js'

const cell = (rate: number, replicas: number, verdict: SimulatedCell['verdict']): SimulatedCell => ({
  rate,
  replicas,
  verdict,
})

describe('what is known of cells', () => {
  const table = new CellTable(
    [cell(0, 0, 'passed'), cell(1, 0, 'failed'), cell(1, 1, 'undecided'), cell(1, 2, 'passed')],
    [0, 0, 1],
  )

  it('is what was simulated', () => {
    expect(table.at(1, 1)).toEqual({ verdict: 'undecided', basis: 'simulated' })
  })

  it('follows from fewer replicas that pass at no lower a rate, and more that fail at no higher a one', () => {
    expect(table.at(0, 3)).toEqual({ verdict: 'passed', basis: 'implied' })
    expect(table.at(1, 3)).toEqual({ verdict: 'passed', basis: 'implied' })
    expect(table.at(2, 3)).toEqual({ verdict: 'undecided', basis: 'implied' })
  })

  it('is overload where the pods are asked for all that they can do', () => {
    expect(table.at(2, 0)).toEqual({ verdict: 'failed', basis: 'overloaded' })
  })

  it('is a failure for fewer replicas than those that failed', () => {
    const other = new CellTable([cell(0, 2, 'failed')], [0, 0])
    expect(other.at(1, 1)).toEqual({ verdict: 'failed', basis: 'implied' })
    expect(other.at(1, 3)).toEqual({ verdict: 'undecided', basis: 'implied' })
  })

  it('contradicts itself where more replicas fail at no higher a rate', () => {
    expect(table.isMonotone).toBe(true)
    expect(new CellTable([cell(1, 1, 'passed'), cell(0, 2, 'failed')], [0, 0]).isMonotone).toBe(false)
    expect(new CellTable([cell(0, 1, 'passed'), cell(1, 2, 'failed')], [0, 0]).isMonotone).toBe(true)
  })
})
