import { describe, expect, test } from 'vitest'
import type { Diagnostic, SourcePlace } from '../../src/base/diagnostics.js'
import { renderDiagnostics } from '../../src/input/render-diagnostics.js'
import { findings } from './reading.js'

const place = (excerpt: string, column: number, length: number, line = 41): SourcePlace => ({
  file: 'shop.yaml',
  line,
  column,
  length,
  excerpt,
})

const error = (more: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  code: 'SVC_NO_POD',
  message: 'Service "web" selects no pod',
  ...more,
})

describe('an error as text', () => {
  test('has its code, its place, the line with carets, and the cure beside them', () => {
    const hint = 'no pod has the label app=wbe; did you mean "web" (Deployment web, shop.yaml:3)?'
    expect(renderDiagnostics([error({ place: place('    app: wbe', 10, 3), hint })])).toBe(`\
error[SVC_NO_POD] Service "web" selects no pod
  --> shop.yaml:41:10
41 |     app: wbe
   |          ^^^ no pod has the label app=wbe; did you mean "web" (Deployment web, shop.yaml:3)?
`)
  })

  test('without a cure ends with the carets, without a place with the cure', () => {
    expect(renderDiagnostics([error({ place: place('a: b', 4, 1, 7) })])).toBe(`\
error[SVC_NO_POD] Service "web" selects no pod
  --> shop.yaml:7:4
7 | a: b
  |    ^
`)
    expect(renderDiagnostics([error({ hint: 'add a selector' })])).toBe(`\
error[SVC_NO_POD] Service "web" selects no pod
  = add a selector
`)
    expect(renderDiagnostics([error()])).toBe('error[SVC_NO_POD] Service "web" selects no pod\n')
  })

  test('points behind the end of a line, and at an empty line', () => {
    expect(renderDiagnostics([error({ place: place('ab', 3, 1, 1) })])).toContain('1 | ab\n  |   ^\n')
    expect(renderDiagnostics([error({ place: place('', 1, 1, 1) })])).toContain('1 |\n  | ^\n')
  })

  test('of a file that was read is that of the text', () => {
    const text =
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: NodPort\n  ports: [{port: 80}]\n'
    expect(renderDiagnostics(findings({ 'shop/web.yaml': text }))).toBe(`\
error[FIELD_VALUE] Service "web": spec.type is "NodPort"
  --> shop/web.yaml:6:9
6 |   type: NodPort
  |         ^^^^^^^ it must be "ClusterIP", "NodePort", "LoadBalancer" or "ExternalName"; did you mean "NodePort"?
`)
  })
})

describe('several', () => {
  test('come in order, with an empty line between them', () => {
    const warning: Diagnostic = { severity: 'warning', code: 'KIND_IGNORED', message: 'Objects are ignored' }
    expect(renderDiagnostics([error(), warning, error({ code: 'USAGE', message: 'no' })])).toBe(
      'error[SVC_NO_POD] Service "web" selects no pod\n\nwarning[KIND_IGNORED] Objects are ignored\n\nerror[USAGE] no\n',
    )
    expect(renderDiagnostics([])).toBe('')
  })

  test('are counted above a maximum, errors and warnings apart', () => {
    const warning: Diagnostic = { severity: 'warning', code: 'KIND_IGNORED', message: 'w' }
    const many = [error({ message: 'a' }), error({ message: 'b' }), error({ message: 'c' }), warning, warning]
    expect(renderDiagnostics(many, { maxCount: 1 })).toBe(
      'error[SVC_NO_POD] a\n\nwarning[KIND_IGNORED] w\n\nand 2 more errors\n\nand 1 more warning\n',
    )
  })

  test('say that there may be more, though that is one above the maximum', () => {
    const more = error({ code: 'MORE_LEFT_OUT', message: 'there may be more' })
    expect(renderDiagnostics([error({ message: 'a' }), more], { maxCount: 1 })).toBe(
      'error[SVC_NO_POD] a\n\nerror[MORE_LEFT_OUT] there may be more\n',
    )
  })
})

describe('a long line', () => {
  test('is cut around the place, and what is marked is cut too', () => {
    const excerpt = `${'a'.repeat(100)}HERE${'b'.repeat(100)}`
    expect(renderDiagnostics([error({ place: place(excerpt, 101, 4, 5) })], { excerptWidth: 20 })).toContain(
      `5 | …${'a'.repeat(8)}HERE${'b'.repeat(8)}…\n  |  ${' '.repeat(8)}^^^^\n`,
    )
    expect(
      renderDiagnostics([error({ place: place('x'.repeat(200), 1, 200, 5) })], { excerptWidth: 20 }),
    ).toContain(`5 | ${'x'.repeat(20)}…\n  | ${'^'.repeat(10)}\n`)
  })

  test('of a megabyte costs nothing', () => {
    const started = performance.now()
    const text = renderDiagnostics(
      Array(100).fill(error({ place: place('x'.repeat(1_000_000), 500_000, 9) })),
    )
    expect(text.length).toBeLessThan(40_000)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('text from files', () => {
  test('can not move the cursor, set colours, hide or turn what is written; carets stay in place', () => {
    const hostile = error({
      message: 'name "\u001b[31m\u202eevil\u0007"',
      hint: 'did you mean "\u009b"?',
      place: { ...place('\u202eab\tX', 5, 1, 3), file: 'a\u001b]8;;x\u0007.yaml' },
    })
    expect(renderDiagnostics([hostile])).toBe(`\
error[SVC_NO_POD] name "\\x1B[31m\\u{202E}evil\\x07"
  --> a\\x1B]8;;x\\x07.yaml:3:5
3 | \\u{202E}ab X
  |            ^ did you mean "\\x9B"?
`)
  })
})
