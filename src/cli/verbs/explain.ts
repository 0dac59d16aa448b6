/** `svcsim explain`: what a metric, an error code, a preset or a field means. */
import { explain, explainedTopics } from '../../experiment/explain/explain.js'
import { renderExplanation, renderTopics } from '../../report/explanation-text.js'
import type { Surroundings } from '../surroundings.js'

export interface ExplainOptions {
  readonly format: 'text' | 'json'
}

/**
 * @param what - the name; what can be asked if it is left out
 * @throws InputError USAGE if the name is unknown or has several meanings; ClosedPipe
 */
export async function explainVerb(
  what: string | undefined,
  { format }: ExplainOptions,
  { stdout }: Surroundings,
): Promise<void> {
  await stdout.write(
    what === undefined ? renderTopics(explainedTopics(), format) : renderExplanation(explain(what), format),
  )
}
