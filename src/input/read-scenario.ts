/**
 * Reads a scenario: one YAML or JSON document, settings put over it, checked by the schema, then for what the schema can not
 * say. All errors in one pass, each at its place.
 */
import { type Diagnostic, InputError, type Origin } from '../base/diagnostics.js'
import { distributionMean } from '../base/distribution-moments.js'
import { NS_PER_S } from '../base/nanoseconds.js'
import { LIMITS } from './limits.js'
import { parseDocuments } from './parse-documents.js'
import { flawsOfTree } from './scalar-flaws.js'
import { issueDiagnostics } from './scenario-issues.js'
import { SCENARIO_API_VERSION, type Scenario, type ScenarioSpec, scenarioSchema } from './scenario-schema.js'
import { type Setting, setInScenario } from './settings.js'
import { placeAt, type SourceFile } from './source-file.js'
import { childOf, originOf, plainValue, type TreeNode } from './tree.js'

export interface ReadScenario {
  readonly scenario: Scenario
  readonly origin: Origin
  readonly warnings: readonly Diagnostic[]
}

/**
 * Reads a scenario.
 *
 * @param settings - those for manifests are passed over
 * @throws InputError with all errors
 */
export function readScenario(file: SourceFile, settings: readonly Setting[] = []): ReadScenario {
  const written = readDocument(file)
  const { root, errors } = setInScenario(written, settings)
  const origin = originOf(root)
  const flaws = flawsOfTree(root, LIMITS.diagnostics)
  if (flaws.length > 0) throw new InputError(flaws)
  const parsed = scenarioSchema.safeParse(plainValue(root))
  const found = parsed.success
    ? specErrors(parsed.data.spec, origin)
    : issueDiagnostics(parsed.error.issues, root, scenarioSchema)
  if (errors.length + found.length > 0 || !parsed.success)
    throw new InputError([...errors, ...found].slice(0, LIMITS.diagnostics))
  return { scenario: parsed.data, origin, warnings: [] }
}

/** The one document of the file. */
function readDocument(file: SourceFile): TreeNode {
  const { documents, errors } = parseDocuments([file])
  if (errors.length > 0) throw new InputError(errors)
  const [document] = documents
  if (documents.length !== 1 || document === undefined) {
    throw shapeError(file, `"${file.path}" holds ${documents.length} documents, and a scenario is one`)
  }
  const kind = childOf(document, 'kind')
  if (kind?.kind !== 'scalar' || kind.value !== 'Scenario')
    throw shapeError(file, `"${file.path}" is no scenario`)
  return document
}

function shapeError(file: SourceFile, message: string): InputError {
  const hint = `write apiVersion: ${SCENARIO_API_VERSION} and kind: Scenario, or make one with \`svcsim init\``
  return new InputError([
    { severity: 'error', code: 'SCENARIO_SHAPE', message, hint, place: placeAt(file, 0, 1) },
  ])
}

/** What the schema can not say. */
function specErrors(spec: ScenarioSpec, origin: Origin): Diagnostic[] {
  return [...timeErrors(spec, origin), ...gapErrors(spec, origin), ...nameErrors(spec, origin)]
}

function timeErrors({ warmUp, horizon }: ScenarioSpec, origin: Origin): Diagnostic[] {
  const errors: Diagnostic[] = []
  const place = origin.place(['spec', 'horizon'])
  if (warmUp >= horizon) {
    const message = 'The warm-up does not end before the horizon'
    errors.push({
      severity: 'error',
      code: 'WARM_UP_TOO_LONG',
      message,
      hint: 'nothing would be measured',
      place,
    })
  }
  if (horizon > LIMITS.horizonNs) {
    errors.push({
      severity: 'error',
      code: 'LIMIT_EXCEEDED',
      message: 'The horizon is beyond 30 days',
      place,
    })
  }
  return errors
}

function gapErrors({ clients }: ScenarioSpec, origin: Origin): Diagnostic[] {
  return clients.flatMap(({ name, arrivals }, index): Diagnostic[] => {
    if (arrivals.gap === undefined) return []
    const wantedNs = NS_PER_S / arrivals.rate
    if (Math.abs(distributionMean(arrivals.gap) - wantedNs) <= Math.max(1, wantedNs * 1e-6)) return []
    return [
      {
        severity: 'error',
        code: 'GAP_MEAN',
        message: `The mean gap of client group "${name}" is not the inverse of its rate`,
        hint: `1/rate is ${Math.round(wantedNs)}ns`,
        place: origin.place(['spec', 'clients', index, 'arrivals', 'gap']),
      },
    ]
  })
}

function nameErrors({ clients, cluster }: ScenarioSpec, origin: Origin): Diagnostic[] {
  return [
    ...doubleNames(clients, 'Client group', ['spec', 'clients'], origin),
    ...doubleNames(cluster.nodes, 'Node', ['spec', 'cluster', 'nodes'], origin),
  ]
}

function doubleNames(
  items: readonly { readonly name: string }[],
  what: string,
  path: readonly string[],
  origin: Origin,
): Diagnostic[] {
  const seen = new Set<string>()
  return items.flatMap(({ name }, index): Diagnostic[] => {
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const place = origin.place([...path, index, 'name'])
    return [{ severity: 'error', code: 'NAME_DUPLICATE', message: `${what} "${name}" is there twice`, place }]
  })
}
