/** Reads texts in tests, and tells what was found as lines that fit a table. */
import { type Diagnostic, InputError } from '../../src/base/diagnostics.js'
import type { Manifests } from '../../src/input/kubernetes-objects.js'
import { parseManifestFiles, type ReadOptions, readManifests } from '../../src/input/read-manifests.js'
import { readScenario } from '../../src/input/read-scenario.js'
import type { Scenario } from '../../src/input/scenario-schema.js'
import type { Setting } from '../../src/input/settings.js'

/** One file without interesting name, or several: name to text. */
export type Texts = string | Readonly<Record<string, string>>

function filesOf(texts: Texts): { path: string; text: string }[] {
  const named = typeof texts === 'string' ? { 'shop.yaml': texts } : texts
  return Object.entries(named).map(([path, text]) => ({ path, text }))
}

/** Manifests that have no errors. */
export function manifestsOf(texts: Texts, options: ReadOptions = {}): Manifests {
  return readManifests(parseManifestFiles(filesOf(texts)), options).manifests
}

/** Everything that reading manifests has to say; warnings only if there are no errors. */
export function findings(texts: Texts, options: ReadOptions = {}): readonly Diagnostic[] {
  return diagnosticsOf(
    () => readManifests(parseManifestFiles(filesOf(texts), options.limits), options).warnings,
  )
}

/** What an action throws as InputError, or else returns. */
export function diagnosticsOf(action: () => readonly Diagnostic[]): readonly Diagnostic[] {
  try {
    return action()
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics
    throw error
  }
}

/** `CODE line:column message [hint]` of each finding; `-` where there is no place. */
export function told(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, message, place, hint }) => {
    const where = place === undefined ? '-' : `${place.line}:${place.column}`
    return `${code} ${where} ${message}${hint === undefined ? '' : ` [${hint}]`}`
  })
}

export function toldOf(texts: Texts, options: ReadOptions = {}): string[] {
  return told(findings(texts, options))
}

/** The codes alone. */
export function codesOf(texts: Texts, options: ReadOptions = {}): string[] {
  return findings(texts, options).map(({ code }) => code)
}

/** A scenario with one client group; `spec` is YAML of further fields, each line indented by two. */
export function scenarioText(spec = ''): string {
  return `apiVersion: svcsim.dev/v1alpha1
kind: Scenario
metadata: {name: test}
spec:
  manifests: [shop.yaml]
  clients:
    - {name: users, to: 'web:80', arrivals: {rate: 10/s}}
${spec}`
}

export function scenarioOf(text: string, settings: readonly Setting[] = []): Scenario {
  return readScenario({ path: 'scenario.yaml', text }, settings).scenario
}

/** What is wrong with a scenario, as lines. */
export function scenarioErrors(text: string, settings: readonly Setting[] = []): string[] {
  return told(diagnosticsOf(() => readScenario({ path: 'scenario.yaml', text }, settings).warnings))
}
