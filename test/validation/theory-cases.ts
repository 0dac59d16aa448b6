/** The cases of test/data/validation/theory.json, and when a figure passes. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { estimate } from '../../src/metrics/estimate.js'
import type { ReplicationMeasures } from '../../src/metrics/replication-collector.js'
import { units } from './queue-system.js'

export interface TheoryCase {
  readonly id: string
  readonly family: string
  // Parameters differ from family to family; each handler knows its own.
  readonly parameters: Readonly<Record<string, unknown>>
  readonly expected: Readonly<Record<string, number>>
  readonly tolerance: {
    readonly kind: string
    readonly mean?: number
    readonly percentile?: number
    readonly probability?: number
  }
}

const file = readFileSync(new URL('../data/validation/theory.json', import.meta.url), 'utf8')
const cases: TheoryCase[] = JSON.parse(file).cases

export function casesOf(...families: string[]): TheoryCase[] {
  return cases.filter(({ family }) => families.includes(family))
}

/** Asks a figure of every replication for its expected value, within a relative error or three standard errors. */
export function expectFigure(values: readonly (number | null)[], expected: number, relative: number): void {
  const { value, halfWidth95 } = estimate(values)
  const threeErrors = 1.5 * (halfWidth95 ?? 0)
  expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    Math.max(relative * expected, threeErrors),
  )
}

/** Rates of the case times this are arrivals per millisecond, so that one mean service takes about one millisecond. */
export function scaled(meanServiceTime: number) {
  return {
    rate: (arrivalRate: number) => arrivalRate * meanServiceTime,
    time: (caseTime: number) => units(caseTime / meanServiceTime),
    ns: (caseTime: number) => (caseTime / meanServiceTime) * 1e6,
  }
}

/** A figure of a run under the name that it has in the file. */
export interface QueueFigure {
  readonly of: (run: ReplicationMeasures) => number | null
  readonly isTime: boolean
  readonly tolerance: 'mean' | 'percentile' | 'probability'
}

/** A quantile of the response time, ns. */
export function quantile(ratio: number): QueueFigure {
  return {
    of: ({ calls }) => calls[0].responseTimes.quantileNs(ratio),
    isTime: true,
    tolerance: 'percentile',
  }
}

export const meanResponse: QueueFigure = {
  of: ({ calls }) => calls[0].responseTimes.meanNs(),
  isTime: true,
  tolerance: 'mean',
}

/** Busy servers over all servers, averaged over pods. */
export const utilisation: QueueFigure = {
  of: ({ totals }) =>
    totals.pods.reduce((sum, pod) => sum + pod.busyAreaNs / pod.serverCount, 0) /
    totals.pods.length /
    totals.windowNs,
  isTime: false,
  tolerance: 'mean',
}
