/** The shop of test/data/scenarios as inputs of an experiment, with what a test wants changed. */
import fs from 'node:fs'
import type { ExperimentInputs } from '../../src/experiment/load-experiment.js'
import { parseAxis, parseSetting } from '../../src/input/settings.js'
import type { SourceFile } from '../../src/input/source-file.js'

const FOLDER = new URL('../data/scenarios/shop/', import.meta.url)

/** Texts as `PATH=VALUE`. */
export interface ShopOptions {
  readonly scenario?: 'scenario.yaml' | 'sweep.yaml'
  readonly settings?: readonly string[]
  readonly axes?: readonly string[]
  /** Changes the text of the scenario. */
  readonly edit?: (text: string) => string
  readonly manifestFiles?: readonly SourceFile[]
}

export function shopInputs(options: ShopOptions = {}): ExperimentInputs {
  const { scenario = 'scenario.yaml', settings = [], axes = [], edit = (text) => text } = options
  const scenarioFile = shopFile(scenario)
  return {
    scenarioFile: { ...scenarioFile, text: edit(scenarioFile.text) },
    manifestFiles: options.manifestFiles ?? [shopFile('shop.yaml')],
    settings: settings.map(parseSetting),
    axes: axes.map(parseAxis),
    command: 'svcsim run shop',
  }
}

export function shopFile(name: string): SourceFile {
  return { path: name, text: fs.readFileSync(new URL(name, FOLDER), 'utf8') }
}
