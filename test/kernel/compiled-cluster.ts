/**
 * Clusters compiled by svcsim from their manifests and scenario: those of `clusters/`, in which every flow is tried, and those
 * of `crowds/`, to which many connections are opened.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import type { Cluster } from '../../src/kubernetes/cluster.js'

const FOLDERS = {
  clusters: new URL('clusters/', import.meta.url),
  crowds: new URL('crowds/', import.meta.url),
}

/** The names of the clusters in which every flow is tried. */
export function clusterNames(): string[] {
  return readdirSync(FOLDERS.clusters, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** The cluster that svcsim makes of the two files of a folder. */
export function compiledCluster(name: string, folder: keyof typeof FOLDERS = 'clusters'): Cluster {
  const file = (path: string) => ({
    path,
    text: readFileSync(new URL(`${name}/${path}`, FOLDERS[folder]), 'utf8'),
  })
  const plan = loadExperiment({
    scenarioFile: file('scenario.yaml'),
    manifestFiles: [file('manifests.yaml')],
    settings: [],
    axes: [],
    command: '',
  })
  return plan.points[0].cluster
}
