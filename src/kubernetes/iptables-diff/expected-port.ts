/**
 * What manifests say of a Service port, and what they leave open: addresses and node ports that Kubernetes draws, addresses
 * and nodes of pods that it chooses. svcsim draws and chooses too, so what it has chosen is no expectation.
 */
import type { ServicePortInfo } from '../proxy-inputs.js'

/** A Service port to be compared with the rules of a node. */
export interface ExpectedPort {
  readonly info: ServicePortInfo
  readonly open: OpenFacts
}

/** Facts that svcsim has made up. */
export interface OpenFacts {
  readonly hasClusterIp: boolean
  readonly hasNodePort: boolean
  readonly hasLoadBalancerVips: boolean
  readonly hasHealthCheckNodePort: boolean
  /** Endpoints, as `endpointText`, of pods whose address no manifest gives. */
  readonly addresses: ReadonlySet<string>
  /** Endpoints of pods whose node no manifest and no setting gives. */
  readonly nodes: ReadonlySet<string>
}

/** Everything is given. */
export const NOTHING_OPEN: OpenFacts = {
  hasClusterIp: false,
  hasNodePort: false,
  hasLoadBalancerVips: false,
  hasHealthCheckNodePort: false,
  addresses: new Set(),
  nodes: new Set(),
}
