/** What `svcsim explain` answers: one name of a metric, an error, a preset or a field. Plain data. */
import { canonicalJson } from '../base/canonical-json.js'

/** What a name can be of, in the order in which overviews list it. */
export const EXPLAINED_KINDS = ['metric', 'error', 'preset', 'field', 'results'] as const
export type ExplainedKind = (typeof EXPLAINED_KINDS)[number]

/** Something that belongs to what is explained: a constant of a preset, a field of an object. */
export interface ExplainedPart {
  readonly name: string
  /** By label: `type`, `default`, `value`, `unit`, `source`; all as text. */
  readonly facts: Readonly<Record<string, string>>
  readonly description: string
}

export interface Explanation {
  readonly kind: ExplainedKind
  /** In full, as it can be asked for again. */
  readonly name: string
  /** Whole sentences; empty where the sources say nothing. */
  readonly description: string
  /** By label, in the order in which they are shown. */
  readonly facts: Readonly<Record<string, string>>
  readonly parts: readonly ExplainedPart[]
}

/** What can be asked, for one kind. */
export interface ExplainedTopic {
  readonly kind: ExplainedKind
  /** What names of the kind are, a few words. */
  readonly description: string
  /** How many names there are. */
  readonly count: number
  readonly examples: readonly string[]
}

/**
 * Writes an explanation, or the topics.
 *
 * @returns indented by two spaces, with a line end
 */
export function explanationToJson(answer: Explanation | readonly ExplainedTopic[]): string {
  return `${canonicalJson(answer, 2)}\n`
}
