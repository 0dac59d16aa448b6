/** Files with many objects: documents, lists, kinds, duplicates, several files, and how many errors are told. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/input/limits.js'
import { codesOf, findings, manifestsOf, toldOf } from './reading.js'

const service = (name: string, more = '') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}${more}}\nspec: {ports: [{port: 80}]}\n`
const item = (name: string) =>
  `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {ports: [{port: 80}]}}`

const namesOf = (texts: Parameters<typeof manifestsOf>[0]) =>
  manifestsOf(texts).services.map(({ meta }) => `${meta.namespace}/${meta.name}`)

describe('objects', () => {
  test('come from documents, empty ones left out, in the order of namespace and name', () => {
    const text = `---\n# nothing\n---\n${service('web')}---\n\n---\n${service('api', ', namespace: back')}---\n${service('api')}...\n`
    expect(namesOf(text)).toEqual(['back/api', 'default/api', 'default/web'])
  })

  test('come from files in any order alike', () => {
    const files = {
      'b.yaml': service('web'),
      'a.yaml': service('api'),
      'c.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'json' },
        spec: { ports: [{ port: 80 }] },
      }),
    }
    expect(namesOf(files)).toEqual(['default/api', 'default/json', 'default/web'])
  })

  test('come from kind List, from lists in lists, and from lists of one kind', () => {
    expect(namesOf(`apiVersion: v1\nkind: List\nitems: [${item('a')}, ${item('b')}]\n`)).toEqual([
      'default/a',
      'default/b',
    ])
    expect(namesOf(`kind: List\nitems: [{kind: List, items: [${item('a')}]}]\n`)).toEqual(['default/a'])
    expect(namesOf(`items: [${item('a')}]\n`)).toEqual(['default/a'])
    const bare = '{metadata: {name: a}, spec: {ports: [{port: 80}]}}'
    expect(namesOf(`apiVersion: v1\nkind: ServiceList\nitems: [${bare}]\n`)).toEqual(['default/a'])
  })

  test('come from the standard input, which is named so', () => {
    expect(findings({ '<stdin>': 'kind: Service\n' }).map(({ place }) => place?.file)).toEqual(['<stdin>'])
  })

  test('of one kind, namespace and name may be there once', () => {
    expect(toldOf({ 'a.yaml': service('web'), 'b.yaml': `# again\n${service('web')}` })).toEqual([
      'OBJECT_DUPLICATE 4:18 Service "web" is there twice [the first is at a.yaml:1; rename or remove one]',
    ])
    expect(toldOf(`${service('web')}---\n${service('web', ', namespace: back')}`)).toEqual([])
  })
})

describe('a document that is no object', () => {
  test.each<[string, string[]]>([
    ['just text\n', ['OBJECT_SHAPE 1:1 A document is a text [it must be a map with apiVersion and kind]']],
    ['[1, 2]\n', ['OBJECT_SHAPE 1:1 A document is a list [it must be a map with apiVersion and kind]']],
    ['5\n', ['OBJECT_SHAPE 1:1 A document is a number [it must be a map with apiVersion and kind]']],
    ['null\n', []],
    [
      'metadata: {name: a}\n',
      ['OBJECT_SHAPE 1:1 An object has no kind [every Kubernetes object has apiVersion and kind]'],
    ],
    [
      'kind: Service\n',
      ['OBJECT_SHAPE 1:1 An object has no apiVersion [every Kubernetes object has apiVersion and kind]'],
    ],
    [
      'apiVersion: 1\nkind: Service\n',
      ['OBJECT_SHAPE 1:1 An object has no apiVersion [every Kubernetes object has apiVersion and kind]'],
    ],
    [
      'kind: List\nitems: [a]\n',
      ['OBJECT_SHAPE 2:9 A document is a text [it must be a map with apiVersion and kind]'],
    ],
  ])('%j', (text, errors) => {
    expect(toldOf(text)).toEqual(errors)
  })
})

describe('a kind', () => {
  test('that is nearly one that is read is an error', () => {
    expect(toldOf('apiVersion: v1\nkind: service\nmetadata: {name: a}\n')).toEqual([
      'KIND_UNKNOWN 2:7 There is no kind "service" [did you mean "Service"?]',
    ])
    expect(toldOf('apiVersion: apps/v1\nkind: Deploymnet\n')).toEqual([
      'KIND_UNKNOWN 2:7 There is no kind "Deploymnet" [did you mean "Deployment"?]',
    ])
  })

  test('that is not modelled is told once, with the count', () => {
    const text = [
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\n',
      'apiVersion: v1\nkind: ConfigMap\n',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {anything: goes}\n',
      'apiVersion: serving.knative.dev/v1\nkind: Service\n',
      'apiVersion: v1\nkind: Endpoints\n',
    ].join('---\n')
    expect(toldOf(text)).toEqual([
      'KIND_IGNORED 2:7 Objects of kind Ingress are ignored (2 times; here first) [the results are as if they were not there]',
      'KIND_IGNORED 5:7 Objects of kind ConfigMap are ignored [the results are as if they were not there]',
      'KIND_IGNORED 12:7 Objects of kind Service of serving.knative.dev/v1 are ignored [the results are as if they were not there]',
      'KIND_IGNORED 15:7 Objects of kind Endpoints are ignored [the results are as if they were not there]',
    ])
  })

  test('has its version', () => {
    expect(toldOf('apiVersion: extensions/v1beta1\nkind: Deployment\n')).toEqual([
      'OBJECT_VERSION 1:13 Deployment has apiVersion "extensions/v1beta1" [it must be apps/v1]',
    ])
    expect(toldOf('apiVersion: v1\nkind: EndpointSlice\n')).toEqual([
      'OBJECT_VERSION 1:13 EndpointSlice has apiVersion "v1" [it must be discovery.k8s.io/v1]',
    ])
  })
})

describe('errors', () => {
  test('of all files, documents and kinds are told in one pass, in the order of the input', () => {
    const files = {
      'a.yaml':
        'a: [\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {typ: NodePort, ports: [{port: 0}]}\n',
      'b.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {}\n',
      'c.json': '{"kind": 5',
    }
    const places = findings(files).map(({ code, place }) => `${code} ${place?.file}:${place?.line}`)
    expect(places).toEqual([
      'YAML_SYNTAX a.yaml:2',
      'YAML_SYNTAX c.json:1',
      'FIELD_UNKNOWN a.yaml:6',
      'FIELD_VALUE a.yaml:6',
      'FIELD_MISSING b.yaml:4',
      'FIELD_MISSING b.yaml:4',
      'FIELD_MISSING b.yaml:4',
    ])
  })

  test('are told up to a limit, and that there may be more', () => {
    const text = Array.from({ length: 10 }, (_, index) => service(`s${index}`).replace('80', '0')).join(
      '---\n',
    )
    const limits = { ...LIMITS, diagnostics: 3 }
    expect(codesOf(text)).toEqual(Array(10).fill('FIELD_VALUE'))
    expect(toldOf(text, { limits }).slice(2)).toEqual([
      'FIELD_VALUE 14:23 Service "s2": spec.ports[0].port is 0 [it must be a whole number, 1 to 65535]',
      'MORE_LEFT_OUT - These are the first 3 errors; there may be more [mend them, and run again]',
    ])
    expect(codesOf(text, { limits: { ...LIMITS, diagnostics: 10 } })).toEqual(Array(10).fill('FIELD_VALUE'))
  })

  test('of parsing count among them', () => {
    const text = 'a: [\n---\n'.repeat(5)
    expect(codesOf(text, { limits: { ...LIMITS, diagnostics: 2 } })).toEqual([
      'YAML_SYNTAX',
      'YAML_SYNTAX',
      'MORE_LEFT_OUT',
    ])
  })

  test('quote long names by their beginning', () => {
    const [error] = findings(service('A'.repeat(60_000)))
    expect(error.message.length).toBeLessThan(502)
  })
})

describe('warnings', () => {
  test('are told up to the same limit', () => {
    const text = Array.from({ length: 5 }, (_, index) => `apiVersion: x/v1\nkind: Kind${index}\n`).join(
      '---\n',
    )
    const limits = { ...LIMITS, diagnostics: 3 }
    expect(findings(text, { limits }).map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning KIND_IGNORED',
      'warning KIND_IGNORED',
      'warning KIND_IGNORED',
      'warning MORE_LEFT_OUT',
    ])
  })
})

describe('too many Services', () => {
  test('are refused, with the limit', () => {
    const text = `${service('a')}---\n${service('b')}`
    expect(toldOf(text, { limits: { ...LIMITS, services: 1 } })).toEqual([
      'LIMIT_EXCEEDED - The manifests ask for 2 Services, more than the 1 that are taken [leave out what the question is not about]',
    ])
  })
})

describe('too much text', () => {
  test('in one file, or in all, is refused before it is read', () => {
    const limits = { ...LIMITS, fileCharacters: 120, totalCharacters: 200 }
    expect(toldOf(service('web'), { limits })).toEqual([])
    expect(toldOf(service('web') + '#'.repeat(100), { limits })).toEqual([
      'TEXT_TOO_LARGE 1:1 The file has more than 120 characters [split it into smaller files]',
    ])
    expect(
      toldOf({ 'a.yaml': service('a'), 'b.yaml': service('b'), 'c.yaml': service('c') }, { limits }),
    ).toEqual([
      'TEXT_TOO_LARGE 1:1 The files have more than 200 characters in all [leave out the manifests that the question does not depend on]',
    ])
  })
})
