/**
 * Settings: single fields of the scenario or of a manifest, given a value from the command line or by an axis of a sweep.
 *
 * The path `counter.replicas` sets a replica count of the scenario; `service.shop.sessionAffinity` a field below `spec` of a
 * manifest's object (service, deployment, statefulset, replicaset, daemonset, pod, node; `service.NAMESPACE/NAME` outside the
 * default namespace); every other path a field below `spec` of the scenario, where lists of named things are indexed by name:
 * `clients.browsers.arrivals.rate`. Trees are not changed: setting makes new ones along the path.
 */

import { closestName } from '../base/closest-name.js'
import { type Diagnostic, InputError } from '../base/diagnostics.js'
import { SETTING_PATH } from './manifests/reading.js'
import type { ScenarioSpec, SweepSettings } from './scenario-schema.js'
import type { SourceFile } from './source-file.js'
import { childOf, entryOf, type ListNode, type MapNode, type TreeNode } from './tree.js'
import { wordList } from './words.js'

/** One field and its value. */
export interface Setting {
  /** As the user wrote it, e.g. `counter.replicas`. */
  readonly path: string
  /** Scalar, list or map, as YAML would give it. */
  readonly value: unknown
}

/** One value of an axis. */
export interface AxisValue {
  /** For tables. */
  readonly label: string
  readonly settings: readonly Setting[]
}

/** One factor of a sweep. */
export interface Axis {
  /** Heading in tables. */
  readonly name: string
  /** At least one. */
  readonly values: readonly AxisValue[]
}

const MAX_AXIS_VALUES = 10_000
/** Names that a hint lists where none is near. */
const MAX_LISTED_NAMES = 10

/** First words of paths into manifests, with the kind they stand for. */
const MANIFEST_KINDS: ReadonlyMap<string, string> = new Map([
  ['service', 'Service'],
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['replicaset', 'ReplicaSet'],
  ['daemonset', 'DaemonSet'],
  ['pod', 'Pod'],
  ['node', 'Node'],
])

/**
 * Reads `PATH=VALUE`. The value is a whole number, true, false, or text.
 *
 * @throws InputError SETTING_SYNTAX
 */
export function parseSetting(text: string): Setting {
  const { path, value } = splitSetting(text)
  return { path, value: scalarOf(value) }
}

/** Does the text name several values (`1..10`, `a,b`)? Then it is an axis and no setting. */
export function isAxisText(text: string): boolean {
  const { value } = splitSetting(text)
  return value.includes(',') || RANGE.test(value)
}

/**
 * Reads `PATH=1..10`, `PATH=10..100/10` or `PATH=a,b,c`; a single value is an axis of one.
 *
 * @throws InputError SETTING_SYNTAX
 */
export function parseAxis(text: string): Axis {
  const { path, value } = splitSetting(text)
  return axisOfValues(path, path, valuesOf(value, text))
}

/**
 * The axes of a scenario's sweep.
 *
 * @throws InputError SETTING_SYNTAX if an axis has neither variants nor a path with values
 */
export function axesOf(sweep: SweepSettings): readonly Axis[] {
  return sweep.axes.map(axisOf)
}

/**
 * One axis of a scenario's sweep.
 *
 * @throws InputError SETTING_SYNTAX
 */
export function axisOf(axis: SweepSettings['axes'][number]): Axis {
  const name = axis.name ?? axis.path ?? 'variant'
  if (axis.variants !== undefined) return { name, values: axis.variants.map(variantValue) }
  if (axis.path === undefined || axis.values === undefined) {
    throw syntaxError(`Axis "${name}" of the sweep has nothing to vary`, 'give path and values, or variants')
  }
  const values = typeof axis.values === 'string' ? valuesOf(axis.values, axis.values) : axis.values
  return axisOfValues(name, axis.path, values)
}

function variantValue(variant: { name: string; set: Record<string, unknown> }): AxisValue {
  return {
    label: variant.name,
    settings: Object.entries(variant.set).map(([path, value]) => ({ path, value })),
  }
}

function axisOfValues(name: string, path: string, values: readonly (string | number | boolean)[]): Axis {
  return { name, values: values.map((value) => ({ label: String(value), settings: [{ path, value }] })) }
}

function splitSetting(text: string): { path: string; value: string } {
  const equals = text.indexOf('=')
  if (equals < 1) throw syntaxError(`"${text}" is no setting`, 'write PATH=VALUE, e.g. counter.replicas=3')
  return { path: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }
}

const RANGE = /^(-?\d{1,15})\.\.(-?\d{1,15})(?:\/(\d{1,15}))?$/
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/

function valuesOf(text: string, whole: string): readonly (string | number | boolean)[] {
  const range = RANGE.exec(text)
  if (range === null) return text.split(',').map((item) => scalarOf(item.trim()))
  const [first, last, step] = [Number(range[1]), Number(range[2]), Number(range[3] ?? 1)]
  const count = Math.floor((last - first) / step) + 1
  if (!(count >= 1 && count <= MAX_AXIS_VALUES)) {
    throw syntaxError(
      `"${whole}" is no range of 1 to ${MAX_AXIS_VALUES} values`,
      'write FIRST..LAST or FIRST..LAST/STEP',
    )
  }
  return Array.from({ length: count }, (_, index) => first + index * step)
}

function scalarOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return NUMBER.test(text) ? Number(text) : text
}

function syntaxError(message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code: 'SETTING_SYNTAX', message, hint }])
}

/** Does the setting go to a manifest? */
export function isManifestSetting({ path }: Setting): boolean {
  const [first, second] = path.split('.')
  return MANIFEST_KINDS.has(first) && second !== undefined && path.split('.').length > 2
}

/**
 * Puts settings into a scenario.
 *
 * @param root - the whole document; `spec` is made if it is missing
 * @param settings - those for manifests are passed over
 * @returns the new document and what is wrong (SETTING_PATH)
 */
export function setInScenario(root: TreeNode, settings: readonly Setting[]): Applied {
  return applyAll(
    root,
    settings.filter((setting) => !isManifestSetting(setting)),
    (node, setting) => setAt(node, scenarioSteps(setting.path, node), setting, ''),
  )
}

/** A tree after settings, and the errors among them. */
export interface Applied {
  readonly root: TreeNode
  readonly errors: readonly Diagnostic[]
}

function applyAll(
  root: TreeNode,
  settings: readonly Setting[],
  apply: (node: TreeNode, setting: Setting) => TreeNode | Diagnostic,
): Applied {
  const errors: Diagnostic[] = []
  let current = root
  for (const setting of settings) {
    const result = apply(current, setting)
    if ('severity' in result) errors.push(result)
    else current = result
  }
  return { root: current, errors }
}

/** Fields below `spec` that hold things by name: `pods.replicas` means what is named "replicas" in them. */
const NAMED_THINGS: ReadonlySet<string> = new Set<keyof ScenarioSpec>([
  'replicas',
  'pods',
  'clients',
  'loadBalancers',
])

function scenarioSteps(path: string, root: TreeNode): readonly string[] {
  const steps = path.split('.')
  if (steps[0] === 'spec' && childOf(root, 'spec') !== undefined) return steps
  const isReplicas = steps.length === 2 && steps[1] === 'replicas' && !NAMED_THINGS.has(steps[0])
  return isReplicas ? ['spec', 'replicas', steps[0]] : ['spec', ...steps]
}

/**
 * Puts settings into the documents of the manifests.
 *
 * @param roots - documents; objects inside lists (`kind: List`) are found too
 * @param settings - those for the scenario are passed over
 */
export function setInManifests(
  roots: readonly TreeNode[],
  settings: readonly Setting[],
): { readonly roots: readonly TreeNode[]; readonly errors: readonly Diagnostic[] } {
  const errors: Diagnostic[] = []
  let current = roots
  for (const setting of settings.filter(isManifestSetting)) {
    const kind = MANIFEST_KINDS.get(setting.path.split('.', 1)[0]) ?? ''
    const below = setting.path.slice(setting.path.indexOf('.') + 1)
    const names = namesOfKind(current, kind)
    const name = longestPrefix(names, below)
    if (name === undefined) {
      errors.push(unknownObject(setting, kind, below.split('.', 1)[0], names))
      continue
    }
    const steps = ['spec', ...below.slice(name.length + 1).split('.')]
    current = current.map((root) =>
      mapObjects(root, (object) => {
        if (textAt(object, 'kind') !== kind || qualifiedName(object) !== name) return object
        const result = setAt(object, steps, setting, `${kind} "${name}"`)
        if (!('severity' in result)) return withoutDeadConfig(result, setting)
        errors.push(result)
        return object
      }),
    )
  }
  return { roots: current, errors }
}

/** Names of nodes and pods may hold dots, as the path does: the longest name that the path begins with. */
function longestPrefix(names: readonly string[], path: string): string | undefined {
  let longest: string | undefined
  for (const name of names) {
    if (path.startsWith(`${name}.`) && name.length > (longest?.length ?? 0)) longest = name
  }
  return longest
}

function namesOfKind(roots: readonly TreeNode[], kind: string): readonly string[] {
  const names = new Set<string>()
  for (const root of roots) {
    mapObjects(root, (object) => {
      const name = textAt(object, 'kind') === kind ? qualifiedName(object) : undefined
      if (name !== undefined) names.add(name)
      return object
    })
  }
  return [...names]
}

/** Kubernetes forbids the configuration of an affinity that is switched off. */
function withoutDeadConfig(object: TreeNode, setting: Setting): TreeNode {
  if (!setting.path.endsWith('.sessionAffinity') || setting.value !== 'None') return object
  const spec = childOf(object, 'spec')
  if (spec?.kind !== 'map') return object
  const entries = spec.entries.filter(({ key }) => key !== 'sessionAffinityConfig')
  return withEntry(object as MapNode, 'spec', { ...spec, entries }, spec.file)
}

