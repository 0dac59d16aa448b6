import { describe, expect, test } from 'vitest'
import { resolvePlain } from '../../src/input/plain-scalar.js'
import { toldOf } from './reading.js'

describe('an unquoted scalar', () => {
  test.each([
    ['', null],
    ['~', null],
    ['null', null],
    ['Null', null],
    ['true', true],
    ['FALSE', false],
    ['0', 0],
    ['-0', 0],
    ['-0.0', 0],
    ['8080', 8080],
    ['+12', 12],
    ['08', 8],
    ['09', 9],
    ['0x1F', 31],
    ['0o17', 15],
    ['1.50', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-2', 0.01],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['0.1', 0.1],
    ['100000000000000000000', 1e20],
    ['tRUE', 'tRUE'],
    ['nULL', 'nULL'],
    ['10.0.0.1', '10.0.0.1'],
    ['1.2.3', '1.2.3'],
    ['12:30', '12:30'],
    ['2026-01-01', '2026-01-01'],
    ['1s', '1s'],
    ['-', '-'],
    ['+', '+'],
    ['.', '.'],
    ['e3', 'e3'],
    ['0x', '0x'],
    ['_1', '_1'],
    ['١٢', '١٢'],
  ])('%j stands for %j', (text, value) => {
    expect(resolvePlain(text)).toEqual({ value, flaw: undefined })
  })

  test.each([
    '1e400',
    '-1e400',
    '1e-400',
    '12345678901234567890',
    '9007199254740993',
    '0.1000000000000000055511151231257827',
    '0x20000000000001',
    '.inf',
    '-.Inf',
    '.NAN',
    `${'9'.repeat(500)}`,
  ])('%j can not be held exactly', (text) => {
    expect(resolvePlain(text)).toEqual({ value: text, flaw: 'number' })
  })

  test.each(
    'y Y yes Yes YES on ON n N no off Off 014 -014 0777 0b101 +0x1F 0X1F 1_000 1__0 0_1 1_000.5'.split(' '),
  )('%j means something else to kubectl', (text) => {
    expect(resolvePlain(text)).toEqual({ value: text, flaw: 'word' })
  })
})

const service = (annotation: string) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations: {note: ${annotation}}\nspec: {ports: [{port: 80}]}\n`

describe('a word or number that can not be read as it stands', () => {
  test('is refused where it is read, with the way to write it', () => {
    expect(toldOf(service('yes'))).toEqual([
      'YAML_AMBIGUOUS 5:23 kubectl (YAML 1.1) reads "yes" as true, YAML 1.2 does not [put it in quotes if it is a text, else write true]',
    ])
    expect(toldOf(service('014'))).toEqual([
      'YAML_AMBIGUOUS 5:23 kubectl (YAML 1.1) reads "014" as another number, YAML 1.2 does not [put it in quotes if it is a text, else write the number in plain decimal digits]',
    ])
    expect(toldOf(service('1e400'))).toEqual([
      'YAML_NUMBER 5:23 The number 1e400 can not be held exactly [write fewer digits; put it in quotes if it is a text]',
    ])
  })

  test('is refused as a key too', () => {
    expect(toldOf(service('x, on: y1'))).toEqual([
      'YAML_AMBIGUOUS 5:26 kubectl (YAML 1.1) reads "on" as true, YAML 1.2 does not [put it in quotes if it is a text, else write true]',
    ])
  })

  test('is told once where an alias repeats it', () => {
    const texts = service('&a no, b: *a, c: *a')
    expect(toldOf(texts)).toEqual([
      'YAML_AMBIGUOUS 5:26 kubectl (YAML 1.1) reads "no" as false, YAML 1.2 does not [put it in quotes if it is a text, else write false]',
    ])
  })

  test('does no harm in quotes, in fields that are not read, and in kinds that are not read', () => {
    const texts = `${service('"yes"')}---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  volumes: [{name: v, configMap: {name: c, defaultMode: 0644}}]
  containers: [{name: a, args: [on, 1_000]}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: 1e400, big: 12345678901234567890}
`
    expect(toldOf(texts)).toEqual([
      'KIND_IGNORED 16:7 Objects of kind Job are ignored [the results are as if they were not there]',
    ])
  })
})
