/** The entrance of `npm run conformance`: paths count from the folder in which npm was called. */
import { resolve } from 'node:path'
import { runConformance } from './run-conformance.js'

const folder = process.env.INIT_CWD ?? process.cwd()
const paths = process.argv.slice(2).map((path) => (path.startsWith('-') ? path : resolve(folder, path)))
process.exitCode = runConformance(paths, { out: console.log, error: console.error })
