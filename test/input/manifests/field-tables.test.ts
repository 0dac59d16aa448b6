/** What the tables of fields say is so: fields that are read, warned of, or passed over; and none is forgotten. */
import fs from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type FieldTable, TABLES_BY_TYPE } from '../../../src/input/manifests/field-tables.js'
import { findings } from '../reading.js'

type Type = keyof typeof TABLES_BY_TYPE
type Json = Readonly<Record<string, unknown>>

const API_FIELDS: Readonly<Record<string, readonly string[]>> = JSON.parse(
  fs.readFileSync(new URL('../../data/kubernetes-api/fields.json', import.meta.url), 'utf8'),
)

const META = { name: 'web' }
const LABELS = { app: 'web' }
const SELECTOR = { matchLabels: LABELS }
const TEMPLATE = { metadata: { labels: LABELS }, spec: { containers: [{ name: 'main' }] } }

const object = (apiVersion: string, kind: string, more: Json) => ({
  apiVersion,
  kind,
  metadata: META,
  ...more,
})
const workload = (kind: string, spec: Json = {}, more: Json = {}) =>
  object('apps/v1', kind, { spec: { selector: SELECTOR, template: TEMPLATE, ...spec }, ...more })
const pod = (spec: Json = {}, more: Json = {}) =>
  object('v1', 'Pod', { spec: { containers: [{ name: 'main' }], ...spec }, ...more })
const preStop = (hook: Json) => pod({ containers: [{ name: 'main', lifecycle: { preStop: hook } }] })
const service = (spec: Json = {}, more: Json = {}) =>
  object('v1', 'Service', { spec: { ports: [{ port: 80 }], ...spec }, ...more })
const slice = (more: Json) => object('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', ...more })
const balancer = (status: Json) => service({ type: 'LoadBalancer' }, { status })
const clientIp = (config: Json) => service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: config })
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }
const requirement = { key: 'app', operator: 'Exists' }

/** The smallest object with some more fields in a map of the type. */
const WITH_FIELDS: Readonly<Record<Type, (fields: Json) => Json>> = {
  Deployment: (fields) => workload('Deployment', {}, fields),
  ReplicaSet: (fields) => workload('ReplicaSet', {}, fields),
  StatefulSet: (fields) => workload('StatefulSet', {}, fields),
  DaemonSet: (fields) => workload('DaemonSet', {}, fields),
  Pod: (fields) => pod({}, fields),
  Service: (fields) => service({}, fields),
  EndpointSlice: slice,
  Node: (fields) => object('v1', 'Node', fields),
  Namespace: (fields) => object('v1', 'Namespace', fields),
  ObjectMeta: (fields) => service({}, { metadata: { ...META, ...fields } }),
  LabelSelector: (fields) => workload('Deployment', { selector: { ...SELECTOR, ...fields } }),
  LabelSelectorRequirement: (fields) =>
    workload('Deployment', { selector: { ...SELECTOR, matchExpressions: [{ ...requirement, ...fields }] } }),
  DeploymentSpec: (fields) => workload('Deployment', fields),
  ReplicaSetSpec: (fields) => workload('ReplicaSet', fields),
  StatefulSetSpec: (fields) => workload('StatefulSet', fields),
  DaemonSetSpec: (fields) => workload('DaemonSet', fields),
  DeploymentStrategy: (fields) => workload('Deployment', { strategy: fields }),
  RollingUpdateDeployment: (fields) => workload('Deployment', { strategy: { rollingUpdate: fields } }),
  Lifecycle: (fields) => pod({ containers: [{ name: 'main', lifecycle: fields }] }),
  LifecycleHandler: (fields) => preStop(fields),
  SleepAction: (fields) => preStop({ sleep: fields }),
  ExecAction: (fields) => preStop({ exec: fields }),
  PodTemplateSpec: (fields) => workload('Deployment', { template: { ...TEMPLATE, ...fields } }),
  TemplateObjectMeta: (fields) =>
    workload('Deployment', { template: { ...TEMPLATE, metadata: { labels: LABELS, ...fields } } }),
  PodSpec: pod,
  Container: (fields) => pod({ containers: [{ name: 'main', ...fields }] }),
  ResourceRequirements: (fields) => pod({ containers: [{ name: 'main', resources: fields }] }),
  ResourceList: (fields) => pod({ containers: [{ name: 'main', resources: { limits: fields } }] }),
  ContainerPort: (fields) =>
    pod({ containers: [{ name: 'main', ports: [{ containerPort: 80, ...fields }] }] }),
  EnvVar: (fields) => pod({ containers: [{ name: 'main', env: [{ name: 'A', ...fields }] }] }),
  TopologySpreadConstraint: (fields) => pod({ topologySpreadConstraints: [{ ...spread, ...fields }] }),
  PodStatus: (fields) => pod({}, { status: fields }),
  PodCondition: (fields) =>
    pod({}, { status: { conditions: [{ type: 'Ready', status: 'True', ...fields }] } }),
  ServiceSpec: service,
  ServicePort: (fields) => service({ ports: [{ port: 80, ...fields }] }),
  SessionAffinityConfig: clientIp,
  ClientIPConfig: (fields) => clientIp({ clientIP: fields }),
  ServiceStatus: balancer,
  LoadBalancerStatus: (fields) => balancer({ loadBalancer: fields }),
  LoadBalancerIngress: (fields) =>
    balancer({ loadBalancer: { ingress: [{ ip: '203.0.113.1', ...fields }] } }),
  Endpoint: (fields) => slice({ endpoints: [{ addresses: ['192.0.2.1'], ...fields }] }),
  EndpointConditions: (fields) => slice({ endpoints: [{ addresses: ['192.0.2.1'], conditions: fields }] }),
  EndpointHints: (fields) => slice({ endpoints: [{ addresses: ['192.0.2.1'], hints: fields }] }),
  ForZone: (fields) => slice({ endpoints: [{ addresses: ['192.0.2.1'], hints: { forZones: [fields] } }] }),
  ForNode: (fields) => slice({ endpoints: [{ addresses: ['192.0.2.1'], hints: { forNodes: [fields] } }] }),
  EndpointPort: (fields) => slice({ ports: [fields] }),
  NodeSpec: (fields) => object('v1', 'Node', { spec: fields }),
  NodeStatus: (fields) => object('v1', 'Node', { status: fields }),
  NodeAddress: (fields) =>
    object('v1', 'Node', {
      status: { addresses: [{ type: 'InternalIP', address: '192.168.0.2', ...fields }] },
    }),
  NamespaceSpec: (fields) => object('v1', 'Namespace', { spec: fields }),
}

