/** How fields are read, whatever the kind: unknown and misspelt ones, wrong types, places, counting. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../src/input/limits.js'
import { manifestsOf, toldOf } from '../reading.js'

function serviceText(spec: string, metadata = '{name: web}'): string {
  return `apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec: {ports: [{port: 80}]${spec}}\n`
}

describe('a name of a field', () => {
  test('that is nearly a known one is an error, with the one that was meant', () => {
    expect(toldOf(serviceText(', sesionAffinity: ClientIP'))).toEqual([
      'FIELD_UNKNOWN 4:29 Service "web": there is no field spec.sesionAffinity [did you mean "sessionAffinity"?]',
    ])
    expect(
      toldOf(serviceText(', sesionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {}}')).length,
    ).toBe(1)
    expect(toldOf(serviceText(', externalTraficpolicy: Local'))).toEqual([
      'FIELD_UNKNOWN 4:29 Service "web": there is no field spec.externalTraficpolicy [did you mean "externalTrafficPolicy"?]',
    ])
  })

  test('that is misspelt is named with all that is above it, and the other is not called missing', () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {container: [{name: a}]}}}
`
    expect(toldOf(text)).toEqual([
      'FIELD_UNKNOWN 4:95 Deployment "web": there is no field spec.template.spec.container [did you mean "containers"?]',
    ])
    expect(toldOf(serviceText('').replace('ports', 'port'))).toEqual([
      'FIELD_UNKNOWN 4:8 Service "web": there is no field spec.port [did you mean "ports"?]',
    ])
  })

  test('that is nearly a known one which is there too is a warning, as any other', () => {
    expect(toldOf(serviceText(', type: NodePort, types: 1'))).toEqual([
      'FIELD_UNKNOWN 4:45 Service field spec.types is not known [it is left out; check its spelling and indentation]',
    ])
  })

  test('that is not known is warned of once for a kind, with the count and the first place', () => {
    const text = ['a', 'b', 'c'].map((name) => serviceText(', color: red', `{name: ${name}}`)).join('---\n')
    expect(toldOf(text)).toEqual([
      'FIELD_UNKNOWN 4:29 Service field spec.color is not known (3 times; here first) [it is left out; check its spelling and indentation]',
    ])
  })

  test('that is not modelled is warned of once for a kind too', () => {
    const text = ['a', 'b']
      .map((name) => serviceText(', loadBalancerClass: x', `{name: ${name}}`))
      .join('---\n')
    expect(toldOf(text)).toEqual([
      'FIELD_IGNORED 4:29 Service field spec.loadBalancerClass is not modelled (2 times; here first) [the results are as if it were not there]',
    ])
  })

  test('such as `constructor` or `__proto__` is no exception', () => {
    expect(toldOf(serviceText(', constructor: 1, __proto__: {type: NodePort}, toString: 2'))).toEqual([
      'FIELD_UNKNOWN 4:29 Service field spec.constructor is not known [it is left out; check its spelling and indentation]',
      'FIELD_UNKNOWN 4:45 Service field spec.__proto__ is not known [it is left out; check its spelling and indentation]',
      'FIELD_UNKNOWN 4:74 Service field spec.toString is not known [it is left out; check its spelling and indentation]',
    ])
    const text = serviceText(', selector: {constructor: a, toString: b}', '{name: constructor}')
    const [service] = manifestsOf(text).services
    expect(service.meta.name).toBe('constructor')
    expect([...(service.selector ?? [])]).toEqual([
      ['constructor', 'a'],
      ['toString', 'b'],
    ])
  })
})

describe('the metadata of an object', () => {
  test.each<[string, string[]]>([
    ['{}', ['FIELD_MISSING 3:11 Service: metadata.name is missing']],
    [
      '{name: web.}',
      [
        'FIELD_VALUE 3:18 Service "web.": "web." is no name [it must be lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit]',
        'FIELD_VALUE 3:18 Service "web.": "web." is no name of a Service [it must be at most 63 lower-case letters, digits and "-", beginning with a letter]',
      ],
    ],
    [
      '{name: web, namespace: Back}',
      [
        'FIELD_VALUE 3:34 Service "web": "Back" is no namespace [it must be at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit]',
      ],
    ],
    [
      '{name: 5}',
      ['FIELD_TYPE 3:18 Service: metadata.name is a number [it must be a text: put it in quotes]'],
    ],
    [
      '[name]',
      [
        'FIELD_TYPE 3:11 Service: metadata is a list [it must be a map of fields]',
        'FIELD_MISSING 3:11 Service: metadata.name is missing',
      ],
    ],
    [
      '{name: web, labels: [a]}',
      ['FIELD_TYPE 3:31 Service "web": metadata.labels is a list [it must be a map]'],
    ],
    [
      '{name: web, labels: {a: [b]}}',
      ['FIELD_TYPE 3:35 Service "web": metadata.labels.a is a list [it must be a text]'],
    ],
    [
      '{name: web, labels: {-a: b}}',
      [
        'FIELD_VALUE 3:32 Service "web": metadata.labels has "-a", which is no label key [it must be NAME or PREFIX/NAME: at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit; the prefix a DNS name]',
      ],
    ],
    [
      '{name: web, labels: {a: b c}}',
      [
        'FIELD_VALUE 3:35 Service "web": metadata.labels.a is "b c" [it must be at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit]',
      ],
    ],
    [
      '{name: web, annotations: {a: true}}',
      [
        'FIELD_TYPE 3:40 Service "web": metadata.annotations.a is true or false [it must be a text: put it in quotes]',
      ],
    ],
  ])('%s is refused', (metadata, errors) => {
    expect(toldOf(serviceText('', metadata))).toEqual(errors)
  })

  test('may have empty labels, prefixes, and nothing in place of a text', () => {
    const text = serviceText(
      '',
      '{name: web, labels: {app.kubernetes.io/name: web, a: "", b: }, annotations: {x/y: "any text"}}',
    )
    expect(manifestsOf(text).services[0].meta).toEqual({
      name: 'web',
      namespace: 'default',
      labels: new Map([
        ['app.kubernetes.io/name', 'web'],
        ['a', ''],
        ['b', ''],
      ]),
      annotations: new Map([['x/y', 'any text']]),
    })
  })

  test('has annotations and texts up to the limits', () => {
    const limits = { ...LIMITS, annotationCharacters: 10, textCharacters: 20 }
    expect(toldOf(serviceText('', '{name: web, annotations: {a: "1234567890"}}'), { limits })).toEqual([
      'LIMIT_EXCEEDED 3:36 Service "web": metadata.annotations has 11 characters [Kubernetes takes at most 10]',
    ])
    expect(toldOf(serviceText('', '{name: a-very-long-name-indeed}'), { limits })).toEqual([
      'LIMIT_EXCEEDED 3:18 Service "a-very-long-name-indeed": metadata.name has 23 characters [svcsim takes at most 20]',
    ])
  })
})
