/** Every code is documented, can be raised, and is raised by a test. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '../../src/base/error-codes.js'

const ROOT = path.resolve(import.meta.dirname, '../..')
const SELF = path.basename(import.meta.filename)

/** All TypeScript below a folder, but for the tables of codes and this file. */
function textBelow(folder: string): string {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== path.join('base', SELF) && !/error-codes/.test(name))
    .map((name) => fs.readFileSync(path.join(ROOT, folder, name), 'utf8'))
    .join('\n')
}

const CODES = Object.entries(ERROR_CODES)
const SOURCES = textBelow('src')
const TESTS = textBelow('test')

describe.each(CODES)('%s', (code, { meaning, cure }) => {
  test('has a meaning and a cure, one sentence each', () => {
    for (const text of [meaning, cure]) expect(text).toMatch(/^\S[^\n]*\.$/)
  })

  test('is raised somewhere', () => {
    expect(SOURCES.includes(`'${code}'`)).toBe(true)
  })

  test('is raised by a test', () => {
    expect(new RegExp(`\\b${code}\\b`).test(TESTS)).toBe(true)
  })
})

test('codes are words in capitals', () => {
  expect(CODES.filter(([code]) => !/^[A-Z]+(?:_[A-Z]+)*$/.test(code))).toEqual([])
})
