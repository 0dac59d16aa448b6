/** Sweeps with crossed factors, made by hand from the sample. */
import type { PointResult, Results } from '../../src/results/results-schema.js'
import { estimate, sampleCall, samplePoint, sampleSweep, spread } from '../results/sample-results.js'

/** The sample sweep with the table that its scenario asks for. */
export function crossedSweep(
  metrics: readonly string[] = ['stickiness.returnRatio'],
  call?: string,
): Results {
  const table = { columns: ['way in'], metrics: [...metrics], ...(call === undefined ? {} : { call }) }
  return sampleSweep({ sweep: { axes: ['replicas', 'way in'], table } })
}

/** Five ways in, without and with affinity, at 1, 2 and 4 replicas: ten lines. */
export function pairedSweep(): Results {
  const ways = ['ClusterIP', 'one NodePort', 'all NodePorts', 'LB round robin', 'LB source hash']
  const points = ways.flatMap((way, index) =>
    ['None', 'ClientIP'].flatMap((affinity) =>
      [1, 2, 4].map((replicas) =>
        pairedPoint(way, affinity, replicas, index % 2 === 0 && affinity === 'ClientIP'),
      ),
    ),
  )
  return sampleSweep({
    sweep: {
      axes: ['way in', 'affinity', 'replicas'],
      table: {
        columns: ['way in', 'affinity'],
        metrics: ['stickiness.returnRatio', 'stickiness.brokenSessions'],
      },
    },
    points,
  })
}

function pairedPoint(way: string, affinity: string, replicas: number, isSticky: boolean): PointResult {
  const { stickiness } = sampleCall()
  const counts = Array.from({ length: replicas }, (_, index) => 12_000 / replicas + 10 * (index % 2))
  const call = sampleCall({
    connections: spread(counts, {}, 'shop'),
    requests: spread(counts, {}, 'shop'),
    stickiness: {
      ...stickiness,
      returnRatio: estimate(isSticky ? 1 : 1 / replicas, isSticky || replicas === 1 ? 0 : 0.01),
      brokenSessions: estimate(isSticky || replicas === 1 ? 0 : 1, 0),
    },
  })
  return samplePoint({
    settings: [
      { axis: 'way in', value: way },
      { axis: 'affinity', value: affinity },
      { axis: 'replicas', value: String(replicas) },
    ],
    calls: [call],
  })
}
