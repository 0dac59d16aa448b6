/** Texts that are compared with what was committed; `UPDATE=1` rewrites them, to be read before they are committed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

const folder = new URL('../data/report/', import.meta.url)

/** Compares a text with the committed one. */
export function expectGoldenText(name: string, text: string): void {
  const file = new URL(name, folder)
  const { UPDATE } = process.env
  if (UPDATE === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, text)
  }
  expect(existsSync(file) ? readFileSync(file, 'utf8') : `${name} is missing; UPDATE=1 writes it`).toBe(text)
}
