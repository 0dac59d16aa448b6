/** kube-vip in ARP mode: the node that holds the lease has the addresses of all Services, or of those that it holds a lease for. */
import { NS_PER_S } from '../../../base/nanoseconds.js'
import { type BalancerPreset, from } from '../preset.js'
import { GENERIC } from './generic.js'

export const KUBE_VIP_ARP: BalancerPreset = {
  constants: {
    ...GENERIC.constants,
    ...from('kube-vip, ARP mode: the leader has the addresses; kube-proxy answers for them', {
      targets: 'nodes',
      delivery: 'virtualAddress',
      link: 'none',
      preservesSource: true,
      healthCheckBy: 'announcement',
      whenNoneHealthy: 'refuse',
    }),
    ...from('kube-vip, svc_election: false by default, one leader for all Services', {
      announcement: 'oneLeader',
    }),
    ...from('kube-vip cmd/kube-vip.go: leaseDuration 5 s, renewed each second (leaseRetry)', {
      healthCheckIntervalNs: 1 * NS_PER_S,
      healthyThreshold: 1,
      unhealthyThreshold: 5,
    }),
    ...from('kube-vip cmd/kube-vip.go, leaseRetry: another node tries within 1 s', {
      healthPropagationNs: 1 * NS_PER_S,
    }),
  },
  underLocal: {},
}
