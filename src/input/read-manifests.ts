/**
 * Reads manifests: objects of the kinds that svcsim knows, checked and with Kubernetes' defaults. All errors in one pass;
 * other kinds and fields that are not modelled are warnings, told once each. The order of files, documents and keys is no input.
 */

import { type Diagnostic, InputError } from '../base/diagnostics.js'
import { formatCount } from '../base/units.js'
import type { Manifests, ObjectMeta, WorkloadObject } from './kubernetes-objects.js'
import { LIMITS, type Limits } from './limits.js'
import { readEndpointSlice } from './manifests/endpoint-slice.js'
import { ENDPOINT_SLICE, type FieldTable, OBJECT, OBJECT_WITH_STATUS } from './manifests/field-tables.js'
import { type Fields, openFields } from './manifests/fields.js'
import { readNamespace, readNode } from './manifests/node.js'
import { NodePortOwners, whereIs } from './manifests/node-ports.js'
import { readPod } from './manifests/pod.js'
import { type ClusterFacts, Reading } from './manifests/reading.js'
import { readService } from './manifests/service.js'
import { readWorkload } from './manifests/workload.js'
import { type ParsedFiles, parseDocuments } from './parse-documents.js'
import { type Setting, setInManifests } from './settings.js'
import type { SourceFile } from './source-file.js'
import { childOf, deepestOf, entryOf, kindOf, type MapNode, originOf, type TreeNode } from './tree.js'
import { shortened } from './words.js'

/** Manifests as parsed, before settings: parse once, read for every point of a sweep. */
export type ParsedManifests = ParsedFiles

export interface ReadOptions {
  readonly settings?: readonly Setting[]
  /** Node ports 30000 to 32767 and IPv4 by default. */
  readonly cluster?: ClusterFacts
  readonly limits?: Limits
}

export interface ReadManifests {
  readonly manifests: Manifests
  readonly warnings: readonly Diagnostic[]
}

const DEFAULT_CLUSTER: ClusterFacts = { nodePortRange: { first: 30_000, last: 32_767 }, ipFamily: 4 }

/** Parses files; never throws because of their text. */
export function parseManifestFiles(files: readonly SourceFile[], limits: Limits = LIMITS): ParsedManifests {
  return parseDocuments(files, limits)
}

/**
 * Reads parsed manifests.
 *
 * @throws InputError with all errors, those of parsing among them
 */
export function readManifests(parsed: ParsedManifests, options: ReadOptions = {}): ReadManifests {
  const { settings = [], cluster = DEFAULT_CLUSTER, limits = LIMITS } = options
  const reading = new Reading(limits, cluster, parsed.errors)
  const reader = new ManifestReader(reading)
  const changed = setInManifests(parsed.documents, settings)
  reading.errors(changed.errors)
  for (const root of changed.roots) reader.readDocument(root)
  reader.checkSizes()
  if (reading.hasErrors) throw new InputError(reading.allErrors())
  return { manifests: reader.sorted(), warnings: reading.allWarnings() }
}

/** Kinds that are read: where their fields stand, and the apiVersion that they must have. */
export const KINDS: ReadonlyMap<string, { readonly apiVersion: string; readonly table: FieldTable }> =
  new Map([
    ['Deployment', { apiVersion: 'apps/v1', table: OBJECT }],
    ['ReplicaSet', { apiVersion: 'apps/v1', table: OBJECT }],
    ['StatefulSet', { apiVersion: 'apps/v1', table: OBJECT }],
    ['DaemonSet', { apiVersion: 'apps/v1', table: OBJECT }],
    ['Pod', { apiVersion: 'v1', table: OBJECT_WITH_STATUS }],
    ['Service', { apiVersion: 'v1', table: OBJECT_WITH_STATUS }],
    ['EndpointSlice', { apiVersion: 'discovery.k8s.io/v1', table: ENDPOINT_SLICE }],
    ['Node', { apiVersion: 'v1', table: OBJECT_WITH_STATUS }],
    ['Namespace', { apiVersion: 'v1', table: OBJECT }],
  ])

