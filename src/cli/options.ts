/** Options that several verbs share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { WIDEST_PRECISION } from '../experiment/settle/relative-precision.js'
import { parseShare } from '../experiment/thresholds/read-thresholds.js'
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
  /** Results hold figures of single replications. */
  readonly perReplication?: boolean
}

/** What results must keep to. */
export interface JudgingOptions {
  /** `METRIC OP VALUE`, in the order of the command line. */
  readonly threshold?: readonly string[]
  readonly onUndecided: 'fail' | 'pass' | 'extend'
  /** File for JUnit XML. */
  readonly junit?: string
}

/** How long replications go on. */
export interface SettlingOptions {
  /** Half of the 95 % interval over the value; 0 to 0.15. */
  readonly precision?: number
  /** The figure that has it. */
  readonly watch?: string
  readonly maxReplications: number
}

/** What becomes of the results. */
export interface OutputOptions {
  readonly format: ReportFormat
  readonly output?: string
  readonly assumptions?: boolean
  readonly quiet?: boolean
}

/** Who runs the replications. */
export interface ExecutionOptions {
  /** Threads; all processors by default. */
  readonly workers?: number
  /** Address of a queue from which other machines take tasks. */
  readonly queue?: string
  /** Goes on with what an interrupted run has left. */
  readonly resume?: boolean
}

// Not imported: help texts need no report code.
const FORMATS: readonly ReportFormat[] = ['text', 'json', 'csv', 'md', 'html', 'hgrm', 'openmetrics']
const MAX_REPLICATIONS = 100_000
const MAX_WORKERS = 1_024

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

const DEFAULT_MAX_REPLICATIONS = 100

/** Adds `--threshold`, `--on-undecided`, `--junit`. */
export function addJudgingOptions(command: Command, whenUndecided: readonly string[]): Command {
  return command
    .option(
      '--threshold <text>',
      "what results must keep to, as 'p99 < 250ms'; exit code 99 if not",
      collected,
    )
    .addOption(
      new Option('--on-undecided <what>', 'where the 95 % interval of a threshold does not decide')
        .choices(whenUndecided)
        .default('fail'),
    )
    .option('--junit <file>', 'also write verdicts as JUnit XML')
}

/** Adds `--precision`, `--watch`, `--max-replications`. */
export function addSettlingOptions(command: Command): Command {
  return addMaxReplications(
    command
      .option(
        '--precision <percent>',
        'go on until half of the 95 % interval of the figure watched is at most this share of its value, as 2%',
        precisionRatio,
      )
      .option('--watch <metric>', 'that figure; the mean response time of the first client group by default'),
  )
}

/** Adds `--max-replications`. */
export function addMaxReplications(command: Command, usual = DEFAULT_MAX_REPLICATIONS): Command {
  return command.option(
    '--max-replications <n>',
    'where replications end that go on until something is settled',
    countUpTo(MAX_REPLICATIONS),
    usual,
  )
}

/** Reads a precision: `2%`, `0.02`. */
export function precisionRatio(text: string): number {
  const ratio = parseShare(text)
  if (ratio === undefined || ratio === 0 || ratio > WIDEST_PRECISION) {
    throw new InvalidArgumentError('It must be a share above 0 and up to 15%, as 2%.')
  }
  return ratio
}

/** Adds `--format`, `--output`, `--assumptions`, `--quiet`. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(formatOption('what to print'))
    .option(
      '-o, --output <path>',
      'also write FILE.json, .msgpack, .csv, .md, .html, .hgrm or .om; or FOLDER/ for results.json and results.csv',
    )
    .option('--assumptions', 'list every assumption in force, with its source')
    .option('-q, --quiet', 'no progress and notes; with --output, print nothing')
}

/** Adds `--workers`, `--queue`, `--resume`. */
export function addExecutionOptions(command: Command): Command {
  return addPlacesOptions(command).option(
    '--resume',
    'go on with the journal that an interrupted run has left',
  )
}

/** Adds `--workers`, `--queue`: where replications run. */
export function addPlacesOptions(command: Command): Command {
  return command
    .addOption(workersOption().conflicts('queue'))
    .option('--queue <address>', 'let `svcsim worker` run them, on any machines: redis://HOST:PORT')
}

/** `--workers`. */
export function workersOption(): Option {
  return new Option('--workers <n>', 'threads that run replications; all processors by default').argParser(
    countUpTo(MAX_WORKERS),
  )
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
