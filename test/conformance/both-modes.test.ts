import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCases } from './case-kinds.js'
import { dataFiles } from './data-files.js'
import type { FlowFile } from './flow-cases.js'

const FOLDER = fileURLToPath(new URL('../data/conformance-own/flows', import.meta.url))

/** NodePorts on loopback and what no Service has are where the modes differ on purpose. */
const OF_ONE_MODE = ['iptables.localhost-node-ports.json', 'iptables.unknown-ports.json']

const files = dataFiles([FOLDER]).filter((path) => !OF_ONE_MODE.includes(basename(path)))

describe.each(files.map((path) => ({ path, file: basename(path) })))('$file in nftables mode', ({ path }) => {
  it.each(runCases(inNftablesMode(path)))('$name', ({ reasons, details }) => {
    expect([...reasons, ...details]).toEqual([])
  })
})

/** nftables mode forbids nothing to health checks, so that no rule of its lets them through. */
function inNftablesMode(path: string): FlowFile {
  const file = JSON.parse(readFileSync(path, 'utf8')) as FlowFile
  const cases = file.cases.map((each) => ({
    ...each,
    flows: each.flows.filter(({ expect: { outcome } }) => outcome !== 'accept'),
  }))
  return { ...file, proxyMode: 'nftables', cases }
}