/** What items of a list are where they do not say it themselves, as in the API server's answers. */
interface ListKind {
  readonly kind?: string
  readonly apiVersion?: string
}

function listKind(kind: string | undefined, apiVersion: string | undefined): ListKind {
  if (kind === undefined || kind === 'List' || apiVersion === undefined) return {}
  return { kind: kind.slice(0, -'List'.length), apiVersion }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : never }

class ManifestReader {
  private readonly found: Mutable<Manifests> = {
    workloads: [],
    pods: [],
    services: [],
    endpointSlices: [],
    nodes: [],
    namespaces: [],
  }
  private readonly known = new Map<string, TreeNode>()
  private readonly nodePorts: NodePortOwners

  constructor(private readonly reading: Reading) {
    this.nodePorts = new NodePortOwners(reading)
  }

  /** @param itemOf - for an item of `kind: ServiceList` and the like: its kind and version, where it has none itself */
  readDocument(root: TreeNode, itemOf: ListKind = {}): void {
    if (root.kind !== 'map') {
      if (root.kind !== 'scalar' || root.value !== null) {
        this.reading.error(
          'OBJECT_SHAPE',
          `A document is ${kindOf(root)}`,
          root,
          'it must be a map with apiVersion and kind',
        )
      }
      return
    }
    const kind = textOf(root, 'kind') ?? itemOf.kind
    const apiVersion = textOf(root, 'apiVersion') ?? itemOf.apiVersion
    const items = childOf(root, 'items')
    if (items?.kind === 'list' && (kind === undefined || kind.endsWith('List'))) {
      for (const item of items.items) this.readDocument(item, listKind(kind, apiVersion))
      return
    }
    this.readObject(root, kind, apiVersion)
  }

  private readObject(root: MapNode, kind: string | undefined, apiVersion: string | undefined): void {
    if (kind === undefined || apiVersion === undefined) {
      const missing = kind === undefined ? 'kind' : 'apiVersion'
      this.reading.error(
        'OBJECT_SHAPE',
        `An object has no ${missing}`,
        root,
        'every Kubernetes object has apiVersion and kind',
      )
      return
    }
    const known = KINDS.get(kind)
    if (known === undefined) this.noteOtherKind(root, kind, apiVersion)
    else if (known.apiVersion !== apiVersion) this.noteOtherVersion(root, kind, apiVersion, known.apiVersion)
    else this.readKnown(root, kind, known.table)
  }

  private readKnown(root: MapNode, kind: string, table: FieldTable): void {
    const metadata = childOf(root, 'metadata')
    const name = metadata === undefined ? '' : (textOf(metadata, 'name') ?? '')
    const object = openFields(this.reading, { kind, name }, '', root, table, false)
    const meta = this.collect(object, kind)
    if (meta === undefined || meta.name === '') return
    this.noteDouble(kind, meta, root)
  }

  /** Reads an object into its list. */
  private collect(object: Fields, kind: string): ObjectMeta | undefined {
    const origin = originOf(object.node)
    switch (kind) {
      case 'Pod':
        return keep(this.found.pods, readPod(object, origin))
      case 'Service': {
        const service = readService(object, origin)
        this.nodePorts.add(service, object.node)
        return keep(this.found.services, service)
      }
      case 'EndpointSlice':
        return keep(this.found.endpointSlices, readEndpointSlice(object, origin))
      case 'Node':
        return keep(this.found.nodes, readNode(object, origin))
      case 'Namespace':
        return keep(this.found.namespaces, readNamespace(object, origin))
      default:
        return keep(this.found.workloads, readWorkload(object, kind as WorkloadObject['kind'], origin))
    }
  }

  private noteDouble(kind: string, meta: ObjectMeta, root: MapNode): void {
    const isClusterWide = kind === 'Node' || kind === 'Namespace'
    const key = isClusterWide ? `${kind} ${meta.name}` : `${kind} ${meta.namespace}/${meta.name}`
    const first = this.known.get(key)
    if (first === undefined) this.known.set(key, root)
    else {
      const at = deepestOf(root, ['metadata', 'name'])
      const hint = `the first is at ${whereIs(first)}; rename or remove one`
      this.reading.error('OBJECT_DUPLICATE', `${kind} "${meta.name}" is there twice`, at, hint)
    }
  }

