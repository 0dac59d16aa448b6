/** Threads, as the built program: the same bytes as inline, and what goes wrong in them. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError, InvariantError } from '../../../src/base/diagnostics.js'
import { AdaptiveExecutor } from '../../../src/experiment/executors/adaptive-executor.js'
import { ThreadExecutor } from '../../../src/experiment/executors/thread-executor.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import type { ExperimentPlan } from '../../../src/experiment/plan.js'
import { planExperiment } from '../../../src/experiment/plan-experiment.js'
import { recordWorkload } from '../../../src/experiment/record-workload.js'
import { type ExperimentProgress, runExperiment } from '../../../src/experiment/run-experiment.js'
import { runTasks } from '../../../src/experiment/run-tasks.js'
import type { ReplicationMeasures } from '../../../src/metrics/replication-collector.js'
import { resultsToJson } from '../../../src/results/results-json.js'
import { shopInputs } from '../inputs.js'
import { assertBuilt, WORKER_FILE } from './built.js'

const sweep = () =>
  loadExperiment(shopInputs({ settings: ['replications=3'], axes: ['web.replicas=1,2,3,4'] }))

let folder: string

beforeAll(() => {
  assertBuilt()
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-threads-'))
})

afterAll(() => fs.rmSync(folder, { recursive: true }))

async function bytesOf(plan: ExperimentPlan, executor?: ThreadExecutor | AdaptiveExecutor): Promise<string> {
  return resultsToJson(await runExperiment(plan, { executor }))
}

/** Runs in threads that are given back in the end. */
async function inThreads<T>(
  count: number,
  action: (executor: ThreadExecutor) => Promise<T>,
  workerFile: URL = WORKER_FILE,
): Promise<T> {
  const executor = new ThreadExecutor(count, workerFile)
  try {
    return await action(executor)
  } finally {
    await executor.close()
  }
}

/** A program of a thread in place of the real one. */
function threadProgram(name: string, source: string): URL {
  const file = path.join(folder, `${name}.mjs`)
  fs.writeFileSync(file, source.replaceAll('REAL', WORKER_FILE.href))
  return pathToFileURL(file)
}

describe('threads', () => {
  test.each([1, 2, 3, 8])('%i give the bytes that inline gives', async (count) => {
    const plan = sweep()
    expect(await inThreads(count, (executor) => bytesOf(plan, executor))).toBe(await bytesOf(plan))
  })

  test('that have forgotten a point and its rules get them again', async () => {
    const plan = loadExperiment(shopInputs({ axes: ['web.replicas=1..6'] }))
    const tasks = [0, 1].flatMap((replication) => plan.points.map((_, point) => ({ point, replication })))
    await inThreads(1, async (executor) => {
      const measures: ReplicationMeasures[] = []
      for await (const finished of runTasks(plan, tasks, { executor })) measures.push(finished.measures)
      const inline: ReplicationMeasures[] = []
      for await (const finished of runTasks(plan, tasks)) inline.push(finished.measures)
      expect(measures).toEqual(inline)
    })
  })

  test('give the bytes of rules that points share, in every mode of kube-proxy', async () => {
    const axes = ['proxy.mode=iptables,nftables,ipvs', 'web.replicas=1,2', 'pods.web.servers=1,2']
    const plan = loadExperiment(shopInputs({ axes }))
    expect(new Set(plan.points.map(({ cluster }) => cluster.nodeRules)).size).toBe(6)
    expect(await inThreads(2, (executor) => bytesOf(plan, executor))).toBe(await bytesOf(plan))
  })

  test('give the bytes of a recorded workload, with names that are resolved by queries', async () => {
    const inputs = shopInputs({ settings: ['replications=2'], axes: ['dns.mode=constant,coredns'] })
    const trace = recordWorkload(loadExperiment(inputs).points[0], 1)
    const plan = loadExperiment({ ...inputs, trace })
    expect(await inThreads(2, (executor) => bytesOf(plan, executor))).toBe(await bytesOf(plan))
  })

  test('run plans of compiled clusters, and several plans one after the other', async () => {
    const { cluster, scenario } = loadExperiment(shopInputs({ settings: ['replications=3'] })).points[0]
    const plans = [planExperiment(cluster, scenario), sweep()]
    await inThreads(2, async (executor) => {
      for (const plan of plans) expect(await bytesOf(plan, executor)).toBe(await bytesOf(plan))
    })
  })

  test('are begun inline, where that is quicker, with the same bytes', async () => {
    const plan = sweep()
    const threads = new ThreadExecutor(2, WORKER_FILE)
    const adaptive = new AdaptiveExecutor(threads)
    const long = loadExperiment(shopInputs({ settings: ['replications=2', 'horizon=120s'] }))
    expect(await bytesOf(plan, adaptive)).toBe(await bytesOf(plan))
    expect(await bytesOf(long, adaptive)).toBe(await bytesOf(long))
    expect(threads.isStarted).toBe(true)
    await adaptive.close()
  })

  test('hand out measures of any replication, beyond the plan too', async () => {
    const plan = sweep()
    const tasks = [7, 3, 5].map((replication) => ({ point: 1, replication }))
    const counts = new Map<number, number>()
    await inThreads(2, async (executor) => {
      for await (const { task, measures } of runTasks(plan, tasks, { executor })) {
        counts.set(task.replication, measures.totals.eventCount)
      }
    })
    const inline = new Map<number, number>()
    for await (const { task, measures } of runTasks(plan, tasks)) {
      inline.set(task.replication, measures.totals.eventCount)
    }
    expect([...counts].sort()).toEqual([...inline].sort())
    expect(new Set(inline.values()).size).toBe(3)
  })

  test('stop within two seconds when they are asked to', async () => {
    const plan = loadExperiment(shopInputs({ settings: ['replications=4', 'horizon=100h'] }))
    const controller = new AbortController()
    const told: ExperimentProgress[] = []
    await inThreads(2, async (executor) => {
      const run = runExperiment(plan, {
        executor,
        signal: controller.signal,
        onProgress: (progress) => {
          told.push(progress)
          if (progress.eventCount > 0) controller.abort(new Error('enough'))
        },
      })
      await expect(run).rejects.toThrow('enough')
      const startMs = performance.now()
      await executor.close()
      expect(performance.now() - startMs).toBeLessThan(2_000)
    })
    // A replication under way is told of.
    expect(told.at(-1)).toMatchObject({ done: 0, total: 4, eventCount: expect.any(Number) })
    expect(told.at(-1)?.ratio).toBeGreaterThan(0)
  })
})

