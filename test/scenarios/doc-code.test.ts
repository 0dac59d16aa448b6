/** TypeScript and YAML of the documentation: the one compiles and runs, the other is read as what it is. */
import { expect, it } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { readManifests, readScenario } from '../../src/index.js'
import { runModules } from './doc-modules.js'
import { type DocPage, docPages } from './doc-page.js'

const PAGES = docPages()

function codeOf({ file, blocks }: DocPage, language: string): readonly (readonly [string, string])[] {
  return blocks
    .filter((block) => block.language === language)
    .map(({ lines, firstLine }) => [`${file}:${firstLine + 1}`, lines.join('\n')] as const)
}

/** A part of a scenario, in one that is whole. */
function scenarioWith(part: object): string {
  const clients = [{ name: 'callers', to: 'web:80', arrivals: { rate: '1/s' } }]
  const spec = { manifests: ['web.yaml'], horizon: '1m', clients, ...part }
  return stringify({
    apiVersion: 'svcsim.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'page' },
    spec,
  })
}

/** Reads a scenario, manifests, or fields of the spec of a scenario. */
function readYaml(text: string): void {
  const [first] = parseAllDocuments(text).map((document) => document.toJS())
  if (first.kind === 'Scenario') readScenario({ path: 'scenario.yaml', text })
  else if (first.kind !== undefined) readManifests([{ path: 'manifests.yaml', text }])
  else readScenario({ path: 'scenario.yaml', text: scenarioWith(parse(text)) })
}

it('compiles and runs, page by page', () => {
  const pages = PAGES.filter((page) => codeOf(page, 'ts').length > 0)
  expect(pages.map(({ file }) => file)).toContain('README.md')
  expect(runModules(pages)).toEqual({ complaints: [], errors: '' })
})

it('is found to be wrong where it is', () => {
  const lines = ["import { readNothing } from 'svcsim'", 'readNothing()']
  const { complaints, errors } = runModules([
    { file: 'README.md', blocks: [{ language: 'ts', lines, firstLine: 0 }] },
  ])
  expect(complaints.join()).toContain("no exported member 'readNothing'")
  expect(errors).toContain('readNothing')
})

it.each(PAGES.flatMap((page) => codeOf(page, 'yaml')))('%s is valid', (_, text) => {
  expect(() => readYaml(text)).not.toThrow()
})