/** Of no type that any field has: neither scalar nor map nor list of scalars or maps. */
const WRONG = [[]]

function codesFor(type: Type, field: string, value: unknown): string[] {
  return findings(JSON.stringify(WITH_FIELDS[type]({ [field]: value }))).map(
    ({ code, message }) => `${code} ${message}`,
  )
}

function fieldsOf(use: 'read' | 'ignored' | 'silent'): [Type, string][] {
  return Object.entries(TABLES_BY_TYPE).flatMap(([type, table]: [string, FieldTable]) =>
    [...table.uses].filter(([, each]) => each === use).map(([name]): [Type, string] => [type as Type, name]),
  )
}

test.each(Object.keys(TABLES_BY_TYPE) as Type[])('the smallest object with a %s has no findings', (type) => {
  expect(findings(JSON.stringify(WITH_FIELDS[type]({})))).toEqual([])
})

describe('a field that is read', () => {
  test.each(fieldsOf('read'))('%s.%s is refused where it has the wrong type', (type, field) => {
    const found = codesFor(type, field, WRONG)
    expect(found.filter((each) => /^(?:FIELD_TYPE|OBJECT_SHAPE) /.test(each)).length).toBeGreaterThan(0)
  })
})

describe('a field that is not modelled', () => {
  test.each(fieldsOf('ignored'))('%s.%s is warned of by name', (type, field) => {
    const found = codesFor(type, field, {})
    expect(found.length).toBe(1)
    expect(found[0]).toMatch(
      new RegExp(`^FIELD_IGNORED \\w+ field (?:\\S+ )?\\S*\\b${field} is not modelled$`),
    )
  })

  test('is not warned of where it is null', () => {
    expect(codesFor('PodSpec', 'affinity', null)).toEqual([])
  })
})

describe('a field on which nothing depends', () => {
  test.each(fieldsOf('silent'))('%s.%s is not worth a word', (type, field) => {
    expect(codesFor(type, field, WRONG)).toEqual([])
  })
})

describe('a field that is not known', () => {
  const closed = Object.entries(TABLES_BY_TYPE).filter(([, table]) => !table.isOpen)

  test.each(closed.map(([type]) => type as Type))('of %s is warned of', (type) => {
    expect(codesFor(type, 'unheardOf', 1).map((each) => each.slice(0, 14))).toEqual(['FIELD_UNKNOWN '])
  })

  const open = Object.entries(TABLES_BY_TYPE).filter(([, table]) => table.isOpen)

  test.each(open.map(([type]) => type as Type))('of %s, which clusters write, is not', (type) => {
    expect(codesFor(type, 'unheardOf', 1)).toEqual([])
  })
})

describe('the API of Kubernetes', () => {
  const types = { ...API_FIELDS, TemplateObjectMeta: API_FIELDS.ObjectMeta }

  test.each(Object.entries(types))('has no field of %s that the tables forget', (type, names) => {
    const table: FieldTable = TABLES_BY_TYPE[type as Type]
    expect(names.filter((name) => !table.uses.has(name))).toEqual([])
  })
})
