/**
 * Where the journal of a run lies. With `--output` it lies beside (`results.json.journal`) or, for a folder, in it
 * (`svcsim.journal`). Without, it lies where programs keep their state (`$XDG_STATE_HOME/svcsim`, `~/.local/state/svcsim`),
 * named after the experiment; there it is made after a second, as short runs are as quickly run again.
 *
 * A single replication has no journal: there is nothing to keep until it is done.
 */
import fs from 'node:fs'
import path from 'node:path'
import { sha256Hex } from '../base/digest.js'
import { Journal, JournalError } from '../experiment/journal/journal.js'
import type { ExperimentPlan } from '../experiment/plan.js'
import { outputTarget } from './deliver-results.js'
import { OutputError, systemReason } from './exit-codes.js'
import type { ExecutionOptions, OutputOptions } from './options.js'
import type { Surroundings } from './surroundings.js'

const FOLDER_JOURNAL = 'svcsim.journal'
const STATE_JOURNAL_AFTER_MS = 1_000
/** Journals that nobody came back for. */
const FORGOTTEN_AFTER_MS = 30 * 24 * 3_600_000

/** A journal, if there is to be one, and what to tell of it. */
export interface OpenedJournal {
  readonly journal: Journal | undefined
  readonly notes: readonly string[]
}

interface Place {
  readonly file: string
  readonly shownAs: string
  readonly notBeforeMs: number
}

/**
 * Opens the journal of a run.
 *
 * @throws InputError JOURNAL_MISMATCH if `--resume` finds one of another experiment; OutputError if it can not be written
 */
export function openJournal(
  plan: ExperimentPlan,
  { output, resume = false }: OutputOptions & ExecutionOptions,
  surroundings: Surroundings,
): OpenedJournal {
  const place = plan.points.length * plan.replications === 1 ? undefined : placeOf(plan, output, surroundings)
  if (place === undefined) return { journal: undefined, notes: [] }
  const isThere = fs.existsSync(place.file)
  try {
    return {
      journal: Journal.open({ ...place, plan, isResumed: resume }),
      notes: notesOf(place.shownAs, isThere, resume),
    }
  } catch (error) {
    if (!(error instanceof JournalError)) throw error
    throw new OutputError(`the journal "${place.shownAs}"`, systemReason(error.cause))
  }
}

function notesOf(shownAs: string, isThere: boolean, isResumed: boolean): readonly string[] {
  if (isThere && !isResumed) {
    return [`the journal "${shownAs}" of an interrupted run is replaced; --resume would have gone on with it`]
  }
  if (!isThere && isResumed) return [`there is no journal "${shownAs}"; the run begins anew`]
  return []
}

function placeOf(
  plan: ExperimentPlan,
  output: string | undefined,
  { cwd, env }: Surroundings,
): Place | undefined {
  if (output !== undefined) {
    const target = outputTarget(output, cwd)
    if (target.kind === 'file') {
      return { file: `${target.path}.journal`, shownAs: `${target.shownAs}.journal`, notBeforeMs: 0 }
    }
    const file = path.join(target.path, FOLDER_JOURNAL)
    return { file, shownAs: path.join(target.shownAs, FOLDER_JOURNAL), notBeforeMs: 0 }
  }
  const folder = stateFolder(env)
  if (folder === undefined) return undefined
  const name = sha256Hex(`${plan.digest} ${plan.seed}`).slice(0, 16)
  const file = path.join(folder, `${name}.journal`)
  return { file, shownAs: file, notBeforeMs: STATE_JOURNAL_AFTER_MS }
}

/** The folder of svcsim for state, made and tidied; undefined where there is none to be had: then there is no journal. */
function stateFolder({ XDG_STATE_HOME, HOME }: Surroundings['env']): string | undefined {
  const base = [XDG_STATE_HOME, HOME === undefined ? undefined : path.join(HOME, '.local', 'state')].find(
    (each) => each !== undefined && path.isAbsolute(each),
  )
  if (base === undefined) return undefined
  const folder = path.join(base, 'svcsim')
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    fs.accessSync(folder, fs.constants.W_OK)
    removeForgotten(folder)
    return folder
  } catch {
    return undefined
  }
}

function removeForgotten(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    if (name.endsWith('.journal') && Date.now() - fs.statSync(file).mtimeMs > FORGOTTEN_AFTER_MS)
      fs.rmSync(file)
  }
}
