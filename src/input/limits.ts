/**
 * How much input svcsim takes before it says no: one table, so that every refusal can name the limit it met.
 * The sizes are those of tested Kubernetes clusters, rounded up; what they protect is the user's machine.
 * Source: "Considerations for large clusters" of the Kubernetes documentation (5,000 nodes, 150,000 pods).
 */

/** Every limit, in the unit that its name ends with, or a count. */
export interface Limits {
  /** Characters (UTF-16 code units) of one file; 20,000 Pods are 1.8 million. */
  readonly fileCharacters: number
  /** Characters of all files of one call. */
  readonly totalCharacters: number
  /** Maps and lists inside each other; Kubernetes objects stay below 20. */
  readonly nesting: number
  /** Uses of YAML aliases (`*name`) in one document. */
  readonly aliasUses: number
  /** Maps, lists and scalars of one file, every alias counted as what it stands for. */
  readonly nodes: number
  /** Keys of one map. */
  readonly mapKeys: number
  /** Characters of one document that needs the complete YAML reader (anchors, tags, tabs). */
  readonly fullYamlCharacters: number
  /** Characters of all such documents of one call, and 64 for each document. */
  readonly fullYamlTotalCharacters: number
  /** Errors kept of one call, and warnings kept; the others are counted. */
  readonly diagnostics: number
  /** Characters of one text that is read (annotations may be longer, see `annotationCharacters`). */
  readonly textCharacters: number
  /** Characters of all annotations of one object, as in Kubernetes. */
  readonly annotationCharacters: number
  readonly clusterNodes: number
  /** Pods in all: the sum of replicas as well as Pod objects. */
  readonly pods: number
  readonly services: number
  /** Events of a scenario (`spec.events`). */
  readonly events: number
  readonly endpointsPerService: number
  /** Endpoints of all ports of all Services, each counted for every port that leads to it. */
  readonly endpoints: number
  /** Service ports times nodes: the rules of every node begin with one or more for each port. */
  readonly servicePortsOnNodes: number
  /** As the rates and the horizon ask for them, or as a recorded workload holds them. */
  readonly requestsPerReplication: number
  /** End of simulated time: 30 days. 2^53 ns are 104 days. */
  readonly horizonNs: number
}

export const LIMITS: Limits = {
  fileCharacters: 16 * 1024 * 1024,
  totalCharacters: 64 * 1024 * 1024,
  nesting: 64,
  aliasUses: 10_000,
  nodes: 2_000_000,
  mapKeys: 10_000,
  fullYamlCharacters: 256 * 1024,
  fullYamlTotalCharacters: 384 * 1024,
  diagnostics: 100,
  textCharacters: 64 * 1024,
  annotationCharacters: 256 * 1024,
  clusterNodes: 5_000,
  pods: 150_000,
  services: 20_000,
  events: 1_000,
  endpointsPerService: 10_000,
  endpoints: 300_000,
  servicePortsOnNodes: 2_000_000,
  requestsPerReplication: 1_000_000_000,
  horizonNs: 30 * 24 * 3_600 * 1_000_000_000,
}
