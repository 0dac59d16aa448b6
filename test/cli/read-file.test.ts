import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { readInputFiles } from '../../src/cli/input-files.js'
import { decodeText, isFolder, manifestNames, readBytes } from '../../src/cli/read-file.js'

let folder: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-read-'))
  fs.writeFileSync(path.join(folder, 'shop.yaml'), 'a: b\n')
})

afterEach(() => fs.rmSync(folder, { recursive: true }))

async function refusal(action: () => unknown): Promise<string> {
  try {
    await action()
    return 'done'
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(({ code, message, hint }) => `${code} ${message} [${hint ?? ''}]`).join('\n')
  }
}

describe('what can not be read', () => {
  test('is a file that does not exist, with the nearest name', async () => {
    expect(await refusal(() => readBytes(path.join(folder, 'shpo.yaml'), 'shpo.yaml'))).toBe(
      'FILE_UNREADABLE "shpo.yaml" can not be read: there is no such file or folder (ENOENT) [did you mean "shop.yaml"?]',
    )
  })

  test('is a file below a file, and a folder as a file', async () => {
    expect(await refusal(() => isFolder(path.join(folder, 'none'), 'none'))).toMatch(/^FILE_UNREADABLE /)
    expect(await refusal(() => readBytes(folder, 'here'))).toMatch(
      /^FILE_UNREADABLE "here" can not be read: /,
    )
    expect(await refusal(() => manifestNames(path.join(folder, 'shop.yaml'), 'x'))).toMatch(
      /^FILE_UNREADABLE /,
    )
  })

  test('is text that is not UTF-8, such as UTF-16', async () => {
    expect(await refusal(() => decodeText(Buffer.from('\ufeffa: b', 'utf16le'), 'shop.yaml'))).toBe(
      'TEXT_NOT_PRINTABLE "shop.yaml" is not UTF-8 text []',
    )
  })
})

test('manifests of a folder are its files of three endings, in the order of their names', async () => {
  for (const name of ['b.yml', 'a.json', 'c.txt', 'D.YAML']) fs.writeFileSync(path.join(folder, name), '')
  fs.mkdirSync(path.join(folder, 'e.yaml'))
  expect(await manifestNames(folder, 'here')).toEqual(['D.YAML', 'a.json', 'b.yml', 'shop.yaml'])
})

test('a scenario can not have one large file read a thousand times', async () => {
  const text = `spec:\n  manifests: [${Array(1000).fill('large.yaml').join(', ')}]\n`
  fs.writeFileSync(path.join(folder, 'scenario.yaml'), text)
  fs.writeFileSync(path.join(folder, 'large.yaml'), '#'.repeat(10_000_000))
  const reading = { cwd: folder, readStdin: async () => new Uint8Array() }
  expect(await refusal(() => readInputFiles('scenario.yaml', undefined, reading))).toBe(
    'TEXT_TOO_LARGE The manifests have more than 67,108,864 characters in all [leave out the manifests that the question does not depend on]',
  )
})
