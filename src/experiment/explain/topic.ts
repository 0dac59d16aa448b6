/** One kind of names that can be explained, over the table that they come from. */
import type { ExplainedKind, Explanation } from '../../results/explanation.js'

export interface Topic {
  readonly kind: ExplainedKind
  /** What names of the kind are, a few words. */
  readonly description: string
  readonly examples: readonly string[]
  /** Every name in full, each once. */
  names(): readonly string[]
  /** All that the name can mean, in full or shortened; none if it is unknown. */
  find(name: string): readonly Explanation[]
}
