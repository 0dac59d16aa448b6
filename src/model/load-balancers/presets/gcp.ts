/** The passthrough Network Load Balancer of Google Cloud as GKE sets it up: consistent hashing, packets to the address as it is. */
import { NS_PER_S } from '../../../base/nanoseconds.js'
import { type BalancerPreset, from } from '../preset.js'
import { GENERIC } from './generic.js'

const GCP = 'Google Cloud, passthrough Network Load Balancers'

export const GCP_PASSTHROUGH: BalancerPreset = {
  constants: {
    ...GENERIC.constants,
    ...from(`${GCP}: consistent hashing of the 5-tuple (session affinity NONE); Maglev, NSDI 2016`, {
      algorithm: 'maglev',
      hashFields: '5-tuple',
    }),
    ...from(`${GCP}: packets keep source and destination, replies go back directly`, {
      delivery: 'virtualAddress',
      preservesSource: true,
    }),
    ...from(`${GCP}: regional, over the backends of all zones`, { balancerNodes: 'one', crossZone: true }),
    ...from(`${GCP}: new connections go to all backends as a last resort`, { whenNoneHealthy: 'useAll' }),
    ...from(
      'cloud-provider-gcp providers/gce/gce.go: HTTP to kube-proxy, port 10256, 8 s, time-out 1 s, thresholds 1 and 3',
      {
        healthCheckBy: 'kubeProxy',
        healthCheckIntervalNs: 8 * NS_PER_S,
        healthCheckTimeoutNs: 1 * NS_PER_S,
        healthyThreshold: 1,
        unhealthyThreshold: 3,
      },
    ),
    ...from('ingress-gce pkg/backends, DefaultConnectionDrainingTimeoutSeconds', {
      deregistrationDelayNs: 30 * NS_PER_S,
    }),
  },
  underLocal: from('cloud-provider-gcp providers/gce: HTTP to the health check node port', {
    healthCheckBy: 'healthCheckNodePort',
  }),
}
