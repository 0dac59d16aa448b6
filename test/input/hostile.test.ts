/** Every hostile text is answered in bounded time: accepted, or refused by a code, at a place, in words safe to print. */
import { describe, expect, test } from 'vitest'
import { readScenario } from '../../src/input/read-scenario.js'
import { renderDiagnostics } from '../../src/input/render-diagnostics.js'
import { HOSTILE_INPUTS } from './hostile.js'
import { diagnosticsOf, findings } from './reading.js'

/** The machine may be busy with other things. */
const PATIENCE = 8

/** What no terminal may be sent: controls but for line breaks, bidirectional controls, halves of characters. */
const UNSAFE = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u

describe('a hostile text', () => {
  test.each(HOSTILE_INPUTS)('$name', { timeout: 60_000 }, ({ as, text, codes, limitMs }) => {
    const input = text()
    const started = performance.now()
    const found =
      as === 'scenario'
        ? diagnosticsOf(() => readScenario({ path: 'hostile.yaml', text: input }).warnings)
        : findings({ 'hostile.yaml': input })
    const rendered = renderDiagnostics(found)
    const elapsedMs = performance.now() - started
    expect([...new Set(found.map(({ code }) => code))]).toEqual(codes)
    for (const { code, place } of found) if (code !== 'MORE_LEFT_OUT') expect(place?.line).toBeGreaterThan(0)
    expect(rendered.length).toBeLessThan(100_000)
    expect(rendered).not.toMatch(UNSAFE)
    expect(elapsedMs).toBeLessThan(limitMs * PATIENCE)
  })

  test('leaves no trace in other objects', () => {
    expect(Reflect.get({}, 'polluted')).toBe(undefined)
  })
})
