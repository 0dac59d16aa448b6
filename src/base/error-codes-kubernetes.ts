/**
 * Codes of what the control plane finds: pods without nodes, addresses that run out, Services that lead nowhere.
 */
import type { CodeEntry } from './error-codes-input.js'

/** Part of `ERROR_CODES`. */
export const KUBERNETES_CODES = {
  NODE_UNKNOWN: {
    meaning: 'A node is named that the cluster does not have.',
    cure: 'Take the name that is proposed, or add the node to spec.cluster.nodes of the scenario.',
  },
  WORKLOAD_UNKNOWN: {
    meaning: 'The scenario names a workload or Pod that no manifest holds.',
    cure: 'Take the name that is proposed, or add the manifest.',
  },
  SVC_UNKNOWN: {
    meaning: 'The scenario or an EndpointSlice names a Service that no manifest holds.',
    cure: 'Take the name that is proposed, or add the manifest.',
  },
  POD_NAME_TWICE: {
    meaning: 'Two owners of pods have the same name in one namespace, and so would their pods.',
    cure: 'Rename one of them.',
  },
  POD_UNSCHEDULABLE: {
    meaning:
      'A pod fits on no node, by its nodeSelector, its spread constraints, or because nodes are closed.',
    cure: 'Add a node that fits, relax the rule, or place the pods by hand in spec.cluster.placement.',
  },
  SETTING_WITHOUT_EFFECT: {
    meaning: 'A setting of the scenario changes nothing.',
    cure: 'Take it out, or mend what it refers to.',
  },
  ADDRESS_RANGE_FULL: {
    meaning: 'A range of addresses or node ports is too small for what must be taken from it.',
    cure: 'Make the range larger, as the message says.',
  },
  ADDRESS_CLASH: {
    meaning: 'Two things of the cluster have the same address.',
    cure: 'Change one of them, or leave the address out to have one assigned.',
  },
  CLUSTER_IP_RANGE: {
    meaning: 'A cluster IP lies outside of the range of the cluster.',
    cure: 'Leave clusterIP out, or set spec.cluster.serviceCidr of the scenario to the range of your cluster.',
  },
  SERVICE_RANGE_ASSUMED: {
    meaning:
      'There is no scenario, and cluster IPs of the manifests lie outside of the default range; a range that holds them is taken.',
    cure: 'Nothing, or set spec.cluster.serviceCidr of a scenario to the range of your cluster.',
  },
  SVC_NO_POD: {
    meaning: 'The selector of a Service selects no pod, so that connections to it are refused.',
    cure: 'Compare the selector with the labels of the pods; the message names the nearest.',
  },
  SVC_NO_ENDPOINT: {
    meaning: 'A Service without a selector has no EndpointSlice, so that connections to it are refused.',
    cure: 'Add a selector, or an EndpointSlice with the label kubernetes.io/service-name.',
  },
  SVC_UNUSED: {
    meaning: 'No client group and no call uses a Service; it only adds rules.',
    cure: 'Nothing, or name it in spec.clients or in calls of spec.pods.',
  },
  DNS_SERVICE: {
    meaning: 'Names are to be resolved by the Service kube-dns, which can not be asked.',
    cure: 'Give it a cluster IP and port 53 for UDP, or leave it out of the manifests to have it added.',
  },
  PORT_UNKNOWN: {
    meaning: 'A Service port leads to a named port that no selected pod has, so that it has no endpoints.',
    cure: 'Take the name of a container port, or give the container port that name.',
  },
  PORT_NOT_DECLARED: {
    meaning: 'A Service port leads to a port that no container declares, though they declare others.',
    cure: 'Compare targetPort with the container ports; declaring a port is optional, listening on it is not.',
  },
  SLICE_REPLACED: {
    meaning:
      'An EndpointSlice of the controller was read; the Service has a selector, so svcsim makes its own.',
    cure: 'Nothing, or leave the EndpointSlice out.',
  },
  VIA_IMPOSSIBLE: {
    meaning: 'Clients are to reach a Service in a way that it does not have.',
    cure: 'Change `via` or `location` of the clients, or the type of the Service.',
  },
  BALANCING_IMPOSSIBLE: {
    meaning: 'Callers are to choose among the addresses of a Service that is not headless, and has one only.',
    cure: 'Make the Service headless (`clusterIP: None`), or leave `pool.balancing` out.',
  },
} as const satisfies Record<string, CodeEntry>
