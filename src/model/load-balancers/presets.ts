/** The presets by the names that scenarios use, and what their constants mean. */
import type { LoadBalancerSettings } from '../../input/load-balancer-schema.js'
import type { BalancerPreset, BalancerSettings } from './preset.js'
import { AWS_ALB, AWS_NLB_INSTANCE, AWS_NLB_IP } from './presets/aws.js'
import { GCP_PASSTHROUGH } from './presets/gcp.js'
import { GENERIC, L4_2_TUPLE, L4_3_TUPLE, L4_5_TUPLE } from './presets/generic.js'
import { KUBE_VIP_ARP } from './presets/kube-vip.js'
import { METALLB_BGP, METALLB_L2 } from './presets/metallb.js'

export type BalancerPresetName = LoadBalancerSettings['preset']

export const BALANCER_PRESETS: Readonly<Record<BalancerPresetName, BalancerPreset>> = {
  generic: GENERIC,
  'l4-5-tuple': L4_5_TUPLE,
  'l4-3-tuple': L4_3_TUPLE,
  'l4-2-tuple': L4_2_TUPLE,
  'aws-nlb-instance': AWS_NLB_INSTANCE,
  'aws-nlb-ip': AWS_NLB_IP,
  'aws-alb': AWS_ALB,
  'gcp-passthrough': GCP_PASSTHROUGH,
  'metallb-l2': METALLB_L2,
  'metallb-bgp': METALLB_BGP,
  'kube-vip-arp': KUBE_VIP_ARP,
}

/** ns: a time; count: a number; ratio; word: one of some words; flag: yes or no. */
type Unit = 'ns' | 'count' | 'ratio' | 'word' | 'flag'

/** What each constant means, in the order in which reports list them. */
export const BALANCER_CONSTANTS: Readonly<
  Record<keyof BalancerSettings, { readonly unit: Unit; readonly meaning: string }>
> = {
  mode: { unit: 'word', meaning: 'Connections of clients go through, or end here' },
  algorithm: { unit: 'word', meaning: 'How the next target is chosen' },
  hashFields: { unit: 'word', meaning: 'Fields of a packet that algorithms hash' },
  weights: { unit: 'word', meaning: 'Weights of targets' },
  choices: { unit: 'count', meaning: 'Targets that powerOfChoices draws' },
  virtualNodes: { unit: 'count', meaning: 'Points of a target on a ring' },
  tableSize: { unit: 'count', meaning: "Entries of maglev's table" },
  buckets: { unit: 'count', meaning: "Entries of resilientHash's table" },
  loadFactor: {
    unit: 'ratio',
    meaning: 'Most connections of a target under boundedRingHash, in the mean over all',
  },
  targets: { unit: 'word', meaning: 'What connections are sent to' },
  delivery: { unit: 'word', meaning: 'How packets to nodes are addressed' },
  announcement: { unit: 'word', meaning: 'Which node has the address of the Service' },
  balancerNodes: { unit: 'word', meaning: 'Machines of the load balancer' },
  crossZone: { unit: 'flag', meaning: 'Does each of them send to targets of all zones?' },
  link: { unit: 'word', meaning: 'Link from the load balancer to a node' },
  preservesSource: { unit: 'flag', meaning: "Do targets see the client's address?" },
  whenNoneHealthy: { unit: 'word', meaning: 'Connections while no target is healthy' },
  healthCheckBy: { unit: 'word', meaning: 'What is asked for the health of a target' },
  healthCheckIntervalNs: {
    unit: 'ns',
    meaning: 'Time from one check to the next; 0: changes are known at once',
  },
  healthCheckTimeoutNs: { unit: 'ns', meaning: 'How long a check waits for an answer' },
  healthyThreshold: { unit: 'count', meaning: 'Checks in a row that must succeed' },
  unhealthyThreshold: { unit: 'count', meaning: 'Checks in a row that must fail' },
  healthPropagationNs: {
    unit: 'ns',
    meaning: 'From the decision that a target is unhealthy to its last new connection',
  },
  deregistrationDelayNs: {
    unit: 'ns',
    meaning: 'How long connections to a target go on after it was taken out',
  },
  connection: { unit: 'word', meaning: 'Connections of a proxy to its targets' },
  idleTimeoutNs: { unit: 'ns', meaning: 'How long a proxy keeps an idle connection; 0: for ever' },
  connectTimeoutNs: {
    unit: 'ns',
    meaning: 'How long a proxy tries to connect; 0: as long as the client waits',
  },
}
