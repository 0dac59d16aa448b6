/** Options that several verbs share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ReportFormat } from '../report/render-report.js'

/** What decides about the experiment. */
export interface InputOptions {
  /** Manifests in place of those of the scenario; paths as the user wrote them. */
  readonly filename?: readonly string[]
  /** `PATH=VALUE`, in the order of the command line. */
  readonly set?: readonly string[]
  /** A recorded workload in place of that of the scenario. */
  readonly trace?: string
  readonly seed?: number
  readonly replications?: number
  readonly quiet?: boolean
}

/** What becomes of the results. */
export interface OutputOptions {
  readonly format: ReportFormat
  readonly output?: string
  readonly assumptions?: boolean
  readonly quiet?: boolean
}

// Not imported: help texts need no report code.
const FORMATS: readonly ReportFormat[] = ['text', 'json', 'csv', 'md', 'html', 'hgrm', 'openmetrics']
const MAX_REPLICATIONS = 100_000

/** Adds `-f`, `--set`, `--seed`, `--replications`. */
export function addInputOptions(command: Command, setHelp: string): Command {
  return command
    .option(
      '-f, --filename <path>',
      'manifests (file, folder or -) in place of those that the scenario names',
      collected,
    )
    .option('--set <path=value>', setHelp, collected)
    .option('--trace <file>', 'replay a recorded workload in place of drawing one')
    .option('--seed <n>', 'number that all randomness derives from', seedNumber)
    .option(
      '--replications <n>',
      'independent runs; from two on, figures have a 95 % interval',
      countUpTo(MAX_REPLICATIONS),
    )
}

/** Adds `--format`, `--output`, `--assumptions`, `--quiet`. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(formatOption('what to print'))
    .option(
      '--output <path>',
      'also write FILE.json, .msgpack, .csv, .md, .html, .hgrm or .om; or FOLDER/ for results.json and results.csv',
    )
    .option('--assumptions', 'list every assumption in force, with its source')
    .option('-q, --quiet', 'no progress and notes; with --output, print nothing')
}

/** `--format`, text by default. */
export function formatOption(description: string): Option {
  return new Option('--format <format>', description).choices(FORMATS).default('text')
}

/** Values of an option that may be given several times, in order. */
export function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** A reader of integers from 1 to a limit. */
export function countUpTo(limit: number): (text: string) => number {
  return (text) => integer(text, 1, limit)
}

/** A reader of decimal numbers above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text)
  if (!/^[0-9]{1,12}(?:\.[0-9]{1,12})?$/.test(text) || value === 0) {
    throw new InvalidArgumentError('It must be a number above 0.')
  }
  return value
}

/** Reads a seed. */
export function seedNumber(text: string): number {
  return integer(text, 0, Number.MAX_SAFE_INTEGER)
}

function integer(text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^[0-9]{1,16}$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(`It must be an integer from ${least} to ${most}.`)
  }
  return value
}
