/**
 * Clusters compiled by svcsim from their manifests and scenario: those of `clusters/`, in which every flow is tried, and those
 * of `crowds/`, to which many connections are opened.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { type LoadedCluster, loadCluster } from '../../src/experiment/load-cluster.js'
import { parseSetting } from '../../src/input/settings.js'

export type ClusterFolder = 'clusters' | 'crowds'

/** The names of the clusters in which every flow is tried. */
export function clusterNames(): string[] {
  return readdirSync(new URL('clusters/', import.meta.url)).sort()
}

/**
 * The cluster that svcsim makes of the two files of a folder.
 *
 * @param settings - as for `--set`, put over the scenario
 */
export function compiledCluster(
  folder: ClusterFolder,
  name: string,
  settings: readonly string[],
): LoadedCluster {
  const file = (path: string) => {
    const text = readFileSync(new URL(`${folder}/${name}/${path}`, import.meta.url), 'utf8')
    return { path, text }
  }
  return loadCluster({
    scenarioFile: file('scenario.yaml'),
    manifestFiles: [file('manifests.yaml')],
    settings: settings.map(parseSetting),
  })
}