  private noteOtherKind(root: MapNode, kind: string, apiVersion: string): void {
    const nearest = this.reading.nearest(kind, KINDS.keys())
    const isOurs = [...KINDS.values()].some((each) => each.apiVersion === apiVersion)
    const at = entryOf(root, 'kind')?.value ?? root
    if (nearest !== undefined && isOurs && !REAL_KINDS.has(kind)) {
      this.reading.error('KIND_UNKNOWN', `There is no kind "${kind}"`, at, `did you mean "${nearest}"?`)
    } else {
      this.noteIgnored(shortened(kind), at)
    }
  }

  private noteIgnored(kind: string, at: TreeNode): void {
    const hint = 'the results are as if they were not there'
    this.reading.tally('KIND_IGNORED', `Objects of kind ${kind} are ignored`, at, hint)
  }

  private noteOtherVersion(root: MapNode, kind: string, apiVersion: string, wanted: string): void {
    const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
    const isMeant = KUBERNETES_GROUPS.has(group) || this.reading.nearest(apiVersion, [wanted]) !== undefined
    if (isMeant) {
      const at = entryOf(root, 'apiVersion')?.value ?? root
      this.reading.error(
        'OBJECT_VERSION',
        `${kind} has apiVersion "${apiVersion}"`,
        at,
        `it must be ${wanted}`,
      )
    } else {
      const at = entryOf(root, 'kind')?.value ?? root
      this.noteIgnored(`${kind} of ${shortened(apiVersion)}`, at)
    }
  }

  checkSizes(): void {
    const { services, nodes, workloads, pods } = this.found
    const { limits } = this.reading
    const podCount = workloads.reduce((sum, { replicas }) => sum + replicas, pods.length)
    this.checkSize('Services', services.length, limits.services, 'leave out what the question is not about')
    this.checkSize('Nodes', nodes.length, limits.clusterNodes, 'take fewer nodes')
    this.checkSize('Pods', podCount, limits.pods, 'take fewer replicas')
  }

  private checkSize(what: string, count: number, limit: number, hint: string): void {
    if (count <= limit) return
    const message = `The manifests ask for ${formatCount(count)} ${what}, more than the ${formatCount(limit)} that are taken`
    this.reading.errors([{ severity: 'error', code: 'LIMIT_EXCEEDED', message, hint }])
  }

  sorted(): Manifests {
    const { workloads, pods, services, endpointSlices, nodes, namespaces } = this.found
    return {
      workloads: workloads.sort(byName),
      pods: pods.sort(byName),
      services: services.sort(byName),
      endpointSlices: endpointSlices.sort(byName),
      nodes: nodes.sort(byName),
      namespaces: namespaces.sort(byName),
    }
  }
}

/** API groups that have, or had, the kinds that are read; `Service` of another group is something else. */
const KUBERNETES_GROUPS: ReadonlySet<string> = new Set(['', 'apps', 'extensions', 'discovery.k8s.io'])

/** Kinds of the API groups read that are nearly named as one of ours and are none of it. */
const REAL_KINDS: ReadonlySet<string> = new Set([
  'Endpoints',
  'PodTemplate',
  'ControllerRevision',
  'Secret',
  'Event',
  'Binding',
])

function keep<T extends { readonly meta: ObjectMeta }>(
  list: T[],
  object: T | undefined,
): ObjectMeta | undefined {
  if (object === undefined) return undefined
  list.push(object)
  return object.meta
}

function byName(
  a: { readonly kind: string; readonly meta: ObjectMeta },
  b: { readonly kind: string; readonly meta: ObjectMeta },
): number {
  return (
    compare(a.meta.namespace, b.meta.namespace) ||
    compare(a.meta.name, b.meta.name) ||
    compare(a.kind, b.kind)
  )
}

/** By code units, whatever the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function textOf(node: TreeNode, key: string): string | undefined {
  const child = childOf(node, key)
  return child?.kind === 'scalar' && typeof child.value === 'string' ? child.value : undefined
}
