/**
 * Load balancers of AWS as the AWS Load Balancer Controller sets them up: Network Load Balancers with targets by instance or by
 * address, and Application Load Balancers.
 */
import { NS_PER_S } from '../../../base/nanoseconds.js'
import { type BalancerPreset, from } from '../preset.js'
import { GENERIC } from './generic.js'

const NLB = 'AWS, Network Load Balancers'
const ALB = 'AWS, Application Load Balancers'
const CONTROLLER = 'aws-load-balancer-controller'

const NETWORK_LOAD_BALANCER = {
  ...GENERIC.constants,
  ...from(`${NLB}: flow hash of protocol, addresses, ports and TCP sequence number`, {
    algorithm: 'flowHash',
    hashFields: '5-tuple',
  }),
  ...from(`${NLB}: one node in each enabled zone; cross-zone load balancing is off by default`, {
    balancerNodes: 'perZone',
    crossZone: false,
    link: 'byZone',
  }),
  ...from(`${NLB}, health checks: fails open`, { whenNoneHealthy: 'useAll' }),
  ...from(`${CONTROLLER} pkg/service/nlb: TCP to the traffic port, 10 s, time-out 10 s, thresholds 3 and 3`, {
    healthCheckBy: 'trafficPort',
    healthCheckIntervalNs: 10 * NS_PER_S,
    healthCheckTimeoutNs: 10 * NS_PER_S,
    healthyThreshold: 3,
    unhealthyThreshold: 3,
  }),
  ...from('reported by users (aws/containers-roadmap): 30 to 40 s after a target is marked unhealthy', {
    healthPropagationNs: 30 * NS_PER_S,
  }),
  ...from(`${NLB}, deregistration_delay.timeout_seconds`, { deregistrationDelayNs: 300 * NS_PER_S }),
}

export const AWS_NLB_INSTANCE: BalancerPreset = {
  constants: {
    ...NETWORK_LOAD_BALANCER,
    ...from(`${CONTROLLER}: target type instance, to node ports`, { targets: 'nodes', delivery: 'nodePort' }),
    ...from(`${NLB}: client IP preservation is on for targets by instance`, { preservesSource: true }),
  },
  underLocal: from(
    `${CONTROLLER} pkg/service, instance mode with policy Local: HTTP to the health check node port, 10 s, time-out 6 s, thresholds 2 and 2`,
    {
      healthCheckBy: 'healthCheckNodePort',
      healthCheckIntervalNs: 10 * NS_PER_S,
      healthCheckTimeoutNs: 6 * NS_PER_S,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
  ),
}

export const AWS_NLB_IP: BalancerPreset = {
  constants: {
    ...NETWORK_LOAD_BALANCER,
    ...from(`${CONTROLLER}: target type ip, straight to pods`, { targets: 'pods' }),
    ...from(`${NLB}: client IP preservation is off for TCP to targets by address`, {
      preservesSource: false,
    }),
  },
  underLocal: {},
}

export const AWS_ALB: BalancerPreset = {
  constants: {
    ...GENERIC.constants,
    ...from(`${ALB}: requests of HTTP, connections of its own to targets`, {
      mode: 'proxy',
      preservesSource: false,
      connection: 'keepAlive',
    }),
    ...from(`${ALB}, load_balancing.algorithm.type: round_robin`, { algorithm: 'roundRobin' }),
    ...from(`${CONTROLLER}: target type instance, to node ports`, { targets: 'nodes', delivery: 'nodePort' }),
    ...from(`${ALB}: one node in each enabled zone; cross-zone load balancing is on`, {
      balancerNodes: 'perZone',
      crossZone: true,
      link: 'byZone',
    }),
    ...from(`${ALB}, health checks: fails open`, { whenNoneHealthy: 'useAll' }),
    ...from(`${CONTROLLER} pkg/ingress: HTTP to the traffic port, 15 s, time-out 5 s, thresholds 2 and 2`, {
      healthCheckBy: 'trafficPort',
      healthCheckIntervalNs: 15 * NS_PER_S,
      healthCheckTimeoutNs: 5 * NS_PER_S,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    }),
    ...from(`${ALB}, deregistration_delay.timeout_seconds`, { deregistrationDelayNs: 300 * NS_PER_S }),
    ...from(`${ALB}, idle_timeout.timeout_seconds`, { idleTimeoutNs: 60 * NS_PER_S }),
    ...from(`${ALB}, troubleshooting: HTTP 504 after 10 s without a connection`, {
      connectTimeoutNs: 10 * NS_PER_S,
    }),
  },
  underLocal: {},
}
