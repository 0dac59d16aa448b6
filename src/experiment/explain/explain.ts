/** A name → what it is: metrics, error codes, presets and fields from the tables that the program itself uses. */
import { closestName } from '../../base/closest-name.js'
import { InputError } from '../../base/diagnostics.js'
import type { ExplainedTopic, Explanation } from '../../results/explanation.js'
import { ERROR_TOPIC } from './error-topic.js'
import { FIELD_TOPIC, RESULTS_TOPIC } from './field-topics.js'
import { METRIC_TOPIC } from './metric-topic.js'
import { PRESET_TOPIC } from './preset-topic.js'
import type { Topic } from './topic.js'

/** In the order of overviews. */
export const TOPICS: readonly Topic[] = [METRIC_TOPIC, ERROR_TOPIC, PRESET_TOPIC, FIELD_TOPIC, RESULTS_TOPIC]

/** At most so many names are proposed. */
const MAX_PROPOSED = 5

/** What can be asked. */
export function explainedTopics(): readonly ExplainedTopic[] {
  return TOPICS.map(({ kind, description, examples, names }) => ({
    kind,
    description,
    count: names().length,
    examples,
  }))
}

/**
 * What the name means.
 *
 * @param written - as the user wrote it; `KIND:NAME` asks for one kind only
 * @throws InputError USAGE if nothing has the name, with the nearest ones; or if it has several meanings, with all of them
 */
export function explain(written: string): Explanation {
  const { topics, name } = topicsFor(written)
  const found = topics.flatMap((topic) => topic.find(name))
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (only !== undefined) {
    const full = found.map((each) => `${each.kind}:${each.name}`)
    throw usage(`"${written}" can mean ${full.length} things`, `write one of ${full.join(', ')}`)
  }
  const nearest = nearestNames(name, topics)
  throw usage(
    `there is nothing called "${written}"`,
    nearest.length === 0
      ? '`svcsim explain` says what can be asked'
      : `did you mean ${nearest.map((each) => `"${each}"`).join(' or ')}?`,
  )
}

function topicsFor(written: string): { readonly topics: readonly Topic[]; readonly name: string } {
  const colon = written.indexOf(':')
  const topic = TOPICS.find(({ kind }) => kind === written.slice(0, Math.max(0, colon)))
  return topic === undefined
    ? { topics: TOPICS, name: written }
    : { topics: [topic], name: written.slice(colon + 1) }
}

/** The nearest of each kind, also by the ends of names; fields of results only in full, as nearly every word ends one. */
function nearestNames(name: string, topics: readonly Topic[]): readonly string[] {
  const proposed = topics.flatMap((topic) => {
    const names = topic.names()
    const nearest = closestName(name, names)
    if (nearest !== undefined) return [nearest]
    if (topic.kind === 'results') return []
    const byEnd = new Map(names.flatMap((each) => endsOf(each).map((end) => [end, each] as const)).reverse())
    const end = closestName(name, byEnd.keys())
    return end === undefined ? [] : [byEnd.get(end) ?? end]
  })
  return proposed.slice(0, MAX_PROPOSED)
}

/** `spec.pods.servers` → `pods.servers`, `servers`. */
function endsOf(name: string): readonly string[] {
  return [...name.matchAll(/[./]/g)].map(({ index }) => name.slice(index + 1))
}

function usage(message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code: 'USAGE', message, hint }])
}
