/**
 * Reads a scenario: one YAML or JSON document, settings put over it, checked by the schema, then for what the schema can not
 * say. All errors in one pass, each at its place.
 */
import { closestName } from '../base/closest-name.js'
import { type Diagnostic, InputError, type Origin } from '../base/diagnostics.js'
import { checkScenarioSpec } from './check-scenario-spec.js'
import { DiagnosticList } from './diagnostic-list.js'
import { LIMITS } from './limits.js'
import { parseDocuments } from './parse-documents.js'
import { flawsOfTree } from './scalar-flaws.js'
import { noteIssues } from './scenario-issues.js'
import { SCENARIO_API_VERSION, type Scenario, scenarioSchema } from './scenario-schema.js'
import { type Setting, setInScenario } from './settings.js'
import { placeAt, type SourceFile } from './source-file.js'
import { childOf, originOf, placeOf, placeOfKey, plainValue, type TreeNode } from './tree.js'
import { shortened } from './words.js'

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
  return readTree(readDocument(file), settings)
}

/** What reads one scenario under one set of settings after another; as `readScenario`, but parses the text once. */
export function scenarioReader(file: SourceFile): (settings: readonly Setting[]) => ReadScenario {
  let document: TreeNode | undefined
  return (settings) => {
    document ??= readDocument(file)
    return readTree(document, settings)
  }
}

function readTree(document: TreeNode, settings: readonly Setting[]): ReadScenario {
  const { root, errors: settingErrors } = setInScenario(document, settings)
  const origin = originOf(root)
  const flaws = [...flawsOfTree(root, LIMITS.diagnostics), ...impossibleKeys(root)]
  const errors = new DiagnosticList('error', LIMITS.diagnostics)
  errors.addAll([...settingErrors, ...flaws])
  const parsed = scenarioSchema.safeParse(plainValue(root))
  if (parsed.success) errors.addAll(checkScenarioSpec(parsed.data.spec, origin))
  else errors.addAll(withoutKnown(schemaErrors(parsed.error.issues, root), flaws))
  if (!errors.isEmpty || !parsed.success) throw new InputError(errors.all())
  return { scenario: parsed.data, origin, warnings: [] }
}

function schemaErrors(issues: Parameters<typeof noteIssues>[1], root: TreeNode): readonly Diagnostic[] {
  const errors = new DiagnosticList('error', LIMITS.diagnostics)
  noteIssues(errors, issues, root, scenarioSchema)
  return errors.all()
}

/** What is wrong with a value that can not be read as it stands follows from that. */
function withoutKnown(errors: readonly Diagnostic[], known: readonly Diagnostic[]): readonly Diagnostic[] {
  const places = new Set(known.map(placeKey))
  return errors.filter((each) => each.place === undefined || !places.has(placeKey(each)))
}

function placeKey({ place }: Diagnostic): string {
  return `${place?.file}:${place?.line}:${place?.column}`
}

/** Nothing is named `__proto__`, but the schema would pass over such a key of a map in silence. */
function impossibleKeys(node: TreeNode): readonly Diagnostic[] {
  if (node.kind === 'list') return node.items.flatMap(impossibleKeys)
  if (node.kind !== 'map') return []
  return node.entries.flatMap((entry) => {
    if (entry.key !== '__proto__') return impossibleKeys(entry.value)
    const message = 'There is no field "__proto__"'
    return [{ severity: 'error', code: 'FIELD_UNKNOWN', message, place: placeOfKey(entry) }]
  })
}

/** The one document of the file. */
function readDocument(file: SourceFile): TreeNode {
  const { documents, errors } = parseDocuments([file])
  if (errors.length > 0) throw new InputError(errors)
  const [document, second] = documents
  if (document === undefined) throw shapeError(`"${file.path}" is empty`, placeAt(file, 0, 1))
  if (second !== undefined) {
    const message = `"${file.path}" holds ${documents.length} documents, and a scenario is one`
    throw shapeError(message, placeOf(second))
  }
  const kind = childOf(document, 'kind')
  if (kind?.kind === 'scalar' && kind.value === 'Scenario') return document
  if (kind?.kind !== 'scalar' || typeof kind.value !== 'string') {
    throw shapeError(`"${file.path}" is no scenario: it has no kind`, placeOf(document))
  }
  const isNear = closestName(kind.value, ['Scenario']) !== undefined
  const message = `"${file.path}" is no scenario: its kind is "${shortened(kind.value)}"`
  throw shapeError(message, placeOf(kind), isNear ? 'did you mean "Scenario"?' : undefined)
}

const SHAPE_HINT = `write apiVersion: ${SCENARIO_API_VERSION} and kind: Scenario, or make one with \`svcsim init\``

function shapeError(message: string, place: Diagnostic['place'] & object, hint = SHAPE_HINT): InputError {
  return new InputError([{ severity: 'error', code: 'SCENARIO_SHAPE', message, hint, place }])
}
