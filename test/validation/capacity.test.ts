import { beforeAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { findCapacity } from '../../src/experiment/capacity/capacity.js'
import { type CapacityQuestion, planCapacity } from '../../src/experiment/capacity/capacity-plan.js'
import { parseRateGrid } from '../../src/experiment/capacity/rate-grid.js'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { runExperiment } from '../../src/experiment/run-experiment.js'
import type { CapacityResult } from '../../src/results/capacity-schema.js'
import { readResults, resultsToJson } from '../../src/results/results-json.js'
import type { Results } from '../../src/results/results-schema.js'
import { shopInputs } from '../experiment/inputs.js'

/** A shop of which a pod serves 660 requests a second at most, as each of its four servers is held for 6 ms. */
const inputs = (...more: string[]) => ({
  ...shopInputs({ settings: ['warmUp=200ms', 'horizon=1200ms', 'pods.web.queueCapacity=64', ...more] }),
  thresholds: [{ text: 'client.browsers.p99 < 100ms' }, { text: 'client.browsers.errors < 1%' }],
})

const question: CapacityQuestion = {
  client: 'browsers',
  rates: parseRateGrid('300..1500/s', '400/s') ?? [],
  detailsAt: { text: '700/s', perSec: 700 },
  replicas: [1, 2, 3, 4, 5],
  maxReplications: 12,
}

let results: Results
let capacity: CapacityResult

beforeAll(async () => {
  results = await findCapacity(planCapacity(inputs(), question))
  if (results.capacity === undefined) throw new Error('no capacity')
  capacity = results.capacity
}, 120_000)

const settingsAt = (point: number) => results.points[point]?.settings.map(({ value }) => value)

describe('capacity', () => {
  it('is what single runs say', async () => {
    const { cells } = capacity
    for (const { ratePerSec, replicas, verdict, basis } of cells.filter(
      (cell) => cell.basis !== 'overloaded',
    )) {
      const plan = loadExperiment({
        ...inputs(
          `clients.browsers.arrivals.rate=${ratePerSec}/s`,
          `web.replicas=${replicas}`,
          'replications=6',
        ),
        axes: [],
      })
      const [{ thresholds = [] }] = (await runExperiment(plan)).points
      const verdicts = thresholds.map((each) => each.verdict)
      // What six replications decide, twelve do not undo here; what is implied was not run at all.
      if (verdicts.every((each) => each === 'passed'))
        expect([ratePerSec, replicas, verdict]).toEqual([ratePerSec, replicas, 'passed'])
      if (verdicts.includes('failed')) expect([basis, verdict]).toEqual([basis, 'failed'])
    }
  })

  it('names the fields that vary, and has every cell', () => {
    expect(capacity).toMatchObject({
      client: 'browsers',
      service: 'web',
      port: 80,
      workload: 'web',
      ratePath: 'clients.browsers.arrivals.rate',
      replicasPath: 'replicas.web',
      objectives: ['client.browsers.responseTime.p99 < 100ms', 'client.browsers.errors < 1%'],
      rates: [300, 700, 1100, 1500],
      isMonotone: true,
    })
    expect(capacity.cells).toHaveLength(4 * 5)
    expect(results.sweep?.axes).toEqual([capacity.ratePath, capacity.replicasPath, 'case'])
  })

  it('takes as many replicas as the load, or more', () => {
    const least = capacity.leastReplicas.map((row) => row.replicas)
    expect(least).toEqual([...least].sort())
    for (const [index, { saturatedPerSec }] of capacity.greatestRates.entries())
      expect(saturatedPerSec).toBeCloseTo(((index + 1) * 4) / 0.006 - 20, 6)
    for (const { ratePerSec, replicas, point } of capacity.leastReplicas) {
      expect(ratePerSec + 20).toBeLessThan(((replicas ?? 0) * 4) / 0.006)
      expect(settingsAt(point ?? -1)).toEqual([`${ratePerSec}/s`, String(replicas), 'as written'])
    }
  })

  it('turns the table round for rates', () => {
    const isOnGrid = (rate: number | null) => rate !== null && capacity.rates.includes(rate)
    for (const { replicas, holdsPerSec, failsPerSec } of capacity.greatestRates) {
      const verdictAt = (rate: number | null) =>
        capacity.cells.find((cell) => cell.ratePerSec === rate && cell.replicas === replicas)?.verdict
      if (isOnGrid(holdsPerSec)) expect(verdictAt(holdsPerSec)).toBe('passed')
      if (isOnGrid(failsPerSec)) expect(verdictAt(failsPerSec)).not.toBe('passed')
    }
  })

  it('seeks the end of what the number of the details carries between two rates of the grid', () => {
    const { ratePerSec, replicas } = capacity.details
    const row = capacity.leastReplicas.find((each) => each.ratePerSec === ratePerSec)
    const [holds, fails] = [row?.greatestRatePerSec ?? 0, row?.failsPerSec ?? 0]
    // Steps of 50/s in those of 400/s.
    expect(fails - holds).toBe(50)
    const verdictsAt = (rate: number) => {
      const point = results.points.find(
        ({ settings }) => settings.map(({ value }) => value).join(' ') === `${rate}/s ${replicas} as written`,
      )
      return (point?.thresholds ?? []).map(({ verdict }) => verdict)
    }
    if (holds > ratePerSec) expect(new Set(verdictsAt(holds))).toEqual(new Set(['passed']))
    expect(verdictsAt(fails).some((verdict) => verdict !== 'passed')).toBe(true)
  })

  it('holds alternatives against the Service as written, on the same random numbers', () => {
    expect(capacity.alternatives.map(({ name }) => name)).toEqual([
      'as written',
      'sessionAffinity: ClientIP',
      'externalTrafficPolicy: Local',
      'proxy mode: nftables',
      'proxy mode: ipvs',
    ])
    const [written, sticky] = capacity.alternatives
    expect(written?.points.map(({ replicas }) => replicas)).toEqual(
      sticky?.points.map(({ replicas }) => replicas),
    )
    for (const { replicas, point, meanChange } of sticky?.points ?? []) {
      expect(settingsAt(point)).toEqual(['700/s', String(replicas), 'sessionAffinity: ClientIP'])
      const before = written?.points.find((each) => each.replicas === replicas)
      const mean = (at: number | undefined) =>
        results.points[at ?? -1]?.calls.find(({ caller }) => caller === 'browsers')?.responseTime.mean
          .value ?? 0
      // Where both have as many replications, the mean of differences is the difference of means.
      if (results.points[before?.point ?? -1]?.replications === undefined)
        expect(meanChange?.value).toBeCloseTo(mean(point) - mean(before?.point), 3)
    }
  })

  it('tells what a loss takes: redis has its only pod on one node, browsers come in by all', () => {
    const kinds = capacity.losses.map(({ kind }) => kind)
    expect(kinds).toEqual(['pod', 'node', 'node', 'node', 'zone', 'zone'])
    const [pod] = capacity.losses
    expect(pod).toMatchObject({ name: 'web-0', takes: ['web-0'], lastPods: [] })
    expect(pod?.replicas).toBeGreaterThan(capacity.details.replicas ?? 99)
    const nodes = capacity.losses.filter(({ kind }) => kind === 'node')
    expect(nodes.filter(({ lastPods }) => lastPods.includes('redis'))).toHaveLength(1)
    for (const { name, entryNodes, replicas } of nodes)
      expect([name, entryNodes, replicas]).toEqual([name, [name], null])
  })

  it('warns of points at which requests hang, and does not call them passed', () => {
    // Browsers wait for 30 s for an answer from a lost node, and the run takes 1.2 s.
    expect(results.warnings.map(({ code }) => code)).toContain('REQUESTS_HANG')
  })

  it('takes clients inside to the nodes that are left', async () => {
    const rates = [{ text: '100/s', perSec: 100 }]
    const asked = { ...question, client: 'batch', rates, replicas: [3, 4], detailsAt: rates[0] }
    const given = {
      ...inputs('clients.batch.timeout=200ms'),
      thresholds: [{ text: 'client.batch.errors < 1%' }],
    }
    const { capacity: answer } = await findCapacity(planCapacity(given, asked))
    const nodes = answer?.losses.filter(({ kind }) => kind === 'node') ?? []
    expect(nodes).toHaveLength(3)
    // But for the node of redis, nothing is missed: two thirds of the callers would be left where they all stayed.
    for (const { lastPods, entryNodes, replicas } of nodes)
      expect([entryNodes, replicas === null]).toEqual([[], lastPods.includes('redis')])
  })

  it('says what formulas say, with the needs that were measured', () => {
    const { formulas } = capacity
    // 5 ms and a call to redis of 1 ms and a little.
    expect((formulas?.holdingNs ?? 0) / 1e6).toBeGreaterThan(6)
    expect((formulas?.holdingNs ?? 0) / 1e6).toBeLessThan(9)
    expect(formulas?.objective).toBe('client.browsers.responseTime.p99 < 100ms')
    for (const { ratePerSec, usual, pooled, split } of formulas?.rows ?? []) {
      expect(usual).toBe(Math.ceil((ratePerSec * (formulas?.holdingNs ?? 0)) / 1e9 / 0.7 / 4))
      expect(pooled).toBeLessThanOrEqual(split ?? 0)
    }
  })

  it('orders what limits first', () => {
    const uses = capacity.limits.map(({ use }) => use)
    expect(uses).toEqual([...uses].sort((left, right) => right - left))
    expect(capacity.limits.map(({ resource, name }) => `${resource} ${name}`)).toContain('pods web')
    for (const { use, fullPerSec } of capacity.limits)
      if (use > 0) expect((fullPerSec ?? 0) * use).toBeCloseTo(700, 6)
  })

  it('is the same bytes again, keeps to the schema, and has no figures of single replications', async () => {
    const again = await findCapacity(planCapacity(inputs(), question))
    expect(resultsToJson(again)).toBe(resultsToJson(results))
    expect(readResults(resultsToJson(results), 'x')).toEqual(results)
    expect(results.points.some(({ perReplication }) => perReplication !== undefined)).toBe(false)
  })
})

describe('a question about capacity', () => {
  const errorsOf = (changed: Partial<CapacityQuestion>) => {
    const { client: _, ...rest } = question
    try {
      planCapacity(inputs(), { ...rest, ...changed })
      return []
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return error.diagnostics.map(({ message, hint }) => `${message}; ${hint}`)
    }
  }

  it('needs a client group where there are several', () => {
    expect(errorsOf({})).toEqual([
      'the rate of which client group varies is not said; give --client with one of browsers, batch',
    ])
    expect(errorsOf({ client: 'browser' })).toEqual([
      'There is no client group "browser"; did you mean "browsers"?',
    ])
  })

  it('needs a workload that the Service leads to', () => {
    expect(errorsOf({ client: 'batch', workload: 'redis' })).toEqual([
      'There is no workload behind Service "web" "redis"; there are web',
    ])
  })

  it('leaves losses out where the scenario has events of its own', async () => {
    const events = [{ path: 'events', value: [{ at: '1s', kind: 'scale', workload: 'web', replicas: 3 }] }]
    const given = { ...inputs(), settings: [...inputs().settings, ...events] }
    const { capacity: answer } = await findCapacity(
      planCapacity(given, {
        ...question,
        rates: [{ text: '300/s', perSec: 300 }],
        replicas: [2],
        detailsAt: { text: '300/s', perSec: 300 },
      }),
    )
    expect(answer?.losses).toEqual([])
    expect(answer?.leftOut).toEqual(['Losses are not told: the scenario has events of its own.'])
  })

  it('is warned of tables of connections that fill up after the run', async () => {
    const rates = [{ text: '300/s', perSec: 300 }]
    const asked = { ...question, rates, replicas: [2], detailsAt: rates[0] }
    const small = inputs('limits.conntrackPerCpu=1', 'limits.conntrackLeast=5000')
    const { capacity: answer, warnings } = await findCapacity(planCapacity(small, asked))
    expect(warnings.map(({ code }) => code)).toContain('TABLE_STILL_FILLS')
    // A node takes a third of 300 /s at least, and no node more than all that come and all that go on to redis.
    const [{ connectionsUse }] = answer?.leastReplicas ?? [{ connectionsUse: 0 }]
    expect(connectionsUse).toBeGreaterThan((300 / 3) * (120 / 5_000))
    expect(connectionsUse).toBeLessThan((300 + 320) * (120 / 5_000))
    expect(answer?.limits[0]).toMatchObject({ resource: 'connections', isExtrapolated: true })
  })

  it('knows CPU limits: servers wait, and the CPU is what is used', async () => {
    const rates = [{ text: '300/s', perSec: 300 }]
    const asked = { ...question, rates, replicas: [3, 4], detailsAt: rates[0] }
    const { capacity: answer } = await findCapacity(planCapacity(inputs('pods.web.cpuLimit=750m'), asked))
    // (300 + 20)/s of 5 ms each: 1.6 CPUs, of 0.75 in each pod.
    const cpus = 0.75 * (answer?.details.replicas ?? 0)
    const [pods] = answer?.limits.filter(({ resource, name }) => resource === 'pods' && name === 'web') ?? []
    expect(pods?.use).toBeGreaterThan(1.6 / cpus)
    expect(pods?.use).toBeLessThan((1.2 * 1.6) / cpus)
    // One server, for 5 ms / 0.75.
    expect(answer?.formulas).toMatchObject({ isCpuBound: true, serversPerPod: 1 })
    expect((answer?.formulas?.holdingNs ?? 0) / 1e6).toBeCloseTo(5 / 0.75, 0)
    expect(answer?.formulas?.rows[0]?.usual).toBe(3)
  })

  it('is answered with nothing where nothing is enough', async () => {
    const { capacity: answer } = await findCapacity(
      planCapacity(
        { ...inputs(), thresholds: [{ text: 'client.browsers.p99 < 1ms' }] },
        { ...question, replicas: [2, 3], maxReplications: 6 },
      ),
    )
    expect(answer?.details.replicas).toBeNull()
    expect(answer?.leastReplicas.every(({ replicas }) => replicas === null)).toBe(true)
    expect(answer?.leftOut).toEqual(['Losses are not told: nothing keeps the objectives without one.'])
    expect(answer?.alternatives[0]?.points.length).toBeGreaterThan(0)
  })
})
