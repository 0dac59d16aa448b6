/** The manifests of an experiment: parsed once, read again only where settings that concern them differ. */
import {
  type ParsedManifests,
  parseManifestFiles,
  type ReadManifests,
  readManifests,
} from '../input/read-manifests.js'
import { isManifestSetting, type Setting } from '../input/settings.js'
import type { SourceFile } from '../input/source-file.js'

/** First and last node port of the cluster, both included. */
interface PortRange {
  readonly first: number
  readonly last: number
}

/** Reads the same files under one set of settings after another. */
export class ManifestReader {
  readonly #parsed: ParsedManifests
  readonly #read = new Map<string, ReadManifests>()

  constructor(files: readonly SourceFile[]) {
    this.#parsed = parseManifestFiles(files)
  }

  /**
   * @param settings - those for the scenario are passed over
   * @param nodePortRange - Kubernetes' own if not given
   * @throws InputError with all errors of the manifests
   */
  read(settings: readonly Setting[], nodePortRange?: PortRange): ReadManifests {
    const concerned = settings.filter(isManifestSetting)
    const key = JSON.stringify([nodePortRange ?? null, concerned])
    const known = this.#read.get(key)
    if (known !== undefined) return known
    const range = nodePortRange === undefined ? {} : { nodePortRange }
    const read = readManifests(this.#parsed, { settings: concerned, ...range })
    this.#read.set(key, read)
    return read
  }
}