function mapObjects(root: TreeNode, map: (object: TreeNode) => TreeNode): TreeNode {
  const items = childOf(root, 'items')
  const kind = textAt(root, 'kind')
  if (root.kind !== 'map' || items?.kind !== 'list' || kind?.endsWith('List') !== true) return map(root)
  const mapped: ListNode = { ...items, items: items.items.map((item) => mapObjects(item, map)) }
  return withEntry(root, 'items', mapped, root.file)
}

function qualifiedName(object: TreeNode): string | undefined {
  const metadata = childOf(object, 'metadata')
  if (metadata === undefined) return undefined
  const name = textAt(metadata, 'name')
  const namespace = textAt(metadata, 'namespace') ?? 'default'
  return name === undefined || namespace === 'default' ? name : `${namespace}/${name}`
}

function textAt(node: TreeNode, key: string): string | undefined {
  const child = childOf(node, key)
  return child?.kind === 'scalar' && typeof child.value === 'string' ? child.value : undefined
}

function unknownObject(setting: Setting, kind: string, wanted: string, names: readonly string[]): Diagnostic {
  return pathError(setting, `there is no ${kind} "${wanted}" among the manifests`, wanted, names)
}

/** A copy of the tree with the value at the path; or the error, if a step leads nowhere. */
function setAt(
  root: TreeNode,
  steps: readonly string[],
  setting: Setting,
  where: string,
): TreeNode | Diagnostic {
  const [step, ...rest] = steps
  if (step === undefined) return valueNode(setting)
  if (root.kind === 'list') return setInList(root, step, rest, setting, where)
  if (root.kind === 'scalar' && root.value !== null) {
    return pathError(setting, `${where} is a single value and has no field "${step}"`, step, [])
  }
  const map: MapNode = root.kind === 'map' ? root : emptyMap(settingFile(setting))
  const child = entryOf(map, step)?.value ?? emptyMap(settingFile(setting))
  const changed = setAt(
    rest.length === 0 ? valueNode(setting) : child,
    rest,
    setting,
    fieldBelow(where, step),
  )
  return 'severity' in changed ? changed : withEntry(map, step, changed, settingFile(setting))
}

function fieldBelow(where: string, step: string): string {
  return where === '' ? step : `${where}.${step}`
}

/** A step into a list is the `name` of an item, or its position from 0. */
function setInList(
  list: ListNode,
  step: string,
  rest: readonly string[],
  setting: Setting,
  where: string,
): TreeNode | Diagnostic {
  const byName = list.items.findIndex((item) => textAt(item, 'name') === step)
  const index = byName >= 0 || !/^\d{1,6}$/.test(step) ? byName : Number(step)
  const item = list.items[index]
  if (item === undefined) {
    const names = list.items.flatMap((each) => textAt(each, 'name') ?? [])
    return pathError(setting, `${where} has no item "${step}"`, step, names)
  }
  const changed = setAt(rest.length === 0 ? valueNode(setting) : item, rest, setting, fieldBelow(where, step))
  if ('severity' in changed) return changed
  return { ...list, items: list.items.map((each, position) => (position === index ? changed : each)) }
}

function withEntry(map: MapNode, key: string, value: TreeNode, keyFile: SourceFile): MapNode {
  const isNew = entryOf(map, key) === undefined
  const made = { key, keyFile, keyStart: 0, value }
  if (isNew) return { ...map, entries: [...map.entries, made] }
  return { ...map, entries: map.entries.map((entry) => (entry.key === key ? { ...entry, value } : entry)) }
}

function pathError(setting: Setting, reason: string, wanted: string, names: readonly string[]): Diagnostic {
  const nearest = closestName(wanted, names)
  const listed = names.length === 0 ? undefined : `it must be ${wordList(names.slice(0, MAX_LISTED_NAMES))}`
  const hint = nearest === undefined ? listed : `did you mean "${nearest}"?`
  const message = `The setting "${setting.path}" leads nowhere: ${reason}`
  return { severity: 'error', code: 'SETTING_PATH', message, ...(hint === undefined ? {} : { hint }) }
}

/** The setting as a text of its own, so that errors about its value have a place. */
function settingFile({ path, value }: Setting): SourceFile {
  return {
    path: SETTING_PATH,
    text: `${path}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  }
}

function valueNode(setting: Setting): TreeNode {
  const file = settingFile(setting)
  return nodeOf(setting.value, file, setting.path.length + 1)
}

function nodeOf(value: unknown, file: SourceFile, start: number): TreeNode {
  const at = { file, start, end: file.text.length }
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => nodeOf(item, file, start)), ...at }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => ({
      key,
      keyFile: file,
      keyStart: 0,
      value: nodeOf(item, file, start),
    }))
    return { kind: 'map', entries, ...at }
  }
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return { kind: 'scalar', value: isScalar ? value : null, ...at }
}

function emptyMap(file: SourceFile): MapNode {
  return { kind: 'map', entries: [], file, start: 0, end: 0 }
}
