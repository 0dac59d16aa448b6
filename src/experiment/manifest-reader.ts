/** The manifests of an experiment: parsed once, read again only where settings that concern them differ. */
import type { ClusterFacts } from '../input/manifests/reading.js'
import {
  type ParsedManifests,
  parseManifestFiles,
  type ReadManifests,
  readManifests,
} from '../input/read-manifests.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import { isManifestSetting, type Setting } from '../input/settings.js'
import type { SourceFile } from '../input/source-file.js'

/** Reads the same files under one set of settings after another. */
export class ManifestReader {
  readonly #parsed: ParsedManifests
  readonly #read = new Map<string, ReadManifests>()

  constructor(files: readonly SourceFile[]) {
    this.#parsed = parseManifestFiles(files)
  }

  /**
   * @param settings - those for the scenario are passed over
   * @param cluster - of the scenario; Kubernetes' own defaults if not given
   * @throws InputError with all errors of the manifests
   */
  read(settings: readonly Setting[], cluster?: ScenarioSpec['cluster']): ReadManifests {
    const concerned = settings.filter(isManifestSetting)
    const facts = cluster === undefined ? undefined : clusterFacts(cluster)
    const key = JSON.stringify([facts ?? null, concerned])
    const known = this.#read.get(key)
    if (known !== undefined) return known
    const options = facts === undefined ? {} : { cluster: facts }
    const read = readManifests(this.#parsed, { settings: concerned, ...options })
    this.#read.set(key, read)
    return read
  }
}

function clusterFacts({ nodePortRange, ipFamily }: ScenarioSpec['cluster']): ClusterFacts {
  return { nodePortRange, ipFamily: ipFamily === 'IPv6' ? 6 : 4 }
}
