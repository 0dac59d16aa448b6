import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Journal, type JournalOptions } from '../../../src/experiment/journal/journal.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import type { ExperimentPlan } from '../../../src/experiment/plan.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import { runTasks } from '../../../src/experiment/run-tasks.js'
import { tasksOf } from '../../../src/experiment/tasks.js'
import { resultsToJson } from '../../../src/results/results-json.js'
import { shopInputs } from '../inputs.js'

let folder: string
let file: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-journal-'))
  file = path.join(folder, 'results.json.journal')
})

afterEach(() => fs.rmSync(folder, { recursive: true }))

const planOf = (...settings: string[]) =>
  loadExperiment(shopInputs({ settings: ['replications=3', ...settings], axes: ['web.replicas=1,2'] }))

const open = (plan: ExperimentPlan, options: Partial<JournalOptions> = {}) =>
  Journal.open({ file, shownAs: 'results.json.journal', plan, isResumed: true, ...options })

/** Runs the first tasks of a plan into the journal. */
async function runFirst(plan: ExperimentPlan, count: number): Promise<void> {
  const journal = open(plan, { isResumed: false })
  for await (const _ of runTasks(plan, tasksOf(plan).slice(0, count), { journal }));
  journal.close()
}

describe('a journal', () => {
  test('gives back what was done, and the results are the same bytes', async () => {
    const plan = planOf()
    await runFirst(plan, 4)
    const journal = open(plan)
    expect(journal.taskCount).toBe(4)
    // On a busy machine a replication is told of while it is under way too.
    const told = new Map<number, number | undefined>()
    const onProgress = ({ done, resumed }: { done: number; resumed?: number }) => {
      if (done > 4) told.set(done, resumed)
    }
    const results = await runExperiment(plan, { journal, onProgress })
    expect([...told]).toEqual([
      [5, 4],
      [6, 4],
    ])
    expect(resultsToJson(results)).toBe(resultsToJson(await runExperiment(plan)))
    journal.remove()
    expect(fs.readdirSync(folder)).toEqual([])
  })

  test('serves a plan of more replications', async () => {
    await runFirst(planOf(), 6)
    const longer = { ...planOf(), replications: 5 }
    const journal = open(longer)
    const results = await runExperiment(longer, { journal })
    journal.remove()
    expect(results).toEqual(await runExperiment(longer))
  })

  test('that was torn at any byte gives back what is whole, and goes on', async () => {
    const plan = planOf()
    await runFirst(plan, 2)
    const whole = fs.readFileSync(file)
    const first = 8 + whole.readUInt32LE(0)
    const second = first + 8 + whole.readUInt32LE(first)
    const cuts = [first, first + 1, first + 7, first + 8, second - 1, second, second + 9, whole.length - 1]
    const counts = cuts.map((length) => {
      fs.writeFileSync(file, whole.subarray(0, length))
      const journal = open(plan)
      const { taskCount } = journal
      journal.close()
      return [taskCount, fs.statSync(file).size]
    })
    expect(counts).toEqual(cuts.map((length) => (length < second ? [0, first] : [1, second])))
  })

  test('with a wrong bit gives back what comes before it', async () => {
    const plan = planOf()
    await runFirst(plan, 3)
    const bytes = fs.readFileSync(file)
    bytes[bytes.length - 5] ^= 1
    fs.writeFileSync(file, bytes)
    const journal = open(plan)
    expect([journal.taskCount, [...journal.finished()].length]).toEqual([2, 2])
    journal.close()
  })

  test.each([
    ['other manifests or settings', planOf('web.replicas=3', 'horizon=4s'), 'is of another experiment'],
    ['another seed', planOf('seed=2'), 'is of seed 1, and not 2'],
  ])('of %s is refused', async (_name, other, message) => {
    await runFirst(planOf(), 1)
    expect(() => open(other)).toThrow(`JOURNAL_MISMATCH: the journal "results.json.journal" ${message}`)
    expect(fs.existsSync(file)).toBe(true)
  })

  test.each([
    ['empty', ''],
    ['of text', 'a shopping list, with milk and bread and some more things'],
  ])('that is a file %s is refused', (_name, text) => {
    fs.writeFileSync(file, text)
    expect(() => open(planOf())).toThrow('JOURNAL_MISMATCH: "results.json.journal" is no journal of svcsim')
  })

  test('that is not resumed is replaced', async () => {
    const plan = planOf()
    await runFirst(plan, 3)
    const journal = open(plan, { isResumed: false })
    expect([journal.taskCount, [...journal.finished()]]).toEqual([0, []])
    journal.close()
  })

  test('does not remove the journal that another run has put in its place', async () => {
    const plan = planOf()
    const [first, second] = [open(plan, { isResumed: false }), open(plan, { isResumed: false })]
    first.remove()
    expect(fs.existsSync(file)).toBe(true)
    second.remove()
    expect(fs.existsSync(file)).toBe(false)
  })

  test('that is not due yet is made when it is to be kept', async () => {
    const plan = planOf()
    const journal = open(plan, { isResumed: false, notBeforeMs: 1e6 })
    for await (const _ of runTasks(plan, tasksOf(plan).slice(0, 2), { journal }));
    expect([fs.existsSync(file), journal.isOnDisk]).toEqual([false, false])
    journal.keep()
    journal.close()
    const resumed = open(plan)
    expect(resumed.taskCount).toBe(2)
    resumed.close()
  })
})
