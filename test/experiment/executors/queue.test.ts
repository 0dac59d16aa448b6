/** Tasks on other machines: a real server, and workers as processes of the built program. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { QueueExecutor } from '../../../src/experiment/executors/queue-executor.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { planExperiment } from '../../../src/experiment/plan-experiment.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import { resultsToJson } from '../../../src/results/results-json.js'
import { shopInputs } from '../inputs.js'

const PROGRAM = fileURLToPath(new URL('../../../.build/cli/main.js', import.meta.url))
const hasRedis = spawnSync('redis-server', ['--version']).status === 0

test.each([
  ['queue.example:6379', 'is no address of a queue'],
  ['http://queue.example', 'is no address of a queue'],
  ['redis://', 'is no address of a queue'],
  ['redis://127.0.0.1:1', 'the queue redis://127.0.0.1:1 can not be reached: ECONNREFUSED'],
  ['redis://me:secret@127.0.0.1:1', 'the queue redis://me:***@127.0.0.1:1 can not be reached'],
])('the address %s is an error', async (queue, message) => {
  const run = async () => runExperiment(loadExperiment(shopInputs()), { queue })
  const error = await run().catch((each) => each)
  expect(error.message).toContain('QUEUE_UNREACHABLE: ')
  expect(error.message).toContain(message)
})

test('a plan without texts can not be sent to other machines', async () => {
  const { cluster, scenario } = loadExperiment(shopInputs()).points[0]
  const run = runExperiment(planExperiment(cluster, scenario), { queue: 'redis://127.0.0.1:1' })
  await expect(run).rejects.toThrow('QUEUE_PLAN: other machines need the texts')
})

describe.skipIf(!hasRedis)('with a Redis server', () => {
  let folder: string
  let port: number
  let server: ChildProcess
  let workers: ChildProcess[]
  let queue: string

  beforeEach(async () => {
    if (!fs.existsSync(PROGRAM)) throw new Error('build first: npm run build')
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-queue-'))
    port = await freePort()
    queue = `redis://127.0.0.1:${port}`
    workers = []
    server = await startServer()
  })

  afterEach(async () => {
    for (const child of [...workers, server]) await killed(child)
    fs.rmSync(folder, { recursive: true })
  })

  async function startServer(): Promise<ChildProcess> {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
    const child = spawn('redis-server', [...args, '--appendonly', 'yes', '--save', ''], { stdio: 'ignore' })
    for (let attempt = 0; attempt < 100; attempt++) {
      if (spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout === 'PONG\n') {
        return child
      }
      await setTimeout(100)
    }
    throw new Error('the server did not start')
  }

  function startWorker(): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM, 'worker', '--queue', queue, '--workers', '1'])
    workers.push(child)
    return child
  }

  const keys = () =>
    execFileSync('redis-cli', ['-p', String(port), 'keys', 'svcsim:r*'], { encoding: 'utf8' }).trim()

  test('one worker gives the bytes that inline gives, and leaves nothing behind', async () => {
    const plan = loadExperiment(shopInputs({ settings: ['replications=2'], axes: ['web.replicas=1,2,3'] }))
    const worker = startWorker()
    const results = await runExperiment(plan, { queue })
    expect(resultsToJson(results)).toBe(resultsToJson(await runExperiment(plan)))
    expect(keys()).toBe('')
    const startMs = performance.now()
    const code = new Promise((resolve) => worker.on('exit', resolve))
    worker.kill('SIGINT')
    expect(await code).toBe(130)
    expect(performance.now() - startMs).toBeLessThan(2_000)
  })

  test('that nobody takes tasks from is told, and the run can be stopped', async () => {
    const plan = loadExperiment(shopInputs({ settings: ['replications=2'] }))
    const controller = new AbortController()
    const notes: string[] = []
    const onNote = (note: string) => {
      notes.push(note)
      controller.abort(new Error('enough'))
    }
    const run = runExperiment(plan, { queue, signal: controller.signal, onNote })
    await expect(run).rejects.toThrow('enough')
    expect(notes).toEqual([`nobody takes tasks from ${queue}; start \`svcsim worker --queue ADDRESS\``])
    expect(keys()).toBe('')
  })

  test('three workers, one killed, and the server restarted: every replication, the same bytes', async () => {
    const plan = loadExperiment(
      shopInputs({ settings: ['replications=4', 'horizon=40s'], axes: ['web.replicas=1,2,3,4,5,6'] }),
    )
    const [first] = [startWorker(), startWorker(), startWorker()]
    const executor = new QueueExecutor(queue)
    let done = 0
    const onProgress = (progress: { done: number }) => {
      done = progress.done
    }
    const run = runExperiment(plan, { executor, onProgress })
    const disturbed = (async () => {
      while (done < 3) await setTimeout(20)
      await killed(first)
      while (done < 8) await setTimeout(20)
      await killed(server)
      await setTimeout(500)
      server = await startServer()
      return done
    })()
    const results = await run
    // The disturbances came in the middle, and not after the end.
    expect(await disturbed).toBeLessThan(24)
    await executor.close()
    expect(resultsToJson(results)).toBe(resultsToJson(await runExperiment(plan)))
  })
})

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = net.createServer()
    listener.on('error', reject)
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      listener.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
