import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/base/canonical-json.js'
import { resultsToJson } from '../../src/results/results-json.js'
import { resultsJsonSchema } from '../../src/results/results-json-schema.js'
import { sampleResults, sampleSweep } from './sample-results.js'

const file = new URL('../../src/results/results.schema.json', import.meta.url)

describe('the JSON Schema of results', () => {
  it('is the one committed beside the source', () => {
    const text = `${canonicalJson(resultsJsonSchema(), 2)}\n`
    const { UPDATE } = process.env
    if (UPDATE === '1') writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('accepts what svcsim writes and refuses what it does not', () => {
    const validate = new Ajv({ strict: false }).compile(resultsJsonSchema())
    expect(validate(JSON.parse(resultsToJson(sampleResults())))).toBe(true)
    expect(validate(JSON.parse(resultsToJson(sampleSweep())))).toBe(true)
    expect(validate({ ...sampleResults(), seed: 'one' })).toBe(false)
    expect(validate({ ...sampleResults(), colour: 'red' })).toBe(false)
  })
})
