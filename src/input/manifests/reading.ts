/**
 * What one reading of the manifests finds: errors, each at its place, and warnings, each told once for a kind and field.
 */
import { closestName } from '../../base/closest-name.js'
import type { Diagnostic, SourcePlace } from '../../base/diagnostics.js'
import type { DiagnosticCode } from '../../base/error-codes.js'
import type { IpFamily } from '../../base/ip-address.js'
import { DiagnosticList } from '../diagnostic-list.js'
import type { Limits } from '../limits.js'
import { flawOfKey, flawOfValue } from '../scalar-flaws.js'
import type { SourceFile } from '../source-file.js'
import { type MapEntry, placeOf, placeOfKey, type TreeNode } from '../tree.js'

/** First and last node port of the cluster, both included. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** What of the cluster decides whether manifests are right. */
export interface ClusterFacts {
  /** `--service-node-port-range`. */
  readonly nodePortRange: PortRange
  /** Of all addresses: clusters of both families are not modelled. */
  readonly ipFamily: IpFamily
}

interface Tally {
  readonly code: DiagnosticCode
  readonly what: string
  readonly hint: string
  readonly first: MapEntry | TreeNode
  count: number
}

/** How many names are looked for among those that exist: hostile files have a million of them. */
const MAX_SEARCHES = 5_000

/** One reading. Changed as the readers of the kinds go through the objects. */
export class Reading {
  private readonly found: DiagnosticList
  private readonly tallies = new Map<string, Tally>()
  private areTalliesCut = false
  /** What was said of each node: fields are read more than once, and aliases lead to one node from many places. */
  private readonly said = new WeakMap<MapEntry | TreeNode, string>()
  private searchCount = 0

  constructor(
    readonly limits: Limits,
    readonly cluster: ClusterFacts,
    errors: readonly Diagnostic[],
  ) {
    this.found = new DiagnosticList('error', limits.diagnostics)
    this.found.addAll(errors)
  }

  /** Notes an error at a value, or at a key. Places are not worked out for errors that nobody will see. */
  error(code: DiagnosticCode, message: string, at: MapEntry | TreeNode, hint?: string): void {
    const text = `${code} ${message}`
    if (this.said.get(at) === text) return
    this.said.set(at, text)
    this.found.add(() => {
      const place = placeOfEither(at)
      return { severity: 'error', code, message, place, ...(hint === undefined ? {} : { hint }) }
    })
  }

  /**
   * Notes that a value or key can not be read as it stands (YAML_NUMBER, YAML_AMBIGUOUS).
   *
   * @returns whether it can not
   */
  noteFlaw(at: MapEntry | TreeNode): boolean {
    const flaw = 'key' in at ? flawOfKey(at) : flawOfValue(at)
    if (flaw !== undefined) this.error(flaw.code, flaw.message, at, flaw.hint)
    return flaw !== undefined
  }

  /** Notes errors that were found elsewhere. */
  errors(diagnostics: readonly Diagnostic[]): void {
    this.found.addAll(diagnostics)
  }

  /**
   * Notes something that is told once, with the number of times and the first place.
   *
   * @param what - the statement without its number; what is counted together has the same
   */
  tally(code: DiagnosticCode, what: string, at: MapEntry | TreeNode, hint: string): void {
    const key = `${code} ${what}`
    const known = this.tallies.get(key)
    if (known !== undefined) known.count += 1
    else if (this.tallies.size < this.limits.diagnostics)
      this.tallies.set(key, { code, what, hint, first: at, count: 1 })
    else this.areTalliesCut = true
  }

  /** The candidate that was meant by a misspelt name; undefined also after thousands of such questions. */
  nearest(wanted: string, candidates: Iterable<string>): string | undefined {
    this.searchCount += 1
    return this.searchCount > MAX_SEARCHES ? undefined : closestName(wanted, candidates)
  }

  get hasErrors(): boolean {
    return !this.found.isEmpty
  }

  /** All errors, in the order in which they were found; MORE_LEFT_OUT is the last where there may be more. */
  allErrors(): readonly Diagnostic[] {
    return this.found.all()
  }

  /** All warnings, in the order of their first places. */
  allWarnings(): readonly Diagnostic[] {
    const warnings = new DiagnosticList('warning', this.limits.diagnostics)
    for (const tally of this.tallies.values()) warnings.add(() => tallyWarning(tally))
    if (this.areTalliesCut) warnings.cut()
    return warnings.all()
  }
}

function tallyWarning({ code, what, hint, first, count }: Tally): Diagnostic {
  return {
    severity: 'warning',
    code,
    message: count === 1 ? what : `${what} (${count} times; here first)`,
    hint,
    place: placeOfEither(first),
  }
}

function placeOfEither(at: MapEntry | TreeNode): SourcePlace {
  return 'key' in at ? placeOfKey(at) : placeOf(at)
}

/** Is this the text of a setting (`--set`, an axis of a sweep) and no file? */
export function isSetting(file: SourceFile): boolean {
  return file.path === SETTING_PATH
}

/** What settings are called in places, having no file. */
export const SETTING_PATH = '<setting>'
