/** A copy of the shop in a folder of its own, which is a repository, and svcsim run in it. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runCommandLine } from '../../src/cli/command-line.js'
import type { Surroundings } from '../../src/cli/surroundings.js'
import { fakeSurroundings } from './fake-surroundings.js'

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface ShopFolder {
  /** Absolute. */
  readonly root: string
  /** Runs one command line in the root, or in `cwd`. */
  svcsim(
    argv: readonly string[],
    overrides?: Partial<Surroundings> & { readonly stdin?: string },
  ): Promise<Ended>
  read(name: string): string
  write(name: string, text: string | Uint8Array): void
  /** Everything in the root but `shop/` and `.git/`, in order. */
  made(): string[]
  remove(): void
}

export function shopFolder(): ShopFolder {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'svcsim-cli-')))
  fs.mkdirSync(path.join(root, '.git'))
  fs.cpSync(new URL('../data/scenarios/shop', import.meta.url), path.join(root, 'shop'), { recursive: true })
  return {
    root,
    async svcsim(argv, overrides = {}) {
      const surroundings = fakeSurroundings({ cwd: root, ...overrides })
      const code = await runCommandLine(argv, surroundings)
      return { code, out: surroundings.stdout.text, err: surroundings.stderr.text }
    },
    read: (name) => fs.readFileSync(path.join(root, name), 'utf8'),
    write(name, text) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
      fs.writeFileSync(path.join(root, name), text)
    },
    made: () =>
      fs
        .readdirSync(root)
        .filter((name) => name !== 'shop' && name !== '.git')
        .sort(),
    remove: () => fs.rmSync(root, { recursive: true }),
  }
}