describe('what goes wrong in a thread', () => {
  test('as a contradiction of the model arrives with its message, and what replays it', async () => {
    const program = threadProgram(
      'fault',
      `import { InvariantError } from '${new URL('../../base/diagnostics.js', WORKER_FILE).href}'
       import { portableError } from '${new URL('./portable-error.js', WORKER_FILE).href}'
       export default ({ replication }) => ({ kind: 'error', error: portableError(
         new InvariantError('two and two are five', { scenario: 'shop', replication })) })`,
    )
    const error = await inThreads(1, (executor) => bytesOf(sweep(), executor), program).catch((each) => each)
    expect(error).toBeInstanceOf(InvariantError)
    expect(error.message).toBe('two and two are five (scenario=shop, replication=0)')
    expect(error.context).toEqual({ scenario: 'shop', replication: 0 })
    expect(error.stack).toContain('fault.mjs')
  })

  test('as an error of the input arrives with its diagnostics', async () => {
    const program = threadProgram(
      'input',
      `export default () => ({ kind: 'error', error: { kind: 'input', diagnostics: [
         { severity: 'error', code: 'CALL_CYCLE', message: 'round and round' }] } })`,
    )
    const error = await inThreads(1, (executor) => bytesOf(sweep(), executor), program).catch((each) => each)
    expect(error).toBeInstanceOf(InputError)
    expect(error.message).toBe('CALL_CYCLE: round and round')
  })

  test('as its death costs nothing once', async () => {
    const mark = path.join(folder, 'died')
    const program = threadProgram(
      'dies-once',
      `import fs from 'node:fs'
       import work from 'REAL'
       export default (request) => {
         if (request.replication === 1 && !fs.existsSync('${mark}')) {
           fs.writeFileSync('${mark}', '')
           process.exit(9)
         }
         return work(request)
       }`,
    )
    const plan = sweep()
    expect(await inThreads(2, (executor) => bytesOf(plan, executor), program)).toBe(await bytesOf(plan))
    expect(fs.existsSync(mark)).toBe(true)
  })

  test('as its death for the second time names point and replication', async () => {
    const program = threadProgram(
      'dies',
      `import work from 'REAL'
       export default (request) => request.replication === 2 ? process.exit(9) : work(request)`,
    )
    const run = inThreads(1, (executor) => bytesOf(sweep(), executor), program)
    await expect(run).rejects.toThrow(
      /^2 worker threads died over one replication: .* \(scenario=shop, at=web\.replicas=\d, seed=\d+, replication=2\)$/,
    )
  })
})
