/**
 * How far a run is, on the standard error: nothing in the first two seconds; then on a terminal one line that rewrites
 * itself, elsewhere a plain line every few seconds. Wall-clock time is used for this alone.
 */
import { formatCount, formatNumber } from '../base/units.js'
import type { ExperimentProgress } from '../experiment/run-experiment.js'
import type { Surroundings } from './surroundings.js'

const FIRST_AFTER_MS = 2_000
const TERMINAL_EVERY_MS = 200
const PLAIN_EVERY_MS = 5_000

/** Shows the progress of one run. */
export class ProgressLine {
  readonly #startMs: number
  #nextMs: number
  /** Columns of the line that stands on the terminal. */
  #shownLength = 0

  constructor(readonly surroundings: Pick<Surroundings, 'stderr' | 'nowMs'>) {
    this.#startMs = surroundings.nowMs()
    this.#nextMs = this.#startMs + FIRST_AFTER_MS
  }

  /** Shows it, if it is time to. */
  async update(progress: ExperimentProgress): Promise<void> {
    const { stderr, nowMs } = this.surroundings
    const now = nowMs()
    if (now < this.#nextMs) return
    this.#nextMs = now + (stderr.isTerminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS)
    const text = progressText(progress, now - this.#startMs)
    if (!stderr.isTerminal) {
      await stderr.write(`${text}\n`)
      return
    }
    await stderr.write(`\r${text.padEnd(this.#shownLength)}`)
    this.#shownLength = text.length
  }

  /** Takes the line off the terminal. */
  async clear(): Promise<void> {
    if (this.#shownLength === 0) return
    await this.surroundings.stderr.write(`\r${' '.repeat(this.#shownLength)}\r`)
    this.#shownLength = 0
  }
}

/** `3 of 20 points, 12 of 80 replications, 3,400,000 events (850,000/s), about 40 s left`. */
export function progressText(progress: ExperimentProgress, elapsedMs: number): string {
  const { done, total, points, eventCount, note } = progress
  const rate = elapsedMs > 0 ? ` (${formatCount(Math.round((eventCount / elapsedMs) * 1_000))}/s)` : ''
  const parts = [
    ...(points === undefined ? [] : [`${formatCount(points.done)} of ${formatCount(points.total)} points`]),
    `${formatCount(done)} of ${formatCount(total)} replications`,
    `${formatCount(eventCount)} events${rate}`,
    ...(note === undefined ? [] : [note]),
    ...timeLeft(progress, elapsedMs),
  ]
  return parts.join(', ')
}

/** By what this run has done, and not by what it took over from a journal. Nothing to say before anything is done. */
function timeLeft({ ratio, total, resumed = 0 }: ExperimentProgress, elapsedMs: number): readonly string[] {
  const own = ratio - resumed / total
  if (ratio === 1 || own <= 0) return []
  return [`about ${leftText(((elapsedMs / own) * (1 - ratio)) / 1_000)} left`]
}

function leftText(seconds: number): string {
  if (seconds < 90) return `${formatCount(Math.max(1, Math.round(seconds)))} s`
  return `${formatNumber(seconds / 60, 2)} min`
}
