/** What README.md shows is what the program prints. `UPDATE=1` rewrites it. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { fakeSurroundings } from '../cli/fake-surroundings.js'

const README = path.resolve(import.meta.dirname, '../../README.md')
const OUTPUT = /```text\n[\s\S]*?```/
const TRACE = /\n```text\n(?:(?!```)[\s\S])*```\n\nand goes on/

describe('README.md', () => {
  it('shows the output of its first command', async () => {
    const surroundings = fakeSurroundings()
    expect(await runCommandLine(['run', 'scenarios/counter'], surroundings)).toBe(0)
    const shown = ['```text', surroundings.stdout.text.trimEnd(), '```'].join('\n')
    const text = fs.readFileSync(README, 'utf8')
    if (process.env.UPDATE === '1')
      fs.writeFileSync(
        README,
        text.replace(OUTPUT, () => shown),
      )
    expect(OUTPUT.exec(fs.readFileSync(README, 'utf8'))?.[0]).toBe(shown)
  })

  it('shows how its trace begins', async () => {
    const surroundings = fakeSurroundings()
    const argv = ['trace', 'scenarios/counter', '--from', 'external', '--to', 'counter-np:3000']
    expect(await runCommandLine([...argv, '--via', 'node/node-a'], surroundings)).toBe(0)
    const [beginning] = surroundings.stdout.text.split('\n\nWay 1: ')
    const shown = `\n\`\`\`text\n${beginning}\n\`\`\`\n\nand goes on`
    const text = fs.readFileSync(README, 'utf8')
    if (process.env.UPDATE === '1')
      fs.writeFileSync(
        README,
        text.replace(TRACE, () => shown),
      )
    expect(TRACE.exec(fs.readFileSync(README, 'utf8'))?.[0]).toBe(shown)
  })

  it('links only to files that exist', () => {
    const links = [...fs.readFileSync(README, 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1])
    expect(links.length).toBeGreaterThan(10)
    const missing = links.filter(
      (link) => !link.startsWith('http') && !fs.existsSync(path.join(path.dirname(README), link)),
    )
    expect(missing).toEqual([])
  })
})
