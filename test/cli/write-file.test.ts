import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OutputError } from '../../src/cli/exit-codes.js'
import { type FileCalls, writeFile } from '../../src/cli/write-file.js'

let folder: string
let file: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-write-'))
  file = path.join(folder, 'results.json')
})

afterEach(() => fs.rmSync(folder, { recursive: true }))

const NEW = Buffer.from('new bytes')

/** File calls of which the n-th fails, and with `isLasting` all later ones; `count` tells how many there were. */
function failingCalls(failing: number, code: string, isLasting: boolean): FileCalls & { count: number } {
  const calls = { count: 0 }
  for (const name of CALL_NAMES) {
    Object.assign(calls, {
      [name]: (...args: unknown[]) => {
        calls.count += 1
        const fails = isLasting ? calls.count >= failing : calls.count === failing
        // Closing frees the descriptor even when it fails.
        if (fails && name === 'closeSync') fs.closeSync(args[0] as number)
        if (fails) throw Object.assign(new Error(`${code}: planted`), { code })
        return Reflect.apply(fs[name], fs, args)
      },
    })
  }
  return calls as FileCalls & { count: number }
}

const CALL_NAMES = [
  'closeSync',
  'fstatSync',
  'fsyncSync',
  'openSync',
  'readdirSync',
  'realpathSync',
  'renameSync',
  'statSync',
  'unlinkSync',
  'writeSync',
] as const

describe('writeFile', () => {
  test('replaces a file by the new bytes and leaves nothing else behind', () => {
    fs.writeFileSync(file, 'old')
    writeFile(file, NEW, 'results.json')
    expect(fs.readFileSync(file, 'utf8')).toBe('new bytes')
    expect(fs.readdirSync(folder)).toEqual(['results.json'])
  })

  test.each(['EIO', 'ENOSPC', 'EMFILE', 'EACCES'])(
    'after a planted %s at any call, once or lasting, the file is whole and the failure is told',
    (code) => {
      for (const isLasting of [false, true]) {
        for (let failing = 1; ; failing += 1) {
          fs.writeFileSync(file, 'old')
          const calls = failingCalls(failing, code, isLasting)
          const error = thrownBy(() => writeFile(file, NEW, 'results.json', calls))
          if (calls.count < failing) break
          // The folder is synced last: by then the new file stands, and file systems that can not sync folders are forgiven.
          expect(['old', 'new bytes']).toContain(fs.readFileSync(file, 'utf8'))
          if (error !== undefined) {
            expect(error).toBeInstanceOf(OutputError)
            expect(error.message).toContain('results.json could not be written')
            expect(error.message).toContain(code)
          } else {
            expect(fs.readFileSync(file, 'utf8')).toBe('new bytes')
          }
          writeFile(file, NEW, 'results.json')
          expect(fs.readdirSync(folder)).toEqual(['results.json'])
        }
      }
    },
  )

  test('writes on when the system takes fewer bytes than it was given', () => {
    const calls = {
      ...fs,
      writeSync: ((fd: number, bytes: Uint8Array, offset: number) =>
        fs.writeSync(fd, bytes, offset, 1)) as typeof fs.writeSync,
    }
    writeFile(file, NEW, 'results.json', calls)
    expect(fs.readFileSync(file, 'utf8')).toBe('new bytes')
  })

  test('notices bytes that were taken but not stored', () => {
    fs.writeFileSync(file, 'old')
    const calls = {
      ...fs,
      writeSync: ((_: number, bytes: Uint8Array) => bytes.length) as typeof fs.writeSync,
    }
    expect(() => writeFile(file, NEW, 'results.json', calls)).toThrow('only 0 of 9 bytes were stored')
    expect(fs.readFileSync(file, 'utf8')).toBe('old')
  })

  test('removes what a process that is no more has left behind, and nothing else', () => {
    const abandoned = '.svcsim-4194305-00000000-0000-0000-0000-000000000000.tmp'
    const alive = `.svcsim-${process.ppid}-00000000-0000-0000-0000-000000000000.tmp`
    for (const name of [abandoned, alive, '.svcsim-notes.tmp'])
      fs.writeFileSync(path.join(folder, name), 'half')
    writeFile(file, NEW, 'results.json')
    expect(fs.readdirSync(folder).sort()).toEqual([alive, '.svcsim-notes.tmp', 'results.json'].sort())
  })

  test('writes through a link, and keeps the link', () => {
    fs.writeFileSync(path.join(folder, 'real.json'), 'old')
    fs.symlinkSync('real.json', file)
    writeFile(file, NEW, 'results.json')
    expect(fs.readlinkSync(file)).toBe('real.json')
    expect(fs.readFileSync(path.join(folder, 'real.json'), 'utf8')).toBe('new bytes')
  })

  test.each([
    ['a device', () => fs.symlinkSync('/dev/null', file), 'it exists and is no file'],
    ['a folder', () => fs.mkdirSync(file), 'it exists and is no file'],
  ])('does not replace %s', (_, make, reason) => {
    make()
    expect(() => writeFile(file, NEW, 'results.json')).toThrow(reason)
    expect(fs.statSync('/dev/null').isFile()).toBe(false)
  })

  test('says that the folder does not exist', () => {
    const error = thrownBy(() => writeFile(path.join(folder, 'no', 'x.json'), NEW, 'no/x.json'))
    expect(error?.message).toBe('no/x.json could not be written: there is no such file or folder (ENOENT)')
  })
})

function thrownBy(action: () => void): Error | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}
