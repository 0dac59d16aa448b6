/**
 * Makes `npx svcsim` work in a checkout: links the built program into `node_modules/.bin`, at every build.
 *
 * The package has no `bin` of its own there, since npx would then install the checkout into its cache, which means building it
 * again, before every first run. `npm pack` puts `bin` in (scripts prepack and postpack of package.json).
 */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./main.js', import.meta.url))
const folder = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))
const link = path.join(folder, 'svcsim')

fs.chmodSync(program, 0o755)
fs.mkdirSync(folder, { recursive: true })
fs.rmSync(link, { force: true })
fs.symlinkSync(path.relative(folder, program), link)
