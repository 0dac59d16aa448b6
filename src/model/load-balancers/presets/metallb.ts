/**
 * MetalLB: nodes announce the address of a Service themselves, one of them to the local network (layer 2) or all that can serve to
 * their router (BGP), which then has equal ways to choose from. No machine stands in between.
 */
import { NS_PER_MS, NS_PER_S } from '../../../base/nanoseconds.js'
import { type BalancerPreset, from } from '../preset.js'
import { GENERIC } from './generic.js'

const ANNOUNCED = {
  ...GENERIC.constants,
  ...from('MetalLB: traffic for the address of the Service comes to nodes as it is', {
    targets: 'nodes',
    delivery: 'virtualAddress',
    link: 'none',
    preservesSource: true,
  }),
  ...from(
    'MetalLB speaker, ShouldAnnounce: not without a ready endpoint, on the node itself under policy Local',
    {
      healthCheckBy: 'announcement',
      whenNoneHealthy: 'refuse',
    },
  ),
}

export const METALLB_L2: BalancerPreset = {
  constants: {
    ...ANNOUNCED,
    ...from('MetalLB speaker/layer2_controller.go: the first by SHA-256 of NODE#ADDRESS', {
      announcement: 'hashOfNode',
    }),
    ...from('hashicorp/memberlist, DefaultLANConfig: a probe each second, time-out 500 ms', {
      healthCheckIntervalNs: 1 * NS_PER_S,
      healthCheckTimeoutNs: 500 * NS_PER_MS,
      healthyThreshold: 1,
      unhealthyThreshold: 1,
    }),
    ...from('hashicorp/memberlist: suspected for 4 probe intervals in clusters of up to 10 nodes', {
      healthPropagationNs: 4 * NS_PER_S,
    }),
  },
  underLocal: {},
}

export const METALLB_BGP: BalancerPreset = {
  constants: {
    ...ANNOUNCED,
    ...from(
      'MetalLB, BGP mode: routers hash packets over equal ways, and rehash when these change (modulo)',
      {
        algorithm: 'flowHash',
        hashFields: '5-tuple',
      },
    ),
    ...from(
      'MetalLB native BGP mode, holdTime 90 s: three keepalives of 30 s (RFC 4271); 180 s in FRR mode',
      {
        healthCheckIntervalNs: 30 * NS_PER_S,
        healthyThreshold: 1,
        unhealthyThreshold: 3,
      },
    ),
  },
  underLocal: {},
}
